#pragma once

#include "dissect/construction.hpp"
#include "dissect/field.hpp"

namespace flowloom::vrrp {
using namespace make;
inline constexpr Field type_version = make::uint("vrrp.typever", 0, 1, "Version and type").when_parsed();
inline constexpr Field version = bits("vrrp.version", 0, 4, "Version");
inline constexpr Field type = bits("vrrp.type", 4, 4, "Type");
inline constexpr Field router = make::uint("vrrp.virt_rtr_id", 1, 1, "Virtual router");
inline constexpr Field priority = make::uint("vrrp.prio", 2, 1, "Priority");
inline constexpr Field addresses = make::uint("vrrp.addr_count", 3, 1, "Number of addresses");
inline constexpr Field auth_type = make::uint("vrrp.auth_type", 4, 1, "Authentication").when_parsed();
inline constexpr Field interval =
    make::uint("vrrp.adver_int", 5, 1, "Time between messages, s").when_parsed();
inline constexpr Field reserved = bits("vrrp.reserved_mbz", 32, 4, "Reserved").when_parsed();
inline constexpr Field short_interval =
    bits("vrrp.short_adver_int", 36, 12, "Time between messages, 0.01 s").when_parsed();
inline constexpr Field checksum = make::uint("vrrp.checksum", 6, 2, "Checksum").hex();
inline constexpr Field checksum_status =
    value("vrrp.checksum.status", Kind::uint, "Checksum: 0 wrong, 1 right, 2 not known", 8);
inline constexpr Field ipv4_address = value("vrrp.ip_addr", Kind::ipv4, "Address of the virtual router");
inline constexpr Field ipv6_address = value("vrrp.ipv6_addr", Kind::ipv6, "Address of the virtual router");
inline constexpr Field auth_text = value("vrrp.auth_string", Kind::text, "Password");
inline constexpr Field auth_md5 = value("vrrp.md5_auth_data", Kind::bytes, "MD5 code");
inline constexpr const Field* fields[] = {&type_version, &version,        &type,      &router,
                                          &priority,     &addresses,      &auth_type, &interval,
                                          &reserved,     &short_interval, &checksum,  &checksum_status,
                                          &ipv4_address, &ipv6_address,   &auth_text, &auth_md5};
inline constexpr Binding parents[] = {{Table::ip_proto, 112}};
Next dissect(Dissector& d);
inline constexpr const Field* counted[] = {&ipv4_address, &ipv6_address};
inline constexpr Fill fills[] = {fill::count(addresses, counted)};
inline constexpr Construction construction{.fills = fills};
inline constexpr Protocol protocol = Protocol{"vrrp",
                                              "Virtual Router Redundancy Protocol",
                                              "RFC 3768, RFC 5798",
                                              8,
                                              fields,
                                              Level::internet,
                                              parents,
                                              dissect,
                                              "VRRP"}
                                         .made_by(construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::vrrp
