#pragma once

#include "dissect/construction.hpp"
#include "dissect/field.hpp"

namespace flowloom::ipv6_routing {
using namespace make;
inline constexpr Field nxt = make::uint("ipv6.routing.nxt", 0, 1, "Next header");
inline constexpr Field len =
    make::uint("ipv6.routing.len", 1, 1, "Length after the first 8 bytes, words of 8 bytes");
inline constexpr Field len_oct = value("ipv6.routing.len_oct", Kind::uint, "Length, bytes", 16);
inline constexpr Field type = make::uint("ipv6.routing.type", 2, 1, "Type");
inline constexpr Field segleft = make::uint("ipv6.routing.segleft", 3, 1, "Segments left");
inline constexpr Field source_reserved =
    make::bytes("ipv6.routing.src.reserved", 4, 4, "Reserved").when_parsed();
inline constexpr Field source_addr = value("ipv6.routing.src.addr", Kind::ipv6, "Address on the route");
inline constexpr Field home_reserved =
    make::bytes("ipv6.routing.mipv6.reserved", 4, 4, "Reserved").when_parsed();
inline constexpr Field home_address =
    make::ipv6("ipv6.routing.mipv6.home_address", 8, "Home address").when_parsed();
inline constexpr Field rpl_inner =
    bits("ipv6.routing.rpl.cmprI", 32, 4, "Bytes left out of all addresses but the last")
        .in(32)
        .when_parsed();
inline constexpr Field rpl_last =
    bits("ipv6.routing.rpl.cmprE", 36, 4, "Bytes left out of the last address").in(32).when_parsed();
inline constexpr Field rpl_pad = bits("ipv6.routing.rpl.pad", 40, 4, "Padding, bytes").in(32).when_parsed();
inline constexpr Field rpl_reserved =
    bits("ipv6.routing.rpl.reserved", 44, 20, "Reserved").in(32).when_parsed();
inline constexpr Field rpl_count = value("ipv6.routing.rpl.addr_count", Kind::sint, "Number of addresses");
inline constexpr Field rpl_address =
    value("ipv6.routing.rpl.address", Kind::bytes, "Address on the route, shortened");
inline constexpr Field rpl_full = value("ipv6.routing.rpl.full_address", Kind::ipv6, "Address on the route");
inline constexpr Field srh_last = make::uint("ipv6.routing.srh.last_entry", 4, 1, "Last entry").when_parsed();
inline constexpr Field srh_flags = make::uint("ipv6.routing.srh.flags", 5, 1, "Flags").hex().when_parsed();
inline constexpr Field srh_tag = make::bytes("ipv6.routing.srh.tag", 6, 2, "Tag").when_parsed();
inline constexpr Field srh_addr = value("ipv6.routing.srh.addr", Kind::ipv6, "Segment, the last one first");
inline constexpr Field unknown = value("ipv6.routing.unknown_data", Kind::bytes, "Data of another type");
inline constexpr const Field* fields[] = {
    &nxt,           &len,          &len_oct,   &type,      &segleft, &source_reserved, &source_addr,
    &home_reserved, &home_address, &rpl_inner, &rpl_last,  &rpl_pad, &rpl_reserved,    &rpl_count,
    &rpl_address,   &rpl_full,     &srh_last,  &srh_flags, &srh_tag, &srh_addr,        &unknown};
inline constexpr Binding parents[] = {{Table::ip_proto, 43}};
Next dissect(Dissector& d);
inline constexpr Fill fills[] = {fill::next(nxt, Table::ip_proto), fill::header(len).plus(-8).words(8)};
inline constexpr Construction construction{.fills = fills, .begin = 8, .align = 8};
inline constexpr Protocol protocol = Protocol{"ipv6.routing",
                                              "IPv6 routing header",
                                              "RFC 8200 §4.4, RFC 6275, RFC 6554, RFC 8754",
                                              8,
                                              fields,
                                              Level::internet,
                                              parents,
                                              dissect,
                                              "IPv6-Route"}
                                         .made_by(construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::ipv6_routing
