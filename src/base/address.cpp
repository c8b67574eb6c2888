#include "flowloom/address.hpp"

#include <charconv>
#include <cstdint>

#include "base/decimal.hpp"

namespace flowloom {
namespace {

// RFC 5952: the longest run of two or more zero groups, the first of equals, becomes "::"; IPv4-mapped
// addresses end in dotted decimal.
char* write_ipv6(const std::uint8_t* b, char* out) {
  unsigned groups[8];
  for (unsigned i = 0; i < 8; ++i) groups[i] = static_cast<unsigned>(b[2 * i] << 8 | b[2 * i + 1]);
  const bool mapped = (groups[0] | groups[1] | groups[2] | groups[3] | groups[4]) == 0 && groups[5] == 0xFFFF;
  const unsigned count = mapped ? 6 : 8;
  unsigned best = 0, best_length = 0;
  for (unsigned i = 0; i < count;) {
    unsigned end = i;
    while (end < count && groups[end] == 0) ++end;
    if (end - i > best_length) {
      best = i;
      best_length = end - i;
    }
    i = end + 1;
  }
  const bool shorten = best_length >= 2;
  for (unsigned i = 0; i < count;) {
    if (shorten && i == best) {
      *out++ = ':';
      *out++ = ':';
      i += best_length;
      continue;
    }
    if (i != 0 && !(shorten && i == best + best_length)) *out++ = ':';
    out = std::to_chars(out, out + 4, groups[i], 16).ptr;
    ++i;
  }
  if (mapped) {
    *out++ = ':';
    out = write_ipv4(b + 12, out);
  }
  return out;
}

}  // namespace

char* write_address(const std::uint8_t* bytes, unsigned version, char* out) {
  if (version == 4) return write_ipv4(bytes, out);
  if (version == 6) return write_ipv6(bytes, out);
  return out;
}

std::string to_string(const IpAddress& address) {
  char text[kMaxAddressText];
  return {text, write_address(address.bytes.data(), address.version, text)};
}

}  // namespace flowloom
