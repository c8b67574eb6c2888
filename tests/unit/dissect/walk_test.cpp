// The header walk on packets of each kind, made by hand.
#include <gtest/gtest.h>

#include "dissect/samples.hpp"
#include "support/invariants.hpp"

namespace flowloom {
namespace {

using namespace build;

const PacketRecord* packet_of(const PacketBatch& batch) {
  const auto found = std::find_if(batch.records.begin(), batch.records.end(),
                                  [](const auto& r) { return (r.role & role::packet) != 0; });
  return found != batch.records.end() ? &*found : nullptr;
}

class WalkSamples : public testing::TestWithParam<WalkSample> {};

TEST_P(WalkSamples, InnermostPacketIsFound) {
  const WalkSample& sample = GetParam();
  const PacketBatch batch = walk(sample.packet, {.link_type = sample.link_type, .number = 5, .time = 1234});
  SCOPED_TRACE(describe(batch));
  EXPECT_EQ(fate_of(batch), Fate::flow);
  const PacketRecord* packet = packet_of(batch);
  ASSERT_NE(packet, nullptr);
  EXPECT_EQ(packet->key.version, sample.version);
  EXPECT_EQ(source(*packet), sample.version == 4 ? "10.0.0.1" : "2001:db8::1");
  EXPECT_EQ(destination(*packet), sample.version == 4 ? "10.0.0.2" : "2001:db8::2");
  EXPECT_EQ(packet->key.protocol, ip_proto::udp);
  EXPECT_EQ(source_port(*packet), 1111U);
  EXPECT_EQ(destination_port(*packet), 2222U);
  EXPECT_EQ(packet->payload_length, 5U);
  EXPECT_EQ(packet->role, role::packet | role::stream);
  EXPECT_EQ(packet->number, 5U);
  EXPECT_EQ(packet->time.ns, 1234);

  const Encapsulation none;
  const Encapsulation& wrap =
      packet->encapsulation == 0 ? none : batch.encapsulations.at(packet->encapsulation - 1);
  EXPECT_EQ(tunnel_name(wrap.tunnel), std::string(tunnel_name(sample.tunnel)));
  EXPECT_EQ(wrap.has_id ? std::optional(wrap.id) : std::nullopt, sample.id);
  EXPECT_EQ(std::vector(wrap.vlan.begin(), wrap.vlan.begin() + wrap.vlan_count), sample.vlans);
  if (sample.tunnel != TunnelKind::none) {
    EXPECT_TRUE(to_string(wrap.source) == "192.0.2.1" || to_string(wrap.source) == "2001:db8::a");
    EXPECT_TRUE(to_string(wrap.destination) == "192.0.2.2" || to_string(wrap.destination) == "2001:db8::b");
  }
}

// Cut at every byte, by a snap length and by a lie about the length. What comes out of a cut packet is that
// of the whole one, or of its outer headers; never more than is there.
TEST_P(WalkSamples, CutAtEveryByte) {
  const WalkSample& sample = GetParam();
  const PacketBatch whole = walk(sample.packet, sample.link_type);
  const auto size = static_cast<std::uint32_t>(sample.packet.size());
  const PacketRecord& complete = *packet_of(whole);
  for (std::uint32_t length = 0; length <= size; ++length) {
    for (const std::uint32_t original : {size, std::max(length, 1U)}) {
      SCOPED_TRACE(std::to_string(length) + " of " + std::to_string(original));
      const Packet captured = build::cut(sample.packet, length);
      const Captured how{.link_type = sample.link_type, .original_length = original};
      PacketBatch batch, other;
      walk_into(batch, captured, how, {}, 0x00);
      walk_into(other, captured, how, {}, 0xFF);
      EXPECT_EQ(describe(batch), describe(other)) << "bytes behind the packet were used";
      RawPacket packet;
      packet.bytes = PaddedBytes(captured.data(), captured.size());
      packet.number = 1;
      EXPECT_EQ(check_walk(batch, packet, {}), "") << describe(batch);
      const PacketRecord* record = packet_of(batch);
      if (length == size) {
        EXPECT_EQ(describe(batch), describe(whole));
      }
      if (record == nullptr || record->key != complete.key) continue;
      EXPECT_EQ(record->ip_length, complete.ip_length);
      EXPECT_EQ(record->payload_length, complete.payload_length);
    }
  }
}

std::string name_of(const testing::TestParamInfo<WalkSample>& info) {
  std::string name = info.param.name;
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
}
INSTANTIATE_TEST_SUITE_P(Link, WalkSamples, testing::ValuesIn(link_samples()), name_of);
INSTANTIATE_TEST_SUITE_P(Tunnel, WalkSamples, testing::ValuesIn(tunnel_samples()), name_of);
INSTANTIATE_TEST_SUITE_P(Headers, WalkSamples, testing::ValuesIn(header_samples()), name_of);

TEST(WalkLink, OnlyOtherLinkTypesAreUnsupported) {
  for (const WalkSample& sample : link_samples()) EXPECT_TRUE(link_type_supported(sample.link_type));
  for (const LinkType type : std::initializer_list<LinkType>{2, 6, 147, 195, 65535}) {
    EXPECT_FALSE(link_type_supported(type));
    EXPECT_EQ(fate_of(walk(eth(0x0800, inner4()), type)), Fate::unsupported_link_type);
  }
}

TEST(WalkLink, WhatIsNotIp) {
  const Packet in = inner4();
  const std::pair<LinkType, Packet> kCases[] = {
      {kEthernet, eth(0x0806, zeros(28))},                                 // ARP
      {kEthernet, eth(0x88CC, zeros(40))},                                 // LLDP
      {kEthernet, eth(0x8863, raw({0x11, 9}) + zeros(20))},                // PPPoE discovery
      {kEthernet, eth(0x8864, raw({0x11, 0xA7, 0, 7, 0, 0}))},             // PPPoE session's end
      {kEthernet, eth(0x8864, pppoe(be16(0xC021) + in))},                  // LCP
      {kEthernet, eth(38, raw({0x42, 0x42, 3}) + zeros(35))},              // spanning tree
      {kEthernet, eth(60, snap(0x00000C, 0x2000, zeros(52)))},             // CDP
      {kEthernet, eth(60, snap(0, 0x0500, zeros(52)))},                    // no EtherType
      {kEthernet, eth(0x8847, mpls(1, true, raw({0x10, 0, 0, 0}) + in))},  // control word: a pseudo-wire
      {kNull, raw({7, 0, 0, 0}) + in},
      {kChdlc, raw({0x8F, 0, 0x00, 0x35}) + in},
      {kLinuxSll, zeros(14) + be16(1) + in},
      {kNflog, raw({2, 0, 0, 0})},
      {kNflog, raw({9, 0, 0, 0, 8, 0, 9, 0}) + zeros(4)},
      {kFrameRelay, raw({0x18, 0x41, 3, 0x81}) + in},
      {kWifi, raw({0x80, 0, 0, 0}) + zeros(40)},     // beacon
      {kWifi, raw({0x08, 0x40, 0, 0}) + zeros(40)},  // protected
      {kWifi, raw({0x48, 0, 0, 0}) + zeros(40)},     // no data
      {kWifi, raw({0x08, 0x04, 0, 0}) + zeros(40)},  // a piece of a frame
  };
  for (const auto& [type, packet] : kCases) {
    const PacketBatch batch = walk(packet, type);
    EXPECT_EQ(fate_of(batch), Fate::not_ip) << "link type " << type << ", " << packet.size() << " bytes";
    EXPECT_TRUE(batch.records.empty());
  }
}

TEST(WalkLink, WhatIsMalformed) {
  const Packet in = inner4();
  const std::pair<LinkType, Packet> kCases[] = {
      {kEthernet, {}},
      {kEthernet, cut(eth(0x0800, in), 13)},
      {kEthernet, eth(0x0800, cut(in, 19))},
      {kEthernet, eth(0x86DD, cut(inner6(), 39))},
      {kEthernet, eth(0x0800, ipv4({.version = 5}, zeros(20)))},
      {kEthernet, eth(0x0800, ipv4({.words = 4}, zeros(20)))},
      {kEthernet, eth(0x0800, ipv4({.total = 19}, zeros(20)))},
      {kEthernet, eth(0x0800, ipv4({.total = 20, .words = 6}, zeros(20)))},
      {kEthernet, eth(0x0800, ipv4({.words = 15}, zeros(20)))},
      {kEthernet, eth(0x86DD, raw({0x70}) + zeros(60))},
      {kEthernet, eth(0x8100, raw({0}))},
      {kEthernet, eth(0x8847, mpls(1, false, {}))},
      {kEthernet, eth(0x8864, raw({0x21, 0}) + be16(7) + be16(30) + be16(0x21) + in)},
      {kRaw, raw({0x20}) + zeros(60)},
      {kRadiotap, raw({0, 0, 4, 0, 0, 0, 0, 0}) + zeros(60)},
      {kNflog, raw({2, 0, 0, 0, 3, 0, 0, 0}) + zeros(10)},
  };
  for (const auto& [type, packet] : kCases) {
    const PacketBatch batch = walk(packet, type);
    EXPECT_EQ(fate_of(batch), Fate::malformed) << "link type " << type << ", " << packet.size() << " bytes";
    EXPECT_TRUE(batch.records.empty());
  }
}

// What is no tunnel, or is broken inside, leaves the packet to the flow of the outer headers.
TEST(WalkTunnel, OuterFlowWhereTheInsideIsNoPacket) {
  const auto over = [](unsigned port, const Packet& inside) {
    return eth(0x0800, ipv4({.from = kOuterA, .to = kOuterB}, udp(40000, port, inside)));
  };
  const Packet in = inner4(), bad = ipv4({.version = 7}, zeros(20));
  const Packet kCases[] = {
      over(4789, be32(0) + be32(0) + eth(0x0800, in)),      // no VNI
      over(4789, build::vxlan(1, eth(0x0806, zeros(28)))),  // ARP inside
      over(4789, build::vxlan(1, eth(0x0800, bad))),
      over(6081, raw({0x40, 0}) + be16(0x0800) + be32(0) + in),  // version 1
      over(6081, build::geneve(0x0800, 1, {}, {})),
      over(2152, raw({0x30, 1}) + be16(0) + be32(0)),          // echo request
      over(2152, raw({0x50, 255}) + be16(40) + be32(0) + in),  // version 2
      over(2152, raw({0x20, 255}) + be16(40) + be32(0) + in),  // GTP'
      over(2152, raw({0x34, 255}) + be16(40) + be32(0) + raw({0, 0, 0, 0x85, 0, 0, 0, 0}) + in),  // no length
      over(1701, be16(0xC802) + be16(12) + be32(0) + be32(0)),                                    // control
      over(1701, be16(0x0003) + be32(0) + raw({0, 0x21}) + in),                                   // version 3
      over(3544, in),
      over(3544, be16(1) + raw({200, 0}) + zeros(20)),
      over(53, in),
      over(4789, {}),
  };
  for (const Packet& packet : kCases) {
    const PacketBatch batch = walk(packet);
    SCOPED_TRACE(describe(batch));
    EXPECT_EQ(fate_of(batch), Fate::flow);
    ASSERT_EQ(batch.records.size(), 1U);
    EXPECT_EQ(source(batch.records[0]), "192.0.2.1");
    EXPECT_EQ(source_port(batch.records[0]), 40000U);
    EXPECT_EQ(batch.records[0].role, role::packet | role::stream);
    EXPECT_EQ(batch.records[0].encapsulation, 0U) << "it is in no tunnel";
  }
}

TEST(WalkTunnel, PortsOfEitherSide) {
  const Packet packet =
      eth(0x0800, ipv4({.from = kOuterA, .to = kOuterB}, udp(2152, 40000, build::gtp(9, inner4()))));
  EXPECT_EQ(source(walk(packet).records.back()), "10.0.0.1");
}

// Wireshark numbers the streams of a tunnel's outer header first, then the inner one's.
TEST(WalkTunnel, OuterUdpTakesPartInNumbering) {
  const PacketBatch batch =
      walk(eth(0x0800, ipv4({.from = kOuterA, .to = kOuterB}, udp(40000, 2152, build::gtp(9, inner4())))));
  ASSERT_EQ(batch.records.size(), 2U);
  EXPECT_EQ(batch.records[0].role, role::stream);
  EXPECT_EQ(destination_port(batch.records[0]), 2152U);
  EXPECT_EQ(batch.records[1].role, role::packet | role::stream);
  EXPECT_EQ(destination_port(batch.records[1]), 2222U);
}

TEST(WalkTunnel, OuterIpTakesNoPartInNumbering) {
  const PacketBatch batch =
      walk(eth(0x0800, ipv4({.from = kOuterA, .to = kOuterB, .protocol = 47}, gre(0x0800, inner4()))));
  ASSERT_EQ(batch.records.size(), 1U);
  EXPECT_EQ(source(batch.records[0]), "10.0.0.1");
}

TEST(WalkTunnel, EqualEncapsulationsAreNotedOnce) {
  PacketBatch batch;
  const auto tagged = [](unsigned id) { return eth(0x8100, vlan(id, 0x0800, inner4())); };
  for (const unsigned id : {1U, 1U, 2U, 2U, 1U}) walk_into(batch, tagged(id));
  walk_into(batch, eth(0x0800, inner4()));
  std::vector<std::uint32_t> numbers;
  for (const PacketRecord& r : batch.records) numbers.push_back(r.encapsulation);
  EXPECT_EQ(numbers, (std::vector<std::uint32_t>{1, 1, 2, 2, 3, 0}));
}

TEST(WalkLink, MoreVlansThanAreKept) {
  Packet packet = inner4();
  for (unsigned id = 30; id >= 1; --id) packet = vlan(id, id == 30 ? 0x0800 : 0x8100, packet);
  const PacketBatch batch = walk(eth(0x8100, packet));
  EXPECT_EQ(fate_of(batch), Fate::flow);
  ASSERT_EQ(batch.encapsulations.size(), 1U);
  EXPECT_EQ(batch.encapsulations[0].vlan_count, Encapsulation::kMaxVlans);
  EXPECT_EQ(batch.encapsulations[0].vlan[0], 1U);
  EXPECT_EQ(batch.encapsulations[0].vlan[15], 16U);
}

}  // namespace
}  // namespace flowloom
