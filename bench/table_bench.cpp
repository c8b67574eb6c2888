// What it costs to turn tracked flows into rows, lists included: few long flows, many short ones.
#include "table/flow_table.hpp"

#include "dissect/header_walk.hpp"
#include "packets.hpp"

namespace flowloom {
namespace {

constexpr std::size_t kPackets = 1'000'000;

void rows(benchmark::State& state) {
  const bench::Traffic traffic(static_cast<std::uint32_t>(state.range(0)), kPackets, 60);
  Tracker tracker{TrackOptions{}};
  for (const auto& window : traffic.windows()) {
    PacketBatch batch;
    for (const RawPacket& packet : window) walk_headers(packet, HashSeed(), batch);
    tracker.track(batch);
  }
  tracker.finish();
  using enum FlowTableBuilder::Lists;
  const FlowTableOptions options;
  const std::shared_ptr<const Schema> schema = make_flow_schema(options);
  for (auto _ : state) {
    FlowTableBuilder table(schema, options, state.range(1) != 0 ? later : at_once);
    std::uint64_t id = 0;
    for (const std::uint32_t number : tracker.order()) {
      table.add(id++, "capture.pcap", tracker.flow(number), tracker);
      if (table.full()) benchmark::DoNotOptimize(table.take(6));
    }
    benchmark::DoNotOptimize(table.take(6));
  }
  state.counters["flows"] = static_cast<double>(tracker.order().size());
  bench::count_packets(state, kPackets);
}
// The second number: whether lists are filled when their row is made (0) or later.
BENCHMARK(rows)
    ->ArgsProduct({{100, 10'000, 1'000'000}, {0, 1}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace flowloom
