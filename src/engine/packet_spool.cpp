#include "engine/packet_spool.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/endian.hpp"
#include "base/store.hpp"
#include "capture/pcap_writer.hpp"
#include "capture/pcapng_writer.hpp"

namespace flowloom {
namespace {

/// Chunks of a strand: small at first, since most flows are short. Each is a quarter larger than the one
/// before, so that of a long strand about a tenth is not used.
constexpr std::size_t kFirstChunk = 256, kLargestChunk = std::size_t{64} * 1024;
constexpr bool kSwapped = std::endian::native != std::endian::little;  ///< what pcap's records are
constexpr std::size_t kLongestRun = std::size_t{1} << 30U;             ///< bytes
constexpr std::size_t kPiece = std::size_t{256} * 1024;                ///< bytes read or written at once

}  // namespace

PacketSpool::Chunk* PacketSpool::grow(Strand& strand, std::size_t need) {
  const std::size_t larger =
      strand.tail == nullptr
          ? kFirstChunk
          : std::min(std::size_t{strand.tail->capacity} + strand.tail->capacity / 4, kLargestChunk);
  const std::size_t capacity = (std::max(need, larger) + 7) & ~std::size_t{7};
  auto* chunk = static_cast<Chunk*>(memory_.allocate(sizeof(Chunk) + capacity));
  *chunk = {nullptr, 0, 0, 0, static_cast<std::uint32_t>(capacity)};
  held_ += sizeof(Chunk) + capacity;
  (strand.tail != nullptr ? strand.tail->next : strand.head) = chunk;
  strand.tail = chunk;
  return chunk;
}

/// A time beyond pcap's is kept in place of its seconds and their fraction.
PacketSpool::Clock PacketSpool::store_header(const SpooledPacket& packet, std::uint8_t* header) {
  nanoseconds_ = nanoseconds_ || packet.time % 1000 != 0;
  if (pcap::store_record_header(nanoseconds_, {packet.time}, packet.captured, packet.original, header)) {
    return nanoseconds_ ? Clock::nanoseconds : Clock::microseconds;
  }
  std::memcpy(header, &packet.time, sizeof packet.time);
  store_le32(header + 8, packet.captured);
  store_le32(header + 12, packet.original);
  return Clock::beyond_pcap;
}

void PacketSpool::note_kind(Strand& strand, const SpooledPacket& packet, Clock clock) {
  if (packet.number < strand.last_number) strand.unordered = true;
  strand.last_number = std::max(strand.last_number, packet.number);
  if (strand.clocks == 0) strand.link_type = packet.link_type;
  if (packet.link_type != strand.link_type) strand.several_links = true;
  if (packet.options != 0) strand.has_options = true;
  strand.clocks |= static_cast<std::uint8_t>(1U << static_cast<unsigned>(clock));
}

/// Notes the packet if its record in the image is what would be written; else false.
bool PacketSpool::refer(Strand& strand, const SpooledPacket& packet, const std::uint8_t* bytes,
                        std::uint64_t place) {
  const std::uint64_t begin = place - pcap::kRecordHeader;
  const std::size_t length = pcap::kRecordHeader + packet.captured;
  std::uint8_t header[pcap::kRecordHeader];
  const bool same = packet.options == 0 && place >= pcap::kRecordHeader && length <= kLongestRun &&
                    begin + length <= image_->size() && runs_held_ < budget_ / 2 &&
                    pcap::store_record_header(image_->nanoseconds(), {packet.time}, packet.captured,
                                              packet.original, header) &&
                    std::memcmp(header, bytes - pcap::kRecordHeader, sizeof header) == 0;
  if (!same) return false;
  // Runs are shown first.
  if (strand.head != nullptr || strand.first != kNoExtent) strand.unordered = true;
  note_kind(strand, packet, image_->nanoseconds() ? Clock::nanoseconds : Clock::microseconds);
  if (strand.last_run != nullptr) {
    Run& last = *strand.last_run;
    if (last.begin + last.length == begin && last.number + last.count == packet.number &&
        last.length <= kLongestRun - length) {
      last.length += static_cast<std::uint32_t>(length);
      ++last.count;
      return true;
    }
  }
  *add_run(strand) = {begin, packet.number, static_cast<std::uint32_t>(length), 1};
  return true;
}

PacketSpool::Run* PacketSpool::add_run(Strand& strand) {
  Runs* const last = strand.last_runs;
  if (last != nullptr && strand.last_run + 1 != last->list() + last->capacity) return ++strand.last_run;
  const std::size_t capacity = last == nullptr ? 4 : std::min<std::size_t>(last->capacity * 2, 512);
  const std::size_t bytes = sizeof(Runs) + capacity * sizeof(Run);
  auto* const runs = static_cast<Runs*>(runs_memory_.allocate(bytes));
  *runs = {nullptr, capacity};
  runs_held_ += bytes;
  (last != nullptr ? last->next : strand.first_runs) = runs;
  strand.last_runs = runs;
  return strand.last_run = runs->list();
}

void PacketSpool::expect(std::uint32_t later, std::uint32_t soon) const {
  if (later < strands_.size()) __builtin_prefetch(&strands_[later], 1);
  if (soon < strands_.size() && strands_[soon].last_run != nullptr)
    __builtin_prefetch(strands_[soon].last_run, 1);
}

Result<> PacketSpool::append(std::uint32_t number, const SpooledPacket& packet, const std::uint8_t* bytes,
                             std::uint64_t place) {
  if (number >= strands_.size()) strands_.resize(std::max<std::size_t>(number + 1, strands_.size() * 2));
  Strand& strand = strands_[number];
  if (place != kNowhere && image_ != nullptr && refer(strand, packet, bytes, place)) return {};
  Chunk* chunk = strand.tail;
  if (chunk == nullptr || chunk->room() < pcap::kRecordHeader + sizeof(Note)) {
    chunk = grow(strand, pcap::kRecordHeader + sizeof(Note));
  }
  std::uint8_t* at = chunk->bytes() + chunk->used;
  const Clock clock = store_header(packet, at);
  note_kind(strand, packet, clock);
  const Note note = {.number = packet.number & (~std::uint64_t{0} >> 20U),
                     .options = packet.options & pcapng::kMostOptions,
                     .clock = static_cast<std::uint64_t>(clock) & 3,
                     .flow = packet.flow,
                     .interface = packet.interface,
                     .link_type = packet.link_type};
  std::memcpy(chunk->bytes() + chunk->place_of_note(chunk->notes++), &note, sizeof note);
  chunk->used += pcap::kRecordHeader;
  const auto here = static_cast<std::uint32_t>(std::min<std::size_t>(packet.size(), chunk->room()));
  if (here != 0) std::memcpy(at + pcap::kRecordHeader, bytes, here);
  chunk->used += here;
  if (const std::size_t rest = packet.size() - here; rest != 0) {
    chunk = grow(strand, rest);
    std::memcpy(chunk->bytes(), bytes + here, rest);
    chunk->used = chunk->rest = static_cast<std::uint32_t>(rest);
  }
  return held_ > budget_ ? spill() : Result<>();
}

/// `bytes`: the packet's, in the chunk or in the buffer.
SpooledPacket PacketSpool::read(const Held& held, std::vector<std::uint8_t>& buffer,
                                const std::uint8_t*& bytes) {
  const Chunk& chunk = *held.chunk;
  const std::uint8_t* const header = chunk.bytes() + held.at;
  Note note;
  std::memcpy(&note, chunk.bytes() + chunk.place_of_note(held.note), sizeof note);
  SpooledPacket packet = {.number = note.number,
                          .captured = load32(header + 8, kSwapped),
                          .original = load32(header + 12, kSwapped),
                          .flow = note.flow,
                          .interface = note.interface,
                          .link_type = note.link_type,
                          .options = static_cast<std::uint32_t>(note.options)};
  const auto clock = static_cast<Clock>(note.clock);
  if (clock == Clock::beyond_pcap) {
    std::memcpy(&packet.time, header, sizeof packet.time);
  } else {
    packet.time = std::int64_t{load32(header, kSwapped)} * kNsPerSecond +
                  std::int64_t{load32(header + 4, kSwapped)} * (clock == Clock::nanoseconds ? 1 : 1000);
  }
  bytes = header + pcap::kRecordHeader;
  const std::uint32_t here = chunk.used - held.at - static_cast<std::uint32_t>(pcap::kRecordHeader);
  if (here < packet.size()) {
    buffer.assign(bytes, bytes + here);
    buffer.insert(buffer.end(), chunk.next->bytes(), chunk.next->bytes() + (packet.size() - here));
    bytes = buffer.data();
  }
  return packet;
}

/// Shows the packets of chunks with their places.
template <class Visit>
Result<> PacketSpool::each_held(const Chunk* head, std::vector<std::uint8_t>& buffer, const Visit& visit) {
  for (const Chunk* chunk = head; chunk != nullptr; chunk = chunk->next) {
    Held held = {chunk, chunk->rest, 0};
    for (; held.note < chunk->notes; ++held.note) {
      const std::uint8_t* bytes = nullptr;
      const SpooledPacket packet = read(held, buffer, bytes);
      if (auto shown = visit(packet, bytes, held); !shown) return shown;
      held.at += static_cast<std::uint32_t>(pcap::kRecordHeader + packet.size());
    }
  }
  return {};
}

/// Moves everything held into the scratch file, a piece a strand.
Result<> PacketSpool::spill() {
  std::vector<std::uint8_t> parted;
  for (Strand& strand : strands_) {
    if (strand.head == nullptr) continue;
    const std::uint64_t begin = end_ + buffer_.size();
    auto moved = each_held(strand.head, parted,
                           [&](const SpooledPacket& packet, const std::uint8_t* bytes, const Held&) {
                             const auto* header = reinterpret_cast<const std::uint8_t*>(&packet);
                             buffer_.insert(buffer_.end(), header, header + sizeof packet);
                             buffer_.insert(buffer_.end(), bytes, bytes + packet.size());
                             return buffer_.size() < kPiece ? Result<>() : flush();
                           });
    if (!moved) return moved;
    const auto number = static_cast<std::uint32_t>(extents_.size());
    extents_.push_back({begin, end_ + buffer_.size() - begin, kNoExtent});
    (strand.last != kNoExtent ? extents_[strand.last].next : strand.first) = number;
    strand.last = number;
    strand.head = strand.tail = nullptr;
  }
  memory_.rewind();
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
  nanoseconds_ = false;
  runs_memory_.reset();
  runs_held_ = 0;
  image_ = nullptr;
}

template <class Visit>
Result<> PacketSpool::Reader::each_spilled(const Extent& extent, const Visit& visit) {
  std::uint64_t at = extent.offset;
  const std::uint64_t end = extent.offset + extent.length;
  std::size_t window = kPiece;
  while (at < end) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(window, end - at));
    buffer_.resize(count);
    if (auto loaded = spool_->scratch_.read(at, count, buffer_.data()); !loaded) return loaded;
    std::size_t used = 0;
    SpooledPacket packet;
    while (count - used >= sizeof packet) {
      std::memcpy(&packet, buffer_.data() + used, sizeof packet);
      const std::size_t whole = sizeof packet + packet.size();
      if (count - used < whole) break;
      const Place place{.offset = at + used, .length = static_cast<std::uint32_t>(whole)};
      if (auto shown = visit(packet, buffer_.data() + used + sizeof packet, place); !shown) return shown;
      used += whole;
    }
    at += used;
    if (used == 0) window *= 2;  // a packet larger than the window
  }
  return {};
}

SpooledPacket PacketSpool::Reader::record_of_image(const Strand& strand, const std::uint8_t* header,
                                                   std::uint64_t number) const {
  const std::int64_t unit = spool_->image_->nanoseconds() ? 1 : 1000;
  return {.time = std::int64_t{load32(header, kSwapped)} * kNsPerSecond +
                  std::int64_t{load32(header + 4, kSwapped)} * unit,
          .number = number,
          .captured = load32(header + 8, kSwapped),
          .original = load32(header + 12, kSwapped),
          .link_type = strand.link_type};
}

/// The run's records are read again: nothing is believed of them.
template <class Visit>
Result<> PacketSpool::Reader::each_of_run(const Strand& strand, const Run& run, const Visit& visit) {
  const CaptureImage& image = *spool_->image_;
  const std::uint64_t end = run.begin + run.length;
  std::uint64_t at = run.begin;
  for (std::uint64_t i = 0; i < run.count; ++i) {
    if (end - at < pcap::kRecordHeader) return image.error_of_change();
    buffer_.resize(pcap::kRecordHeader);
    if (auto loaded = image.read(at, pcap::kRecordHeader, buffer_.data()); !loaded) return loaded;
    const SpooledPacket packet = record_of_image(strand, buffer_.data(), run.number + i);
    if (packet.captured > end - at - pcap::kRecordHeader) return image.error_of_change();
    buffer_.resize(packet.captured);
    if (auto loaded = image.read(at + pcap::kRecordHeader, packet.captured, buffer_.data()); !loaded)
      return loaded;
    const Place place{.offset = at,
                      .length = static_cast<std::uint32_t>(pcap::kRecordHeader) + packet.captured,
                      .of_image = true};
    if (auto shown = visit(packet, buffer_.data(), place); !shown) return shown;
    at += place.length;
  }
  return {};
}

/// Shows packets with their places.
template <class Visit>
Result<> PacketSpool::Reader::each_placed(const Strand& strand, const Visit& visit) {
  for (const Runs* runs = strand.first_runs; runs != nullptr; runs = runs->next) {
    for (const Run& run : strand.runs_of(*runs)) {
      if (auto shown = each_of_run(strand, run, visit); !shown) return shown;
    }
  }
  for (std::uint32_t i = strand.first; i != kNoExtent; i = spool_->extents_[i].next) {
    if (auto shown = each_spilled(spool_->extents_[i], visit); !shown) return shown;
  }
  return each_held(strand.head, buffer_,
                   [&](const SpooledPacket& packet, const std::uint8_t* bytes, const Held& held) {
                     return visit(packet, bytes, Place{.held = held});
                   });
}

Result<> PacketSpool::Reader::each(std::uint32_t number, const Visitor& visit) {
  if (number >= spool_->strands_.size()) return {};
  return each_placed(spool_->strands_[number], [&](const SpooledPacket& packet, const std::uint8_t* bytes,
                                                   const Place&) { return visit(packet, bytes); });
}

Result<> PacketSpool::Reader::each_in_order(std::uint32_t number, const Visitor& visit) {
  if (number >= spool_->strands_.size() || !spool_->strands_[number].unordered) return each(number, visit);
  // Few packets are late (fragments that waited for their first): they are noted, and shown in between.
  std::vector<Late> late;
  std::uint64_t last = 0;
  auto listed = each_placed(spool_->strands_[number],
                            [&](const SpooledPacket& packet, const std::uint8_t*, const Place& place) {
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
      if (auto shown = show(spool_->strands_[number], next->number, next->place, visit); !shown) return shown;
    }
    return visit(packet, bytes);
  });
}

Result<> PacketSpool::Reader::show(const Strand& strand, std::uint64_t number, const Place& place,
                                   const Visitor& visit) {
  if (place.held.chunk != nullptr) {
    const std::uint8_t* bytes = nullptr;
    const SpooledPacket packet = PacketSpool::read(place.held, late_buffer_, bytes);
    return visit(packet, bytes);
  }
  late_buffer_.resize(place.length);
  if (place.of_image) {
    if (auto loaded = spool_->image_->read(place.offset, place.length, late_buffer_.data()); !loaded)
      return loaded;
    SpooledPacket packet = record_of_image(strand, late_buffer_.data(), number);
    packet.captured = place.length - static_cast<std::uint32_t>(pcap::kRecordHeader);
    return visit(packet, late_buffer_.data() + pcap::kRecordHeader);
  }
  if (auto loaded = spool_->scratch_.read(place.offset, place.length, late_buffer_.data()); !loaded)
    return loaded;
  SpooledPacket packet;
  std::memcpy(&packet, late_buffer_.data(), sizeof packet);
  return visit(packet, late_buffer_.data() + sizeof packet);
}

std::optional<PacketSpool::Reader::Records> PacketSpool::Reader::records(std::uint32_t number,
                                                                         bool nanoseconds) {
  if (number >= spool_->strands_.size()) return std::nullopt;
  const Strand& strand = spool_->strands_[number];
  const Clock clock = nanoseconds ? Clock::nanoseconds : Clock::microseconds;
  const bool plain = strand.clocks == 1U << static_cast<unsigned>(clock) && !strand.several_links &&
                     !strand.has_options && !strand.unordered && strand.first == kNoExtent &&
                     (strand.head == nullptr || strand.first_runs == nullptr);
  if (!plain) return std::nullopt;
  pieces_.clear();
  for (const Runs* runs = strand.first_runs; runs != nullptr; runs = runs->next) {
    for (const Run& run : strand.runs_of(*runs)) pieces_.push_back(spool_->image_->at(run.begin, run.length));
  }
  for (const Chunk* chunk = strand.head; chunk != nullptr; chunk = chunk->next) {
    pieces_.emplace_back(chunk->bytes(), chunk->used);
  }
  return Records{strand.link_type, pieces_};
}

}  // namespace flowloom
