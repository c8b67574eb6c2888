#pragma once

#include "dissect/field.hpp"

namespace flowloom::icmp {
using namespace make;
inline constexpr Field type = make::uint("icmp.type", 0, 1, "Type");
inline constexpr Field code = make::uint("icmp.code", 1, 1, "Code");
inline constexpr Field checksum = make::uint("icmp.checksum", 2, 2, "Checksum");
inline constexpr const Field* fields[] = {&type, &code, &checksum};
inline constexpr Protocol protocol{"icmp", "Internet Control Message Protocol", "RFC 792", 4, fields};
static_assert(well_formed(protocol));
}  // namespace flowloom::icmp
