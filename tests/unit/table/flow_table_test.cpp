// From a flow to its row: directions, nulls, order of late packets, what is left out.
#include "table/flow_table.hpp"

#include <gtest/gtest.h>

#include "flowloom/flow_row.hpp"
#include "support/pipeline.hpp"

namespace flowloom {
namespace {

/// A packet between 10.0.0.2:2000 and 10.0.0.1:80; `back` is from the latter.
PacketRecord packet(std::uint8_t protocol, bool back, std::uint64_t number, std::uint32_t payload) {
  const std::uint8_t a[4] = {10, 0, 0, 2}, b[4] = {10, 0, 0, 1};
  PacketRecord r;
  r.key.protocol = protocol;
  r.direction = back ? r.key.set_ipv4(b, a, 80, 2000) : r.key.set_ipv4(a, b, 2000, 80);
  r.hash = hash_key(r.key, HashSeed());
  r.time = {static_cast<std::int64_t>(number) * kNsPerSecond / 2};
  r.number = number;
  r.payload_length = payload;
  r.ip_length = payload + 40;
  r.role = role::packet | role::stream;
  return r;
}

/// The row of the only flow of these records.
RecordBatch row_of(std::vector<PacketRecord> records, const FlowTableOptions& options = {},
                   const std::vector<Encapsulation>& encapsulations = {}) {
  PacketBatch batch;
  batch.records = std::move(records);
  batch.encapsulations = encapsulations;
  Tracker tracker({.sequence_limit = options.sequences ? options.sequence_limit : 0});
  tracker.track(batch);
  tracker.finish();
  EXPECT_EQ(tracker.order().size(), 1U);
  FlowTableBuilder table(make_flow_schema(options), options);
  EXPECT_TRUE(table.empty());
  table.add(41, "x.pcap", tracker.flow(tracker.order()[0]), tracker);
  EXPECT_FALSE(table.empty());
  RecordBatch out = table.take(6);
  EXPECT_TRUE(table.empty());
  EXPECT_EQ(out.rows, 1);
  EXPECT_EQ(out.time_digits, 6);
  return out;
}

template <class T>
std::vector<T> list(std::span<const T> values) {
  return {values.begin(), values.end()};
}

TEST(FlowTable, DirectionsAreThoseOfTheInitiator) {
  // The initiator's address is the higher one, so that it is the second end of the key.
  const RecordBatch batch = row_of({packet(ip_proto::udp, false, 1, 10), packet(ip_proto::udp, true, 2, 0),
                                    packet(ip_proto::udp, false, 5, 7)});
  const FlowRow row(batch, 0);
  EXPECT_EQ(row.flow_id(), 41U);
  EXPECT_EQ(row.capture(), "x.pcap");
  EXPECT_EQ(row.stream(), 0U);
  EXPECT_EQ(row.src_ip(), "10.0.0.2");
  EXPECT_EQ(row.src_port(), 2000);
  EXPECT_EQ(row.dst_ip(), "10.0.0.1");
  EXPECT_EQ(row.dst_port(), 80);
  EXPECT_EQ(row.duration(), 2.0);
  EXPECT_EQ(list(row.packet_lengths()), (std::vector<std::int32_t>{50, -40, 47}));
  EXPECT_EQ(list(row.payload_lengths()), (std::vector<std::int32_t>{10, 0, 7}));
  EXPECT_EQ(list(row.packet_times()), (std::vector<double>{0, 0.5, 2}));
  EXPECT_TRUE(row.tcp_flags().empty());
  EXPECT_TRUE(row.column(FlowColumn::tcp_flags).is_null(0)) << "null, not an empty list";
  EXPECT_TRUE(row.column(FlowColumn::icmp_type).is_null(0));
  EXPECT_TRUE(row.column(FlowColumn::tunnel).is_null(0));
  EXPECT_EQ(build::check_row(batch, 0), "");
}

TEST(FlowTable, LatePacketsGoWhereTheirNumbersSay) {
  PacketRecord late = packet(ip_proto::udp, true, 2, 3);
  late.role = role::packet | role::late;
  const RecordBatch batch =
      row_of({packet(ip_proto::udp, false, 1, 1), packet(ip_proto::udp, false, 4, 4), late});
  EXPECT_EQ(list(FlowRow(batch, 0).packet_lengths()), (std::vector<std::int32_t>{41, -43, 44}));
}

TEST(FlowTable, ALatePacketMayBeTheFirst) {
  PacketRecord late = packet(ip_proto::udp, true, 1, 3);
  late.role = role::packet | role::late;
  const RecordBatch batch = row_of({packet(ip_proto::udp, false, 4, 4), late});
  const FlowRow row(batch, 0);
  EXPECT_EQ(row.src_ip(), "10.0.0.1") << "who sent the first packet";
  EXPECT_EQ(list(row.packet_lengths()), (std::vector<std::int32_t>{43, -44}));
}

TEST(FlowTable, IcmpHasTypesInsteadOfPorts) {
  PacketRecord echo;
  const std::uint8_t a[4] = {10, 0, 0, 1}, b[4] = {10, 0, 0, 2};
  echo.key.protocol = ip_proto::icmp;
  echo.key.sub = 777;
  echo.direction = echo.key.set_ipv4(a, b, 1, 1);
  echo.hash = hash_key(echo.key, HashSeed());
  echo.icmp_type = 8;
  echo.number = 1;
  echo.ip_length = 84;
  echo.role = role::packet;
  const RecordBatch batch = row_of({echo});
  const FlowRow row(batch, 0);
  EXPECT_FALSE(row.src_port());
  EXPECT_FALSE(row.stream());
  EXPECT_EQ(row.protocol(), "icmp");
  EXPECT_EQ(row.column(FlowColumn::icmp_type).value<std::uint8_t>(0), 8);
  EXPECT_EQ(row.column(FlowColumn::icmp_id).value<std::uint16_t>(0), 777);
}

TEST(FlowTable, TagsAndTunnelAreThoseOfTheFirstPacket) {
  std::vector<Encapsulation> wraps(2);
  wraps[0].vlan_count = 2;
  wraps[0].vlan = {7, 9};
  wraps[0].tunnel = TunnelKind::vxlan;
  wraps[0].has_id = true;
  wraps[0].id = 5000;
  wraps[0].source = wraps[0].destination = IpAddress{{192, 0, 2, 1}, 4};
  wraps[1].vlan_count = 1;
  wraps[1].vlan = {1};
  PacketRecord first = packet(ip_proto::udp, false, 1, 1), second = packet(ip_proto::udp, true, 2, 1);
  first.encapsulation = 1;
  second.encapsulation = 2;
  const RecordBatch batch = row_of({first, second}, {}, wraps);
  const FlowRow row(batch, 0);
  const Column& vlan = row.column(FlowColumn::vlan);
  ASSERT_EQ(vlan.end(0) - vlan.begin(0), 2);
  EXPECT_EQ(vlan.children[0].value<std::uint16_t>(1), 9);
  EXPECT_EQ(row.column(FlowColumn::tunnel).text(0), "vxlan");
  EXPECT_EQ(row.column(FlowColumn::tunnel_src).text(0), "192.0.2.1");
  EXPECT_EQ(row.column(FlowColumn::tunnel_id).value<std::uint64_t>(0), 5000U);
}

TEST(FlowTable, SequencesMayBeLimitedOrLeftOut) {
  std::vector<PacketRecord> records;
  for (std::uint64_t i = 1; i <= 50; ++i) records.push_back(packet(ip_proto::tcp, i % 2 == 0, i, 1));
  const RecordBatch limited = row_of(records, {.sequence_limit = 7});
  EXPECT_EQ(FlowRow(limited, 0).packets(), 50U) << "the counts go on";
  EXPECT_EQ(FlowRow(limited, 0).packet_times().size(), 7U);
  EXPECT_EQ(FlowRow(limited, 0).tcp_flags().size(), 7U);
  const RecordBatch without = row_of(records, {.sequences = false, .community_id = true});
  EXPECT_EQ(without.columns.size(), limited.columns.size() - 4 + 1);
  EXPECT_EQ(without.schema->columns.back().name, "community_id");
  EXPECT_EQ(without.columns.back().text(0).substr(0, 2), "1:");
  EXPECT_EQ(FlowRow(without, 0).packets(), 50U);
}

TEST(FlowTable, OtherColumnsMayStandWhereTheListsWouldBe) {
  Schema schema = *make_flow_schema({.sequences = false, .community_id = true});
  const std::size_t place = flow_column_index(schema, FlowColumn::community_id);
  for (const char* name : {"a", "b", "c", "d"})
    schema.columns.push_back({name, ColumnType::list, false, {}, {}});
  EXPECT_FALSE(has_sequences(schema));
  EXPECT_EQ(flow_column_index(schema, FlowColumn::community_id), place);
  EXPECT_EQ(schema.columns[place].name, "community_id");
}

TEST(FlowTable, ABatchIsFullByRowsOrByPackets) {
  PacketBatch batch;
  for (std::uint64_t i = 1; i <= 5000; ++i) batch.records.push_back(packet(ip_proto::udp, false, i, 1));
  Tracker tracker{TrackOptions()};
  tracker.track(batch);
  tracker.finish();
  FlowTableBuilder table(make_flow_schema({}), {});
  std::uint64_t rows = 0;
  while (!table.full()) table.add(rows++, "x", tracker.flow(tracker.order()[0]), tracker);
  EXPECT_EQ(rows, (BatchSize::kMaxEntries + 4999) / 5000);
  const RecordBatch first = table.take(9);
  EXPECT_EQ(first.rows, static_cast<std::int64_t>(rows));
  EXPECT_FALSE(table.full());
}

}  // namespace
}  // namespace flowloom
