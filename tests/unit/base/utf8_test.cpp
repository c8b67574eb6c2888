#include "base/utf8.hpp"

#include <gtest/gtest.h>

namespace flowloom {
namespace {

TEST(Utf8, AsciiIsToldByEachByte) {
  for (std::size_t length = 0; length <= 40; ++length) {
    std::string text(length, '\x7F');
    EXPECT_TRUE(is_ascii(text)) << length;
    EXPECT_TRUE(is_utf8(text)) << length;
    for (std::size_t at = 0; at < length; ++at) {
      text[at] = '\x80';
      EXPECT_FALSE(is_ascii(text)) << length << ", " << at;
      EXPECT_FALSE(is_utf8(text)) << length << ", " << at;
      text[at] = '\x7F';
    }
  }
  EXPECT_FALSE(is_ascii("fl\u00F6we"));
  EXPECT_TRUE(is_utf8("fl\u00F6we"));
  EXPECT_TRUE(is_ascii({}));
}

}  // namespace
}  // namespace flowloom
