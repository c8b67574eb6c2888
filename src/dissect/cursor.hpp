// Walking through a packet's headers, bounds-checked by construction: there is no way to the bytes but
// through a check.
#pragma once

#include <algorithm>
#include <cstdint>

#include "dissect/field.hpp"
#include "flowloom/bytes.hpp"

namespace flowloom {

/// What is left of a packet: bytes captured, and bytes that were on the wire (a snap length cuts the first
/// only).
class Cursor {
 public:
  Cursor() = default;
  Cursor(PaddedBytes captured, std::uint64_t wire_length)
      : at_(captured.data()),
        end_(captured.data() + captured.size()),
        missing_(std::max<std::uint64_t>(wire_length, captured.size()) - captured.size()) {}

  /// The first byte that is left; captured() bytes (and kPadding) may be read from there.
  [[nodiscard]] const std::uint8_t* at() const { return at_; }
  [[nodiscard]] std::size_t captured() const { return static_cast<std::size_t>(end_ - at_); }
  [[nodiscard]] std::uint64_t wire() const { return captured() + missing_; }
  [[nodiscard]] bool has(std::size_t bytes) const { return captured() >= bytes; }

  /// The header at the front, false if it is not captured whole. Does not advance.
  template <const Protocol& P>
  [[nodiscard]] View<P> header() const {
    return View<P>(at_, has(P.min_length));
  }

  /// Big-endian numbers at a distance. Pre: has(offset + size); a wrong caller gets 0, never foreign bytes.
  [[nodiscard]] std::uint8_t u8(std::size_t offset) const { return offset < captured() ? at_[offset] : 0; }
  [[nodiscard]] std::uint16_t u16(std::size_t offset) const {
    return fits(offset, 2) ? load_be16(at_ + offset) : 0;
  }
  [[nodiscard]] std::uint32_t u32(std::size_t offset) const {
    return fits(offset, 4) ? load_be32(at_ + offset) : 0;
  }

  /// Moves forward; false (and nothing moves) if that many bytes are not captured.
  [[nodiscard]] bool skip(std::size_t bytes) {
    if (!has(bytes)) return false;
    at_ += bytes;
    return true;
  }

  /// Cuts what is behind `bytes` on the wire (Ethernet padding, trailers).
  void limit(std::uint64_t bytes) {
    if (bytes <= captured()) {
      end_ = at_ + bytes;
      missing_ = 0;
    } else {
      missing_ = std::min(missing_, bytes - captured());
    }
  }

 private:
  [[nodiscard]] bool fits(std::size_t offset, std::size_t bytes) const {
    return has(bytes) && offset <= captured() - bytes;
  }

  // An end instead of a size: a step forward is one addition.
  const std::uint8_t* at_ = PaddedBytes().data();
  const std::uint8_t* end_ = at_;
  std::uint64_t missing_ = 0;  ///< bytes behind the end that were on the wire
};

}  // namespace flowloom
