#include "track/tracker.hpp"

#include <algorithm>
#include <utility>

#include "base/time.hpp"

namespace flowloom {
namespace {

/// How sure it is who began (Flow::initiator_rank): each outdoes those below.
namespace rank {
constexpr std::uint8_t first_packet = 1;  ///< the sender of the first packet
constexpr std::uint8_t syn_ack = 2;       ///< the receiver of a SYN-ACK
constexpr std::uint8_t syn = 3;           ///< the sender of a SYN
constexpr std::uint8_t inherited = 4;     ///< a piece after a timeout keeps the initiator
}  // namespace rank

/// Entries in a flow's chunks: small at first, since most flows are short; larger later, so that what is
/// allocated and not used stays small beside what is used.
constexpr std::uint16_t chunk_capacity(const SequenceChunk* previous) {
  if (previous == nullptr) return 2;
  const unsigned doubled = previous->capacity * 2U;
  return static_cast<std::uint16_t>(doubled < 16 ? doubled : 16);
}

bool after_or_equal(std::uint32_t a, std::uint32_t b) { return static_cast<std::int32_t>(a - b) >= 0; }

}  // namespace

const char* end_reason_name(EndReason reason) {
  static constexpr const char* kNames[] = {"capture_end", "port_reuse", "idle", "active", "fin", "rst"};
  return kNames[static_cast<std::size_t>(reason)];
}

void Tracker::reset() {
  index_.clear();
  flows_.clear();
  sequences_.reset();
  order_.clear();
  encapsulations_.clear();
  splits_.clear();
  wraps_.clear();
  tcp_ = udp_ = {};
  appended_to_ = kNone;
  unordered_ = false;
}

void Tracker::track(const PacketBatch& batch) {
  track_each(batch, batch.records.size(), [](std::size_t i) { return i; }, [] {});
}

void Tracker::track(const PacketBatch& batch, std::span<const std::uint32_t> which) {
  track_each(batch, which.size(), [which](std::size_t i) { return which[i]; }, [] {});
}

void Tracker::track_telling(const PacketBatch& batch, std::span<const std::uint32_t> which,
                            std::vector<std::uint32_t>& flows) {
  flows.clear();
  appended_to_ = kNone;
  track_each(
      batch, which.size(), [which](std::size_t i) { return which[i]; },
      [&] { flows.push_back(std::exchange(appended_to_, kNone)); });
}

template <class Index, class Done>
void Tracker::track_each(const PacketBatch& batch, std::size_t count, Index index, Done done) {
  batch_encapsulations_.assign(batch.encapsulations.size(), 0);
  // Slots and flows of a large table are not in the cache: ask for them some packets ahead.
  constexpr std::size_t kSlotAhead = 16, kFlowAhead = 8;
  const auto& records = batch.records;
  for (std::size_t i = 0; i < count; ++i) {
    if (i + kSlotAhead < count) index_.prefetch(records[index(i + kSlotAhead)].hash);
    if (i + kFlowAhead < count) {
      const std::uint32_t flow = index_.guess(records[index(i + kFlowAhead)].hash);
      if (flow != FlowIndex::kEmpty) {
        const auto* line = reinterpret_cast<const char*>(&flows_[flow]);
        __builtin_prefetch(line);
        __builtin_prefetch(line + 64);
        __builtin_prefetch(line + 128);
      }
    }
    const std::size_t at = index(i);
    const PacketRecord& record = records[at];
    if (options_.join_icmp_errors && (record.role & role::icmp_error) != 0 && at + 1 < records.size() &&
        (records[at + 1].role & role::quoted) != 0 && records[at + 1].number == record.number &&
        join(record, records[at + 1], batch)) {
      done();
      continue;
    }
    add(record, batch.record_base + at, batch);
    done();
  }
}

std::uint32_t Tracker::find_or_create(const PacketRecord& record, std::size_t& slot) {
  slot = index_.find(record.hash, [&](std::uint32_t flow) { return flows_[flow].key == record.key; });
  const std::uint32_t found = index_.flow(slot);
  if (found != FlowIndex::kEmpty) return found;
  const auto number = static_cast<std::uint32_t>(flows_.size());
  flows_.emplace_back().key = record.key;
  index_.insert(slot, record.hash, number);
  return number;
}

void Tracker::add(const PacketRecord& record, std::uint64_t order, const PacketBatch& batch) {
  if ((record.role & (role::packet | role::stream)) == 0) return;
  std::size_t slot = 0;
  std::uint32_t number = find_or_create(record, slot);
  EndReason reason = EndReason::capture_end;
  const bool packet = (record.role & role::packet) != 0;
  const bool keyed = options_.key_vlan || options_.key_tunnel;

  const bool timeouts = options_.idle_timeout != 0 || options_.active_timeout != 0;
  if (packet && timeouts && !keyed && timed_out(flows_[number], record.time.ns, reason)) {
    number = successor(number, reason);
    index_.replace(
        index_.find(record.hash, [&](std::uint32_t flow) { return flows_[flow].key == record.key; }), number);
  }
  if ((record.role & role::segment) != 0) {
    if (starts_new_stream(flows_[number], record)) {
      if (flows_[number].packets[0] + flows_[number].packets[1] != 0) {
        flows_[number].reason = EndReason::port_reuse;
        number = static_cast<std::uint32_t>(flows_.size());
        flows_.emplace_back();
        index_.replace(
            index_.find(record.hash, [&](std::uint32_t flow) { return flows_[flow].key == record.key; }),
            number);
      } else {
        flows_[number] = Flow{};
      }
      flows_[number].key = record.key;
    }
    if ((record.role & role::quoted) == 0) learn_first_numbers(flows_[number], record);
  }
  if ((record.role & role::stream) != 0) number_stream(flows_[number], order);
  if (!packet) return;
  append(keyed ? split(number, record, batch) : number, record, record.direction, batch);
}

/// Wireshark's rule: a SYN without ACK whose sequence number is not the known first one of its direction.
bool Tracker::starts_new_stream(const Flow& flow, const PacketRecord& record) {
  const bool only_syn = (record.tcp_flags & (tcp_flag::syn | tcp_flag::ack)) == tcp_flag::syn;
  return only_syn && flow.base_set[record.direction] && flow.base_seq[record.direction] != record.seq;
}

/// First sequence numbers of both directions, as far as this segment tells them.
void Tracker::learn_first_numbers(Flow& flow, const PacketRecord& record) {
  const unsigned d = record.direction;
  if (!flow.base_set[d]) {
    flow.base_seq[d] = (record.tcp_flags & tcp_flag::syn) != 0 ? record.seq : record.seq - 1;
    flow.base_set[d] = true;
  }
  if ((record.tcp_flags & tcp_flag::ack) != 0 && !flow.base_set[1 - d]) {
    flow.base_seq[1 - d] = record.ack - 1;
    flow.base_set[1 - d] = true;
  }
}

void Tracker::number_stream(Flow& flow, std::uint64_t order) {
  if (flow.stream != kNone) return;
  auto& born = (flow.key.protocol == ip_proto::tcp ? tcp_ : udp_).born;
  flow.stream = static_cast<std::uint32_t>(born.size());
  born.push_back(order);
}

bool Tracker::timed_out(const Flow& flow, std::int64_t time, EndReason& reason) const {
  if (flow.packets[0] + flow.packets[1] == 0) return false;
  if (options_.idle_timeout != 0 && time_between(flow.end, time) > options_.idle_timeout) {
    reason = EndReason::idle;
    return true;
  }
  if (options_.active_timeout != 0 && time_between(flow.start, time) > options_.active_timeout) {
    reason = EndReason::active;
    return true;
  }
  return false;
}

/// Ends a flow and begins the next piece of the same stream.
std::uint32_t Tracker::successor(std::uint32_t old, EndReason reason) {
  flows_[old].reason = reason;
  const auto number = static_cast<std::uint32_t>(flows_.size());
  Flow& next = flows_.emplace_back();
  const Flow& before = flows_[old];
  next.key = before.key;
  next.stream = before.stream;
  next.anchor = before.anchor;
  std::copy_n(before.base_seq, 2, next.base_seq);
  std::copy_n(before.base_set, 2, next.base_set);
  next.initiator = before.initiator;
  next.initiator_rank = rank::inherited;
  return number;
}

/// With --key: the number of what the record is wrapped in, as far as that tells flows apart.
std::uint32_t Tracker::wrap_number(const PacketRecord& record, const PacketBatch& batch) {
  Encapsulation wrap;
  if (record.encapsulation != 0) wrap = batch.encapsulations[record.encapsulation - 1];
  if (!options_.key_vlan) {
    wrap.vlan = {};
    wrap.vlan_count = 0;
  }
  if (!options_.key_tunnel) {
    wrap.tunnel = TunnelKind::none;
    wrap.source = wrap.destination = {};
    wrap.has_id = false;
    wrap.id = 0;
  }
  // Both ways through a tunnel are one: its ends in one order, and no id where each end chooses its own.
  if (wrap.destination < wrap.source) std::swap(wrap.source, wrap.destination);
  if (wrap.tunnel == TunnelKind::gtp || wrap.tunnel == TunnelKind::l2tp || wrap.tunnel == TunnelKind::pptp) {
    wrap.has_id = false;
    wrap.id = 0;
  }
  return wraps_.try_emplace(wrap, static_cast<std::uint32_t>(wraps_.size())).first->second;
}

/// With --key: the flow of this anchor's stream that has the record's tags and tunnel.
std::uint32_t Tracker::split(std::uint32_t anchor, const PacketRecord& record, const PacketBatch& batch) {
  const auto [entry, is_new] = splits_.try_emplace({anchor, wrap_number(record, batch)}, kNone);
  std::uint32_t& number = entry->second;
  const std::uint32_t stream = flows_[anchor].stream;
  EndReason reason = EndReason::capture_end;
  if (is_new) {
    number = begin_split(anchor);
  } else if (timed_out(flows_[number], record.time.ns, reason)) {
    number = successor(number, reason);
  }
  if (flows_[number].stream != kNone && flows_[number].stream != stream) {
    flows_[number].reason = EndReason::port_reuse;
    number = begin_split(anchor);
  }
  flows_[number].stream = stream;
  return number;
}

std::uint32_t Tracker::begin_split(std::uint32_t anchor) {
  const auto number = static_cast<std::uint32_t>(flows_.size());
  Flow& flow = flows_.emplace_back();
  flow.key = flows_[anchor].key;
  flow.anchor = anchor;
  return number;
}

/// Puts an ICMP error into the flow that it quotes; false if there is none.
bool Tracker::join(const PacketRecord& error, const PacketRecord& quoted, const PacketBatch& batch) {
  const std::size_t slot =
      index_.find(quoted.hash, [&](std::uint32_t flow) { return flows_[flow].key == quoted.key; });
  std::uint32_t number = index_.flow(slot);
  if (number == FlowIndex::kEmpty) return false;
  if (options_.key_vlan || options_.key_tunnel) {
    const auto known = splits_.find({number, wrap_number(error, batch)});
    if (known == splits_.end()) return false;
    number = known->second;
  }
  EndReason reason = EndReason::capture_end;
  const Flow& flow = flows_[number];
  if (flow.packets[0] + flow.packets[1] == 0 || timed_out(flow, error.time.ns, reason)) return false;
  PacketRecord record = error;
  record.tcp_flags = 0;
  append(number, record, 1U - quoted.direction, batch);  // it travels back to the sender of what it quotes
  return true;
}

void Tracker::append(std::uint32_t number, const PacketRecord& record, unsigned direction,
                     const PacketBatch& batch) {
  Flow& flow = flows_[number];
  appended_to_ = number;
  const std::int64_t time = record.time.ns;
  if (flow.packets[0] + flow.packets[1] == 0) {
    order_.push_back(number);
    flow.first_number = batch.number_base + record.number;
    flow.start = flow.end = time;
    if ((record.role & role::late) != 0) unordered_ = true;
    flow.icmp_type = record.icmp_type;
    flow.icmp_code = record.icmp_code;
    wrap(flow, record, batch);
    if (flow.initiator_rank == 0) {
      flow.initiator = static_cast<std::uint8_t>(direction);
      flow.initiator_rank = rank::first_packet;
    }
  } else if ((record.role & role::late) != 0) {
    flow.unordered = true;
    if (batch.number_base + record.number < flow.first_number) {
      flow.first_number = batch.number_base + record.number;
      unordered_ = true;
      wrap(flow, record, batch);
      if (flow.initiator_rank == rank::first_packet) flow.initiator = static_cast<std::uint8_t>(direction);
    }
  }
  flow.start = std::min(flow.start, time);
  flow.end = std::max(flow.end, time);
  ++flow.packets[direction];
  flow.bytes[direction] += record.ip_length;

  if (flow.key.protocol == ip_proto::tcp && record.tcp_flags != 0) {
    const std::uint16_t flags = record.tcp_flags;
    if ((flags & tcp_flag::syn) != 0) {
      const std::uint8_t how = (flags & tcp_flag::ack) != 0 ? rank::syn_ack : rank::syn;
      if (how > flow.initiator_rank) {
        flow.initiator_rank = how;
        flow.initiator = static_cast<std::uint8_t>(how == rank::syn ? direction : 1 - direction);
        if (flow.key.one_end()) flow.initiator = 0;
      }
    }
    if ((flags & tcp_flag::rst) != 0) flow.rst_seen = true;
    if ((flags & tcp_flag::fin) != 0) {
      flow.fin_seen[direction] = true;
      flow.fin_end[direction] = record.seq + record.payload_length + 1;
    }
    const unsigned other = 1 - direction;
    if ((flags & tcp_flag::ack) != 0 && flow.fin_seen[other] &&
        after_or_equal(record.ack, flow.fin_end[other])) {
      flow.fin_acked[other] = true;
    }
  }
  append_entry(flow, record, direction, batch.number_base + record.number);
}

/// Notes what the flow's first packet is wrapped in.
void Tracker::wrap(Flow& flow, const PacketRecord& record, const PacketBatch& batch) {
  flow.encapsulation = 0;
  if (record.encapsulation == 0) return;
  std::uint32_t& ours = batch_encapsulations_[record.encapsulation - 1];
  if (ours == 0) ours = intern(batch.encapsulations[record.encapsulation - 1]);
  flow.encapsulation = ours;
}

void Tracker::append_entry(Flow& flow, const PacketRecord& record, unsigned direction, std::uint64_t number) {
  SequenceChunk* chunk = flow.tail;
  if (chunk == nullptr || chunk->used == chunk->capacity) {
    const std::uint16_t capacity = chunk_capacity(chunk);
    auto* next = static_cast<SequenceChunk*>(
        sequences_.allocate(sizeof(SequenceChunk) + capacity * sizeof(SequenceEntry)));
    *next = {nullptr, capacity, 0};
    (chunk != nullptr ? chunk->next : flow.head) = next;
    flow.tail = chunk = next;
  }
  const auto length = static_cast<std::int32_t>(record.ip_length),
             payload = static_cast<std::int32_t>(record.payload_length);
  SequenceEntry& entry = chunk->entries()[chunk->used++];
  entry.time = record.time.ns;
  entry.length = direction == 0 ? length : -length;
  entry.payload = direction == 0 ? payload : -payload;
  entry.number = static_cast<std::uint32_t>(number);
  entry.tcp_flags = record.tcp_flags;
}

/// 1 + the number of the encapsulation among those of the capture.
std::uint32_t Tracker::intern(const Encapsulation& encapsulation) {
  // New ones are rare and mostly like the last; a long search would cost more than a second copy.
  constexpr std::size_t kLookBack = 64;
  const std::size_t begin = encapsulations_.size() > kLookBack ? encapsulations_.size() - kLookBack : 0;
  for (std::size_t i = begin; i < encapsulations_.size(); ++i) {
    if (encapsulations_[i] == encapsulation) return static_cast<std::uint32_t>(i + 1);
  }
  encapsulations_.push_back(encapsulation);
  return static_cast<std::uint32_t>(encapsulations_.size());
}

void Tracker::finish() {
  if (!unordered_) return;
  std::stable_sort(order_.begin(), order_.end(), [&](std::uint32_t x, std::uint32_t y) {
    return flows_[x].first_number < flows_[y].first_number;
  });
}

std::uint32_t Tracker::stream(const Flow& flow) const {
  const std::uint32_t ours =
      flow.anchor != kNone && flow.stream == kNone ? flows_[flow.anchor].stream : flow.stream;
  const auto& settled = (flow.key.protocol == ip_proto::tcp ? tcp_ : udp_).settled;
  return ours == kNone || settled.empty() ? ours : settled[ours];
}

void Tracker::settle_streams(std::span<Tracker> trackers) {
  if (trackers.size() < 2) return;
  settle(trackers, &Tracker::tcp_);
  settle(trackers, &Tracker::udp_);
}

/// Merges the births of the streams, which each tracker has in order.
void Tracker::settle(std::span<Tracker> trackers, Streams Tracker::* which) {
  std::uint32_t next = 0;
  for (;;) {
    Streams* first = nullptr;
    for (Tracker& tracker : trackers) {
      Streams& streams = tracker.*which;
      if (streams.settled.size() == streams.born.size()) continue;
      if (first == nullptr || streams.born[streams.settled.size()] < first->born[first->settled.size()])
        first = &streams;
    }
    if (first == nullptr) return;
    first->settled.push_back(next++);
  }
}

const Encapsulation* Tracker::encapsulation(const Flow& flow) const {
  return flow.encapsulation == 0 ? nullptr : &encapsulations_[flow.encapsulation - 1];
}

}  // namespace flowloom
