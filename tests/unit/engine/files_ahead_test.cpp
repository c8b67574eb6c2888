// Small files are read some before their turn; all others are left to whoever opens them.
#include "engine/files_ahead.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "capture/capture_bytes.hpp"

namespace flowloom {
namespace {

namespace fs = std::filesystem;

class FilesAheadTest : public ::testing::Test {
 protected:
  void add(const ByteVector& bytes) {
    captures.paths.push_back(folder.write(std::to_string(captures.paths.size()), bytes));
  }
  void add_many(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) add(payload(100 + i, static_cast<std::uint8_t>(i)));
  }
  /// What take() gives, "-" for nothing.
  std::string take(std::size_t index, std::size_t behind) {
    const SmallFile* const file = files.take(captures, index, behind);
    if (file == nullptr) return "-";
    return {file->bytes.begin(), file->bytes.begin() + static_cast<std::ptrdiff_t>(file->size)};
  }
  static std::string text(const ByteVector& bytes) { return {bytes.begin(), bytes.end()}; }

  const TemporaryFolder folder;
  CaptureList captures;
  FilesAhead files;
};

TEST_F(FilesAheadTest, AreReadInGroupsThatGrow) {
  add_many(60);
  std::vector<std::size_t> ahead;
  for (const std::size_t begin : {0U, 1U, 3U, 7U, 15U, 31U}) {
    FilesAhead fresh;
    for (std::size_t i = 0; i <= begin; ++i) {
      const SmallFile* const file = fresh.take(captures, i, 60);
      ASSERT_NE(file, nullptr);
      ASSERT_EQ(file->size, 100 + i);
      EXPECT_TRUE(std::ranges::equal(payload(100 + i, static_cast<std::uint8_t>(i)),
                                     Bytes(file->bytes).first(file->size)));
    }
    // Those read ahead are there though their files are not.
    std::size_t i = begin + 1;
    for (; i < 60; ++i) {
      const ByteVector bytes = payload(100 + i, static_cast<std::uint8_t>(i));
      fs::remove(captures.paths[i]);
      const bool there = fresh.take(captures, i, 60) != nullptr;
      folder.write(std::to_string(i), bytes);
      if (!there) break;
    }
    ahead.push_back(i - begin);
  }
  EXPECT_EQ(ahead, (std::vector<std::size_t>{1, 2, 4, 8, 16, 16}));
}

TEST_F(FilesAheadTest, NotBehindWhatIsAskedFor) {
  add_many(8);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NE(take(i, 4), "-");
  for (std::size_t i = 4; i < 8; ++i) fs::remove(captures.paths[i]);
  EXPECT_EQ(take(4, 8), "-");
}

TEST_F(FilesAheadTest, OthersAreOpenedByTheirReaders) {
  add(payload(kSmallFile - 1));
  EXPECT_EQ(take(0, 1), text(payload(kSmallFile - 1)));
  add(payload(kSmallFile));
  add(payload(kSmallFile + 1));
  add({});
  captures.paths.push_back(folder.path("missing"));
  captures.paths.push_back(folder.path());
  captures.paths.emplace_back("-");
  captures.paths.push_back(folder.path("pipe"));
  ASSERT_EQ(::mkfifo(folder.path("pipe").c_str(), 0600), 0);
  for (std::size_t i = 1; i < captures.paths.size(); ++i) {
    FilesAhead fresh;
    EXPECT_EQ(fresh.take(captures, i, captures.paths.size()), nullptr) << captures.paths[i];
    EXPECT_EQ(can_wait(captures, i), i < 4) << captures.paths[i];
  }
  // What was found in a folder was a file then; now it may be anything.
  captures.unchecked.assign(captures.paths.size(), true);
  for (const std::size_t i : {4U, 5U, 7U}) {
    FilesAhead fresh;
    EXPECT_EQ(fresh.take(captures, i, i + 1), nullptr) << captures.paths[i];
  }
}

TEST_F(FilesAheadTest, BehindALargeFileSomeAreNotTried) {
  add_many(4);
  add(payload(kSmallFile + 1));
  add_many(30);
  std::vector<std::size_t> not_read;
  for (std::size_t i = 0; i < captures.paths.size(); ++i) {
    if (take(i, captures.paths.size()) == "-") not_read.push_back(i);
  }
  ASSERT_EQ(not_read.size(), 16U);
  EXPECT_EQ(not_read.front(), 4U);
  EXPECT_EQ(not_read.back(), 19U);
}

TEST_F(FilesAheadTest, AmongLargeFilesFewAreTried) {
  for (int i = 0; i < 200; ++i) add(payload(kSmallFile));
  add_many(200);
  std::size_t first = 0;  // of the small ones that is noticed
  while (first < 400 && take(first, 400) == "-") ++first;
  EXPECT_EQ(first, 16U + 32 + 64 + 128);
}

}  // namespace
}  // namespace flowloom
