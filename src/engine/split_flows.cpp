#include <algorithm>
#include <filesystem>
#include <limits>
#include <numeric>
#include <optional>
#include <system_error>
#include <unordered_map>

#include "engine/capture_image.hpp"
#include "engine/capture_run.hpp"
#include "engine/flow_order.hpp"
#include "engine/flow_packets.hpp"
#include "engine/packet_file.hpp"
#include "engine/split_files.hpp"
#include "engine/split_run.hpp"

namespace flowloom {
namespace {

/// Of a flow's packets, only the first one's flags are ever asked for.
TrackOptions tracked(const SplitOptions& options) {
  TrackOptions of_flows = track_options(options.flows);
  of_flows.sequence_limit = options.from_syn ? TrackOptions().sequence_limit : 0;
  return of_flows;
}

class FlowSplitter {
 public:
  explicit FlowSplitter(SplitRun& run)
      : run_(run),
        by_flow_(run.options.by == SplitBy::flow),
        captures_(run.input, tracked(run.options), run.input.threads()) {
    captures_.show(nullptr, !by_flow_);
    // Packets that are put together anew are held twice.
    const std::uint64_t budget = by_flow_ ? run.options.memory : run.options.memory / 2;
    const bool options = run.options.format != SplitFormat::pcap;
    kept_.emplace(run.folder, captures_.trackers().size(), budget, !by_flow_, options);
    grouped_.emplace(budget, [&run] { return run.folder.scratch_file(); });
  }

  Result<> capture(const std::string& path, bool unchecked);

 private:
  [[nodiscard]] bool worth_two_readings(const std::string& path) const;
  Result<bool> read(const std::string& path, bool unchecked, PacketKeeper* keeper, bool counts);
  [[nodiscard]] bool wanted(std::uint64_t flow_id, const Flow& flow) const;
  [[nodiscard]] std::vector<std::vector<bool>> choose();
  void plan_flows(SplitFiles& files, const SplitNames& names);
  Result<> plan_groups(SplitFiles& files, const SplitNames& names);
  void choose_format();

  SplitRun& run_;
  const bool by_flow_;
  CaptureRun captures_;
  std::optional<CaptureImage> image_;  ///< of the capture that is cut
  std::optional<FlowPackets> kept_;
  std::optional<PacketSpool> grouped_;  ///< by host, pair or port
  PacketFileFormat format_;
};

/// Reading twice costs less than to put aside what is not wanted: if that would not fit into memory, and the
/// capture can be read twice.
bool FlowSplitter::worth_two_readings(const std::string& path) const {
  const SplitOptions& options = run_.options;
  if (options.flow_ids.empty() && options.min_packets < 2 && !options.from_syn) return false;
  if (options.flows.read.limit != 0) return false;
  // Not to be opened for that: what is read of a pipe is gone.
  std::error_code failed;
  if (path == "-" || !std::filesystem::is_regular_file(path, failed)) return false;
  const std::uintmax_t size = std::filesystem::file_size(path, failed);
  return !failed && size > options.memory;
}

/// False: the capture could not be read, or is none. `counts`: what it says of the capture is for the result.
Result<bool> FlowSplitter::read(const std::string& path, bool unchecked, PacketKeeper* keeper, bool counts) {
  captures_.show(keeper, !by_flow_);
  auto outcome = captures_.read(path, {.unchecked = unchecked});
  if (kept_->error()) return *kept_->error();
  if (!outcome) {
    if (outcome.error().code == ErrorCode::usage) return outcome.error();
    if (counts) run_.result.problems.push_back({outcome.error(), true});
    return false;
  }
  if (!counts) return outcome->skipped.empty();
  auto& skipped = run_.result.skipped;
  skipped.insert(skipped.end(), outcome->skipped.begin(), outcome->skipped.end());
  if (!outcome->skipped.empty()) return false;
  run_.result.captures_read += outcome->captures_read;
  auto& problems = run_.result.problems;
  problems.insert(problems.end(), outcome->problems.begin(), outcome->problems.end());
  run_.result.packets = std::accumulate(outcome->fates.begin(), outcome->fates.end(), run_.result.packets);
  return true;
}

Result<> FlowSplitter::capture(const std::string& path, bool unchecked) {
  kept_->reset();
  grouped_->reset();
  image_.reset();
  if (by_flow_ && run_.options.format != SplitFormat::pcapng) {
    if (auto image = CaptureImage::map(path, run_.options.memory)) {
      kept_->set_image(image_.emplace(std::move(*image)));
    }
  }
  if (worth_two_readings(path)) {
    const std::uint64_t bytes = run_.input.bytes(), packets = run_.input.packets();
    const auto first = read(path, unchecked, nullptr, false);
    if (!first) return first.error();
    if (*first) kept_->choose(choose());
    run_.input.take_back(run_.input.bytes() - bytes, run_.input.packets() - packets);
  }
  const auto done = read(path, unchecked, &*kept_, true);
  if (!done) return done.error();
  if (!*done) return {};
  choose_format();
  const SplitNames names(capture_label(path), run_.options.naming);
  SplitFiles files(run_, format_);
  if (by_flow_) {
    plan_flows(files, names);
  } else if (auto planned = plan_groups(files, names); !planned) {
    return planned;
  }
  auto finished = files.finish();
  // What was written is the capture's as it is now.
  if (image_ && image_->changed()) return image_->error_of_change();
  return finished;
}

bool FlowSplitter::wanted(std::uint64_t flow_id, const Flow& flow) const {
  const SplitOptions& options = run_.options;
  if (flow.packets[0] + flow.packets[1] < options.min_packets) return false;
  if (!options.flow_ids.empty() && !std::ranges::binary_search(options.flow_ids, flow_id)) return false;
  if (!options.from_syn || flow.key.protocol != ip_proto::tcp) return true;
  const auto first = static_cast<std::uint32_t>(flow.first_number);
  for (const SequenceChunk* chunk = flow.head; chunk != nullptr; chunk = chunk->next) {
    for (std::uint16_t i = 0; i < chunk->used(); ++i) {
      const SequenceEntry entry = chunk->entry(i);
      if (entry.number == first) return (entry.tcp_flags & (tcp_flag::syn | tcp_flag::ack)) == tcp_flag::syn;
    }
  }
  return false;
}

/// By partition and number: whether the flow is wanted.
std::vector<std::vector<bool>> FlowSplitter::choose() {
  const auto& trackers = captures_.trackers();
  std::vector<std::vector<bool>> chosen(trackers.size());
  FlowOrder order(trackers);
  std::uint64_t id = run_.result.flows;
  while (const auto place = order.next()) {
    std::vector<bool>& of_partition = chosen[place->partition];
    if (place->flow >= of_partition.size()) of_partition.resize(place->flow + 1);
    of_partition[place->flow] = wanted(id++, trackers[place->partition].flow(place->flow));
  }
  return chosen;
}

void FlowSplitter::choose_format() {
  const std::vector<Interface> interfaces = captures_.interfaces();
  format_ = {};
  format_.interfaces = interfaces;
  for (const Interface& interface : interfaces) format_.cover(interface);
  const std::int64_t first = kept_->first().ns, last = kept_->last().ns;
  const bool several = std::ranges::any_of(interfaces, [&](const Interface& interface) {
    return interface.link_type != interfaces.front().link_type;
  });
  constexpr std::int64_t kLastOfPcap = std::int64_t{std::numeric_limits<std::uint32_t>::max()} * kNsPerSecond;
  const bool beyond_pcap = first <= last && (first < 0 || last > kLastOfPcap);
  format_.pcapng = run_.options.format == SplitFormat::pcapng ||
                   (run_.options.format == SplitFormat::automatic && (several || beyond_pcap));
}

void FlowSplitter::plan_flows(SplitFiles& files, const SplitNames& names) {
  const auto& trackers = captures_.trackers();
  FlowOrder order(trackers);
  files.begin();
  while (const auto place = order.next()) {
    const Flow& flow = trackers[place->partition].flow(place->flow);
    if (!wanted(run_.result.flows++, flow)) continue;
    const std::uint64_t packets = flow.packets[0] + flow.packets[1];
    files.plan(kept_->spool(place->partition), place->flow, packets, names.flow(flow));
  }
}

/// Puts the packets, which are in one strand in their order, into a strand a group.
Result<> FlowSplitter::plan_groups(SplitFiles& files, const SplitNames& names) {
  const Tracker& tracker = captures_.trackers()[0];
  struct Groups {
    std::uint32_t first = kNone, second = kNone;
  };
  std::vector<Groups> groups_of;  // by number of the flow
  std::unordered_map<std::string, std::uint32_t> known;
  std::vector<std::pair<std::string, std::uint64_t>> groups;  // label, packets
  const auto group = [&](std::string label, const Flow& flow) {
    const auto [entry, is_new] = known.try_emplace(label, static_cast<std::uint32_t>(groups.size()));
    if (is_new) groups.emplace_back(std::move(label), 0);
    groups[entry->second].second += flow.packets[0] + flow.packets[1];
    return entry->second;
  };
  for (const std::uint32_t number : tracker.order()) {
    const Flow& flow = tracker.flow(number);
    if (!wanted(run_.result.flows++, flow)) continue;
    if (number >= groups_of.size()) groups_of.resize(std::max<std::size_t>(number + 1, groups_of.size() * 2));
    Groups& of = groups_of[number];
    if (run_.options.by == SplitBy::host) {
      of.first = group(names.host(flow.key, flow.initiator), flow);
      const bool other = flow.key.address[0] != flow.key.address[1];
      if (other) of.second = group(names.host(flow.key, 1U - flow.initiator), flow);
    } else {
      of.first = group(run_.options.by == SplitBy::port ? names.port(flow) : names.host_pair(flow.key), flow);
    }
  }
  std::vector<bool> planned;
  planned.reserve(groups.size());
  for (std::uint32_t i = 0; i < groups.size(); ++i) {
    planned.push_back(files.plan(*grouped_, i, groups[i].second, groups[i].first));
  }
  PacketSpool::Reader reader(kept_->spool(0));
  auto grouped = reader.each(0, [&](const SpooledPacket& packet, const std::uint8_t* bytes) -> Result<> {
    if (packet.flow >= groups_of.size()) return {};
    const Groups& of = groups_of[packet.flow];
    for (const std::uint32_t to : {of.first, of.second}) {
      if (to == kNone || !planned[to]) continue;
      if (auto put = grouped_->append(to, packet, bytes); !put) return put;
    }
    return {};
  });
  files.begin();
  return grouped;
}

}  // namespace

Result<> split_by_flows(SplitRun& run, const CaptureList& captures) {
  FlowSplitter splitter(run);
  for (std::size_t i = 0; i < captures.paths.size(); ++i) {
    if (run.input.stopping()) break;
    if (auto done = splitter.capture(captures.paths[i], captures.is_unchecked(i)); !done) return done;
  }
  return {};
}

}  // namespace flowloom
