#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "capture_bytes.hpp"
#include "compressors.hpp"
#include "flowloom/capture.hpp"

namespace flowloom {
namespace {

using Paths = std::vector<std::string>;

class Expand : public ::testing::Test {
 protected:
  const TemporaryFolder folder;
  const ByteVector pcap = PcapWriter().header().bytes();
  const ByteVector pcapng = PcapngWriter().section().bytes();

  [[nodiscard]] Paths in(const Paths& names) const {
    Paths out;
    for (const std::string& name : names) out.push_back(folder.path(name));
    return out;
  }
};

TEST_F(Expand, FolderGivesItsCapturesByPath) {
  folder.write("b.pcap", pcap);
  folder.write("a/deep/x.txt", pcapng);  // content decides
  folder.write("a/deep/er/y", gzip_compressed(pcap));
  folder.write("a.pcap", pcap);
  folder.write("Z", zstd_compressed(pcapng));
  folder.write("z.lz4", lz4_compressed(pcap));
  folder.write("z.xz", xz_compressed(pcap));
  folder.write("fake.pcap", to_bytes("no capture at all"));
  folder.write("text.gz", gzip_compressed(to_bytes("no capture at all")));
  folder.write("empty.pcap", {});
  const Result<CaptureList> list = expand_captures({folder.path()});
  ASSERT_TRUE(list);
  EXPECT_EQ(list->paths, in({"Z", "a.pcap", "a/deep/er/y", "a/deep/x.txt", "b.pcap", "z.lz4", "z.xz"}));
  EXPECT_EQ(list->skipped, in({"empty.pcap", "fake.pcap", "text.gz"}));
  // The path as given stays in front.
  EXPECT_EQ(expand_captures({folder.path() + "/"})->paths[0], folder.path() + "/Z");
}

TEST_F(Expand, AFolderIsSortedByBytes) {
  Paths names = {"a", "a.pcap", "ab", "a\x01", "\xff\xc3", "B", "a/x"};
  names.erase(names.begin());  // it is a folder
  for (int i = 0; i < 300; ++i) {
    names.push_back("n/of_the_same_begin_" + std::to_string(i * 7919 % 1000));
    names.push_back("n/of_the_same_begin_" + std::to_string(i % 3) + "_and_again_" + std::to_string(i));
  }
  names.push_back("n/of_the_same_begin");
  for (const std::string& name : names) folder.write(name, pcap);
  for (const std::string& at : {folder.path(), folder.path("n"), folder.path("a")}) {
    Paths expected;
    for (const std::string& path : in(names)) {
      if (path.starts_with(at + "/")) expected.push_back(path);
    }
    std::ranges::sort(expected);
    EXPECT_EQ(list_captures({at})->paths, expected);
  }
}

TEST_F(Expand, LinksPipesAndTheUnreadable) {
  namespace fs = std::filesystem;
  folder.write("a/x.pcap", pcap);
  fs::create_directory_symlink(folder.path(), folder.path("a/loop"));
  fs::create_symlink("x.pcap", folder.path("a/y.pcap"));
  fs::create_symlink("nowhere", folder.path("a/z.pcap"));
  ASSERT_EQ(::mkfifo(folder.path("a/pipe").c_str(), 0600), 0);
  folder.write("a/old.pcap",
               PcapWriter().header(0xa1b2c3d4, 1, 0, 9, 9).bytes());  // opening it will say what is wrong
  const Result<CaptureList> list = expand_captures({folder.path()});
  ASSERT_TRUE(list);
  EXPECT_EQ(list->paths, in({"a/old.pcap", "a/x.pcap", "a/y.pcap"}));
  EXPECT_EQ(list->skipped, in({"a/loop", "a/z.pcap"}));
}

TEST_F(Expand, GlobsAreSortedAndTakeFilesAsTheyAre) {
  folder.write("b.pcap", pcap);
  folder.write("a.pcap", to_bytes("named on purpose"));
  folder.write("c.txt", pcap);
  folder.write("d.pcap/inner", pcap);
  EXPECT_EQ(expand_captures({folder.path("*.pcap")})->paths, in({"a.pcap", "b.pcap", "d.pcap/inner"}));
  EXPECT_EQ(expand_captures({folder.path("[bc].*")})->paths, in({"b.pcap", "c.txt"}));
  EXPECT_EQ(expand_captures({folder.path("?.txt")})->paths, in({"c.txt"}));
  const Result<CaptureList> none = expand_captures({folder.path("*.nothing")});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::usage);
  EXPECT_EQ(none.error().what, "no file matches");
  EXPECT_EQ(none.error().where, folder.path("*.nothing"));
}

TEST_F(Expand, AFileOfAPatternsNameIsThatFile) {
  folder.write("[1].pcap", pcap);
  folder.write("1.pcap", pcap);
  EXPECT_EQ(expand_captures({folder.path("[1].pcap")})->paths, in({"[1].pcap"}));
}

TEST_F(Expand, ArgumentsKeepTheirOrder) {
  folder.write("b", pcap);
  folder.write("a", pcap);
  EXPECT_EQ(expand_captures({folder.path("b"), "-", folder.path("a"), folder.path("b")})->paths,
            (Paths{folder.path("b"), "-", folder.path("a"), folder.path("b")}));
  EXPECT_TRUE(expand_captures({})->paths.empty());
}

TEST_F(Expand, WhatDoesNotExist) {
  const Result<CaptureList> list = expand_captures({folder.path("no")});
  ASSERT_FALSE(list);
  EXPECT_EQ(list.error().code, ErrorCode::io);
  EXPECT_EQ(list.error().message(), folder.path("no") + ": cannot open: No such file or directory");
}

}  // namespace
}  // namespace flowloom
