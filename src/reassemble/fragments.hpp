// Fragmented IP datagrams: which flow a later piece belongs to, and when Wireshark would have reassembled it.
// No bytes are kept, only keys and ranges; memory is bounded.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

#include "dissect/packet_record.hpp"

namespace flowloom {

/// Takes the batches of a capture in order and settles their fragments: pieces whose first piece is known get
/// its key; others wait for it. When a datagram is complete, a record that only numbers its stream is added,
/// as Wireshark dissects the transport header in the packet that completes the datagram.
class FragmentResolver {
 public:
  /// Pieces that wait at most; beyond that the longest waiting give up and stay `fragments_waiting`.
  static constexpr std::size_t kMaxWaiting = 65'536;
  /// Datagrams remembered at most, complete or not.
  static constexpr std::size_t kMaxDatagrams = 65'536;

  explicit FragmentResolver(const HashSeed& seed) : seed_(seed) {}

  /// Rewrites batch.records where it has fragments, and counts their fates. Pieces that had waited come out
  /// with role::late just before the first piece, so that their numbers run backwards there.
  void resolve(PacketBatch& batch);

  /// Pieces whose first piece has not come (yet): at the end of a capture, those of Fate::fragments_waiting.
  /// Hidden ones have their fate already.
  [[nodiscard]] std::uint64_t unclaimed() const { return waiting_ + given_up_ - hidden_; }

  /// Numbers of packets in the capture, for those who keep the bytes of pieces that wait.
  struct Waits {
    std::vector<std::uint64_t> began, gave_up;  ///< appended to; the reader clears them
  };
  /// From now on tells there who waits; null: nobody wants to know. `waits` must outlive this.
  void tell(Waits* waits) { told_ = waits; }

  void reset();

 private:
  struct Identity {  // RFC 791 §3.2: source, destination, protocol, identification; IPv6 has no protocol here
    std::array<std::uint8_t, 16> source, destination;
    std::uint32_t id;
    std::uint8_t protocol, version;
    std::uint16_t zero;
    friend bool operator==(const Identity& x, const Identity& y) {
      return std::memcmp(&x, &y, sizeof x) == 0;
    }
  };
  static_assert(sizeof(Identity) == 40);
  struct Hash {
    HashSeed seed;
    std::size_t operator()(const Identity& identity) const;
  };
  struct Range {
    std::uint32_t begin, end;
  };
  struct Waiting {
    PacketRecord record;  ///< its number is that in the capture
    std::optional<Encapsulation> encapsulation;
    std::vector<std::uint8_t> values;  ///< of the fields that were asked for, packed
  };
  struct Datagram {
    PacketRecord first;  ///< the whole key, once the first piece was seen
    bool has_first = false;
    bool completed = false;     ///< all of it was seen; the key is kept for copies of its pieces
    std::uint32_t total = 0;    ///< bytes of the datagram, once the last piece was seen
    std::vector<Range> ranges;  ///< what is there, in order, merged
    std::vector<PacketRecord>
        inside;                    ///< headers in the first piece whose streams are numbered at completion
    std::vector<Waiting> waiting;  ///< later pieces that came before the first
    std::uint64_t born = 0;
  };

  Datagram* piece(PacketRecord& record, const FragmentPiece& piece, bool has_packet, PacketBatch& batch);
  static void put_off(PacketRecord& record, Datagram& datagram);
  void release(Datagram& datagram, PacketBatch& batch);
  static bool complete(Datagram& datagram, const FragmentPiece& piece);
  void make_room();

  HashSeed seed_;
  std::unordered_map<Identity, Datagram, Hash> datagrams_{16, Hash{seed_}};
  std::deque<std::pair<std::uint64_t, Identity>> ages_;  ///< by birth; entries of ended datagrams are skipped
  Waits* told_ = nullptr;
  std::uint64_t births_ = 0, waiting_ = 0, given_up_ = 0;
  std::uint64_t hidden_ = 0;  ///< of those that wait or gave up
  std::vector<PacketRecord> out_;
};

}  // namespace flowloom
