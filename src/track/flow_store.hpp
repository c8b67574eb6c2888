// The memory of flows: the flows themselves, the chunks of their sequences, what they are wrapped in. What is
// given back serves the next flows, so that memory is that of the flows held at once.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "base/arena.hpp"
#include "track/flow.hpp"

namespace flowloom {

class FlowStore {
 public:
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(flows_.size()); }
  Flow& operator[](std::uint32_t number) { return flows_[number]; }
  const Flow& operator[](std::uint32_t number) const { return flows_[number]; }

  /// A flow without packets. Flows never move.
  std::uint32_t create(const FlowKey& key);
  /// Gives a flow back, with its sequence and its share in an encapsulation. Its number will be that of
  /// another.
  void release(std::uint32_t number);

  void append(Flow& flow, const SequenceEntry& entry) {
    if (flow.tail == nullptr || flow.tail->used == flow.tail->capacity) add_chunk(flow);
    flow.tail->entries()[flow.tail->used++] = entry;
  }

  /// Takes over the memory of the sequences of `other`.
  void adopt_sequences(FlowStore& other) { chunks_.adopt(other.chunks_); }

  /// Our copy of an encapsulation, one for all who hold an equal one. Each hold() needs its drop().
  const Encapsulation* hold(const Encapsulation& encapsulation);
  void drop(const Encapsulation* encapsulation);

  /// Forgets all; memory of usual size is kept.
  void reset();

 private:
  void add_chunk(Flow& flow);

  /// Capacities of chunks: 2, 4, 8, 16.
  static constexpr std::size_t kCapacities = 4;

  BlockVector<Flow> flows_;
  std::vector<std::uint32_t> free_;  ///< numbers of flows that were given back
  Arena chunks_;
  std::array<SequenceChunk*, kCapacities> free_chunks_ = {};  ///< by capacity, linked by `next`
  std::map<Encapsulation, std::uint64_t> encapsulations_;     ///< → how many hold it
};

}  // namespace flowloom
