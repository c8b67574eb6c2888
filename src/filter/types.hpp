// What can be done with values of a type, as Wireshark 4.0 allows it.
#pragma once

#include <string_view>

#include "filter/plan.hpp"

namespace flowloom::filter {

[[nodiscard]] ValueType type_of(const Field& field);

/// "an IPv4 address": for messages.
[[nodiscard]] std::string_view name_of(ValueType type);

[[nodiscard]] bool is_integer(ValueType type);
/// Addresses and the like that are bytes and are compared with bytes.
[[nodiscard]] bool is_bytes(ValueType type);
[[nodiscard]] bool can_slice(ValueType type);
[[nodiscard]] bool can_contain(ValueType type);
[[nodiscard]] bool can_match(ValueType type);
[[nodiscard]] bool can_calculate(ValueType type, Op op);
[[nodiscard]] bool can_be_text(ValueType type);  ///< string()
/// Whether values of both may be calculated with.
[[nodiscard]] bool compatible(ValueType a, ValueType b);
/// Whether they may be compared: also signed numbers with unsigned ones.
[[nodiscard]] bool comparable(ValueType a, ValueType b);

}  // namespace flowloom::filter
