// Flows → rows of the flow table.
#pragma once

#include <memory>
#include <string_view>

#include "flowloom/flow_row.hpp"
#include "flowloom/table.hpp"
#include "track/tracker.hpp"

namespace flowloom {

std::shared_ptr<const Schema> make_flow_schema(bool with_community_id);

/// Fills record batches with flows, straight from the tracker's chunks into the list columns.
class FlowTableBuilder {
 public:
  explicit FlowTableBuilder(std::shared_ptr<const Schema> schema);

  void add(std::uint64_t flow_id, std::string_view capture, const Flow& flow, const Tracker& tracker);
  /// Rows are worth handing on: memory of one batch is bounded by this and by the longest flow.
  [[nodiscard]] bool full() const { return rows_ >= kMaxRows || entries_ >= kMaxEntries; }
  [[nodiscard]] bool empty() const { return rows_ == 0; }
  /// The rows since the last take().
  RecordBatch take(std::uint8_t time_digits);

 private:
  static constexpr std::int64_t kMaxRows = 64 * 1024;
  static constexpr std::int64_t kMaxEntries = 512 * 1024;

  Column& column(FlowColumn which) { return batch_.columns[static_cast<std::size_t>(which)]; }
  void begin();
  template <class T>
  void number(FlowColumn which, T value);
  template <class T>
  void optional_number(FlowColumn which, bool valid, T value);
  void text(FlowColumn which, std::string_view value);
  void optional_text(FlowColumn which, std::string_view value);
  void address(FlowColumn which, const std::uint8_t* bytes, unsigned version);
  void encapsulation(const Encapsulation* wrap);
  void sequences(const Flow& flow);

  RecordBatch batch_;
  bool with_community_id_;
  std::int64_t rows_ = 0, entries_ = 0;
  std::vector<SequenceEntry> sorted_;  ///< scratch for flows with late fragments
};

}  // namespace flowloom
