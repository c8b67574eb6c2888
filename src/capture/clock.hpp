// How an interface of a pcapng file counts time.
#pragma once

#include <cstdint>

namespace flowloom::pcapng {

/// ns = units * multiplier / divisor / 2^shift + offset.
struct Clock {
  std::uint64_t multiplier = 1000;
  std::uint64_t divisor = 1;  ///< 0: so fine that all 64 bits of units are less than a nanosecond
  unsigned shift = 0;
  std::int64_t offset = 0;         ///< seconds
  std::uint64_t simple_below = 0;  ///< for fewer units, units * multiplier is all that is to be done
};

}  // namespace flowloom::pcapng
