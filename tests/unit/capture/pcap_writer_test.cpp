#include "capture/pcap_writer.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <vector>

#include "capture/capture_bytes.hpp"
#include "flowloom/capture.hpp"

namespace flowloom {
namespace {

struct MemorySink : ByteSink {
  ByteVector bytes;
  std::size_t pieces = 0;
  bool full = false;

  Result<> write(Bytes more) override {
    if (full) return Error{ErrorCode::io, "no space"};
    bytes.insert(bytes.end(), more.begin(), more.end());
    ++pieces;
    return {};
  }
};

TEST(PcapWriter, HeaderAndRecordsAreLittleEndian) {
  ByteVector out;
  const pcap::WrittenFormat format{.link_type = 101, .nanoseconds = false, .snap_length = 0x1234};
  pcap::append_header(format, out);
  const ByteVector packet = {0xAA, 0xBB, 0xCC};
  ASSERT_TRUE(pcap::append_record(format, Timestamp{5 * kNsPerSecond + 7999}, packet, 70, out));
  const ByteVector wanted = {0xD4, 0xC3, 0xB2, 0xA1, 2, 0,   4,  0, 0, 0, 0,    0,    0,   0, 0,
                             0,    0x34, 0x12, 0,    0, 101, 0,  0, 0, 5, 0,    0,    0,   7, 0,
                             0,    0,    3,    0,    0, 0,   70, 0, 0, 0, 0xAA, 0xBB, 0xCC};
  EXPECT_EQ(out, wanted);
}

TEST(PcapWriter, WhatIsWrittenIsRead) {
  for (const bool nanoseconds : {false, true}) {
    MemorySink sink;
    pcap::Writer writer(sink, {.link_type = 113, .nanoseconds = nanoseconds});
    std::vector<ByteVector> packets;
    for (std::size_t i = 0; i < 2000; ++i) packets.emplace_back(i % 1500, static_cast<std::uint8_t>(i));
    const auto time = [](std::size_t i) { return Timestamp{static_cast<std::int64_t>(i) * 1'234'567'891}; };
    for (std::size_t i = 0; i < packets.size(); ++i) {
      ASSERT_TRUE(writer.write(time(i), packets[i], static_cast<std::uint32_t>(packets[i].size() + i % 3)));
    }
    ASSERT_TRUE(writer.finish());
    EXPECT_EQ(writer.bytes(), sink.bytes.size());
    EXPECT_GT(sink.pieces, 3U);
    EXPECT_LT(sink.pieces, 20U);  // large ones

    auto reader = CaptureReader::from_memory(sink.bytes, "memory");
    ASSERT_TRUE(reader);
    PacketWindow window;
    std::size_t i = 0;
    while (reader->next(window).value()) {
      for (const RawPacket& packet : window.packets) {
        ASSERT_LT(i, packets.size());
        EXPECT_EQ(ByteVector(packet.bytes.view().begin(), packet.bytes.view().end()), packets[i]);
        EXPECT_EQ(packet.original_length, packets[i].size() + i % 3);
        EXPECT_EQ(packet.time.ns, nanoseconds ? time(i).ns : time(i).ns / 1000 * 1000);
        EXPECT_EQ(packet.link_type, 113);
        ++i;
      }
    }
    EXPECT_EQ(i, packets.size());
    EXPECT_FALSE(reader->damage());
  }
}

TEST(PcapWriter, TimesThatPcapCannotSay) {
  MemorySink sink;
  pcap::Writer writer(sink, {});
  const ByteVector packet = {1};
  constexpr std::int64_t kLast = std::int64_t{std::numeric_limits<std::uint32_t>::max()} * kNsPerSecond;
  for (const std::int64_t ns :
       {std::int64_t{-1}, kLast + kNsPerSecond, std::numeric_limits<std::int64_t>::max()}) {
    const auto written = writer.write(Timestamp{ns}, packet, 1);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::unsupported);
  }
  EXPECT_TRUE(writer.write(Timestamp{0}, packet, 1));
  EXPECT_TRUE(writer.write(Timestamp{kLast}, packet, 1));
  ASSERT_TRUE(writer.finish());
  EXPECT_EQ(sink.bytes.size(), 24U + 2 * 17);
}

TEST(PcapWriter, MicrosecondsBecomeNanoseconds) {
  std::vector<std::uint8_t> micro, nano;
  for (std::uint32_t i = 0; i < 50; ++i) {
    const std::vector<std::uint8_t> packet(i * 7 % 40, static_cast<std::uint8_t>(i));
    const Timestamp time{i * kNsPerSecond + 999'999'000 - i * 1000};
    ASSERT_TRUE(pcap::append_record({.nanoseconds = false}, time, packet, i, micro));
    ASSERT_TRUE(pcap::append_record({.nanoseconds = true}, time, packet, i, nano));
  }
  // In parts, which end anywhere.
  for (std::size_t size = pcap::kRecordHeader; size < 100; ++size) {
    std::vector<std::uint8_t> file = micro;
    for (std::size_t at = 0; at < file.size();) {
      const std::span rest = std::span(file).subspan(at);
      at += pcap::make_nanoseconds(rest.first(std::min(size, rest.size())));
    }
    EXPECT_EQ(file, nano) << size;
  }
}

TEST(PcapWriter, ErrorsOfTheSinkAreHandedOn) {
  MemorySink sink;
  pcap::Writer writer(sink, {});
  sink.full = true;
  const ByteVector packet(1000, 0);
  Result<> written;
  for (int i = 0; i < 1000 && written; ++i) written = writer.write(Timestamp{}, packet, 1000);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().what, "no space");
  pcap::Writer small(sink, {});
  EXPECT_FALSE(small.finish());
}

}  // namespace
}  // namespace flowloom
