// When flows end whose memory is bounded: deadlines of timeouts, the order of eviction, and how many keys
// without a flow are remembered.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "base/arena.hpp"
#include "track/flow_store.hpp"

namespace flowloom {

struct TrackOptions {
  std::int64_t idle_timeout = 0;                                             ///< ns; 0: none
  std::int64_t active_timeout = 0;                                           ///< ns; 0: none
  std::uint64_t max_flows = 0;                                               ///< open at once; 0: any number
  std::uint64_t sequence_limit = std::numeric_limits<std::uint64_t>::max();  ///< packets kept of each flow
  bool by_end = false;            ///< flows are wanted in the order in which they end
  bool key_vlan = false;          ///< VLAN tags tell flows apart
  bool key_tunnel = false;        ///< tunnel kind, outer addresses and id tell flows apart
  bool join_icmp_errors = false;  ///< ICMP errors belong to the flow they quote, if it is there

  /// Flows end before their capture does, so that memory can be given back.
  [[nodiscard]] bool bounded() const { return idle_timeout != 0 || active_timeout != 0 || max_flows != 0; }
  [[nodiscard]] bool keyed() const { return key_vlan || key_tunnel; }
  /// Flows depend on packets of other keys: a capture has to be tracked by one tracker.
  [[nodiscard]] bool whole() const { return bounded() || by_end || join_icmp_errors; }
};

/// Open flows by a time that only grows while they are open: entries are lower bounds, corrected when they
/// come to the top. So packets need not touch them. New flows mostly come in order of time: a queue. What
/// does not is in a heap beside it.
class FlowQueue {
 public:
  struct Entry {
    std::int64_t time;
    std::uint64_t id;
    std::uint32_t number;  ///< of the flow in the store
  };

  [[nodiscard]] bool empty() const { return heap_.empty() && begin_ == sorted_.size(); }
  [[nodiscard]] std::size_t size() const { return heap_.size() + sorted_.size() - begin_; }
  /// The earliest; of equal ones that with the lowest id.
  [[nodiscard]] const Entry& top() const { return top_is_sorted() ? sorted_[begin_] : heap_.front(); }
  void push(const Entry& entry);
  void pop();
  /// Moves the top to a later time.
  void postpone(std::int64_t time);
  /// Throws out entries for which `time_of(entry)` has no value, and doubles; sets the times of the others.
  template <class TimeOf>
  void rebuild(TimeOf time_of);
  void clear() {
    heap_.clear();
    sorted_.clear();
    begin_ = 0;
  }

 private:
  static bool later(const Entry& x, const Entry& y) {
    return x.time != y.time ? x.time > y.time : x.id > y.id;
  }
  [[nodiscard]] bool top_is_sorted() const {
    return heap_.empty() || (begin_ != sorted_.size() && later(heap_.front(), sorted_[begin_]));
  }

  std::vector<Entry> heap_;
  std::vector<Entry> sorted_;  ///< the earliest first
  std::size_t begin_ = 0;      ///< where those of sorted_ begin that are still there
};

class Lifetimes {
 public:
  /// Keys without an open flow that are remembered at most, the least recently seen forgotten first.
  static constexpr std::size_t kRemembered = 256 * 1024;
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

  explicit Lifetimes(const TrackOptions& options) : options_(options) {}

  /// The store has made a flow (without packets yet) for a key of this hash.
  void created(std::uint32_t number, std::uint64_t hash);
  [[nodiscard]] std::uint64_t hash(std::uint32_t number) const { return upkeep_[number].tag; }

  /// The flow has got its first packet.
  void opened(std::uint32_t number, const FlowStore& flows);
  /// A packet came whose time is before the flow's start until then.
  void start_moved(std::uint32_t number, const FlowStore& flows);
  /// An open flow has ended.
  void closed(std::uint32_t number) {
    upkeep_[number].open = false;
    --open_;
  }
  [[nodiscard]] bool full() const { return options_.max_flows != 0 && open_ >= options_.max_flows; }
  /// 0, 1, … in the order in which flows were opened.
  [[nodiscard]] std::uint64_t id(std::uint32_t number) const { return upkeep_[number].id; }
  [[nodiscard]] std::uint64_t flows() const { return next_id_; }

  /// Nothing is to be done before a packet's time is larger than this.
  [[nodiscard]] std::int64_t next_deadline() const {
    return deadlines_.empty() ? kNever : deadlines_.top().time;
  }
  /// The open flow whose deadline passed first, kNone if no deadline is before `time`.
  [[nodiscard]] std::uint32_t due(std::int64_t time, const FlowStore& flows);
  /// Which timeout it is whose deadline comes first.
  [[nodiscard]] EndReason reason(const Flow& flow) const;
  /// The open flow whose latest packet is the oldest. There must be one.
  [[nodiscard]] std::uint32_t oldest(const FlowStore& flows);

  /// A key without an open flow was seen, or its flow has ended.
  void remember(std::uint32_t number);
  /// It has a flow again, or others that hang from it.
  void recall(std::uint32_t number);
  /// Which one is to be forgotten, kNone if there are not too many. The caller recalls it.
  [[nodiscard]] std::uint32_t too_many() const { return remembered_ > kRemembered ? oldest_ : kNone; }

  void reset();

 private:
  static constexpr std::uint64_t kNoFlow = ~std::uint64_t{0};
  static constexpr std::uint32_t kUnlinked = kNone - 1;
  /// Beside each flow of the store.
  struct Upkeep {
    std::uint64_t id = kNoFlow;
    std::uint32_t tag = 0;                           ///< what the index uses of the key's hash
    std::uint32_t older = kUnlinked, newer = kNone;  ///< among those remembered
    bool open = false;
  };

  [[nodiscard]] std::int64_t deadline(const Flow& flow) const;
  /// The flow of the entry is open: numbers are used again, and flows end before their deadlines.
  [[nodiscard]] bool is_open(const FlowQueue::Entry& entry) const {
    return upkeep_[entry.number].open && upkeep_[entry.number].id == entry.id;
  }
  template <class TimeOf>
  void push(FlowQueue& queue, std::uint32_t number, const FlowStore& flows, TimeOf time_of);
  template <class TimeOf>
  std::uint32_t first(FlowQueue& queue, std::int64_t last, const FlowStore& flows, TimeOf time_of);

  TrackOptions options_;
  BlockVector<Upkeep> upkeep_;
  FlowQueue deadlines_, last_packets_;
  std::uint64_t next_id_ = 0, open_ = 0;
  std::uint32_t oldest_ = kNone, newest_ = kNone;
  std::size_t remembered_ = 0;
};

}  // namespace flowloom
