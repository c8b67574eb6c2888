#pragma once

#include "dissect/field.hpp"

namespace flowloom::eth {
using namespace make;
inline constexpr Field dst = mac("eth.dst", 0, "Destination");
inline constexpr Field src = mac("eth.src", 6, "Source");
inline constexpr Field type = make::uint("eth.type", 12, 2, "EtherType, or length of an IEEE 802.3 frame");
inline constexpr const Field* fields[] = {&dst, &src, &type};
inline constexpr Protocol protocol{"eth", "Ethernet II", "IEEE 802.3", 14, fields};
static_assert(well_formed(protocol));
}  // namespace flowloom::eth
