#pragma once

#include "dissect/construction.hpp"
#include "dissect/field.hpp"
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
inline constexpr Field resp_type = value("dns.resp.type", Kind::uint, "Type of the record", 16);
inline constexpr Field resp_class = value("dns.resp.class", Kind::uint, "Class of the record", 16).hex();
inline constexpr Field cache_flush =
    value("dns.resp.cache_flush", Kind::flag, "Replaces what is cached (mDNS)", 16);
inline constexpr Field resp_ttl = value("dns.resp.ttl", Kind::uint, "Time to live, s", 32);
inline constexpr Field resp_len = value("dns.resp.len", Kind::uint, "Length of the data, bytes", 16);
inline constexpr Field a = value("dns.a", Kind::ipv4, "Address");
inline constexpr Field aaaa = value("dns.aaaa", Kind::ipv6, "Address");
inline constexpr Field ns = value("dns.ns", Kind::text, "Name server");
inline constexpr Field cname = value("dns.cname", Kind::text, "Canonical name");
inline constexpr Field dname = value("dns.dname", Kind::text, "Redirection of a subtree");
inline constexpr Field ptr = value("dns.ptr.domain_name", Kind::text, "Name pointed to");
inline constexpr Field mx_preference = value("dns.mx.preference", Kind::uint, "Preference (lower first)", 16);
inline constexpr Field mx_exchange = value("dns.mx.mail_exchange", Kind::text, "Mail exchange");
inline constexpr Field txt_length = value("dns.txt.length", Kind::uint, "Length of the text, bytes", 8);
inline constexpr Field txt = value("dns.txt", Kind::text, "Text");
inline constexpr Field soa_mname = value("dns.soa.mname", Kind::text, "Primary name server");
inline constexpr Field soa_rname = value("dns.soa.rname", Kind::text, "Mailbox of who is responsible");
inline constexpr Field soa_serial = value("dns.soa.serial_number", Kind::uint, "Serial number");
inline constexpr Field soa_refresh = value("dns.soa.refresh_interval", Kind::uint, "Refresh interval, s");
inline constexpr Field soa_retry = value("dns.soa.retry_interval", Kind::uint, "Retry interval, s");
inline constexpr Field soa_expire = value("dns.soa.expire_limit", Kind::uint, "Expire limit, s");
inline constexpr Field soa_minimum = value("dns.soa.minimum_ttl", Kind::uint, "Minimum time to live, s");
inline constexpr Field srv_service = value("dns.srv.service", Kind::text, "Service");
inline constexpr Field srv_proto = value("dns.srv.proto", Kind::text, "Protocol of the service");
inline constexpr Field srv_name = value("dns.srv.name", Kind::text, "Domain of the service");
inline constexpr Field srv_priority = value("dns.srv.priority", Kind::uint, "Priority (lower first)", 16);
inline constexpr Field srv_weight = value("dns.srv.weight", Kind::uint, "Weight", 16);
inline constexpr Field srv_port = value("dns.srv.port", Kind::uint, "Port", 16);
inline constexpr Field srv_target = value("dns.srv.target", Kind::text, "Host");
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
inline constexpr Field opt = value("dns.opt", Kind::none, "EDNS option");
inline constexpr Field opt_code = value("dns.opt.code", Kind::uint, "Option's code", 16);
inline constexpr Field opt_len = value("dns.opt.len", Kind::uint, "Option's length, bytes", 16);
inline constexpr Field opt_data = value("dns.opt.data", Kind::bytes, "Option's content");
inline constexpr Field ds_key_id = value("dns.ds.key_id", Kind::uint, "Key tag", 16).hex();
inline constexpr Field ds_algorithm = value("dns.ds.algorithm", Kind::uint, "Algorithm", 8);
inline constexpr Field ds_digest_type = value("dns.ds.digest_type", Kind::uint, "Digest type", 8);
inline constexpr Field ds_digest = value("dns.ds.digest", Kind::bytes, "Digest");
inline constexpr Field nsec_next = value("dns.nsec.next_domain_name", Kind::text, "Next name that exists");
inline constexpr Field svcb_priority =
    value("dns.svcb.svcpriority", Kind::uint, "Priority (lower first)", 16);
inline constexpr Field svcb_target = value("dns.svcb.targetname", Kind::text, "Host");
inline constexpr Field svcb_param = value("dns.svcb.svcparam", Kind::none, "Parameter");
inline constexpr Field svcb_key = value("dns.svcb.svcparam.key", Kind::uint, "Parameter's key", 16);
inline constexpr Field svcb_length =
    value("dns.svcb.svcparam.value.length", Kind::uint, "Parameter's length, bytes", 16);
inline constexpr Field svcb_alpn_length =
    value("dns.svcb.svcparam.alpn.length", Kind::uint, "Length of the protocol name, bytes", 8);
inline constexpr Field svcb_alpn = value("dns.svcb.svcparam.alpn", Kind::text, "Application protocol");
inline constexpr Field svcb_port = value("dns.svcb.svcparam.port", Kind::uint, "Port", 16);
inline constexpr Field svcb_ipv4 = value("dns.svcb.svcparam.ipv4hint.ip", Kind::ipv4, "Address hint");
inline constexpr Field svcb_ipv6 = value("dns.svcb.svcparam.ipv6hint.ip", Kind::ipv6, "Address hint");
inline constexpr const Field* fields[] = {&length,
                                          &id,
                                          &flags,
                                          &response,
                                          &opcode,
                                          &authoritative,
                                          &conflict,
                                          &truncated,
                                          &recdesired,
                                          &tentative,
                                          &recavail,
                                          &z,
                                          &authenticated,
                                          &checkdisable,
                                          &rcode,
                                          &count_queries,
                                          &count_zones,
                                          &count_answers,
                                          &count_prerequisites,
                                          &count_auth,
                                          &count_updates,
                                          &count_add,
                                          &qry_name,
                                          &qry_name_len,
                                          &count_labels,
                                          &qry_type,
                                          &qry_class,
                                          &qry_qu,
                                          &resp_name,
                                          &resp_type,
                                          &resp_class,
                                          &cache_flush,
                                          &resp_ttl,
                                          &resp_len,
                                          &a,
                                          &aaaa,
                                          &ns,
                                          &cname,
                                          &dname,
                                          &ptr,
                                          &mx_preference,
                                          &mx_exchange,
                                          &txt_length,
                                          &txt,
                                          &soa_mname,
                                          &soa_rname,
                                          &soa_serial,
                                          &soa_refresh,
                                          &soa_retry,
                                          &soa_expire,
                                          &soa_minimum,
                                          &srv_service,
                                          &srv_proto,
                                          &srv_name,
                                          &srv_priority,
                                          &srv_weight,
                                          &srv_port,
                                          &srv_target,
                                          &opt_size,
                                          &mdns_opt_size,
                                          &nsec_next,
                                          &ext_rcode,
                                          &edns_version,
                                          &resp_z,
                                          &resp_do,
                                          &resp_reserved,
                                          &opt,
                                          &opt_code,
                                          &opt_len,
                                          &opt_data,
                                          &ds_key_id,
                                          &ds_algorithm,
                                          &ds_digest_type,
                                          &ds_digest,
                                          &svcb_priority,
                                          &svcb_target,
                                          &svcb_param,
                                          &svcb_key,
                                          &svcb_length,
                                          &svcb_alpn_length,
                                          &svcb_alpn,
                                          &svcb_port,
                                          &svcb_ipv4,
                                          &svcb_ipv6};
inline constexpr Binding parents[] = {{Table::udp_port, 53}, {Table::tcp_port, 53}};
Next dissect(Dissector& d);
Next dissect_cut(Dissector& d);
// The records are answers, but for those that other numbers say; EDNS's are additional ones.
inline constexpr const Field *questions[] = {&qry_name}, *records[] = {&resp_name, &srv_name},
                             *options[] = {&resp_z}, *not_answers[] = {&count_auth, &count_add};
inline constexpr Fill fills[] = {
    fill::header(length).plus(-2).in_front_under(tcp::protocol),
    fill::count(count_queries, questions).without(count_zones), fill::count(count_add, options),
    fill::count(count_answers, records).less_by(not_answers).without(count_prerequisites)};
inline constexpr Group groups[] = {{&qry_name},
                                   {&resp_name},
                                   {&srv_service},
                                   {&srv_name},
                                   {.first = &resp_ttl, .length = &resp_len, .plus = -6, .level = 1},
                                   {.first = &resp_z, .length = &resp_len, .plus = -4, .level = 1},
                                   {.first = &opt_code, .length = &opt_len, .plus = -4, .level = 2},
                                   {.first = &svcb_key, .length = &svcb_length, .plus = -4, .level = 2},
                                   {.first = &svcb_alpn, .length = &svcb_alpn_length, .counted = true},
                                   {.first = &txt, .length = &txt_length, .counted = true}};
inline constexpr const Field* names[] = {&qry_name,  &resp_name,  &ns,          &cname,
                                         &dname,     &ptr,        &mx_exchange, &soa_mname,
                                         &soa_rname, &srv_target, &nsec_next,   &svcb_target};
inline constexpr const Field* joined[] = {&srv_service, &srv_proto, &srv_name};
inline constexpr Construction construction{
    .fills = fills, .groups = groups, .begin = 12, .from_front = true, .names = names, .joined = joined};
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
