// The memory of flows: the flows themselves, the chunks of their sequences, what they are wrapped in. What is
// given back serves the next flows, so that memory is that of the flows held at once.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
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
    if (flow.tail == nullptr || !flow.tail->add(entry)) add_chunk(flow, entry);
  }

  /// Keeps packed values of the packet that the flow got as the `ordinal`-th, counted from 0. Beyond
  /// kMaxValueBytes in a flow they are not kept.
  void append_values(std::uint32_t flow, std::uint64_t ordinal, std::uint32_t number,
                     std::span<const std::uint8_t> packed);
  /// Null: none.
  [[nodiscard]] const ValueList* values(std::uint32_t flow) const {
    return flow < values_.size() ? &values_[flow] : nullptr;
  }

  /// Takes over the memory of the sequences of `other`.
  void adopt_sequences(FlowStore& other) { chunks_.adopt(other.chunks_); }

  /// Our copy of an encapsulation, one for all who hold an equal one. Each hold() needs its drop().
  const Encapsulation* hold(const Encapsulation& encapsulation);
  void drop(const Encapsulation* encapsulation);

  /// Forgets all; memory of usual size is kept.
  void reset();

 private:
  void add_chunk(Flow& flow, const SequenceEntry& first);

  /// Sizes of chunks: for 2, 4, 8, 16 packed entries.
  static constexpr std::size_t kChunkSizes = 4;
  static constexpr std::size_t kMaxValueBytes = std::size_t{1} << 30;

  BlockVector<Flow> flows_;
  std::vector<std::uint32_t> free_;  ///< numbers of flows that were given back
  Arena chunks_;
  std::array<SequenceChunk*, kChunkSizes> free_chunks_ = {};  ///< by size, linked by `next`
  std::vector<ValueList> values_;                             ///< by flow, as far as one has any
  std::array<ValueNode*, 64> free_values_ = {};               ///< by the logarithm of their size
  std::map<Encapsulation, std::uint64_t> encapsulations_;     ///< → how many hold it
};

}  // namespace flowloom
