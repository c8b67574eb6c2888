#include "base/checksum.hpp"

#include <algorithm>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace flowloom {

#if defined(__x86_64__)
namespace {

/// What follows is asked for early: the rest, or the next packet, which often lies there. A load that lies in
/// two lines of memory takes longer if they are not at hand.
inline void ask_ahead(const std::uint8_t* bytes) {
  constexpr std::uintptr_t kAhead = 1024, kLine = 64;
  static_assert(kSumBlock == 2 * kLine);
  const std::uintptr_t there = reinterpret_cast<std::uintptr_t>(bytes) + kAhead;
  // Perhaps beyond all memory of ours, where no pointer may be made by addition.
  __builtin_prefetch(reinterpret_cast<const void*>(there));          // NOLINT(performance-no-int-to-ptr)
  __builtin_prefetch(reinterpret_cast<const void*>(there + kLine));  // NOLINT(performance-no-int-to-ptr)
}

/// Of each two neighbours among 16 words, the sum less 2^16: a multiplication by one adds them, but takes
/// words as signed.
[[gnu::target("avx2"), gnu::always_inline]] inline __m256i add_neighbours(const std::uint8_t* words) {
  const __m256i less = _mm256_xor_si256(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(words)),
                                        _mm256_set1_epi16(INT16_MIN));
  return _mm256_madd_epi16(less, _mm256_set1_epi16(1));
}

[[gnu::target("avx2")]] std::uint64_t sum_by_avx2(const std::uint8_t* bytes, std::size_t size) {
  constexpr std::size_t kAtOnce = std::size_t{1} << 19;  // 2^12 blocks; four sums of them fit into 32 bits
  std::uint64_t sum = size / 2 << 15;                    // what was taken away
  while (size != 0) {
    __m256i a = _mm256_setzero_si256(), b = a, c = a, d = a;
    const std::uint8_t* const end = bytes + std::min(size, kAtOnce);
    size -= static_cast<std::size_t>(end - bytes);
    for (; bytes != end; bytes += kSumBlock) {
      ask_ahead(bytes);
      a = _mm256_add_epi32(a, add_neighbours(bytes));
      b = _mm256_add_epi32(b, add_neighbours(bytes + 32));
      c = _mm256_add_epi32(c, add_neighbours(bytes + 64));
      d = _mm256_add_epi32(d, add_neighbours(bytes + 96));
    }
    a = _mm256_add_epi32(_mm256_add_epi32(a, b), _mm256_add_epi32(c, d));
    const __m256i wide = _mm256_add_epi64(_mm256_cvtepi32_epi64(_mm256_castsi256_si128(a)),
                                          _mm256_cvtepi32_epi64(_mm256_extracti128_si256(a, 1)));
    const __m128i half = _mm_add_epi64(_mm256_castsi256_si128(wide), _mm256_extracti128_si256(wide, 1));
    sum += static_cast<std::uint64_t>(_mm_cvtsi128_si64(half) + _mm_extract_epi64(half, 1));
  }
  return sum;
}

}  // namespace

std::uint64_t sum_blocks(const std::uint8_t* bytes, std::size_t size) {
  return __builtin_cpu_supports("avx2") ? sum_by_avx2(bytes, size) : sum_few({bytes, size});
}

#else
std::uint64_t sum_blocks(const std::uint8_t* bytes, std::size_t size) { return sum_few({bytes, size}); }
#endif

}  // namespace flowloom
