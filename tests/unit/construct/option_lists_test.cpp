// Options, attributes and tags of headers, and what tells their types and lengths.
#include <gtest/gtest.h>

#include "construct/built.hpp"
#include "construct/by_hand.hpp"

namespace flowloom {
namespace {

Packet mobility(unsigned type, Packet packet) { return packet.add("mipv6").set("mip6.mhtype", type); }

/// RFC 6275 §6.1.1, by its words: a pseudo header, then the header.
std::uint16_t mobility_sum(const Octets& source, const Octets& destination, const Octets& header) {
  Octets all = source;
  all.insert(all.end(), destination.begin(), destination.end());
  const Octets rest = {0, 0, 0, static_cast<std::uint8_t>(header.size()), 0, 0, 0, 135};
  all.insert(all.end(), rest.begin(), rest.end());
  all.insert(all.end(), header.begin(), header.end());
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < all.size(); i += 2) sum += static_cast<std::uint32_t>(all[i] << 8 | all[i + 1]);
  while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
  return static_cast<std::uint16_t>(sum);
}

/// RFC 6275 §6.1.7, §6.2.5, §6.2.6
TEST(OptionListsTest, TheFirstValueOfAMobilityOptionTellsItsType) {
  const Octets bytes = built(mobility(5, by_hand::ipv6(Packet()))
                                 .set("mip6.bu.seqnr", 0x0102)
                                 .set("mip6.bu.a_flag", 1)
                                 .set("mip6.bu.lifetime", 3)
                                 .set("mip6.ni.hni", 0x0A0B)
                                 .set("mip6.ni.cni", 0x0C0D)
                                 .set("mip6.bad.auth", "1122334455667788"));
  Octets header = some(bytes, 40, bytes.size() - 40);
  EXPECT_EQ(mobility_sum(some(bytes, 8, 16), some(bytes, 24, 16), header), 0xFFFF);
  header[4] = header[5] = 0;
  EXPECT_EQ(header,
            (Octets{59,   3,    5, 0, 0,    0,    1,    2,    0x80, 0,    0,    3,    4, 4, 0x0A, 0x0B,
                    0x0C, 0x0D, 5, 8, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 1, 2, 0,    0}));
}

/// RFC 6275 §6.1.1, §11.3.1: the sum is of the home address that the packet tells.
TEST(OptionListsTest, TheChecksumOfAMobilityHeaderIsOfTheHomeAddress) {
  Packet packet = by_hand::ipv6(Packet()).add("ipv6.dstopts").set("ipv6.opt.type", 1).raw(Octets{0, 0});
  packet.set("ipv6.opt.type", 201).set("ipv6.opt.mipv6.home_address", "2001:db8:77::1");
  const Octets bytes = built(mobility(1, packet).set("mip6.hoti.cookie", 5));
  const Octets home = {0x20, 1, 0x0D, 0xB8, 0, 0x77, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  ASSERT_EQ(bytes.size(), 40U + 24 + 16);
  EXPECT_EQ(mobility_sum(home, some(bytes, 24, 16), some(bytes, 64, 16)), 0xFFFF);
}

TEST(OptionListsTest, HomeAgentsOfAMobilityHeaderAreCounted) {
  const Octets bytes = built(mobility(12, by_hand::ipv6(Packet()))
                                 .set("mip6.has.address", "2001:db8::1")
                                 .set("mip6.has.address", "2001:db8::2"));
  EXPECT_EQ(some(bytes, 40, 2), (Octets{59, 4}));
  EXPECT_EQ(bytes[46], 2);
}

/// A name that several options have means the field of the one that was begun (RFC 5555 §3.1.1, §3.2.1).
TEST(OptionListsTest, ANameMeansTheOptionThatWasBegun) {
  const auto options = [](Packet packet) { return some(built(packet), 52, 8); };
  const Packet update = mobility(5, by_hand::ipv6(Packet()));
  EXPECT_EQ(options(Packet(update).set("mip6.ipv4ha.preflen", 32).set("mip6.ipv4ha.ha", "192.0.2.9")),
            (Octets{29, 6, 0x80, 0, 192, 0, 2, 9}));
  EXPECT_EQ(options(Packet(update)
                        .set("mip6.ipv4aa.sts", 1)
                        .set("mip6.ipv4ha.preflen", 32)
                        .set("mip6.ipv4ha.ha", "192.0.2.9")),
            (Octets{30, 6, 1, 0x80, 192, 0, 2, 9}));
}

/// A type that another one shares its values with is kept, though no name tells it.
TEST(OptionListsTest, WhatNoNameTellsStaysAsItIs) {
  const Packet packet = mobility(5, by_hand::ipv6(Packet()))
                            .set("mip6.nemo.mnp.pfl", 64)
                            .set("mip6.nemo.mnp.mnp", "2001:db8:5::")
                            .set("mip6.ni.hni", 1)
                            .set("mip6.ni.cni", 2);
  Octets bytes = built(packet);
  ASSERT_EQ(bytes[52], 6);
  bytes[52] = 22;  // RFC 5213 §8.3, for RFC 3963's
  Packet again = taken_apart(bytes, packet.link_type(), bytes.size());
  EXPECT_EQ(built(again), bytes);
  // The checksum is of the type, too.
  const Octets right = built(again.recompute());
  EXPECT_EQ(right[52], 22);
  EXPECT_EQ(mobility_sum(some(right, 8, 16), some(right, 24, 16), some(right, 40, right.size() - 40)),
            0xFFFF);
}

/// RFC 2516 §4, appendix A
TEST(OptionListsTest, TagsOfPppoeHaveTypesAndLengths) {
  const Octets bytes = built(by_hand::ethernet()
                                 .add("pppoed")
                                 .set("pppoe.code", 9)
                                 .set("pppoed.tags.service_name", "isp")
                                 .set("pppoed.tag", 0x0120)
                                 .set("pppoed.tag.unknown_data", "05dc")
                                 .set("pppoed.tags.ac_name", "")
                                 .set("pppoed.tags.ac_cookie", "0a0b"));
  EXPECT_EQ(some(bytes, 14, bytes.size() - 14),
            (Octets{0x11, 9, 0, 0,    0, 23, 1, 1, 0, 3, 'i', 's', 'p', 1, 0x20,
                    0,    2, 5, 0xDC, 1, 2,  0, 0, 1, 4, 0,   2,   10,  11}));
}

/// Lengths of attributes are without what fills them up, and the last one's is of the packet, too.
TEST(OptionListsTest, AttributesOfNflogHaveLengths) {
  const Octets payload = {1, 2, 3};
  Packet packet;
  packet.add("nflog").set("nflog.family", 5).set("nflog.tlv_type", 10).set("nflog.prefix", "log");
  packet.set("nflog.tlv_type", 4).set("nflog.ifindex_indev", 7).set("nflog.tlv_type", 9).payload(payload);
  const Octets bytes = built(packet);
  EXPECT_EQ(bytes,
            (Octets{5, 0, 0, 0, 7, 0, 10, 0, 'l', 'o', 'g', 0, 8, 0, 4, 0, 0, 0, 0, 7, 7, 0, 9, 0, 1, 2, 3}));
  // A host of the other order: what is set in bytes stays.
  Octets big = bytes;
  for (const std::size_t at : {4U, 6U, 12U, 14U, 20U, 22U}) std::swap(big[at], big[at + 1]);
  Packet again = taken_apart(big, packet.link_type(), big.size());
  EXPECT_EQ(built(again), big);
  EXPECT_EQ(built(again.recompute()), big);
  // Lengths follow a change.
  Packet other = taken_apart(bytes, packet.link_type(), bytes.size());
  other.payload(Octets{1}).recompute();
  EXPECT_EQ(some(built(other), 20, 5), (Octets{5, 0, 9, 0, 1}));
}

}  // namespace
}  // namespace flowloom
