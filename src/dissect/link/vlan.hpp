#pragma once

#include "dissect/field.hpp"

namespace flowloom::vlan {
using namespace make;
inline constexpr Field priority = bits("vlan.priority", 0, 3, "Priority code point").in(16);
inline constexpr Field dei = flag("vlan.dei", 3, "Drop eligible indicator").in(16);
inline constexpr Field id = bits("vlan.id", 4, 12, "VLAN identifier");
inline constexpr Field etype = make::uint("vlan.etype", 2, 2, "EtherType of what follows").hex();
inline constexpr const Field* fields[] = {&priority, &dei, &id, &etype};
inline constexpr Binding parents[] = {{Table::ethertype, 0x8100}};
Next dissect(Dissector& d);
inline constexpr Protocol protocol{
    "vlan", "IEEE 802.1Q VLAN tag", "IEEE 802.1Q", 4, fields, Level::link, parents, dissect, "802.1Q"};
static_assert(well_formed(protocol));
}  // namespace flowloom::vlan
