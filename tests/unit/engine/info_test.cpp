// What is in captures: the same by any number of threads, in their order, up to where the caller ends it.
#include "flowloom/info.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace flowloom {
namespace {

std::vector<std::string> samples() {
  auto list = list_captures({FLOWLOOM_SOURCE_DIR "/tests/pcaps"});
  if (!list) {
    ADD_FAILURE() << list.error().message();
    return {};
  }
  list->paths.insert(list->paths.begin() + 5, "/no/such/capture");
  std::vector<std::string> all;  // more than are read ahead
  for (int times = 0; times < 10; ++times) all.insert(all.end(), list->paths.begin(), list->paths.end());
  return all;
}

std::string said(const Result<CaptureInfo>& info) {
  if (!info) return info.error().message();
  std::string text =
      info->capture + " " + std::to_string(info->bytes) + " " + std::to_string(info->captured_bytes);
  for (const auto& [name, count] : info->accounting.fates) text += " " + std::to_string(count);
  for (const Interface& interface : info->interfaces) text += " " + std::to_string(interface.packets);
  if (info->damage) text += " " + info->damage->reason + std::to_string(info->damage->offset);
  return text;
}

/// At most `most` of them.
std::vector<std::string> all_said(const std::vector<std::string>& paths, const ReadOptions& options,
                                  std::size_t most = SIZE_MAX) {
  std::vector<std::string> all;
  const auto caller = std::this_thread::get_id();
  const auto read = read_capture_infos(paths, options, [&](std::size_t index, Result<CaptureInfo>&& info) {
    EXPECT_EQ(std::this_thread::get_id(), caller);
    EXPECT_EQ(index, all.size());
    all.push_back(said(info));
    return all.size() < most;
  });
  EXPECT_TRUE(read);
  return all;
}

TEST(CaptureInfos, AnyNumberOfThreadsSaysTheSame) {
  const auto paths = samples();
  std::vector<std::string> expected;
  expected.reserve(paths.size());
  for (const std::string& path : paths) expected.push_back(said(read_capture_info(path, {})));
  ASSERT_GT(expected.size(), 100U);
  for (const unsigned threads : {1U, 2U, 7U}) {
    EXPECT_EQ(all_said(paths, {.threads = threads}), expected);
    EXPECT_EQ(all_said(paths, {.threads = threads}, 9), std::vector(expected.begin(), expected.begin() + 9));
  }
  EXPECT_TRUE(all_said({}, {.threads = 2}).empty());
}

TEST(CaptureInfos, LimitIsOfTheWholeRun) {
  const auto paths = samples();
  const auto one = all_said(paths, {.threads = 1, .limit = 200});
  EXPECT_LT(one.size(), paths.size());
  EXPECT_EQ(all_said(paths, {.threads = 4, .limit = 200}), one);
}

TEST(CaptureInfos, MistakesAndWhatIsThrownComeOut) {
  const auto paths = samples();
  const auto take = [](std::size_t, Result<CaptureInfo>&&) { return true; };
  const auto mistake = read_capture_infos(paths, {.read_filter = "no filter", .threads = 2}, take);
  ASSERT_FALSE(mistake);
  EXPECT_EQ(mistake.error().code, ErrorCode::usage);
  for (const unsigned threads : {1U, 3U}) {
    ReadOptions options = {.threads = threads};
    EXPECT_THROW(static_cast<void>(read_capture_infos(paths, options,
                                                      [](std::size_t index, Result<CaptureInfo>&&) {
                                                        return index < 3 ||
                                                               (throw std::logic_error("take"), true);
                                                      })),
                 std::logic_error);
    options.progress = [](const Progress& progress) {
      if (progress.packets > 300) throw std::runtime_error("progress");
    };
    EXPECT_THROW(static_cast<void>(read_capture_infos(paths, options, take)), std::runtime_error);
  }
}

}  // namespace
}  // namespace flowloom
