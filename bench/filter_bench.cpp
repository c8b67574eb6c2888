// What a compiled filter costs a packet, with the dissection that it needs, and what the columns of some
// fields cost: a packet of 60 bytes (TCP, UDP, or TCP over IPv6, which is longer), whose headers lie in the
// first-level cache. These are the figures of docs/benchmarks.md.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "../tests/unit/support/packets.hpp"
#include "base/checksum.hpp"
#include "dissect/selection.hpp"
#include "filter/filter.hpp"
#include "synth/random.hpp"
#include "table/packet_table.hpp"

namespace {

using namespace flowloom;

build::Packet payload() { return {'G', 'E', 'T', ' ', '/', 'x'}; }
build::Packet tcp_packet() {
  return build::eth(0x0800, build::ipv4({.protocol = 6}, build::tcp({.flags = 0x02}, payload())));
}
build::Packet udp_packet() {
  return build::eth(0x0800, build::ipv4({.protocol = 17}, build::udp(2000, 50000, build::zeros(18))));
}
build::Packet six_packet() {
  return build::eth(0x86DD, build::ipv6({.next = 6}, build::tcp({.flags = 0x02}, payload())));
}

/// A packet in memory of its own.
class Sample {
 public:
  explicit Sample(const build::Packet& bytes) : buffer_(bytes) {
    packet_.bytes = buffer_.padded();
    packet_.original_length = static_cast<std::uint32_t>(bytes.size());
    packet_.link_type = build::kEthernet;
    packet_.number = 1;
    packet_.time.ns = 1'700'000'000'123'456'789;
  }
  [[nodiscard]] const RawPacket& packet() const { return packet_; }

 private:
  build::Buffer buffer_;
  RawPacket packet_;
};

void match(benchmark::State& state, const Sample& sample, const char* expression) {
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

void filter_packet(benchmark::State& state, const char* expression) {
  match(state, Sample(tcp_packet()), expression);
}
void filter_udp(benchmark::State& state, const char* expression) {
  match(state, Sample(udp_packet()), expression);
}
void filter_six(benchmark::State& state, const char* expression) {
  match(state, Sample(six_packet()), expression);
}

void dissect_packet(benchmark::State& state) {
  const Sample sample(tcp_packet());
  Wanted wanted;
  wanted.add(*Registry::instance().find("tcp.port"));
  Dissector dissector(wanted);
  for (auto _ : state) benchmark::DoNotOptimize(dissector.dissect(sample.packet()).layers.size());
}
BENCHMARK(dissect_packet);

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
BENCHMARK_CAPTURE(filter_packet, time_delta, "frame.time_delta > 1");
BENCHMARK_CAPTURE(filter_packet, first_of_ports, "tcp.port#1 in {80, 443}");
BENCHMARK_CAPTURE(filter_packet, bytes_of_payload, "tcp[20:4] == 47:45:54:20");
BENCHMARK_CAPTURE(filter_packet, count, "count(ip) > 1");
BENCHMARK_CAPTURE(filter_packet, source_vendor, "eth.src[0:3] == 00:11:22");
BENCHMARK_CAPTURE(filter_packet, masked_addresses, "ip.addr & 255.255.0.0 == 10.0.0.0");
BENCHMARK_CAPTURE(filter_packet, two_addresses, "ip.addr == ip.src");
BENCHMARK_CAPTURE(filter_packet, length_of_payload, "len(tcp.payload) > 5");
BENCHMARK_CAPTURE(filter_packet, frame_without_ip, "frame.len - ip.len > 14");
BENCHMARK_CAPTURE(filter_packet, payload_and_four, "tcp.len + 4 > 5");
BENCHMARK_CAPTURE(filter_packet, ip_checksum, "ip.checksum.status == 1");
BENCHMARK_CAPTURE(filter_packet, tcp_checksum, "tcp.checksum.status == 1");
BENCHMARK_CAPTURE(filter_packet, search, "frame contains \"GET\"");
BENCHMARK_CAPTURE(filter_packet, text_of_port, "string(tcp.port) contains \"44\"");
BENCHMARK_CAPTURE(filter_packet, pattern, "frame matches \"http\"");

BENCHMARK_CAPTURE(filter_udp, length, "udp.length > 100");
BENCHMARK_CAPTURE(filter_udp, length_and_four, "udp.length + 4 > 100");
BENCHMARK_CAPTURE(filter_udp, checksum, "udp.checksum.status == 1");
BENCHMARK_CAPTURE(filter_six, address, "ipv6.src == 2001:db8::1");
BENCHMARK_CAPTURE(filter_six, prefix, "ipv6.addr == 2001:db8::/32");
BENCHMARK_CAPTURE(filter_six, masked_address, "ipv6.src & ffff:: == 2001::");
BENCHMARK_CAPTURE(filter_six, sum, "ipv6.plen - tcp.hdr_len > 0");
BENCHMARK_CAPTURE(filter_six, checksum, "tcp.checksum.status == 1");

/// Packets with segments of so many bytes (0: of any number up to 1480), one behind the other, as many as a
/// window of the reader has.
class Window {
 public:
  static constexpr std::size_t kBytes = 256 * 1024, kHeaders = 34, kLargest = 1480;

  explicit Window(std::size_t segment) {
    synth::Random random(1);
    build::Packet all;
    while (all.size() + kHeaders + kLargest <= kBytes) {
      const std::size_t size = segment != 0 ? segment : 20 + random.below(kLargest - 19);
      const build::Packet one =
          build::eth(0x0800, build::ipv4({.protocol = 6}, build::tcp({}, build::zeros(size - 20))));
      RawPacket& packet = packets_.emplace_back();
      packet.bytes = PaddedBytes(memory_.get() + all.size(), one.size());
      packet.original_length = static_cast<std::uint32_t>(one.size());
      packet.link_type = build::kEthernet;
      packet.number = packets_.size();
      all.insert(all.end(), one.begin(), one.end());
    }
    std::ranges::copy(all, memory_.get());
  }
  [[nodiscard]] const std::vector<RawPacket>& packets() const { return packets_; }

 private:
  std::unique_ptr<std::uint8_t[]> memory_ = std::make_unique<std::uint8_t[]>(kBytes + kPadding);
  std::vector<RawPacket> packets_;
};

void window_checksum(benchmark::State& state) {
  const Window window(static_cast<std::size_t>(state.range(0)));
  const auto filter = PacketFilter::compile("tcp.checksum.status == 1", FilterDialect::wireshark4);
  Wanted wanted;
  filter->add_to(wanted);
  Dissector dissector(wanted);
  PacketMatcher matcher(*filter);
  std::size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(matcher.matches(dissector.dissect(window.packets()[next])));
    if (++next == window.packets().size()) next = 0;
  }
}
BENCHMARK(window_checksum)->Arg(0)->Arg(20)->Arg(576)->Arg(1480);

/// The sum alone, of the same bytes.
void window_sum(benchmark::State& state) {
  const Window window(static_cast<std::size_t>(state.range(0)));
  std::size_t next = 0;
  for (auto _ : state) {
    const PaddedBytes bytes = window.packets()[next].bytes;
    benchmark::DoNotOptimize(sum_words({bytes.data() + Window::kHeaders, bytes.size() - Window::kHeaders}));
    if (++next == window.packets().size()) next = 0;
  }
}
BENCHMARK(window_sum)->Arg(0)->Arg(20)->Arg(576)->Arg(1480);

/// The sum alone that such a state needs, of so many bytes.
void checksum(benchmark::State& state) {
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(state.range(0)), 7);
  for (auto _ : state) {
    benchmark::DoNotOptimize(bytes.data());
    benchmark::ClobberMemory();
    benchmark::DoNotOptimize(sum_words(bytes));
  }
}
BENCHMARK(checksum)->Arg(20)->Arg(60)->Arg(1480);

/// Rows with these fields, in batches of as many as a window has.
void field_columns(benchmark::State& state, const std::vector<std::string>& names, const PacketCells& cells) {
  constexpr int kRows = 4096;
  const Sample sample(tcp_packet());
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

/// As Wireshark prints values.
void wireshark_columns(benchmark::State& state, const std::vector<std::string>& names) {
  field_columns(state, names, {.joined = true, .print_format = PrintFormat::wireshark4});
}

using Names = std::vector<std::string>;
const Names kFlow{"ip.src", "ip.dst", "tcp.srcport", "tcp.dstport", "tcp.flags"};
const Names kSix{"ip.ttl", "ip.len", "ip.proto", "tcp.srcport", "tcp.dstport", "tcp.flags"};
const Names kEight{"ip.src",      "ip.dst",      "ip.ttl",    "ip.len",
                   "tcp.srcport", "tcp.dstport", "tcp.flags", "tcp.seq_raw"};
const Names kTen{"ip.ttl",      "ip.len",    "ip.id",       "ip.proto",    "tcp.srcport",
                 "tcp.dstport", "tcp.flags", "tcp.seq_raw", "tcp.ack_raw", "tcp.window_size_value"};
const Names kTwelve{"frame.number", "frame.time_epoch", "ip.src",    "ip.dst",      "ip.proto", "tcp.srcport",
                    "tcp.dstport",  "frame.len",        "tcp.flags", "tcp.seq_raw", "ip.ttl",   "ip.id"};
const Names kSixteen{"frame.number", "frame.time_epoch", "ip.src",
                     "ip.dst",       "ip.proto",         "tcp.srcport",
                     "tcp.dstport",  "frame.len",        "tcp.flags",
                     "tcp.seq_raw",  "ip.ttl",           "ip.id",
                     "ip.len",       "tcp.ack_raw",      "tcp.window_size_value",
                     "tcp.checksum"};
BENCHMARK_CAPTURE(typed_columns, flags, Names{"tcp.flags"});
BENCHMARK_CAPTURE(typed_columns, four_numbers, Names{"ip.ttl", "tcp.srcport", "tcp.dstport", "tcp.flags"});
BENCHMARK_CAPTURE(typed_columns, source, Names{"ip.src"});
BENCHMARK_CAPTURE(typed_columns, flow, kFlow);
BENCHMARK_CAPTURE(typed_columns, six_numbers, kSix);
BENCHMARK_CAPTURE(typed_columns, eight, kEight);
BENCHMARK_CAPTURE(typed_columns, ten_numbers, kTen);
BENCHMARK_CAPTURE(typed_columns, five_numbers,
                  Names{"ip.ttl", "ip.len", "tcp.srcport", "tcp.dstport", "tcp.flags"});
BENCHMARK_CAPTURE(typed_columns, frame, Names{"frame.number", "frame.time_epoch", "frame.len"});
BENCHMARK_CAPTURE(typed_columns, parsed, Names{"eth.type", "tcp.len"});
BENCHMARK_CAPTURE(text_columns, flags, Names{"tcp.flags"});
BENCHMARK_CAPTURE(text_columns, four_numbers, Names{"ip.ttl", "tcp.srcport", "tcp.dstport", "tcp.flags"});
BENCHMARK_CAPTURE(text_columns, source, Names{"ip.src"});
BENCHMARK_CAPTURE(text_columns, five_numbers,
                  Names{"ip.ttl", "ip.len", "tcp.srcport", "tcp.dstport", "tcp.flags"});
BENCHMARK_CAPTURE(text_columns, frame, Names{"frame.number", "frame.time_epoch", "frame.len"});
BENCHMARK_CAPTURE(text_columns, flow, kFlow);
BENCHMARK_CAPTURE(text_columns, six_numbers, kSix);
BENCHMARK_CAPTURE(text_columns, eight, kEight);
BENCHMARK_CAPTURE(text_columns, ten_numbers, kTen);
BENCHMARK_CAPTURE(typed_columns, twelve, kTwelve);
BENCHMARK_CAPTURE(typed_columns, sixteen, kSixteen);
BENCHMARK_CAPTURE(text_columns, twelve, kTwelve);
BENCHMARK_CAPTURE(text_columns, sixteen, kSixteen);
BENCHMARK_CAPTURE(text_columns, hardware, Names{"eth.src", "eth.dst"});
BENCHMARK_CAPTURE(text_columns, flag, Names{"tcp.flags.syn"});
BENCHMARK_CAPTURE(wireshark_columns, date, Names{"frame.time"});
BENCHMARK_CAPTURE(wireshark_columns, flags, Names{"tcp.flags"});
BENCHMARK_CAPTURE(wireshark_columns, hardware, Names{"eth.src", "eth.dst"});

}  // namespace
