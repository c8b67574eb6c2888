#include <future>

#include "engine/capture_pool.hpp"
#include "engine/flow_order.hpp"
#include "flowloom/flows.hpp"
#include "table/flow_table.hpp"

namespace flowloom {

std::shared_ptr<const Schema> flow_schema(const FlowOptions& options) {
  return make_flow_schema({.community_id = options.community_id});
}

struct FlowReader::State {
  State(CaptureList captures, const FlowOptions& options, std::unique_ptr<RunInput> input)
      : run(std::move(input)),
        schema(flow_schema(options)),
        skipped(captures.skipped),
        pool(*run, track_options(options), std::move(captures), options.join),
        table(schema, {.community_id = options.community_id}, run->threads()) {}

  Result<bool> next_capture();
  Result<bool> fill(RecordBatch& batch);
  bool add_flow();

  std::unique_ptr<RunInput> run;
  std::shared_ptr<const Schema> schema;
  std::vector<std::string> skipped;
  CapturePool pool;
  FlowTableBuilder table;

  std::unique_ptr<ReadCapture> capture;  ///< whose flows are handed out
  std::optional<FlowOrder> order;        ///< its flows that are still to be handed out
  std::uint8_t digits = 0;               ///< decimals of the times in the table so far
  std::size_t captures_read = 0;
  std::uint64_t flow_id = 0;
  std::array<std::uint64_t, kFates> fates = {};
  std::vector<InputProblem> problems;

  std::future<std::pair<Result<bool>, RecordBatch>> ahead;  ///< the next batch, made while the last is used
};

FlowReader::FlowReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
FlowReader::FlowReader(FlowReader&&) noexcept = default;
FlowReader& FlowReader::operator=(FlowReader&&) noexcept = default;
FlowReader::~FlowReader() = default;

Result<FlowReader> FlowReader::open(CaptureList captures, const FlowOptions& options) {
  auto input = RunInput::make(options.read, captures.paths);
  if (!input) return input.error();
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

Result<bool> FlowReader::next(RecordBatch& batch) {
  State& s = *state_;
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
