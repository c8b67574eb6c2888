#include "base/block_reuse.hpp"

#include <gtest/gtest.h>

#include <cstring>

namespace flowloom {
namespace {

constexpr std::size_t kLarge = 1 << 20;

TEST(BlockReuse, KeepsLargeBlocksWhileItExists) {
  const BlockReuse outer;
  std::size_t bytes = kLarge;
  void* const block = take_block(bytes);
  ASSERT_NE(block, nullptr);
  EXPECT_GE(bytes, kLarge);
  give_block(block, bytes);
  {
    const BlockReuse inner;  // the end of one user is not the end of all
  }
  std::size_t twice = 2 * kLarge;
  void* const other = take_block(twice);  // the kept one is too small
  EXPECT_NE(other, block);
  std::size_t less = kLarge / 2;
  void* const small = take_block(less);  // … and much too large
  EXPECT_NE(small, block);
  std::size_t again = kLarge - 100;
  EXPECT_EQ(take_block(again), block);
  EXPECT_EQ(again, bytes);
  std::memset(block, 1, again);
  give_block(other, twice);
  give_block(small, less);
  give_block(block, again);
}

TEST(BlockReuse, KeepsNoMoreThanItMay) {
  const BlockReuse reuse;
  for (int round = 0; round < 2; ++round) {
    std::array<void*, 100> blocks = {};
    std::size_t bytes = kLarge;
    for (void*& block : blocks) {
      bytes = kLarge;
      block = take_block(bytes);
      ASSERT_NE(block, nullptr);
    }
    for (void* const block : blocks) give_block(block, bytes);
  }
}

TEST(BlockReuse, SmallBlocksAndNone) {
  std::size_t bytes = 100;
  void* const block = take_block(bytes);
  ASSERT_NE(block, nullptr);
  give_block(block, bytes);
  give_block(nullptr, 0);
}

}  // namespace
}  // namespace flowloom
