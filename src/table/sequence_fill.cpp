#include "table/sequence_fill.hpp"

#include <algorithm>

#include "base/time.hpp"

namespace flowloom {
namespace {

/// Where the next items go.
class Writer {
 public:
  explicit Writer(const SequenceFill::Lists& lists) : lists_(lists) {}

  /// Those of this flow.
  void begin(const Flow& flow) {
    start_ = flow.start;
    turned_ = flow.initiator != 0;
    tcp_ = flow.key.protocol == ip_proto::tcp;
  }

  void copy(const SequenceChunk& chunk) {
    if (chunk.packed()) {
      copy(chunk.packed_entries(), chunk.used(), chunk.base());
    } else {
      copy(chunk.entries(), chunk.used(), 0);
    }
  }

  template <class Entry>
  void copy(const Entry* entries, std::size_t n, std::int64_t base) {
    for (std::size_t i = 0; i < n; ++i) {
      const SequenceEntry entry = entries[i].unpack(base);
      const std::uint32_t negative = entry.backward != turned_ ? ~std::uint32_t{0} : 0;
      lists_.times[i] = static_cast<double>(time_between(start_, entry.time)) / 1e9;
      lists_.lengths[i] = static_cast<std::int32_t>((entry.length ^ negative) - negative);
      lists_.payloads[i] = static_cast<std::int32_t>((entry.payload ^ negative) - negative);
    }
    if (tcp_) {
      for (std::size_t i = 0; i < n; ++i) lists_.flags[i] = entries[i].unpack(base).tcp_flags;
    }
    advance(n);
  }

 private:
  void advance(std::size_t n) {
    lists_.times += n;
    lists_.lengths += n;
    lists_.payloads += n;
    if (tcp_) lists_.flags += n;
  }

  SequenceFill::Lists lists_;
  std::int64_t start_ = 0;
  bool turned_ = false;  ///< the initiator sends backward
  bool tcp_ = false;
};

}  // namespace

void SequenceFill::add(const Flow& flow, std::size_t items) {
  flows_.push_back({&flow, flow.head});
  items_ += items;
  if (flow.key.protocol == ip_proto::tcp) flags_ += items;
}

void SequenceFill::fill(const Lists& lists) {
  constexpr std::size_t kAhead = 4;
  Writer writer(lists);
  std::vector<SequenceEntry> sorted;
  for (std::size_t i = 0; i < flows_.size(); ++i) {
    if (i + kAhead < flows_.size()) __builtin_prefetch(flows_[i + kAhead].head);
    const Flow& flow = *flows_[i].flow;
    writer.begin(flow);
    if (!flow.unordered) {
      for (const SequenceChunk* chunk = flow.head; chunk != nullptr; chunk = chunk->next) {
        if (chunk->next != nullptr) __builtin_prefetch(chunk->next);
        writer.copy(*chunk);
      }
      continue;
    }
    sorted.clear();
    for (const SequenceChunk* chunk = flow.head; chunk != nullptr; chunk = chunk->next) {
      for (std::size_t k = 0; k < chunk->used(); ++k) sorted.push_back(chunk->entry(k));
    }
    const auto first = static_cast<std::uint32_t>(flow.first_number);
    std::sort(sorted.begin(), sorted.end(), [&](const SequenceEntry& x, const SequenceEntry& y) {
      return x.number - first < y.number - first;
    });
    writer.copy(sorted.data(), sorted.size(), 0);
  }
  flows_.clear();
  items_ = flags_ = 0;
}

}  // namespace flowloom
