// JoinedReader: the merge of captures by time, against a plain one packet at a time.
#include "capture/joined_reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <random>

#include "capture/capture_notes.hpp"
#include "capture_bytes.hpp"

namespace flowloom {
namespace {

struct Made {
  std::uint32_t time;
  ByteVector bytes;
};
using Capture = std::vector<Made>;

ByteVector as_pcap(const Capture& capture) {
  PcapWriter w;
  w.header();
  for (const Made& packet : capture) w.record(packet.time, 0, packet.bytes);
  return w.bytes();
}

ByteVector as_pcapng(const Capture& capture) {
  PcapngWriter w;
  w.section().interface(1);
  for (const Made& packet : capture) w.packet(0, std::uint64_t{packet.time} * 1'000'000, packet.bytes);
  return w.bytes();
}

/// The rule: the capture whose next packet is earliest goes next; of equal ones the first.
Capture merged(const std::vector<Capture>& captures) {
  std::vector<std::size_t> at(captures.size(), 0);
  Capture out;
  for (;;) {
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < captures.size(); ++i) {
      if (at[i] == captures[i].size()) continue;
      if (!best || captures[i][at[i]].time < captures[*best][at[*best]].time) best = i;
    }
    if (!best) return out;
    out.push_back(captures[*best][at[*best]++]);
  }
}

struct Joined {
  std::vector<ReadPacket> packets;
  std::vector<InputProblem> problems;
  std::size_t first = 0, captures_read = 0;
};

/// Checks what is told of the origin of packets, window by window.
class OriginCheck {
 public:
  explicit OriginCheck(const std::vector<std::string>& paths) : last_(paths.size(), 0), ended_(paths.size()) {
    for (const std::string& path : paths) {
      std::ifstream file(path, std::ios::binary);
      files_.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
  }

  void look(const PacketWindow& window, const JoinedReader::Origins& origins) {
    ASSERT_EQ(origins.packets.size(), window.packets.size());
    for (std::size_t i = 0; i < window.packets.size(); ++i) {
      const auto& [capture, offset, notes] = origins.of(window.packets[i]);
      const auto view = window.packets[i].bytes.view();
      ASSERT_FALSE(ended_[capture]);
      ASSERT_GT(offset, last_[capture]);
      last_[capture] = offset;
      ASSERT_LE(offset + view.size(), files_[capture].size());
      EXPECT_TRUE(std::ranges::equal(view, Bytes(files_[capture]).subspan(offset, view.size())));
      ASSERT_NE(notes, nullptr);
      const CaptureRecord record = record_of(*notes, window.packets[i]);
      const auto before = static_cast<std::size_t>(view.data() - record.begin);
      EXPECT_TRUE(std::ranges::equal(Bytes(record.begin, record.size),
                                     Bytes(files_[capture]).subspan(offset - before, record.size)));
    }
    for (const auto& [capture, whole] : origins.ends) ended_[capture] = true;
  }

  void expect_ends() const {
    for (std::size_t i = 0; i < last_.size(); ++i) EXPECT_TRUE(ended_[i] || last_[i] == 0) << i;
  }

 private:
  std::vector<ByteVector> files_;
  std::vector<std::uint64_t> last_;
  std::vector<bool> ended_;
};

Joined join(const std::vector<std::string>& paths, std::size_t window) {
  JoinedReader reader(CaptureList{.paths = paths, .skipped = {}}, window, window > 1000);
  Joined out;
  PacketWindow packets;
  JoinedReader::Origins origins;
  OriginCheck check(paths);
  while (reader.next(packets, &origins)) {
    EXPECT_FALSE(packets.packets.empty());
    check.look(packets, origins);
    for (const RawPacket& p : packets.packets) {
      const PaddedBytes bytes = p.bytes;
      std::uint64_t sum = 0;  // the padding can be read, too
      for (std::size_t i = 0; i < bytes.size() + kPadding; ++i) sum += bytes.data()[i];
      volatile std::uint64_t used = sum;
      (void)used;
      out.packets.push_back({p.time.ns, p.number, p.original_length, p.link_type, p.interface,
                             ByteVector(bytes.view().begin(), bytes.view().end())});
    }
  }
  check.look(packets, origins);
  check.expect_ends();
  EXPECT_FALSE(reader.next(packets)) << "the end is the end";
  out.problems = reader.problems();
  out.first = reader.first();
  out.captures_read = reader.captures_read();
  return out;
}

void expect_merged(const Joined& joined, const std::vector<Capture>& captures) {
  const Capture expected = merged(captures);
  ASSERT_EQ(joined.packets.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    ASSERT_EQ(joined.packets[i].ns, std::int64_t{expected[i].time} * kNsPerSecond) << i;
    ASSERT_EQ(joined.packets[i].bytes, expected[i].bytes) << i;
    ASSERT_EQ(joined.packets[i].number, i + 1);
  }
}

TEST(JoinedReader, MergesAnyCapturesByTime) {
  std::mt19937 random(7);
  const auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
  for (int round = 0; round < 60; ++round) {
    const TemporaryFolder folder;
    std::vector<Capture> captures(1 + below(6));
    std::vector<std::string> paths;
    const unsigned span = below(3) == 0 ? 4 : 400;  // many equal times, or few
    for (Capture& capture : captures) {
      std::uint32_t time = 1000 + below(span);
      for (unsigned n = below(80); n > 0; --n) {
        // Mostly forward, sometimes back.
        time = below(8) == 0 ? time - std::min(below(20), time) : time + below(span / 4 + 1);
        capture.push_back(
            {time, payload(below(5) == 0 ? 0 : below(120), static_cast<std::uint8_t>(random()))});
      }
      const std::string name = std::to_string(paths.size());
      paths.push_back(folder.write(name, below(2) == 0 ? as_pcap(capture) : as_pcapng(capture)));
    }
    for (const std::size_t window : {1U, 100U, 1000U, 256U * 1024}) {
      SCOPED_TRACE(testing::Message() << "round " << round << ", window " << window);
      const Joined joined = join(paths, window);
      EXPECT_TRUE(joined.problems.empty());
      EXPECT_EQ(joined.captures_read, paths.size());
      expect_merged(joined, captures);
    }
  }
}

TEST(JoinedReader, TellsWhichCaptureIsFirst) {
  const TemporaryFolder folder;
  const std::vector<Capture> captures = {{}, {{9, payload(5)}}, {{4, payload(6)}}, {{4, payload(7)}}};
  std::vector<std::string> paths;
  for (const Capture& capture : captures)
    paths.push_back(folder.write(std::to_string(paths.size()), as_pcap(capture)));
  const Joined joined = join(paths, 4096);
  EXPECT_EQ(joined.first, 2U);
  EXPECT_EQ(joined.captures_read, 4U);
  expect_merged(joined, captures);
}

TEST(JoinedReader, DamagedAndUnreadableCapturesDoNotEndTheOthers) {
  const TemporaryFolder folder;
  const Capture one = {{1, payload(50)}, {5, payload(51)}}, two = {{2, payload(60)}, {3, payload(61)}};
  ByteVector cut = as_pcap(two);
  cut.resize(cut.size() - 7);
  const std::vector<std::string> paths = {folder.write("one", as_pcap(one)), folder.write("two", cut),
                                          folder.write("text", to_bytes("no capture at all")),
                                          folder.path("missing"), folder.write("empty", {})};
  const Joined joined = join(paths, 4096);
  expect_merged(joined, {one, {two[0]}});
  EXPECT_EQ(joined.captures_read, 3U);
  ASSERT_EQ(joined.problems.size(), 3U);
  EXPECT_EQ(joined.problems[0].error.code, ErrorCode::not_a_capture);
  EXPECT_TRUE(joined.problems[0].unreadable);
  EXPECT_EQ(joined.problems[1].error.where, paths[3]);
  EXPECT_EQ(joined.problems[2].error.where, paths[1] + ", offset 100");
  EXPECT_FALSE(joined.problems[2].unreadable);
}

TEST(JoinedReader, OpensCapturesWhenTheirTimeHasCome) {
  // More files than may be open at once, one after the other in time; given backwards.
  const TemporaryFolder folder;
  const std::size_t open_now = static_cast<std::size_t>(std::distance(
      std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator()));
  std::vector<std::string> paths;
  std::vector<Capture> captures;
  for (std::uint32_t i = 0; i < 40; ++i) {
    captures.push_back({{1000 - 2 * i, payload(30)}, {1001 - 2 * i, payload(31)}});
    paths.push_back(folder.write(std::to_string(i), as_pcap(captures.back())));
  }
  JoinedReader reader(CaptureList{.paths = paths, .skipped = {}}, 4096, false);
  PacketWindow window;
  std::size_t packets = 0, most = 0;
  while (reader.next(window)) {
    packets += window.packets.size();
    most = std::max(most, static_cast<std::size_t>(
                              std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {})));
  }
  EXPECT_EQ(packets, 80U);
  EXPECT_LE(most, open_now + 2);
}

}  // namespace
}  // namespace flowloom
