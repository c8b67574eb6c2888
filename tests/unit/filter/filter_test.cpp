// Display filters on packets made by hand: what matches, and what a mistake says.
#include "filter/filter.hpp"

#include <gtest/gtest.h>

#include "support/packets.hpp"

namespace flowloom {
namespace {

using build::Packet;

Packet text(std::string_view letters) { return {letters.begin(), letters.end()}; }

// 40000 → 80, SYN and ACK, "GET / HTTP" inside
const Packet kWeb = build::eth(
    0x0800, build::ipv4({.protocol = 6}, build::tcp({.seq = 7, .flags = 0x12}, text("GET / HTTP"))));
const Packet kInTunnel = build::eth(
    0x0800,
    build::ipv4(
        {.from = build::kOuterA, .to = build::kOuterB, .protocol = 17},
        build::udp(4789, 4789,
                   build::vxlan(5, build::eth(0x0800, build::ipv4({.protocol = 6}, build::tcp({})))))));

class FilterTest : public testing::Test {
 protected:
  static bool matches(std::string_view expression, const Packet& packet,
                      FilterDialect dialect = FilterDialect::wireshark4) {
    auto filter = PacketFilter::compile(expression, dialect);
    EXPECT_TRUE(filter.has_value()) << expression << ": " << (filter ? "" : filter.error().message());
    if (!filter) return false;
    Wanted wanted;
    filter->add_to(wanted);
    Dissector dissector(wanted);
    PacketMatcher matcher(*filter);
    const build::Buffer buffer(packet);
    RawPacket raw;
    raw.bytes = buffer.padded();
    raw.original_length = static_cast<std::uint32_t>(packet.size());
    raw.link_type = build::kEthernet;
    raw.number = 7;
    raw.time = {1'600'000'000'500'000'000};
    const Tape& tape = dissector.dissect(raw);
    const bool found = matcher.matches(tape);
    EXPECT_EQ(matcher.matches(tape), found) << "asked twice: " << expression;
    return found;
  }
  static void expect(const std::vector<std::string>& expressions, bool found, const Packet& packet = kWeb) {
    for (const std::string& one : expressions) EXPECT_EQ(matches(one, packet), found) << one;
  }
  static std::string mistake(std::string_view expression) {
    auto filter = PacketFilter::compile(expression, FilterDialect::wireshark4);
    return filter ? "accepted" : filter.error().message();
  }
};

TEST_F(FilterTest, AnEmptyExpressionMatchesEverything) { expect({"", "  \t "}, true); }

TEST_F(FilterTest, ComparesInBothSpellings) {
  expect({"tcp.dstport == 80", "tcp.dstport eq 80", "tcp.dstport != 81", "tcp.dstport ne 81", "ip.ttl >= 64",
          "ip.ttl ge 64", "ip.ttl < 65", "ip.ttl lt 65", "ip.ttl<=64", "ip.ttl gt 63", "frame.number == 7"},
         true);
  expect({"tcp.dstport == 81", "tcp.dstport != 80", "ip.ttl > 64", "udp.port != 5", "not tcp"}, false);
}

TEST_F(FilterTest, SignedNumbersWithUnsignedOnes) {
  expect({"data.len < tcp.dstport", "tcp.dstport > data.len", "len(data) == data.len",
          "frame.len != data.len", "all tcp.port >= data.len"},
         true);
  expect({"data.len > tcp.dstport", "frame.len == data.len", "data.len === tcp.port"}, false);
}

TEST_F(FilterTest, SeveralValuesAndWhatIsSaidOfThem) {
  expect({"tcp.port == 80", "tcp.port !== 80", "tcp.port ~= 80", "any tcp.port != 80", "all tcp.port > 79",
          "tcp.port in {80}", "all tcp.port in {80..40000}"},
         true);
  expect({"tcp.port != 80", "tcp.port === 80", "all tcp.port == 80", "all tcp.port in {80}",
          "all tcp.port in {80, 40000}", "all udp.port == 1"},
         false);
}

TEST_F(FilterTest, PrecedenceOfLogic) {
  expect({"tcp or udp and arp", "not udp and tcp", "!(udp && tcp)", "tcp ^^ udp", "tcp xor udp xor arp",
          "tcp or tcp xor tcp"},
         true);
  expect({"tcp xor ip", "(tcp or udp) and arp", "not tcp or udp"}, false);
}

TEST_F(FilterTest, TheOlderDialect) {
  const auto old = [](std::string_view expression) {
    return matches(expression, kWeb, FilterDialect::wireshark3);
  };
  EXPECT_FALSE(old("tcp or udp and arp"));  // (tcp or udp) and arp
  EXPECT_TRUE(old("tcp.port != 80"));       // one of both
  EXPECT_TRUE(old("tcp.port in {443 80}"));
  EXPECT_TRUE(old("tcp.port in {443, 80}"));
  EXPECT_NE(mistake("tcp.port in {443 80}"), "accepted");
}

TEST_F(FilterTest, Slices) {
  expect({"eth.dst[0:3] == 02:00:00", "eth.dst[1-2] == 00:00", "eth.dst[5] == 02", "eth.dst[:1] == 2",
          "eth.dst[4:] == 00:02", "eth.dst[-1] == 02", "eth.dst[-2:1] == 00", "eth.dst[0,4-5] == 02:00:02",
          "eth.dst[0] == 0x02", "ip.src[0:2] == 0a00", "tcp[-4:] == \"HTTP\"", "frame[-4--2] == \"HTT\"",
          "eth.dst[0:3][0] == 02", "eth.dst[0:2] == eth.src[0:2]", "ip.src[0:4] == ip.src"},
         true);
  expect({"eth.dst[6]", "eth.dst[4:3]", "eth.dst[-7]", "ip.dst[0:4] == ip.src"}, false);
  EXPECT_EQ(mistake("eth.dst[0:0]"), "\"0:0\" is no range at column 9");
  EXPECT_EQ(mistake("eth.dst[3-1]"), "\"3-1\" is no range at column 9");
  EXPECT_EQ(mistake("eth.dst[1"), "\"]\" is missing at column 10");
}

TEST_F(FilterTest, ConstantsOfEveryKind) {
  expect({"ip.ttl == 0x40",
          "ip.ttl == 0100",
          "ip.ttl == 0b1000000",
          "ip.ttl == '@'",
          "ip.ttl == '\\x40'",
          "tcp.flags.syn == True",
          "tcp.flags.syn == \"Set\"",
          "tcp.flags.fin == FALSE",
          "ip.src == 10.0.0.1",
          "ip.src == 10.0.0.0/8",
          "ip.dst != 10.1.0.0/16",
          "eth.src == 02:00:00:00:00:01",
          "eth.src == 02-00-00-00-00-01",
          "eth.src == 0200.0000.0001",
          "frame.time > \"2020-09-13 12:26:40Z\"",
          "frame.time < \"Sep 13, 2020 12:26:41 UTC\"",
          "frame.time < \"2020-09-13 12:26:41 UTC\"",
          "frame.time > \"2020-09-13 12 UTC\"",
          "frame.time < \"2020-09-13 13UTC\"",
          "frame.time > \"2020-09-13UTC\"",
          "frame.time < \"2020-09-13T12:26:40,9Z\"",
          "frame.time < \"9999-12-31\"",
          "frame.time > \"1601-01-01\"",
          "frame.time_epoch == 1600000000.5",
          "tcp contains \"\\x47ET\"",
          "tcp contains r\"GET /\"",
          "tcp contains 47:45:54",
          "tcp contains 'G'"},
         true);
}

TEST_F(FilterTest, SearchesBytes) {
  expect({"frame matches \"get\"", "tcp ~ \"^.{20}get [/]\"", "tcp matches \"HTTP$\"",
          "frame.protocols matches \"^ETH:\"", "string(ip.src) matches r\"^10\\.\"",
          "string(frame.number) matches \"[13579]$\""},
         true);
  expect({"tcp matches \"(?-i)get\"", "frame contains \"\"", "udp matches \"\""}, false);
  EXPECT_NE(mistake("tcp matches \"(?=a)\"").find("look-around"), std::string::npos);
  EXPECT_NE(mistake("tcp matches \"(a)\\\\1\"").find("back-references"), std::string::npos);
  EXPECT_EQ(mistake("tcp matches \"(((a{100}){100}){100}){100}\"").substr(0, 24), "wrong regular expression");
}

TEST_F(FilterTest, Functions) {
  expect({"len(eth.src) == 6", "len(tcp.flags) == 2", "count(tcp.port) == 2", "max(tcp.port) == 40000",
          "min(tcp.srcport, tcp.dstport) == 80", "upper(frame.protocols) contains \"TCP\"",
          "lower(frame.protocols) contains \"tcp\"", "abs(ip.ttl - 100) == 36",
          "string(ip.dst) == \"10.0.0.2\"", "string(eth.src) == \"02:00:00:00:00:01\"", "len(ip) == 20"},
         true);
  expect({"count(udp.port) == 0"}, false);
}

TEST_F(FilterTest, Arithmetic) {
  expect({"tcp.srcport + 1 == 40001", "ip.ttl * 2 - 1 == 127", "ip.ttl - 100 == -36", "ip.ttl % 10 == 4",
          "tcp.dstport == {40 + 40}", "tcp.flags & 0x02", "tcp.flags & 2 == 2",
          "ip.src & 255.0.0.0 == 10.0.0.0", "tcp.dstport + 40000 >= tcp.srcport + 80", "eth.dst[0] & 2",
          "{ip.ttl - 100} / 2 == -18", "tcp.srcport - tcp.dstport", "frame.time_epoch - 0.5 == 1600000000"},
         true);
  expect({"ip.ttl / 0", "ip.ttl % 0 == 0", "ip.ttl - 64", "tcp.seq_raw + 4294967295 > 0", "tcp.flags & 1"},
         false);
}

TEST_F(FilterTest, LayersOfTunnels) {
  expect({"ip.src#1 == 192.0.2.1", "ip.src#2 == 10.0.0.1", "ip.src#[-1] == 10.0.0.1", "ip#2", "ip.src#[1-2]",
          "count(ip.src) == 2", "ip.src == 10.0.0.1", "ip.src#[2:] == 10.0.0.1"},
         true, kInTunnel);
  expect({"ip.src#3", "ip.src#0", "ip.src#1 == 10.0.0.1", "ip.src == 10.0.0.2"}, false, kInTunnel);
}

TEST_F(FilterTest, TheLastLayerIsTheLastWithTheField) {
  const Packet packet = build::eth(0x0800, build::ipv4({.from = build::kOuterA,
                                                        .to = build::kOuterB,
                                                        .protocol = 4,
                                                        .options = build::raw({0x94, 4, 0, 0})},
                                                       build::ipv4({.protocol = 6}, build::tcp({}))));
  expect({"ip.opt.ra#[-1] == 0", "ip.opt.ra#1 == 0", "ip.src#[-1] == 10.0.0.1"}, true, packet);
  expect({"ip.opt.ra#2", "ip.opt.ra#[-2]"}, false, packet);
}

TEST_F(FilterTest, UdpIsSearchedBeyondItsOwnLength) {
  const Packet packet =
      build::eth(0x0800, build::ipv4({.protocol = 17}, build::udp(5, 6, text("within beyond"), 8 + 6)));
  expect({"udp.payload contains \"within\"", "udp contains \"within bey\""}, true, packet);
  expect({"udp.payload contains \"beyond\""}, false, packet);
}

TEST_F(FilterTest, MistakesSayWhereAndSuggest) {
  EXPECT_EQ(mistake("tcp.flag.syn == 1").substr(0, 60),
            "unknown field \"tcp.flag.syn\" at column 1; did you mean tcp.f");
  EXPECT_EQ(mistake("tcp and"), "the expression ends too early at column 8");
  EXPECT_EQ(mistake("tcp.port == 80 )"), "\")\" is not expected at column 16");
  EXPECT_EQ(mistake("tcp.port == 70000"), "70000 is too large, the largest is 65535 at column 13");
  EXPECT_EQ(mistake("ip.ttl == \"x\""), "\"x\" is not an unsigned number at column 11");
  EXPECT_EQ(mistake("frame contains \"a"), "the closing \" is missing at column 16");
  EXPECT_EQ(mistake("ip.src == ip.ttl"),
            "an IPv4 address cannot be compared with an unsigned number at column 11");
  EXPECT_EQ(mistake("1 == 1"),
            "on the left side there must be a field or what is calculated from one at column 1");
  EXPECT_EQ(mistake("foo(ip.ttl) == 1"), "there is no function foo() at column 1");
  EXPECT_EQ(mistake("len(ip)"), "what len() gives must be compared with something at column 1");
  EXPECT_EQ(mistake(std::string(1000, '(') + "tcp").substr(0, 15), "too deeply nest");
  EXPECT_EQ(mistake(std::string(1000, '!') + "tcp").substr(0, 15), "too deeply nest");
  EXPECT_EQ(mistake(std::string(70000, ' ')).substr(0, 12), "a filter has");
}

TEST_F(FilterTest, TellsWhichNamesAreUnknown) {
  std::vector<std::string> unknown;
  const auto filter =
      PacketFilter::compile("tcp.port == 80 and foo.bar contains \"x\" or len(zzz) == ip.nope",
                            FilterDialect::wireshark4, &unknown);
  EXPECT_FALSE(filter.has_value());
  EXPECT_EQ(unknown, (std::vector<std::string>{"foo.bar", "zzz", "ip.nope"}));
}

TEST_F(FilterTest, LongListsOfTestsAreNoDepth) {
  std::string expression = "tcp.port == 1";
  for (int i = 0; i < 3000; ++i) expression += " or ip.ttl == 1";
  EXPECT_FALSE(matches(expression, kWeb));
  EXPECT_TRUE(matches(expression + " or tcp", kWeb));
}

TEST_F(FilterTest, OfACutPacketWhatIsThere) {
  EXPECT_TRUE(matches("tcp.srcport == 40000", build::cut(kWeb, 36)));
  EXPECT_FALSE(matches("tcp.dstport", build::cut(kWeb, 36)));
  EXPECT_TRUE(matches("tcp", build::cut(kWeb, 36)));
}

}  // namespace
}  // namespace flowloom
