// Rows of packets in which no protocol occurs twice, which are nearly all: each field then has at most one
// value, whose cell is known before, so that nothing is looked for.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dissect/selection.hpp"
#include "table/value_column.hpp"

namespace flowloom {

class RowCells {
 public:
  /// `types`: of the values, by the selection's columns. The selection must live as long.
  RowCells(const Selection& selection, const PacketCells& cells, const std::vector<ColumnType>& types);

  /// The next rows go to these columns, one of each of the selection's.
  void attach(std::span<Column> columns);

  /// Writes the cells of a row. False: a protocol or field occurs twice; nothing was written.
  bool add(const Tape& tape);
  /// Makes the columns' lengths those of the rows that were written; then others may write to them.
  void settle();

 private:
  static constexpr std::size_t kMostSlots = 16;
  static constexpr std::uint8_t kNoSlot = 0xFF;

  /// One field in one protocol. Those of one column are neighbours.
  struct Cell {
    enum class What : std::uint8_t {
      number8,  ///< bytes at a fixed place, to a column of unsigned numbers
      number16,
      number32,
      number,         ///< other bits
      flag,           ///< at a fixed place, to a column of booleans
      digits,         ///< a number at a fixed place, to a column of texts
      ipv4,           ///< at a fixed place, to a column of texts
      fixed,          ///< another one at a fixed place
      told_number,    ///< from here on told by the layer; to a column of 64-bit numbers or times
      told_digits,    ///< a number to a column of texts
      told,           ///< another one
      parsed,         ///< from here on
      parsed_number,  ///< to a column of unsigned numbers
    };
    What what = What::fixed;
    std::uint8_t slot = 0;   ///< of its layer
    std::uint8_t shift = 0;  ///< bits that are read behind the number
    std::uint8_t scale = 1;
    bool last = false;  ///< of its column
    ColumnType type = ColumnType::uint64;
    Place place;
    std::uint32_t most = 0;  ///< bytes of the column's values in a row, if none are `fixed` or `parsed`
    const Field* field = nullptr;
    std::size_t column = 0;
    const Value* value = nullptr;  ///< parsed: of this row
    Column* values = nullptr;
    Column* list = nullptr;  ///< null: values are joined to one text in `values`
  };
  /// Nothing is in it before it is written: clearing them all costs more than a row.
  struct Header {
    const std::uint8_t* data;
    std::uint32_t bytes;  ///< that were captured, with what it carries
    const Layer* layer;
  };
  /// By slot, of those whose bits are set in `there`.
  using Headers = std::array<Header, kMostSlots>;

  static Cell::What number_of_bytes(const Field& field);
  static std::uint64_t number_of(const Cell& cell, const std::uint8_t* at) {
    return (load_be<8>(at) << cell.place.skip >> cell.shift) * cell.scale;
  }
  static void choose_how(Cell& cell, ColumnType type, const PacketCells& cells);
  void add_column(std::vector<Cell>& column);
  bool find_headers(const Tape& tape, Headers& headers, std::uint32_t& there) const;
  bool find_parsed(const Tape& tape, const Headers& headers, std::uint32_t there);
  void make_room();
  bool write(const Cell& cell, const Tape& tape, const Header& header, bool another);
  bool write_other(const Cell& cell, const Tape& tape, const Layer& layer, bool another);
  void end_cell(const Cell& cell, bool any);

  PacketCells cells_;
  std::vector<Cell> list_;
  std::vector<std::uint8_t> slot_of_;  ///< by protocol
  std::vector<std::uint32_t> rivals_;  ///< slots (bits) of protocols that have fields in one column
  std::uint8_t slot_count_ = 0;
  bool possible_ = true;
  std::vector<std::size_t> parsed_;  ///< cells
  std::uint32_t rows_left_ = 0;      ///< for which there is room
  std::string text_;
};

}  // namespace flowloom
