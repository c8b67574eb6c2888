// How values of one type are ordered.
#pragma once

#include "filter/plan.hpp"

namespace flowloom::filter {

enum class Order : std::uint8_t { less, same, greater, none };

[[nodiscard]] Order order_of(ValueType type, const Item& a, const Item& b);

/// None has an order with nothing: not equal, not less, not greater.
[[nodiscard]] bool holds(Comparison comparison, Order order);

}  // namespace flowloom::filter
