// The flow path's dissector: from a packet's first byte to its innermost flow key, reading nothing else. No
// registry, no allocation, no virtual call.
#pragma once

#include <span>

#include "dissect/packet_record.hpp"
#include "flowloom/packet.hpp"

namespace flowloom {

/// Whether packets of this link type are dissected.
[[nodiscard]] bool link_type_supported(LinkType type);

/// Walks packets' headers and appends to `out`, of each: the record of the packet (of its innermost sound IP
/// header), and records that only take part in stream numbering (outer UDP headers of tunnels before it,
/// headers quoted by an ICMP error after it). Counts the packets' fates; that of later fragments is left to
/// FragmentResolver.
void walk_headers(std::span<const RawPacket> packets, const HashSeed& seed, PacketBatch& out);
inline void walk_headers(const RawPacket& packet, const HashSeed& seed, PacketBatch& out) {
  walk_headers({&packet, 1}, seed, out);
}

/// One packet without the short way for plain packets.
void walk_any_headers(const RawPacket& packet, const HashSeed& seed, PacketBatch& out);

}  // namespace flowloom
