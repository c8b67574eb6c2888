// The header walk's state while it is inside one packet. Private to dissect/.
#pragma once

#include <algorithm>
#include <limits>
#include <optional>

#include "dissect/cursor.hpp"
#include "dissect/ip_headers.hpp"
#include "dissect/packet_record.hpp"
#include "flowloom/packet.hpp"

namespace flowloom {

/// What comes next in the packet.
enum class WalkLayer : std::uint8_t {
  none,        ///< nothing more that matters to flows
  malformed,   ///< a header is damaged or cut
  ether_type,  ///< `value` says what
  ethernet,
  llc,
  ppp,
  mpls,
  ip,  ///< IPv4 or IPv6 by the first nibble
  ipv4,
  ipv6,
};

struct WalkNext {
  WalkLayer layer = WalkLayer::none;
  std::uint16_t value = 0;
};

/// A length as a record has it.
inline std::uint32_t clamp32(std::uint64_t v) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(v, std::numeric_limits<std::int32_t>::max()));
}

class Walker {
 public:
  Walker(const RawPacket& packet, const HashSeed& seed, PacketBatch& out)
      : packet_(packet),
        seed_(seed),
        out_(out),
        first_piece_(out.fragments.size()),
        cursor_(packet.bytes, packet.original_length) {}

  void run();

  /// Also notes in `places` where IP headers lie.
  void note_ip_headers(std::vector<IpHeaderPlace>& places) { places_ = &places; }

 private:
  static constexpr unsigned kMaxLayers = 512;  ///< headers in one packet; deeper ones are not looked into
  static constexpr std::uint32_t kNoRecord = ~std::uint32_t{0};

  // link_walk.cpp
  WalkNext link();
  WalkNext ethernet();
  WalkNext ether_type(std::uint16_t type);
  WalkNext llc();
  WalkNext ppp();
  WalkNext mpls();
  WalkNext linux_cooked(std::size_t header, std::size_t protocol_offset);
  WalkNext nflog();
  WalkNext ieee80211(bool padded);
  WalkNext radiotap();
  WalkNext frame_relay();
  WalkNext frame_relay_snap();
  WalkNext chdlc();
  WalkNext pppoe();

  // header_walk.cpp
  void descend(WalkNext next);
  WalkNext ip();
  WalkNext ipv4();
  WalkNext ipv6();
  WalkNext after_ip(PacketRecord& record, std::uint8_t protocol, std::uint64_t payload);
  WalkNext tcp(PacketRecord& record, std::uint64_t payload);
  WalkNext udp(PacketRecord& record, std::uint64_t payload);

  // transport_walk.cpp
  WalkNext ports_only(PacketRecord& record, std::size_t header, std::uint64_t payload);
  WalkNext icmp(PacketRecord& record, std::uint64_t payload, bool v6);
  WalkNext other(PacketRecord& record, std::uint64_t payload);
  WalkNext cut(PacketRecord& record, std::uint64_t payload, std::uint64_t header);
  void quote();

  // tunnel_walk.cpp
  WalkNext udp_tunnel(std::uint16_t source, std::uint16_t destination);
  WalkNext gre();
  WalkNext erspan(bool with_header, bool type3);
  WalkNext vxlan();
  WalkNext geneve();
  WalkNext gtp();
  WalkNext l2tp();
  WalkNext teredo();
  WalkNext etherip();

  PacketRecord& begin_record(const std::uint8_t* source, const std::uint8_t* destination, unsigned version);
  void finish_record(PacketRecord& record, std::uint16_t source_port, std::uint16_t destination_port);
  void drop_record() { out_.records.pop_back(); }
  /// Whether later pieces of a datagram wait for what this record says.
  [[nodiscard]] bool heads_datagram(std::uint32_t record) const;
  /// Notes a piece of a datagram; returns false if it is a later one, which ends the walk.
  bool fragment(PacketRecord& record, FragmentPiece piece, std::uint64_t payload);
  void enter_tunnel(TunnelKind kind, bool has_id, std::uint64_t id);
  std::uint32_t encapsulation_number();

  const RawPacket& packet_;
  const HashSeed& seed_;
  PacketBatch& out_;
  std::size_t first_piece_;  ///< of this packet, in out_.fragments
  Cursor cursor_;
  std::optional<Encapsulation> encapsulation_;  ///< none: neither VLAN nor tunnel so far
  std::uint32_t best_ = kNoRecord;              ///< index of the innermost sound IP layer's record
  bool damaged_ = false;                        ///< a header was damaged or cut
  bool later_piece_ = false;  ///< best_ is a later fragment, whose datagram is not known here
  unsigned layers_ = 0;
  bool quoted_ = false;                   ///< inside a packet that an ICMP error quotes
  bool fragment_ = false;                 ///< the current IP header is of a fragmented datagram's first piece
  bool whole_ = false;                    ///< … which was captured whole
  const std::uint8_t* source_ = nullptr;  ///< the ends by the IP header last read, and its source route
  const std::uint8_t* destination_ = nullptr;
  std::array<std::uint8_t, 16> last_stop_;  ///< which the packet does not have as such
  std::uint8_t version_ = 0;
  std::vector<IpHeaderPlace>* places_ = nullptr;  ///< null, unless somebody wants to know
};

}  // namespace flowloom
