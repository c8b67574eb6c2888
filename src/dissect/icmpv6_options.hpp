// Options of neighbour discovery. Places count from the option's first byte.
#pragma once

#include "dissect/field.hpp"

namespace flowloom::icmpv6 {
using namespace make;
// IANA, IPv6 neighbor discovery option formats
inline constexpr Label kOptions[] = {{1, "Source link-layer address"},
                                     {2, "Target link-layer address"},
                                     {3, "Prefix information"},
                                     {4, "Redirected header"},
                                     {5, "MTU"},
                                     {6, "NBMA shortcut limit"},
                                     {7, "Advertisement interval"},
                                     {8, "Home agent information"},
                                     {9, "Source address list"},
                                     {10, "Target address list"},
                                     {11, "CGA"},
                                     {12, "RSA signature"},
                                     {13, "Timestamp"},
                                     {14, "Nonce"},
                                     {15, "Trust anchor"},
                                     {16, "Certificate"},
                                     {17, "IP address or prefix"},
                                     {18, "New router prefix information"},
                                     {19, "Link-layer address"},
                                     {20, "Neighbour advertisement acknowledgement"},
                                     {23, "Mobility anchor point"},
                                     {24, "Route information"},
                                     {25, "Recursive DNS server"},
                                     {26, "RA flags extension"},
                                     {27, "Handover key request"},
                                     {28, "Handover key reply"},
                                     {29, "Handover assist information"},
                                     {30, "Mobile node identifier"},
                                     {31, "DNS search list"},
                                     {32, "Proxy signature"},
                                     {33, "Address registration"},
                                     {34, "6LoWPAN context"},
                                     {35, "Authoritative border router"},
                                     {36, "6LoWPAN capability indication"},
                                     {37, "Captive portal"},
                                     {38, "PREF64"},
                                     {138, "CARD request"},
                                     {139, "CARD reply"},
                                     {253, "Experiment 1"},
                                     {254, "Experiment 2"}};
// RFC 4191 §2.1
inline constexpr Label kPreferences[] = {{0, "Medium"}, {1, "High"}, {2, "Reserved"}, {3, "Low"}};

consteval Field none(std::string_view name, unsigned byte, unsigned bytes, std::string_view title) {
  return at_bit(name, title, Kind::none, byte * 8, bytes * 8);
}
consteval Field reserved(unsigned byte, unsigned bytes) {
  return none("icmpv6.opt.reserved", byte, bytes, "Reserved");
}

/// Also of messages.
inline constexpr Field data = value("icmpv6.data", Kind::bytes, "Data of a message or option not known");
inline constexpr Field option = value("icmpv6.opt", Kind::none, "Option");
inline constexpr auto option_head = part({
    make::uint("icmpv6.opt.type", 0, 1, "Type of option").named(kOptions),
    make::uint("icmpv6.opt.length", 1, 1, "Length of option, words of 8 bytes"),
});
inline constexpr Field option_reserved = value("icmpv6.opt.reserved", Kind::none, "Reserved");
inline constexpr Field padding = value("icmpv6.opt.padding", Kind::none, "Padding");
inline constexpr Field unknown_data = value("icmpv6.unknown_data", Kind::bytes, "Data not known");

/// A link-layer address of six bytes, and one of another length: texts of them differ.
struct LinkAddress {
  Field six, other;
};
consteval LinkAddress link_address(const Field& field) { return {field.colons(), field}; }
inline constexpr LinkAddress any_link =
    link_address(value("icmpv6.opt.linkaddr", Kind::bytes, "Link-layer address"));
inline constexpr LinkAddress source_link =
    link_address(value("icmpv6.opt.src_linkaddr", Kind::bytes, "Source's link-layer address").alias());
inline constexpr LinkAddress target_link =
    link_address(value("icmpv6.opt.target_linkaddr", Kind::bytes, "Target's link-layer address").alias());
inline constexpr Field link_eui64 =
    value("icmpv6.opt.linkaddr_eui64", Kind::eui64, "Link-layer address of 8 bytes");
inline constexpr Field source_link_eui64 =
    value("icmpv6.opt.src_linkaddr_eui64", Kind::eui64, "Source's link-layer address of 8 bytes").alias();
inline constexpr Field target_link_eui64 =
    value("icmpv6.opt.target_linkaddr_eui64", Kind::eui64, "Target's link-layer address of 8 bytes").alias();
inline constexpr Field redirected =
    value("icmpv6.opt.redirected_packet", Kind::none, "Packet that was redirected");
inline constexpr auto prefix_information = part({
    // RFC 4861 §4.6.2, RFC 6275 §7.2
    make::uint("icmpv6.opt.prefix.length", 2, 1, "Length of the prefix, bits"),
    make::uint("icmpv6.opt.prefix.flag", 3, 1, "Flags").hex(),
    flag("icmpv6.opt.prefix.flag.l", 24, "Addresses are on this link"),
    flag("icmpv6.opt.prefix.flag.a", 25, "Autonomous address configuration"),
    flag("icmpv6.opt.prefix.flag.r", 26, "Contains the router's address"),
    bits("icmpv6.opt.prefix.flag.reserved", 27, 5, "Reserved"),
    make::uint("icmpv6.opt.prefix.valid_lifetime", 4, 4, "Valid for, s"),
    make::uint("icmpv6.opt.prefix.preferred_lifetime", 8, 4, "Preferred for, s"),
    reserved(12, 4),
    make::ipv6("icmpv6.opt.prefix", 16, "Prefix"),
});
inline constexpr auto mtu = part({reserved(2, 2), make::uint("icmpv6.opt.mtu", 4, 4, "MTU, bytes")});
inline constexpr auto shortcut_limit = part({
    // RFC 2491 §5.2
    make::uint("icmpv6.opt.nbma.shortcut_limit", 2, 1, "Shortcut limit, hops"),
    reserved(3, 1),
    reserved(4, 4),
});
inline constexpr auto advertisement_interval = part({
    // RFC 6275 §7.3
    reserved(2, 2),
    make::uint("icmpv6.opt.advertisement_interval", 4, 4, "Longest time between advertisements, ms"),
});
inline constexpr auto home_agent_information = part({
    // RFC 6275 §7.4
    reserved(2, 2),
    make::uint("icmpv6.opt.home_agent_preference", 4, 2, "Preference of the home agent"),
    make::uint("icmpv6.opt.home_agent_lifetime", 6, 2, "Lifetime of the home agent, s"),
});
inline constexpr Field list_address = value("icmpv6.opt.ipv6_address", Kind::ipv6, "Address");  // RFC 3122

// Secure neighbour discovery: RFC 3971 §5, §6.4, RFC 3972 §3
inline constexpr Field pad_length = value("icmpv6.opt.cga.pad_length", Kind::uint, "Padding, bytes", 8);
inline constexpr Field cga = value("icmpv6.opt.cga", Kind::bytes, "Parameters of the address");
inline constexpr auto cga_head = part({
    // from the parameters' first byte
    bytes("icmpv6.opt.cga.modifier", 0, 16, "Modifier"),
    bytes("icmpv6.opt.cga.subnet_prefix", 16, 8, "Subnet prefix"),
    bytes("icmpv6.opt.cga.count", 24, 1, "Collisions"),
});
inline constexpr Field public_key = value("icmpv6.opt.cga.subject_public_key_info", Kind::none, "Public key");
inline constexpr auto cga_extension = part({
    make::uint("icmpv6.opt.cga.ext_type", 0, 2, "Type of extension"),
    make::uint("icmpv6.opt.cga.ext_length", 2, 2, "Length of extension, bytes"),
});
inline constexpr Field cga_extension_data =
    value("icmpv6.opt.cga.ext_data", Kind::bytes, "Data of the extension");
inline constexpr Field key_hash = value("icmpv6.opt.rsa.key_hash", Kind::bytes, "Hash of the public key");
inline constexpr Field proxy_key_hash =
    value("icmpv6.opt.ps.key_hash", Kind::bytes, "Hash of the public key");  // RFC 6496
inline constexpr Field signature =
    value("icmpv6.opt.digital_signature_padding", Kind::none, "Signature and padding");
inline constexpr Field timestamp = value("icmpv6.opt.timestamp", Kind::time, "Time");
inline constexpr Field nonce = value("icmpv6.opt.nonce", Kind::bytes, "Nonce");
inline constexpr Field name_type =
    value("icmpv6.opt.name_type", Kind::uint, "Type of name or certificate", 8);
inline constexpr Field name_x501 = value("icmpv6.opt.name_x501", Kind::bytes, "Name (X.501, DER)");
inline constexpr Field name_fqdn = value("icmpv6.opt.name_type.fqdn", Kind::text, "Name (labels of DNS)");
inline constexpr Field certificate =
    value("icmpv6.opt.certificate_padding", Kind::none, "Certificate and padding");

// Handover: RFC 5568 §6.4, RFC 5271, RFC 5269
inline constexpr auto ip_address = part({
    make::uint("icmpv6.opt.ipa.option_code", 2, 1, "What the address is"),
    make::uint("icmpv6.opt.ipa.prefix_len", 3, 1, "Length of the prefix, bits"),
    reserved(4, 4),
    make::ipv6("icmpv6.opt.ipa.ipv6_address", 8, "Address"),
});
inline constexpr auto new_prefix = part({
    make::uint("icmpv6.opt.nrpi.option_code", 2, 1, "Option's code"),
    make::uint("icmpv6.opt.nrpi.prefix_len", 3, 1, "Length of the prefix, bits"),
    reserved(4, 4),
    make::ipv6("icmpv6.opt.nrpi.prefix", 8, "Prefix"),
});
inline constexpr Field handover_link_code =
    value("icmpv6.opt.lla.option_code", Kind::uint, "Whose address it is", 8);
inline constexpr Field handover_link = value("icmpv6.opt.lla.bytes", Kind::bytes, "Link-layer address");
inline constexpr auto acknowledgement = part({
    make::uint("icmpv6.opt.naack.option_code", 2, 1, "Option's code"),
    make::uint("icmpv6.opt.naack.status", 3, 1, "State"),
    reserved(4, 4),
    make::ipv6("icmpv6.opt.naack.supplied_ncoa", 8, "Address to be used"),
});
inline constexpr auto assist = part({
    make::uint("icmpv6.opt.hai.option_code", 2, 1, "What it is"),
    make::uint("icmpv6.opt.hai.length", 3, 1, "Length of the value, bytes"),
});
inline constexpr Field assist_value = value("icmpv6.opt.hai.value", Kind::bytes, "Information");
inline constexpr auto mobile_node = part({
    make::uint("icmpv6.opt.mn.option_code", 2, 1, "What it is"),
    make::uint("icmpv6.opt.mn.length", 3, 1, "Length of the identifier, bytes"),
});
inline constexpr Field mobile_node_value = value("icmpv6.opt.mn.value", Kind::bytes, "Identifier");
inline constexpr auto handover_key = part({
    make::uint("icmpv6.opt.hkr.pad_length", 2, 1, "Padding, bytes"),
    bits("icmpv6.opt.hkr.at", 24, 4, "Algorithm"),
    bits("icmpv6.opt.hkr.reserved", 28, 4, "Reserved"),
});
inline constexpr Field handover_key_lifetime =
    value("icmpv6.opt.hkr.lifetime", Kind::uint, "Lifetime, s", 16);
inline constexpr Field handover_public_key =
    value("icmpv6.opt.hkr.encryption_public_key", Kind::bytes, "Public key");
inline constexpr Field handover_encrypted_key =
    value("icmpv6.opt.hkr.encrypted_handover_key", Kind::bytes, "Encrypted key");
inline constexpr Field handover_padding = value("icmpv6.opt.hkr.padding", Kind::bytes, "Padding");
inline constexpr auto anchor_point = part({
    // RFC 5380 §4
    bits("icmpv6.opt.map.distance", 16, 4, "Distance, hops"),
    bits("icmpv6.opt.map.preference", 20, 4, "Preference"),
    make::uint("icmpv6.opt.map.flag", 3, 1, "Flags").hex(),
    flag("icmpv6.opt.map.flag.r", 24, "An address of the anchor point must be used"),
    bits("icmpv6.opt.map.flag.reserved", 25, 7, "Reserved"),
    make::uint("icmpv6.opt.map.valid_lifetime", 4, 4, "Valid for, s"),
    make::ipv6("icmpv6.opt.map.global_address", 8, "Global address"),
});

// Configuration: RFC 4191 §2.3, RFC 8106 §5, RFC 5175 §4, RFC 8910 §2.3, RFC 8781 §4
inline constexpr auto route_information = part({
    make::uint("icmpv6.opt.prefix.length", 2, 1, "Length of the prefix, bits"),
    make::uint("icmpv6.opt.route_info.flag", 3, 1, "Flags").hex(),
    bits("icmpv6.opt.route_info.flag.route_preference", 27, 2, "Preference of the route").named(kPreferences),
});
/// The bits around the preference.
inline constexpr Field route_reserved =
    value("icmpv6.opt.route_info.flag.reserved", Kind::uint, "Reserved", 8);
inline constexpr Field route_lifetime =
    value("icmpv6.opt.route_lifetime", Kind::uint, "Lifetime of the route, s");
inline constexpr Field route_prefix = value("icmpv6.opt.prefix", Kind::ipv6, "Prefix");
inline constexpr auto dns_server_head =
    part({reserved(2, 2), make::uint("icmpv6.opt.rdnss.lifetime", 4, 4, "Lifetime, s")});
inline constexpr Field dns_server = value("icmpv6.opt.rdnss", Kind::ipv6, "DNS server");
inline constexpr auto dns_search_head =
    part({reserved(2, 2), make::uint("icmpv6.opt.dnssl.lifetime", 4, 4, "Lifetime, s")});
inline constexpr Field dns_search = value("icmpv6.opt.dnssl", Kind::text, "Domain to search");
inline constexpr auto expanded_flags = part({
    make::uint("icmpv6.opt.efo", 2, 2, "Flags").hex(),
    flag("icmpv6.opt.efo.m", 16, "Addresses are available by DHCPv6"),
    flag("icmpv6.opt.efo.o", 17, "Other configuration is available by DHCPv6"),
    flag("icmpv6.opt.efo.h", 18, "Router is a home agent"),
    bits("icmpv6.opt.efo.prf", 19, 2, "Preference as default router").in(16).named(kPreferences),
    flag("icmpv6.opt.efo.p", 21, "Proxied"),
    bits("icmpv6.opt.efo.rsv", 22, 10, "Reserved"),
    reserved(4, 4),
});
inline constexpr Field captive_portal = value("icmpv6.opt.captive_portal", Kind::text, "Captive portal");
inline constexpr auto pref64 = part({
    bits("icmpv6.opt.pref64.scaled_lifetime", 16, 13, "Lifetime, 8 s"),
    bits("icmpv6.opt.pref64.plc", 29, 3, "Length of the prefix (code)").hex().in(16),
});
inline constexpr Field pref64_prefix =
    value("icmpv6.opt.pref64.prefix", Kind::ipv6, "Prefix of translated addresses");

// 6LoWPAN: RFC 6775 §4, RFC 7400 §3.3
inline constexpr auto registration = part({
    make::uint("icmpv6.opt.aro.status", 2, 1, "State of the registration"),
    reserved(3, 3),
    make::uint("icmpv6.opt.aro.registration_lifetime", 6, 2, "Lifetime, min"),
    at_bit("icmpv6.opt.aro.eui64", "Node", Kind::eui64, 64, 64),
});
inline constexpr auto context = part({
    make::uint("icmpv6.opt.6co.context_length", 2, 1, "Length of the context, bits"),
    make::uint("icmpv6.opt.6co.flag", 3, 1, "Flags").hex(),
    flag("icmpv6.opt.6co.flag.c", 27, "May be used to compress"),
    bits("icmpv6.opt.6co.flag.cid", 28, 4, "Context's identifier"),
    bits("icmpv6.opt.6co.flag.reserved", 24, 3, "Reserved"),
    reserved(4, 2),
    make::uint("icmpv6.opt.6co.valid_lifetime", 6, 2, "Lifetime, min"),
});
inline constexpr Field context_prefix = value("icmpv6.opt.6co.context_prefix", Kind::ipv6, "Context");
inline constexpr auto border_router = part({
    make::uint("icmpv6.opt.abro.version_low", 2, 2, "Version, low half"),
    make::uint("icmpv6.opt.abro.version_high", 4, 2, "Version, high half"),
    make::uint("icmpv6.opt.abro.valid_lifetime", 6, 2, "Lifetime, min"),
    make::ipv6("icmpv6.opt.abro.6lbr_address", 8, "Address of the border router"),
});
inline constexpr auto capability = part({
    bits("icmpv6.opt.6cio.unassigned1", 16, 15, "Not assigned").hex(),
    bits("icmpv6.opt.6cio.flag_g", 31, 1, "Knows generic header compression").hex().in(16),
    make::uint("icmpv6.opt.6cio.unassigned2", 4, 4, "Not assigned").hex(),
});

inline constexpr auto option_fields =
    together(data, option, option_head, option_reserved, padding, unknown_data, any_link.six, any_link.other,
             source_link.six, source_link.other, target_link.six, target_link.other, link_eui64,
             source_link_eui64, target_link_eui64, redirected, prefix_information, mtu, shortcut_limit,
             advertisement_interval, home_agent_information, list_address, pad_length, cga, cga_head,
             public_key, cga_extension, cga_extension_data, key_hash, proxy_key_hash, signature, timestamp,
             nonce, name_type, name_x501, name_fqdn, certificate, ip_address, new_prefix, handover_link_code,
             handover_link, acknowledgement, assist, assist_value, mobile_node, mobile_node_value,
             handover_key, handover_key_lifetime, handover_public_key, handover_encrypted_key,
             handover_padding, anchor_point, route_information, route_reserved, route_lifetime, route_prefix,
             dns_server_head, dns_server, dns_search_head, dns_search, expanded_flags, captive_portal, pref64,
             pref64_prefix, registration, context, context_prefix, border_router, capability);

/// Puts the options between `at` and `end`, if somebody wants values. Returns the place of a redirected
/// packet's option (RFC 4861 §4.6.3), 0: there is none.
std::size_t put_options(Dissector& d, std::size_t at, std::size_t end);
}  // namespace flowloom::icmpv6
