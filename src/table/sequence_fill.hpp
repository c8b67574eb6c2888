// Fills the list columns of a batch from flows' sequences, many flows at a time: most of what making rows
// costs.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/block_reuse.hpp"
#include "track/flow.hpp"

namespace flowloom {

class SequenceFill {
 public:
  /// The values of the four lists' items, in a batch's order of rows.
  struct Lists {
    double* times;  ///< seconds since the flow's start
    std::int32_t *lengths, *payloads;
    std::uint16_t* flags;  ///< of TCP flows only
  };

  /// So many flows may follow.
  void expect(std::size_t flows) { flows_.reserve(flows); }
  /// A flow whose items are to come behind those of the flows before. It must not change until fill().
  void add(const Flow& flow, std::size_t items);
  /// Fills in the items of all flows since the last fill(). Errors: std::bad_alloc.
  void fill(const Lists& lists);

  [[nodiscard]] bool empty() const { return flows_.empty(); }
  /// Items of the flows that wait, in all lists but flags, and there.
  [[nodiscard]] std::size_t items() const { return items_; }
  [[nodiscard]] std::size_t flags() const { return flags_; }

 private:
  struct Place {
    const Flow* flow;
    const SequenceChunk* head;  ///< of the flow's sequence, so that it can be fetched ahead
  };

  BlockedVector<Place> flows_;
  std::size_t items_ = 0, flags_ = 0;
};

}  // namespace flowloom
