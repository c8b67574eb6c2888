// The dissector: layers, values, what is cut, what nobody wants.
#include "dissect/dissector.hpp"

#include <gtest/gtest.h>

#include "dissect/net/ipv4.hpp"
#include "dissect/net/ipv6.hpp"
#include "dissect/samples.hpp"
#include "dissect/similar_names.hpp"
#include "dissect/transport/sctp.hpp"
#include "dissect/transport/tcp.hpp"
#include "dissect/transport/udp.hpp"
#include "support/packets.hpp"

namespace flowloom {
namespace {

using build::operator+;
using build::Packet;

class DissectorTest : public testing::Test {
 protected:
  /// `size`: bytes captured of the packet.
  const Tape& dissect(const Packet& bytes, std::size_t size = ~std::size_t{0}, LinkType link_type = 1) {
    bytes_.assign(bytes.begin(), bytes.end());
    size = std::min(size, bytes.size());
    bytes_.resize(size + kPadding, 0xEE);
    raw_.bytes = PaddedBytes(bytes_.data(), size);
    raw_.original_length = static_cast<std::uint32_t>(bytes.size());
    raw_.link_type = link_type;
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

TEST_F(DissectorTest, InnermostPacketIsTheWalks) {
  for (const auto& samples : {link_samples(), tunnel_samples(), header_samples()}) {
    for (const WalkSample& sample : samples) {
      const Tape& tape = dissect(sample.packet, ~std::size_t{0}, sample.link_type);
      SCOPED_TRACE(sample.name + ": " + chain(tape));
      const Protocol* const network = sample.version == 4 ? &ip::protocol : &ipv6::protocol;
      const Protocol* innermost = nullptr;
      Value port;
      for (const Layer& layer : tape.layers) {
        const Protocol* const definition = layer.protocol->definition;
        if (definition == &ip::protocol || definition == &ipv6::protocol) innermost = definition;
        if (definition == &udp::protocol) fixed_value(udp::dstport, layer, port);
      }
      EXPECT_EQ(innermost, network);
      EXPECT_EQ(port.number, 2222U);
    }
  }
}

/// A DATA chunk with that sequence number, which is also its payload.
Packet data_chunk(std::uint32_t number) {
  return build::raw({0, 3, 0, 20}) + build::be32(number) + build::be32(0) + build::be32(0) +
         build::be32(number);
}

Packet sctp_data(std::size_t chunks) {
  Packet inside;
  for (std::size_t i = 0; i < chunks; ++i) {
    const auto number = static_cast<std::uint32_t>(i);
    inside = inside + data_chunk(number);
  }
  return build::eth(0x0800, build::ipv4({.protocol = 132}, build::sctp(1111, 2222, inside)));
}

TEST_F(DissectorTest, WhatIsCarriedInSeveralPlacesHasALayerEach) {
  const Tape& tape = dissect(sctp_data(3));
  EXPECT_EQ(chain(tape), "eth:ethertype:ip:sctp:data:data:data");
  ASSERT_EQ(tape.layers.size(), 7U);
  EXPECT_EQ(tape.layers[3].header, 28U);  // up to the first payload
  EXPECT_EQ(tape.layers[3].captured, 72U);
  for (std::size_t i = 0; i < 3; ++i) {
    const Layer& data = tape.layers[4 + i];
    EXPECT_EQ(data.offset, 34U + 12 + 20 * i + 16);
    EXPECT_EQ(data.captured, 4U);
    EXPECT_EQ(data.data[3], i);
  }
  std::vector<std::uint64_t> numbers;  // of the layer that carries them, though others began in between
  for (std::uint32_t at = tape.layers[3].first_value; at != kNoValue; at = tape.values[at].next) {
    EXPECT_EQ(tape.values[at].layer, 3U);
    if (tape.values[at].field == &sctp::data_tsn) numbers.push_back(tape.values[at].number);
  }
  EXPECT_EQ(numbers, (std::vector<std::uint64_t>{0, 1, 2}));
  EXPECT_TRUE(tape.anomalies.empty());
}

TEST_F(DissectorTest, LayersAreLimited) {
  const Tape& tape = dissect(sctp_data(1000));
  EXPECT_EQ(tape.layers.size(), 128U);
  ASSERT_EQ(tape.anomalies.size(), 1U);
  EXPECT_EQ(tape.anomalies[0].name, "too_many_layers");
}

// An error that quotes an error that quotes … is not followed for ever.
TEST_F(DissectorTest, NestingOfErrorsIsLimited) {
  Packet inside;
  for (unsigned i = 0; i < 1000; ++i) {
    const auto size = static_cast<unsigned>(inside.size());
    inside = build::raw({9, 0}) + build::be16(size + 8) + build::be16(6) + build::be16(size + 4) + inside;
  }
  const Tape& tape =
      dissect(build::eth(0x0800, build::ipv4({.protocol = 132}, build::sctp(1111, 2222, inside))));
  ASSERT_EQ(tape.anomalies.size(), 1U);
  EXPECT_EQ(tape.anomalies[0].name, "too_deep");
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

TEST_F(DissectorTest, AnomaliesAreAFieldForWhoAsks) {
  Wanted some;
  some.add(*Registry::instance().find("flowloom.anomaly"));
  Dissector dissector(some);
  dissect(kTcp, 36);
  const Tape& tape = dissector.dissect(raw_);
  const Value& last = tape.values[tape.layers[0].last_value];
  EXPECT_EQ(last.field->name, "flowloom.anomaly");
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(last.data), last.size), "truncated");
  EXPECT_EQ(last.offset, tape.anomalies[0].offset);
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

TEST_F(DissectorTest, WhatIsTheSameOfNearlyAllPacketsIsForWhoAsks) {
  const std::string_view names[] = {"frame.encap_type", "frame.marked", "frame.ignored",
                                    "frame.offset_shift"};
  for (const Value& value : dissect(kTcp).values)
    EXPECT_EQ(std::ranges::count(names, value.field->name), 0) << value.field->name;
  for (const std::string_view name : names) wanted_.add(*Registry::instance().find(name));
  const auto told = [&](LinkType link_type) {
    std::vector<std::pair<std::string_view, std::uint64_t>> all;
    dissect(kTcp, 3, link_type);
    Dissector asked(wanted_);
    for (const Value& value : asked.dissect(raw_).values) {
      if (std::ranges::count(names, value.field->name) != 0)
        all.emplace_back(value.field->name, value.number);
    }
    return all;
  };
  using All = std::vector<std::pair<std::string_view, std::uint64_t>>;
  const All rest = {{names[1], 0}, {names[2], 0}, {names[3], 0}};
  for (const auto& [link_type, number] :
       {std::pair{1, 1U}, {0, 15U}, {113, 25U}, {127, 23U}, {147, 45U}, {162, 60U}, {295, 217U}}) {
    All all = rest;
    all.insert(all.begin(), {names[0], number});
    EXPECT_EQ(told(static_cast<LinkType>(link_type)), all) << link_type;
  }
  for (const LinkType unknown : std::initializer_list<LinkType>{5, 144, 296, 65535})
    EXPECT_EQ(told(unknown), rest) << unknown;
}

TEST_F(DissectorTest, EndsWhereAsked) {
  dissect(kTcp);
  Dissector at_ip(wanted_, {.protocol = Registry::instance().find_protocol("IPv4")});
  EXPECT_EQ(chain(at_ip.dissect(raw_)), "eth:ethertype:ip:data");
  Dissector at_link(wanted_, {.level = Level::link});
  EXPECT_EQ(chain(at_link.dissect(raw_)), "eth:ethertype:data");
}

// GTP begins with its version (3GPP TS 29.060 §6): the bytes of another one are of no layer of it.
TEST_F(DissectorTest, WhatAProtocolRejectsIsData) {
  const auto gtp = [](std::uint8_t flags) {
    return build::eth(
        0x0800, build::ipv4({.protocol = 17},
                            build::udp(2152, 2152, build::raw({flags, 1, 0, 4, 0, 0, 0, 0, 0, 1, 0, 0}))));
  };
  const Tape& tape = dissect(gtp(0x52));  // version 2
  EXPECT_EQ(chain(tape), "eth:ethertype:ip:udp:data");
  ASSERT_EQ(tape.layers.size(), 5U);
  EXPECT_EQ(tape.layers[4].offset, 42U);
  EXPECT_EQ(tape.layers[4].captured, 12U);
  EXPECT_TRUE(tape.anomalies.empty());
  EXPECT_TRUE(chain(dissect(gtp(0x32))).starts_with("eth:ethertype:ip:udp:gtp"));
}

TEST(Registry, FindsByNameAndSuggests) {
  const Registry& registry = Registry::instance();
  ASSERT_NE(registry.find("ip.addr"), nullptr);
  EXPECT_EQ(registry.find("ip.addr")->fields.size(), 2U);
  EXPECT_EQ(registry.find("tcp.flag.syn"), nullptr);
  EXPECT_TRUE(did_you_mean("tcp.flag.syn").starts_with("; did you mean tcp.flags.syn, "))
      << did_you_mean("tcp.flag.syn");
  EXPECT_EQ(did_you_mean("tcp.flag.syn", {"tcp.flag.sy", "tcp.flags.syn"}, 2),
            "; did you mean tcp.flag.sy or tcp.flags.syn?");
  EXPECT_EQ(did_you_mean("tcp.flag.syn", {"tcp.flag.syn"}), "");
  EXPECT_EQ(did_you_mean("no name looks like this", {"nor does this"}), "");
  EXPECT_EQ(registry.find_protocol("802.1q")->definition->name, "vlan");
}

}  // namespace
}  // namespace flowloom
