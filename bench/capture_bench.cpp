// What reading costs a packet: the parsers alone over a window that lies in the cache, and CaptureReader over
// bytes in memory, which adds the copy that a file costs too.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "capture/pcap.hpp"
#include "capture/pcapng.hpp"
#include "flowloom/capture.hpp"

namespace flowloom {
namespace {

template <class T>
void put(std::vector<std::uint8_t>& out, T value) {
  std::uint8_t bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  out.insert(out.end(), bytes, bytes + sizeof value);
}

void pad(std::vector<std::uint8_t>& out, std::size_t bytes) { out.resize(out.size() + bytes); }

std::vector<std::uint8_t> pcap_header() {
  std::vector<std::uint8_t> out;
  for (const std::uint32_t v : {0xa1b2c3d4U, 0x00040002U, 0U, 0U, 262144U, 1U}) put(out, v);
  return out;
}

void put_pcap_record(std::vector<std::uint8_t>& out, std::uint32_t length) {
  for (const std::uint32_t v : {1700000000U, 123456U, length, length}) put(out, v);
  pad(out, length);
}

std::vector<std::uint8_t> pcapng_header() {
  std::vector<std::uint8_t> out;
  for (const std::uint32_t v : {0x0a0d0d0aU, 28U, 0x1a2b3c4dU, 1U, ~0U, ~0U, 28U}) put(out, v);
  for (const std::uint32_t v : {1U, 20U, 1U, 262144U, 20U}) put(out, v);
  return out;
}

void put_pcapng_packet(std::vector<std::uint8_t>& out, std::uint32_t length) {
  const std::uint32_t padding = (4 - length % 4) % 4;
  const std::uint32_t block = 32 + length + padding;
  for (const std::uint32_t v : {6U, block, 0U, 0x60a5eU, 0x12345678U, length, length}) put(out, v);
  pad(out, length + padding);
  put(out, block);
}

using Put = void (*)(std::vector<std::uint8_t>&, std::uint32_t);

/// A header and packets of one length in about `size` bytes.
std::vector<std::uint8_t> make(std::vector<std::uint8_t> out, Put put_packet, std::uint32_t length,
                               std::size_t size) {
  while (out.size() < size) put_packet(out, length);
  return out;
}

constexpr std::size_t kWindow = 256 * 1024;

void count(benchmark::State& state, std::size_t packets) {
  state.counters["ns/packet"] =
      benchmark::Counter(static_cast<double>(packets) * 1e-9,
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void parse_pcap(benchmark::State& state) {
  std::vector<std::uint8_t> bytes =
      make(pcap_header(), put_pcap_record, static_cast<std::uint32_t>(state.range(0)), kWindow);
  const pcap::Format format = *pcap::parse_header(bytes);
  const std::size_t size = bytes.size() - pcap::kHeaderSize;
  pad(bytes, kPadding);
  std::vector<RawPacket> packets;
  for (auto _ : state) {
    packets.clear();
    pcap::parse_records(format, PaddedBytes(bytes.data() + pcap::kHeaderSize, size), 24, 1, packets);
    benchmark::DoNotOptimize(packets.data());
  }
  count(state, packets.size());
}
BENCHMARK(parse_pcap)->Arg(60)->Arg(580);

void parse_pcapng(benchmark::State& state) {
  std::vector<std::uint8_t> bytes =
      make(pcapng_header(), put_pcapng_packet, static_cast<std::uint32_t>(state.range(0)), kWindow);
  const std::size_t size = bytes.size();
  pad(bytes, kPadding);
  std::vector<RawPacket> packets;
  for (auto _ : state) {
    packets.clear();
    pcapng::Sections sections;
    pcapng::parse_blocks(sections, PaddedBytes(bytes.data(), size), 0, 1, packets);
    benchmark::DoNotOptimize(packets.data());
  }
  count(state, packets.size());
}
BENCHMARK(parse_pcapng)->Arg(60)->Arg(580);

void read_all(benchmark::State& state, const std::vector<std::uint8_t>& bytes) {
  PacketWindow window;
  std::size_t packets = 0;
  for (auto _ : state) {
    packets = 0;
    Result<CaptureReader> reader = CaptureReader::from_memory(bytes, "memory");
    while (reader && reader->next(window).value_or(false)) packets += window.packets.size();
    if (!reader || reader->damage()) state.SkipWithError("cannot read what was made");
  }
  count(state, packets);
}

constexpr std::size_t kWhole = 16 * 1024 * 1024;

void read_pcap(benchmark::State& state) {
  read_all(state, make(pcap_header(), put_pcap_record, static_cast<std::uint32_t>(state.range(0)), kWhole));
}
BENCHMARK(read_pcap)->Arg(60)->Arg(580);

void read_pcapng(benchmark::State& state) {
  read_all(state,
           make(pcapng_header(), put_pcapng_packet, static_cast<std::uint32_t>(state.range(0)), kWhole));
}
BENCHMARK(read_pcapng)->Arg(60)->Arg(580);

}  // namespace
}  // namespace flowloom
