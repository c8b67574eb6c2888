#pragma once

#include "dissect/field.hpp"

namespace flowloom::vlan {
using namespace make;
inline constexpr Field priority = bits("vlan.priority", 0, 3, "Priority code point");
inline constexpr Field dei = flag("vlan.dei", 3, "Drop eligible indicator");
inline constexpr Field id = bits("vlan.id", 4, 12, "VLAN identifier");
inline constexpr Field etype = make::uint("vlan.etype", 2, 2, "EtherType of what follows");
inline constexpr const Field* fields[] = {&priority, &dei, &id, &etype};
inline constexpr Protocol protocol{"vlan", "IEEE 802.1Q VLAN tag", "IEEE 802.1Q", 4, fields};
static_assert(well_formed(protocol));
}  // namespace flowloom::vlan
