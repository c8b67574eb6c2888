// How values of one type are ordered.
#pragma once

#include "filter/plan.hpp"

namespace flowloom::filter {

enum class Order : std::uint8_t { less, same, greater, none };

[[nodiscard]] Order order_of(ValueType type, const Item& a, const Item& b);

/// A pair without an order is never the one that is enough, and no obstacle where all must be so
/// (Wireshark's).
[[nodiscard]] bool holds(Comparison comparison, Order order, Quantifier quantifier);

}  // namespace flowloom::filter
