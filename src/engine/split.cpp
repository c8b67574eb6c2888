#include "flowloom/split.hpp"

#include <unistd.h>

#include <algorithm>

#include "engine/split_run.hpp"

namespace flowloom {
namespace {

/// Options that do not go together.
Result<> check(const SplitOptions& options) {
  const auto wrong = [](const char* what) { return Error{ErrorCode::usage, what}; };
  const bool pieces = options.by == SplitBy::time || options.by == SplitBy::packets;
  const bool chooses = options.min_packets > 1 || options.from_syn || !options.flow_ids.empty();
  if (options.by == SplitBy::time && options.interval_ns <= 0) return wrong("the interval is not positive");
  if (options.by == SplitBy::packets && options.packets_each == 0) return wrong("0 packets a file");
  if (pieces && chooses) return wrong("pieces by time or packets hold all packets: no flows are chosen");
  if (options.format == SplitFormat::json && options.by != SplitBy::flow) return wrong("JSON is by flow");
  if (options.flows.read.follow) return wrong("captures that still grow are not split");
  if (options.flows.join) return wrong("captures are split one by one: they cannot be joined");
  return check_timeouts(options.flows);
}

/// An eighth of the machine's memory, at most 1 GiB and at least 64 MiB.
std::uint64_t default_memory() {
  const auto pages = static_cast<std::uint64_t>(std::max(0L, sysconf(_SC_PHYS_PAGES)));
  const auto bytes = pages * static_cast<std::uint64_t>(std::max(0L, sysconf(_SC_PAGE_SIZE)));
  return std::clamp(bytes / 8, std::uint64_t{64} << 20, std::uint64_t{1} << 30);
}

}  // namespace

Result<SplitResult> split_captures(const CaptureList& captures, const std::string& folder,
                                   const SplitOptions& options) {
  if (auto fit = check(options); !fit) return fit.error();
  auto input = RunInput::make(options.flows.read, captures.paths);
  if (!input) return input.error();
  auto output = OutputFolder::open(folder);
  if (!output) return output.error();
  SplitOptions all = options;
  if (all.memory == 0) all.memory = default_memory();
  std::ranges::sort(all.flow_ids);
  SplitRun run{all, **input, *output, {}, {}};
  run.result.skipped = captures.skipped;

  Result<> done = {};
  if (all.format == SplitFormat::json) {
    done = split_to_json(run, captures);
  } else if (all.by == SplitBy::time || all.by == SplitBy::packets) {
    done = split_to_pieces(run, captures);
  } else {
    done = split_by_flows(run, captures);
  }
  if (!done) return done.error();
  const bool nothing = !run.result.problems.empty() || !run.result.skipped.empty();
  if (run.result.captures_read == 0 && nothing) return std::move(run.result);
  auto committed = output->commit(all.flows.read.stop.stop_requested());
  if (!committed) return committed.error();
  run.result.folder = std::move(*committed);
  return std::move(run.result);
}

}  // namespace flowloom
