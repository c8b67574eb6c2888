// The second half of RowCells: the rows that were taken go to their columns.
#include <cstring>

#include "base/date.hpp"
#include "base/decimal.hpp"
#include "table/row_cells.hpp"

namespace flowloom {
namespace {

/// Room for `count` more, and where they begin. They are added when they were written.
template <class T>
T* room_for(Buffer& buffer, std::size_t count) {
  buffer.reserve(buffer.size() + count * sizeof(T));
  return reinterpret_cast<T*>(buffer.data() + buffer.size());
}

}  // namespace

struct RowCells::Out {
  explicit Out(const Group& group, std::uint32_t rows)
      : column(*group.values), list(group.list), length(column.length) {
    std::size_t most = 0;
    for (const Cell& cell : group.cells) most += cell.most;
    at = first = room_for<char>(column.values, rows * most + kTextRoom);
    begin = at - column.values.size();
    Column& ended = list != nullptr ? *list : column;
    if (list != nullptr && group.cells.front().type == ColumnType::string)
      text_ends = room_for<std::int32_t>(column.offsets, rows * group.cells.size());
    row_ends = room_for<std::int32_t>(ended.offsets, rows);
    if (list == nullptr) valid = room_for<std::uint8_t>(column.validity, rows);
  }
  Out(const Out&) = delete;
  Out& operator=(const Out&) = delete;

  static constexpr bool is_text(Cell::What what) {
    return what != Cell::What::number && what != Cell::What::flag;
  }

  /// Calls use.operator()<what>(). Pre: it is not `other`.
  template <class Use>
  static void with(Cell::What what, Use&& use) {
    using What = Cell::What;
    switch (what) {
      case What::number:
        return use.template operator()<What::number>();
      case What::flag:
        return use.template operator()<What::flag>();
      case What::digits:
        return use.template operator()<What::digits>();
      case What::hex:
        return use.template operator()<What::hex>();
      case What::truth:
        return use.template operator()<What::truth>();
      case What::seconds:
        return use.template operator()<What::seconds>();
      case What::date:
        return use.template operator()<What::date>();
      case What::ipv4:
        return use.template operator()<What::ipv4>();
      case What::mac:
        return use.template operator()<What::mac>();
      case What::other:
        break;
    }
  }

  /// Writes a value; returns its end.
  template <Cell::What kWhat>
  [[gnu::always_inline]] static char* write(const Cell& cell, const std::uint64_t& word, char* at,
                                            DateWriter& dates) {
    const std::uint8_t* const bytes = reinterpret_cast<const std::uint8_t*>(&word) + cell.byte;
    if constexpr (kWhat == Cell::What::ipv4) return write_ipv4(bytes, at);
    if constexpr (kWhat == Cell::What::mac) return write_mac(bytes, at);
    const std::uint64_t number = cell.number.read(word);
    if constexpr (kWhat == Cell::What::digits) return write_decimal(number, at);
    if constexpr (kWhat == Cell::What::hex) return write_hex(number, cell.hex_digits, at);
    if constexpr (kWhat == Cell::What::date) return dates.write(static_cast<std::int64_t>(number), at);
    if constexpr (kWhat == Cell::What::truth) {
      std::memcpy(at, number != 0 ? "true " : "false", kMaxTruth);
      return at + (number != 0 ? kMaxTruth - 1 : kMaxTruth);
    }
    if constexpr (kWhat == Cell::What::seconds) return write_seconds(static_cast<std::int64_t>(number), at);
    if constexpr (kWhat == Cell::What::flag) {
      *at = static_cast<char>(number);
      return at + 1;
    }
    std::memcpy(at, &number, sizeof number);
    return at + sizeof number;
  }

  template <Cell::What kWhat>
  [[gnu::always_inline]] void put(const Cell& cell, const std::uint64_t& word) {
    at = write<kWhat>(cell, word, at, dates);
    if (is_text(kWhat) && text_ends != nullptr) *text_ends++ = static_cast<std::int32_t>(at - begin);
    ++length;
  }

  [[gnu::always_inline]] void end_row(bool any) {
    if (list != nullptr) {
      *row_ends++ = static_cast<std::int32_t>(length);
    } else {
      *row_ends++ = static_cast<std::int32_t>(at - begin);
      *valid++ = static_cast<std::uint8_t>(any);
      nulls += any ? 0 : 1;
    }
  }

  void end(std::uint32_t rows) {
    Column& ended = list != nullptr ? *list : column;
    column.values.add_reserved(static_cast<std::size_t>(at - first));
    if (text_ends != nullptr)
      column.offsets.add_reserved(static_cast<std::size_t>(length - column.length) * sizeof(std::int32_t));
    ended.offsets.add_reserved(rows * sizeof(std::int32_t));
    if (list == nullptr) column.validity.add_reserved(rows);
    column.null_count += nulls;
    if (list != nullptr) column.length = length;
    ended.length += rows;
  }

  Column& column;
  Column* list;
  const char* begin = nullptr;  ///< of the column's values
  char *first = nullptr, *at = nullptr;
  std::int32_t *text_ends = nullptr, *row_ends = nullptr;
  std::uint8_t* valid = nullptr;
  std::int64_t length;  ///< of values
  std::int64_t nulls = 0;
  DateWriter dates;
};

std::uint64_t RowCells::rows_with(const Cell& cell) const {
  std::uint64_t rows = all_rows();
  if ((always_there_ >> cell.slot & 1) == 0) {
    rows = 0;
    for (std::uint32_t i = 0; i < rows_; ++i) rows |= std::uint64_t{there_[i] >> cell.slot & 1} << i;
  }
  return rows & ~cell.missing;
}

/// One value in each row.
template <RowCells::Cell::What kWhat>
void RowCells::write_full(const Group& group) const {
  const std::uint32_t rows = rows_;
  Out out(group, rows);
  const Cell& first = group.cells.front();
  const std::uint64_t* const words = words_of(first);
  std::int32_t* const ends = out.text_ends != nullptr ? out.text_ends : out.row_ends;
  const auto before = static_cast<std::int32_t>(out.length);
  const char* const begin = out.begin;
  char* at = out.at;
  if constexpr (kWhat == Cell::What::digits) {
    at = write_decimals({words, rows}, first.number, {at, begin, ends});
  } else if constexpr (kWhat == Cell::What::ipv4) {
    at = write_ipv4s({words, rows}, first.byte, {at, begin, ends});
  } else {
    const Cell cell = first;  // which nothing that is written here can be part of
    for (std::uint32_t row = 0; row < rows; ++row) {
      at = Out::write<kWhat>(cell, words[row], at, out.dates);
      ends[row] = Out::is_text(kWhat) ? static_cast<std::int32_t>(at - begin)
                                      : before + static_cast<std::int32_t>(row) + 1;
    }
  }
  out.at = at;
  if (out.text_ends != nullptr) {
    for (std::uint32_t row = 0; row < rows; ++row)
      out.row_ends[row] = before + static_cast<std::int32_t>(row) + 1;
  }
  if (out.list == nullptr) std::memset(out.valid, 1, rows);
  out.length += rows;
  out.end(rows);
}

template <RowCells::Cell::What kWhat>
void RowCells::write_single(const Group& group) const {
  Out out(group, rows_);
  const Cell& cell = group.cells.front();
  const std::uint64_t* const words = words_of(cell);
  const std::uint64_t there = rows_with(cell);
  for (std::uint32_t row = 0; row < rows_; ++row) {
    const bool any = (there >> row & 1) != 0;
    if (any) out.put<kWhat>(cell, words[row]);
    out.end_row(any);
  }
  out.end(rows_);
}

void RowCells::write_several(const Group& group) const {
  Out out(group, rows_);
  for (std::uint32_t row = 0; row < rows_; ++row) {
    bool any = false;
    for (const Cell& cell : group.cells) {
      if ((there_[row] >> cell.slot & 1) == 0 || (cell.missing >> row & 1) != 0) continue;
      if (any && group.list == nullptr) *out.at++ = ',';
      const std::uint64_t word = words_of(cell)[row];
      Out::with(cell.what, [&]<Cell::What kWhat>() { out.put<kWhat>(cell, word); });
      any = true;
    }
    out.end_row(any);
  }
  out.end(rows_);
}

void RowCells::write(const Group& group) const {
  if (group.cells.size() != 1) return write_several(group);
  const Cell& cell = group.cells.front();
  const bool full = rows_with(cell) == all_rows();
  Out::with(cell.what,
            [&]<Cell::What kWhat>() { full ? write_full<kWhat>(group) : write_single<kWhat>(group); });
}

}  // namespace flowloom
