// The dissector: layers, values, what is cut, what nobody wants.
#include "dissect/dissector.hpp"

#include <gtest/gtest.h>

#include "dissect/transport/tcp.hpp"
#include "support/packets.hpp"

namespace flowloom {
namespace {

using build::Packet;

class DissectorTest : public testing::Test {
 protected:
  /// `size`: bytes captured of the packet.
  const Tape& dissect(const Packet& bytes, std::size_t size = ~std::size_t{0}) {
    bytes_.assign(bytes.begin(), bytes.end());
    size = std::min(size, bytes.size());
    bytes_.resize(size + kPadding, 0xEE);
    raw_.bytes = PaddedBytes(bytes_.data(), size);
    raw_.original_length = static_cast<std::uint32_t>(bytes.size());
    raw_.link_type = 1;
    raw_.number = 7;
    return dissector_.dissect(raw_);
  }
  static std::string chain(const Tape& tape) {
    std::string out;
    write_chain(tape, out);
    return out;
  }

  std::vector<std::uint8_t> bytes_;
  RawPacket raw_;
  Wanted wanted_ = Wanted::all();
  Dissector dissector_{wanted_};
};

const Packet kTcp = build::eth(
    0x0800,
    build::ipv4({.protocol = 6}, build::tcp({.from = 1111, .to = 2222, .seq = 5}, build::raw({1, 2, 3}))));

TEST_F(DissectorTest, LayersLieWhereTheirHeadersAre) {
  const Tape& tape = dissect(kTcp);
  EXPECT_EQ(chain(tape), "eth:ethertype:ip:tcp:data");
  ASSERT_EQ(tape.layers.size(), 5U);
  EXPECT_EQ(tape.layers[2].offset, 14U);
  EXPECT_EQ(tape.layers[2].header, 20U);
  EXPECT_EQ(tape.layers[3].offset, 34U);
  EXPECT_EQ(tape.layers[4].captured, 3U);
  Value value;
  ASSERT_TRUE(fixed_value(tcp::dstport, tape.layers[3], value));
  EXPECT_EQ(value.number, 2222U);
  EXPECT_EQ(value.offset, 36U);
  EXPECT_TRUE(tape.anomalies.empty());
}

TEST_F(DissectorTest, OfACutHeaderTheFieldsBeforeTheCutAreThere) {
  const Tape& tape = dissect(kTcp, 36);  // two bytes of TCP
  EXPECT_EQ(chain(tape), "eth:ethertype:ip:tcp");
  Value value;
  EXPECT_TRUE(fixed_value(tcp::srcport, tape.layers[3], value));
  EXPECT_FALSE(fixed_value(tcp::dstport, tape.layers[3], value));
  ASSERT_EQ(tape.anomalies.size(), 1U);
  EXPECT_EQ(tape.anomalies[0].name, "truncated");
  EXPECT_EQ(tape.anomalies[0].needed, 20U);
  EXPECT_EQ(tape.anomalies[0].available, 2U);
}

TEST_F(DissectorTest, ValuesOfTheFrameBelongToItThoughTheyComeLast) {
  const Tape& tape = dissect(kTcp);
  const Value& last = tape.values[tape.layers[0].last_value];
  EXPECT_EQ(last.field->name, "frame.protocols");
  EXPECT_EQ(last.layer, 0U);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(last.data), last.size), "eth:ethertype:ip:tcp:data");
}

TEST_F(DissectorTest, WhatNobodyWantsIsNotPut) {
  Wanted some;
  some.add(*Registry::instance().find("ip.ttl"));
  Dissector dissector(some);
  dissect(kTcp);
  const Tape& tape = dissector.dissect(raw_);
  EXPECT_TRUE(tape.values.empty());
  EXPECT_EQ(chain(tape), "eth:ethertype:ip:tcp");
}

TEST_F(DissectorTest, EndsWhereAsked) {
  dissect(kTcp);
  Dissector at_ip(wanted_, {.protocol = Registry::instance().find_protocol("IPv4")});
  EXPECT_EQ(chain(at_ip.dissect(raw_)), "eth:ethertype:ip:data");
  Dissector at_link(wanted_, {.level = Level::link});
  EXPECT_EQ(chain(at_link.dissect(raw_)), "eth:ethertype:data");
}

TEST(Registry, FindsByNameAndSuggests) {
  const Registry& registry = Registry::instance();
  ASSERT_NE(registry.find("ip.addr"), nullptr);
  EXPECT_EQ(registry.find("ip.addr")->fields.size(), 2U);
  EXPECT_EQ(registry.find("tcp.flag.syn"), nullptr);
  EXPECT_EQ(registry.similar("tcp.flag.syn").front(), "tcp.flags.syn");
  EXPECT_EQ(registry.find_protocol("802.1q")->definition->name, "vlan");
}

}  // namespace
}  // namespace flowloom
