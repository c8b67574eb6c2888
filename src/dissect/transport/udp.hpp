#pragma once

#include "dissect/field.hpp"

namespace flowloom::udp {
using namespace make;
inline constexpr Field srcport = make::uint("udp.srcport", 0, 2, "Source port");
inline constexpr Field dstport = make::uint("udp.dstport", 2, 2, "Destination port");
inline constexpr Field length = make::uint("udp.length", 4, 2, "Length with header, bytes");
inline constexpr Field checksum = make::uint("udp.checksum", 6, 2, "Checksum");
inline constexpr const Field* fields[] = {&srcport, &dstport, &length, &checksum};
inline constexpr Protocol protocol{"udp", "User Datagram Protocol", "RFC 768", 8, fields};
static_assert(well_formed(protocol));
}  // namespace flowloom::udp
