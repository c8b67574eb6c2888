// Where packets that are dissected lie in their capture.
#pragma once

#include <cstdint>

#include "dissect/tape.hpp"
#include "flowloom/capture.hpp"

namespace flowloom {

/// What the context is to say of the window's packets; it must not outlive the window's next change.
inline void set_origin(FrameContext& context, const PacketWindow& window) {
  context.notes = window.notes.get();
  context.displacement = window.offset - reinterpret_cast<std::uintptr_t>(window.buffer.data());
}

/// … of a packet that was copied, with its record, from its capture's window.
inline void set_origin(FrameContext& context, const RawPacket& packet, const CaptureNotes* notes,
                       std::uint64_t place) {
  context.notes = notes;
  context.displacement = place - reinterpret_cast<std::uintptr_t>(packet.bytes.data());
}

}  // namespace flowloom
