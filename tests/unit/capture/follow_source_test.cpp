// Following a file that is being written: at each step what is complete so far, and why it cannot go on.
#include "capture/follow_source.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "capture_bytes.hpp"
#include "compressors.hpp"

namespace flowloom {
namespace {

ByteVector three_packets(bool pcapng) {
  if (!pcapng) {
    return PcapWriter()
        .header()
        .record(1, 0, payload(50))
        .record(2, 0, payload(60))
        .record(3, 0, payload(70))
        .bytes();
  }
  PcapngWriter w;
  w.section().interface(1).packet(0, 1, payload(50));
  w.block(0x0BAD, w.body().raw(payload(100'000)));  // a long block that nobody needs
  return w.packet(0, 2, payload(60)).packet(0, 3, payload(70)).bytes();
}

class Follow : public testing::TestWithParam<bool> {};

TEST_P(Follow, WaitsForWhatIsCut) {
  const TemporaryFolder folder;
  const ByteVector whole = three_packets(GetParam());
  const std::string path = folder.write("x", {});
  std::size_t written = 0;
  // A few bytes more each time that all was read.
  const auto more = [&] {
    if (written == whole.size()) return false;
    const std::size_t left = whole.size() - written, step = written > 200 && left > 1000 ? left - 300 : 17;
    const std::size_t n = std::min(step, left);
    std::ofstream(path, std::ios::binary | std::ios::app)
        .write(reinterpret_cast<const char*>(whole.data() + written), static_cast<std::streamsize>(n));
    written += n;
    return true;
  };
  const WholeCapture c = read_all(CaptureReader::open(path, {.follow = more}));
  EXPECT_FALSE(c.error);
  EXPECT_FALSE(c.damage);
  EXPECT_EQ(c.packets, read_bytes(whole).packets);
}

TEST_P(Follow, WhatIsCutWhenItIsEndedIsNoDamage) {
  const TemporaryFolder folder;
  const ByteVector whole = three_packets(GetParam());
  for (const std::size_t left_out : {0U, 5U, 80U}) {
    const std::string path =
        folder.write("x", ByteVector(whole.begin(), whole.end() - static_cast<std::ptrdiff_t>(left_out)));
    const WholeCapture c = read_all(CaptureReader::open(path, {.follow = [] { return false; }}));
    EXPECT_FALSE(c.error);
    EXPECT_FALSE(c.damage);
    EXPECT_EQ(c.packets.size(), left_out == 0 ? 3U : 2U);
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, Follow, testing::Bool(),
                         [](const auto& format) { return format.param ? "pcapng" : "pcap"; });

TEST(FollowFile, TellsWhyTheFileCannotGrow) {
  const TemporaryFolder folder;
  const std::string path = folder.path("x");
  const ByteVector whole = three_packets(false);
  const auto after = [&](const std::function<void()>& meddle) {
    folder.write("x", whole);
    return read_all(CaptureReader::open(path, {.follow = [&] {
                                          meddle();
                                          return true;
                                        }}));
  };
  const std::string size = std::to_string(whole.size());
  const WholeCapture truncated = after([&] { EXPECT_EQ(::truncate(path.c_str(), 30), 0); });
  ASSERT_TRUE(truncated.error);
  EXPECT_EQ(truncated.packets.size(), 3U);
  EXPECT_EQ(truncated.error->message(),
            path + ", offset " + size + ": the file was truncated to 30 bytes while it was followed");
  const WholeCapture replaced = after([&] { std::filesystem::rename(folder.write("y", whole), path); });
  ASSERT_TRUE(replaced.error);
  EXPECT_EQ(replaced.error->what, "the file was replaced by another while it was followed");
  const WholeCapture removed = after([&] { std::filesystem::remove(path); });
  ASSERT_TRUE(removed.error);
  EXPECT_EQ(removed.error->what, "the file was removed while it was followed");
}

TEST(FollowFile, WhatWasWrittenBeforeTheFileWentAwayIsRead) {
  const TemporaryFolder folder;
  const std::string path = folder.write("x", PcapWriter().header().record(1, 0, payload(50)).bytes());
  bool done = false;
  const WholeCapture c = read_all(CaptureReader::open(
      path, {.follow = [&] {
        if (std::exchange(done, true)) return true;
        const ByteVector more = PcapWriter().record(2, 0, payload(60)).bytes();
        std::ofstream(path, std::ios::binary | std::ios::app)
            .write(reinterpret_cast<const char*>(more.data()), static_cast<std::streamsize>(more.size()));
        std::filesystem::rename(path, folder.path("x.1"));
        return true;
      }}));
  EXPECT_EQ(c.packets.size(), 2U);
  ASSERT_TRUE(c.error);
  EXPECT_EQ(c.error->what, "the file was removed while it was followed");
}

TEST(FollowFile, CompressedFilesGrowByMembers) {
  const TemporaryFolder folder;
  const ByteVector first = gzip_compressed(PcapWriter().header().record(1, 0, payload(50)).bytes());
  const ByteVector second = gzip_compressed(PcapWriter().record(2, 0, payload(60)).bytes());
  const std::string path = folder.write("x", first);
  bool done = false;
  const auto more = [&] {
    if (std::exchange(done, true)) return false;
    std::ofstream(path, std::ios::binary | std::ios::app)
        .write(reinterpret_cast<const char*>(second.data()), static_cast<std::streamsize>(second.size()));
    return true;
  };
  const WholeCapture c = read_all(CaptureReader::open(path, {.follow = more}));
  EXPECT_FALSE(c.error);
  EXPECT_FALSE(c.damage);
  EXPECT_EQ(c.packets.size(), 2U);
}

}  // namespace
}  // namespace flowloom
