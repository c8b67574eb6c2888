#include "capture/capture_notes.hpp"

#include <algorithm>

#include "base/endian.hpp"
#include "capture/pcapng.hpp"

namespace flowloom {

const std::optional<std::string>& CaptureNotes::Interface::name() const {
  static const std::optional<std::string> none;
  return texts != nullptr ? texts->name : none;
}

const std::optional<std::string>& CaptureNotes::Interface::description() const {
  static const std::optional<std::string> none;
  return texts != nullptr ? texts->description : none;
}

Interface CaptureNotes::Interface::described() const {
  return {.name = name().value_or(""),
          .description = description().value_or(""),
          .link_type = link_type,
          .snap_length = snap_length,
          .time_digits = time_digits};
}

std::vector<Interface> CaptureNotes::described() const {
  std::vector<flowloom::Interface> all;
  all.reserve(interfaces.size());
  for (const Interface& interface : interfaces) all.push_back(interface.described());
  return all;
}

std::shared_ptr<const CaptureNotes> notes_of(const pcap::Format& format) {
  auto notes = std::make_shared<CaptureNotes>();
  notes->pcap = format;
  CaptureNotes::Interface& interface = notes->interfaces.emplace_back();
  interface.link_type = format.link_type;
  interface.snap_length = format.snap_length;
  interface.time_digits = format.ns_per_unit == 1 ? 9 : 6;
  return notes;
}

std::string_view until_nul(std::string_view text) { return text.substr(0, text.find('\0')); }

std::optional<BlockOption> take_option(Bytes& options, bool swapped) {
  if (options.size() < 4) return std::nullopt;
  BlockOption option = {load16(options.data(), swapped), load16(options.data() + 2, swapped), {}};
  if (option.code == 0) return std::nullopt;
  options = options.subspan(4);
  option.value = options.first(std::min(option.length, options.size()));
  const std::size_t whole = pcapng::padded(static_cast<std::uint32_t>(option.length));
  options = options.subspan(std::min(whole, options.size()));
  return option;
}

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
  if (load32(record.begin, record.swapped) == pcapng::kPacket) {
    record.kind = obsolete;
    const std::uint16_t drops = load16(record.begin + 10, record.swapped);
    if (drops != 0xFFFF) record.drops = drops;  // else it is not known
  }
  const std::size_t before = pcapng::kPacketHeader + pcapng::padded(static_cast<std::uint32_t>(captured));
  record.options = Bytes(record.begin + before, record.size - before - pcapng::kTrailer);
  return record;
}

}  // namespace flowloom
