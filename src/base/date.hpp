// Dates as Wireshark prints them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace flowloom {

/// Bytes of "Nov 14, 2023 22:13:20.123456789 UTC".
inline constexpr std::size_t kDateText = 35;

/// Writes dates of which one is mostly of the same day as the one before.
class DateWriter {
 public:
  /// Writes the time (ns since 1970, UTC) at `out` (room for kDateText). Returns the end.
  char* write(std::int64_t ns, char* out);

 private:
  static constexpr std::size_t kDayText = 13;

  void write_day(std::int64_t day);

  std::uint64_t begin_ = 0;  ///< of the day, ns; the first one's is before the smallest time: modulo 2^64
  char day_[kDayText + 1] = "Jan  1, 1970 ";
};

}  // namespace flowloom
