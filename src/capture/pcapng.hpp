// The pcapng file format (https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.html): blocks in
// sections; each section has its own byte order and its own interfaces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "capture/capture_notes.hpp"
#include "capture/clock.hpp"
#include "capture/records.hpp"
#include "flowloom/bytes.hpp"
#include "flowloom/capture.hpp"
#include "flowloom/error.hpp"
#include "flowloom/packet.hpp"

namespace flowloom::pcapng {

/// A section header block as far as one must be read to know that it is one.
inline constexpr std::size_t kHeaderSize = 12;
/// The obsolete Packet Block's type; that of the enhanced one has the same layout.
inline constexpr std::uint32_t kPacket = 2;
// Bytes of a block before its packet's: of the (enhanced) packet block, and of the simple one; and at its
// end.
inline constexpr std::size_t kPacketHeader = 28, kSimpleHeader = 12, kTrailer = 4;

/// Of what is filled up to a multiple of four bytes.
constexpr std::uint32_t padded(std::uint32_t length) { return (length + 3) & ~std::uint32_t{3}; }

/// The clock of the options if_tsresol and if_tsoffset.
[[nodiscard]] Clock make_clock(std::uint8_t resolution, std::int64_t offset_seconds);
/// Nanoseconds since the epoch, clamped.
[[nodiscard]] Timestamp to_time(const Clock& clock, std::uint64_t units);

/// What the blocks so far have said. Parsing goes on from it.
struct Sections {
  bool in_section = false;
  bool swapped = false;             ///< this section is in the other byte order than this machine's
  std::size_t first_interface = 0;  ///< index of this section's interface 0
  std::uint32_t section = 0;        ///< the number of this one, from 1
  /// As of the end of the last parse_blocks(); null: no interface was described.
  std::shared_ptr<const CaptureNotes> notes;
  std::uint32_t passed_over = 0;       ///< length of a block that was passed over but for its last 4 bytes
  std::uint64_t passed_over_from = 0;  ///< its offset

  [[nodiscard]] std::size_t interfaces() const { return notes != nullptr ? notes->interfaces.size() : 0; }
};

/// Whether a file that starts so is pcapng. Needs kHeaderSize bytes.
[[nodiscard]] bool has_magic(Bytes head);

/// Looks at the first section's version. Needs has_magic. Errors: unsupported.
Result<> check_version(Bytes head);

/// Appends the packets of all complete blocks in `window` that begin before `stop` to `out`. `offset` is the
/// window's in the file, `first_number` the number of the first packet.
RecordsRead parse_blocks(Sections& sections, PaddedBytes window, std::uint64_t offset,
                         std::uint64_t first_number, std::vector<RawPacket>& out,
                         std::size_t stop = SIZE_MAX);

/// What a file's end means if these bytes at `offset` are left of it: a cut block, or nothing.
[[nodiscard]] std::optional<Damage> damage_at_end(const Sections& sections, Bytes rest, std::uint64_t offset);

}  // namespace flowloom::pcapng
