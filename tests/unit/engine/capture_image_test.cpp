// Records that are written from the capture itself: the same packets in the same order, whether they lie
// there as they are to be written or not; and a file that changes is an error.
#include "engine/capture_image.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <vector>

#include "capture/pcap_writer.hpp"
#include "engine/packet_spool.hpp"

namespace flowloom {
namespace {

constexpr std::uint64_t kAnySize = std::uint64_t{1} << 40;

Result<int> scratch() {
  std::FILE* const file = std::tmpfile();
  return file != nullptr ? dup(fileno(file)) : -1;
}

struct Packet {
  std::int64_t time;
  std::vector<std::uint8_t> record;  ///< with its header
  std::uint64_t place;               ///< of its bytes in the file
  std::uint32_t strand;
};

class CaptureImageTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    path_ = testing::TempDir() + "image_" + std::to_string(getpid()) + (GetParam() ? "n" : "u") + ".pcap";
    std::vector<std::uint8_t> file;
    const pcap::WrittenFormat format{.link_type = 1, .nanoseconds = GetParam(), .snap_length = 65535};
    pcap::append_header(format, file);
    std::mt19937 random(5);  // NOLINT: the same packets each time
    for (int i = 0; i < 3000; ++i) {
      std::vector<std::uint8_t> bytes(random() % 900);
      for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
      const std::int64_t time = std::int64_t{i} * 1'000'003'000 + (GetParam() ? i % 3 : 0);
      std::vector<std::uint8_t> record;
      EXPECT_TRUE(
          pcap::append_record(format, {time}, bytes, static_cast<std::uint32_t>(bytes.size() + 7), record));
      packets_.push_back(
          {time, record, file.size() + pcap::kRecordHeader, static_cast<std::uint32_t>(random() % 8)});
      if (random() % 3 == 0 && i > 0) packets_.back().strand = packets_[packets_.size() - 2].strand;
      file.insert(file.end(), record.begin(), record.end());
    }
    std::ofstream(path_, std::ios::binary)
        .write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()));
  }
  void TearDown() override { std::filesystem::remove(path_); }

  /// `copied`: every so many packets are not as in the file; 0: none. `late`: these come late.
  void put(PacketSpool& spool, std::size_t copied, std::size_t late) {
    std::vector<std::size_t> waiting;
    const auto append = [&](std::size_t i, std::uint64_t place) {
      Packet& packet = packets_[i];
      const SpooledPacket header{
          .time = packet.time,
          .number = i + 1,
          .captured = static_cast<std::uint32_t>(packet.record.size() - pcap::kRecordHeader),
          .original = static_cast<std::uint32_t>(packet.record.size() - pcap::kRecordHeader + 7),
          .link_type = 1};
      auto shown = packet.record;
      if (copied != 0 && i % copied == 0) shown[3] ^= 1;  // another time than the record of the file says
      EXPECT_TRUE(spool.append(packet.strand, header, shown.data() + pcap::kRecordHeader, place));
    };
    for (std::size_t i = 0; i < packets_.size(); ++i) {
      if (late != 0 && i % late == 0) {
        waiting.push_back(i);
        continue;
      }
      append(i, packets_[i].place);
      if (waiting.size() < 3) continue;
      for (const std::size_t j : waiting) append(j, PacketSpool::kNowhere);
      waiting.clear();
    }
    for (const std::size_t j : waiting) append(j, PacketSpool::kNowhere);
  }

  /// The strands' records, one after the other.
  [[nodiscard]] std::vector<std::uint8_t> expected(std::uint32_t strand) const {
    std::vector<std::uint8_t> all;
    for (const Packet& packet : packets_) {
      if (packet.strand == strand) all.insert(all.end(), packet.record.begin(), packet.record.end());
    }
    return all;
  }

  /// What is shown of a strand, written again as records.
  std::vector<std::uint8_t> shown(PacketSpool& spool, std::uint32_t strand) {
    std::vector<std::uint8_t> all;
    const pcap::WrittenFormat format{.link_type = 1, .nanoseconds = GetParam(), .snap_length = 65535};
    std::uint64_t last = 0;
    auto done = PacketSpool::Reader(spool).each_in_order(
        strand, [&](const SpooledPacket& packet, const std::uint8_t* bytes) -> Result<> {
          EXPECT_GT(packet.number, last);
          EXPECT_EQ(packet.link_type, 1);
          last = packet.number;
          return pcap::append_record(format, {packet.time}, {bytes, packet.captured}, packet.original, all);
        });
    EXPECT_TRUE(done);
    return all;
  }

  std::string path_;
  std::vector<Packet> packets_;
};

TEST_P(CaptureImageTest, RecordsAreThoseOfTheFile) {
  const auto image = CaptureImage::map(path_, kAnySize);
  ASSERT_TRUE(image);
  EXPECT_EQ(image->nanoseconds(), GetParam());
  PacketSpool spool(1 << 30, scratch);
  spool.set_image(&*image);
  put(spool, 0, 0);
  for (std::uint32_t strand = 0; strand < 8; ++strand) {
    PacketSpool::Reader reader(spool);
    const auto records = reader.records(strand, GetParam());
    ASSERT_TRUE(records);
    std::vector<std::uint8_t> all;
    for (const Bytes piece : records->pieces) {
      EXPECT_TRUE(piece.data() >= image->at(0, 1).data() &&
                  piece.data() < image->at(image->size(), 0).data());
      all.insert(all.end(), piece.begin(), piece.end());
    }
    EXPECT_EQ(all, expected(strand));
    EXPECT_EQ(shown(spool, strand), expected(strand));
    EXPECT_FALSE(reader.records(strand, !GetParam()));
  }
}

TEST_P(CaptureImageTest, WhateverIsNotThere) {
  const auto image = CaptureImage::map(path_, kAnySize);
  ASSERT_TRUE(image);
  for (const std::uint64_t budget : {1ULL << 30, 40'000ULL, 3'000ULL}) {
    for (const auto& [copied, late] : {std::pair<std::size_t, std::size_t>{7, 0}, {0, 9}, {5, 11}, {1, 0}}) {
      PacketSpool spool(budget, scratch);
      spool.set_image(&*image);
      put(spool, copied, late);
      for (std::uint32_t strand = 0; strand < 8; ++strand) {
        ASSERT_EQ(shown(spool, strand), expected(strand)) << budget << ' ' << copied << ' ' << late;
      }
    }
  }
}

TEST_P(CaptureImageTest, AFileThatIsCut) {
  const auto image = CaptureImage::map(path_, kAnySize);
  ASSERT_TRUE(image);
  PacketSpool spool(1 << 30, scratch);
  spool.set_image(&*image);
  put(spool, 0, 0);
  EXPECT_FALSE(image->changed());
  std::ofstream(path_, std::ios::app) << "more";
  EXPECT_FALSE(image->changed());  // it grows: that is of no concern
  std::filesystem::resize_file(path_, 5000);
  EXPECT_TRUE(image->changed());
  PacketSpool::Reader reader(spool);
  auto done = reader.each_in_order(0, [](const SpooledPacket&, const std::uint8_t*) { return Result<>(); });
  EXPECT_NE(done.error().what.find("changed"), std::string::npos);
  // Of what is not there any more, the system says so: no signal.
  const Bytes last = image->at(packets_.back().place, 1);
  const iovec part = {const_cast<std::uint8_t*>(last.data()), 1};
  const int out = *scratch();
  EXPECT_EQ(writev(out, &part, 1), -1);
  EXPECT_EQ(errno, EFAULT);
  close(out);
}

TEST_P(CaptureImageTest, AFileThatIsWrittenOver) {
  const auto image = CaptureImage::map(path_, kAnySize);
  ASSERT_TRUE(image);
  PacketSpool spool(1 << 30, scratch);
  spool.set_image(&*image);
  put(spool, 0, 0);
  {
    std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(24);
    const std::vector<char> ones(200'000, '\xFF');
    file.write(ones.data(), std::ssize(ones));
  }
  std::filesystem::last_write_time(path_,
                                   std::filesystem::file_time_type::clock::now() + std::chrono::hours(1));
  EXPECT_TRUE(image->changed());
  PacketSpool::Reader reader(spool);
  for (std::uint32_t strand = 0; strand < 8; ++strand) {
    auto done =
        reader.each_in_order(strand, [](const SpooledPacket&, const std::uint8_t*) { return Result<>(); });
    EXPECT_NE(done.error().what.find("changed"), std::string::npos);
  }
}

TEST_P(CaptureImageTest, WhatIsNoSuchFile) {
  EXPECT_FALSE(CaptureImage::map(path_, 1000));
  EXPECT_FALSE(CaptureImage::map(path_ + ".not-there", kAnySize));
  EXPECT_FALSE(CaptureImage::map(testing::TempDir(), kAnySize));
  EXPECT_FALSE(CaptureImage::map("/dev/zero", kAnySize));
  std::filesystem::resize_file(path_, 3);
  EXPECT_FALSE(CaptureImage::map(path_, kAnySize));
  std::ofstream(path_) << "no capture";
  EXPECT_FALSE(CaptureImage::map(path_, kAnySize));
}

INSTANTIATE_TEST_SUITE_P(Resolutions, CaptureImageTest, testing::Bool());

}  // namespace
}  // namespace flowloom
