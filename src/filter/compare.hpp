// How values of one type are ordered.
#pragma once

#include "filter/plan.hpp"

namespace flowloom::filter {

enum class Order : std::uint8_t { less, same, greater, none };

[[nodiscard]] Order order_of(ValueType type, const Item& a, const Item& b);

/// What has no order is neither equal nor less nor greater; unequal where no pair may be equal, not where one
/// pair is enough.
[[nodiscard]] bool holds(Comparison comparison, Order order, Quantifier quantifier);

}  // namespace flowloom::filter
