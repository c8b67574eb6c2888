// A capture's flows as batches of rows: the same batches, in the same order, for any number of threads.
#include "engine/flow_batches.hpp"

#include <gtest/gtest.h>

#include <random>

#include "support/pipeline.hpp"

namespace flowloom {
namespace {

/// Two partitions with so many flows; every hundredth is long, a few are longer than two batches, unless all
/// are short.
std::vector<Tracker> trackers_with(std::uint32_t flows, bool all_short = false) {
  constexpr std::size_t kLong = 4000, kVeryLong = 2 * BatchSize::kMaxEntries + 1;
  std::mt19937 random(5);
  std::vector<Tracker> trackers;
  for (int i = 0; i < 2; ++i) trackers.emplace_back(TrackOptions{});
  std::array<PacketBatch, 2> batches;
  std::uint64_t number = 0;
  for (std::uint32_t flow = 0; flow < flows; ++flow) {
    std::size_t packets = 1 + random() % 8;
    if (!all_short && flow % 2500 == 999) {
      packets = kVeryLong;
    } else if (!all_short && flow % 100 == 0) {
      packets = kLong;
    }
    for (std::size_t i = 0; i < packets; ++i) {
      PacketRecord& r = batches[flow % 2].records.emplace_back();
      const std::uint8_t ends[2][4] = {{10, 1, static_cast<std::uint8_t>(flow >> 8), 1}, {10, 2, 2, 2}};
      r.direction = r.key.set_ipv4(ends[0], ends[1], static_cast<std::uint16_t>(1 + flow % 256), 80);
      r.key.protocol = ip_proto::tcp;
      r.hash = hash_key(r.key, HashSeed());
      r.number = ++number;
      r.time.ns = static_cast<std::int64_t>(number) * 1000;
      r.ip_length = 40 + static_cast<std::uint32_t>(random() % 1000);
      r.role = role::packet | role::stream;
    }
  }
  for (std::size_t i = 0; i < 2; ++i) {
    trackers[i].track(batches[i]);
    trackers[i].finish();
  }
  return trackers;
}

struct Made {
  std::vector<std::int64_t> rows;  ///< of each batch
  std::vector<std::string> texts;  ///< of each row
  std::uint64_t next_id = 0;
};

/// `begun`: rows that are in the table before.
Made make(const std::vector<Tracker>& trackers, unsigned threads, std::size_t begun = 0) {
  const RowOptions rows{make_flow_schema({}), {}};
  const std::string path = "x.pcap";
  FlowTableBuilder table(rows.schema, rows.table, FlowTableBuilder::Lists::later);
  const Tracker& first = trackers.front();
  for (std::size_t i = 0; i < begun; ++i)
    add_flow_row(table, rows.table, i, "before.pcap", first.order()[i], first);
  FlowBatches batches(trackers, path, 100, rows, threads);
  EXPECT_FALSE(batches.under_way());
  EXPECT_EQ(batches.shares(), threads > 1);
  Made made;
  for (;;) {
    batches.add_to(table);
    if (table.empty()) break;
    const bool full = table.full();
    const RecordBatch batch = table.take(6);
    made.rows.push_back(batch.rows);
    for (std::int64_t row = 0; row < batch.rows; ++row) {
      EXPECT_EQ(build::check_row(batch, row), "");
      made.texts.push_back(build::describe_row(batch, row));
    }
    if (!full && !batches.left()) break;
  }
  EXPECT_FALSE(batches.under_way());
  made.next_id = batches.next_id();
  return made;
}

TEST(FlowBatches, ThreadsDoNotShow) {
  const auto trackers = trackers_with(8'000);
  for (const std::size_t begun : {0U, 700U}) {
    const Made one = make(trackers, 1, begun);
    ASSERT_GT(one.rows.size(), 3U);
    EXPECT_EQ(one.texts.size(), begun + 8'000);
    EXPECT_EQ(one.next_id, 8'100U);
    for (const unsigned threads : {2U, 3U, 100U}) {
      const Made several = make(trackers, threads, begun);
      EXPECT_EQ(several.rows, one.rows) << threads;
      EXPECT_EQ(several.texts, one.texts) << threads;
      EXPECT_EQ(several.next_id, one.next_id) << threads;
    }
  }
}

TEST(FlowBatches, TheLastOfManyBecomeSmaller) {
  const auto trackers = trackers_with(20'000, true);
  for (const unsigned threads : {1U, 2U, 5U}) {
    EXPECT_EQ(make(trackers, threads).rows, (std::vector<std::int64_t>{10'000, 5'000, 2'500, 2'048, 452}));
    const Made begun = make(trackers, threads, 700);
    EXPECT_EQ(begun.rows, (std::vector<std::int64_t>{10'700, 5'000, 2'500, 2'048, 452}));
    EXPECT_EQ(begun.next_id, 20'100U);
  }
  EXPECT_EQ(make(trackers_with(16'000, true), 2).rows, std::vector<std::int64_t>{16'000});
}

TEST(FlowBatches, FewFlowsAreSharedIfTheyAreLong) {
  const RowOptions rows{make_flow_schema({}), {}};
  const std::string path = "x.pcap";
  const auto few = trackers_with(900), long_one = trackers_with(1'000), many = trackers_with(3'000);
  EXPECT_FALSE(FlowBatches(few, path, 0, rows, 2).shares());
  EXPECT_TRUE(FlowBatches(long_one, path, 0, rows, 2).shares());
  EXPECT_TRUE(FlowBatches(many, path, 0, rows, 2).shares());
  EXPECT_FALSE(FlowBatches(many, path, 0, rows, 1).shares());
}

TEST(FlowBatches, MayBeDroppedAtAnyTime) {
  const auto trackers = trackers_with(8'000);
  const RowOptions rows{make_flow_schema({}), {}};
  const std::string path = "x.pcap";
  for (int taken = 0; taken < 4; ++taken) {
    FlowBatches batches(trackers, path, 0, rows, 3);
    for (int i = 0; i < taken; ++i) {
      FlowTableBuilder table(rows.schema, rows.table, FlowTableBuilder::Lists::later);
      batches.add_to(table);
      EXPECT_TRUE(table.full());
    }
    EXPECT_EQ(batches.under_way(), taken != 0);
  }
}

}  // namespace
}  // namespace flowloom
