#include "table/sequence_fill.hpp"

#include <algorithm>
#include <future>

#include "base/time.hpp"

namespace flowloom {
namespace {

/// Where the next items go.
class Writer {
 public:
  Writer(const SequenceFill::Lists& lists, std::size_t at, std::size_t flags_at, const Flow& flow)
      : lists_{lists.times + at, lists.lengths + at, lists.payloads + at, lists.flags + flags_at},
        start_(flow.start),
        sign_(flow.initiator == 0 ? 1 : -1),
        tcp_(flow.key.protocol == ip_proto::tcp) {}

  void copy(const SequenceEntry* entries, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
      lists_.times[i] = static_cast<double>(time_between(start_, entries[i].time)) / 1e9;
    }
    for (std::size_t i = 0; i < n; ++i) lists_.lengths[i] = sign_ * entries[i].length;
    for (std::size_t i = 0; i < n; ++i) lists_.payloads[i] = sign_ * entries[i].payload;
    lists_.times += n;
    lists_.lengths += n;
    lists_.payloads += n;
    if (!tcp_) return;
    for (std::size_t i = 0; i < n; ++i) lists_.flags[i] = entries[i].tcp_flags;
    lists_.flags += n;
  }

 private:
  SequenceFill::Lists lists_;
  std::int64_t start_;
  std::int32_t sign_;
  bool tcp_;
};

}  // namespace

void SequenceFill::add(const Flow& flow, std::size_t items) {
  flows_.push_back({&flow, flow.head, items_, flags_});
  items_ += items;
  if (flow.key.protocol == ip_proto::tcp) flags_ += items;
}

void SequenceFill::fill(const Lists& lists, unsigned threads) {
  constexpr std::size_t kWorth = 32 * 1024;  // items that are worth a thread
  const std::size_t parts = std::clamp<std::size_t>(items_ / kWorth, 1, std::max(threads, 1U));
  std::vector<std::future<void>> others;
  std::size_t begin = 0;
  for (std::size_t part = 1; part <= parts; ++part) {
    std::size_t end = flows_.size();
    if (part < parts) {
      const auto place = std::lower_bound(flows_.begin(), flows_.end(), items_ * part / parts,
                                          [](const Place& x, std::size_t at) { return x.at < at; });
      end = static_cast<std::size_t>(place - flows_.begin());
      others.push_back(std::async(std::launch::async, [=, this] { fill_range(lists, begin, end); }));
    } else {
      fill_range(lists, begin, end);
    }
    begin = end;
  }
  for (std::future<void>& other : others) other.get();
  flows_.clear();
  items_ = flags_ = 0;
}

void SequenceFill::fill_range(const Lists& lists, std::size_t begin, std::size_t end) const {
  constexpr std::size_t kAhead = 4;
  std::vector<SequenceEntry> sorted;
  for (std::size_t i = begin; i < end; ++i) {
    if (i + kAhead < end) __builtin_prefetch(flows_[i + kAhead].head);
    const Flow& flow = *flows_[i].flow;
    Writer writer(lists, flows_[i].at, flows_[i].flags_at, flow);
    if (!flow.unordered) {
      for (const SequenceChunk* chunk = flow.head; chunk != nullptr; chunk = chunk->next) {
        if (chunk->next != nullptr) __builtin_prefetch(chunk->next);
        writer.copy(chunk->entries(), chunk->used);
      }
      continue;
    }
    sorted.clear();
    for (const SequenceChunk* chunk = flow.head; chunk != nullptr; chunk = chunk->next) {
      sorted.insert(sorted.end(), chunk->entries(), chunk->entries() + chunk->used);
    }
    const auto first = static_cast<std::uint32_t>(flow.first_number);
    std::sort(sorted.begin(), sorted.end(), [&](const SequenceEntry& x, const SequenceEntry& y) {
      return x.number - first < y.number - first;
    });
    writer.copy(sorted.data(), sorted.size());
  }
}

}  // namespace flowloom
