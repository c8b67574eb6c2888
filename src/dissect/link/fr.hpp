#pragma once

#include "dissect/field.hpp"

namespace flowloom::fr {
using namespace make;
// Places count from the octet that they are in: an address has one to four of them (ITU-T Q.922 §3.2).
inline constexpr Field first_octet =
    make::uint("fr.first_addr_octet", 0, 1, "First octet").hex().when_parsed();
inline constexpr Field upper_dlci = bits("fr.upper_dlci", 0, 6, "Upper bits of the DLCI").hex().when_parsed();
inline constexpr Field cr = flag("fr.cr", 6, "Command or response").in(8).when_parsed();
inline constexpr Field ea = flag("fr.ea", 7, "Last octet of the address").in(8).when_parsed();
inline constexpr Field bogus = value("fr.bogus_address", Kind::none, "Address of one octet");
inline constexpr Field second_octet =
    make::uint("fr.second_addr_octet", 0, 1, "Second octet").hex().when_parsed();
inline constexpr Field second_dlci =
    bits("fr.second_dlci", 0, 4, "Bits of the DLCI in the second octet").hex().when_parsed();
inline constexpr Field fecn =
    flag("fr.fecn", 4, "Forward explicit congestion notification").in(8).when_parsed();
inline constexpr Field becn =
    flag("fr.becn", 5, "Backward explicit congestion notification").in(8).when_parsed();
inline constexpr Field de = flag("fr.de", 6, "Discard eligibility").in(8).when_parsed();
inline constexpr Field third_octet =
    make::uint("fr.third_addr_octet", 0, 1, "Third octet").hex().when_parsed();
inline constexpr Field third_dlci =
    bits("fr.third_dlci", 0, 7, "Bits of the DLCI in the third octet").hex().when_parsed();
inline constexpr Field lower_dlci = bits("fr.lower_dlci", 0, 6, "Lower bits of the DLCI").hex().when_parsed();
inline constexpr Field core_control = bits("fr.dlcore_control", 0, 6, "DL-CORE control").hex().when_parsed();
inline constexpr Field dc =
    flag("fr.dc", 6, "DL-CORE control instead of the DLCI's lower bits").in(16).when_parsed();
inline constexpr Field dlci = value("fr.dlci", Kind::uint, "Data link connection identifier");
inline constexpr Field control = value("fr.control", Kind::uint, "Control", 8).hex();
inline constexpr Field n_r = value("fr.control.n_r", Kind::uint, "Next number expected", 16);
inline constexpr Field n_s = value("fr.control.n_s", Kind::uint, "Number sent", 16);
inline constexpr Field poll = value("fr.control.p", Kind::flag, "Poll", 8);
inline constexpr Field final = value("fr.control.f", Kind::flag, "Final", 8);
inline constexpr Field s_ftype = value("fr.control.s_ftype", Kind::uint, "Supervisory frame type", 16).hex();
inline constexpr Field u_command = value("fr.control.u_modifier_cmd", Kind::uint, "Command", 8).hex();
inline constexpr Field u_response = value("fr.control.u_modifier_resp", Kind::uint, "Response", 8).hex();
inline constexpr Field ftype = value("fr.control.ftype", Kind::uint, "Frame type", 16).hex();
inline constexpr Field u_ftype = value("fr.control.ftype", Kind::uint, "Frame type (unnumbered)", 8).hex();
inline constexpr Field nlpid = value("fr.nlpid", Kind::uint, "Network layer protocol, or padding", 8).hex();
inline constexpr Field oui = value("fr.snap.oui", Kind::uint, "SNAP organization code", 24);
inline constexpr Field pid = value("fr.snap.pid", Kind::uint, "SNAP: the organization's protocol", 16).hex();
inline constexpr Field snap_type = value("fr.snaptype", Kind::uint, "SNAP: EtherType", 16).hex();
inline constexpr Field cisco_type =
    value("fr.chdlctype", Kind::uint, "EtherType behind the address", 16).hex();
inline constexpr const Field* fields[] = {
    &first_octet, &upper_dlci, &cr,         &ea,          &bogus,      &second_octet, &second_dlci,
    &fecn,        &becn,       &de,         &third_octet, &third_dlci, &lower_dlci,   &core_control,
    &dc,          &dlci,       &control,    &n_r,         &n_s,        &poll,         &final,
    &s_ftype,     &u_command,  &u_response, &ftype,       &u_ftype,    &nlpid,        &oui,
    &pid,         &snap_type,  &cisco_type};
inline constexpr Binding parents[] = {{Table::link_type, 107}};
Next dissect(Dissector& d);
/// The layer is a frame that Frame Relay says to have its check sequence behind it.
bool bridged_with_check(const Dissector& d);
inline constexpr Protocol protocol{"fr",    "Frame Relay", "ITU-T Q.922, RFC 2427", 1, fields, Level::link,
                                   parents, dissect};
static_assert(well_formed(protocol));
}  // namespace flowloom::fr
