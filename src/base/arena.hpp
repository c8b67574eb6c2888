// Memory that is handed out in pieces and given back all at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace flowloom {

/// Hands out memory from large blocks. Pieces are aligned to 8 bytes.
class Arena {
 public:
  void* allocate(std::size_t bytes) {
    bytes = (bytes + 7) & ~std::size_t{7};
    if (bytes > left_) grow(bytes);
    std::uint8_t* piece = at_;
    at_ += bytes;
    left_ -= bytes;
    return piece;
  }

  /// Forgets all pieces; keeps the first block for the next use.
  void reset() {
    if (blocks_.empty()) return;
    blocks_.resize(1);
    at_ = blocks_[0].bytes.get();
    left_ = blocks_[0].size;
  }

 private:
  static constexpr std::size_t kFirstBlock = 64 * 1024, kBlock = 1024 * 1024;
  struct Block {
    std::unique_ptr<std::uint8_t[]> bytes;
    std::size_t size;
  };

  void grow(std::size_t bytes) {
    std::size_t size = blocks_.empty() ? kFirstBlock : kBlock;
    if (size < bytes) size = bytes;
    blocks_.push_back({std::make_unique_for_overwrite<std::uint8_t[]>(size), size});
    at_ = blocks_.back().bytes.get();
    left_ = size;
  }

  std::vector<Block> blocks_;
  std::uint8_t* at_ = nullptr;
  std::size_t left_ = 0;
};

/// A growing array whose elements never move, so that growing neither copies nor doubles memory.
template <class T>
class BlockVector {
 public:
  static constexpr std::size_t kShift = 10, kBlock = std::size_t{1} << kShift;

  [[nodiscard]] std::size_t size() const { return size_; }
  T& operator[](std::size_t i) { return blocks_[i >> kShift][i & (kBlock - 1)]; }
  const T& operator[](std::size_t i) const { return blocks_[i >> kShift][i & (kBlock - 1)]; }

  T& emplace_back() {
    if ((size_ >> kShift) == blocks_.size()) blocks_.push_back(std::make_unique_for_overwrite<T[]>(kBlock));
    T& element = (*this)[size_++];
    element = T{};
    return element;
  }

  /// Forgets all elements; keeps the first block for the next use.
  void clear() {
    if (blocks_.size() > 1) blocks_.resize(1);
    size_ = 0;
  }

 private:
  std::vector<std::unique_ptr<T[]>> blocks_;
  std::size_t size_ = 0;
};

}  // namespace flowloom
