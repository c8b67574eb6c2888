#pragma once

#include "dissect/field.hpp"

namespace flowloom::ipv6 {
using namespace make;
inline constexpr Field version = bits("ipv6.version", 0, 4, "Version");
inline constexpr Field tclass = bits("ipv6.tclass", 4, 8, "Traffic class").hex().in(32);
inline constexpr Field flow = bits("ipv6.flow", 12, 20, "Flow label").hex().in(32);
inline constexpr Field plen = make::uint("ipv6.plen", 4, 2, "Payload length, bytes");
inline constexpr Field nxt = make::uint("ipv6.nxt", 6, 1, "Next header");
inline constexpr Field hlim = make::uint("ipv6.hlim", 7, 1, "Hop limit");
inline constexpr Field src = make::ipv6("ipv6.src", 8, "Source address");
inline constexpr Field src_any = make::ipv6("ipv6.addr", 8, "Source or destination address").alias();
inline constexpr Field dst_any = make::ipv6("ipv6.addr", 24, "Source or destination address").alias();
inline constexpr Field dst = make::ipv6("ipv6.dst", 24, "Destination address");
inline constexpr const Field* fields[] = {&version, &tclass, &flow,    &plen, &nxt,
                                          &hlim,    &src,    &src_any, &dst,  &dst_any};
inline constexpr Binding parents[] = {
    {Table::ethertype, 0x86DD}, {Table::link_type, 229}, {Table::ip_proto, 41}, {Table::ppp, 0x0057}};
Next dissect(Dissector& d);
inline constexpr Protocol protocol{
    "ipv6", "Internet Protocol version 6", "RFC 8200", 40, fields, Level::internet, parents, dissect, "IPv6"};
static_assert(well_formed(protocol));
}  // namespace flowloom::ipv6
