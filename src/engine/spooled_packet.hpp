// A packet that is put aside to be written later.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "flowloom/packet.hpp"

namespace flowloom {

struct CaptureNotes;

/// Without its bytes. Behind them are those of its options, for a copy as pcapng.
struct SpooledPacket {
  std::int64_t time = 0;
  std::uint64_t number = 0;  ///< in its capture; below 2^44
  std::uint32_t captured = 0, original = 0;
  std::uint32_t flow = 0;  ///< for who needs it
  std::uint16_t interface = 0;
  LinkType link_type = 0;
  std::uint32_t options = 0;  ///< bytes; pcapng::kMostOptions at most

  /// Of its bytes and its options.
  [[nodiscard]] std::size_t size() const { return std::size_t{captured} + options; }
};

SpooledPacket to_spooled(const RawPacket& packet);

/// Adds the options that a pcapng says of the packet, which lies in a window with these notes. What is to be
/// put aside with `spooled`: the packet's own bytes where it has none, else those of `buffer`.
const std::uint8_t* add_options(const RawPacket& packet, const CaptureNotes& notes, SpooledPacket& spooled,
                                std::vector<std::uint8_t>& buffer);

}  // namespace flowloom
