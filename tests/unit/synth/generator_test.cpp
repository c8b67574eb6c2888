#include <gtest/gtest.h>

#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "dissect/header_walk.hpp"
#include "flowloom/synth.hpp"
#include "synth/rewrite.hpp"

namespace flowloom {
namespace {

using ByteVector = std::vector<std::uint8_t>;

struct Made {
  std::vector<ByteVector> packets;
  std::vector<RawPacket> records;  ///< their bytes lie in `packets`, with padding
  SynthCounts counts;
};

Made make(const SynthOptions& options) {
  Made made;
  auto generator = PacketGenerator::synthesize(options);
  EXPECT_TRUE(generator);
  PacketWindow window;
  while (generator->next(window)) {
    for (const RawPacket& packet : window.packets) {
      ByteVector bytes(packet.bytes.view().begin(), packet.bytes.view().end());
      bytes.resize(bytes.size() + kPadding);
      made.packets.push_back(std::move(bytes));
      made.records.push_back(packet);
      made.records.back().bytes = {made.packets.back().data(), packet.bytes.size()};
    }
  }
  EXPECT_FALSE(generator->next(window));
  for (const auto& [name, counts] : generator->counts()) made.counts += counts;
  return made;
}

std::vector<std::string> all_profiles() {
  std::vector<std::string> out;
  for (const SynthProfile& profile : synth_profiles()) out.emplace_back(profile.name);
  return out;
}

TEST(Generator, NumbersTimesAndCounts) {
  const Made made = make({.seed = 3, .profiles = all_profiles(), .packets = 30'000});
  ASSERT_EQ(made.records.size(), 30'000U);
  EXPECT_EQ(made.counts.packets, 30'000U);
  for (std::size_t i = 0; i < made.records.size(); ++i) {
    const RawPacket& packet = made.records[i];
    EXPECT_EQ(packet.number, i + 1);
    EXPECT_EQ(packet.original_length, packet.bytes.size());
    EXPECT_EQ(packet.time.ns % 1000, 0);
    if (i != 0) {
      EXPECT_GE(packet.time, made.records[i - 1].time);
    }
  }
}

TEST(Generator, FlowsAreAsManyAsItSays) {
  for (const std::string& profile : all_profiles()) {
    const Made made = make({.seed = 4, .profiles = {profile}, .packets = 20'000});
    PacketBatch batch;
    for (const RawPacket& packet : made.records) walk_headers(packet, HashSeed{}, batch);
    std::set<std::tuple<std::array<std::uint8_t, 16>, std::array<std::uint8_t, 16>, std::uint16_t,
                        std::uint16_t, std::uint8_t, std::uint16_t>>
        keys;
    std::set<std::uint32_t> later_pieces;  // their keys have no ports
    for (const FragmentPiece& piece : batch.fragments) {
      if (piece.datagram == 0) later_pieces.insert(piece.record);
    }
    for (std::uint32_t i = 0; i < batch.records.size(); ++i) {
      const PacketRecord& record = batch.records[i];
      if ((record.role & role::packet) == 0 || later_pieces.contains(i)) continue;
      const FlowKey& key = record.key;
      keys.emplace(key.address[0], key.address[1], key.port[0], key.port[1], key.protocol, key.sub);
    }
    EXPECT_EQ(keys.size(), made.counts.flows) << profile;
    EXPECT_EQ(batch.fates[static_cast<std::size_t>(Fate::malformed)], 0U) << profile;
  }
}

TEST(Generator, ChecksumsAreRightAndStayRightWithOtherAddresses) {
  const Made made = make({.seed = 5, .packets = 40'000});
  std::size_t rewritten = 0, nested = 0;
  for (const RawPacket& packet : made.records) {
    std::vector<IpHeaderPlace> headers;
    find_ip_headers(packet, headers);
    ASSERT_FALSE(headers.empty());
    const Bytes view = packet.bytes.view();
    ByteVector bytes(view.begin(), view.end());
    synth::AddressNumbers numbers;
    const synth::Rewrite rewrite = plan_rewrite(bytes, headers, numbers);
    ASSERT_EQ(bytes, ByteVector(view.begin(), view.end())) << packet.number;  // nothing was to be corrected

    for (const synth::AddressPlace& place : rewrite.places) {
      IpAddress address;
      address.version = place.version;
      for (std::size_t i = 0; i < (place.version == 4 ? 4U : 16U); ++i) {
        address.bytes[i] = static_cast<std::uint8_t>(packet.number * 31 + place.number * 7 + i + 1);
      }
      put_address(bytes, rewrite, place, address);
      ++rewritten;
    }
    finish_rewrite(bytes, rewrite);
    nested += rewrite.enclosing.size() > 1 || (!rewrite.enclosing.empty() && headers.size() > 1) ? 1 : 0;
    const ByteVector changed = bytes;
    synth::AddressNumbers others;
    plan_rewrite(bytes, headers, others);
    ASSERT_EQ(bytes, changed) << packet.number;
  }
  EXPECT_GT(rewritten, made.records.size());
  EXPECT_GT(nested, 100U);
}

TEST(Generator, SameOptionsSamePackets) {
  const SynthOptions options{.seed = 6, .profiles = {}, .packets = 5000};
  EXPECT_EQ(make(options).packets, make(options).packets);
  EXPECT_NE(make({.seed = 7, .packets = 5000}).packets, make(options).packets);
  EXPECT_EQ(make({.seed = 6, .profiles = {"dns", "dns"}, .packets = 500}).packets,
            make({.seed = 6, .profiles = {"dns"}, .packets = 500}).packets);
}

TEST(Generator, WhatItNeeds) {
  for (const SynthOptions& options :
       {SynthOptions{.packets = 0, .flows = 0}, SynthOptions{.profiles = {"nothing"}, .packets = 5}}) {
    const auto generator = PacketGenerator::synthesize(options);
    ASSERT_FALSE(generator);
    EXPECT_EQ(generator.error().code, ErrorCode::usage);
  }
  for (const CopyOptions& options : {CopyOptions{.copies = 0}, CopyOptions{.interleave = 0}, CopyOptions{}}) {
    const auto generator = PacketGenerator::copy(options);
    ASSERT_FALSE(generator);
    EXPECT_EQ(generator.error().code, ErrorCode::usage);
  }
}

TEST(Generator, LimitsOnFlows) {
  EXPECT_EQ(make({.profiles = {"flood"}, .flows = 1234}).counts.flows, 1234U);
  const Made tiny = make({.profiles = {"tiny"}, .flows = 50});
  EXPECT_EQ(tiny.counts.flows, 50U);
  EXPECT_EQ(tiny.records.size(), 500U);
  const Made both = make({.profiles = {"web", "tiny"}, .packets = 3000, .flows = 20});
  EXPECT_EQ(both.records.size(), 3000U);
}

}  // namespace
}  // namespace flowloom
