#include "capture/capture_notes.hpp"

#include "base/endian.hpp"
#include "capture/pcapng.hpp"

namespace flowloom {

std::string_view until_nul(std::string_view text) { return text.substr(0, text.find('\0')); }

CaptureRecord record_of(const CaptureNotes& notes, const RawPacket& packet) {
  using enum CaptureRecord::Kind;
  const std::uint8_t* const bytes = packet.bytes.data();
  const std::size_t captured = packet.bytes.size();
  if (notes.pcap) {
    const std::size_t header = notes.pcap->record_header;
    return {pcap, notes.pcap->swapped, bytes - header, header + captured, {}};
  }
  CaptureRecord record;
  record.swapped = notes.interfaces[packet.interface].swapped;
  // Before the packet's bytes and its length on the wire there is the captured length, but in a simple packet
  // block the block's, which is more.
  record.kind = load32(bytes - 8, record.swapped) == captured ? enhanced : simple;
  record.begin = bytes - (record.kind == simple ? pcapng::kSimpleHeader : pcapng::kPacketHeader);
  record.size = pcapng::padded(load32(record.begin + 4, record.swapped));
  if (record.kind == simple) return record;
  if (load32(record.begin, record.swapped) == pcapng::kPacket) record.kind = obsolete;
  const std::size_t before = pcapng::kPacketHeader + pcapng::padded(static_cast<std::uint32_t>(captured));
  record.options = Bytes(record.begin + before, record.size - before - pcapng::kTrailer);
  return record;
}

}  // namespace flowloom
