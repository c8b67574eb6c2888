#include "write/text.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <charconv>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>

namespace flowloom {
namespace {

std::string time_text(std::int64_t ns, unsigned digits) {
  char out[kNumberRoom];
  return {out, write_time(out, ns, digits)};
}

std::string float_text(double value) {
  char out[kNumberRoom];
  return {out, write_float(out, value)};
}

std::string quoted(std::string_view text) {
  TextBuffer out;
  append_json_string(out, text);
  return std::string(out.view());
}

TEST(Text, IntegersAreThoseOfTheStandardLibrary) {
  std::mt19937_64 random(1);
  for (int shift = 0; shift < 64; ++shift) {
    for (int i = 0; i < 200; ++i) {
      const std::uint64_t value = random() >> shift;
      char out[kNumberRoom];
      EXPECT_EQ(std::string(out, write_unsigned(out, value)), std::to_string(value));
      const auto number = static_cast<std::int64_t>(value);
      EXPECT_EQ(std::string(out, write_signed(out, number)), std::to_string(number));
    }
  }
  for (std::int64_t value = -10'050; value <= 10'050; ++value) {
    char out[kNumberRoom];
    EXPECT_EQ(std::string(out, write_signed(out, value)), std::to_string(value));
  }
  char out[kNumberRoom];
  EXPECT_EQ(std::string(out, write_signed(out, std::numeric_limits<std::int64_t>::min())),
            "-9223372036854775808");
}

TEST(Text, TimesHaveTheDecimalsOfTheCapture) {
  EXPECT_EQ(time_text(1'700'000'000'123'456'000, 6), "1700000000.123456");
  EXPECT_EQ(time_text(1'700'000'000'123'456'000, 9), "1700000000.123456000");
  EXPECT_EQ(time_text(1'700'000'000'000'000'000, 6), "1700000000.000000");
  EXPECT_EQ(time_text(1'700'000'000'000'000'000, 0), "1700000000");
  EXPECT_EQ(time_text(0, 3), "0.000");
  EXPECT_EQ(time_text(1'000'000, 3), "0.001");
}

TEST(Text, TimesBeforeTheEpochKeepTheirSign) {
  EXPECT_EQ(time_text(-500'000'000, 6), "-0.500000");
  EXPECT_EQ(time_text(-1'000, 6), "-0.000001");
  EXPECT_EQ(time_text(-1'500'000'000, 1), "-1.5");
  EXPECT_EQ(time_text(std::numeric_limits<std::int64_t>::min(), 9), "-9223372036.854775808");
  EXPECT_EQ(time_text(std::numeric_limits<std::int64_t>::max(), 9), "9223372036.854775807");
}

TEST(Text, TimesFinerThanStatedLoseNothing) {
  EXPECT_EQ(time_text(1'000'000'001, 6), "1.000000001");
  EXPECT_EQ(time_text(1, 0), "0.000000001");
}

TEST(Text, FloatsReadBackAsTheSameNumberAndLookLikeFloats) {
  EXPECT_EQ(float_text(0.0), "0.0");
  EXPECT_EQ(float_text(-0.0), "-0.0");
  EXPECT_EQ(float_text(1.5), "1.5");
  EXPECT_EQ(float_text(-0.000001), "-0.000001");
  EXPECT_EQ(float_text(0.000123), "0.000123");
  EXPECT_EQ(float_text(100.0), "100.0");
  EXPECT_EQ(float_text(12345678.0), "12345678.0");
  EXPECT_EQ(float_text(1e22), "1e+22");
  std::mt19937_64 random(2);
  const auto check = [](double value) {
    const std::string text = float_text(value);
    double back = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), back);
    EXPECT_TRUE(error == std::errc{} && end == text.data() + text.size()) << text;
    EXPECT_EQ(std::bit_cast<std::uint64_t>(back), std::bit_cast<std::uint64_t>(value)) << text;
    EXPECT_NE(text.find_first_of(".e"), std::string::npos) << text;
    EXPECT_LE(text.size(), kNumberRoom);
  };
  for (int i = 0; i < 200'000; ++i) {
    const double anything = std::bit_cast<double>(random());
    if (anything - anything == 0) check(anything);
    check(static_cast<double>(random() >> (random() % 64)) / 1e9);
    check(static_cast<double>(static_cast<std::int64_t>(random() >> 12)) * -1e-6);
    check(9'007'199.0 +
          static_cast<double>(static_cast<std::int64_t>(random() % 2'000'001) - 1'000'000) * 1e-9);
  }
  check(std::numeric_limits<double>::max());
  check(std::numeric_limits<double>::denorm_min());
}

TEST(Text, StringsAreValidJson) {
  EXPECT_EQ(quoted(""), R"("")");
  EXPECT_EQ(quoted("a\"b\\c/"), R"("a\"b\\c/")");
  EXPECT_EQ(quoted("\n\r\t\x01\x1b\x7f"), R"("\n\r\t\u0001\u001b\u007f")");
  EXPECT_EQ(quoted(std::string_view("\0x", 2)), R"("\u0000x")");
  EXPECT_EQ(quoted("\xC2\x9B\xE2\x80\xA8\xE2\x80\xA9"), R"("\u009b\u2028\u2029")");
  EXPECT_EQ(quoted("gr\xC3\xBC\xC3\x9F \xF0\x9F\x90\x8D"), "\"gr\xC3\xBC\xC3\x9F \xF0\x9F\x90\x8D\"");
}

TEST(Text, MalformedUtf8BecomesReplacementCharacters) {
  const std::string r(kReplacement);
  EXPECT_EQ(quoted("\xFF"), '"' + r + '"');
  EXPECT_EQ(quoted("a\xC3"), "\"a" + r + '"');
  EXPECT_EQ(quoted("\xC3("), '"' + r + "(\"");
  EXPECT_EQ(quoted("\xC0\xAF"), '"' + r + r + '"');                  // overlong
  EXPECT_EQ(quoted("\xE0\x80\xAF"), '"' + r + r + r + '"');          // overlong
  EXPECT_EQ(quoted("\xED\xA0\x80"), '"' + r + r + r + '"');          // surrogate
  EXPECT_EQ(quoted("\xF4\x90\x80\x80"), '"' + r + r + r + r + '"');  // beyond U+10FFFF
  EXPECT_EQ(quoted("\xE2\x82x"), '"' + r + "x\"");                   // one for the maximal subpart
  EXPECT_EQ(quoted("\xF0\x9F\x90"), '"' + r + '"');
}

}  // namespace
}  // namespace flowloom
