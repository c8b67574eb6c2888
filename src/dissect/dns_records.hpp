// What DNS records say, type by type (IANA, "Resource Record (RR) TYPEs"): the fields of a record's data in
// the order in which they lie there. Those of keys and signatures are in dns_security.hpp.
#pragma once

#include "dissect/dns_steps.hpp"

namespace flowloom::dns {

/// Of a record, and of each that a bitmap says to exist.
inline constexpr Field resp_type = make::value("dns.resp.type", Kind::uint, "Type of the record", 16);

// --- hosts and services ---------------------------------------------------------------------------------
inline constexpr Field a = make::value("dns.a", Kind::ipv4, "Address");
inline constexpr Field aaaa = make::value("dns.aaaa", Kind::ipv6, "Address");
inline constexpr Step ns[] = {step::name("dns.ns", "Name server")};
inline constexpr Step md[] = {step::name("dns.md", "Mail destination")};
inline constexpr Step mf[] = {step::name("dns.mf", "Mail forwarder")};
inline constexpr Step cname[] = {step::name("dns.cname", "Canonical name")};
inline constexpr Step soa[] = {
    step::name("dns.soa.mname", "Primary name server"),
    step::name("dns.soa.rname", "Mailbox of who is responsible"),
    step::number("dns.soa.serial_number", 32, "Serial number"),
    step::number("dns.soa.refresh_interval", 32, "Refresh interval, s"),
    step::number("dns.soa.retry_interval", 32, "Retry interval, s"),
    step::number("dns.soa.expire_limit", 32, "Expire limit, s"),
    step::number("dns.soa.minimum_ttl", 32, "Minimum time to live, s"),
};
inline constexpr Step mb[] = {step::name("dns.mb", "Host of a mailbox")};
inline constexpr Step mg[] = {step::name("dns.mg", "Member of a mail group")};
inline constexpr Step mr[] = {step::name("dns.mr", "New name of a mailbox")};
inline constexpr Step null[] = {step::rest("dns.null", Kind::bytes, "Anything")};
inline constexpr Step wks[] = {
    step::plain("dns.wks.address", Kind::ipv4, 4, "Address"),
    step::number("dns.wks.protocol", 8, "IP protocol"),
};
inline constexpr Field wks_bits =
    make::value("dns.wks.bits", Kind::uint, "Ports that are served, eight at a time", 8).hex();
inline constexpr Step ptr[] = {step::name("dns.ptr.domain_name", "Name pointed to")};
inline constexpr Step hinfo[] = {
    step::number("dns.hinfo.cpu_length", 8, "Length of the processor's name, bytes"),
    step::counted("dns.hinfo.cpu", Kind::text, "Processor"),
    step::number("dns.hinfo.os_length", 8, "Length of the system's name, bytes"),
    step::counted("dns.hinfo.os", Kind::text, "Operating system"),
};
inline constexpr Step minfo[] = {
    step::name("dns.minfo.r", "Mailbox of who is responsible"),
    step::name("dns.minfo.e", "Mailbox for errors"),
};
inline constexpr Step mx[] = {
    step::number("dns.mx.preference", 16, "Preference (lower first)"),
    step::name("dns.mx.mail_exchange", "Mail exchange"),
};
inline constexpr Step txt[] = {
    step::number("dns.txt.length", 8, "Length of the text, bytes"),
    step::counted("dns.txt", Kind::text, "Text"),
};
inline constexpr Step rp[] = {
    step::name("dns.rp.mailbox", "Mailbox of who is responsible"),
    step::name("dns.rp.txt_rr", "Name with texts about them"),
};
inline constexpr Step afsdb[] = {
    step::number("dns.afsdb.subtype", 16, "Kind of server"),
    step::name("dns.afsdb.hostname", "Server"),
};
inline constexpr Step x25[] = {
    step::number("dns.x25.length", 8, "Length of the address, bytes"),
    step::counted("dns.x25.psdn_address", Kind::text, "X.25 address"),
};
inline constexpr Step isdn[] = {
    step::number("dns.idsn.length", 8, "Length of the address, bytes"),
    step::counted("dns.idsn.address", Kind::text, "ISDN address"),
};
inline constexpr Step isdn_subaddress[] = {
    step::number("dns.idsn.sa.length", 8, "Length of the subaddress, bytes"),
    step::counted("dns.idsn.sa.address", Kind::text, "Subaddress"),
};
inline constexpr Step rt[] = {
    step::number("dns.rt.subtype", 16, "Preference (lower first)"),
    step::name("dns.rt.intermediate_host", "Host to go through"),
};
inline constexpr Step nsap[] = {step::rest("dns.nsap.rdata", Kind::bytes, "NSAP address")};
inline constexpr Step nsap_ptr[] = {step::name("dns.nsap_ptr.owner", "Host of an NSAP address")};
inline constexpr Step px[] = {
    step::number("dns.px.preference", 16, "Preference (lower first)"),
    step::name("dns.px.map822", "Domain of Internet mail"),
    step::name("dns.px.map400", "Domain of X.400 mail"),
};
inline constexpr Step gpos[] = {
    step::number("dns.gpos.longitude_length", 8, "Length of the longitude, bytes"),
    step::counted("dns.gpos.longitude", Kind::text, "Longitude"),
    step::number("dns.gpos.latitude_length", 8, "Length of the latitude, bytes"),
    step::counted("dns.gpos.latitude", Kind::text, "Latitude"),
    step::number("dns.gpos.altitude_length", 8, "Length of the altitude, bytes"),
    step::counted("dns.gpos.altitude", Kind::text, "Altitude"),
};
inline constexpr Step loc_version[] = {step::number("dns.loc.version", 8, "Version")};
inline constexpr Step loc[] = {
    // RFC 1876 §2
    step::number("dns.loc.size", 8, "Diameter, cm: two digits, of which the second is an exponent"),
    step::number("dns.loc.horizontal_precision", 8, "Horizontal precision, as the diameter"),
    step::number("dns.loc.vertical_precision", 8, "Vertical precision, as the diameter"),
    step::number("dns.loc.latitude", 32, "Latitude, 1/1000 of a second of arc; the equator is 2^31"),
    step::number("dns.loc.longitude", 32, "Longitude, 1/1000 of a second of arc; Greenwich is 2^31"),
    step::number("dns.loc.altitude", 32, "Altitude, cm above 100 km below the sea"),
};
inline constexpr Field loc_unknown =
    make::value("dns.loc.unknown_data", Kind::bytes, "Location in an unknown version");
// RFC 2782: the owner is _service._protocol.name.
inline constexpr Field srv_service = make::value("dns.srv.service", Kind::text, "Service");
inline constexpr Field srv_proto = make::value("dns.srv.proto", Kind::text, "Protocol of the service");
inline constexpr Field srv_name = make::value("dns.srv.name", Kind::text, "Domain of the service");
inline constexpr Step srv[] = {
    step::number("dns.srv.priority", 16, "Priority (lower first)"),
    step::number("dns.srv.weight", 16, "Weight"),
    step::number("dns.srv.port", 16, "Port"),
    step::name("dns.srv.target", "Host"),
};
inline constexpr Step naptr[] = {
    step::number("dns.naptr.order", 16, "Order (lower first)"),
    step::number("dns.naptr.preference", 16, "Preference (lower first)"),
    step::number("dns.naptr.flags_length", 8, "Length of the flags, bytes"),
    step::counted("dns.naptr.flags", Kind::text, "Flags"),
    step::number("dns.naptr.service_length", 8, "Length of the services, bytes"),
    step::counted("dns.naptr.service", Kind::text, "Services"),
    step::number("dns.naptr.regex_length", 8, "Length of the substitution, bytes"),
    step::counted("dns.naptr.regex", Kind::text, "Substitution, with a regular expression"),
};
inline constexpr Field naptr_length =
    make::value("dns.naptr.replacement_length", Kind::uint, "Length of the replacement as text", 8);
inline constexpr Step naptr_replacement[] = {step::name("dns.naptr.replacement", "Replacement")};
inline constexpr Step kx[] = {
    step::number("dns.kx.preference", 16, "Preference (lower first)"),
    step::name("dns.kx.key_exchange", "Key exchanger"),
};
inline constexpr Step a6_length[] = {step::number("dns.a6.prefix_len", 8, "Length of the prefix, bits")};
inline constexpr Field a6_suffix =
    make::value("dns.a6.address_suffix", Kind::ipv6, "Address behind the prefix");
inline constexpr Step a6_prefix[] = {step::name("dns.a6.prefix_name", "Name that has the prefix")};
inline constexpr Step dname[] = {step::name("dns.dname", "Redirection of a subtree")};
inline constexpr Step apl_family[] = {step::number("dns.apl.address_family", 16, "Family of addresses")};
inline constexpr Step apl[] = {
    // RFC 3123 §4
    step::number("dns.apl.coded_prefix", 8, "Length of the prefix, bits"),
    step::flag_ahead("dns.apl.negation", 8, 0x80, "Not these addresses"),
    step::number("dns.apl.afdlength", 8, "Length of the address, bytes").only(0x7F),
};
inline constexpr Field apl_ipv4 = make::value("dns.apl.afdpart.ipv4", Kind::ipv4, "Address");
inline constexpr Field apl_ipv6 = make::value("dns.apl.afdpart.ipv6", Kind::ipv6, "Address");
inline constexpr Field apl_other = make::value("dns.apl.afdpart.data", Kind::bytes, "Address");
inline constexpr Step spf[] = {
    step::number("dns.spf.length", 8, "Length of the text, bytes"),
    step::counted("dns.spf", Kind::text, "Policy for senders of mail"),
};
inline constexpr Step nid[] = {
    step::number("dns.ilnp.nid.preference", 16, "Preference (lower first)"),
    step::plain("dns.ilnp.nid", Kind::bytes, 8, "Node identifier"),
};
inline constexpr Step l32[] = {
    step::number("dns.ilnp.l32.preference", 16, "Preference (lower first)"),
    step::plain("dns.ilnp.l32", Kind::ipv4, 4, "Locator"),
};
inline constexpr Step l64[] = {
    step::number("dns.ilnp.l64.preference", 16, "Preference (lower first)"),
    step::plain("dns.ilnp.l64", Kind::bytes, 8, "Locator"),
};
inline constexpr Step lp[] = {
    step::number("dns.ilnp.lp.preference", 16, "Preference (lower first)"),
    step::name("dns.ilnp.lp", "Name that has locators"),
};
inline constexpr Step eui48[] = {step::plain("dns.eui48", Kind::mac, 6, "EUI-48")};
inline constexpr Step eui64[] = {step::plain("dns.eui64", Kind::eui64, 8, "EUI-64")};
inline constexpr Step xpf[] = {
    step::plain("dns.xpf.ip_version", Kind::uint, 1, "IP version").in(16),
};
inline constexpr Step xpf_protocol[] = {step::number("dns.xpf.protocol", 8, "IP protocol")};
inline constexpr Step xpf_ipv4[] = {
    step::plain("dns.xpf.source_ipv4", Kind::ipv4, 4, "Source"),
    step::plain("dns.xpf.destination_ipv4", Kind::ipv4, 4, "Destination"),
};
inline constexpr Step xpf_ipv6[] = {
    step::plain("dns.xpf.source_ipv6", Kind::ipv6, 16, "Source"),
    step::plain("dns.xpf.destination_ipv6", Kind::ipv6, 16, "Destination"),
};
inline constexpr Step xpf_ports[] = {
    step::number("dns.xpf.sport", 16, "Source port"),
    step::number("dns.xpf.dport", 16, "Destination port"),
};
inline constexpr Step wins[] = {
    // [MS-DNSP] §2.2.2.2.4.11
    step::flag("dns.wins.local_flag", 32, "Not passed on to other servers"),
    step::number("dns.wins.lookup_timeout", 32, "Time to wait for an answer, s"),
    step::number("dns.wins.cache_timeout", 32, "Time to keep an answer, s"),
    step::number("dns.wins.nb_wins_servers", 32, "Number of servers"),
};
inline constexpr Step wins_server[] = {
    step::plain("dns.wins.wins_server", Kind::ipv4, 4, "Server for NetBIOS names"),
};
inline constexpr Step winsr[] = {
    step::flag("dns.winsr.local_flag", 32, "Not passed on to other servers"),
    step::number("dns.winsr.lookup_timeout", 32, "Time to wait for an answer, s"),
    step::number("dns.winsr.cache_timeout", 32, "Time to keep an answer, s"),
    step::name("dns.winsr.name_result_domain", "Domain put behind names that are found"),
};
inline constexpr Step csync[] = {
    // RFC 7477 §2.1.1
    step::number("dns.csync.soa", 32, "Serial number"),
    step::number("dns.csync.flags", 16, "Flags").hex(),
    step::part_flag("dns.csync.flags.immediate", 16, 1, "Need not be confirmed by an operator"),
    step::part_flag("dns.csync.flags.soaminimum", 16, 2, "Only for zones with that serial number or later"),
};
inline constexpr Field csync_types =
    make::value("dns.csync.type_bitmap", Kind::bytes, "Types to be copied from the child");
inline constexpr Step zonemd[] = {
    // RFC 8976 §2.2
    step::number("dns.zonemd.serial", 32, "Serial number"),
    step::number("dns.zonemd.scheme", 8, "What is digested"),
    step::number("dns.zonemd.hash_algo", 8, "Digest algorithm"),
    step::rest("dns.zonemd.digest", Kind::bytes, "Digest of the zone"),
};
inline constexpr Step dhcid[] = {step::rest("dns.dhcid.rdata", Kind::bytes, "Identifier of a DHCP client")};
inline constexpr Field unknown = make::value("dns.data", Kind::bytes, "Data of a record of an unknown type");

inline constexpr auto kRecordSteps =
    steps_of(ns, md, mf, cname, soa, mb, mg, mr, null, wks, ptr, hinfo, minfo, mx, txt, rp, afsdb, x25, isdn,
             isdn_subaddress, rt, nsap, nsap_ptr, px, gpos, loc_version, loc, srv, naptr, naptr_replacement,
             kx, a6_length, a6_prefix, dname, apl_family, apl, spf, nid, l32, l64, lp, eui48, eui64, xpf,
             xpf_protocol, xpf_ipv4, xpf_ipv6, xpf_ports, wins, wins_server, winsr, csync, zonemd, dhcid);
inline constexpr auto kRecordFields =
    together(resp_type, a, aaaa, kFieldsOf<kRecordSteps>, wks_bits, loc_unknown, srv_service, srv_proto,
             srv_name, naptr_length, a6_suffix, apl_ipv4, apl_ipv6, apl_other, csync_types, unknown);

}  // namespace flowloom::dns
