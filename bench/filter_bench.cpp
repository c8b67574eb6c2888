// What a compiled filter costs a packet, with the dissection that it needs: a TCP packet of 60 bytes, whose
// headers lie in the first-level cache.
#include <benchmark/benchmark.h>

#include "../tests/unit/support/packets.hpp"
#include "filter/filter.hpp"

namespace {

using namespace flowloom;

void filter_packet(benchmark::State& state, const char* expression) {
  const build::Packet bytes = build::eth(0x0800, build::ipv4({.protocol = 6}, build::tcp({.flags = 0x02})));
  const build::Buffer buffer(bytes);
  RawPacket packet;
  packet.bytes = buffer.padded();
  packet.original_length = static_cast<std::uint32_t>(bytes.size());
  packet.link_type = build::kEthernet;
  packet.number = 1;
  const auto filter = PacketFilter::compile(expression, FilterDialect::wireshark4);
  if (!filter) {
    state.SkipWithError(filter.error().message().c_str());
    return;
  }
  Wanted wanted;
  filter->add_to(wanted);
  Dissector dissector(wanted);
  PacketMatcher matcher(*filter);
  for (auto _ : state) benchmark::DoNotOptimize(matcher.matches(dissector.dissect(packet)));
}

BENCHMARK_CAPTURE(filter_packet, layers_only, "eth");
BENCHMARK_CAPTURE(filter_packet, numbers, "tcp.flags.syn==1 && ip.ttl<64");
BENCHMARK_CAPTURE(filter_packet, address, "ip.src == 10.0.0.0/8");
BENCHMARK_CAPTURE(filter_packet, set, "tcp.port in {443, 8000..8999}");
BENCHMARK_CAPTURE(filter_packet, slice, "eth.dst[0] & 1");
BENCHMARK_CAPTURE(filter_packet, arithmetic, "tcp.srcport >= tcp.dstport + 1");
BENCHMARK_CAPTURE(filter_packet, pattern, "frame matches \"http\"");

}  // namespace
