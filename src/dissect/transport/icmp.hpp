#pragma once

#include "dissect/construction.hpp"
#include "dissect/icmp_extensions.hpp"

namespace flowloom::icmp {
using namespace make;
inline constexpr Field type = make::uint("icmp.type", 0, 1, "Type");
inline constexpr Field code = make::uint("icmp.code", 1, 1, "Code");
inline constexpr Field checksum = make::uint("icmp.checksum", 2, 2, "Checksum").hex();
// What is behind depends on the type.
inline constexpr Field checksum_status =
    value("icmp.checksum.status", Kind::uint, "Checksum: 0 wrong, 1 right, 2 not known", 8);
inline constexpr Field ident = make::uint("icmp.ident", 4, 2, "Identifier").when_parsed();
inline constexpr Field ident_le = value("icmp.ident_le", Kind::uint, "Identifier, read little-endian", 16);
inline constexpr Field seq = make::uint("icmp.seq", 6, 2, "Sequence number").when_parsed();
inline constexpr Field seq_le = value("icmp.seq_le", Kind::uint, "Sequence number, read little-endian", 16);
inline constexpr Field unused = bytes("icmp.unused", 4, 4, "Not used").when_parsed();
inline constexpr Field length =
    make::uint("icmp.length", 5, 1, "Length of the quoted packet, words of 4 bytes").when_parsed();
inline constexpr Field original =
    value("icmp.length.original_datagram", Kind::uint, "Length of the quoted packet, bytes", 8);
inline constexpr Field mtu = make::uint("icmp.mtu", 6, 2, "MTU of the next hop, bytes").when_parsed();
inline constexpr Field gateway = make::ipv4("icmp.redir_gw", 4, "Better gateway").when_parsed();
inline constexpr Field pointer =
    make::uint("icmp.pointer", 4, 1, "Place of the problem in the quoted packet").in(32).when_parsed();
inline constexpr Field addresses = make::uint("icmp.num_addrs", 4, 1, "Number of addresses").when_parsed();
inline constexpr Field entry_size =
    make::uint("icmp.addr_entry_size", 5, 1, "Size of an entry, words of 4 bytes").when_parsed();
inline constexpr Field lifetime = make::uint("icmp.lifetime", 6, 2, "Lifetime, s").when_parsed();
inline constexpr Field router = value("icmp.router_address", Kind::ipv4, "Router");
inline constexpr Field preference = value("icmp.pref_level", Kind::sint, "Preference");
inline constexpr Field originate =
    make::uint("icmp.originate_timestamp", 8, 4, "Time of sending, ms since midnight UTC").when_parsed();
inline constexpr Field receive =
    make::uint("icmp.receive_timestamp", 12, 4, "Time of receipt, ms since midnight UTC").when_parsed();
inline constexpr Field transmit =
    make::uint("icmp.transmit_timestamp", 16, 4, "Time of the answer, ms since midnight UTC").when_parsed();
inline constexpr Field mask = make::ipv4("icmp.address_mask", 8, "Address mask").when_parsed();
inline constexpr Field data_time = value("icmp.data_time", Kind::time, "Time in the data");
inline constexpr Field data_time_relative =
    value("icmp.data_time_relative", Kind::duration, "Time since the time in the data");
inline constexpr Field echo_seq = make::uint("icmp.ext.echo.seq", 6, 1, "Sequence number").when_parsed();
inline constexpr Field echo_req_reserved =
    bits("icmp.ext.echo.req.res", 56, 7, "Reserved").hex().when_parsed();
inline constexpr Field echo_local = flag("icmp.ext.echo.req.local", 63, "Of an interface here").when_parsed();
inline constexpr Field echo_state = bits("icmp.ext.echo.rsp.state", 56, 3, "State").when_parsed();
inline constexpr Field echo_rsp_reserved =
    bits("icmp.ext.echo.rsp.res", 59, 2, "Reserved").hex().when_parsed();
inline constexpr Field echo_active =
    flag("icmp.ext.echo.rsp.active", 61, "Interface is active").when_parsed();
inline constexpr Field echo_ipv4 = flag("icmp.ext.echo.rsp.ipv4", 62, "IPv4 is running").when_parsed();
inline constexpr Field echo_ipv6 = flag("icmp.ext.echo.rsp.ipv6", 63, "IPv6 is running").when_parsed();
inline constexpr const Field* own_fields[] = {&type,
                                              &code,
                                              &checksum,
                                              &checksum_status,
                                              &ident,
                                              &ident_le,
                                              &seq,
                                              &seq_le,
                                              &unused,
                                              &length,
                                              &original,
                                              &mtu,
                                              &gateway,
                                              &pointer,
                                              &addresses,
                                              &entry_size,
                                              &lifetime,
                                              &router,
                                              &preference,
                                              &originate,
                                              &receive,
                                              &transmit,
                                              &mask,
                                              &data_time,
                                              &data_time_relative,
                                              &echo_seq,
                                              &echo_req_reserved,
                                              &echo_local,
                                              &echo_state,
                                              &echo_rsp_reserved,
                                              &echo_active,
                                              &echo_ipv4,
                                              &echo_ipv6};
inline constexpr auto fields = together(own_fields, icmp_extensions::fields);
inline constexpr Binding parents[] = {{Table::ip_proto, 1}};
Next dissect(Dissector& d);
/// Bytes of a message of the type that its first byte says.
std::uint16_t message_size(const std::uint8_t* first);
inline constexpr const Field* counted_routers[] = {&router};
inline constexpr Fill fills[] = {fill::count(addresses, counted_routers).when_given(router),
                                 fill::number(entry_size, 2).when_given(router)};
inline constexpr Construction construction{.fills = fills, .least = message_size};
inline constexpr Protocol protocol = Protocol{"icmp",
                                              "Internet Control Message Protocol",
                                              "RFC 792, RFC 950, RFC 1256, RFC 4884, RFC 8335",
                                              4,
                                              fields,
                                              Level::internet,
                                              parents,
                                              dissect,
                                              "ICMP"}
                                         .made_by(construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::icmp
