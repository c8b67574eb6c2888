// Rows of packets in which no protocol occurs twice, which are nearly all: each field then has at most one
// value, whose cell is known before, so that nothing is looked for. What the cells of a row are made of is
// noted first; some rows later, all are written column by column, each in a loop of its own.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/text_rows.hpp"
#include "dissect/selection.hpp"
#include "table/value_column.hpp"

namespace flowloom {

class RowCells {
 public:
  /// `types`: of the values, by the selection's columns. The selection must live as long.
  RowCells(const Selection& selection, const PacketCells& cells, const std::vector<ColumnType>& types);

  /// The next rows go to these columns, one of each of the selection's.
  void attach(std::span<Column> columns);

  /// Takes the cells of a row. False: a protocol or field occurs twice; nothing was taken.
  bool add(const Tape& tape);
  /// Writes the rows that were taken; then others may write to the columns.
  void settle();

 private:
  static constexpr std::size_t kMostSlots = 16;
  static constexpr std::uint8_t kNoSlot = 0xFF;
  static constexpr std::uint32_t kRows = 64;   ///< that are written at once
  static constexpr std::size_t kMaxTruth = 5;  ///< bytes of "false"

  /// One field in one protocol. Those of one column are neighbours.
  struct Cell {
    enum class Source : std::uint8_t { place, told, tape };
    enum class What : std::uint8_t {
      number,  ///< to a column of numbers or times of 64 bits
      flag,    ///< to a column of booleans
      // to a column of texts
      digits,   ///< a number
      hex,      ///< … with so many `hex_digits`
      truth,    ///< a flag
      seconds,  ///< a time
      date,     ///< … as Wireshark writes it
      ipv4,
      mac,
      other  ///< it is written as soon as it is seen
    };
    Source source = Source::place;
    What what = What::other;
    std::uint8_t slot = 0;   ///< of its layer
    std::uint16_t word = 0;  ///< in which it is noted
    std::uint8_t byte = 0;   ///< … its first one there
    NumberPlace number;      ///< … or where a number is in it
    std::uint8_t hex_digits = 0;
    ColumnType type = ColumnType::uint64;
    Place place;
    std::uint32_t most = 0;  ///< bytes that it may take
    const Field* field = nullptr;
    std::size_t column = 0;
    const Value* value = nullptr;  ///< on the tape: of this row
    std::uint64_t missing = 0;     ///< rows (bits) in whose header it is not
  };
  struct Group {
    std::span<Cell> cells;  ///< of one column
    bool other = false;     ///< … all of which are written at once
    Column* values = nullptr;
    Column* list = nullptr;  ///< null: values are joined to one text in `values`
  };
  /// Eight bytes of the header, in which neighbouring fields share a word.
  struct Load {
    std::uint16_t at;
    std::uint16_t word;
  };
  struct Slot {
    std::vector<std::size_t> cells;  ///< read from the header
    std::vector<Load> loads;
    std::uint32_t bytes = 0;  ///< of the header, in which all of them are
  };
  using Layers = std::array<const Layer*, kMostSlots>;  ///< by slot
  /// What is read of plain packets of one shape, whose layers all begin at the same places, with headers that
  /// are whole.
  struct Path {
    struct Load {
      std::uint16_t at;  ///< in the packet
      std::uint16_t word;
    };
    bool known = false;
    std::uint32_t there = 0;  ///< slots (bits)
    std::vector<Load> loads;
    std::vector<std::pair<std::uint8_t, std::uint8_t>> layers;  ///< by slot
  };

  /// Where a column's values are being written.
  struct Out;

  static void choose_how(Cell& cell, ColumnType type, const PacketCells& cells);
  static void choose_text(Cell& cell, bool place, std::optional<PrintFormat> format);
  void add_column(std::vector<Cell>& column);
  void make_groups();
  void make_loads(Slot& slot);
  void learn_path(const Tape& tape, std::uint32_t there);
  std::optional<std::uint32_t> find_layers(const Tape& tape, Layers& layers);
  bool give_up();
  void load_cut(const Slot& slot, const Layer& layer);
  void note(Cell& cell, bool there, std::uint64_t number);
  bool find_parsed(const Tape& tape, const Layers& layers, std::uint32_t there);
  void write_others(const Tape& tape, const Layers& layers, std::uint32_t there);
  bool write_other(const Group& group, const Cell& cell, const Tape& tape, const Layer& layer, bool another);
  // row_cells_write.cpp
  void write(const Group& group) const;
  template <Cell::What kWhat>
  void write_full(const Group& group) const;
  template <Cell::What kWhat>
  void write_single(const Group& group) const;
  void write_several(const Group& group) const;
  [[nodiscard]] const std::uint64_t* words_of(const Cell& cell) const {
    return words_.data() + std::size_t{cell.word} * kRows;
  }
  [[nodiscard]] std::uint64_t all_rows() const { return ~std::uint64_t{0} >> (kRows - rows_); }
  [[nodiscard]] std::uint64_t rows_with(const Cell& cell) const;

  PacketCells cells_;
  std::vector<Cell> list_;
  std::vector<Group> groups_;
  std::vector<Slot> slots_;
  std::vector<std::uint8_t> slot_of_;  ///< by protocol
  std::vector<std::uint32_t> rivals_;  ///< slots (bits) of protocols that have fields in one column
  bool possible_ = true;
  bool any_other_ = false;
  bool looks_at_layers_ = false;            ///< for more than what was noted of them
  std::vector<std::size_t> told_, parsed_;  ///< cells
  std::array<Path, Tape::kShapes> paths_;   ///< by shape
  // rows that were taken
  std::uint32_t rows_ = 0;
  std::array<std::uint32_t, kRows> there_ = {};     ///< slots (bits), by row
  std::uint32_t always_there_ = ~std::uint32_t{0};  ///< in each row
  std::uint16_t word_count_ = 0;                    ///< of a row
  std::vector<std::uint64_t> words_;                ///< by word and row, as they lie in the packet
  std::string text_;
};

}  // namespace flowloom
