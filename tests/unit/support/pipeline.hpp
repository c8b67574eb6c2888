// From a capture in memory to rows of the flow table by the stages alone, without the engine: what the engine
// gives must not differ. Used by tests and by a fuzz target.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dissect/header_walk.hpp"
#include "flowloom/capture.hpp"
#include "flowloom/flow_row.hpp"
#include "reassemble/fragments.hpp"
#include "table/flow_table.hpp"
#include "track/tracker.hpp"

namespace flowloom::build {

struct Pipeline {
  TrackOptions options = {};
  HashSeed seed = {};
  std::size_t partitions = 1;
  std::size_t window = 256 * 1024;
};

struct PipelineResult {
  bool is_capture = false;
  std::uint64_t packets = 0;  ///< read
  std::array<std::uint64_t, kFates> fates = {};
  RecordBatch table;
  std::vector<std::uint64_t> first_numbers;  ///< by row
};

inline PipelineResult run_pipeline(Bytes capture, const Pipeline& how) {
  PipelineResult result;
  auto reader = CaptureReader::from_memory(capture, "memory", {.window = how.window});
  if (!reader) return result;
  result.is_capture = true;
  FragmentResolver fragments(how.seed);
  std::vector<Tracker> trackers;
  for (std::size_t p = 0; p < how.partitions; ++p) trackers.emplace_back(how.options);
  std::vector<std::vector<RecordPlace>> parts(how.partitions);
  PacketWindow window;
  PacketBatch batch;
  std::uint64_t records = 0;
  for (;;) {
    const auto more = reader->next(window);
    if (!more || !*more) break;
    batch.clear();
    for (const RawPacket& packet : window.packets) walk_headers(packet, how.seed, batch);
    batch.record_base = records;
    fragments.resolve(batch);
    records += batch.records.size();
    result.packets += window.packets.size();
    for (std::size_t i = 0; i < kFates; ++i) result.fates[i] += batch.fates[i];
    if (how.partitions == 1) {
      trackers[0].track(batch);
      continue;
    }
    for (auto& part : parts) part.clear();
    for (std::uint32_t i = 0; i < batch.records.size(); ++i) {
      parts[(batch.records[i].hash >> 32) % how.partitions].push_back(batch.place_of(i));
    }
    for (std::size_t p = 0; p < how.partitions; ++p) trackers[p].track(batch, parts[p]);
  }
  result.fates[static_cast<std::size_t>(Fate::fragments_waiting)] += fragments.unclaimed();

  for (Tracker& tracker : trackers) tracker.finish();
  Tracker::settle_streams(trackers);
  const FlowTableOptions with{.sequence_limit = how.options.sequence_limit, .community_id = true};
  FlowTableBuilder table(make_flow_schema(with), with);
  std::vector<std::size_t> next(how.partitions, 0);
  for (std::uint64_t id = 0;; ++id) {
    std::optional<std::size_t> first;
    std::uint64_t lowest = 0;
    for (std::size_t p = 0; p < how.partitions; ++p) {
      if (next[p] == trackers[p].order().size()) continue;
      const std::uint64_t number = trackers[p].flow(trackers[p].order()[next[p]]).first_number;
      if (first && number > lowest) continue;
      first = p;
      lowest = number;
    }
    if (!first) break;
    const Tracker& tracker = trackers[*first];
    table.add(id, "memory", tracker.flow(tracker.order()[next[*first]++]), tracker);
    result.first_numbers.push_back(lowest);
  }
  result.table = table.take(9);
  return result;
}

/// A row as text, with everything that it says.
inline std::string describe_row(const RecordBatch& table, std::int64_t row) {
  std::string out;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const Column& column = table.columns[c];
    const ColumnSpec& spec = table.schema->columns[c];
    out += spec.name + "=";
    if (column.is_null(row)) {
      out += "null ";
      continue;
    }
    const auto number = [&](ColumnType type, const Column& values, std::int64_t at) {
      switch (type) {
        case ColumnType::uint8:
          return std::to_string(values.value<std::uint8_t>(at));
        case ColumnType::uint16:
          return std::to_string(values.value<std::uint16_t>(at));
        case ColumnType::uint32:
          return std::to_string(values.value<std::uint32_t>(at));
        case ColumnType::int32:
          return std::to_string(values.value<std::int32_t>(at));
        case ColumnType::float64:
          return std::to_string(values.value<double>(at));
        default:
          return std::to_string(values.value<std::int64_t>(at));
      }
    };
    if (spec.type == ColumnType::string) {
      out += column.text(row);
    } else if (spec.type == ColumnType::list) {
      const ColumnSpec& item = spec.children[0];
      const Column& items = column.children[0];
      for (auto i = column.begin(row); i < column.end(row); ++i) {
        if (item.type != ColumnType::structure) {
          out += number(item.type, items, i) + ",";
          continue;
        }
        for (std::size_t member = 0; member < item.children.size(); ++member) {
          const ColumnType type = item.children[member].type;
          const Column& values = items.children[member];
          out += (type == ColumnType::string ? std::string(values.text(i)) : number(type, values, i)) + ",";
        }
      }
    } else {
      out += number(spec.type, column, row);
    }
    out += " ";
  }
  return out;
}

/// What must hold for a row of any flow table; an empty text if it does.
inline std::string check_row(const RecordBatch& table, std::int64_t row) {
  const FlowRow flow(table, row);
  const auto times = flow.packet_times();
  const auto lengths = flow.packet_lengths(), payloads = flow.payload_lengths();
  const auto number = [&](FlowColumn which) { return flow.column(which).value<std::uint64_t>(row); };
  if (flow.packets() == 0) return "a flow without packets";
  if (times.size() != flow.packets() || lengths.size() != flow.packets() ||
      payloads.size() != flow.packets()) {
    return "length of a list";
  }
  const bool tcp = flow.protocol() == "tcp";
  if (flow.tcp_flags().size() != (tcp ? flow.packets() : 0)) return "length of tcp_flags";
  if (flow.column(FlowColumn::tcp_flags).is_null(row) == tcp) return "null tcp_flags";
  std::uint64_t packets[2] = {0, 0}, bytes[2] = {0, 0};
  double last = 0;
  bool zero = false;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    const bool back = lengths[i] < 0;
    if (lengths[i] == 0) return "a packet without an IP header";
    ++packets[back ? 1 : 0];
    bytes[back ? 1 : 0] += static_cast<std::uint64_t>(std::abs(static_cast<std::int64_t>(lengths[i])));
    if (payloads[i] != 0 && (payloads[i] < 0) != back) return "sign of a payload";
    if (std::abs(static_cast<std::int64_t>(payloads[i])) > std::abs(static_cast<std::int64_t>(lengths[i]))) {
      return "payload longer than the packet";
    }
    if (!(times[i] >= 0)) return "time before the start";
    zero = zero || times[i] == 0;
    last = std::max(last, times[i]);
  }
  if (!zero) return "no packet at the start";
  if (flow.end() < flow.start() || flow.duration() != last) return "end and duration";
  if (packets[0] != number(FlowColumn::fwd_packets) || packets[1] != number(FlowColumn::bwd_packets)) {
    return "packets by direction";
  }
  if (bytes[0] != number(FlowColumn::fwd_bytes) || bytes[1] != number(FlowColumn::bwd_bytes)) {
    return "bytes by direction";
  }
  if (packets[0] + packets[1] != flow.packets() || bytes[0] + bytes[1] != flow.bytes()) return "sums";
  const Column& vlan = flow.column(FlowColumn::vlan);
  if (vlan.end(row) - vlan.begin(row) > static_cast<std::int32_t>(Encapsulation::kMaxVlans)) return "vlan";
  const bool tunnel = !flow.column(FlowColumn::tunnel).is_null(row);
  if (flow.column(FlowColumn::tunnel_src).is_null(row) == tunnel ||
      flow.column(FlowColumn::tunnel_dst).is_null(row) == tunnel) {
    return "ends of a tunnel";
  }
  return {};
}

/// All rows, and the accounting against them.
inline std::string check_table(const PipelineResult& result) {
  std::uint64_t in_flows = 0, accounted = 0;
  for (const std::uint64_t fate : result.fates) accounted += fate;
  if (accounted != result.packets) return "accounting does not add up";
  for (std::int64_t row = 0; row < result.table.rows; ++row) {
    if (auto wrong = check_row(result.table, row); !wrong.empty()) {
      return wrong + " in row " + describe_row(result.table, row);
    }
    const FlowRow flow(result.table, row);
    if (flow.flow_id() != static_cast<std::uint64_t>(row)) return "flow_id";
    const auto at = static_cast<std::size_t>(row);
    if (row > 0 && result.first_numbers[at] <= result.first_numbers[at - 1]) return "order of flows";
    in_flows += flow.packets();
  }
  if (in_flows != result.fates[static_cast<std::size_t>(Fate::flow)]) return "packets in flows";
  return {};
}

/// What differs between two tables; an empty text if nothing does.
inline std::string difference(const RecordBatch& a, const RecordBatch& b) {
  if (a.rows != b.rows) return std::to_string(a.rows) + " rows and " + std::to_string(b.rows);
  for (std::int64_t row = 0; row < a.rows; ++row) {
    const std::string x = describe_row(a, row), y = describe_row(b, row);
    if (x != y) return x + "\n" + y;
  }
  return {};
}

}  // namespace flowloom::build
