#include "engine/packet_source.hpp"
#include "flowloom/flows.hpp"
#include "table/flow_table.hpp"
#include "track/tracker.hpp"

namespace flowloom {
namespace {

TrackOptions track_options(const FlowOptions& options) {
  return {.idle_timeout = options.idle_timeout_ns,
          .active_timeout = options.active_timeout_ns,
          .key_vlan = options.key_vlan,
          .key_tunnel = options.key_tunnel,
          .join_icmp_errors = options.icmp_errors == IcmpErrors::join};
}

}  // namespace

std::shared_ptr<const Schema> flow_schema(const FlowOptions& options) {
  return make_flow_schema(options.community_id);
}

struct FlowReader::State {
  State(std::vector<std::string> paths, const FlowOptions& options, RunInput input)
      : captures(std::move(paths)),
        run(std::move(input)),
        schema(flow_schema(options)),
        tracker(track_options(options)),
        table(schema) {}

  Result<> read_capture();
  bool hand_out(RecordBatch& batch);

  std::vector<std::string> captures;
  RunInput run;
  std::shared_ptr<const Schema> schema;
  Tracker tracker;
  FlowTableBuilder table;

  std::size_t next_capture = 0, captures_read = 0;
  const std::vector<std::uint32_t>* order = nullptr;  ///< of the capture that was read last
  std::size_t next_row = 0;
  std::uint64_t flow_id = 0;
  std::uint8_t time_digits = 0;
  std::array<std::uint64_t, kFates> fates = {};
  std::vector<InputProblem> problems;
};

FlowReader::FlowReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
FlowReader::FlowReader(FlowReader&&) noexcept = default;
FlowReader& FlowReader::operator=(FlowReader&&) noexcept = default;
FlowReader::~FlowReader() = default;

Result<FlowReader> FlowReader::open(std::vector<std::string> captures, const FlowOptions& options) {
  auto input = RunInput::make(options.read);
  if (!input) return input.error();
  input->expect(captures);
  return FlowReader(std::make_unique<State>(std::move(captures), options, std::move(*input)));
}

/// Reads the next capture to its end and leaves its flows in the tracker.
Result<> FlowReader::State::read_capture() {
  const std::string& path = captures[next_capture++];
  tracker.reset();
  order = nullptr;
  next_row = 0;
  auto source = PacketSource::open(path, run);
  if (!source) {
    problems.push_back({source.error(), true});
    return {};
  }
  ++captures_read;
  for (;;) {
    const auto more = source->next();
    if (!more) {
      if (more.error().code == ErrorCode::usage) return more.error();
      problems.push_back({more.error(), false});
      break;
    }
    if (!*more) break;
    tracker.track(source->batch());
  }
  if (const auto& damage = source->reader().damage()) {
    problems.push_back(
        {{ErrorCode::damaged, damage->reason, path + ", offset " + std::to_string(damage->offset)}, false});
  }
  const auto read = source->fates();
  for (std::size_t i = 0; i < kFates; ++i) fates[i] += read[i];
  time_digits = source->time_digits();
  order = &tracker.finish();
  return {};
}

/// Moves rows of the capture that was read into `batch`; false if there are none left.
bool FlowReader::State::hand_out(RecordBatch& batch) {
  if (order == nullptr || next_row == order->size()) return false;
  const std::string& path = captures[next_capture - 1];
  while (next_row < order->size() && !table.full()) {
    table.add(flow_id++, path, tracker.flow((*order)[next_row++]), tracker);
  }
  batch = table.take(time_digits);
  return true;
}

Result<bool> FlowReader::next(RecordBatch& batch) {
  State& s = *state_;
  while (!s.hand_out(batch)) {
    if (s.next_capture == s.captures.size() || (s.next_capture != 0 && s.run.stopping())) return false;
    if (auto read = s.read_capture(); !read) return read.error();
  }
  return true;
}

const std::shared_ptr<const Schema>& FlowReader::schema() const { return state_->schema; }
const std::vector<InputProblem>& FlowReader::problems() const { return state_->problems; }
std::size_t FlowReader::captures_read() const { return state_->captures_read; }
Accounting FlowReader::accounting() const { return to_accounting(state_->fates); }
std::uint64_t FlowReader::flows() const { return state_->flow_id; }

}  // namespace flowloom
