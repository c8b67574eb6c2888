// The fields that are known, as a table.
#pragma once

#include <string>
#include <string_view>

#include "flowloom/table.hpp"

namespace flowloom {

/// Rows: protocols with their fields behind them, in the order of the protocols' names. Only those of which
/// name or title contain `pattern` (letters' case does not matter; with * or ? it must match the whole name).
RecordBatch make_field_table(std::string_view pattern);

}  // namespace flowloom
