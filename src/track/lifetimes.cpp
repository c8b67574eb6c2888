#include "track/lifetimes.hpp"

#include <algorithm>
#include <optional>

namespace flowloom {
namespace {

/// A sum that stays at the end of time: nothing comes after it.
std::int64_t plus(std::int64_t time, std::int64_t span) {
  std::int64_t sum = 0;
  return __builtin_add_overflow(time, span, &sum) ? Lifetimes::kNever : sum;
}

}  // namespace

void FlowQueue::push(const Entry& entry) {
  if (begin_ == sorted_.size() || later(entry, sorted_.back())) {
    sorted_.push_back(entry);
  } else {
    heap_.push_back(entry);
    std::push_heap(heap_.begin(), heap_.end(), later);
  }
}

void FlowQueue::pop() {
  if (top_is_sorted()) {
    // What is gone is at most half of them; so moving the rest costs no more than it did to add it.
    if (++begin_ * 2 < sorted_.size()) return;
    sorted_.erase(sorted_.begin(), sorted_.begin() + static_cast<std::ptrdiff_t>(begin_));
    begin_ = 0;
  } else {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    heap_.pop_back();
  }
}

void FlowQueue::postpone(std::int64_t time) {
  Entry entry = top();
  entry.time = time;
  pop();
  push(entry);
}

template <class TimeOf>
void FlowQueue::rebuild(TimeOf time_of) {
  std::vector<Entry> all;
  const auto keep = [&](Entry entry) {
    const std::optional<std::int64_t> time = time_of(entry);
    if (!time) return;
    entry.time = *time;
    all.push_back(entry);
  };
  std::for_each(sorted_.begin() + static_cast<std::ptrdiff_t>(begin_), sorted_.end(), keep);
  std::ranges::for_each(heap_, keep);
  // Entries of one flow have its time now.
  std::ranges::sort(all, [](const Entry& x, const Entry& y) { return later(y, x); });
  const auto same = [](const Entry& x, const Entry& y) { return x.id == y.id; };
  sorted_.assign(all.begin(), std::ranges::unique(all, same).begin());
  begin_ = 0;
  heap_.clear();
}

void Lifetimes::created(std::uint32_t number, std::uint64_t hash) {
  if (number == upkeep_.size()) upkeep_.emplace_back();
  upkeep_[number] = {.tag = static_cast<std::uint32_t>(hash)};
}

std::int64_t Lifetimes::deadline(const Flow& flow) const {
  const std::int64_t idle = options_.idle_timeout != 0 ? plus(flow.end, options_.idle_timeout) : kNever;
  const std::int64_t active =
      options_.active_timeout != 0 ? plus(flow.start, options_.active_timeout) : kNever;
  return std::min(idle, active);
}

EndReason Lifetimes::reason(const Flow& flow) const {
  const bool idle = options_.idle_timeout != 0 && plus(flow.end, options_.idle_timeout) == deadline(flow);
  return idle ? EndReason::idle : EndReason::active;
}

template <class TimeOf>
void Lifetimes::push(FlowQueue& queue, std::uint32_t number, const FlowStore& flows, TimeOf time_of) {
  constexpr std::size_t kSmall = 1024;
  if (queue.size() >= 2 * open_ + kSmall) {  // most are of flows that have ended
    queue.rebuild([&](const FlowQueue::Entry& e) {
      return is_open(e) ? std::optional(time_of(flows[e.number])) : std::nullopt;
    });
  }
  queue.push({time_of(flows[number]), upkeep_[number].id, number});
}

/// The open flow that is first in the queue, if its time is at most `last`. Its entry stays until the flow
/// has ended.
template <class TimeOf>
std::uint32_t Lifetimes::first(FlowQueue& queue, std::int64_t last, const FlowStore& flows, TimeOf time_of) {
  while (!queue.empty() && queue.top().time <= last) {
    const FlowQueue::Entry& top = queue.top();
    if (!is_open(top)) {
      queue.pop();
    } else if (const std::int64_t time = time_of(flows[top.number]); time > top.time) {
      queue.postpone(time);
    } else {
      return top.number;
    }
  }
  return kNone;
}

void Lifetimes::opened(std::uint32_t number, const FlowStore& flows) {
  upkeep_[number].id = next_id_++;
  upkeep_[number].open = true;
  ++open_;
  if (options_.idle_timeout != 0 || options_.active_timeout != 0) start_moved(number, flows);
  if (options_.max_flows != 0) push(last_packets_, number, flows, [](const Flow& flow) { return flow.end; });
}

void Lifetimes::start_moved(std::uint32_t number, const FlowStore& flows) {
  push(deadlines_, number, flows, [this](const Flow& flow) { return deadline(flow); });
}

std::uint32_t Lifetimes::due(std::int64_t time, const FlowStore& flows) {
  if (time <= next_deadline()) return kNone;
  return first(deadlines_, time - 1, flows, [this](const Flow& flow) { return deadline(flow); });
}

std::uint32_t Lifetimes::oldest(const FlowStore& flows) {
  return first(last_packets_, kNever, flows, [](const Flow& flow) { return flow.end; });
}

void Lifetimes::remember(std::uint32_t number) {
  if (!options_.bounded() || newest_ == number) return;
  recall(number);
  Upkeep& upkeep = upkeep_[number];
  upkeep.older = newest_;
  upkeep.newer = kNone;
  (newest_ != kNone ? upkeep_[newest_].newer : oldest_) = number;
  newest_ = number;
  ++remembered_;
}

void Lifetimes::recall(std::uint32_t number) {
  Upkeep& upkeep = upkeep_[number];
  if (upkeep.older == kUnlinked) return;
  (upkeep.older != kNone ? upkeep_[upkeep.older].newer : oldest_) = upkeep.newer;
  (upkeep.newer != kNone ? upkeep_[upkeep.newer].older : newest_) = upkeep.older;
  upkeep.older = kUnlinked;
  --remembered_;
}

void Lifetimes::reset() {
  upkeep_.clear();
  deadlines_.clear();
  last_packets_.clear();
  next_id_ = open_ = 0;
  oldest_ = newest_ = kNone;
  remembered_ = 0;
}

}  // namespace flowloom
