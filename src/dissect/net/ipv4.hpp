#pragma once

#include "dissect/field.hpp"

namespace flowloom::ip {
using namespace make;
inline constexpr Field version = bits("ip.version", 0, 4, "Version");
inline constexpr Field hdr_len = bits("ip.hdr_len", 4, 4, "Header length, bytes", 4);
inline constexpr Field dsfield = make::uint("ip.dsfield", 1, 1, "Differentiated services field").hex();
inline constexpr Field dscp = bits("ip.dsfield.dscp", 8, 6, "Differentiated services code point");
inline constexpr Field ecn = bits("ip.dsfield.ecn", 14, 2, "Explicit congestion notification");
inline constexpr Field len = make::uint("ip.len", 2, 2, "Total length, bytes");
inline constexpr Field id = make::uint("ip.id", 4, 2, "Identification").hex();
inline constexpr Field flags = bits("ip.flags", 48, 3, "Flags").hex();
inline constexpr Field rb = flag("ip.flags.rb", 48, "Reserved bit");
inline constexpr Field df = flag("ip.flags.df", 49, "Don't fragment");
inline constexpr Field mf = flag("ip.flags.mf", 50, "More fragments");
inline constexpr Field frag_offset = bits("ip.frag_offset", 51, 13, "Fragment offset, units of 8 bytes");
inline constexpr Field ttl = make::uint("ip.ttl", 8, 1, "Time to live");
inline constexpr Field proto = make::uint("ip.proto", 9, 1, "Protocol");
inline constexpr Field checksum = make::uint("ip.checksum", 10, 2, "Header checksum").hex();
inline constexpr Field src = make::ipv4("ip.src", 12, "Source address");
inline constexpr Field src_addr = make::ipv4("ip.addr", 12, "Source or destination address").alias();
inline constexpr Field dst = make::ipv4("ip.dst", 16, "Destination address");
inline constexpr Field dst_addr = make::ipv4("ip.addr", 16, "Source or destination address").alias();
inline constexpr const Field* fields[] = {&version,  &hdr_len, &dsfield,  &dscp, &ecn,         &len, &id,
                                          &flags,    &rb,      &df,       &mf,   &frag_offset, &ttl, &proto,
                                          &checksum, &src,     &src_addr, &dst,  &dst_addr};
inline constexpr Binding parents[] = {
    {Table::ethertype, 0x0800}, {Table::link_type, 228}, {Table::ip_proto, 4}, {Table::ppp, 0x0021}};
Next dissect(Dissector& d);
inline constexpr Protocol protocol{
    "ip", "Internet Protocol version 4", "RFC 791", 20, fields, Level::internet, parents, dissect, "IPv4"};
static_assert(well_formed(protocol));
}  // namespace flowloom::ip
