#pragma once

#include "dissect/field.hpp"

namespace flowloom::geneve {
using namespace make;
inline constexpr Field version = bits("geneve.version", 0, 2, "Version");
inline constexpr Field options_length = bits("geneve.options_length", 2, 6, "Options length, bytes", 4);
inline constexpr Field proto_type = make::uint("geneve.proto_type", 2, 2, "Protocol type");
inline constexpr Field vni = bits("geneve.vni", 32, 24, "Virtual network identifier");
inline constexpr const Field* fields[] = {&version, &options_length, &proto_type, &vni};
inline constexpr Protocol protocol{"geneve", "Generic Network Virtualization Encapsulation", "RFC 8926", 8,
                                   fields};
static_assert(well_formed(protocol));
}  // namespace flowloom::geneve
