#include "reassemble/fragments.hpp"

#include <algorithm>

#include "base/time.hpp"

namespace flowloom {
namespace {

/// Gaps remembered in one datagram; a datagram in more parts is never called complete.
constexpr std::size_t kMaxRanges = 1024;

/// Headers in a first piece that take part in stream numbering.
constexpr std::size_t kMaxInside = 16;

/// Identifications return: a piece that comes so long after its datagram was complete belongs to another, ns.
constexpr std::int64_t kCopiesWithin = 30 * kNsPerSecond;

bool has_stream_number(std::uint8_t protocol) {
  return protocol == ip_proto::tcp || protocol == ip_proto::udp || protocol == ip_proto::udplite;
}

bool is_hidden(const PacketRecord& record) { return (record.role & role::hidden) != 0; }

/// A later piece with the key that the datagram's first piece told.
PacketRecord as_piece_of(const PacketRecord& first, PacketRecord piece, unsigned roles) {
  piece.key = first.key;
  piece.hash = first.hash;
  piece.direction = first.direction;
  piece.icmp_type = first.icmp_type;
  piece.icmp_code = first.icmp_code;
  piece.role = static_cast<std::uint8_t>(roles | (piece.role & role::hidden));
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
  births_ = waiting_ = given_up_ = hidden_ = 0;
}

void FragmentResolver::resolve(PacketBatch& batch) {
  if (batch.fragments.empty()) return;
  out_.clear();
  auto next = batch.fragments.begin();
  Datagram* open = nullptr;  // whose first piece is in the packet `open_number`
  std::uint64_t open_number = 0;
  for (std::uint32_t i = 0; i < batch.records.size(); ++i) {
    PacketRecord& record = batch.records[i];
    if (record.number != open_number) open = nullptr;
    if (open != nullptr) put_off(record, *open);
    // A piece is settled at its datagram's record: for tunnels that comes before the packet's own.
    const auto at = [&] { return next->datagram != 0 ? next->datagram - 1 : next->record; };
    bool consumed = false;
    while (next != batch.fragments.end() && at() == i) {
      open = piece(record, *next, next->record == i, batch);
      open_number = record.number;
      consumed = true;
      ++next;
    }
    if (!consumed && record.role != 0) out_.push_back(record);
  }
  batch.records.swap(out_);
}

/// Wireshark reads what is in a datagram when the last piece arrives: stream numbers are given then, also
/// those inside.
void FragmentResolver::put_off(PacketRecord& record, Datagram& datagram) {
  const unsigned numbering = record.role & (role::stream | role::segment | role::quoted);
  if ((numbering & role::stream) == 0 || datagram.inside.size() == kMaxInside) return;
  datagram.inside.push_back(record);
  datagram.inside.back().role = static_cast<std::uint8_t>(numbering);
  datagram.inside.back().encapsulation = 0;  // of another batch
  record.role &= static_cast<std::uint8_t>(~(role::stream | role::segment));
}

/// Settles one piece. If it is the first of a datagram that is still to be completed: that datagram.
FragmentResolver::Datagram* FragmentResolver::piece(PacketRecord& record, const FragmentPiece& piece,
                                                    bool has_packet, PacketBatch& batch) {
  Identity identity{};
  identity.source = record.key.address[record.direction];
  identity.destination = record.key.address[1 - record.direction];
  identity.id = piece.id;
  identity.protocol = piece.protocol;
  identity.version = record.key.version;
  const auto [entry, is_new] = datagrams_.try_emplace(identity);
  Datagram& d = entry->second;
  if (is_new) {
    d.born = births_++;
    ages_.emplace_back(d.born, identity);
  }
  auto& in_flow = batch.fates[static_cast<std::size_t>(Fate::flow)];
  const bool is_first = piece.datagram != 0;
  if (is_first) {
    d.first = record;
    d.has_first = true;
    d.completed = false;
    d.inside.clear();
    release(d, batch);
    if (piece.whole) {
      if (has_stream_number(record.key.protocol))
        record.role |= role::stream;  // the header may be in two pieces
      put_off(record, d);
    }
    if (has_packet || record.role != 0) out_.push_back(record);
  } else if (d.has_first && !(d.completed && time_between(d.first.time.ns, record.time.ns) > kCopiesWithin)) {
    out_.push_back(as_piece_of(d.first, record, role::packet));
    in_flow += is_hidden(record) ? 0 : 1;
  } else {
    Waiting& waiting = d.waiting.emplace_back();
    waiting.record = record;
    waiting.record.number += batch.number_base;
    if (record.encapsulation != 0) waiting.encapsulation = batch.encapsulations[record.encapsulation - 1];
    if (const auto values = batch.values_of(record); !values.empty())
      waiting.values.assign(values.begin(), values.end());
    if (told_ != nullptr) told_->began.push_back(waiting.record.number);
    ++waiting_;
    hidden_ += is_hidden(record) ? 1 : 0;
  }

  if (complete(d, piece) && d.has_first) {
    for (PacketRecord inside : d.inside) {
      inside.number = record.number;
      inside.time = record.time;
      out_.push_back(inside);
    }
    // A copy of a piece may still come; a new first piece begins a new datagram of that identity.
    d.inside.clear();
    d.ranges.clear();
    d.total = 0;
    d.completed = true;
  }
  const bool still_open = is_first && piece.whole && !d.completed;
  make_room();
  return still_open && datagrams_.contains(identity) ? &datagrams_.at(identity) : nullptr;
}

/// Pieces that waited for the first go before it, into the flow that it names.
void FragmentResolver::release(Datagram& d, PacketBatch& batch) {
  for (const Waiting& waiting : d.waiting) {
    PacketRecord& late = out_.emplace_back(as_piece_of(d.first, waiting.record, role::packet | role::late));
    late.number -= batch.number_base;
    late.encapsulation = 0;
    late.values = waiting.values.empty() ? 0 : batch.add_values(waiting.values);
    if (waiting.encapsulation) {
      batch.encapsulations.push_back(*waiting.encapsulation);
      late.encapsulation = static_cast<std::uint32_t>(batch.encapsulations.size());
    }
    if (is_hidden(late)) {
      --hidden_;
    } else {
      ++batch.fates[static_cast<std::size_t>(Fate::flow)];
    }
  }
  waiting_ -= d.waiting.size();
  d.waiting = {};
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
    if (told_ != nullptr) {
      for (const Waiting& waiting : found->second.waiting) told_->gave_up.push_back(waiting.record.number);
    }
    given_up_ += found->second.waiting.size();
    waiting_ -= found->second.waiting.size();
    datagrams_.erase(found);
  }
}

}  // namespace flowloom
