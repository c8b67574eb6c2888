#include <future>
#include <new>
#include <thread>
#include <utility>

#include "engine/batch_queue.hpp"
#include "engine/capture_pool.hpp"
#include "engine/flow_order.hpp"
#include "flowloom/flows.hpp"
#include "table/flow_table.hpp"

namespace flowloom {
namespace {

bool by_end(const FlowOptions& options) {
  return options.order.value_or(track_options(options).bounded() || options.read.follow
                                    ? RowOrder::end
                                    : RowOrder::start) == RowOrder::end;
}

TrackOptions tracking(const FlowOptions& options) {
  TrackOptions tracking = track_options(options);
  tracking.by_end = by_end(options);
  return tracking;
}

FlowTableOptions table_options(const FlowOptions& options) {
  return {.sequences = options.sequences,
          .sequence_limit = options.sequence_limit,
          .community_id = options.community_id};
}

}  // namespace

std::shared_ptr<const Schema> flow_schema(const FlowOptions& options) {
  return make_flow_schema(table_options(options));
}

/// Rows by start are made when they are asked for, from captures that have been read. Rows by end are made
/// while captures are read: by a thread of its own, which waits where nobody takes them.
struct FlowReader::State final : private FlowSink {
  State(CaptureList captures, const FlowOptions& options, std::unique_ptr<RunInput> input)
      : run(std::move(input)),
        schema(flow_schema(options)),
        skipped(captures.skipped),
        pool(*run, tracking(options), std::move(captures), options.join),
        table(schema, table_options(options), by_end(options) ? 0 : run->threads()),
        streams(by_end(options)),
        queue(run->threads() == 1 ? 0 : 1) {
    if (streams) pool.set_sink(this);
  }
  ~State() override {
    queue.close();
    run->stop();
  }

  Result<bool> next_capture();
  Result<bool> fill(RecordBatch& batch);
  bool add_flow();

  void make_rows();
  Result<> read_all();
  void take(const Flow& flow, std::uint64_t id, const Tracker& tracker) override;
  void caught_up() override {
    if (!table.empty()) hand_over();
  }
  void add_ended(const CaptureRun& from, std::size_t index, std::uint64_t id, const Flow& flow,
                 const Tracker& tracker);
  void hand_over();

  std::unique_ptr<RunInput> run;
  std::shared_ptr<const Schema> schema;
  std::vector<std::string> skipped;
  CapturePool pool;
  FlowTableBuilder table;

  std::unique_ptr<ReadCapture> capture;  ///< whose flows are handed out
  std::optional<FlowOrder> order;        ///< its flows that are still to be handed out
  std::uint8_t digits = 0;               ///< decimals of the times in the table so far
  std::size_t captures_read = 0;
  std::uint64_t flow_id = 0;  ///< of the capture's first flow by end, else of the next row
  std::array<std::uint64_t, kFates> fates = {};
  std::vector<InputProblem> problems;

  std::future<std::pair<Result<bool>, RecordBatch>> ahead;  ///< the next batch, made while the last is used

  bool streams;           ///< rows are made by end
  bool started = false;   ///< so there is a maker
  bool unwanted = false;  ///< nobody takes rows any more
  BatchQueue queue;
  std::jthread maker;  ///< last: it ends before what it uses
};

FlowReader::FlowReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
FlowReader::FlowReader(FlowReader&&) noexcept = default;
FlowReader& FlowReader::operator=(FlowReader&&) noexcept = default;
FlowReader::~FlowReader() = default;

Result<FlowReader> FlowReader::open(CaptureList captures, const FlowOptions& options) {
  auto input = RunInput::make(options.read, captures.paths);
  if (!input) return input.error();
  if (!options.filter.empty()) {
    auto question = PacketQuestion::make(options.filter, options.filter_dialect);
    if (!question) return question.error();
    (*input)->ask(std::move(*question));
  }
  return FlowReader(std::make_unique<State>(std::move(captures), options, std::move(*input)));
}

/// Reads captures until there is one with an outcome; false if there are no more.
Result<bool> FlowReader::State::next_capture() {
  table.settle();
  pool.done(std::move(capture));
  for (;;) {
    capture = pool.next();
    if (capture == nullptr) return false;
    if (capture->outcome) {
      CaptureOutcome& outcome = *capture->outcome;
      captures_read += outcome.captures_read;
      skipped.insert(skipped.end(), outcome.skipped.begin(), outcome.skipped.end());
      problems.insert(problems.end(), outcome.problems.begin(), outcome.problems.end());
      for (std::size_t i = 0; i < kFates; ++i) fates[i] += outcome.fates[i];
      order.emplace(capture->run->trackers());
      return true;
    }
    if (capture->outcome.error().code == ErrorCode::usage) return capture->outcome.error();
    problems.push_back({capture->outcome.error(), true});
    pool.done(std::move(capture));
  }
}

/// Adds the capture's next flow; false if there is none.
bool FlowReader::State::add_flow() {
  const auto place = order->next();
  if (!place) return false;
  const Tracker& tracker = capture->run->trackers()[place->partition];
  table.add(flow_id++, pool.path(capture->index), tracker.flow(place->flow), tracker);
  return true;
}

/// The next batch of rows, all with the same decimals of time; false at the end.
Result<bool> FlowReader::State::fill(RecordBatch& batch) {
  for (;;) {
    if (capture != nullptr) {
      const std::uint8_t wanted = capture->outcome->time_digits;
      if (!table.empty() && wanted != digits) break;
      digits = wanted;
      while (!table.full() && add_flow()) {
      }
      if (table.full()) break;
    }
    const auto more = next_capture();
    if (!more) return more.error();
    if (!*more) break;
  }
  if (table.empty()) return false;
  batch = table.take(digits);
  return true;
}

void FlowReader::State::make_rows() {
  try {
    queue.end(read_all());
  } catch (const std::exception&) {  // next() throws it again, from the caller's thread
    queue.end_out_of_memory();
  }
}

Result<> FlowReader::State::read_all() {
  for (;;) {
    const auto more = next_capture();  // flows of large captures go to take() meanwhile
    if (!more) return more.error();
    if (!*more) break;
    const Tracker& tracker = capture->run->trackers().front();
    for (const std::uint32_t number : tracker.order()) {
      add_ended(*capture->run, capture->index, tracker.id(number), tracker.flow(number), tracker);
    }
    flow_id += tracker.flows();
  }
  if (!table.empty()) hand_over();
  return {};
}

void FlowReader::State::take(const Flow& flow, std::uint64_t id, const Tracker& tracker) {
  add_ended(pool.reading(), pool.reading_index(), id, flow, tracker);
}

/// Adds a row. Where batches end depends on nothing but the rows.
void FlowReader::State::add_ended(const CaptureRun& from, std::size_t index, std::uint64_t id,
                                  const Flow& flow, const Tracker& tracker) {
  if (unwanted) return;
  const std::uint8_t wanted = from.first_time_digits();
  if (!table.empty() && wanted != digits) hand_over();
  digits = wanted;
  table.add(flow_id + id, pool.path(index), flow, tracker);
  if (table.full()) hand_over();
}

void FlowReader::State::hand_over() {
  const std::uint8_t needed = table.time_digits(digits);
  if (!queue.push(table.take(needed))) unwanted = true;
}

Result<bool> FlowReader::next(RecordBatch& batch) {
  State& s = *state_;
  if (s.streams) {
    if (!std::exchange(s.started, true)) s.maker = std::jthread([&s] { s.make_rows(); });
    auto more = s.queue.pop(batch);
    if ((!more || !*more) && s.maker.joinable()) s.maker.join();
    return more;
  }
  if (s.run->threads() == 1) return s.fill(batch);
  if (s.ahead.valid()) {
    auto [more, made] = s.ahead.get();
    batch = std::move(made);
    if (!more || !*more) return more;
  } else {
    auto more = s.fill(batch);
    if (!more || !*more) return more;
  }
  s.ahead = std::async(std::launch::async, [&s] {
    RecordBatch made;
    auto more = s.fill(made);
    return std::pair(std::move(more), std::move(made));
  });
  return true;
}

const std::shared_ptr<const Schema>& FlowReader::schema() const { return state_->schema; }
const std::vector<std::string>& FlowReader::skipped() const { return state_->skipped; }
const std::vector<InputProblem>& FlowReader::problems() const { return state_->problems; }
std::size_t FlowReader::captures_read() const { return state_->captures_read; }
Accounting FlowReader::accounting() const { return to_accounting(state_->fates); }
std::uint64_t FlowReader::flows() const { return state_->flow_id; }

}  // namespace flowloom
