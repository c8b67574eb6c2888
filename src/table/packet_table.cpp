#include "table/packet_table.hpp"

#include <algorithm>
#include <span>

#include "table/value_column.hpp"

namespace flowloom {

namespace {

/// One batch of packets has about as many values as the one before.
void reserve_as(Column& column, const Column& before) {
  column.validity.reserve(before.validity.size());
  column.offsets.reserve(before.offsets.size());
  column.values.reserve(before.values.size());
  for (std::size_t i = 0; i < column.children.size(); ++i) reserve_as(column.children[i], before.children[i]);
}

std::vector<ColumnType> types_of_values(const Schema& schema, std::size_t first, const PacketCells& cells) {
  std::vector<ColumnType> types;
  for (std::size_t i = first; i < schema.columns.size(); ++i) {
    const ColumnSpec& spec = schema.columns[i];
    types.push_back(cells.joined ? spec.type : spec.children[0].type);
  }
  return types;
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
      types_(types_of_values(*schema, first_, cells)),
      any_(selection.columns().size()),
      row_(selection, cells, types_) {
  batch_.schema = std::move(schema);
  begin({});
}

void PacketTableBuilder::begin(const std::vector<Column>& before) {
  batch_.rows = 0;
  batch_.columns.clear();
  for (const ColumnSpec& spec : batch_.schema->columns) prepare_column(batch_.columns.emplace_back(), spec);
  for (std::size_t i = 0; i < before.size(); ++i) reserve_as(batch_.columns[i], before[i]);
  values_.clear();
  for (std::size_t i = first_; i < batch_.columns.size(); ++i) {
    values_.push_back(cells_.joined ? &batch_.columns[i] : batch_.columns[i].children.data());
  }
  number_ = &batch_.columns[first_ - 2];
  time_ = &batch_.columns[first_ - 1];
  row_.attach(std::span(batch_.columns).subspan(first_));
}

RecordBatch PacketTableBuilder::take(std::uint8_t time_digits) {
  row_.settle();
  number_->length = time_->length = batch_.rows;
  RecordBatch done;
  done.schema = batch_.schema;
  done.rows = batch_.rows;
  done.time_digits = time_digits;
  done.columns = std::move(batch_.columns);
  begin(done.columns);
  return done;
}

void PacketTableBuilder::add(std::string_view capture, const RawPacket& packet, const Tape& tape) {
  if (first_ == 3) append_text(batch_.columns[0], capture);
  number_->values.push<std::uint64_t>(packet.number);
  time_->values.push<std::int64_t>(packet.time.ns);
  ++batch_.rows;
  if (row_.add(tape)) return;
  row_.settle();
  if (cells_.joined) {
    add_joined(tape);
  } else {
    add_lists(tape);
  }
}

void PacketTableBuilder::add_joined(const Tape& tape) {
  std::ranges::fill(any_, std::uint8_t{0});
  const auto begin = [&](std::size_t i) -> Buffer& {
    Buffer& text = values_[i]->values;
    if (any_[i] != 0) text.push(',');
    any_[i] = 1;
    return text;
  };
  selection_.look(
      tape,
      [&](const Selection::Entry& entry, const Layer& layer) {
        if (entry.place.there(layer))
          append_fixed_text(begin(entry.column), *entry.field, entry.place, layer, cells_.print_format,
                            text_);
      },
      [&](std::size_t i, const Value& value) {
        append_text_of(begin(i), value, cells_.print_format, text_);
      });
  for (std::size_t i = 0; i < any_.size(); ++i) {
    append_text(*values_[i], {});
    values_[i]->validity.push<std::uint8_t>(any_[i]);
    if (any_[i] == 0) ++values_[i]->null_count;
  }
}

void PacketTableBuilder::add_lists(const Tape& tape) {
  selection_.look(
      tape,
      [&](const Selection::Entry& entry, const Layer& layer) {
        const std::size_t i = entry.column;
        if (!entry.place.there(layer)) return;
        if (types_[i] == ColumnType::uint64) {  // here, since most are
          append_fixed_number(*values_[i], *entry.field, entry.place, layer);
        } else {
          append_fixed(*values_[i], types_[i], *entry.field, entry.place, layer, cells_.print_format, text_);
        }
      },
      [&](std::size_t i, const Value& value) {
        append_value(*values_[i], types_[i], value, cells_.print_format, text_);
      });
  for (std::size_t i = 0; i < values_.size(); ++i) {
    Column& list = batch_.columns[first_ + i];
    list.offsets.push<std::int32_t>(static_cast<std::int32_t>(values_[i]->length));
    ++list.length;
  }
}

}  // namespace flowloom
