#include "dissect/net/igmp.hpp"

#include <algorithm>

#include "dissect/checksums.hpp"
#include "dissect/dissector.hpp"

namespace flowloom::igmp {
namespace {

std::size_t put_sources(Dissector& d, const Field& field, std::size_t at, std::size_t count) {
  for (; count != 0 && d.has(at + 4); --count, at += 4) d.put(field, at, 4);
  return at;
}

void put_code(Dissector& d) {
  d.put_bits(max_resp, 0);
  if (d.u8(1) < 0x80) return;
  const Dissector::Below below(d);
  d.put_bits(exponent, 0);
  d.put_bits(mantissa, 0);
}

/// RFC 3376 §4.1
void put_query3(Dissector& d) {
  put_code(d);
  d.put(group, 4, 4);
  d.put_all({{&suppress, &robustness, &interval}}, 0, d.captured());
  d.put(sources, 10, 2);
  put_sources(d, source, 12, d.u16(10));
}

/// RFC 3376 §4.2
void put_report3(Dissector& d) {
  d.put(reserved, 1, 1);
  d.put(reserved, 4, 2);
  d.put_bits(records, 0);
  std::size_t at = 8;
  for (std::size_t count = d.u16(6); count != 0 && d.has(at + 8); --count) {
    const std::size_t size = d.u8(at + 1) * std::size_t{4}, number = d.u16(at + 2);
    d.put(record_type, at, 1);
    const Dissector::Below below(d);
    d.put(aux_len, at + 1, 1);
    d.put(record_sources, at + 2, 2);
    d.put(record_group, at + 4, 4);
    at = put_sources(d, record_source, at + 8, number);
    if (size != 0) d.put(aux, at, size);
    at += size;
  }
}

/// A type that is none of the versions' 1 to 3: version 0's (RFC 988) are those below 16; some are other
/// protocols'.
void put_other(Dissector& d) {
  constexpr std::uint8_t kTraceroute = 0x1E, kAnswer = 0x1F;
  constexpr std::uint8_t kOthers[] = {0x13, 0x14, 0x40, 0x41, 0x42};  // DVMRP, PIM 1, IGAP
  const std::uint8_t type = d.u8(0);
  if (type < 0x10) {
    constexpr std::uint8_t kCreate = 1, kPending = 5;
    d.put_number(version, 0, 0, 0);
    if (type == kCreate) d.put(group_type, 1, 1);
    if (type % 2 == 0) d.put(d.u8(1) < kPending ? reply : reply_pending, 1, 1);
    d.put(identifier, 4, 4);
    d.put(group, 8, 4);
    d.put(access_key, 12, 8);
  } else if (type == kTraceroute || type == kAnswer) {
    d.put(group, 4, 4);
  } else if (std::ranges::find(kOthers, type) == std::end(kOthers)) {
    d.put(data, 1, d.captured() - 1);
  }
}

void put_message(Dissector& d) {
  const auto begin = [&](unsigned number) { d.put_number(version, number, 0, 0); };
  switch (d.u8(0)) {
    case 0x11:
      if (d.wire() >= 12) {
        begin(3);
        return put_query3(d);
      }
      begin(d.u8(1) == 0 ? 1 : 2);
      break;
    case 0x12:
      begin(1);
      break;
    case 0x16:
    case 0x17:
      begin(2);
      break;
    case 0x22:
      begin(3);
      return put_report3(d);
    default:
      return put_other(d);
  }
  const bool first = d.u8(0) == 0x12 || (d.u8(0) == 0x11 && d.u8(1) == 0);
  if (first) {
    d.put(reserved, 1, 1);
  } else {
    d.put_bits(max_resp, 0);
  }
  d.put(group, 4, 4);
}

}  // namespace

Next dissect(Dissector& d) {
  if (!d.wants_values()) return Next::nothing();
  if (d.asked_for(checksum_status)) put_checksum(d, checksum_status, nullptr, checksum_sum(d, d.wire()), 2);
  put_message(d);
  return Next::nothing();
}

}  // namespace flowloom::igmp
