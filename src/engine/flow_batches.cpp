#include "engine/flow_batches.hpp"

#include <algorithm>
#include <utility>

#include "base/threads.hpp"

namespace flowloom {

FlowBatches::FlowBatches(std::span<const Tracker> trackers, const std::string& capture,
                         std::uint64_t first_id, const RowOptions& rows, unsigned threads)
    : trackers_(trackers),
      capture_(capture),
      rows_(rows),
      threads_(std::min(threads, kMostThreads)),
      next_id_(first_id),
      flows_(trackers),
      all_(flows_.left()),
      made_id_(first_id) {
  worth_sharing_ = threads_ > 1 && (flows_.left() >= kManyFlows || fill_a_batch());
}

bool FlowBatches::left() const { return helpers_.empty() ? flows_.left() != 0 : !ended_; }

/// Flows of the next batch at most. The last ones of many are each half of what is left, so that threads have
/// done their last at about the same time.
std::size_t FlowBatches::most_flows() const {
  constexpr std::size_t kLeast = 2048;
  const std::size_t left = flows_.left();
  return all_ < 8 * kLeast ? left : std::max(kLeast, (left + 1) / 2);
}

bool FlowBatches::fill_a_batch() const {
  BatchSize size;
  for (const Tracker& tracker : trackers_) {
    for (const std::uint32_t flow : tracker.order())
      size.add(tracker.flow(flow), tracker.values(flow), rows_.table);
  }
  return size.full();
}

void FlowBatches::add_to(FlowTableBuilder& table) {
  if (helpers_.empty() && table.empty() && shares()) {
    while (helpers_.size() + 1 < threads_ &&
           try_start(helpers_, [this](const std::stop_token& stop) { work(stop); })) {
    }
  }
  if (helpers_.empty()) {
    add_here(table);
    return;
  }
  Lock lock(mutex_);
  while (batches_.empty() || !batches_.front()->made) {
    if (thrown_) std::rethrow_exception(thrown_);
    if (may_make()) {
      make(lock);
    } else if (batches_.empty()) {
      ended_ = true;
      return;
    } else {
      changed_.wait(lock);
    }
  }
  table = std::move(*batches_.front()->table);
  batches_.pop_front();
  next_id_ += static_cast<std::uint64_t>(table.rows());
  ended_ = batches_.empty() && flows_.left() == 0;
  changed_.notify_all();
}

bool FlowBatches::may_make() const {
  return thrown_ == nullptr && batches_.size() <= threads_ && flows_.left() != 0 &&
         std::ranges::none_of(batches_, [](const auto& batch) { return batch->size.oversized(); });
}

void FlowBatches::add_here(FlowTableBuilder& table) {
  table.expect(flows_.left());
  const std::uint64_t end = made_id_ + most_flows();
  while (!table.full() && made_id_ != end) {
    const auto place = flows_.next();
    if (!place) break;
    add_flow_row(table, rows_.table, made_id_++, capture_, place->flow, trackers_[place->partition]);
  }
  next_id_ = made_id_;
}

/// Makes the next batch, or notes what was thrown.
void FlowBatches::make(Lock& lock) {
  try {
    Batch& batch = *batches_.emplace_back(std::make_unique<Batch>());
    batch.first_id = made_id_;
    const std::size_t most = most_flows();
    while (!batch.size.full() && batch.flows.size() != most) {
      const auto place = flows_.next();
      if (!place) break;
      batch.flows.push_back(*place);
      const Tracker& tracker = trackers_[place->partition];
      batch.size.add(tracker.flow(place->flow), tracker.values(place->flow), rows_.table);
    }
    made_id_ += batch.flows.size();
    lock.unlock();
    fill(batch);
    lock.lock();
    batch.made = true;
  } catch (...) {
    if (!lock.owns_lock()) lock.lock();
    if (!thrown_) thrown_ = std::current_exception();
  }
  changed_.notify_all();
}

void FlowBatches::fill(Batch& batch) const {
  FlowTableBuilder& table = batch.table.emplace(rows_.schema, rows_.table, FlowTableBuilder::Lists::later);
  table.expect(batch.size);
  std::uint64_t id = batch.first_id;
  for (const FlowOrder::Place& place : batch.flows) {
    add_flow_row(table, rows_.table, id++, capture_, place.flow, trackers_[place.partition]);
  }
  table.settle();
}

void FlowBatches::work(const std::stop_token& stop) {
  Lock lock(mutex_);
  while (changed_.wait(lock, stop, [this] { return may_make(); })) {
    if (stop.stop_requested()) break;
    make(lock);
  }
}

}  // namespace flowloom
