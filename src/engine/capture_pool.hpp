// The captures of a run, one after the other: a large one is read on all cores; of small and of compressed
// ones, which only one thread can read, several at once.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/capture_run.hpp"

namespace flowloom {

/// A capture that was read: its flows, or why there are none.
struct ReadCapture {
  std::unique_ptr<CaptureRun> run;  ///< its trackers hold the flows
  std::size_t index = 0;            ///< into the run's captures
  Result<CaptureOutcome> outcome = CaptureOutcome{};
};

class CapturePool {
 public:
  CapturePool(RunInput& run, const TrackOptions& options, CaptureList captures, bool join);
  ~CapturePool();

  /// With options.by_end: `sink` takes the flows of captures that are read on all cores, while next() reads
  /// them. Those of others are kept in their trackers.
  void set_sink(FlowSink* sink) { sink_ = sink; }

  /// The next capture in order, or all of them joined; null after the last, or when the run is to end.
  std::unique_ptr<ReadCapture> next();
  /// Gives a capture's memory back for others.
  void done(std::unique_ptr<ReadCapture> capture);

  /// For the sink: whose flows it takes.
  [[nodiscard]] const CaptureRun& reading() const { return *reading_->run; }
  [[nodiscard]] std::size_t reading_index() const { return join_ ? reading().first() : reading_->index; }

  [[nodiscard]] const std::string& path(std::size_t index) const { return captures_.paths[index]; }

 private:
  /// Packets in captures that were read before it was their turn: about 300 MB with their lists.
  static constexpr std::uint64_t kMostWaiting = 8 * 1024 * 1024;

  [[nodiscard]] bool can_wait(std::size_t index) const;
  [[nodiscard]] bool may_claim() const;
  std::unique_ptr<ReadCapture> begin_here(std::size_t index);
  std::unique_ptr<ReadCapture> read_here(std::size_t index);
  std::unique_ptr<ReadCapture> read_joined();
  void read_claimed(std::unique_lock<std::mutex>& lock);
  void work(const std::stop_token& stop);

  RunInput& run_;
  TrackOptions options_;
  CaptureList captures_;
  bool join_;
  FlowSink* sink_ = nullptr;
  ReadCapture* reading_ = nullptr;     ///< by next() itself
  std::size_t next_ = 0;               ///< to be given out
  std::unique_ptr<CaptureRun> large_;  ///< memory for captures read on all cores
  std::size_t ahead_;                  ///< captures read before they are asked for, at most

  std::mutex mutex_;
  std::condition_variable_any changed_;
  // Guarded by mutex_:
  std::vector<std::unique_ptr<CaptureRun>> idle_;   ///< memory for captures read by one thread
  std::deque<std::unique_ptr<ReadCapture>> ready_;  ///< by index from first_; null: not read yet
  std::size_t first_ = 0, claimed_ = 0;             ///< some thread reads or has read [first_, claimed_)
  std::uint64_t waiting_ = 0;                       ///< packets in ready_
  bool out_of_memory_ = false;
  std::vector<std::jthread> helpers_;  ///< last: they end before what they use
};

}  // namespace flowloom
