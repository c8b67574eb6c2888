// Blocks of memory that are used again: where batch follows batch, touching new pages for each would cost
// about as much as filling them.
#pragma once

#include <cstddef>

namespace flowloom {

/// While one of these exists, in any thread, large blocks that are given back are kept for who asks next.
/// With the last of them, what was kept goes back to the system.
class BlockReuse {
 public:
  BlockReuse();
  ~BlockReuse();
  BlockReuse(const BlockReuse&) = delete;
  BlockReuse& operator=(const BlockReuse&) = delete;
};

/// At least `bytes`, as allocate_pages() gives them; then says how many. Null if there is no memory.
[[nodiscard]] void* take_block(std::size_t& bytes);
/// Takes it back; null: nothing.
void give_block(void* memory, std::size_t bytes);

}  // namespace flowloom
