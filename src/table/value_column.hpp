// Values of fields in columns.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dissect/tape.hpp"
#include "dissect/value_text.hpp"
#include "flowloom/table.hpp"

namespace flowloom {

/// How the occurrences of a field become a cell.
struct PacketCells {
  bool joined = false;                           ///< one text with commas between, null if there are none
  std::optional<PrintFormat> print_format = {};  ///< Wireshark's texts; else typed
};

/// For values of fields that share a name: texts if their types differ.
[[nodiscard]] ColumnType value_column_type(const std::vector<const Field*>& fields);

/// Makes an empty column ready to be appended to.
void prepare_column(Column& column, const ColumnSpec& spec);

/// Appends a value as JSON has it, without quotes.
void append_typed_text(std::string& out, const Value& value);

/// Appends the value of a field with a fixed place, which is there, as append_value() does.
void append_fixed(Column& column, ColumnType type, const Field& field, const Place& place, const Layer& layer,
                  std::optional<PrintFormat> format, std::string& scratch);
/// Appends such a value to a column of unsigned numbers.
inline void append_fixed_number(Column& column, const Field& field, const Place& place, const Layer& layer) {
  column.values.push<std::uint64_t>(number_at(field, place, layer));
  ++column.length;
}
/// Whether such values are written as decimal digits, in a text of `format` or a typed one.
[[nodiscard]] bool is_decimal(const Field& field, std::optional<PrintFormat> format);
/// … as seconds with nine decimals.
[[nodiscard]] bool is_seconds(const Field& field, std::optional<PrintFormat> format);
/// Appends such a value as a text of `format`, or else as append_typed_text() does.
void append_fixed_text(Buffer& out, const Field& field, const Place& place, const Layer& layer,
                       std::optional<PrintFormat> format, std::string& scratch);

/// Appends a value's text of `format`, or else as append_typed_text() does. `scratch` is overwritten.
void append_text_of(Buffer& out, const Value& value, std::optional<PrintFormat> format, std::string& scratch);

/// Appends a value to a column of that type: typed, or as a text of `format`. `scratch` is overwritten.
void append_value(Column& column, ColumnType type, const Value& value, std::optional<PrintFormat> format,
                  std::string& scratch);
void append_text(Column& column, std::string_view text);

}  // namespace flowloom
