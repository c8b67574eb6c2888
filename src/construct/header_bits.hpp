// Places and widths of values, and a header that they are put into.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "dissect/construction.hpp"
#include "flowloom/bytes.hpp"
#include "flowloom/error.hpp"

namespace flowloom::construct {

/// A mistake in the field's value: usage.
[[nodiscard]] Error wrong(const Field& field, std::string what);

/// Byte where the variable part begins: behind the fields that are in every header.
[[nodiscard]] std::size_t variable_begin(const Protocol& protocol);

/// Bits of a value of that kind; 0: as many as it has.
[[nodiscard]] std::size_t own_width(const Field& field);

/// Bits from the group's beginning to the end of what has a place in it.
[[nodiscard]] std::size_t room_of(const Group& group);

/// The number that those bits say; bits that are not there are 0.
[[nodiscard]] std::uint64_t bits_of(Bytes header, std::size_t at, std::size_t width);

/// Zeros, as long as what was put.
class HeaderBits {
 public:
  [[nodiscard]] std::span<const std::uint8_t> bytes() const { return bytes_; }
  [[nodiscard]] std::span<std::uint8_t> bytes() { return bytes_; }
  [[nodiscard]] std::vector<std::uint8_t> take() { return std::move(bytes_); }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }

  /// At least so many bits.
  void grow(std::size_t bits);
  /// `shown`: scaled. Errors: usage, if it does not fit.
  Result<> number(const Field& field, std::uint64_t shown, std::size_t at, std::size_t width);
  void put_bits(std::size_t at, std::size_t width, std::uint64_t value);
  /// Those bytes in the other order.
  void turn(std::size_t from, std::size_t size);
  /// From the next whole byte on.
  void put_bytes(std::size_t at, const std::vector<std::uint8_t>& bytes);

 private:
  std::vector<std::uint8_t> bytes_;
};

}  // namespace flowloom::construct
