// Pages of a list of numbers, made directly: the bulk of the flow table is such lists, and Parquet's own way
// there goes through two 16-bit levels for every number. Here a row of n numbers costs two runs.
#pragma once

#include <memory>

#include <arrow/array/array_nested.h>
#include <parquet/column_writer.h>
#include <parquet/schema.h>

namespace flowloom::arrow_component {

/// A list of whole numbers or floats that are never null themselves.
[[nodiscard]] bool has_fast_pages(const arrow::Field& field);

/// Writes all rows of `lists`, of a field of which has_fast_pages() holds, as data pages (version 1, PLAIN)
/// and closes the column. Throws parquet::ParquetException.
void write_list_pages(const arrow::ListArray& lists, const parquet::ColumnDescriptor& column,
                      parquet::PageWriter& pages, arrow::MemoryPool* pool);

}  // namespace flowloom::arrow_component
