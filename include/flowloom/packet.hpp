// A packet as it lies in a capture, before anything inside it is looked at.
#pragma once

#include <cstdint>

#include "flowloom/bytes.hpp"
#include "flowloom/timestamp.hpp"

namespace flowloom {

/// Link-layer header types of the captures' registry (https://www.tcpdump.org/linktypes.html). Any other
/// value may occur in a file; link_type_name() knows the names of many more than are dissected.
using LinkType = std::uint16_t;

/// One captured packet. The bytes belong to the window that it was read with.
struct RawPacket {
  PaddedBytes bytes;         ///< as captured, perhaps cut by the snap length
  Timestamp time;            ///< of capture; 0 where the format has none (pcapng simple packet block)
  std::uint64_t number = 0;  ///< 1, 2, … in its capture
  std::uint32_t original_length = 0;  ///< on the wire, bytes; at least bytes.size() unless the capture lies
  LinkType link_type = 0;
  std::uint16_t interface = 0;  ///< index into CaptureReader::interfaces() (several sections: counted on)
};

}  // namespace flowloom
