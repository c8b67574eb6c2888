// Reads captures on all cores and hands their packets, a window at a time, to lanes: what a lane makes of a
// window may be made by any thread, what it gives out is given out in packet order. The result is the same
// for any number of threads, and memory is bounded by the windows in flight.
#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "capture/window_reader.hpp"
#include "dissect/dissector.hpp"
#include "engine/run_input.hpp"

namespace flowloom {

/// Some consecutive packets of a capture: those that the read filter and the limits of time left, which are
/// numbered as if the others were not in the file.
struct PacketPiece {
  std::string_view capture;            ///< its path, as given
  std::span<const RawPacket> packets;  ///< in order
  FrameContext context;                ///< of the first packet; with notes
  /// What tshark says of each packet; empty: it is not asked.
  std::span<const TsharkFrame> theirs = {};

  /// Decimals of a second that the packet's time has.
  [[nodiscard]] std::uint8_t digits_of(const RawPacket& packet) const {
    return context.notes->interfaces[packet.interface].time_digits;
  }
};

/// One user of packets; there are several of them, each with one piece at a time.
class PacketLane {
 public:
  virtual ~PacketLane() = default;
  /// Makes what there is to make of the piece. Any thread, any order.
  virtual Result<> work(const PacketPiece& piece) = 0;
  /// Gives it out. In packet order, one lane at a time; errors end the run.
  virtual Result<> emit(const PacketPiece& piece) = 0;
};

struct PacketRunOutcome {
  std::uint64_t packets = 0;           ///< after read filter and limits of time
  std::size_t captures_read = 0;       ///< of which something could be read
  std::vector<InputProblem> problems;  ///< damage, and captures that could not be read
};

class PacketRun {
 public:
  using MakeLane = std::function<std::unique_ptr<PacketLane>()>;

  PacketRun(RunInput& run, std::vector<std::string> captures, const MakeLane& make_lane);

  /// Reads all captures, once. Errors: usage (the read filter does not fit a link type), those of a lane.
  Result<PacketRunOutcome> run();

 private:
  enum class State : std::uint8_t { free, reading, read, ready, working, worked };
  /// A capture that is being read. What is below "sequence" belongs to who puts windows in order.
  struct Input {
    std::string path;
    std::optional<WindowReader> windows;      ///< read at many places at once,
    std::optional<CaptureReader> sequential;  ///< or from begin to end
    std::uint64_t claimed = 0;                ///< windows given out for reading
    bool all_claimed = false;
    std::uint64_t position = 0;  ///< sequential: of the file, told to the run
    // sequence
    WindowReader::State state;  ///< behind the last window
    std::uint64_t sequenced = 0, packets = 0;
    FrameContext context;
    std::unique_ptr<TsharkRun> tshark;  ///< null: it is not asked
    bool ended = false;
  };
  struct Slot {
    State state = State::free;
    std::shared_ptr<Input> input;
    std::uint64_t index = 0;  ///< of the window in its capture
    PacketWindow window;
    std::optional<ReadFilter> filter;
    WindowReader::Piece piece;
    std::uint64_t version = 0;  ///< of the state that the window was read with
    std::uint64_t bytes = 0;    ///< of the file that the window stands for
    std::uint64_t read = 0;     ///< packets, before the filters
    std::optional<Error> error;
    bool unreadable = false;  ///< the capture could not be opened
    FrameContext context;
    std::vector<TsharkFrame> theirs;  ///< by packet
    std::unique_ptr<PacketLane> lane;

    [[nodiscard]] PacketPiece made() const { return {input->path, window.packets, context, theirs}; }
  };
  using Lock = std::unique_lock<std::mutex>;

  void work_along();
  [[nodiscard]] bool done() const;
  bool try_emit(Lock& lock);
  bool try_work(Lock& lock);
  bool try_sequence(Lock& lock);
  bool try_read(Lock& lock);
  void open_input(Slot& slot, std::string path);
  void read_window(Slot& slot, const WindowReader::State& state, bool sure);
  void read_next(Slot& slot);
  void filter(Slot& slot);
  static void ask_tshark(Slot& slot);
  void sequence(Slot& slot);
  void fail(Lock& lock, Error error);
  [[nodiscard]] Slot& slot_of(std::uint64_t index) { return slots_[index % slots_.size()]; }

  RunInput& run_;
  std::vector<std::string> captures_;
  std::vector<Slot> slots_;
  std::uint64_t allowed_ = 0;  ///< read from begin to end: packets that may still be read
  PacketRunOutcome outcome_;

  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_. Slots are used in turn: emitted_ <= sequenced_ <= next_.
  std::shared_ptr<Input> input_;  ///< of which windows are given out
  std::size_t next_capture_ = 0;
  std::uint64_t next_ = 0, sequenced_ = 0, emitted_ = 0;
  bool claiming_ = false;  ///< somebody opens a capture or reads the next part of one
  bool sequencing_ = false, emitting_ = false;
  bool stopped_ = false;  ///< nothing more is to be read
  std::optional<Error> failed_;
  std::exception_ptr thrown_;  ///< by one of the threads
};

}  // namespace flowloom
