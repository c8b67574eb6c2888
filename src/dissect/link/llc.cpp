#include "dissect/link/llc.hpp"

#include "dissect/dissector.hpp"
#include "dissect/hdlc_control.hpp"

namespace flowloom::llc {
namespace {

constexpr HdlcControl kControl = {n_r, n_s, poll, final, s_ftype, u_command, u_response, ftype, u_ftype};

/// Puts the control field; returns its length.
std::size_t put_control(Dissector& d) {
  const std::uint8_t low = d.u8(2);
  const std::size_t size = hdlc_control_size(low);
  if (!d.wants_values() || !d.has(2 + size)) return size;
  d.put_number(control, size == 1 ? low : unsigned{d.u8(3)} << 8U | low, 2,
               size);  // sent with the low byte first
  put_hdlc_control(d, kControl, 2, (d.u8(1) & 1) != 0);
  return size;
}

/// Whose protocol numbers have a name of their own.
struct Organization {
  std::uint32_t code;
  const Field* pid;
};
constexpr Organization kOrganizations[] = {
    {0x000081, &nortel_pid},    {0x0001E8, &force10_pid},   {0x00000C, &cisco_pid}, {0x00005E, &iana_pid},
    {0x001090, &cimetrics_pid}, {0x001958, &bluetooth_pid}, {0x004096, &wlccp_pid}, {0x00805F, &hpteam_pid},
    {0x00E02B, &extreme_pid},   {0x00E052, &foundry_pid},   {0x080007, &apple_pid}, {0x0017F2, &awdl_pid}};

const Field& pid_of(std::uint32_t organization) {
  for (const Organization& known : kOrganizations) {
    if (known.code == organization) return *known.pid;
  }
  return pid;
}

}  // namespace

Next dissect(Dissector& d) {
  constexpr std::uint8_t kSnap = 0xAA;
  if (!d.set_header(3)) return Next::nothing();
  const std::size_t control_size = put_control(d);
  if (!d.set_header(2 + control_size)) return Next::nothing();
  if (d.u8(0) != kSnap || control_size != 1) {
    if (control_size == 2 && (d.u8(2) & 1) != 0) return Next::data();  // supervisory: carries nothing
    return d.to(Table::llc_dsap, d.u8(0));
  }
  if (!d.set_header(8)) return Next::nothing();
  const std::uint32_t organization = d.u32(2) & 0xFFFFFF;
  const std::uint16_t protocol_id = d.u16(6);
  const bool ethernet = organization == 0 || organization == 0x0000F8;  // RFC 1042, IEEE 802.1H
  if (d.wants_values()) {
    d.put(oui, 3, 3);
    d.put(ethernet ? type : pid_of(organization), 6, 2);
  }
  return ethernet ? d.to(Table::ethertype, protocol_id) : Next::data();
}

}  // namespace flowloom::llc
