#pragma once

#include "dissect/field.hpp"

namespace flowloom::ipv6 {
using namespace make;
inline constexpr Field version = bits("ipv6.version", 0, 4, "Version");
inline constexpr Field tclass = bits("ipv6.tclass", 4, 8, "Traffic class");
inline constexpr Field flow = bits("ipv6.flow", 12, 20, "Flow label");
inline constexpr Field plen = make::uint("ipv6.plen", 4, 2, "Payload length, bytes");
inline constexpr Field nxt = make::uint("ipv6.nxt", 6, 1, "Next header");
inline constexpr Field hlim = make::uint("ipv6.hlim", 7, 1, "Hop limit");
inline constexpr Field src = make::ipv6("ipv6.src", 8, "Source address");
inline constexpr Field dst = make::ipv6("ipv6.dst", 24, "Destination address");
inline constexpr const Field* fields[] = {&version, &tclass, &flow, &plen, &nxt, &hlim, &src, &dst};
inline constexpr Protocol protocol{"ipv6", "Internet Protocol version 6", "RFC 8200", 40, fields};
static_assert(well_formed(protocol));
}  // namespace flowloom::ipv6
