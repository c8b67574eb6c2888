// Rows of the flow table as values with names, for code that would rather not look at columns.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "flowloom/table.hpp"
#include "flowloom/timestamp.hpp"

namespace flowloom {

/// The flow table's columns, in order. `community_id` is there only if asked for, the lists from
/// `packet_times` to `tcp_flags` unless they were left out.
enum class FlowColumn : std::uint8_t {
  flow_id,
  capture,
  stream,
  start,
  end,
  duration,
  src_ip,
  src_port,
  dst_ip,
  dst_port,
  icmp_type,
  icmp_code,
  icmp_id,
  protocol,
  ip_version,
  vlan,
  tunnel,
  tunnel_src,
  tunnel_dst,
  tunnel_id,
  packets,
  bytes,
  fwd_packets,
  fwd_bytes,
  bwd_packets,
  bwd_bytes,
  end_reason,
  packet_times,
  packet_lengths,
  payload_lengths,
  tcp_flags,
  community_id,
};

[[nodiscard]] inline bool has_sequences(const Schema& flow_schema) {
  // Columns of fields may stand in their place.
  constexpr auto kPlace = static_cast<std::size_t>(FlowColumn::packet_times);
  return flow_schema.columns.size() > kPlace && flow_schema.columns[kPlace].name == "packet_times";
}
/// Where a column that is there lies in a flow table.
[[nodiscard]] inline std::size_t flow_column_index(const Schema& flow_schema, FlowColumn which) {
  const auto index = static_cast<std::size_t>(which);
  constexpr auto kFirst = static_cast<std::size_t>(FlowColumn::packet_times),
                 kBehind = static_cast<std::size_t>(FlowColumn::community_id);
  return index < kBehind || has_sequences(flow_schema) ? index : index - (kBehind - kFirst);
}

/// One row of a batch of the flow table. A view: the batch must outlive it. Units are those of
/// docs/flow-table.md.
class FlowRow {
 public:
  FlowRow(const RecordBatch& batch, std::int64_t row) : batch_(&batch), row_(row) {}

  [[nodiscard]] std::uint64_t flow_id() const { return number<std::uint64_t>(FlowColumn::flow_id); }
  [[nodiscard]] std::string_view capture() const { return text(FlowColumn::capture); }
  [[nodiscard]] std::optional<std::uint32_t> stream() const {
    return maybe<std::uint32_t>(FlowColumn::stream);
  }
  [[nodiscard]] Timestamp start() const { return {number<std::int64_t>(FlowColumn::start)}; }
  [[nodiscard]] Timestamp end() const { return {number<std::int64_t>(FlowColumn::end)}; }
  [[nodiscard]] double duration() const { return number<double>(FlowColumn::duration); }
  [[nodiscard]] std::string_view src_ip() const { return text(FlowColumn::src_ip); }
  [[nodiscard]] std::string_view dst_ip() const { return text(FlowColumn::dst_ip); }
  [[nodiscard]] std::optional<std::uint16_t> src_port() const {
    return maybe<std::uint16_t>(FlowColumn::src_port);
  }
  [[nodiscard]] std::optional<std::uint16_t> dst_port() const {
    return maybe<std::uint16_t>(FlowColumn::dst_port);
  }
  [[nodiscard]] std::string_view protocol() const { return text(FlowColumn::protocol); }
  [[nodiscard]] std::uint64_t packets() const { return number<std::uint64_t>(FlowColumn::packets); }
  [[nodiscard]] std::uint64_t bytes() const { return number<std::uint64_t>(FlowColumn::bytes); }
  [[nodiscard]] std::string_view end_reason() const { return text(FlowColumn::end_reason); }
  // The first packets if a sequence limit was set; empty if the lists were left out.
  [[nodiscard]] std::span<const double> packet_times() const {
    return list<double>(FlowColumn::packet_times);
  }
  [[nodiscard]] std::span<const std::int32_t> packet_lengths() const {
    return list<std::int32_t>(FlowColumn::packet_lengths);
  }
  [[nodiscard]] std::span<const std::int32_t> payload_lengths() const {
    return list<std::int32_t>(FlowColumn::payload_lengths);
  }
  /// Empty for flows that are not TCP.
  [[nodiscard]] std::span<const std::uint16_t> tcp_flags() const {
    return list<std::uint16_t>(FlowColumn::tcp_flags);
  }

  /// The others, by column.
  [[nodiscard]] const Column& column(FlowColumn which) const {
    return batch_->columns[flow_column_index(*batch_->schema, which)];
  }
  [[nodiscard]] std::int64_t row() const { return row_; }

 private:
  template <class T>
  [[nodiscard]] T number(FlowColumn which) const {
    return column(which).value<T>(row_);
  }
  template <class T>
  [[nodiscard]] std::optional<T> maybe(FlowColumn which) const {
    if (column(which).is_null(row_)) return std::nullopt;
    return number<T>(which);
  }
  [[nodiscard]] std::string_view text(FlowColumn which) const { return column(which).text(row_); }
  template <class T>
  [[nodiscard]] std::span<const T> list(FlowColumn which) const {
    if (!has_sequences(*batch_->schema)) return {};
    const Column& c = column(which);
    return {c.children[0].values.as<T>() + c.begin(row_),
            static_cast<std::size_t>(c.end(row_) - c.begin(row_))};
  }

  const RecordBatch* batch_;
  std::int64_t row_;
};

}  // namespace flowloom
