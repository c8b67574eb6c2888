// What stands in DNS messages as type, length and value: options of EDNS (RFC 6891 §6.1.2), parameters of
// services (SVCB, RFC 9460 §2.2).
#pragma once

#include "dissect/dissector.hpp"
#include "dissect/dns_steps.hpp"

namespace flowloom::dns {
using namespace make;

inline constexpr Field opt = value("dns.opt", Kind::none, "EDNS option");
inline constexpr Field opt_code = value("dns.opt.code", Kind::uint, "Option's code", 16);
inline constexpr Field opt_len = value("dns.opt.len", Kind::uint, "Option's length, bytes", 16);
inline constexpr Field opt_data = value("dns.opt.data", Kind::bytes, "Option's content");
// RFC 6975 §3
inline constexpr Field opt_dau = value("dns.opt.dau", Kind::uint, "DNSSEC algorithm understood", 8);
inline constexpr Field opt_dhu = value("dns.opt.dhu", Kind::uint, "Digest of DS understood", 8);
inline constexpr Field opt_n3u = value("dns.opt.n3u", Kind::uint, "Hash of NSEC3 understood", 8);
inline constexpr Step opt_client[] = {
    // RFC 7871 §6
    step::number("dns.opt.client.family", 16, "Family of the client's address"),
    step::number("dns.opt.client.netmask", 8, "Length of its prefix that is told, bits"),
    step::number("dns.opt.client.scope", 8, "Length of the prefix that the answer is for, bits"),
};
inline constexpr Field opt_client_other = value("dns.opt.client.addr", Kind::bytes, "Client's address");
inline constexpr Field opt_client_ipv4 = value("dns.opt.client.addr4", Kind::ipv4, "Client's address");
inline constexpr Field opt_client_ipv6 = value("dns.opt.client.addr6", Kind::ipv6, "Client's address");
// RFC 7873 §4
inline constexpr Field opt_client_cookie = value("dns.opt.cookie.client", Kind::bytes, "Client's cookie");
inline constexpr Field opt_server_cookie = value("dns.opt.cookie.server", Kind::bytes, "Server's cookie");
// RFC 7828 §3.1
inline constexpr Field opt_keepalive =
    value("dns.opt.edns_tcp_keepalive.timeout", Kind::uint, "Time to keep the connection, 100 ms", 16);
inline constexpr Field opt_padding = value("dns.opt.padding", Kind::bytes, "Padding");
// RFC 7901 §3
inline constexpr Field opt_chain =
    value("dns.opt.chain.fqdn", Kind::text, "Name that is trusted, as it is in the packet");
// RFC 8914 §2
inline constexpr Step opt_error[] = {
    step::number("dns.opt.ext_error.info_code", 16, "Reason of an error"),
    step::rest("dns.opt.ext_error.extra_text", Kind::text, "Reason, for people"),
};

inline constexpr Step svcb[] = {
    step::number("dns.svcb.svcpriority", 16, "Priority (lower first)"),
    step::name("dns.svcb.targetname", "Host"),
};
inline constexpr Field svcb_param = value("dns.svcb.svcparam", Kind::none, "Parameter");
inline constexpr Field svcb_key = value("dns.svcb.svcparam.key", Kind::uint, "Parameter's key", 16);
inline constexpr Field svcb_length =
    value("dns.svcb.svcparam.value.length", Kind::uint, "Parameter's length, bytes", 16);
inline constexpr Field svcb_value =
    value("dns.svcb.svcparam.value", Kind::bytes, "Value of another parameter");
inline constexpr Field svcb_mandatory =
    value("dns.svcb.svcparam.mandatory.key", Kind::uint, "Key of a parameter that must be understood", 16);
inline constexpr Step svcb_alpn[] = {
    step::number("dns.svcb.svcparam.alpn.length", 8, "Length of the protocol name, bytes"),
    step::counted("dns.svcb.svcparam.alpn", Kind::text, "Application protocol"),
};
inline constexpr Field svcb_port = value("dns.svcb.svcparam.port", Kind::uint, "Port", 16);
inline constexpr Field svcb_ipv4 = value("dns.svcb.svcparam.ipv4hint.ip", Kind::ipv4, "Address hint");
inline constexpr Field svcb_ipv6 = value("dns.svcb.svcparam.ipv6hint.ip", Kind::ipv6, "Address hint");
inline constexpr Field svcb_ech =
    value("dns.svcb.svcparam.echconfig", Kind::bytes, "Keys to encrypt TLS's ClientHello");
inline constexpr Field svcb_odoh =
    value("dns.svcb.svcparam.odohconfig", Kind::bytes, "Keys for oblivious DNS over HTTPS");

// RFC 8490 §5.4, §7
inline constexpr Field dso = value("dns.dso", Kind::none, "Stateful operation");
inline constexpr Field dso_tlv = value("dns.dso.tlv", Kind::none, "Part of a stateful operation");
inline constexpr Field dso_type = value("dns.dso.tlv.type", Kind::uint, "Type of the part", 16);
inline constexpr Field dso_length = value("dns.dso.tlv.length", Kind::uint, "Length of the part, bytes", 16);
inline constexpr Step dso_keepalive[] = {
    step::number("dns.dso.tlv.keepalive.inactivity", 32, "Time to keep an idle session, ms"),
    step::number("dns.dso.tlv.keepalive.interval", 32, "Time between signs of life, ms"),
};
inline constexpr Step dso_retry[] = {
    step::number("dns.dso.tlv.retrydelay.retrydelay", 32, "Time to wait before the next session, ms"),
};
inline constexpr Step dso_padding[] = {step::rest("dns.dso.tlv.encpad.padding", Kind::bytes, "Padding")};
inline constexpr Step dso_other[] = {step::rest("dns.dso.tlv.data", Kind::bytes, "Content of the part")};

inline constexpr auto kOptionSteps =
    steps_of(opt_client, opt_error, svcb, svcb_alpn, dso_keepalive, dso_retry, dso_padding, dso_other);
inline constexpr auto kOptionFields =
    together(opt, opt_code, opt_len, opt_data, opt_dau, opt_dhu, opt_n3u, opt_client_other, opt_client_ipv4,
             opt_client_ipv6, opt_client_cookie, opt_server_cookie, opt_keepalive, opt_padding, opt_chain,
             kFieldsOf<kOptionSteps>, svcb_param, svcb_key, svcb_length, svcb_value, svcb_mandatory,
             svcb_port, svcb_ipv4, svcb_ipv6, svcb_ech, svcb_odoh, dso, dso_tlv, dso_type, dso_length);

/// EDNS's options in [at, end); `message`: where names' places count from.
void read_options(Dissector& d, std::size_t message, std::size_t at, std::size_t end);
/// What a stateful operation has instead of records.
void read_stateful(Dissector& d, std::size_t message, std::size_t at, std::size_t end);
/// The data of an SVCB or HTTPS record.
void read_service_binding(Dissector& d, std::size_t message, std::size_t at, std::size_t end);

}  // namespace flowloom::dns
