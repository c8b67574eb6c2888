#pragma once

#include "dissect/field.hpp"

namespace flowloom::udp {
using namespace make;
inline constexpr Field srcport = make::uint("udp.srcport", 0, 2, "Source port");
inline constexpr Field dstport = make::uint("udp.dstport", 2, 2, "Destination port");
inline constexpr Field src_any = make::uint("udp.port", 0, 2, "Source or destination port").alias();
inline constexpr Field dst_any = make::uint("udp.port", 2, 2, "Source or destination port").alias();
inline constexpr Field length = make::uint("udp.length", 4, 2, "Length with header, bytes");
inline constexpr Field checksum = make::uint("udp.checksum", 6, 2, "Checksum").hex();
inline constexpr const Field* fields[] = {&srcport, &dstport, &src_any, &dst_any, &length, &checksum};
inline constexpr Binding parents[] = {{Table::ip_proto, 17}};
Next dissect(Dissector& d);
inline constexpr Protocol protocol{
    "udp", "User Datagram Protocol", "RFC 768", 8, fields, Level::transport, parents, dissect, "UDP"};
static_assert(well_formed(protocol));
}  // namespace flowloom::udp
