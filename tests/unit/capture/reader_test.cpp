// CaptureReader: windows, cut files, pipes, files that change.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <limits>
#include <thread>

#include "capture/byte_source.hpp"
#include "capture_bytes.hpp"
#include "compressors.hpp"

namespace flowloom {
namespace {

ByteVector small_pcap() {
  PcapWriter w;
  w.header();
  for (std::uint32_t i = 0; i < 5; ++i)
    w.record(1700000000 + i, i, payload(1 + 13 * i, static_cast<std::uint8_t>(i)));
  return w.bytes();
}

ByteVector small_pcapng() {
  PcapngWriter w;
  w.section()
      .interface(1, 0, w.option(2, to_bytes("eth0")))
      .packet(0, 1, payload(21))
      .packet(0, 2, payload(22), 90);
  w.block(5, w.body().u32(0).u64(5)).block(3, w.body().u32(7).raw(payload(7)));
  w.set_big_endian(true);
  w.section().interface(101).packet(0, 3, payload(23)).packet(0, 4, payload(24));
  return w.bytes();
}

/// Cut anywhere, a capture gives the packets before the cut, the same as the whole one's.
void cut_everywhere(const ByteVector& whole, std::size_t smallest) {
  const WholeCapture all = read_bytes(whole);
  ASSERT_FALSE(all.damage);
  std::size_t most = 0;
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const ByteVector cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    const WholeCapture c = read_bytes(cut);
    if (size == 0) {
      EXPECT_FALSE(c.error);
      EXPECT_EQ(c.format, CaptureFormat::empty);
      continue;
    }
    if (size < smallest) {
      ASSERT_TRUE(c.error) << size;
      EXPECT_EQ(c.error->code, ErrorCode::not_a_capture);
      continue;
    }
    ASSERT_FALSE(c.error) << size << c.error->message();
    ASSERT_LE(c.packets.size(), all.packets.size());
    EXPECT_GE(c.packets.size(), most) << "a longer file has no fewer packets";
    most = c.packets.size();
    EXPECT_TRUE(std::equal(c.packets.begin(), c.packets.end(), all.packets.begin())) << size;
    if (c.damage) {
      EXPECT_LT(c.damage->offset, size);
    }
    for (const std::size_t window : {1U, 7U, 64U}) {
      const WholeCapture again = read_bytes(cut, window);
      EXPECT_EQ(again.packets, c.packets);
      ASSERT_EQ(again.damage.has_value(), c.damage.has_value());
      if (c.damage) {
        EXPECT_EQ(again.damage->offset, c.damage->offset);
        EXPECT_EQ(again.damage->reason, c.damage->reason);
      }
    }
  }
  EXPECT_EQ(most, all.packets.size());
}

TEST(CaptureReader, PcapCutEverywhere) { cut_everywhere(small_pcap(), 4); }
TEST(CaptureReader, PcapngCutEverywhere) { cut_everywhere(small_pcapng(), 4); }

TEST(CaptureReader, CutsAreDescribed) {
  const ByteVector whole =
      PcapWriter().header().record(1, 0, payload(1514)).record(2, 0, payload(1514)).bytes();
  const auto cut = [&](std::size_t size) {
    return read_bytes(ByteVector(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)))
        .damage.value();
  };
  EXPECT_EQ(cut(10).reason, "file header of 24 bytes cut after 10");
  EXPECT_EQ(cut(10).offset, 0U);
  EXPECT_EQ(cut(24 + 1530 + 3).reason, "record header of 16 bytes cut after 3");
  EXPECT_EQ(cut(24 + 1530 + 16 + 812).reason, "record of 1514 bytes cut after 812");
  EXPECT_EQ(cut(24 + 1530 + 16 + 812).offset, 1554U);
}

TEST(CaptureReader, WindowsOfAnySizeGiveTheSame) {
  PcapWriter w;
  w.header();
  for (std::uint32_t i = 0; i < 500; ++i)
    w.record(i, i, payload(i % 97 == 0 ? 5000 + i : i % 61, static_cast<std::uint8_t>(i)));
  const WholeCapture expected = read_bytes(w.bytes());
  ASSERT_EQ(expected.packets.size(), 500U);
  for (const std::size_t window : {1U, 2U, 15U, 16U, 17U, 40U, 1000U, 4096U, 65536U}) {
    const WholeCapture c = read_bytes(w.bytes(), window);
    EXPECT_EQ(c.packets, expected.packets) << window;
    EXPECT_FALSE(c.damage);
    EXPECT_EQ(c.interfaces[0].packets, 500U);
  }
}

TEST(CaptureReader, FilesAndPositions) {
  const TemporaryFolder folder;
  const std::string path = folder.write("x", small_pcap());
  Result<CaptureReader> reader = CaptureReader::open(path);
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->path(), path);
  EXPECT_EQ(reader->size(), small_pcap().size());
  PacketWindow window;
  ASSERT_TRUE(reader->next(window).value());
  EXPECT_EQ(window.packets.size(), 5U);
  EXPECT_EQ(reader->position(), small_pcap().size());
  EXPECT_FALSE(reader->next(window).value());
}

/// Says of a capture what a reader says.
std::string describe(Result<CaptureReader> reader) {
  const auto size = reader ? reader->size() : std::nullopt;
  const WholeCapture read = read_all(std::move(reader));
  std::string out = "size " + std::to_string(size.value_or(0));
  for (const ReadPacket& p : read.packets) {
    out += "\n" + std::to_string(p.number) + " " + std::to_string(p.ns) + " " +
           std::to_string(p.original_length) + " " + std::to_string(p.link_type) + " " +
           std::to_string(p.interface) + " " + std::string(p.bytes.begin(), p.bytes.end());
  }
  for (const Interface& i : read.interfaces) {
    out += "\n" + i.name + " " + std::to_string(i.link_type) + " " + std::to_string(i.snap_length) + " " +
           std::to_string(i.time_digits) + " " + std::to_string(i.packets);
  }
  if (read.damage) out += "\n" + std::to_string(read.damage->offset) + " " + read.damage->reason;
  if (read.error) out += "\n" + read.error->message();
  return out;
}

/// Read whole before, with memory that others have used, files say what they say when they are opened.
TEST(CaptureReader, SmallFilesThatWereReadWhole) {
  const TemporaryFolder folder;
  std::vector<ByteVector> contents;
  for (const ByteVector& whole : {small_pcap(), small_pcapng()}) {
    for (std::size_t size = 1; size <= whole.size(); size += 3)
      contents.emplace_back(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
  }
  // Other resolutions, link types and byte orders than those just before.
  contents.push_back(small_pcap());
  contents.push_back(PcapWriter().header(0xa1b23c4d, 101, 9).record(1, 123'456'789, payload(9)).bytes());
  contents.push_back(PcapWriter(true).header().record(1, 2, payload(60'000)).bytes());
  contents.push_back(gzip_compressed(small_pcap()));
  contents.push_back(zstd_compressed(small_pcapng()));
  contents.push_back(to_bytes("no capture, but a text of some length"));
  contents.push_back(PcapWriter().header(0xa1b2c3d4, 1, 0, 9, 9).bytes());
  SmallFile file;
  std::optional<CaptureReader> before;
  for (std::size_t i = 0; i < contents.size(); ++i) {
    const std::string path = folder.write(std::to_string(i), contents[i]);
    for (int again = 0; again < 2; ++again) {
      ASSERT_TRUE(read_small_file(path, file));
      EXPECT_EQ(describe(CaptureReader::open(file, path, {}, std::exchange(before, std::nullopt))),
                describe(CaptureReader::open(path)))
          << i;
      if (!read_small_file(path, file)) continue;
      auto reader = CaptureReader::open(file, path, {});
      if (!reader) continue;
      PacketWindow window;
      while (reader->next(window).value_or(false)) {
      }
      before.emplace(std::move(*reader));
    }
  }
}

TEST(CaptureReader, ASmallFileThatGrowsIsNotDamaged) {
  const TemporaryFolder folder;
  const ByteVector whole = small_pcap();
  const std::string path = folder.write("c", {whole.begin(), whole.end() - 5});
  SmallFile file;
  for (const bool grows : {false, true}) {
    ASSERT_TRUE(read_small_file(path, file));
    if (grows) folder.write("c", whole);
    const WholeCapture read = read_all(CaptureReader::open(file, path, {}));
    EXPECT_EQ(read.packets.size(), 4U);
    EXPECT_EQ(read.damage.has_value(), !grows);
  }
}

TEST(CaptureReader, SeveralWindowsLiveAtOnce) {
  PcapWriter w;
  w.header();
  for (std::uint32_t i = 0; i < 100; ++i) w.record(i, 0, payload(100, static_cast<std::uint8_t>(i)));
  const ByteVector bytes = w.bytes();
  Result<CaptureReader> reader = CaptureReader::from_memory(bytes, "x", {.window = 1000});
  ASSERT_TRUE(reader);
  std::vector<PacketWindow> windows(1);
  while (reader->next(windows.back()).value()) windows.emplace_back();
  EXPECT_GT(windows.size(), 5U);
  std::uint8_t seed = 0;
  for (const PacketWindow& window : windows) {
    for (const RawPacket& p : window.packets) {
      EXPECT_EQ(ByteVector(p.bytes.view().begin(), p.bytes.view().end()), payload(100, seed++));
    }
  }
  EXPECT_EQ(seed, 100);
}

TEST(CaptureReader, OneGiantPacketDoesNotKeepItsMemory) {
  PcapWriter w;
  w.header(0xa1b2c3d4, 249).record(1, 0, payload(20'000'000));
  for (std::uint32_t i = 0; i < 20000; ++i) w.record(2, 0, payload(100));
  const ByteVector bytes = w.bytes();
  Result<CaptureReader> reader = CaptureReader::from_memory(bytes, "x");
  PacketWindow window;
  std::size_t packets = 0;
  while (reader->next(window).value()) packets += window.packets.size();
  EXPECT_EQ(packets, 20001U);
  EXPECT_LT(window.buffer.size(), 1'000'000U);
}

TEST(CaptureReader, LyingLengthsCostNoMemory) {
  const ByteVector bytes = PcapWriter()
                               .header(0xa1b2c3d4, 249)
                               .u32(1)
                               .u32(0)
                               .u32(128 * 1024 * 1024)
                               .u32(1)
                               .raw(payload(100))
                               .bytes();
  Result<CaptureReader> reader = CaptureReader::from_memory(bytes, "x");
  PacketWindow window;
  EXPECT_FALSE(reader->next(window).value());
  EXPECT_LT(window.buffer.size(), 1'000'000U);
  ASSERT_TRUE(reader->damage());
  EXPECT_EQ(reader->damage()->reason, "record of 134217728 bytes cut after 100");
}

TEST(CaptureReader, PipesGiveWhatTheyHave) {
  const TemporaryFolder folder;
  const std::string path = folder.path("pipe");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  PcapWriter w;
  w.header();
  for (std::uint32_t i = 0; i < 2000; ++i) w.record(i, 0, payload(i % 200, static_cast<std::uint8_t>(i)));
  const ByteVector bytes = w.bytes();
  std::thread writer([&] {
    const int fd = ::open(path.c_str(), O_WRONLY);
    std::size_t step = 1;
    for (std::size_t at = 0; at < bytes.size(); at += step, step = step * 3 % 5003) {
      step = std::min(step, bytes.size() - at);
      EXPECT_EQ(::write(fd, bytes.data() + at, step), static_cast<ssize_t>(step));
    }
    ::close(fd);
  });
  Result<CaptureReader> reader = CaptureReader::open(path);
  ASSERT_TRUE(reader);
  EXPECT_FALSE(reader->size());
  const WholeCapture c = read_all(std::move(reader));
  writer.join();
  EXPECT_EQ(c.packets, read_bytes(bytes).packets);
  EXPECT_FALSE(c.damage);
}

TEST(CaptureReader, FileThatShrinks) {
  const TemporaryFolder folder;
  PcapWriter w;
  w.header();
  for (std::uint32_t i = 0; i < 100; ++i) w.record(i, 0, payload(84));
  const std::string path = folder.write("x", w.bytes());
  Result<CaptureReader> reader = CaptureReader::open(path, {.window = 1000});
  PacketWindow window;
  ASSERT_TRUE(reader->next(window).value());
  ASSERT_EQ(::truncate(path.c_str(), 5024), 0);  // between two records
  std::size_t packets = window.packets.size();
  while (reader->next(window).value()) packets += window.packets.size();
  EXPECT_EQ(packets, 50U);
  ASSERT_TRUE(reader->damage());
  EXPECT_EQ(reader->damage()->offset, 5024U);
  EXPECT_EQ(reader->damage()->reason, "the file shrank from 10024 to 5024 bytes while it was read");
}

TEST(CaptureReader, WindowsHaveABound) {
  PcapWriter w;
  w.header().record(1, 2, payload(60)).record(3, 4, payload(70'000));
  const ByteVector bytes = w.bytes();
  for (const std::size_t less : {0U, 1U, 8U, 9U, 100U}) {
    auto reader =
        CaptureReader::from_memory(bytes, "x", {.window = std::numeric_limits<std::size_t>::max() - less});
    ASSERT_TRUE(reader);
    PacketWindow window;
    ASSERT_TRUE(reader->next(window).value());
    EXPECT_EQ(window.packets.size(), 2U);
  }
}

TEST(CaptureReader, AnErrorIsTheEnd) {
  const TemporaryFolder folder;
  PcapWriter w;
  w.header();
  for (std::uint32_t i = 0; i < 100; ++i) w.record(i, 0, payload(84));
  const std::string path = folder.write("x", w.bytes());
  // Asked at the file's end; then the file has fewer bytes than were read of it.
  const auto shrink = [&] { return ::truncate(path.c_str(), 100) == 0; };
  auto reader = CaptureReader::open(path, {.follow = shrink});
  PacketWindow window;
  Result<bool> more = reader->next(window);
  while (more && *more) more = reader->next(window);
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code, ErrorCode::io);
  ASSERT_EQ(::truncate(path.c_str(), 1'000'000), 0);
  EXPECT_TRUE(reader->at_end());
  EXPECT_FALSE(reader->next(window).value());
  EXPECT_TRUE(window.packets.empty());
}

TEST(CaptureReader, WhatCannotBeOpened) {
  const TemporaryFolder folder;
  const Result<CaptureReader> missing = CaptureReader::open(folder.path("no\x1b[31m"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::io);
  EXPECT_EQ(missing.error().message(),
            folder.path("no\\x1b[31m") + ": cannot open: No such file or directory");
  const Result<CaptureReader> directory = CaptureReader::open(folder.path());
  ASSERT_FALSE(directory);
  EXPECT_EQ(directory.error().what, "cannot open: Is a directory");
}

TEST(CaptureReader, EmptyFileIsAnEmptyCapture) {
  const TemporaryFolder folder;
  const WholeCapture c = read_all(CaptureReader::open(folder.write("x", {})));
  EXPECT_FALSE(c.error);
  EXPECT_FALSE(c.damage);
  EXPECT_EQ(c.format, CaptureFormat::empty);
  EXPECT_TRUE(c.interfaces.empty());
  // Nor is a file header without packets any trouble.
  EXPECT_TRUE(read_bytes(PcapWriter().header().bytes()).packets.empty());
  EXPECT_FALSE(read_bytes(PcapWriter().header().bytes()).damage);
}

TEST(CaptureReader, RealCapturesReadTheSameInSmallWindows) {
  const char* set = std::getenv("FLOWLOOM_CAPTURES");
  const std::filesystem::path captures = set != nullptr ? set : FLOWLOOM_SOURCE_DIR "/../shared/captures";
  std::vector<std::string> folders = {FLOWLOOM_SOURCE_DIR "/tests/pcaps"};
  if (std::filesystem::is_directory(captures)) {
    folders.push_back(captures.native());
  } else {
    std::printf("%s is absent: only the project's own captures are read\n", captures.c_str());
  }
  const Result<CaptureList> list = expand_captures(folders);
  ASSERT_TRUE(list) << list.error().message();
  ASSERT_FALSE(list->paths.empty());
  for (const std::string& path : list->paths) {
    const WholeCapture expected = read_all(CaptureReader::open(path));
    const WholeCapture c = read_all(CaptureReader::open(path, {.window = 333}));
    EXPECT_EQ(c.packets, expected.packets) << path;
    EXPECT_EQ(c.damage.has_value(), expected.damage.has_value()) << path;
    EXPECT_FALSE(c.error) << path;
    std::uint64_t counted = 0;
    for (const Interface& interface : c.interfaces) counted += interface.packets;
    EXPECT_EQ(counted, c.packets.size()) << path;
  }
}

}  // namespace
}  // namespace flowloom
