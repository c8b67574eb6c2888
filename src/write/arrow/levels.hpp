// Repetition and definition levels of nested columns, by the definition
// (https://parquet.apache.org/docs/file-format/nestedencoding/).
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <arrow/array.h>
#include <arrow/result.h>
#include <arrow/type.h>

namespace flowloom::arrow_component {

/// One leaf of a column. `values` are its values in order, nulls included.
struct Leaf {
  std::shared_ptr<arrow::Array> values;
  bool nullable = false;
  bool repeated = false;  ///< below a list
  std::vector<std::int16_t> definition = {}, repetition = {};
};

/// The leaves of one column of a batch, in Parquet's order. Errors: a null list or structure that hides
/// values.
arrow::Result<std::vector<Leaf>> leaves_of(const arrow::Field& field,
                                           const std::shared_ptr<arrow::Array>& array);

}  // namespace flowloom::arrow_component
