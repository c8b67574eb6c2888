// What a run has in common over all its captures and threads: options, hash seed, filters, how far it is.
#pragma once

#include <atomic>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "capture/joined_reader.hpp"
#include "capture/read_filter.hpp"
#include "dissect/packet_record.hpp"
#include "engine/packet_choice.hpp"
#include "flowloom/capture.hpp"
#include "flowloom/flows.hpp"
#include "track/tracker.hpp"

namespace flowloom {

/// Bytes of a capture that are read at once.
inline constexpr std::size_t kWindow = 256 * 1024;

class RunInput {
 public:
  /// Errors: usage (a mistake in the read filter).
  static Result<std::unique_ptr<RunInput>> make(ReadOptions options,
                                                const std::vector<std::string>& captures);

  /// From now on only packets of flows that match are in them. Before the run.
  void ask(PacketQuestion question) { question_.emplace(std::move(question)); }
  /// What walk_window() and those after it ask of packets; null: nothing.
  [[nodiscard]] const PacketQuestion* question() const { return question_ ? &*question_ : nullptr; }

  [[nodiscard]] const ReadOptions& options() const { return options_; }
  [[nodiscard]] const HashSeed& seed() const { return seed_; }
  [[nodiscard]] unsigned threads() const { return threads_; }
  /// No packet is left out by its read filter or the limits of time.
  [[nodiscard]] bool reads_all() const {
    return options_.read_filter.empty() && !options_.from && !options_.to;
  }
  /// A filter of the caller's own: they are not shared between threads. None if no filter was asked for.
  [[nodiscard]] Result<std::optional<ReadFilter>> make_filter() const;

  /// Packets that may still be read in the run.
  [[nodiscard]] std::uint64_t left() const;
  [[nodiscard]] bool stopping() const { return stopped_ || options_.stop.stop_requested() || left() == 0; }
  /// For those who wait for something: tells the caller of the run, so that it can ask it to stop. False: it
  /// did.
  [[nodiscard]] bool asked_to_go_on() {
    advance(0, 0);
    return !stopped_ && !options_.stop.stop_requested();
  }
  /// Ends the run early.
  void stop() { stopped_ = true; }
  /// Something to be done while the run begins. Before its threads are started.
  void set_beside(std::function<void()> work) { beside_ = std::move(work); }
  /// Told by who reads, once its threads are there (none can be started while libraries are loaded). The
  /// first to tell does what is to be done.
  void under_way();
  /// Waits until that is done. Not for long if nobody is under way, as some inputs do not begin: then the
  /// caller does it. What it throws is thrown here.
  void await_beside();
  /// Counts what was read since the last call, and tells the caller of the run. May be called by many
  /// threads.
  void advance(std::uint64_t bytes, std::uint64_t packets);
  /// Takes back what advance() counted, of a capture that is read once more.
  void take_back(std::uint64_t bytes, std::uint64_t packets);
  [[nodiscard]] std::uint64_t packets() const { return packets_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  RunInput() = default;
  void do_beside(std::unique_lock<std::mutex>& lock);

  ReadOptions options_;
  std::optional<PacketQuestion> question_;
  HashSeed seed_;
  unsigned threads_ = 1;
  std::uint64_t total_bytes_ = 0;
  std::atomic<std::uint64_t> packets_ = 0, bytes_ = 0;
  std::atomic<bool> stopped_ = false;
  std::mutex reporting_;
  std::atomic<bool> under_way_ = false;
  std::mutex beginning_;
  std::condition_variable begun_;
  // Guarded by beginning_:
  std::function<void()> beside_;  ///< empty: somebody does it, or did
  bool beside_done_ = false;
  std::exception_ptr beside_thrown_;
};

/// Some packets and their records; memory that is used again and again.
struct PacketWork {
  PacketWindow window;
  PacketBatch batch;
  std::optional<ReadFilter> filter;
  std::optional<PacketChoice> choice;  ///< of the run's question
  std::uint64_t read = 0;              ///< packets of the window, before the filters
  JoinedReader::Origins origins;       ///< of these, where captures are joined and the question needs them
};

/// Takes away the packets that the read filter and the limits of time leave out; says how many. Errors: usage
/// (the read filter does not fit a link type).
Result<std::uint64_t> leave_out(const RunInput& run, std::optional<ReadFilter>& filter,
                                std::vector<RawPacket>& packets);

/// Takes the packets that the read filter and the limits of time leave out from the window, then walks the
/// others. Hides those that do not match the run's question, unless that needs_order(). Errors: usage (the
/// read filter does not fit a link type).
Result<> walk_window(const RunInput& run, PacketWork& work);

/// Errors: usage (a negative one).
[[nodiscard]] Result<> check_timeouts(const FlowOptions& options);

/// What the tracker is told of the options.
[[nodiscard]] TrackOptions track_options(const FlowOptions& options);

/// The counts with their names.
[[nodiscard]] Accounting to_accounting(const std::array<std::uint64_t, kFates>& fates);

/// Decimals of a second that a capture's times have.
[[nodiscard]] std::uint8_t time_digits(const std::vector<Interface>& interfaces);

}  // namespace flowloom
