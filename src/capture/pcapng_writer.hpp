// Writing of pcapng files (https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.html): one
// little-endian section, times in µs or ns as each interface has them.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "capture/capture_notes.hpp"
#include "flowloom/bytes.hpp"
#include "flowloom/capture.hpp"

namespace flowloom::pcapng {

/// Appends the section header.
void append_section(std::vector<std::uint8_t>& out);

/// From when times like this one are counted (if_tsoffset), in seconds since the epoch: from 1970, those
/// before it from the earliest that there can be. So they need an interface of their own, as each counts from
/// one time.
[[nodiscard]] constexpr std::int64_t time_offset_for(Timestamp time) {
  return time.ns < 0 ? std::numeric_limits<std::int64_t>::min() / kNsPerSecond - 1 : 0;
}

/// Appends the description of an interface, with its name. Times of its packets count from `time_offset`
/// (if_tsoffset), seconds since the epoch.
void append_interface(const Interface& interface, std::int64_t time_offset, std::vector<std::uint8_t>& out);

/// Bytes that a packet's options have at most.
inline constexpr std::size_t kMostOptions = (std::size_t{1} << 18U) - 1;

/// Appends what a pcapng said of a packet beside its bytes (comments, flags, …), for append_packet(). Left
/// out are options whose bytes cannot be told in this byte order, that may not be copied, or that are too
/// many.
void append_options(const CaptureRecord& record, std::vector<std::uint8_t>& out);

/// Appends a packet of an interface, named by its place among those of the section. Its time is not before
/// the interface's offset; finer parts than the interface's digits tell are left out. `options`: of
/// append_options().
void append_packet(std::uint32_t interface, std::uint8_t time_digits, Timestamp time,
                   std::int64_t time_offset, Bytes packet, Bytes options, std::uint32_t original_length,
                   std::vector<std::uint8_t>& out);

}  // namespace flowloom::pcapng
