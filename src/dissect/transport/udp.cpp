#include "dissect/transport/udp.hpp"

#include <algorithm>

#include "dissect/checksums.hpp"
#include "dissect/dissector.hpp"

namespace flowloom {
namespace {

constexpr std::uint32_t kHeader = udp::protocol.min_length;
constexpr std::uint8_t kUdp = 17, kUdpLite = 136;

Next what_follows(Dissector& d) {
  if (d.captured() == kHeader) return Next::nothing();
  const auto [low, high] = std::minmax({d.u16(0), d.u16(2)});
  const Next next = d.to(Table::udp_port, low);
  return next.what == Next::What::protocol ? next : d.to(Table::udp_port, high);
}

/// RFC 8200 §8.1, RFC 3828 §3.1: only UDP over IPv4 can do without.
constexpr ChecksumState none(bool lite, unsigned version, bool quoted) {
  return (!lite && version == 4) || quoted ? ChecksumState::absent : ChecksumState::illegal;
}

constexpr bool ends_in_header(std::uint16_t size) { return size != 0 && size < kHeader; }
/// Whether UDP-Lite's checksum can cover so many bytes, if it does not cover all.
constexpr bool can_cover(std::uint16_t bytes, std::uint64_t wire) {
  return bytes >= kHeader && bytes <= wire;
}

void put_all(Dissector& d, std::uint8_t protocol, std::uint64_t covered) {
  if (d.asked_to_put(udp::checksum_status) || d.asked_for(udp::checksum_calculated)) {
    if (d.u16(6) != 0) {
      put_checksum(d, udp::checksum_status, &udp::checksum_calculated,
                   pseudo_sum(d, protocol, d.wire(), covered), 6);
    } else if (d.asked_to_put(udp::checksum_status)) {
      put_checksum_state(d, udp::checksum_status,
                         none(protocol == kUdpLite, d.network().version, d.network().quoted), 6);
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
    if (ends_in_header(size)) return {};
  }
  return Told::bytes(kHeader, layer.captured - kHeader);
}

void udp::put_values(Dissector& d, std::uint64_t covered) { put_all(d, kUdp, covered); }

/// Computed when somebody asks.
Told udp::tell_checksum_status(const Tape& tape, const Layer& layer) {
  if (layer.captured < kHeader) return {};
  const bool lite = layer.protocol->definition == &udplite::protocol;
  const std::uint16_t said = read<length>(layer.data);
  if (!lite && ends_in_header(said)) return {};
  ChecksumState state;
  if (read<checksum>(layer.data) != 0) {
    const std::uint64_t covered = said == 0 || (lite && !can_cover(said, layer.wire)) ? layer.wire : said;
    state = checksum_state(tape, layer, lite ? kUdpLite : kUdp, covered);
  } else {
    const PseudoHeader pseudo = pseudo_header(tape, layer);
    state = none(lite, pseudo.version, pseudo.quoted);
  }
  return {true, static_cast<std::uint64_t>(state)};
}

Next udp::dissect(Dissector& d) {
  const std::uint16_t size = d.u16(4);
  if (d.wants_values()) d.put(length);
  if (ends_in_header(size)) {
    d.anomaly("datagram_length", 4, kHeader, size);
    return Next::nothing();
  }
  const std::uint64_t whole = size != 0 ? size : d.wire();  // 0: a jumbogram's (RFC 2675)
  if (whole > d.wire() && !d.network().may_be_cut()) d.anomaly("datagram_length", 4, size, d.captured());
  d.limit(whole);
  if (d.asked_for(checksum_status)) d.note_pseudo_header();
  if (d.wants_values()) put_values(d, whole);
  return what_follows(d);
}

Next udp::dissect_cut(Dissector& d) {
  if (d.wants_values() && d.has(6)) d.put(length);
  return Next::nothing();
}

Next udplite::dissect(Dissector& d) {
  const std::uint16_t covered = d.u16(4);
  if (d.asked_for(udp::checksum_status)) d.note_pseudo_header();
  if (d.wants_values()) {
    d.put_told(udp::length, 4, 2);
    const bool part = covered != 0 && can_cover(covered, d.wire());
    if (covered != 0 && !part) d.anomaly("checksum_coverage", 4, covered, d.captured());
    put_all(d, kUdpLite, part ? covered : d.wire());
  }
  return what_follows(d);
}

}  // namespace flowloom
