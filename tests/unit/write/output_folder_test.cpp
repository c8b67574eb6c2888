// A folder that is there whole or not at all.
#include "write/output_folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string_view>

namespace flowloom {
namespace {

namespace fs = std::filesystem;

class OutputFolderTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "flowloom_folder_XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    place_ = name;
  }
  void TearDown() override { fs::remove_all(place_); }

  static std::string error_of(const std::string& path) {
    auto folder = OutputFolder::open(path);
    return folder ? "" : folder.error().message();
  }
  static void write(const OutputFolder& folder, const std::string& name, std::string_view text) {
    auto file = folder.create(name);
    ASSERT_TRUE(file && *file);
    ASSERT_TRUE((*file)->write({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
    ASSERT_TRUE((*file)->close());
  }
  [[nodiscard]] std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(place_), {}));
  }

  fs::path place_;
};

TEST_F(OutputFolderTest, AppearsWhenCommitted) {
  const fs::path out = place_ / "out";
  {
    auto folder = OutputFolder::open(out.string() + "/");
    ASSERT_TRUE(folder);
    write(*folder, "a", "1");
    auto again = folder->create("a");
    ASSERT_TRUE(again);
    EXPECT_FALSE(*again) << "no file is written twice";
    auto scratch = folder->scratch_file();
    ASSERT_TRUE(scratch);
    EXPECT_EQ(::write(*scratch, "x", 1), 1);
    ::close(*scratch);
    EXPECT_FALSE(fs::exists(out));
    ASSERT_TRUE(folder->commit(false));
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(out), {}), 1);
  EXPECT_EQ(fs::file_size(out / "a"), 1U);
  EXPECT_EQ(entries(), 1U);
}

TEST_F(OutputFolderTest, LeavesNothingOtherwise) {
  {
    auto folder = OutputFolder::open((place_ / "out").string());
    ASSERT_TRUE(folder);
    write(*folder, "a", "1");
    OutputFolder moved = std::move(*folder);
    EXPECT_EQ(entries(), 1U);
  }
  EXPECT_EQ(entries(), 0U);
}

TEST_F(OutputFolderTest, TakesTheFolderThatIsThereOnlyIfItIsEmpty) {
  const fs::path out = place_ / "out";
  fs::create_directory(out);
  fs::permissions(out, fs::perms::owner_all);
  fs::create_directory_symlink(out, place_ / "link");
  {
    auto folder = OutputFolder::open((place_ / "link").string());
    ASSERT_TRUE(folder);
    write(*folder, "a", "1");
    ASSERT_TRUE(folder->commit(false));
  }
  EXPECT_TRUE(fs::is_symlink(place_ / "link"));
  EXPECT_TRUE(fs::exists(out / "a"));
  EXPECT_EQ(fs::status(out).permissions(), fs::perms::owner_all) << "what was private stays so";
  EXPECT_EQ(error_of(out.string()), out.string() + ": the folder is not empty");
}

TEST_F(OutputFolderTest, FollowsLinksToWhatIsNotThereYet) {
  fs::create_symlink("later", place_ / "link");
  auto folder = OutputFolder::open((place_ / "link").string());
  ASSERT_TRUE(folder);
  write(*folder, "a", "1");
  ASSERT_TRUE(folder->commit(false));
  EXPECT_TRUE(fs::is_symlink(place_ / "link"));
  EXPECT_TRUE(fs::is_regular_file(place_ / "later" / "a"));
}

TEST_F(OutputFolderTest, KeepsTheOwner) {
  const fs::path out = place_ / "out";
  fs::create_directory(out);
  if (chown(out.c_str(), 12345, 23456) != 0) GTEST_SKIP() << "may not give folders away";
  fs::permissions(out, fs::perms::owner_all | fs::perms::set_gid);
  auto folder = OutputFolder::open(out.string());
  ASSERT_TRUE(folder && folder->commit(false));
  struct stat status = {};
  ASSERT_EQ(stat(out.c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, 12345U);
  EXPECT_EQ(status.st_gid, 23456U);
  EXPECT_EQ(status.st_mode & 07777U, 02700U);
}

TEST_F(OutputFolderTest, WritesOverWhatWasWritten) {
  auto folder = OutputFolder::open((place_ / "out").string());
  ASSERT_TRUE(folder);
  auto file = folder->create("a");
  ASSERT_TRUE(file && *file);
  const std::vector<std::uint8_t> text = {'a', 'b', 'c', 'd'}, over = {'X', 'Y'};
  ASSERT_TRUE((*file)->write(text) && (*file)->write_at(1, over) && (*file)->write(text));
  std::vector<std::uint8_t> got(7);
  ASSERT_TRUE((*file)->read_at(1, got));
  EXPECT_EQ(std::string(got.begin(), got.end()), "XYdabcd");
  EXPECT_EQ((*file)->read_at(2, got).error().what, "was cut while it was written");
}

TEST_F(OutputFolderTest, WhatCannotBe) {
  std::ofstream(place_ / "file") << "x";
  EXPECT_NE(error_of((place_ / "file").string()).find("Not a directory"), std::string::npos);
  EXPECT_NE(error_of((place_ / "none" / "out").string()).find("No such file"), std::string::npos);
  EXPECT_NE(error_of("/proc").find("not empty"), std::string::npos);
  EXPECT_FALSE(error_of("").empty());
  EXPECT_FALSE(error_of((place_ / std::string("cut\0here", 8)).string()).empty());
  auto folder = OutputFolder::open((place_ / "out").string());
  ASSERT_TRUE(folder);
  EXPECT_FALSE(folder->create("a/b"));
  fs::create_directory(place_ / "out");
  std::ofstream(place_ / "out" / "kept") << "x";
  EXPECT_FALSE(folder->commit(false)) << "somebody else's folder is not replaced";
  EXPECT_TRUE(fs::exists(place_ / "out" / "kept"));
}

}  // namespace
}  // namespace flowloom
