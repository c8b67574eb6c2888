#include "dissect/net/ipv6.hpp"

#include <cstring>

#include "dissect/dissector.hpp"

namespace flowloom::ipv6 {
namespace {

bool begins(Bytes address, std::initializer_list<std::uint8_t> with, std::size_t at = 0) {
  return std::equal(with.begin(), with.end(), address.begin() + static_cast<std::ptrdiff_t>(at));
}

/// Bytes of the address, in another form, as a value.
void put_changed(Dissector& d, const Field& field, std::size_t at, std::span<const std::uint8_t> made) {
  d.put_made(field, {reinterpret_cast<const char*>(made.data()), made.size()}, at, made.size());
}

/// What the address at `at` contains: RFC 4291 appendix A, RFC 5214, RFC 3056, RFC 4380, RFC 6052.
void put_embedded(Dissector& d, const Embedded& in, std::size_t at) {
  const Bytes a = d.bytes(at, 16);
  if (begins(a, {0xFF, 0xFE}, 11) && (a[8] & 2) != 0) {  // the bit says that the MAC is a global one
    const std::uint8_t mac[] = {static_cast<std::uint8_t>(a[8] ^ 2U), a[9], a[10], a[13], a[14], a[15]};
    put_changed(d, in.slaac_mac, at + 8, mac);
  } else if ((a[8] & ~2U) == 0 && begins(a, {0x00, 0x5E, 0xFE}, 9)) {
    d.put(in.isatap_ipv4, at + 12, 4);
  }
  if (begins(a, {0x20, 0x02})) {
    d.put(in.gateway_6to4, at + 2, 4);
    d.put(in.site_6to4, at + 6, 2);
  } else if (begins(a, {0x20, 0x01, 0, 0})) {
    d.put(in.teredo_server, at + 4, 4);
    d.put_number(in.teredo_port, d.u16(at + 10) ^ 0xFFFFU, at + 10, 2);
    std::uint8_t client[4];
    for (std::size_t i = 0; i < 4; ++i) client[i] = static_cast<std::uint8_t>(~a[12 + i]);
    put_changed(d, in.teredo_client, at + 12, client);
  } else if (begins(a, {0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0})) {
    d.put(in.ipv4, at + 12, 4);
  }
}

bool asked_for_any(const Dissector& d) {
  const Embedded& in = in_either;
  for (const Field* field : {&in.slaac_mac, &in.isatap_ipv4, &in.gateway_6to4, &in.site_6to4,
                             &in.teredo_server, &in.teredo_port, &in.teredo_client, &in.ipv4}) {
    if (d.asked_for(*field)) return true;
  }
  return false;
}

void put_values(Dissector& d) {
  put_embedded(d, in_src, 8);
  put_embedded(d, in_dst, 24);
  if (asked_for_any(d)) {
    put_embedded(d, in_either, 8);
    put_embedded(d, in_either, 24);
  }
  if (d.asked_for(src_host)) d.put_address_text(src_host, 8, 6);
  if (d.asked_for(dst_host)) d.put_address_text(dst_host, 24, 6);
  if (d.asked_for(host)) {
    d.put_address_text(host, 8, 6);
    d.put_address_text(host, 24, 6);
  }
}

}  // namespace

Next dissect(Dissector& d) {
  const auto header = d.header<protocol>();
  if (header.get<version>() != 6) {
    d.only_bits(version.width);
    d.anomaly("version", 0);
    return Next::nothing();
  }
  const std::uint16_t payload = header.get<plen>();
  if (payload != 0)
    d.limit(std::uint64_t{protocol.min_length} + payload);  // 0: a jumbo payload's, or offload's
  const Dissector::Network& outer = d.network();
  d.set_network({6, header.bytes<version>(), header.bytes<src>(), header.bytes<dst>(), false, outer.quoted,
                 outer.in_piece || outer.fragment,
                 !outer.may_be_cut() || std::uint64_t{protocol.min_length} + payload <= d.wire()});
  if (d.wants_values()) put_values(d);
  return d.to(Table::ip_proto, header.get<nxt>());
}

}  // namespace flowloom::ipv6
