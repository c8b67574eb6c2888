// Tracker: how flows begin and end.
#include <algorithm>

#include "track/tracker.hpp"

namespace flowloom {

std::uint32_t Tracker::create(const FlowKey& key, std::uint64_t hash) {
  const std::uint32_t number = flows_.create(key);
  if (has_lifetimes()) lifetimes_.created(number, hash);
  return number;
}

std::uint32_t Tracker::find_or_create(const PacketRecord& record) {
  const std::size_t slot = find(record.key, record.hash);
  const std::uint32_t found = index_.flow(slot);
  if (found != FlowIndex::kEmpty) return found;
  const std::uint32_t number = create(record.key, record.hash);
  index_.insert(slot, record.hash, number);
  return number;
}

/// A new stream of the key begins: ends the flow if it is one.
std::uint32_t Tracker::restart(std::uint32_t number, const PacketRecord& record) {
  if (!flows_[number].has_packets()) {
    flows_[number] = Flow{};
    flows_[number].key = record.key;
    return number;
  }
  const std::uint32_t next = create(record.key, record.hash);
  index_.replace(find(record.key, record.hash), next);
  flows_[number].reason = EndReason::port_reuse;
  end(number);
  return next;
}

/// The flow gets its first packet.
void Tracker::open(std::uint32_t number) {
  if (!options_.by_end) order_.push_back(number);
  if (!has_lifetimes()) return;
  lifetimes_.recall(number);
  if (lifetimes_.full()) cut(lifetimes_.oldest(flows_), EndReason::evicted);
  lifetimes_.opened(number, flows_);
}

/// Ends the flows whose deadline is before this time.
void Tracker::expire(std::int64_t time) {
  for (;;) {
    const std::uint32_t number = lifetimes_.due(time, flows_);
    if (number == kNone) return;
    cut(number, lifetimes_.reason(flows_[number]));
  }
}

/// Ends a flow before its stream ends. What comes next of the stream has its number and its initiator.
void Tracker::cut(std::uint32_t number, EndReason reason) {
  const Flow& before = flows_[number];
  const std::uint32_t next_number = create(before.key, lifetimes_.hash(number));
  Flow& next = flows_[next_number];
  next.stream = before.stream;
  next.anchor = before.anchor;
  std::copy_n(before.base_seq, 2, next.base_seq);
  std::copy_n(before.base_set, 2, next.base_set);
  next.initiator = before.initiator;
  next.initiator_rank = initiator_rank::inherited;
  if (before.anchor == kNone) {
    index_.replace(find(before.key, lifetimes_.hash(number)), next_number);
  } else {
    splits_.replace(number, next_number);
  }
  lifetimes_.remember(next_number);
  flows_[number].reason = reason;
  end(number);
}

/// The flow is complete: a row.
void Tracker::end(std::uint32_t number) {
  if (!has_lifetimes()) return;
  Flow& flow = flows_[number];
  flow.stream = stream(flow);  // its anchor may be forgotten before the row is made
  lifetimes_.closed(number);
  if (sink_ != nullptr) {
    sink_->take(number, lifetimes_.id(number), *this);
    flows_.release(number);
  } else if (options_.by_end) {
    order_.push_back(number);
  }
}

/// Gives up what is known of a key, or with --key of one of its wraps.
void Tracker::forget(std::uint32_t number) {
  lifetimes_.recall(number);
  const std::uint32_t anchor = flows_[number].anchor;
  if (anchor == kNone) {
    index_.erase(find(flows_[number].key, lifetimes_.hash(number)));
  } else if (splits_.erase(number)) {
    lifetimes_.remember(anchor);
  }
  flows_.release(number);
}

void Tracker::finish() {
  if (options_.by_end) {
    std::vector<std::uint32_t> open;
    for (std::uint32_t number = 0; number < flows_.size(); ++number) {
      const Flow& flow = flows_[number];
      if (flow.has_packets() && flow.reason == EndReason::capture_end) open.push_back(number);
    }
    std::sort(open.begin(), open.end(),
              [&](std::uint32_t x, std::uint32_t y) { return lifetimes_.id(x) < lifetimes_.id(y); });
    for (const std::uint32_t number : open) end(number);
  } else if (unordered_) {
    // No two flows have the same first packet.
    std::sort(order_.begin(), order_.end(), [&](std::uint32_t x, std::uint32_t y) {
      return flows_[x].first_number < flows_[y].first_number;
    });
  }
}

}  // namespace flowloom
