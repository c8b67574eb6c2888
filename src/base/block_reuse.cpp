#include "base/block_reuse.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <mutex>
#include <utility>

#include "base/pages.hpp"

namespace flowloom {
namespace {

constexpr std::size_t kWorthKeeping = 64 * 1024;
constexpr std::size_t kMostBytes = 64 * 1024 * 1024;

struct Block {
  void* memory = nullptr;
  std::size_t bytes = 0;
};

class Kept {
 public:
  void begin() {
    const std::lock_guard lock(mutex_);
    ++users_;
  }

  void end() {
    const std::lock_guard lock(mutex_);
    if (--users_ != 0) return;
    for (std::size_t i = 0; i < count_; ++i) std::free(blocks_[i].memory);
    count_ = bytes_ = 0;
  }

  /// The smallest that is large enough, but not twice as large.
  Block take(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    std::size_t best = count_;
    for (std::size_t i = 0; i < count_; ++i) {
      if (blocks_[i].bytes < bytes || blocks_[i].bytes / 2 >= bytes) continue;
      if (best == count_ || blocks_[i].bytes < blocks_[best].bytes) best = i;
    }
    if (best == count_) return {};
    const Block found = std::exchange(blocks_[best], blocks_[count_ - 1]);
    --count_;
    bytes_ -= found.bytes;
    return found;
  }

  /// False: it is not wanted.
  bool keep(const Block& block) {
    const std::lock_guard lock(mutex_);
    if (users_ == 0 || count_ == blocks_.size() || block.bytes > kMostBytes - bytes_) return false;
    blocks_[count_++] = block;
    bytes_ += block.bytes;
    return true;
  }

 private:
  std::mutex mutex_;
  // Guarded by mutex_:
  std::size_t users_ = 0, count_ = 0, bytes_ = 0;
  std::array<Block, 64> blocks_;
};

// Never destroyed: blocks may come back at the very end of the process.
Kept& kept() {
  static Kept& all = *new Kept;
  return all;
}

}  // namespace

BlockReuse::BlockReuse() { kept().begin(); }
BlockReuse::~BlockReuse() { kept().end(); }

void* take_block(std::size_t& bytes) {
  if (bytes >= kWorthKeeping) {
    if (const Block found = kept().take(bytes); found.memory != nullptr) {
      bytes = found.bytes;
      return found.memory;
    }
  }
  return allocate_pages(bytes);
}

void give_block(void* memory, std::size_t bytes) {
  if (bytes >= kWorthKeeping && kept().keep({memory, bytes})) return;
  std::free(memory);
}

}  // namespace flowloom
