// Pieces of values: slices.
#pragma once

#include <cstdint>

#include "filter/syntax.hpp"

namespace flowloom::filter {

/// Where a piece of a value lies. False: it is not all there.
inline bool piece(const Range& range, std::uint32_t size, std::uint32_t& begin, std::uint32_t& length) {
  const std::int64_t first = range.first < 0 ? std::int64_t{size} + range.first : range.first;
  std::int64_t end = size;
  if (range.until == Range::Until::length) end = first + range.second;
  if (range.until == Range::Until::last) {
    end = (range.second < 0 ? std::int64_t{size} + range.second : range.second) + 1;
  }
  if (first < 0 || end > size || first >= end) return false;
  begin = static_cast<std::uint32_t>(first);
  length = static_cast<std::uint32_t>(end - first);
  return true;
}

}  // namespace flowloom::filter
