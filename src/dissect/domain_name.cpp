#include "dissect/domain_name.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace flowloom {
namespace {

constexpr std::string_view kEscaped = "\a\b\t\n\v\f\r", kLetters = "abtnvfr";

/// Letters that nobody can see, as Wireshark shows them in names: \t and the like, \033.
void append_letter(DomainName& name, std::uint8_t letter) {
  const auto put = [&](char c) { name.letters[name.size++] = c; };
  if (letter >= 0x20 && letter != 0x7F) return put(static_cast<char>(letter));
  put('\\');
  if (const std::size_t at = kEscaped.find(static_cast<char>(letter)); at != kEscaped.npos) {
    return put(kLetters[at]);
  }
  for (const unsigned shift : {6U, 3U, 0U}) put(static_cast<char>('0' + (letter >> shift & 7)));
}

}  // namespace

DomainName read_domain_name(Dissector& d, std::size_t at, std::size_t begin) {
  constexpr unsigned kMaxJumps = 128;
  constexpr std::size_t kLongest = 255;  // RFC 1035 §2.3.4
  DomainName name;
  bool jumped = false;
  for (unsigned jumps = 0; d.has(at + 1);) {
    const std::uint8_t size = d.u8(at);
    if ((size & 0xC0) == 0xC0) {
      if (!d.has(at + 2) || ++jumps > kMaxJumps) break;
      if (!jumped) name.end = at + 2;
      jumped = true;
      at = begin + (d.u16(at) & 0x3FFFU);
      continue;
    }
    if (size == 0) {
      if (!jumped) name.end = at + 1;
      if (name.size == 0) {
        constexpr std::string_view kRoot = "<Root>";
        std::copy(kRoot.begin(), kRoot.end(), name.letters.begin());
        name.size = kRoot.size();
        name.length = name.size;
      }
      return name;
    }
    if (size > 63 || !d.has(at + 1 + size) || name.length + size > kLongest) break;
    if (name.length != 0) {
      name.letters[name.size++] = '.';
      ++name.length;
    }
    for (const std::uint8_t letter : d.bytes(at + 1, size)) append_letter(name, letter);
    name.length += size;
    ++name.labels;
    at += 1U + size;
  }
  d.anomaly("name", at);
  name.end = 0;
  return name;
}

std::string label_bytes(std::string_view text) {
  std::string made;
  const auto octal = [&](std::size_t at) { return at < text.size() && text[at] >= '0' && text[at] <= '7'; };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t letter =
        text[i] == '\\' && i + 1 < text.size() ? kLetters.find(text[i + 1]) : kLetters.npos;
    if (letter != kLetters.npos) {
      made += kEscaped[letter];
      ++i;
    } else if (text[i] == '\\' && octal(i + 1) && octal(i + 2) && octal(i + 3)) {
      const int code = (text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0');
      made += static_cast<char>(code);
      i += 3;
    } else {
      made += text[i];
    }
  }
  return made;
}

}  // namespace flowloom
