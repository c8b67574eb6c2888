// Numbers and addresses as digits from tables, for where that is most of the work.
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

/// Three digits, with zeros before the number; room for four. Pre: number < 1000
inline char* write_three(std::uint32_t number, char* out) {
  std::memcpy(out, &kPaddedDigits[number], sizeof(Digits));
  return out + 3;
}
/// Nine digits; room for ten. Pre: number < 1'000'000'000
inline char* write_nine(std::uint32_t number, char* out) {
  constexpr std::uint32_t kThousand = 1000;
  out = write_three(number / (kThousand * kThousand), out);
  out = write_three(number / kThousand % kThousand, out);
  return write_three(number % kThousand, out);
}

/// Pre: number < 1'000'000
inline char* write_small_decimal(std::uint32_t number, char* out) {
  constexpr std::uint32_t kThousand = 1000;
  const Digits& first = kDigits[number < kThousand ? number : number / kThousand];
  std::memcpy(out, &first, sizeof first);
  out += first.length;
  return number < kThousand ? out : write_three(number % kThousand, out);
}

/// Writes the digits at `out` (room for kMaxDecimal). Returns their end.
inline char* write_decimal(std::uint64_t number, char* out) {
  constexpr std::uint64_t kMillion = 1'000'000;
  if (number < kMillion) return write_small_decimal(static_cast<std::uint32_t>(number), out);
  if (number >= kMillion * kMillion) return std::to_chars(out, out + kMaxDecimal, number).ptr;
  out = write_small_decimal(static_cast<std::uint32_t>(number / kMillion), out);
  const auto rest = static_cast<std::uint32_t>(number % kMillion);
  return write_three(rest % 1000, write_three(rest / 1000, out));
}

/// Bytes that seconds may take: a sign, a number, a point, nine decimals.
inline constexpr std::size_t kMaxSeconds = 1 + kMaxDecimal + 1 + 9;

/// Writes nanoseconds as seconds with nine decimals at `out` (room for kMaxSeconds). Returns their end.
inline char* write_seconds(std::int64_t ns, char* out) {
  constexpr std::uint64_t kSecond = 1'000'000'000;
  auto left = static_cast<std::uint64_t>(ns);
  if (ns < 0) {
    *out++ = '-';
    left = 0 - left;
  }
  out = write_decimal(left / kSecond, out);
  *out++ = '.';
  return write_nine(static_cast<std::uint32_t>(left % kSecond), out);
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

/// Two hexadecimal digits for each byte.
inline constexpr std::array<std::array<char, 2>, 256> kHexDigits = [] {
  constexpr char kDigits16[] = "0123456789abcdef";
  std::array<std::array<char, 2>, 256> all;
  for (unsigned i = 0; i < all.size(); ++i) all[i] = {kDigits16[i >> 4], kDigits16[i & 15]};
  return all;
}();

/// Two digits behind `out`, a std::string or what appends like one.
template <class Text>
void append_hex_byte(Text& out, std::uint8_t byte) {
  out.append(kHexDigits[byte].data(), 2);
}

/// Bytes that a hexadecimal number may take.
inline constexpr std::size_t kMaxHex = 2 + 16;

/// Writes "0x" and the last digits of the number, of which there are an even count. Returns their end.
inline char* write_hex(std::uint64_t number, unsigned digits, char* out) {
  *out++ = '0';
  *out++ = 'x';
  for (unsigned left = digits; left != 0; left -= 2, out += 2)
    std::memcpy(out, kHexDigits[number >> (4 * left - 8) & 0xFF].data(), 2);
  return out;
}

inline constexpr std::size_t kMacText = 17;

/// Writes an Ethernet address with colons at `out` (room for kMacText). Returns the end.
inline char* write_mac(const std::uint8_t* b, char* out) {
  for (int i = 0; i < 6; ++i) {
    std::memcpy(out, kHexDigits[b[i]].data(), 2);
    out += 2;
    if (i != 5) *out++ = ':';
  }
  return out;
}

}  // namespace flowloom
