// Sequences come back as they were put in, whether their entries fit in the packed form or not.
#include "track/flow_store.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace flowloom {
namespace {

constexpr std::int64_t kHours = std::int64_t{3'600'000'000'000};

bool same(const SequenceEntry& x, const SequenceEntry& y) {
  return x.time == y.time && x.length == y.length && x.payload == y.payload && x.number == y.number &&
         x.tcp_flags == y.tcp_flags && x.backward == y.backward;
}

std::vector<SequenceEntry> entries_of(const Flow& flow) {
  std::vector<SequenceEntry> out;
  for (const SequenceChunk* chunk = flow.head; chunk != nullptr; chunk = chunk->next) {
    EXPECT_TRUE(chunk->used() != 0 && chunk->used() <= chunk->room());
    for (std::size_t i = 0; i < chunk->used(); ++i) out.push_back(chunk->entry(i));
  }
  return out;
}

void expect_kept(FlowStore& store, const std::vector<SequenceEntry>& entries) {
  const std::uint32_t number = store.create({});
  for (const SequenceEntry& entry : entries) store.append(store[number], entry);
  const auto kept = entries_of(store[number]);
  ASSERT_EQ(kept.size(), entries.size());
  for (std::size_t i = 0; i < kept.size(); ++i) EXPECT_TRUE(same(kept[i], entries[i])) << "entry " << i;
  store.release(number);  // its chunks serve the next flow
}

TEST(FlowStore, WhatFitsAnEntry) {
  const std::int64_t base = 1'700'000'000'000'000'000;
  const auto packs = [&](const SequenceEntry& entry) {
    PackedEntry packed{};
    const bool fits = packed.pack(entry, base);
    EXPECT_TRUE(!fits || same(packed.unpack(base), entry));
    return fits;
  };
  constexpr std::int64_t kHalf = std::int64_t{1} << 47;
  EXPECT_TRUE(packs({base, 0, 0, 0, 0, false}));
  EXPECT_TRUE(packs({base + kHalf - 1, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0x7FFF, false}));
  EXPECT_TRUE(packs({base - kHalf, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0x1FF, true}));
  EXPECT_TRUE(packs({base, 40, 0, 1, 2, true}));
  EXPECT_TRUE(packs({base, 0, 1, 1, 2, true}));
  EXPECT_FALSE(packs({base + kHalf, 40, 0, 1, 2, false}));
  EXPECT_FALSE(packs({base - kHalf - 1, 40, 0, 1, 2, false}));
  EXPECT_FALSE(packs({base, 0x10000, 0, 1, 2, false}));
  EXPECT_FALSE(packs({base, 0x10000, 5, 1, 2, true}));
  EXPECT_FALSE(packs({base, 0xFFFF, 0x10000, 1, 2, false}));
  EXPECT_FALSE(packs({base, std::numeric_limits<std::uint32_t>::max(), 0, 1, 2, false}));
  EXPECT_FALSE(packs({base, 40, 0, 1, 0x8000, false}));
  EXPECT_FALSE(packs({std::numeric_limits<std::int64_t>::min(), 40, 0, 1, 2, false}));
}

TEST(FlowStore, SequencesComeBack) {
  constexpr std::int64_t kFirst = std::numeric_limits<std::int64_t>::min(),
                         kLast = std::numeric_limits<std::int64_t>::max();
  FlowStore store;
  std::mt19937_64 random(9);
  expect_kept(store, {});
  expect_kept(store, {{kFirst, 40, 0, 1, 2, false}, {kLast, 40, 0, 2, 2, true}, {0, 40, 0, 3, 2, false}});
  for (int round = 0; round < 300; ++round) {
    std::vector<SequenceEntry> entries(random() % 90);
    // How many do not fit: none, few, all.
    const std::uint64_t wide = round % 3 == 0 ? 0 : round % 3 == 1 ? 20 : 100;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const bool back = random() % 2 == 0, large = random() % 100 < wide;
      const auto length =
          static_cast<std::uint32_t>(large ? 0x10000 + random() % 0x40000 : random() % 0x10000);
      const auto payload = static_cast<std::uint32_t>(random() % (length + 1));
      entries[i] = {.time = static_cast<std::int64_t>(random() % 100) * (round % 5 == 0 ? kHours : 1),
                    .length = length,
                    .payload = payload,
                    .number = static_cast<std::uint32_t>(random()),
                    .tcp_flags = static_cast<std::uint16_t>(random() % 512),
                    .backward = back};
    }
    expect_kept(store, entries);
  }
}

}  // namespace
}  // namespace flowloom
