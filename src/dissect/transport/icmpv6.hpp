// Places of fields that are not in every message count from the message's first byte.
#pragma once

#include "dissect/construction.hpp"
#include "dissect/icmp_extensions.hpp"
#include "dissect/icmpv6_options.hpp"
#include "dissect/icmpv6_rpl.hpp"

namespace flowloom::icmpv6 {
using namespace make;
// IANA, ICMPv6 type numbers
inline constexpr Label kTypes[] = {{1, "Destination unreachable"},
                                   {2, "Packet too big"},
                                   {3, "Time exceeded"},
                                   {4, "Parameter problem"},
                                   {128, "Echo request"},
                                   {129, "Echo reply"},
                                   {130, "Multicast listener query"},
                                   {131, "Multicast listener report"},
                                   {132, "Multicast listener done"},
                                   {133, "Router solicitation"},
                                   {134, "Router advertisement"},
                                   {135, "Neighbour solicitation"},
                                   {136, "Neighbour advertisement"},
                                   {137, "Redirect"},
                                   {138, "Router renumbering"},
                                   {139, "Node information query"},
                                   {140, "Node information response"},
                                   {141, "Inverse neighbour discovery solicitation"},
                                   {142, "Inverse neighbour discovery advertisement"},
                                   {143, "Multicast listener report, version 2"},
                                   {144, "Home agent address discovery request"},
                                   {145, "Home agent address discovery reply"},
                                   {146, "Mobile prefix solicitation"},
                                   {147, "Mobile prefix advertisement"},
                                   {148, "Certification path solicitation"},
                                   {149, "Certification path advertisement"},
                                   {150, "Experimental mobility"},
                                   {151, "Multicast router advertisement"},
                                   {152, "Multicast router solicitation"},
                                   {153, "Multicast router termination"},
                                   {154, "Fast handover"},
                                   {155, "RPL control"},
                                   {156, "Locator update"},
                                   {157, "Duplicate address request"},
                                   {158, "Duplicate address confirmation"},
                                   {159, "MPL control"},
                                   {160, "Extended echo request"},
                                   {161, "Extended echo reply"}};
// RFC 3810 §5.2.12
inline constexpr Label kRecordTypes[] = {{1, "Includes the sources"},      {2, "Excludes the sources"},
                                         {3, "Changes to include mode"},   {4, "Changes to exclude mode"},
                                         {5, "Allows these sources, too"}, {6, "Blocks these sources"}};

inline constexpr Field type = make::uint("icmpv6.type", 0, 1, "Type").named(kTypes);
inline constexpr Field code = make::uint("icmpv6.code", 1, 1, "Code");
inline constexpr Field checksum = make::uint("icmpv6.checksum", 2, 2, "Checksum").hex();
inline constexpr Field checksum_status =
    value("icmpv6.checksum.status", Kind::uint, "Checksum: 0 wrong, 1 right, 2 not known", 8);

inline constexpr auto length = part({
    make::uint("icmpv6.length", 4, 1, "Length of the quoted packet, words of 8 bytes"),
    bytes("icmpv6.reserved", 5, 3, "Reserved"),
});
inline constexpr auto unused = part({bytes("icmpv6.reserved", 4, 4, "Reserved")});
inline constexpr auto packet_too_big = part({make::uint("icmpv6.mtu", 4, 4, "MTU of the next hop, bytes")});
inline constexpr auto parameter_problem =
    part({make::uint("icmpv6.pointer", 4, 4, "Place of the problem in the quoted packet")});
inline constexpr auto echo = part({
    make::uint("icmpv6.echo.identifier", 4, 2, "Identifier").hex(),
    make::uint("icmpv6.echo.sequence_number", 6, 2, "Sequence number"),
});
inline constexpr auto extended_request = part({
    // RFC 8335
    make::uint("icmpv6.echo.identifier", 4, 2, "Identifier").hex(),
    make::uint("icmpv6.ext.echo.seq", 6, 1, "Sequence number"),
    bits("icmpv6.ext.echo.req.res", 56, 7, "Reserved").hex(),
    flag("icmpv6.ext.echo.req.local", 63, "Of an interface here"),
});
inline constexpr auto extended_reply = part({
    make::uint("icmpv6.echo.identifier", 4, 2, "Identifier").hex(),
    make::uint("icmpv6.ext.echo.seq", 6, 1, "Sequence number"),
    bits("icmpv6.ext.echo.rsp.state", 56, 3, "State"),
    bits("icmpv6.ext.echo.rsp.res", 59, 2, "Reserved").hex(),
    flag("icmpv6.ext.echo.rsp.active", 61, "Interface is active"),
    flag("icmpv6.ext.echo.rsp.ipv4", 62, "IPv4 is running"),
    flag("icmpv6.ext.echo.rsp.ipv6", 63, "IPv6 is running"),
});

// Multicast listeners: RFC 2710, RFC 3810
inline constexpr auto listener = part({
    make::uint("icmpv6.mld.maximum_response_delay", 4, 2, "Longest time to answer, ms"),
    bytes("icmpv6.reserved", 6, 2, "Reserved"),
    make::ipv6("icmpv6.mld.multicast_address", 8, "Multicast group"),
});
inline constexpr Field response_time =
    make::uint("icmpv6.mld.maximum_response_code", 4, 2, "Longest time to answer, ms").when_parsed();
inline constexpr auto listener_query2 = part({
    bytes("icmpv6.reserved", 6, 2, "Reserved"),
    make::ipv6("icmpv6.mld.multicast_address", 8, "Multicast group"),
    make::uint("icmpv6.mld.flag", 24, 1, "Flags").hex(),
    flag("icmpv6.mld.flag.s", 196, "Routers shall not process the query"),
    bits("icmpv6.mld.flag.qrv", 197, 3, "Querier's robustness"),
    bits("icmpv6.mld.flag.reserved", 192, 4, "Reserved"),
});
inline constexpr Field query_interval =
    make::uint("icmpv6.mld.qqi", 25, 1, "Querier's interval, s").when_parsed();
inline constexpr Field sources =
    make::uint("icmpv6.mld.nb_sources", 26, 2, "Number of sources").when_parsed();
inline constexpr Field source = value("icmpv6.mld.source_address", Kind::ipv6, "Source");
inline constexpr auto listener_report2 = part({
    bytes("icmpv6.reserved", 4, 2, "Reserved"),
    make::uint("icmpv6.mldr.nb_mcast_records", 6, 2, "Number of group records"),
});
inline constexpr Field record = value("icmpv6.mldr.mar", Kind::none, "Group record");
inline constexpr auto record_head = part({
    // from the record's first byte
    make::uint("icmpv6.mldr.mar.record_type", 0, 1, "Type of record").named(kRecordTypes),
    make::uint("icmpv6.mldr.mar.aux_data_len", 1, 1, "Auxiliary data, words of 4 bytes"),
    make::uint("icmpv6.mldr.mar.nb_sources", 2, 2, "Number of sources"),
    make::ipv6("icmpv6.mldr.mar.multicast_address", 4, "Multicast group"),
});
inline constexpr Field record_source = value("icmpv6.mldr.mar.source_address", Kind::ipv6, "Source");
inline constexpr Field record_data = value("icmpv6.mldr.mar.auxiliary_data", Kind::bytes, "Auxiliary data");

// Neighbour discovery: RFC 4861 §4
inline constexpr auto router_advertisement = part({
    make::uint("icmpv6.nd.ra.cur_hop_limit", 4, 1, "Hop limit to use"),
    make::uint("icmpv6.nd.ra.flag", 5, 1, "Flags").hex(),
    flag("icmpv6.nd.ra.flag.m", 40, "Addresses are available by DHCPv6"),
    flag("icmpv6.nd.ra.flag.o", 41, "Other configuration is available by DHCPv6"),
    flag("icmpv6.nd.ra.flag.h", 42, "Router is a home agent"),
    bits("icmpv6.nd.ra.flag.prf", 43, 2, "Preference as default router").named(kPreferences),
    flag("icmpv6.nd.ra.flag.p", 45, "Proxied"),
    bits("icmpv6.nd.ra.flag.rsv", 46, 2, "Reserved"),
    make::uint("icmpv6.nd.ra.router_lifetime", 6, 2, "Lifetime as default router, s"),
    make::uint("icmpv6.nd.ra.reachable_time", 8, 4, "Time that a neighbour is held reachable, ms"),
    make::uint("icmpv6.nd.ra.retrans_timer", 12, 4, "Time between solicitations, ms"),
});
inline constexpr auto neighbour_solicitation = part({
    bytes("icmpv6.reserved", 4, 4, "Reserved"),
    make::ipv6("icmpv6.nd.ns.target_address", 8, "Address asked about"),
});
inline constexpr auto neighbour_advertisement = part({
    make::uint("icmpv6.nd.na.flag", 4, 4, "Flags").hex(),
    flag("icmpv6.nd.na.flag.r", 32, "Sender is a router"),
    flag("icmpv6.nd.na.flag.s", 33, "Answers a solicitation"),
    flag("icmpv6.nd.na.flag.o", 34, "Overrides what is known"),
    bits("icmpv6.nd.na.flag.rsv", 35, 29, "Reserved"),
    make::ipv6("icmpv6.nd.na.target_address", 8, "Address told of"),
});
inline constexpr auto redirect = part({
    bytes("icmpv6.reserved", 4, 4, "Reserved"),
    make::ipv6("icmpv6.nd.rd.target_address", 8, "Better first hop"),
    make::ipv6("icmpv6.rd.na.destination_address", 24, "Destination that it is for"),
});

// Router renumbering: RFC 2894 §3
inline constexpr auto renumbering = part({
    make::uint("icmpv6.rr.sequence_number", 4, 4, "Sequence number"),
    make::uint("icmpv6.rr.segment_number", 8, 1, "Segment number"),
    make::uint("icmpv6.rr.flag", 9, 1, "Flags").hex(),
    flag("icmpv6.rr.flag.t", 72, "Test only"),
    flag("icmpv6.rr.flag.r", 73, "A result is asked for"),
    flag("icmpv6.rr.flag.a", 74, "Also for interfaces that are shut down"),
    flag("icmpv6.rr.flag.s", 75, "Only for interfaces of the site"),
    flag("icmpv6.rr.flag.p", 76, "Was processed before"),
    bits("icmpv6.rr.flag.rsv", 77, 3, "Reserved"),
    make::uint("icmpv6.rr.maxdelay", 10, 2, "Longest delay of an answer, ms"),
    bytes("icmpv6.reserved", 12, 4, "Reserved"),
});
inline constexpr Field match = value("icmpv6.rr.pco.mp", Kind::none, "Prefixes to be changed");
inline constexpr auto match_part = part({
    make::uint("icmpv6.rr.pco.mp.opcode", 0, 1, "Operation"),
    make::uint("icmpv6.rr.pco.mp.oplength", 1, 1, "Length of the operation, words of 8 bytes"),
    make::uint("icmpv6.rr.pco.mp.ordinal", 2, 1, "Ordinal number").hex(),
    make::uint("icmpv6.rr.pco.mp.matchlen", 3, 1, "Bits that must match"),
    make::uint("icmpv6.rr.pco.mp.minlen", 4, 1, "Least length of a prefix"),
    make::uint("icmpv6.rr.pco.mp.maxlen", 5, 1, "Greatest length of a prefix"),
    bytes("icmpv6.reserved", 6, 2, "Reserved"),
    make::ipv6("icmpv6.rr.pco.mp.matchprefix", 8, "Prefix to be matched"),
});
inline constexpr Field use = value("icmpv6.rr.pco.up", Kind::none, "Prefix to be used");
inline constexpr auto use_part = part({
    make::uint("icmpv6.rr.pco.up.uselen", 0, 1, "Bits to be used"),
    make::uint("icmpv6.rr.pco.up.keeplen", 1, 1, "Bits to be kept"),
    make::uint("icmpv6.rr.pco.up.flagmask", 2, 1, "Flags to be changed").hex(),
    flag("icmpv6.rr.pco.up.flagmask.l", 16, "On-link flag"),
    flag("icmpv6.rr.pco.up.flagmask.a", 17, "Autonomous address configuration"),
    bits("icmpv6.rr.pco.up.flagmask.reserved", 18, 6, "Reserved"),
    make::uint("icmpv6.rr.pco.up.raflags", 3, 1, "Flags to be announced").hex(),
    flag("icmpv6.rr.pco.up.flagmask.l", 24, "On-link flag"),
    flag("icmpv6.rr.pco.up.flagmask.a", 25, "Autonomous address configuration"),
    bits("icmpv6.rr.pco.up.flagmask.reserved", 26, 6, "Reserved"),
    make::uint("icmpv6.rr.pco.up.validlifetime", 4, 4, "Valid for, s"),
    make::uint("icmpv6.rr.pco.up.preferredlifetime", 8, 4, "Preferred for, s"),
    make::uint("icmpv6.rr.pco.up.flag", 12, 4, "Flags").hex(),
    flag("icmpv6.rr.pco.up.flag.v", 96, "Valid lifetime counts down"),
    flag("icmpv6.rr.pco.up.flag.p", 97, "Preferred lifetime counts down"),
    bits("icmpv6.rr.pco.up.flag.reserved", 98, 30, "Reserved"),
    make::ipv6("icmpv6.rr.pco.up.useprefix", 16, "Prefix to be used"),
});
inline constexpr Field result = value("icmpv6.rr.rm", Kind::none, "Result");
inline constexpr auto result_part = part({
    make::uint("icmpv6.rr.rm.flag", 0, 2, "Flags").hex(),
    bits("icmpv6.rr.rm.flag.reserved", 0, 14, "Reserved"),
    flag("icmpv6.rr.rm.flag.b", 14, "Fields were out of bounds"),
    flag("icmpv6.rr.rm.flag.f", 15, "Not all was permitted"),
    make::uint("icmpv6.rr.rm.ordinal", 2, 1, "Ordinal number").hex(),
    make::uint("icmpv6.rr.rm.matchedlen", 3, 1, "Length of the prefix that matched"),
    make::uint("icmpv6.rr.rm.interfaceindex", 4, 4, "Index of the interface"),
    make::ipv6("icmpv6.rr.rm.matchedprefix", 8, "Prefix that matched"),
});

// Node information: RFC 4620 §4
inline constexpr auto node_information = part({
    make::uint("icmpv6.ni.qtype", 4, 2, "Type of question"),
    make::uint("icmpv6.ni.flag", 6, 2, "Flags").hex(),
    flag("icmpv6.ni.flag.g", 58, "Global addresses"),
    flag("icmpv6.ni.flag.s", 59, "Site-local addresses"),
    flag("icmpv6.ni.flag.l", 60, "Link-local addresses"),
    flag("icmpv6.ni.flag.c", 61, "IPv4 addresses in IPv6's form"),
    flag("icmpv6.ni.flag.a", 62, "All unicast addresses"),
    flag("icmpv6.ni.flag.t", 63, "Not all are told"),
    bits("icmpv6.ni.flag.rsv", 48, 10, "Reserved").hex(),
    make::uint("icmpv6.ni.nonce", 8, 8, "Number to tell answers by").hex(),
});
inline constexpr Field subject_ipv6 =
    value("icmpv6.ni.query.subject_ipv6", Kind::ipv6, "Address asked about");
inline constexpr Field subject_ipv4 =
    value("icmpv6.ni.query.subject_ipv4", Kind::ipv4, "Address asked about");
inline constexpr Field subject_name = value("icmpv6.ni.query.subject_fqdn", Kind::text, "Name asked about");
inline constexpr Field node_ttl = value("icmpv6.ni.reply.node_ttl", Kind::uint, "Time to live, s");
inline constexpr Field node_name = value("icmpv6.ni.reply.node_name", Kind::text, "Name of the node");
inline constexpr Field node_ipv6 = value("icmpv6.ni.reply.node_address", Kind::ipv6, "Address of the node");
inline constexpr Field node_ipv4 = value("icmpv6.ni.reply.ipv4_address", Kind::ipv4, "Address of the node");

// Mobility: RFC 6275 §6.5 to 6.8, RFC 5568 §6.2
inline constexpr auto home_agents = part({
    make::uint("icmpv6.mip6.identifier", 4, 2, "Identifier"),
    bytes("icmpv6.reserved", 6, 2, "Reserved"),
});
inline constexpr Field home_agent =
    value("icmpv6.mip6.home_agent_address", Kind::ipv6, "Address of a home agent");
inline constexpr auto mobile_prefix = part({
    make::uint("icmpv6.mip6.identifier", 4, 2, "Identifier"),
    make::uint("icmpv6.mip6.flag", 6, 2, "Flags").hex(),
    flag("icmpv6.mip6.flag.m", 48, "Addresses are available by DHCPv6"),
    flag("icmpv6.mip6.flag.o", 49, "Other configuration is available by DHCPv6"),
    bits("icmpv6.mip6.flag.rsv", 50, 14, "Reserved"),
});
inline constexpr auto handover = part({make::uint("icmpv6.fmip6.subtype", 4, 1, "Subtype")});
inline constexpr auto handover_initiate = part({
    make::uint("icmpv6.fmip6.hi.flag", 5, 1, "Flags").hex(),
    flag("icmpv6.fmip6.hi.flag.s", 40, "A new address is asked for"),
    flag("icmpv6.fmip6.hi.flag.a", 41, "Packets shall be kept"),
    bits("icmpv6.fmip6.hi.flag.reserved", 42, 6, "Reserved"),
});
inline constexpr auto handover_reserved = part({bytes("icmpv6.reserved", 5, 1, "Reserved")});
inline constexpr auto handover_identifier = part({make::uint("icmpv6.fmip6.identifier", 6, 2, "Identifier")});

// Certification paths: RFC 3971 §6.4
inline constexpr auto path_solicitation = part({
    make::uint("icmpv6.send.identifier", 4, 2, "Identifier"),
    make::uint("icmpv6.send.component", 6, 2, "Certificate asked for; 65535: all"),
});
inline constexpr auto path_advertisement = part({
    make::uint("icmpv6.send.identifier", 4, 2, "Identifier"),
    make::uint("icmpv6.send.all_components", 6, 2, "Certificates of the path"),
    make::uint("icmpv6.send.component", 8, 2, "Number of this one"),
    bytes("icmpv6.reserved", 10, 2, "Reserved"),
});
inline constexpr auto multicast_router = part({
    // RFC 4286 §3
    make::uint("icmpv6.mcast_ra.query_interval", 4, 2, "Interval of queries, s"),
    make::uint("icmpv6.mcast_ra.robustness_variable", 6, 2, "Robustness"),
});
inline constexpr auto locators = part({
    // RFC 6743 §2
    make::uint("icmpv6.ilnp.nb_locs", 4, 1, "Number of locators"),
    bytes("icmpv6.reserved", 5, 1, "Operation"),
    bytes("icmpv6.reserved", 6, 2, "Reserved"),
});
inline constexpr auto locator = part({
    // from its first byte
    make::uint("icmpv6.ilnp.nb_locator", 0, 8, "Locator").hex(),
    make::uint("icmpv6.ilnp.nb_preference", 8, 2, "Preference").in(32),
    make::uint("icmpv6.ilnp.nb_lifetime", 10, 2, "Lifetime, s").in(32),
});
inline constexpr auto duplicate_address = part({
    // RFC 6775 §4.4
    make::uint("icmpv6.6lowpannd.da.status", 4, 1, "State of the registration"),
    make::uint("icmpv6.6lowpannd.da.rsv", 5, 1, "Reserved"),
    make::uint("icmpv6.6lowpannd.da.lifetime", 6, 2, "Lifetime, min"),
    at_bit("icmpv6.6lowpannd.da.eui64", "Node", Kind::eui64, 64, 64),
    make::ipv6("icmpv6.6lowpannd.da.reg_addr", 16, "Address to be registered"),
});
inline constexpr auto seed = part({
    // RFC 7731 §9.2
    make::uint("icmpv6.mpl.seed_info.min_sequence", 0, 1, "Least sequence number"),
    bits("icmpv6.mpl.seed_info.bm_len", 8, 6, "Length of the list of messages, bytes"),
    bits("icmpv6.mpl.seed_info.s", 14, 2, "Length of the seed's identifier (code)"),
});
inline constexpr Field seed_id = value("icmpv6.mpl.seed_info.seed_id", Kind::text, "Seed's identifier");
inline constexpr Field seed_sequence =
    value("icmpv6.mpl.seed_info.sequence", Kind::uint, "Sequence number of a message held", 8);

inline constexpr auto fields =
    together(type, code, checksum, checksum_status, length, unused, packet_too_big, parameter_problem, echo,
             extended_request, extended_reply, listener, response_time, listener_query2, query_interval,
             sources, source, listener_report2, record, record_head, record_source, record_data,
             router_advertisement, neighbour_solicitation, neighbour_advertisement, redirect, renumbering,
             match, match_part, use, use_part, result, result_part, node_information, subject_ipv6,
             subject_ipv4, subject_name, node_ttl, node_name, node_ipv6, node_ipv4, home_agents, home_agent,
             mobile_prefix, handover, handover_initiate, handover_reserved, handover_identifier,
             path_solicitation, path_advertisement, multicast_router, locators, locator, duplicate_address,
             seed, seed_id, seed_sequence, option_fields, rpl_fields, icmp_extensions::fields);
inline constexpr Binding parents[] = {{Table::ip_proto, 58}};
Next dissect(Dissector& d);
/// Bytes before the options of a message of the type that its first byte says.
std::uint16_t message_size(const std::uint8_t* header);
inline constexpr const Field *counted_sources[] = {&source}, *counted_records[] = {&record_head[0]},
                             *record_fields[] = {&record_head[0], &record_head[1], &record_head[2],
                                                 &record_head[3]};
inline constexpr Fill fills[] = {
    fill::count(sources, counted_sources).when_given(source),
    fill::count(sources, counted_sources).when_given(query_interval),
    fill::count(listener_report2[1], counted_records).when_given(record_head[0])};
inline constexpr Group groups[] = {
    {.first = &option_head[0], .length = &option_head[1], .unit = 8, .align = 8, .filled = true},
    {.first = &source, .at_least = 28},
    {.first = &record_head[0],
     .head = record_fields,
     .number = &record_head[2],
     .each = &record_source,
     .at_least = 8}};
inline constexpr Construction construction{.fills = fills, .groups = groups, .least = message_size};
inline constexpr Protocol protocol = Protocol{"icmpv6",
                                              "Internet Control Message Protocol for IPv6",
                                              "RFC 4443, RFC 4861, RFC 2710, RFC 3810, RFC 4884, RFC 6550",
                                              4,
                                              fields,
                                              Level::internet,
                                              parents,
                                              dissect,
                                              "ICMPv6",
                                              "icmp"}
                                         .made_by(construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::icmpv6
