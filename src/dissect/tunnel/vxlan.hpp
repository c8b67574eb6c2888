#pragma once

#include "dissect/construction.hpp"
#include "dissect/field.hpp"

namespace flowloom::vxlan {
using namespace make;
inline constexpr Field flags = make::uint("vxlan.flags", 0, 2, "Flags").hex();
inline constexpr Field gbp_valid = flag("vxlan.flag_g", 0, "Group policy extension").in(16);
inline constexpr Field vni_valid = flag("vxlan.flag_i", 4, "VNI is valid").in(16);
inline constexpr Field dont_learn = flag("vxlan.flag_d", 9, "Do not learn the source address").in(16);
inline constexpr Field policy_applied = flag("vxlan.flag_a", 12, "Policy has been applied").in(16);
inline constexpr Field gbp = make::uint("vxlan.gbp", 2, 2, "Group policy identifier");
inline constexpr Field vni = bits("vxlan.vni", 32, 24, "VXLAN network identifier");
inline constexpr Field reserved = make::uint("vxlan.reserved8", 7, 1, "Reserved");
inline constexpr const Field* fields[] = {&flags,          &gbp_valid, &vni_valid, &dont_learn,
                                          &policy_applied, &gbp,       &vni,       &reserved};
inline constexpr Binding parents[] = {{Table::udp_port, 4789}, {Table::udp_port, 8472}};
Next dissect(Dissector& d);
inline constexpr Fill fills[] = {fill::number(vni_valid, 1), fill::flag(gbp_valid, gbp)};
inline constexpr Construction construction{.fills = fills};
inline constexpr Protocol protocol = Protocol{"vxlan",    "Virtual eXtensible Local Area Network",
                                              "RFC 7348", 8,
                                              fields,     Level::tunnel,
                                              parents,    dissect,
                                              "VXLAN"}
                                         .made_by(construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::vxlan
