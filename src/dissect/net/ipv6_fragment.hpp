#pragma once

#include "dissect/field.hpp"

namespace flowloom::ipv6_fragment {
using namespace make;
inline constexpr Field nxt = make::uint("ipv6.fraghdr.nxt", 0, 1, "Next header");
inline constexpr Field offset = bits("ipv6.fraghdr.offset", 16, 13, "Fragment offset, units of 8 bytes");
inline constexpr Field more = flag("ipv6.fraghdr.more", 31, "More fragments");
inline constexpr Field ident = make::uint("ipv6.fraghdr.ident", 4, 4, "Identification");
inline constexpr const Field* fields[] = {&nxt, &offset, &more, &ident};
inline constexpr Protocol protocol{"ipv6.fraghdr", "Fragment header for IPv6", "RFC 8200 §4.5", 8, fields};
static_assert(well_formed(protocol));
}  // namespace flowloom::ipv6_fragment
