#include "base/block_reuse.hpp"

#include <sanitizer/asan_interface.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <list>
#include <memory>
#include <mutex>
#include <new>
#include <vector>

#include "base/pages.hpp"

namespace flowloom {
namespace {

constexpr std::size_t kLeastBlock = 16 * 1024;  ///< smaller ones are the C library's
constexpr std::size_t kLine = 64;               ///< blocks begin and end with one
constexpr std::size_t kRegion = 4 * kLargePage;
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
constexpr std::size_t kApart = kLine;  ///< between blocks: who writes behind one is found
#else
constexpr std::size_t kApart = 0;
#endif
constexpr std::size_t kMostKept = 64 * 1024 * 1024;  ///< more regions than that stay only while they are used

std::size_t whole_lines(std::size_t bytes) { return (bytes + kLine - 1) / kLine * kLine; }

struct Free {
  void operator()(std::uint8_t* memory) const { std::free(memory); }
};

/// Memory of which blocks are taken, and what of it is free.
class Region {
 public:
  /// Pre: `memory` has that many bytes, aligned.
  Region(std::unique_ptr<std::uint8_t, Free> memory, std::size_t bytes)
      : memory_(std::move(memory)), bytes_(bytes), free_{{0, bytes}} {
    ASAN_POISON_MEMORY_REGION(memory_.get(), bytes_);
  }
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;
  ~Region() { ASAN_UNPOISON_MEMORY_REGION(memory_.get(), bytes_); }

  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] bool unused() const { return blocks_ == 0; }
  [[nodiscard]] bool holds(const void* block) const {
    const auto at = reinterpret_cast<std::uintptr_t>(block),
               begin = reinterpret_cast<std::uintptr_t>(memory_.get());
    return at >= begin && at - begin < bytes_;
  }

  /// The first free place that is large enough: what is at the front was touched before. Null: there is none.
  void* take(std::size_t bytes) {
    free_.reserve(blocks_ + 2);  // between blocks there is one free range at most: give() needs no memory
    const std::size_t needed = bytes + kApart;
    const auto place = std::ranges::find_if(free_, [&](const Range& range) { return range.bytes >= needed; });
    if (place == free_.end()) return nullptr;
    const std::size_t begin = place->begin;
    place->begin += needed;
    place->bytes -= needed;
    if (place->bytes == 0) free_.erase(place);
    ++blocks_;
    ASAN_UNPOISON_MEMORY_REGION(memory_.get() + begin, bytes);
    return memory_.get() + begin;
  }

  void give(void* block, std::size_t bytes) noexcept {
    ASAN_POISON_MEMORY_REGION(block, bytes);
    bytes += kApart;
    const auto begin = static_cast<std::size_t>(static_cast<std::uint8_t*>(block) - memory_.get());
    auto next = std::ranges::upper_bound(free_, begin, {}, &Range::begin);
    if (next != free_.begin() && std::prev(next)->end() == begin) {
      --next;
      next->bytes += bytes;
    } else if (next != free_.end() && next->begin == begin + bytes) {
      next->begin = begin;
      next->bytes += bytes;
    } else {
      next = free_.insert(next, {begin, bytes});
    }
    if (const auto after = std::next(next); after != free_.end() && after->begin == next->end()) {
      next->bytes += after->bytes;
      free_.erase(after);
    }
    --blocks_;
  }

 private:
  struct Range {
    std::size_t begin, bytes;
    [[nodiscard]] std::size_t end() const { return begin + bytes; }
  };

  std::unique_ptr<std::uint8_t, Free> memory_;
  std::size_t bytes_;
  std::size_t blocks_ = 0;
  std::vector<Range> free_;  ///< by place; there are blocks between them
};

class Regions {
 public:
  void begin() {
    const std::lock_guard lock(mutex_);
    ++users_;
  }

  void end() noexcept {
    const std::lock_guard lock(mutex_);
    if (--users_ != 0) return;
    for (auto region = regions_.begin(); region != regions_.end();) {
      const auto next = std::next(region);
      if (region->unused()) drop(region);
      region = next;
    }
  }

  /// Null: it is not to come from a region.
  void* take(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    if (users_ == 0) return nullptr;
    for (Region& region : regions_) {
      if (void* const block = region.take(bytes); block != nullptr) return block;
    }
    const std::size_t size = std::max(kRegion, (bytes + kApart + kLargePage - 1) / kLargePage * kLargePage);
    std::unique_ptr<std::uint8_t, Free> memory(static_cast<std::uint8_t*>(allocate_pages(size)));
    if (!memory) return nullptr;
    Region& region = regions_.emplace_back(std::move(memory), size);
    bytes_ += size;
    return region.take(bytes);
  }

  /// False: it is not from a region.
  bool give(void* block, std::size_t bytes) noexcept {
    const std::lock_guard lock(mutex_);
    const auto region = std::ranges::find_if(regions_, [&](const Region& r) { return r.holds(block); });
    if (region == regions_.end()) return false;
    region->give(block, bytes);
    if (region->unused() && (users_ == 0 || bytes_ > kMostKept)) drop(region);
    return true;
  }

 private:
  void drop(std::list<Region>::iterator region) noexcept {
    bytes_ -= region->bytes();
    regions_.erase(region);
  }

  std::mutex mutex_;
  // Guarded by mutex_:
  std::size_t users_ = 0, bytes_ = 0;  ///< bytes: of all regions
  std::list<Region> regions_;
};

// Never destroyed: blocks may come back at the very end of the process.
Regions& regions() {
  static Regions& all = *new Regions;
  return all;
}

}  // namespace

BlockReuse::BlockReuse() { regions().begin(); }
BlockReuse::~BlockReuse() { regions().end(); }

void* take_block(std::size_t& bytes) {
  if (bytes > std::size_t{PTRDIFF_MAX}) throw std::bad_alloc();
  bytes = whole_lines(bytes);
  if (bytes >= kLeastBlock) {
    if (void* const block = regions().take(bytes); block != nullptr) return block;
  }
  void* const block = allocate_pages(bytes);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}

void give_block(void* memory, std::size_t bytes) noexcept {
  bytes = whole_lines(bytes);
  if (bytes >= kLeastBlock && regions().give(memory, bytes)) return;
  std::free(memory);
}

}  // namespace flowloom
