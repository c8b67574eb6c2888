#include "dissect/transport/udp.hpp"

#include <algorithm>

#include "dissect/checksums.hpp"
#include "dissect/dissector.hpp"

namespace flowloom {
namespace {

constexpr std::uint32_t kHeader = udp::protocol.min_length;

Next what_follows(Dissector& d) {
  if (d.captured() == kHeader) return Next::nothing();
  const auto [low, high] = std::minmax({d.u16(0), d.u16(2)});
  const Next next = d.to(Table::udp_port, low);
  return next.what == Next::What::protocol ? next : d.to(Table::udp_port, high);
}

void put_all(Dissector& d, std::uint8_t protocol, std::uint64_t covered) {
  // RFC 8200 §8.1, RFC 3828 §3.1: only UDP over IPv4 can do without
  const bool allowed = (protocol == 17 && d.network().version == 4) || d.network().quoted;
  const ChecksumState none = allowed ? ChecksumState::absent : ChecksumState::illegal;
  if (d.asked_for(udp::checksum_status) || d.asked_for(udp::checksum_calculated)) {
    if (d.u16(6) != 0) {
      put_checksum(d, udp::checksum_status, &udp::checksum_calculated,
                   pseudo_sum(d, protocol, d.wire(), covered), 6);
    } else if (d.asked_for(udp::checksum_status)) {
      put_checksum_state(d, udp::checksum_status, none, 6);
    }
  }
  if (d.captured() > kHeader) d.put(udp::payload, kHeader, d.captured() - kHeader);
}

}  // namespace

/// UDP-Lite has no such number (RFC 3828 §3.1): it is as long as it is.
Told udp::tell_length(const Tape& /*tape*/, const Layer& layer) {
  const bool lite = layer.protocol->definition == &udplite::protocol;
  constexpr std::uint32_t kEnd = length.bit / 8 + length.width / 8;
  if (layer.captured < (lite ? kHeader : kEnd)) return {};
  return {true, lite ? layer.wire : read<length>(layer.data)};
}

Told udp::tell_payload(const Tape& /*tape*/, const Layer& layer) {
  if (layer.captured <= kHeader) return {};
  if (layer.protocol->definition == &udp::protocol) {
    const std::uint16_t size = load_be16(layer.data + length.bit / 8);
    if (size != 0 && size < kHeader) return {};
  }
  return Told::bytes(kHeader, layer.captured - kHeader);
}

void udp::put_values(Dissector& d, std::uint64_t covered) { put_all(d, 17, covered); }

Next udp::dissect(Dissector& d) {
  const std::uint16_t size = d.u16(4);
  if (d.wants_values()) d.put(length);
  if (size != 0 && size < kHeader) {
    d.anomaly("datagram_length", 4, kHeader, size);
    return Next::nothing();
  }
  const std::uint64_t whole = size != 0 ? size : d.wire();  // 0: a jumbogram's (RFC 2675)
  if (whole > d.wire() && !d.network().may_be_cut()) d.anomaly("datagram_length", 4, size, d.captured());
  d.limit(whole);
  if (d.wants_values()) put_values(d, whole);
  return what_follows(d);
}

Next udp::dissect_cut(Dissector& d) {
  if (d.wants_values() && d.has(6)) d.put(length);
  return Next::nothing();
}

Next udplite::dissect(Dissector& d) {
  constexpr std::uint8_t kProtocol = 136;
  const std::uint16_t covered = d.u16(4);
  if (d.wants_values()) {
    d.put_told(udp::length, 4, 2);
    const bool wrong = covered != 0 && (covered < kHeader || covered > d.wire());
    if (wrong) d.anomaly("checksum_coverage", 4, covered, d.captured());
    put_all(d, kProtocol, covered == 0 || wrong ? d.wire() : covered);
  }
  return what_follows(d);
}

}  // namespace flowloom
