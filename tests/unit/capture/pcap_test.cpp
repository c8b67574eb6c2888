#include "capture/pcap.hpp"

#include <gtest/gtest.h>

#include "capture_bytes.hpp"

namespace flowloom {
namespace {

struct Variant {
  const char* name;
  std::uint32_t magic;
  bool big_endian;
  std::int64_t ns_per_unit;
  bool kuznetzov;
};

class PcapVariants : public ::testing::TestWithParam<Variant> {};

TEST_P(PcapVariants, AllFieldsAreRead) {
  const Variant& v = GetParam();
  PcapWriter w(v.big_endian);
  w.header(v.magic, 113, 96);
  for (int i = 0; i < 3; ++i) {
    const ByteVector data = payload(40 + static_cast<std::size_t>(i), static_cast<std::uint8_t>(i));
    w.u32(1700000000U + static_cast<std::uint32_t>(i))
        .u32(123456)
        .u32(static_cast<std::uint32_t>(data.size()))
        .u32(1500);
    if (v.kuznetzov) w.u32(0).u16(0x800).u16(0);
    w.raw(data);
  }
  const WholeCapture c = read_bytes(w.bytes());
  ASSERT_FALSE(c.error);
  EXPECT_FALSE(c.damage);
  EXPECT_EQ(c.format, CaptureFormat::pcap);
  ASSERT_EQ(c.interfaces.size(), 1U);
  EXPECT_EQ(c.interfaces[0].link_type, 113);
  EXPECT_EQ(c.interfaces[0].snap_length, 96U);
  EXPECT_EQ(c.interfaces[0].time_digits, v.ns_per_unit == 1 ? 9 : 6);
  EXPECT_EQ(c.interfaces[0].packets, 3U);
  ASSERT_EQ(c.packets.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    const ReadPacket expected{
        (1700000000 + static_cast<std::int64_t>(i)) * kNsPerSecond + 123456 * v.ns_per_unit,
        i + 1,
        1500,
        113,
        0,
        payload(40 + i, static_cast<std::uint8_t>(i))};
    EXPECT_EQ(c.packets[i], expected);
  }
}

INSTANTIATE_TEST_SUITE_P(Pcap, PcapVariants,
                         ::testing::Values(Variant{"micro_little", 0xa1b2c3d4, false, 1000, false},
                                           Variant{"micro_big", 0xa1b2c3d4, true, 1000, false},
                                           Variant{"nano_little", 0xa1b23c4d, false, 1, false},
                                           Variant{"nano_big", 0xa1b23c4d, true, 1, false},
                                           Variant{"kuznetzov_little", 0xa1b2cd34, false, 1000, true},
                                           Variant{"kuznetzov_big", 0xa1b2cd34, true, 1000, true}),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(Pcap, TimesReachTo2106AndFractionsBeyondASecondAdd) {
  PcapWriter w;
  w.header().record(0xffffffff, 999999, {}).record(10, 0xffffffff, {}).record(0, 0, {});
  const WholeCapture c = read_bytes(w.bytes());
  ASSERT_EQ(c.packets.size(), 3U);
  EXPECT_EQ(c.packets[0].ns, 4294967295'999999000);
  EXPECT_EQ(c.packets[1].ns, 10 * kNsPerSecond + 4294967295 * 1000LL);
  EXPECT_EQ(c.packets[2].ns, 0);
}

TEST(Pcap, LinkTypeIsTheLowHalfOfItsField) {
  // 0x24000000: the frame check sequence's length is known, and 4 bytes.
  const WholeCapture c =
      read_bytes(PcapWriter().header(0xa1b2c3d4, 0x24000000 | 276).record(1, 0, payload(20)).bytes());
  ASSERT_EQ(c.packets.size(), 1U);
  EXPECT_EQ(c.packets[0].link_type, 276);
}

TEST(Pcap, RecordsLongerThanTheSnapLengthAreWhole) {
  const WholeCapture c =
      read_bytes(PcapWriter().header(0xa1b2c3d4, 1, 64).record(1, 0, payload(1500)).bytes());
  ASSERT_EQ(c.packets.size(), 1U);
  EXPECT_EQ(c.packets[0].bytes, payload(1500));
  EXPECT_FALSE(c.damage);
}

TEST(Pcap, LongestPacketIsReadAndALongerOneIsDamage) {
  const WholeCapture fits =
      read_bytes(PcapWriter().header().record(1, 0, payload(262144)).record(2, 0, payload(9)).bytes());
  EXPECT_EQ(fits.packets.size(), 2U);
  EXPECT_FALSE(fits.damage);

  const WholeCapture c = read_bytes(PcapWriter()
                                        .header()
                                        .record(1, 0, payload(60))
                                        .record(2, 0, payload(262145))
                                        .record(3, 0, payload(60))
                                        .bytes());
  EXPECT_EQ(c.packets.size(), 1U);
  ASSERT_TRUE(c.damage);
  EXPECT_EQ(c.damage->offset, 24U + 76U);
  EXPECT_EQ(c.damage->reason, "record says it has 262145 bytes, more than the 262144 that a packet can have");
}

TEST(Pcap, SomeLinkTypesHaveLongerPackets) {
  const WholeCapture c = read_bytes(
      PcapWriter().header(0xa1b2c3d4, 249).record(1, 0, payload(900000)).record(2, 0, payload(1)).bytes());
  ASSERT_EQ(c.packets.size(), 2U);
  EXPECT_EQ(c.packets[0].bytes, payload(900000));
}

TEST(Pcap, OldVersionsHadTheLengthsTheOtherWayRound) {
  for (const auto& [major, minor] : {std::pair<std::uint16_t, std::uint16_t>{2, 2}, {543, 0}}) {
    PcapWriter w;
    w.header(0xa1b2c3d4, 1, 65535, major, minor);
    w.u32(1).u32(0).u32(100).u32(20).raw(payload(20)).u32(2).u32(0).u32(30).u32(30).raw(payload(30));
    const WholeCapture c = read_bytes(w.bytes());
    ASSERT_EQ(c.packets.size(), 2U);
    EXPECT_EQ(c.packets[0].original_length, 100U);
    EXPECT_EQ(c.packets[0].bytes, payload(20));
  }
  // 2.3 had both orders: the captured length is the smaller one.
  PcapWriter w;
  w.header(0xa1b2c3d4, 1, 65535, 2, 3);
  w.u32(1).u32(0).u32(100).u32(20).raw(payload(20)).u32(2).u32(0).u32(30).u32(90).raw(payload(30));
  const WholeCapture c = read_bytes(w.bytes());
  ASSERT_EQ(c.packets.size(), 2U);
  EXPECT_EQ(c.packets[0].original_length, 100U);
  EXPECT_EQ(c.packets[1].original_length, 90U);
  EXPECT_EQ(c.packets[1].bytes, payload(30));
}

TEST(Pcap, UnknownVersionsAreRefused) {
  const WholeCapture c = read_bytes(PcapWriter().header(0xa1b2c3d4, 1, 65535, 3, 1).bytes());
  ASSERT_TRUE(c.error);
  EXPECT_EQ(c.error->code, ErrorCode::unsupported);
  EXPECT_EQ(c.error->message(), "test.pcap: pcap of version 3.1; only 2.x is known");
}

TEST(Pcap, WindowsThatBeginAtARecordCanBeParsedAlone) {
  PcapWriter w;
  w.header();
  for (std::uint32_t i = 0; i < 10; ++i) w.record(i, 0, payload(10 + i));
  ByteVector bytes = w.bytes();
  const pcap::Format format = *pcap::parse_header(bytes);
  const std::size_t size = bytes.size();
  bytes.resize(size + kPadding);
  std::vector<RawPacket> whole;
  pcap::parse_records(format, PaddedBytes(bytes.data() + 24, size - 24), 24, 1, whole);
  ASSERT_EQ(whole.size(), 10U);
  for (std::size_t cut = 24; cut <= size; ++cut) {
    std::vector<RawPacket> parts;
    const RecordsRead first =
        pcap::parse_records(format, PaddedBytes(bytes.data() + 24, cut - 24), 24, 1, parts);
    const std::size_t boundary = 24 + static_cast<std::size_t>(first.consumed);
    EXPECT_GE(first.needed, cut - boundary);
    const RecordsRead second = pcap::parse_records(
        format, PaddedBytes(bytes.data() + boundary, size - boundary), boundary, parts.size() + 1, parts);
    EXPECT_EQ(boundary + second.consumed, size);
    ASSERT_EQ(parts.size(), whole.size());
    for (std::size_t i = 0; i < parts.size(); ++i) {
      EXPECT_EQ(parts[i].bytes.data(), whole[i].bytes.data());
      EXPECT_EQ(parts[i].number, whole[i].number);
    }
  }
}

}  // namespace
}  // namespace flowloom
