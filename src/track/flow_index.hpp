// From a key's hash to the number of its newest flow. Our own rather than a library's hash map, because the
// tracker looks keys up by the batch: it prefetches slots and flows ahead of their use, and a slot of eight
// bytes leaves the key in the flow (docs/design/flows.md has the measurement).
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/block_reuse.hpp"

namespace flowloom {

/// Open addressing, linear probing, at most two thirds full. Hashes are seeded, so probes stay short for any
/// input.
class FlowIndex {
 public:
  static constexpr std::uint32_t kEmpty = ~std::uint32_t{0};

  FlowIndex() { clear(); }

  void clear() {
    slots_.assign(kFirstSlots, Slot{0, kEmpty});
    mask_ = kFirstSlots - 1;
    used_ = 0;
  }

  void prefetch(std::uint64_t hash) const { __builtin_prefetch(&slots_[position(hash)]); }
  /// The first flow whose key's hash is like this, probably the key's; kEmpty: none.
  [[nodiscard]] std::uint32_t guess(std::uint64_t hash) const {
    return slots_[find(hash, [](std::uint32_t) { return true; })].flow;
  }

  /// The slot of the key for which `same(flow)` holds, else the empty slot where it belongs.
  template <class Same>
  [[nodiscard]] std::size_t find(std::uint64_t hash, Same same) const {
    for (std::size_t i = position(hash);; i = (i + 1) & mask_) {
      const Slot& slot = slots_[i];
      if (slot.flow == kEmpty || (slot.tag == tag(hash) && same(slot.flow))) return i;
    }
  }
  [[nodiscard]] std::uint32_t flow(std::size_t slot) const { return slots_[slot].flow; }
  void replace(std::size_t slot, std::uint32_t flow) { slots_[slot].flow = flow; }
  /// Fills the empty slot that find() gave. Slots found before are no longer valid.
  void insert(std::size_t slot, std::uint64_t hash, std::uint32_t flow) {
    slots_[slot] = {tag(hash), flow};
    if (++used_ * 3 > slots_.size() * 2) grow();
  }
  /// Empties a slot; those behind it close up. Slots found before are no longer valid.
  void erase(std::size_t slot) {
    for (std::size_t i = (slot + 1) & mask_; slots_[i].flow != kEmpty; i = (i + 1) & mask_) {
      const std::size_t home = slots_[i].tag & mask_;
      if (((i - home) & mask_) < ((i - slot) & mask_)) continue;  // it would come to lie before its home
      slots_[slot] = slots_[i];
      slot = i;
    }
    slots_[slot] = {0, kEmpty};
    --used_;
  }

 private:
  static constexpr std::size_t kFirstSlots = 128;
  struct Slot {
    std::uint32_t tag, flow;
  };

  static std::uint32_t tag(std::uint64_t hash) { return static_cast<std::uint32_t>(hash); }
  [[nodiscard]] std::size_t position(std::uint64_t hash) const { return tag(hash) & mask_; }

  void grow() {
    BlockedVector<Slot> old(slots_.size() * 2, Slot{0, kEmpty});
    old.swap(slots_);
    mask_ = slots_.size() - 1;
    for (const Slot& slot : old) {
      if (slot.flow == kEmpty) continue;
      std::size_t i = slot.tag & mask_;
      while (slots_[i].flow != kEmpty) i = (i + 1) & mask_;
      slots_[i] = slot;
    }
  }

  BlockedVector<Slot> slots_;
  std::size_t mask_ = 0, used_ = 0;
};

}  // namespace flowloom
