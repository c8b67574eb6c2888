#include "reassemble/fragments.hpp"

#include <algorithm>

#include "base/time.hpp"

namespace flowloom {
namespace {

/// Gaps remembered in one datagram; a datagram in more parts is never called complete.
constexpr std::size_t kMaxRanges = 1024;

/// Identifications return: a piece that comes so long after its datagram was complete belongs to another, ns.
constexpr std::int64_t kCopiesWithin = 30 * kNsPerSecond;

bool has_stream_number(std::uint8_t protocol) {
  return protocol == ip_proto::tcp || protocol == ip_proto::udp || protocol == ip_proto::udplite;
}

/// A later piece with the key that the datagram's first piece told.
PacketRecord as_piece_of(const PacketRecord& first, PacketRecord piece, unsigned roles) {
  piece.key = first.key;
  piece.hash = first.hash;
  piece.direction = first.direction;
  piece.icmp_type = first.icmp_type;
  piece.icmp_code = first.icmp_code;
  piece.role = static_cast<std::uint8_t>(roles);
  return piece;
}

}  // namespace

std::size_t FragmentResolver::Hash::operator()(const Identity& identity) const {
  FlowKey key;
  static_assert(sizeof key == sizeof identity);
  std::memcpy(static_cast<void*>(&key), &identity, sizeof key);
  return hash_key(key, seed);
}

void FragmentResolver::reset() {
  datagrams_.clear();
  ages_.clear();
  births_ = waiting_ = given_up_ = 0;
}

void FragmentResolver::resolve(PacketBatch& batch) {
  if (batch.fragments.empty()) return;
  out_.clear();
  auto next = batch.fragments.begin();
  for (std::uint32_t i = 0; i < batch.records.size(); ++i) {
    // A piece is settled at its datagram's record: for tunnels that comes before the packet's own.
    const auto at = [&] { return next->datagram != 0 ? next->datagram - 1 : next->record; };
    bool consumed = false;
    while (next != batch.fragments.end() && at() == i) {
      const PacketRecord* datagram = next->datagram != 0 ? &batch.records[i] : nullptr;
      piece(batch.records[i], *next, datagram, next->record == i, batch);
      consumed = true;
      ++next;
    }
    if (!consumed && batch.records[i].role != 0) out_.push_back(batch.records[i]);
  }
  batch.records.swap(out_);
}

void FragmentResolver::piece(const PacketRecord& record, const FragmentPiece& piece,
                             const PacketRecord* datagram, bool has_packet, PacketBatch& batch) {
  Identity identity{};
  identity.source = record.key.address[record.direction];
  identity.destination = record.key.address[1 - record.direction];
  identity.id = piece.id;
  identity.protocol = piece.protocol;
  identity.version = record.key.version;
  auto [entry, is_new] = datagrams_.try_emplace(identity);
  Datagram& d = entry->second;
  if (is_new) {
    d.born = births_++;
    ages_.emplace_back(d.born, identity);
  }
  auto& in_flow = batch.fates[static_cast<std::size_t>(Fate::flow)];

  if (datagram != nullptr) {
    d.first = *datagram;
    d.has_first = true;
    d.completed = false;
    for (const PacketRecord& late : d.waiting) {
      out_.push_back(as_piece_of(d.first, late, role::packet | role::late));
      out_.back().number -= batch.number_base;
      ++in_flow;
      --waiting_;
    }
    d.waiting.clear();
    d.waiting.shrink_to_fit();
    if (has_packet || record.role != 0) out_.push_back(record);
  } else if (d.has_first && !(d.completed && time_between(d.first.time.ns, record.time.ns) > kCopiesWithin)) {
    out_.push_back(as_piece_of(d.first, record, role::packet));
    ++in_flow;
  } else {
    d.waiting.push_back(record);
    d.waiting.back().number += batch.number_base;
    ++waiting_;
  }

  if (complete(d, piece) && d.has_first) {
    if (has_stream_number(d.first.key.protocol)) {
      PacketRecord whole = d.first;
      whole.number = record.number;
      whole.time = record.time;
      whole.role = role::stream;
      out_.push_back(whole);
    }
    // A copy of a piece may still come; a new first piece begins a new datagram of that identity.
    d.ranges.clear();
    d.total = 0;
    d.completed = true;
  }
  make_room();
}

/// Adds the piece to what is there of its datagram; true if that is now all of it.
bool FragmentResolver::complete(Datagram& d, const FragmentPiece& piece) {
  if (!piece.whole || piece.length == 0) return false;
  const Range range{piece.offset, piece.offset + piece.length};
  if (!piece.more) d.total = std::max(d.total, range.end);
  auto& ranges = d.ranges;
  auto first = std::lower_bound(ranges.begin(), ranges.end(), range.begin,
                                [](const Range& r, std::uint32_t begin) { return r.end < begin; });
  Range merged = range;
  auto last = first;
  for (; last != ranges.end() && last->begin <= merged.end; ++last) {
    merged.begin = std::min(merged.begin, last->begin);
    merged.end = std::max(merged.end, last->end);
  }
  first = ranges.erase(first, last);
  if (ranges.size() >= kMaxRanges) return false;
  ranges.insert(first, merged);
  return d.total != 0 && ranges.size() == 1 && ranges[0].begin == 0 && ranges[0].end >= d.total;
}

void FragmentResolver::make_room() {
  while (!ages_.empty() &&
         (datagrams_.size() > kMaxDatagrams || waiting_ > kMaxWaiting || ages_.size() > 4 * kMaxDatagrams)) {
    const auto [born, identity] = ages_.front();
    ages_.pop_front();
    const auto found = datagrams_.find(identity);
    if (found == datagrams_.end() || found->second.born != born) continue;
    given_up_ += found->second.waiting.size();
    waiting_ -= found->second.waiting.size();
    datagrams_.erase(found);
  }
}

}  // namespace flowloom
