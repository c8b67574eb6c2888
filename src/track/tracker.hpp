// Meters flows: takes the records of a capture in packet order, keeps one Flow a row of the flow table.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dissect/packet_record.hpp"
#include "track/flow.hpp"
#include "track/flow_index.hpp"
#include "track/flow_store.hpp"
#include "track/lifetimes.hpp"
#include "track/splits.hpp"

namespace flowloom {

class Tracker;

/// Takes flows as they end.
class FlowSink {
 public:
  virtual ~FlowSink() = default;
  /// The flow of this number is gone after this. `id` counts the tracker's flows in the order in which they
  /// began.
  virtual void take(std::uint32_t number, std::uint64_t id, const Tracker& tracker) = 0;
  /// All packets that there are have been tracked; more may come.
  virtual void caught_up() {}
};

class Tracker {
 public:
  explicit Tracker(const TrackOptions& options) : options_(options), lifetimes_(options) {}

  /// From now on flows are given to `sink` when they end, and their memory serves others: only by_end. Null:
  /// they are kept for order().
  void set_sink(FlowSink* sink) { sink_ = sink; }

  /// Meters the records of the next packets of the capture.
  void track(const PacketBatch& batch);
  /// Meters only these records of the batch: those of this tracker's partition.
  void track(const PacketBatch& batch, std::span<const RecordPlace> which);
  /// As track(batch, which); also fills `flows` with the number of the flow that each of these records'
  /// packet went to, kNone for records that only tell of streams.
  void track_telling(const PacketBatch& batch, std::span<const RecordPlace> which,
                     std::vector<std::uint32_t>& flows);

  /// Ends the capture and with it all flows.
  void finish();
  /// The flows by number into flow(), in order of their first packets; with by_end in the order in which they
  /// ended, those of the capture's end last by id. Valid after finish(), until reset().
  [[nodiscard]] const std::vector<std::uint32_t>& order() const { return order_; }
  [[nodiscard]] const Flow& flow(std::uint32_t number) const { return flows_[number]; }
  /// Values of fields in its packets; null: none.
  [[nodiscard]] const ValueList* values(std::uint32_t number) const { return flows_.values(number); }
  /// By_end: where the flow is among those of the capture, by the order in which they began.
  [[nodiscard]] std::uint64_t id(std::uint32_t number) const { return lifetimes_.id(number); }
  /// By_end: how many flows have begun.
  [[nodiscard]] std::uint64_t flows() const { return lifetimes_.flows(); }
  /// Wireshark's stream number of the flow, kNone if it has none. Of several trackers of one capture: after
  /// settle_streams().
  [[nodiscard]] std::uint32_t stream(const Flow& flow) const;

  /// Gives the streams of trackers that shared a capture their numbers in the whole.
  static void settle_streams(std::span<Tracker> trackers);

  /// Forgets the capture; memory of usual size is kept for the next.
  void reset();

 private:
  friend class FlowPart;  // meters in the same way, but leaves open what cuts

  /// The record is an ICMP error and the one after it what it quotes.
  static bool quotes(const PacketBatch& batch, std::size_t at);
  template <class Which, class Done>
  void track_each(const PacketBatch& batch, Which which, Done done);
  bool add_to_known(Flow& flow, const PacketRecord& record, std::uint64_t packet_number);
  void count(Flow& flow, const PacketRecord& record, unsigned direction, std::uint64_t packet_number);
  void add(const PacketRecord& record, std::uint64_t order, const PacketBatch& batch);
  bool join(const PacketBatch& batch, std::size_t at);
  void append(std::uint32_t number, const PacketRecord& record, unsigned direction, const PacketBatch& batch);
  static void learn_initiator(Flow& flow, const PacketRecord& record, unsigned direction);
  static void note_hidden(Flow& flow, const PacketRecord& record);
  static void learn_from_segment(Flow& flow, const PacketRecord& record, unsigned direction);
  void note_first(Flow& flow, const PacketRecord& record, unsigned direction, const PacketBatch& batch);

  static bool starts_new_stream(const Flow& flow, const PacketRecord& record);
  static void learn_first_numbers(Flow& flow, const PacketRecord& record);
  void number_stream(Flow& flow, std::uint64_t order);

  /// Flows have ids, deadlines, or end before the capture does: what lifetimes_ looks after.
  [[nodiscard]] bool has_lifetimes() const { return options_.bounded() || options_.by_end; }
  std::uint32_t create(const FlowKey& key, std::uint64_t hash);
  [[nodiscard]] std::size_t find(const FlowKey& key, std::uint64_t hash) const {
    return index_.find(hash, [&](std::uint32_t flow) { return flows_[flow].key == key; });
  }
  std::uint32_t find_or_create(const PacketRecord& record);
  std::uint32_t restart(std::uint32_t number, const PacketRecord& record);
  std::uint32_t split(std::uint32_t anchor, const PacketRecord& record, const PacketBatch& batch);
  void open(std::uint32_t number);
  void expire(std::int64_t time);
  void cut(std::uint32_t number, EndReason reason);
  void end(std::uint32_t number);
  void forget(std::uint32_t number);

  TrackOptions options_;
  FlowSink* sink_ = nullptr;
  FlowIndex index_;
  FlowStore flows_;
  Lifetimes lifetimes_;
  Splits splits_;
  std::vector<std::uint32_t> order_;
  std::vector<const Encapsulation*> batch_encapsulations_;  ///< by the batch's numbers; null: not held yet
  /// Streams of one transport protocol, numbered by this tracker as it meets them.
  struct Streams {
    std::uint32_t count = 0;
    std::vector<std::uint64_t> born;  ///< by number, with several trackers: the record that created it
    std::vector<std::uint32_t>
        settled;  ///< by number: its number among those of all trackers; empty: the same
  };
  static void settle(std::span<Tracker> trackers, Streams Tracker::* which);

  Streams tcp_, udp_;
  std::uint32_t appended_to_ = kNone;  ///< the flow that got a packet last
  bool partition_ = false;             ///< others track the other records of the capture
  bool unordered_ = false;             ///< a late fragment came before its flow's first packet
};

}  // namespace flowloom
