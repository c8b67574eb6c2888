#include "base/text_rows.hpp"

#include <bit>

#include "base/decimal.hpp"

#if defined(__x86_64__)
#pragma GCC diagnostic push
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // GCC 12 of its own header (its bug 105593)
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif
#include <immintrin.h>
#pragma GCC diagnostic pop
#endif

namespace flowloom {
namespace {

template <class Write>
char* write_one_by_one(std::span<const std::uint64_t> words, TextRows out, Write write) {
  for (const std::uint64_t& word : words) {
    out.at = write(word, out.at);
    *out.ends++ = static_cast<std::int32_t>(out.at - out.begin);
  }
  return out.at;
}

auto digits_at(const NumberPlace& place) {
  return [place](const std::uint64_t& word, char* at) { return write_decimal(place.read(word), at); };
}
auto dotted_at(unsigned byte) {
  return [byte](const std::uint64_t& word, char* at) {
    return write_ipv4(reinterpret_cast<const std::uint8_t*>(&word) + byte, at);
  };
}

#if defined(__x86_64__)
/// What is below works on 64 bytes at once.
#define FLOWLOOM_WIDE [[gnu::target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,avx512bitalg,popcnt")]]

bool has_wide() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi") &&
         __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("avx512bitalg") &&
         __builtin_cpu_supports("popcnt");
}

/// In each 16 bits; of that value the compiler knows nothing, as it would add and shift instead of
/// multiplying.
FLOWLOOM_WIDE [[gnu::always_inline]] inline __m512i constant(std::int16_t value) {
  __m512i all = _mm512_set1_epi16(value);
  asm("" : "+v"(all));
  return all;
}

/// Eight digits of the number in each 64 bits, the first one in the lowest byte. Pre: numbers < 10^8.
FLOWLOOM_WIDE [[gnu::always_inline]] inline __m512i digits_of(__m512i numbers) {
  // To four digits in 32 bits, two in 16, one in 8. Divisions are multiplications by 2^45 / 10^4, 2^19 / 100
  // and 2^10 / 10, rounded up, which is exact for such numbers.
  const __m512i fours = _mm512_srli_epi64(_mm512_mul_epu32(numbers, _mm512_set1_epi64(3518437209)), 45);
  const __m512i last_four = _mm512_sub_epi64(numbers, _mm512_mul_epu32(fours, _mm512_set1_epi64(10000)));
  const __m512i by_four = _mm512_or_si512(fours, _mm512_slli_epi64(last_four, 32));
  const __m512i twos = _mm512_srli_epi16(_mm512_mulhi_epu16(by_four, _mm512_set1_epi32(5243)), 3);
  const __m512i last_two = _mm512_sub_epi16(by_four, _mm512_mullo_epi16(twos, constant(100)));
  const __m512i by_two = _mm512_or_si512(twos, _mm512_slli_epi32(last_two, 16));
  const __m512i tens = _mm512_srli_epi16(_mm512_mullo_epi16(by_two, constant(103)), 10);
  // tens | (by_two - 10 * tens) << 8
  return _mm512_add_epi16(_mm512_slli_epi16(by_two, 8), _mm512_mullo_epi16(tens, constant(1 - (10 << 8))));
}

/// Writes those bytes that are kept, of which each `kGroup` make a text.
template <unsigned kGroup>
FLOWLOOM_WIDE [[gnu::always_inline]] inline void put_kept(__m512i bytes, std::uint64_t kept, TextRows& out) {
  _mm512_storeu_si512(out.at, _mm512_maskz_compress_epi8(kept, bytes));
  const __m128i mask = _mm_cvtsi64_si128(static_cast<std::int64_t>(kept));
  const __m256i before = _mm256_set1_epi32(static_cast<std::int32_t>(out.at - out.begin));
  // A multiplication adds to each length those before it.
  if constexpr (kGroup == 8) {
    const auto lengths = static_cast<std::uint64_t>(_mm_cvtsi128_si64(_mm_popcnt_epi8(mask)));
    const __m128i ends = _mm_cvtsi64_si128(static_cast<std::int64_t>(lengths * 0x0101010101010101));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out.ends),
                        _mm256_add_epi32(_mm256_cvtepu8_epi32(ends), before));
  } else {
    static_assert(kGroup == 16);
    const auto lengths = static_cast<std::uint64_t>(_mm_cvtsi128_si64(_mm_popcnt_epi16(mask)));
    const __m128i ends = _mm_cvtsi64_si128(static_cast<std::int64_t>(lengths * 0x0001000100010001));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out.ends),
                     _mm_add_epi32(_mm_cvtepu16_epi32(ends), _mm256_castsi256_si128(before)));
  }
  out.ends += 64 / kGroup;
  out.at += std::popcount(kept);
}

/// Writes eight numbers of up to eight digits, or four of up to sixteen.
template <unsigned kGroup>
FLOWLOOM_WIDE [[gnu::always_inline]] inline void put_numbers(__m512i eights, TextRows& out) {
  const __m512i digits = digits_of(eights);
  const std::uint64_t some = _mm512_test_epi8_mask(digits, digits);
  // From the first that is not zero on, or the last one: where a group is not 0, it or its negative has those
  // bits. The complement plus one is the negative, of each group by itself.
  constexpr std::uint64_t kFirst = kGroup == 8 ? 0x0101010101010101 : 0x0001000100010001;
  const std::uint64_t found = some | kFirst << (kGroup - 1);
  put_kept<kGroup>(_mm512_or_si512(digits, _mm512_set1_epi8('0')), found | (~found + kFirst), out);
}

/// Writes eight numbers below 2^32, of which some have more than eight digits.
FLOWLOOM_WIDE [[gnu::always_inline]] inline void put_long_numbers(__m512i numbers, TextRows& out) {
  // By 10^8 = 2^8 * 390625, as above by 2^43 / 390625.
  const __m512i first =
      _mm512_srli_epi64(_mm512_mul_epu32(_mm512_srli_epi64(numbers, 8), _mm512_set1_epi64(22517999)), 43);
  const __m512i last = _mm512_sub_epi64(numbers, _mm512_mul_epu32(first, _mm512_set1_epi64(100'000'000)));
  const __m512i lower = _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11);
  const __m512i upper = _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15);
  put_numbers<16>(_mm512_permutex2var_epi64(first, lower, last), out);
  put_numbers<16>(_mm512_permutex2var_epi64(first, upper, last), out);
}

FLOWLOOM_WIDE char* write_decimals_wide(std::span<const std::uint64_t> words, NumberPlace place,
                                        TextRows out) {
  const __m512i reversed =
      _mm512_broadcast_i32x4(_mm_setr_epi8(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8));
  const __m128i shift = _mm_cvtsi32_si128(place.shift);
  for (; words.size() >= 8; words = words.subspan(8)) {
    __m512i numbers = _mm512_shuffle_epi8(_mm512_loadu_si512(words.data()), reversed);
    numbers = _mm512_and_si512(_mm512_srl_epi64(numbers, shift),
                               _mm512_set1_epi64(static_cast<std::int64_t>(place.mask)));
    // Scaled ones are below 2^32.
    if (place.scale != 1) numbers = _mm512_mul_epu32(numbers, _mm512_set1_epi64(place.scale));
    if (_mm512_cmpgt_epu64_mask(numbers, _mm512_set1_epi64(99'999'999)) == 0) [[likely]] {
      put_numbers<8>(numbers, out);
    } else if (_mm512_cmpgt_epu64_mask(numbers, _mm512_set1_epi64(0xFFFFFFFF)) == 0) {
      put_long_numbers(numbers, out);
    } else {
      out.at = write_one_by_one(words.first(8), out, digits_at(place));
      out.ends += 8;
    }
  }
  _mm256_zeroupper();
  return write_one_by_one(words, out, digits_at(place));
}

FLOWLOOM_WIDE char* write_ipv4s_wide(std::span<const std::uint64_t> words, unsigned byte, TextRows out) {
  // Byte k of address r, in 32 bits of its own.
  const __m512i places =
      _mm512_add_epi32(_mm512_setr_epi32(0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27),
                       _mm512_set1_epi32(static_cast<std::int32_t>(byte)));
  for (; words.size() >= 4; words = words.subspan(4)) {
    const __m512i four =
        _mm512_castsi256_si512(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(words.data())));
    const __m512i numbers = _mm512_maskz_permutexvar_epi8(0x1111111111111111, places, four);
    // Divided by 100 and 10 as multiplied by 2^12 / 100 and 2^10 / 10, rounded up.
    const __m512i first = _mm512_srli_epi32(_mm512_mullo_epi16(numbers, _mm512_set1_epi32(41)), 12);
    const __m512i two = _mm512_sub_epi16(numbers, _mm512_mullo_epi16(first, _mm512_set1_epi32(100)));
    const __m512i second = _mm512_srli_epi32(_mm512_mullo_epi16(two, _mm512_set1_epi32(103)), 10);
    const __m512i third = _mm512_sub_epi16(two, _mm512_mullo_epi16(second, _mm512_set1_epi32(10)));
    const __m512i digits =
        _mm512_or_si512(_mm512_or_si512(first, _mm512_slli_epi32(second, 8)), _mm512_slli_epi32(third, 16));
    // Of each number the last digit, those from the first on that is not zero, and a dot but for the last
    // one.
    const std::uint64_t some = _mm512_test_epi8_mask(digits, digits);
    const std::uint64_t kept =
        (some | (some & 0x1111111111111111) << 1 | 0xCCCCCCCCCCCCCCCC) & 0x7FFF7FFF7FFF7FFF;
    put_kept<16>(_mm512_or_si512(digits, _mm512_set1_epi32(0x2E303030)), kept, out);
  }
  _mm256_zeroupper();
  return write_one_by_one(words, out, dotted_at(byte));
}
#endif

}  // namespace

char* write_decimals(std::span<const std::uint64_t> words, NumberPlace place, TextRows out) {
#if defined(__x86_64__)
  constexpr std::uint64_t kMostScaled = (std::uint64_t{1} << 24) - 1;  // times eight bits is below 2^32
  if (has_wide() && (place.scale == 1 || place.mask <= kMostScaled))
    return write_decimals_wide(words, place, out);
#endif
  return write_one_by_one(words, out, digits_at(place));
}

char* write_ipv4s(std::span<const std::uint64_t> words, unsigned byte, TextRows out) {
#if defined(__x86_64__)
  if (has_wide()) return write_ipv4s_wide(words, byte, out);
#endif
  return write_one_by_one(words, out, dotted_at(byte));
}

}  // namespace flowloom
