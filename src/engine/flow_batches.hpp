// The rows of a capture that has been read, a batch at a time. Where batches end depends on the flows alone,
// so several threads make one each; they come out in order.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "base/block_reuse.hpp"
#include "engine/capture_pool.hpp"
#include "engine/flow_order.hpp"
#include "table/flow_table.hpp"

namespace flowloom {

class FlowBatches {
 public:
  /// Trackers that are finished, of the capture with this path, whose first flow gets this id: they and
  /// `rows` must outlive this. `threads` make rows, the caller's among them.
  FlowBatches(std::span<const Tracker> trackers, const std::string& capture, std::uint64_t first_id,
              const RowOptions& rows, unsigned threads);

  /// Adds flows until the batch ends, which it does with left() flows or a full table, or all are in it. What
  /// add() throws, in any thread, is thrown here.
  void add_to(FlowTableBuilder& table);
  /// There are flows that are in no batch yet.
  [[nodiscard]] bool left() const;

  /// Several threads make rows once add_to() is called with an empty table,
  [[nodiscard]] bool shares() const { return worth_sharing_ && flows_.left() != 0; }
  /// … and now make those that it will be asked for next.
  [[nodiscard]] bool under_way() const { return !helpers_.empty() && !ended_; }
  /// Of the flow behind those that add_to() has added.
  [[nodiscard]] std::uint64_t next_id() const { return next_id_; }

 private:
  /// A batch that one thread makes.
  struct Batch {
    BlockedVector<FlowOrder::Place> flows;
    BatchSize size;
    std::uint64_t first_id = 0;
    std::optional<FlowTableBuilder> table;
    bool made = false;
  };
  using Lock = std::unique_lock<std::mutex>;

  /// So many flows are worth several threads; fewer are if they fill a batch.
  static constexpr std::size_t kManyFlows = 2048;
  /// More than so many make rows faster than one can write them.
  static constexpr unsigned kMostThreads = 8;

  [[nodiscard]] bool fill_a_batch() const;
  [[nodiscard]] std::size_t most_flows() const;
  [[nodiscard]] bool may_make() const;
  void add_here(FlowTableBuilder& table);
  void make(Lock& lock);
  void fill(Batch& batch) const;
  void work(const std::stop_token& stop);

  std::span<const Tracker> trackers_;
  const std::string& capture_;
  const RowOptions& rows_;
  unsigned threads_;
  std::uint64_t next_id_;
  bool worth_sharing_ = false;
  bool ended_ = false;  ///< the last batch was given out

  std::mutex mutex_;
  std::condition_variable_any changed_;
  // Guarded by mutex_ while there are helpers:
  FlowOrder flows_;        ///< that are in no batch yet
  std::size_t all_;        ///< flows of the capture
  std::uint64_t made_id_;  ///< of the first of these
  std::deque<std::unique_ptr<Batch>> batches_;
  std::exception_ptr thrown_;
  std::vector<std::jthread> helpers_;  ///< last: they end before what they use
};

}  // namespace flowloom
