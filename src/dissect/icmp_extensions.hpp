// Extensions of ICMP and ICMPv6 errors (RFC 4884 §7). Both protocols have these fields.
#pragma once

#include "dissect/field.hpp"

namespace flowloom::icmp_extensions {
using namespace make;
// Places count from the structure's or the object's first byte.
inline constexpr Field reserved = value("icmp.reserved", Kind::bytes, "Reserved");
inline constexpr Field ext = value("icmp.ext", Kind::none, "Extensions");
inline constexpr Field ext_version = bits("icmp.ext.version", 0, 4, "Version").when_parsed();
inline constexpr Field ext_reserved = bits("icmp.ext.res", 4, 12, "Reserved").hex().when_parsed();
inline constexpr Field ext_checksum =
    make::uint("icmp.ext.checksum", 2, 2, "Checksum of the extensions").hex().when_parsed();
inline constexpr Field ext_checksum_status =
    value("icmp.ext.checksum.status", Kind::uint, "Checksum of the extensions: 0 wrong, 1 right, 3 none", 8);
inline constexpr Field object_length =
    make::uint("icmp.ext.length", 0, 2, "Length of object, bytes").when_parsed();
inline constexpr Field object_class = make::uint("icmp.ext.class", 2, 1, "Class of object").when_parsed();
inline constexpr Field object_type = make::uint("icmp.ext.ctype", 3, 1, "Type of object").when_parsed();
inline constexpr Field object_data = value("icmp.ext.data", Kind::bytes, "Data of an object not known");
inline constexpr Field mpls_label = bits("icmp.mpls.label", 0, 20, "Label").when_parsed();
inline constexpr Field mpls_exp = bits("icmp.mpls.exp", 20, 3, "Traffic class").in(24).when_parsed();
inline constexpr Field mpls_bottom = flag("icmp.mpls.s", 23, "Bottom of stack").in(24).when_parsed();
inline constexpr Field mpls_ttl = make::uint("icmp.mpls.ttl", 3, 1, "Time to live").when_parsed();
inline constexpr Field info_role = bits("icmp.int_info.role", 24, 2, "Role of the interface").when_parsed();
inline constexpr Field info_reserved = bits("icmp.int_info.reserved", 26, 2, "Reserved").when_parsed();
inline constexpr Field info_has_index = flag("icmp.int_info.ifindex", 28, "Index follows").when_parsed();
inline constexpr Field info_has_address = flag("icmp.int_info.ipaddr", 29, "Address follows").when_parsed();
inline constexpr Field info_has_name = flag("icmp.int_info.name_present", 30, "Name follows").when_parsed();
inline constexpr Field info_has_mtu = flag("icmp.int_info.mtu_present", 31, "MTU follows").when_parsed();
inline constexpr Field info_index = value("icmp.int_info.index", Kind::uint, "Index of the interface");
inline constexpr Field info_family = value("icmp.int_info.afi", Kind::uint, "Family of the address", 16);
inline constexpr Field info_ipv4 = value("icmp.int_info.ipv4", Kind::ipv4, "Address of the interface");
inline constexpr Field info_ipv6 = value("icmp.int_info.ipv6", Kind::ipv6, "Address of the interface");
inline constexpr Field info_name_length =
    value("icmp.int_info.name_length", Kind::uint, "Length of the name, bytes", 8);
inline constexpr Field info_name = value("icmp.int_info.name", Kind::text, "Name of the interface");
inline constexpr Field info_mtu = value("icmp.int_info.mtu", Kind::uint, "MTU of the interface, bytes");
inline constexpr Field ident_name =
    value("icmp.int_ident.name", Kind::text, "Name of the interface asked about");
inline constexpr Field ident_index =
    value("icmp.int_ident.index", Kind::uint, "Index of the interface asked about");
inline constexpr Field ident_family =
    value("icmp.int_ident.afi", Kind::uint, "Family of the address asked about", 16);
inline constexpr Field ident_length =
    value("icmp.int_ident.addr_length", Kind::uint, "Length of the address, bytes", 8);
inline constexpr Field ident_reserved = value("icmp.int_ident.reserved", Kind::bytes, "Reserved");
inline constexpr Field ident_ipv4 = value("icmp.int_ident.ipv4", Kind::ipv4, "Address asked about");
inline constexpr Field ident_ipv6 = value("icmp.int_ident.ipv6", Kind::ipv6, "Address asked about");
inline constexpr Field ident_address = value("icmp.int_ident.address", Kind::bytes, "Address asked about");
inline constexpr const Field* fields[] = {&reserved,         &ext,
                                          &ext_version,      &ext_reserved,
                                          &ext_checksum,     &ext_checksum_status,
                                          &object_length,    &object_class,
                                          &object_type,      &object_data,
                                          &mpls_label,       &mpls_exp,
                                          &mpls_bottom,      &mpls_ttl,
                                          &info_role,        &info_reserved,
                                          &info_has_index,   &info_has_address,
                                          &info_has_name,    &info_has_mtu,
                                          &info_index,       &info_family,
                                          &info_ipv4,        &info_ipv6,
                                          &info_name_length, &info_name,
                                          &info_mtu,         &ident_name,
                                          &ident_index,      &ident_family,
                                          &ident_length,     &ident_reserved,
                                          &ident_ipv4,       &ident_ipv6,
                                          &ident_address};

/// Puts the values of the structure between `at` and `end`, if it looks like one.
void put(Dissector& d, std::size_t at, std::size_t end);
}  // namespace flowloom::icmp_extensions
