// What a compiled filter costs a packet, with the dissection that it needs, and what the columns of some
// fields cost: a TCP packet of 60 bytes, whose headers lie in the first-level cache.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "../tests/unit/support/packets.hpp"
#include "dissect/selection.hpp"
#include "filter/filter.hpp"
#include "table/packet_table.hpp"

namespace {

using namespace flowloom;

/// A packet in memory of its own.
class Sample {
 public:
  Sample()
      : bytes_(build::eth(0x0800, build::ipv4({.protocol = 6}, build::tcp({.flags = 0x02})))),
        buffer_(bytes_) {
    packet_.bytes = buffer_.padded();
    packet_.original_length = static_cast<std::uint32_t>(bytes_.size());
    packet_.link_type = build::kEthernet;
    packet_.number = 1;
  }
  [[nodiscard]] const RawPacket& packet() const { return packet_; }

 private:
  build::Packet bytes_;
  build::Buffer buffer_;
  RawPacket packet_;
};

void filter_packet(benchmark::State& state, const char* expression) {
  const Sample sample;
  const auto filter = PacketFilter::compile(expression, FilterDialect::wireshark4);
  if (!filter) {
    state.SkipWithError(filter.error().message().c_str());
    return;
  }
  Wanted wanted;
  filter->add_to(wanted);
  Dissector dissector(wanted);
  PacketMatcher matcher(*filter);
  for (auto _ : state) benchmark::DoNotOptimize(matcher.matches(dissector.dissect(sample.packet())));
}

BENCHMARK_CAPTURE(filter_packet, layers_only, "eth");
BENCHMARK_CAPTURE(filter_packet, numbers, "tcp.flags.syn==1 && ip.ttl<64");
BENCHMARK_CAPTURE(filter_packet, address, "ip.src == 10.0.0.0/8");
BENCHMARK_CAPTURE(filter_packet, addresses, "ip.addr == 10.9.0.1 || ip.addr == 10.0.0.2");
BENCHMARK_CAPTURE(filter_packet, port, "tcp.port == 443");
BENCHMARK_CAPTURE(filter_packet, not_equal, "tcp.port != 443 and not udp");
BENCHMARK_CAPTURE(filter_packet, set, "tcp.port in {443, 8000..8999}");
BENCHMARK_CAPTURE(filter_packet, slice, "eth.dst[0] & 1");
BENCHMARK_CAPTURE(filter_packet, arithmetic, "tcp.srcport >= tcp.dstport + 1");
BENCHMARK_CAPTURE(filter_packet, sum, "ip.len + 4 > 100");
BENCHMARK_CAPTURE(filter_packet, payload_by_headers, "ip.len - ip.hdr_len - tcp.hdr_len > 0");
BENCHMARK_CAPTURE(filter_packet, masked_address, "ip.src & 255.255.0.0 == 10.0.0.0");
BENCHMARK_CAPTURE(filter_packet, masked_flags, "tcp.flags & 0x12");
BENCHMARK_CAPTURE(filter_packet, vendor, "eth.addr[0:3] == 00:11:22");
BENCHMARK_CAPTURE(filter_packet, byte_of_tcp, "tcp[13] & 2");
BENCHMARK_CAPTURE(filter_packet, length, "len(tcp) > 20");
BENCHMARK_CAPTURE(filter_packet, first_layer, "ip.src#1 == 10.0.0.0/8");
BENCHMARK_CAPTURE(filter_packet, greatest, "max(tcp.srcport, tcp.dstport) < 1024");
BENCHMARK_CAPTURE(filter_packet, difference, "abs(tcp.srcport - tcp.dstport) < 10");
BENCHMARK_CAPTURE(filter_packet, frame_length, "frame.len > 100");
BENCHMARK_CAPTURE(filter_packet, ethertype, "eth.type == 0x0806");
BENCHMARK_CAPTURE(filter_packet, payload_length, "tcp.len > 0");
BENCHMARK_CAPTURE(filter_packet, pattern, "frame matches \"http\"");

/// Rows with these fields, in batches of as many as a window has.
void field_columns(benchmark::State& state, const std::vector<std::string>& names, const PacketCells& cells) {
  constexpr int kRows = 4096;
  const Sample sample;
  const auto selection = Selection::make(names);
  if (!selection) {
    state.SkipWithError(selection.error().message().c_str());
    return;
  }
  Dissector dissector(selection->wanted());
  PacketTableBuilder table(*selection, cells, make_packet_schema(*selection, cells, false));
  int rows = 0;
  for (auto _ : state) {
    table.add({}, sample.packet(), dissector.dissect(sample.packet()));
    if (++rows % kRows == 0) benchmark::DoNotOptimize(table.take(6));
  }
}

/// As for Arrow and Parquet, and as for CSV and texts.
void typed_columns(benchmark::State& state, const std::vector<std::string>& names) {
  field_columns(state, names, {});
}
void text_columns(benchmark::State& state, const std::vector<std::string>& names) {
  field_columns(state, names, {.joined = true});
}

using Names = std::vector<std::string>;
BENCHMARK_CAPTURE(typed_columns, flags, Names{"tcp.flags"});
BENCHMARK_CAPTURE(typed_columns, four_numbers, Names{"ip.ttl", "tcp.srcport", "tcp.dstport", "tcp.flags"});
BENCHMARK_CAPTURE(typed_columns, source, Names{"ip.src"});
BENCHMARK_CAPTURE(typed_columns, flow, Names{"ip.src", "ip.dst", "tcp.srcport", "tcp.dstport", "tcp.flags"});
BENCHMARK_CAPTURE(typed_columns, frame, Names{"frame.number", "frame.time_epoch", "frame.len"});
BENCHMARK_CAPTURE(typed_columns, parsed, Names{"eth.type", "tcp.len"});
BENCHMARK_CAPTURE(text_columns, flags, Names{"tcp.flags"});
BENCHMARK_CAPTURE(text_columns, four_numbers, Names{"ip.ttl", "tcp.srcport", "tcp.dstport", "tcp.flags"});
BENCHMARK_CAPTURE(text_columns, source, Names{"ip.src"});
BENCHMARK_CAPTURE(text_columns, flow, Names{"ip.src", "ip.dst", "tcp.srcport", "tcp.dstport", "tcp.flags"});

}  // namespace
