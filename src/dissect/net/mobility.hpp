// Mobility Header (RFC 6275 §6.1, IANA "Mobile IPv6 parameters"). Places of what is not in every header count
// from the header's first byte.
#pragma once

#include "dissect/construction.hpp"
#include "dissect/mobility_options.hpp"

namespace flowloom::mipv6 {
using namespace make;
inline constexpr Label kTypes[] = {{0, "Binding refresh request"},
                                   {1, "Home test init"},
                                   {2, "Care-of test init"},
                                   {3, "Home test"},
                                   {4, "Care-of test"},
                                   {5, "Binding update"},
                                   {6, "Binding acknowledgement"},
                                   {7, "Binding error"},
                                   {8, "Fast binding update"},
                                   {9, "Fast binding acknowledgement"},
                                   {10, "Fast neighbour advertisement"},
                                   {11, "Experimental"},
                                   {12, "Home agent switch"},
                                   {13, "Heartbeat"},
                                   {14, "Handover initiate"},
                                   {15, "Handover acknowledge"},
                                   {16, "Binding revocation"},
                                   {17, "Localized routing initiation"},
                                   {18, "Localized routing acknowledgement"}};
inline constexpr Field payload = make::uint("mip6.proto", 0, 1, "Next header");
inline constexpr Field length =
    make::uint("mip6.hlen", 1, 1, "Length of the header less 8 bytes, words of 8 bytes");
inline constexpr Field type = make::uint("mip6.mhtype", 2, 1, "Type of message").named(kTypes);
inline constexpr Field reserved = make::uint("mip6.reserved", 3, 1, "Reserved").hex();
inline constexpr Field checksum = make::uint("mip6.csum", 4, 2, "Checksum").hex();

inline constexpr auto refresh_request = part({bytes("mip6.binding_refresh_request", 6, 2, "Reserved")});
inline constexpr auto home_test_init = part({make::uint("mip6.hoti.cookie", 8, 8, "Cookie").hex()});
inline constexpr auto care_of_test_init = part({make::uint("mip6.coti.cookie", 8, 8, "Cookie").hex()});
inline constexpr auto home_test = part({
    make::uint("mip6.hot.nindex", 6, 2, "Index of the nonce"),
    make::uint("mip6.hot.cookie", 8, 8, "Cookie").hex(),
    make::uint("mip6.hot.token", 16, 8, "Token to make the key from").hex(),
});
inline constexpr auto care_of_test = part({
    make::uint("mip6.cot.nindex", 6, 2, "Index of the nonce"),
    make::uint("mip6.cot.cookie", 8, 8, "Cookie").hex(),
    make::uint("mip6.hot.token", 16, 8, "Token to make the key from").hex(),
});
inline constexpr auto binding_update = part({
    make::uint("mip6.bu.seqnr", 6, 2, "Sequence number"),
    flag("mip6.bu.a_flag", 64, "An acknowledgement is asked for"),
    flag("mip6.bu.h_flag", 65, "Receiver shall be the home agent"),
    flag("mip6.bu.l_flag", 66, "Home address has the link-local interface identifier"),
    flag("mip6.bu.k_flag", 67, "Key management survives movement"),
    flag("mip6.bu.m_flag", 68, "Registers at a mobility anchor point"),
    flag("mip6.nemo.bu.r_flag", 69, "Sender is a mobile router"),
    flag("mip6.bu.p_flag", 70, "Sender is a mobile access gateway"),
    flag("mip6.bu.f_flag", 71, "UDP encapsulation is forced"),
    flag("mip6.bu.t_flag", 72, "Tunnels have a TLV header"),
    flag("mip6.bu.b_flag", 73, "Of many bindings"),
    make::uint("mip6.bu.lifetime", 10, 2, "Lifetime, 4 s"),
});
inline constexpr auto binding_acknowledgement = part({
    make::uint("mip6.ba.status", 6, 1, "State"),
    flag("mip6.ba.k_flag", 56, "Key management survives movement"),
    flag("mip6.nemo.ba.r_flag", 57, "Mobile routers are served"),
    flag("mip6.ba.p_flag", 58, "Mobile access gateways are served"),
    flag("mip6.ba.t_flag", 59, "Tunnels have a TLV header"),
    flag("mip6.ba.b_flag", 60, "Of many bindings"),
    make::uint("mip6.ba.seqnr", 8, 2, "Sequence number"),
    make::uint("mip6.ba.lifetime", 10, 2, "Lifetime, 4 s"),
});
inline constexpr auto binding_error = part({
    make::uint("mip6.be.status", 6, 1, "State"),
    make::ipv6("mip6.be.haddr", 8, "Home address"),
});
inline constexpr auto fast_update = part({
    // RFC 5568 §6.2.2
    make::uint("mip6.fbu.seqnr", 6, 2, "Sequence number"),
    flag("mip6.fbu.a_flag", 64, "An acknowledgement is asked for"),
    flag("mip6.fbu.h_flag", 65, "Receiver shall be the home agent"),
    flag("mip6.fbu.l_flag", 66, "Home address has the link-local interface identifier"),
    flag("mip6.fbu.k_flag", 67, "Key management survives movement"),
    make::uint("mip6.fbu.lifetime", 10, 2, "Lifetime, 4 s"),
});
inline constexpr auto fast_acknowledgement = part({
    make::uint("mip6.fback.status", 6, 1, "State"),
    flag("mip6.fback.k_flag", 56, "Key management survives movement"),
    make::uint("mip6.fback.seqnr", 8, 2, "Sequence number"),
    make::uint("mip6.fback.lifetime", 10, 2, "Lifetime, 4 s"),
});
inline constexpr auto fast_advertisement =
    part({bytes("mip6.fast_neighbor_advertisement", 6, 2, "Reserved")});
inline constexpr Field experimental = value("mip6.em.data", Kind::bytes, "Data of an experiment");
inline constexpr auto agent_switch = part({
    // RFC 5142 §4
    make::uint("mip6.has.num_addrs", 6, 1, "Number of addresses"),
    make::uint("mip6.has.reserved", 7, 1, "Reserved").hex(),
});
inline constexpr Field agent_address = value("mip6.has.address", Kind::ipv6, "Address of a home agent");
inline constexpr auto heartbeat = part({
    // RFC 5847 §3.3
    flag("mip6.hb.u_flag", 62, "Not asked for"),
    flag("mip6.hb.r_flag", 63, "Answer"),
    make::uint("mip6.hb.seqnr", 8, 4, "Sequence number"),
});
inline constexpr auto handover_initiate = part({
    // RFC 5568 §6.2.1
    make::uint("mip6.hi.seqnr", 6, 2, "Sequence number"),
    flag("mip6.hi.s_flag", 64, "A new address is asked for"),
    flag("mip6.hi.u_flag", 65, "Packets shall be kept"),
    make::uint("mip6.hi.code", 9, 1, "Code"),
});
inline constexpr auto handover_acknowledge = part({
    make::uint("mip6.hack.seqnr", 6, 2, "Sequence number"),
    make::uint("mip6.hack.code", 9, 1, "Code"),
});
inline constexpr auto revocation = part({
    // RFC 5846 §5
    make::uint("mip6.bri_br.type", 6, 1, "Type of revocation message"),
    make::uint("mip6.bri_r.trigger", 7, 1, "Reason"),
    make::uint("mip6.bri_seqnr", 8, 2, "Sequence number"),
    flag("mip6.bri_ip", 80, "Of a proxy"),
    flag("mip6.bri_iv", 81, "Of the IPv4 home address"),
    flag("mip6.bri_ig", 82, "Of all bindings"),
    bits("mip6.bri_res", 83, 13, "Reserved").hex(),
});
inline constexpr auto revocation_acknowledgement = part({
    make::uint("mip6.bri_br.type", 6, 1, "Type of revocation message"),
    make::uint("mip6.bri_status", 7, 1, "State"),
    make::uint("mip6.bri_seqnr", 8, 2, "Sequence number"),
    flag("mip6.bri_ap", 80, "Of a proxy"),
    flag("mip6.bri_av", 81, "Of the IPv4 home address"),
    flag("mip6.bri_ag", 82, "Of all bindings"),
    bits("mip6.bri_res", 83, 13, "Reserved").hex(),
});
inline constexpr auto routing_initiation = part({
    // RFC 6705 §9.1
    make::uint("mip6.lri.sequence", 6, 2, "Sequence number"),
    make::uint("mip6.lri.reserved", 8, 2, "Reserved").hex(),
    make::uint("mip6.lri.lifetime", 10, 2, "Lifetime, 4 s").hex(),
});
inline constexpr auto routing_acknowledgement = part({
    make::uint("mip6.lra.sequence", 6, 2, "Sequence number"),
    flag("mip6.lri.unsolicited", 64, "Not asked for"),
    bits("mip6.lra.reserved", 65, 7, "Reserved").hex(),
    make::uint("mip6.lra.status", 9, 1, "State"),
    make::uint("mip6.lra.lifetime", 10, 2, "Lifetime, 4 s").hex(),
});
inline constexpr Field unknown = value("mip6.unknown_type_data", Kind::bytes, "Data of a message not known");

inline constexpr auto fields =
    together(payload, length, type, reserved, checksum, refresh_request, home_test_init, care_of_test_init,
             home_test, care_of_test, binding_update, binding_acknowledgement, binding_error, fast_update,
             fast_acknowledgement, fast_advertisement, experimental, agent_switch, agent_address, heartbeat,
             handover_initiate, handover_acknowledge, revocation, revocation_acknowledgement,
             routing_initiation, routing_acknowledgement, unknown, option_fields);
/// 62 was its number before it was registered.
inline constexpr Binding parents[] = {{Table::ip_proto, 135}, {Table::ip_proto, 62}};
Next dissect(Dissector& d);
/// Not shown (Wireshark has no such field): for the construction.
inline constexpr Field checksum_status =
    value("mip6.csum.status", Kind::uint, "Checksum: 0 wrong, 1 right, 2 not known", 8);
/// Bytes before the options of a message of the type that the header says; of one not known: of all types.
std::uint16_t message_size(const std::uint8_t* header);
inline constexpr const Field* counted_addresses[] = {&agent_address};
inline constexpr Fill fills[] = {fill::number(payload, 59), fill::header(length).plus(-8).words(8),
                                 fill::count(agent_switch[0], counted_addresses).when_given(agent_address)};
inline constexpr Construction construction{
    .fills = fills, .groups = option_groups, .least = message_size, .align = 8, .pads = true};
inline constexpr Protocol protocol = Protocol{"mipv6",
                                              "Mobility Header",
                                              "RFC 6275, RFC 5213, RFC 5568, RFC 6705",
                                              6,
                                              fields,
                                              Level::internet,
                                              parents,
                                              dissect,
                                              "Mobility Header",
                                              "mip6"}
                                         .made_by(construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::mipv6
