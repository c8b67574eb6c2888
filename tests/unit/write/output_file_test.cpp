#include "write/output_file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <thread>

#include "write/sample_batch.hpp"

namespace flowloom {
namespace {

namespace fs = std::filesystem;
using testing::contents;
using testing::TemporaryFolder;

void put_file(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

TEST(OutputFile, AppearsOnlyWhenComplete) {
  const TemporaryFolder folder;
  const std::string path = folder.file("out.txt");
  auto file = OutputFile::open(path);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write("hello", 5));
  EXPECT_FALSE(fs::exists(path));
  EXPECT_EQ(folder.entries(), 1U);  // written beside its place
  const auto name = file->commit(false);
  ASSERT_TRUE(name);
  EXPECT_EQ(*name, path);
  EXPECT_EQ(contents(path), "hello");
  EXPECT_EQ(folder.entries(), 1U);
}

TEST(OutputFile, LargeFilesTakeNoMoreSpaceThanTheyNeed) {
  const TemporaryFolder folder;
  const std::string piece(700'000, 'x');
  for (const std::size_t pieces : {1U, 2U, 20U}) {
    const std::string path = folder.file("out." + std::to_string(pieces));
    auto file = OutputFile::open(path);
    ASSERT_TRUE(file);
    std::string expected;
    for (std::size_t i = 0; i < pieces; ++i) {
      ASSERT_TRUE(file->write(piece.data(), piece.size()));
      expected += piece;
    }
    OutputFile moved = *std::move(file);
    ASSERT_TRUE(moved.write("end", 3) && moved.commit(false));
    EXPECT_TRUE(contents(path) == expected + "end");
    struct stat status = {};
    ASSERT_EQ(stat(path.c_str(), &status), 0);
    EXPECT_LT(static_cast<std::size_t>(status.st_blocks) * 512, expected.size() + 100'000);
  }
}

TEST(OutputFile, LeavesNothingWithoutCommit) {
  const TemporaryFolder folder;
  const std::string path = folder.file("out.txt");
  put_file(path, "old");
  {
    auto file = OutputFile::open(path);
    ASSERT_TRUE(file && file->write("new", 3));
    OutputFile moved = *std::move(file);
    EXPECT_EQ(folder.entries(), 2U);
  }
  EXPECT_EQ(folder.entries(), 1U);
  EXPECT_EQ(contents(path), "old");
}

TEST(OutputFile, ReplacesAndKeepsPermissions) {
  const TemporaryFolder folder;
  const std::string path = folder.file("out.txt");
  put_file(path, "old");
  ASSERT_EQ(chmod(path.c_str(), 0600), 0);
  auto file = OutputFile::open(path);
  ASSERT_TRUE(file && file->write("new", 3) && file->commit(false));
  EXPECT_EQ(contents(path), "new");
  EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST(OutputFile, NewFilesFollowTheUmask) {
  const TemporaryFolder folder;
  const mode_t before = umask(0027);
  auto file = OutputFile::open(folder.file("out.txt"));
  umask(before);
  ASSERT_TRUE(file && file->commit(false));
  EXPECT_EQ(fs::status(folder.file("out.txt")).permissions(), static_cast<fs::perms>(0640));
}

TEST(OutputFile, KeepsAnExistingFileWhenAsked) {
  const TemporaryFolder folder;
  const std::string path = folder.file("out.txt");
  auto first = OutputFile::open(path);
  ASSERT_TRUE(first && first->write("1", 1));
  EXPECT_EQ(first->commit(true).value(), path);  // nothing was there
  auto second = OutputFile::open(path);
  ASSERT_TRUE(second && second->write("2", 1));
  EXPECT_EQ(second->commit(true).value(), path + ".partial");
  EXPECT_EQ(contents(path), "1");
  EXPECT_EQ(contents(path + ".partial"), "2");
}

TEST(OutputFile, FollowsSymbolicLinks) {
  const TemporaryFolder folder;
  fs::create_directory(folder.path() / "elsewhere");
  put_file(folder.file("elsewhere/real.txt"), "old");
  fs::create_symlink("elsewhere/real.txt", folder.file("link.txt"));
  auto file = OutputFile::open(folder.file("link.txt"));
  ASSERT_TRUE(file && file->write("new", 3) && file->commit(false));
  EXPECT_TRUE(fs::is_symlink(folder.file("link.txt")));
  EXPECT_EQ(contents(folder.file("elsewhere/real.txt")), "new");
  // Also to what is not there yet.
  fs::create_symlink("elsewhere/later.txt", folder.file("first.txt"));
  fs::create_symlink(folder.file("first.txt"), folder.file("second.txt"));
  auto later = OutputFile::open(folder.file("second.txt"));
  ASSERT_TRUE(later && later->write("later", 5) && later->commit(false));
  EXPECT_TRUE(fs::is_symlink(folder.file("second.txt")) && fs::is_symlink(folder.file("first.txt")));
  EXPECT_EQ(contents(folder.file("elsewhere/later.txt")), "later");
  fs::create_symlink("missing/file.txt", folder.file("nowhere.txt"));
  EXPECT_EQ(OutputFile::open(folder.file("nowhere.txt")).error().code, ErrorCode::io);
  fs::create_symlink("round.txt", folder.file("round.txt"));
  EXPECT_EQ(OutputFile::open(folder.file("round.txt")).error().code, ErrorCode::io);
  EXPECT_TRUE(fs::is_symlink(folder.file("nowhere.txt")) && fs::is_symlink(folder.file("round.txt")));
}

TEST(OutputFile, ErrorsNameThePath) {
  const TemporaryFolder folder;
  const auto missing = OutputFile::open(folder.file("no/such/out.txt"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::io);
  EXPECT_EQ(missing.error().message(),
            folder.file("no/such/out.txt") + ": cannot create: No such file or directory");
  const auto is_folder = OutputFile::open(folder.path().string());
  ASSERT_FALSE(is_folder);
  EXPECT_EQ(is_folder.error().message(), folder.path().string() + ": cannot create: Is a directory");
  EXPECT_FALSE(OutputFile::open(folder.file("not-there/")));
  EXPECT_FALSE(OutputFile::open(""));
  EXPECT_FALSE(OutputFile::open(folder.file(std::string("cut\0here", 8))));
  put_file(folder.file("plain"), "");
  EXPECT_FALSE(OutputFile::open(folder.file("plain/out.txt")));
  EXPECT_EQ(folder.entries(), 1U);
}

TEST(OutputFile, WriteProtectedFilesStay) {
  if (geteuid() == 0) GTEST_SKIP() << "the superuser may write everything";
  const TemporaryFolder folder;
  put_file(folder.file("out.txt"), "old");
  ASSERT_EQ(chmod(folder.file("out.txt").c_str(), 0400), 0);
  EXPECT_FALSE(OutputFile::open(folder.file("out.txt")));
}

TEST(OutputFile, FullDiskIsAnError) {
  auto file = OutputFile::open("/dev/full");
  ASSERT_TRUE(file);
  const auto written = file->write("x", 1);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().message(), "/dev/full: cannot write: No space left on device");
  const auto committed = file->commit(false);
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().message(), written.error().message());
}

TEST(OutputFile, DevicesAndPipesAreWrittenDirectly) {
  auto null = OutputFile::open("/dev/null");
  ASSERT_TRUE(null && null->write("x", 1));
  EXPECT_EQ(null->commit(true).value(), "/dev/null");
  EXPECT_FALSE(fs::exists("/dev/null.partial"));

  const TemporaryFolder folder;
  const std::string path = folder.file("pipe");
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  std::string read;
  std::thread reader([&] { read = contents(path); });
  auto file = OutputFile::open(path);
  ASSERT_TRUE(file && file->write("through", 7) && file->commit(false));
  reader.join();
  EXPECT_EQ(read, "through");
  EXPECT_EQ(folder.entries(), 1U);
}

TEST(OutputFile, DescriptorNamesContinueWhatIsOpen) {
  const TemporaryFolder folder;
  const std::string path = folder.file("out.txt");
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_GE(fd, 0);
  ASSERT_EQ(::write(fd, "a", 1), 1);
  auto file = OutputFile::open("/dev/fd/" + std::to_string(fd));
  ASSERT_TRUE(file && file->write("b", 1) && file->commit(false));
  ASSERT_EQ(::write(fd, "c", 1), 1);  // still open: it is not ours
  close(fd);
  EXPECT_EQ(contents(path), "abc");
  EXPECT_FALSE(OutputFile::open("/dev/fd/987"));
}

}  // namespace
}  // namespace flowloom
