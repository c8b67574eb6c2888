// Dates are those that the C library knows.
#include "base/date.hpp"

#include <gtest/gtest.h>

#include <ctime>
#include <limits>
#include <random>
#include <string>

namespace flowloom {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

std::string written(std::int64_t ns) {
  char text[kDateText];
  return {text, DateWriter().write(ns, text)};
}

std::string expected(std::int64_t ns) {
  std::int64_t rest = ns % kSecond;
  if (rest < 0) rest += kSecond;
  const auto second = static_cast<std::time_t>(ns / kSecond - (ns % kSecond < 0 ? 1 : 0));
  std::tm date = {};
  gmtime_r(&second, &date);
  char text[64];
  std::string made(text, std::strftime(text, sizeof text, "%b %e, %Y %H:%M:%S.", &date));
  const std::string decimals = std::to_string(rest);
  return made + std::string(9 - decimals.size(), '0') + decimals + " UTC";
}

TEST(DateTest, Examples) {
  EXPECT_EQ(written(0), "Jan  1, 1970 00:00:00.000000000 UTC");
  EXPECT_EQ(written(1'700'000'000'123'456'789), "Nov 14, 2023 22:13:20.123456789 UTC");
}

TEST(DateTest, OfAllTimes) {
  DateWriter writer;
  char text[kDateText];
  std::mt19937_64 random{5};
  for (int i = 0; i < 100'000; ++i) {
    const auto ns = static_cast<std::int64_t>(random() >> i % 64);
    ASSERT_EQ(written(ns), expected(ns)) << ns;
    ASSERT_EQ(std::string(text, writer.write(ns, text)), expected(ns)) << ns;
  }
  constexpr std::int64_t kDay = 86'400 * kSecond;
  for (std::int64_t day = -106'751; day <= 106'751; ++day) {
    for (const std::int64_t ns : {day * kDay, day * kDay - 1}) ASSERT_EQ(written(ns), expected(ns)) << ns;
  }
  for (const std::int64_t ns :
       {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()})
    EXPECT_EQ(written(ns), expected(ns));
}

}  // namespace
}  // namespace flowloom
