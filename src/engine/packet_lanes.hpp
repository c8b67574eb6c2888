// What can be made of packets: lanes for PacketRun.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dissect/dissector.hpp"
#include "dissect/selection.hpp"
#include "engine/packet_run.hpp"
#include "table/packet_table.hpp"

namespace flowloom {

/// Takes packets apart and says of which something is to be made.
class DissectingLane : public PacketLane {
 public:
  /// `wanted` must live as long.
  explicit DissectingLane(const Wanted& wanted) : dissector_(wanted) {}

  Result<> work(const PacketPiece& piece) final;

 protected:
  virtual void add(const PacketPiece& piece, const RawPacket& packet, const Tape& tape) = 0;

 private:
  Dissector dissector_;
};

/// Rows of a table.
class TableLane : public DissectingLane {
 public:
  using Write = std::function<Result<>(RecordBatch&&)>;

  TableLane(const Selection& selection, const PacketCells& cells, std::shared_ptr<const Schema> schema,
            Write write)
      : DissectingLane(selection.wanted()),
        table_(selection, cells, std::move(schema)),
        write_(std::move(write)) {}

  Result<> emit(const PacketPiece& piece) override;

 private:
  void add(const PacketPiece& piece, const RawPacket& packet, const Tape& tape) override;
  void end_batch();

  PacketTableBuilder table_;
  Write write_;
  std::uint8_t time_digits_ = 0;
  std::vector<RecordBatch> batches_;  ///< times in one of them have the same decimals
};

}  // namespace flowloom
