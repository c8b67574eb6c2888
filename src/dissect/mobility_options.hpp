// Options of the Mobility Header. Places count from the option's first byte.
#pragma once

#include "dissect/construction.hpp"
#include "dissect/field.hpp"

namespace flowloom::mipv6 {
using namespace make;
inline constexpr Field option_type = value("mip6.mobility_opt", Kind::uint, "Type of an option not known", 8);
inline constexpr Field option_length =
    value("mip6.mobility_opt.len", Kind::uint, "Length of option, bytes", 8);
inline constexpr Field padding = value("mip6.padn", Kind::bytes, "Padding");

inline constexpr auto refresh_advice =
    part({make::uint("mip6.bra.interval", 2, 2, "Time until refresh, 4 s")});
inline constexpr auto alternate_address =
    part({make::ipv6("mip6.acoa.acoa", 2, "Alternate care-of address")});
inline constexpr auto nonce_indices = part({
    make::uint("mip6.ni.hni", 2, 2, "Index of the home nonce"),
    make::uint("mip6.ni.cni", 4, 2, "Index of the care-of nonce"),
});
inline constexpr Field authorization = value("mip6.bad.auth", Kind::bytes, "Authorization data");
inline constexpr auto network_prefix = part({
    // RFC 3963 §4.3, RFC 5213 §8.3
    make::uint("mip6.nemo.mnp.pfl", 3, 1, "Length of the prefix, bits"),
    make::ipv6("mip6.nemo.mnp.mnp", 4, "Prefix"),
});
inline constexpr auto link_address_code = part({make::uint("mip6.lla.optcode", 2, 1, "Whose address it is")});
inline constexpr Field link_address = value("mip6.lla", Kind::bytes, "Link-layer address").colons();
inline constexpr auto node_kind = part({make::uint("mip6.mnid.subtype", 2, 1, "Type of identifier")});
inline constexpr Field node_identifier =
    value("mip6.mnid.identifier", Kind::text, "Identifier of the mobile node");
inline constexpr auto authentication = part({
    make::uint("mip6.auth.subtype", 2, 1, "Type of authentication"),
    make::uint("mip6.auth.mobility_spi", 3, 4, "Security parameters index"),
});
inline constexpr Field authentication_data = value("mip6.auth.auth_data", Kind::bytes, "Authentication data");
inline constexpr Field message_time = value("mip6.mseg_id.timestamp", Kind::time, "Time");
inline constexpr Field cga_parameters =
    value("mip6.cgar.cga_par", Kind::bytes, "Parameters of the address (CGA)");
inline constexpr Field signature = value("mip6.sign.sign", Kind::bytes, "Signature");
inline constexpr Field permanent_token = value("mip6.phkt.phkt", Kind::bytes, "Permanent home keygen token");
inline constexpr Field care_of_token = value("mip6.mocot.co_keygen_tok", Kind::bytes, "Care-of keygen token");
inline constexpr auto dns_update = part({
    // RFC 5026 §8.1
    make::uint("mip6.dnsu.status", 2, 1, "State"),
    flag("mip6.dnsu.flag.r", 24, "Entry shall be removed"),
});
inline constexpr Field dns_identity = value("mip6.dnsu.mn_id", Kind::bytes, "Identity of the mobile node");
inline constexpr auto vendor = part({
    // RFC 5094 §4
    make::uint("mip6.vsm.vendorId", 2, 4, "Vendor"),
    make::uint("mip6.vsm.subtype", 6, 1, "Type"),
});
inline constexpr Field vendor_data = value("mip6.vsm.data", Kind::bytes, "Data of the vendor");
inline constexpr Field service = value("mip6.ss.identifier", Kind::text, "Service");
inline constexpr auto foreign_authorization =
    part({make::uint("mip6.badff.spi", 2, 4, "Security parameters index")});
inline constexpr Field foreign_authorization_data =
    value("mip6.badff.auth", Kind::bytes, "Authorization data");
inline constexpr auto handoff = part({
    // RFC 5213 §8.4
    make::uint("mip6.hi.reserved", 2, 1, "Reserved"),
    make::uint("mip6.hi", 3, 1, "Kind of handoff"),
});
inline constexpr auto technology = part({
    make::uint("mip6.att.reserved", 2, 1, "Reserved"),
    make::uint("mip6.att", 3, 1, "Access technology"),
});
inline constexpr auto link_identifier = part({make::uint("mip6.mnlli.reserved", 2, 2, "Reserved")});
inline constexpr Field link_identifier_data =
    value("mip6.mnlli.lli", Kind::bytes, "Link-layer identifier of the mobile node");
inline constexpr auto link_local = part({make::ipv6("mip6.lila_lla", 2, "Link-local address")});
inline constexpr Field timestamp = value("mip6.timestamp_tmp", Kind::time, "Time");
inline constexpr auto restart_counter = part({make::uint("mip6.rc", 2, 4, "Restart counter")});
// RFC 5555 §3
inline constexpr auto home_ipv4 = part({
    bits("mip6.ipv4ha.preflen", 16, 6, "Length of the prefix, bits"),
    flag("mip6.ipv4ha.p_flag", 22, "A prefix is asked for"),
    make::ipv4("mip6.ipv4ha.ha", 4, "IPv4 home address"),
});
inline constexpr auto home_ipv4_answer = part({
    make::uint("mip6.ipv4aa.sts", 2, 1, "State"),
    bits("mip6.ipv4ha.preflen", 24, 6, "Length of the prefix, bits"),
    make::ipv4("mip6.ipv4ha.ha", 4, "IPv4 home address"),
});
inline constexpr auto nat_detection = part({
    flag("mip6.natd.f_flag", 16, "UDP encapsulation is needed"),
    bits("mip6.natd.reserved", 17, 15, "Reserved"),
    make::uint("mip6.natd.refresh_t", 4, 4, "Time until refresh, s"),
});
inline constexpr auto care_of_ipv4 = part({
    make::uint("mip6.ipv4coa.reserved", 2, 2, "Reserved"),
    make::ipv4("mip6.ipv4coa.addr", 4, "IPv4 care-of address"),
});
inline constexpr auto gre = part({
    make::uint("mip6.ipv4dra.reserved", 2, 2, "Reserved"),
    make::uint("mip6.gre_key", 4, 4, "Key"),
});
inline constexpr auto binding = part({
    // RFC 5648 §4.1
    make::uint("mip6.bi.bid", 2, 2, "Identifier of the binding"),
    make::uint("mip6.bi.status", 4, 1, "State"),
    flag("mip6.bi.h_flag", 40, "Also at home"),
});
inline constexpr Field binding_ipv4 = value("mip6.bi.coa_ipv4", Kind::ipv4, "Care-of address");
inline constexpr Field binding_ipv6 = value("mip6.bi.coa_ipv6", Kind::ipv6, "Care-of address");
// RFC 5844 §3.3
inline constexpr auto home_ipv4_request = part({
    bits("mip6.ipv4ha.preflen", 16, 6, "Length of the prefix, bits"),
    make::uint("mip6.ipv4ha.reserved", 3, 1, "Reserved").hex(),
    make::ipv4("mip6.ipv4ha.ha", 4, "IPv4 home address"),
});
inline constexpr auto default_router = part({
    make::uint("mip6.ipv4dra.reserved", 2, 2, "Reserved"),
    make::ipv4("mip6.ipv4dra.dra", 4, "Default router"),
});
inline constexpr auto dhcp_support = part({
    bits("mip6.ipv4dsm.reserved", 16, 15, "Reserved"),
    flag("mip6.ipv4dsm.s_flag", 31, "Gateway is a DHCP server"),
});
inline constexpr auto anchor_address = part({
    // RFC 5949 §6.2
    make::uint("mip6.lmaa.opt_code", 2, 1, "Kind of address"),
    make::uint("mip6.lmaa.reserved", 3, 1, "Reserved"),
});
inline constexpr Field anchor_ipv6 =
    value("mip6.lmaa.ipv6", Kind::ipv6, "Address of the local mobility anchor");
inline constexpr Field anchor_ipv4 =
    value("mip6.lmaa.ipv4", Kind::ipv4, "Address of the local mobility anchor");
// RFC 6463 §4
inline constexpr auto redirect_capability = part({make::uint("mip6.recap.reserved", 2, 2, "Reserved").hex()});
inline constexpr auto redirect = part({
    flag("mip6.redir.k", 16, "Of an IPv6 address"),
    flag("mip6.redir.n", 17, "Of an IPv4 address"),
    bits("mip6.redir.reserved", 18, 14, "Reserved").hex(),
});
inline constexpr Field redirect_ipv6 = value("mip6.redir.addr_r2lma_ipv6", Kind::ipv6, "Anchor to be used");
inline constexpr Field redirect_ipv4 = value("mip6.redir.addr_r2lma_ipv4", Kind::ipv4, "Anchor to be used");
inline constexpr auto load = part({
    make::uint("mip6.load_inf.priority", 2, 2, "Priority"),
    make::uint("mip6.load_inf.sessions_in_use", 4, 4, "Sessions in use"),
    make::uint("mip6.load_inf.maximum_sessions", 8, 4, "Greatest number of sessions"),
    make::uint("mip6.load_inf.used_capacity", 12, 4, "Capacity in use, kB/s"),
    make::uint("mip6.load_inf.maximum_capacity", 16, 4, "Greatest capacity, kB/s"),
});
inline constexpr auto alternate_ipv4 = part({make::ipv4("mip6.alt_ip4", 2, "Alternate care-of address")});
inline constexpr auto node_group = part({
    // RFC 6602 §4.1
    make::uint("mip6.mng.sub_type", 2, 1, "Type of group"),
    make::uint("mip6.mng.reserved", 3, 1, "Reserved"),
    make::uint("mip6.mng.mng_id", 4, 4, "Group of mobile nodes"),
});
inline constexpr auto gateway = part({
    // RFC 6705 §9.1
    make::uint("mip6.mag_ipv6.reserved", 2, 1, "Reserved").hex(),
    make::uint("mip6.mag_ipv6.address_length", 3, 1, "Length of the address, bits"),
    make::ipv6("mip6.mag_ipv6.address", 4, "Address of the gateway"),
});
inline constexpr auto delegated_prefix = part({
    // RFC 7148 §4
    flag("mip6.dmnp.v_flag", 16, "IPv4 prefix"),
    bits("mip6.dmnp.reserved", 17, 7, "Reserved"),
    make::uint("mip6.dmnp.prefix_len", 3, 1, "Length of the prefix, bits"),
});
inline constexpr Field delegated_ipv6 = value("mip6.dmnp.dmnp_ipv6", Kind::ipv6, "Delegated prefix");
inline constexpr Field delegated_ipv4 = value("mip6.dmnp.dmnp_ipv4", Kind::ipv4, "Delegated prefix");

inline constexpr auto option_fields = together(
    option_type, option_length, padding, refresh_advice, alternate_address, nonce_indices, authorization,
    network_prefix, link_address_code, link_address, node_kind, node_identifier, authentication,
    authentication_data, message_time, cga_parameters, signature, permanent_token, care_of_token, dns_update,
    dns_identity, vendor, vendor_data, service, foreign_authorization, foreign_authorization_data, handoff,
    technology, link_identifier, link_identifier_data, link_local, timestamp, restart_counter, home_ipv4,
    home_ipv4_answer, nat_detection, care_of_ipv4, gre, binding, binding_ipv4, binding_ipv6,
    home_ipv4_request, default_router, dhcp_support, anchor_address, anchor_ipv6, anchor_ipv4,
    redirect_capability, redirect, redirect_ipv6, redirect_ipv4, load, alternate_ipv4, node_group, gateway,
    delegated_prefix, delegated_ipv6, delegated_ipv4);

/// An option of a type that has no field of its own: its first value tells it.
consteval Group option(std::uint8_t type, const Field& first, std::span<const Field> own = {}) {
  return {.first = &first, .length = &option_length, .plus = -2, .tag_bits = 8, .tag = type, .own = own};
}
/// Of those that begin alike, the one whose first value is not another's, too; a network prefix is RFC
/// 3963's.
inline constexpr Group option_groups[] = {
    {.first = &option_type, .length = &option_length, .plus = -2},
    option(1, padding),
    option(2, refresh_advice[0], refresh_advice),
    option(3, alternate_address[0], alternate_address),
    option(4, nonce_indices[0], nonce_indices),
    option(5, authorization),
    option(6, network_prefix[0], network_prefix),
    option(7, link_address_code[0], link_address_code),
    option(8, node_kind[0], node_kind),
    option(9, authentication[0], authentication),
    option(12, cga_parameters),
    option(13, signature),
    option(14, permanent_token),
    option(16, care_of_token),
    option(17, dns_update[0], dns_update),
    option(19, vendor[0], vendor),
    option(20, service),
    option(21, foreign_authorization[0], foreign_authorization),
    option(23, handoff[0], handoff),
    option(24, technology[0], technology),
    option(25, link_identifier[0], link_identifier),
    option(26, link_local[0], link_local),
    option(28, restart_counter[0], restart_counter),
    option(29, home_ipv4[0], home_ipv4),
    option(30, home_ipv4_answer[0], home_ipv4_answer),
    option(31, nat_detection[0], nat_detection),
    option(32, care_of_ipv4[0], care_of_ipv4),
    option(33, gre[1], gre),
    option(35, binding[0], binding),
    option(36, home_ipv4_request[1], home_ipv4_request),
    option(38, default_router[1], default_router),
    option(39, dhcp_support[1], dhcp_support),
    option(41, anchor_address[0], anchor_address),
    option(46, redirect_capability[0], redirect_capability),
    option(47, redirect[0], redirect),
    option(48, load[0], load),
    option(49, alternate_ipv4[0], alternate_ipv4),
    option(50, node_group[0], node_group),
    option(51, gateway[0], gateway),
    option(55, delegated_prefix[0], delegated_prefix),
};

/// Puts the options between `at` and `end`.
void put_options(Dissector& d, std::size_t at, std::size_t end);
}  // namespace flowloom::mipv6
