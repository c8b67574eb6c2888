// Views of bytes. PaddedBytes promises that kPadding bytes past its end may be read: the table-driven field
// reader loads eight bytes at once and needs no check per field.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace flowloom {

using Bytes = std::span<const std::uint8_t>;

/// Readable bytes that every packet buffer has past its end.
inline constexpr std::size_t kPadding = 8;

/// A view whose maker vouches for kPadding readable (not meaningful) bytes past the end.
class PaddedBytes {
 public:
  constexpr PaddedBytes() = default;
  constexpr PaddedBytes(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}

  [[nodiscard]] constexpr const std::uint8_t* data() const { return data_; }
  [[nodiscard]] constexpr std::size_t size() const { return size_; }
  [[nodiscard]] constexpr Bytes view() const { return {data_, size_}; }

 private:
  static constexpr std::uint8_t kNothing[kPadding] = {};
  const std::uint8_t* data_ = kNothing;
  std::size_t size_ = 0;
};

}  // namespace flowloom
