// Arithmetic with times: those of a capture may lie anywhere in 64 bits.
#pragma once

#include <cstdint>
#include <limits>

namespace flowloom {

/// later - earlier in ns, clamped to what 64 bits hold.
[[nodiscard]] inline std::int64_t time_between(std::int64_t earlier, std::int64_t later) {
  std::int64_t difference = 0;
  if (!__builtin_sub_overflow(later, earlier, &difference)) return difference;
  return later > earlier ? std::numeric_limits<std::int64_t>::max()
                         : std::numeric_limits<std::int64_t>::min();
}

}  // namespace flowloom
