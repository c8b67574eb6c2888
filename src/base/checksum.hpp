// The Internet checksum (RFC 1071) and its update (RFC 1624).
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "base/endian.hpp"
#include "base/store.hpp"
#include "flowloom/bytes.hpp"

namespace flowloom {

/// The sum of 16-bit words in the machine's byte order, as RFC 1071 §2 allows, a last odd byte filled up with
/// zero: as some number that is congruent to it modulo 0xFFFF, and 0 only if all bytes are.
inline std::uint64_t sum_few(Bytes bytes) {
  const std::uint8_t* p = bytes.data();
  std::size_t left = bytes.size();
  using Pair [[gnu::vector_size(16)]] = std::uint64_t;
  Pair low = {}, high = {};
  for (; left >= sizeof(Pair); left -= sizeof(Pair), p += sizeof(Pair)) {
    Pair words;
    std::memcpy(&words, p, sizeof words);
    low += words & 0xFFFFFFFF;
    high += words >> 32;
  }
  std::uint64_t a = low[0] + low[1], b = high[0] + high[1];
  if ((left & 8) != 0) {
    a += load_native<std::uint32_t>(p);
    b += load_native<std::uint32_t>(p + 4);
    p += 8;
  }
  if ((left & 4) != 0) {
    a += load_native<std::uint32_t>(p);
    p += 4;
  }
  if ((left & 2) != 0) {
    b += load_native<std::uint16_t>(p);
    p += 2;
  }
  if ((left & 1) != 0) {
    const std::uint8_t word[2] = {*p, 0};
    b += load_native<std::uint16_t>(word);
  }
  return a + b;
}

/// The same by what this processor does best with many bytes. Pre: size is a multiple of kSumBlock.
inline constexpr std::size_t kSumBlock = 128;
[[nodiscard]] std::uint64_t sum_blocks(const std::uint8_t* bytes, std::size_t size);

/// Ones' complement sum of 16-bit words, a last odd byte filled up with zero; not complemented. Sums of
/// pieces add up, if all but the last have even lengths.
inline std::uint32_t sum_words(Bytes bytes) {
  std::uint64_t a = 0;
  if (bytes.size() >= kSumBlock) {
    const std::size_t blocks = bytes.size() / kSumBlock * kSumBlock;
    a = sum_blocks(bytes.data(), blocks);
    bytes = bytes.subspan(blocks);
  }
  a += sum_few(bytes);
  a = (a & 0xFFFFFFFF) + (a >> 32);
  a = (a & 0xFFFF) + (a >> 16 & 0xFFFF) + (a >> 32);
  a = (a & 0xFFFF) + (a >> 16);
  a = (a & 0xFFFF) + (a >> 16);
  const auto sum = static_cast<std::uint16_t>(a);
  return std::endian::native == std::endian::little ? __builtin_bswap16(sum) : sum;
}

/// The checksum of what adds up to `sum`.
constexpr std::uint16_t finish_sum(std::uint32_t sum) {
  sum = (sum & 0xFFFF) + (sum >> 16);
  sum = (sum & 0xFFFF) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

/// UDP says "none" with 0, so a checksum of 0 is sent as its other form (RFC 768).
constexpr std::uint16_t never_zero(std::uint16_t checksum) { return checksum == 0 ? 0xFFFF : checksum; }

/// RFC 1624 equation 3: the checksum after a word that it covers has changed.
constexpr std::uint16_t update_sum(std::uint16_t checksum, std::uint16_t from, std::uint16_t to) {
  return finish_sum(std::uint32_t{static_cast<std::uint16_t>(~checksum)} + static_cast<std::uint16_t>(~from) +
                    to);
}

}  // namespace flowloom
