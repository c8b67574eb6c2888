// Reads one capture on all cores: windows are read and walked by any thread, put in order one after the
// other, and tracked by partition. The result is the same for any number of threads, any window size and any
// order in which work gets done: a flow's records always reach its partition in packet order.
#pragma once

#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "capture/joined_reader.hpp"
#include "capture/window_reader.hpp"
#include "engine/packet_keeper.hpp"
#include "engine/run_input.hpp"
#include "engine/tshark_runs.hpp"
#include "reassemble/fragments.hpp"
#include "track/tracker.hpp"

namespace flowloom {

/// How the reading of a capture, or of several joined ones, ended.
struct CaptureOutcome {
  std::array<std::uint64_t, kFates> fates = {};
  std::uint8_t time_digits = 0;        ///< decimals of a second that the finest times have
  std::size_t captures_read = 1;       ///< of which something could be read
  std::size_t first = 0;               ///< joined: index of the capture that begins first
  bool put_off = false;                ///< nothing was read: it is to be read with more threads
  std::vector<std::string> skipped;    ///< of unchecked files: those that are no captures
  std::vector<InputProblem> problems;  ///< damage, failures while it was read, captures that could not be

  /// Counts in another capture, which was read after this one.
  void add(CaptureOutcome&& other) {
    for (std::size_t i = 0; i < kFates; ++i) fates[i] += other.fates[i];
    captures_read += other.captures_read;
    skipped.insert(skipped.end(), other.skipped.begin(), other.skipped.end());
    problems.insert(problems.end(), other.problems.begin(), other.problems.end());
  }
};

/// What is known of a capture before it is read.
struct ReadHow {
  bool unchecked = false;     ///< if it is no capture, or empty, it is skipped
  bool among_others = false;  ///< it is put off if several threads can share its reading, and it is worth it
  SmallFile* file = nullptr;  ///< if it has been read already; lends its memory
};

/// Memory for one capture at a time, used again for the next.
class CaptureRun {
 public:
  /// `threads` work on each capture, the caller's among them.
  CaptureRun(RunInput& run, const TrackOptions& options, unsigned threads);

  /// From now on `keeper`, which must outlive this, is shown all packets; null: nobody. `one_partition`: all
  /// flows are in one tracker, so that it is shown the packets in their order.
  void show(PacketKeeper* keeper, bool one_partition);

  /// From now on flows are given to `sink` as they end, by the thread that has just tracked a packet; only
  /// with options.by_end. Null: they stay in the tracker.
  void set_sink(FlowSink* sink) {
    sink_ = sink;
    trackers_.front().set_sink(sink);
  }

  /// Reads a capture to its end; its flows are then in trackers(). Errors: io and not_a_capture (it cannot be
  /// opened), usage (the read filter does not fit a link type).
  Result<CaptureOutcome> read(const std::string& path, const ReadHow& how = {});
  /// Reads several captures as one recording. Errors: usage, as above; captures that cannot be opened are
  /// among the outcome's problems.
  Result<CaptureOutcome> read_joined(const CaptureList& captures);

  /// The partitions' trackers, finished and with settled streams. They may be changed by their user.
  std::vector<Tracker>& trackers() { return trackers_; }
  [[nodiscard]] unsigned threads() const { return threads_; }
  /// Those of the capture that was read last, alone.
  [[nodiscard]] std::vector<Interface> interfaces() const;

  // Known as soon as flows end, and the same for any number of threads:
  /// Decimals of a second that the times have at the capture's begin. Finer times may come.
  [[nodiscard]] std::uint8_t first_time_digits() const { return first_time_digits_.value_or(0); }
  /// Joined: index of the capture that begins first.
  [[nodiscard]] std::size_t first() const { return outcome_.first; }

 private:
  enum class State : std::uint8_t { free, reading, walked, sequenced };
  struct Slot {
    State state = State::free;
    PacketWork work;
    std::vector<RecordPlace> places;                ///< records by partition, each with room for all
    std::vector<std::size_t> in_part;               ///< by partition: how many it has
    std::vector<std::vector<std::uint32_t>> flows;  ///< by partition: the flow of each; only for a keeper
    WindowReader::Piece piece;
    std::optional<Error> error;
    std::optional<std::uint8_t> time_digits;  ///< of its first packet's times
    std::uint64_t version = 0;                ///< of the state that the window was read with
    std::uint64_t bytes = 0;                  ///< of the file that the window stands for
    std::size_t pending = 0;                  ///< partitions that have not tracked it

    [[nodiscard]] std::span<const RecordPlace> part(std::size_t partition) const {
      const std::size_t room = places.size() / in_part.size();
      return {places.data() + partition * room, in_part[partition]};
    }
  };
  using Lock = std::unique_lock<std::mutex>;

  Result<> begin();
  Result<CaptureOutcome> run();
  bool wait_for_more();
  void work(unsigned thread);
  bool try_sequence(Lock& lock);
  /// The thread's own partition first, then others: `partitions` of them at most.
  bool try_track(Lock& lock, unsigned thread, std::size_t partitions);
  bool try_read(Lock& lock, unsigned thread);
  void read_window(Slot& slot, std::uint64_t index, const WindowReader::State& state, bool sure);
  void read_next(Slot& slot);
  void walk(Slot& slot);
  static void note_time_digits(Slot& slot);
  void sequence(Slot& slot, std::uint64_t index);
  void choose(PacketWork& work);
  void divide(Slot& slot) const;
  [[nodiscard]] Slot& slot_of(std::uint64_t index) { return slots_[index % slots_.size()]; }

  [[nodiscard]] bool asks_tshark() const {
    return run_.question() != nullptr && run_.question()->tshark() != nullptr;
  }
  void set_partitions(unsigned partitions);
  bool track(std::size_t partition, Slot& slot);

  RunInput& run_;
  TrackOptions options_;
  unsigned threads_;
  FlowSink* sink_ = nullptr;
  PacketKeeper* keeper_ = nullptr;
  FragmentResolver::Waits waits_;  ///< for the keeper
  std::vector<Tracker> trackers_;
  std::vector<Slot> slots_;
  /// By thread: for the bytes of a window while they are needed only by who reads them, so that they stay in
  /// that core's cache.
  std::vector<decltype(PacketWindow::buffer)> buffers_;
  FragmentResolver fragments_;

  // Of the capture that is being read.
  std::optional<WindowReader> windows_;      ///< read at many places at once,
  std::optional<CaptureReader> sequential_;  ///< or from begin to end,
  std::optional<CaptureReader> last_;        ///< of the capture before: lends its memory
  std::optional<JoinedReader> joined_;       ///< or several captures so
  std::optional<TsharkRuns> tshark_;         ///< none: it is not asked
  std::string path_;
  CaptureOutcome outcome_;
  std::optional<Damage> damage_;
  std::optional<std::uint8_t> first_time_digits_;  ///< none before the first packet
  std::optional<Error> usage_error_;
  std::uint64_t position_ = 0;               ///< sequential: of the file, told to the run
  std::uint64_t allowed_ = 0;                ///< sequential: packets that may still be read
  std::uint64_t packets_ = 0, records_ = 0;  ///< in sequenced windows
  PacketPlace place_;                        ///< behind them, where a question needs it

  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_:
  WindowReader::State state_;  ///< behind the last sequenced window; only who sequences changes it
  std::uint64_t next_read_ = 0, sequenced_ = 0;
  std::vector<std::uint64_t> tracked_;  ///< by partition: windows done
  std::vector<bool> busy_;              ///< by partition
  bool reading_ = false;                ///< sequential: somebody reads
  bool sequencing_ = false;
  bool ended_ = false;             ///< nothing more is to be read
  bool last_window_read_ = false;  ///< sequential: the capture's end was met
  std::exception_ptr thrown_;      ///< by one of the threads
};

}  // namespace flowloom
