#pragma once

#include "dissect/field.hpp"

namespace flowloom::shim6 {
using namespace make;
// The header that is in front of payloads; of control messages what all of them have (RFC 5533 §5.3).
inline constexpr Field nxt = make::uint("shim6.nxt", 0, 1, "Next header");
inline constexpr Field length = make::uint("shim6.len", 1, 1, "Length, units of 8 bytes without the first 8");
inline constexpr Field length_bytes = value("shim6.len_oct", Kind::uint, "Length, bytes", 16);
inline constexpr Field payload = flag("shim6.p", 16, "A payload follows").in(8);
inline constexpr Field type = bits("shim6.type", 17, 7, "Kind of control message").when_parsed();
inline constexpr const Field* fields[] = {&nxt, &length, &length_bytes, &payload, &type};
inline constexpr Binding parents[] = {{Table::ip_proto, 140}};
Next dissect(Dissector& d);
inline constexpr Protocol protocol{
    "shim6", "Level 3 multihoming shim for IPv6", "RFC 5533", 8, fields, Level::internet, parents, dissect};
static_assert(well_formed(protocol));
}  // namespace flowloom::shim6
