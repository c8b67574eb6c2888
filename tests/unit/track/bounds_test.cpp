// Timeouts, eviction and what is remembered of ended flows, against a model that keeps everything and looks
// at every flow for every packet; and that memory does not grow with what has ended.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "base/store.hpp"
#include "support/packets.hpp"
#include "track/tracker.hpp"

namespace flowloom {
namespace {

/// A datagram between 10.0.0.1:`port` and 10.0.0.2:53 at `time` ns; `number` counts from 1.
PacketRecord datagram(std::uint32_t port, bool back, std::int64_t time, std::uint64_t number) {
  const std::uint8_t a[4] = {10, 0, 0, static_cast<std::uint8_t>(port >> 16)}, b[4] = {10, 0, 1, 2};
  const auto own = static_cast<std::uint16_t>(port);
  PacketRecord r;
  r.key.protocol = ip_proto::udp;
  r.direction = back ? r.key.set_ipv4(b, a, 53, own) : r.key.set_ipv4(a, b, own, 53);
  r.hash = hash_key(r.key, HashSeed());
  r.payload_length = 10;
  r.ip_length = 38;
  r.role = role::packet | role::stream;
  r.time = {time};
  r.number = number;
  return r;
}

/// A row, as far as bounds matter.
struct Row {
  std::uint64_t id = 0;
  std::uint64_t first = 0, packets = 0, kept = 0;
  std::int64_t start = 0, end = 0;
  std::uint32_t stream = 0;
  std::uint8_t initiator = 0;
  EndReason reason = EndReason::capture_end;
  friend bool operator==(const Row&, const Row&) = default;
};

void PrintTo(const Row& row, std::ostream* out) {
  *out << "#" << row.id << " first " << row.first << " packets " << row.packets << " kept " << row.kept << " "
       << row.start << ".." << row.end << " stream " << row.stream << " from " << int{row.initiator} << " "
       << end_reason_name(row.reason);
}

Row row_of(const Flow& flow, std::uint64_t id, const Tracker& tracker) {
  Row row{id,
          flow.first_number,
          flow.packets[0] + flow.packets[1],
          0,
          flow.start,
          flow.end,
          tracker.stream(flow),
          flow.initiator,
          flow.end_reason()};
  for (const SequenceChunk* chunk = flow.head; chunk != nullptr; chunk = chunk->next)
    row.kept += chunk->used();
  return row;
}

struct Collect final : FlowSink {
  void take(std::uint32_t number, std::uint64_t id, const Tracker& tracker) override {
    const Flow& flow = tracker.flow(number);
    rows.push_back(row_of(flow, id, tracker));
  }
  std::vector<Row> rows;
};

std::vector<Row> by_id(std::vector<Row> rows) {
  std::sort(rows.begin(), rows.end(), [](const Row& x, const Row& y) { return x.id < y.id; });
  return rows;
}

PacketBatch batch_of(const std::vector<PacketRecord>& records) {
  PacketBatch batch;
  batch.records = records;
  return batch;
}

/// Rows in the order in which they ended.
std::vector<Row> streamed(const std::vector<PacketRecord>& records, TrackOptions options) {
  options.by_end = true;
  Collect sink;
  Tracker tracker(options);
  tracker.set_sink(&sink);
  tracker.track(batch_of(records));
  tracker.finish();
  return sink.rows;
}

/// Rows of flows that stay in the tracker.
std::vector<Row> kept(const std::vector<PacketRecord>& records, const TrackOptions& options) {
  Tracker tracker(options);
  tracker.track(batch_of(records));
  tracker.finish();
  std::vector<Row> rows;
  for (const std::uint32_t number : tracker.order()) {
    const std::uint64_t id = options.by_end ? tracker.id(number) : rows.size();
    rows.push_back(row_of(tracker.flow(number), id, tracker));
  }
  return rows;
}

/// The rules, straight from their words, for datagrams.
std::vector<Row> model(const std::vector<PacketRecord>& records, const TrackOptions& options) {
  struct Key {
    std::uint32_t stream;
    std::uint8_t initiator;
    bool open = false;
    Row row;
  };
  __extension__ using Wide = __int128;  // times never overflow
  std::map<std::vector<std::uint8_t>, Key> keys;
  std::vector<Row> rows;
  std::uint64_t next_id = 0;
  const auto cut = [&](Key& key, EndReason reason) {
    key.row.reason = reason;
    rows.push_back(key.row);
    key.open = false;
  };
  for (const PacketRecord& r : records) {
    // Deadlines that have passed, the earliest first.
    for (;;) {
      Key* due = nullptr;
      Wide earliest = 0;
      EndReason why = EndReason::capture_end;
      for (auto& [name, key] : keys) {
        if (!key.open) continue;
        const Wide never = Wide{1} << 100;
        const Wide idle = options.idle_timeout != 0 ? Wide{key.row.end} + options.idle_timeout : never;
        const Wide active =
            options.active_timeout != 0 ? Wide{key.row.start} + options.active_timeout : never;
        const Wide deadline = std::min(idle, active);
        if (deadline >= r.time.ns) continue;
        if (due != nullptr && (deadline > earliest || (deadline == earliest && key.row.id > due->row.id))) {
          continue;
        }
        due = &key;
        earliest = deadline;
        why = idle <= active ? EndReason::idle : EndReason::active;
      }
      if (due == nullptr) break;
      cut(*due, why);
    }
    std::vector<std::uint8_t> name(sizeof r.key);
    std::memcpy(name.data(), &r.key, sizeof r.key);
    const auto stream = static_cast<std::uint32_t>(keys.size());
    Key& key = keys.try_emplace(name, Key{stream, r.direction, false, {}}).first->second;
    if (!key.open) {
      Key* oldest = nullptr;
      std::uint64_t open = 0;
      for (auto& [other, k] : keys) {
        if (!k.open) continue;
        ++open;
        if (oldest == nullptr || k.row.end < oldest->row.end ||
            (k.row.end == oldest->row.end && k.row.id < oldest->row.id)) {
          oldest = &k;
        }
      }
      if (options.max_flows != 0 && open == options.max_flows) cut(*oldest, EndReason::evicted);
      key.row = Row{next_id++, r.number, 0, 0, r.time.ns, r.time.ns, key.stream, key.initiator};
      key.open = true;
    }
    ++key.row.packets;
    key.row.kept = std::min(key.row.packets, options.sequence_limit);
    key.row.start = std::min(key.row.start, r.time.ns);
    key.row.end = std::max(key.row.end, r.time.ns);
  }
  std::vector<Row> rest;
  for (auto& [name, key] : keys) {
    if (key.open) rest.push_back(key.row);
  }
  for (const Row& row : by_id(rest)) rows.push_back(row);
  return rows;
}

constexpr std::int64_t kSecond = kNsPerSecond;

TEST(Bounds, AnyPacketCutsFlowsThatAreLate) {
  const auto rows = streamed({datagram(1, false, 0, 1), datagram(2, false, 10 * kSecond, 2),
                              datagram(2, false, 10 * kSecond + 1, 3), datagram(1, true, 11 * kSecond, 4)},
                             {.idle_timeout = 10 * kSecond});
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0], (Row{0, 1, 1, 1, 0, 0, 0, 0, EndReason::idle})) << "exactly the timeout is not more";
  EXPECT_EQ(rows[1].id, 1U);
  EXPECT_EQ(rows[2].stream, 0U) << "a piece has the stream of the piece before";
  EXPECT_EQ(rows[2].initiator, rows[0].initiator);
}

TEST(Bounds, OnePacketFromTheFutureCutsOnce) {
  const auto rows = streamed({datagram(1, false, 0, 1), datagram(2, false, 1'000'000 * kSecond, 2),
                              datagram(1, false, 1, 3), datagram(1, false, 2, 4)},
                             {.idle_timeout = kSecond});
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[2].packets, 2U);
}

TEST(Bounds, TheLongestSilentIsEvicted) {
  const auto rows = streamed({datagram(1, false, 0, 1), datagram(2, false, 0, 2), datagram(1, false, 5, 3),
                              datagram(3, false, 6, 4), datagram(4, false, 6, 5)},
                             {.max_flows = 2});
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0].id, 1U);
  EXPECT_EQ(rows[1].id, 0U);
  EXPECT_EQ(rows[0].reason, EndReason::evicted);
  EXPECT_EQ(rows[3].reason, EndReason::capture_end);
}

TEST(Bounds, RandomPacketsAgreeWithTheModel) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    std::mt19937_64 random(seed);
    TrackOptions options;
    if (seed % 2 != 0) options.idle_timeout = 1 + static_cast<std::int64_t>(random() % 40);
    if (seed % 3 != 0) options.active_timeout = 1 + static_cast<std::int64_t>(random() % 60);
    if (seed % 5 != 0) options.max_flows = 1 + random() % 9;
    if (seed % 7 == 0) options.sequence_limit = random() % 4;
    const std::uint64_t ports = 2 + random() % 20;
    std::vector<PacketRecord> records;
    std::int64_t time = 0;
    for (std::uint64_t n = 1; n <= 400; ++n) {
      time += static_cast<std::int64_t>(random() % 5);
      std::int64_t at = time;
      if (random() % 8 == 0) at -= static_cast<std::int64_t>(random() % 50);  // times run back
      if (seed % 11 == 0 && random() % 100 == 0) at = std::numeric_limits<std::int64_t>::max() - 3;
      if (seed % 13 == 0 && random() % 100 == 0) at = std::numeric_limits<std::int64_t>::min() + 3;
      records.push_back(datagram(static_cast<std::uint32_t>(random() % ports), random() % 2 == 0, at, n));
    }
    const auto expected = model(records, options);
    ASSERT_EQ(streamed(records, options), expected) << "seed " << seed;
    if (options.bounded()) {
      ASSERT_EQ(kept(records, options), by_id(expected)) << "seed " << seed;
    }
    options.by_end = true;
    ASSERT_EQ(kept(records, options), expected) << "seed " << seed;
    std::uint64_t packets = 0;
    for (const Row& row : expected) packets += row.packets;
    ASSERT_EQ(packets, records.size());
  }
}

/// Counts, and sees which memory flows lie in: they never move, so few places mean little memory.
struct Places final : FlowSink {
  void take(std::uint32_t number, std::uint64_t, const Tracker& tracker) override {
    const Flow& flow = tracker.flow(number);
    ++rows;
    packets += flow.packets[0] + flow.packets[1];
    if (!note) return;
    flows.insert(&flow);
    for (const SequenceChunk* chunk = flow.head; chunk != nullptr; chunk = chunk->next) chunks.insert(chunk);
    if (flow.encapsulation != nullptr) encapsulations.insert(flow.encapsulation);
  }
  bool note = true;  ///< which memory it is
  std::uint64_t rows = 0, packets = 0;
  std::set<const void*> flows, chunks, encapsulations;
};

std::string peak_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return line.substr(6);
  }
  return "?";
}

/// Packets, from their bytes to rows, of which no key ever returns: a second has 10,000, each flow has four
/// within 30 ms; every other flow lies in a VXLAN tunnel whose ports and number are its own, too.
/// FLOWLOOM_SIMULATED_PACKETS: how many; peak memory is then told.
void simulate(TrackOptions options, std::size_t most_open) {
  options.by_end = true;
  const char* const wanted = std::getenv("FLOWLOOM_SIMULATED_PACKETS");
  const std::uint64_t total = wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : 2'400'000;
  const build::Packet inner = build::ipv4({}, build::udp(1000, 53, build::zeros(530)));
  const build::Packet plain = build::eth(0x0800, inner);
  const build::Packet tunnel =
      build::eth(0x0800, build::ipv4({.from = build::kOuterA, .to = build::kOuterB},
                                     build::udp(2000, 4789, build::vxlan(1, build::eth(0x0800, inner)))));
  constexpr std::size_t kBatch = 400, kRoom = 700, kIp = 14, kInner = 14 + 20 + 8 + 8 + 14;
  std::vector<std::uint8_t> bytes(kBatch * kRoom + kPadding);
  Places sink;
  sink.note = wanted == nullptr;
  Tracker tracker(options);
  tracker.set_sink(&sink);
  PacketBatch batch;
  std::uint64_t told = 0;
  for (std::uint64_t done = 0; done < total; done += kBatch) {
    batch.clear();
    for (std::size_t i = 0; i < kBatch; ++i) {
      const std::uint64_t number = done + i, flow = number / 400 * 100 + number % 100;
      const build::Packet& from = flow % 2 != 0 ? tunnel : plain;
      std::uint8_t* const at = bytes.data() + i * kRoom;
      std::copy(from.begin(), from.end(), at);
      std::uint8_t* const ip = at + (flow % 2 != 0 ? kInner : kIp);
      store_be32(ip + 12, static_cast<std::uint32_t>(flow / 65'536) + 0x0B000000);
      store_be16(ip + 20, static_cast<std::uint16_t>(flow));
      if (flow % 2 != 0) {
        store_be32(at + kIp + 12, static_cast<std::uint32_t>(flow / 65'536) + 0x0B000000);
        store_be16(at + kIp + 20, static_cast<std::uint16_t>(flow));
        store_be32(at + kIp + 20 + 8 + 4, static_cast<std::uint32_t>(flow << 8));
      }
      RawPacket packet;
      packet.bytes = {at, from.size()};
      packet.original_length = static_cast<std::uint32_t>(from.size());
      packet.link_type = build::kEthernet;
      packet.time = {static_cast<std::int64_t>(number) * 100'000};
      packet.number = number + 1;
      walk_headers(packet, HashSeed(), batch);
    }
    tracker.track(batch);
    if (wanted != nullptr && done * 10 / total > told) {
      told = done * 10 / total;
      std::printf("%3u %%: %llu rows, peak %s\n", static_cast<unsigned>(told * 10),
                  static_cast<unsigned long long>(sink.rows), peak_memory().c_str());
    }
  }
  tracker.finish();
  const std::uint64_t packets = (total + kBatch - 1) / kBatch * kBatch;
  EXPECT_EQ(sink.packets, packets);
  EXPECT_EQ(sink.rows, packets / 4);
  const std::size_t bound = most_open + 2 * Lifetimes::kRemembered + 16;
  EXPECT_LE(sink.flows.size(), bound);
  EXPECT_LE(sink.chunks.size(), 2 * (most_open + 16));
  EXPECT_GE(sink.rows, 2 * Lifetimes::kRemembered) << "too short to tell anything";
}

TEST(Bounds, MemoryStaysFlatWithATimeout) { simulate({.idle_timeout = 5 * kSecond}, 15'000); }
TEST(Bounds, MemoryStaysFlatWithTheMostFlows) { simulate({.max_flows = 1000}, 1000); }
TEST(Bounds, MemoryStaysFlatWithKeys) {
  simulate({.idle_timeout = 5 * kSecond, .key_vlan = true, .key_tunnel = true}, 15'000);
}

}  // namespace
}  // namespace flowloom
