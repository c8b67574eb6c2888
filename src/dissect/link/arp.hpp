#pragma once

#include "dissect/construction.hpp"
#include "dissect/field.hpp"

namespace flowloom::arp {
using namespace make;
inline constexpr Field hw_type = make::uint("arp.hw.type", 0, 2, "Hardware type");
inline constexpr Field proto_type = make::uint("arp.proto.type", 2, 2, "Protocol type").hex();
inline constexpr Field hw_size = make::uint("arp.hw.size", 4, 1, "Hardware address size, bytes");
inline constexpr Field proto_size = make::uint("arp.proto.size", 5, 1, "Protocol address size, bytes");
inline constexpr Label kOpcodes[] = {{1, "request"},       {2, "reply"},           {3, "reverse request"},
                                     {4, "reverse reply"}, {8, "inverse request"}, {9, "inverse reply"}};
inline constexpr Field opcode = make::uint("arp.opcode", 6, 2, "Operation").named(kOpcodes);
inline constexpr Field is_gratuitous =
    value("arp.isgratuitous", Kind::flag, "Sender and target are the same address", 8);
inline constexpr Field is_probe =
    value("arp.isprobe", Kind::flag, "Request without a sender address (RFC 5227)", 8);
inline constexpr Field is_announcement =
    value("arp.isannouncement", Kind::flag, "Request for the sender's own address (RFC 5227)", 8);
inline constexpr Field src_hw = value("arp.src.hw", Kind::bytes, "Sender hardware address");
inline constexpr Field src_hw_mac = value("arp.src.hw_mac", Kind::mac, "Sender MAC address");
inline constexpr Field src_proto = value("arp.src.proto", Kind::bytes, "Sender protocol address");
inline constexpr Field src_proto_ipv4 = value("arp.src.proto_ipv4", Kind::ipv4, "Sender IPv4 address");
inline constexpr Field dst_hw = value("arp.dst.hw", Kind::bytes, "Target hardware address");
inline constexpr Field dst_hw_mac = value("arp.dst.hw_mac", Kind::mac, "Target MAC address");
inline constexpr Field dst_proto = value("arp.dst.proto", Kind::bytes, "Target protocol address");
inline constexpr Field dst_proto_ipv4 = value("arp.dst.proto_ipv4", Kind::ipv4, "Target IPv4 address");
inline constexpr const Field* fields[] = {
    &hw_type, &proto_type, &hw_size,   &proto_size,     &opcode, &is_gratuitous, &is_probe,  &is_announcement,
    &src_hw,  &src_hw_mac, &src_proto, &src_proto_ipv4, &dst_hw, &dst_hw_mac,    &dst_proto, &dst_proto_ipv4};
// RARP (RFC 903) has the same layout and the same name.
inline constexpr Binding parents[] = {{Table::ethertype, 0x0806}, {Table::ethertype, 0x8035}};
Next dissect(Dissector& d);
inline constexpr Fill fills[] = {fill::number(hw_type, 1), fill::number(proto_type, 0x0800),
                                 fill::number(hw_size, 6), fill::number(proto_size, 4)};
inline constexpr Construction construction{.fills = fills};
inline constexpr Protocol protocol =
    Protocol{"arp", "Address Resolution Protocol", "RFC 826", 8, fields, Level::link, parents, dissect, "ARP"}
        .made_by(construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::arp
