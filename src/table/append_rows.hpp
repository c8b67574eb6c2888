// Rows of one table behind those of another that has the same schema.
#pragma once

#include <cstdint>

#include "flowloom/table.hpp"

namespace flowloom {

/// Appends the rows [begin, end) of a column that was filled as its spec says.
void append_rows(Column& to, const Column& from, const ColumnSpec& spec, std::int64_t begin,
                 std::int64_t end);

/// Takes all rows out of a column and keeps its memory.
void clear_rows(Column& column);

}  // namespace flowloom
