#pragma once

#include "dissect/field.hpp"

namespace flowloom::ip {
using namespace make;
inline constexpr Field version = bits("ip.version", 0, 4, "Version");
inline constexpr Field hdr_len = bits("ip.hdr_len", 4, 4, "Header length, bytes", 4);
inline constexpr Field dsfield = make::uint("ip.dsfield", 1, 1, "Differentiated services field");
inline constexpr Field len = make::uint("ip.len", 2, 2, "Total length, bytes");
inline constexpr Field id = make::uint("ip.id", 4, 2, "Identification");
inline constexpr Field df = flag("ip.flags.df", 49, "Don't fragment");
inline constexpr Field mf = flag("ip.flags.mf", 50, "More fragments");
inline constexpr Field frag_offset = bits("ip.frag_offset", 51, 13, "Fragment offset, bytes", 8);
inline constexpr Field ttl = make::uint("ip.ttl", 8, 1, "Time to live");
inline constexpr Field proto = make::uint("ip.proto", 9, 1, "Protocol");
inline constexpr Field checksum = make::uint("ip.checksum", 10, 2, "Header checksum");
inline constexpr Field src = make::ipv4("ip.src", 12, "Source address");
inline constexpr Field dst = make::ipv4("ip.dst", 16, "Destination address");
inline constexpr const Field* fields[] = {&version,     &hdr_len, &dsfield, &len,      &id,  &df, &mf,
                                          &frag_offset, &ttl,     &proto,   &checksum, &src, &dst};
inline constexpr Protocol protocol{"ip", "Internet Protocol version 4", "RFC 791", 20, fields};
static_assert(well_formed(protocol));
}  // namespace flowloom::ip
