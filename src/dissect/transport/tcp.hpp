#pragma once

#include "dissect/construction.hpp"
#include "dissect/field.hpp"

namespace flowloom::tcp {
using namespace make;
inline constexpr Field srcport = make::uint("tcp.srcport", 0, 2, "Source port");
inline constexpr Field dstport = make::uint("tcp.dstport", 2, 2, "Destination port");
inline constexpr Field src_any = make::uint("tcp.port", 0, 2, "Source or destination port").alias();
inline constexpr Field dst_any = make::uint("tcp.port", 2, 2, "Source or destination port").alias();
inline constexpr Field seq_raw = make::uint("tcp.seq_raw", 4, 4, "Sequence number (raw)");
inline constexpr Field ack_raw = make::uint("tcp.ack_raw", 8, 4, "Acknowledgment number (raw)");
inline constexpr Field hdr_len = bits("tcp.hdr_len", 96, 4, "Header length, bytes", 4);
inline constexpr Field flags = bits("tcp.flags", 100, 12, "Flags").hex();
inline constexpr Field ae = flag("tcp.flags.ae", 103, "Accurate ECN").in(12);
inline constexpr Field cwr = flag("tcp.flags.cwr", 104, "Congestion window reduced").in(12);
inline constexpr Field ece = flag("tcp.flags.ece", 105, "ECN-Echo").in(12);
inline constexpr Field urg = flag("tcp.flags.urg", 106, "Urgent").in(12);
inline constexpr Field ack = flag("tcp.flags.ack", 107, "Acknowledgment").in(12);
inline constexpr Field push = flag("tcp.flags.push", 108, "Push").in(12);
inline constexpr Field reset = flag("tcp.flags.reset", 109, "Reset").in(12);
inline constexpr Field syn = flag("tcp.flags.syn", 110, "Syn").in(12);
inline constexpr Field fin = flag("tcp.flags.fin", 111, "Fin").in(12);
inline constexpr Field window_size_value = make::uint("tcp.window_size_value", 14, 2, "Window");
inline constexpr Field checksum = make::uint("tcp.checksum", 16, 2, "Checksum").hex();
inline constexpr Field urgent_pointer = make::uint("tcp.urgent_pointer", 18, 2, "Urgent pointer");

// Options. Places count from an option's first byte.
inline constexpr Field flags_reserved = value("tcp.flags.res", Kind::flag, "Reserved", 12);
inline constexpr Field flags_text = value("tcp.flags.str", Kind::text, "Flags as letters");
Told tell_length(const Tape& tape, const Layer& layer);
inline constexpr Field len =
    value("tcp.len", Kind::uint, "Length of the payload, bytes").told_by(tell_length);
Told tell_payload(const Tape& tape, const Layer& layer);
inline constexpr Field payload = value("tcp.payload", Kind::bytes, "Payload").told_by(tell_payload);
inline constexpr Field reset_cause =
    value("tcp.reset_cause", Kind::text, "Why the connection was reset (payload)");
Told tell_checksum_status(const Tape& tape, const Layer& layer);
inline constexpr Field checksum_status =
    value("tcp.checksum.status", Kind::uint, "Checksum: 0 wrong, 1 right, 2 not known", 8)
        .told_by(tell_checksum_status);
inline constexpr Field checksum_calculated =
    value("tcp.checksum_calculated", Kind::uint, "Checksum as it should be", 16).hex();
inline constexpr Field options = value("tcp.options", Kind::bytes, "Options");
inline constexpr Field opt_kind = make::uint("tcp.option_kind", 0, 1, "Option").when_parsed();
inline constexpr Field opt_len = make::uint("tcp.option_len", 1, 1, "Length of option, bytes").when_parsed();
inline constexpr Field mss =
    make::uint("tcp.options.mss_val", 2, 2, "Maximum segment size, bytes").when_parsed();
inline constexpr Field wscale = make::uint("tcp.options.wscale.shift", 2, 1, "Window scale").when_parsed();
inline constexpr Field wscale_factor =
    value("tcp.options.wscale.multiplier", Kind::uint, "Factor of the window scale", 16);
inline constexpr Field sack_left = value("tcp.options.sack_le", Kind::uint, "Left edge of a block received");
inline constexpr Field sack_right =
    value("tcp.options.sack_re", Kind::uint, "Right edge of a block received");
inline constexpr Field sack_count = value("tcp.options.sack.count", Kind::uint, "Blocks received", 8);
inline constexpr Field dsack_left =
    value("tcp.options.sack.dsack_le", Kind::uint, "Left edge of a block received twice");
inline constexpr Field dsack_right =
    value("tcp.options.sack.dsack_re", Kind::uint, "Right edge of a block received twice");
inline constexpr Field echo = make::uint("tcp.options.echo_value", 2, 4, "Echo").when_parsed();
inline constexpr Field tsval = make::uint("tcp.options.timestamp.tsval", 2, 4, "Time stamp").when_parsed();
inline constexpr Field tsecr =
    make::uint("tcp.options.timestamp.tsecr", 6, 4, "Time stamp echoed").when_parsed();
inline constexpr Field cc = make::uint("tcp.options.cc_value", 2, 4, "Connection count").when_parsed();
inline constexpr Field md5 = value("tcp.options.md5.digest", Kind::bytes, "MD5 digest");
inline constexpr Field ao_key =
    make::uint("tcp.options.ao.keyid", 2, 1, "Key of the authentication option").when_parsed();
inline constexpr Field ao_next =
    make::uint("tcp.options.ao.rnextkeyid", 3, 1, "Next key wanted").when_parsed();
inline constexpr Field ao_mac = value("tcp.options.ao.mac", Kind::bytes, "Authentication code");
inline constexpr Field qs_rate = bits("tcp.options.qs.rate", 20, 4, "Quick start rate").when_parsed();
inline constexpr Field qs_ttl_diff =
    make::uint("tcp.options.qs.ttl_diff", 3, 1, "Quick start TTL difference").when_parsed();
inline constexpr Field user_granularity =
    flag("tcp.options.user_to_granularity", 16, "User timeout in minutes").in(16).when_parsed();
inline constexpr Field user_timeout = bits("tcp.options.user_to_val", 17, 15, "User timeout").when_parsed();
inline constexpr Field fast_open_request =
    value("tcp.options.tfo.request", Kind::none, "Fast open: cookie asked for");
inline constexpr Field fast_open_cookie = value("tcp.options.tfo.cookie", Kind::bytes, "Fast open cookie");
inline constexpr Field experiment =
    make::uint("tcp.options.experimental.exid", 2, 2, "Experiment").hex().when_parsed();
inline constexpr Field experiment_data =
    value("tcp.options.experimental.data", Kind::bytes, "Experimental data");
inline constexpr Field unknown =
    value("tcp.options.unknown.payload", Kind::bytes, "Data of an option not known");
inline constexpr Field ecn_ee0b = value("tcp.options.acc_ecn.ee0b", Kind::uint, "Bytes with ECT(0)", 24);
inline constexpr Field ecn_eceb = value("tcp.options.acc_ecn.eceb", Kind::uint, "Bytes with CE", 24);
inline constexpr Field ecn_ee1b = value("tcp.options.acc_ecn.ee1b", Kind::uint, "Bytes with ECT(1)", 24);
inline constexpr Field tarr_rate = bits("tcp.options.tarr.rate", 16, 7, "ACK rate wanted").when_parsed();
inline constexpr Field tarr_reserved = bits("tcp.options.tar.reserved", 23, 1, "Reserved").when_parsed();
inline constexpr Field mptcp_subtype =
    bits("tcp.options.mptcp.subtype", 16, 4, "Multipath TCP: what the option is").when_parsed();
inline constexpr Field mptcp_version = bits("tcp.options.mptcp.version", 20, 4, "Version").when_parsed();
inline constexpr Field mptcp_reserved =
    bits("tcp.options.mptcp.reserved", 20, 12, "Reserved").hex().when_parsed();
inline constexpr Field mptcp_flags = value("tcp.options.mptcp.flags", Kind::uint, "Flags", 8).hex();
inline constexpr Field mptcp_backup =
    bits("tcp.options.mptcp.backup.flag", 23, 1, "Backup path").when_parsed();
inline constexpr Field mptcp_checksum_required =
    bits("tcp.options.mptcp.checksumreq.flags", 24, 1, "Checksum required").when_parsed();
inline constexpr Field mptcp_extensibility =
    bits("tcp.options.mptcp.extensibility.flag", 25, 1, "Extensibility").when_parsed();
inline constexpr Field mptcp_no_more =
    bits("tcp.options.mptcp.nomoresubflows.flag", 26, 1, "No more subflows to this address and port")
        .when_parsed();
inline constexpr Field mptcp_capable_reserved =
    bits("tcp.options.mptcp.reserved.flag", 26, 5, "Reserved").hex().when_parsed();
inline constexpr Field mptcp_capable_reserved1 =
    bits("tcp.options.mptcp.reserved.flag", 27, 4, "Reserved").hex().when_parsed();
inline constexpr Field mptcp_sha1 = bits("tcp.options.mptcp.sha1.flag", 31, 1, "HMAC-SHA1").when_parsed();
inline constexpr Field mptcp_sha256 =
    bits("tcp.options.mptcp.sha256.flag", 31, 1, "HMAC-SHA256").when_parsed();
inline constexpr Field mptcp_data_fin =
    bits("tcp.options.mptcp.datafin.flag", 27, 1, "Data FIN").when_parsed();
inline constexpr Field mptcp_dsn8 =
    bits("tcp.options.mptcp.dseqn8.flag", 28, 1, "Data sequence number has 8 bytes").when_parsed();
inline constexpr Field mptcp_dsn =
    bits("tcp.options.mptcp.dseqnpresent.flag", 29, 1, "Data sequence number is there").when_parsed();
inline constexpr Field mptcp_ack8 =
    bits("tcp.options.mptcp.dataack8.flag", 30, 1, "Data acknowledgment has 8 bytes").when_parsed();
inline constexpr Field mptcp_ack =
    bits("tcp.options.mptcp.dataackpresent.flag", 31, 1, "Data acknowledgment is there").when_parsed();
inline constexpr Field mptcp_u = flag("tcp.options.mptcp.flag_U.flag", 20, "Flag U").in(4).when_parsed();
inline constexpr Field mptcp_v = flag("tcp.options.mptcp.flag_V.flag", 21, "Flag V").in(4).when_parsed();
inline constexpr Field mptcp_w = flag("tcp.options.mptcp.flag_W.flag", 22, "Flag W").in(4).when_parsed();
inline constexpr Field mptcp_transient =
    flag("tcp.options.mptcp.flag_T.flag", 23, "Transient").in(4).when_parsed();
inline constexpr Field mptcp_reason =
    make::uint("tcp.options.mptcp.rst_reason", 3, 1, "Reason of the reset").hex().when_parsed();
inline constexpr Field mptcp_address_id =
    value("tcp.options.mptcp.addrid", Kind::uint, "Address identifier", 8);
inline constexpr Field mptcp_send_key = value("tcp.options.mptcp.sendkey", Kind::uint, "Sender's key", 64);
inline constexpr Field mptcp_recv_key = value("tcp.options.mptcp.recvkey", Kind::uint, "Receiver's key", 64);
inline constexpr Field mptcp_token = value("tcp.options.mptcp.recvtok", Kind::uint, "Receiver's token");
inline constexpr Field mptcp_random =
    value("tcp.options.mptcp.sendrand", Kind::uint, "Sender's random number");
inline constexpr Field mptcp_short_mac =
    value("tcp.options.mptcp.sendtrunchmac", Kind::uint, "Sender's code, first 8 bytes", 64);
inline constexpr Field mptcp_mac = value("tcp.options.mptcp.sendhmac", Kind::bytes, "Sender's code");
inline constexpr Field mptcp_add_mac =
    value("tcp.options.mptcp.addaddrtrunchmac", Kind::uint, "Code of the address, last 8 bytes", 64);
inline constexpr Field mptcp_raw_ack =
    value("tcp.options.mptcp.rawdataack", Kind::uint, "Data acknowledgment", 64);
inline constexpr Field mptcp_raw_dsn =
    value("tcp.options.mptcp.rawdataseqno", Kind::uint, "Data sequence number", 64);
inline constexpr Field mptcp_subflow_seq =
    value("tcp.options.mptcp.subflowseqno", Kind::uint, "Subflow sequence number");
inline constexpr Field mptcp_data_len =
    value("tcp.options.mptcp.datalvllen", Kind::uint, "Length of the mapping, bytes", 16);
inline constexpr Field mptcp_checksum = value("tcp.options.mptcp.checksum", Kind::uint, "Checksum", 16).hex();
inline constexpr Field mptcp_ip_version = bits("tcp.options.mptcp.ipver", 20, 4, "IP version").when_parsed();
inline constexpr Field mptcp_echo = bits("tcp.options.mptcp.echo", 23, 1, "Echo").when_parsed();
inline constexpr Field mptcp_ipv4 = value("tcp.options.mptcp.ipv4", Kind::ipv4, "Address");
inline constexpr Field mptcp_ipv6 = value("tcp.options.mptcp.ipv6", Kind::ipv6, "Address");
inline constexpr Field mptcp_port = value("tcp.options.mptcp.port", Kind::uint, "Port", 16);
inline constexpr const Field* fields[] = {&srcport,
                                          &dstport,
                                          &src_any,
                                          &dst_any,
                                          &seq_raw,
                                          &ack_raw,
                                          &hdr_len,
                                          &flags,
                                          &ae,
                                          &cwr,
                                          &ece,
                                          &urg,
                                          &ack,
                                          &push,
                                          &reset,
                                          &syn,
                                          &fin,
                                          &window_size_value,
                                          &checksum,
                                          &urgent_pointer,
                                          &flags_reserved,
                                          &flags_text,
                                          &len,
                                          &payload,
                                          &reset_cause,
                                          &checksum_status,
                                          &checksum_calculated,
                                          &options,
                                          &opt_kind,
                                          &opt_len,
                                          &mss,
                                          &wscale,
                                          &wscale_factor,
                                          &sack_left,
                                          &sack_right,
                                          &sack_count,
                                          &dsack_left,
                                          &dsack_right,
                                          &echo,
                                          &tsval,
                                          &tsecr,
                                          &cc,
                                          &md5,
                                          &ao_key,
                                          &ao_next,
                                          &ao_mac,
                                          &qs_rate,
                                          &qs_ttl_diff,
                                          &user_granularity,
                                          &user_timeout,
                                          &fast_open_request,
                                          &fast_open_cookie,
                                          &experiment,
                                          &experiment_data,
                                          &unknown,
                                          &ecn_ee0b,
                                          &ecn_eceb,
                                          &ecn_ee1b,
                                          &tarr_rate,
                                          &tarr_reserved,
                                          &mptcp_subtype,
                                          &mptcp_version,
                                          &mptcp_reserved,
                                          &mptcp_flags,
                                          &mptcp_backup,
                                          &mptcp_checksum_required,
                                          &mptcp_extensibility,
                                          &mptcp_no_more,
                                          &mptcp_capable_reserved,
                                          &mptcp_capable_reserved1,
                                          &mptcp_sha1,
                                          &mptcp_sha256,
                                          &mptcp_data_fin,
                                          &mptcp_dsn8,
                                          &mptcp_dsn,
                                          &mptcp_ack8,
                                          &mptcp_ack,
                                          &mptcp_u,
                                          &mptcp_v,
                                          &mptcp_w,
                                          &mptcp_transient,
                                          &mptcp_reason,
                                          &mptcp_address_id,
                                          &mptcp_send_key,
                                          &mptcp_recv_key,
                                          &mptcp_token,
                                          &mptcp_random,
                                          &mptcp_short_mac,
                                          &mptcp_mac,
                                          &mptcp_add_mac,
                                          &mptcp_raw_ack,
                                          &mptcp_raw_dsn,
                                          &mptcp_subflow_seq,
                                          &mptcp_data_len,
                                          &mptcp_checksum,
                                          &mptcp_ip_version,
                                          &mptcp_echo,
                                          &mptcp_ipv4,
                                          &mptcp_ipv6,
                                          &mptcp_port};
inline constexpr Binding parents[] = {{Table::ip_proto, 6}};
Next dissect(Dissector& d);
/// Puts all that is wanted of a header of that length.
void put_values(Dissector& d, std::size_t header_length);
Next dissect_cut(Dissector& d);
/// Values of the options between the fixed header and `header_length`.
void put_options(Dissector& d, std::size_t header_length);
inline constexpr Fill fills[] = {fill::next(dstport, Table::tcp_port), fill::header(hdr_len)};
inline constexpr Group groups[] = {
    {.first = &opt_kind, .length = &opt_len, .alone = [](std::uint64_t kind) { return kind <= 1; }}};
inline constexpr Construction construction{.fills = fills, .groups = groups, .align = 4};
inline constexpr Protocol protocol =
    Protocol{
        "tcp", "Transmission Control Protocol", "RFC 9293", 20, fields, Level::transport, parents, dissect,
        "TCP"}
        .made_by(construction)
        .cut_by(dissect_cut);
static_assert(well_formed(protocol));
}  // namespace flowloom::tcp
