// The captures of a run, one after the other: a large one is read on all cores; of small and of compressed
// ones, which only one thread can read, several at once.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/capture_run.hpp"
#include "engine/files_ahead.hpp"
#include "table/flow_table.hpp"

namespace flowloom {

/// A capture that was read: its flows, or why there are none. Or several small ones whose flows are rows.
struct ReadCapture {
  std::unique_ptr<CaptureRun> run;         ///< its trackers hold the flows; null: they are rows already
  const FlowTableBuilder* rows = nullptr;  ///< among others: [row, rows_end) are this capture's
  std::int64_t row = 0, rows_end = 0;
  std::uint64_t flows = 0;             ///< that began in them; the rows' ids count from 0
  std::uint8_t first_time_digits = 0;  ///< where there is no run to ask
  std::size_t index = 0;               ///< into the run's captures; of several the first
  Result<CaptureOutcome> outcome = CaptureOutcome{};
};

/// How captures become rows.
struct RowOptions {
  std::shared_ptr<const Schema> schema;
  FlowTableOptions table;
};

/// Adds a flow, and the values of its packets if rows have any.
inline void add_flow_row(FlowTableBuilder& table, const FlowTableOptions& options, std::uint64_t id,
                         const std::string& capture, std::uint32_t number, const Tracker& tracker) {
  const Flow& flow = tracker.flow(number);
  table.add(id, capture, flow, tracker);
  if (options.fields != nullptr) table.add_values(flow, tracker.values(number));
}

class CapturePool {
 public:
  /// With `rows`, who reads a small capture makes its rows, too: its flows never leave that core's cache.
  CapturePool(RunInput& run, const TrackOptions& options, CaptureList captures, bool join,
              std::optional<RowOptions> rows = std::nullopt);
  ~CapturePool();

  /// With options.by_end: `sink` takes the flows of captures that are read on all cores, while next() reads
  /// them. Those of others are kept in their trackers or rows.
  void set_sink(FlowSink* sink) { sink_ = sink; }

  /// The next capture in order, or several, or all of them joined; null after the last, or when the run is
  /// to end. Valid until the next call.
  ReadCapture* next();

  /// For the sink: whose flows it takes.
  [[nodiscard]] const CaptureRun& reading() const { return *here_.run; }
  [[nodiscard]] std::size_t reading_index() const { return join_ ? reading().first() : here_.index; }

  [[nodiscard]] const std::string& path(std::size_t index) const { return captures_.paths[index]; }
  /// Captures that next() will still give.
  [[nodiscard]] std::size_t left() const { return captures_.paths.size() - next_; }

 private:
  /// Captures that one thread reads one after the other.
  struct Piece {
    enum class State : std::uint8_t { unclaimed, reading, read };
    State state = State::unclaimed;
    std::size_t first = 0, behind = 0;  ///< into the run's captures
    std::vector<ReadCapture> captures;  ///< all of them, once it is read
    std::size_t given = 0;              ///< of these
    std::uint64_t packets = 0;          ///< in these
    std::optional<FlowTableBuilder> rows;
  };
  /// What a thread needs to read one capture after the other.
  struct Desk {
    std::unique_ptr<CaptureRun> run;
    FilesAhead files;
  };
  using Lock = std::unique_lock<std::mutex>;

  /// Packets in captures that were read before it was their turn: about 300 MB with their lists.
  static constexpr std::uint64_t kMostWaiting = 8 * 1024 * 1024;
  /// A piece has so many captures at most, and few more packets: enough that threads seldom meet, few enough
  /// that none waits long for another at the end.
  static constexpr std::size_t kMostInPiece = 16;
  static constexpr std::uint64_t kPiecePackets = 64 * 1024;

  [[nodiscard]] Piece* unclaimed() const;
  [[nodiscard]] bool may_claim() const;
  ReadCapture* begin_here(std::size_t index);
  ReadCapture* read_here(std::size_t index, SmallFile* file = nullptr);
  ReadCapture* read_joined();
  void give_back();
  void await_piece(Lock& lock);
  Piece& claim();
  void read_claimed(Lock& lock, Desk& desk);
  std::size_t read_piece(Piece& piece, Desk& desk);
  ReadCapture read_capture(std::size_t index, std::size_t behind, Desk& desk);
  void make_rows(Piece& piece, ReadCapture&& read, const Tracker& tracker) const;
  void work(const std::stop_token& stop);

  RunInput& run_;
  TrackOptions options_;
  CaptureList captures_;
  bool join_;
  std::optional<RowOptions> rows_;
  FlowSink* sink_ = nullptr;
  ReadCapture here_;                   ///< read by next() itself
  std::unique_ptr<Piece> piece_;       ///< whose captures next() gives out
  ReadCapture* given_ = nullptr;       ///< by next()
  std::size_t next_ = 0;               ///< to be given out
  std::unique_ptr<CaptureRun> large_;  ///< memory for captures read on all cores
  Desk desk_;                          ///< of next(): for small captures
  std::size_t ahead_;                  ///< pieces that wait, at most

  std::mutex mutex_;
  std::condition_variable_any changed_;
  // Guarded by mutex_:
  std::vector<std::unique_ptr<CaptureRun>> idle_runs_;  ///< memory for captures read by one thread
  std::vector<std::unique_ptr<Piece>> idle_pieces_;
  std::deque<std::unique_ptr<Piece>> pieces_;  ///< in the captures' order
  std::size_t claimed_ = 0;                    ///< captures from here on are in no piece yet
  std::size_t piece_size_ = 1;                 ///< grows while captures are small
  std::uint64_t waiting_ = 0;                  ///< packets in pieces_
  std::exception_ptr thrown_;                  ///< by one of the threads
  std::vector<std::jthread> helpers_;          ///< last: they end before what they use
};

}  // namespace flowloom
