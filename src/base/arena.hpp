// Memory that is handed out in pieces and given back all at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <vector>

namespace flowloom {

/// Hands out memory from large blocks. Pieces are aligned to 8 bytes. std::bad_alloc when there is no more.
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

  /// Takes over what `other` handed out: its pieces now live as long as ours.
  void adopt(Arena& other);

  /// Forgets all pieces; keeps the first block for the next use.
  void reset();
  /// Forgets all pieces; keeps all memory for the next use.
  void rewind();

 private:
  struct Free {
    void operator()(std::uint8_t* block) const;
  };
  struct Block {
    std::unique_ptr<std::uint8_t, Free> bytes;
    std::size_t size;
  };

  void grow(std::size_t bytes);

  std::vector<Block> blocks_;
  std::size_t used_ = 0;  ///< blocks, the last of which pieces are taken from
  std::uint8_t* at_ = nullptr;
  std::size_t left_ = 0;
};

/// A growing array whose elements never move, so that growing neither copies nor doubles memory.
template <class T>
class BlockVector {
 public:
  static constexpr std::size_t kShift = 8, kBlock = std::size_t{1} << kShift;
  static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= 8);

  [[nodiscard]] std::size_t size() const { return size_; }
  T& operator[](std::size_t i) { return blocks_[i >> kShift][i & (kBlock - 1)]; }
  const T& operator[](std::size_t i) const { return blocks_[i >> kShift][i & (kBlock - 1)]; }

  T& emplace_back() {
    if ((size_ >> kShift) == blocks_.size()) {
      blocks_.push_back(static_cast<T*>(memory_.allocate(kBlock * sizeof(T))));
    }
    T* element = blocks_[size_ >> kShift] + (size_ & (kBlock - 1));
    ++size_;
    return *new (element) T{};
  }

  /// Forgets all elements.
  void clear() {
    blocks_.clear();
    memory_.reset();
    size_ = 0;
  }

 private:
  Arena memory_;
  std::vector<T*> blocks_;
  std::size_t size_ = 0;
};

}  // namespace flowloom
