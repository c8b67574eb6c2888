#pragma once

#include "dissect/construction.hpp"
#include "dissect/field.hpp"

namespace flowloom::gtp {
using namespace make;
inline constexpr Field flags = make::uint("gtp.flags", 0, 1, "Flags").hex();
inline constexpr Field version = bits("gtp.flags.version", 0, 3, "Version");
inline constexpr Field payload = bits("gtp.flags.payload", 3, 1, "Protocol type (1: GTP)");
inline constexpr Field reserved = bits("gtp.flags.reserved", 4, 1, "Reserved").when_parsed();
inline constexpr Field e = flag("gtp.flags.e", 5, "Extension header present").when_parsed();
inline constexpr Field s = flag("gtp.flags.s", 6, "Sequence number present").when_parsed();
inline constexpr Field pn = flag("gtp.flags.pn", 7, "N-PDU number present").when_parsed();
inline constexpr Field message = make::uint("gtp.message", 1, 1, "Message type").hex();
inline constexpr Field length = make::uint("gtp.length", 2, 2, "Length after the first 8 bytes, bytes");
inline constexpr Field teid = make::uint("gtp.teid", 4, 4, "Tunnel endpoint identifier").hex();
inline constexpr Field seq_number = make::uint("gtp.seq_number", 8, 2, "Sequence number").hex().when_parsed();
inline constexpr Field npdu_number = make::uint("gtp.npdu_number", 10, 1, "N-PDU number").hex().when_parsed();
inline constexpr Field first_ext_hdr =
    make::uint("gtp.ext_hdr.next", 11, 1, "Type of the next extension header").hex().when_parsed();
inline constexpr Field ext_hdr = value("gtp.ext_hdr", Kind::none, "Extension header");
inline constexpr Field ext_hdr_length =
    value("gtp.ext_hdr.length", Kind::uint, "Its length, units of 4 bytes", 8);
inline constexpr Field ext_hdr_next =
    value("gtp.ext_hdr.next", Kind::uint, "Type of the next extension header", 8).hex();
inline constexpr const Field* fields[] = {
    &flags,       &version,     &payload,       &reserved, &e,
    &s,           &pn,          &message,       &length,   &teid,
    &seq_number,  &npdu_number, &first_ext_hdr, &ext_hdr,  &ext_hdr_length,
    &ext_hdr_next};
inline constexpr Binding parents[] = {{Table::udp_port, 2152}};
Next dissect(Dissector& d);
Next dissect_cut(Dissector& d);
inline constexpr Fill fills[] = {fill::number(version, 1),     fill::number(payload, 1),
                                 fill::flag(e, first_ext_hdr), fill::flag(s, seq_number),
                                 fill::flag(pn, npdu_number),  fill::number(message, 255),
                                 fill::whole(length).plus(-8)};
inline constexpr Construction construction{.fills = fills, .align = 4};
inline constexpr Protocol protocol =
    Protocol{
        "gtp",  "GPRS Tunnelling Protocol, user plane", "3GPP TS 29.281", 8, fields, Level::tunnel, parents,
        dissect}
        .made_by(construction)
        .cut_by(dissect_cut);
static_assert(well_formed(protocol));
}  // namespace flowloom::gtp
