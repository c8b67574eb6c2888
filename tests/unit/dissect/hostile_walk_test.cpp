// Packets that are deep, padded, cut or lie about their lengths; and what ICMP errors quote.
#include <gtest/gtest.h>

#include "support/invariants.hpp"

namespace flowloom {
namespace {

using namespace build;

/// Walks the packet; whatever it is, the invariants hold.
PacketBatch checked(const Packet& bytes, const Captured& how = {}) {
  PacketBatch batch = walk(bytes, how);
  RawPacket packet;
  packet.bytes = PaddedBytes(bytes.data(), bytes.size());
  packet.number = how.number;
  packet.time = {how.time};
  EXPECT_EQ(check_walk(batch, packet, {}), "") << describe(batch);
  return batch;
}

const PacketRecord& packet_of(const PacketBatch& batch) {
  const auto found = std::find_if(batch.records.begin(), batch.records.end(),
                                  [](const auto& r) { return (r.role & role::packet) != 0; });
  if (found == batch.records.end()) throw std::runtime_error("no packet: " + describe(batch));
  return *found;
}

const Packet kInner = ipv4({}, udp(1111, 2222, raw({1, 2, 3, 4, 5})));

// --- depth ---------------------------------------------------------------------------------------------

/// `layer` around `inside`, `depth` times.
template <class Layer>
Packet nested(unsigned depth, Packet inside, Layer layer) {
  for (unsigned i = 0; i < depth; ++i) inside = layer(std::move(inside));
  return inside;
}

constexpr unsigned kDeep = 3000;  // more than is looked into

TEST(WalkDepth, VlanTags) {
  const Packet tags = nested(kDeep, {}, [](Packet p) { return be16(1) + be16(0x8100) + std::move(p); });
  EXPECT_EQ(fate_of(checked(eth(0x8100, tags + vlan(1, 0x0800, kInner)))), Fate::malformed);
}

TEST(WalkDepth, MplsLabels) {
  Packet labels;
  for (unsigned i = 0; i < kDeep; ++i) labels = std::move(labels) + mpls(i, false, {});
  EXPECT_EQ(fate_of(checked(eth(0x8847, labels + mpls(1, true, kInner)))), Fate::malformed);
}

TEST(WalkDepth, IpInIp) {
  const Packet packet = nested(kDeep, kInner, [](const Packet& p) {
    return ipv4({.from = kOuterA, .to = kOuterB, .protocol = 4, .total = 20}, p);  // lengths fit no 16 bits
  });
  EXPECT_EQ(fate_of(checked(eth(0x0800, packet))), Fate::flow) << "the flow of the outermost header";
  const Packet sound = nested(
      200, kInner, [](const Packet& p) { return ipv4({.from = kOuterA, .to = kOuterB, .protocol = 4}, p); });
  EXPECT_EQ(source(packet_of(checked(eth(0x0800, sound)))), "10.0.0.1");
}

TEST(WalkDepth, ExtensionHeaders) {
  Packet chain;
  for (unsigned i = 0; i < kDeep; ++i) chain = std::move(chain) + extension(60, 0, {});
  const PacketBatch batch = checked(eth(0x86DD, ipv6({.next = 60}, chain + udp(1, 2, {}))));
  EXPECT_EQ(fate_of(batch), Fate::flow);
  EXPECT_TRUE(packet_of(batch).key.cut()) << "its ports are not looked for that deep";
  EXPECT_EQ(source(packet_of(batch)), "2001:db8::1");
}

TEST(WalkDepth, AuthenticationHeaders) {
  Packet chain;
  for (unsigned i = 0; i < kDeep; ++i) chain = std::move(chain) + ah(51, 0, {});
  const PacketBatch batch = checked(eth(0x0800, ipv4({.protocol = 51, .total = 0xFFF0}, chain)));
  EXPECT_EQ(fate_of(batch), Fate::flow);
}

TEST(WalkDepth, GtpExtensions) {
  Packet extensions;
  for (unsigned i = 0; i < kDeep; ++i) extensions = std::move(extensions) + raw({1, 0, 0, 0x85});
  const Packet tunnel = raw({0x34, 255, 0, 0}) + be32(1) + raw({0, 0, 0, 0x85}) + extensions + kInner;
  const PacketBatch batch =
      checked(eth(0x0800, ipv4({.from = kOuterA, .to = kOuterB}, udp(2152, 2152, tunnel))));
  EXPECT_EQ(source(packet_of(batch)), "192.0.2.1") << "the outer flow";
}

TEST(WalkDepth, SourceRoutes) {
  Packet routes;
  for (unsigned i = 0; i < kDeep; ++i) routes = std::move(routes) + raw({0, 8, 0, 0});
  const Packet packet = ipv4({.from = kOuterA, .to = kOuterB, .protocol = 47},
                             be16(0x4000) + be16(0x0800) + be32(0) + routes + be32(0) + kInner);
  EXPECT_EQ(source(packet_of(checked(eth(0x0800, packet)))), "192.0.2.1");
}

TEST(WalkDepth, QuotesInQuotes) {
  const Packet packet = nested(
      kDeep, kInner, [](const Packet& p) { return ipv4({.protocol = 1, .total = 60000}, icmp(3, 1, 0, p)); });
  const PacketBatch batch = checked(eth(0x0800, packet));
  EXPECT_EQ(fate_of(batch), Fate::flow);
  EXPECT_LE(batch.records.size(), 1000U);
}

TEST(WalkDepth, NflogRecords) {
  Packet records;
  for (unsigned i = 0; i < kDeep; ++i) records = std::move(records) + raw({4, 0, 1, 0});
  const Packet packet = raw({2, 0, 0, 0}) + records + raw({37, 0, 9, 0}) + kInner;
  EXPECT_EQ(fate_of(checked(packet, {.link_type = kNflog})), Fate::malformed);
}

// --- lengths -------------------------------------------------------------------------------------------

TEST(WalkLengths, PaddingDoesNotCount) {
  const PacketRecord padded = packet_of(checked(eth(0x0800, kInner) + zeros(100)));
  EXPECT_EQ(padded.ip_length, 33U);
  EXPECT_EQ(padded.payload_length, 5U);
  const Packet ack = ipv4({.protocol = 6}, tcp({}));
  const PacketRecord empty = packet_of(checked(eth(0x0800, ack) + zeros(6)));
  EXPECT_EQ(empty.ip_length, 40U);
  EXPECT_EQ(empty.payload_length, 0U);
}

TEST(WalkLengths, UdpLengthBoundsThePayload) {
  const auto payload = [](std::optional<unsigned> length) {
    return packet_of(checked(eth(0x0800, ipv4({}, udp(1, 2, zeros(10), length))))).payload_length;
  };
  EXPECT_EQ(payload({}), 10U);
  EXPECT_EQ(payload(13), 5U);
  EXPECT_EQ(payload(500), 10U) << "bounded by the IP length";
  EXPECT_EQ(payload(0), 10U) << "0: a jumbogram, or offload";
  EXPECT_EQ(payload(3), 0U);
}

TEST(WalkLengths, OtherTransports) {
  const auto payload = [](unsigned protocol, const Packet& inside) {
    return packet_of(checked(eth(0x0800, ipv4({.protocol = protocol}, inside)))).payload_length;
  };
  EXPECT_EQ(payload(136, udp(1, 2, zeros(10), 8)), 10U) << "UDP-Lite: the field is no length";
  EXPECT_EQ(payload(132, sctp(1, 2, zeros(16))), 16U);
  EXPECT_EQ(payload(1, icmp(8, 0, 0, zeros(56))), 56U);
  EXPECT_EQ(payload(6, tcp({.options = zeros(12)}, zeros(7))), 7U);
  EXPECT_EQ(payload(6, tcp({.words = 15}, zeros(7))), 0U) << "a header longer than the packet";
  EXPECT_EQ(payload(50, zeros(30)), 30U) << "ESP: all";
  EXPECT_EQ(payload(2, zeros(8)), 8U) << "IGMP: all";
  EXPECT_EQ(payload(253, zeros(9)), 9U);
}

TEST(WalkLengths, SegmentationOffload) {
  const PacketRecord four =
      packet_of(checked(eth(0x0800, ipv4({.protocol = 6, .total = 0}, tcp({}, zeros(3000))))));
  EXPECT_EQ(four.ip_length, 3040U);
  EXPECT_EQ(four.payload_length, 3000U);
  const PacketRecord six =
      packet_of(checked(eth(0x86DD, ipv6({.next = 6, .length = 0}, tcp({}, zeros(3000))))));
  EXPECT_EQ(six.ip_length, 3060U);
  EXPECT_EQ(six.payload_length, 3000U);
}

TEST(WalkLengths, Jumbogram) {
  const Packet option = raw({17, 0, 0xC2, 4}) + be32(70000);
  const Packet inside = option + udp(1, 2, zeros(50), 0);
  const PacketRecord record =
      packet_of(checked(eth(0x86DD, ipv6({.next = 0, .length = 0}, inside)), {.original_length = 70054}));
  EXPECT_EQ(record.ip_length, 70040U);
  EXPECT_EQ(record.payload_length, 70000U - 16);
}

TEST(WalkLengths, SnapLengthCutsNoLengths) {
  const Packet whole = eth(0x0800, ipv4({.protocol = 6}, tcp({.options = zeros(12)}, zeros(1400))));
  const PacketRecord record =
      packet_of(checked(cut(whole, 66), {.original_length = static_cast<std::uint32_t>(whole.size())}));
  EXPECT_EQ(record.ip_length, 1452U);
  EXPECT_EQ(record.payload_length, 1400U);
}

TEST(WalkLengths, CutTransportHeaders) {
  const auto at = [](unsigned protocol, const Packet& inside, std::size_t captured) {
    const Packet whole = eth(0x0800, ipv4({.protocol = protocol}, inside));
    return packet_of(
        checked(cut(whole, 34 + captured), {.original_length = static_cast<std::uint32_t>(whole.size())}));
  };
  for (const unsigned protocol : {6U, 17U, 136U, 132U, 33U}) {
    const Packet inside = protocol == 6 ? tcp({}, zeros(100)) : udp(40000, 80, zeros(100));
    const PacketRecord cut_off = at(protocol, inside, 3), ports = at(protocol, inside, 4);
    EXPECT_TRUE(cut_off.key.cut()) << protocol;
    EXPECT_EQ(cut_off.role, role::packet);
    EXPECT_FALSE(ports.key.cut()) << protocol;
    EXPECT_EQ(source_port(ports), 40000U);
  }
  EXPECT_TRUE(at(1, icmp(8, 0, 7 << 16), 5).key.cut());
  EXPECT_EQ(at(1, icmp(8, 0, 7 << 16), 6).key.sub, 7U);
  EXPECT_TRUE(at(1, icmp(3, 1, 0), 1).key.cut());
  EXPECT_EQ(at(1, icmp(3, 1, 0), 2).key.sub, 3U);
  // Wireshark looks a TCP conversation up once it has read 16 bytes.
  EXPECT_EQ(at(6, tcp({}), 15).role & role::stream, 0);
  EXPECT_NE(at(6, tcp({}), 16).role & role::stream, 0);
  EXPECT_EQ(at(17, udp(1, 2, {}), 7).role & role::stream, 0);
  EXPECT_NE(at(17, udp(1, 2, {}), 8).role & role::stream, 0);
}

TEST(WalkLengths, CutFlowsAreOfTheAddressesAlone) {
  const Packet there = eth(0x0800, ipv4({.protocol = 6}, zeros(20))),
               back = eth(0x0800, ipv4({.from = kB, .to = kA, .protocol = 6}, zeros(20)));
  EXPECT_EQ(packet_of(checked(cut(there, 34))).key, packet_of(checked(cut(back, 36))).key);
  EXPECT_NE(packet_of(checked(cut(there, 34))).key, packet_of(checked(there)).key);
}

// --- ICMP ----------------------------------------------------------------------------------------------

TEST(WalkIcmp, EchoByIdentifierOthersByType) {
  const auto key = [](unsigned type, std::uint32_t rest, bool v6 = false) {
    const Packet message = icmp(type, 0, rest, zeros(8));
    return packet_of(checked(v6 ? eth(0x86DD, ipv6({.next = 58}, message))
                                : eth(0x0800, ipv4({.protocol = 1}, message))))
        .key;
  };
  EXPECT_EQ(key(8, 0x00070001), key(0, 0x00070002)) << "request and answer";
  EXPECT_NE(key(8, 0x00070001), key(8, 0x00080001));
  EXPECT_EQ(key(128, 0x00070001, true), key(129, 0x00070001, true));
  EXPECT_NE(key(128, 0x00070001, true), key(128, 0x00080001, true));
  EXPECT_EQ(key(13, 0x00070001), key(13, 0x00080001));
  EXPECT_NE(key(13, 0), key(14, 0));
  EXPECT_NE(key(8, 13 << 16), key(13, 0)) << "an identifier is no type";
  EXPECT_NE(key(135, 0, true), key(136, 0, true));
}

/// An error about `quoted`, sent back from B to A.
PacketBatch error(const Packet& quoted, unsigned type = 3) {
  return checked(eth(0x0800, ipv4({.from = kB, .to = kA, .protocol = 1}, icmp(type, 1, 0, quoted))));
}

TEST(WalkIcmp, QuotedUdpIsNumbered) {
  const PacketBatch batch = error(cut(kInner, 28));
  ASSERT_EQ(batch.records.size(), 2U) << describe(batch);
  EXPECT_EQ(batch.records[0].role, role::packet | role::icmp_error);
  EXPECT_EQ(source(batch.records[0]), "10.0.0.2");
  EXPECT_EQ(batch.records[1].role, role::stream | role::quoted);
  EXPECT_EQ(source(batch.records[1]), "10.0.0.1");
  EXPECT_EQ(destination_port(batch.records[1]), 2222U);
  EXPECT_EQ(batch.records[1].number, batch.records[0].number);
}

// RFC 792 wants eight bytes of the transport header; Wireshark numbers a TCP stream from 16 on.
TEST(WalkIcmp, QuotedTcpIsNumberedFrom16Bytes) {
  const Packet segment = ipv4({.protocol = 6}, tcp({}, zeros(100)));
  for (const std::size_t bytes : {4U, 8U, 15U, 16U, 20U, 120U}) {
    const PacketBatch batch = error(cut(segment, 20 + bytes));
    ASSERT_EQ(batch.records.size(), 2U) << bytes;
    const unsigned role = batch.records[1].role;
    EXPECT_NE(role & role::quoted, 0U);
    EXPECT_EQ((role & role::stream) != 0, bytes >= 16) << bytes;
  }
  EXPECT_TRUE(error(cut(segment, 22)).records.at(1).key.cut());
}

TEST(WalkIcmp, OnlyErrorsQuote) {
  for (const unsigned type : {3U, 4U, 5U, 11U, 12U})
    EXPECT_EQ(error(kInner, type).records.size(), 2U) << type;
  for (const unsigned type : {0U, 8U, 13U, 30U}) EXPECT_EQ(error(kInner, type).records.size(), 1U) << type;
  const auto six = [](unsigned type) {
    return checked(eth(0x86DD, ipv6({.next = 58}, icmp(type, 0, 0, kInner)))).records.size();
  };
  for (const unsigned type : {1U, 2U, 3U, 4U}) EXPECT_EQ(six(type), 2U) << type;
  for (const unsigned type : {128U, 129U, 135U}) EXPECT_EQ(six(type), 1U) << type;
}

TEST(WalkIcmp, WhatCannotBeQuotedChangesNothing) {
  const Packet kQuotes[] = {
      {}, raw({0x45}), cut(kInner, 19), zeros(40), ipv4({.offset = 8}, zeros(16)),  // a later fragment
  };
  for (const Packet& quoted : kQuotes) {
    const PacketBatch batch = error(quoted);
    EXPECT_EQ(fate_of(batch), Fate::flow);
    EXPECT_EQ(batch.records.size(), 1U) << describe(batch);
    EXPECT_TRUE(batch.fragments.empty()) << "what is quoted is not reassembled";
  }
}

TEST(WalkIcmp, QuotedFirstFragment) {
  const PacketBatch batch = error(ipv4({.more = true}, udp(1, 2, zeros(8))));
  ASSERT_EQ(batch.records.size(), 2U);
  EXPECT_TRUE(batch.fragments.empty());
  EXPECT_EQ(destination_port(batch.records[1]), 2U);
}

}  // namespace
}  // namespace flowloom
