#include "engine/packet_choice.hpp"

#include <algorithm>
#include <utility>

#include "dissect/frame_origin.hpp"
#include "dissect/header_walk.hpp"
#include "dissect/link/frame.hpp"
#include "dissect/packed_values.hpp"

namespace flowloom {
namespace {

/// The one that grew.
std::optional<Fate> grown(const std::array<std::uint64_t, kFates>& before,
                          const std::array<std::uint64_t, kFates>& after) {
  const auto at = std::ranges::mismatch(before, after).in1;
  if (at == before.end()) return std::nullopt;
  return static_cast<Fate>(at - before.begin());
}

/// The record at which the resolver of fragments settles the piece.
std::size_t place_of(const FragmentPiece& piece) {
  return piece.datagram != 0 ? piece.datagram - 1 : piece.record;
}

}  // namespace

Result<PacketQuestion> PacketQuestion::make(const std::string& filter, FilterDialect dialect,
                                            const std::vector<std::string>& fields, bool texts) {
  PacketQuestion question;
  std::vector<std::string> unknown_fields, unknown_names;
  for (const std::string& name : fields) {
    if (Registry::instance().find(name) == nullptr) unknown_fields.push_back(name);
  }
  std::optional<Error> refused;  // what is to be said unless tshark knows better
  if (!unknown_fields.empty()) refused = Selection::make(fields).error();
  std::string their_filter;
  if (!filter.empty()) {
    auto compiled = PacketFilter::compile(filter, dialect, &unknown_names);
    if (compiled) {
      compiled->add_to(question.wanted_);
      question.filter_ = std::move(*compiled);
    } else {
      their_filter = filter;
      refused = compiled.error();
    }
  }
  if (refused) {
    std::string why_not;
    auto tshark = TsharkQuestion::make(their_filter, dialect, unknown_fields, texts, why_not);
    if (!tshark) return tshark.error();
    const std::vector<std::string>& names = their_filter.empty() ? unknown_fields : unknown_names;
    if (*tshark == nullptr && names.empty()) return *refused;
    if (*tshark == nullptr) {  // what is to be said is about the first of the names: once more, with tshark's
      const auto proposed = tshark_names_like(names.front());
      refused = their_filter.empty() ? Selection::make(fields, {}, proposed).error()
                                     : PacketFilter::compile(filter, dialect, nullptr, proposed).error();
      return Error{refused->code, refused->what + " (" + why_not + ")", refused->where};
    }
    question.tshark_ = std::move(*tshark);
  }
  if (!fields.empty()) {
    static const std::deque<Field> kNone;
    auto selection = Selection::make(fields, question.tshark_ ? question.tshark_->fields() : kNone);
    if (!selection) return selection.error();
    question.wanted_.add(selection->wanted());
    question.fields_ = std::make_shared<const Selection>(std::move(*selection));
  }
  const Wanted& wanted = question.wanted_;
  question.needs_order_ = question.tshark_ != nullptr || wanted.named(frame::number) ||
                          wanted.named(frame::time_delta) || wanted.named(frame::time_relative);
  question.needs_origins_ =
      question.tshark_ != nullptr || wanted.values(*Registry::instance().registered(frame::protocol));
  return question;
}

void PacketChoice::walk(std::span<const RawPacket> packets, const HashSeed& seed, PacketBatch& batch) {
  fates_.clear();
  for (const RawPacket& packet : packets) {
    const auto before = batch.fates;
    walk_headers(packet, seed, batch);
    fates_.push_back(grown(before, batch.fates));
  }
}

bool PacketChoice::matches(const TsharkFrame* theirs, const Tape& tape) {
  if (matcher_) return matcher_->matches(tape);
  return theirs != nullptr || question_.tshark() == nullptr || !question_.tshark()->filters();
}

void PacketChoice::choose(const PacketWindow& window, PacketPlace& place, PacketBatch& batch,
                          const JoinedReader::Origins& origins, const Answer& tshark) {
  const auto& packets = window.packets;
  FrameContext& context = place.context;
  set_origin(context, window);
  auto& records = batch.records;
  std::size_t record = 0, piece = 0;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    RawPacket packet = packets[i];
    const std::size_t first = record, first_piece = piece;
    while (record < records.size() && records[record].number == packet.number) ++record;
    while (piece < batch.fragments.size() && place_of(batch.fragments[piece]) < record) ++piece;
    packet.number = ++place.packets;
    if (place.packets == 1) {
      context.first_time = context.previous_time = packet.time.ns;
      context.numbered_interfaces = window.numbered_interfaces;
    }
    if (!origins.packets.empty()) {
      const auto& origin = origins.of(packets[i]);
      set_origin(context, packet, origin.notes.get(), origin.offset);
    }
    const Tape& tape = dissector_.dissect(packet, context);
    context.previous_time = packet.time.ns;
    const TsharkFrame* theirs = tshark ? tshark(packets[i]) : nullptr;
    if (matches(theirs, tape)) {
      if (question_.fields() == nullptr || first == record) continue;
      if (theirs != nullptr) attach(dissector_, theirs->packed);
      packed_.clear();
      question_.fields()->visit(tape, [&](std::size_t column, const Value& value) {
        pack_value(packed_, static_cast<std::uint32_t>(column), value);
      });
      if (packed_.empty()) continue;
      const std::uint32_t values = batch.add_values(packed_);
      for (std::size_t at = first; at < record; ++at) records[at].values = values;
      continue;
    }
    for (std::size_t at = first; at < record; ++at) {
      if ((records[at].role & role::packet) != 0) records[at].role |= role::hidden;
    }
    for (std::size_t at = first_piece; at < piece; ++at) {
      const std::uint32_t of_piece = batch.fragments[at].record;
      if (of_piece < records.size()) records[of_piece].role |= role::hidden;
    }
    if (fates_[i]) --batch.fates[static_cast<std::size_t>(*fates_[i])];
    ++batch.fates[static_cast<std::size_t>(Fate::filtered_out)];
  }
}

}  // namespace flowloom
