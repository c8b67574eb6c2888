#pragma once

#include "dissect/net/ipv4.hpp"

namespace flowloom::ipv6 {
using namespace make;
inline constexpr Field version = bits("ipv6.version", 0, 4, "Version");
inline constexpr Field tclass = bits("ipv6.tclass", 4, 8, "Traffic class").hex().in(32);
inline constexpr Field dscp = bits("ipv6.tclass.dscp", 4, 6, "Differentiated services code point").in(32);
inline constexpr Field ecn = bits("ipv6.tclass.ecn", 10, 2, "Explicit congestion notification").in(32);
inline constexpr Field flow = bits("ipv6.flow", 12, 20, "Flow label").hex();
inline constexpr Field plen = make::uint("ipv6.plen", 4, 2, "Payload length, bytes");
inline constexpr Field nxt = make::uint("ipv6.nxt", 6, 1, "Next header");
inline constexpr Field hlim = make::uint("ipv6.hlim", 7, 1, "Hop limit");
inline constexpr Field src = make::ipv6("ipv6.src", 8, "Source address");
inline constexpr Field src_any = make::ipv6("ipv6.addr", 8, "Source or destination address").alias();
inline constexpr Field dst_any = make::ipv6("ipv6.addr", 24, "Source or destination address").alias();
inline constexpr Field dst = make::ipv6("ipv6.dst", 24, "Destination address");
inline constexpr Field src_host = value("ipv6.src_host", Kind::text, "Source address as text").alias();
inline constexpr Field dst_host = value("ipv6.dst_host", Kind::text, "Destination address as text").alias();
inline constexpr Field host = value("ipv6.host", Kind::text, "Source or destination address as text").alias();

/// What an address can contain; the same of the source, of the destination, and of either.
struct Embedded {
  Field slaac_mac, isatap_ipv4, gateway_6to4, site_6to4, teredo_server, teredo_port, teredo_client, ipv4;
};
inline constexpr Embedded in_src = {
    value("ipv6.src_slaac_mac", Kind::mac, "MAC address in the source (EUI-64)"),
    value("ipv6.src_isatap_ipv4", Kind::ipv4, "IPv4 address in the source (ISATAP)"),
    value("ipv6.src_6to4_gw_ipv4", Kind::ipv4, "Gateway in the source (6to4)"),
    value("ipv6.src_6to4_sla_id", Kind::uint, "Site-level aggregation identifier in the source (6to4)", 16),
    value("ipv6.src_ts_ipv4", Kind::ipv4, "Server in the source (Teredo)"),
    value("ipv6.src_tc_port", Kind::uint, "Client's port in the source (Teredo)", 16),
    value("ipv6.src_tc_ipv4", Kind::ipv4, "Client's address in the source (Teredo)"),
    value("ipv6.src_embed_ipv4", Kind::ipv4, "IPv4 address in the source (RFC 6052)")};
inline constexpr Embedded in_dst = {
    value("ipv6.dst_slaac_mac", Kind::mac, "MAC address in the destination (EUI-64)"),
    value("ipv6.dst_isatap_ipv4", Kind::ipv4, "IPv4 address in the destination (ISATAP)"),
    value("ipv6.dst_6to4_gw_ipv4", Kind::ipv4, "Gateway in the destination (6to4)"),
    value("ipv6.dst_6to4_sla_id", Kind::uint, "Site-level aggregation identifier in the destination (6to4)",
          16),
    value("ipv6.dst_ts_ipv4", Kind::ipv4, "Server in the destination (Teredo)"),
    value("ipv6.dst_tc_port", Kind::uint, "Client's port in the destination (Teredo)", 16),
    value("ipv6.dst_tc_ipv4", Kind::ipv4, "Client's address in the destination (Teredo)"),
    value("ipv6.dst_embed_ipv4", Kind::ipv4, "IPv4 address in the destination (RFC 6052)")};
inline constexpr Embedded in_either = {
    value("ipv6.slaac_mac", Kind::mac, "MAC address in an address (EUI-64)").alias(),
    value("ipv6.isatap_ipv4", Kind::ipv4, "IPv4 address in an address (ISATAP)").alias(),
    value("ipv6.6to4_gw_ipv4", Kind::ipv4, "Gateway in an address (6to4)").alias(),
    value("ipv6.6to4_sla_id", Kind::uint, "Site-level aggregation identifier in an address (6to4)", 16)
        .alias(),
    value("ipv6.ts_ipv4", Kind::ipv4, "Server in an address (Teredo)").alias(),
    value("ipv6.tc_port", Kind::uint, "Client's port in an address (Teredo)", 16).alias(),
    value("ipv6.tc_ipv4", Kind::ipv4, "Client's address in an address (Teredo)").alias(),
    value("ipv6.embed_ipv4", Kind::ipv4, "IPv4 address in an address (RFC 6052)").alias()};

inline constexpr const Field* fields[] = {&version,
                                          &ip::version,
                                          &tclass,
                                          &dscp,
                                          &ecn,
                                          &flow,
                                          &plen,
                                          &nxt,
                                          &hlim,
                                          &src,
                                          &src_any,
                                          &dst,
                                          &dst_any,
                                          &src_host,
                                          &dst_host,
                                          &host,
                                          &in_src.slaac_mac,
                                          &in_src.isatap_ipv4,
                                          &in_src.gateway_6to4,
                                          &in_src.site_6to4,
                                          &in_src.teredo_server,
                                          &in_src.teredo_port,
                                          &in_src.teredo_client,
                                          &in_src.ipv4,
                                          &in_dst.slaac_mac,
                                          &in_dst.isatap_ipv4,
                                          &in_dst.gateway_6to4,
                                          &in_dst.site_6to4,
                                          &in_dst.teredo_server,
                                          &in_dst.teredo_port,
                                          &in_dst.teredo_client,
                                          &in_dst.ipv4,
                                          &in_either.slaac_mac,
                                          &in_either.isatap_ipv4,
                                          &in_either.gateway_6to4,
                                          &in_either.site_6to4,
                                          &in_either.teredo_server,
                                          &in_either.teredo_port,
                                          &in_either.teredo_client,
                                          &in_either.ipv4};
inline constexpr Binding parents[] = {
    {Table::ethertype, 0x86DD}, {Table::link_type, 229}, {Table::ip_proto, 41}, {Table::ppp, 0x0057}};
Next dissect(Dissector& d);
inline constexpr Fill fills[] = {fill::number(version, 6), fill::number(hlim, 64),
                                 fill::next(nxt, Table::ip_proto), fill::rest(plen)};
inline constexpr Construction construction{.fills = fills};
inline constexpr Protocol protocol = Protocol{"ipv6",     "Internet Protocol version 6",
                                              "RFC 8200", 40,
                                              fields,     Level::internet,
                                              parents,    dissect,
                                              "IPv6",     "ip"}
                                         .made_by(construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::ipv6
