#include "engine/flow_packets.hpp"

#include <algorithm>

#include "capture/pcap_writer.hpp"

namespace flowloom {
namespace {

constexpr std::ptrdiff_t kLater = 16, kSoon = 8;  ///< packets that are prepared before they are added

}  // namespace

FlowPackets::FlowPackets(const OutputFolder& folder, std::size_t partitions, std::uint64_t budget,
                         bool in_one, bool options)
    : in_one_(in_one), options_(options), waiting_([&folder] { return folder.scratch_file(); }) {
  for (std::size_t p = 0; p < partitions; ++p) {
    parts_.emplace_back(budget / partitions, [&folder] { return folder.scratch_file(); });
  }
}

void FlowPackets::reset() {
  for (Part& part : parts_) {
    part.spool.reset();
    part.first = std::numeric_limits<std::int64_t>::max();
    part.last = std::numeric_limits<std::int64_t>::min();
  }
  waiting_.reset();
  chosen_.reset();
}

bool FlowPackets::note(const Result<>& done) {
  if (done) return true;
  const std::lock_guard lock(mutex_);
  if (!error_) error_ = done.error();
  return false;
}

bool FlowPackets::settled(const PacketWork& work, const FragmentResolver::Waits& waits) {
  const auto& packets = work.window.packets;
  for (const std::uint64_t number : waits.began) {
    const auto packet =
        std::ranges::lower_bound(packets, number - work.batch.number_base, {}, &RawPacket::number);
    SpooledPacket header;
    const std::uint8_t* const bytes = prepare(*packet, work, header, waiting_bytes_);
    if (!note(waiting_.keep(header, bytes))) return false;
  }
  for (const std::uint64_t number : waits.gave_up) waiting_.forget(number);
  return true;
}

bool FlowPackets::keep(std::size_t partition, const PacketWork& work, std::span<const RecordPlace> which,
                       std::span<const std::uint32_t> flows) {
  Part& part = parts_[partition];
  const std::vector<bool>* const chosen = chosen_ ? &(*chosen_)[partition] : nullptr;
  auto next = work.window.packets.begin();
  for (std::size_t i = 0; i < which.size(); ++i) {
    if (i + kLater < which.size()) part.spool.expect(flows[i + kLater], flows[i + kSoon]);
    if (flows[i] == kNone) continue;
    if (chosen != nullptr && (flows[i] >= chosen->size() || !(*chosen)[flows[i]])) continue;
    if (!note(add(part, work, which[i].index, flows[i], next))) return false;
  }
  return true;
}

/// What of the packet is put aside with `header`.
const std::uint8_t* FlowPackets::prepare(const RawPacket& packet, const PacketWork& work,
                                         SpooledPacket& header, std::vector<std::uint8_t>& buffer) const {
  header = to_spooled(packet);
  header.number += work.batch.number_base;
  if (!options_ || work.window.notes == nullptr) return packet.bytes.data();
  return add_options(packet, *work.window.notes, header, buffer);
}

/// `next`: the packets before it are those of records before this one.
Result<> FlowPackets::add(Part& part, const PacketWork& work, std::uint32_t record_number, std::uint32_t flow,
                          std::vector<RawPacket>::const_iterator& next) {
  const PacketRecord& record = work.batch.records[record_number];
  SpooledPacket header;
  const std::uint8_t* bytes = nullptr;
  std::uint64_t place = PacketSpool::kNowhere;
  if ((record.role & role::late) != 0) {
    auto taken = waiting_.take(record.number + work.batch.number_base, part.bytes);
    if (!taken) return taken.error();
    header = *taken;
    bytes = part.bytes.data();
  } else {
    while (next->number != record.number) ++next;
    bytes = prepare(*next, work, header, part.bytes);
    // The headers of records are in another core's cache: of who read the window.
    if (work.window.packets.end() - next > kLater)
      __builtin_prefetch(next[kLater].bytes.data() - pcap::kRecordHeader);
    const std::ptrdiff_t before = next->bytes.data() - work.window.buffer.data();
    if (before >= std::ptrdiff_t{pcap::kRecordHeader}) place = work.window.place_of(*next);
  }
  part.first = std::min(part.first, header.time);
  part.last = std::max(part.last, header.time);
  header.flow = flow;
  return part.spool.append(in_one_ ? 0 : flow, header, bytes, place);
}

Timestamp FlowPackets::first() const { return {std::ranges::min_element(parts_, {}, &Part::first)->first}; }

Timestamp FlowPackets::last() const { return {std::ranges::max_element(parts_, {}, &Part::last)->last}; }

}  // namespace flowloom
