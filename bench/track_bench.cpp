// What the tracker costs a packet whose record is made: few flows, many, one packet a flow; with timeouts.
#include "packets.hpp"

#include "dissect/header_walk.hpp"
#include "track/tracker.hpp"

namespace flowloom {
namespace {

constexpr std::size_t kPackets = 1'000'000;

void track(benchmark::State& state, const TrackOptions& options) {
  const bench::Traffic traffic(static_cast<std::uint32_t>(state.range(0)), kPackets, 60);
  std::vector<PacketBatch> batches(traffic.windows().size());
  for (std::size_t i = 0; i < batches.size(); ++i) {
    for (const RawPacket& packet : traffic.windows()[i]) walk_headers(packet, HashSeed(), batches[i]);
  }
  std::size_t flows = 0;
  for (auto _ : state) {
    Tracker tracker(options);
    for (const PacketBatch& batch : batches) tracker.track(batch);
    tracker.finish();
    flows = tracker.order().size();
  }
  state.counters["flows"] = static_cast<double>(flows);
  bench::count_packets(state, kPackets);
}

BENCHMARK_CAPTURE(track, plain, TrackOptions{})
    ->Arg(100)
    ->Arg(10'000)
    ->Arg(1'000'000)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(track, timeouts,
                  TrackOptions{.idle_timeout = 1'000'000'000, .active_timeout = 60'000'000'000})
    ->Arg(10'000)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace flowloom
