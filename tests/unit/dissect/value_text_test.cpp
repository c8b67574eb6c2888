// Values as tshark 4.0 and 3.x print them: the expected texts are what `tshark -T fields` said.
#include "dissect/value_text.hpp"

#include <gtest/gtest.h>

#include <bit>

namespace flowloom {
namespace {

using namespace make;

std::string number_text(const Field& field, std::uint64_t number,
                        PrintFormat format = PrintFormat::wireshark4) {
  Value value;
  value.field = &field;
  value.number = number;
  std::string text = "<";
  append_value_text(text, value, format);
  return text + ">";
}

std::string bytes_text(const Field& field, std::string_view bytes) {
  Value value;
  value.field = &field;
  value.data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  value.size = static_cast<std::uint32_t>(bytes.size());
  std::string text;
  append_value_text(text, value);
  return text;
}

TEST(ValueText, NumbersInTheBaseAndWidthOfTheirType) {
  constexpr Field decimal = make::uint("x.a", 0, 2, "A");
  constexpr Field hex = make::uint("x.a", 0, 2, "A").hex();
  constexpr Field wide = make::value("x.a", Kind::uint, "A", 64).hex();
  constexpr Field three_bits = make::bits("x.a", 0, 3, "A").hex();
  constexpr Field negative = make::value("x.a", Kind::sint, "A");
  EXPECT_EQ(number_text(decimal, 65535), "<65535>");
  EXPECT_EQ(number_text(hex, 0x1F), "<0x001f>");
  EXPECT_EQ(number_text(hex, 0x1F, PrintFormat::wireshark3), "<0x0000001f>");
  EXPECT_EQ(number_text(three_bits, 2), "<0x02>");
  EXPECT_EQ(number_text(wide, 0xABC), "<0x0000000000000abc>");
  EXPECT_EQ(number_text(wide, 0xABC, PrintFormat::wireshark3), "<0x0000000000000abc>");
  EXPECT_EQ(number_text(negative, static_cast<std::uint64_t>(INT64_MIN)), "<-9223372036854775808>");
  EXPECT_EQ(number_text(make::flag("x.a", 0, "A"), 1), "<1>");
  EXPECT_EQ(number_text(make::value("x.a", Kind::none, "A"), 0), "<1>");
  EXPECT_EQ(number_text(make::value("x.a", Kind::real, "A", 64), std::bit_cast<std::uint64_t>(0.1)), "<0.1>");
}

TEST(ValueText, Times) {
  constexpr Field time = make::value("x.t", Kind::time, "T");
  constexpr Field duration = make::value("x.t", Kind::duration, "T");
  const auto text = [](const Field& field, std::int64_t ns) {
    return number_text(field, static_cast<std::uint64_t>(ns));
  };
  EXPECT_EQ(text(time, 1592993501326547000), "<Jun 24, 2020 10:11:41.326547000 UTC>");
  EXPECT_EQ(text(time, 432000000000000), "<Jan  6, 1970 00:00:00.000000000 UTC>");
  EXPECT_EQ(text(time, -1), "<Dec 31, 1969 23:59:59.999999999 UTC>");
  EXPECT_EQ(text(duration, 65000), "<0.000065000>");
  EXPECT_EQ(text(duration, -1001000000), "<-1.001000000>");
}

TEST(ValueText, AddressesBytesAndTexts) {
  using namespace std::string_view_literals;
  EXPECT_EQ(bytes_text(make::ipv4("x.a", 0, "A"), "\x0A\0\0\1"sv), "10.0.0.1");
  EXPECT_EQ(bytes_text(make::ipv6("x.a", 0, "A"), "\x20\1\x0D\xB8\0\0\0\0\0\0\0\0\0\0\0\1"sv), "2001:db8::1");
  EXPECT_EQ(bytes_text(make::mac("x.a", 0, "A"), "\2\0\0\0\0\xFF"sv), "02:00:00:00:00:ff");
  EXPECT_EQ(bytes_text(make::bytes("x.a", 0, 3, "A"), "\1\2\xFF"sv), "0102ff");
  EXPECT_EQ(bytes_text(make::bytes("x.a", 0, 3, "A").colons(), "\1\2\xFF"sv), "01:02:ff");
  EXPECT_EQ(
      bytes_text(make::value("x.a", Kind::guid, "A"), "\0\1\2\3\4\5\6\7\x08\x09\x0A\x0B\x0C\x0D\x0E\x0F"sv),
      "00010203-0405-0607-0809-0a0b0c0d0e0f");
  constexpr Field text = make::value("x.a", Kind::text, "A");
  EXPECT_EQ(bytes_text(text, "qu\"o\\te\b\f\n\r\t\v\x01"sv), "qu\"o\\te\\b\\f\\n\\r\\t\v\x01");
  EXPECT_EQ(bytes_text(text, "a\0b"sv), "a");
  EXPECT_EQ(bytes_text(make::ipv4("x.a", 0, "A"), "\x0A"sv), "0a");  // cut: no address
}

}  // namespace
}  // namespace flowloom
