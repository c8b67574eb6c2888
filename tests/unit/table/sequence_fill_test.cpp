// Lists filled when a row is added, or later: always the same rows.
#include "table/sequence_fill.hpp"

#include <gtest/gtest.h>

#include <random>

#include "support/pipeline.hpp"
#include "table/flow_table.hpp"

namespace flowloom {
namespace {

/// Flows of very different lengths, 200,000 packets in all; TCP and not, with late fragments.
Tracker track_some() {
  std::mt19937 random(3);
  Tracker tracker{TrackOptions{}};
  PacketBatch batch;
  for (std::uint32_t i = 0; i < 200'000; ++i) {
    const std::uint32_t draw = static_cast<std::uint32_t>(random()) % 1024;
    const std::uint32_t flow = draw * draw / 1024;  // the first ones are the longest
    PacketRecord& record = batch.records.emplace_back();
    const std::uint8_t ends[2][4] = {{10, 0, 0, 1}, {10, 0, 1, 2}};
    const bool back = random() % 3 == 0;
    record.direction = record.key.set_ipv4(ends[back], ends[!back], static_cast<std::uint16_t>(flow),
                                           static_cast<std::uint16_t>(flow));
    record.key.protocol = flow % 3 == 0 ? ip_proto::udp : ip_proto::tcp;
    record.hash = hash_key(record.key, HashSeed());
    record.time.ns = 1'000'000'000 + std::int64_t{i} * 777;
    record.number = i + 1;
    record.ip_length = 40 + static_cast<std::uint32_t>(random() % 1400);
    record.payload_length = record.ip_length - 40;
    if (record.key.protocol == ip_proto::tcp) record.tcp_flags = static_cast<std::uint16_t>(random() % 32);
    record.role = role::packet | role::stream;
    if (flow % 5 == 0 && random() % 100 == 0) {
      record.role |= role::late;  // its number says where it belongs
      record.number -= std::min<std::uint64_t>(record.number - 1, 5'000);
    }
  }
  tracker.track(batch);
  tracker.finish();
  return tracker;
}

/// All rows as texts; settled after each `settle_each` rows, too (0: at the end only).
std::vector<std::string> rows(const Tracker& tracker, FlowTableBuilder::Lists lists,
                              std::size_t settle_each = 0) {
  const FlowTableOptions options;
  FlowTableBuilder table(make_flow_schema(options), options, lists);
  std::vector<std::string> out;
  const auto take = [&] {
    const RecordBatch batch = table.take(9);
    for (std::int64_t row = 0; row < batch.rows; ++row) {
      out.push_back(build::describe_row(batch, row));
      EXPECT_EQ(build::check_row(batch, row), "") << "row " << row;
    }
  };
  for (std::size_t i = 0; i < tracker.order().size(); ++i) {
    table.add(i, "capture", tracker.flow(tracker.order()[i]), tracker);
    if (settle_each != 0 && i % settle_each == 0) table.settle();
    if (i == 300) take();  // a batch that is not the last
  }
  take();
  return out;
}

TEST(SequenceFill, RowsDoNotDependOnWhenTheyAreFilled) {
  using Lists = FlowTableBuilder::Lists;
  const Tracker tracker = track_some();
  const std::vector<std::string> at_once = rows(tracker, Lists::at_once);
  ASSERT_GT(at_once.size(), 500U);
  bool unordered = false;
  for (const std::uint32_t number : tracker.order()) unordered |= tracker.flow(number).unordered;
  ASSERT_TRUE(unordered);
  EXPECT_EQ(rows(tracker, Lists::later), at_once);
  EXPECT_EQ(rows(tracker, Lists::later, 100), at_once) << "settled in between";
}

TEST(SequenceFill, NothingToFill) {
  const FlowTableOptions options;
  FlowTableBuilder table(make_flow_schema(options), options, FlowTableBuilder::Lists::later);
  table.settle();
  EXPECT_EQ(table.take(6).rows, 0);
}

}  // namespace
}  // namespace flowloom
