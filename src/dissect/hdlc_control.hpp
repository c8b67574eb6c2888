// HDLC's control field, as LLC (IEEE 802.2 §5.3) and Frame Relay (ITU-T Q.922) have it.
#pragma once

#include "dissect/dissector.hpp"

namespace flowloom {

/// A protocol's names for its parts; `numbered_type` and `unnumbered_type` have one name and two sizes.
struct HdlcControl {
  const Field &next, &sent, &poll, &final, &supervisory, &command, &response, &numbered_type,
      &unnumbered_type;
};

/// One byte in unnumbered frames, two in others.
inline std::size_t hdlc_control_size(std::uint8_t first) { return (first & 3) == 3 ? 1 : 2; }

/// Puts the parts of the control field at `at`, all of which must be there.
void put_hdlc_control(Dissector& d, const HdlcControl& fields, std::size_t at, bool response);

}  // namespace flowloom
