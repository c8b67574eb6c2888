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
  for (std::uint64_t number = 1; number < 1ULL << 63; number += number / 7 + 1)
    ASSERT_EQ(written(number), std::to_string(number));
  for (std::uint64_t power = 1'000'000; power <= 10'000'000'000'000; power *= 10) {
    for (const std::uint64_t number : {power - 1, power, power + 1, power / 1000 * 1001})
      ASSERT_EQ(written(number), std::to_string(number));
  }
  EXPECT_EQ(written(18'446'744'073'709'551'615ULL), "18446744073709551615");
}

TEST(DecimalTest, HexadecimalNumbers) {
  char text[kMaxHex];
  const auto hex = [&](std::uint64_t number, unsigned digits) {
    return std::string(text, write_hex(number, digits, text));
  };
  EXPECT_EQ(hex(0x2, 4), "0x0002");
  EXPECT_EQ(hex(0xFEDCBA9876543210, 16), "0xfedcba9876543210");
  EXPECT_EQ(hex(0xFEDCBA9876543210, 6), "0x543210");
  EXPECT_EQ(hex(0xA7, 2), "0xa7");
}

TEST(DecimalTest, EthernetAddresses) {
  const std::uint8_t address[] = {0x00, 0x1F, 0xF2, 0x9A, 0xBC, 0xDE};
  char text[kMacText];
  EXPECT_EQ(std::string(text, write_mac(address, text)), "00:1f:f2:9a:bc:de");
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
