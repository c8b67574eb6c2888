// Meters flows: takes the records of a capture in packet order, keeps one Flow a row of the flow table.
#pragma once

#include <cstdint>
#include <map>
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

  /// Ends the capture: the flows in order of their first packets, by number into flow(). Valid until reset().
  const std::vector<std::uint32_t>& finish();

  [[nodiscard]] const Flow& flow(std::uint32_t number) const { return flows_[number]; }
  /// Wireshark's stream number of the flow, kNone if it has none.
  [[nodiscard]] std::uint32_t stream(const Flow& flow) const;
  /// What the flow's first packet was wrapped in; null: nothing.
  [[nodiscard]] const Encapsulation* encapsulation(const Flow& flow) const;

  /// Forgets the capture; memory of usual size is kept for the next.
  void reset();

 private:
  std::uint32_t find_or_create(const PacketRecord& record, std::size_t& slot);
  void add(const PacketRecord& record, const PacketBatch& batch);
  bool join(const PacketRecord& error, const PacketRecord& quoted);
  bool starts_new_stream(Flow& flow, const PacketRecord& record);
  void number_stream(Flow& flow);
  std::uint32_t split(std::uint32_t anchor, const PacketRecord& record, const PacketBatch& batch);
  std::uint32_t begin_split(std::uint32_t anchor);
  std::uint32_t successor(std::uint32_t old, EndReason reason);
  [[nodiscard]] bool timed_out(const Flow& flow, std::int64_t time, EndReason& reason) const;
  void append(std::uint32_t number, const PacketRecord& record, unsigned direction, const PacketBatch& batch);
  void append_entry(Flow& flow, const PacketRecord& record, unsigned direction);
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
  std::uint32_t tcp_streams_ = 0, udp_streams_ = 0;
  bool unordered_ = false;  ///< a late fragment came before its flow's first packet
};

}  // namespace flowloom
