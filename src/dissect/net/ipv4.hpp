#pragma once

#include "dissect/construction.hpp"
#include "dissect/field.hpp"

namespace flowloom::ip {
using namespace make;
inline constexpr Field version = bits("ip.version", 0, 4, "Version");
inline constexpr Field hdr_len = bits("ip.hdr_len", 4, 4, "Header length, bytes", 4);
inline constexpr Field dsfield = make::uint("ip.dsfield", 1, 1, "Differentiated services field").hex();
inline constexpr Field dscp = bits("ip.dsfield.dscp", 8, 6, "Differentiated services code point");
inline constexpr Field ecn = bits("ip.dsfield.ecn", 14, 2, "Explicit congestion notification");
inline constexpr Field len = make::uint("ip.len", 2, 2, "Total length, bytes");
inline constexpr Field id = make::uint("ip.id", 4, 2, "Identification").hex();
inline constexpr Field flags = bits("ip.flags", 48, 3, "Flags").hex();
inline constexpr Field rb = flag("ip.flags.rb", 48, "Reserved bit");
inline constexpr Field df = flag("ip.flags.df", 49, "Don't fragment");
inline constexpr Field mf = flag("ip.flags.mf", 50, "More fragments");
inline constexpr Field frag_offset = bits("ip.frag_offset", 51, 13, "Fragment offset, units of 8 bytes");
inline constexpr Field ttl = make::uint("ip.ttl", 8, 1, "Time to live");
inline constexpr Field proto = make::uint("ip.proto", 9, 1, "Protocol");
inline constexpr Field checksum = make::uint("ip.checksum", 10, 2, "Header checksum").hex();
Told tell_checksum_status(const Tape& tape, const Layer& layer);
inline constexpr Field checksum_status =
    value("ip.checksum.status", Kind::uint, "Header checksum: 0 wrong, 1 right, 2 not known", 8)
        .told_by(tell_checksum_status);
inline constexpr Field checksum_calculated =
    value("ip.checksum_calculated", Kind::uint, "Header checksum as it should be", 16).hex();
inline constexpr Field src = make::ipv4("ip.src", 12, "Source address");
inline constexpr Field src_addr = make::ipv4("ip.addr", 12, "Source or destination address").alias();
inline constexpr Field dst = make::ipv4("ip.dst", 16, "Destination address");
inline constexpr Field dst_addr = make::ipv4("ip.addr", 16, "Source or destination address").alias();
inline constexpr Field src_host = value("ip.src_host", Kind::text, "Source address as text").alias();
inline constexpr Field dst_host = value("ip.dst_host", Kind::text, "Destination address as text").alias();
inline constexpr Field host = value("ip.host", Kind::text, "Source or destination address as text").alias();

// Options. Places count from an option's first byte.
inline constexpr Field opt_type = make::uint("ip.opt.type", 0, 1, "Option").when_parsed();
inline constexpr Field opt_copy =
    flag("ip.opt.type.copy", 0, "Option is copied into fragments").when_parsed();
inline constexpr Field opt_class = bits("ip.opt.type.class", 1, 2, "Class of option").when_parsed();
inline constexpr Field opt_number = bits("ip.opt.type.number", 3, 5, "Number of option").when_parsed();
inline constexpr Field opt_len = make::uint("ip.opt.len", 1, 1, "Length of option, bytes").when_parsed();
inline constexpr Field opt_ptr =
    make::uint("ip.opt.ptr", 2, 1, "Place of the next address or time stamp in the option").when_parsed();
inline constexpr Field sid = make::uint("ip.opt.sid", 2, 2, "Stream identifier").when_parsed();
inline constexpr Field mtu = make::uint("ip.opt.mtu", 2, 2, "MTU, bytes").when_parsed();
inline constexpr Field trace_id = make::uint("ip.opt.id_number", 2, 2, "Traceroute identifier").when_parsed();
inline constexpr Field trace_out = make::uint("ip.opt.ohc", 4, 2, "Hops on the way out").when_parsed();
inline constexpr Field trace_back = make::uint("ip.opt.rhc", 6, 2, "Hops on the way back").when_parsed();
inline constexpr Field originator =
    make::ipv4("ip.opt.originator", 8, "Who sent the traceroute").when_parsed();
inline constexpr Field router_alert = make::uint("ip.opt.ra", 2, 2, "Router alert").when_parsed();
inline constexpr Field sdb_addr =
    value("ip.opt.addr", Kind::ipv4, "Address of a selective directed broadcast");
inline constexpr Field qs_func = bits("ip.opt.qs_func", 16, 4, "Quick start function").when_parsed();
inline constexpr Field qs_rate = bits("ip.opt.qs_rate", 20, 4, "Quick start rate").when_parsed();
inline constexpr Field qs_ttl = make::uint("ip.opt.qs_ttl", 3, 1, "Quick start TTL").when_parsed();
inline constexpr Field qs_ttl_diff =
    value("ip.opt.qs_ttl_diff", Kind::uint, "TTL less quick start TTL, modulo 256", 8);
inline constexpr Field qs_unused = make::uint("ip.opt.qs_unused", 3, 1, "Not used").when_parsed();
inline constexpr Field qs_nonce = bits("ip.opt.qs_nonce", 32, 30, "Quick start nonce").hex().when_parsed();
inline constexpr Field qs_reserved = bits("ip.opt.qs_reserved", 62, 2, "Reserved").hex().in(32).when_parsed();
inline constexpr Field security =
    make::uint("ip.opt.sec_rfc791_sec", 2, 2, "Security (RFC 791)").hex().when_parsed();
inline constexpr Field compartments =
    make::uint("ip.opt.sec_rfc791_comp", 4, 2, "Compartments").when_parsed();
inline constexpr Field handling = value("ip.opt.sec_rfc791_hr", Kind::text, "Handling restrictions");
inline constexpr Field transmission = value("ip.opt.sec_rfc791_tcc", Kind::text, "Transmission control code");
inline constexpr Field sec_level =
    make::uint("ip.opt.sec_cl", 2, 1, "Classification level (RFC 1108)").hex().when_parsed();
inline constexpr Field sec_flags =
    make::uint("ip.opt.sec_prot_auth_flags", 0, 1, "Protection authorities").hex().when_parsed();
inline constexpr Field sec_genser = flag("ip.opt.sec_prot_auth_genser", 0, "GENSER").when_parsed();
inline constexpr Field sec_siop = flag("ip.opt.sec_prot_auth_siop_esi", 1, "SIOP-ESI").when_parsed();
inline constexpr Field sec_sci = flag("ip.opt.sec_prot_auth_sci", 2, "SCI").when_parsed();
inline constexpr Field sec_nsa = flag("ip.opt.sec_prot_auth_nsa", 3, "NSA").when_parsed();
inline constexpr Field sec_doe = flag("ip.opt.sec_prot_auth_doe", 4, "DOE").when_parsed();
inline constexpr Field sec_unassigned =
    bits("ip.opt.sec_prot_auth_unassigned", 5, 2, "Unassigned").hex().when_parsed();
inline constexpr Field sec_more =
    flag("ip.opt.sec_prot_auth_fti", 7, "Another byte of authorities follows").when_parsed();
inline constexpr Field ext_sec_code =
    make::uint("ip.opt.ext_sec_add_sec_info_format_code", 2, 1, "Format of additional security information")
        .hex()
        .when_parsed();
inline constexpr Field ext_sec =
    value("ip.opt.ext_sec_add_sec_info", Kind::bytes, "Additional security information");
inline constexpr Field recorded = value("ip.rec_rt", Kind::ipv4, "Recorded route");
inline constexpr Field recorded_host =
    value("ip.rec_rt_host", Kind::text, "Recorded route, address as text").alias();
inline constexpr Field current =
    value("ip.cur_rt", Kind::ipv4, "Next stop of a source route (the header's destination)");
inline constexpr Field current_host =
    value("ip.cur_rt_host", Kind::text, "Next stop of a source route, address as text").alias();
inline constexpr Field source_route = value("ip.src_rt", Kind::ipv4, "Source route, stops to come");
inline constexpr Field source_route_host =
    value("ip.src_rt_host", Kind::text, "Source route, address as text").alias();
inline constexpr Field empty_route = value("ip.empty_rt", Kind::ipv4, "Room for a recorded route");
inline constexpr Field empty_route_host =
    value("ip.empty_rt_host", Kind::text, "Room for a recorded route, address as text").alias();
inline constexpr Field overflow =
    bits("ip.opt.overflow", 24, 4, "Hosts that found no room for a time stamp").when_parsed();
inline constexpr Field stamp_flag = bits("ip.opt.flag", 28, 4, "Kind of time stamps").hex().when_parsed();
inline constexpr Field time_stamp =
    value("ip.opt.time_stamp", Kind::uint, "Time stamp, ms since midnight UTC");
inline constexpr Field time_stamp_addr = value("ip.opt.time_stamp_addr", Kind::ipv4, "Who stamped the time");
inline constexpr Field cipso_doi =
    make::uint("ip.cipso.doi", 2, 4, "Domain of interpretation (CIPSO)").when_parsed();
inline constexpr Field cipso_tag = value("ip.cipso.tag_type", Kind::uint, "CIPSO tag", 8);
inline constexpr Field cipso_level = value("ip.cipso.sensitivity_level", Kind::uint, "Sensitivity level", 8);
inline constexpr Field cipso_categories = value("ip.cipso.categories", Kind::text, "Categories");
inline constexpr Field cipso_data = value("ip.cipso.tag_data", Kind::bytes, "Data of a CIPSO tag");

inline constexpr const Field* fields[] = {&version,
                                          &hdr_len,
                                          &dsfield,
                                          &dscp,
                                          &ecn,
                                          &len,
                                          &id,
                                          &flags,
                                          &rb,
                                          &df,
                                          &mf,
                                          &frag_offset,
                                          &ttl,
                                          &proto,
                                          &checksum,
                                          &checksum_status,
                                          &checksum_calculated,
                                          &src,
                                          &src_addr,
                                          &dst,
                                          &dst_addr,
                                          &src_host,
                                          &dst_host,
                                          &host,
                                          &opt_type,
                                          &opt_copy,
                                          &opt_class,
                                          &opt_number,
                                          &opt_len,
                                          &opt_ptr,
                                          &sid,
                                          &mtu,
                                          &trace_id,
                                          &trace_out,
                                          &trace_back,
                                          &originator,
                                          &router_alert,
                                          &sdb_addr,
                                          &qs_func,
                                          &qs_rate,
                                          &qs_ttl,
                                          &qs_ttl_diff,
                                          &qs_unused,
                                          &qs_nonce,
                                          &qs_reserved,
                                          &security,
                                          &compartments,
                                          &handling,
                                          &transmission,
                                          &sec_level,
                                          &sec_flags,
                                          &sec_genser,
                                          &sec_siop,
                                          &sec_sci,
                                          &sec_nsa,
                                          &sec_doe,
                                          &sec_unassigned,
                                          &sec_more,
                                          &ext_sec_code,
                                          &ext_sec,
                                          &recorded,
                                          &recorded_host,
                                          &current,
                                          &current_host,
                                          &source_route,
                                          &source_route_host,
                                          &empty_route,
                                          &empty_route_host,
                                          &overflow,
                                          &stamp_flag,
                                          &time_stamp,
                                          &time_stamp_addr,
                                          &cipso_doi,
                                          &cipso_tag,
                                          &cipso_level,
                                          &cipso_categories,
                                          &cipso_data};
inline constexpr Binding parents[] = {{Table::ethertype, 0x0800},
                                      {Table::llc_dsap, 0x06},
                                      {Table::link_type, 228},
                                      {Table::ip_proto, 4},
                                      {Table::ppp, 0x0021}};
Next dissect(Dissector& d);
/// Puts all that is wanted beside options. `total`: the datagram's length, as the header says it. Pre: the
/// header is sound, its payload limited.
void put_values(Dissector& d, std::size_t header_length, std::size_t total);
/// Values of the options between the fixed header and `header_length`, which are captured.
void put_options(Dissector& d, std::size_t header_length);
inline constexpr Fill fills[] = {fill::number(version, 4), fill::number(ttl, 64),
                                 fill::next(proto, Table::ip_proto), fill::header(hdr_len), fill::whole(len)};
inline constexpr Group groups[] = {
    {.first = &opt_type, .length = &opt_len, .alone = [](std::uint64_t code) { return code <= 1; }}};
inline constexpr Construction construction{.fills = fills, .groups = groups, .align = 4};
inline constexpr Protocol protocol =
    Protocol{"ip",  "Internet Protocol version 4", "RFC 791", 20, fields, Level::internet, parents, dissect,
             "IPv4"}
        .made_by(construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::ip
