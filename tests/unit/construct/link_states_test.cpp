// OSPF's link states: their lengths, numbers and checksums.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "construct/built.hpp"
#include "construct/by_hand.hpp"
#include "dissect/net/ospf.hpp"
#include "flowloom/capture.hpp"

namespace flowloom {
namespace {

constexpr std::size_t kIp = 20, kHeader2 = 24, kHeader3 = 16, kHead = 20;

/// RFC 905 annex B: of a right one both sums are 0 (RFC 2328 §12.1.7: without the age).
bool is_right(const Octets& state) {
  unsigned low = 0, high = 0;
  for (std::size_t i = 2; i < state.size(); ++i) {
    low += state[i];
    high += low;
    low %= 255;
    high %= 255;
  }
  return low == 0 && high == 0 && (state[16] != 0 || state[17] != 0);
}

/// The link states of an update; `from`: byte of their number.
std::vector<Octets> states(const Octets& packet, std::size_t from) {
  std::vector<Octets> all;
  for (std::size_t at = from + 4; at + kHead <= packet.size();) {
    const std::size_t length = packet[at + 18] * std::size_t{256} + packet[at + 19];
    if (length < kHead || at + length > packet.size()) break;
    all.push_back(some(packet, at, length));
    at += length;
  }
  return all;
}

/// RFC 2328 §A.4
TEST(LinkStatesTest, LengthsNumbersAndChecksumsAreFilledIn) {
  const Octets bytes = built(by_hand::update2(by_hand::ipv4(Packet())));
  const std::size_t from = kIp + kHeader2;
  EXPECT_EQ(some(bytes, from, 4), (Octets{0, 0, 0, 4}));
  const std::vector<Octets> all = states(bytes, from);
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all[0].size(), kHead + 4 + 12 + 12 + 2 * 4);
  EXPECT_EQ(some(all[0], kHead, 4), (Octets{3, 0, 0, 2}));
  EXPECT_EQ(some(all[0], kHead + 4 + 8, 4), (Octets{1, 0, 0, 10}));
  EXPECT_EQ(some(all[0], kHead + 4 + 12 + 8, 4), (Octets{3, 2, 0, 10}));
  EXPECT_EQ(some(all[2], kHead + 4, 8), (Octets{0, 1, 2, 3, 8, 0, 0, 4}));
  EXPECT_EQ(some(all[3], kHead + 4, 4), (Octets{0x80, 0, 0, 20}));
  std::size_t size = from + 4;
  for (const Octets& state : all) {
    EXPECT_TRUE(is_right(state));
    size += state.size();
  }
  EXPECT_EQ(size, bytes.size());
}

/// RFC 5340 §A.4
TEST(LinkStatesTest, OfTheThirdVersionToo) {
  const Octets bytes = built(by_hand::update3(by_hand::ipv6(Packet())));
  const std::size_t from = 40 + kHeader3;
  EXPECT_EQ(some(bytes, from, 4), (Octets{0, 0, 0, 7}));
  const std::vector<Octets> all = states(bytes, from);
  ASSERT_EQ(all.size(), 7U);
  EXPECT_TRUE(std::all_of(all.begin(), all.end(), is_right));
  EXPECT_EQ(some(all[0], kHead, 8), (Octets{1, 0, 0, 0x13, 1, 0, 0, 10}));
  EXPECT_EQ(some(all[5], kHead + 20, 4), (Octets{0, 0, 0, 2}));
  EXPECT_EQ(some(all[6], kHead, 4), (Octets{0, 2, 0x20, 1}));
  // A prefix has as many words as its bits need (§A.4.1): two here, all four in the next.
  EXPECT_EQ(all[6].size(), kHead + 12 + 4 + 8 + 4 + 16);
  EXPECT_EQ(some(all[6], kHead + 12, 12), (Octets{56, 0, 0, 10, 0x20, 1, 0x0D, 0xB8, 0, 5, 0, 0}));
}

TEST(LinkStatesTest, APrefixIsNotLongerThanItSays) {
  Packet packet = by_hand::ospf3(by_hand::ipv6(Packet()), 4);
  by_hand::state3(packet, 0x2003, "0.0.0.1").set("ospf.reserved", "00").set("ospf.metric", 1);
  packet.set("ospf.prefix_length", 64).set("ospf.v3.prefix.options", 0).set("ospf.reserved", "0000");
  EXPECT_EQ(refused(packet.set("ospf.v3.address_prefix.ipv6", "2001:db8:1::1")),
            "ospf.v3.address_prefix.ipv6: would not be read as it was set: what it belongs to is missing, or "
            "says otherwise");
}

TEST(LinkStatesTest, WhatIsSetIsWrittenRightOrWrong) {
  Packet packet = by_hand::ospf2(by_hand::ipv4(Packet()), 4).set("ospf.ls.number_of_lsas", 1);
  by_hand::state2(packet, 2, "198.51.100.1").set("ospf.lsa.chksum", 0xBEEF);
  packet.set("ospf.lsa.network.netmask", "255.255.255.0");
  const Octets bytes = built(packet);
  EXPECT_EQ(some(bytes, kIp + kHeader2, 4), (Octets{0, 0, 0, 1}));
  EXPECT_EQ(some(bytes, kIp + kHeader2 + 4 + 16, 4), (Octets{0xBE, 0xEF, 0, 24}));
}

/// Of states that are elsewhere (RFC 2328 §A.3.3, §A.3.6), nothing is known.
TEST(LinkStatesTest, HeadersAloneAreNotFilledIn) {
  Packet packet = by_hand::ospf2(by_hand::ipv4(Packet()), 5);
  by_hand::state2(packet, 1, "192.0.2.1");
  by_hand::told(by_hand::state2(packet, 2, "198.51.100.1"));
  const Octets bytes = built(packet);
  ASSERT_EQ(bytes.size(), kIp + kHeader2 + 2 * kHead);
  EXPECT_EQ(some(bytes, kIp + kHeader2 + 16, 4), (Octets{0, 0, 0, 0}));
  EXPECT_EQ(some(bytes, kIp + kHeader2 + kHead + 16, 4), (Octets{0x12, 0x34, 0, 36}));
}

/// The sums of routers that sent them.
TEST(LinkStatesTest, ChecksumsOfRealRoutersComeOutAsTheyAre) {
  const char* const folder = std::getenv("FLOWLOOM_CAPTURES");
  const std::filesystem::path captures =
      folder != nullptr ? folder : FLOWLOOM_SOURCE_DIR "/../shared/captures";
  const auto file = captures / "tcpdump/OSPFv2_Capture_FINAL.pcapng";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "no real captures";
  auto reader = CaptureReader::open(file.string());
  ASSERT_TRUE(reader.has_value());
  std::size_t seen = 0;
  PacketWindow window;
  for (;;) {
    const Result<bool> more = reader->next(window);
    ASSERT_TRUE(more.has_value());
    if (!*more) break;
    for (const RawPacket& raw : window.packets) {
      const Octets bytes(raw.bytes.data(), raw.bytes.data() + raw.bytes.size());
      constexpr std::size_t kEthernet = 14, kOspf = kEthernet + kIp;
      if (bytes.size() < kOspf + kHeader2 || bytes[kEthernet] != 0x45 || bytes[kEthernet + 9] != 89) continue;
      if (bytes[kOspf] != 2 || bytes[kOspf + 1] != 4) continue;
      for (const Octets& state : states(bytes, kOspf + kHeader2)) {
        Octets again = state;
        again[16] = again[17] = 0;
        ospf::put_state_checksum(again);
        EXPECT_EQ(again, state) << "packet " << raw.number;
        ++seen;
      }
    }
  }
  EXPECT_GT(seen, 5U);
}

}  // namespace
}  // namespace flowloom
