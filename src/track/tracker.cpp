#include "track/tracker.hpp"

#include <algorithm>
#include <array>

namespace flowloom {
namespace {

bool after_or_equal(std::uint32_t a, std::uint32_t b) { return static_cast<std::int32_t>(a - b) >= 0; }

/// A packet of the flow, not a hidden one.
bool is_shown(const PacketRecord& record) {
  return (record.role & (role::packet | role::hidden)) == role::packet;
}

/// A batch's records, for track_each(): where each is, and what of its hash the index needs.
struct AllRecords {
  std::span<const PacketRecord> records;
  [[nodiscard]] std::size_t size() const { return records.size(); }
  [[nodiscard]] std::size_t index(std::size_t i) const { return i; }
  [[nodiscard]] std::uint64_t hash(std::size_t i) const { return records[i].hash; }
  void prefetch(std::size_t) const {}  // they follow one another
};

/// Some of them.
struct SomeRecords {
  std::span<const PacketRecord> records;
  std::span<const RecordPlace> which;
  [[nodiscard]] std::size_t size() const { return which.size(); }
  [[nodiscard]] std::size_t index(std::size_t i) const { return which[i].index; }
  [[nodiscard]] std::uint64_t hash(std::size_t i) const { return which[i].hash; }
  void prefetch(std::size_t i) const {
    const auto* line = reinterpret_cast<const char*>(&records[which[i].index]);
    __builtin_prefetch(line);
    __builtin_prefetch(line + 64);
  }
};

}  // namespace

const char* end_reason_name(EndReason reason) {
  static constexpr const char* kNames[] = {"capture_end", "port_reuse", "idle", "active",
                                           "evicted",     "fin",        "rst"};
  return kNames[static_cast<std::size_t>(reason)];
}

void Tracker::reset() {
  index_.clear();
  flows_.reset();
  lifetimes_.reset();
  splits_.clear();
  order_.clear();
  batch_encapsulations_.clear();
  tcp_ = udp_ = {};
  appended_to_ = kNone;
  unordered_ = false;
}

void Tracker::track(const PacketBatch& batch) {
  partition_ = false;
  track_each(batch, AllRecords{batch.records}, [](std::uint32_t) {});
}

void Tracker::track(const PacketBatch& batch, std::span<const RecordPlace> which) {
  partition_ = true;
  track_each(batch, SomeRecords{batch.records, which}, [](std::uint32_t) {});
}

void Tracker::track_telling(const PacketBatch& batch, std::span<const RecordPlace> which,
                            std::vector<std::uint32_t>& flows) {
  partition_ = true;
  flows.clear();
  track_each(batch, SomeRecords{batch.records, which}, [&](std::uint32_t flow) { flows.push_back(flow); });
}

/// Counts the packet, and puts it into the sequence.
[[gnu::always_inline]] inline void Tracker::count(Flow& flow, const PacketRecord& record, unsigned direction,
                                                  std::uint64_t packet_number) {
  flow.end = std::max(flow.end, record.time.ns);
  ++flow.packets[direction];
  flow.bytes[direction] += record.ip_length;
  if (flow.packets[0] + flow.packets[1] > options_.sequence_limit) return;
  flows_.append(flow, {.time = record.time.ns,
                       .length = record.ip_length,
                       .payload = record.payload_length,
                       .number = static_cast<std::uint32_t>(packet_number),
                       .tcp_flags = record.tcp_flags,
                       .backward = direction != 0});
}

/// The short way for most packets, where flows last as long as the capture: one more of a flow that has some,
/// of whose stream it tells nothing new. `flow` may be any; the one of a key that has not ended is the one
/// that the index has. It does what add() does with such a record; with any other nothing, and says false.
[[gnu::always_inline]] inline bool Tracker::add_to_known(Flow& flow, const PacketRecord& record,
                                                         std::uint64_t packet_number) {
  constexpr std::uint16_t kTells = tcp_flag::syn | tcp_flag::fin | tcp_flag::rst;
  if ((record.role & ~role::segment) != (role::packet | role::stream) || (record.tcp_flags & kTells) != 0 ||
      record.values != 0) {
    return false;
  }
  const bool whole_segment = (record.role & role::segment) != 0;
  if (flow.key != record.key || flow.reason != EndReason::capture_end || !flow.has_packets() ||
      flow.stream == kNone || record.time.ns < flow.start || flow.fin_seen[0] || flow.fin_seen[1] ||
      (whole_segment && !(flow.base_set[0] && flow.base_set[1]))) {
    return false;
  }
  count(flow, record, record.direction, packet_number);
  return true;
}

template <class Which, class Done>
void Tracker::track_each(const PacketBatch& batch, Which which, Done done) {
  batch_encapsulations_.assign(batch.encapsulations.size(), nullptr);
  // Slots and flows of a large table are not in the cache: ask for them some packets ahead.
  constexpr std::size_t kSlotAhead = 16, kFlowAhead = 8;
  std::array<std::uint32_t, kFlowAhead> guesses;  // by record, modulo their number
  guesses.fill(FlowIndex::kEmpty);
  const auto& records = batch.records;
  const std::size_t count = which.size();
  const bool lasting = !has_lifetimes() && !options_.keyed();
  for (std::size_t i = 0; i < count; ++i) {
    if (i + kSlotAhead < count) {
      index_.prefetch(which.hash(i + kSlotAhead));
      which.prefetch(i + kSlotAhead);
    }
    std::uint32_t& place = guesses[i % kFlowAhead];
    const std::uint32_t guess = place;
    if (i + kFlowAhead < count) {
      place = index_.guess(which.hash(i + kFlowAhead));
      if (place != FlowIndex::kEmpty) {
        const auto* line = reinterpret_cast<const char*>(&flows_[place]);
        __builtin_prefetch(line);
        __builtin_prefetch(line + 64);
        __builtin_prefetch(line + 128);
      }
    }
    const std::size_t at = which.index(i);
    const PacketRecord& record = records[at];
    if (lasting && guess != FlowIndex::kEmpty &&
        add_to_known(flows_[guess], record, batch.number_base + record.number)) {
      done(guess);
      continue;
    }
    appended_to_ = kNone;
    if (is_shown(record) && record.time.ns > lifetimes_.next_deadline()) {
      expire(record.time.ns);
    }
    if (options_.join_icmp_errors && (record.role & role::icmp_error) != 0 && join(batch, at)) {
      done(appended_to_);
      continue;
    }
    add(record, batch.record_base + at, batch);
    done(appended_to_);
  }
  for (const Encapsulation* held : batch_encapsulations_) {
    if (held != nullptr) flows_.drop(held);
  }
}

void Tracker::add(const PacketRecord& record, std::uint64_t order, const PacketBatch& batch) {
  if ((record.role & (role::packet | role::stream)) == 0) return;
  std::uint32_t number = find_or_create(record);
  if ((record.role & role::segment) != 0) {
    if (starts_new_stream(flows_[number], record)) number = restart(number, record);
    if ((record.role & role::quoted) == 0) learn_first_numbers(flows_[number], record);
  }
  if ((record.role & role::stream) != 0) number_stream(flows_[number], order);
  if ((record.role & role::packet) != 0 && options_.keyed()) number = split(number, record, batch);
  if (is_shown(record)) {
    append(number, record, record.direction, batch);
  } else {
    if ((record.role & role::packet) != 0) note_hidden(flows_[number], record);
    if (options_.bounded() && !flows_[number].has_packets() && !splits_.hangs_any(number))
      lifetimes_.remember(number);
  }
  for (std::uint32_t old = lifetimes_.too_many(); old != kNone; old = lifetimes_.too_many()) forget(old);
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
  Streams& streams = flow.key.protocol == ip_proto::tcp ? tcp_ : udp_;
  flow.stream = streams.count++;
  if (partition_) streams.born.push_back(order);
}

/// With --key: the flow of this anchor's stream that has the record's tags and tunnel.
std::uint32_t Tracker::split(std::uint32_t anchor, const PacketRecord& record, const PacketBatch& batch) {
  const Encapsulation wrap = Splits::distinguishing(options_, record, batch);
  const std::uint32_t stream = flows_[anchor].stream;
  std::uint32_t number = splits_.find(anchor, wrap);
  if (number == kNone) {
    number = create(record.key, record.hash);
    splits_.insert(anchor, wrap, number);
    if (has_lifetimes()) lifetimes_.recall(anchor);
  } else if (flows_[number].stream != kNone && flows_[number].stream != stream) {
    if (flows_[number].has_packets()) {
      const std::uint32_t next = create(record.key, record.hash);
      splits_.replace(number, next);
      flows_[number].reason = EndReason::port_reuse;
      end(number);
      number = next;
    } else {
      flows_[number] = Flow{};
      flows_[number].key = record.key;
    }
  }
  flows_[number].anchor = anchor;
  flows_[number].stream = stream;
  return number;
}

bool Tracker::quotes(const PacketBatch& batch, std::size_t at) {
  const auto& records = batch.records;
  return (records[at].role & role::icmp_error) != 0 && at + 1 < records.size() &&
         (records[at + 1].role & role::quoted) != 0 && records[at + 1].number == records[at].number;
}

/// Puts an ICMP error into the flow that it quotes; false if there is none.
bool Tracker::join(const PacketBatch& batch, std::size_t at) {
  if (!quotes(batch, at)) return false;
  const PacketRecord &error = batch.records[at], &quoted = batch.records[at + 1];
  std::uint32_t number = index_.flow(find(quoted.key, quoted.hash));
  if (number == FlowIndex::kEmpty) return false;
  if (options_.keyed()) {
    number = splits_.find(number, Splits::distinguishing(options_, error, batch));
    if (number == kNone) return false;
  }
  if (!flows_[number].was_met()) return false;
  if (!is_shown(error)) return true;
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
  const std::uint64_t packet_number = batch.number_base + record.number;
  const bool late = (record.role & role::late) != 0;
  if (!flow.has_packets()) {
    flow.start = flow.end = time;
    if (late) flow.unordered = unordered_ = true;
    note_first(flow, record, direction, batch);
    open(number);
  } else if (late) {
    flow.unordered = true;
    if (packet_number < flow.first_number) {
      unordered_ = true;
      note_first(flow, record, direction, batch);
    }
  }
  if (time < flow.start) {
    flow.start = time;
    if (options_.active_timeout != 0) lifetimes_.start_moved(number, flows_);
  }
  if (flow.key.protocol == ip_proto::tcp && record.tcp_flags != 0) {
    learn_from_segment(flow, record, direction);
  }
  const std::uint64_t before = flow.packets[0] + flow.packets[1];
  if (record.values != 0 && (options_.sequence_limit == 0 || before < options_.sequence_limit)) {
    flows_.append_values(number, before, static_cast<std::uint32_t>(packet_number), batch.values_of(record));
  }
  count(flow, record, direction, packet_number);
}

/// Who began, if this is a SYN.
void Tracker::learn_initiator(Flow& flow, const PacketRecord& record, unsigned direction) {
  if ((record.tcp_flags & tcp_flag::syn) == 0) return;
  const bool ack = (record.tcp_flags & tcp_flag::ack) != 0;
  const std::uint8_t how = ack ? initiator_rank::syn_ack : initiator_rank::syn;
  if (how <= flow.initiator_rank) return;
  flow.initiator_rank = how;
  flow.initiator = static_cast<std::uint8_t>(ack ? 1 - direction : direction);
  if (flow.key.one_end()) flow.initiator = 0;
}

/// What a packet that a display filter left out tells nevertheless.
void Tracker::note_hidden(Flow& flow, const PacketRecord& record) {
  if (flow.initiator_rank == 0) {
    flow.initiator = record.direction;
    flow.initiator_rank = initiator_rank::first_hidden;
  }
  if (flow.key.protocol == ip_proto::tcp) learn_initiator(flow, record, record.direction);
}

/// Who began, and how the connection ends.
void Tracker::learn_from_segment(Flow& flow, const PacketRecord& record, unsigned direction) {
  const std::uint16_t flags = record.tcp_flags;
  learn_initiator(flow, record, direction);
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

/// Notes what the first packet of a flow tells.
void Tracker::note_first(Flow& flow, const PacketRecord& record, unsigned direction,
                         const PacketBatch& batch) {
  flow.first_number = batch.number_base + record.number;
  flow.icmp_type = record.icmp_type;
  flow.icmp_code = record.icmp_code;
  if (flow.initiator_rank <= initiator_rank::first_packet) {
    flow.initiator = static_cast<std::uint8_t>(direction);
    flow.initiator_rank = initiator_rank::first_packet;
  }
  if (flow.encapsulation != nullptr) flows_.drop(flow.encapsulation);
  flow.encapsulation = nullptr;
  if (record.encapsulation == 0) return;
  const Encapsulation& theirs = batch.encapsulations[record.encapsulation - 1];
  const Encapsulation*& held = batch_encapsulations_[record.encapsulation - 1];
  if (held == nullptr) held = flows_.hold(theirs);
  flow.encapsulation = flows_.hold(*held);
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

}  // namespace flowloom
