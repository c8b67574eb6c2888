#include "dissect/link/ppp.hpp"

#include "dissect/dissector.hpp"
#include "dissect/link/chdlc.hpp"
#include "dissect/link/fr.hpp"
#include "dissect/link/frame.hpp"

namespace flowloom::ppp {
namespace {

/// What the capturing machine put in front (https://www.tcpdump.org/linktypes.html); returns its length.
std::size_t put_direction(Dissector& d, LinkType link) {
  constexpr LinkType kPppd = 166, kWithDirection = 204;
  if (link != kPppd && link != kWithDirection) return 0;
  // Received packets are 0 in the capture and 1 for Wireshark.
  if (d.wants_values()) d.put_number(direction, d.u8(0) == 0 ? 1 : 0, 0, 1);
  if (link == kWithDirection) return 1;
  if (d.wants_values()) d.put(control, 1, 1);  // the direction is in place of the address
  return 2;
}

}  // namespace

Next dissect(Dissector& d) {
  constexpr LinkType kHdlc = 50;
  constexpr std::uint8_t kUnicast = 0x0F, kMulticast = 0x8F;
  const LinkType link = d.over(frame::protocol) ? d.packet().link_type : LinkType{0};
  if (link == kHdlc && (d.u8(0) == kUnicast || d.u8(0) == kMulticast)) {  // Cisco HDLC instead (RFC 1547)
    d.set_header(0);
    return d.to(chdlc::protocol);
  }
  std::size_t at = put_direction(d, link);
  if (d.u8(at) == 0xFF &&
      !d.over(fr::protocol)) {  // HDLC's address and control, which may be left out (RFC 1662 §3.1)
    if (d.wants_values()) {
      d.put(address, at, 1);
      d.put(control, at + 1, 1);
    }
    at += 2;
  }
  const std::size_t size = (d.u8(at) & 1) != 0 ? 1 : 2;  // RFC 1661 §6.5
  if (!d.set_header(at + size)) return Next::nothing();
  if (d.wants_values()) d.put(protocol_field, at, size);
  return d.to(Table::ppp, size == 1 ? d.u8(at) : d.u16(at));
}

}  // namespace flowloom::ppp
