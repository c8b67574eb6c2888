// What the capture file says of a packet beside its bytes and time: fields of the record or block that it is
// in, and the options of pcapng's blocks (draft-ietf-opsawg-pcapng, sections 3.5, 4.2 and 4.3). Presence,
// defaults and which of several options counts are Wireshark's.
#include <optional>
#include <string_view>

#include "base/endian.hpp"
#include "capture/capture_notes.hpp"
#include "dissect/dissector.hpp"
#include "dissect/link/frame.hpp"

namespace flowloom::frame {
namespace {

constexpr std::size_t kMostOptions = 4096;

// Link types whose packets begin with what the capturing system says.
constexpr LinkType kMtp2WithPhdr = 139, kLinuxLapd = 177, kBluetoothHciH4WithPhdr = 201, kPppWithDir = 204;

std::string_view as_text(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

/// Text of the window: it needs no copy.
void put_text(Dissector& d, const Field& field, Bytes text) {
  d.put_beside(field, text.first(until_nul(as_text(text)).size()));
}

void put_flags(Dissector& d, std::uint32_t flags) {
  struct Part {
    const Field* field;
    unsigned shift, width;
  };
  static constexpr Part kParts[] = {
      {&direction, 0, 2},  {&reception_type, 2, 3},   {&fcs_length, 5, 4},      {&flags_reserved, 9, 7},
      {&crc_error, 24, 1}, {&too_long, 25, 1},        {&too_short, 26, 1},      {&gap_error, 27, 1},
      {&unaligned, 28, 1}, {&delimiter_error, 29, 1}, {&preamble_error, 30, 1}, {&symbol_error, 31, 1}};
  d.put_number(packet_flags, flags, 0, 0);
  const Dissector::Below below(d);
  for (const Part& part : kParts)
    d.put_number(*part.field, flags >> part.shift & ((1U << part.width) - 1), 0, 0);
}

/// The options of one block: of all but comments and verdicts, the first of a kind.
struct Options {
  std::optional<std::uint32_t> flags, queue;
  std::optional<std::uint64_t> drops, id;
  bool verdict = false;
};

void put_verdict(Dissector& d, Bytes said, bool swapped, Options& found) {
  const std::uint8_t kind = said.empty() ? 0 : said[0];
  const bool number = kind == 1 || kind == 2;
  if (said.empty() || (number && said.size() != 9)) {
    d.anomaly("option_length", 0, number ? 9 : 1, said.size());
    return;
  }
  if (kind > 2) return;
  if (!found.verdict) d.put_made(verdict, {}, 0, 0);
  found.verdict = true;
  const Dissector::Below below(d);
  if (number) {
    d.put_number(kind == 1 ? verdict_tc : verdict_xdp, load64(said.data() + 1, swapped), 0, 0);
  } else {
    d.put_beside(verdict_hw, said.subspan(1));
  }
}

void read_option(Dissector& d, std::uint16_t code, Bytes said, bool swapped, Options& found) {
  const auto number = [&](auto& option) {
    if (option) return;
    if constexpr (sizeof *option == 4) {
      option = load32(said.data(), swapped);
    } else {
      option = load64(said.data(), swapped);
    }
  };
  const auto has = [&](std::size_t size) {
    if (said.size() != size) d.anomaly("option_length", 0, size, said.size());
    return said.size() == size;
  };
  switch (code) {
    case packet_option::comment:
      put_text(d, comment, said);
      break;
    case packet_option::flags:
      if (has(4)) number(found.flags);
      break;
    case packet_option::drop_count:
      if (has(8)) number(found.drops);
      break;
    case packet_option::packet_id:
      if (has(8)) number(found.id);
      break;
    case packet_option::queue:
      if (has(4)) number(found.queue);
      break;
    case packet_option::verdict:
      put_verdict(d, said, swapped, found);
      break;
    default:
      break;
  }
}

Options read_options(Dissector& d, const CaptureRecord& record) {
  Options found;
  Bytes rest = record.options;
  for (std::size_t count = 0; const auto option = take_option(rest, record.swapped); ++count) {
    if (count == kMostOptions) {
      d.anomaly("too_many_options", 0);
      break;
    }
    if (option->length > option->value.size()) {
      d.anomaly("option_length", 0, option->length, option->value.size());
      break;
    }
    read_option(d, option->code, option->value, record.swapped, found);
  }
  return found;
}

/// By the packet's own first bytes: 0 sent, 1 received.
std::optional<std::uint8_t> direction_said_in(const RawPacket& packet) {
  const std::uint8_t* const bytes = packet.bytes.data();
  const std::size_t size = packet.bytes.size();
  const auto sent = [](bool is) -> std::uint8_t { return is ? 0 : 1; };
  if (packet.link_type == kPppWithDir && size >= 1) return sent(bytes[0] != 0);
  if (packet.link_type == kMtp2WithPhdr && size >= 4) return sent(bytes[0] != 0);
  if (packet.link_type == kBluetoothHciH4WithPhdr && size >= 4) return sent((load_be32(bytes) & 1) == 0);
  if (packet.link_type == kLinuxLapd && size >= 16) {
    const std::uint16_t type = load_be16(bytes);  // as of a cooked capture
    return sent(type == 3 || type == 4);
  }
  return std::nullopt;
}

/// What the flags say of it.
std::optional<std::uint8_t> direction_of(std::optional<std::uint32_t> flags) {
  const std::uint32_t way = flags.value_or(0) & 3;
  if (way == 1) return std::uint8_t{1};
  if (way == 2) return std::uint8_t{0};
  return std::nullopt;
}

/// Its number has been put.
void put_interface(Dissector& d, const CaptureNotes::Interface& interface) {
  const Dissector::Below below(d);
  const auto& name = interface.name() ? interface.name() : interface.description();
  if (name || d.asked_for(interface_name)) d.put_made(interface_name, name ? *name : "unknown", 0, 0);
  if (const auto& said = interface.description()) d.put_made(interface_description, *said, 0, 0);
}

/// Whether the fraction of a pcap record's time is a second or more.
bool has_invalid_time(const CaptureRecord& record, const pcap::Format& format) {
  constexpr std::uint32_t kNsOfSecond = 1'000'000'000;
  return load32(record.begin + 4, record.swapped) >= kNsOfSecond / format.ns_per_unit;
}

}  // namespace

void put_notes(Dissector& d) {
  const RawPacket& packet = d.packet();
  std::optional<std::uint8_t> way = direction_said_in(packet);
  if (const CaptureNotes* const notes = d.context().notes) {
    const CaptureRecord record = record_of(*notes, packet);
    if (d.asked_for(file_off)) {
      const std::uint64_t begin = reinterpret_cast<std::uintptr_t>(record.begin);
      d.put_number(file_off, begin + d.context().displacement, 0, 0);
    }
    if (notes->pcap) {
      if (d.asked_for(time_invalid) && has_invalid_time(record, *notes->pcap))
        d.put_number(time_invalid, 0, 0, 0);
    } else {
      const CaptureNotes::Interface& interface = notes->interfaces[packet.interface];
      put_interface(d, interface);
      if (d.asked_for(section_number)) d.put_number(section_number, interface.section, 0, 0);
      Options options = read_options(d, record);
      if (!options.drops) options.drops = record.drops;
      if (options.flags) put_flags(d, *options.flags);
      if (options.queue) d.put_number(interface_queue, *options.queue, 0, 0);
      if (options.drops) d.put_number(drop_count, *options.drops, 0, 0);
      if (options.id) d.put_number(packet_id, *options.id, 0, 0);
      if (!way) way = direction_of(options.flags);
    }
  }
  if (way) d.put_number(p2p_dir, *way, 0, 0);
  if (packet.link_type == kMtp2WithPhdr && packet.bytes.size() >= 4)
    d.put_number(link_nr, load_be16(packet.bytes.data() + 2), 0, 0);
}

}  // namespace flowloom::frame
