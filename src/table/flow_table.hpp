// Flows → rows of the flow table.
#pragma once

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

/// Fills record batches with flows, straight from the tracker's chunks into the list columns.
class FlowTableBuilder {
 public:
  /// `schema`: made with these options. `threads` fill the lists, later than add(): see settle(). 0: add()
  /// fills them itself.
  FlowTableBuilder(std::shared_ptr<const Schema> schema, const FlowTableOptions& options,
                   unsigned threads = 0);

  /// So many rows may follow: room for them is made at once, as far as one batch holds them.
  void expect(std::size_t rows);
  /// As many rows may follow as the rows [begin, end) of another table, `times` over.
  void expect_like(const FlowTableBuilder& other, std::int64_t begin, std::int64_t end, std::size_t times);
  /// Adds a row. With threads the flow must stay until settle() or take().
  void add(std::uint64_t flow_id, std::string_view capture, const Flow& flow, const Tracker& tracker);
  /// With fields: the values of the row that was added last. Null: it has none.
  void add_values(const Flow& flow, const ValueList* values);
  /// Adds the rows [begin, end) of another table that was made with these options, until this one is full();
  /// `first_id` is added to their ids. Says how many it took. Pre: that one is settled.
  std::int64_t append(const FlowTableBuilder& from, std::int64_t begin, std::int64_t end,
                      std::uint64_t first_id);
  /// Forgets all rows; memory is kept for others.
  void clear();
  [[nodiscard]] std::int64_t rows() const { return rows_; }
  /// Rows so far whose values were too many to be kept.
  [[nodiscard]] std::uint64_t rows_with_cut_values() const { return rows_with_cut_values_; }
  /// Rows are worth handing on: memory of one batch is bounded by this and by the longest flow.
  [[nodiscard]] bool full() const {
    return rows_ >= kMaxRows || entries_ >= kMaxEntries || value_bytes_ >= kMaxValueBytes;
  }
  [[nodiscard]] bool empty() const { return rows_ == 0; }
  /// Fills the lists of the rows so far: their flows are no longer needed.
  void settle();
  /// Decimals of a second that the rows' times need, at least this many.
  [[nodiscard]] std::uint8_t time_digits(std::uint8_t least) const;
  /// The rows since the last take().
  RecordBatch take(std::uint8_t time_digits);

 private:
  static constexpr std::int64_t kMaxRows = 64 * 1024;
  static constexpr std::int64_t kMaxEntries = 512 * 1024;
  static constexpr std::size_t kMaxValueBytes = std::size_t{64} << 20;

  /// Of a row's values of fields.
  struct RowValues {
    std::size_t bytes = 0;
    bool cut = false;
  };

  void note(const RowValues& values) {
    value_bytes_ += values.bytes;
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
  unsigned threads_;
  SequenceFill fill_;
  std::int64_t rows_ = 0, entries_ = 0;
  std::size_t value_bytes_ = 0;
  std::vector<RowValues> row_values_;  ///< with fields: by row
  std::uint64_t rows_with_cut_values_ = 0;
  std::string scratch_;
};

}  // namespace flowloom
