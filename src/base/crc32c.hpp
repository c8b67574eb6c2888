// CRC-32C (Castagnoli), as SCTP uses it (RFC 9260 appendix A).
#pragma once

#include <array>
#include <cstdint>

#include "flowloom/bytes.hpp"

namespace flowloom {

namespace detail {
consteval std::array<std::uint32_t, 256> crc32c_table() {
  constexpr std::uint32_t kReflected = 0x82F63B78;
  std::array<std::uint32_t, 256> table = {};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? kReflected : 0);
    table[byte] = crc;
  }
  return table;
}
inline constexpr std::array<std::uint32_t, 256> kCrc32c = crc32c_table();
}  // namespace detail

/// Over bytes in several pieces: begin with kCrc32cStart, complement the last.
inline constexpr std::uint32_t kCrc32cStart = 0xFFFFFFFF;
inline std::uint32_t crc32c(std::uint32_t crc, Bytes bytes) {
  for (const std::uint8_t byte : bytes) crc = crc >> 8 ^ detail::kCrc32c[(crc ^ byte) & 0xFF];
  return crc;
}

}  // namespace flowloom
