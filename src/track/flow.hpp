// A flow while it is metered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "dissect/packet_record.hpp"

namespace flowloom {

/// What ended a flow (interface: `end_reason`). `fin` and `rst` cut nothing, they are told at the end.
enum class EndReason : std::uint8_t { capture_end, port_reuse, idle, active, evicted, fin, rst };
[[nodiscard]] const char* end_reason_name(EndReason reason);

/// How sure it is who began (Flow::initiator_rank): each outdoes those below.
namespace initiator_rank {
inline constexpr std::uint8_t first_packet = 1;  ///< the sender of the first packet
inline constexpr std::uint8_t first_hidden = 2;  ///< of the first, which a display filter left out
inline constexpr std::uint8_t syn_ack = 3;       ///< the receiver of a SYN-ACK
inline constexpr std::uint8_t syn = 4;           ///< the sender of a SYN
inline constexpr std::uint8_t inherited = 5;     ///< a piece after a cut keeps the initiator
}  // namespace initiator_rank

/// One packet of a flow's sequences.
struct SequenceEntry {
  std::int64_t time;     ///< ns since the epoch
  std::uint32_t length;  ///< IP total length
  std::uint32_t payload;
  std::uint32_t number;  ///< of the packet in its capture, modulo 2^32
  std::uint16_t tcp_flags;
  bool backward;  ///< from key.address[1] to [0]

  [[nodiscard]] const SequenceEntry& unpack(std::int64_t) const { return *this; }
};

/// An entry in two thirds of its size, as nearly all fit: lengths below 64 kB, in less than 39 hours from a
/// base.
struct PackedEntry {
  std::uint64_t when;  ///< ns from the base (48 bits, signed); payload (16)
  std::uint64_t what;  ///< number (32); TCP flags (15); backward (1); length (16)

  /// False, and nothing is changed, where the entry does not fit.
  bool pack(const SequenceEntry& entry, std::int64_t base) {
    constexpr std::uint64_t kHalf = std::uint64_t{1} << 47;
    const std::uint64_t since = static_cast<std::uint64_t>(entry.time) - static_cast<std::uint64_t>(base);
    if (since + kHalf >= 2 * kHalf || (entry.length | entry.payload) > 0xFFFF || entry.tcp_flags > 0x7FFF) {
      return false;
    }
    when = since << 16 | entry.payload;
    what = std::uint64_t{entry.number} << 32 | std::uint32_t{entry.tcp_flags} << 17 |
           std::uint32_t{entry.backward} << 16 | entry.length;
    return true;
  }
  [[nodiscard]] SequenceEntry unpack(std::int64_t base) const {
    return {
        .time = static_cast<std::int64_t>(static_cast<std::uint64_t>(base) +
                                          static_cast<std::uint64_t>(static_cast<std::int64_t>(when) >> 16)),
        .length = static_cast<std::uint32_t>(what & 0xFFFF),
        .payload = static_cast<std::uint32_t>(when & 0xFFFF),
        .number = static_cast<std::uint32_t>(what >> 32),
        .tcp_flags = static_cast<std::uint16_t>(what >> 17 & 0x7FFF),
        .backward = (what >> 16 & 1) != 0};
  }
};

/// A run of entries; chunks of one flow are linked and grow with it.
class SequenceChunk {
 public:
  /// `room`: for packed entries. The first one, which is to be added next, says how all are kept.
  SequenceChunk(std::uint16_t room, const SequenceEntry& first)
      : base_(first.time), room_(room), packed_(PackedEntry().pack(first, first.time)) {}

  /// Bytes that it takes. Pre: room >= 2, so that there is some for an entry of any kind.
  static constexpr std::size_t bytes(std::size_t room) {
    return sizeof(SequenceChunk) + room * sizeof(PackedEntry);
  }

  /// False: it does not fit, another chunk must be begun.
  bool add(const SequenceEntry& entry) {
    if (packed_) {
      if (used_ == room_ || !reinterpret_cast<PackedEntry*>(this + 1)[used_].pack(entry, base_)) return false;
      ++used_;
    } else {
      if (used_ == room_ * sizeof(PackedEntry) / sizeof(SequenceEntry)) return false;
      reinterpret_cast<SequenceEntry*>(this + 1)[used_++] = entry;
    }
    return true;
  }

  [[nodiscard]] SequenceEntry entry(std::size_t i) const {
    return packed_ ? packed_entries()[i].unpack(base_) : entries()[i];
  }
  [[nodiscard]] std::uint16_t used() const { return used_; }
  [[nodiscard]] std::uint16_t room() const { return room_; }
  /// Forgets all entries but the first `count`.
  void cut(std::uint16_t count) { used_ = count; }

  // For loops: either entries(), or packed_entries() with base().
  [[nodiscard]] bool packed() const { return packed_; }
  [[nodiscard]] std::int64_t base() const { return base_; }
  [[nodiscard]] const PackedEntry* packed_entries() const {
    return reinterpret_cast<const PackedEntry*>(this + 1);
  }
  [[nodiscard]] const SequenceEntry* entries() const {
    return reinterpret_cast<const SequenceEntry*>(this + 1);
  }

  SequenceChunk* next = nullptr;

 private:
  std::int64_t base_;  ///< ns since the epoch, from which packed times count
  std::uint16_t room_, used_ = 0;
  bool packed_;
};
static_assert(sizeof(SequenceChunk) % alignof(SequenceEntry) == 0 &&
              alignof(PackedEntry) == alignof(SequenceEntry));

/// Values of one packet of a flow, packed (dissect/packed_values.hpp); `size` bytes follow.
struct ValueNode {
  ValueNode* next;
  std::uint64_t ordinal;  ///< which of the flow's packets, in the order in which it got them, from 0
  std::uint32_t number;   ///< of the packet in its capture, modulo 2^32
  std::uint32_t size;
  [[nodiscard]] std::span<const std::uint8_t> packed() const {
    return {reinterpret_cast<const std::uint8_t*>(this + 1), size};
  }
};
struct ValueList {
  ValueNode* head = nullptr;
  ValueNode* tail = nullptr;
  std::size_t bytes = 0;
  bool cut = false;  ///< there were too many
};

inline constexpr std::uint32_t kNone = ~std::uint32_t{0};

/// One flow, or (no packets) only the stream state of a key: it was seen in a tunnel's outer header or in an
/// ICMP error's quotation, its flow was cut, or a display filter left out all of its packets. Arrays of two
/// are by direction: [0] from key.address[0] to [1].
struct Flow {
  FlowKey key;
  std::int64_t start = 0, end = 0;  ///< smallest and largest time, ns
  std::uint64_t packets[2] = {0, 0};
  std::uint64_t bytes[2] = {0, 0};
  std::uint64_t first_number = 0;  ///< of the first packet
  SequenceChunk* head = nullptr;
  SequenceChunk* tail = nullptr;
  const Encapsulation* encapsulation = nullptr;  ///< of the first packet; null: none
  std::uint32_t stream = kNone;                  ///< Wireshark's number, counted in the capture
  std::uint32_t anchor = kNone;                  ///< with --key: the flow that holds the stream's state
  std::uint32_t base_seq[2] = {0, 0};            ///< initial sequence numbers as Wireshark knows them
  std::uint32_t fin_end[2] = {0, 0};             ///< the acknowledgment number that covers the FIN
  bool base_set[2] = {false, false};
  bool fin_seen[2] = {false, false};
  bool fin_acked[2] = {false, false};
  bool rst_seen = false;
  bool unordered = false;                     ///< late fragments were put at the end of the sequence
  std::uint8_t initiator = 0;                 ///< direction in which the initiator sends
  std::uint8_t initiator_rank = 0;            ///< how it is known; 0: not yet
  std::uint8_t icmp_type = 0, icmp_code = 0;  ///< of the first packet
  EndReason reason = EndReason::capture_end;

  [[nodiscard]] bool has_packets() const { return (packets[0] | packets[1]) != 0; }
  /// Packets of it were met, perhaps only hidden ones.
  [[nodiscard]] bool was_met() const {
    return has_packets() || (initiator_rank != 0 && initiator_rank != initiator_rank::inherited);
  }
  [[nodiscard]] EndReason end_reason() const {
    if (reason != EndReason::capture_end) return reason;
    if (rst_seen) return EndReason::rst;
    return fin_acked[0] && fin_acked[1] ? EndReason::fin : EndReason::capture_end;
  }
};

}  // namespace flowloom
