#pragma once

#include "dissect/construction.hpp"
#include "dissect/field.hpp"

namespace flowloom::llc {
using namespace make;
inline constexpr Field dsap = make::uint("llc.dsap", 0, 1, "Destination service access point").hex();
inline constexpr Field dsap_ig = flag("llc.dsap.ig", 7, "Destination is a group");
inline constexpr Field ssap = make::uint("llc.ssap", 1, 1, "Source service access point").hex();
inline constexpr Field ssap_cr = flag("llc.ssap.cr", 15, "Response");
inline constexpr Field control = value("llc.control", Kind::uint, "Control", 16).hex();
inline constexpr Field n_r = value("llc.control.n_r", Kind::uint, "Next number expected", 16);
inline constexpr Field n_s = value("llc.control.n_s", Kind::uint, "Number sent", 16);
inline constexpr Field poll = value("llc.control.p", Kind::flag, "Poll", 8);
inline constexpr Field final = value("llc.control.f", Kind::flag, "Final", 8);
inline constexpr Field s_ftype = value("llc.control.s_ftype", Kind::uint, "Supervisory frame type", 16).hex();
inline constexpr Field u_command = value("llc.control.u_modifier_cmd", Kind::uint, "Command", 8).hex();
inline constexpr Field u_response = value("llc.control.u_modifier_resp", Kind::uint, "Response", 8).hex();
inline constexpr Field ftype = value("llc.control.ftype", Kind::uint, "Frame type", 16).hex();
inline constexpr Field u_ftype = value("llc.control.ftype", Kind::uint, "Frame type (unnumbered)", 8).hex();
inline constexpr Field oui = value("llc.oui", Kind::uint, "SNAP organization code", 24);
inline constexpr Field type = value("llc.type", Kind::uint, "SNAP EtherType", 16).hex();
inline constexpr Field pid = value("llc.pid", Kind::uint, "SNAP protocol of the organization", 16).hex();
// Wireshark has names of its own for some organizations' protocols.
inline constexpr Field nortel_pid = value("llc.nortel_pid", Kind::uint, "SNAP protocol of Nortel", 16).hex();
inline constexpr Field force10_pid =
    value("llc.force10_pid", Kind::uint, "SNAP protocol of Force10", 16).hex();
inline constexpr Field cisco_pid = value("llc.cisco_pid", Kind::uint, "SNAP protocol of Cisco", 16).hex();
inline constexpr Field iana_pid = value("llc.iana_pid", Kind::uint, "SNAP protocol of IANA", 16).hex();
inline constexpr Field cimetrics_pid =
    value("llc.cimetrics_pid", Kind::uint, "SNAP protocol of Cimetrics", 16).hex();
inline constexpr Field bluetooth_pid =
    value("llc.bluetooth_pid", Kind::uint, "SNAP protocol of Bluetooth", 16).hex();
inline constexpr Field wlccp_pid =
    value("llc.wlccp_pid", Kind::uint, "SNAP protocol of Cisco's wireless control", 16).hex();
inline constexpr Field hpteam_pid =
    value("llc.hpteam_pid", Kind::uint, "SNAP protocol of HP's NIC teaming", 16).hex();
inline constexpr Field extreme_pid =
    value("llc.extreme_pid", Kind::uint, "SNAP protocol of Extreme Networks", 16).hex();
inline constexpr Field foundry_pid =
    value("llc.foundry_pid", Kind::uint, "SNAP protocol of Foundry", 16).hex();
inline constexpr Field apple_pid =
    value("llc.apple_atalk_pid", Kind::uint, "SNAP protocol of AppleTalk", 16).hex();
inline constexpr Field awdl_pid =
    value("llc.apple_awdl_pid", Kind::uint, "SNAP protocol of Apple Wireless Direct Link", 16).hex();
inline constexpr const Field* fields[] = {
    &dsap,        &dsap_ig,     &ssap,        &ssap_cr,       &control,       &n_r,
    &n_s,         &poll,        &final,       &s_ftype,       &u_command,     &u_response,
    &ftype,       &u_ftype,     &oui,         &type,          &pid,           &nortel_pid,
    &force10_pid, &cisco_pid,   &iana_pid,    &cimetrics_pid, &bluetooth_pid, &wlccp_pid,
    &hpteam_pid,  &extreme_pid, &foundry_pid, &apple_pid,     &awdl_pid};
inline constexpr Binding parents[] = {{Table::link_type, 100}};
Next dissect(Dissector& d);
inline constexpr Fill fills[] = {fill::next(dsap, Table::llc_dsap).without(oui),
                                 fill::next(ssap, Table::llc_dsap).without(oui),
                                 fill::next(type, Table::ethertype).when_given(oui)};
/// An unnumbered frame's control field has one byte (IEEE 802.2 §5.2).
constexpr std::uint8_t size_of(const Field& field, std::uint64_t number) {
  return &field == &control && number <= 0xFF && (number & 3) == 3 ? 1 : 0;
}
inline constexpr Construction construction{.fills = fills, .size = size_of};
inline constexpr Protocol protocol =
    Protocol{"llc", "Logical link control", "IEEE 802.2", 2, fields, Level::link, parents, dissect, "LLC"}
        .made_by(construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::llc
