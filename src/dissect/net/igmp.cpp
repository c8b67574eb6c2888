#include "dissect/net/igmp.hpp"

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

/// RFC 3376 §4.1; returns the end.
std::size_t query3(Dissector& d) {
  put_code(d);
  d.put(group, 4, 4);
  d.put_all({{&suppress, &robustness, &interval}}, 0, d.captured());
  d.put(sources, 10, 2);
  return put_sources(d, source, 12, d.u16(10));
}

/// RFC 3376 §4.2
std::size_t report3(Dissector& d) {
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
  return at;
}

/// Version, and where the message ends; version 0: another type.
std::size_t put_message(Dissector& d) {
  const auto begin = [&](unsigned number) { d.put_number(version, number, 0, 0); };
  switch (d.u8(0)) {
    case 0x11:
      if (d.wire() >= 12) {
        begin(3);
        return query3(d);
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
      return report3(d);
    default:
      return 0;
  }
  const bool first = d.u8(0) == 0x12 || (d.u8(0) == 0x11 && d.u8(1) == 0);
  if (first) {
    d.put(reserved, 1, 1);
  } else {
    d.put_bits(max_resp, 0);
  }
  d.put(group, 4, 4);
  return 8;
}

}  // namespace

Next dissect(Dissector& d) {
  if (!d.wants_values()) return Next::nothing();
  if (d.asked_for(checksum_status)) put_checksum(d, checksum_status, nullptr, checksum_sum(d, d.wire()), 2);
  const std::size_t end = put_message(d);
  if (end != 0 && d.captured() > end) d.put(data, end, d.captured() - end);
  return Next::nothing();
}

}  // namespace flowloom::igmp
