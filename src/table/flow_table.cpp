#include "table/flow_table.hpp"

#include <algorithm>
#include <limits>

#include "base/ip_protocols.hpp"
#include "base/time.hpp"
#include "dissect/packed_values.hpp"
#include "flowloom/address.hpp"
#include "table/append_rows.hpp"
#include "table/community_id.hpp"
#include "table/value_column.hpp"

namespace flowloom {
namespace {

using enum ColumnType;

bool has_icmp_type(const FlowKey& key) {
  return (key.protocol == ip_proto::icmp || key.protocol == ip_proto::icmpv6) && !key.cut();
}

ColumnSpec list_of(std::string name, ColumnType item, bool nullable, std::string description) {
  return {std::move(name), list, nullable, {{"item", item, false, {}, {}}}, std::move(description)};
}

double seconds(std::int64_t ns) { return static_cast<double>(ns) / 1e9; }

}  // namespace

std::shared_ptr<const Schema> make_flow_schema(const FlowTableOptions& options) {
  Schema s;
  auto& c = s.columns;
  const auto add = [&](const char* name, ColumnType type, bool nullable, const char* description) {
    c.push_back({name, type, nullable, {}, description});
  };
  add("flow_id", uint64, false, "0, 1, … in order of the first packet, over the whole run");
  add("capture", string, false, "path of the capture");
  add("stream", uint32, true, "Wireshark's tcp.stream or udp.stream in that capture");
  add("start", timestamp, false, "smallest packet time, UTC");
  add("end", timestamp, false, "largest packet time, UTC");
  add("duration", float64, false, "end - start, seconds");
  add("src_ip", string, false, "address of the initiator");
  add("src_port", uint16, true, "its port");
  add("dst_ip", string, false, "address of the other end");
  add("dst_port", uint16, true, "its port");
  add("icmp_type", uint8, true, "of the first packet");
  add("icmp_code", uint8, true, "of the first packet");
  add("icmp_id", uint16, true, "identifier of echo messages");
  add("protocol", string, false, "IANA keyword of the IP protocol, lower case");
  add("ip_version", uint8, false, "4 or 6");
  c.push_back(list_of("vlan", uint16, false, "VLAN identifiers of the first packet, outermost first"));
  add("tunnel", string, true, "kind of the innermost tunnel of the first packet");
  add("tunnel_src", string, true, "its outer source address");
  add("tunnel_dst", string, true, "its outer destination address");
  add("tunnel_id", uint64, true, "its VNI, TEID or key");
  add("packets", uint64, false, "packets of both directions");
  add("bytes", uint64, false, "IP total lengths of both directions, bytes");
  add("fwd_packets", uint64, false, "packets from src to dst");
  add("fwd_bytes", uint64, false, "bytes from src to dst");
  add("bwd_packets", uint64, false, "packets from dst to src");
  add("bwd_bytes", uint64, false, "bytes from dst to src");
  add("end_reason", string, false, "port_reuse, idle, active, evicted, rst, fin or capture_end");
  if (options.sequences) {
    c.push_back(list_of("packet_times", float64, false, "seconds since start, in file order"));
    c.push_back(
        list_of("packet_lengths", int32, false, "IP total lengths, + from src to dst, - back, bytes"));
    c.push_back(list_of("payload_lengths", int32, false, "bytes after the transport header, same sign"));
    c.push_back(
        list_of("tcp_flags", uint16, true, "TCP flags of each packet (nine bits, with AE); null if not TCP"));
  }
  if (options.community_id) add("community_id", string, false, "Community ID version 1, seed 0");
  if (options.fields != nullptr) {
    for (const Selection::Column& column : options.fields->columns()) {
      const ColumnType type = value_column_type(column.fields);
      c.push_back({column.name,
                   list,
                   false,
                   {{"item",
                     structure,
                     false,
                     {{"value", type, false, {}, {}}, {"packet", uint32, false, {}, {}}},
                     {}}},
                   std::string(column.fields.front()->title)});
    }
  }
  return std::make_shared<const Schema>(std::move(s));
}

FlowTableBuilder::FlowTableBuilder(std::shared_ptr<const Schema> schema, const FlowTableOptions& options,
                                   Lists lists)
    : options_(options), lists_(lists) {
  batch_.schema = std::move(schema);
  begin();
}

void FlowTableBuilder::begin() {
  batch_.rows = 0;
  batch_.columns.clear();
  for (const ColumnSpec& spec : batch_.schema->columns) prepare_column(batch_.columns.emplace_back(), spec);
  usual_entries_ = static_cast<std::size_t>(size_.entries);
  forget_counts();
}

void FlowTableBuilder::forget_counts() {
  size_ = {};
  rows_with_cut_values_ = 0;
  row_values_.clear();
}

void FlowTableBuilder::clear() {
  for (Column& c : batch_.columns) clear_rows(c);
  forget_counts();
}

/// For so many packets in the lists.
void FlowTableBuilder::make_room(std::size_t packets) {
  if (!options_.sequences) return;
  column(FlowColumn::packet_times).children[0].values.reserve(packets * sizeof(double));
  column(FlowColumn::packet_lengths).children[0].values.reserve(packets * sizeof(std::int32_t));
  column(FlowColumn::payload_lengths).children[0].values.reserve(packets * sizeof(std::int32_t));
  column(FlowColumn::tcp_flags).children[0].values.reserve(packets * sizeof(std::uint16_t));
}

void FlowTableBuilder::expect_like(const FlowTableBuilder& other, std::int64_t begin, std::int64_t end,
                                   std::size_t times) {
  std::int64_t packets = 0;
  if (options_.sequences && begin != end) {
    const Column& lists = other.column(FlowColumn::packet_times);
    packets = lists.end(end - 1) - lists.begin(begin);
  }
  const std::size_t most = static_cast<std::size_t>(BatchSize::kMaxEntries) / std::max<std::size_t>(times, 1);
  make_room(std::min(static_cast<std::size_t>(packets), most) * times);
  expect(static_cast<std::size_t>(end - begin) * times);
}

void FlowTableBuilder::expect(const BatchSize& size) {
  make_room(static_cast<std::size_t>(size.entries));
  expect(static_cast<std::size_t>(size.rows));
}

void FlowTableBuilder::expect(std::size_t rows) {
  const auto room = static_cast<std::size_t>(size_.rows) + rows;
  if (room < 1024) return;  // growing step by step costs less than asking all columns
  const std::size_t most = std::min(room, static_cast<std::size_t>(BatchSize::kMaxRows));
  if (lists_ == Lists::later) fill_.expect(most);
  for (std::size_t i = 0; i < batch_.columns.size(); ++i) {
    Column& c = batch_.columns[i];
    const ColumnSpec& spec = batch_.schema->columns[i];
    if (const std::size_t width = value_width(spec.type); width != 0) {
      c.values.reserve(most * width);
    } else {
      c.offsets.reserve((most + 1) * sizeof(std::int32_t));
    }
    if (spec.nullable) c.validity.reserve(most);
  }
}

std::uint8_t FlowTableBuilder::time_digits(std::uint8_t least) const {
  std::int64_t unit = kNsPerSecond;
  for (std::uint8_t i = 0; i < least; ++i) unit /= 10;
  std::uint8_t digits = least;
  for (const FlowColumn which : {FlowColumn::start, FlowColumn::end}) {
    const Column& times = batch_.columns[static_cast<std::size_t>(which)];
    for (std::int64_t row = 0; row < size_.rows; ++row) {
      for (; times.value<std::int64_t>(row) % unit != 0; unit /= 10) ++digits;
    }
  }
  return digits;
}

RecordBatch FlowTableBuilder::take(std::uint8_t time_digits) {
  settle();
  RecordBatch done;
  done.schema = batch_.schema;
  done.rows = size_.rows;
  done.time_digits = time_digits;
  done.columns = std::move(batch_.columns);
  begin();
  return done;
}

template <class T>
void FlowTableBuilder::number(FlowColumn which, T value) {
  Column& c = column(which);
  c.values.push(value);
  ++c.length;
}

template <class T>
void FlowTableBuilder::optional_number(FlowColumn which, bool valid, T value) {
  Column& c = column(which);
  c.validity.push(static_cast<std::uint8_t>(valid));
  c.null_count += valid ? 0 : 1;
  number(which, valid ? value : T{});
}

void FlowTableBuilder::text(FlowColumn which, std::string_view value) {
  Column& c = column(which);
  c.values.append(value.data(), value.size());
  c.offsets.push(static_cast<std::int32_t>(c.values.size()));
  ++c.length;
}

void FlowTableBuilder::optional_text(FlowColumn which, std::string_view value) {
  Column& c = column(which);
  c.validity.push(static_cast<std::uint8_t>(!value.empty()));
  c.null_count += value.empty() ? 1 : 0;
  text(which, value);
}

void FlowTableBuilder::address(FlowColumn which, const std::uint8_t* bytes, unsigned version) {
  char buffer[kMaxAddressText];
  text(which, {buffer, write_address(bytes, version, buffer)});
}

void FlowTableBuilder::add(std::uint64_t flow_id, std::string_view capture, const Flow& flow,
                           const Tracker& tracker) {
  const FlowKey& key = flow.key;
  const unsigned from = flow.initiator, to = 1 - from;
  const std::uint32_t stream = tracker.stream(flow);
  // This batch is likely as large as the last: growing step by step would copy and touch memory twice.
  if (empty()) make_room(usual_entries_);
  number(FlowColumn::flow_id, flow_id);
  text(FlowColumn::capture, capture);
  optional_number(FlowColumn::stream, stream != kNone, stream);
  number(FlowColumn::start, flow.start);
  number(FlowColumn::end, flow.end);
  number(FlowColumn::duration, seconds(time_between(flow.start, flow.end)));
  address(FlowColumn::src_ip, key.address[from].data(), key.version);
  address(FlowColumn::dst_ip, key.address[to].data(), key.version);
  optional_number(FlowColumn::src_port, key.has_ports(), key.port[from]);
  optional_number(FlowColumn::dst_port, key.has_ports(), key.port[to]);
  const bool icmp = has_icmp_type(key);
  optional_number(FlowColumn::icmp_type, icmp, flow.icmp_type);
  optional_number(FlowColumn::icmp_code, icmp, flow.icmp_code);
  optional_number(FlowColumn::icmp_id, icmp && key.port[0] != 0, key.sub);
  text(FlowColumn::protocol, ip_protocol_name(key.protocol));
  number(FlowColumn::ip_version, key.version);
  encapsulation(flow.encapsulation);
  number(FlowColumn::packets, flow.packets[0] + flow.packets[1]);
  number(FlowColumn::bytes, flow.bytes[0] + flow.bytes[1]);
  number(FlowColumn::fwd_packets, flow.packets[from]);
  number(FlowColumn::fwd_bytes, flow.bytes[from]);
  number(FlowColumn::bwd_packets, flow.packets[to]);
  number(FlowColumn::bwd_bytes, flow.bytes[to]);
  text(FlowColumn::end_reason, end_reason_name(flow.end_reason()));
  if (options_.sequences) sequences(flow);
  if (options_.community_id) text(FlowColumn::community_id, community_id(flow));
  ++size_.rows;
}

std::int64_t FlowTableBuilder::append(const FlowTableBuilder& from, std::int64_t begin, std::int64_t end,
                                      std::uint64_t first_id) {
  settle();
  std::int64_t row = begin;
  for (; row < end && !full(); ++row) {
    ++size_.rows;
    if (options_.sequences) {
      const Column& lists = from.column(FlowColumn::packet_times);
      size_.entries += lists.end(row) - lists.begin(row);
    }
    if (options_.fields != nullptr) note(from.row_values_[static_cast<std::size_t>(row)]);
  }
  const auto ids = static_cast<std::size_t>(column(FlowColumn::flow_id).length);
  for (std::size_t i = 0; i < batch_.columns.size(); ++i) {
    append_rows(batch_.columns[i], from.batch_.columns[i], batch_.schema->columns[i], begin, row);
  }
  auto* id = column(FlowColumn::flow_id).values.as<std::uint64_t>() + ids;
  for (std::int64_t i = begin; i < row; ++i) *id++ += first_id;
  return row - begin;
}

void FlowTableBuilder::encapsulation(const Encapsulation* wrap) {
  Column& vlan = column(FlowColumn::vlan);
  const std::size_t tags = wrap != nullptr ? wrap->vlan_count : 0;
  if (wrap != nullptr) vlan.children[0].values.append(wrap->vlan.data(), tags * sizeof(std::uint16_t));
  vlan.children[0].length += static_cast<std::int64_t>(tags);
  vlan.offsets.push(static_cast<std::int32_t>(vlan.children[0].length));
  ++vlan.length;

  const bool tunnel = wrap != nullptr && wrap->tunnel != TunnelKind::none;
  optional_text(FlowColumn::tunnel, tunnel ? tunnel_name(wrap->tunnel) : "");
  char buffer[kMaxAddressText];
  const auto outer = [&](const IpAddress& a) -> std::string_view {
    return {buffer, write_address(a.bytes.data(), a.version, buffer)};
  };
  optional_text(FlowColumn::tunnel_src, tunnel ? outer(wrap->source) : "");
  optional_text(FlowColumn::tunnel_dst, tunnel ? outer(wrap->destination) : "");
  const bool id = tunnel && wrap->has_id;
  optional_number(FlowColumn::tunnel_id, id, id ? wrap->id : 0);
}

void FlowTableBuilder::sequences(const Flow& flow) {
  const std::size_t count = BatchSize::entries_of(flow, options_);
  const bool tcp = flow.key.protocol == ip_proto::tcp;
  size_.entries += static_cast<std::int64_t>(count);

  const auto offset = [&](FlowColumn which, std::size_t items) {
    Column& c = column(which);
    c.children[0].length += static_cast<std::int64_t>(items);
    c.offsets.push(static_cast<std::int32_t>(c.children[0].length));
    ++c.length;
  };
  offset(FlowColumn::packet_times, count);
  offset(FlowColumn::packet_lengths, count);
  offset(FlowColumn::payload_lengths, count);
  offset(FlowColumn::tcp_flags, tcp ? count : 0);
  Column& flags = column(FlowColumn::tcp_flags);
  flags.validity.push(static_cast<std::uint8_t>(tcp));
  flags.null_count += tcp ? 0 : 1;
  fill_.add(flow, count);
  if (lists_ == Lists::at_once) settle();
}

void FlowTableBuilder::add_values(const Flow& flow, const ValueList* values) {
  const std::size_t columns = options_.fields->columns().size();
  const std::size_t first = batch_.columns.size() - columns;
  note(values != nullptr ? RowValues{values->bytes, values->cut} : RowValues{});
  if (values != nullptr) {
    const auto places = flow.unordered ? places_in_order(flow) : std::vector<std::uint32_t>();
    std::vector<std::pair<std::uint64_t, const ValueNode*>> nodes;
    for (const ValueNode* node = values->head; node != nullptr; node = node->next)
      nodes.emplace_back(node->ordinal < places.size() ? places[node->ordinal] : node->ordinal, node);
    if (!places.empty()) std::ranges::sort(nodes, {}, &std::pair<std::uint64_t, const ValueNode*>::first);
    for (const auto& entry : nodes) {
      const auto place = static_cast<std::uint32_t>(entry.first);
      unpack_values(entry.second->packed(), [&](std::uint32_t index, const Value& value) {
        Column& items = batch_.columns[first + index].children[0];
        const ColumnSpec& spec = batch_.schema->columns[first + index].children[0];
        append_value(items.children[0], spec.children[0].type, value, std::nullopt, scratch_);
        items.children[1].values.push(place);
        ++items.children[1].length;
        ++items.length;
      });
    }
  }
  for (std::size_t i = first; i < batch_.columns.size(); ++i) {
    Column& lists = batch_.columns[i];
    lists.offsets.push<std::int32_t>(static_cast<std::int32_t>(lists.children[0].length));
    ++lists.length;
  }
}

/// Where the flow's packets are in its lists, by the order in which it got them.
std::vector<std::uint32_t> FlowTableBuilder::places_in_order(const Flow& flow) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> packets;  // number since the first, which
  const auto first = static_cast<std::uint32_t>(flow.first_number);
  for (const SequenceChunk* chunk = flow.head; chunk != nullptr; chunk = chunk->next) {
    for (std::size_t i = 0; i < chunk->used(); ++i)
      packets.emplace_back(chunk->entry(i).number - first, static_cast<std::uint32_t>(packets.size()));
  }
  std::ranges::sort(packets);
  std::vector<std::uint32_t> places(packets.size());
  for (std::uint32_t place = 0; place < packets.size(); ++place) places[packets[place].second] = place;
  return places;
}

void FlowTableBuilder::settle() {
  if (fill_.empty()) return;
  const auto room = [&]<class T>(FlowColumn which, std::size_t items) {
    Buffer& values = column(which).children[0].values;
    const std::size_t old = values.size();
    values.resize(old + items * sizeof(T));
    return reinterpret_cast<T*>(values.data() + old);
  };
  const std::size_t items = fill_.items();
  fill_.fill({room.template operator()<double>(FlowColumn::packet_times, items),
              room.template operator()<std::int32_t>(FlowColumn::packet_lengths, items),
              room.template operator()<std::int32_t>(FlowColumn::payload_lengths, items),
              room.template operator()<std::uint16_t>(FlowColumn::tcp_flags, fill_.flags())});
}

}  // namespace flowloom
