// Acknowledgment numbers that were seen before it is known what they may acknowledge.
#pragma once

#include <algorithm>
#include <cstdint>

namespace flowloom {

/// The sequence numbers that one of a set of acknowledgments covers. Numbers are compared modulo 2^32: `ack`
/// covers the half circle up to itself. Two half circles overlap or touch, so any number of them make one
/// range, and nothing is lost by keeping only that.
class AckRange {
 public:
  void add(std::uint32_t ack) { add(AckRange(ack - (kHalf - 1), kHalf)); }

  void add(const AckRange& other) {
    if (other.size_ == 0) return;
    if (size_ == 0) {
      *this = other;
      return;
    }
    const std::uint32_t ahead = other.begin_ - begin_, behind = begin_ - other.begin_;
    if (ahead <= size_) {
      size_ = std::max(size_, ahead + other.size_);
    } else {
      size_ = std::max(other.size_, behind + size_);
      begin_ = other.begin_;
    }
    size_ = std::min(size_, 2 * kHalf);
  }

  [[nodiscard]] bool covers(std::uint32_t number) const {
    return static_cast<std::uint32_t>(number - begin_) < size_;
  }

  AckRange() = default;

 private:
  static constexpr std::uint64_t kHalf = std::uint64_t{1} << 31;
  AckRange(std::uint64_t begin, std::uint64_t size)
      : begin_(static_cast<std::uint32_t>(begin)), size_(size) {}

  std::uint32_t begin_ = 0;
  std::uint64_t size_ = 0;  ///< 0: no acknowledgment; else 2^31 to 2^32
};

}  // namespace flowloom
