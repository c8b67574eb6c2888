#include "engine/spooled_packet.hpp"

#include "capture/capture_notes.hpp"
#include "capture/pcapng_writer.hpp"

namespace flowloom {

SpooledPacket to_spooled(const RawPacket& packet) {
  return {.time = packet.time.ns,
          .number = packet.number,
          .captured = static_cast<std::uint32_t>(packet.bytes.size()),
          .original = packet.original_length,
          .interface = packet.interface,
          .link_type = packet.link_type};
}

const std::uint8_t* add_options(const RawPacket& packet, const CaptureNotes& notes, SpooledPacket& spooled,
                                std::vector<std::uint8_t>& buffer) {
  if (notes.pcap) return packet.bytes.data();
  const CaptureRecord record = record_of(notes, packet);
  if (record.options.empty() && !record.drops) return packet.bytes.data();
  buffer.assign(packet.bytes.data(), packet.bytes.data() + packet.bytes.size());
  pcapng::append_options(record, buffer);
  spooled.options = static_cast<std::uint32_t>(buffer.size() - packet.bytes.size());
  return buffer.data();
}

}  // namespace flowloom
