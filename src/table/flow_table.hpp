// Flows → rows of the flow table.
#pragma once

#include <algorithm>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dissect/selection.hpp"
#include "flowloom/flow_row.hpp"
#include "flowloom/table.hpp"
#include "table/sequence_fill.hpp"
#include "track/tracker.hpp"

namespace flowloom {

/// What the table's rows have.
struct FlowTableOptions {
  bool sequences = true;                                                     ///< the lists of packets
  std::uint64_t sequence_limit = std::numeric_limits<std::uint64_t>::max();  ///< as the tracker was told
  bool community_id = false;
  const Selection* fields = nullptr;  ///< a column each; null: none. Lives as long as the table
};

std::shared_ptr<const Schema> make_flow_schema(const FlowTableOptions& options);

/// What is in a batch, as far as it tells where the batch ends.
struct BatchSize {
  std::int64_t rows = 0;
  std::int64_t entries = 0;  ///< of each list
  std::size_t value_bytes = 0;

  /// Rows are worth handing on: memory of one batch is bounded by this and by the longest flow.
  [[nodiscard]] bool full() const {
    return rows >= kMaxRows || entries >= kMaxEntries || value_bytes >= kMaxValueBytes;
  }
  /// A flow in it is so long that there is not to be another such batch at a time.
  [[nodiscard]] bool oversized() const {
    return entries >= 2 * kMaxEntries || value_bytes >= 2 * kMaxValueBytes;
  }
  /// Counts in a row of this flow, whose packets have these values (null: none).
  void add(const Flow& flow, const ValueList* values, const FlowTableOptions& options) {
    ++rows;
    entries += static_cast<std::int64_t>(entries_of(flow, options));
    if (values != nullptr && options.fields != nullptr) value_bytes += values->bytes;
  }
  /// Packets of the flow that its lists hold.
  static std::size_t entries_of(const Flow& flow, const FlowTableOptions& options) {
    if (!options.sequences) return 0;
    return static_cast<std::size_t>(std::min(flow.packets[0] + flow.packets[1], options.sequence_limit));
  }

  static constexpr std::int64_t kMaxRows = 32 * 1024;
  static constexpr std::int64_t kMaxEntries = 256 * 1024;
  static constexpr std::size_t kMaxValueBytes = std::size_t{32} << 20;
};

/// Fills record batches with flows, straight from the tracker's chunks into the list columns.
class FlowTableBuilder {
 public:
  /// When lists are filled: by add(), or those of many flows at once, which is faster (see settle()).
  enum class Lists : std::uint8_t { at_once, later };

  /// `schema`: made with these options.
  FlowTableBuilder(std::shared_ptr<const Schema> schema, const FlowTableOptions& options,
                   Lists lists = Lists::at_once);

  /// So many rows may follow: room for them is made at once, as far as one batch holds them.
  void expect(std::size_t rows);
  /// Rows of this size follow.
  void expect(const BatchSize& size);
  /// As many rows may follow as the rows [begin, end) of another table, `times` over.
  void expect_like(const FlowTableBuilder& other, std::int64_t begin, std::int64_t end, std::size_t times);
  /// Adds a row. With Lists::later the flow must stay until settle() or take().
  void add(std::uint64_t flow_id, std::string_view capture, const Flow& flow, const Tracker& tracker);
  /// With fields: the values of the row that was added last. Null: it has none.
  void add_values(const Flow& flow, const ValueList* values);
  /// Adds the rows [begin, end) of another table that was made with these options, until this one is full();
  /// `first_id` is added to their ids. Says how many it took. Pre: that one is settled.
  std::int64_t append(const FlowTableBuilder& from, std::int64_t begin, std::int64_t end,
                      std::uint64_t first_id);
  /// Forgets all rows; memory is kept for others.
  void clear();
  [[nodiscard]] std::int64_t rows() const { return size_.rows; }
  /// Those whose values were too many to be kept.
  [[nodiscard]] std::uint64_t rows_with_cut_values() const { return rows_with_cut_values_; }
  /// See BatchSize.
  [[nodiscard]] bool full() const { return size_.full(); }
  [[nodiscard]] bool empty() const { return size_.rows == 0; }
  /// Fills the lists of the rows so far: their flows are no longer needed.
  void settle();
  /// Decimals of a second that the rows' times need, at least this many.
  [[nodiscard]] std::uint8_t time_digits(std::uint8_t least) const;
  /// The rows since the last take().
  RecordBatch take(std::uint8_t time_digits);

 private:
  /// Of a row's values of fields.
  struct RowValues {
    std::size_t bytes = 0;
    bool cut = false;
  };

  void note(const RowValues& values) {
    size_.value_bytes += values.bytes;
    rows_with_cut_values_ += values.cut ? 1 : 0;
    row_values_.push_back(values);
  }
  Column& column(FlowColumn which) { return batch_.columns[flow_column_index(*batch_.schema, which)]; }
  [[nodiscard]] const Column& column(FlowColumn which) const {
    return batch_.columns[flow_column_index(*batch_.schema, which)];
  }
  void begin();
  void forget_counts();
  void make_room(std::size_t packets);
  template <class T>
  void number(FlowColumn which, T value);
  template <class T>
  void optional_number(FlowColumn which, bool valid, T value);
  void text(FlowColumn which, std::string_view value);
  void optional_text(FlowColumn which, std::string_view value);
  void address(FlowColumn which, const std::uint8_t* bytes, unsigned version);
  void encapsulation(const Encapsulation* wrap);
  void sequences(const Flow& flow);
  static std::vector<std::uint32_t> places_in_order(const Flow& flow);

  RecordBatch batch_;
  FlowTableOptions options_;
  Lists lists_;
  SequenceFill fill_;
  BatchSize size_;
  std::size_t usual_entries_ = 0;      ///< in the lists of a batch
  std::vector<RowValues> row_values_;  ///< with fields: by row
  std::uint64_t rows_with_cut_values_ = 0;
  std::string scratch_;
};

}  // namespace flowloom
