// Captures of all kinds in one run: in their order, with the same flows, whoever reads them.
#include "engine/capture_pool.hpp"

#include <gtest/gtest.h>

#include "capture/capture_bytes.hpp"
#include "capture/compressors.hpp"
#include "capture/pcap_writer.hpp"
#include "engine/flow_order.hpp"
#include "flowloom/synth.hpp"

namespace flowloom {
namespace {

ByteVector traffic(std::uint64_t seed, std::uint64_t packets) {
  auto generator =
      PacketGenerator::synthesize({.seed = seed, .profiles = {"dns", "web"}, .packets = packets});
  ByteVector bytes;
  const pcap::WrittenFormat format{.link_type = generator->link_type()};
  pcap::append_header(format, bytes);
  PacketWindow window;
  while (generator->next(window)) {
    for (const RawPacket& p : window.packets) {
      EXPECT_TRUE(pcap::append_record(format, p.time, p.bytes.view(), p.original_length, bytes));
    }
  }
  return bytes;
}

/// What came out of one capture.
struct Read {
  std::size_t index = 0, skipped = 0, problems = 0;
  std::string error;
  std::array<std::uint64_t, kFates> fates = {};
  std::vector<std::array<std::uint64_t, 3>> flows;  ///< first packet, packets, bytes
  friend bool operator==(const Read&, const Read&) = default;
};

std::vector<Read> read_all(const CaptureList& captures, unsigned threads) {
  auto input = RunInput::make({.threads = threads}, captures.paths);
  EXPECT_TRUE(input);
  CapturePool pool(**input, {}, captures, false);
  std::vector<Read> out;
  while (ReadCapture* capture = pool.next()) {
    Read& read = out.emplace_back();
    read.index = capture->index;
    if (capture->outcome) {
      EXPECT_FALSE(capture->outcome->put_off);
      read.skipped = capture->outcome->skipped.size();
      read.problems = capture->outcome->problems.size();
      read.fates = capture->outcome->fates;
      FlowOrder order(capture->run->trackers());
      while (const auto place = order.next()) {
        const Flow& flow = capture->run->trackers()[place->partition].flow(place->flow);
        read.flows.push_back(
            {flow.first_number, flow.packets[0] + flow.packets[1], flow.bytes[0] + flow.bytes[1]});
      }
    } else {
      read.error = capture->outcome.error().message();
    }
  }
  return out;
}

TEST(CapturePool, CapturesOfAllKindsKeepTheirOrder) {
  const TemporaryFolder folder;
  CaptureList captures;
  const auto add = [&](const ByteVector& bytes, bool unchecked = false) {
    captures.paths.push_back(folder.write(std::to_string(captures.paths.size()), bytes));
    captures.unchecked.push_back(unchecked);
  };
  const ByteVector large = traffic(1, 12'000);
  ASSERT_GT(large.size(), 4U * 1024 * 1024);
  for (std::uint64_t i = 0; i < 12; ++i) add(traffic(10 + i, 30 + 20 * i), i % 2 == 0);
  add(large);
  add(gzip_compressed(large));
  add(zstd_compressed(large), true);
  add(to_bytes("no capture"), true);
  add(to_bytes("no capture"));
  add({}, true);
  add(ByteVector(large.begin(), large.begin() + 70'001));
  add(large);
  add(gzip_compressed(traffic(2, 50)));
  captures.paths.push_back(folder.path("missing"));
  for (std::uint64_t i = 0; i < 12; ++i) add(traffic(30 + i, 30));

  const std::vector<Read> expected = read_all(captures, 1);
  ASSERT_EQ(expected.size(), captures.paths.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(expected[i].index, i);
  EXPECT_EQ(expected[13].flows, expected[12].flows) << "compressed or not";
  EXPECT_EQ(expected[14].flows, expected[12].flows);
  EXPECT_EQ(expected[15].skipped, 1U);
  EXPECT_NE(expected[16].error, "");
  EXPECT_EQ(expected[17].skipped, 1U);
  EXPECT_EQ(expected[18].problems, 1U);
  EXPECT_NE(expected[21].error, "");
  for (const unsigned threads : {2U, 3U, 5U}) {
    for (int again = 0; again < 3; ++again) EXPECT_EQ(read_all(captures, threads), expected) << threads;
  }
}

TEST(CapturePool, CanBeGivenUpWhileOthersRead) {
  const TemporaryFolder folder;
  CaptureList captures;
  for (std::uint64_t i = 0; i < 50; ++i) {
    captures.paths.push_back(folder.write(std::to_string(i), traffic(i, 50)));
  }
  for (std::size_t taken = 0; taken < 10; ++taken) {
    auto input = RunInput::make({.threads = 4}, captures.paths);
    CapturePool pool(**input, {}, captures, false);
    for (std::size_t i = 0; i < taken; ++i) {
      const ReadCapture* capture = pool.next();
      ASSERT_NE(capture, nullptr);
      EXPECT_EQ(capture->index, i);
    }
  }
}

}  // namespace
}  // namespace flowloom
