// What cuts flows, who began them, and that partitions of a capture give what one tracker gives.
#include "track/tracker.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <new>
#include <random>
#include <vector>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define FLOWLOOM_ALLOCATOR_TAKEN  // by the sanitizer's own, which cannot be replaced
#endif
#endif

#ifndef FLOWLOOM_ALLOCATOR_TAKEN
namespace {
thread_local std::size_t allocations = 0;  // other tests start threads
}

// Counts, so that a test can say how often the flow path asks for memory.
void* operator new(std::size_t size) {
  ++allocations;
  if (void* const memory = std::malloc(size != 0 ? size : 1)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
#endif

namespace flowloom {
namespace {

constexpr std::int64_t kSecond = kNsPerSecond;

/// A segment or datagram between 10.0.0.1:`port` and 10.0.0.2:80; `back` is from the latter.
PacketRecord packet(std::uint8_t protocol, std::uint16_t port, bool back, std::uint16_t flags = 0,
                    std::uint32_t seq = 0, std::uint32_t ack = 0, std::uint32_t payload = 10) {
  const std::uint8_t a[4] = {10, 0, 0, 1}, b[4] = {10, 0, 0, 2};
  PacketRecord r;
  r.key.protocol = protocol;
  r.direction = back ? r.key.set_ipv4(b, a, 80, port) : r.key.set_ipv4(a, b, port, 80);
  r.hash = hash_key(r.key, HashSeed());
  r.tcp_flags = flags;
  r.seq = seq;
  r.ack = ack;
  r.payload_length = payload;
  r.ip_length = payload + 40;
  r.role = role::packet | role::stream;
  if (protocol == ip_proto::tcp) r.role |= role::segment;
  return r;
}
PacketRecord tcp(bool back, std::uint16_t flags, std::uint32_t seq, std::uint32_t ack,
                 std::uint32_t payload = 0) {
  return packet(ip_proto::tcp, 1000, back, flags, seq, ack, payload);
}

class Metered {
 public:
  explicit Metered(const TrackOptions& options = {}) : tracker(options) {}

  Metered& add(PacketRecord record, std::int64_t seconds = 0) {
    record.time = {seconds * kSecond};
    record.number = ++number_;
    PacketBatch batch;
    batch.records.push_back(record);
    batch.record_base = number_;
    tracker.track(batch);
    return *this;
  }
  const Flow& flow(std::size_t i) { return tracker.flow(tracker.order().at(i)); }
  std::size_t flows() { return tracker.order().size(); }

  Tracker tracker;

 private:
  std::uint64_t number_ = 0;
};

constexpr std::uint16_t kSyn = tcp_flag::syn, kAck = tcp_flag::ack, kFin = tcp_flag::fin,
                        kRst = tcp_flag::rst;

TEST(Tracker, InitiatorIsWhoSentTheSyn) {
  const auto begins = [](std::vector<PacketRecord> records) {
    Metered run;
    for (const PacketRecord& r : records) run.add(r);
    EXPECT_EQ(run.flows(), 1U);
    return run.flow(0).initiator;
  };
  const std::uint8_t client = tcp(false, kSyn, 1, 0).direction, server = 1 - client;
  EXPECT_EQ(begins({tcp(false, kSyn, 1, 0)}), client);
  EXPECT_EQ(begins({tcp(true, kSyn | kAck, 9, 2)}), client) << "the receiver of a SYN-ACK";
  EXPECT_EQ(begins({tcp(true, kAck, 9, 2), tcp(true, kSyn | kAck, 8, 2)}), client);
  EXPECT_EQ(begins({tcp(true, kAck, 9, 2)}), server) << "else who sent first";
  EXPECT_EQ(begins({tcp(true, kAck, 9, 2), tcp(false, kSyn, 1, 0)}), client) << "a SYN that came late";
}

TEST(Tracker, ANewStreamBeginsWithANewSequenceNumber) {
  Metered run;
  run.add(tcp(false, kSyn, 100, 0)).add(tcp(false, kSyn, 100, 0)).add(tcp(true, kSyn | kAck, 500, 101));
  run.add(tcp(false, kRst, 101, 0)).add(tcp(false, kAck, 101, 501));
  EXPECT_EQ(run.flows(), 1U) << "a SYN sent again begins nothing, and RST ends nothing";
  run.add(tcp(false, kSyn, 200, 0));
  ASSERT_EQ(run.flows(), 2U);
  EXPECT_EQ(run.flow(0).end_reason(), EndReason::port_reuse);
  EXPECT_EQ(run.tracker.stream(run.flow(0)), 0U);
  EXPECT_EQ(run.tracker.stream(run.flow(1)), 1U);
  run.add(tcp(true, kSyn, 501, 0));  // the server's number is not known in the new stream
  EXPECT_EQ(run.flows(), 2U);
  run.add(tcp(true, kSyn, 502, 0));
  EXPECT_EQ(run.flows(), 3U);
}

TEST(Tracker, NumbersOfEarlierSegmentsCount) {
  Metered run;
  run.add(tcp(true, kAck, 50, 1001, 5));  // so the client's first number was 1000
  run.add(tcp(false, kSyn, 1000, 0));
  EXPECT_EQ(run.flows(), 1U);
  run.add(tcp(false, kSyn, 1001, 0));
  EXPECT_EQ(run.flows(), 2U);
}

TEST(Tracker, EndReasons) {
  Metered fin;
  fin.add(tcp(false, kFin | kAck, 10, 20, 5)).add(tcp(true, kAck, 20, 15));
  EXPECT_EQ(fin.flow(0).end_reason(), EndReason::capture_end) << "the FIN comes after the payload";
  fin.add(tcp(true, kFin | kAck, 20, 16));
  EXPECT_EQ(fin.flow(0).end_reason(), EndReason::capture_end);
  fin.add(tcp(false, kAck, 16, 21));
  EXPECT_EQ(fin.flow(0).end_reason(), EndReason::fin);
  fin.add(tcp(true, kRst, 21, 0));
  EXPECT_EQ(fin.flow(0).end_reason(), EndReason::rst);
}

TEST(Tracker, TimeoutsAndPieces) {
  TrackOptions options;
  options.idle_timeout = 10 * kSecond;
  options.active_timeout = 25 * kSecond;
  Metered run(options);
  const PacketRecord there = packet(ip_proto::udp, 1000, false), back = packet(ip_proto::udp, 1000, true);
  run.add(there, 0).add(back, 10).add(back, 5).add(there, 20);
  EXPECT_EQ(run.flows(), 1U) << "exactly the timeout is not more; times may run back";
  run.add(back, 26).add(back, 37);
  ASSERT_EQ(run.flows(), 3U);
  EXPECT_EQ(run.flow(0).end_reason(), EndReason::active);
  EXPECT_EQ(run.flow(1).end_reason(), EndReason::idle);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(run.flow(i).initiator, there.direction) << "a piece keeps the initiator";
    EXPECT_EQ(run.tracker.stream(run.flow(i)), 0U);
  }
}

TEST(Tracker, ManyFlowsAreFound) {
  Metered run;
  std::mt19937 random(3);
  std::vector<std::uint16_t> ports(60'000);
  for (std::size_t i = 0; i < ports.size(); ++i) ports[i] = static_cast<std::uint16_t>(i + 1000);
  std::shuffle(ports.begin(), ports.end(), random);
  for (const std::uint16_t port : ports) run.add(packet(ip_proto::udp, port, false));
  for (const std::uint16_t port : ports) run.add(packet(ip_proto::udp, port, true));
  ASSERT_EQ(run.flows(), ports.size());
  for (std::size_t i = 0; i < ports.size(); ++i) {
    ASSERT_EQ(run.flow(i).key.port[0] == 80 ? run.flow(i).key.port[1] : run.flow(i).key.port[0], ports[i]);
    ASSERT_EQ(run.flow(i).packets[0] + run.flow(i).packets[1], 2U);
    ASSERT_EQ(run.tracker.stream(run.flow(i)), i);
  }
}

TEST(Tracker, PartitionsGiveWhatOneGives) {
  std::mt19937_64 random(11);
  PacketBatch batch;
  for (std::uint64_t n = 1; n <= 20'000; ++n) {
    const auto port = static_cast<std::uint16_t>(1000 + random() % 300);
    const bool back = random() % 2 == 0;
    PacketRecord r = random() % 3 == 0 ? packet(ip_proto::udp, port, back)
                                       : packet(ip_proto::tcp, port, back, random() % 40 == 0 ? kSyn : kAck,
                                                static_cast<std::uint32_t>(random()), 7);
    r.time = {static_cast<std::int64_t>(n * 1000)};
    r.number = n;
    batch.records.push_back(r);
  }
  Tracker whole{TrackOptions{}};
  whole.track(batch);
  whole.finish();
  std::vector<Tracker> parts;
  for (int i = 0; i < 3; ++i) parts.emplace_back(TrackOptions{});
  std::vector<std::vector<RecordPlace>> which(parts.size());
  for (std::uint32_t i = 0; i < batch.records.size(); ++i) {
    which[(batch.records[i].hash >> 32) % parts.size()].push_back(batch.place_of(i));
  }
  for (std::size_t p = 0; p < parts.size(); ++p) parts[p].track(batch, which[p]);
  Tracker::settle_streams(parts);
  std::size_t flows = 0;
  for (const Tracker& part : parts) {
    for (const std::uint32_t number : part.order()) {
      const Flow& flow = part.flow(number);
      const auto same = std::find_if(whole.order().begin(), whole.order().end(), [&](std::uint32_t other) {
        return whole.flow(other).first_number == flow.first_number;
      });
      ASSERT_NE(same, whole.order().end());
      const Flow& other = whole.flow(*same);
      ASSERT_EQ(flow.key, other.key);
      ASSERT_EQ(flow.packets[0], other.packets[0]);
      ASSERT_EQ(flow.bytes[1], other.bytes[1]);
      ASSERT_EQ(flow.end_reason(), other.end_reason());
      ASSERT_EQ(part.stream(flow), whole.stream(other));
      ++flows;
    }
  }
  EXPECT_EQ(flows, whole.order().size());
}

#ifndef FLOWLOOM_ALLOCATOR_TAKEN
TEST(Tracker, NoAllocationPerPacket) {
  PacketBatch batch;
  for (std::uint64_t n = 1; n <= 1000; ++n) {
    PacketRecord r = packet(ip_proto::udp, static_cast<std::uint16_t>(1000 + n % 50), n % 2 == 0);
    r.number = n;
    batch.records.push_back(r);
  }
  Tracker tracker{TrackOptions{}};
  tracker.track(batch);
  const std::size_t before = allocations;
  constexpr int kRounds = 300;
  for (int i = 0; i < kRounds; ++i) tracker.track(batch);
  // 300,000 packets: blocks for the sequences, a few megabytes each.
  EXPECT_LT(allocations - before, 40U);
}
#endif

}  // namespace
}  // namespace flowloom
