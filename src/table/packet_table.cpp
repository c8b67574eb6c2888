#include "table/packet_table.hpp"

#include "table/value_column.hpp"

namespace flowloom {

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
      columns.push_back({column.name,
                         ColumnType::list,
                         false,
                         {{"item",
                           cells.print_format ? ColumnType::string : value_column_type(column.fields),
                           false,
                           {},
                           {}}},
                         title});
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
  for (const ColumnSpec& spec : batch_.schema->columns) prepare_column(batch_.columns.emplace_back(), spec);
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
  if (first_ == 3) append_text(batch_.columns[column++], capture);
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
      append_text(cell, joined_[i]);
      cell.validity.push<std::uint8_t>(any_[i] ? 1 : 0);
      if (!any_[i]) ++cell.null_count;
    }
    return;
  }
  selection_.visit(tape, [&](std::size_t index, const Value& value) {
    append_value(batch_.columns[first_ + index].children[0],
                 batch_.schema->columns[first_ + index].children[0].type, value, cells_.print_format, text_);
  });
  for (std::size_t i = first_; i < batch_.columns.size(); ++i) {
    Column& list = batch_.columns[i];
    list.offsets.push<std::int32_t>(static_cast<std::int32_t>(list.children[0].length));
    ++list.length;
  }
}

}  // namespace flowloom
