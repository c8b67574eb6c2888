// Numbers and IPv4 addresses as digits from tables, for where that is most of the work.
#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace flowloom {

/// Bytes that may be written, though there are fewer digits.
inline constexpr std::size_t kMaxDecimal = 20;

/// A number of up to three digits.
struct Digits {
  char text[3] = {};
  std::uint8_t length = 0;
};

/// `padded`: with zeros before it.
consteval std::array<Digits, 1000> digits_of_thousand(bool padded) {
  std::array<Digits, 1000> all;
  for (unsigned i = 0; i < all.size(); ++i) {
    for (unsigned power = 100; power != 0; power /= 10) {
      if (padded || i >= power || power == 1)
        all[i].text[all[i].length++] = static_cast<char>('0' + i / power % 10);
    }
  }
  return all;
}
inline constexpr std::array<Digits, 1000> kDigits = digits_of_thousand(false);
inline constexpr std::array<Digits, 1000> kPaddedDigits = digits_of_thousand(true);

/// Writes the digits at `out` (room for kMaxDecimal). Returns their end.
inline char* write_decimal(std::uint64_t number, char* out) {
  constexpr std::uint64_t kThousand = 1000;
  if (number >= kThousand * kThousand) return std::to_chars(out, out + kMaxDecimal, number).ptr;
  if (number >= kThousand) {
    const Digits& first = kDigits[number / kThousand];
    std::memcpy(out, &first, sizeof first);
    out += first.length;
    std::memcpy(out, &kPaddedDigits[number % kThousand], sizeof first);
    return out + 3;
  }
  const Digits& all = kDigits[number];
  std::memcpy(out, &all, sizeof all);
  return out + all.length;
}

/// Bytes that seconds may take: a sign, a number, a point, nine decimals.
inline constexpr std::size_t kMaxSeconds = 1 + kMaxDecimal + 1 + 9;

/// Writes nanoseconds as seconds with nine decimals at `out` (room for kMaxSeconds). Returns their end.
inline char* write_seconds(std::int64_t ns, char* out) {
  constexpr std::uint64_t kThousand = 1000, kSecond = kThousand * kThousand * kThousand;
  auto left = static_cast<std::uint64_t>(ns);
  if (ns < 0) {
    *out++ = '-';
    left = 0 - left;
  }
  out = write_decimal(left / kSecond, out);
  *out++ = '.';
  const std::uint64_t decimals = left % kSecond;
  for (const std::uint64_t three :
       {decimals / (kThousand * kThousand), decimals / kThousand % kThousand, decimals % kThousand}) {
    std::memcpy(out, kPaddedDigits[three].text, 3);
    out += 3;
  }
  return out;
}

/// A number of 0 to 255 with a dot behind it.
struct alignas(std::uint64_t) Octet {
  char text[4] = {};
  std::uint32_t length = 0;
};

inline constexpr std::array<Octet, 256> kOctets = [] {
  std::array<Octet, 256> all;
  for (unsigned i = 0; i < all.size(); ++i) {
    Octet& octet = all[i];
    for (; octet.length < kDigits[i].length; ++octet.length)
      octet.text[octet.length] = kDigits[i].text[octet.length];
    octet.text[octet.length++] = '.';
  }
  return all;
}();

/// Writes an IPv4 address, dotted, at `out` (room for kMaxDecimal). Returns the end. Four bytes a number, of
/// which the next one overwrites what is too much.
inline char* write_ipv4(const std::uint8_t* b, char* out) {
  for (int i = 0; i < 4; ++i) {
    const Octet& octet = kOctets[b[i]];
    std::memcpy(out, octet.text, sizeof octet.text);
    out += octet.length;
  }
  return out - 1;
}

}  // namespace flowloom
