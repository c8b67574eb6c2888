// OSPF versions 2 and 3; contents of opaque link states are not looked into. Fields with a place count from
// the structure that holds them.
#pragma once

#include "dissect/construction.hpp"
#include "dissect/field.hpp"
#include "dissect/ospf_states.hpp"

namespace flowloom::ospf {
using namespace make;
inline constexpr Label kMessages[] = {{1, "hello"},
                                      {2, "database description"},
                                      {3, "link state request"},
                                      {4, "link state update"},
                                      {5, "link state acknowledgement"}};

// --- the header
inline constexpr Field version = make::uint("ospf.version", 0, 1, "Version");
inline constexpr Field message = make::uint("ospf.msg", 1, 1, "Message").named(kMessages);
inline constexpr Field packet_length = make::uint("ospf.packet_length", 2, 2, "Length with header, bytes");
inline constexpr Field router = make::ipv4("ospf.srcrouter", 4, "Sender");
inline constexpr Field area = make::ipv4("ospf.area_id", 8, "Area");
inline constexpr Field checksum = make::uint("ospf.checksum", 12, 2, "Checksum").hex();
inline constexpr Field header = value("ospf.header", Kind::none, "Header");
inline constexpr Field auth_type =
    make::uint("ospf.auth.type", 14, 2, "Authentication: 0 none, 1 password, 2 code").when_parsed();
inline constexpr Field auth_none = value("ospf.auth.none", Kind::bytes, "Not used");
inline constexpr Field auth_simple = value("ospf.auth.simple", Kind::text, "Password");
inline constexpr Field auth_key = make::uint("ospf.auth.crypt.key_id", 18, 1, "Key").when_parsed();
inline constexpr Field auth_length =
    make::uint("ospf.auth.crypt.data_length", 19, 1, "Length of the code, bytes").when_parsed();
inline constexpr Field auth_sequence =
    make::uint("ospf.auth.crypt.seq_nbr", 20, 4, "Sequence number").when_parsed();
inline constexpr Field auth_data = value("ospf.auth.crypt.data", Kind::bytes, "Authentication code");
inline constexpr Field auth_unknown = value("ospf.auth.unknown", Kind::bytes, "Of unknown authentication");
inline constexpr Field instance = make::uint("ospf.instance_id", 14, 1, "Instance").when_parsed();
inline constexpr Field reserved = value("ospf.reserved", Kind::bytes, "Reserved");
inline constexpr Field is_hello = value("ospf.msg.hello", Kind::flag, "Hello", 8).alias();
inline constexpr Field is_description =
    value("ospf.msg.dbdesc", Kind::flag, "Database description", 8).alias();
inline constexpr Field is_request = value("ospf.msg.lsreq", Kind::flag, "Link state request", 8).alias();
inline constexpr Field is_update = value("ospf.msg.lsupdate", Kind::flag, "Link state update", 8).alias();
inline constexpr Field is_ack = value("ospf.msg.lsack", Kind::flag, "Link state acknowledgement", 8).alias();

// --- hello
inline constexpr Field hello = value("ospf.hello", Kind::none, "Hello");
inline constexpr Field hello_mask = value("ospf.hello.network_mask", Kind::ipv4, "Mask of the network");
inline constexpr Field hello_interface = value("ospf.hello.interface_id", Kind::uint, "Interface");
inline constexpr Field hello_interval =
    value("ospf.hello.hello_interval", Kind::uint, "Time between hellos, s");
inline constexpr Field hello_priority = value("ospf.hello.router_priority", Kind::uint, "Priority", 8);
inline constexpr Field hello_dead =
    value("ospf.hello.router_dead_interval", Kind::uint, "Silence that means dead, s");
inline constexpr Field hello_designated =
    value("ospf.hello.designated_router", Kind::ipv4, "Designated router");
inline constexpr Field hello_backup =
    value("ospf.hello.backup_designated_router", Kind::ipv4, "Backup designated router");
inline constexpr Field hello_neighbor =
    value("ospf.hello.active_neighbor", Kind::ipv4, "Neighbor that was heard");

// --- options, counted from the byte or the three bytes that hold them
inline constexpr Field options2 = make::uint("ospf.v2.options", 0, 1, "Options").hex().when_parsed();
inline constexpr Field options2_dn =
    make::flag("ospf.v2.options.dn", 0, "Down: came from a provider").when_parsed();
inline constexpr Field options2_o = make::flag("ospf.v2.options.o", 1, "Opaque link states").when_parsed();
inline constexpr Field options2_dc = make::flag("ospf.v2.options.dc", 2, "Demand circuits").when_parsed();
inline constexpr Field options2_l = make::flag("ospf.v2.options.l", 3, "Link-local signalling").when_parsed();
inline constexpr Field options2_n = make::flag("ospf.v2.options.n", 4, "Not-so-stubby area").when_parsed();
inline constexpr Field options2_p =
    make::flag("ospf.v2.options.p", 4, "To be passed on by the border router").when_parsed();
inline constexpr Field options2_mc = make::flag("ospf.v2.options.mc", 5, "Multicast").when_parsed();
inline constexpr Field options2_e = make::flag("ospf.v2.options.e", 6, "External routes").when_parsed();
inline constexpr Field options2_mt = make::flag("ospf.v2.options.mt", 7, "Several topologies").when_parsed();
inline constexpr Field options3 = make::uint("ospf.v3.options", 0, 3, "Options").hex().when_parsed();
inline constexpr Field options3_v6 =
    make::flag("ospf.v3.options.v6", 23, "Takes part in IPv6 routing").when_parsed();
inline constexpr Field options3_e = make::flag("ospf.v3.options.e", 22, "External routes").when_parsed();
inline constexpr Field options3_mc = make::flag("ospf.v3.options.mc", 21, "Multicast").when_parsed();
inline constexpr Field options3_n = make::flag("ospf.v3.options.n", 20, "Not-so-stubby area").when_parsed();
inline constexpr Field options3_r = make::flag("ospf.v3.options.r", 19, "Router").when_parsed();
inline constexpr Field options3_dc = make::flag("ospf.v3.options.dc", 18, "Demand circuits").when_parsed();
inline constexpr Field options3_af = make::flag("ospf.v3.options.af", 15, "Address families").when_parsed();
inline constexpr Field options3_l =
    make::flag("ospf.v3.options.l", 14, "Link-local signalling").when_parsed();
inline constexpr Field options3_at =
    make::flag("ospf.v3.options.at", 13, "Authentication trailer").when_parsed();

// --- database description
inline constexpr Field description = make::uint("ospf.dbd", 0, 1, "Flags").hex().when_parsed();
inline constexpr Field description_r = make::flag("ospf.dbd.r", 4, "Out of band").when_parsed();
inline constexpr Field description_i = make::flag("ospf.dbd.i", 5, "First packet").when_parsed();
inline constexpr Field description_m = make::flag("ospf.dbd.m", 6, "More follow").when_parsed();
inline constexpr Field description_ms = make::flag("ospf.dbd.ms", 7, "Sender is the master").when_parsed();
inline constexpr Field description_mtu = value("ospf.db.interface_mtu", Kind::uint, "MTU, bytes", 16);
inline constexpr Field description_sequence = value("ospf.db.dd_sequence", Kind::uint, "Sequence number");

// --- what is behind the packet
inline constexpr Field lls_checksum =
    value("ospf.lls.checksum", Kind::uint, "Checksum of the link-local data", 16).hex();
inline constexpr Field lls_length =
    value("ospf.lls.data_length", Kind::uint, "Length of the link-local data, bytes", 16);
inline constexpr Field tlv_type = value("ospf.tlv_type", Kind::uint, "Type", 16);
inline constexpr Field tlv_length = value("ospf.tlv_length", Kind::uint, "Length, bytes", 16);
inline constexpr Field lls_options =
    make::uint("ospf.lls.ext.options", 0, 4, "Extended options").hex().when_parsed();
inline constexpr Field lls_rs = make::flag("ospf.lls.ext.options.rs", 30, "Restarts").when_parsed();
inline constexpr Field lls_lr =
    make::flag("ospf.lls.ext.options.lr", 31, "Can synchronize anew").when_parsed();
inline constexpr Field lls3_options =
    make::uint("ospf.v3.lls.ext.options", 0, 4, "Extended options").hex().when_parsed();
inline constexpr Field lls3_rs = make::flag("ospf.v3.lls.ext.options.rs", 30, "Restarts").when_parsed();
inline constexpr Field lls3_lr =
    make::flag("ospf.v3.lls.ext.options.lr", 31, "Can synchronize anew").when_parsed();
inline constexpr Field lls_sequence =
    value("ospf.v2.lls.sequence_number", Kind::uint, "Sequence number", 32).hex();
inline constexpr Field lls_code = value("ospf.v2.lls.auth_data", Kind::bytes, "Authentication code");
inline constexpr Field trailer = value("ospf.at", Kind::none, "Authentication trailer");
inline constexpr Field trailer_type =
    make::uint("ospf.at.auth_type", 0, 2, "Type of authentication").when_parsed();
inline constexpr Field trailer_length =
    make::uint("ospf.at.auth_data_len", 2, 2, "Length of the trailer, bytes").when_parsed();
inline constexpr Field trailer_reserved =
    make::uint("ospf.at.reserved", 4, 2, "Reserved").hex().when_parsed();
inline constexpr Field trailer_key =
    make::uint("ospf.at.sa_id", 6, 2, "Security association").hex().when_parsed();
inline constexpr Field trailer_sequence =
    make::uint("ospf.at.crypto_seq_nbr", 8, 8, "Sequence number").when_parsed();
inline constexpr Field trailer_code = value("ospf.at.auth_data", Kind::bytes, "Authentication code");

inline constexpr const Field* fields[] = {&version,
                                          &message,
                                          &packet_length,
                                          &router,
                                          &area,
                                          &checksum,
                                          &header,
                                          &auth_type,
                                          &auth_none,
                                          &auth_simple,
                                          &auth_key,
                                          &auth_length,
                                          &auth_sequence,
                                          &auth_data,
                                          &auth_unknown,
                                          &instance,
                                          &reserved,
                                          &is_hello,
                                          &is_description,
                                          &is_request,
                                          &is_update,
                                          &is_ack,
                                          &hello,
                                          &hello_mask,
                                          &hello_interface,
                                          &hello_interval,
                                          &hello_priority,
                                          &hello_dead,
                                          &hello_designated,
                                          &hello_backup,
                                          &hello_neighbor,
                                          &options2,
                                          &options2_dn,
                                          &options2_o,
                                          &options2_dc,
                                          &options2_l,
                                          &options2_n,
                                          &options2_p,
                                          &options2_mc,
                                          &options2_e,
                                          &options2_mt,
                                          &options3,
                                          &options3_v6,
                                          &options3_e,
                                          &options3_mc,
                                          &options3_n,
                                          &options3_r,
                                          &options3_dc,
                                          &options3_af,
                                          &options3_l,
                                          &options3_at,
                                          &description,
                                          &description_r,
                                          &description_i,
                                          &description_m,
                                          &description_ms,
                                          &description_mtu,
                                          &description_sequence,
                                          &count,
                                          &request_type,
                                          &request3_type,
                                          &lsa_age,
                                          &lsa_keep,
                                          &lsa_type,
                                          &lsa_options,
                                          &lsa_is_router,
                                          &lsa_is_network,
                                          &lsa_is_summary,
                                          &lsa_is_asbr,
                                          &lsa_is_asext,
                                          &lsa_is_member,
                                          &lsa_is_nssa,
                                          &lsa_is_attr,
                                          &lsa_is_opaque,
                                          &lsa_id,
                                          &opaque_type,
                                          &opaque_id,
                                          &state_id,
                                          &advertiser,
                                          &lsa_sequence,
                                          &lsa_checksum,
                                          &lsa_length,
                                          &metric,
                                          &short_metric,
                                          &netmask_summary,
                                          &netmask,
                                          &attached,
                                          &external_mask,
                                          &external_type,
                                          &external_tos,
                                          &tos,
                                          &external_forward,
                                          &external_tag,
                                          &router_flags,
                                          &router_h,
                                          &router_n,
                                          &router_w,
                                          &router_v,
                                          &router_e,
                                          &router_b,
                                          &link_count,
                                          &link_id,
                                          &link_data,
                                          &link_type,
                                          &link_metrics,
                                          &link_metric,
                                          &tos_metric,
                                          &lsa3_keep,
                                          &lsa3_type,
                                          &lsa3_u,
                                          &lsa3_scope,
                                          &lsa3_function,
                                          &lsa3_is_router,
                                          &lsa3_is_network,
                                          &lsa3_is_interprefix,
                                          &lsa3_is_interrouter,
                                          &lsa3_is_asext,
                                          &lsa3_is_member,
                                          &lsa3_is_nssa,
                                          &lsa3_is_link,
                                          &lsa3_is_intraprefix,
                                          &lsa3_is_opaque,
                                          &router3_flags,
                                          &router3_w,
                                          &router3_v,
                                          &router3_e,
                                          &router3_b,
                                          &link3_type,
                                          &link3_interface,
                                          &link3_neighbor,
                                          &link3_router,
                                          &attached3,
                                          &destination3,
                                          &external3_flags,
                                          &external3_e,
                                          &external3_f,
                                          &external3_t,
                                          &referenced_type,
                                          &prefixes_type,
                                          &referenced_id,
                                          &referenced_router,
                                          &forward6,
                                          &forward4,
                                          &tag3,
                                          &priority3,
                                          &link_local6,
                                          &link_local4,
                                          &prefixes,
                                          &few_prefixes,
                                          &prefix_length,
                                          &prefix_options,
                                          &prefix_p,
                                          &prefix_mc,
                                          &prefix_la,
                                          &prefix_nu,
                                          &prefix6,
                                          &prefix4,
                                          &lls_checksum,
                                          &lls_length,
                                          &tlv_type,
                                          &tlv_length,
                                          &lls_options,
                                          &lls_rs,
                                          &lls_lr,
                                          &lls3_options,
                                          &lls3_rs,
                                          &lls3_lr,
                                          &lls_sequence,
                                          &lls_code,
                                          &trailer,
                                          &trailer_type,
                                          &trailer_length,
                                          &trailer_reserved,
                                          &trailer_key,
                                          &trailer_sequence,
                                          &trailer_code};
inline constexpr Binding parents[] = {{Table::ip_proto, 89}};
Next dissect(Dissector& d);
/// Not shown (Wireshark has no such field): for the construction.
inline constexpr Field checksum_status =
    value("ospf.checksum.status", Kind::uint, "Checksum: 0 wrong, 1 right, 2 not known", 8);
/// Fills in the checksum of a link state (RFC 2328 §12.1.7, RFC 905 annex B): of all but its age. Too short
/// to have one: nothing.
void put_state_checksum(std::span<std::uint8_t> state);
/// Bytes of the packet's header (RFC 2328 §A.3.1, RFC 5340 §A.3.1).
std::uint16_t header_size(const std::uint8_t* first);
/// Whether the packet has no more of link states than their headers, whose lengths and checksums are of all.
bool only_heads(const std::uint8_t* first);
inline constexpr const Field* counted_states[] = {&lsa_age};
inline constexpr Fill fills[] = {fill::number(version, 2), fill::header(packet_length),
                                 fill::count(count, counted_states).announced_by(message, 4)};
inline constexpr const Field* appended[] = {&options2,     &options3,      &description,    &metric,
                                            &short_metric, &prefix_length, &prefix_options, &external3_flags};
// What is not shown of the structures:
inline constexpr Field router_zero = value("ospf.reserved", Kind::uint, "Zero", 8);
inline constexpr Field link3_zero = value("ospf.reserved", Kind::uint, "Zero", 8);
inline constexpr Field request3_zero = value("ospf.reserved", Kind::uint, "Zero", 16);
inline constexpr const Field *request_head[] = {&request_type, &state_id, &advertiser},
                             *request3_head[] = {&request3_zero, &request3_type, &state_id, &advertiser},
                             *state_own[] = {&lsa_type, &lsa_options, &lsa3_type},
                             *router_head[] = {&router_flags, &router_zero, &link_count},
                             *link_head[] = {&link_id, &link_data, &link_type, &link_metrics, &link_metric},
                             *summary_head[] = {&netmask_summary}, *summary_own[] = {&tos},
                             *tos_head[] = {&tos, &metric},
                             *external_head[] = {&external_type, &external_tos, &metric, &external_forward,
                                                 &external_tag},
                             *router3_head[] = {&router3_flags, &options3},
                             *link3_head[] = {&link3_type,      &link3_zero,     &short_metric,
                                              &link3_interface, &link3_neighbor, &link3_router},
                             *link_state_head[] = {&priority3, &options3, &link_local6, &prefixes},
                             *prefixes_head[] = {&few_prefixes, &prefixes_type, &referenced_id,
                                                 &referenced_router},
                             *prefixes_own[] = {&short_metric};
/// Link states, their bodies, and what is repeated in these.
inline constexpr Group groups[] = {
    {.first = &request_type, .head = request_head},
    {.first = &request3_type, .head = request3_head},
    {.first = &lsa_age,
     .length = &lsa_length,
     .meant = state_own,
     .checksum = &lsa_checksum,
     .put_checksum = put_state_checksum,
     .partial = only_heads},
    {.first = &router_flags, .level = 1, .head = router_head, .number = &link_count, .each = &link_id},
    {.first = &link_id, .level = 2, .head = link_head, .number = &link_metrics, .each = &tos_metric},
    {.first = &netmask_summary, .level = 1, .head = summary_head, .meant = summary_own},
    {.first = &tos, .level = 2, .head = tos_head, .meant = summary_own},
    {.first = &external_type, .level = 2, .head = external_head},
    {.first = &router3_flags, .level = 1, .head = router3_head},
    {.first = &link3_type, .level = 2, .head = link3_head},
    {.first = &priority3, .level = 1, .head = link_state_head, .number = &prefixes, .each = &prefix_length},
    {.first = &referenced_router,
     .level = 1,
     .head = prefixes_head,
     .number = &few_prefixes,
     .each = &prefix_length,
     .meant = prefixes_own}};
inline constexpr Cut cuts[] = {{&prefix6, &prefix_length, 4}, {&prefix4, &prefix_length, 4}};
inline constexpr auto number_size = [](const Field& field, std::uint64_t) {
  return static_cast<std::uint8_t>(&field == &hello_interval ? 2 : 0);
};
inline constexpr Construction construction{.fills = fills,
                                           .groups = groups,
                                           .least = header_size,
                                           .appended = appended,
                                           .size = number_size,
                                           .cuts = cuts};
inline constexpr Protocol protocol =
    Protocol{"ospf", "Open Shortest Path First", "RFC 2328, RFC 5340", 16, fields, Level::internet, parents,
             dissect}
        .made_by(construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::ospf
