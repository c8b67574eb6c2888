// Meters flows: takes the records of a capture in packet order, keeps one Flow a row of the flow table.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "base/arena.hpp"
#include "dissect/packet_record.hpp"
#include "track/flow.hpp"
#include "track/flow_index.hpp"

namespace flowloom {

struct TrackOptions {
  std::int64_t idle_timeout = 0;    ///< ns; 0: none
  std::int64_t active_timeout = 0;  ///< ns; 0: none
  bool key_vlan = false;            ///< VLAN tags tell flows apart
  bool key_tunnel = false;          ///< tunnel kind, outer addresses and id tell flows apart
  bool join_icmp_errors = false;    ///< ICMP errors belong to the flow they quote, if it is there
};

class Tracker {
 public:
  explicit Tracker(const TrackOptions& options) : options_(options) {}

  /// Meters the records of the next packets of the capture.
  void track(const PacketBatch& batch);
  /// Meters only these records of the batch: those of this tracker's partition.
  void track(const PacketBatch& batch, std::span<const std::uint32_t> which);
  /// As track(batch, which); also fills `flows` with the number of the flow that each of these records'
  /// packet went to, kNone for records that only tell of streams.
  void track_telling(const PacketBatch& batch, std::span<const std::uint32_t> which,
                     std::vector<std::uint32_t>& flows);

  /// Ends the capture: puts the flows in order of their first packets.
  void finish();
  /// Those flows, by number into flow(). Valid until reset().
  [[nodiscard]] const std::vector<std::uint32_t>& order() const { return order_; }

  [[nodiscard]] const Flow& flow(std::uint32_t number) const { return flows_[number]; }
  /// Wireshark's stream number of the flow, kNone if it has none. Of several trackers of one capture: after
  /// settle_streams().
  [[nodiscard]] std::uint32_t stream(const Flow& flow) const;
  /// What the flow's first packet was wrapped in; null: nothing.
  [[nodiscard]] const Encapsulation* encapsulation(const Flow& flow) const;

  /// Gives the streams of trackers that shared a capture their numbers in the whole.
  static void settle_streams(std::span<Tracker> trackers);

  /// Forgets the capture; memory of usual size is kept for the next.
  void reset();

 private:
  std::uint32_t find_or_create(const PacketRecord& record, std::size_t& slot);
  template <class Index, class Done>
  void track_each(const PacketBatch& batch, std::size_t count, Index index, Done done);
  void add(const PacketRecord& record, std::uint64_t order, const PacketBatch& batch);
  bool join(const PacketRecord& error, const PacketRecord& quoted, const PacketBatch& batch);
  static bool starts_new_stream(const Flow& flow, const PacketRecord& record);
  static void learn_first_numbers(Flow& flow, const PacketRecord& record);
  void wrap(Flow& flow, const PacketRecord& record, const PacketBatch& batch);
  void number_stream(Flow& flow, std::uint64_t order);
  std::uint32_t wrap_number(const PacketRecord& record, const PacketBatch& batch);
  std::uint32_t split(std::uint32_t anchor, const PacketRecord& record, const PacketBatch& batch);
  std::uint32_t begin_split(std::uint32_t anchor);
  std::uint32_t successor(std::uint32_t old, EndReason reason);
  [[nodiscard]] bool timed_out(const Flow& flow, std::int64_t time, EndReason& reason) const;
  void append(std::uint32_t number, const PacketRecord& record, unsigned direction, const PacketBatch& batch);
  void append_entry(Flow& flow, const PacketRecord& record, unsigned direction, std::uint64_t number);
  std::uint32_t intern(const Encapsulation& encapsulation);

  TrackOptions options_;
  FlowIndex index_;
  BlockVector<Flow> flows_;
  Arena sequences_;
  std::vector<std::uint32_t> order_;
  std::vector<Encapsulation> encapsulations_;
  std::vector<std::uint32_t> batch_encapsulations_;  ///< the batch's numbers → ours, + 1; 0: not interned yet
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> splits_;  ///< anchor, wrap → flow (--key)
  std::map<Encapsulation, std::uint32_t> wraps_;  ///< what tells flows apart (--key)
  /// Streams of one transport protocol, numbered by this tracker as it meets them.
  struct Streams {
    std::vector<std::uint64_t> born;  ///< by number: the record that created it
    std::vector<std::uint32_t>
        settled;  ///< by number: its number among those of all trackers; empty: the same
  };
  static void settle(std::span<Tracker> trackers, Streams Tracker::* which);

  Streams tcp_, udp_;
  std::uint32_t appended_to_ = kNone;  ///< the flow that got a packet last
  bool unordered_ = false;             ///< a late fragment came before its flow's first packet
};

}  // namespace flowloom
