// Where the IP headers of a packet lie, for those who change packets.
#pragma once

#include <cstdint>
#include <vector>

#include "flowloom/packet.hpp"

namespace flowloom {

struct IpHeaderPlace {
  std::uint32_t offset = 0;  ///< of the header in the packet
  std::uint8_t version = 0;  ///< 4 or 6
  bool quoted = false;       ///< inside the packet that an ICMP error quotes
};

/// Appends the places of all IP headers that the header walk comes by, the outermost first. Each is captured
/// at least to its minimum length. Of an unsupported link type there are none.
void find_ip_headers(const RawPacket& packet, std::vector<IpHeaderPlace>& out);

}  // namespace flowloom
