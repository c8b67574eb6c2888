#include <gtest/gtest.h>

#include <cstdint>
#include <utility>

#include "flowloom/table.hpp"

namespace flowloom {
namespace {

TEST(Buffer, GrowsAndKeepsWhatItHolds) {
  Buffer buffer;
  EXPECT_EQ(buffer.size(), 0U);
  EXPECT_EQ(buffer.data(), nullptr);
  for (std::uint32_t i = 0; i < 300'000; ++i) buffer.push(i);
  ASSERT_EQ(buffer.size(), 300'000 * sizeof(std::uint32_t));
  for (std::uint32_t i = 0; i < 300'000; ++i) ASSERT_EQ(buffer.as<std::uint32_t>()[i], i);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(buffer.data()) % 64, 0U);
  buffer.append(nullptr, 0);
  buffer.resize(4);
  EXPECT_EQ(buffer.as<std::uint32_t>()[0], 0U);
}

TEST(Buffer, ReserveLeavesRoom) {
  Buffer buffer;
  buffer.reserve(1000);
  const std::uint8_t* const before = buffer.data();
  buffer.resize(1000);
  EXPECT_EQ(buffer.data(), before);
}

TEST(Buffer, Moves) {
  Buffer first;
  first.push(std::uint64_t{1});
  const std::uint8_t* const memory = first.data();
  Buffer second(std::move(first));
  EXPECT_EQ(second.data(), memory);
  Buffer third;
  third.push(std::uint64_t{2});
  third = std::move(second);
  EXPECT_EQ(third.as<std::uint64_t>()[0], 1U);
  EXPECT_EQ(third.size(), 8U);
}

TEST(ColumnTypes, Widths) {
  EXPECT_EQ(value_width(ColumnType::boolean), 1U);
  EXPECT_EQ(value_width(ColumnType::uint16), 2U);
  EXPECT_EQ(value_width(ColumnType::timestamp), 8U);
  EXPECT_EQ(value_width(ColumnType::list), 0U);
}

}  // namespace
}  // namespace flowloom
