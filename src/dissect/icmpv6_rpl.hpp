// RPL control messages (RFC 6550 §6, RFC 6997) and their metrics (RFC 6551).
#pragma once

#include "dissect/field.hpp"

namespace flowloom::icmpv6 {
using namespace make;
// IANA, RPL control message options
inline constexpr Label kRplOptions[] = {{0, "Padding of one byte"},
                                        {1, "Padding"},
                                        {2, "Metrics"},
                                        {3, "Route information"},
                                        {4, "Configuration"},
                                        {5, "Target"},
                                        {6, "Transit information"},
                                        {7, "Solicited information"},
                                        {8, "Prefix information"},
                                        {9, "Target descriptor"},
                                        {10, "Route discovery"}};

// Places count from the message's first byte, or, of secured ones, four bytes before the base object.
inline constexpr auto rpl_secure = part({
    make::uint("icmpv6.rpl.secure.flag", 4, 1, "Flags").hex(),
    flag("icmpv6.rpl.secure.flag.t", 32, "Counter is a time"),
    bits("icmpv6.rpl.secure.flag.rsv", 33, 7, "Reserved"),
    make::uint("icmpv6.rpl.secure.algorithm", 5, 1, "Algorithm"),
    make::uint("icmpv6.rpl.secure.flag", 6, 1, "Flags").hex(),
    bits("icmpv6.rpl.secure.kim", 48, 2, "How the key is found"),
    bits("icmpv6.rpl.secure.lvl", 53, 3, "Level of security"),
    bits("icmpv6.rpl.secure.rsv", 50, 3, "Reserved"),
    make::uint("icmpv6.rpl.secure.flag", 7, 1, "Flags").hex(),
    make::uint("icmpv6.rpl.secure.counter", 8, 4, "Counter"),
});
inline constexpr Field rpl_key_source =
    value("icmpv6.rpl.secure.key.source", Kind::bytes, "Source of the key");
inline constexpr Field rpl_key_index =
    value("icmpv6.rpl.secure.key.index", Kind::uint, "Number of the key", 8);
inline constexpr auto rpl_solicitation = part({
    make::uint("icmpv6.rpl.dis.flags", 4, 1, "Flags"),
    bytes("icmpv6.reserved", 5, 1, "Reserved"),
});
inline constexpr auto rpl_information = part({
    make::uint("icmpv6.rpl.dio.instance", 4, 1, "Instance"),
    make::uint("icmpv6.rpl.dio.version", 5, 1, "Version of the graph"),
    make::uint("icmpv6.rpl.dio.rank", 6, 2, "Rank of the sender"),
    make::uint("icmpv6.rpl.dio.flag", 8, 1, "Flags").hex(),
    flag("icmpv6.rpl.dio.flag.g", 64, "Graph is grounded"),
    flag("icmpv6.rpl.dio.flag.0", 65, "Zero"),
    bits("icmpv6.rpl.dio.flag.mop", 66, 3, "Mode of operation").hex(),
    bits("icmpv6.rpl.dio.flag.preference", 69, 3, "Preference"),
    make::uint("icmpv6.rpl.dio.dtsn", 9, 1, "Trigger sequence number of destination advertisements"),
    make::uint("icmpv6.rpl.dio.flag", 10, 1, "Flags").hex(),
    bytes("icmpv6.reserved", 11, 1, "Reserved"),
    make::ipv6("icmpv6.rpl.dio.dagid", 12, "Graph's identifier"),
});
inline constexpr auto rpl_destination = part({
    make::uint("icmpv6.rpl.dao.instance", 4, 1, "Instance"),
    make::uint("icmpv6.rpl.dao.flag", 5, 1, "Flags").hex(),
    flag("icmpv6.rpl.dao.flag.k", 40, "An acknowledgement is asked for"),
    flag("icmpv6.rpl.dao.flag.d", 41, "Graph's identifier is there"),
    bits("icmpv6.rpl.dao.flag.rsv", 42, 6, "Reserved"),
    bytes("icmpv6.reserved", 6, 1, "Reserved"),
    make::uint("icmpv6.rpl.dao.sequence", 7, 1, "Sequence number"),
});
inline constexpr auto rpl_destination_graph =
    part({make::ipv6("icmpv6.rpl.dao.dodagid", 8, "Graph's identifier")});
inline constexpr auto rpl_acknowledgement = part({
    make::uint("icmpv6.rpl.daoack.instance", 4, 1, "Instance"),
    make::uint("icmpv6.rpl.daoack.flag", 5, 1, "Flags").hex(),
    flag("icmpv6.rpl.daoack.flag.d", 40, "Graph's identifier is there"),
    bits("icmpv6.rpl.daoack.flag.rsv", 41, 7, "Reserved"),
    make::uint("icmpv6.rpl.daoack.sequence", 6, 1, "Sequence number"),
    make::uint("icmpv6.rpl.daoack.status", 7, 1, "State"),
});
inline constexpr auto rpl_acknowledgement_graph =
    part({make::ipv6("icmpv6.rpl.daoack.dodagid", 8, "Graph's identifier")});
inline constexpr auto rpl_consistency = part({
    make::uint("icmpv6.rpl.cc.instance", 4, 1, "Instance"),
    make::uint("icmpv6.rpl.cc.flag", 5, 1, "Flags").hex(),
    flag("icmpv6.rpl.cc.flag.r", 40, "Answer"),
    bits("icmpv6.rpl.cc.flag.rsv", 41, 7, "Reserved"),
    make::uint("icmpv6.rpl.cc.nonce", 6, 2, "Nonce").hex(),
    make::ipv6("icmpv6.rpl.cc.dodagid", 8, "Graph's identifier"),
    make::uint("icmpv6.rpl.cc.destination_counter", 24, 4, "Counter of the destination"),
});
inline constexpr auto rpl_reply = part({
    make::uint("icmpv6.rpl.p2p.dro.instance", 4, 1, "Instance"),
    make::uint("icmpv6.rpl.p2p.dro.version", 5, 1, "Version of the graph"),
    make::uint("icmpv6.rpl.p2p.dro.flag", 6, 2, "Flags").hex(),
    flag("icmpv6.rpl.p2p.dro.flag.stop", 48, "Discovery is over"),
    flag("icmpv6.rpl.p2p.dro.flag.ack", 49, "An acknowledgement is asked for"),
    bits("icmpv6.rpl.p2p.dro.flag.seq", 50, 2, "Sequence number").in(16),
    bits("icmpv6.rpl.p2p.dro.flag.reserved", 52, 12, "Reserved"),
    make::ipv6("icmpv6.rpl.p2p.dro.dagid", 8, "Graph's identifier"),
});
inline constexpr auto rpl_reply_acknowledgement = part({
    make::uint("icmpv6.rpl.p2p.dro.instance", 4, 1, "Instance"),
    make::uint("icmpv6.rpl.p2p.dro.version", 5, 1, "Version of the graph"),
    make::uint("icmpv6.rpl.p2p.droack.flag", 6, 2, "Flags").hex(),
    bits("icmpv6.rpl.p2p.droack.flag.seq", 48, 2, "Sequence number").in(16),
    bits("icmpv6.rpl.p2p.droack.flag.reserved", 50, 14, "Reserved"),
    make::ipv6("icmpv6.rpl.p2p.dro.dagid", 8, "Graph's identifier"),
});

// Places count from the option's first byte.
inline constexpr Field rpl_option_type =
    value("icmpv6.rpl.opt.type", Kind::uint, "Type of option", 8).named(kRplOptions);
inline constexpr Field rpl_option_length =
    value("icmpv6.rpl.opt.length", Kind::uint, "Length of option, bytes", 8);
inline constexpr Field rpl_padding = value("icmpv6.rpl.opt.padn", Kind::none, "Padding");
inline constexpr auto rpl_route = part({
    make::uint("icmpv6.rpl.opt.route.prefix_length", 2, 1, "Length of the prefix, bits"),
    make::uint("icmpv6.rpl.opt.route.flag", 3, 1, "Flags").hex(),
    bits("icmpv6.rpl.opt.route.pref", 27, 2, "Preference"),
});
/// The bits around the preference.
inline constexpr Field rpl_route_reserved = value("icmpv6.rpl.opt.route.reserved", Kind::uint, "Reserved", 8);
inline constexpr Field rpl_route_lifetime =
    value("icmpv6.rpl.opt.route.lifetime", Kind::uint, "Lifetime of the route, s");
inline constexpr Field rpl_route_prefix = value("icmpv6.rpl.opt.route.prefix", Kind::ipv6, "Prefix");
inline constexpr auto rpl_configuration = part({
    make::uint("icmpv6.rpl.opt.config.flag", 2, 1, "Flags").hex(),
    bits("icmpv6.rpl.opt.config.reserved", 16, 4, "Reserved"),
    flag("icmpv6.rpl.opt.config.auth", 20, "Nodes must authenticate themselves"),
    bits("icmpv6.rpl.opt.config.pcs", 21, 3, "Size of path control"),
    make::uint("icmpv6.rpl.opt.config.interval_double", 3, 1, "Doublings of the interval"),
    make::uint("icmpv6.rpl.opt.config.interval_min", 4, 1, "Least interval (exponent)").in(16),
    make::uint("icmpv6.rpl.opt.config.redundancy", 5, 1, "Redundancy"),
    make::uint("icmpv6.rpl.opt.config.max_rank_inc", 6, 2, "Greatest increase of the rank"),
    make::uint("icmpv6.rpl.opt.config.min_hop_rank_inc", 8, 2, "Least increase of the rank by a hop"),
    make::uint("icmpv6.rpl.opt.config.ocp", 10, 2, "Objective function"),
    make::uint("icmpv6.rpl.opt.config.rsv", 12, 1, "Reserved"),
    make::uint("icmpv6.rpl.opt.config.def_lifetime", 13, 1, "Lifetime of routes, units"),
    make::uint("icmpv6.rpl.opt.config.lifetime_unit", 14, 2, "Unit of lifetimes, s"),
});
inline constexpr auto rpl_target = part({
    at_bit("icmpv6.rpl.opt.target.flag", "Reserved", Kind::none, 16, 8),
    make::uint("icmpv6.rpl.opt.target.prefix_length", 3, 1, "Length of the target, bits"),
});
inline constexpr Field rpl_target_prefix = value("icmpv6.rpl.opt.target.prefix", Kind::ipv6, "Target");
inline constexpr auto rpl_transit = part({
    make::uint("icmpv6.rpl.opt.transit.flag", 2, 1, "Flags").hex(),
    flag("icmpv6.rpl.opt.transit.flag.e", 16, "Target is outside of the network"),
    bits("icmpv6.rpl.opt.transit.flag.rsv", 17, 7, "Reserved"),
    make::uint("icmpv6.rpl.opt.transit.pathctl", 3, 1, "Path control"),
    make::uint("icmpv6.rpl.opt.transit.pathseq", 4, 1, "Path sequence number"),
    make::uint("icmpv6.rpl.opt.transit.pathlifetime", 5, 1, "Lifetime of the path, units"),
    make::ipv6("icmpv6.rpl.opt.transit.parent", 6, "Parent"),
});
inline constexpr auto rpl_solicited = part({
    make::uint("icmpv6.rpl.opt.solicited.instance", 2, 1, "Instance"),
    make::uint("icmpv6.rpl.opt.solicited.flag", 3, 1, "Flags").hex(),
    flag("icmpv6.rpl.opt.solicited.flag.v", 24, "Version must be the same"),
    flag("icmpv6.rpl.opt.solicited.flag.i", 25, "Instance must be the same"),
    flag("icmpv6.rpl.opt.solicited.flag.d", 26, "Graph must be the same"),
    bits("icmpv6.rpl.opt.solicited.flag.rsv", 27, 5, "Reserved"),
    make::ipv6("icmpv6.rpl.opt.solicited.dodagid", 4, "Graph's identifier"),
    make::uint("icmpv6.rpl.opt.solicited.version", 20, 1, "Version of the graph"),
});
inline constexpr auto rpl_prefix = part({
    make::uint("icmpv6.rpl.opt.prefix.length", 2, 1, "Length of the prefix, bits"),
    make::uint("icmpv6.rpl.opt.prefix.flag", 3, 1, "Flags").hex(),
    flag("icmpv6.rpl.opt.prefix.flag.l", 24, "Addresses are on this link"),
    flag("icmpv6.rpl.opt.config.flag.a", 25, "Autonomous address configuration"),
    flag("icmpv6.rpl.opt.config.flag.r", 26, "Contains the router's address"),
    bits("icmpv6.rpl.opt.config.flag.rsv", 27, 5, "Reserved"),
    make::uint("icmpv6.rpl.opt.prefix.valid_lifetime", 4, 4, "Valid for, s"),
    make::uint("icmpv6.rpl.opt.prefix.preferred_lifetime", 8, 4, "Preferred for, s"),
    at_bit("icmpv6.rpl.opt.reserved", "Reserved", Kind::none, 96, 32),
    make::ipv6("icmpv6.rpl.opt.prefix", 16, "Prefix"),
});
inline constexpr auto rpl_descriptor =
    part({make::uint("icmpv6.rpl.opt.targetdesc.descriptor", 2, 4, "Descriptor").hex()});
inline constexpr auto rpl_discovery = part({
    at_bit("icmpv6.rpl.opt.routediscovery.flag", "Flags", Kind::none, 16, 8),
    flag("icmpv6.rpl.opt.routediscovery.flag.reply", 16, "A reply is asked for"),
    flag("icmpv6.rpl.opt.routediscovery.flag.hopbyhop", 17, "A hop-by-hop route is asked for"),
    bits("icmpv6.rpl.opt.routediscovery.flag.numofroutes", 18, 2, "Number of routes less one"),
    bits("icmpv6.rpl.opt.routediscovery.flag.compr", 20, 4, "Bytes left out of addresses"),
    bits("icmpv6.rpl.opt.routediscovery.lifetime", 24, 2, "Lifetime (code)"),
});
inline constexpr Field rpl_max_rank =
    bits("icmpv6.rpl.opt.routediscovery.maxrank", 26, 6, "Greatest rank").when_parsed();
inline constexpr Field rpl_next_hop =
    bits("icmpv6.rpl.opt.routediscovery.nh", 26, 6, "Index of the next hop").when_parsed();
inline constexpr Field rpl_target_address =
    value("icmpv6.rpl.opt.routediscovery.targetaddr", Kind::ipv6, "Target");
inline constexpr Field rpl_addresses =
    value("icmpv6.rpl.opt.routediscovery.addr_vec", Kind::none, "Addresses of the route");
inline constexpr Field rpl_address =
    value("icmpv6.rpl.opt.routediscovery.addrvec.addr", Kind::ipv6, "Address of the route");

// Metrics. Places count from the metric's first byte.
inline constexpr Field rpl_metric = value("icmpv6.rpl.opt.metric.type", Kind::uint, "Type of metric", 8);
inline constexpr auto rpl_metric_head = part({
    make::uint("icmpv6.rpl.opt.metric.flags", 1, 2, "Flags").hex(),
    bits("icmpv6.rpl.opt.metric.reserved", 8, 5, "Reserved").hex().in(16),
    flag("icmpv6.rpl.opt.metric.flag.p", 13, "Some nodes could not tell"),
    flag("icmpv6.rpl.opt.metric.flag.c", 14, "Constraint"),
    flag("icmpv6.rpl.opt.metric.flag.o", 15, "Constraint need not be met"),
    flag("icmpv6.rpl.opt.metric.flag.r", 16, "Recorded along the path"),
    bits("icmpv6.rpl.opt.metric.flag.a", 17, 3, "How it adds up").hex().in(16),
    bits("icmpv6.rpl.opt.metric.prec", 20, 4, "Precedence").hex().in(16),
    make::uint("icmpv6.rpl.opt.metric.length", 3, 1, "Length, bytes"),
});
inline constexpr auto rpl_node_state = part({
    make::uint("icmpv6.rpl.opt.metric.nsa.object", 4, 2, "State of the node").hex(),
    bits("icmpv6.rpl.opt.metric.nsa.object.reserved", 32, 8, "Reserved").hex().in(16),
    bits("icmpv6.rpl.opt.metric.nsa.object.flags", 40, 6, "Flags").hex().in(16),
    flag("icmpv6.rpl.opt.metric.nsa.object.flag.a", 46, "Node can aggregate"),
    flag("icmpv6.rpl.opt.metric.nsa.object.flag.o", 47, "Node is overloaded"),
});
inline constexpr Field rpl_node_option =
    value("icmpv6.rpl.opt.metric.nsa.object.opttlv.object", Kind::uint, "Option of the state", 8);
inline constexpr auto rpl_node_option_head = part({
    // from the option's first byte
    make::uint("icmpv6.rpl.opt.metric.nsa.object.opttlv.object.type", 0, 1, "Type of option"),
    make::uint("icmpv6.rpl.opt.metric.nsa.object.opttlv.object.length", 1, 1, "Length of option, bytes"),
});
inline constexpr Field rpl_node_option_data =
    value("icmpv6.rpl.opt.metric.nsa.object.opttlv.object.data", Kind::bytes, "Data of the option");
inline constexpr auto rpl_energy = part({
    make::uint("icmpv6.rpl.opt.metric.ne.object", 4, 2, "Energy of the node").hex(),
    bits("icmpv6.rpl.opt.metric.ne.object.flags", 32, 4, "Flags").hex().in(16),
    flag("icmpv6.rpl.opt.metric.ne.object.flag.i", 36, "Nodes of the type are included"),
    bits("icmpv6.rpl.opt.metric.ne.object.type", 37, 2, "Type of node").hex().in(16),
    flag("icmpv6.rpl.opt.metric.ne.object.flag.e", 39, "Energy is estimated"),
    bits("icmpv6.rpl.opt.metric.ne.object.energy", 40, 8, "Energy left").hex().in(16),
});
inline constexpr auto rpl_hop_count = part({
    make::uint("icmpv6.rpl.opt.metric.hp.object", 4, 2, "Hops").hex(),
    bits("icmpv6.rpl.opt.metric.hp.object.reserved", 32, 4, "Reserved").hex().in(16),
    bits("icmpv6.rpl.opt.metric.hp.object.flags", 36, 4, "Flags").hex().in(16),
    bits("icmpv6.rpl.opt.metric.hp.object.hp", 40, 8, "Number of hops").in(16),
});
inline constexpr Field rpl_throughput =
    value("icmpv6.rpl.opt.metric.lt.object.lt", Kind::uint, "Throughput, bytes/s");
inline constexpr Field rpl_latency = value("icmpv6.rpl.opt.metric.ll.object.ll", Kind::uint, "Latency, µs");
inline constexpr Field rpl_quality_reserved =
    value("icmpv6.rpl.opt.metric.lql.object.res", Kind::uint, "Reserved", 8).hex();
inline constexpr auto rpl_quality = part({
    // from the entry's first byte
    make::uint("icmpv6.rpl.opt.metric.lql.object", 0, 1, "Quality of links").hex(),
    bits("icmpv6.rpl.opt.metric.lql.object.val", 0, 3, "Quality").hex(),
    bits("icmpv6.rpl.opt.metric.lql.object.counter", 3, 5, "Number of links"),
});
inline constexpr Field rpl_transmissions =
    value("icmpv6.rpl.opt.metric.etx.object.etx", Kind::uint, "Expected transmissions, 1/128", 16);
inline constexpr Field rpl_colour_reserved =
    value("icmpv6.rpl.opt.metric.lc.object.res", Kind::uint, "Reserved", 8).hex();
inline constexpr auto rpl_colour = part({
    // from the entry's first byte
    at_bit("icmpv6.rpl.opt.metric.lc.object", "Colour of links", Kind::none, 0, 16),
    bits("icmpv6.rpl.opt.metric.lc.object.lc", 0, 10, "Colour").hex(),
});
inline constexpr auto rpl_colour_constraint = part({
    bits("icmpv6.rpl.opt.metric.lc.object.reserved", 10, 5, "Reserved").in(16),
    bits("icmpv6.rpl.opt.metric.lc.object.flag.i", 15, 1, "Links of the colour are included").in(16),
});

inline constexpr auto rpl_fields =
    together(rpl_secure, rpl_key_source, rpl_key_index, rpl_solicitation, rpl_information, rpl_destination,
             rpl_destination_graph, rpl_acknowledgement, rpl_acknowledgement_graph, rpl_consistency,
             rpl_reply, rpl_reply_acknowledgement, rpl_option_type, rpl_option_length, rpl_padding, rpl_route,
             rpl_route_reserved, rpl_route_lifetime, rpl_route_prefix, rpl_configuration, rpl_target,
             rpl_target_prefix, rpl_transit, rpl_solicited, rpl_prefix, rpl_descriptor, rpl_discovery,
             rpl_max_rank, rpl_next_hop, rpl_target_address, rpl_addresses, rpl_address, rpl_metric,
             rpl_metric_head, rpl_node_state, rpl_node_option, rpl_node_option_head, rpl_node_option_data,
             rpl_energy, rpl_hop_count, rpl_throughput, rpl_latency, rpl_quality_reserved, rpl_quality,
             rpl_transmissions, rpl_colour_reserved, rpl_colour, rpl_colour_constraint);

/// Puts the message's values, up to `end`.
void put_rpl(Dissector& d, std::size_t end);
}  // namespace flowloom::icmpv6
