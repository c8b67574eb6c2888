#include "capture/printable.hpp"

#include <cstddef>
#include <cstdint>

#include "base/decimal.hpp"

namespace flowloom {
namespace {

/// Bytes of the character that `s` starts with; 0 if it is no well-formed UTF-8 or not to be shown.
std::size_t shown_character(std::string_view s) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(s[i]); };
  const std::uint8_t first = byte(0);
  if (first < 0x80) return first >= 0x20 && first != 0x7f ? 1 : 0;
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || s.size() < size) return 0;
  std::uint32_t code = first & (0xffU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    code = code << 6 | (byte(i) & 0x3fU);
  }
  const bool overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  const bool control = code < 0xa0;
  const bool direction = (code >= 0x200e && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
                         (code >= 0x2066 && code <= 0x2069) || code == 0x061c;
  return overlong || surrogate || code > 0x10ffff || control || direction ? 0 : size;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    std::size_t size = shown_character(text);
    if (size != 0) {
      out += text.substr(0, size);
    } else {
      out += "\\x";
      append_hex_byte(out, static_cast<std::uint8_t>(text[0]));
      size = 1;
    }
    text.remove_prefix(size);
  }
  return out;
}

}  // namespace flowloom
