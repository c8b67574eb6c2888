// Fields of the link states of RFC 2328, RFC 3101 and RFC 5340. Those with a place count from the structure
// that holds them.
#pragma once

#include "dissect/field.hpp"

namespace flowloom::ospf {
using namespace make;
inline constexpr Label kStates[] = {{1, "router"},
                                    {2, "network"},
                                    {3, "summary of a network"},
                                    {4, "summary of a border router"},
                                    {5, "external route"},
                                    {6, "group membership"},
                                    {7, "external route of a not-so-stubby area"},
                                    {8, "external attributes"},
                                    {9, "opaque, link"},
                                    {10, "opaque, area"},
                                    {11, "opaque, system"}};
inline constexpr Label kStates3[] = {{0x0008, "link"},
                                     {0x2001, "router"},
                                     {0x2002, "network"},
                                     {0x2003, "prefix of another area"},
                                     {0x2004, "border router of another area"},
                                     {0x2006, "group membership"},
                                     {0x2007, "external route of a not-so-stubby area"},
                                     {0x2009, "prefix of the area"},
                                     {0x4005, "external route"}};
inline constexpr Label kLinks[] = {{1, "point to point"}, {2, "transit"}, {3, "stub"}, {4, "virtual"}};

// --- requests
inline constexpr Field request_type =
    make::uint("ospf.lsa", 0, 4, "Type of link state").in(8).named(kStates).when_parsed();
inline constexpr Field request3_type =
    make::uint("ospf.v3.lsa", 2, 2, "Type of link state").hex().named(kStates3).when_parsed();

// --- link states
inline constexpr Field count = value("ospf.ls.number_of_lsas", Kind::uint, "Number of link states");
inline constexpr Field lsa_age = bits("ospf.lsa.age", 1, 15, "Age, s").when_parsed();
inline constexpr Field lsa_keep = bits("ospf.lsa.donotage", 0, 1, "Does not age").in(16).when_parsed();
inline constexpr Field lsa_type =
    make::uint("ospf.lsa", 3, 1, "Type of link state").named(kStates).when_parsed();
inline constexpr Field lsa_options = make::uint("ospf.v2.options", 2, 1, "Options").hex().when_parsed();
inline constexpr Field lsa_is_router = value("ospf.lsa.router", Kind::flag, "Router", 8).alias();
inline constexpr Field lsa_is_network = value("ospf.lsa.network", Kind::flag, "Network", 8).alias();
inline constexpr Field lsa_is_summary =
    value("ospf.lsa.summary", Kind::flag, "Summary of a network", 8).alias();
inline constexpr Field lsa_is_asbr =
    value("ospf.lsa.asbr", Kind::flag, "Summary of a border router", 8).alias();
inline constexpr Field lsa_is_asext = value("ospf.lsa.asext", Kind::flag, "External route", 8).alias();
inline constexpr Field lsa_is_member = value("ospf.lsa.member", Kind::flag, "Group membership", 8).alias();
inline constexpr Field lsa_is_nssa =
    value("ospf.lsa.nssa", Kind::flag, "External route of a not-so-stubby area", 8).alias();
inline constexpr Field lsa_is_attr = value("ospf.lsa.attr", Kind::flag, "External attributes", 8).alias();
inline constexpr Field lsa_is_opaque = value("ospf.lsa.opaque", Kind::flag, "Opaque", 8).alias();
inline constexpr Field lsa_id = make::ipv4("ospf.lsa.id", 4, "Link state").when_parsed();
inline constexpr Field opaque_type =
    make::uint("ospf.lsid_opaque_type", 4, 1, "Type of opaque link state").when_parsed();
inline constexpr Field opaque_id = make::uint("ospf.lsid.opaque_id", 5, 3, "Opaque link state").when_parsed();
inline constexpr Field state_id = make::ipv4("ospf.link_state_id", 4, "Link state").when_parsed();
inline constexpr Field advertiser = make::ipv4("ospf.advrouter", 8, "Router that says so").when_parsed();
inline constexpr Field lsa_sequence =
    make::uint("ospf.lsa.seqnum", 12, 4, "Sequence number").hex().when_parsed();
inline constexpr Field lsa_checksum = make::uint("ospf.lsa.chksum", 16, 2, "Checksum").hex().when_parsed();
inline constexpr Field lsa_length =
    make::uint("ospf.lsa.length", 18, 2, "Length with header, bytes").when_parsed();
inline constexpr Field metric = make::uint("ospf.metric", 1, 3, "Cost").in(32).when_parsed();
inline constexpr Field short_metric = make::uint("ospf.metric", 2, 2, "Cost").in(32).when_parsed();
inline constexpr Field netmask_summary = value("ospf.lsa.asbr.netmask", Kind::ipv4, "Mask of the network");
inline constexpr Field netmask = value("ospf.lsa.network.netmask", Kind::ipv4, "Mask of the network");
inline constexpr Field attached = value("ospf.lsa.network.attchrtr", Kind::ipv4, "Attached router");
inline constexpr Field external_mask = value("ospf.lsa.asext.netmask", Kind::ipv4, "Mask of the network");
inline constexpr Field external_type =
    make::flag("ospf.lsa.asext.type", 0, "Cost is beyond all internal ones").when_parsed();
inline constexpr Field external_tos = bits("ospf.lsa.tos", 1, 7, "Type of service").when_parsed();
inline constexpr Field tos = value("ospf.lsa.tos", Kind::uint, "Type of service", 8);
inline constexpr Field external_forward = value("ospf.lsa.asext.fwdaddr", Kind::ipv4, "Forwarding address");
inline constexpr Field external_tag = value("ospf.lsa.asext.extrttag", Kind::uint, "Tag of the route");
inline constexpr Field router_flags =
    make::uint("ospf.v2.router.lsa.flags", 0, 1, "Flags").hex().when_parsed();
inline constexpr Field router_h = make::flag("ospf.v2.router.lsa.flags.h", 0, "Host").when_parsed();
inline constexpr Field router_n =
    make::flag("ospf.v2.router.lsa.flags.n", 3, "Translates for the not-so-stubby area").when_parsed();
inline constexpr Field router_w = make::flag("ospf.v2.router.lsa.flags.w", 4, "Multicast").when_parsed();
inline constexpr Field router_v = make::flag("ospf.v2.router.lsa.flags.v", 5, "Virtual link").when_parsed();
inline constexpr Field router_e =
    make::flag("ospf.v2.router.lsa.flags.e", 6, "Border of the system").when_parsed();
inline constexpr Field router_b =
    make::flag("ospf.v2.router.lsa.flags.b", 7, "Border of the area").when_parsed();
inline constexpr Field link_count = value("ospf.lsa.number_of_links", Kind::uint, "Number of links", 16);
inline constexpr Field link_id = value("ospf.lsa.router.linkid", Kind::ipv4, "Other end");
inline constexpr Field link_data = value("ospf.lsa.router.linkdata", Kind::ipv4, "Interface or mask");
inline constexpr Field link_type = value("ospf.lsa.router.linktype", Kind::uint, "Link", 8).named(kLinks);
inline constexpr Field link_metrics =
    value("ospf.lsa.router.nummetrics", Kind::uint, "Number of costs by type of service", 8);
inline constexpr Field link_metric = value("ospf.lsa.router.metric0", Kind::uint, "Cost", 16);
inline constexpr Field tos_metric = value("ospf.ls.metric", Kind::uint, "Cost for a type of service");

// --- link states of version 3
inline constexpr Field lsa3_keep = make::flag("ospf.v3.lsa.do_not_age", 0, "Does not age").when_parsed();
inline constexpr Field lsa3_type =
    make::uint("ospf.v3.lsa", 2, 2, "Type of link state").hex().named(kStates3).when_parsed();
inline constexpr Field lsa3_u = make::flag("ospf.v3.lsa.u", 16, "If unknown: pass it on").when_parsed();
inline constexpr Field lsa3_scope =
    bits("ospf.v3.lsa.s12", 17, 2, "Scope: 0 link, 1 area, 2 system").hex().in(16).when_parsed();
inline constexpr Field lsa3_function = bits("ospf.v3.lsa.fc", 19, 13, "Function").when_parsed();
inline constexpr Field lsa3_is_router = value("ospf.v3.lsa.router", Kind::flag, "Router", 8).alias();
inline constexpr Field lsa3_is_network = value("ospf.v3.lsa.network", Kind::flag, "Network", 8).alias();
inline constexpr Field lsa3_is_interprefix =
    value("ospf.v3.lsa.interprefix", Kind::flag, "Prefix of another area", 8).alias();
inline constexpr Field lsa3_is_interrouter =
    value("ospf.v3.lsa.interrouter", Kind::flag, "Border router of another area", 8).alias();
inline constexpr Field lsa3_is_asext = value("ospf.v3.lsa.asext", Kind::flag, "External route", 8).alias();
inline constexpr Field lsa3_is_member =
    value("ospf.v3.lsa.member", Kind::flag, "Group membership", 8).alias();
inline constexpr Field lsa3_is_nssa =
    value("ospf.v3.lsa.nssa", Kind::flag, "External route of a not-so-stubby area", 8).alias();
inline constexpr Field lsa3_is_link = value("ospf.v3.lsa.link", Kind::flag, "Link", 8).alias();
inline constexpr Field lsa3_is_intraprefix =
    value("ospf.v3.lsa.intraprefix", Kind::flag, "Prefix of the area", 8).alias();
inline constexpr Field lsa3_is_opaque = value("ospf.v3.lsa.opaque", Kind::flag, "Opaque", 8).alias();
inline constexpr Field router3_flags =
    make::uint("ospf.v3.router.lsa.flags", 0, 1, "Flags").hex().when_parsed();
inline constexpr Field router3_w = make::flag("ospf.v3.router.lsa.flags.w", 4, "Multicast").when_parsed();
inline constexpr Field router3_v = make::flag("ospf.v3.router.lsa.flags.v", 5, "Virtual link").when_parsed();
inline constexpr Field router3_e =
    make::flag("ospf.v3.router.lsa.flags.e", 6, "Border of the system").when_parsed();
inline constexpr Field router3_b =
    make::flag("ospf.v3.router.lsa.flags.b", 7, "Border of the area").when_parsed();
inline constexpr Field link3_type = value("ospf.v3.lsa.type", Kind::uint, "Link", 8).named(kLinks);
inline constexpr Field link3_interface = value("ospf.v3.lsa.interface_id", Kind::uint, "Interface");
inline constexpr Field link3_neighbor =
    value("ospf.v3.lsa.neighbor_interface_id", Kind::uint, "Interface of the neighbor");
inline constexpr Field link3_router = value("ospf.v3.lsa.neighbor_router_id", Kind::ipv4, "Neighbor");
inline constexpr Field attached3 = value("ospf.v3.lsa.attached_router", Kind::ipv4, "Attached router");
inline constexpr Field destination3 = value("ospf.v3.lsa.destination_router_id", Kind::ipv4, "Border router");
inline constexpr Field external3_flags =
    make::uint("ospf.v3.as.external.flags", 0, 1, "Flags").hex().when_parsed();
inline constexpr Field external3_e =
    make::flag("ospf.v3.as.external.flags.e", 5, "Cost is beyond all internal ones").when_parsed();
inline constexpr Field external3_f =
    make::flag("ospf.v3.as.external.flags.f", 6, "Has a forwarding address").when_parsed();
inline constexpr Field external3_t = make::flag("ospf.v3.as.external.flags.t", 7, "Has a tag").when_parsed();
inline constexpr Field referenced_type =
    value("ospf.v3.lsa.referenced_ls_type", Kind::uint, "Type of the link state that goes with it", 16).hex();
inline constexpr Field prefixes_type =
    make::uint("ospf.v3.lsa.referenced_ls_type", 2, 2, "Type of the link state that goes with it")
        .hex()
        .when_parsed();
inline constexpr Field referenced_id =
    value("ospf.v3.lsa.referenced_link_state_id", Kind::ipv4, "Link state that goes with it");
inline constexpr Field referenced_router =
    value("ospf.v3.lsa.referenced_advertising_router", Kind::ipv4, "Its router");
inline constexpr Field forward6 =
    value("ospf.v3.lsa.forwarding_address.ipv6", Kind::ipv6, "Forwarding address");
inline constexpr Field forward4 =
    value("ospf.v3.lsa.forwarding_address.ipv4", Kind::ipv4, "Forwarding address");
inline constexpr Field tag3 = value("ospf.v3.lsa.external_route_tag", Kind::uint, "Tag of the route");
inline constexpr Field priority3 = value("ospf.v3.lsa.router_priority", Kind::uint, "Priority", 8);
inline constexpr Field link_local6 =
    value("ospf.v3.lsa.link_local_interface_address.ipv6", Kind::ipv6, "Address of the interface");
inline constexpr Field link_local4 =
    value("ospf.v3.lsa.link_local_interface_address.ipv4", Kind::ipv4, "Address of the interface");
inline constexpr Field prefixes = value("ospf.v3.lsa.num_prefixes", Kind::uint, "Number of prefixes");
inline constexpr Field few_prefixes =
    make::uint("ospf.v3.lsa.num_prefixes", 0, 2, "Number of prefixes").in(32).when_parsed();
inline constexpr Field prefix_length =
    make::uint("ospf.prefix_length", 0, 1, "Length of the prefix, bits").when_parsed();
inline constexpr Field prefix_options =
    make::uint("ospf.v3.prefix.options", 1, 1, "Options of the prefix").hex().when_parsed();
inline constexpr Field prefix_p = make::flag("ospf.v3.prefix.options.p", 12, "To be passed on").when_parsed();
inline constexpr Field prefix_mc = make::flag("ospf.v3.prefix.options.mc", 13, "Multicast").when_parsed();
inline constexpr Field prefix_la =
    make::flag("ospf.v3.prefix.options.la", 14, "Address of the router").when_parsed();
inline constexpr Field prefix_nu =
    make::flag("ospf.v3.prefix.options.nu", 15, "Not for unicast").when_parsed();
inline constexpr Field prefix6 = value("ospf.v3.address_prefix.ipv6", Kind::ipv6, "Prefix");
inline constexpr Field prefix4 = value("ospf.v3.address_prefix.ipv4", Kind::ipv4, "Prefix");

}  // namespace flowloom::ospf
