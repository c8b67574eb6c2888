#pragma once

#include "dissect/construction.hpp"
#include "dissect/field.hpp"

namespace flowloom::sll {
using namespace make;
// Places are those of the first version (LINKTYPE_LINUX_SLL); the second (LINKTYPE_LINUX_SLL2) has the same
// fields elsewhere, and the interface's index.
inline constexpr Field pkttype = value("sll.pkttype", Kind::uint, "Kind of packet (to us, broadcast, …)", 16);
inline constexpr Field hatype = value("sll.hatype", Kind::uint, "ARP hardware type of the interface", 16);
inline constexpr Field halen = value("sll.halen", Kind::uint, "Length of the sender's address, bytes", 16);
inline constexpr Field src_eth = value("sll.src.eth", Kind::mac, "Sender's address");
inline constexpr Field src_ipv4 = value("sll.src.ipv4", Kind::ipv4, "Sender's address");
inline constexpr Field src_other = value("sll.src.other", Kind::bytes, "Sender's address");
inline constexpr Field unused = value("sll.unused", Kind::bytes, "Unused bytes of the address");
inline constexpr Field etype = value("sll.etype", Kind::uint, "EtherType", 16).hex();
inline constexpr Field ltype = value("sll.ltype", Kind::uint, "Linux's own protocol type", 16).hex();
inline constexpr Field gretype = value("sll.gretype", Kind::uint, "GRE protocol type", 16).hex();
inline constexpr Field ifindex = value("sll.ifindex", Kind::uint, "Interface's index");
inline constexpr const Field* fields[] = {&pkttype, &hatype, &halen, &src_eth, &src_ipv4, &src_other,
                                          &unused,  &etype,  &ltype, &gretype, &ifindex};
inline constexpr Binding parents[] = {{Table::link_type, 113}, {Table::link_type, 276}};
Next dissect(Dissector& d);
inline constexpr Fill fills[] = {fill::next(etype, Table::ethertype).without(ifindex)};
inline constexpr Construction construction{.fills = fills};
inline constexpr Protocol protocol = Protocol{"sll",
                                              "Linux cooked capture",
                                              "https://www.tcpdump.org/linktypes.html",
                                              16,
                                              fields,
                                              Level::link,
                                              parents,
                                              dissect}
                                         .made_by(construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::sll
