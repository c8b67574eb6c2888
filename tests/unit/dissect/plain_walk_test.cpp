// The short way through plain packets says what the long way says, of any packet.
#include "dissect/plain_walk.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <vector>

#include "dissect/header_walk.hpp"

namespace flowloom {
namespace {

/// Plain packets, most of them changed in a byte or two of their headers, some of them cut.
class Packets {
 public:
  RawPacket next() {
    const bool v6 = random_() % 2 == 0, tcp = random_() % 2 == 0;
    const std::size_t transport = 14 + (v6 ? 40 : 20);
    bytes_.assign(transport + 20 + random_() % 30 + kPadding, 0);
    const std::size_t size = bytes_.size() - kPadding;
    const std::uint8_t protocol = tcp ? 6 : 17;
    if (v6) {
      put16(12, 0x86DD);
      bytes_[14] = 0x60;
      put16(18, size - transport);
      bytes_[20] = protocol;
    } else {
      put16(12, 0x0800);
      bytes_[14] = 0x45;
      put16(16, size - 14);
      bytes_[23] = protocol;
    }
    // Addresses that are often equal, and differ in any of their bytes.
    const std::size_t addresses = v6 ? 22 : 26;
    for (int differences = 0; differences < 2; ++differences) {
      bytes_[addresses + random_() % (transport - addresses)] = static_cast<std::uint8_t>(random_() % 3);
    }
    const std::uint16_t ports[] = {53, 80, 1701, 2152, 3544, 4789, 6081, 8472, 40000};
    put16(transport, ports[random_() % std::size(ports)]);
    put16(transport + 2, ports[random_() % std::size(ports)]);
    put16(transport + 4, tcp ? random_() : size - transport);
    if (tcp) bytes_[transport + 12] = 0x50;
    for (auto changes = random_() % 3; changes != 0; --changes) {
      bytes_[random_() % (transport + 20)] =
          static_cast<std::uint8_t>(random_() % 4 == 0 ? random_() : random_() % 8 * 16);
    }
    const std::size_t captured = random_() % 8 == 0 ? random_() % size : size;
    RawPacket packet;
    packet.bytes = PaddedBytes(bytes_.data(), captured);
    packet.original_length = static_cast<std::uint32_t>(size);
    packet.time = {static_cast<std::int64_t>(random_())};
    packet.number = ++number_;
    packet.link_type = random_() % 20 == 0 ? 101 : 1;
    return packet;
  }

 private:
  void put16(std::size_t at, std::uint64_t value) {
    bytes_[at] = static_cast<std::uint8_t>(value >> 8);
    bytes_[at + 1] = static_cast<std::uint8_t>(value);
  }

  std::mt19937_64 random_{7};
  std::vector<std::uint8_t> bytes_;
  std::uint64_t number_ = 0;
};

TEST(PlainWalk, SaysWhatTheLongWaySays) {
  Packets packets;
  const HashSeed seed;
  unsigned plain = 0, v6 = 0;
  for (int i = 0; i < 300'000; ++i) {
    const RawPacket packet = packets.next();
    PacketBatch shorter, longer;
    if (!walk_plain(packet, seed, shorter)) {
      EXPECT_TRUE(shorter.records.empty());
      continue;
    }
    ++plain;
    if (packet.bytes.data()[12] == 0x86) ++v6;
    walk_any_headers(packet, seed, longer);
    ASSERT_EQ(shorter.fates, longer.fates);
    ASSERT_TRUE(longer.encapsulations.empty() && longer.fragments.empty());
    ASSERT_EQ(longer.records.size(), 1U);
    const PacketRecord &a = shorter.records.at(0), &b = longer.records.at(0);
    ASSERT_EQ(a.key, b.key);
    ASSERT_EQ(a.hash, b.hash);
    ASSERT_EQ(a.time, b.time);
    ASSERT_EQ(a.number, b.number);
    ASSERT_EQ(a.ip_length, b.ip_length);
    ASSERT_EQ(a.payload_length, b.payload_length);
    ASSERT_EQ(a.seq, b.seq);
    ASSERT_EQ(a.ack, b.ack);
    ASSERT_EQ(a.tcp_flags, b.tcp_flags);
    ASSERT_EQ(a.role, b.role);
    ASSERT_EQ(a.direction, b.direction);
  }
  EXPECT_GT(v6, 30'000U);
  EXPECT_GT(plain - v6, 30'000U);
}

}  // namespace
}  // namespace flowloom
