#include "capture/read_filter.hpp"

#include <gtest/gtest.h>

#include "capture_bytes.hpp"

namespace flowloom {
namespace {

constexpr LinkType kEthernet = 1;
constexpr LinkType kRaw = 101;
constexpr LinkType kIpv4 = 228;

/// IPv4 and UDP from port 1000 to `port`.
ByteVector udp(std::uint16_t port) {
  BytesWriter w(true);
  w.u16(0x4500).u16(28).u32(0).u16(0x4011).u16(0).u32(0x0a000001).u32(0x0a000002);
  return w.u16(1000).u16(port).u16(8).u16(0).bytes();
}

ByteVector ethernet(const ByteVector& ip) {
  return BytesWriter(true).u64(0).u32(0).u16(0x0800).raw(ip).bytes();
}

Result<bool> matches(ReadFilter& filter, LinkType type, ByteVector bytes) {
  RawPacket packet;
  const std::size_t size = bytes.size();
  bytes.resize(size + kPadding);
  packet.bytes = PaddedBytes(bytes.data(), size);
  packet.original_length = static_cast<std::uint32_t>(size);
  packet.link_type = type;
  return filter.matches(packet);
}

TEST(ReadFilter, EachLinkTypeHasItsProgram) {
  Result<ReadFilter> filter = ReadFilter::compile("udp port 53");
  ASSERT_TRUE(filter);
  for (int round = 0; round < 2; ++round) {
    EXPECT_TRUE(matches(*filter, kEthernet, ethernet(udp(53))).value());
    EXPECT_FALSE(matches(*filter, kEthernet, ethernet(udp(54))).value());
    EXPECT_TRUE(matches(*filter, kRaw, udp(53)).value());
    EXPECT_FALSE(matches(*filter, kRaw, ethernet(udp(53))).value());
    EXPECT_TRUE(matches(*filter, kIpv4, udp(53)).value());
  }
}

TEST(ReadFilter, CapturedAndOriginalLength) {
  Result<ReadFilter> filter = ReadFilter::compile("greater 100");
  ASSERT_TRUE(filter);
  ByteVector bytes = ethernet(udp(53));
  RawPacket packet;
  const std::size_t size = bytes.size();
  bytes.resize(size + kPadding);
  packet.bytes = PaddedBytes(bytes.data(), size);
  packet.link_type = kEthernet;
  packet.original_length = 99;
  EXPECT_FALSE(filter->matches(packet).value());
  packet.original_length = 100;
  EXPECT_TRUE(filter->matches(packet).value());
}

TEST(ReadFilter, MistakesAreFoundAtOnce) {
  const Result<ReadFilter> filter = ReadFilter::compile("port http or\x1b");
  ASSERT_FALSE(filter);
  EXPECT_EQ(filter.error().code, ErrorCode::usage);
  EXPECT_EQ(filter.error().where, "filter \"port http or\\x1b\"");
  EXPECT_FALSE(filter.error().what.empty());
  EXPECT_FALSE(ReadFilter::compile("tcp port"));
  EXPECT_FALSE(ReadFilter::compile(std::string("tcp\0and udp", 11)));
}

TEST(ReadFilter, EmptyMatchesAll) {
  Result<ReadFilter> filter = ReadFilter::compile("");
  ASSERT_TRUE(filter);
  EXPECT_TRUE(matches(*filter, kEthernet, ethernet(udp(1))).value());
}

TEST(ReadFilter, WhatCanMatchNothingMatchesNothing) {
  Result<ReadFilter> filter = ReadFilter::compile("ip6");
  ASSERT_TRUE(filter);
  EXPECT_FALSE(matches(*filter, kIpv4, udp(53)).value());
}

TEST(ReadFilter, LinkTypesWithoutIt) {
  Result<ReadFilter> filter = ReadFilter::compile("wlan type mgt");
  ASSERT_TRUE(filter) << "is one of 802.11";
  EXPECT_TRUE(
      matches(*filter, 105, {0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
          .value());
  const Result<bool> result = matches(*filter, kEthernet, ethernet(udp(53)));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::usage);
  EXPECT_TRUE(result.error().what.starts_with("not possible on link type ETHERNET: ")) << result.error().what;
}

TEST(LinkTypeName, IsTheRegistrys) {
  const std::pair<LinkType, const char*> names[] = {
      {0, "NULL"},
      {1, "ETHERNET"},
      {9, "PPP"},
      {12, "RAW"},
      {14, "RAW"},
      {50, "PPP_HDLC"},
      {51, "PPP_ETHER"},
      {101, "RAW"},
      {104, "C_HDLC"},
      {105, "IEEE802_11"},
      {107, "FRELAY"},
      {108, "LOOP"},
      {113, "LINUX_SLL"},
      {127, "IEEE802_11_RADIOTAP"},
      {147, "USER0"},
      {162, "USER15"},
      {228, "IPV4"},
      {229, "IPV6"},
      {239, "NFLOG"},
      {276, "LINUX_SLL2"},
      {301, "DECT_NR"},
      {208, "LINKTYPE_208"},
      {65535, "LINKTYPE_65535"},
  };
  for (const auto& [type, name] : names) EXPECT_EQ(link_type_name(type), name);
}

}  // namespace
}  // namespace flowloom
