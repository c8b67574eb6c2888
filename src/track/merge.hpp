// Flows of a part of a capture, which can be merged with those of the part after it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/arena.hpp"
#include "dissect/packet_record.hpp"
#include "track/ack_range.hpp"
#include "track/tracker.hpp"

namespace flowloom {

/// Meters consecutive records of a capture without knowing those before. What depends on them stays open: a
/// key's packets are kept in stretches that end where a new stream may begin, and each stretch is metered as
/// a flow of its own. Merging puts the stretches of two parts in a row; finish() decides which of them are
/// one flow. Parts of any sizes, merged in any grouping, give what one Tracker gives for the whole.
///
/// Timeouts and eviction are not for parts: they cut where other flows and the times of earlier cuts say, so
/// that any packet might be where a flow of unknown start is cut. Nor is a limit of sequences together with
/// joined errors, as an error that is placed late takes a place that another packet had.
class FlowPart {
 public:
  /// `options` are those of the whole: not bounded, not by_end.
  explicit FlowPart(const TrackOptions& options);

  /// Meters the records of the next packets. Fragments are resolved, none is hidden, and the batch's bases
  /// count from the begin of the capture. Every part's hashes have the same seed.
  void track(const PacketBatch& batch);
  /// Adds the part that comes directly after this one. What `later` holds is moved, not copied, except for
  /// a fixed amount a flow.
  void merge(FlowPart&& later);
  /// The flows of all parts, as of a capture that begins with the first: to be read, not to be continued.
  [[nodiscard]] Tracker finish() &&;

 private:
  /// What a flow of tracker_ needs besides to be merged.
  struct Stretch {
    std::uint64_t hash = 0;          ///< of the key; not of what hangs from it with --key
    std::uint32_t previous = kNone;  ///< the key's stretch before
    std::uint32_t opening_seq = 0;   ///< of the SYN
    std::uint8_t opening_direction = 0;
    bool opened = false;  ///< begins with a SYN that may begin a stream, else with the key's first record
    bool opening_known = false;  ///< that SYN is no quotation: its number is the stream's first in any case
    AckRange acks[2];            ///< [d]: acknowledgments to direction d before its first FIN
  };
  /// An ICMP error about a flow that may lie in an earlier part: its stretch has no packets yet.
  struct Undecided {
    PacketRecord error;  ///< its number is that in the capture
    std::optional<Encapsulation> encapsulation;
    std::uint32_t stretch;   ///< the newest of what it quotes
    Encapsulation wrap;      ///< what tells flows apart, with --key
    std::uint8_t direction;  ///< in the flow that it quotes
  };
  class Decision;

  void add(const PacketRecord& record, std::uint64_t order, const PacketBatch& batch);
  std::uint32_t find(const PacketRecord& record);
  std::uint32_t open(const PacketRecord& syn, std::uint32_t newest, bool is_new);
  std::uint32_t split(std::uint32_t stretch, const Encapsulation& wrap);
  Stretch& stretch(std::uint32_t number);
  void settle_error(const PacketBatch& batch, std::size_t at);
  [[nodiscard]] std::uint32_t quoted_flow(std::uint32_t stretch, const Encapsulation& wrap) const;
  void append(std::uint32_t number, const PacketRecord& record, unsigned direction, const PacketBatch& batch);
  void append_held(std::uint32_t number, const Undecided& held, unsigned direction);

  void merge_errors(FlowPart& later);
  std::uint32_t merge_stretch(const Flow& flow, const Stretch& stretch);
  std::uint32_t merge_split(const Flow& flow, const Stretch& stretch, const Encapsulation& wrap);
  std::uint32_t push(const Flow& flow, const Stretch& stretch);
  /// The stream that a flow of --key had at its last packet, once its stretch of the stream's state, which
  /// had `before` by itself, belongs to a stream that has `now`.
  static std::uint32_t settled_stream(std::uint32_t own, std::uint32_t before, std::uint32_t now);
  void join(std::uint32_t first, const Flow& later, const Stretch& stretch);

  [[nodiscard]] bool keyed() const { return tracker_.options_.keyed(); }

  /// A stretch, or a key's first one; what tells flows apart.
  using Place = std::pair<std::uint32_t, Encapsulation>;

  Tracker tracker_;                        ///< its flows are stretches, and with --key what hangs from them
  std::map<Place, std::uint32_t> splits_;  ///< with --key: what hangs from stretches
  BlockVector<Stretch> stretches_;         ///< by number of the flow
  std::vector<Undecided> undecided_;       ///< in order of the records
};

}  // namespace flowloom
