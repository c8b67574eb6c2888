#pragma once

#include "dissect/construction.hpp"
#include "dissect/field.hpp"

namespace flowloom::ipv6_fragment {
using namespace make;
inline constexpr Field nxt = make::uint("ipv6.fraghdr.nxt", 0, 1, "Next header");
inline constexpr Field reserved = make::uint("ipv6.fraghdr.reserved_octet", 1, 1, "Reserved").hex();
inline constexpr Field offset = bits("ipv6.fraghdr.offset", 16, 13, "Fragment offset, units of 8 bytes");
inline constexpr Field reserved_bits = bits("ipv6.fraghdr.reserved_bits", 29, 2, "Reserved").in(16);
inline constexpr Field more = flag("ipv6.fraghdr.more", 31, "More fragments").in(16);
inline constexpr Field ident = make::uint("ipv6.fraghdr.ident", 4, 4, "Identification").hex();
inline constexpr const Field* fields[] = {&nxt, &reserved, &offset, &reserved_bits, &more, &ident};
inline constexpr Binding parents[] = {{Table::ip_proto, 44}};
Next dissect(Dissector& d);
inline constexpr Fill fills[] = {fill::next(nxt, Table::ip_proto)};
inline constexpr Construction construction{.fills = fills};
inline constexpr Protocol protocol =
    Protocol{"ipv6.fraghdr", "IPv6 fragment header", "RFC 8200 §4.5", 8,
             fields,         Level::internet,        parents,         dissect,
             "IPv6-Frag"}
        .made_by(construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::ipv6_fragment
