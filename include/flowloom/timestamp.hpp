// Points in time as nanoseconds since the Unix epoch.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

namespace flowloom {

/// Nanoseconds since 1970-01-01T00:00:00Z; 64 bits reach from 1677 to 2262. Times outside are clamped.
struct Timestamp {
  std::int64_t ns = 0;

  static constexpr Timestamp min() { return {std::numeric_limits<std::int64_t>::min()}; }
  static constexpr Timestamp max() { return {std::numeric_limits<std::int64_t>::max()}; }
  friend constexpr auto operator<=>(Timestamp, Timestamp) = default;
};

inline constexpr std::int64_t kNsPerSecond = 1'000'000'000;

}  // namespace flowloom
