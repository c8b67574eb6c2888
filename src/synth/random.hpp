// Random numbers that are the same on every machine and in every build: the distributions of the standard
// library are not, nor are its logarithms. Everything here is integer arithmetic.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

namespace flowloom::synth {

/// splitmix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014): one word of state,
/// so that each conversation has its own.
class Random {
 public:
  explicit constexpr Random(std::uint64_t seed) : state_(seed) {}

  constexpr std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15;
    return mix(state_);
  }
  /// 0 … limit - 1. Pre: 0 < limit <= 2^32.
  constexpr std::uint32_t below(std::uint64_t limit) {
    return static_cast<std::uint32_t>((next() >> 32) * limit >> 32);
  }
  /// first … last.
  constexpr std::uint32_t between(std::uint32_t first, std::uint32_t last) {
    return first + below(std::uint64_t{last} - first + 1);
  }
  constexpr bool per_mille(unsigned parts) { return below(1000) < parts; }

  /// Exponentially distributed with this mean. Pre: 0 <= mean < 2^42.
  constexpr std::int64_t exponential(std::int64_t mean) {
    constexpr std::int64_t kLn2 = 45426;  // 2^16 ln 2
    return ((mean * static_cast<std::int64_t>(bits_of_surprise())) >> 16) * kLn2 >> 16;
  }

  /// Pareto distributed: at least `least`, with a tail of index 16 / `sixteenths`, cut at `most`.
  constexpr std::uint32_t pareto(std::uint32_t least, unsigned sixteenths, std::uint32_t most) {
    const std::uint32_t exponent = (bits_of_surprise() * sixteenths) >> 4;
    const unsigned whole = std::min(exponent >> 16, 30U);
    const std::uint64_t f = exponent & 0xFFFF;
    // 2^f ≈ 1 + f - 0.3435 f (1 - f) for 0 <= f < 1
    const std::uint64_t factor = 65536 + f - ((f * (65536 - f) >> 16) * 22512 >> 16);
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(least * (factor << whole) >> 16, most));
  }

  /// A well-mixed function of a number; different numbers have different values.
  static constexpr std::uint64_t mix(std::uint64_t z) {
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
    z = (z ^ z >> 27) * 0x94D049BB133111EB;
    return z ^ z >> 31;
  }

 private:
  /// -log2 of a uniform number in (0, 1], times 2^16, with linear steps between the powers of two that err
  /// by less than 0.01.
  constexpr std::uint32_t bits_of_surprise() {
    const std::uint64_t x = (next() >> 32) + 1;  // 1 … 2^32
    const auto whole = static_cast<unsigned>(std::bit_width(x) - 1);
    const std::uint64_t m = (x << (32 - whole)) - (std::uint64_t{1} << 32);  // mantissa, 32 bits
    const std::uint64_t f = m >> 16;
    const std::uint64_t log2 = (std::uint64_t{whole} << 16) + f + ((f * (65536 - f) >> 16) * 22512 >> 16);
    return static_cast<std::uint32_t>((std::uint64_t{32} << 16) - log2);
  }

  std::uint64_t state_;
};

}  // namespace flowloom::synth
