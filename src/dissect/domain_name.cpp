#include "dissect/domain_name.hpp"

#include <algorithm>

namespace flowloom {

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
      }
      return name;
    }
    if (size > 63 || !d.has(at + 1 + size) || name.size + size > kLongest) break;
    if (name.size != 0) name.letters[name.size++] = '.';
    for (const std::uint8_t letter : d.bytes(at + 1, size)) {
      name.letters[name.size++] = static_cast<char>(letter);
    }
    ++name.labels;
    at += 1U + size;
  }
  d.anomaly("name", at);
  name.end = 0;
  return name;
}

}  // namespace flowloom
