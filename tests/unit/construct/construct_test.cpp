// Packets made of fields.
#include "flowloom/construct.hpp"

#include <gtest/gtest.h>

#include "construct/built.hpp"
#include "construct/by_hand.hpp"

namespace flowloom {
namespace {

TEST(ConstructTest, AllThatIsMadeByHandIsTakenApartAgain) {
  for (const by_hand::Made& made : by_hand::all()) {
    SCOPED_TRACE(made.name);
    const Octets bytes = built(made.packet);
    Packet again = taken_apart(bytes, made.packet.link_type(), bytes.size());
    EXPECT_EQ(again.layers(), made.packet.layers());
    EXPECT_EQ(built(again), bytes);
    EXPECT_EQ(built(again.recompute()), bytes);
  }
}

TEST(ConstructTest, WhatIsCutAnywhereIsBuiltAsItIs) {
  for (const by_hand::Made& made : by_hand::all()) {
    const Octets bytes = built(made.packet);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      SCOPED_TRACE(made.name + ", " + std::to_string(size) + " bytes");
      ASSERT_EQ(built(taken_apart(bytes, made.packet.link_type(), size)), some(bytes, 0, size));
    }
  }
}

/// RFC 791, appendix A, example 1, with the addresses and the checksum that it leaves open.
TEST(ConstructTest, TheSmallestDatagramOfRfc791) {
  const Octets data = {0x99};
  Packet packet;
  packet.add("ip").set("ip.id", 111).set("ip.ttl", 123).set("ip.proto", 1).set("ip.src", "10.0.0.1");
  packet.set("ip.dst", "10.0.0.2").payload(data);
  const Octets expected = {0x45, 0,    0,  21, 0, 111, 0,  0, 123, 1,  // 0x4515 + 0x6F + 0x7B01 + 0xA00 + 1
                           0x2B, 0x77, 10, 0,  0, 1,   10, 0, 0,   2, 0x99};  // + 0xA00 + 2 = 0xD488
  EXPECT_EQ(built(packet), expected);
  EXPECT_EQ(packet.link_type(), 228);
}

/// RFC 1035 §4.1.4: F.ISI.ARPA, FOO.F.ISI.ARPA, ARPA and the root, each with a record.
TEST(ConstructTest, NamesAreShortenedAsInRfc1035) {
  Packet packet = by_hand::dns(by_hand::udp(by_hand::ipv4(Packet()), 53), "dns", 0x8000);
  for (const char* name : {"F.ISI.ARPA", "FOO.F.ISI.ARPA", "ARPA", "."})
    by_hand::record(packet, name, 1).set("dns.a", "192.0.2.1");
  const Octets bytes = built(packet);
  constexpr std::size_t kMessage = 28, kFirst = kMessage + 12, kFixed = 14;  // type … address
  ASSERT_EQ(bytes.size(), kFirst + 12 + 6 + 2 + 1 + 4 * kFixed);
  const auto at = [&](std::size_t from, std::size_t size) { return some(bytes, from, size); };
  EXPECT_EQ(at(kFirst, 12), (Octets{1, 'F', 3, 'I', 'S', 'I', 4, 'A', 'R', 'P', 'A', 0}));
  std::size_t next = kFirst + 12 + kFixed;
  EXPECT_EQ(at(next, 6), (Octets{3, 'F', 'O', 'O', 0xC0, 12}));
  next += 6 + kFixed;
  EXPECT_EQ(at(next, 2), (Octets{0xC0, 18}));
  EXPECT_EQ(at(next + 2 + kFixed, 1), Octets{0});
  EXPECT_EQ(at(next + 2, kFixed), (Octets{0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1}));
}

/// RFC 8200 §4.2: the header is filled up by the option for it; RFC 2711's option is 05 02 00 00.
TEST(ConstructTest, HeadersAreFilledUp) {
  Packet six = by_hand::ipv6(Packet());
  six.add("ipv6.hopopts").set("ipv6.opt.type", 5).set("ipv6.opt.router_alert", 0).add("esp");
  six.set("esp.spi", 1).set("esp.sequence", 1);
  const Octets bytes = built(six);
  EXPECT_EQ(Octets(bytes.begin() + 40, bytes.begin() + 48), (Octets{50, 0, 5, 2, 0, 0, 1, 0}));
  EXPECT_EQ(bytes[6], 0);   // hop-by-hop options follow
  EXPECT_EQ(bytes[5], 16);  // payload
  Packet stream = by_hand::tcp(by_hand::ipv4(Packet()));
  stream.set("tcp.option_kind", 3).set("tcp.options.wscale.shift", 2);
  const Octets segment = built(stream);
  EXPECT_EQ(Octets(segment.begin() + 40, segment.end()), (Octets{3, 3, 2, 0}));
  EXPECT_EQ(segment[32], 6 << 4);  // words of the header
}

TEST(ConstructTest, WhatIsSetIsWrittenRightOrWrong) {
  const Packet right = by_hand::udp(by_hand::ipv4(Packet())).payload(by_hand::bytes("payload"));
  const Octets good = built(right);
  Packet wrong = right;
  wrong.set("udp.length", 9).set("udp.checksum", 0).edit("ip").set("ip.len", 700).set("ip.checksum", 0xBEEF);
  const Octets bad = built(wrong);
  Octets expected = good;
  expected[2] = 700 >> 8;
  expected[3] = 700 & 0xFF;
  expected[10] = 0xBE;
  expected[11] = 0xEF;
  expected[25] = 9;
  expected[26] = expected[27] = 0;
  EXPECT_EQ(bad, expected);
}

/// RFC 1035 §4.1.1: numbers of questions, answers, authorities, additional records.
TEST(ConstructTest, RecordsAreCounted) {
  const auto counts = [](const Packet& packet) {
    const Octets bytes = built(packet);
    return Octets(bytes.begin() + 32, bytes.begin() + 40);
  };
  Packet packet = by_hand::dns(by_hand::udp(by_hand::ipv4(Packet()), 53), "dns", 0x8000);
  EXPECT_EQ(counts(packet), Octets(8));
  by_hand::question(packet, "example.com");
  for (unsigned i = 0; i < 3; ++i) by_hand::record(packet, "example.com", 1).set("dns.a", "192.0.2.1");
  EXPECT_EQ(counts(packet), (Octets{0, 1, 0, 3, 0, 0, 0, 0}));
  EXPECT_EQ(counts(Packet(packet).set("dns.count.auth_rr", 1)), (Octets{0, 1, 0, 2, 0, 1, 0, 0}));
  EXPECT_EQ(counts(Packet(packet).set("dns.count.auth_rr", 1).set("dns.count.add_rr", 1)),
            (Octets{0, 1, 0, 1, 0, 1, 0, 1}));
  EXPECT_EQ(counts(packet.set("dns.count.auth_rr", 1).set("dns.count.add_rr", 2)),
            (Octets{0, 1, 0, 0, 0, 1, 0, 2}));
  EXPECT_EQ(counts(packet.set("dns.count.answers", 9)), (Octets{0, 1, 0, 9, 0, 1, 0, 2}));  // wrong, as set
}

/// RFC 2136 §2.2: numbers of zones, prerequisites, updates, additional records.
TEST(ConstructTest, SectionsOfAnUpdateAreCounted) {
  Packet packet = by_hand::update();
  EXPECT_EQ(some(built(packet), 46, 8), (Octets{0, 1, 0, 0, 0, 3, 0, 0}));
  packet.set("dns.count.prerequisites", 1).set("dns.count.add_rr", 1);
  EXPECT_EQ(some(built(packet), 46, 8), (Octets{0, 1, 0, 1, 0, 1, 0, 1}));
}

/// RFC 2890 §2, RFC 2661 §3.1, 3GPP TS 29.281 §5.1: what is there is announced.
TEST(ConstructTest, FlagsFollowFromWhatIsSet) {
  const auto header = [](const Packet& packet, std::size_t at, std::size_t size) {
    return some(built(packet), at, size);
  };
  const Packet gre = by_hand::ipv4(Packet()).add("gre");
  EXPECT_EQ(header(Packet(gre).set("gre.key", 7).set("gre.sequence_number", 8), 20, 12),
            (Octets{0x30, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 8}));
  // The checksum is of all of it: 0x8000 + 0x99FF = 0x199FF, which is 0x9A00 of 16 bits less 1.
  EXPECT_EQ(header(Packet(gre).set("gre.flags.checksum", 1).payload(Octets{0x99, 0xFF}), 20, 10),
            (Octets{0x80, 0, 0, 0, 0xE5, 0xFF, 0, 0, 0x99, 0xFF}));
  EXPECT_EQ(refused(Packet(gre).set("gre.flags_and_version", 0).set("gre.key", 7)),  // wrong, as set
            "gre.key: would not be read as it was set: what it belongs to is missing, or says otherwise");
  Packet l2tp = by_hand::ipv4(Packet()).add("udp").set("udp.srcport", 1).add("l2tp");
  l2tp.set("l2tp.type", 1).set("l2tp.length_bit", 1).set("l2tp.tunnel", 3).set("l2tp.session", 0);
  EXPECT_EQ(header(l2tp.set("l2tp.Ns", 1).set("l2tp.Nr", 2), 28, 12),
            (Octets{0xC8, 2, 0, 12, 0, 3, 0, 0, 0, 1, 0, 2}));
  Packet gtp = by_hand::ipv4(Packet()).add("udp").set("udp.srcport", 1).add("gtp");
  EXPECT_EQ(header(gtp.set("gtp.message", 1).set("gtp.seq_number", 0x102), 28, 12),
            (Octets{0x32, 1, 0, 4, 0, 0, 0, 0, 1, 2, 0, 0}));
}

TEST(ConstructTest, UdpNeverSendsAChecksumOfZero) {
  Packet packet = by_hand::udp(by_hand::ipv4(Packet()));
  const Octets zeros = built(packet.payload(Octets{0, 0}));
  const Octets rest = {zeros[26], zeros[27]};  // makes the sum one of ones only
  const Octets sent = built(packet.payload(rest));
  EXPECT_EQ((Octets{sent[26], sent[27]}), (Octets{0xFF, 0xFF}));
}

TEST(ConstructTest, AChangedPacketIsComputedAgain) {
  const Octets bytes = built(by_hand::udp(by_hand::ipv4()).payload(by_hand::bytes("payload")));
  Packet packet = taken_apart(bytes, 1, bytes.size());
  packet.edit("ip").set("ip.dst", "203.0.113.9").set("ip.ttl", 3).payload(by_hand::bytes("another payload"));
  Packet same = by_hand::udp(by_hand::ipv4().set("ip.dst", "203.0.113.9").set("ip.ttl", 3));
  same.payload(by_hand::bytes("another payload"));
  EXPECT_NE(built(packet), built(same));
  EXPECT_EQ(built(packet.recompute()), built(same));
}

TEST(ConstructTest, APacketHas128Layers) {
  const auto tagged = [](std::size_t tags) {
    Packet packet = Packet().add("eth");
    for (std::size_t i = 0; i < tags; ++i) packet.add("vlan").set("vlan.id", i);
    return packet.add("ip").add("udp");
  };
  EXPECT_EQ(refused(tagged(124)), "built");  // and Ethernet, its type, IP, UDP
  EXPECT_EQ(refused(tagged(125)), "ip: cannot carry udp with these values");
}

TEST(ConstructTest, MistakesAreNamed) {
  const auto ip = [] { return by_hand::ipv4(); };
  EXPECT_EQ(refused(Packet().add("vxlam")), "vxlam: there is no such protocol; did you mean vxlan?");
  EXPECT_EQ(refused(Packet().set("ip.ttl", 3)), "ip.ttl: there is no layer yet");
  EXPECT_EQ(refused(ip().edit("tcp")), "tcp: the packet has no such layer");
  EXPECT_EQ(refused(ip().set("ip.tll", 3)), "ip.tll: ip has no such field; did you mean ip.ttl?");
  EXPECT_EQ(refused(ip().set("tcp.seq", 3)).substr(0, 26), "tcp.seq: ip has no such fi");
  EXPECT_EQ(refused(ip().set("ip.ttl", 256)), "ip.ttl: 256 does not fit: at most 255");
  EXPECT_EQ(refused(ip().set("ip.hdr_len", 22)), "ip.hdr_len: 22 does not fit: at most 60, in steps of 4");
  EXPECT_EQ(refused(ip().set("ip.ttl", -1)), "ip.ttl: -1 does not fit: at least 0");
  const auto option = [] { return by_hand::udp(by_hand::ipv4()).add("dhcp").set("dhcp.option.type", 2); };
  EXPECT_EQ(refused(option().set("dhcp.option.time_offset", ~std::uint64_t{0})),
            "dhcp.option.time_offset: 18446744073709551615 does not fit");
  EXPECT_EQ(refused(option().set("dhcp.option.time_offset", std::int64_t{-1} << 31 << 1)),
            "dhcp.option.time_offset: -4294967296 does not fit: -2147483648 to 2147483647");
  EXPECT_EQ(refused(ip().set("ip.ttl", "many")), "ip.ttl: \"many\" is no number");
  EXPECT_EQ(refused(ip().set("ip.src", "192.0.2")), "ip.src: \"192.0.2\" is no value of its type");
  EXPECT_EQ(refused(ip().set("ip.src", 7)), "ip.src: is no number");
  EXPECT_EQ(refused(ip().set("ip.src", Octets(5, 1))), "ip.src: 5 bytes, it has 4");
  EXPECT_EQ(refused(ip().add("arp")), "ip: cannot carry arp with these values");
  EXPECT_EQ(refused(by_hand::udp(ip(), 9).add("dns")), "built");  // the port was set: it may be wrong
  EXPECT_EQ(refused(Packet().add("tcp")), "tcp: no capture begins with it");
  EXPECT_EQ(refused(by_hand::tcp(ip()).set("tcp.option_kind", 1).set("tcp.options.mss_val", 1460)),
            "tcp.options.mss_val: would not be read as it was set: what it belongs to is missing, or says "
            "otherwise");
  EXPECT_EQ(
      refused(
          by_hand::tcp(ip()).set("tcp.option_kind", 254).set("tcp.options.unknown.payload", Octets(60, 1))),
      "tcp.hdr_len: 84 does not fit: at most 60, in steps of 4");
  EXPECT_EQ(refused(by_hand::udp(ip()).payload(Octets(66000))),
            "udp.length: 66008 does not fit: at most 65535");
}

}  // namespace
}  // namespace flowloom
