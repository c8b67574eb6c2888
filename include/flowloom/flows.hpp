// The main job: captures in, the flow table out.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "flowloom/capture.hpp"
#include "flowloom/error.hpp"
#include "flowloom/filter.hpp"
#include "flowloom/table.hpp"
#include "flowloom/timestamp.hpp"

namespace flowloom {

/// Where every packet went: counts that add up to the packets read, by name ("flow", "not_ip", "malformed",
/// "fragments_waiting", "unsupported_link_type", "filtered_out").
struct Accounting {
  std::uint64_t packets = 0;
  std::vector<std::pair<std::string_view, std::uint64_t>> fates;
};

/// How far a run is.
struct Progress {
  std::uint64_t bytes = 0;        ///< of the input files, as they lie on disk
  std::uint64_t total_bytes = 0;  ///< 0: not known
  std::uint64_t packets = 0;
};

/// Each has memory of its own, so that a number of threads without bounds would be one of memory, too.
inline constexpr unsigned kMostThreads = 1024;

/// What can be asked of every command that reads captures.
struct ReadOptions {
  std::string read_filter = {};        ///< BPF expression; other packets are as if not in the file
  std::optional<Timestamp> from = {};  ///< likewise for packets before
  std::optional<Timestamp> to = {};    ///< … and for packets at or after
  unsigned threads = 0;     ///< 0: all cores; kMostThreads at most; any number gives the same result
  std::uint64_t limit = 0;  ///< packets read in the whole run; 0: all
  /// Called about once for each window read, by any of the threads, but never by two at a time. What it
  /// throws ends the run, and comes out of what was called to read.
  std::function<void(const Progress&)> progress = {};
  bool total_bytes = true;  ///< progress is to know the captures' sizes; takes a moment for many
  /// FlowReader, of one capture: where the file ends, wait for more to be written, until asked to stop. Rows
  /// are then made as flows are cut, and handed on whenever all that is there has been read.
  bool follow = false;
  std::stop_token stop = {};  ///< asks the run to end early, with what was read so far
};

enum class IcmpErrors : std::uint8_t {
  own,   ///< an ICMP error is a packet of an ICMP flow
  join,  ///< … of the flow that it quotes, where that flow is in the capture
};

enum class RowOrder : std::uint8_t {
  start,  ///< by flow_id; a capture's flows are kept until it has been read
  end,  ///< as flows are cut, those that nothing cuts at their capture's end by flow_id; ended flows are not
        ///< kept
};

struct FlowOptions {
  ReadOptions read = {};
  /// Display filter (docs/filters.md): other packets tell of streams and of who began, but are in no flow.
  /// Empty: none.
  std::string filter = {};
  FilterDialect filter_dialect = FilterDialect::wireshark4;
  std::vector<std::string> fields = {};  ///< by Wireshark's names: a column of their values each
  std::int64_t idle_timeout_ns = 0;      ///< 0: none
  std::int64_t active_timeout_ns = 0;    ///< 0: none
  std::uint64_t max_flows = 0;         ///< open at once, beyond that the longest silent is cut; 0: any number
  std::optional<RowOrder> order = {};  ///< of rows; none: end with timeouts or max_flows, else start
  bool sequences = true;               ///< the lists of packets
  std::uint64_t sequence_limit = std::numeric_limits<std::uint64_t>::max();  ///< packets in a flow's lists
  bool key_vlan = false;
  bool key_tunnel = false;
  IcmpErrors icmp_errors = IcmpErrors::own;
  bool community_id = false;
  bool join = false;  ///< the captures are one recording: flows go on from one to the other
};

/// The version of the flow table's columns, written into each file.
inline constexpr int kFlowSchemaVersion = 1;

/// The flow table's columns but those of `fields`: name, type, meaning (docs/flow-table.md).
std::shared_ptr<const Schema> flow_schema(const FlowOptions& options);

/// Reads captures one after the other, or joined, and hands out the flow table in batches of bounded size, in
/// the order of FlowOptions::order. One that was moved from may only be assigned to or destroyed.
class FlowReader {
 public:
  /// Errors: usage (mistake in a filter, unknown field, negative timeout, several captures to follow).
  /// Captures are opened when their turn comes.
  static Result<FlowReader> open(CaptureList captures, const FlowOptions& options);
  static Result<FlowReader> open(std::vector<std::string> captures, const FlowOptions& options) {
    return open(CaptureList{.paths = std::move(captures), .skipped = {}}, options);
  }

  FlowReader(FlowReader&&) noexcept;
  FlowReader& operator=(FlowReader&&) noexcept;
  ~FlowReader();

  [[nodiscard]] const std::shared_ptr<const Schema>& schema() const;
  /// What tshark is asked, if it answers for a filter or fields that are not known here; else empty. Standard
  /// input must then be a file.
  [[nodiscard]] std::string remark() const;
  /// With several threads: begins to read, while what prepares for the rows is done by one of them, or by the
  /// caller if they do not come soon; returns when it is done, and throws what it throws. Need not be called;
  /// then the first next() begins.
  void start(std::function<void()> meanwhile = [] {});
  /// Fills `batch` with the next rows; false at the end. Damage and unreadable captures do not end the run:
  /// they are listed in problems(). Errors: usage (the read filter does not fit a link type);
  /// every further call gives the same one.
  Result<bool> next(RecordBatch& batch);

  // To be asked once next() has returned false or an error: before that, other threads work on them.
  [[nodiscard]] const std::vector<InputProblem>& problems() const;
  /// Files of folders that turned out to be no captures.
  [[nodiscard]] const std::vector<std::string>& skipped() const;
  [[nodiscard]] std::size_t captures_read() const;  ///< captures of which something could be read
  [[nodiscard]] Accounting accounting() const;
  [[nodiscard]] std::uint64_t flows() const;  ///< rows of the run

 private:
  struct State;
  explicit FlowReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace flowloom
