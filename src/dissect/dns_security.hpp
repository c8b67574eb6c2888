// DNS records that hold keys, signatures, digests and certificates, and those that deny others (DNSSEC: RFC
// 4034, RFC 5155), see dns_records.hpp.
#pragma once

#include "dissect/dns_steps.hpp"

namespace flowloom::dns {

// RFC 2535 §3.1
inline constexpr Step key[] = {
    step::number("dns.key.flags", 16, "Flags").hex(),
    step::part_flag("dns.key.flags.authentication", 16, 0x8000, "Not for authentication"),
    step::part_flag("dns.key.flags.confidentiality", 16, 0x4000, "Not for confidentiality"),
};
/// If there is a key.
inline constexpr Step key_uses[] = {
    step::part_flag("dns.key.flags.required", 16, 0x2000, "Need not be used"),
    step::part_flag("dns.key.flags.associated_user", 16, 0x0400, "Of a user"),
    step::part_flag("dns.key.flags.associated_named_entity", 16, 0x0200, "Of what has the name"),
    step::part_flag("dns.key.flags.ipsec", 16, 0x0080, "For IPsec"),
    step::part_flag("dns.key.flags.mime", 16, 0x0040, "For signed and encrypted mail"),
    step::part("dns.key.flags.signatory", 16, 0x000F, "What it may sign"),
};
inline constexpr Step key_kind[] = {
    step::number("dns.key.protocol", 8, "Protocol"),
    step::number("dns.key.algorithm", 8, "Algorithm"),
};
inline constexpr Field key_tag = make::value("dns.key.key_id", Kind::uint, "Key tag", 16);
inline constexpr Step key_itself[] = {step::rest("dns.key.public_key", Kind::bytes, "Public key")};

inline constexpr Step cert[] = {
    // RFC 4398 §2
    step::number("dns.cert.type", 16, "Type of certificate"),
    step::number("dns.cert.key_tag", 16, "Key tag").hex(),
    step::number("dns.cert.algorithm", 8, "Algorithm"),
    step::rest("dns.cert.certificate", Kind::bytes, "Certificate, or list of revoked ones"),
};
inline constexpr Step ds[] = {
    // RFC 4034 §5.1
    step::number("dns.ds.key_id", 16, "Key tag").hex(),
    step::number("dns.ds.algorithm", 8, "Algorithm"),
    step::number("dns.ds.digest_type", 8, "Digest type"),
    step::rest("dns.ds.digest", Kind::bytes, "Digest"),
};
inline constexpr Step sshfp[] = {
    // RFC 4255 §3.1
    step::number("dns.sshfp.algorithm", 8, "Algorithm of the key"),
    step::number("dns.sshfp.fingerprint.type", 8, "Digest type"),
    step::rest("dns.sshfp.fingerprint", Kind::bytes, "Digest of the key"),
};
inline constexpr Step ipseckey[] = {
    // RFC 4025 §2.1
    step::number("dns.ipseckey.gateway_precedence", 8, "Precedence (lower first)"),
    step::number("dns.ipseckey.gateway_type", 8, "What the gateway is told by"),
    step::number("dns.ipseckey.gateway_algorithm", 8, "Algorithm of the key"),
};
inline constexpr Step ipseckey_ipv4[] = {
    step::plain("dns.ipseckey.gateway_ipv4", Kind::ipv4, 4, "Gateway"),
};
inline constexpr Step ipseckey_ipv6[] = {
    step::plain("dns.ipseckey.gateway_ipv6", Kind::ipv6, 16, "Gateway"),
};
inline constexpr Step ipseckey_name[] = {step::name("dns.ipseckey.gateway_dns", "Gateway")};
inline constexpr Step ipseckey_key[] = {
    step::rest("dns.ipseckey.public_key", Kind::bytes, "Public key"),
};
/// Also of SIG (RFC 2535 §4.1).
inline constexpr Step rrsig[] = {
    // RFC 4034 §3.1
    step::number("dns.rrsig.type_covered", 16, "Type of the records that are signed"),
    step::number("dns.rrsig.algorithm", 8, "Algorithm"),
    step::number("dns.rrsig.labels", 8, "Labels of their name"),
    step::number("dns.rrsig.original_ttl", 32, "Time to live in the zone, s"),
    step::time("dns.rrsig.signature_expiration", 4, "End of the signature's time"),
    step::time("dns.rrsig.signature_inception", 4, "Begin of the signature's time"),
    step::number("dns.rrsig.key_tag", 16, "Key tag"),
    step::name("dns.rrsig.signers_name", "Zone that signed"),
    step::rest("dns.rrsig.signature", Kind::bytes, "Signature"),
};
inline constexpr Step nsec[] = {step::name("dns.nsec.next_domain_name", "Next name that exists")};
inline constexpr Step nxt[] = {step::name("dns.nxt.next_domain_name", "Next name that exists")};
inline constexpr Step dnskey[] = {
    // RFC 4034 §2.1, RFC 5011 §3
    step::number("dns.dnskey.flags", 16, "Flags").hex(),
    step::part_flag("dns.dnskey.flags.zone_key", 16, 0x0100, "Key of a zone"),
    step::part_flag("dns.dnskey.flags.key_revoked", 16, 0x0080, "Revoked"),
    step::part_flag("dns.dnskey.flags.secure_entry_point", 16, 0x0001, "Key that signs keys"),
    step::part("dns.dnskey.flags.reserved", 16, 0xFE7E, "Reserved").hex(),
    step::number("dns.dnskey.protocol", 8, "Protocol (3)"),
    step::number("dns.dnskey.algorithm", 8, "Algorithm"),
};
inline constexpr Field dnskey_tag = make::value("dns.dnskey.key_id", Kind::uint, "Key tag", 16);
inline constexpr Step dnskey_itself[] = {step::rest("dns.dnskey.public_key", Kind::bytes, "Public key")};

inline constexpr Step nsec3[] = {
    // RFC 5155 §3.2, §4.2
    step::number("dns.nsec3.algo", 8, "Hash algorithm"),
    step::number("dns.nsec3.flags", 8, "Flags"),
};
inline constexpr Step nsec3_opt_out[] = {
    step::part_flag("dns.nsec3.flags.opt_out", 8, 1, "Unsigned delegations may be there"),
};
inline constexpr Step nsec3_salt[] = {
    step::number("dns.nsec3.iterations", 16, "Further times the hash is taken"),
    step::number("dns.nsec3.salt_length", 8, "Length of the salt, bytes"),
    step::counted("dns.nsec3.salt_value", Kind::bytes, "Salt"),
};
inline constexpr Step nsec3_length[] = {
    step::number("dns.nsec3.hash_length", 8, "Length of the hash, bytes"),
};
inline constexpr Field nsec3_hash =
    make::value("dns.nsec3.hash_value", Kind::text, "Hash of the next name that exists, in base 32");
inline constexpr Step tlsa[] = {
    // RFC 6698 §2.1
    step::number("dns.tlsa.certificate_usage", 8, "How it binds certificates"),
    step::number("dns.tlsa.selector", 8, "Part of the certificate"),
    step::number("dns.tlsa.matching_type", 8, "Digest type"),
    step::rest("dns.tlsa.certificate_association_data", Kind::bytes, "Certificate, key or digest"),
};
inline constexpr Step hip_lengths[] = {
    // RFC 8005 §5
    step::number("dns.hip.hit.length", 8, "Length of the host identity tag, bytes"),
    step::number("dns.hip.hit.pk.algo", 8, "Algorithm of the key"),
    step::number("dns.hip.pk.length", 16, "Length of the key, bytes"),
};
inline constexpr Field hip_tag = make::value("dns.hip.hit", Kind::bytes, "Host identity tag");
inline constexpr Field hip_key = make::value("dns.hip.pk", Kind::bytes, "Public key");
inline constexpr Step hip_servers[] = {step::name("dns.hip.rendezvous_server", "Rendezvous server")};
inline constexpr Step openpgpkey[] = {step::rest("dns.openpgpkey", Kind::text, "OpenPGP key")};
inline constexpr Step tkey[] = {
    // RFC 2930 §2
    step::name("dns.tkey.algo_name", "Algorithm"),
    step::time("dns.tkey.signature_inception", 4, "Begin of the key's time"),
    step::time("dns.tkey.signature_expiration", 4, "End of the key's time"),
    step::number("dns.tkey.mode", 16, "How the key is agreed on"),
    step::number("dns.tkey.error", 16, "Error"),
    step::number("dns.tkey.key_size", 16, "Length of the key, bytes"),
    step::some("dns.tkey.key_data", Kind::bytes, "Key"),
    step::number("dns.tkey.other_size", 16, "Length of the rest, bytes"),
    step::some("dns.tkey.other_data", Kind::bytes, "Rest"),
};
inline constexpr Step tsig[] = {
    // RFC 8945 §4.2
    step::name("dns.tsig.algorithm_name", "Algorithm"),
    step::time("dns.tsig.time_signed", 6, "Time when the message was signed"),
    step::number("dns.tsig.fudge", 16, "How far times may differ, s"),
    step::number("dns.tsig.mac_size", 16, "Length of the authentication code, bytes"),
    step::some("dns.tsig.mac", Kind::none, "Authentication code"),
    step::number("dns.tsig.original_id", 16, "Transaction identifier when it was signed"),
    step::number("dns.tsig.error", 16, "Error"),
    step::number("dns.tsig.other_len", 16, "Length of the rest, bytes"),
    step::some("dns.tsig.other_data", Kind::bytes, "Rest"),
};
inline constexpr Step caa[] = {
    // RFC 8659 §4.1
    step::number("dns.caa.flags", 8, "Flags").hex(),
    step::part_flag("dns.caa.flags.issuer_critical", 8, 0x80, "Not to be ignored if unknown"),
};
inline constexpr Field caa_issue = make::value("dns.caa.issue", Kind::text, "Who may issue certificates");
inline constexpr Field caa_issue_wild =
    make::value("dns.caa.issuewild", Kind::text, "Who may issue certificates for all names below");
inline constexpr Field caa_report = make::value("dns.caa.iodef", Kind::text, "Where to report to");
inline constexpr Field caa_unknown = make::value("dns.caa.unknown", Kind::text, "Value of another property");
inline constexpr Step caa_property[] = {
    step::number("dns.caa.tag_length", 8, "Length of the property's name, bytes"),
    step::counted("dns.caa.tag", Kind::text, "Property"),
    step::rest("dns.caa.value", Kind::text, "Its value"),
};

inline constexpr auto kSecuritySteps = steps_of(
    key, key_uses, key_kind, key_itself, cert, ds, sshfp, ipseckey, ipseckey_ipv4, ipseckey_ipv6,
    ipseckey_name, ipseckey_key, rrsig, nsec, nxt, dnskey, dnskey_itself, nsec3, nsec3_opt_out, nsec3_salt,
    nsec3_length, tlsa, hip_lengths, hip_servers, openpgpkey, tkey, tsig, caa, caa_property);
inline constexpr auto kSecurityFields =
    together(kFieldsOf<kSecuritySteps>, key_tag, dnskey_tag, nsec3_hash, hip_tag, hip_key, caa_issue,
             caa_issue_wild, caa_report, caa_unknown);

}  // namespace flowloom::dns
