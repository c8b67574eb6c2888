// What the parsers of pcap and pcapng have in common. Both are functions over contiguous bytes that begin at
// a record's (block's) first byte, so that a file can be read in windows from its start or from any verified
// boundary.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "flowloom/capture.hpp"
#include "flowloom/packet.hpp"

namespace flowloom {

/// Where a parser stopped in the bytes that it was given.
struct RecordsRead {
  /// Bytes of complete records. More than were given: the next record begins so far past their end (a long
  /// pcapng block that nobody needs).
  std::uint64_t consumed = 0;
  /// Bytes from `consumed` on that must be there before anything more can be read; at least 1.
  std::size_t needed = 0;
  std::optional<Damage> damage;
};

/// The most bytes a packet of this link type may have. More is no packet but a broken length. As libpcap's
/// MAXIMUM_SNAPLEN and its exceptions (pcap-common.c, max_snaplen_for_dlt).
[[nodiscard]] constexpr std::uint32_t longest_packet(LinkType type) {
  switch (type) {
    case 189:  // USB_LINUX
    case 220:  // USB_LINUX_MMAPPED
    case 231:  // DBUS
    case 249:  // USBPCAP
    case 266:  // USB_DARWIN
      return 128 * 1024 * 1024;
    case 279:  // EBHSCR
      return 8 * 1024 * 1024;
    default:
      return 256 * 1024;
  }
}

}  // namespace flowloom
