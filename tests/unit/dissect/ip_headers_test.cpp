#include "dissect/ip_headers.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <tuple>
#include <vector>

#include "support/packets.hpp"

namespace flowloom {
namespace {

using namespace build;
using Places = std::vector<std::tuple<std::uint32_t, int, bool>>;

Places places(LinkType link_type, const Packet& bytes) {
  const Buffer buffer(bytes, 0);
  RawPacket packet;
  packet.bytes = buffer.padded();
  packet.link_type = link_type;
  packet.original_length = static_cast<std::uint32_t>(bytes.size());
  std::vector<IpHeaderPlace> found;
  find_ip_headers(packet, found);
  Places out;
  for (const IpHeaderPlace& place : found) out.emplace_back(place.offset, place.version, place.quoted);
  return out;
}

TEST(IpHeaders, BehindTheLinkLayer) {
  const Packet in4 = ipv4({}, udp(53, 1024, zeros(12))), in6 = ipv6({}, udp(53, 1024, zeros(12)));
  EXPECT_EQ(places(kEthernet, eth(0x0800, in4)), (Places{{14, 4, false}}));
  EXPECT_EQ(places(kEthernet, eth(0x8100, vlan(5, 0x86DD, in6))), (Places{{18, 6, false}}));
  EXPECT_EQ(places(kRaw, in4), (Places{{0, 4, false}}));
  EXPECT_EQ(places(kEthernet, eth(0x0806, zeros(28))), Places{});
  EXPECT_EQ(places(147, in4), Places{});
}

TEST(IpHeaders, TunnelsFromTheOutside) {
  const Packet in4 = ipv4({}, udp(53, 1024, zeros(12)));
  const Packet outer = ipv4({.protocol = 17}, udp(50000, 4789, vxlan(7, eth(0x0800, in4))));
  EXPECT_EQ(places(kEthernet, eth(0x0800, outer)),
            (Places{{14, 4, false}, {14 + 20 + 8 + 8 + 14, 4, false}}));
  const Packet in6 = ipv6({.next = 4}, in4);
  EXPECT_EQ(places(kEthernet, eth(0x86DD, in6)), (Places{{14, 6, false}, {54, 4, false}}));
}

TEST(IpHeaders, WhatAnIcmpErrorQuotes) {
  const Packet quoted = ipv4({}, udp(53, 1024, {}));
  const Packet error = ipv4({.protocol = 1}, icmp(3, 3, 0, quoted));
  EXPECT_EQ(places(kEthernet, eth(0x0800, error)), (Places{{14, 4, false}, {42, 4, true}}));
}

TEST(IpHeaders, CutHeadersAreNotNamed) {
  const Packet whole = eth(0x0800, ipv4({}, udp(53, 1024, zeros(12))));
  for (std::size_t length = 0; length < 34; ++length) {
    EXPECT_EQ(places(kEthernet, cut(whole, length)), Places{}) << length;
  }
  EXPECT_EQ(places(kEthernet, cut(whole, 34)), (Places{{14, 4, false}}));
}

}  // namespace
}  // namespace flowloom
