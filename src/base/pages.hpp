// Memory for much data: the kernel is asked for large pages, since touching 4 kB pages for the first time
// costs as much as filling them.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>

namespace flowloom {

inline constexpr std::size_t kLargePage = 2 * 1024 * 1024;

/// At least `bytes` (rounded up), aligned to 64 bytes or, from one large page on, to that; null if there is
/// no memory. Given back with std::free.
inline void* allocate_pages(std::size_t bytes) {
  const std::size_t alignment = bytes >= kLargePage ? kLargePage : 64;
  void* memory = std::aligned_alloc(alignment, (bytes + alignment - 1) & ~(alignment - 1));
#ifdef MADV_HUGEPAGE
  if (memory != nullptr && bytes >= kLargePage) madvise(memory, bytes, MADV_HUGEPAGE);  // it is only advice
#endif
  return memory;
}

}  // namespace flowloom
