#include "dissect/transport/icmp.hpp"

#include <algorithm>
#include <cstdlib>

#include "dissect/checksums.hpp"
#include "dissect/dissector.hpp"
#include "dissect/net/ipv4.hpp"

namespace flowloom::icmp {
namespace {

constexpr std::size_t kHeader = 8;

void put_identifier(Dissector& d) {
  d.put(ident);
  d.put_little(ident_le, 4, 2);
  d.put(seq);
  d.put_little(seq_le, 6, 2);
}

/// Programs that measure put the time into what they send: seconds and microseconds of 4 or 8 bytes in their
/// own byte order. Taken for a time if it is less than a day from the packet's; the short form first, as
/// Wireshark does, so that of a little-endian long one only the seconds are read. Returns the bytes read.
std::size_t put_time(Dissector& d) {
  constexpr std::int64_t kSecond = 1'000'000'000, kDay = 86'400;
  const auto number = [&](std::size_t at, std::size_t size, bool little) {
    std::uint64_t v = 0;
    for (std::size_t i = 0; i < size; ++i) v = v << 8 | d.u8(at + (little ? size - 1 - i : i));
    return v;
  };
  for (const std::size_t size : {std::size_t{4}, std::size_t{8}}) {
    if (!d.has(kHeader + 2 * size)) continue;
    for (const bool little : {true, false}) {
      const std::uint64_t seconds = number(kHeader, size, little);
      const std::uint64_t micros = number(kHeader + size, size, little);
      const std::int64_t now = d.packet().time.ns;
      if (seconds > 0xFFFFFFFF || micros >= 1'000'000) continue;
      if (std::abs(static_cast<std::int64_t>(seconds) - now / kSecond) > kDay) continue;
      const std::int64_t then =
          static_cast<std::int64_t>(seconds) * kSecond + static_cast<std::int64_t>(micros) * 1000;
      if (d.wants_values()) {
        d.put_number(data_time, static_cast<std::uint64_t>(then), kHeader, 2 * size);
        d.put_number(data_time_relative, static_cast<std::uint64_t>(now - then), kHeader, 2 * size);
      }
      return 2 * size;
    }
  }
  return 0;
}

/// Four bytes that are there for some other type: not used but for the quoted packet's length (RFC 4884).
void put_unused(Dissector& d, std::size_t from, std::size_t to) {
  if (d.u8(5) == 0) {
    if (from < to) d.put(unused, from, to - from);
    return;
  }
  if (from < 5) d.put(unused, from, 5 - from);
  d.put(length);
  d.put_number(original, d.u8(5) * 4U, 5, 1);
  if (to > 6) d.put(unused, 6, to - 6);
}

/// RFC 1256 §3
void put_routers(Dissector& d) {
  d.put_all({{&addresses, &entry_size, &lifetime}}, 0, kHeader);
  if (d.u8(5) != 2) return;
  for (std::size_t i = 0, at = kHeader; i < d.u8(4) && d.has(at + 8); ++i, at += 8) {
    d.put(router, at, 4);
    d.put(preference, at + 4, 4);
  }
}

void put_rest(Dissector& d, std::uint8_t kind) {
  constexpr const Field* kTimes[] = {&originate, &receive, &transmit};
  constexpr const Field* kAsked[] = {&echo_req_reserved, &echo_local};
  constexpr const Field* kAnswered[] = {&echo_state, &echo_rsp_reserved, &echo_active, &echo_ipv4,
                                        &echo_ipv6};
  switch (kind) {
    case 0:
    case 8:
    case 15:
    case 16:
      return put_identifier(d);
    case 3:
      if (d.u8(1) != 4) return put_unused(d, 4, 8);
      put_unused(d, 4, 6);
      return d.put(mtu);
    case 11:
      return put_unused(d, 4, 8);
    case 5:
      return d.put(gateway);
    case 9:
      return put_routers(d);
    case 12:
      d.put(pointer, 4, 1);
      return put_unused(d, 5, 8);
    case 13:
    case 14:
      put_identifier(d);
      return d.put_all(kTimes, 0, d.captured());
    case 17:
    case 18:
      put_identifier(d);
      return d.put_all({{&mask}}, 0, d.captured());
    case 42:
    case 43:  // RFC 8335
      d.put(ident);
      d.put_little(ident_le, 4, 2);
      d.put(echo_seq);
      return d.put_all(kind == 42 ? std::span<const Field* const>(kAsked) : kAnswered, 0, kHeader);
    default:
      return;
  }
}

/// RFC 4884 §5: extensions are behind the quoted packet, whose length is told, or 128 in older ones.
void find_extensions(Dissector& d) {
  constexpr std::size_t kOldQuotation = 128;
  const std::uint64_t end = d.wire();
  std::size_t quoted = d.u8(5) * std::size_t{4};
  if (quoted == 0) {
    const bool extended = end >= kHeader + kOldQuotation + 4 && d.u8(kHeader + kOldQuotation) == 0x20;
    if (!extended) return;
    quoted = kOldQuotation;
  }
  if (kHeader + quoted >= end) return;
  if (d.wants_values()) icmp_extensions::put(d, kHeader + quoted, static_cast<std::size_t>(end));
  d.limit(kHeader + quoted);
}

}  // namespace

std::uint16_t message_size(const std::uint8_t* first) {
  const std::uint8_t kind = first[0];
  if (kind == 13 || kind == 14) return kHeader + 12;  // three times
  return kind == 17 || kind == 18 ? kHeader + 4 : kHeader;
}

Next dissect(Dissector& d) {
  enum : std::uint8_t { kQuench = 4, kRedirect = 5 };
  const std::uint8_t kind = d.u8(0);
  if (d.wants_values() && d.asked_for(checksum_status))
    put_checksum(d, checksum_status, nullptr,
                 d.network().fragment || d.network().quoted || !d.network().whole ? std::nullopt
                                                                                  : checksum_sum(d, d.wire()),
                 2);
  if (!d.set_header(kHeader)) {
    if (d.wants_values() && (kind == 0 || kind == 8)) put_identifier(d);  // as much of it as there is
    return Next::nothing();
  }
  if (d.wants_values()) put_rest(d, kind);
  switch (kind) {
    case 3:
    case 4:
    case 5:
    case 11:
    case 12: {
      Dissector::Network network = d.network();
      network.quoted = true;
      d.set_network(network);
      if (kind != kQuench && kind != kRedirect) find_extensions(d);
      return d.captured() > kHeader ? d.to(ip::protocol) : Next::nothing();
    }
    case 0:
    case 8: {
      const std::size_t time = put_time(d);
      d.set_header(kHeader + time);
      return Next::data();
    }
    case 42:  // its answer has none
      if (d.wants_values()) icmp_extensions::put(d, kHeader, static_cast<std::size_t>(d.wire()));
      return Next::nothing();
    default:
      return Next::nothing();
  }
}

}  // namespace flowloom::icmp
