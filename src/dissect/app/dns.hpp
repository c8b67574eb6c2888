#pragma once

#include "dissect/dns_options.hpp"
#include "dissect/dns_records.hpp"
#include "dissect/dns_security.hpp"
#include "dissect/transport/tcp.hpp"

// DNS (RFC 1035), EDNS (RFC 6891), updates (RFC 2136), SVCB (RFC 9460); mDNS (RFC 6762) and LLMNR (RFC 4795)
// have the same messages and the same fields.
namespace flowloom::dns {
using namespace make;
inline constexpr Field length = value("dns.length", Kind::uint, "Length of the message (TCP), bytes", 16);
inline constexpr Field id = make::uint("dns.id", 0, 2, "Transaction identifier").hex().when_parsed();
inline constexpr Field flags = make::uint("dns.flags", 2, 2, "Flags").hex().when_parsed();
inline constexpr Field response = flag("dns.flags.response", 16, "Response").in(16).when_parsed();
inline constexpr Field opcode = bits("dns.flags.opcode", 17, 4, "Kind of query").in(16).when_parsed();
inline constexpr Field authoritative =
    flag("dns.flags.authoritative", 21, "Answer of an authority").in(16).when_parsed();
inline constexpr Field conflict =
    flag("dns.flags.conflict", 21, "Name is not unique (LLMNR)").in(16).when_parsed();
inline constexpr Field truncated =
    flag("dns.flags.truncated", 22, "Message is truncated").in(16).when_parsed();
inline constexpr Field recdesired =
    flag("dns.flags.recdesired", 23, "Recursion desired").in(16).when_parsed();
inline constexpr Field tentative =
    flag("dns.flags.tentative", 23, "Name is not verified yet (LLMNR)").in(16).when_parsed();
inline constexpr Field recavail = flag("dns.flags.recavail", 24, "Recursion available").in(16).when_parsed();
inline constexpr Field z = flag("dns.flags.z", 25, "Reserved").in(16).when_parsed();
inline constexpr Field authenticated =
    flag("dns.flags.authenticated", 26, "Answer is authenticated").in(16).when_parsed();
inline constexpr Field checkdisable =
    flag("dns.flags.checkdisable", 27, "Checking disabled").in(16).when_parsed();
inline constexpr Field rcode = bits("dns.flags.rcode", 28, 4, "Response code").in(16).when_parsed();
inline constexpr Field count_queries = make::uint("dns.count.queries", 4, 2, "Questions").when_parsed();
inline constexpr Field count_zones = make::uint("dns.count.zones", 4, 2, "Zones (update)").when_parsed();
inline constexpr Field count_answers = make::uint("dns.count.answers", 6, 2, "Answers").when_parsed();
inline constexpr Field count_prerequisites =
    make::uint("dns.count.prerequisites", 6, 2, "Prerequisites (update)").when_parsed();
inline constexpr Field count_auth = make::uint("dns.count.auth_rr", 8, 2, "Authority records").when_parsed();
inline constexpr Field count_updates =
    make::uint("dns.count.updates", 8, 2, "Updates (update)").when_parsed();
inline constexpr Field count_add = make::uint("dns.count.add_rr", 10, 2, "Additional records").when_parsed();
inline constexpr Field qry_name = value("dns.qry.name", Kind::text, "Name asked for");
inline constexpr Field qry_name_len = value("dns.qry.name.len", Kind::uint, "Its length", 16);
inline constexpr Field count_labels = value("dns.count.labels", Kind::uint, "Its labels", 16);
inline constexpr Field qry_type = value("dns.qry.type", Kind::uint, "Type asked for", 16);
inline constexpr Field qry_class = value("dns.qry.class", Kind::uint, "Class asked for", 16).hex();
inline constexpr Field qry_qu = value("dns.qry.qu", Kind::flag, "Unicast answer wanted (mDNS)", 16);
inline constexpr Field resp_name = value("dns.resp.name", Kind::text, "Name of the record");
inline constexpr Field resp_class = value("dns.resp.class", Kind::uint, "Class of the record", 16).hex();
inline constexpr Field cache_flush =
    value("dns.resp.cache_flush", Kind::flag, "Replaces what is cached (mDNS)", 16);
inline constexpr Field resp_ttl = value("dns.resp.ttl", Kind::uint, "Time to live, s", 32);
inline constexpr Field resp_len = value("dns.resp.len", Kind::uint, "Length of the data, bytes", 16);
inline constexpr Field opt_size =
    value("dns.rr.udp_payload_size", Kind::uint, "Largest UDP payload of the sender, bytes", 16);
inline constexpr Field mdns_opt_size =
    value("dns.rr.udp_payload_size", Kind::uint, "Largest UDP payload of the sender, bytes (mDNS)", 16).hex();
inline constexpr Field ext_rcode =
    value("dns.resp.ext_rcode", Kind::uint, "Higher bits of the response code", 8).hex();
inline constexpr Field edns_version = value("dns.resp.edns0_version", Kind::uint, "EDNS version", 8);
inline constexpr Field resp_z = value("dns.resp.z", Kind::uint, "EDNS flags", 16).hex();
inline constexpr Field resp_do = value("dns.resp.z.do", Kind::flag, "DNSSEC answers accepted", 16);
inline constexpr Field resp_reserved =
    value("dns.resp.z.reserved", Kind::uint, "Reserved EDNS flags", 16).hex();
inline constexpr auto fields = together(
    length, id, flags, response, opcode, authoritative, conflict, truncated, recdesired, tentative, recavail,
    z, authenticated, checkdisable, rcode, count_queries, count_zones, count_answers, count_prerequisites,
    count_auth, count_updates, count_add, qry_name, qry_name_len, count_labels, qry_type, qry_class, qry_qu,
    resp_name, resp_class, cache_flush, resp_ttl, resp_len, opt_size, mdns_opt_size, ext_rcode, edns_version,
    resp_z, resp_do, resp_reserved, kRecordFields, kSecurityFields, kOptionFields);
inline constexpr Binding parents[] = {{Table::udp_port, 53}, {Table::tcp_port, 53}};
Next dissect(Dissector& d);
Next dissect_cut(Dissector& d);
// The records are answers, but for those that other numbers say; EDNS's are additional ones.
inline constexpr const Field *questions[] = {&qry_name}, *records[] = {&resp_name, &srv_name},
                             *options[] = {&resp_z}, *not_answers[] = {&count_auth, &count_add},
                             *not_updates[] = {&count_prerequisites, &count_add};
inline constexpr std::uint64_t kUpdate = 5;  // RFC 2136: its sections have other names
inline constexpr Fill fills[] = {
    fill::header(length).plus(-2).in_front_under(tcp::protocol),
    fill::count(count_queries, questions).without(count_zones).unless_says(opcode, kUpdate),
    fill::count(count_zones, questions).without(count_queries).if_says(opcode, kUpdate),
    fill::count(count_add, options),
    fill::count(count_answers, records)
        .less_by(not_answers)
        .without(count_prerequisites)
        .unless_says(opcode, kUpdate),
    fill::count(count_updates, records).less_by(not_updates).without(count_auth).if_says(opcode, kUpdate)};
inline constexpr Group own_groups[] = {
    {&qry_name},
    {&resp_name},
    {&srv_service},
    {&srv_name},
    {.first = &resp_ttl, .length = &resp_len, .plus = -6, .level = 1},
    {.first = &resp_z, .length = &resp_len, .plus = -4, .level = 1},
    {.first = &opt_code, .length = &opt_len, .plus = -4, .level = 2},
    {.first = &svcb_key, .length = &svcb_length, .plus = -4, .level = 2},
    {.first = &dso_type, .length = &dso_length, .plus = -4, .level = 2},
};
inline constexpr auto groups =
    joined_groups(own_groups, kGroupsOf<kRecordSteps>, kGroupsOf<kSecuritySteps>, kGroupsOf<kOptionSteps>);
inline constexpr auto names =
    together(qry_name, resp_name, kNamesOf<kRecordSteps>, kNamesOf<kSecuritySteps>, kNamesOf<kOptionSteps>);
inline constexpr const Field* joined[] = {&srv_service, &srv_proto, &srv_name};
/// Of a number that is shorter than Wireshark's type of it.
constexpr std::uint8_t size_of(const Field& field, std::uint64_t) {
  return &field == &xpf[0].field ? xpf[0].size : std::uint8_t{0};
}
inline constexpr Construction construction{.fills = fills,
                                           .groups = groups,
                                           .begin = 12,
                                           .from_front = true,
                                           .names = names,
                                           .joined = joined,
                                           .size = size_of};
inline constexpr Protocol protocol =
    Protocol{"dns", "Domain Name System", "RFC 1035", 12, fields, Level::application, parents, dissect, "DNS"}
        .made_by(construction)
        .cut_by(dissect_cut);
static_assert(well_formed(protocol));
}  // namespace flowloom::dns

namespace flowloom::mdns {
inline constexpr Binding parents[] = {{Table::udp_port, 5353}};
Next dissect(Dissector& d);
Next dissect_cut(Dissector& d);
inline constexpr Protocol protocol =
    Protocol{"mdns",  "Multicast DNS", "RFC 6762", 12,   dns::fields, Level::application,
             parents, dissect,         {},         "dns"}
        .made_by(dns::construction)
        .cut_by(dissect_cut);
static_assert(well_formed(protocol));
}  // namespace flowloom::mdns

namespace flowloom::llmnr {
inline constexpr Binding parents[] = {{Table::udp_port, 5355}};
Next dissect(Dissector& d);
Next dissect_cut(Dissector& d);
inline constexpr Protocol protocol = Protocol{"llmnr",     "Link-Local Multicast Name Resolution",
                                              "RFC 4795",  12,
                                              dns::fields, Level::application,
                                              parents,     dissect,
                                              {},          "dns"}
                                         .made_by(dns::construction)
                                         .cut_by(dissect_cut);
static_assert(well_formed(protocol));
}  // namespace flowloom::llmnr
