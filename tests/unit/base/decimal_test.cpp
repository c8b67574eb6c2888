// Digits from tables are the digits that the standard library writes.
#include "base/decimal.hpp"

#include <gtest/gtest.h>

#include <string>

namespace flowloom {
namespace {

std::string written(std::uint64_t number) {
  char text[kMaxDecimal];
  return {text, write_decimal(number, text)};
}

TEST(DecimalTest, AllNumbersOfUpToSixDigitsAndSomeMore) {
  for (std::uint64_t number = 0; number < 1'100'000; ++number)
    ASSERT_EQ(written(number), std::to_string(number));
  for (const std::uint64_t number :
       {99'999'999ULL, 100'000'000ULL, 4'294'967'295ULL, 18'446'744'073'709'551'615ULL})
    EXPECT_EQ(written(number), std::to_string(number));
}

TEST(DecimalTest, AddressesOfAllOctets) {
  for (unsigned octet = 0; octet < 256; ++octet) {
    const std::uint8_t address[] = {static_cast<std::uint8_t>(octet), 0,
                                    static_cast<std::uint8_t>(255 - octet), static_cast<std::uint8_t>(octet)};
    char text[kMaxDecimal];
    EXPECT_EQ(std::string(text, write_ipv4(address, text)),
              std::to_string(octet) + ".0." + std::to_string(255 - octet) + "." + std::to_string(octet));
  }
}

}  // namespace
}  // namespace flowloom
