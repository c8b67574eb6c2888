// The two headers that carry options, hop by hop and for the destination, and the options.
#pragma once

#include "dissect/construction.hpp"
#include "dissect/field.hpp"

namespace flowloom::ipv6_options {
using namespace make;
// Places count from an option's first byte.
inline constexpr Field opt = value("ipv6.opt", Kind::none, "Option");
inline constexpr Field type = make::uint("ipv6.opt.type", 0, 1, "Type of option").hex().when_parsed();
inline constexpr Field action = bits("ipv6.opt.type.action", 0, 2, "What to do if unknown").when_parsed();
inline constexpr Field change = flag("ipv6.opt.type.change", 2, "May change on the way").when_parsed();
inline constexpr Field rest = bits("ipv6.opt.type.rest", 3, 5, "Low bits of the type").hex().when_parsed();
inline constexpr Field length =
    make::uint("ipv6.opt.length", 1, 1, "Length of the option's data, bytes").when_parsed();
inline constexpr Field pad1 = value("ipv6.opt.pad1", Kind::none, "Padding of one byte");
inline constexpr Field padn = value("ipv6.opt.padn", Kind::bytes, "Padding").spelled();
inline constexpr Field router_alert = make::uint("ipv6.opt.router_alert", 2, 2, "Router alert").when_parsed();
inline constexpr Field tunnel_limit =
    make::uint("ipv6.opt.tel", 2, 1, "How many more encapsulations are allowed").when_parsed();
inline constexpr Field jumbo =
    make::uint("ipv6.opt.jumbo", 2, 4, "Payload length of a jumbogram, bytes").when_parsed();
inline constexpr Field pmtu_min =
    make::uint("ipv6.opt.pmtu.min", 2, 2, "Smallest MTU on the way, bytes").when_parsed();
inline constexpr Field pmtu_return =
    value("ipv6.opt.pmtu.rtn", Kind::uint, "Smallest MTU on the way back, bytes", 16);
inline constexpr Field pmtu_flag = value("ipv6.opt.pmtu.r_flag", Kind::flag, "Peer shall answer", 8);
inline constexpr Field calipso_doi =
    make::uint("ipv6.opt.calipso.doi", 2, 4, "Domain of interpretation (CALIPSO)").when_parsed();
inline constexpr Field calipso_size =
    make::uint("ipv6.opt.calipso.cmpt.length", 6, 1, "Length of the compartments, words of 4 bytes")
        .when_parsed();
inline constexpr Field calipso_level =
    make::uint("ipv6.opt.calipso.sens_level", 7, 1, "Sensitivity level").when_parsed();
inline constexpr Field calipso_checksum =
    make::uint("ipv6.opt.calipso.checksum", 8, 2, "Checksum").hex().when_parsed();
inline constexpr Field calipso_bitmap =
    value("ipv6.opt.calipso.cmpt_bitmap", Kind::bytes, "Compartments, a bit each");
inline constexpr Field smf_hash = flag("ipv6.opt.smf_dpd.hash_bit", 16, "By hash").when_parsed();
inline constexpr Field smf_kind =
    bits("ipv6.opt.smf_dpd.tid_type", 17, 3, "Kind of tagger identifier").when_parsed();
inline constexpr Field smf_size =
    bits("ipv6.opt.smf_dpd.tid_len", 20, 4, "Length of tagger identifier less one, bytes").when_parsed();
inline constexpr Field smf_tagger = value("ipv6.opt.smf_dpd.tagger_id", Kind::bytes, "Tagger identifier");
inline constexpr Field smf_ident = value("ipv6.opt.smf_dpd.ident", Kind::bytes, "Packet identifier");
inline constexpr Field smf_hav = value("ipv6.opt.smf_dpd.hav", Kind::bytes, "Hash assist value");
inline constexpr Field pdm_scale_recv =
    make::uint("ipv6.opt.pdm.scale_dtlr", 2, 1, "Scale of the time since the last receipt").when_parsed();
inline constexpr Field pdm_scale_sent =
    make::uint("ipv6.opt.pdm.scale_dtls", 3, 1, "Scale of the time since the last sending").when_parsed();
inline constexpr Field pdm_this =
    make::uint("ipv6.opt.pdm.psn_this_pkt", 4, 2, "Number of this packet").when_parsed();
inline constexpr Field pdm_last =
    make::uint("ipv6.opt.pdm.psn_last_recv", 6, 2, "Number of the packet last received").when_parsed();
inline constexpr Field pdm_recv =
    make::uint("ipv6.opt.pdm.delta_last_recv", 8, 2, "Time since the last receipt, scaled").when_parsed();
inline constexpr Field pdm_sent =
    make::uint("ipv6.opt.pdm.delta_last_sent", 10, 2, "Time since the last sending, scaled").when_parsed();
inline constexpr Field qs_func = bits("ipv6.opt.qs_func", 16, 4, "Quick start function").when_parsed();
inline constexpr Field qs_rate = bits("ipv6.opt.qs_rate", 20, 4, "Quick start rate").when_parsed();
inline constexpr Field qs_ttl = make::uint("ipv6.opt.qs_ttl", 3, 1, "Quick start TTL").when_parsed();
inline constexpr Field qs_ttl_diff =
    value("ipv6.opt.qs_ttl_diff", Kind::uint, "Hop limit less quick start TTL, modulo 256", 8);
inline constexpr Field qs_unused = make::uint("ipv6.opt.qs_unused", 3, 1, "Not used").when_parsed();
inline constexpr Field qs_nonce = bits("ipv6.opt.qs_nonce", 32, 30, "Quick start nonce").hex().when_parsed();
inline constexpr Field qs_reserved =
    bits("ipv6.opt.qs_reserved", 62, 2, "Reserved").hex().in(32).when_parsed();
inline constexpr Field home_address =
    make::ipv6("ipv6.opt.mipv6.home_address", 2, "Home address of a mobile node").when_parsed();
inline constexpr Field rpl_flags = make::uint("ipv6.opt.rpl.flag", 2, 1, "RPL flags").hex().when_parsed();
inline constexpr Field rpl_down = flag("ipv6.opt.rpl.flag.o", 16, "Down").when_parsed();
inline constexpr Field rpl_rank_error = flag("ipv6.opt.rpl.flag.r", 17, "Rank error").when_parsed();
inline constexpr Field rpl_forwarding_error =
    flag("ipv6.opt.rpl.flag.f", 18, "Forwarding error").when_parsed();
inline constexpr Field rpl_reserved = bits("ipv6.opt.rpl.flag.rsv", 19, 5, "Reserved").hex().when_parsed();
inline constexpr Field rpl_instance =
    make::uint("ipv6.opt.rpl.instance_id", 3, 1, "RPL instance").hex().when_parsed();
inline constexpr Field rpl_rank =
    make::uint("ipv6.opt.rpl.sender_rank", 4, 2, "Sender's rank").hex().when_parsed();
inline constexpr Field ilnp_nonce = value("ipv6.opt.ilnp_nonce", Kind::bytes, "ILNP nonce");
inline constexpr Field line_size =
    make::uint("ipv6.opt.lio.length", 2, 1, "Length of the line identification, bytes").when_parsed();
inline constexpr Field line = value("ipv6.opt.lio.line_id", Kind::text, "Line identification");
inline constexpr Field mpl_flags = make::uint("ipv6.opt.mpl.flag", 2, 1, "MPL flags").hex().when_parsed();
inline constexpr Field mpl_size =
    bits("ipv6.opt.mpl.flag.s", 16, 2, "Length of seed identifier (code)").when_parsed();
inline constexpr Field mpl_largest = flag("ipv6.opt.mpl.flag.m", 18, "Largest sequence").when_parsed();
inline constexpr Field mpl_version = flag("ipv6.opt.mpl.flag.v", 19, "Version").when_parsed();
inline constexpr Field mpl_reserved = bits("ipv6.opt.mpl.flag.rsv", 20, 4, "Reserved").hex().when_parsed();
inline constexpr Field mpl_sequence =
    make::uint("ipv6.opt.mpl.sequence", 3, 1, "Sequence").hex().when_parsed();
inline constexpr Field mpl_seed = value("ipv6.opt.mpl.seed_id", Kind::bytes, "Seed identifier");
inline constexpr Field dff_flags = make::uint("ipv6.opt.dff.flags", 2, 1, "DFF flags").hex().when_parsed();
inline constexpr Field dff_version = bits("ipv6.opt.dff.flag.ver", 16, 2, "Version").when_parsed();
inline constexpr Field dff_duplicate = flag("ipv6.opt.dff.flag.dup", 18, "Duplicate").when_parsed();
inline constexpr Field dff_returned = flag("ipv6.opt.dff.flag.ret", 19, "Returned").when_parsed();
inline constexpr Field dff_reserved = bits("ipv6.opt.dff.flag.rsv", 20, 4, "Reserved").hex().when_parsed();
inline constexpr Field dff_sequence =
    make::uint("ipv6.opt.dff.sequence_number", 3, 2, "Sequence number").when_parsed();
inline constexpr Field experimental = value("ipv6.opt.experimental", Kind::bytes, "Experimental option");
inline constexpr Field unknown = value("ipv6.opt.unknown", Kind::bytes, "Data of an option not known");

// In-situ operations, administration and maintenance: RFC 9486, RFC 9197.
inline constexpr Field ioam_reserved = make::uint("ipv6.opt.ioam.rsv", 2, 1, "Reserved").when_parsed();
inline constexpr Field ioam_kind = make::uint("ipv6.opt.ioam.opt_type", 3, 1, "Kind of IOAM").when_parsed();
inline constexpr Field ioam_namespace =
    make::uint("ipv6.opt.ioam.trace.ns", 4, 2, "IOAM namespace").when_parsed();
inline constexpr Field ioam_node_size =
    bits("ipv6.opt.ioam.trace.nodelen", 48, 5, "Data of a node, words of 4 bytes").when_parsed();
inline constexpr Field ioam_flags =
    bits("ipv6.opt.ioam.trace.flags", 53, 4, "IOAM flags").hex().in(16).when_parsed();
inline constexpr Field ioam_overflow =
    flag("ipv6.opt.ioam.trace.flag.o", 53, "Overflow").in(16).when_parsed();
inline constexpr Field ioam_loopback =
    flag("ipv6.opt.ioam.trace.flag.l", 54, "Loopback").in(16).when_parsed();
inline constexpr Field ioam_active = flag("ipv6.opt.ioam.trace.flag.a", 55, "Active").in(16).when_parsed();
inline constexpr Field ioam_flag_reserved =
    flag("ipv6.opt.ioam.trace.flag.rsv", 56, "Reserved").in(16).when_parsed();
inline constexpr Field ioam_left =
    bits("ipv6.opt.ioam.trace.remlen", 57, 7, "Room left, words of 4 bytes").when_parsed();
inline constexpr Field ioam_type =
    make::uint("ipv6.opt.ioam.trace.type", 8, 3, "What nodes tell").hex().when_parsed();
consteval Field ioam_bit(std::string_view name, unsigned bit, std::string_view title) {
  return flag(name, 64 + bit, title).in(24).when_parsed();
}
inline constexpr Field ioam_bits[] = {
    ioam_bit("ipv6.opt.ioam.trace.type.bit0", 0, "Hop limit and node (short)"),
    ioam_bit("ipv6.opt.ioam.trace.type.bit1", 1, "Interfaces in and out (short)"),
    ioam_bit("ipv6.opt.ioam.trace.type.bit2", 2, "Time, seconds"),
    ioam_bit("ipv6.opt.ioam.trace.type.bit3", 3, "Time, fraction"),
    ioam_bit("ipv6.opt.ioam.trace.type.bit4", 4, "Transit delay"),
    ioam_bit("ipv6.opt.ioam.trace.type.bit5", 5, "Data of the namespace (short)"),
    ioam_bit("ipv6.opt.ioam.trace.type.bit6", 6, "Queue depth"),
    ioam_bit("ipv6.opt.ioam.trace.type.bit7", 7, "Checksum complement"),
    ioam_bit("ipv6.opt.ioam.trace.type.bit8", 8, "Hop limit and node (wide)"),
    ioam_bit("ipv6.opt.ioam.trace.type.bit9", 9, "Interfaces in and out (wide)"),
    ioam_bit("ipv6.opt.ioam.trace.type.bit10", 10, "Data of the namespace (wide)"),
    ioam_bit("ipv6.opt.ioam.trace.type.bit11", 11, "Buffer occupancy"),
    ioam_bit("ipv6.opt.ioam.trace.type.bit22", 22, "Opaque state snapshot"),
    ioam_bit("ipv6.opt.ioam.trace.type.rsv", 23, "Reserved")};
inline constexpr Field ioam_undefined =
    value("ipv6.opt.ioam.trace.type.undef", Kind::flag, "Not defined", 24);
inline constexpr Field ioam_trace_reserved =
    make::uint("ipv6.opt.ioam.trace.rsv", 11, 1, "Reserved").when_parsed();
inline constexpr Field ioam_free = value("ipv6.opt.ioam.trace.free_space", Kind::bytes, "Room left");
inline constexpr Field node_hlim = value("ipv6.opt.ioam.trace.node.hlim", Kind::uint, "Hop limit", 8);
inline constexpr Field node_id = value("ipv6.opt.ioam.trace.node.id", Kind::uint, "Node", 24).hex();
inline constexpr Field node_in = value("ipv6.opt.ioam.trace.node.iif", Kind::uint, "Interface in", 16).hex();
inline constexpr Field node_out =
    value("ipv6.opt.ioam.trace.node.eif", Kind::uint, "Interface out", 16).hex();
inline constexpr Field node_seconds =
    value("ipv6.opt.ioam.trace.node.tss", Kind::uint, "Time, seconds").hex();
inline constexpr Field node_fraction =
    value("ipv6.opt.ioam.trace.node.tsf", Kind::uint, "Time, fraction").hex();
inline constexpr Field node_delay =
    value("ipv6.opt.ioam.trace.node.trdelay", Kind::uint, "Transit delay").hex();
inline constexpr Field node_data =
    value("ipv6.opt.ioam.trace.node.nsdata", Kind::uint, "Data of the namespace (short)").hex();
inline constexpr Field node_queue = value("ipv6.opt.ioam.trace.node.qdepth", Kind::uint, "Queue depth").hex();
inline constexpr Field node_checksum =
    value("ipv6.opt.ioam.trace.node.csum", Kind::uint, "Checksum complement").hex();
inline constexpr Field node_id_wide = value("ipv6.opt.ioam.trace.node.id_wide", Kind::uint, "Node", 56).hex();
inline constexpr Field node_in_wide =
    value("ipv6.opt.ioam.trace.node.iif_wide", Kind::uint, "Interface in").hex();
inline constexpr Field node_out_wide =
    value("ipv6.opt.ioam.trace.node.eif_wide", Kind::uint, "Interface out").hex();
inline constexpr Field node_data_wide =
    value("ipv6.opt.ioam.trace.node.nsdata_wide", Kind::uint, "Data of the namespace (wide)", 64).hex();
inline constexpr Field node_buffer =
    value("ipv6.opt.ioam.trace.node.bufoccup", Kind::uint, "Buffer occupancy").hex();
inline constexpr Field node_undefined =
    value("ipv6.opt.ioam.trace.node.undefined", Kind::uint, "Of an undefined bit").hex();
inline constexpr Field node_oss_size =
    value("ipv6.opt.ioam.trace.node.oss.len", Kind::uint, "Length of snapshot, words of 4 bytes", 8);
inline constexpr Field node_oss_schema =
    value("ipv6.opt.ioam.trace.node.oss.scid", Kind::uint, "Schema of snapshot", 24).hex();
inline constexpr Field node_oss = value("ipv6.opt.ioam.trace.node.oss.data", Kind::bytes, "Snapshot");

inline constexpr const Field* option_fields[] = {&opt,
                                                 &type,
                                                 &action,
                                                 &change,
                                                 &rest,
                                                 &length,
                                                 &pad1,
                                                 &padn,
                                                 &router_alert,
                                                 &tunnel_limit,
                                                 &jumbo,
                                                 &pmtu_min,
                                                 &pmtu_return,
                                                 &pmtu_flag,
                                                 &calipso_doi,
                                                 &calipso_size,
                                                 &calipso_level,
                                                 &calipso_checksum,
                                                 &calipso_bitmap,
                                                 &smf_hash,
                                                 &smf_kind,
                                                 &smf_size,
                                                 &smf_tagger,
                                                 &smf_ident,
                                                 &smf_hav,
                                                 &pdm_scale_recv,
                                                 &pdm_scale_sent,
                                                 &pdm_this,
                                                 &pdm_last,
                                                 &pdm_recv,
                                                 &pdm_sent,
                                                 &qs_func,
                                                 &qs_rate,
                                                 &qs_ttl,
                                                 &qs_ttl_diff,
                                                 &qs_unused,
                                                 &qs_nonce,
                                                 &qs_reserved,
                                                 &home_address,
                                                 &rpl_flags,
                                                 &rpl_down,
                                                 &rpl_rank_error,
                                                 &rpl_forwarding_error,
                                                 &rpl_reserved,
                                                 &rpl_instance,
                                                 &rpl_rank,
                                                 &ilnp_nonce,
                                                 &line_size,
                                                 &line,
                                                 &mpl_flags,
                                                 &mpl_size,
                                                 &mpl_largest,
                                                 &mpl_version,
                                                 &mpl_reserved,
                                                 &mpl_sequence,
                                                 &mpl_seed,
                                                 &dff_flags,
                                                 &dff_version,
                                                 &dff_duplicate,
                                                 &dff_returned,
                                                 &dff_reserved,
                                                 &dff_sequence,
                                                 &experimental,
                                                 &unknown,
                                                 &ioam_reserved,
                                                 &ioam_kind,
                                                 &ioam_namespace,
                                                 &ioam_node_size,
                                                 &ioam_flags,
                                                 &ioam_overflow,
                                                 &ioam_loopback,
                                                 &ioam_active,
                                                 &ioam_flag_reserved,
                                                 &ioam_left,
                                                 &ioam_type,
                                                 &ioam_undefined,
                                                 &ioam_trace_reserved,
                                                 &ioam_free,
                                                 &node_hlim,
                                                 &node_id,
                                                 &node_in,
                                                 &node_out,
                                                 &node_seconds,
                                                 &node_fraction,
                                                 &node_delay,
                                                 &node_data,
                                                 &node_queue,
                                                 &node_checksum,
                                                 &node_id_wide,
                                                 &node_in_wide,
                                                 &node_out_wide,
                                                 &node_data_wide,
                                                 &node_buffer,
                                                 &node_undefined,
                                                 &node_oss_size,
                                                 &node_oss_schema,
                                                 &node_oss,
                                                 &ioam_bits[0],
                                                 &ioam_bits[1],
                                                 &ioam_bits[2],
                                                 &ioam_bits[3],
                                                 &ioam_bits[4],
                                                 &ioam_bits[5],
                                                 &ioam_bits[6],
                                                 &ioam_bits[7],
                                                 &ioam_bits[8],
                                                 &ioam_bits[9],
                                                 &ioam_bits[10],
                                                 &ioam_bits[11],
                                                 &ioam_bits[12],
                                                 &ioam_bits[13]};
inline constexpr Group groups[] = {
    {.first = &type, .length = &length, .plus = -2, .alone = [](std::uint64_t code) { return code == 0; }}};
}  // namespace flowloom::ipv6_options

namespace flowloom::ipv6_hopopts {
using namespace make;
inline constexpr Field nxt = make::uint("ipv6.hopopts.nxt", 0, 1, "Next header");
inline constexpr Field len =
    make::uint("ipv6.hopopts.len", 1, 1, "Length after the first 8 bytes, words of 8 bytes");
inline constexpr Field len_oct = value("ipv6.hopopts.len_oct", Kind::uint, "Length, bytes", 16);
inline constexpr const Field* own_fields[] = {&nxt, &len, &len_oct};
inline constexpr auto fields = together(own_fields, ipv6_options::option_fields);
inline constexpr Binding parents[] = {{Table::ip_proto, 0}};
Next dissect(Dissector& d);
inline constexpr Fill fills[] = {fill::next(nxt, Table::ip_proto), fill::header(len).plus(-8).words(8)};
inline constexpr Construction construction{
    .fills = fills, .groups = ipv6_options::groups, .align = 8, .pads = true};
inline constexpr Protocol protocol = Protocol{"ipv6.hopopts",  "IPv6 hop-by-hop options",
                                              "RFC 8200 §4.3", 8,
                                              fields,          Level::internet,
                                              parents,         dissect,
                                              "HOPOPT",        "ipv6"}
                                         .made_by(construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::ipv6_hopopts

namespace flowloom::ipv6_dstopts {
using namespace make;
inline constexpr Field nxt = make::uint("ipv6.dstopts.nxt", 0, 1, "Next header");
inline constexpr Field len =
    make::uint("ipv6.dstopts.len", 1, 1, "Length after the first 8 bytes, words of 8 bytes");
inline constexpr Field len_oct = value("ipv6.dstopts.len_oct", Kind::uint, "Length, bytes", 16);
inline constexpr const Field* own_fields[] = {&nxt, &len, &len_oct};
inline constexpr auto fields = together(own_fields, ipv6_options::option_fields);
inline constexpr Binding parents[] = {{Table::ip_proto, 60}};
Next dissect(Dissector& d);
inline constexpr Fill fills[] = {fill::next(nxt, Table::ip_proto), fill::header(len).plus(-8).words(8)};
inline constexpr Construction construction{
    .fills = fills, .groups = ipv6_options::groups, .align = 8, .pads = true};
inline constexpr Protocol protocol = Protocol{"ipv6.dstopts",  "IPv6 destination options",
                                              "RFC 8200 §4.6", 8,
                                              fields,          Level::internet,
                                              parents,         dissect,
                                              "IPv6-Opts",     "ipv6"}
                                         .made_by(construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::ipv6_dstopts
