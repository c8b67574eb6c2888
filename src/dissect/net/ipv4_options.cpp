// Options of IPv4 (https://www.iana.org/assignments/ip-parameters).
#include <string>

#include "dissect/dissector.hpp"
#include "dissect/net/ipv4.hpp"

namespace flowloom::ip {
namespace {

constexpr const Field* kType[] = {&opt_copy, &opt_class, &opt_number};
constexpr const Field* kSecurity[] = {&security, &compartments};
constexpr const Field* kAuthorities[] = {&sec_genser, &sec_siop, &sec_sci, &sec_nsa, &sec_doe};
constexpr const Field* kTraceroute[] = {&trace_id, &trace_out, &trace_back, &originator};

/// An option: the place of its first byte, and its length.
struct Option {
  std::size_t at, size;
  [[nodiscard]] std::size_t end() const { return at + size; }
};

void put_address(Dissector& d, const Field& field, const Field& host_field, std::size_t at) {
  d.put(field, at, 4);
  if (d.asked_for(host_field)) d.put_address_text(host_field, at, 4);
}

/// RFC 1108, and RFC 791 §3.1, which has a fixed length.
void put_security(Dissector& d, Option o) {
  constexpr std::size_t kOldSize = 11;
  if (o.size == kOldSize) {
    d.put_all(kSecurity, o.at, o.size);
    d.put(handling, o.at + 6, 2);
    d.put(transmission, o.at + 8, 3);
    return;
  }
  d.put_all({{&sec_level}}, o.at, o.size);
  for (std::size_t at = o.at + 3; at < o.end(); ++at) {
    d.put_bits(sec_flags, at);
    const Dissector::Below below(d);
    if (at == o.at + 3) d.put_all(kAuthorities, at, 1);  // of further bytes none is assigned
    d.put_all({{&sec_unassigned, &sec_more}}, at, 1);
    if ((d.u8(at) & 1) == 0) break;
  }
}

/// Categories of the bits that are set, of 16-bit numbers, or of pairs of them (a range, from the highest).
std::string categories(Dissector& d, std::uint8_t tag, std::size_t at, std::size_t end) {
  std::string out;
  const auto add = [&](std::size_t number, char separator) {
    if (!out.empty()) out += separator;
    out += std::to_string(number);
  };
  if (tag == 1) {
    for (std::size_t bit = 0; bit < (end - at) * 8; ++bit) {
      if ((d.u8(at + bit / 8) >> (7 - bit % 8) & 1) != 0) add(bit, ',');
    }
    return out;
  }
  for (; at + 2 <= end; at += tag == 2 ? 2 : 4) {
    add(d.u16(at), ',');
    if (tag == 5) add(at + 4 <= end ? d.u16(at + 2) : 0, '-');
  }
  return out;
}

/// draft-ietf-cipso-ipsecurity-01 §3
void put_cipso(Dissector& d, Option o) {
  d.put_all({{&cipso_doi}}, o.at, o.size);
  for (std::size_t at = o.at + 6; at < o.end();) {
    const std::uint8_t tag = d.u8(at);
    const std::size_t left = o.end() - at;
    const std::size_t size = left >= 2 ? d.u8(at + 1) : 0;
    d.put(cipso_tag, at, 1);
    const bool known = tag == 1 || tag == 2 || tag == 5 || tag == 6 || tag == 7;
    if (!known) return;
    const bool has_level = tag <= 5;
    if (size < (has_level ? 4U : 2U) || size > left) {
      d.anomaly("option_length", at, size, left);
      return;
    }
    const Dissector::Below below(d);
    if (has_level) {
      d.put(cipso_level, at + 3, 1);
      if (size > 4) d.put_made(cipso_categories, categories(d, tag, at + 4, at + size), at + 4, size - 4);
    } else {
      d.put(cipso_data, at + 2, size - 2);
    }
    at += size;
  }
}

/// RFC 791 §3.1: loose and strict source routes, recorded routes.
void put_route(Dissector& d, Option o, bool source) {
  if (o.size < 3) return;
  d.put_bits(opt_ptr, o.at);
  const std::size_t pointer = d.u8(o.at + 2);  // counts from 1
  if (pointer < 4 || pointer % 4 != 0) {
    d.anomaly("option_pointer", o.at + 2);
    return;
  }
  if (source && pointer < o.size) put_address(d, current, current_host, 16);
  for (std::size_t at = o.at + 3; at + 4 <= o.end(); at += 4) {
    if (at - o.at + 1 < pointer) {
      put_address(d, recorded, recorded_host, at);
    } else if (source) {
      put_address(d, source_route, source_route_host, at);
    } else {
      put_address(d, empty_route, empty_route_host, at);
    }
  }
}

/// RFC 791 §3.1
void put_time_stamps(Dissector& d, Option o) {
  d.put_all({{&opt_ptr, &overflow, &stamp_flag}}, o.at, o.size);
  if (o.size < 4) return;
  const unsigned kind = d.u8(o.at + 3) & 0xF;
  const bool addresses = kind == 1 || kind == 3;
  const std::size_t step = addresses ? 8 : 4;
  for (std::size_t at = o.at + 4; at + step <= o.end(); at += step) {
    if (addresses) d.put(time_stamp_addr, at, 4);
    d.put(time_stamp, at + step - 4, 4);
  }
}

/// RFC 4782 §3.1
void put_quick_start(Dissector& d, Option o) {
  const unsigned function = d.u8(o.at + 2) >> 4;
  d.put_all({{&qs_func}}, o.at, o.size);
  if (function != 0 && function != 8) return;
  d.put_all({{&qs_rate, function == 0 ? &qs_ttl : &qs_unused}}, o.at, o.size);
  if (function == 0)
    d.put_number(qs_ttl_diff, static_cast<std::uint8_t>(d.u8(8) - d.u8(o.at + 3)), o.at + 3, 1);
  d.put_all({{&qs_nonce, &qs_reserved}}, o.at, o.size);
}

void put_body(Dissector& d, std::uint8_t type, Option o) {
  switch (type) {
    case 7:
      return put_route(d, o, false);
    case 11:
    case 12:  // RFC 1191
      return d.put_all({{&mtu}}, o.at, o.size);
    case 25:
      return put_quick_start(d, o);
    case 68:
      return put_time_stamps(d, o);
    case 82:  // RFC 1393
      return d.put_all(kTraceroute, o.at, o.size);
    case 130:
      return put_security(d, o);
    case 131:
    case 137:
      return put_route(d, o, true);
    case 133:  // RFC 1108 §3
      d.put_all({{&ext_sec_code}}, o.at, o.size);
      if (o.size > 3) d.put(ext_sec, o.at + 3, o.size - 3);
      return;
    case 134:
      return put_cipso(d, o);
    case 136:
      return d.put_all({{&sid}}, o.at, o.size);
    case 148:  // RFC 2113
      return d.put_all({{&router_alert}}, o.at, o.size);
    case 149:  // draft-ietf-sip-sdb: a list of addresses
      for (std::size_t at = o.at + 2; at + 4 <= o.end(); at += 4) d.put(sdb_addr, at, 4);
      return;
    default:
      return;
  }
}

}  // namespace

void put_options(Dissector& d, std::size_t header_length) {
  constexpr std::uint8_t kEnd = 0, kNothing = 1;
  for (std::size_t at = protocol.min_length; at < header_length;) {
    const std::uint8_t type = d.u8(at);
    const bool alone = type <= kNothing;  // a type without a length
    const std::size_t left = header_length - at, size = alone ? 1 : left >= 2 ? d.u8(at + 1) : 0;
    if (size < (alone ? 1U : 2U) || size > left) {
      d.anomaly("option_length", at, size, left);
      return;
    }
    d.put_bits(opt_type, at);
    const Dissector::Below below(d);
    d.put_all(kType, at, 1);
    if (type == kEnd) return;
    if (!alone) {
      d.put_bits(opt_len, at);
      put_body(d, type, {at, size});
    }
    at += size;
  }
}

}  // namespace flowloom::ip
