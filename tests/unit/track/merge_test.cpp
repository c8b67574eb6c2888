// Parts of a capture, tracked without knowledge of each other and merged, give what one tracker gives for the
// whole: at every split point, in any grouping.
#include "track/merge.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <set>

#include "support/pipeline.hpp"

namespace flowloom {
namespace {

const TrackOptions kOptions[] = {
    {},
    {.sequence_limit = 3},
    {.key_vlan = true},
    {.key_tunnel = true},
    {.join_icmp_errors = true},
    {.sequence_limit = 0, .join_icmp_errors = true},
    {.key_vlan = true, .key_tunnel = true, .join_icmp_errors = true},
};

/// All records of a capture, fragments resolved, as one batch.
PacketBatch read_records(const std::string& path) {
  PacketBatch all;
  auto reader = CaptureReader::open(path, {});
  if (!reader) return all;
  FragmentResolver fragments{HashSeed()};
  PacketWindow window;
  PacketBatch batch;
  for (;;) {
    const auto more = reader->next(window);
    if (!more || !*more) return all;
    batch.clear();
    for (const RawPacket& packet : window.packets) walk_headers(packet, HashSeed(), batch);
    fragments.resolve(batch);
    for (PacketRecord& record : batch.records) {
      if (record.encapsulation != 0)
        record.encapsulation += static_cast<std::uint32_t>(all.encapsulations.size());
      all.records.push_back(record);
    }
    all.encapsulations.insert(all.encapsulations.end(), batch.encapsulations.begin(),
                              batch.encapsulations.end());
  }
}

/// Places between two packets, the end included.
std::vector<std::size_t> split_points(const PacketBatch& all) {
  std::vector<std::size_t> points;
  for (std::size_t i = 1; i < all.records.size(); ++i) {
    if (all.records[i].number != all.records[i - 1].number) points.push_back(i);
  }
  points.push_back(all.records.size());
  return points;
}

FlowPart part(const PacketBatch& all, std::size_t from, std::size_t to, const TrackOptions& options) {
  PacketBatch batch;
  batch.records.assign(all.records.begin() + static_cast<std::ptrdiff_t>(from),
                       all.records.begin() + static_cast<std::ptrdiff_t>(to));
  batch.encapsulations = all.encapsulations;
  batch.record_base = from;
  // Numbers count from somewhere else in each part.
  batch.number_base = from;
  for (PacketRecord& record : batch.records) record.number -= from;
  FlowPart made(options);
  made.track(batch);
  return made;
}

RecordBatch table_of(const Tracker& tracker, const TrackOptions& options) {
  const FlowTableOptions with{.sequence_limit = options.sequence_limit};
  FlowTableBuilder table(make_flow_schema(with), with);
  std::uint64_t id = 0;
  for (const std::uint32_t number : tracker.order()) {
    const Flow& flow = tracker.flow(number);
    std::uint64_t entries = 0;
    for (const SequenceChunk* chunk = flow.head; chunk != nullptr; chunk = chunk->next)
      entries += chunk->used();
    EXPECT_EQ(entries, std::min(flow.packets[0] + flow.packets[1], options.sequence_limit));
    table.add(id++, "", flow, tracker);
  }
  return table.take(9);
}

RecordBatch track_whole(const PacketBatch& all, const TrackOptions& options) {
  Tracker tracker(options);
  tracker.track(all);
  tracker.finish();
  return table_of(tracker, options);
}

bool same_bytes(const Buffer& x, const Buffer& y) {
  return x.size() == y.size() && (x.size() == 0 || std::memcmp(x.data(), y.data(), x.size()) == 0);
}

bool same(const std::vector<Column>& x, const std::vector<Column>& y) {
  return std::equal(x.begin(), x.end(), y.begin(), y.end(), [](const Column& a, const Column& b) {
    return a.length == b.length && a.null_count == b.null_count && same_bytes(a.validity, b.validity) &&
           same_bytes(a.offsets, b.offsets) && same_bytes(a.values, b.values) && same(a.children, b.children);
  });
}

/// What differs, or nothing. `what` is told only if something does.
testing::AssertionResult gives(FlowPart&& merged, const RecordBatch& whole, const TrackOptions& options) {
  const RecordBatch table = table_of(std::move(merged).finish(), options);
  if (same(table.columns, whole.columns)) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "merged, then whole:\n" << build::difference(table, whole);
}

/// Merges the parts between these points pairwise in random grouping.
FlowPart merge_in_random_order(const PacketBatch& all, const std::vector<std::size_t>& points,
                               const TrackOptions& options, std::mt19937& random) {
  std::vector<FlowPart> parts;
  std::size_t from = 0;
  for (const std::size_t to : points) {
    parts.push_back(part(all, from, to, options));
    from = to;
  }
  while (parts.size() > 1) {
    const std::size_t at = random() % (parts.size() - 1);
    parts[at].merge(std::move(parts[at + 1]));
    parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(at) + 1);
  }
  return std::move(parts[0]);
}

std::vector<std::size_t> some_points(const std::vector<std::size_t>& points, std::size_t count,
                                     std::mt19937& random) {
  std::vector<std::size_t> chosen;
  std::sample(points.begin(), points.end() - 1, std::back_inserter(chosen), count, random);
  chosen.push_back(points.back());
  return chosen;
}

/// Splits at `count` points: all if there are no more, else random ones and those where TCP begins and ends.
void check_splits(const PacketBatch& all, const TrackOptions& options, std::size_t count,
                  std::mt19937& random) {
  const RecordBatch whole = track_whole(all, options);
  const std::vector<std::size_t> points = split_points(all);
  std::vector<std::size_t> chosen = points;
  if (count < points.size()) {
    std::vector<std::size_t> at_flags;
    for (const std::size_t point : points) {
      const auto flags = [&](std::size_t i) { return i < all.records.size() ? all.records[i].tcp_flags : 0; };
      if (((flags(point - 1) | flags(point)) & (tcp_flag::syn | tcp_flag::fin)) != 0)
        at_flags.push_back(point);
    }
    chosen.clear();
    std::sample(points.begin(), points.end(), std::back_inserter(chosen), (count + 1) / 2, random);
    std::sample(at_flags.begin(), at_flags.end(), std::back_inserter(chosen), (count + 1) / 2, random);
  }
  for (const std::size_t point : chosen) {
    FlowPart merged = part(all, 0, point, options);
    merged.merge(part(all, point, all.records.size(), options));
    ASSERT_TRUE(gives(std::move(merged), whole, options)) << "split before record " << point;
  }
  for (const std::size_t parts : {3U, 8U, 40U}) {
    const auto cuts = some_points(points, std::min(parts, points.size()) - 1, random);
    ASSERT_TRUE(gives(merge_in_random_order(all, cuts, options, random), whole, options))
        << cuts.size() << " parts";
  }
}

std::vector<std::string> captures_below(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, error)) {
    if (entry.is_regular_file()) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

TEST(Merge, OwnSamplesSplitAtEveryPacket) {
  std::mt19937 random(1);
  std::size_t captures = 0;
  for (const std::string& path : captures_below(FLOWLOOM_SOURCE_DIR "/tests/pcaps")) {
    const PacketBatch all = read_records(path);
    if (all.records.empty()) continue;
    ++captures;
    SCOPED_TRACE(path);
    for (const TrackOptions& options : kOptions) {
      check_splits(all, options, &options == kOptions ? all.records.size() : 50, random);
      if (HasFatalFailure()) return;
    }
  }
  EXPECT_GT(captures, 15U);
}

TEST(Merge, SharedCaptures) {
  const char* set = std::getenv("FLOWLOOM_CAPTURES");
  std::size_t captures = 0;
  std::mt19937 random(2);
  for (const std::string& path :
       captures_below(set != nullptr ? set : FLOWLOOM_SOURCE_DIR "/../shared/captures")) {
    const PacketBatch all = read_records(path);
    if (all.records.empty()) continue;
    ++captures;
    SCOPED_TRACE(path);
    for (const TrackOptions& options : kOptions) {
      check_splits(all, options, 5 + 50'000 / all.records.size(), random);
      if (HasFatalFailure()) return;
    }
  }
  if (captures == 0) GTEST_SKIP() << "no shared captures (FLOWLOOM_CAPTURES)";
}

/// Few keys, few sequence numbers, many SYNs, everything that records can say.
PacketBatch random_records(std::mt19937& random, std::size_t packets) {
  const auto chance = [&](unsigned in) { return random() % in == 0; };
  PacketBatch all;
  for (std::uint16_t tag = 0; tag < 3; ++tag) {
    Encapsulation& wrap = all.encapsulations.emplace_back();
    wrap.vlan_count = tag == 2 ? 0 : 1;
    wrap.vlan[0] = tag;
    wrap.tunnel = tag == 0 ? TunnelKind::none : TunnelKind::gre;
  }
  std::uint64_t number = 0;
  std::vector<std::uint64_t> waiting;  // numbers of packets that come late
  const auto add = [&](std::uint8_t protocol, unsigned roles, std::uint64_t of_packet) {
    const std::uint8_t a[4] = {10, 0, 0, 1}, b[4] = {10, 0, 0, 2};
    PacketRecord r;
    r.key.protocol = protocol;
    const bool back = chance(2);
    std::uint16_t port = chance(3) ? 1 : 2;
    if (protocol == ip_proto::icmp) {
      r.key.sub = r.icmp_type = chance(3) ? 11 : 3;
      r.icmp_code = static_cast<std::uint8_t>(random() % 3);
      port = 0;
    }
    const std::uint16_t other = protocol == ip_proto::icmp ? 0 : 80;
    r.direction = back ? r.key.set_ipv4(b, a, other, port) : r.key.set_ipv4(a, b, port, other);
    if (protocol == ip_proto::tcp && port == 1) r.direction = r.key.set_ipv4(a, a, port, port);
    r.hash = hash_key(r.key, HashSeed());
    r.number = of_packet;
    r.time = {static_cast<std::int64_t>(random() % 50)};
    r.ip_length = 40 + static_cast<std::uint32_t>(random() % 9);
    r.encapsulation = chance(2) ? 0 : 1 + static_cast<std::uint32_t>(random() % 3);
    if ((roles & role::quoted) != 0) r.encapsulation = 0;
    r.role = static_cast<std::uint8_t>(roles);
    if (protocol == ip_proto::tcp) {
      constexpr std::uint16_t kFlags[] = {tcp_flag::syn,
                                          tcp_flag::syn,
                                          tcp_flag::syn,
                                          tcp_flag::ack,
                                          tcp_flag::ack,
                                          tcp_flag::syn | tcp_flag::ack,
                                          tcp_flag::fin | tcp_flag::ack,
                                          tcp_flag::fin,
                                          0,
                                          tcp_flag::rst};
      r.tcp_flags = kFlags[random() % std::size(kFlags)];
      constexpr std::uint32_t kNumbers[] = {0, 1, 2, 3, 0x7FFFFFFF, 0x80000001, 0xFFFFFFFF};
      const std::size_t few = chance(4) ? std::size(kNumbers) : 3;
      r.seq = kNumbers[random() % few];
      r.ack = kNumbers[random() % few];
    }
    all.records.push_back(r);
  };
  const auto whole = [&](std::uint8_t protocol) {
    if (protocol == ip_proto::icmp) return 0U;
    return protocol == ip_proto::tcp ? unsigned{role::stream | role::segment} : unsigned{role::stream};
  };
  const auto any_protocol = [&] {
    return chance(5) ? ip_proto::icmp : chance(4) ? ip_proto::udp : ip_proto::tcp;
  };
  for (std::size_t i = 0; i < packets; ++i) {
    ++number;
    const std::uint8_t protocol = any_protocol();
    if (chance(12)) {  // a fragment that waits
      waiting.push_back(number);
      continue;
    }
    for (const std::uint64_t late : waiting) {
      if (chance(2)) continue;
      add(protocol, role::packet | role::late, late);
    }
    if (!waiting.empty() && chance(2)) waiting.clear();
    if (chance(10)) {  // an outer header
      const std::uint8_t outer = any_protocol();
      if (outer != ip_proto::icmp) add(outer, role::stream, number);
    }
    const bool fragment = chance(12);
    const bool error = protocol == ip_proto::icmp && !chance(4);
    add(protocol,
        role::packet | (fragment ? 0U : whole(protocol)) | (error ? unsigned{role::icmp_error} : 0U), number);
    if (error && !chance(5)) {
      const std::uint8_t quoted = any_protocol();
      add(quoted, role::quoted | (chance(3) ? 0U : whole(quoted)), number);
    }
  }
  // A packet that came late twice would be in two flows.
  std::set<std::uint64_t> seen;
  std::erase_if(all.records, [&](const PacketRecord& r) {
    return (r.role & role::late) != 0 && !seen.insert(r.number).second;
  });
  return all;
}

TEST(Merge, RandomRecordsSplitAtEveryPacket) {
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    const PacketBatch all = random_records(random, 3 + random() % 40);
    if (all.records.empty()) continue;
    SCOPED_TRACE(round);
    for (const TrackOptions& options : kOptions) {
      check_splits(all, options, all.records.size(), random);
      if (HasFatalFailure()) return;
    }
  }
}

TEST(Merge, GroupingDoesNotMatter) {
  std::mt19937 random(4);
  for (int round = 0; round < 2000; ++round) {
    const PacketBatch all = random_records(random, 30);
    const auto points = split_points(all);
    const std::size_t end = all.records.size();
    std::size_t a = points[random() % points.size()], b = points[random() % points.size()];
    if (a > b) std::swap(a, b);
    const TrackOptions& options = kOptions[random() % std::size(kOptions)];
    const RecordBatch whole = track_whole(all, options);
    FlowPart left = part(all, 0, a, options);
    left.merge(part(all, a, b, options));
    left.merge(part(all, b, end, options));
    FlowPart right = part(all, a, b, options);
    right.merge(part(all, b, end, options));
    FlowPart first = part(all, 0, a, options);
    first.merge(std::move(right));
    ASSERT_TRUE(gives(std::move(left), whole, options)) << round;
    ASSERT_TRUE(gives(std::move(first), whole, options)) << round;
  }
}

TEST(Merge, FinsAreAcknowledgedAcrossParts) {
  std::mt19937 random(6);
  std::size_t finished = 0;
  for (int round = 0; round < 20'000; ++round) {
    PacketBatch all;
    const std::size_t packets = 3 + random() % 5;
    for (std::uint64_t number = 1; number <= packets; ++number) {
      const std::uint8_t a[4] = {10, 0, 0, 1}, b[4] = {10, 0, 0, 2};
      PacketRecord r;
      r.key.protocol = ip_proto::tcp;
      r.direction = random() % 2 == 0 ? r.key.set_ipv4(b, a, 80, 1) : r.key.set_ipv4(a, b, 1, 80);
      r.hash = hash_key(r.key, HashSeed());
      r.number = number;
      r.role = role::packet | role::stream | role::segment;
      r.tcp_flags = random() % 2 == 0 ? tcp_flag::fin | tcp_flag::ack : tcp_flag::ack;
      r.seq = static_cast<std::uint32_t>(random() % 3);
      r.ack = static_cast<std::uint32_t>(random() % 4);
      all.records.push_back(r);
    }
    const RecordBatch whole = track_whole(all, {});
    finished += FlowRow(whole, 0).end_reason() == "fin" ? 1 : 0;
    ASSERT_TRUE(gives(merge_in_random_order(all, split_points(all), {}, random), whole, {})) << round;
  }
  EXPECT_GT(finished, 2000U);
}

TEST(Merge, AcknowledgmentsAreOneRange) {
  std::mt19937 random(5);
  constexpr std::uint32_t kEdges[] = {0, 1, 0x7FFFFFFF, 0x80000000, 0x80000001, 0xFFFFFFFF};
  const auto any = [&] {
    return random() % 2 == 0 ? static_cast<std::uint32_t>(random()) : kEdges[random() % std::size(kEdges)];
  };
  for (int round = 0; round < 20'000; ++round) {
    AckRange early, late;
    std::vector<std::uint32_t> acks;
    for (std::size_t n = random() % 5; n > 0; --n) {
      acks.push_back(any());
      (random() % 2 == 0 ? early : late).add(acks.back());
    }
    early.add(late);
    for (int i = 0; i < 10; ++i) {
      const std::uint32_t number = any();
      const bool covered = std::any_of(acks.begin(), acks.end(), [&](std::uint32_t ack) {
        return static_cast<std::int32_t>(ack - number) >= 0;
      });
      ASSERT_EQ(early.covers(number), covered);
    }
  }
}

}  // namespace
}  // namespace flowloom
