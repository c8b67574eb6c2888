// Files that are cut, replaced, removed, written on, or that fail while they are read: an error that names
// file and place, all rows before it, and never a signal.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <functional>

#include "capture/capture_bytes.hpp"
#include "capture/compressors.hpp"
#include "capture/window_reader.hpp"
#include "flowloom/flows.hpp"

namespace flowloom {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPackets = 12'000, kPacket = 1000, kRecord = kPacket + 16;

/// UDP between two hosts, in records of the same size: many windows.
ByteVector capture(std::size_t packets = kPackets) {
  ByteVector frame = payload(kPacket);
  const ByteVector head = {2, 0,  0, 0,   0,  1,  2, 0, 0,  0, 0, 2, 8,  0, 0x45, 0, 3, 218,  // 986
                           0, 0,  0, 0,   64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0,    2, 0, 53,
                           0, 99, 3, 198, 0,  0};
  std::copy(head.begin(), head.end(), frame.begin());
  PcapWriter w;
  w.header();
  for (std::size_t i = 0; i < packets; ++i) w.record(static_cast<std::uint32_t>(i), 0, frame);
  return w.bytes();
}

struct Outcome {
  std::uint64_t packets = 0, rows = 0;
  std::vector<InputProblem> problems;
};

/// Reads the captures; `meddle` is called once, when something has been read of them.
Outcome read(const std::vector<std::string>& paths, unsigned threads, bool join,
             const std::function<void()>& meddle) {
  bool done = false;
  FlowOptions options;
  options.join = join;
  options.read.threads = threads;
  options.read.progress = [&](const Progress&) {
    if (!std::exchange(done, true)) meddle();
  };
  auto reader = FlowReader::open(paths, options);
  EXPECT_TRUE(reader);
  Outcome out;
  RecordBatch batch;
  for (;;) {
    const auto more = reader->next(batch);
    EXPECT_TRUE(more);
    if (!more || !*more) break;
    out.rows += static_cast<std::uint64_t>(batch.rows);
  }
  EXPECT_TRUE(done);
  out.packets = reader->accounting().packets;
  out.problems = reader->problems();
  return out;
}

/// The descriptor that this process has of a file.
int descriptor_of(const std::string& path) {
  for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
    std::error_code ignored;
    if (fs::read_symlink(entry.path(), ignored) == path) return std::stoi(entry.path().filename());
  }
  ADD_FAILURE() << path << " is not open";
  return -1;
}

/// From now on reads of the file fail.
void break_file(const std::string& path) {
  const int folder = ::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const int fd = descriptor_of(path);
  if (fd >= 0) ::dup2(folder, fd);  // "Is a directory"
  ::close(folder);
}

struct Way {
  unsigned threads;
  bool join;
};

class ChangingFile : public testing::TestWithParam<Way> {
 protected:
  [[nodiscard]] Outcome read_changing(const std::function<void()>& meddle) const {
    std::vector<std::string> paths = {path};
    // Another capture, long after this one.
    if (GetParam().join)
      paths.push_back(
          folder.write("later", PcapWriter().header().record(4'000'000'000, 0, payload(99)).bytes()));
    Outcome out = read(paths, GetParam().threads, GetParam().join, meddle);
    if (GetParam().join) --out.packets;
    return out;
  }

  TemporaryFolder folder;
  std::string path = folder.write("x.pcap", capture());
};

TEST_P(ChangingFile, Cut) {
  const Outcome out = read_changing([&] { ASSERT_EQ(::truncate(path.c_str(), 24 + 9000 * kRecord + 7), 0); });
  EXPECT_EQ(out.rows, 1U);
  EXPECT_LE(out.packets, 9000U);
  ASSERT_EQ(out.problems.size(), 1U);
  EXPECT_EQ(out.problems[0].error.code, ErrorCode::damaged);
  EXPECT_TRUE(out.problems[0].error.what.starts_with("the file shrank from 12192024 to "))
      << out.problems[0].error.what;
  EXPECT_TRUE(out.problems[0].error.where.starts_with(path + ", offset ")) << out.problems[0].error.where;
}

TEST_P(ChangingFile, Emptied) {
  const Outcome out = read_changing([&] { ASSERT_EQ(::truncate(path.c_str(), 0), 0); });
  EXPECT_EQ(out.rows, 1U);
  EXPECT_LT(out.packets, kPackets);
  ASSERT_EQ(out.problems.size(), 1U);
  EXPECT_TRUE(out.problems[0].error.what.starts_with("the file shrank from 12192024 to "))
      << out.problems[0].error.what;
}

TEST_P(ChangingFile, ReplacedOrRemoved) {
  // What was opened is read to its end.
  const Outcome replaced =
      read_changing([&] { fs::rename(folder.write("other", to_bytes("nothing")), path); });
  EXPECT_EQ(replaced.packets, kPackets);
  EXPECT_TRUE(replaced.problems.empty());
  folder.write("x.pcap", capture());
  const Outcome removed = read_changing([&] { fs::remove(path); });
  EXPECT_EQ(removed.packets, kPackets);
  EXPECT_TRUE(removed.problems.empty());
}

TEST_P(ChangingFile, WrittenOn) {
  // Read to the size that it had, with half a record at that end or not.
  for (const std::size_t cut : {0U, 100U}) {
    ByteVector begin = capture();
    begin.resize(begin.size() - cut);
    folder.write("x.pcap", begin);
    const Outcome out = read_changing([&] {
      std::ofstream file(path, std::ios::binary | std::ios::app);
      const ByteVector more(kRecord, 0);
      file.write(reinterpret_cast<const char*>(more.data()), static_cast<std::streamsize>(more.size()));
    });
    EXPECT_EQ(out.packets, kPackets - (cut == 0 ? 0 : 1));
    EXPECT_TRUE(out.problems.empty()) << "not yet whole is no damage";
  }
}

TEST_P(ChangingFile, Fails) {
  const Outcome out = read_changing([&] { break_file(path); });
  EXPECT_EQ(out.rows, 1U);
  EXPECT_LT(out.packets, kPackets);
  ASSERT_EQ(out.problems.size(), 1U);
  EXPECT_EQ(out.problems[0].error.what, "cannot read: Is a directory");
  EXPECT_TRUE(out.problems[0].error.where.starts_with(path + ", offset ")) << out.problems[0].error.where;
}

TEST_P(ChangingFile, CompressedFails) {
  // Incompressible, so that the file is longer than what is read ahead.
  ByteVector noise = capture(8000);
  std::uint32_t state = 1;
  for (std::size_t at = 24; at < noise.size(); at += kRecord) {
    for (std::size_t i = 100; i < kRecord; ++i) {
      noise[at + i] = static_cast<std::uint8_t>((state = state * 1664525 + 1013904223) >> 24);
    }
  }
  path = folder.write("x.pcap.gz", gzip_compressed(noise));
  const Outcome out = read_changing([&] { ASSERT_EQ(::truncate(path.c_str(), 4'000'000), 0); });
  EXPECT_EQ(out.rows, 1U);
  EXPECT_LT(out.packets, 8000U);
  ASSERT_EQ(out.problems.size(), 1U);
  EXPECT_NE(out.problems[0].error.what.find("the file shrank from "), std::string::npos)
      << out.problems[0].error.what;
  EXPECT_NE(out.problems[0].error.what.find("gzip data end early"), std::string::npos)
      << out.problems[0].error.what;
}

INSTANTIATE_TEST_SUITE_P(Ways, ChangingFile,
                         testing::Values(Way{1, false}, Way{2, false}, Way{5, false}, Way{1, true},
                                         Way{3, true}),
                         [](const auto& way) {
                           return std::to_string(way.param.threads) + (way.param.join ? "Joined" : "");
                         });

TEST(FailingFile, ReadOfProcessMemory) {
  const WholeCapture c = read_all(CaptureReader::open("/proc/self/mem"));
  ASSERT_TRUE(c.error);
  EXPECT_EQ(c.error->message(), "/proc/self/mem: cannot read: Input/output error");
}

TEST(FailingFile, WindowsBehindTheEndOfAFileThatShrank) {
  const TemporaryFolder folder;
  const std::string path = folder.write("x", capture(100));
  auto reader = WindowReader::open(path, 4096);
  ASSERT_TRUE(reader);
  ASSERT_TRUE(*reader);
  ASSERT_EQ(::truncate(path.c_str(), 24 + 50 * kRecord), 0);
  WindowReader::State state = (*reader)->begin();
  PacketWindow window;
  std::size_t packets = 0;
  std::optional<Damage> damage;
  for (std::uint64_t i = 0; i < (*reader)->windows() && !damage; ++i) {
    auto piece = (*reader)->read(i, state, true, window);
    ASSERT_TRUE(piece);
    packets += window.packets.size();
    damage = piece->damage;
    state = piece->after;
  }
  EXPECT_EQ(packets, 50U);
  ASSERT_TRUE(damage);
  EXPECT_EQ(damage->offset, 24 + 50 * kRecord);
}

}  // namespace
}  // namespace flowloom
