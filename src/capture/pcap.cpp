#include "capture/pcap.hpp"

#include <algorithm>
#include <cassert>

#include "base/endian.hpp"

namespace flowloom::pcap {
namespace {

constexpr std::uint32_t kMagicMicro = 0xa1b2c3d4;
constexpr std::uint32_t kMagicNano = 0xa1b23c4d;
constexpr std::uint32_t kMagicKuznetzov = 0xa1b2cd34;

bool is_magic(std::uint32_t v) { return v == kMagicMicro || v == kMagicNano || v == kMagicKuznetzov; }

/// Puts a record's lengths right where the writer may have had them the other way round.
void straighten(LengthOrder order, std::uint32_t& captured, std::uint32_t& original) {
  if (order == LengthOrder::original_first || captured > original) std::swap(captured, original);
}

[[gnu::noinline]] Damage too_long(std::uint64_t offset, std::uint32_t captured, std::uint32_t longest) {
  return Damage{offset, "record says it has " + std::to_string(captured) + " bytes, more than the " +
                            std::to_string(longest) + " that a packet can have"};
}

// The byte order and the header's size are template arguments, so that the loop has no branch on them.
// Flattened, as GCC does not inline push_back otherwise, and the call costs as much as all the rest.
template <bool Swapped, std::size_t kRecordHeader>
[[gnu::flatten]] RecordsRead parse(const Format& format, PaddedBytes window, std::uint64_t offset,
                                   std::uint64_t number, std::vector<RawPacket>& out, std::size_t stop) {
  const std::uint8_t* const begin = window.data();
  const std::uint8_t* const end = begin + window.size();
  const std::uint8_t* p = begin;
  const std::uint32_t longest = longest_packet(format.link_type);
  const std::int64_t ns_per_unit = format.ns_per_unit;
  const LengthOrder order = format.length_order;
  const LinkType link_type = format.link_type;
  std::size_t needed = kRecordHeader;

  // One comparison a record: where the last header that is there and wanted may begin.
  const std::size_t starts = window.size() < kRecordHeader ? 0 : window.size() - kRecordHeader + 1;
  const std::uint8_t* const last = begin + std::min(starts, stop);
  while (p < last) {
    std::uint32_t captured = load32(p + 8, Swapped);
    std::uint32_t original = load32(p + 12, Swapped);
    if (order != LengthOrder::captured_first) [[unlikely]]
      straighten(order, captured, original);
    if (captured > longest) [[unlikely]] {
      const auto here = static_cast<std::uint64_t>(p - begin);
      return {here, kRecordHeader, too_long(offset + here, captured, longest)};
    }
    if (captured > static_cast<std::size_t>(end - p) - kRecordHeader) {
      needed = kRecordHeader + captured;
      break;
    }
    // The seconds are unsigned (until 2106); a second part beyond a second just adds.
    const std::int64_t ns =
        std::int64_t{load32(p, Swapped)} * kNsPerSecond + std::int64_t{load32(p + 4, Swapped)} * ns_per_unit;
    out.push_back(
        RawPacket{PaddedBytes(p + kRecordHeader, captured), Timestamp{ns}, number, original, link_type, 0});
    ++number;
    p += kRecordHeader + captured;
  }
  return {static_cast<std::uint64_t>(p - begin), needed, std::nullopt};
}

}  // namespace

bool has_magic(Bytes head) {
  if (head.size() < 4) return false;
  return is_magic(load32(head.data(), false)) || is_magic(load32(head.data(), true));
}

Result<Format> parse_header(Bytes header) {
  assert(header.size() >= kHeaderSize && has_magic(header));
  const std::uint8_t* p = header.data();
  Format format;
  format.swapped = !is_magic(load32(p, false));
  const std::uint32_t magic = load32(p, format.swapped);
  if (magic == kMagicNano) format.ns_per_unit = 1;
  if (magic == kMagicKuznetzov) format.record_header = 24;

  const unsigned major = load16(p + 4, format.swapped);
  const unsigned minor = load16(p + 6, format.swapped);
  // 543.0 is DG/UX's tcpdump. The rules are libpcap's (sf-pcap.c).
  if (major != 2 && !(major == 543 && minor == 0)) {
    return Error{ErrorCode::unsupported, "pcap of version " + std::to_string(major) + "." +
                                             std::to_string(minor) + "; only 2.x is known"};
  }
  if (major == 543 || minor < 3) {
    format.length_order = LengthOrder::original_first;
  } else if (minor == 3) {
    format.length_order = LengthOrder::smaller_is_captured;
  }
  format.snap_length = load32(p + 16, format.swapped);
  // The upper half of the field says whether, and how long, frame check sequences are captured.
  format.link_type = static_cast<LinkType>(load32(p + 20, format.swapped) & 0xffff);
  return format;
}

RecordsRead parse_records(const Format& format, PaddedBytes window, std::uint64_t offset,
                          std::uint64_t first_number, std::vector<RawPacket>& out, std::size_t stop) {
  const auto function = format.record_header == 24 ? (format.swapped ? parse<true, 24> : parse<false, 24>)
                                                   : (format.swapped ? parse<true, 16> : parse<false, 16>);
  return function(format, window, offset, first_number, out, stop);
}

std::optional<Damage> damage_at_end(const Format& format, Bytes rest, std::uint64_t offset) {
  if (rest.empty()) return std::nullopt;
  if (rest.size() < format.record_header) {
    return Damage{offset, "record header of " + std::to_string(format.record_header) + " bytes cut after " +
                              std::to_string(rest.size())};
  }
  std::uint32_t captured = load32(rest.data() + 8, format.swapped);
  std::uint32_t original = load32(rest.data() + 12, format.swapped);
  if (format.length_order != LengthOrder::captured_first) straighten(format.length_order, captured, original);
  return Damage{offset, "record of " + std::to_string(captured) + " bytes cut after " +
                            std::to_string(rest.size() - format.record_header)};
}

}  // namespace flowloom::pcap
