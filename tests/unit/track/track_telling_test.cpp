// The tracker says where each packet went.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "track/tracker.hpp"

namespace flowloom {
namespace {

PacketRecord random_record(std::mt19937& random, std::uint64_t number) {
  const auto roll = random();
  const std::uint8_t a[4] = {10, 0, 0, 1}, b[4] = {10, 0, 0, 2};
  const auto port = static_cast<std::uint16_t>(1000 + roll % 40);
  PacketRecord record;
  record.key.protocol = roll % 3 != 0 ? ip_proto::tcp : ip_proto::udp;
  record.direction = roll % 7 < 3 ? record.key.set_ipv4(b, a, 80, port) : record.key.set_ipv4(a, b, port, 80);
  record.hash = hash_key(record.key, HashSeed());
  record.tcp_flags = roll % 5 == 0 ? tcp_flag::syn : tcp_flag::ack;
  record.seq = static_cast<std::uint32_t>(roll % 4);
  record.role = role::stream | role::packet;
  if (record.key.protocol == ip_proto::tcp) record.role |= role::segment;
  if (roll % 11 == 0) record.role = role::stream;
  record.time = Timestamp{static_cast<std::int64_t>(number) * kNsPerSecond / 10};
  record.number = number;
  return record;
}

TEST(TrackTelling, TellsWhereEachPacketWent) {
  std::mt19937 random(3);  // NOLINT: the same packets each time
  PacketBatch batch;
  std::vector<RecordPlace> which;
  for (std::uint32_t i = 0; i < 5'000; ++i) {
    batch.records.push_back(random_record(random, i + 1));
    if (random() % 13 != 0) which.push_back(batch.place_of(i));
  }
  for (const TrackOptions& options : {TrackOptions{}, TrackOptions{.idle_timeout = kNsPerSecond}}) {
    Tracker telling(options), silent(options);
    std::vector<std::uint32_t> flows;
    telling.track_telling(batch, which, flows);
    silent.track(batch, which);
    telling.finish();
    silent.finish();
    ASSERT_EQ(flows.size(), which.size());
    ASSERT_EQ(telling.order(), silent.order());
    std::vector<std::uint64_t> told(*std::ranges::max_element(telling.order()) + 1);
    for (std::size_t i = 0; i < which.size(); ++i) {
      const PacketRecord& record = batch.records[which[i].index];
      ASSERT_EQ(flows[i] != kNone, (record.role & role::packet) != 0);
      if (flows[i] == kNone) continue;
      EXPECT_EQ(telling.flow(flows[i]).key, record.key);
      ++told[flows[i]];
    }
    for (const std::uint32_t number : telling.order()) {
      const Flow& flow = telling.flow(number);
      EXPECT_EQ(told[number], flow.packets[0] + flow.packets[1]);
    }
  }
}

}  // namespace
}  // namespace flowloom
