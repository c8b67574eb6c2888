// The files of one capture: planned one by one, and written by all threads meanwhile.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/packet_file.hpp"
#include "engine/packet_spool.hpp"
#include "engine/split_run.hpp"

namespace flowloom {

class SplitFiles {
 public:
  /// `format` and the run must outlive it, and so must spools, which must not change from begin() on.
  SplitFiles(SplitRun& run, const PacketFileFormat& format);
  SplitFiles(SplitFiles&&) = delete;
  ~SplitFiles();

  /// Plans the file of a strand; false: there are too many, and it is left out.
  bool plan(const PacketSpool& spool, std::uint32_t strand, std::uint64_t packets, std::string label);
  /// From now on other threads write what is planned.
  void begin() { begun_ = true; }
  /// Writes all that is planned, with begin() called. Asked to stop, it ends with the files that are
  /// complete, and counts the others as left out; asked before it began, it must be asked again. Errors: io,
  /// unsupported.
  Result<> finish();

 private:
  /// A file to be written: a strand of a spool.
  struct Job {
    const PacketSpool* spool;
    std::uint32_t strand;
    std::uint64_t packets;
    std::string name;
    std::size_t label;  ///< bytes of the name
    bool written = false;
  };
  void hand_over();
  void start_helper();
  void write_planned();
  void take(std::vector<Job*>& jobs);
  [[nodiscard]] bool goes_on();
  Result<> write(PacketFileWriter& writer, Job& job);

  SplitRun& run_;
  const PacketFileFormat& format_;
  const bool ends_on_stop_;
  bool begun_ = false;
  std::vector<Job> planned_;  ///< not handed over

  std::atomic<bool> stopped_ = false;  ///< also set where somebody may wait for it: then under mutex_
  std::mutex naming_;                  // guards the run's names

  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_:
  std::deque<Job> jobs_;  ///< those that were taken are still there: who writes does not give memory back
  std::size_t taken_ = 0;
  bool all_planned_ = false;
  std::optional<Error> failed_;

  std::vector<std::jthread> helpers_;  ///< last: they end before what they use
};

}  // namespace flowloom
