#pragma once

#include "dissect/field.hpp"

namespace flowloom::vxlan {
using namespace make;
inline constexpr Field vni_valid = flag("vxlan.flag_i", 4, "VNI is valid");
inline constexpr Field vni = bits("vxlan.vni", 32, 24, "VXLAN network identifier");
inline constexpr const Field* fields[] = {&vni_valid, &vni};
inline constexpr Protocol protocol{"vxlan", "Virtual eXtensible Local Area Network", "RFC 7348", 8, fields};
static_assert(well_formed(protocol));
}  // namespace flowloom::vxlan
