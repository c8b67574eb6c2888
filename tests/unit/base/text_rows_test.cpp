// Texts of many rows are those of each, one behind the other.
#include "base/text_rows.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "base/decimal.hpp"
#include "synth/random.hpp"

namespace flowloom {
namespace {

std::uint64_t reversed(std::uint64_t number) {
  return load_be<8>(reinterpret_cast<const std::uint8_t*>(&number));
}

/// What is written, in memory that has just the room that must be there; in front of it are texts of others.
template <class Write>
void compare(const std::vector<std::uint64_t>& words, const std::vector<std::string>& texts, Write write) {
  constexpr std::size_t kBefore = 13;
  const std::size_t room = kBefore + words.size() * kMaxDecimal + kTextRoom;
  std::vector<char> memory(room, '#');
  std::vector<std::int32_t> ends(words.size() + 1, -7);
  const char* const end = write(TextRows{memory.data() + kBefore, memory.data(), ends.data()});
  std::string all(kBefore, '#');
  for (std::size_t i = 0; i < texts.size(); ++i) {
    all += texts[i];
    ASSERT_EQ(ends[i], static_cast<std::int32_t>(all.size())) << "row " << i << ": " << texts[i];
  }
  ASSERT_EQ(std::string(memory.data(), static_cast<std::size_t>(end - memory.data())), all);
  EXPECT_EQ(ends.back(), -7);
}

void compare_numbers(const std::vector<std::uint64_t>& words, const NumberPlace& place) {
  std::vector<std::string> texts;
  texts.reserve(words.size());
  for (const std::uint64_t word : words)
    texts.push_back(std::to_string((reversed(word) >> place.shift & place.mask) * place.scale));
  compare(words, texts, [&](const TextRows& out) { return write_decimals(words, place, out); });
}

TEST(TextRows, NumbersOfAllLengths) {
  synth::Random random(1);
  std::vector<std::uint64_t> numbers = {0, 1, ~std::uint64_t{0}, 0xFFFFFFFF, 0x100000000, 99'999'999};
  for (std::uint64_t power = 1; power <= 1'000'000'000'000'000'000; power *= 10) {
    for (const std::uint64_t digit : {1U, 4U, 9U}) {
      for (const std::uint64_t more : {0U, 1U, 2U}) numbers.push_back(digit * power + more - 1);
    }
  }
  for (const std::uint64_t most : {~std::uint64_t{0}, std::uint64_t{0xFFFFFFFF}, std::uint64_t{99'999'999},
                                   std::uint64_t{9'999}, std::uint64_t{99}}) {
    for (std::size_t count = 0; count < 100; ++count) {
      std::vector<std::uint64_t> words;
      for (std::size_t i = 0; i < count; ++i) {
        const bool listed = random.below(3) == 0;
        words.push_back(reversed((listed ? numbers[random.below(numbers.size())] : random.next()) % most));
      }
      compare_numbers(words, {});
    }
  }
}

/// Each number that 16 bits can be, and many of those that 32 can be.
TEST(TextRows, EachNumber) {
  constexpr std::uint64_t kAtOnce = 64;
  for (std::uint64_t first = 0; first < 0x10000; first += kAtOnce) {
    std::vector<std::uint64_t> words, longer;
    for (std::uint64_t i = first; i < first + kAtOnce; ++i) {
      words.push_back(reversed(i << 16 | 0xABCD));
      longer.push_back(reversed(i * 65'537));
    }
    compare_numbers(words, {.shift = 16, .mask = 0xFFFF});
    compare_numbers(longer, {});
    for (std::uint64_t& word : longer) word = reversed(reversed(word) % 100'000'000);
    compare_numbers(longer, {});
  }
}

TEST(TextRows, NumbersFromAllPlaces) {
  synth::Random random(2);
  for (unsigned width = 1; width <= 64; ++width) {
    for (unsigned shift = 0; shift + width <= 64; ++shift) {
      const std::uint8_t scale =
          width > 32 ? 1 : static_cast<std::uint8_t>(std::array{1, 4, 8, 255}[shift % 4]);
      std::vector<std::uint64_t> words(20);
      for (std::uint64_t& word : words) word = random.next();
      compare_numbers(words, {.shift = static_cast<std::uint8_t>(shift),
                              .scale = scale,
                              .mask = ~std::uint64_t{0} >> (64 - width)});
    }
  }
}

TEST(TextRows, Addresses) {
  synth::Random random(3);
  for (unsigned byte = 0; byte <= 4; ++byte) {
    for (unsigned first = 0; first < 256; ++first) {
      std::vector<std::uint64_t> words(1 + random.below(70));
      std::vector<std::string> texts;
      for (std::uint64_t& word : words) {
        word = random.next();
        auto* const bytes = reinterpret_cast<std::uint8_t*>(&word) + byte;
        bytes[random.below(4)] = static_cast<std::uint8_t>(first);
        if (random.below(4) == 0) bytes[random.below(4)] = static_cast<std::uint8_t>(random.below(12));
        texts.push_back(std::to_string(bytes[0]) + "." + std::to_string(bytes[1]) + "." +
                        std::to_string(bytes[2]) + "." + std::to_string(bytes[3]));
      }
      compare(words, texts, [&](const TextRows& out) { return write_ipv4s(words, byte, out); });
    }
  }
}

}  // namespace
}  // namespace flowloom
