#include "table/row_cells.hpp"

#include <algorithm>
#include <bit>

#include "base/decimal.hpp"
#include "flowloom/address.hpp"

namespace flowloom {
namespace {

constexpr std::uint32_t kRowsAtOnce = 64;

/// Values in a column, by the size of its buffers.
std::int64_t count_of(const Column& column, ColumnType type) {
  switch (type) {
    case ColumnType::uint64:
    case ColumnType::timestamp:
    case ColumnType::duration:
      return static_cast<std::int64_t>(column.values.size() / sizeof(std::uint64_t));
    case ColumnType::boolean:
      return static_cast<std::int64_t>(column.values.size());
    case ColumnType::string:
    case ColumnType::list:
      return static_cast<std::int64_t>(column.offsets.size() / sizeof(std::int32_t)) - 1;
    default:  // which nothing here writes to by itself
      return column.length;
  }
}

}  // namespace

RowCells::RowCells(const Selection& selection, const PacketCells& cells, const std::vector<ColumnType>& types)
    : cells_(cells), slot_of_(Registry::instance().protocols().size(), kNoSlot) {
  std::vector<std::vector<Cell>> columns(types.size());
  selection.each_entry([&](std::size_t protocol, const Selection::Entry& entry) {
    if (slot_of_[protocol] == kNoSlot) {
      possible_ = possible_ && slot_count_ < kMostSlots;
      if (!possible_) return;
      slot_of_[protocol] = slot_count_++;
    }
    Cell& cell = columns[entry.column].emplace_back();
    cell.slot = slot_of_[protocol];
    cell.field = entry.field;
    cell.place = entry.place;
    cell.column = entry.column;
    choose_how(cell, types[entry.column], cells);
  });
  for (std::vector<Cell>& column : columns) {
    if (column.empty()) possible_ = false;  // there is no cell to end
    if (possible_) add_column(column);
  }
}

void RowCells::add_column(std::vector<Cell>& column) {
  // What is written with a look for room must not use up what others do not look for.
  const bool other = std::ranges::any_of(column, [](const Cell& cell) { return cell.most == 0; });
  std::uint32_t most = 0, slots = 0;
  for (const Cell& cell : column) {
    most += cell.most;
    slots |= std::uint32_t{1} << cell.slot;
  }
  if (std::popcount(slots) > 1) rivals_.push_back(slots);
  column.back().last = true;
  for (Cell& cell : column) {
    cell.most = other ? 0 : most;
    if (other) {
      cell.what = cell.field->told != nullptr ? Cell::What::told
                  : cell.field->parsed        ? Cell::What::parsed
                                              : Cell::What::fixed;
    }
    if (cell.what >= Cell::What::parsed) parsed_.push_back(list_.size());
    list_.push_back(cell);
  }
}

RowCells::Cell::What RowCells::number_of_bytes(const Field& field) {
  using What = Cell::What;
  if (field.bit % 8 != 0 || field.scale != 1) return What::number;
  return field.width == 8    ? What::number8
         : field.width == 16 ? What::number16
         : field.width == 32 ? What::number32
                             : What::number;
}

void RowCells::choose_how(Cell& cell, ColumnType type, const PacketCells& cells) {
  using What = Cell::What;
  const Field& field = *cell.field;
  cell.type = type;
  if (field.told != nullptr) {
    cell.what = What::told;
    if (type != ColumnType::string) {
      cell.what = What::told_number;
      cell.most = sizeof(std::uint64_t);
    } else if (is_decimal(field, cells.print_format)) {
      cell.what = What::told_digits;
      cell.most = kMaxDecimal + 1;
    }
    return;
  }
  if (field.parsed) {
    cell.what = type == ColumnType::uint64 ? What::parsed_number : What::parsed;
    cell.most = type == ColumnType::uint64 ? sizeof(std::uint64_t) : 0;
    return;
  }
  if (field.width == 0) return;
  const bool text = type == ColumnType::string;
  if (type == ColumnType::uint64) {
    cell.what = number_of_bytes(field);
    cell.most = sizeof(std::uint64_t);
  } else if (type == ColumnType::boolean && field.kind == Kind::flag) {
    cell.what = What::flag;
    cell.most = 1;
  } else if (text && field.kind == Kind::ipv4) {
    cell.what = What::ipv4;
    cell.most = kMaxAddressText + 1;
  } else if (text && is_decimal(field, cells.print_format)) {
    cell.what = What::digits;
    cell.most = kMaxDecimal + 1;
  } else {
    return;
  }
  cell.shift = static_cast<std::uint8_t>(64 - std::min<unsigned>(field.width, 64));
  cell.scale = field.scale;
}

void RowCells::attach(std::span<Column> columns) {
  for (Cell& cell : list_) {
    Column& column = columns[cell.column];
    cell.list = cells_.joined ? nullptr : &column;
    cell.values = cells_.joined ? &column : column.children.data();
  }
  rows_left_ = 0;
}

/// What is there is told by bits, not by null pointers, which would have to be cleared.
inline bool RowCells::find_headers(const Tape& tape, Headers& headers, std::uint32_t& there) const {
  there = 0;
  for (const Layer& layer : tape.layers) {
    const std::uint8_t slot = slot_of_[layer.protocol->id];
    if (slot == kNoSlot) continue;
    const std::uint32_t bit = std::uint32_t{1} << slot;
    if ((there & bit) != 0 || layer.sound != ~std::uint32_t{0}) return false;
    there |= bit;
    headers[slot] = {layer.data, layer.captured, &layer};
  }
  return std::ranges::none_of(rivals_, [&](std::uint32_t some) { return std::popcount(some & there) > 1; });
}

inline bool RowCells::find_parsed(const Tape& tape, const Headers& headers, std::uint32_t there) {
  std::size_t filled = ~std::size_t{0};  // a column that has a value of these
  for (const std::size_t index : parsed_) {
    Cell& cell = list_[index];
    cell.value = nullptr;
    if ((there >> cell.slot & 1) == 0) continue;
    for (std::uint32_t i = headers[cell.slot].layer->first_value; i != kNoValue; i = tape.values[i].next) {
      if (tape.values[i].field != cell.field) continue;
      if (filled == cell.column) return false;
      filled = cell.column;
      cell.value = &tape.values[i];
    }
  }
  return true;
}

/// For some rows of the longest cells.
void RowCells::make_room() {
  for (Cell& cell : list_) {
    const auto reserve = [](Buffer& buffer, std::size_t bytes) {
      buffer.reserve(buffer.size() + kRowsAtOnce * bytes);
    };
    reserve(cell.values->values, cell.most);
    reserve(cell.values->offsets,
            sizeof(std::int32_t) * (cell.type == ColumnType::string ? list_.size() : 0));
    if (cell.list != nullptr) {
      reserve(cell.list->offsets, sizeof(std::int32_t));
    } else {
      reserve(cell.values->validity, 1);
    }
  }
  rows_left_ = kRowsAtOnce;
}

/// False: there is no value. `another`: the cell has one already.
[[gnu::always_inline]] inline bool RowCells::write(const Cell& cell, const Tape& tape, const Header& header,
                                                   bool another) {
  using What = Cell::What;
  if (cell.what >= What::parsed ? cell.value == nullptr : cell.place.bytes > header.bytes) return false;
  const std::uint8_t* const at = header.data + cell.place.at;
  Buffer& out = cell.values->values;
  std::uint64_t number = 0;
  switch (cell.what) {
    case What::number8:
      out.push_reserved(std::uint64_t{*at});
      return true;
    case What::number16:
      out.push_reserved(load_be<2>(at));
      return true;
    case What::number32:
      out.push_reserved(load_be<4>(at));
      return true;
    case What::number:
      out.push_reserved(number_of(cell, at));
      return true;
    case What::flag:
      out.push_reserved(static_cast<std::uint8_t>(number_of(cell, at)));
      return true;
    case What::parsed_number:
      out.push_reserved(cell.value->number);
      return true;
    case What::told_number:
    case What::told_digits: {
      const Told told = cell.field->told(tape, *header.layer);
      if (!told.there) return false;
      if (cell.what == What::told_number) {
        out.push_reserved(told.number);
        return true;
      }
      number = told.number;
      break;
    }
    case What::digits:
      number = number_of(cell, at);
      break;
    default:
      break;
  }
  const bool joined = cell.list == nullptr;
  if (cell.what != What::digits && cell.what != What::told_digits && cell.what != What::ipv4)
    return write_other(cell, tape, *header.layer, another);
  if (joined && another) out.push(',');
  char* const text = reinterpret_cast<char*>(out.data() + out.size());
  const char* const end = cell.what == What::ipv4 ? write_ipv4(at, text) : write_decimal(number, text);
  out.add_reserved(static_cast<std::size_t>(end - text));
  if (!joined) cell.values->offsets.push_reserved(static_cast<std::int32_t>(out.size()));
  return true;
}

bool RowCells::write_other(const Cell& cell, const Tape& tape, const Layer& layer, bool another) {
  Value told;
  const Value* value = cell.value;
  if (cell.what == Cell::What::told) {
    if (!told_value(tape, *cell.field, layer, told)) return false;
    value = &told;
  }
  const bool joined = cell.list == nullptr;
  if (joined && another) cell.values->values.push(',');
  if (value != nullptr) {
    if (joined) {
      append_text_of(cell.values->values, *value, cells_.print_format, text_);
    } else {
      append_value(*cell.values, cell.type, *value, cells_.print_format, text_);
    }
  } else if (joined) {
    append_fixed_text(cell.values->values, *cell.field, cell.place, layer, cells_.print_format, text_);
  } else {
    append_fixed(*cell.values, cell.type, *cell.field, cell.place, layer, cells_.print_format, text_);
  }
  return true;
}

inline void RowCells::end_cell(const Cell& cell, bool any) {
  Column& out = *cell.values;
  if (cell.list != nullptr) {
    cell.list->offsets.push_reserved(static_cast<std::int32_t>(count_of(out, cell.type)));
    return;
  }
  out.offsets.push_reserved(static_cast<std::int32_t>(out.values.size()));
  out.validity.push_reserved(static_cast<std::uint8_t>(any));
  if (!any) ++out.null_count;
}

bool RowCells::add(const Tape& tape) {
  Headers headers;
  std::uint32_t there = 0;
  if (!possible_ || !find_headers(tape, headers, there)) return false;
  if (!parsed_.empty() && !find_parsed(tape, headers, there)) return false;
  if (rows_left_ == 0) make_room();
  --rows_left_;
  bool any = false;
  for (const Cell& cell : list_) {
    if ((there >> cell.slot & 1) != 0) any = write(cell, tape, headers[cell.slot], any) || any;
    if (!cell.last) continue;
    end_cell(cell, any);
    any = false;
  }
  return true;
}

void RowCells::settle() {
  rows_left_ = 0;
  if (!possible_) return;
  for (const Cell& cell : list_) {
    cell.values->length = count_of(*cell.values, cell.type);
    if (cell.list != nullptr) cell.list->length = count_of(*cell.list, ColumnType::list);
  }
}

}  // namespace flowloom
