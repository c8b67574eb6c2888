#include "dissect/link/ppp.hpp"

#include "dissect/dissector.hpp"
#include "dissect/link/chdlc.hpp"
#include "dissect/link/frame.hpp"

namespace flowloom::ppp {

Next dissect(Dissector& d) {
  constexpr LinkType kHdlc = 50;
  constexpr std::uint8_t kUnicast = 0x0F, kMulticast = 0x8F;
  if (d.packet().link_type == kHdlc && d.over(frame::protocol) &&
      (d.u8(0) == kUnicast || d.u8(0) == kMulticast)) {  // Cisco HDLC instead (RFC 1547)
    d.set_header(0);
    return d.to(chdlc::protocol);
  }
  std::size_t at = 0;
  if (d.u8(0) == 0xFF) {  // HDLC's address and control, which may be left out (RFC 1662 §3.1)
    if (d.wants_values()) {
      d.put(address, 0, 1);
      d.put(control, 1, 1);
    }
    at = 2;
  }
  const std::size_t size = (d.u8(at) & 1) != 0 ? 1 : 2;  // RFC 1661 §6.5
  if (!d.set_header(at + size)) return Next::nothing();
  if (d.wants_values()) d.put(protocol_field, at, size);
  return d.to(Table::ppp, size == 1 ? d.u8(at) : d.u16(at));
}

}  // namespace flowloom::ppp
