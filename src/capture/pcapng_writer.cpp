#include "capture/pcapng_writer.hpp"

#include <algorithm>
#include <bit>
#include <optional>
#include <string_view>

#include "base/store.hpp"
#include "capture/pcapng.hpp"

namespace flowloom::pcapng {
namespace {

constexpr std::uint16_t kIfName = 2, kIfDescription = 3, kIfTimeResolution = 9, kIfTimeOffset = 14;

void append16(std::vector<std::uint8_t>& out, std::uint16_t value) {
  std::uint8_t bytes[2];
  store_le16(bytes, value);
  out.insert(out.end(), bytes, bytes + sizeof bytes);
}

void append32(std::vector<std::uint8_t>& out, std::uint32_t value) {
  std::uint8_t bytes[4];
  store_le32(bytes, value);
  out.insert(out.end(), bytes, bytes + sizeof bytes);
}

/// Bytes and the zeros behind them up to a multiple of four.
void append_padded(std::vector<std::uint8_t>& out, Bytes bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
  out.resize(out.size() + (4 - bytes.size() % 4) % 4);
}

/// Pre: 64 kB at most.
void append_option(std::vector<std::uint8_t>& out, std::uint16_t code, Bytes value) {
  append16(out, code);
  append16(out, static_cast<std::uint16_t>(value.size()));
  append_padded(out, value);
}

void append_text(std::vector<std::uint8_t>& out, std::uint16_t code, std::string_view text) {
  if (text.empty()) return;
  text = text.substr(0, 0xFFFF);
  append_option(out, code, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

struct Range {
  std::size_t begin, end;
};

/// The bytes of a packet's option that are a number in the section's byte order; none: it is not known.
std::optional<Range> number_in(const BlockOption& option) {
  const Bytes value = option.value;
  const auto all_of = [&](std::size_t size) {
    return value.size() == size ? std::optional(Range{0, size}) : std::nullopt;
  };
  switch (option.code) {
    case packet_option::comment:
    case packet_option::hash:
      return Range{0, 0};
    case packet_option::flags:
    case packet_option::queue:
      return all_of(4);
    case packet_option::drop_count:
    case packet_option::packet_id:
      return all_of(8);
    case packet_option::verdict: {
      const bool number = !value.empty() && (value[0] == 1 || value[0] == 2);  // of eBPF's TC or XDP
      if (!number) return Range{0, 0};
      return value.size() == 9 ? std::optional(Range{1, 9}) : std::nullopt;
    }
    case packet_option::custom_text:  // behind the number of the enterprise
      return value.size() >= 4 ? std::optional(Range{0, 4}) : std::nullopt;
    default:
      return std::nullopt;
  }
}

/// Begins a block; end_block() fills its length in.
std::size_t begin_block(std::vector<std::uint8_t>& out, std::uint32_t type) {
  append32(out, type);
  append32(out, 0);
  return out.size() - 8;
}

void end_block(std::vector<std::uint8_t>& out, std::size_t begin) {
  const auto length = static_cast<std::uint32_t>(out.size() - begin + 4);
  store_le32(out.data() + begin + 4, length);
  append32(out, length);
}

}  // namespace

void append_section(std::vector<std::uint8_t>& out) {
  const std::size_t section = begin_block(out, 0x0A0D0D0A);
  append32(out, 0x1A2B3C4D);
  append16(out, 1);  // version 1.0
  append16(out, 0);
  append32(out, 0xFFFFFFFF);  // the section's length is not told
  append32(out, 0xFFFFFFFF);
  end_block(out, section);
}

void append_interface(const Interface& interface, std::int64_t time_offset, std::vector<std::uint8_t>& out) {
  const std::size_t block = begin_block(out, 1);
  append16(out, interface.link_type);
  append16(out, 0);
  append32(out, interface.snap_length);
  append_text(out, kIfName, interface.name);
  append_text(out, kIfDescription, interface.description);
  append16(out, kIfTimeResolution);
  append16(out, 1);
  append32(out, interface.time_digits > 6 ? 9 : 6);
  if (time_offset != 0) {
    append16(out, kIfTimeOffset);
    append16(out, 8);
    append32(out, static_cast<std::uint32_t>(time_offset));
    append32(out, static_cast<std::uint32_t>(static_cast<std::uint64_t>(time_offset) >> 32));
  }
  append32(out, 0);  // end of options
  end_block(out, block);
}

void append_options(const CaptureRecord& record, std::vector<std::uint8_t>& out) {
  const bool big_endian = record.swapped == (std::endian::native == std::endian::little);
  const std::size_t begin = out.size();
  bool drops_said = false;
  constexpr std::size_t kDrops = 4 + 8;
  Bytes rest = record.options;
  while (const auto option = take_option(rest, record.swapped)) {
    if (option->value.size() < option->length) break;
    if (option->code == packet_option::custom_text_not_copied ||
        option->code == packet_option::custom_bytes_not_copied)
      continue;
    const auto number = number_in(*option);
    if (big_endian && !number) continue;
    if (out.size() - begin + 4 + padded(static_cast<std::uint32_t>(option->length)) > kMostOptions - kDrops)
      continue;
    append_option(out, option->code, option->value);
    drops_said = drops_said || option->code == packet_option::drop_count;
    if (!big_endian) continue;
    const auto value =
        out.end() - static_cast<std::ptrdiff_t>(padded(static_cast<std::uint32_t>(option->length)));
    std::reverse(value + static_cast<std::ptrdiff_t>(number->begin),
                 value + static_cast<std::ptrdiff_t>(number->end));
  }
  if (record.drops && !drops_said) {
    std::uint8_t drops[8] = {};
    store_le16(drops, *record.drops);
    append_option(out, packet_option::drop_count, drops);
  }
}

void append_packet(std::uint32_t interface, std::uint8_t time_digits, Timestamp time,
                   std::int64_t time_offset, Bytes packet, Bytes options, std::uint32_t original_length,
                   std::vector<std::uint8_t>& out) {
  // In two's complement, also where the difference of two times exceeds 63 bits.
  const auto since = static_cast<std::uint64_t>(time.ns) -
                     static_cast<std::uint64_t>(time_offset) * std::uint64_t{kNsPerSecond};
  const std::uint64_t units = time_digits > 6 ? since : since / 1000;
  const std::size_t block = begin_block(out, 6);
  append32(out, interface);
  append32(out, static_cast<std::uint32_t>(units >> 32));
  append32(out, static_cast<std::uint32_t>(units));
  append32(out, static_cast<std::uint32_t>(packet.size()));
  append32(out, original_length);
  append_padded(out, packet);
  if (!options.empty()) {
    out.insert(out.end(), options.begin(), options.end());
    append32(out, 0);  // end of options
  }
  end_block(out, block);
}

}  // namespace flowloom::pcapng
