#include <algorithm>
#include <future>
#include <new>
#include <string>
#include <thread>
#include <utility>

#include "base/block_reuse.hpp"
#include "base/side_work.hpp"
#include "engine/batch_queue.hpp"
#include "engine/capture_pool.hpp"
#include "engine/flow_batches.hpp"
#include "flowloom/flows.hpp"
#include "table/community_id.hpp"
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

FlowTableOptions table_options(const FlowOptions& options, const Selection* fields = nullptr) {
  return {.sequences = options.sequences,
          .sequence_limit = options.sequence_limit,
          .community_id = options.community_id,
          .fields = fields};
}

RowOptions row_options(const FlowOptions& options, const RunInput& run) {
  const Selection* fields = run.question() != nullptr ? run.question()->fields() : nullptr;
  const FlowTableOptions table = table_options(options, fields);
  return {make_flow_schema(table), table};
}

}  // namespace

std::shared_ptr<const Schema> flow_schema(const FlowOptions& options) {
  return make_flow_schema(table_options(options));
}

/// Rows by start are made when they are asked for, from captures that have been read. Rows by end are made
/// while captures are read: by a thread of its own, which waits where nobody takes them; without such a
/// thread, by the taker's while it waits.
struct FlowReader::State final : private FlowSink {
  State(CaptureList captures, const FlowOptions& options, std::unique_ptr<RunInput> input)
      : run(std::move(input)),
        rows(row_options(options, *run)),
        skipped(captures.skipped),
        pool(*run, tracking(options), std::move(captures), options.join, rows),
        table(rows.schema, rows.table,
              by_end(options) ? FlowTableBuilder::Lists::at_once : FlowTableBuilder::Lists::later),
        streams(by_end(options)),
        queue(run->threads() == 1 ? 0 : 1) {
    if (streams) pool.set_sink(this);
  }
  ~State() override {
    queue.close();
    run->stop();
    if (side == nullptr || !side->begun()) return;
    unwanted = true;
    while (!side->ended()) side->resume();
  }

  Result<bool> next_capture();
  Result<bool> fill(RecordBatch& batch, bool while_unasked = false);
  void fill_ahead();
  void add_flows();
  RecordBatch take_rows(std::uint8_t time_digits);

  void begin_rows();
  void make_rows();
  Result<bool> next_rows(RecordBatch& batch);
  Result<> read_all();
  void take(std::uint32_t number, std::uint64_t id, const Tracker& tracker) override;
  void caught_up() override {
    if (!table.empty()) hand_over();
  }
  void add_ended(const CaptureRun& from, std::size_t index, std::uint64_t id, std::uint32_t number,
                 const Tracker& tracker);
  void expect_digits(std::uint8_t wanted);
  void hand_over();

  BlockReuse reuse;  ///< for the batches
  std::unique_ptr<RunInput> run;
  RowOptions rows;
  std::vector<std::string> skipped;
  CapturePool pool;
  FlowTableBuilder table;

  ReadCapture* capture = nullptr;    ///< whose flows are handed out
  std::optional<FlowBatches> flows;  ///< its flows that are still to be rows; none: they are rows already
  std::uint8_t digits = 0;           ///< decimals of the times in the table so far
  std::uint64_t cut = 0;             ///< rows handed out whose values were too many to be kept
  std::size_t captures_read = 0;
  std::uint64_t flow_id = 0;  ///< of the capture's first flow by end, else of the next row
  std::array<std::uint64_t, kFates> fates = {};
  std::vector<InputProblem> problems;
  std::optional<Error> failed;  ///< what ended the run
  bool cut_told = false;        ///< … of values that were left out

  std::future<std::pair<Result<bool>, RecordBatch>> ahead;  ///< the next batch, made while the last is used

  bool streams;           ///< rows are made by end
  bool started = false;   ///< so there is a maker
  bool unwanted = false;  ///< nobody takes rows any more
  BatchQueue queue;
  std::optional<RecordBatch> handed_over;  ///< by the side work, in place of the queue
  std::unique_ptr<SideWork> side;          ///< makes rows where there is no thread for that
  std::jthread maker;                      ///< last: it ends before what it uses
};

FlowReader::FlowReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
FlowReader::FlowReader(FlowReader&&) noexcept = default;
FlowReader& FlowReader::operator=(FlowReader&&) noexcept = default;
FlowReader::~FlowReader() = default;

Result<FlowReader> FlowReader::open(CaptureList captures, const FlowOptions& options) {
  if (auto fit = check_timeouts(options); !fit) return fit.error();
  if (options.read.follow && captures.paths.size() != 1) {
    return Error{ErrorCode::usage,
                 "--follow reads one capture, not " + std::to_string(captures.paths.size())};
  }
  auto input = RunInput::make(options.read, captures.paths);
  if (!input) return input.error();
  if (options.community_id) {
    if (auto prepared = prepare_community_ids(); !prepared) return prepared.error();
  }
  for (const ColumnSpec& column : flow_schema(options)->columns) {
    if (std::ranges::find(options.fields, column.name) != options.fields.end())
      return Error{ErrorCode::usage, "field \"" + column.name + "\": flows have a column of that name"};
  }
  if (!options.filter.empty() || !options.fields.empty()) {
    auto question = PacketQuestion::make(options.filter, options.filter_dialect, options.fields);
    if (!question) return question.error();
    if (question->tshark() != nullptr && options.read.follow)
      return Error{ErrorCode::usage, question->tshark()->remark() +
                                         ": not with --follow, for it needs a capture that is complete"};
    (*input)->ask(std::move(*question));
  }
  return FlowReader(std::make_unique<State>(std::move(captures), options, std::move(*input)));
}

/// Reads captures until there is one with an outcome; false if there are no more.
Result<bool> FlowReader::State::next_capture() {
  if (failed) return *failed;
  table.settle();
  flows.reset();
  for (;;) {
    capture = pool.next();
    if (capture == nullptr) {
      const std::uint64_t all_cut = cut + table.rows_with_cut_values();
      if (all_cut != 0 && !std::exchange(cut_told, true)) {
        problems.push_back({{ErrorCode::limit, "values of fields beyond 1 GiB in a flow are left out, in " +
                                                   std::to_string(all_cut) + " flows"},
                            false});
      }
      return false;
    }
    if (capture->outcome) {
      CaptureOutcome& outcome = *capture->outcome;
      captures_read += outcome.captures_read;
      skipped.insert(skipped.end(), outcome.skipped.begin(), outcome.skipped.end());
      problems.insert(problems.end(), outcome.problems.begin(), outcome.problems.end());
      for (std::size_t i = 0; i < kFates; ++i) fates[i] += outcome.fates[i];
      if (capture->run != nullptr)
        flows.emplace(capture->run->trackers(), pool.path(capture->index), flow_id, rows, run->threads());
      return true;
    }
    if (capture->outcome.error().code == ErrorCode::usage) {
      failed = std::exchange(capture, nullptr)->outcome.error();
      return *failed;
    }
    problems.push_back({capture->outcome.error(), true});
  }
}

/// Adds the capture's next flows until there are none, or the table is full.
void FlowReader::State::add_flows() {
  if (!flows) {
    if (table.empty()) {
      const std::size_t read = std::max<std::size_t>(capture->outcome->captures_read, 1);
      table.expect_like(*capture->rows, capture->row, capture->rows_end, 1 + pool.left() / read);
    }
    capture->row += table.append(*capture->rows, capture->row, capture->rows_end, flow_id);
    if (capture->row == capture->rows_end) flow_id += std::exchange(capture->flows, 0);
    return;
  }
  flows->add_to(table);
  flow_id = flows->next_id();
}

/// The rows so far.
RecordBatch FlowReader::State::take_rows(std::uint8_t time_digits) {
  cut += table.rows_with_cut_values();
  return table.take(time_digits);
}

/// The next batch of rows, all with the same decimals of time; false at the end. While nobody asks for it, it
/// has no rows where several threads are to make them: who takes them is to be one of these.
Result<bool> FlowReader::State::fill(RecordBatch& batch, bool while_unasked) {
  for (;;) {
    if (capture != nullptr) {
      const std::uint8_t wanted = capture->outcome->time_digits;
      if (!table.empty() && wanted != digits) break;
      digits = wanted;
      if (while_unasked && table.empty() && flows && flows->shares()) return true;
      add_flows();
      if (table.full() || (flows && flows->left())) break;
    }
    const auto more = next_capture();
    if (!more) return more.error();
    if (!*more) break;
  }
  if (table.empty()) return false;
  batch = take_rows(digits);
  return true;
}

/// Begins to make the next batch, if the system gives a thread for it; else next() makes it.
void FlowReader::State::fill_ahead() {
  try {
    ahead = std::async(std::launch::async, [this] {
      RecordBatch made;
      auto more = fill(made, true);
      return std::pair(std::move(more), std::move(made));
    });
  } catch (const std::system_error&) {
    ahead = {};
  }
}

/// Starts who makes rows, once.
void FlowReader::State::begin_rows() {
  if (started) return;
  try {
    maker = std::jthread([this] { make_rows(); });
  } catch (const std::system_error&) {
    side = std::make_unique<SideWork>([this] { make_rows(); });
  }
  started = true;
}

/// The next batch of rows by end; false after the last.
Result<bool> FlowReader::State::next_rows(RecordBatch& batch) {
  begin_rows();
  if (side != nullptr && !side->ended()) {
    side->resume();
    if (handed_over) {
      batch = std::move(*std::exchange(handed_over, std::nullopt));
      return true;
    }
  }
  auto more = queue.pop(batch);  // where the side work has ended, how
  if ((!more || !*more) && maker.joinable()) maker.join();
  return more;
}

void FlowReader::State::make_rows() {
  try {
    queue.end(read_all());
  } catch (...) {  // next() throws it again, from the caller's thread
    queue.end_thrown(std::current_exception());
  }
}

Result<> FlowReader::State::read_all() {
  for (;;) {
    const auto more = next_capture();  // flows of large captures go to take() meanwhile
    if (!more) return more.error();
    if (!*more) break;
    if (!flows) {
      if (capture->row != capture->rows_end) expect_digits(capture->first_time_digits);
      do {
        add_flows();
        if (table.full()) hand_over();
      } while (!unwanted && capture->row != capture->rows_end);
      continue;
    }
    const Tracker& tracker = capture->run->trackers().front();
    for (const std::uint32_t number : tracker.order()) {
      add_ended(*capture->run, capture->index, tracker.id(number), number, tracker);
    }
    flow_id += tracker.flows();
  }
  if (!table.empty()) hand_over();
  return {};
}

void FlowReader::State::take(std::uint32_t number, std::uint64_t id, const Tracker& tracker) {
  add_ended(pool.reading(), pool.reading_index(), id, number, tracker);
}

/// Adds a row. Where batches end depends on nothing but the rows.
void FlowReader::State::add_ended(const CaptureRun& from, std::size_t index, std::uint64_t id,
                                  std::uint32_t number, const Tracker& tracker) {
  if (unwanted) return;
  expect_digits(from.first_time_digits());
  add_flow_row(table, rows.table, flow_id + id, pool.path(index), number, tracker);
  if (table.full()) hand_over();
}

/// All rows of a batch have the same decimals of time.
void FlowReader::State::expect_digits(std::uint8_t wanted) {
  if (!table.empty() && wanted != digits) hand_over();
  digits = wanted;
}

void FlowReader::State::hand_over() {
  const std::uint8_t needed = table.time_digits(digits);
  if (side != nullptr) {
    handed_over = take_rows(needed);
    side->pause();
  } else if (!queue.push(take_rows(needed))) {
    unwanted = true;
  }
}

void FlowReader::start(std::function<void()> meanwhile) {
  State& s = *state_;
  if (s.run->threads() == 1 || s.started || s.ahead.valid()) {
    meanwhile();
    return;
  }
  s.run->set_beside(std::move(meanwhile));
  if (s.streams) {
    s.begin_rows();
  } else {
    s.fill_ahead();
  }
  s.run->await_beside();
}

Result<bool> FlowReader::next(RecordBatch& batch) {
  State& s = *state_;
  if (s.streams) return s.next_rows(batch);
  if (s.run->threads() == 1) return s.fill(batch);
  Result<bool> more = false;
  if (s.ahead.valid()) {
    auto [made_more, made] = s.ahead.get();
    more = std::move(made_more);
    batch = std::move(made);
    if (more && *more && batch.rows == 0) more = s.fill(batch);
  } else {
    more = s.fill(batch);
  }
  if (more && *more && !(s.flows && s.flows->under_way())) s.fill_ahead();
  return more;
}

const std::shared_ptr<const Schema>& FlowReader::schema() const { return state_->rows.schema; }
std::string FlowReader::remark() const {
  const PacketQuestion* question = state_->run->question();
  return question != nullptr && question->tshark() != nullptr ? question->tshark()->remark() : std::string();
}
const std::vector<std::string>& FlowReader::skipped() const { return state_->skipped; }
const std::vector<InputProblem>& FlowReader::problems() const { return state_->problems; }
std::size_t FlowReader::captures_read() const { return state_->captures_read; }
Accounting FlowReader::accounting() const { return to_accounting(state_->fates); }
std::uint64_t FlowReader::flows() const { return state_->flow_id; }

}  // namespace flowloom
