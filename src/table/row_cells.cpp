#include "table/row_cells.hpp"

#include <algorithm>
#include <bit>

#include "base/date.hpp"
#include "base/decimal.hpp"
#include "base/endian.hpp"
#include "dissect/value_text.hpp"
#include "flowloom/address.hpp"

namespace flowloom {

RowCells::RowCells(const Selection& selection, const PacketCells& cells, const std::vector<ColumnType>& types)
    : cells_(cells), slot_of_(Registry::instance().protocols().size(), kNoSlot) {
  std::vector<std::vector<Cell>> columns(types.size());
  selection.each_entry([&](std::size_t protocol, const Selection::Entry& entry) {
    if (slot_of_[protocol] == kNoSlot) {
      possible_ = possible_ && slots_.size() < kMostSlots;
      if (!possible_) return;
      slot_of_[protocol] = static_cast<std::uint8_t>(slots_.size());
      slots_.emplace_back();
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
  if (possible_) make_groups();
  looks_at_layers_ = any_other_ || !told_.empty() || !parsed_.empty();
}

void RowCells::add_column(std::vector<Cell>& column) {
  const bool other =
      std::ranges::any_of(column, [](const Cell& cell) { return cell.what == Cell::What::other; });
  any_other_ = any_other_ || other;
  std::uint32_t slots = 0;
  for (Cell& cell : column) {
    slots |= std::uint32_t{1} << cell.slot;
    if (other) cell.what = Cell::What::other;
    if (cell.source == Cell::Source::tape) {
      parsed_.push_back(list_.size());
    } else if (!other && cell.source == Cell::Source::told) {
      told_.push_back(list_.size());
    } else if (!other) {
      slots_[cell.slot].cells.push_back(list_.size());
    }
    if (cell.source != Cell::Source::place) cell.word = word_count_++;
    list_.push_back(cell);
  }
  if (std::popcount(slots) > 1) rivals_.push_back(slots);
}

void RowCells::make_groups() {
  for (std::size_t first = 0, last = 0; first != list_.size(); first = last) {
    while (last != list_.size() && list_[last].column == list_[first].column) ++last;
    Group& group = groups_.emplace_back();
    group.cells = std::span(list_).subspan(first, last - first);
    group.other = list_[first].what == Cell::What::other;
  }
  for (Slot& slot : slots_) make_loads(slot);
  words_.resize(std::size_t{word_count_} * kRows);
}

void RowCells::make_loads(Slot& slot) {
  constexpr std::uint32_t kWord = sizeof(std::uint64_t);
  std::ranges::sort(slot.cells, {}, [&](std::size_t index) { return list_[index].place.at; });
  for (const std::size_t index : slot.cells) {
    Cell& cell = list_[index];
    if (slot.loads.empty() || cell.place.bytes > slot.loads.back().at + kWord)
      slot.loads.push_back({cell.place.at, word_count_++});
    const Load& load = slot.loads.back();
    cell.word = load.word;
    cell.byte = static_cast<std::uint8_t>(cell.place.at - load.at);
    const unsigned width = cell.field->width, before = 8U * cell.byte + cell.place.skip;
    cell.number.shift = static_cast<std::uint8_t>(64 - std::min(before + width, 64U));
    if (width < 64) cell.number.mask = (std::uint64_t{1} << width) - 1;
    slot.bytes = std::max(slot.bytes, cell.place.bytes);
  }
}

void RowCells::choose_how(Cell& cell, ColumnType type, const PacketCells& cells) {
  using What = Cell::What;
  const Field& field = *cell.field;
  cell.type = type;
  if (field.parsed) cell.source = field.told != nullptr ? Cell::Source::told : Cell::Source::tape;
  const bool place = cell.source == Cell::Source::place;
  const bool time = type == ColumnType::timestamp || type == ColumnType::duration;
  if (place && field.width == 0) return;
  if (type == ColumnType::uint64 || (time && !place)) {
    cell.what = What::number;
    cell.most = sizeof(std::uint64_t);
  } else if (place && type == ColumnType::boolean && field.kind == Kind::flag) {
    cell.what = What::flag;
    cell.most = 1;
  } else if (type == ColumnType::string) {
    choose_text(cell, place, cells.print_format);
  }
  if (place) cell.number.scale = field.scale;
}

void RowCells::choose_text(Cell& cell, bool place, std::optional<PrintFormat> format) {
  using What = Cell::What;
  const Field& field = *cell.field;
  const auto use = [&cell](What what, std::size_t most) {
    cell.what = what;
    cell.most = static_cast<std::uint32_t>(most) + 1;  // a comma
  };
  if (is_decimal(field, format)) {
    use(What::digits, kMaxDecimal);
  } else if (field.kind == Kind::uint) {
    cell.hex_digits = static_cast<std::uint8_t>(hex_digits(field, *format));
    use(What::hex, kMaxHex);
  } else if (place && field.kind == Kind::flag && field.width == 1) {
    format ? use(What::digits, kMaxDecimal) : use(What::truth, kMaxTruth);
  } else if (place && field.kind == Kind::ipv4) {
    use(What::ipv4, kMaxAddressText);
  } else if (place && field.kind == Kind::mac) {
    use(What::mac, kMacText);
  } else if (!place && is_seconds(field, format)) {
    use(What::seconds, kMaxSeconds);
  } else if (!place && field.kind == Kind::time) {
    use(What::date, kDateText);
  }
}

void RowCells::attach(std::span<Column> columns) {
  for (Group& group : groups_) {
    Column& column = columns[group.cells.front().column];
    group.list = cells_.joined ? nullptr : &column;
    group.values = cells_.joined ? &column : column.children.data();
  }
}

/// What was noted of this row is forgotten.
bool RowCells::give_up() {
  for (Cell& cell : list_) cell.missing &= ~(std::uint64_t{1} << rows_);
  return false;
}

/// Of a header that does not have all that is asked for.
void RowCells::load_cut(const Slot& slot, const Layer& layer) {
  for (const Load& load : slot.loads) {
    if (load.at < layer.captured)
      words_[load.word * kRows + rows_] = load_native<std::uint64_t>(layer.data + load.at);
  }
  for (const std::size_t index : slot.cells) {
    Cell& cell = list_[index];
    if (cell.place.bytes > layer.captured) cell.missing |= std::uint64_t{1} << rows_;
  }
}

/// A number is noted as the first bits of a header would say it.
inline void RowCells::note(Cell& cell, bool there, std::uint64_t number) {
  if (there) {
    words_[cell.word * kRows + rows_] = load_be<8>(reinterpret_cast<const std::uint8_t*>(&number));
  } else {
    cell.missing |= std::uint64_t{1} << rows_;
  }
}

inline bool RowCells::find_parsed(const Tape& tape, const Layers& layers, std::uint32_t there) {
  std::size_t filled = ~std::size_t{0};  // a column that has a value of these
  for (const std::size_t index : parsed_) {
    Cell& cell = list_[index];
    cell.value = nullptr;
    if ((there >> cell.slot & 1) == 0) continue;
    for (std::uint32_t i = layers[cell.slot]->first_value; i != kNoValue; i = tape.values[i].next) {
      if (tape.values[i].field != cell.field) continue;
      if (filled == cell.column) return false;
      filled = cell.column;
      cell.value = &tape.values[i];
    }
    if (cell.what != Cell::What::other)
      note(cell, cell.value != nullptr, cell.value != nullptr ? cell.value->number : 0);
  }
  return true;
}

/// False: there is no value. `another`: the cell has one already.
bool RowCells::write_other(const Group& group, const Cell& cell, const Tape& tape, const Layer& layer,
                           bool another) {
  Value told;
  const Value* value = cell.value;
  switch (cell.source) {
    case Cell::Source::place:
      if (cell.place.bytes > layer.captured) return false;
      break;
    case Cell::Source::told:
      if (!told_value(tape, *cell.field, layer, told)) return false;
      value = &told;
      break;
    case Cell::Source::tape:
      if (value == nullptr) return false;
  }
  const bool joined = group.list == nullptr;
  if (joined && another) group.values->values.push(',');
  if (value != nullptr) {
    if (joined) {
      append_text_of(group.values->values, *value, cells_.print_format, text_);
    } else {
      append_value(*group.values, cell.type, *value, cells_.print_format, text_);
    }
  } else if (joined) {
    append_fixed_text(group.values->values, *cell.field, cell.place, layer, cells_.print_format, text_);
  } else {
    append_fixed(*group.values, cell.type, *cell.field, cell.place, layer, cells_.print_format, text_);
  }
  return true;
}

void RowCells::write_others(const Tape& tape, const Layers& layers, std::uint32_t there) {
  for (const Group& group : groups_) {
    if (!group.other) continue;
    bool any = false;
    for (const Cell& cell : group.cells) {
      if ((there >> cell.slot & 1) != 0) any = write_other(group, cell, tape, *layers[cell.slot], any) || any;
    }
    if (group.list != nullptr) {
      group.list->offsets.push(static_cast<std::int32_t>(group.values->length));
      ++group.list->length;
    } else {
      append_text(*group.values, {});
      group.values->validity.push(static_cast<std::uint8_t>(any));
      if (!any) ++group.values->null_count;
    }
  }
}

void RowCells::learn_path(const Tape& tape, std::uint32_t there) {
  Path& path = paths_[tape.plain];
  path.known = true;
  path.there = there;
  for (const Layer& layer : tape.layers) {
    const std::uint8_t number = slot_of_[layer.protocol->id];
    if (number == kNoSlot) continue;
    path.layers.emplace_back(number, static_cast<std::uint8_t>(&layer - tape.layers.begin()));
    for (const Load& load : slots_[number].loads)
      path.loads.push_back({static_cast<std::uint16_t>(layer.offset + load.at), load.word});
  }
}

/// Finds the layers of all slots; those that are there, or none if the row cannot be taken.
std::optional<std::uint32_t> RowCells::find_layers(const Tape& tape, Layers& layers) {
  std::uint32_t there = 0;
  bool cut = false;
  std::uint64_t* const words = words_.data() + rows_;
  for (const Layer& layer : tape.layers) {
    const std::uint8_t number = slot_of_[layer.protocol->id];
    if (number == kNoSlot) continue;
    const std::uint32_t bit = std::uint32_t{1} << number;
    if ((there & bit) != 0 || layer.sound != ~std::uint32_t{0}) return std::nullopt;
    there |= bit;
    layers[number] = &layer;
    const Slot& slot = slots_[number];
    if (slot.bytes > layer.captured) [[unlikely]] {
      load_cut(slot, layer);
      cut = true;
      continue;
    }
    for (const Load& load : slot.loads)
      words[load.word * kRows] = load_native<std::uint64_t>(layer.data + load.at);
  }
  for (const std::uint32_t some : rivals_) {
    if ((some & there & ((some & there) - 1)) != 0) return std::nullopt;  // two of them
  }
  if (tape.plain != 0 && !cut) learn_path(tape, there);
  return there;
}

bool RowCells::add(const Tape& tape) {
  if (!possible_) return false;
  Layers layers;
  const Path& path = paths_[tape.plain];  // of shape 0 nothing is known
  std::uint32_t there = path.there;
  if (path.known) [[likely]] {
    const std::uint8_t* const bytes = tape.packet->bytes.data();
    std::uint64_t* const words = words_.data() + rows_;
    for (const Path::Load& load : path.loads)
      words[load.word * kRows] = load_native<std::uint64_t>(bytes + load.at);
    if (looks_at_layers_) {
      for (const auto& [slot, index] : path.layers) layers[slot] = &tape.layers[index];
    }
  } else {
    const std::optional<std::uint32_t> found = find_layers(tape, layers);
    if (!found) return give_up();
    there = *found;
  }
  for (const std::size_t index : told_) {
    Cell& cell = list_[index];
    if ((there >> cell.slot & 1) == 0) continue;
    const Told told = cell.field->told(tape, *layers[cell.slot]);
    note(cell, told.there, told.number);
  }
  if (!parsed_.empty() && !find_parsed(tape, layers, there)) return give_up();
  if (any_other_) write_others(tape, layers, there);
  there_[rows_] = there;
  always_there_ &= there;
  if (++rows_ == kRows) settle();
  return true;
}

void RowCells::settle() {
  if (rows_ == 0) return;
  for (const Group& group : groups_) {
    if (!group.other) write(group);
  }
  for (Cell& cell : list_) cell.missing = 0;
  always_there_ = ~std::uint32_t{0};
  rows_ = 0;
}

}  // namespace flowloom
