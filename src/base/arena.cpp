#include "base/arena.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <new>

#include "base/pages.hpp"

namespace flowloom {

void Arena::Free::operator()(std::uint8_t* block) const { std::free(block); }

void Arena::reset() {
  if (blocks_.empty()) return;
  blocks_.resize(1);
  rewind();
}

void Arena::rewind() {
  if (blocks_.empty()) return;
  used_ = 1;
  at_ = blocks_[0].bytes.get();
  left_ = blocks_[0].size;
}

void Arena::adopt(Arena& other) {
  std::move(other.blocks_.begin(), other.blocks_.end(), std::back_inserter(blocks_));
  used_ = blocks_.size();
  other.blocks_.clear();
  other.used_ = 0;
  other.at_ = nullptr;
  other.left_ = 0;
}

void Arena::grow(std::size_t bytes) {
  for (; used_ < blocks_.size(); ++used_) {
    if (blocks_[used_].size < bytes) continue;
    at_ = blocks_[used_].bytes.get();
    left_ = blocks_[used_++].size;
    return;
  }
  // Small at first, for runs over many small captures; then large enough for large pages.
  constexpr std::size_t kFirstBlock = 64 * 1024, kBlock = 2 * kLargePage;
  std::size_t size = blocks_.empty() ? kFirstBlock : kBlock;
  if (size < bytes) size = bytes;
  std::unique_ptr<std::uint8_t, Free> block(static_cast<std::uint8_t*>(allocate_pages(size)));
  if (!block) throw std::bad_alloc();
  at_ = block.get();
  left_ = size;
  blocks_.push_back({std::move(block), size});
  used_ = blocks_.size();
}

}  // namespace flowloom
