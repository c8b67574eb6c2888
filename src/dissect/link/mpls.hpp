#pragma once

#include "dissect/field.hpp"

namespace flowloom::mpls {
using namespace make;
inline constexpr Field label = bits("mpls.label", 0, 20, "Label");
inline constexpr Field exp = bits("mpls.exp", 20, 3, "Traffic class");
inline constexpr Field bottom = flag("mpls.bottom", 23, "Bottom of stack");
inline constexpr Field ttl = make::uint("mpls.ttl", 3, 1, "Time to live");
inline constexpr const Field* fields[] = {&label, &exp, &bottom, &ttl};
inline constexpr Protocol protocol{"mpls", "Multiprotocol Label Switching header", "RFC 3032", 4, fields};
static_assert(well_formed(protocol));
}  // namespace flowloom::mpls
