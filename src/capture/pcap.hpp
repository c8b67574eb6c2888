// The pcap file format (https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-05.html): a file header, then
// records.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "capture/records.hpp"
#include "flowloom/bytes.hpp"
#include "flowloom/error.hpp"
#include "flowloom/packet.hpp"

namespace flowloom::pcap {

inline constexpr std::size_t kHeaderSize = 24;

/// In which order a record says its two lengths. Writers of versions before 2.3 had the original length
/// first; of 2.3 some had.
enum class LengthOrder : std::uint8_t { captured_first, original_first, smaller_is_captured };

/// What the file header says about the records.
struct Format {
  bool swapped = false;              ///< in the other byte order than this machine's
  std::uint32_t ns_per_unit = 1000;  ///< of the times' second part: 1000 or 1
  std::size_t record_header = 16;    ///< bytes: 24 in Alexey Kuznetzov's modified format
  LengthOrder length_order = LengthOrder::captured_first;
  LinkType link_type = 0;
  std::uint32_t snap_length = 0;

  bool operator==(const Format&) const = default;
};

/// Whether a file that starts so is pcap. Needs 4 bytes.
[[nodiscard]] bool has_magic(Bytes head);

/// Reads a file header of kHeaderSize bytes that has_magic. Errors: unsupported, a version that has never
/// existed.
Result<Format> parse_header(Bytes header);

/// Appends the packets of all complete records in `window` that begin before `stop` to `out`. `offset` is the
/// window's in the file, `first_number` the number of the first packet.
RecordsRead parse_records(const Format& format, PaddedBytes window, std::uint64_t offset,
                          std::uint64_t first_number, std::vector<RawPacket>& out,
                          std::size_t stop = SIZE_MAX);

/// What a file's end means if these bytes at `offset` are left of it: a cut record, or nothing.
[[nodiscard]] std::optional<Damage> damage_at_end(const Format& format, Bytes rest, std::uint64_t offset);

}  // namespace flowloom::pcap
