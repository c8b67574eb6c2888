#pragma once

#include "dissect/construction.hpp"
#include "dissect/field.hpp"

namespace flowloom::ipx {
using namespace make;
inline constexpr Field checksum = make::uint("ipx.checksum", 0, 2, "Checksum (0xffff: none)").hex();
inline constexpr Field len = make::uint("ipx.len", 2, 2, "Length with header, bytes");
inline constexpr Field hops = make::uint("ipx.hops", 4, 1, "Routers passed");
inline constexpr Field packet_type = make::uint("ipx.packet_type", 5, 1, "Packet type").hex();
inline constexpr Field dst_net = make::uint("ipx.dst.net", 6, 4, "Destination network").hex();
inline constexpr Field dst_any_net =
    make::uint("ipx.net", 6, 4, "Source or destination network").hex().alias();
inline constexpr Field dst_node = mac("ipx.dst.node", 10, "Destination node");
inline constexpr Field dst_any_node = mac("ipx.node", 10, "Source or destination node").alias();
inline constexpr Field dst_socket = make::uint("ipx.dst.socket", 16, 2, "Destination socket").hex();
inline constexpr Field dst_any_socket =
    make::uint("ipx.socket", 16, 2, "Source or destination socket").hex().alias();
inline constexpr Field src_net = make::uint("ipx.src.net", 18, 4, "Source network").hex();
inline constexpr Field src_any_net =
    make::uint("ipx.net", 18, 4, "Source or destination network").hex().alias();
inline constexpr Field src_node = mac("ipx.src.node", 22, "Source node");
inline constexpr Field src_any_node = mac("ipx.node", 22, "Source or destination node").alias();
inline constexpr Field src_socket = make::uint("ipx.src.socket", 28, 2, "Source socket").hex();
inline constexpr Field src_any_socket =
    make::uint("ipx.socket", 28, 2, "Source or destination socket").hex().alias();
inline constexpr const Field* fields[] = {
    &checksum, &len,          &hops,       &packet_type,    &dst_net, &dst_any_net,
    &dst_node, &dst_any_node, &dst_socket, &dst_any_socket, &src_net, &src_any_net,
    &src_node, &src_any_node, &src_socket, &src_any_socket};
inline constexpr Binding parents[] = {
    {Table::ethertype, 0x8137}, {Table::llc_dsap, 0xE0}, {Table::ppp, 0x002B}};
Next dissect(Dissector& d);
inline constexpr Fill fills[] = {fill::number(checksum, 0xFFFF), fill::whole(len)};
inline constexpr Construction construction{.fills = fills};
inline constexpr Protocol protocol = Protocol{"ipx",
                                              "Internetwork Packet Exchange",
                                              "Novell IPX Router Specification",
                                              30,
                                              fields,
                                              Level::internet,
                                              parents,
                                              dissect,
                                              "IPX"}
                                         .made_by(construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::ipx
