// Pages of a list of numbers, made directly: the bulk of the flow table is such lists, and Parquet's own way
// there goes through two 16-bit levels for every number. Here a row of n numbers costs two runs.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include <arrow/array/array_nested.h>
#include <arrow/util/compression.h>

namespace flowloom::arrow_component {

/// A data page (version 1, PLAIN): compressed, with the levels and the bytes that it had before.
struct ListPage {
  std::span<const std::uint8_t> bytes;
  std::int32_t levels = 0;
  std::int64_t size = 0;
};

/// A list of whole numbers or floats that are never null themselves.
[[nodiscard]] bool has_fast_pages(const arrow::Field& field);

/// Gives all rows of `lists`, of a field of which has_fast_pages() holds, as pages one after the other; their
/// bytes are there until `take` returns. `codec`: null for none.
arrow::Status make_list_pages(const arrow::ListArray& lists, bool nullable, arrow::util::Codec* codec,
                              const std::function<arrow::Status(const ListPage&)>& take);

}  // namespace flowloom::arrow_component
