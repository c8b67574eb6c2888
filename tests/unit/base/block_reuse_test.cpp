#include "base/block_reuse.hpp"

#include <gtest/gtest.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <random>
#include <thread>
#include <utility>
#include <vector>

namespace flowloom {
namespace {

constexpr std::size_t kLarge = 1 << 20;

std::uint8_t* take(std::size_t& bytes) {
  const std::size_t asked = bytes;
  void* const block = take_block(bytes);
  EXPECT_GE(bytes, asked);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % 64, 0U);
  return static_cast<std::uint8_t*>(block);
}

TEST(BlockReuse, WhatIsGivenBackServesTheNext) {
  const BlockReuse outer;
  std::size_t bytes = kLarge;
  std::uint8_t* const block = take(bytes);
  give_block(block, bytes);
  {
    const BlockReuse inner;  // the end of one user is not the end of all
  }
  std::size_t less = kLarge / 2, rest = kLarge / 4;
  EXPECT_EQ(take(less), block);
  std::uint8_t* const behind = take(rest);
  EXPECT_LT(behind, block + kLarge);
  give_block(block, less);
  give_block(behind, rest);
  std::size_t twice = 2 * kLarge;  // what was given back in parts is one again
  EXPECT_EQ(take(twice), block);
  give_block(block, twice);
}

TEST(BlockReuse, BlocksAreApartWhateverTheOrder) {
  const BlockReuse reuse;
  struct Block {
    std::uint8_t* memory;
    std::size_t bytes;
    std::uint8_t mark;
  };
  std::mt19937 random(1);  // NOLINT: the same each time
  std::vector<Block> blocks;
  const auto give_one = [&] {
    std::swap(blocks[random() % blocks.size()], blocks.back());
    const Block block = blocks.back();
    blocks.pop_back();
    EXPECT_TRUE(
        std::all_of(block.memory, block.memory + block.bytes, [&](auto b) { return b == block.mark; }));
    give_block(block.memory, block.bytes);
  };
  for (int round = 0; round < 2000; ++round) {
    if (random() % 8 == 0) {
      while (blocks.size() > 5) give_one();
    }
    std::size_t bytes = std::size_t{1} << (random() % 21);
    bytes += random() % bytes;
    std::uint8_t* const memory = take(bytes);
    blocks.push_back({memory, bytes, static_cast<std::uint8_t>(random())});
    std::memset(memory, blocks.back().mark, bytes);
    if (random() % 2 == 0) give_one();
  }
  while (!blocks.empty()) give_one();
}

#ifdef __GLIBC__
/// Bytes that the C library has handed out; 2 MB more for each region, which is aligned. Under a sanitizer
/// always the same.
std::size_t handed_out() {
  const auto all = ::mallinfo2();
  return all.uordblks + all.hblkhd;
}
#else
std::size_t handed_out() { return 0; }
#endif

bool counts() {
  const std::size_t before = handed_out();
  const std::vector<std::uint8_t> some(kLarge);
  return handed_out() >= before + some.size();
}

TEST(BlockReuse, KeepsNoMoreThanItMay) {
  const std::size_t before = handed_out();
  const BlockReuse reuse;
  for (int round = 0; round < 2; ++round) {
    std::vector<std::pair<std::uint8_t*, std::size_t>> blocks;
    for (int i = 0; i < 20; ++i) {
      std::size_t bytes = 9 * kLarge;  // larger than a region usually is
      std::uint8_t* const block = take(bytes);
      block[0] = block[bytes - 1] = 1;
      blocks.emplace_back(block, bytes);
    }
    for (const auto& [block, bytes] : blocks) give_block(block, bytes);
    EXPECT_LE(handed_out(), before + 80 * kLarge);  // of 180
  }
}

TEST(BlockReuse, BlocksMayOutliveIt) {
  std::size_t bytes = kLarge, most = 0;
  std::uint8_t* block = nullptr;
  {
    const BlockReuse reuse;
    block = take(bytes);
    std::size_t large = 9 * kLarge;  // of another region, which goes with the user
    std::uint8_t* const other = take(large);
    most = handed_out();
    give_block(other, large);
  }
  const std::size_t one = handed_out();
  std::memset(block, 1, bytes);
  give_block(block, bytes);
  if (!counts()) return;
  EXPECT_LE(one, most - 9 * kLarge);
  EXPECT_LE(handed_out(), one - 8 * kLarge);  // the block's region
}

TEST(BlockReuse, WithoutUsersAndSmall) {
  for (std::size_t bytes : {std::size_t{1}, std::size_t{100}, kLarge}) {
    std::uint8_t* const block = take(bytes);
    std::memset(block, 1, bytes);
    const BlockReuse reuse;  // does not take it for one of its own
    give_block(block, bytes);
  }
  give_block(nullptr, 0);
}

TEST(BlockReuse, SeveralThreads) {
  const BlockReuse reuse;
  std::vector<std::jthread> threads;
  for (unsigned t = 1; t <= 4; ++t) {
    threads.emplace_back([t] {
      for (int round = 0; round < 200; ++round) {
        BlockedVector<unsigned> numbers;
        for (unsigned i = 0; i < 40000; ++i) numbers.push_back(i * t);
        ASSERT_EQ(numbers[39999], 39999 * t);
      }
    });
  }
}

TEST(BlockReuse, TooMuch) {
  EXPECT_THROW(static_cast<void>(BlockAllocator<std::uint64_t>().allocate(~std::size_t{0} / 4)),
               std::bad_alloc);
  std::size_t bytes = ~std::size_t{0};
  EXPECT_THROW(static_cast<void>(take_block(bytes)), std::bad_alloc);
}

}  // namespace
}  // namespace flowloom
