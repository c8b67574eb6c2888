// Packets in memory for micro-benchmarks: TCP over IPv4 in Ethernet frames, in windows as a capture is read.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

#include "base/endian.hpp"
#include "dissect/packet_record.hpp"
#include "flowloom/packet.hpp"

namespace flowloom::bench {

inline void store_be16(std::uint8_t* at, std::uint32_t value) {
  at[0] = static_cast<std::uint8_t>(value >> 8);
  at[1] = static_cast<std::uint8_t>(value);
}

inline void store_be32(std::uint8_t* at, std::uint32_t value) {
  store_be16(at, value >> 16);
  store_be16(at + 2, value & 0xFFFF);
}

/// Packets of `frame` bytes (at least 54) whose flow is drawn anew each time, as if all were equally busy.
/// Each flow begins with a SYN; either end sends. As in a pcap file, sixteen bytes lie before each frame.
class Traffic {
 public:
  Traffic(std::uint32_t flows, std::size_t packets, std::uint32_t frame)
      : bytes_(packets * (kRecord + frame) + kPadding) {
    std::mt19937_64 random(7);
    std::vector<std::uint32_t> sent(flows, 0);
    std::vector<RawPacket>* window = nullptr;
    for (std::size_t i = 0; i < packets; ++i) {
      const std::size_t at = i * (kRecord + frame) + kRecord;
      const std::uint64_t draw = random();
      const auto flow = static_cast<std::uint32_t>(draw % flows);
      write(bytes_.data() + at, frame, flow, (draw >> 40) % 2 != 0 && sent[flow] != 0, sent[flow]);
      ++sent[flow];
      if (window == nullptr || (window->size() + 1) * (kRecord + frame) > kWindow)
        window = &windows_.emplace_back();
      RawPacket& packet = window->emplace_back();
      packet.bytes = PaddedBytes(bytes_.data() + at, frame);
      packet.time.ns = 1'700'000'000'000'000'000 + static_cast<std::int64_t>(i) * 1000;
      packet.number = i + 1;
      packet.original_length = frame;
      packet.link_type = 1;
    }
  }

  [[nodiscard]] const std::vector<std::vector<RawPacket>>& windows() const { return windows_; }

 private:
  static constexpr std::size_t kRecord = 16, kWindow = 256 * 1024;

  static void write(std::uint8_t* frame, std::uint32_t size, std::uint32_t flow, bool back,
                    std::uint32_t sent) {
    store_be16(frame + 12, 0x0800);
    std::uint8_t* const ip = frame + 14;
    ip[0] = 0x45;
    store_be16(ip + 2, size - 14);
    ip[8] = 64;
    ip[9] = ip_proto::tcp;
    const std::uint32_t client = 0x0A000001 + flow / 16, server = 0xC0A80001 + flow % 251;
    const std::uint32_t port = 40'000 + flow % 16;
    store_be32(ip + 12, back ? server : client);
    store_be32(ip + 16, back ? client : server);
    std::uint8_t* const tcp = ip + 20;
    store_be16(tcp, back ? 443 : port);
    store_be16(tcp + 2, back ? port : 443);
    store_be32(tcp + 4, flow * 4099 + sent);
    store_be32(tcp + 8, sent == 0 ? 0 : flow * 8209 + sent);
    tcp[12] = 0x50;
    tcp[13] = static_cast<std::uint8_t>(sent == 0 ? tcp_flag::syn : tcp_flag::ack);
  }

  std::vector<std::uint8_t> bytes_;
  std::vector<std::vector<RawPacket>> windows_;
};

/// Adds the counter ns/packet for `packets` an iteration.
inline void count_packets(benchmark::State& state, std::size_t packets) {
  state.counters["ns/packet"] =
      benchmark::Counter(static_cast<double>(packets) * 1e-9,
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

}  // namespace flowloom::bench
