// Packets → rows of a table: number, time, and the occurrences of the fields that were asked for.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "dissect/selection.hpp"
#include "flowloom/packet.hpp"
#include "flowloom/table.hpp"
#include "table/row_cells.hpp"

namespace flowloom {

/// Columns `number`, `time`, one of each of the selection's; `capture` before them if there are several.
std::shared_ptr<const Schema> make_packet_schema(const Selection& selection, const PacketCells& cells,
                                                 bool with_capture);

class PacketTableBuilder {
 public:
  /// `selection` must live as long.
  PacketTableBuilder(const Selection& selection, const PacketCells& cells,
                     std::shared_ptr<const Schema> schema);

  void add(std::string_view capture, const RawPacket& packet, const Tape& tape);
  [[nodiscard]] bool empty() const { return batch_.rows == 0; }
  /// The rows since the last take().
  RecordBatch take(std::uint8_t time_digits);

 private:
  /// An empty batch, after one with these columns.
  void begin(const std::vector<Column>& before);

  void add_joined(const Tape& tape);
  void add_lists(const Tape& tape);

  const Selection& selection_;
  PacketCells cells_;
  std::size_t first_;  ///< column of the first field
  RecordBatch batch_;
  Column *number_ = nullptr, *time_ = nullptr;
  // by field
  std::vector<Column*> values_;    ///< where its values go
  std::vector<ColumnType> types_;  ///< … and of what type they are
  std::vector<std::uint8_t> any_;  ///< joined: whether there was an occurrence in the row
  RowCells row_;
  std::string text_;
};

}  // namespace flowloom
