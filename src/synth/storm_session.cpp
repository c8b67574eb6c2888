#include "synth/storm_session.hpp"

#include "base/store.hpp"
#include "dissect/packet_record.hpp"

namespace flowloom::synth {
namespace {

constexpr std::int64_t kFloodGap = 20'000, kTinyGap = 4'000;

IpAddress ipv4(std::uint32_t number) {
  IpAddress address;
  address.version = 4;
  store_be32(address.bytes.data(), number);
  return address;
}

constexpr std::uint32_t kPrivate = 0x0A000000;  // 10.0.0.0/8
constexpr std::uint64_t kPorts = 16384;         // dynamic ports (RFC 6335 §6)

}  // namespace

FloodSession::FloodSession(std::uint64_t first, std::uint32_t count, std::uint64_t seed,
                           std::int64_t start_ns)
    : next_(first), left_(count), count_(count), seed_(seed), random_(seed + first), time_(start_ns) {
  path_.address = {ipv4(kPrivate), ipv4(0xC612FF01)};  // 198.18.255.1
  path_.port = {0, 80};
}

void FloodSession::count_flows(SynthCounts& counts) const {
  counts.flows += count_;
  counts.tcp_flows += count_;
}

bool FloodSession::step(Outlet& outlet) {
  // An odd factor permutes the 24-bit numbers; the port tells the passes through them apart.
  const auto host = static_cast<std::uint32_t>((next_ * 0x9E3779B1 + seed_) & 0xFFFFFF);
  path_.address[0] = ipv4(kPrivate | host);
  path_.port[0] =
      static_cast<std::uint16_t>(1024 + ((next_ >> 24) + Random::mix(host + seed_) % 64512) % 64512);
  const std::uint64_t word = Random::mix(next_ ^ seed_);
  path_.ttl[0] = static_cast<std::uint8_t>(40 + (word & 15));
  Segment segment{.from = 0, .options = TcpOptions::syn_short, .flags = tcp_flag::syn, .window = 64240};
  segment.seq = static_cast<std::uint32_t>(word >> 32);
  segment.id = static_cast<std::uint32_t>(word >> 16 & 0xFFFF);
  send_segment(outlet, path_, segment, {}, time_);
  ++next_;
  time_ += 1 + random_.exponential(kFloodGap);
  return --left_ != 0;
}

TinySession::TinySession(std::uint64_t round, std::uint64_t flows, std::uint64_t count, std::uint64_t seed,
                         std::int64_t start_ns)
    : round_(round), flows_(flows), count_(count), seed_(seed), time_(start_ns) {}

std::uint64_t TinySession::flow(std::uint64_t index) const {
  constexpr std::uint64_t kPrime = 2654435761;  // more than there can be flows: steps of it visit each
  return (index * kPrime + Random::mix(round_ ^ seed_) % flows_) % flows_;
}

void TinySession::count_flows(SynthCounts& counts) const {
  if (round_ != 0) return;
  counts.flows += count_;
  for (std::uint64_t i = 0; i < count_; ++i) ++(flow(i) % 2 == 0 ? counts.tcp_flows : counts.udp_flows);
}

bool TinySession::step(Outlet& outlet) {
  const std::uint64_t number = flow(sent_);
  const auto from = static_cast<std::uint8_t>(round_ % 2);
  // Both addresses count the flows, so that they differ also where ports repeat.
  path_.address = {ipv4(kPrivate | static_cast<std::uint32_t>(number / kPorts & 0xFFFFFF)),
                   ipv4(0xC6120000 | static_cast<std::uint32_t>(Random::mix(number / kPorts) & 0x7F))};
  path_.port = {static_cast<std::uint16_t>(49152 + number % kPorts), 9};
  const std::uint32_t isn = static_cast<std::uint32_t>(Random::mix(number ^ seed_));
  const auto turn = static_cast<std::uint32_t>(round_ / 2);  // of this direction
  if (number % 2 == 0) {
    constexpr std::uint16_t kData = 6;
    Segment segment{.from = from, .flags = tcp_flag::ack | 0x008, .window = 501, .length = kData};
    const std::uint32_t ends[2] = {isn, ~isn};
    segment.seq = ends[from] + turn * kData;
    segment.ack = ends[1 - from] + (from == 0 ? turn : turn + 1) * kData;
    segment.id = turn;
    send_segment(outlet, path_, segment, make_message(Content::text, number, 0, 0, kData), time_);
  } else {
    send_datagram(outlet, path_, {.from = from, .id = turn}, make_message(Content::text, number, 0, 0, 18),
                  time_);
  }
  time_ += kTinyGap;
  return ++sent_ < count_;
}

}  // namespace flowloom::synth
