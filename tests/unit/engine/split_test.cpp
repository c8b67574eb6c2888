// Captures cut into files: the same files however little memory there is, also by reading twice; and memory
// that does not grow with the capture.
#include "flowloom/split.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <stop_token>

#include "../capture/capture_bytes.hpp"
#include "capture/pcap_writer.hpp"
#include "flowloom/synth.hpp"

namespace flowloom {
namespace {

namespace fs = std::filesystem;

using Files = std::map<std::string, std::string>;  // name → bytes

class SplitTest : public testing::Test {
 protected:
  /// Invented traffic as a capture.
  std::string capture(const SynthOptions& options) {
    const std::string path = place_ / (std::to_string(++captures_) + ".pcap");
    auto generator = PacketGenerator::synthesize(options);
    std::vector<std::uint8_t> bytes;
    const pcap::WrittenFormat format{.link_type = generator->link_type()};
    pcap::append_header(format, bytes);
    std::ofstream file(path, std::ios::binary);
    PacketWindow window;
    while (generator->next(window)) {
      for (const RawPacket& p : window.packets)
        EXPECT_TRUE(pcap::append_record(format, p.time, p.bytes.view(), p.original_length, bytes));
      file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
      bytes.clear();
    }
    return path;
  }

  SplitResult split(const std::string& path, const SplitOptions& options, const std::string& name = "out") {
    fs::remove_all(place_ / name);
    auto result = split_captures({path}, (place_ / name).string(), options);
    EXPECT_TRUE(result) << result.error().message();
    return std::move(*result);
  }
  Files files(const std::string& name = "out") {
    Files all;
    for (const auto& entry : fs::directory_iterator(place_ / name)) {
      std::ifstream in(entry.path(), std::ios::binary);
      all[entry.path().filename().string()] = {std::istreambuf_iterator<char>(in), {}};
    }
    return all;
  }

  TemporaryFolder folder_;
  fs::path place_ = folder_.path();
  int captures_ = 0;
};

/// Its packets are written from the file: what is gone, or is another's, is no flow's.
TEST_F(SplitTest, CaptureThatIsCutMeanwhile) {
  const std::string path = capture({.packets = 4'000});
  SplitOptions options;
  options.flows.read.progress = [&](const auto&) { fs::resize_file(path, 10'000); };
  const auto result = split_captures({path}, (place_ / "out").string(), options);
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message().find(path), std::string::npos) << result.error().message();
  EXPECT_NE(result.error().what.find("changed"), std::string::npos) << result.error().message();
  EXPECT_FALSE(fs::exists(place_ / "out"));
}

TEST_F(SplitTest, MemoryDoesNotShow) {
  const std::string path = capture({.profiles = {"web", "dns", "tunnels"}, .packets = 8'000});
  for (const SplitBy by : {SplitBy::flow, SplitBy::host, SplitBy::port}) {
    for (const SplitFormat format : {SplitFormat::pcap, SplitFormat::pcapng}) {
      SplitOptions options = {.format = format, .by = by, .memory = std::uint64_t{1} << 30};
      split(path, options);
      const Files plenty = files();
      ASSERT_GT(plenty.size(), by == SplitBy::port ? 3U : 50U);
      for (const std::uint64_t memory : {1'000'000U, 50'000U}) {
        options.memory = memory;
        split(path, options);
        EXPECT_EQ(files(), plenty);
      }
    }
  }
}

TEST_F(SplitTest, ReadTwiceWhenOnlySomeFlowsAreWanted) {
  const std::string path = capture({.profiles = {"web", "dns", "scan"}, .packets = 5'000});
  const SplitOptions choices[] = {{.min_packets = 5},
                                  {.from_syn = true},
                                  {.flow_ids = {3, 7, 40}},
                                  {.by = SplitBy::host, .min_packets = 3}};
  for (SplitOptions options : choices) {
    const std::uint64_t size = fs::file_size(path);
    std::atomic<std::uint64_t> seen = 0;  // the most bytes that the run said it had read
    options.flows.read.progress = [&seen](const Progress& progress) {
      if (progress.bytes > seen) seen = progress.bytes;
    };
    options.memory = std::uint64_t{1} << 30;
    const SplitResult once = split(path, options);
    const Files wanted = files();
    ASSERT_FALSE(wanted.empty());
    options.memory = 100'000;  // less than the capture
    const SplitResult twice = split(path, options);
    EXPECT_EQ(files(), wanted);
    EXPECT_EQ(twice.packets, once.packets) << "no packet counts twice";
    EXPECT_EQ(twice.flows, once.flows);
    EXPECT_EQ(twice.packets_written, once.packets_written);
    EXPECT_EQ(twice.captures_read, 1U);
    EXPECT_LE(seen, size) << "progress does not go beyond the capture";
  }
}

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
constexpr bool kSanitized = __has_feature(address_sanitizer);
#else
constexpr bool kSanitized = false;
#endif

/// Peak of the process's memory since the last call, in kB; none where the kernel does not say.
std::optional<std::uint64_t> peak_memory() {
  std::optional<std::uint64_t> peak;
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) peak = std::strtoull(line.c_str() + 6, nullptr, 10);
  }
  std::ofstream clear("/proc/self/clear_refs");
  if (!(clear << "5" << std::flush)) return std::nullopt;
  return peak;
}

TEST_F(SplitTest, MemoryDoesNotGrowWithTheCapture) {
  if (kSanitized) GTEST_SKIP() << "sanitizers keep memory that was given back";
  if (!peak_memory()) GTEST_SKIP() << "the kernel does not tell of the peak";
  SplitOptions options = {.memory = 2 << 20};
  options.flows.read.threads = 2;
  std::uint64_t peaks[2], sizes[2];
  for (int i = 0; i < 2; ++i) {
    const std::string path =
        capture({.profiles = {"tiny"}, .packets = i == 0 ? 200'000U : 800'000U, .flows = 500});
    sizes[i] = fs::file_size(path);
    ASSERT_TRUE(peak_memory());
    EXPECT_EQ(split(path, options).files, 500U);
    peaks[i] = *peak_memory();
  }
  ASSERT_GT(sizes[0], 4 * options.memory);
  ASSERT_GT(sizes[1], 3 * sizes[0]);
  EXPECT_LT(static_cast<double>(peaks[1]), 1.3 * static_cast<double>(peaks[0]));
}

TEST_F(SplitTest, WhatWasThereBeforeStays) {
  const std::string path = capture({.profiles = {"dns"}, .packets = 3'000});
  fs::create_directory(place_ / "there");
  fs::create_directory(place_ / "there.partial");
  for (const bool empty_one_is_there : {false, true}) {
    SplitOptions options = {};
    std::stop_source stop;
    options.flows.read.threads = 1;
    options.flows.read.stop = stop.get_token();
    options.flows.read.progress = [&stop](const Progress& progress) {
      if (progress.packets > 0) stop.request_stop();
    };
    const fs::path out = place_ / (empty_one_is_there ? "there" : "new");
    const auto result = split_captures({path}, out.string(), options);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->folder, empty_one_is_there ? out.string() + ".2.partial" : out.string());
    EXPECT_GT(result->files, 0U);
    EXPECT_EQ(static_cast<std::uint64_t>(std::distance(fs::directory_iterator(result->folder), {})),
              result->files);
    if (empty_one_is_there) {
      EXPECT_TRUE(fs::is_empty(out));
    }
  }
  EXPECT_TRUE(fs::is_empty(place_ / "there.partial"));
}

TEST_F(SplitTest, OptionsThatCannotBe) {
  const auto refused = [&](const SplitOptions& options) {
    const auto result = split_captures(std::vector<std::string>{"a"}, (place_ / "out").string(), options);
    return result ? "nothing" : result.error().message();
  };
  EXPECT_EQ(refused({.flows = {.read = {.follow = true}}}), "captures that still grow are not split");
  EXPECT_EQ(refused({.flows = {.idle_timeout_ns = -1}}), "a timeout is negative");
  EXPECT_FALSE(fs::exists(place_ / "out"));
}

}  // namespace
}  // namespace flowloom
