#include "engine/packet_lanes.hpp"

namespace flowloom {

Result<> DissectingLane::work(const PacketPiece& piece) {
  FrameContext context = piece.context;
  for (const RawPacket& packet : piece.packets) {
    const Tape& tape = dissector_.dissect(packet, context);
    context.previous_time = packet.time.ns;
    add(piece, packet, tape);
  }
  return {};
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

Result<> TableLane::emit(const PacketPiece& /*piece*/) {
  end_batch();
  for (RecordBatch& batch : batches_) {
    if (auto written = write_(std::move(batch)); !written) return written;
  }
  batches_.clear();
  return {};
}

}  // namespace flowloom
