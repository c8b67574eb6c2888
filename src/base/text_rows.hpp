// Texts of many numbers or addresses, one behind the other, as columns of texts have them.
#pragma once

#include <cstdint>
#include <span>

#include "base/endian.hpp"

namespace flowloom {

/// Where a number is in eight bytes of a packet, as they lie in memory: behind it are `shift` bits.
struct NumberPlace {
  std::uint8_t shift = 0;
  std::uint8_t scale = 1;
  std::uint64_t mask = ~std::uint64_t{0};

  [[nodiscard]] std::uint64_t read(const std::uint64_t& word) const {
    return (load_be<8>(reinterpret_cast<const std::uint8_t*>(&word)) >> shift & mask) * scale;
  }
};

/// Bytes that the last text may need, and that may be written behind it.
inline constexpr std::size_t kTextRoom = 64;

/// Where texts go.
struct TextRows {
  char* at;            ///< room for kMaxDecimal a row and kTextRoom more
  const char* begin;   ///< of the column's texts: ends count from here
  std::int32_t* ends;  ///< one a row
};

/// Decimal digits of one number in each word. Returns the end of the last text.
char* write_decimals(std::span<const std::uint64_t> words, NumberPlace place, TextRows out);

/// Dotted IPv4 addresses, which begin `byte` bytes behind the word's first. Pre: byte <= 4.
char* write_ipv4s(std::span<const std::uint64_t> words, unsigned byte, TextRows out);

}  // namespace flowloom
