#include "table/packet_table.hpp"

#include <algorithm>
#include <bit>

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

/// Of all fields of one name; texts if they differ.
ColumnType type_of(const Selection::Column& column, const PacketCells& cells) {
  if (cells.print_format) return ColumnType::string;
  const ColumnType first = type_of(*column.fields.front());
  const bool same = std::ranges::all_of(column.fields, [&](const Field* f) { return type_of(*f) == first; });
  return same ? first : ColumnType::string;
}

void prepare(Column& column, const ColumnSpec& spec) {
  if (spec.type == ColumnType::string || spec.type == ColumnType::binary || spec.type == ColumnType::list)
    column.offsets.push<std::int32_t>(0);
  for (const ColumnSpec& child : spec.children) prepare(column.children.emplace_back(), child);
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

}  // namespace

std::shared_ptr<const Schema> make_packet_schema(const Selection& selection, const PacketCells& cells,
                                                 bool with_capture) {
  Schema schema;
  auto& columns = schema.columns;
  if (with_capture) columns.push_back({"capture", ColumnType::string, false, {}, "path of the capture"});
  columns.push_back({"number", ColumnType::uint64, false, {}, "1, 2, … in the capture"});
  columns.push_back({"time", ColumnType::timestamp, false, {}, "time of capture, UTC"});
  for (const Selection::Column& column : selection.columns()) {
    const std::string title(column.fields.front()->title);
    if (cells.joined) {
      columns.push_back({column.name, ColumnType::string, true, {}, title});
    } else {
      columns.push_back(
          {column.name, ColumnType::list, false, {{"item", type_of(column, cells), false, {}, {}}}, title});
    }
  }
  return std::make_shared<const Schema>(std::move(schema));
}

PacketTableBuilder::PacketTableBuilder(const Selection& selection, const PacketCells& cells,
                                       std::shared_ptr<const Schema> schema)
    : selection_(selection),
      cells_(cells),
      first_(schema->columns.size() - selection.columns().size()),
      joined_(cells.joined ? selection.columns().size() : 0),
      any_(joined_.size()) {
  batch_.schema = std::move(schema);
  begin();
}

void PacketTableBuilder::begin() {
  batch_.rows = 0;
  batch_.columns.clear();
  for (const ColumnSpec& spec : batch_.schema->columns) prepare(batch_.columns.emplace_back(), spec);
}

RecordBatch PacketTableBuilder::take(std::uint8_t time_digits) {
  RecordBatch done;
  done.schema = batch_.schema;
  done.rows = batch_.rows;
  done.time_digits = time_digits;
  done.columns = std::move(batch_.columns);
  begin();
  return done;
}

void PacketTableBuilder::add(std::string_view capture, const RawPacket& packet, const Tape& tape) {
  std::size_t column = 0;
  if (first_ == 3) add_text(batch_.columns[column++], capture);
  batch_.columns[column].values.push<std::uint64_t>(packet.number);
  ++batch_.columns[column++].length;
  batch_.columns[column].values.push<std::int64_t>(packet.time.ns);
  ++batch_.columns[column].length;
  ++batch_.rows;
  if (cells_.joined) {
    any_.assign(any_.size(), false);
    for (std::string& text : joined_) text.clear();
    selection_.visit(tape, [&](std::size_t index, const Value& value) {
      std::string& text = joined_[index];
      if (any_[index]) text += ',';
      any_[index] = true;
      if (cells_.print_format) {
        append_value_text(text, value, *cells_.print_format);
      } else {
        append_typed_text(text, value);
      }
    });
    for (std::size_t i = 0; i < joined_.size(); ++i) {
      Column& cell = batch_.columns[first_ + i];
      add_text(cell, joined_[i]);
      cell.validity.push<std::uint8_t>(any_[i] ? 1 : 0);
      if (!any_[i]) ++cell.null_count;
    }
    return;
  }
  selection_.visit(tape, [&](std::size_t index, const Value& value) {
    add_value(batch_.columns[first_ + index].children[0],
              batch_.schema->columns[first_ + index].children[0].type, value);
  });
  for (std::size_t i = first_; i < batch_.columns.size(); ++i) {
    Column& list = batch_.columns[i];
    list.offsets.push<std::int32_t>(static_cast<std::int32_t>(list.children[0].length));
    ++list.length;
  }
}

void PacketTableBuilder::add_value(Column& items, ColumnType type, const Value& value) {
  switch (type) {
    case ColumnType::boolean:
      items.values.push<std::uint8_t>(value.field->kind != Kind::flag || value.number != 0 ? 1 : 0);
      ++items.length;
      break;
    case ColumnType::float64:
      items.values.push<double>(std::bit_cast<double>(value.number));
      ++items.length;
      break;
    case ColumnType::binary:
      add_text(items, {reinterpret_cast<const char*>(value.data), value.size});
      break;
    case ColumnType::string:
      text_.clear();
      if (cells_.print_format) {
        append_value_text(text_, value, *cells_.print_format);
      } else {
        append_typed_text(text_, value);
      }
      add_text(items, text_);
      break;
    default:  // integers and times, all of 64 bits
      items.values.push<std::uint64_t>(value.number);
      ++items.length;
  }
}

void PacketTableBuilder::add_text(Column& column, std::string_view text) {
  column.values.append(text.data(), text.size());
  column.offsets.push<std::int32_t>(static_cast<std::int32_t>(column.values.size()));
  ++column.length;
}

}  // namespace flowloom
