// Pieces of datagrams in every order: which flow they are of, where they stand, and that none is lost.
#include "reassemble/fragments.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "dissect/header_walk.hpp"
#include "support/packets.hpp"

namespace flowloom {
namespace {

using build::operator+;
using build::Packet;

/// Pieces of 16 bytes of a UDP datagram with 40 bytes behind its header.
std::vector<Packet> pieces(unsigned id, std::uint16_t port = 1111) {
  const Packet datagram = build::udp(port, 2222, build::zeros(40));
  std::vector<Packet> out;
  for (std::size_t at = 0; at < datagram.size(); at += 16) {
    const std::size_t end = std::min(datagram.size(), at + 16);
    const bool more = end < datagram.size();
    const Packet body(datagram.begin() + static_cast<std::ptrdiff_t>(at),
                      datagram.begin() + static_cast<std::ptrdiff_t>(end));
    Packet header = build::raw({0x45, 0, 0, static_cast<unsigned>(20 + body.size()), id >> 8, id & 255,
                                (more ? 0x20U : 0U) | static_cast<unsigned>(at / 8 >> 8),
                                static_cast<unsigned>(at / 8 & 255), 64, 17, 0, 0});
    out.push_back(build::eth(0x0800, header + build::be32(build::kA) + build::be32(build::kB) + body));
  }
  return out;
}

struct Settled {
  std::vector<PacketRecord> records;
  std::array<std::uint64_t, kFates> fates = {};
  std::uint64_t unclaimed = 0;
};

/// Each packet in a batch of its own, so that all state is carried over.
Settled settle(const std::vector<Packet>& packets) {
  FragmentResolver resolver{HashSeed()};
  Settled all;
  std::uint64_t number = 0;
  for (const Packet& bytes : packets) {
    Packet padded = bytes;
    padded.resize(bytes.size() + kPadding);
    RawPacket raw;
    raw.bytes = PaddedBytes(padded.data(), bytes.size());
    raw.original_length = static_cast<std::uint32_t>(bytes.size());
    raw.link_type = 1;
    raw.number = 1;
    PacketBatch batch;
    walk_headers(raw, HashSeed(), batch);
    batch.number_base = number++;
    resolver.resolve(batch);
    for (PacketRecord record : batch.records) {
      record.number += batch.number_base;
      all.records.push_back(record);
    }
    for (std::size_t i = 0; i < kFates; ++i) all.fates[i] += batch.fates[i];
  }
  all.unclaimed = resolver.unclaimed();
  return all;
}

std::uint64_t in_flows(const Settled& s) { return s.fates[static_cast<std::size_t>(Fate::flow)]; }

TEST(Fragments, EveryOrderGivesOneFlowAndOneStream) {
  const std::vector<Packet> sent = pieces(7);
  ASSERT_EQ(sent.size(), 3U);
  std::vector<std::size_t> order(sent.size());
  std::iota(order.begin(), order.end(), 0U);
  do {
    std::vector<Packet> packets;
    for (const std::size_t i : order) packets.push_back(sent[i]);
    const Settled s = settle(packets);
    EXPECT_EQ(in_flows(s), 3U);
    EXPECT_EQ(s.unclaimed, 0U);
    std::vector<std::uint64_t> numbers;
    std::size_t streams = 0;
    for (const PacketRecord& r : s.records) {
      EXPECT_EQ(r.key, s.records[0].key);
      EXPECT_EQ(std::max(r.key.port[0], r.key.port[1]), 2222);
      if ((r.role & role::packet) != 0) numbers.push_back(r.number);
      if ((r.role & role::stream) == 0) continue;
      ++streams;
      EXPECT_EQ(r.number, 3U) << "numbered where the datagram is complete";
    }
    EXPECT_EQ(streams, 1U);
    std::sort(numbers.begin(), numbers.end());
    EXPECT_EQ(numbers, (std::vector<std::uint64_t>{1, 2, 3}));
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(Fragments, WithoutTheFirstPieceTheOthersWait) {
  std::vector<Packet> sent = pieces(7);
  sent.erase(sent.begin());
  const Settled s = settle(sent);
  EXPECT_EQ(in_flows(s), 0U);
  EXPECT_EQ(s.unclaimed, 2U);
  EXPECT_TRUE(s.records.empty());
}

TEST(Fragments, TellsWhoWaitsAndWhoGaveUp) {
  FragmentResolver resolver{HashSeed()};
  FragmentResolver::Waits waits;
  resolver.tell(&waits);
  std::uint64_t number = 0, told = 0, gave_up = 0;
  for (unsigned id = 0; id < FragmentResolver::kMaxDatagrams + 100; ++id) {
    PacketBatch batch;
    batch.number_base = number++;
    PacketRecord& record = batch.records.emplace_back();
    record.number = 1;
    FragmentPiece& piece = batch.fragments.emplace_back();
    piece.id = id;
    piece.offset = piece.length = 16;
    resolver.resolve(batch);
    ASSERT_EQ(waits.began, std::vector<std::uint64_t>{number});
    told += waits.began.size();
    gave_up += waits.gave_up.size();
    for (const std::uint64_t who : waits.gave_up) EXPECT_LT(who, number);
    waits = {};
  }
  EXPECT_EQ(gave_up, 100U) << "only so many may wait";
  EXPECT_EQ(resolver.unclaimed(), told);
}

TEST(Fragments, WithoutTheLastPieceThereIsNoStream) {
  std::vector<Packet> sent = pieces(7);
  sent.pop_back();
  const Settled s = settle(sent);
  EXPECT_EQ(in_flows(s), 2U);
  for (const PacketRecord& r : s.records) EXPECT_EQ(r.role & role::stream, 0);
}

TEST(Fragments, CopiesGoWithTheirDatagramAndIdentificationsReturn) {
  std::vector<Packet> packets = pieces(7);
  packets.push_back(packets[1]);
  const std::vector<Packet> again = pieces(7, 3333);  // the same identification, another port
  packets.insert(packets.end(), again.begin(), again.end());
  const Settled s = settle(packets);
  EXPECT_EQ(in_flows(s), 7U);
  std::vector<unsigned> of_port(4, 0);
  for (const PacketRecord& r : s.records) {
    if ((r.role & role::packet) != 0) ++of_port[std::min<std::size_t>(3, r.key.port[0] / 1111U)];
  }
  EXPECT_EQ(of_port[1], 4U);
  EXPECT_EQ(of_port[2] + of_port[3], 3U);
}

TEST(Fragments, InterleavedDatagramsAreToldApart) {
  const auto one = pieces(1, 1111), two = pieces(2, 1112);
  const Settled s = settle({two[2], one[1], one[0], two[0], one[2], two[1]});
  EXPECT_EQ(in_flows(s), 6U);
  unsigned first = 0;
  for (const PacketRecord& r : s.records) {
    if ((r.role & role::packet) != 0 && r.key.port[0] == 1111) ++first;
  }
  EXPECT_EQ(first, 3U);
}

TEST(Fragments, MemoryIsBoundedAndNothingIsLost) {
  FragmentResolver resolver{HashSeed()};
  std::uint64_t given = 0, settled = 0;
  for (unsigned id = 0; id < 3; ++id) {
    for (std::uint32_t i = 0; i < FragmentResolver::kMaxWaiting; ++i) {
      PacketBatch batch;
      PacketRecord& r = batch.records.emplace_back();
      const std::uint8_t a[4] = {10, static_cast<std::uint8_t>(i >> 16), static_cast<std::uint8_t>(i >> 8),
                                 static_cast<std::uint8_t>(i)};
      const std::uint8_t b[4] = {192, 0, 2, static_cast<std::uint8_t>(id)};
      r.direction = r.key.set_ipv4(a, b, 0, 0);
      FragmentPiece& piece = batch.fragments.emplace_back();
      piece.offset = 8;
      piece.length = 8;
      piece.whole = true;
      resolver.resolve(batch);
      ++given;
      settled += batch.fates[static_cast<std::size_t>(Fate::flow)];
    }
  }
  EXPECT_EQ(resolver.unclaimed() + settled, given);
}

}  // namespace
}  // namespace flowloom
