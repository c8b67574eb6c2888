// Packets that specifications print, made of the values that they name: lengths, checksums, numbers of what
// follows and padding come out as printed, though none of them is set.
#include <gtest/gtest.h>

#include <string_view>

#include "construct/built.hpp"

namespace flowloom {
namespace {

/// Of digits in hexadecimal, with spaces.
Octets octets(std::string_view text) {
  Octets bytes;
  unsigned digits = 0, value = 0;
  for (const char c : text) {
    if (c == ' ') continue;
    value = value << 4 | static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10);
    if (++digits % 2 == 0) bytes.push_back(static_cast<std::uint8_t>(value));
  }
  return bytes;
}

/// What is printed is built of the packet, and, taken apart and computed again, of itself. `checksum`: TCP's,
/// of those in which it is not the segment's (RFC 9235 §4; the code that they are about does not cover it).
/// -1: it is right.
void expect_printed(Packet packet, std::string_view printed, int checksum = -1) {
  const Octets expected = octets(printed);
  const auto as_printed = [&](Packet& changed) {
    if (checksum >= 0) changed.edit("tcp").set("tcp.checksum", static_cast<unsigned>(checksum));
  };
  as_printed(packet);
  EXPECT_EQ(built(packet), expected);
  Packet again = taken_apart(expected, packet.link_type(), expected.size());
  EXPECT_EQ(again.layers(), packet.layers());
  as_printed(again.recompute());
  EXPECT_EQ(built(again), expected);
}

/// RFC 9235 §4.1: the client's address and port, and the server's.
Packet ipv4(bool to_server, unsigned id) {
  Packet packet;
  packet.add("ip").set("ip.dsfield", 0xE0).set("ip.id", id).set("ip.flags.df", 1).set("ip.ttl", 255);
  packet.set(to_server ? "ip.src" : "ip.dst", "10.11.12.13");
  return packet.set(to_server ? "ip.dst" : "ip.src", "172.27.28.29");
}
Packet ipv6(bool to_server, unsigned flow) {
  Packet packet;
  packet.add("ipv6").set("ipv6.tclass", 0xE0).set("ipv6.flow", flow).set("ipv6.hlim", 64);
  packet.set(to_server ? "ipv6.src" : "ipv6.dst", "fd00::1");
  return packet.set(to_server ? "ipv6.dst" : "ipv6.src", "fd00::2");
}
Packet tcp(Packet below, bool to_server, unsigned client, unsigned flags, unsigned window) {
  below.add("tcp").set(to_server ? "tcp.srcport" : "tcp.dstport", client);
  below.set(to_server ? "tcp.dstport" : "tcp.srcport", 179);
  return below.set("tcp.flags", flags).set("tcp.window_size_value", window);
}
Packet& of_syn(Packet& packet, unsigned segment) {
  packet.set("tcp.option_kind", 2).set("tcp.options.mss_val", segment).set("tcp.option_kind", 1);
  return packet.set("tcp.option_kind", 3).set("tcp.options.wscale.shift", 8).set("tcp.option_kind", 4);
}
Packet& timestamps(Packet& packet, unsigned value, unsigned echo) {
  packet.set("tcp.option_kind", 8).set("tcp.options.timestamp.tsval", value);
  return packet.set("tcp.options.timestamp.tsecr", echo);
}
Packet& authenticated(Packet& packet, bool to_server, std::string_view code) {
  const unsigned client = 0x3D, server = 0x54;
  packet.set("tcp.option_kind", 29).set("tcp.options.ao.keyid", to_server ? client : server);
  return packet.set("tcp.options.ao.rnextkeyid", to_server ? server : client)
      .set("tcp.options.ao.mac", octets(code));
}

TEST(PublishedTest, Rfc9235Section411SendSyn) {
  Packet packet = tcp(ipv4(true, 0xDD0F), true, 0xE9D7, 2, 0xFFFF).set("tcp.seq_raw", 0xFBFBAB5A);
  timestamps(of_syn(packet, 1460), 0x00155AB7, 0);
  expect_printed(authenticated(packet, true, "2ee437c6f8ede6d7c4d602e7"),
                 "45e0004c dd0f4000 ff06bf6b 0a0b0c0d ac1b1c1d e9d700b3 fbfbab5a 00000000"
                 "e002ffff cac40000 020405b4 01030308 0402080a 00155ab7 00000000 1d103d54"
                 "2ee437c6 f8ede6d7 c4d602e7",
                 0xCAC4);
}

TEST(PublishedTest, Rfc9235Section412ReceiveSynAck) {
  Packet packet = tcp(ipv4(false, 0x6506), false, 0xE9D7, 0x12, 0xFFFF);
  packet.set("tcp.seq_raw", 0x11C14261).set("tcp.ack_raw", 0xFBFBAB5B);
  timestamps(of_syn(packet, 1460), 0x84A50BEB, 0x00155AB7);
  expect_printed(authenticated(packet, false, "eeab0fe24c3010815116b3be"),
                 "45e0004c 65064000 ff063775 ac1b1c1d 0a0b0c0d 00b3e9d7 11c14261 fbfbab5b"
                 "e012ffff 37760000 020405b4 01030308 0402080a 84a50beb 00155ab7 1d10543d"
                 "eeab0fe2 4c301081 5116b3be",
                 0x3776);
}

TEST(PublishedTest, Rfc9235Section413SendNonSyn) {
  constexpr std::string_view kOpen =
      "ffffffff ffffffff ffffffff ffffffff 00430104 dabf00b4 0a0b0c0d 26020601 04000100 01020280 00020202"
      "00020242 00020641 040000da bf020840 06006400 010100";
  Packet packet = tcp(ipv4(true, 0x36A1), true, 0xE9D7, 0x18, 0x104);
  packet.set("tcp.seq_raw", 0xFBFBAB5B).set("tcp.ack_raw", 0x11C14262);
  packet.set("tcp.option_kind", 1).set("tcp.option_kind", 1);
  timestamps(packet, 0x00155AC1, 0x84A50BEB);
  authenticated(packet, true, "7064cf998cc6c315c2c2e2bf").payload(octets(kOpen));
  expect_printed(packet,
                 "45e00087 36a14000 ff06659f 0a0b0c0d ac1b1c1d e9d700b3 fbfbab5b 11c14262"
                 "c0180104 a1620000 0101080a 00155ac1 84a50beb 1d103d54 7064cf99 8cc6c315"
                 "c2c2e2bf ffffffff ffffffff ffffffff ffffffff 00430104 dabf00b4 0a0b0c0d"
                 "26020601 04000100 01020280 00020202 00020242 00020641 040000da bf020840"
                 "06006400 010100",
                 0xA162);
}

TEST(PublishedTest, Rfc9235Section611SendSyn) {
  Packet packet = tcp(ipv6(true, 0x891DC), true, 0xF7E4, 2, 0xFFFF).set("tcp.seq_raw", 0x176A833F);
  timestamps(of_syn(packet, 1440), 0x0041D087, 0);
  expect_printed(authenticated(packet, true, "9033ec3d7334b64c5edd039f"),
                 "6e0891dc 00380640 fd000000 00000000 00000000 00000001 fd000000 00000000"
                 "00000000 00000002 f7e400b3 176a833f 00000000 e002ffff 47210000 020405a0"
                 "01030308 0402080a 0041d087 00000000 1d103d54 9033ec3d 7334b64c 5edd039f");
}

TEST(PublishedTest, Rfc9235Section612ReceiveSynAck) {
  Packet packet = tcp(ipv6(false, 0x1009E), false, 0xF7E4, 0x12, 0xFFFF);
  packet.set("tcp.seq_raw", 0x3F51994B).set("tcp.ack_raw", 0x176A8340);
  timestamps(of_syn(packet, 1440), 0xBD33129B, 0x0041D087);
  expect_printed(authenticated(packet, false, "f1cba346c3526163f71f1f55"),
                 "6e01009e 00380640 fd000000 00000000 00000000 00000002 fd000000 00000000"
                 "00000000 00000001 00b3f7e4 3f51994b 176a8340 e012ffff bfec0000 020405a0"
                 "01030308 0402080a bd33129b 0041d087 1d10543d f1cba346 c3526163 f71f1f55");
}

Packet ping(unsigned id) {
  Packet packet;
  packet.add("ip").set("ip.id", id).set("ip.ttl", 64).set("ip.src", "192.168.123.3");
  return packet.set("ip.dst", "192.168.123.100");
}

TEST(PublishedTest, Rfc3602Section4Case5OriginalPacket) {
  Packet packet = ping(0x08F2).add("icmp").set("icmp.type", 8).set("icmp.ident", 0xA70A);
  packet.payload(
      octets("8e9c083d b95b0700 08090a0b 0c0d0e0f 10111213 14151617 18191a1b 1c1d1e1f 20212223"
             "24252627 28292a2b 2c2d2e2f 30313233 34353637"));
  expect_printed(packet,
                 "45000054 08f20000 4001f9fe c0a87b03 c0a87b64 08000ebd a70a0000 8e9c083d b95b0700 08090a0b"
                 "0c0d0e0f 10111213 14151617 18191a1b 1c1d1e1f 20212223 24252627 28292a2b 2c2d2e2f 30313233"
                 "34353637");
}

TEST(PublishedTest, Rfc3602Section4Case5EncryptedPacket) {
  constexpr std::string_view kEncrypted =
      "e96e8c08 ab465763 fd098d45 dd3ff893 f663c25d 325c18c6 a9453e19 4e120849 a4870b66 cc6b9965 330013b4"
      "898dc856 a4699e52 3a55db08 0b59ec3a 8e4b7e52 775b07d1 db34ed9c 538ab50c 551b874a a269add0 47ad2d59"
      "13ac19b7 cfbad4a6";
  Packet packet = ping(0x08F2).add("esp").set("esp.spi", 0x4321).set("esp.sequence", 1);
  expect_printed(
      packet.payload(octets(kEncrypted)),
      std::string("4500007c 08f20000 4032f9a5 c0a87b03 c0a87b64 00004321 00000001").append(kEncrypted));
}

/// The message of a datagram that has it.
Octets message(const Packet& packet) {
  constexpr std::size_t kBefore = 28;
  const Octets bytes = built(packet);
  return bytes.size() < kBefore ? bytes : some(bytes, kBefore, bytes.size() - kBefore);
}
Packet dns(unsigned flags) {
  Packet packet;
  packet.add("ip").set("ip.src", "192.0.2.1").set("ip.dst", "192.0.2.2").add("udp").set("udp.srcport", 40000);
  packet.add("dns").set("dns.flags", flags);
  return packet;
}

TEST(PublishedTest, Rfc8484Section411Query) {
  Packet packet = dns(0x0100).set("dns.qry.name", "www.example.com").set("dns.qry.type", 1);
  EXPECT_EQ(message(packet.set("dns.qry.class", 1)),
            octets("00 00 01 00 00 01 00 00 00 00 00 00 03 77 77 77 07 65 78 61 6d 70 6c 65 03 63 6f 6d 00 00"
                   "01 00 01"));
}

TEST(PublishedTest, Rfc8484Section422Answer) {
  Packet packet = dns(0x8180).set("dns.qry.name", "www.example.com").set("dns.qry.type", 28);
  packet.set("dns.qry.class", 1).set("dns.resp.name", "www.example.com").set("dns.resp.type", 28);
  packet.set("dns.resp.class", 1).set("dns.resp.ttl", 3709).set("dns.aaaa", "2001:db8:abcd:12:1:2:3:4");
  EXPECT_EQ(message(packet),
            octets("00 00 81 80 00 01 00 01 00 00 00 00 03 77 77 77 07 65 78 61 6d 70 6c 65 03 63 6f 6d 00 00"
                   "1c 00 01 c0 0c 00 1c 00 01 00 00 0e 7d 00 10 20 01 0d b8 ab cd 00 12 00 01 00 02 00 03 00"
                   "04"));
}

}  // namespace
}  // namespace flowloom
