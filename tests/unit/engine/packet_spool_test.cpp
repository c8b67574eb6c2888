// Packets come back as they were put aside, from memory and from the scratch file.
#include "engine/packet_spool.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <random>
#include <thread>

#include "engine/waiting_packets.hpp"

namespace flowloom {
namespace {

Result<int> scratch() {
  std::FILE* const file = std::tmpfile();
  return file != nullptr ? dup(fileno(file)) : -1;
}

struct Put {
  std::uint64_t number;
  std::vector<std::uint8_t> bytes;  ///< and options
  std::uint32_t options = 0;
  friend bool operator==(const Put&, const Put&) = default;
};
using Strands = std::map<std::uint32_t, std::vector<Put>>;

/// Packets of many sizes on 50 strands, some with options; now and then one with an earlier number.
Strands fill(PacketSpool& spool, std::size_t packets) {
  std::mt19937 random(7);  // NOLINT: the same packets each time
  Strands strands;
  for (std::size_t i = 0; i < packets; ++i) {
    const auto strand = static_cast<std::uint32_t>(random() % 50);
    const std::size_t size = random() % 100 == 0 ? random() % 400'000 : random() % 1500;
    const bool late = random() % 20 == 0 && i > 100;
    const std::size_t most = random() % 50 == 0 ? 262'144 : 100;
    const auto options = random() % 3 == 0 ? static_cast<std::uint32_t>(random() % most) : 0;
    Put put{late ? 2 * i - 101 - 2 * (random() % 40) : 2 * i, std::vector<std::uint8_t>(size + options),
            options};
    for (std::uint8_t& byte : put.bytes) byte = static_cast<std::uint8_t>(random());
    const SpooledPacket header{.time = static_cast<std::int64_t>(i),
                               .number = put.number,
                               .captured = static_cast<std::uint32_t>(size),
                               .original = static_cast<std::uint32_t>(size + 1),
                               .options = options};
    EXPECT_TRUE(spool.append(strand, header, put.bytes.data()));
    strands[strand].push_back(std::move(put));
  }
  return strands;
}

/// By number; where it is the same, as they came.
std::vector<Put> by_number(const std::vector<Put>& packets) {
  std::vector<Put> ordered;
  for (const Put& packet : packets) {
    ordered.insert(std::ranges::upper_bound(ordered, packet.number, {}, &Put::number), packet);
  }
  return ordered;
}

std::vector<Put> read(PacketSpool::Reader& reader, std::uint32_t strand, bool in_order) {
  std::vector<Put> got;
  const auto take = [&](const SpooledPacket& packet, const std::uint8_t* bytes) {
    EXPECT_EQ(packet.original, packet.captured + 1);
    got.push_back({packet.number, {bytes, bytes + packet.size()}, packet.options});
    return Result<>();
  };
  EXPECT_TRUE(in_order ? reader.each_in_order(strand, take) : reader.each(strand, take));
  return got;
}

TEST(PacketSpool, GivesBackWhatWasPutAside) {
  for (const std::uint64_t budget : {std::uint64_t{1} << 30, std::uint64_t{300'000}, std::uint64_t{1}}) {
    PacketSpool spool(budget, scratch);
    for (int round = 0; round < 2; ++round) {
      Strands strands = fill(spool, 2'000);
      EXPECT_EQ(spool.spilled() != 0, budget < 1'000'000);
      std::vector<std::jthread> threads;
      for (int i = 0; i < 2; ++i) {
        threads.emplace_back([&] {
          PacketSpool::Reader reader(spool);
          for (auto [strand, packets] : strands) {
            EXPECT_EQ(read(reader, strand, false), packets);
            EXPECT_EQ(read(reader, strand, true), by_number(packets));
          }
          EXPECT_TRUE(read(reader, 1'000'000, true).empty());
        });
      }
      threads.clear();
      spool.reset();
      PacketSpool::Reader reader(spool);
      EXPECT_TRUE(read(reader, 3, true).empty());
    }
  }
}

TEST(PacketSpool, ErrorsComeOut) {
  PacketSpool broken(1, []() -> Result<int> { return Error{ErrorCode::io, "no"}; });
  const std::uint8_t byte = 0;
  EXPECT_EQ(broken.append(0, {.captured = 1}, &byte).error().what, "no");
  PacketSpool unwritable(1, []() -> Result<int> { return open("/dev/null", O_RDONLY); });
  EXPECT_NE(unwritable.append(0, {.captured = 1}, &byte).error().what.find("scratch file"),
            std::string::npos);
  PacketSpool cut(1, []() -> Result<int> { return open("/dev/null", O_RDWR); });
  ASSERT_TRUE(cut.append(0, {.captured = 1}, &byte));
  PacketSpool::Reader reader(cut);
  const auto take = [](const SpooledPacket&, const std::uint8_t*) { return Result<>(); };
  EXPECT_EQ(reader.each(0, take).error().what, "the scratch file was cut");
  PacketSpool held(1000, scratch);
  ASSERT_TRUE(held.append(0, {.captured = 1}, &byte));
  PacketSpool::Reader other(held);
  const auto refuse = [](const SpooledPacket&, const std::uint8_t*) -> Result<> {
    return Error{ErrorCode::unsupported, "enough"};
  };
  EXPECT_EQ(other.each_in_order(0, refuse).error().what, "enough");
}

TEST(WaitingPackets, AreTakenOnce) {
  WaitingPackets waiting(scratch);
  std::vector<std::uint8_t> bytes, got;
  for (std::uint64_t round = 0; round < 3; ++round) {
    for (std::uint64_t number = 1; number <= 100; ++number) {
      bytes.assign(number, static_cast<std::uint8_t>(number + round));
      ASSERT_TRUE(
          waiting.keep({.number = number, .captured = static_cast<std::uint32_t>(number)}, bytes.data()));
    }
    waiting.forget(50);
    waiting.forget(1'000);
    for (std::uint64_t number = 100; number >= 1; --number) {
      if (number == 50) continue;
      const auto packet = waiting.take(number, got);
      ASSERT_TRUE(packet);
      EXPECT_EQ(packet->number, number);
      EXPECT_EQ(got, std::vector<std::uint8_t>(number, static_cast<std::uint8_t>(number + round)));
    }
  }
}

}  // namespace
}  // namespace flowloom
