// What can be made of packets: lanes for PacketRun.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dissect/dissector.hpp"
#include "dissect/selection.hpp"
#include "engine/packet_run.hpp"
#include "filter/filter.hpp"
#include "table/packet_table.hpp"
#include "write/packet_document.hpp"

namespace flowloom {

/// What is asked of every packet, by all lanes.
struct PacketAsk {
  Wanted wanted;  ///< also by the filter
  Until until = {};
  std::optional<PacketFilter> filter = {};  ///< other packets are dissected, but nothing is made of them
  bool tshark_filters = false;              ///< … nor of those that tshark's filter does not find
  /// Gets a line a packet, such as "Frame 1: Ethernet:IPv6:ICMPv6", in packet order; may be empty.
  std::function<void(std::string_view)> tell = {};
};

/// Takes packets apart; what is made of them is its heirs' affair.
class DissectingLane : public PacketLane {
 public:
  /// `ask` must live as long.
  explicit DissectingLane(const PacketAsk& ask) : ask_(ask), dissector_(ask.wanted, ask.until) {
    if (ask.filter) matcher_.emplace(*ask.filter);
  }

  Result<> work(const PacketPiece& piece) final;
  Result<> emit(const PacketPiece& piece) final;

 protected:
  virtual void add(const PacketPiece& piece, const RawPacket& packet, const Tape& tape) = 0;
  /// Gives out what was added.
  virtual Result<> give(const PacketPiece& piece) = 0;

 private:
  const PacketAsk& ask_;
  Dissector dissector_;
  std::optional<PacketMatcher> matcher_;
  std::string lines_;
};

/// Rows of a table.
class TableLane : public DissectingLane {
 public:
  using Write = std::function<Result<>(RecordBatch&&)>;

  TableLane(const PacketAsk& ask, const Selection& selection, const PacketCells& cells,
            std::shared_ptr<const Schema> schema, Write write)
      : DissectingLane(ask), table_(selection, cells, std::move(schema)), write_(std::move(write)) {}

 private:
  void add(const PacketPiece& piece, const RawPacket& packet, const Tape& tape) override;
  Result<> give(const PacketPiece& piece) override;
  void end_batch();

  PacketTableBuilder table_;
  Write write_;
  std::uint8_t time_digits_ = 0;
  std::vector<RecordBatch> batches_;  ///< times in one of them have the same decimals
};

/// Pieces of a document: packets, each with the document's separator before it.
class DocumentLane : public DissectingLane {
 public:
  using Write = std::function<Result<>(std::string_view)>;

  DocumentLane(const PacketAsk& ask, PacketFormat format, bool with_capture, Write write)
      : DissectingLane(ask),
        document_(make_packet_document(format)),
        with_capture_(with_capture),
        write_(std::move(write)) {}

 private:
  void add(const PacketPiece& piece, const RawPacket& packet, const Tape& tape) override;
  Result<> give(const PacketPiece& piece) override;

  std::unique_ptr<PacketDocument> document_;
  bool with_capture_;
  Write write_;
  TextBuffer text_;
};

/// A document a packet.
class EachLane : public DissectingLane {
 public:
  /// Gets the packet's number and its document.
  using Write = std::function<Result<>(const PacketPiece&, std::uint64_t, std::string_view)>;

  EachLane(const PacketAsk& ask, PacketFormat format, const Provenance& provenance, Write write)
      : DissectingLane(ask),
        document_(make_packet_document(format)),
        provenance_(provenance),
        write_(std::move(write)) {}

 private:
  void add(const PacketPiece& piece, const RawPacket& packet, const Tape& tape) override;
  Result<> give(const PacketPiece& piece) override;

  std::unique_ptr<PacketDocument> document_;
  Provenance provenance_;
  Write write_;
  TextBuffer text_;
  std::vector<std::pair<std::uint64_t, std::size_t>> ends_;  ///< numbers, and where their documents end
};

/// The packets as they are.
class CopyLane : public DissectingLane {
 public:
  using Write = std::function<Result<>(const PacketPiece&, const RawPacket&)>;

  CopyLane(const PacketAsk& ask, Write write) : DissectingLane(ask), write_(std::move(write)) {}

 private:
  void add(const PacketPiece& /*piece*/, const RawPacket& packet, const Tape& /*tape*/) override {
    chosen_.push_back(&packet);
  }
  Result<> give(const PacketPiece& piece) override;

  Write write_;
  std::vector<const RawPacket*> chosen_;
};

/// How many there are.
class CountLane : public DissectingLane {
 public:
  /// `total` must live as long.
  CountLane(const PacketAsk& ask, std::uint64_t& total) : DissectingLane(ask), total_(total) {}

 private:
  void add(const PacketPiece& /*piece*/, const RawPacket& /*packet*/, const Tape& /*tape*/) override {
    ++count_;
  }
  Result<> give(const PacketPiece& piece) override;

  std::uint64_t count_ = 0;
  std::uint64_t& total_;
};

}  // namespace flowloom
