#include "engine/packet_lanes.hpp"

#include <utility>

namespace flowloom {
namespace {

/// The protocols in the packet by PyPCAPKit's names, by ours where it has none.
void append_line(std::string& out, const RawPacket& packet, const Tape& tape) {
  out += "Frame " + std::to_string(packet.number) + ": ";
  for (std::size_t i = 1; i < tape.layers.size(); ++i) {
    const Protocol& protocol = *tape.layers[i].protocol->definition;
    if (i != 1) out += ':';
    out += protocol.pcapkit.empty() ? protocol.name : protocol.pcapkit;
  }
  out += '\n';
}

}  // namespace

Result<> DissectingLane::work(const PacketPiece& piece) {
  FrameContext context = piece.context;
  for (std::size_t i = 0; i < piece.packets.size(); ++i) {
    const RawPacket& packet = piece.packets[i];
    const Tape& tape = dissector_.dissect(packet, context);
    context.previous_time = packet.time.ns;
    if (matcher_ && !matcher_->matches(tape)) continue;
    if (!piece.theirs.empty()) {
      if (ask_.tshark_filters && piece.theirs[i].offset == 0) continue;
      attach(dissector_, piece.theirs[i].packed);
    }
    if (ask_.tell) append_line(lines_, packet, tape);
    add(piece, packet, tape);
  }
  return {};
}

Result<> DissectingLane::emit(const PacketPiece& piece) {
  if (!lines_.empty()) ask_.tell(lines_);
  lines_.clear();
  return give(piece);
}

void TableLane::add(const PacketPiece& piece, const RawPacket& packet, const Tape& tape) {
  const std::uint8_t digits = piece.digits_of(packet);
  if (digits != time_digits_) end_batch();
  time_digits_ = digits;
  table_.add(piece.capture, packet, tape);
}

void TableLane::end_batch() {
  if (!table_.empty()) batches_.push_back(table_.take(time_digits_));
}

Result<> TableLane::give(const PacketPiece& /*piece*/) {
  end_batch();
  for (RecordBatch& batch : batches_) {
    if (auto written = write_(std::move(batch)); !written) return written;
  }
  batches_.clear();
  return {};
}

void DocumentLane::add(const PacketPiece& piece, const RawPacket& packet, const Tape& tape) {
  text_.append(document_->separator());
  document_->packet(
      text_, {with_capture_ ? piece.capture : std::string_view(), packet, tape, piece.digits_of(packet)});
}

Result<> DocumentLane::give(const PacketPiece& /*piece*/) {
  Result<> written;
  if (text_.size() != 0) written = write_(text_.view());
  text_.clear();
  return written;
}

void EachLane::add(const PacketPiece& piece, const RawPacket& packet, const Tape& tape) {
  document_->begin(text_);
  document_->packet(text_, {{}, packet, tape, piece.digits_of(packet)});
  document_->end(text_, provenance_);
  ends_.emplace_back(packet.number, text_.size());
}

Result<> EachLane::give(const PacketPiece& piece) {
  std::size_t begin = 0;
  for (const auto& [number, end] : ends_) {
    if (auto written = write_(piece, number, text_.view().substr(begin, end - begin)); !written)
      return written;
    begin = end;
  }
  ends_.clear();
  text_.clear();
  return {};
}

Result<> CopyLane::give(const PacketPiece& piece) {
  for (const RawPacket* packet : chosen_) {
    if (auto written = write_(piece, *packet); !written) return written;
  }
  chosen_.clear();
  return {};
}

Result<> CountLane::give(const PacketPiece& /*piece*/) {
  total_ += std::exchange(count_, 0);
  return {};
}

}  // namespace flowloom
