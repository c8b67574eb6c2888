// Parts of radiotap's little-endian numbers.
#pragma once

#include <cstdint>

#include "base/endian.hpp"
#include "dissect/field.hpp"

namespace flowloom {
class Dissector;
}

namespace flowloom::radiotap {
using namespace make;

/// `count` bits of a little-endian number, from `shift` (0: the least significant one) on.
struct Bits : Field {
  std::uint8_t shift = 0, count = 1;
  std::uint8_t flag = kAlways;  ///< a bit of the numbers that say what is known
  bool known = true;            ///< it is there if that bit is set; else if it is not
  static constexpr std::uint8_t kAlways = 0xff;
};

consteval Bits flag_at(std::string_view name, std::string_view title, unsigned shift, unsigned storage) {
  Bits bits;
  static_cast<Field&>(bits) = value(name, Kind::flag, title, storage);
  bits.shift = static_cast<std::uint8_t>(shift);
  return bits;
}
consteval Bits bits_at(std::string_view name, std::string_view title, unsigned shift, unsigned count,
                       Base base = Base::hex, std::span<const Label> labels = {}) {
  Bits bits;
  static_cast<Field&>(bits) = value(name, Kind::uint, title, 16);
  bits.base = base;
  bits.labels = labels;
  bits.shift = static_cast<std::uint8_t>(shift);
  bits.count = static_cast<std::uint8_t>(count);
  return bits;
}
/// There only if bit `flag` of what is known is set, or with `known` false only if it is not.
consteval Bits given(unsigned flag, Bits bits, bool known = true) {
  bits.flag = static_cast<std::uint8_t>(flag);
  bits.known = known;
  return bits;
}

inline std::uint16_t little16(const std::uint8_t* at) { return __builtin_bswap16(load_be16(at)); }
inline std::uint32_t little32(const std::uint8_t* at) { return __builtin_bswap32(load_be32(at)); }

/// The number's parts, below it, which has the `size` bytes at `at`; `known`: what is known.
void put_bits_of(Dissector& d, std::span<const Bits> parts, std::uint32_t number, std::size_t at,
                 std::size_t size, std::uint32_t known = 0);
}  // namespace flowloom::radiotap
