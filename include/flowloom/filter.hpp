// Display filters: which language an expression is written in.
#pragma once

#include <cstdint>

namespace flowloom {

/// Whose grammar a display filter has (docs/filters.md).
enum class FilterDialect : std::uint8_t {
  wireshark4,
  wireshark3,  ///< `or` binds tighter than `and`, sets without commas, `!=` if any occurrence differs
};

}  // namespace flowloom
