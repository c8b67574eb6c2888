#include "engine/packet_spool.hpp"

#include <algorithm>
#include <cstring>

namespace flowloom {
namespace {

/// Chunks of a strand: small at first, since most flows are short.
constexpr std::size_t kFirstChunk = 256, kLargestChunk = std::size_t{64} * 1024;
constexpr std::size_t kPiece = std::size_t{256} * 1024;  ///< bytes read or written at once

}  // namespace

PacketSpool::Chunk* PacketSpool::grow(Strand& strand, std::size_t need) {
  const std::size_t doubled =
      strand.tail == nullptr ? kFirstChunk : std::min(std::size_t{strand.tail->capacity} * 2, kLargestChunk);
  const std::size_t capacity = std::max(need, doubled);
  auto* chunk = static_cast<Chunk*>(memory_.allocate(sizeof(Chunk) + capacity));
  *chunk = {nullptr, 0, static_cast<std::uint32_t>(capacity)};
  held_ += sizeof(Chunk) + capacity;
  (strand.tail != nullptr ? strand.tail->next : strand.head) = chunk;
  strand.tail = chunk;
  return chunk;
}

Result<> PacketSpool::append(std::uint32_t number, const SpooledPacket& packet, const std::uint8_t* bytes) {
  if (number >= strands_.size()) strands_.resize(std::max<std::size_t>(number + 1, strands_.size() * 2));
  const std::size_t need = sizeof packet + packet.captured;
  Strand& strand = strands_[number];
  if (packet.number < strand.last_number) strand.unordered = true;
  strand.last_number = std::max(strand.last_number, packet.number);
  Chunk* chunk = strand.tail;
  if (chunk == nullptr || chunk->capacity - chunk->used < need) chunk = grow(strand, need);
  std::uint8_t* at = chunk->bytes() + chunk->used;
  std::memcpy(at, &packet, sizeof packet);
  if (packet.captured != 0) std::memcpy(at + sizeof packet, bytes, packet.captured);
  chunk->used += static_cast<std::uint32_t>(need);
  return held_ > budget_ ? spill() : Result<>();
}

/// Moves everything held into the scratch file, a piece a strand.
Result<> PacketSpool::spill() {
  for (Strand& strand : strands_) {
    if (strand.head == nullptr) continue;
    const std::uint64_t begin = end_ + buffer_.size();
    std::uint64_t length = 0;
    for (const Chunk* chunk = strand.head; chunk != nullptr; chunk = chunk->next) {
      buffer_.insert(buffer_.end(), chunk->bytes(), chunk->bytes() + chunk->used);
      length += chunk->used;
      if (buffer_.size() < kPiece) continue;
      if (auto flushed = flush(); !flushed) return flushed;
    }
    const auto number = static_cast<std::uint32_t>(extents_.size());
    extents_.push_back({begin, length, kNoExtent});
    (strand.last != kNoExtent ? extents_[strand.last].next : strand.first) = number;
    strand.last = number;
    strand.head = strand.tail = nullptr;
  }
  memory_.reset();
  held_ = 0;
  return flush();
}

Result<> PacketSpool::flush() {
  auto written = scratch_.write(end_, buffer_);
  end_ += buffer_.size();
  buffer_.clear();
  return written;
}

void PacketSpool::reset() {
  strands_.clear();
  extents_.clear();
  buffer_.clear();
  memory_.reset();
  held_ = end_ = 0;
}

template <class Visit>
Result<> PacketSpool::Reader::each_spilled(std::uint64_t offset, std::uint64_t length, const Visit& visit) {
  std::uint64_t at = offset;
  const std::uint64_t end = offset + length;
  std::size_t window = kPiece;
  while (at < end) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(window, end - at));
    buffer_.resize(count);
    if (auto loaded = spool_.scratch_.read(at, count, buffer_.data()); !loaded) return loaded;
    std::size_t used = 0;
    SpooledPacket packet;
    while (count - used >= sizeof packet) {
      std::memcpy(&packet, buffer_.data() + used, sizeof packet);
      const std::size_t whole = sizeof packet + packet.captured;
      if (count - used < whole) break;
      const Place place{nullptr, at + used, static_cast<std::uint32_t>(whole)};
      if (auto shown = visit(packet, buffer_.data() + used + sizeof packet, place); !shown) return shown;
      used += whole;
    }
    at += used;
    if (used == 0) window *= 2;  // a packet larger than the window
  }
  return {};
}

/// Shows packets with their places to visitors that take them.
template <class Visit>
Result<> PacketSpool::Reader::each_placed(std::uint32_t number, const Visit& visit) {
  const auto show = [&visit](const SpooledPacket& packet, const std::uint8_t* bytes, const Place& place) {
    if constexpr (std::is_invocable_v<const Visit&, const SpooledPacket&, const std::uint8_t*>) {
      return visit(packet, bytes);
    } else {
      return visit(packet, bytes, place);
    }
  };
  if (number >= spool_.strands_.size()) return {};
  const Strand& strand = spool_.strands_[number];
  for (std::uint32_t i = strand.first; i != kNoExtent; i = spool_.extents_[i].next) {
    const Extent& extent = spool_.extents_[i];
    if (auto shown = each_spilled(extent.offset, extent.length, show); !shown) return shown;
  }
  for (const Chunk* chunk = strand.head; chunk != nullptr; chunk = chunk->next) {
    for (std::size_t at = 0; at < chunk->used;) {
      SpooledPacket packet;
      std::memcpy(&packet, chunk->bytes() + at, sizeof packet);
      const auto length = static_cast<std::uint32_t>(sizeof packet + packet.captured);
      const Place place{chunk->bytes() + at, 0, length};
      if (auto shown = show(packet, place.memory + sizeof packet, place); !shown) return shown;
      at += length;
    }
  }
  return {};
}

Result<> PacketSpool::Reader::each_in_order(std::uint32_t number, const Visitor& visit) {
  if (number >= spool_.strands_.size() || !spool_.strands_[number].unordered) return each(number, visit);
  // Few packets are late (fragments that waited for their first): they are noted, and shown in between.
  std::vector<Late> late;
  std::uint64_t last = 0;
  auto listed =
      each_placed(number, [&](const SpooledPacket& packet, const std::uint8_t*, const Place& place) {
        if (packet.number < last) late.push_back({packet.number, place});
        last = std::max(last, packet.number);
        return Result<>();
      });
  if (!listed) return listed;
  std::ranges::sort(late, {}, &Late::number);
  auto next = late.begin();
  last = 0;
  return each(number, [&](const SpooledPacket& packet, const std::uint8_t* bytes) -> Result<> {
    if (packet.number < last) return {};
    last = packet.number;
    for (; next != late.end() && next->number < packet.number; ++next) {
      if (auto shown = show(next->place, visit); !shown) return shown;
    }
    return visit(packet, bytes);
  });
}

Result<> PacketSpool::Reader::show(const Place& place, const Visitor& visit) {
  const std::uint8_t* from = place.memory;
  if (from == nullptr) {
    late_buffer_.resize(place.length);
    if (auto loaded = spool_.scratch_.read(place.offset, place.length, late_buffer_.data()); !loaded)
      return loaded;
    from = late_buffer_.data();
  }
  SpooledPacket packet;
  std::memcpy(&packet, from, sizeof packet);
  return visit(packet, from + sizeof packet);
}

}  // namespace flowloom
