#include "synth/random.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <set>

namespace flowloom::synth {
namespace {

TEST(Random, IsSplitmix64) {
  Random random(1234567);  // the values of the reference implementation
  EXPECT_EQ(random.next(), 6457827717110365317U);
  EXPECT_EQ(random.next(), 3203168211198807973U);
  EXPECT_EQ(random.next(), 9817491932198370423U);
}

TEST(Random, BelowReachesAllAndNoMore) {
  Random random(1);
  std::set<std::uint32_t> seen;
  for (int i = 0; i < 2000; ++i) seen.insert(random.below(10));
  EXPECT_EQ(seen.size(), 10U);
  EXPECT_EQ(*seen.rbegin(), 9U);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(random.below(1), 0U);
  seen.clear();
  for (int i = 0; i < 2000; ++i) seen.insert(random.between(5, 8));
  EXPECT_EQ(seen, (std::set<std::uint32_t>{5, 6, 7, 8}));
  for (int i = 0; i < 100; ++i) random.between(0, 0xFFFFFFFF);
}

TEST(Random, PerMille) {
  Random random(2);
  int hits = 0;
  for (int i = 0; i < 100'000; ++i) hits += random.per_mille(250) ? 1 : 0;
  EXPECT_NEAR(hits, 25'000, 600);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_FALSE(random.per_mille(0));
    EXPECT_TRUE(random.per_mille(1000));
  }
}

TEST(Random, ExponentialHasItsMeanAndTail) {
  Random random(3);
  constexpr std::int64_t kMean = 1'000'000;
  constexpr int kCount = 200'000;
  double sum = 0;
  int above = 0;  // three means: e^-3
  for (int i = 0; i < kCount; ++i) {
    const std::int64_t x = random.exponential(kMean);
    ASSERT_GE(x, 0);
    sum += static_cast<double>(x);
    above += x > 3 * kMean ? 1 : 0;
  }
  EXPECT_NEAR(sum / kCount / kMean, 1.0, 0.02);
  EXPECT_NEAR(above / double{kCount}, std::exp(-3), 0.005);
  EXPECT_EQ(random.exponential(0), 0);
  for (int i = 0; i < 1000; ++i) EXPECT_GE(random.exponential((std::int64_t{1} << 41) - 1), 0);
}

TEST(Random, ParetoHasItsTail) {
  Random random(4);
  constexpr int kCount = 200'000;
  int above_ten = 0, above_hundred = 0;
  for (int i = 0; i < kCount; ++i) {
    const std::uint32_t x =
        random.pareto(1000, 16, 50'000'000);  // index 1: one in k is above k times the least
    ASSERT_GE(x, 1000U);
    ASSERT_LE(x, 50'000'000U);
    above_ten += x > 10'000 ? 1 : 0;
    above_hundred += x > 100'000 ? 1 : 0;
  }
  EXPECT_NEAR(above_ten, kCount / 10, kCount / 200);
  EXPECT_NEAR(above_hundred, kCount / 100, kCount / 1000);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(random.pareto(7, 16, 7), 7U);
}

}  // namespace
}  // namespace flowloom::synth
