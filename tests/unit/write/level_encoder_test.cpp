#include "write/arrow/level_encoder.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace flowloom::arrow_component {
namespace {

using Runs = std::vector<std::pair<std::uint8_t, std::uint32_t>>;

/// A reader of the hybrid encoding, by the format's specification.
std::vector<std::uint8_t> decoded(const std::vector<std::uint8_t>& bytes, unsigned bits, std::size_t count) {
  std::size_t at = 4;
  const auto byte = [&]() -> unsigned { return at < bytes.size() ? bytes[at++] : (++at, 0U); };
  std::size_t length = 0;
  for (std::size_t i = 0; i < 4; ++i) length |= static_cast<std::size_t>(bytes[i]) << (8 * i);
  EXPECT_EQ(length, bytes.size() - 4);
  std::vector<std::uint8_t> values;
  while (values.size() < count) {
    std::uint32_t header = 0;
    for (unsigned shift = 0;; shift += 7) {
      const unsigned part = byte();
      header |= (part & 0x7F) << shift;
      if (part < 0x80) break;
    }
    if ((header & 1) == 0) {
      const auto value = static_cast<std::uint8_t>(byte());
      values.insert(values.end(), header >> 1, value);
      continue;
    }
    for (unsigned group = 0; group < header >> 1; ++group) {
      std::uint64_t packed = 0;
      for (unsigned i = 0; i < bits; ++i) packed |= static_cast<std::uint64_t>(byte()) << (8 * i);
      for (unsigned i = 0; i < 8; ++i) {
        values.push_back(static_cast<std::uint8_t>(packed >> (bits * i) & ((1U << bits) - 1)));
      }
    }
    EXPECT_LE(at, bytes.size());
    if (at > bytes.size()) break;
  }
  EXPECT_LT(values.size() - count, 8U);  // only the last group is filled up
  EXPECT_EQ(at, bytes.size());
  values.resize(count);
  return values;
}

void expect_round_trip(unsigned bits, const Runs& runs) {
  LevelEncoder encoder(bits);
  for (int repetition = 0; repetition < 2; ++repetition) {  // finish() begins anew
    std::vector<std::uint8_t> values;
    for (const auto& [value, count] : runs) {
      values.insert(values.end(), count, value);
      encoder.put(value, count);
    }
    EXPECT_EQ(decoded(encoder.finish(), bits, values.size()), values);
  }
}

TEST(LevelEncoder, OneLongRunIsAFewBytes) {
  LevelEncoder encoder(1);
  for (int i = 0; i < 100; ++i) {
    encoder.put(1, 10'000);
    encoder.put(0, 0);
  }
  EXPECT_EQ(encoder.finish().size(), 4U + 3 + 1);
}

TEST(LevelEncoder, NothingIsNothing) {
  LevelEncoder encoder(1);
  EXPECT_EQ(encoder.finish().size(), 4U);
}

TEST(LevelEncoder, AlternatingValuesArePacked) {
  LevelEncoder encoder(1);
  for (int i = 0; i < 4000; ++i) {
    encoder.put(0, 1);
    encoder.put(1, 1);
  }
  EXPECT_LE(encoder.finish().size(), 4U + 1000 + 2);
}

TEST(LevelEncoder, AllLengthsOfRunsReadBack) {
  for (std::uint32_t first = 0; first < 20; ++first) {
    for (std::uint32_t second = 0; second < 20; ++second) {
      for (std::uint32_t third : {0U, 1U, 7U, 8U, 9U, 200U}) {
        expect_round_trip(1, {{0, first}, {1, second}, {0, third}});
        expect_round_trip(2, {{2, first}, {0, second}, {1, third}, {2, 1}});
      }
    }
  }
}

TEST(LevelEncoder, RandomRunsReadBack) {
  std::mt19937 engine(3);
  const auto random = [&engine] { return static_cast<std::uint32_t>(engine()); };
  for (int round = 0; round < 300; ++round) {
    const unsigned bits = 1 + random() % 3;
    Runs runs;
    for (unsigned i = random() % 200; i > 0; --i) {
      const std::uint32_t count = random() % 5 == 0 ? random() % 300 : random() % 10;
      runs.emplace_back(static_cast<std::uint8_t>(random() % (1U << bits)), count);
    }
    expect_round_trip(bits, runs);
  }
}

}  // namespace
}  // namespace flowloom::arrow_component
