// Names of files: safe everywhere, never the same twice.
#include "engine/split_names.hpp"

#include <gtest/gtest.h>

#include <set>

namespace flowloom {
namespace {

Flow flow(std::uint8_t protocol, bool back = false) {
  Flow f;
  const std::uint8_t a[4] = {10, 0, 0, 1}, b[4] = {10, 0, 0, 2};
  f.key.protocol = protocol;
  f.key.set_ipv4(a, b, 1234, 80);
  f.initiator = back ? 1 : 0;
  return f;
}

TEST(SplitNames, Flows) {
  const SplitNames names("c.pcap", SplitNaming::flowloom), other("c.pcap", SplitNaming::splitcap);
  EXPECT_EQ(names.flow(flow(6)), "c.pcap_10.0.0.1_1234_10.0.0.2_80_TCP");
  EXPECT_EQ(names.flow(flow(17, true)), "c.pcap_10.0.0.2_80_10.0.0.1_1234_UDP");
  EXPECT_EQ(names.flow(flow(1)), "c.pcap_10.0.0.1_10.0.0.2_ICMP");
  EXPECT_EQ(names.flow(flow(107)), "c.pcap_10.0.0.1_10.0.0.2_A-N") << "no '/'";
  EXPECT_EQ(names.flow(flow(39)), "c.pcap_10.0.0.1_10.0.0.2_TP++");
  EXPECT_EQ(names.flow(flow(253)), "c.pcap_10.0.0.1_10.0.0.2_IP-PROTO-253");
  EXPECT_EQ(other.flow(flow(6)), "c.pcap.TCP_10-0-0-1_1234_10-0-0-2_80");
  Flow six;
  const std::uint8_t a[16] = {0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, b[16] = {0xff, 2};
  six.key.protocol = 17;
  six.key.set_ipv6(a, b, 5, 6);
  EXPECT_EQ(names.flow(six), "c.pcap_fe80--1_5_ff02--_6_UDP");
  EXPECT_EQ(other.flow(six), "c.pcap.UDP_fe80--1_5_ff02--_6");
}

TEST(SplitNames, EveryProtocolsNameIsSafe) {
  const SplitNames names("c", SplitNaming::flowloom);
  for (unsigned protocol = 0; protocol < 256; ++protocol) {
    const std::string name = names.flow(flow(static_cast<std::uint8_t>(protocol)));
    EXPECT_EQ(name.find_first_of("<>:\"/\\|?*% "), std::string::npos) << name;
    EXPECT_FALSE(name.ends_with('_')) << name;
  }
}

TEST(SplitNames, OtherKinds) {
  const SplitNames names("c", SplitNaming::flowloom), other("c", SplitNaming::splitcap);
  const Flow f = flow(6);
  EXPECT_EQ(names.host(f.key, 1), "c_10.0.0.2");
  EXPECT_EQ(other.host(f.key, 1), "c.Host_10-0-0-2");
  EXPECT_EQ(names.host_pair(f.key), "c_10.0.0.1_10.0.0.2");
  EXPECT_EQ(other.host_pair(f.key), "c.HostPair_10-0-0-1_10-0-0-2");
  EXPECT_EQ(names.port(f), "c_80_TCP");
  EXPECT_EQ(names.port(flow(1)), "c_ICMP");
  EXPECT_EQ(names.time({1'700'000'000'000'000'000}, true), "c_20231114T221320Z");
  EXPECT_EQ(names.time({1'700'000'000'250'000'000}, false), "c_20231114T221320.250000000Z");
  EXPECT_EQ(names.time({-1}, false), "c_19691231T235959.999999999Z");
  EXPECT_EQ(other.time({1'700'000'000'000'000'000}, true), "c.Seconds_1700000000");
  EXPECT_EQ(names.time(Timestamp::min(), false), "c_16770921T001243.145224192Z");
  EXPECT_EQ(names.piece(7), "c_00007");
  EXPECT_EQ(names.piece(1'234'567), "c_1234567");
  EXPECT_EQ(other.piece(7), "c.Packets_7");
}

TEST(SplitNames, CapturesOfAnyName) {
  EXPECT_EQ(capture_label("-"), "stdin");
  EXPECT_EQ(capture_label("a/b/my trace.pcap"), "my trace.pcap");
  EXPECT_EQ(capture_label("a:b\"c%\n?\\.pcap"), "a%3Ab%22c%25%0A%3F%5C.pcap");
  EXPECT_EQ(capture_label("\xE6\xB5\x81\xE9\x87\x8F.pcap"), "\xE6\xB5\x81\xE9\x87\x8F.pcap") << "UTF-8 stays";
  EXPECT_EQ(capture_label("a\xFF\xC3.pcap"), "a%FF%C3.pcap") << "malformed UTF-8 does not";
  EXPECT_EQ(capture_label("\xE2\x80\xAEx"), "%E2%80%AEx") << "nor what changes the direction of writing";
  EXPECT_EQ(capture_label("aux.pcap"), "%61ux.pcap");
  EXPECT_EQ(capture_label("COM7"), "%43OM7");
  EXPECT_EQ(capture_label("console.pcap"), "console.pcap");
  EXPECT_EQ(capture_label(".."), "..");
  const std::string cut = capture_label(std::string(500, '\xE6'));
  EXPECT_EQ(cut.size(), 120U);
  EXPECT_EQ(cut.substr(117), "%E6") << "no character is cut in two";
}

TEST(SplitNames, NoneIsGivenTwice) {
  UniqueNames names;
  EXPECT_EQ(names.take("x", ".pcap"), "x.pcap");
  EXPECT_EQ(names.take("x", ".pcap"), "x_2.pcap");
  EXPECT_EQ(names.take("X", ".pcap"), "X_3.pcap") << "for file systems that do not tell cases apart";
  EXPECT_EQ(names.take("x_4", ".pcap"), "x_4.pcap");
  EXPECT_EQ(names.take("x", ".pcap"), "x_5.pcap");
  EXPECT_EQ(names.take("x_2", ".pcap"), "x_2_2.pcap");
  std::set<std::string> all;
  for (int i = 0; i < 1'000; ++i) EXPECT_TRUE(all.insert(names.take(i % 3 == 0 ? "y" : "y_2", "")).second);
}

}  // namespace
}  // namespace flowloom
