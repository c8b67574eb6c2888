// Values of fields, packed to outlive the packet that says them.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "dissect/tape.hpp"

namespace flowloom {

/// What comes before each value's own bytes, which are filled up to a multiple of 8.
struct PackedValue {
  const Field* field;
  std::uint64_t number;
  std::uint32_t column;  ///< whose value it is, counted from 0
  std::uint32_t size;
};
static_assert(sizeof(PackedValue) == 24);

inline void pack_value(std::vector<std::uint8_t>& out, std::uint32_t column, const Value& value) {
  const PackedValue head{value.field, value.number, column, value.data != nullptr ? value.size : 0};
  const std::size_t at = out.size();
  out.resize(at + sizeof head + ((std::size_t{head.size} + 7) & ~std::size_t{7}));
  std::memcpy(out.data() + at, &head, sizeof head);
  if (head.size != 0) std::memcpy(out.data() + at + sizeof head, value.data, head.size);
}

/// Calls visit(column, value) for each; the values point into `packed`.
template <class Visit>
void unpack_values(std::span<const std::uint8_t> packed, Visit visit) {
  for (std::size_t at = 0; at < packed.size();) {
    PackedValue head;
    std::memcpy(&head, packed.data() + at, sizeof head);
    at += sizeof head;
    Value value;
    value.field = head.field;
    value.number = head.number;
    value.data = packed.data() + at;
    value.size = head.size;
    at += (std::size_t{head.size} + 7) & ~std::size_t{7};
    visit(head.column, value);
  }
}

}  // namespace flowloom
