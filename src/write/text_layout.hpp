// How a table looks in a terminal: which columns, in which widths. Knows nothing of files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "flowloom/table.hpp"
#include "flowloom/write.hpp"
#include "write/text.hpp"

namespace flowloom {

/// One column as people see it. Addresses and ports of one side (X_ip, X_port) make one: "10.0.0.1:443",
/// "[2001:db8::1]:443".
struct TextColumn {
  std::string title;
  std::size_t column = 0;  ///< of the schema
  std::size_t port = 0;    ///< the port's column; `column` if there is none
  bool numeric = false;    ///< to the right, never clipped
  int rank = 0;            ///< the lower, the longer it is kept where room is short
  std::size_t width = 0;   ///< of the cells; 0 after fit() for a column that is left out
  bool seen = false;       ///< a cell was not null
};

[[nodiscard]] std::vector<TextColumn> text_columns(const Schema& schema, const WriteOptions& options);

/// Appends one cell: null as "-", times as UTC, control characters and malformed UTF-8 escaped.
void append_text_cell(TextBuffer& out, const TextColumn& column, const RecordBatch& batch, std::int64_t row);

/// Columns of a terminal that `text` (well-formed UTF-8 without control characters) takes.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// The end of `text` that fits in `width`, after "…" for what is cut off: of addresses, paths and host names
/// the end tells most.
[[nodiscard]] std::string clipped(std::string_view text, std::size_t width);

/// Makes the columns fit into `total` columns of a terminal (0: any): leaves out those that say nothing, then
/// the least important ones, then clips texts.
void fit(std::vector<TextColumn>& columns, std::size_t total);

inline constexpr std::size_t kColumnGap = 2;

}  // namespace flowloom
