#include "track/flow_store.hpp"

#include <algorithm>
#include <bit>
#include <new>

namespace flowloom {
namespace {

constexpr std::uint16_t kFirstRoom = 2, kMostRoom = 16;

std::size_t chunk_class(std::uint16_t room) {
  return static_cast<std::size_t>(std::countr_zero(room) - std::countr_zero(kFirstRoom));
}

/// Nodes of 2^class bytes hold so many bytes of values.
std::size_t value_class(std::size_t size) {
  return static_cast<std::size_t>(std::bit_width(sizeof(ValueNode) + size - 1));
}

}  // namespace

std::uint32_t FlowStore::create(const FlowKey& key) {
  std::uint32_t number = size();
  if (free_.empty()) {
    flows_.emplace_back();
  } else {
    number = free_.back();
    free_.pop_back();
    flows_[number] = Flow{};
  }
  flows_[number].key = key;
  return number;
}

void FlowStore::release(std::uint32_t number) {
  Flow& flow = flows_[number];
  for (SequenceChunk* chunk = flow.head; chunk != nullptr;) {
    SequenceChunk* const next = chunk->next;
    SequenceChunk*& list = free_chunks_[chunk_class(chunk->room())];
    chunk->next = list;
    list = chunk;
    chunk = next;
  }
  if (flow.encapsulation != nullptr) drop(flow.encapsulation);
  flow = Flow{};
  if (number < values_.size()) {
    for (ValueNode* node = values_[number].head; node != nullptr;) {
      ValueNode* const next = node->next;
      ValueNode*& list = free_values_[value_class(node->size)];
      node->next = list;
      list = node;
      node = next;
    }
    values_[number] = {};
  }
  free_.push_back(number);
}

void FlowStore::add_chunk(Flow& flow, const SequenceEntry& first) {
  // Small at first, since most flows are short; larger later, so that what is allocated and not used stays
  // small beside what is used.
  std::uint16_t room = kFirstRoom;
  if (flow.tail != nullptr) {
    room = static_cast<std::uint16_t>(std::min(flow.tail->room() * 2, int{kMostRoom}));
  }
  SequenceChunk*& list = free_chunks_[chunk_class(room)];
  void* place = list;
  if (place != nullptr) {
    list = list->next;
  } else {
    place = chunks_.allocate(SequenceChunk::bytes(room));
  }
  auto* const next = new (place) SequenceChunk(room, first);
  next->add(first);
  (flow.tail != nullptr ? flow.tail->next : flow.head) = next;
  flow.tail = next;
}

void FlowStore::append_values(std::uint32_t flow, std::uint64_t ordinal, std::uint32_t number,
                              std::span<const std::uint8_t> packed) {
  if (flow >= values_.size())
    values_.resize(std::max<std::size_t>(flow + std::size_t{1}, 2 * values_.size()));
  ValueList& values = values_[flow];
  if (values.cut || packed.size() > kMaxValueBytes - values.bytes) {
    values.cut = true;
    return;
  }
  const std::size_t size_class = value_class(packed.size());
  ValueNode*& list = free_values_[size_class];
  ValueNode* node = list;
  if (node != nullptr) {
    list = node->next;
  } else {
    node = static_cast<ValueNode*>(chunks_.allocate(std::size_t{1} << size_class));
  }
  *node = {nullptr, ordinal, number, static_cast<std::uint32_t>(packed.size())};
  std::copy(packed.begin(), packed.end(), reinterpret_cast<std::uint8_t*>(node + 1));
  (values.tail != nullptr ? values.tail->next : values.head) = node;
  values.tail = node;
  values.bytes += packed.size();
}

const Encapsulation* FlowStore::hold(const Encapsulation& encapsulation) {
  auto& [ours, holders] = *encapsulations_.try_emplace(encapsulation, 0).first;
  ++holders;
  return &ours;
}

void FlowStore::drop(const Encapsulation* encapsulation) {
  const auto ours = encapsulations_.find(*encapsulation);
  if (--ours->second == 0) encapsulations_.erase(ours);
}

void FlowStore::reset() {
  flows_.clear();
  free_.clear();
  chunks_.reset();
  free_chunks_ = {};
  values_.clear();
  free_values_ = {};
  encapsulations_.clear();
}

}  // namespace flowloom
