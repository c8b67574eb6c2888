// Parquet's hybrid of run-length encoding and bit-packing
// (https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE), fed with runs instead of values.
#pragma once

#include <cstdint>
#include <vector>

namespace flowloom::arrow_component {

class LevelEncoder {
 public:
  /// `bits` of each value: 1…8.
  explicit LevelEncoder(unsigned bits) : bits_(bits) {}

  /// `count` times `value`.
  void put(std::uint8_t value, std::uint32_t count) {
    if (count == 0) return;
    if (repeats_ != 0 && value == repeated_) {
      repeats_ += count;
      return;
    }
    if (repeats_ != 0) end_repeats();
    while (waiting_ != 0 && count > 0) {  // fill the group of eight that was begun
      put_one(value);
      --count;
    }
    if (count >= 8) {
      end_packed();
      repeated_ = value;
      repeats_ = count;
      return;
    }
    for (; count > 0; --count) put_one(value);
  }

  /// All that was put, after its length in four bytes. Begins anew.
  [[nodiscard]] const std::vector<std::uint8_t>& finish() {
    if (repeats_ != 0) end_repeats();
    while (waiting_ != 0) put_one(0);  // readers know how many values there are
    end_packed();
    const auto length = static_cast<std::uint32_t>(bytes_.size());
    out_.resize(4);
    for (unsigned i = 0; i < 4; ++i) out_[i] = static_cast<std::uint8_t>(length >> (8 * i));
    out_.insert(out_.end(), bytes_.begin(), bytes_.end());
    bytes_.clear();
    return out_;
  }

 private:
  void put_one(std::uint8_t value) {
    group_ |= static_cast<std::uint64_t>(value) << (bits_ * waiting_);
    if (++waiting_ < 8) return;
    for (unsigned i = 0; i < bits_; ++i) packed_.push_back(static_cast<std::uint8_t>(group_ >> (8 * i)));
    group_ = 0;
    waiting_ = 0;
  }

  void put_varint(std::uint32_t value) {
    for (; value >= 0x80; value >>= 7) bytes_.push_back(static_cast<std::uint8_t>(value | 0x80));
    bytes_.push_back(static_cast<std::uint8_t>(value));
  }

  void end_repeats() {
    put_varint(repeats_ << 1);
    bytes_.push_back(repeated_);
    repeats_ = 0;
  }

  void end_packed() {
    if (packed_.empty()) return;
    put_varint(static_cast<std::uint32_t>(packed_.size() / bits_) << 1 | 1);
    bytes_.insert(bytes_.end(), packed_.begin(), packed_.end());
    packed_.clear();
  }

  unsigned bits_;
  unsigned waiting_ = 0;     // values in group_
  std::uint64_t group_ = 0;  // less than eight values
  std::uint8_t repeated_ = 0;
  std::uint32_t repeats_ = 0;         // of repeated_: a run that may grow
  std::vector<std::uint8_t> packed_;  // whole groups of eight
  std::vector<std::uint8_t> bytes_, out_;
};

}  // namespace flowloom::arrow_component
