// Host Identity Protocol (RFC 7401 §5). Places of parameters' fields count from the parameter's first byte.
#pragma once

#include "dissect/construction.hpp"
#include "dissect/field.hpp"

namespace flowloom::hip {
using namespace make;
// IANA, HIP packet types
inline constexpr Label kPackets[] = {{1, "I1"},      {2, "R1"},      {3, "I2"},     {4, "R2"},
                                     {16, "UPDATE"}, {17, "NOTIFY"}, {18, "CLOSE"}, {19, "CLOSE_ACK"}};
// IANA, HIP parameter types
inline constexpr Label kParameters[] = {{65, "ESP_INFO"},
                                        {128, "R1_COUNTER"},
                                        {129, "R1_COUNTER"},
                                        {193, "LOCATOR_SET"},
                                        {257, "PUZZLE"},
                                        {321, "SOLUTION"},
                                        {385, "SEQ"},
                                        {449, "ACK"},
                                        {511, "DH_GROUP_LIST"},
                                        {513, "DIFFIE_HELLMAN"},
                                        {577, "HIP_TRANSFORM"},
                                        {579, "HIP_CIPHER"},
                                        {608, "NAT_TRAVERSAL_MODE"},
                                        {610, "TRANSACTION_PACING"},
                                        {641, "ENCRYPTED"},
                                        {705, "HOST_ID"},
                                        {715, "HIT_SUITE_LIST"},
                                        {768, "CERT"},
                                        {832, "NOTIFICATION"},
                                        {897, "ECHO_REQUEST_SIGNED"},
                                        {930, "REG_INFO"},
                                        {932, "REG_REQUEST"},
                                        {934, "REG_RESPONSE"},
                                        {936, "REG_FAILED"},
                                        {950, "REG_FROM"},
                                        {961, "ECHO_RESPONSE_SIGNED"},
                                        {2049, "TRANSPORT_FORMAT_LIST"},
                                        {4095, "ESP_TRANSFORM"},
                                        {61505, "HIP_MAC"},
                                        {61569, "HIP_MAC_2"},
                                        {61633, "HIP_SIGNATURE_2"},
                                        {61697, "HIP_SIGNATURE"},
                                        {63425, "ECHO_RESPONSE_UNSIGNED"},
                                        {63661, "ECHO_REQUEST_UNSIGNED"},
                                        {63998, "RELAY_FROM"},
                                        {64002, "RELAY_TO"},
                                        {65498, "FROM"},
                                        {65500, "RVS_HMAC"},
                                        {65502, "VIA_RVS"},
                                        {65520, "RELAY_HMAC"}};

inline constexpr Field payload = make::uint("hip.proto", 0, 1, "Next header");
inline constexpr Field length =
    make::uint("hip.hdr_len", 1, 1, "Length of the header less 8 bytes, words of 8 bytes");
inline constexpr Field fixed_first = bits("hip.shim6_fixed_p", 16, 1, "Zero, one in shim6");
inline constexpr Field type = bits("hip.packet_type", 17, 7, "Type of packet").named(kPackets);
inline constexpr Field version = bits("hip.version", 24, 4, "Version");
inline constexpr Field fixed_second = bits("hip.shim6_fixed_s", 31, 1, "One, for shim6");
inline constexpr Field checksum = make::uint("hip.checksum", 4, 2, "Checksum").hex();
inline constexpr Field checksum_status =
    value("hip.checksum.status", Kind::uint, "Checksum: 0 wrong, 1 right, 2 not known", 8);
inline constexpr Field controls = make::uint("hip.controls", 6, 2, "Controls").hex();
inline constexpr Field anonymous = flag("hip.controls.a", 63, "Sender's identity is anonymous");
inline constexpr Field sender = bytes("hip.hit_sndr", 8, 16, "Sender's host identity tag");
inline constexpr Field receiver = bytes("hip.hit_rcvr", 24, 16, "Receiver's host identity tag");

inline constexpr Field parameter = value("hip.type", Kind::uint, "Type of parameter", 16).named(kParameters);
inline constexpr auto esp_info = part({
    make::uint("hip.tlv_esp_info_reserved", 4, 2, "Reserved").hex(),
    make::uint("hip.tlv_esp_info_key_index", 6, 2, "Index of the key").hex(),
    make::uint("hip.tlv_esp_info_old_spi", 8, 4, "Old security parameters index").hex(),
    make::uint("hip.tlv_esp_info_new_spi", 12, 4, "New security parameters index").hex(),
});
inline constexpr auto r1_counter = part({
    make::uint("hip.tlv.r1_reserved", 4, 4, "Reserved").hex(),
    bytes("hip.tlv.r1_counter", 8, 8, "Generation of puzzles"),
});
inline constexpr auto puzzle = part({
    make::uint("hip.tlv_puzzle_k", 4, 1, "Bits to be found"),
    make::uint("hip.tlv_puzzle_lifetime", 5, 1, "Lifetime (exponent)"),
    make::uint("hip.tlv_puzzle_opaque", 6, 2, "Opaque").hex(),
});
inline constexpr Field puzzle_random = value("hip.tlv.puzzle_random_i", Kind::bytes, "Random number I");
inline constexpr auto solution = part({
    make::uint("hip.tlv_solution_k", 4, 1, "Bits that were to be found"),
    make::uint("hip.tlv_solution_reserved", 5, 1, "Lifetime"),
    make::uint("hip.tlv_solution_opaque", 6, 2, "Opaque").hex(),
});
inline constexpr Field solution_random = value("hip.tlv.solution_random_i", Kind::bytes, "Random number I");
inline constexpr Field solution_found = value("hip.tlv_solution_j", Kind::bytes, "Solution J");
inline constexpr auto sequence =
    part({make::uint("hip.tlv_seq_update_id", 4, 4, "Number of the update").hex()});
inline constexpr Field acknowledged =
    value("hip.tlv_ack_updid", Kind::uint, "Number of an update acknowledged").hex();
inline constexpr auto diffie_hellman = part({
    make::uint("hip.tlv.dh_group_id", 4, 1, "Group"),
    make::uint("hip.tlv.dh_pv_length", 5, 2, "Length of the public value, bytes"),
});
inline constexpr Field public_value = value("hip.tlv.dh_public_value", Kind::bytes, "Public value");
inline constexpr Field transform = value("hip.tlv.trans_id", Kind::uint, "Suite", 16);
inline constexpr Field cipher = value("hip.tlv.cipher_id", Kind::uint, "Cipher", 16);
/// Also of NAT traversal modes.
inline constexpr auto transform_head = part({make::uint("hip.tlv.esp_trans_res", 4, 2, "Reserved").hex()});
inline constexpr Field nat_mode = value("hip.tlv.nat_traversal_mode_id", Kind::uint, "Mode", 16).hex();
inline constexpr auto pacing =
    part({make::uint("hip.tlv_transaction_minta", 4, 4, "Least time between checks, ms")});
inline constexpr auto encrypted = part({make::uint("hip.tlv.enc_reserved", 4, 4, "Reserved").hex()});
inline constexpr Field encrypted_data =
    value("hip.encrypted_parameter_data", Kind::bytes, "Encrypted parameter");

inline constexpr auto host_id = part({
    make::uint("hip.tlv.host_id_length", 4, 2, "Length of the host identity, bytes"),
    bits("hip.tlv.host_domain_id_type", 48, 4, "Type of the domain identifier"),
    bits("hip.tlv.host_domain_id_length", 52, 12, "Length of the domain identifier, bytes"),
    make::uint("hip.tlv.host_id_hdr", 8, 4, "Head of the host identity").hex(),
    bits("hip.tlv.host_id_header_flags", 64, 16, "Flags").hex().in(32),
    bits("hip.tlv.host_id_header_proto", 80, 8, "Protocol").hex().in(32),
    bits("hip.tlv.host_id_header_algo", 88, 8, "Algorithm").hex().in(32),
});
inline constexpr Field exponent_length =
    value("hip.tlv.host_id_e_length", Kind::uint, "Length of the exponent, bytes", 16);
inline constexpr Field exponent = value("hip.tlv.host_id_e", Kind::bytes, "Public exponent");
inline constexpr Field modulus = value("hip.tlv.host_id_n", Kind::bytes, "Modulus");
inline constexpr Field dsa_t = value("hip.tlv.host_identity_t", Kind::uint, "T of DSA", 8);
inline constexpr Field dsa_q = value("hip.tlv.host_identity_q", Kind::bytes, "Q of DSA");
inline constexpr Field dsa_p = value("hip.tlv.host_id_p", Kind::bytes, "P of DSA");
inline constexpr Field dsa_g = value("hip.tlv.host_id_g", Kind::bytes, "G of DSA");
inline constexpr Field dsa_y = value("hip.tlv.host_id_y", Kind::bytes, "Y of DSA");
inline constexpr Field fqdn = value("hip.fqdn", Kind::text, "Name of the host");
inline constexpr Field nai = value("hip.nai", Kind::text, "Network access identifier");

inline constexpr auto certificate_head = part({
    make::uint("hip.tlv.cert_group", 4, 1, "Group of certificates"),
    make::uint("hip.tlv.cert_count", 5, 1, "Number of certificates"),
    make::uint("hip.tlv.cert_id", 6, 1, "Number of this one"),
    make::uint("hip.tlv.cert_type", 7, 1, "Type of certificate"),
});
inline constexpr Field certificate = value("hip.tlv.certificate", Kind::bytes, "Certificate");
inline constexpr auto notification = part({
    make::uint("hip.tlv.notification_res", 4, 2, "Reserved").hex(),
    make::uint("hip.tlv.notification_type", 6, 2, "Type of notification"),
});
inline constexpr Field notification_data =
    value("hip.tlv.notification_data", Kind::bytes, "Data of the notification");
inline constexpr Field opaque = value("hip.tlv.opaque_data", Kind::bytes, "Opaque data");
inline constexpr auto services_info = part({
    // RFC 8003
    make::uint("hip.tlv.reg_ltmin", 4, 1, "Least lifetime (code)"),
    make::uint("hip.tlv.reg_ltmax", 5, 1, "Greatest lifetime (code)"),
});
inline constexpr auto services = part({make::uint("hip.tlv.reg_lt", 4, 1, "Lifetime (code)")});
inline constexpr auto services_failed = part({make::uint("hip.tlv.reg_failtype", 4, 1, "Reason")});
inline constexpr Field service = value("hip.tlv.reg_type", Kind::uint, "Service", 8);
inline constexpr auto registered_from = part({
    // RFC 5770 §5.6
    make::uint("hip.tlv.reg_from_port", 4, 2, "Port"),
    make::uint("hip.tlv_reg_from_protocol", 6, 1, "Protocol"),
    make::uint("hip.tlv_reg_from_reserved", 7, 1, "Reserved").hex(),
    make::ipv6("hip.tlv_reg_from_address", 8, "Address"),
});
inline constexpr auto relay_from = part({
    make::uint("hip.tlv.relay_from_port", 4, 2, "Port"),
    make::uint("hip.tlv_relay_from_protocol", 6, 1, "Protocol"),
    make::uint("hip.tlv_relay_from_reserved", 7, 1, "Reserved").hex(),
    make::ipv6("hip.tlv_relay_from_address", 8, "Address"),
});
inline constexpr auto relay_to = part({
    make::uint("hip.tlv.relay_to_port", 4, 2, "Port"),
    make::uint("hip.tlv_relay_to_protocol", 6, 1, "Protocol"),
    make::uint("hip.tlv_relay_to_reserved", 7, 1, "Reserved").hex(),
    make::ipv6("hip.tlv_relay_to_address", 8, "Address"),
});
inline constexpr Field mac = value("hip.tlv.hmac", Kind::bytes, "Message authentication code");
inline constexpr auto signature_head = part({make::uint("hip.tlv.sig_alg", 4, 1, "Algorithm")});
inline constexpr Field signature = value("hip.tlv.sig", Kind::bytes, "Signature");
inline constexpr auto from = part({make::ipv6("hip.tlv_from_address", 4, "Address of the sender")});
inline constexpr Field rendezvous =
    value("hip.tlv_rvs_address", Kind::ipv6, "Address of a rendezvous server");

/// Locators: RFC 8046 §4, RFC 5770 §5.7. Places count from the locator's first byte.
inline constexpr Field locator_address = value("hip.tlv.locator_address", Kind::ipv6, "Address");
inline constexpr auto locator = part({
    make::uint("hip.tlv.locator_traffic_type", 0, 1, "Type of traffic"),
    make::uint("hip.tlv.locator_type", 1, 1, "Type of locator"),
    make::uint("hip.tlv.locator_len", 2, 1, "Length of the locator, words of 4 bytes"),
    make::uint("hip.tlv.locator_reserved", 3, 1, "Reserved, and whether it is preferred").hex(),
    make::uint("hip.tlv.locator_lifetime", 4, 4, "Lifetime, s"),
});
inline constexpr auto locator_spi =
    part({make::uint("hip.tlv.locator_spi", 8, 4, "Security parameters index").hex()});
inline constexpr auto locator_transport = part({
    make::uint("hip.tlv.locator_port", 8, 2, "Port"),
    make::uint("hip.tlv.locator_transport_protocol", 10, 1, "Protocol"),
    make::uint("hip.tlv.locator_kind", 11, 1, "Kind of candidate").hex(),
    make::uint("hip.tlv.locator_priority", 12, 4, "Priority").hex(),
    make::uint("hip.tlv.locator_spi", 16, 4, "Security parameters index").hex(),
});

inline constexpr auto fields = together(
    payload, length, fixed_first, type, version, fixed_second, checksum, checksum_status, controls, anonymous,
    sender, receiver, parameter, esp_info, r1_counter, puzzle, puzzle_random, solution, solution_random,
    solution_found, sequence, acknowledged, diffie_hellman, public_value, transform, cipher, transform_head,
    nat_mode, pacing, encrypted, encrypted_data, host_id, exponent_length, exponent, modulus, dsa_t, dsa_q,
    dsa_p, dsa_g, dsa_y, fqdn, nai, certificate_head, certificate, notification, notification_data, opaque,
    services_info, services, services_failed, service, registered_from, relay_from, relay_to, mac,
    signature_head, signature, from, rendezvous, locator_address, locator, locator_spi, locator_transport);
inline constexpr Binding parents[] = {{Table::ip_proto, 139}};
Next dissect(Dissector& d);
inline constexpr Fill fills[] = {fill::number(payload, 59), fill::number(version, 2),
                                 fill::number(fixed_second, 1), fill::header(length).plus(-8).words(8)};
inline constexpr Field parameter_length = value("hip.tlv_length", Kind::uint, "Its length, bytes", 16);
inline constexpr Group groups[] = {
    {.first = &parameter, .length = &parameter_length, .plus = -4, .align = 8}};
inline constexpr Construction construction{.fills = fills, .groups = groups, .align = 8};
inline constexpr Protocol protocol = Protocol{"hip",
                                              "Host Identity Protocol",
                                              "RFC 7401, RFC 5201, RFC 5770",
                                              40,
                                              fields,
                                              Level::internet,
                                              parents,
                                              dissect,
                                              "HIP"}
                                         .made_by(construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::hip
