// Blocks of memory that are used again: where batch follows batch, touching new pages for each would cost
// about as much as filling them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

namespace flowloom {

/// While one of these exists, in any thread, blocks that are not small come from regions of large pages, and
/// what is given back serves who asks next. With the last of them, the regions go back to the system.
class BlockReuse {
 public:
  BlockReuse();
  ~BlockReuse();
  BlockReuse(const BlockReuse&) = delete;
  BlockReuse& operator=(const BlockReuse&) = delete;
};

/// At least `bytes`, aligned to 64; then says how many. Throws std::bad_alloc.
[[nodiscard]] void* take_block(std::size_t& bytes);
/// Takes it back, as many bytes as were asked for or given; null: nothing.
void give_block(void* memory, std::size_t bytes) noexcept;

/// For containers of the standard library.
template <class T>
struct BlockAllocator {
  using value_type = T;

  BlockAllocator() = default;
  template <class Other>
  BlockAllocator(const BlockAllocator<Other>& /*other*/) noexcept {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] T* allocate(std::size_t count) {
    if (count > std::size_t{PTRDIFF_MAX} / sizeof(T)) throw std::bad_array_new_length();
    std::size_t bytes = count * sizeof(T);
    return static_cast<T*>(take_block(bytes));
  }
  void deallocate(T* memory, std::size_t count) noexcept { give_block(memory, count * sizeof(T)); }
  friend bool operator==(BlockAllocator /*x*/, BlockAllocator /*y*/) { return true; }
};

/// A vector that grows large, often, or in many threads.
template <class T>
using BlockedVector = std::vector<T, BlockAllocator<T>>;

}  // namespace flowloom
