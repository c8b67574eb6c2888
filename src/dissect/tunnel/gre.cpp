#include "dissect/tunnel/gre.hpp"

#include "dissect/checksums.hpp"
#include "dissect/dissector.hpp"
#include "dissect/net/ipv4.hpp"

namespace flowloom::gre {
namespace {

/// RFC 1701's source routes: family, offset, length; an entry of zeros ends the list. Returns their end.
std::size_t skip_routes(Dissector& d, std::size_t at) {
  for (; d.has(at + 4);) {
    const std::size_t size = d.u8(at + 3);
    const bool last = d.u16(at) == 0 && size == 0;
    at += 4 + size;
    if (last) break;
  }
  return at;
}

/// The second version of WCCP has a header there, which is no IPv4.
Next redirected(Dissector& d, std::size_t at) {
  constexpr std::size_t kRedirect = 4;
  if (!d.has(at + 1) || d.u8(at) >> 4U == 4) return d.to(ip::protocol);
  if (!d.set_header(at + kRedirect)) return Next::nothing();
  if (d.wants_values()) {
    d.put(redirect, at, kRedirect);
    const Dissector::Below below(d);
    for (const Field* field : {&dynamic_service, &alternative_used, &redirect_valid, &service_id,
                               &alternative_bucket, &primary_bucket})
      d.put_bits(*field, at);
  }
  return d.to(ip::protocol);
}

}  // namespace

Next dissect(Dissector& d) {
  constexpr std::uint16_t kPpp = 0x880B, kWccp = 0x883E;
  const auto header = d.header<protocol>();
  const bool first_version = header.get<version>() == 1, wanted = d.wants_values();
  if (wanted) {
    if (first_version) d.put(ack_present);
    d.put(first_version ? reserved1 : reserved);
  }
  if (header.get<version>() > 1) return Next::data();
  std::size_t at = protocol.min_length;
  if (header.get<checksum_present>() || header.get<routing_present>()) {
    if (wanted) {
      d.put(checksum, at, 2);
      if (header.get<checksum_present>() && d.asked_for(checksum_status))
        put_checksum(d, checksum_status, nullptr, checksum_sum(d, d.wire()), at);
      d.put(offset, at + 2, 2);
    }
    at += 4;
  }
  if (header.get<key_present>()) {
    if (wanted && first_version) {
      d.put(key_payload_length, at, 2);
      d.put(key_call_id, at + 2, 2);
    } else if (wanted) {
      d.put(key, at, 4);
    }
    at += 4;
  }
  if (header.get<sequence_present>()) {
    if (wanted) d.put(sequence_number, at, 4);
    at += 4;
  }
  if (first_version && header.get<ack_present>()) {
    if (wanted) d.put(ack_number, at, 4);
    at += 4;
  }
  if (header.get<routing_present>()) at = skip_routes(d, at);
  if (!d.set_header(at)) return Next::nothing();
  const std::uint16_t type = header.get<proto>();
  // Version 1 without a sequence number is an acknowledgment: it carries nothing (RFC 2637 §4.1).
  if (first_version && type == kPpp && !header.get<sequence_present>()) return Next::nothing();
  if (type == kWccp) return redirected(d, at);
  const Next next = d.to(Table::gre, type);
  return next.what == Next::What::protocol ? next : d.to(Table::ethertype, type);
}

}  // namespace flowloom::gre
