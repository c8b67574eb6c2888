#pragma once

#include "dissect/construction.hpp"
#include "dissect/field.hpp"

namespace flowloom::vlan {
using namespace make;
inline constexpr Field priority = bits("vlan.priority", 0, 3, "Priority code point").in(16);
inline constexpr Field dei = flag("vlan.dei", 3, "Drop eligible indicator").in(16);
inline constexpr Field id = bits("vlan.id", 4, 12, "VLAN identifier");
inline constexpr Field etype =
    make::uint("vlan.etype", 2, 2, "EtherType of what follows").hex().when_parsed();
inline constexpr Field len = make::uint("vlan.len", 2, 2, "Length of what follows, bytes").when_parsed();
inline constexpr const Field* fields[] = {&priority, &dei, &id, &etype, &len};
inline constexpr Binding parents[] = {{Table::ethertype, 0x8100}, {Table::ethertype, 0x9100}};
Next dissect(Dissector& d);
inline constexpr Fill fills[] = {fill::next(etype, Table::ethertype).without(len),
                                 fill::payload(len).without(etype)};
inline constexpr Construction construction{.fills = fills};
inline constexpr Protocol protocol =
    Protocol{"vlan",  "IEEE 802.1Q VLAN tag", "IEEE 802.1Q", 4, fields, Level::link, parents, dissect,
             "802.1Q"}
        .made_by(construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::vlan
