#include "table/value_column.hpp"

#include <algorithm>
#include <bit>

#include "base/decimal.hpp"
#include "flowloom/address.hpp"

namespace flowloom {
namespace {

ColumnType type_of(const Field& field) {
  switch (field.kind) {
    case Kind::none:
    case Kind::protocol:
    case Kind::flag:
      return ColumnType::boolean;
    case Kind::uint:
    case Kind::frame:
      return ColumnType::uint64;
    case Kind::sint:
      return ColumnType::int64;
    case Kind::real:
      return ColumnType::float64;
    case Kind::time:
      return ColumnType::timestamp;
    case Kind::duration:
      return ColumnType::duration;
    case Kind::bytes:
      return ColumnType::binary;
    case Kind::ipv4:
    case Kind::ipv6:
    case Kind::mac:
    case Kind::eui64:
    case Kind::guid:
    case Kind::text:
      break;
  }
  return ColumnType::string;
}

void append_decimal(Buffer& out, std::uint64_t number) {
  const std::size_t size = out.size();
  out.resize(size + kMaxDecimal);
  char* const text = reinterpret_cast<char*>(out.data() + size);
  out.resize(size + static_cast<std::size_t>(write_decimal(number, text) - text));
}

void append_ipv4(Buffer& out, const std::uint8_t* address) {
  const std::size_t size = out.size();
  out.resize(size + kMaxAddressText);
  char* const text = reinterpret_cast<char*>(out.data() + size);
  out.resize(size + static_cast<std::size_t>(write_address(address, 4, text) - text));
}

void end_text(Column& column) {
  column.offsets.push<std::int32_t>(static_cast<std::int32_t>(column.values.size()));
  ++column.length;
}

}  // namespace

ColumnType value_column_type(const std::vector<const Field*>& fields) {
  const ColumnType first = type_of(*fields.front());
  const bool same = std::ranges::all_of(fields, [&](const Field* f) { return type_of(*f) == first; });
  return same ? first : ColumnType::string;
}

void prepare_column(Column& column, const ColumnSpec& spec) {
  if (spec.type == ColumnType::string || spec.type == ColumnType::binary || spec.type == ColumnType::list)
    column.offsets.push<std::int32_t>(0);
  for (const ColumnSpec& child : spec.children) prepare_column(column.children.emplace_back(), child);
}

/// As in JSON, without quotes.
void append_typed_text(std::string& out, const Value& value) {
  switch (type_of(*value.field)) {
    case ColumnType::boolean:
      out += value.field->kind != Kind::flag || value.number != 0 ? "true" : "false";
      break;
    case ColumnType::uint64:
      out += std::to_string(value.number);
      break;
    case ColumnType::timestamp:
      append_seconds(out, static_cast<std::int64_t>(value.number));
      break;
    case ColumnType::string:
      if (value.field->kind == Kind::text) {
        out.append(reinterpret_cast<const char*>(value.data), value.size);
        break;
      }
      [[fallthrough]];
    default:
      append_value_text(out, value);
  }
}

void append_value(Column& column, ColumnType type, const Value& value, std::optional<PrintFormat> format,
                  std::string& scratch) {
  switch (type) {
    case ColumnType::boolean:
      column.values.push<std::uint8_t>(value.field->kind != Kind::flag || value.number != 0 ? 1 : 0);
      ++column.length;
      break;
    case ColumnType::float64:
      column.values.push<double>(std::bit_cast<double>(value.number));
      ++column.length;
      break;
    case ColumnType::binary:
      append_text(column, {reinterpret_cast<const char*>(value.data), value.size});
      break;
    case ColumnType::string:
      append_text_of(column.values, value, format, scratch);
      end_text(column);
      break;
    default:  // integers and times, all of 64 bits
      column.values.push<std::uint64_t>(value.number);
      ++column.length;
  }
}

void append_text(Column& column, std::string_view text) {
  column.values.append(text.data(), text.size());
  end_text(column);
}

void append_text_of(Buffer& out, const Value& value, std::optional<PrintFormat> format,
                    std::string& scratch) {
  scratch.clear();
  if (format) {
    append_value_text(scratch, value, *format);
  } else {
    append_typed_text(scratch, value);
  }
  out.append(scratch.data(), scratch.size());
}

void append_fixed(Column& column, ColumnType type, const Field& field, const Place& place, const Layer& layer,
                  std::optional<PrintFormat> format, std::string& scratch) {
  if (type == ColumnType::uint64) {
    append_fixed_number(column, field, place, layer);
  } else if (type == ColumnType::string) {
    append_fixed_text(column.values, field, place, layer, format, scratch);
    end_text(column);
  } else {
    Value value;
    if (fixed_value(field, layer, value)) append_value(column, type, value, format, scratch);
  }
}

bool is_decimal(const Field& field, std::optional<PrintFormat> format) {
  return field.kind == Kind::uint && (!format || field.base != Base::hex);
}

bool is_seconds(const Field& field, std::optional<PrintFormat> format) {
  return field.kind == Kind::duration || (field.kind == Kind::time && !format);
}

void append_fixed_text(Buffer& out, const Field& field, const Place& place, const Layer& layer,
                       std::optional<PrintFormat> format, std::string& scratch) {
  if (field.kind == Kind::ipv4) {
    append_ipv4(out, layer.data + place.at);
  } else if (is_decimal(field, format)) {
    append_decimal(out, number_at(field, place, layer));
  } else {
    Value value;
    if (fixed_value(field, layer, value)) append_text_of(out, value, format, scratch);
  }
}

}  // namespace flowloom
