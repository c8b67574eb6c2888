#include "track/merge.hpp"

#include <algorithm>
#include <cassert>
#include <set>

namespace flowloom {
namespace {

constexpr std::uint64_t kNoLimit = TrackOptions().sequence_limit;

/// Puts the first `room` entries behind those of a flow.
void link_sequences(Flow& first, const Flow& later, std::uint64_t room) {
  if (room == 0 || later.head == nullptr) return;
  (first.tail != nullptr ? first.tail->next : first.head) = later.head;
  first.tail = later.tail;
  if (room >= later.packets[0] + later.packets[1]) return;
  SequenceChunk* last = later.head;
  for (; last->used() < room; last = last->next) {
    room -= last->used();
    if (last->next == nullptr) return;
  }
  last->cut(static_cast<std::uint16_t>(room));
  last->next = nullptr;
  first.tail = last;
}

/// Adds to a flow what came after it, but its sequence; `acks` are those of each, see FlowPart::Stretch.
void join_flows(Flow& first, AckRange (&acks)[2], const Flow& later, const AckRange (&later_acks)[2]) {
  if (later.has_packets()) {
    const bool empty = !first.has_packets();
    const bool lower = empty || later.first_number < first.first_number;  // by late fragments
    first.start = empty ? later.start : std::min(first.start, later.start);
    first.end = empty ? later.end : std::max(first.end, later.end);
    if (later.initiator_rank > first.initiator_rank ||
        (lower && later.initiator_rank == first.initiator_rank &&
         first.initiator_rank == initiator_rank::first_packet)) {
      first.initiator = later.initiator;
      first.initiator_rank = later.initiator_rank;
    }
    if (lower) {
      first.first_number = later.first_number;
      first.encapsulation = later.encapsulation;
      first.icmp_type = later.icmp_type;
      first.icmp_code = later.icmp_code;
    }
    first.unordered = first.unordered || later.unordered;
    first.rst_seen = first.rst_seen || later.rst_seen;
  }
  for (unsigned d = 0; d < 2; ++d) {
    first.packets[d] += later.packets[d];
    first.bytes[d] += later.bytes[d];
    if (!first.base_set[d]) {
      first.base_set[d] = later.base_set[d];
      first.base_seq[d] = later.base_seq[d];
    }
    if (later.fin_acked[d] || (first.fin_seen[d] && later_acks[d].covers(first.fin_end[d]))) {
      first.fin_acked[d] = true;
    }
    if (!first.fin_seen[d]) acks[d].add(later_acks[d]);
    if (later.fin_seen[d]) {
      first.fin_seen[d] = true;
      first.fin_end[d] = later.fin_end[d];
    }
  }
}

}  // namespace

FlowPart::FlowPart(const TrackOptions& options) : tracker_(options) {
  assert(!options.bounded() && !options.by_end);
  assert(!options.join_icmp_errors || options.sequence_limit == 0 || options.sequence_limit == kNoLimit);
  tracker_.partition_ = true;  // births of streams are told
}

void FlowPart::track(const PacketBatch& batch) {
  tracker_.batch_encapsulations_.assign(batch.encapsulations.size(), nullptr);
  for (std::size_t at = 0; at < batch.records.size(); ++at) {
    if (tracker_.options_.join_icmp_errors && Tracker::quotes(batch, at)) {
      settle_error(batch, at);
      continue;
    }
    add(batch.records[at], batch.record_base + at, batch);
  }
}

void FlowPart::add(const PacketRecord& record, std::uint64_t order, const PacketBatch& batch) {
  if ((record.role & (role::packet | role::stream)) == 0) return;
  const std::uint32_t known = tracker_.flows_.size();
  std::uint32_t number = find(record);
  if ((record.role & role::segment) != 0) {
    assert((record.role & role::stream) != 0);  // a new stream has a number at once
    if ((record.tcp_flags & (tcp_flag::syn | tcp_flag::ack)) == tcp_flag::syn) {
      number = open(record, number, number == known);
    }
    if ((record.role & role::quoted) == 0) Tracker::learn_first_numbers(tracker_.flows_[number], record);
  }
  if ((record.role & role::stream) != 0) tracker_.number_stream(tracker_.flows_[number], order);
  if ((record.role & role::packet) == 0) return;
  if (keyed()) number = split(number, Splits::distinguishing(tracker_.options_, record, batch));
  append(number, record, record.direction, batch);
}

/// The key's newest stretch.
std::uint32_t FlowPart::find(const PacketRecord& record) {
  const std::uint32_t number = tracker_.find_or_create(record);
  stretch(number).hash = record.hash;
  return number;
}

/// Begins a stretch at a SYN that may begin a stream. One that repeats the last does not: whatever came
/// before that, its number is the known one since.
std::uint32_t FlowPart::open(const PacketRecord& syn, std::uint32_t newest, bool is_new) {
  const Stretch& last = stretch(newest);
  std::uint32_t number = newest;
  if (!is_new) {
    if (last.opening_known && last.opening_direction == syn.direction && last.opening_seq == syn.seq)
      return newest;
    number = tracker_.create(syn.key, syn.hash);
    tracker_.index_.replace(tracker_.find(syn.key, syn.hash), number);
    stretch(number).hash = syn.hash;
    stretch(number).previous = newest;
  }
  Stretch& opened = stretch(number);
  opened.opened = true;
  opened.opening_known = (syn.role & role::quoted) == 0;
  opened.opening_seq = syn.seq;
  opened.opening_direction = syn.direction;
  return number;
}

/// With --key: the stretch's flow with this wrap.
std::uint32_t FlowPart::split(std::uint32_t stretch, const Encapsulation& wrap) {
  const auto [entry, is_new] = splits_.try_emplace({stretch, wrap}, tracker_.flows_.size());
  const Flow& anchor = tracker_.flows_[stretch];
  if (is_new) tracker_.flows_[tracker_.flows_.create(anchor.key)].anchor = stretch;
  tracker_.flows_[entry->second].stream = anchor.stream;
  return entry->second;
}

FlowPart::Stretch& FlowPart::stretch(std::uint32_t number) {
  while (stretches_.size() <= number) stretches_.emplace_back();
  return stretches_[number];
}

void FlowPart::append(std::uint32_t number, const PacketRecord& record, unsigned direction,
                      const PacketBatch& batch) {
  tracker_.append(number, record, direction, batch);
  const Flow& flow = tracker_.flows_[number];
  const unsigned other = 1 - direction;
  if (flow.key.protocol == ip_proto::tcp && (record.tcp_flags & tcp_flag::ack) != 0 &&
      !flow.fin_seen[other]) {
    stretch(number).acks[other].add(record.ack);
  }
}

/// Puts an ICMP error into the flow that it quotes if that is surely there, else aside.
void FlowPart::settle_error(const PacketBatch& batch, std::size_t at) {
  const PacketRecord& error = batch.records[at];
  const PacketRecord& quoted = batch.records[at + 1];
  const std::uint32_t newest = find(quoted);
  Encapsulation wrap;
  if (keyed()) wrap = Splits::distinguishing(tracker_.options_, error, batch);
  const auto direction = static_cast<std::uint8_t>(1U - quoted.direction);
  if (const std::uint32_t flow = quoted_flow(newest, wrap); flow != kNone) {
    append(flow, error, direction, batch);
    return;
  }
  Undecided& held = undecided_.emplace_back(error, std::nullopt, newest, wrap, direction);
  held.error.number += batch.number_base;
  held.error.encapsulation = 0;
  if (error.encapsulation != 0) held.encapsulation = batch.encapsulations[error.encapsulation - 1];
}

/// The flow with packets that an error about a stretch belongs to; kNone: the stretch has none.
std::uint32_t FlowPart::quoted_flow(std::uint32_t stretch, const Encapsulation& wrap) const {
  std::uint32_t flow = stretch;
  if (keyed()) {
    const auto known = splits_.find({stretch, wrap});
    if (known == splits_.end()) return kNone;
    flow = known->second;
  }
  return tracker_.flows_[flow].has_packets() ? flow : kNone;
}

/// Appends a packet that was put aside. Others after it may be there: it goes where its number says.
void FlowPart::append_held(std::uint32_t number, const Undecided& held, unsigned direction) {
  PacketBatch batch;
  PacketRecord record = held.error;
  record.role |= role::late;
  if (held.encapsulation) {
    batch.encapsulations.push_back(*held.encapsulation);
    record.encapsulation = 1;
  }
  tracker_.batch_encapsulations_.assign(batch.encapsulations.size(), nullptr);
  append(number, record, direction, batch);
}

std::uint32_t FlowPart::settled_stream(std::uint32_t own, std::uint32_t before, std::uint32_t now) {
  const bool had_one_before = now != before;
  return own != kNone || had_one_before ? now : kNone;
}

// --- merging: the stretches of two parts in a row ------------------------------------------------

void FlowPart::merge(FlowPart&& later) {
  merge_errors(later);
  Tracker& theirs = later.tracker_;
  const std::uint32_t tcp_streams = tracker_.tcp_.count, udp_streams = tracker_.udp_.count;
  const auto stream_of = [&](const Flow& flow) {
    if (flow.stream == kNone) return kNone;
    return flow.stream + (flow.key.protocol == ip_proto::tcp ? tcp_streams : udp_streams);
  };
  std::vector<const Encapsulation*> wraps(theirs.flows_.size());
  for (const auto& [place, number] : later.splits_) wraps[number] = &place.second;

  std::vector<std::uint32_t> ours(theirs.flows_.size());  // their numbers → ours
  for (std::uint32_t number = 0; number < ours.size(); ++number) {
    const Stretch& stretch = later.stretch(number);
    Flow flow = theirs.flows_[number];
    flow.stream = stream_of(flow);
    if (flow.encapsulation != nullptr) flow.encapsulation = tracker_.flows_.hold(*flow.encapsulation);
    if (flow.anchor == kNone) {
      ours[number] = merge_stretch(flow, stretch);
    } else {
      const std::uint32_t anchor = ours[flow.anchor];
      flow.stream =
          settled_stream(flow.stream, stream_of(theirs.flows_[flow.anchor]), tracker_.flows_[anchor].stream);
      flow.anchor = anchor;
      ours[number] = merge_split(flow, stretch, *wraps[number]);
    }
  }
  for (Undecided& held : later.undecided_) {
    held.stretch = ours[held.stretch];
    undecided_.push_back(held);
  }
  const auto add_births = [](Tracker::Streams& to, const Tracker::Streams& from) {
    to.count += from.count;
    to.born.insert(to.born.end(), from.born.begin(), from.born.end());
  };
  add_births(tracker_.tcp_, theirs.tcp_);
  add_births(tracker_.udp_, theirs.udp_);
  tracker_.flows_.adopt_sequences(theirs.flows_);
}

/// Errors of the later part about flows that are known now.
void FlowPart::merge_errors(FlowPart& later) {
  std::erase_if(later.undecided_, [&](const Undecided& held) {
    const Stretch& stretch = later.stretch(held.stretch);
    if (stretch.opened) return false;
    const FlowKey& key = later.tracker_.flows_[held.stretch].key;
    const std::uint32_t newest = tracker_.index_.flow(tracker_.find(key, stretch.hash));
    const std::uint32_t flow = newest != FlowIndex::kEmpty ? quoted_flow(newest, held.wrap) : kNone;
    if (flow != kNone) append_held(flow, held, held.direction);
    return flow != kNone;
  });
}

std::uint32_t FlowPart::merge_stretch(const Flow& flow, const Stretch& stretch) {
  const std::size_t slot = tracker_.find(flow.key, stretch.hash);
  const std::uint32_t newest = tracker_.index_.flow(slot);
  if (newest == FlowIndex::kEmpty) {
    const std::uint32_t number = push(flow, stretch);
    tracker_.index_.insert(slot, stretch.hash, number);
    return number;
  }
  if (!stretch.opened) {  // goes on with what came before
    join(newest, flow, stretch);
    return newest;
  }
  const std::uint32_t number = push(flow, stretch);
  stretches_[number].previous = newest;
  tracker_.index_.replace(slot, number);
  return number;
}

std::uint32_t FlowPart::merge_split(const Flow& flow, const Stretch& stretch, const Encapsulation& wrap) {
  const auto [entry, is_new] = splits_.try_emplace({flow.anchor, wrap}, tracker_.flows_.size());
  if (is_new) return push(flow, stretch);
  join(entry->second, flow, stretch);
  return entry->second;
}

std::uint32_t FlowPart::push(const Flow& flow, const Stretch& stretch) {
  const std::uint32_t number = tracker_.flows_.create(flow.key);
  tracker_.flows_[number] = flow;
  this->stretch(number) = stretch;
  return number;
}

void FlowPart::join(std::uint32_t first, const Flow& later, const Stretch& stretch) {
  Flow& flow = tracker_.flows_[first];
  if (flow.stream == kNone) flow.stream = later.stream;
  const std::uint64_t limit = tracker_.options_.sequence_limit, packets = flow.packets[0] + flow.packets[1];
  link_sequences(flow, later, limit - std::min(limit, packets));
  join_flows(flow, this->stretch(first).acks, later, stretch.acks);
}

}  // namespace flowloom
