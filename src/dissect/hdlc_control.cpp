#include "dissect/hdlc_control.hpp"

namespace flowloom {

void put_hdlc_control(Dissector& d, const HdlcControl& fields, std::size_t at, bool response) {
  const std::uint8_t low = d.u8(at);
  const Field& asking = response ? fields.final : fields.poll;
  if (hdlc_control_size(low) == 1) {
    d.put_number(response ? fields.response : fields.command, (low & 0xECU) >> 2U, at, 1);
    d.put_number(fields.unnumbered_type, 3, at, 1);
    if ((low & 0x10) != 0) d.put_number(asking, 1, at, 1);
    return;
  }
  const std::uint8_t high = d.u8(at + 1);
  d.put_number(fields.next, high >> 1U, at, 2);
  if ((low & 1) == 0) {
    d.put_number(fields.sent, low >> 1U, at, 2);
    d.put_number(fields.numbered_type, 0, at, 2);
  } else {
    d.put_number(fields.supervisory, (low & 0x0CU) >> 2U, at, 2);
    d.put_number(fields.numbered_type, 1, at, 2);
  }
  if ((high & 1) != 0) d.put_number(asking, 1, at + 1, 1);
}

}  // namespace flowloom
