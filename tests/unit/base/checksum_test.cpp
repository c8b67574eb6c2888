#include "base/checksum.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "synth/random.hpp"

namespace flowloom {
namespace {

/// RFC 1071 as it reads.
std::uint16_t simple(const std::vector<std::uint8_t>& bytes) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    sum += static_cast<std::uint32_t>(bytes[i] << 8 | (i + 1 < bytes.size() ? bytes[i + 1] : 0));
    sum = (sum & 0xFFFF) + (sum >> 16);
  }
  return static_cast<std::uint16_t>(~sum);
}

std::vector<std::uint8_t> random_bytes(synth::Random& random, std::size_t size) {
  std::vector<std::uint8_t> bytes(size);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.next());
  return bytes;
}

TEST(Checksum, ExampleOfTheStandard) {  // RFC 1071 §3
  const std::uint8_t bytes[] = {0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7};
  EXPECT_EQ(sum_words(bytes), 0xDDF2U);
}

TEST(Checksum, EveryLength) {
  synth::Random random(1);
  for (std::size_t size = 0; size < 200; ++size) {
    const auto bytes = random_bytes(random, size);
    EXPECT_EQ(finish_sum(sum_words(bytes)), simple(bytes)) << size;
  }
  const std::vector<std::uint8_t> ones(65536, 0xFF);
  EXPECT_EQ(finish_sum(sum_words(ones)), 0);
}

/// All places, lengths around those of blocks, and lengths that fill sums of 32 bits.
TEST(Checksum, ManyBytes) {
  synth::Random random(4);
  constexpr std::size_t kMost = (std::size_t{3} << 19) + 1000;
  for (const int fill : {-1, 0x00, 0x7F, 0x80, 0xFF}) {
    std::vector<std::uint8_t> bytes = random_bytes(random, kMost);
    if (fill >= 0) std::ranges::fill(bytes, static_cast<std::uint8_t>(fill));
    const auto check = [&](std::size_t at, std::size_t size) {
      const std::vector<std::uint8_t> some(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                                           bytes.begin() + static_cast<std::ptrdiff_t>(at + size));
      // In its own memory, so that a sanitizer sees what is read beyond; and among others.
      EXPECT_EQ(finish_sum(sum_words(some)), simple(some)) << fill << " " << size;
      EXPECT_EQ(sum_words(Bytes(bytes).subspan(at, size)), sum_words(some))
          << fill << " " << at << " " << size;
      EXPECT_EQ(sum_words(some) == 0, fill == 0);
    };
    for (std::size_t size = 1; size < 5 * kSumBlock; ++size) check(random.below(64), size);
    for (int i = 0; i < 200; ++i) check(random.below(200), 1 + random.below(2000));
    for (const std::size_t size : {65535UL, 65536UL, 131070UL, 1UL << 19, (1UL << 19) + 127, 3UL << 19})
      check(random.below(900), size);
  }
}

/// Whatever the machine's processor can do.
TEST(Checksum, BlocksAreSummedAsFewAre) {
  synth::Random random(5);
  for (std::size_t size = 0; size < 200 * kSumBlock; size += kSumBlock) {
    const auto bytes = random_bytes(random, size);
    EXPECT_EQ(sum_blocks(bytes.data(), size) % 0xFFFF, sum_few(bytes) % 0xFFFF) << size;
  }
}

TEST(Checksum, PiecesAddUp) {
  synth::Random random(2);
  const auto bytes = random_bytes(random, 101);
  for (std::size_t cut = 0; cut <= 100; cut += 2) {
    const Bytes all(bytes);
    EXPECT_EQ(finish_sum(sum_words(all.first(cut)) + sum_words(all.subspan(cut))), simple(bytes));
  }
}

TEST(Checksum, UpdateIsAsGoodAsAnew) {
  synth::Random random(3);
  for (int i = 0; i < 1000; ++i) {
    auto bytes = random_bytes(random, 40);
    const std::uint16_t before = simple(bytes);
    const std::size_t at = 2 * random.below(20);
    const std::uint16_t from = load_be16(&bytes[at]), to = static_cast<std::uint16_t>(random.next());
    store_be16(&bytes[at], to);
    EXPECT_EQ(update_sum(before, from, to), simple(bytes));
  }
}

TEST(Checksum, UdpNeverSaysNone) {
  EXPECT_EQ(never_zero(0), 0xFFFF);
  EXPECT_EQ(never_zero(1), 1);
}

}  // namespace
}  // namespace flowloom
