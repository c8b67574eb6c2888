// Loads of integers from bytes.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

namespace flowloom {

/// Big-endian load of N bytes. A fold, not a loop: GCC 12 at -O2 keeps the loop, but turns the fold into one
/// load and a byte swap (tests/codegen watches that).
template <unsigned N>
constexpr std::uint64_t load_be(const std::uint8_t* p) {
  static_assert(N >= 1 && N <= 8);
  return [p]<std::size_t... I>(std::index_sequence<I...>) {
    std::uint64_t v = 0;
    ((v |= std::uint64_t{p[I]} << 8 * (N - 1 - I)), ...);
    return v;
  }(std::make_index_sequence<N>{});
}

constexpr std::uint16_t load_be16(const std::uint8_t* p) { return static_cast<std::uint16_t>(load_be<2>(p)); }
constexpr std::uint32_t load_be32(const std::uint8_t* p) { return static_cast<std::uint32_t>(load_be<4>(p)); }

template <class T>
T load_native(const std::uint8_t* p) {
  T v;
  std::memcpy(&v, p, sizeof v);
  return v;
}

/// Loads an integer that the writer stored in its own byte order, `swapped` if that is not ours.
inline std::uint16_t load16(const std::uint8_t* p, bool swapped) {
  const auto v = load_native<std::uint16_t>(p);
  return swapped ? __builtin_bswap16(v) : v;
}
inline std::uint32_t load32(const std::uint8_t* p, bool swapped) {
  const auto v = load_native<std::uint32_t>(p);
  return swapped ? __builtin_bswap32(v) : v;
}
inline std::uint64_t load64(const std::uint8_t* p, bool swapped) {
  const auto v = load_native<std::uint64_t>(p);
  return swapped ? __builtin_bswap64(v) : v;
}

}  // namespace flowloom
