// The main job gives the same rows, accounting and problems for any number of threads and any shape of
// capture, and the same as the stages alone.
#include <gtest/gtest.h>

#include <limits>

#include "../capture/capture_bytes.hpp"
#include "../capture/compressors.hpp"
#include "capture/pcap_writer.hpp"
#include "flowloom/flows.hpp"
#include "flowloom/synth.hpp"
#include "support/packets.hpp"
#include "support/pipeline.hpp"

namespace flowloom {
namespace {

struct Outcome {
  std::vector<std::string> rows;                      ///< each as text, with all that it says
  std::vector<std::pair<std::int64_t, int>> batches;  ///< their rows and decimals of time
  std::vector<std::string> problems;
  std::uint64_t packets = 0;
  std::vector<std::uint64_t> fates;
  std::size_t captures_read = 0;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome read_flows(const CaptureList& captures, FlowOptions options, unsigned threads, bool start = false) {
  Outcome out;
  options.read.threads = threads;
  auto reader = FlowReader::open(captures, options);
  if (!reader) {
    ADD_FAILURE() << reader.error().message();
    return out;
  }
  if (start) reader->start();
  RecordBatch batch;
  for (;;) {
    const auto more = reader->next(batch);
    if (!more) {
      ADD_FAILURE() << more.error().message();
      return out;
    }
    if (!*more) break;
    out.batches.emplace_back(batch.rows, batch.time_digits);
    for (std::int64_t row = 0; row < batch.rows; ++row) {
      EXPECT_EQ(build::check_row(batch, row), "");
      out.rows.push_back(build::describe_row(batch, row));
    }
  }
  for (const InputProblem& problem : reader->problems()) out.problems.push_back(problem.error.message());
  const Accounting accounting = reader->accounting();
  out.packets = accounting.packets;
  for (const auto& [name, count] : accounting.fates) out.fates.push_back(count);
  out.captures_read = reader->captures_read();
  return out;
}

Outcome read_flows(const std::vector<std::string>& paths, const FlowOptions& options, unsigned threads,
                   bool start = false) {
  return read_flows(CaptureList{.paths = paths, .skipped = {}}, options, threads, start);
}

/// Packets of invented traffic as a pcap.
ByteVector invented(std::uint64_t packets, std::vector<std::string> profiles, std::uint64_t seed = 1) {
  auto generator =
      PacketGenerator::synthesize({.seed = seed, .profiles = std::move(profiles), .packets = packets});
  ByteVector bytes;
  const pcap::WrittenFormat format{.link_type = generator->link_type()};
  pcap::append_header(format, bytes);
  PacketWindow window;
  while (generator->next(window)) {
    for (const RawPacket& p : window.packets)
      EXPECT_TRUE(pcap::append_record(format, p.time, p.bytes.view(), p.original_length, bytes));
  }
  return bytes;
}

/// The same packets in pcapng, with interfaces and sections that begin in between.
ByteVector as_pcapng(const ByteVector& pcap) {
  const WholeCapture whole = read_bytes(pcap);
  PcapngWriter out;
  std::uint32_t interfaces = 0;
  for (std::size_t i = 0; i < whole.packets.size(); ++i) {
    if (i % 5000 == 0) {
      out.set_big_endian(i % 10'000 != 0);
      out.section();
      interfaces = 0;
    }
    if (i % 5000 == 0 || i % 700 == 0) {
      out.interface(static_cast<std::uint16_t>(whole.packets[i].link_type));
      ++interfaces;
    }
    out.packet(static_cast<std::uint32_t>(i) % interfaces,
               static_cast<std::uint64_t>(whole.packets[i].ns / 1000), whole.packets[i].bytes);
  }
  return out.bytes();
}

/// What must not show in any way: the number of threads, and whether reading began before rows were asked
/// for.
Outcome check_threads(const std::vector<std::string>& paths, const FlowOptions& options) {
  Outcome one = read_flows(paths, options, 1);
  for (const unsigned threads : {2U, 5U}) {
    const Outcome many = read_flows(paths, options, threads, threads == 5);
    EXPECT_EQ(many.problems, one.problems) << threads << " threads";
    EXPECT_EQ(many.fates, one.fates) << threads << " threads";
    EXPECT_TRUE(many == one) << threads << " threads";
  }
  return one;
}

const std::vector<FlowOptions> kOptions = {
    {},
    {.key_vlan = true, .key_tunnel = true, .community_id = true},
    {.icmp_errors = IcmpErrors::join},
    {.idle_timeout_ns = kNsPerSecond, .active_timeout_ns = 10 * kNsPerSecond},
};

TEST(FlowReader, ThreadsDoNotShow) {
  const TemporaryFolder folder;
  const ByteVector bytes = invented(20'000, {});
  ASSERT_GT(bytes.size(), 3'000'000U) << "many windows";
  ByteVector cut(bytes.begin(), bytes.end() - static_cast<std::ptrdiff_t>(bytes.size() / 3 + 5));
  ByteVector damaged = bytes;
  std::fill_n(damaged.begin() + static_cast<std::ptrdiff_t>(bytes.size() / 2), 4000, std::uint8_t{0xFF});
  const std::string paths[] = {
      folder.write("whole.pcap", bytes),
      folder.write("cut.pcap", cut),
      folder.write("damaged.pcap", damaged),
      folder.write("sections.pcapng", as_pcapng(bytes)),
      folder.write("packed.pcap.gz", gzip_compressed(bytes)),
  };
  for (const std::string& path : paths) {
    for (const FlowOptions& options : kOptions) {
      SCOPED_TRACE(path);
      const Outcome out = check_threads({path}, options);
      EXPECT_GT(out.rows.size(), 100U);
      EXPECT_EQ(out.problems.empty(), path == paths[0] || path == paths[3] || path == paths[4]);
      if (HasFailure()) return;
    }
  }
}

TEST(FlowReader, GivesWhatTheStagesGive) {
  const TemporaryFolder folder;
  const ByteVector bytes = invented(20'000, {}, 7);
  // The path is part of each row.
  const std::string path = folder.write("x.pcap", bytes);
  for (const FlowOptions& options : kOptions) {
    build::Pipeline how;
    how.options.idle_timeout = options.idle_timeout_ns;
    how.options.active_timeout = options.active_timeout_ns;
    how.options.max_flows = options.max_flows;
    how.options.key_vlan = options.key_vlan;
    how.options.key_tunnel = options.key_tunnel;
    how.options.join_icmp_errors = options.icmp_errors == IcmpErrors::join;
    const auto stages = build::run_pipeline(bytes, how);
    FlowOptions with = options;
    with.community_id = true;
    with.order = RowOrder::start;
    const Outcome engine = read_flows({path}, with, 3);
    ASSERT_EQ(engine.rows.size(), static_cast<std::size_t>(stages.table.rows));
    EXPECT_EQ(engine.fates, std::vector(stages.fates.begin(), stages.fates.end()));
    for (std::size_t row = 0; row < engine.rows.size(); ++row) {
      std::string expected = build::describe_row(stages.table, static_cast<std::int64_t>(row));
      expected.replace(expected.find("capture=memory"), 14, "capture=" + path);
      ASSERT_EQ(engine.rows[row], expected);
    }
  }
}

TEST(FlowReader, ManyCaptures) {
  const TemporaryFolder folder;
  std::vector<std::string> paths;
  std::uint64_t packets = 0;
  for (std::uint64_t i = 0; i < 60; ++i) {
    const std::uint64_t count = i % 7 == 0 ? 3000 : 20;
    packets += count;
    paths.push_back(folder.write(std::to_string(i), invented(count, {"dns", "scan"}, i)));
  }
  paths.insert(paths.begin() + 9, folder.write("empty", {}));
  paths.insert(paths.begin() + 20, folder.path("absent"));
  paths.insert(paths.begin() + 30, folder.write("none", to_bytes("this is no capture, but long enough")));
  for (const FlowOptions& options : kOptions) {
    const Outcome out = check_threads(paths, options);
    EXPECT_EQ(out.packets, packets);
    EXPECT_EQ(out.captures_read, 61U);
    EXPECT_EQ(out.problems.size(), 2U);
  }
}

/// So many packets that each begin a flow, times in nanoseconds if asked for.
ByteVector one_packet_flows(std::size_t count, std::uint32_t seed, bool nanoseconds) {
  ByteVector bytes;
  const pcap::WrittenFormat format{.link_type = 1, .nanoseconds = nanoseconds};
  pcap::append_header(format, bytes);
  for (std::size_t i = 0; i < count; ++i) {
    const auto port = static_cast<unsigned>(1000 + i);
    const build::Packet packet =
        build::eth(0x0800, build::ipv4({.protocol = 17}, build::udp(port, 53, build::zeros(4))));
    EXPECT_TRUE(pcap::append_record(format, {.ns = static_cast<std::int64_t>(seed * 1'000'000 + i * 1000)},
                                    packet, static_cast<std::uint32_t>(packet.size()), bytes));
  }
  return bytes;
}

TEST(FlowReader, ManyCapturesFillManyBatches) {
  const TemporaryFolder folder;
  CaptureList list;
  std::size_t flows = 0;
  for (std::uint32_t i = 0; i < 90; ++i) {
    const std::size_t count = i % 11 == 0 ? 7000 : 1500 + i;
    flows += count;
    list.paths.push_back(folder.write(std::to_string(i), one_packet_flows(count, i, i >= 40 && i < 60)));
    if (i % 13 == 5)
      list.paths.push_back(folder.write(std::to_string(i) + "n", to_bytes("no capture at all")));
  }
  list.unchecked.assign(list.paths.size(), true);
  std::vector<FlowOptions> all = kOptions;
  all.push_back({.fields = {"udp.srcport", "ip.src"}});
  all.push_back({.fields = {"udp.srcport"}, .order = RowOrder::end});
  for (const FlowOptions& options : all) {
    const Outcome one = read_flows(list, options, 1);
    EXPECT_EQ(one.rows.size(), flows);
    EXPECT_GT(one.batches.size(), 3U);
    for (const unsigned threads : {2U, 5U}) EXPECT_TRUE(read_flows(list, options, threads) == one);
  }
}

TEST(FlowReader, LimitsFiltersAndTimes) {
  const TemporaryFolder folder;
  const std::string path = folder.write("x.pcap", invented(12'000, {}));
  const Outcome all = check_threads({path}, {});
  FlowOptions limited;
  limited.read.limit = 5000;
  EXPECT_EQ(check_threads({path}, limited).packets, 5000U);
  FlowOptions filtered;
  filtered.read.read_filter = "udp";
  const Outcome udp = check_threads({path}, filtered);
  EXPECT_EQ(udp.packets, all.packets);
  EXPECT_LT(udp.rows.size(), all.rows.size());
  EXPECT_GT(udp.rows.size(), 0U);
}

/// A read filter that a later capture's link type does not know.
TEST(FlowReader, AnErrorIsTheEnd) {
  const TemporaryFolder folder;
  PcapWriter unknown;
  unknown.header(0xa1b2c3d4, 999).record(1, 0, payload(60));
  const std::string good = folder.write("good.pcap", invented(1000, {}));
  const std::string bad = folder.write("unknown.pcap", unknown.bytes());
  for (const RowOrder order : {RowOrder::start, RowOrder::end}) {
    for (const unsigned threads : {1U, 3U}) {
      FlowOptions options;
      options.read.read_filter = "tcp";
      options.read.threads = threads;
      options.order = order;
      auto reader = FlowReader::open({good, bad, good}, options);
      ASSERT_TRUE(reader);
      RecordBatch batch;
      auto more = reader->next(batch);
      while (more && *more) more = reader->next(batch);
      ASSERT_FALSE(more);
      EXPECT_EQ(more.error().code, ErrorCode::usage);
      for (int i = 0; i < 3; ++i) {
        const auto again = reader->next(batch);
        ASSERT_FALSE(again);
        EXPECT_EQ(again.error().message(), more.error().message());
      }
    }
  }
}

TEST(FlowReader, OptionsThatCannotBe) {
  const auto refused = [](const FlowOptions& options) {
    const auto reader = FlowReader::open({"a", "b"}, options);
    return reader ? "nothing" : reader.error().message();
  };
  EXPECT_EQ(refused({.idle_timeout_ns = -1}), "a timeout is negative");
  EXPECT_EQ(refused({.active_timeout_ns = -1}), "a timeout is negative");
  EXPECT_EQ(refused({.read = {.follow = true}}), "--follow reads one capture, not 2");
}

TEST(FlowReader, PathsAreNotCutAtANul) {
  const TemporaryFolder folder;
  const std::string path = folder.write("x.pcap", invented(10, {})) + std::string("\0y", 2);
  EXPECT_FALSE(list_captures({path}));
  for (const bool join : {false, true}) {
    const Outcome out = read_flows({path}, {.join = join}, 2);
    EXPECT_EQ(out.problems.size(), 1U);
    EXPECT_TRUE(out.rows.empty());
  }
}

TEST(FlowReader, ThreadsHaveABound) {
  const TemporaryFolder folder;
  const std::string path = folder.write("x.pcap", invented(2000, {}));
  const Outcome one = read_flows({path}, {}, 1);
  EXPECT_TRUE(read_flows({path}, {}, std::numeric_limits<unsigned>::max()) == one);
}

TEST(FlowReader, WhatACallbackThrowsComesOut) {
  const TemporaryFolder folder;
  const std::string path = folder.write("x.pcap", invented(20'000, {}));
  std::vector<FlowOptions> all = kOptions;
  all.push_back({.join = true});
  for (FlowOptions options : all) {
    options.read.progress = [](const Progress& progress) {
      if (progress.packets > 5000) throw std::out_of_range("enough");
    };
    for (const unsigned threads : {1U, 3U}) {
      for (const std::size_t captures : {1U, 4U}) {
        options.read.threads = threads;
        auto reader = FlowReader::open(CaptureList{std::vector(captures, path), {}}, options);
        ASSERT_TRUE(reader);
        RecordBatch batch;
        const auto read = [&] {
          for (auto more = reader->next(batch); more && *more; more = reader->next(batch)) {
          }
        };
        EXPECT_THROW(read(), std::out_of_range) << threads << " threads, " << captures << " captures";
      }
    }
  }
}

TEST(FlowReader, ReadingThatBeganMayBeDropped) {
  const TemporaryFolder folder;
  const std::string path = folder.write("x.pcap", invented(20'000, {}));
  for (const FlowOptions& options : kOptions) {
    for (const unsigned threads : {1U, 3U}) {
      FlowOptions with = options;
      with.read.threads = threads;
      auto reader = FlowReader::open(CaptureList{.paths = {path, path}, .skipped = {}}, with);
      ASSERT_TRUE(reader);
      for (int times = 1; times <= 2; ++times) {  // the second time it does not begin again
        int done = 0;
        reader->start([&] { ++done; });
        EXPECT_EQ(done, 1);
      }
    }
  }
  auto reader = FlowReader::open(CaptureList{.paths = {path}, .skipped = {}}, {.read = {.threads = 2}});
  ASSERT_TRUE(reader);
  EXPECT_THROW(reader->start([] { throw std::runtime_error("meanwhile"); }), std::runtime_error);
  const std::string none = folder.path("none.pcap");
  for (const unsigned threads : {1U, 3U}) {
    const Outcome out = read_flows({none}, {}, threads, true);
    EXPECT_EQ(out.problems.size(), 1U);
    EXPECT_TRUE(out.rows.empty());
  }
}

TEST(FlowReader, RealCaptures) {
  const char* set = std::getenv("FLOWLOOM_CAPTURES");
  const std::filesystem::path shared = set != nullptr ? set : FLOWLOOM_SOURCE_DIR "/../shared/captures";
  std::vector<std::string> arguments = {FLOWLOOM_SOURCE_DIR "/tests/pcaps"};
  if (std::filesystem::is_directory(shared)) {
    arguments.push_back(shared.native());
  } else {
    std::printf("%s is absent: only the project's own captures are read\n", shared.c_str());
  }
  const auto list = expand_captures(arguments);
  ASSERT_TRUE(list);
  for (const FlowOptions& options : kOptions) {
    const Outcome one = read_flows(list->paths, options, 1);
    EXPECT_GT(one.rows.size(), 50U);
    EXPECT_TRUE(read_flows(list->paths, options, 3) == one);
  }
}

}  // namespace
}  // namespace flowloom
