// What the header walk says of a packet: small records of fixed size, all that flows need. The tracker never
// sees packet bytes, so records can be made on many cores and tracked on others.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "base/endian.hpp"
#include "flowloom/address.hpp"
#include "flowloom/timestamp.hpp"

namespace flowloom {

/// IANA protocol numbers that the flow path treats by name.
namespace ip_proto {
inline constexpr std::uint8_t hopopt = 0, icmp = 1, igmp = 2, ipv4 = 4, tcp = 6, udp = 17, dccp = 33,
                              ipv6 = 41, ipv6_route = 43, ipv6_frag = 44, gre = 47, esp = 50, ah = 51,
                              icmpv6 = 58, ipv6_nonxt = 59, ipv6_opts = 60, etherip = 97, sctp = 132,
                              mobility = 135, udplite = 136, mpls_in_ip = 137, shim6 = 140;
}  // namespace ip_proto

namespace tcp_flag {
inline constexpr std::uint16_t fin = 0x001, syn = 0x002, rst = 0x004, ack = 0x010,
                               all = 0x1FF;  ///< with AE, without the reserved bits
}  // namespace tcp_flag

/// A flow's identity: protocol and the unordered pair of {address, port}, in one canonical order so that both
/// directions give the same bytes. For ICMP, `sub` tells flows apart: the identifier of echo messages (ports
/// 1), else the type (ports 0).
struct FlowKey {
  static constexpr std::uint16_t kCut =
      0xFFFF;  ///< `sub` where the transport header is cut before ports or type

  std::array<std::uint8_t, 16> address[2] = {};
  std::uint16_t port[2] = {0, 0};
  std::uint8_t protocol = 0;
  std::uint8_t version = 0;
  std::uint16_t sub = 0;

  /// Both ends are the same address and port: there is only one direction.
  [[nodiscard]] bool one_end() const { return address[0] == address[1] && port[0] == port[1]; }
  /// Sets both ends; returns the direction from source to destination.
  std::uint8_t set_ipv4(const std::uint8_t* source, const std::uint8_t* destination,
                        std::uint16_t source_port, std::uint16_t destination_port) {
    const std::uint32_t from = load_be32(source), to = load_be32(destination);
    const bool swap = from > to || (from == to && source_port > destination_port);
    std::memcpy(address[swap ? 1 : 0].data(), source, 4);
    std::memcpy(address[swap ? 0 : 1].data(), destination, 4);
    set_ports(swap, source_port, destination_port);
    version = 4;
    return swap ? 1 : 0;
  }
  std::uint8_t set_ipv6(const std::uint8_t* source, const std::uint8_t* destination,
                        std::uint16_t source_port, std::uint16_t destination_port) {
    const int order = std::memcmp(source, destination, 16);
    const bool swap = order > 0 || (order == 0 && source_port > destination_port);
    std::memcpy(address[swap ? 1 : 0].data(), source, 16);
    std::memcpy(address[swap ? 0 : 1].data(), destination, 16);
    set_ports(swap, source_port, destination_port);
    version = 6;
    return swap ? 1 : 0;
  }
  [[nodiscard]] bool cut() const { return sub == kCut && port[0] == 0; }
  [[nodiscard]] bool has_ports() const {
    return !cut() &&
           (protocol == ip_proto::tcp || protocol == ip_proto::udp || protocol == ip_proto::udplite ||
            protocol == ip_proto::sctp || protocol == ip_proto::dccp);
  }

  friend bool operator==(const FlowKey& x, const FlowKey& y) {
    // Word by word: faster than a call of memcmp, or than copies of both, which the compiler keeps in memory.
    const auto differ = [&](std::size_t word) {
      std::uint64_t a = 0, b = 0;
      std::memcpy(&a, reinterpret_cast<const std::uint8_t*>(&x) + word * sizeof a, sizeof a);
      std::memcpy(&b, reinterpret_cast<const std::uint8_t*>(&y) + word * sizeof b, sizeof b);
      return a ^ b;
    };
    return (differ(0) | differ(1) | differ(2) | differ(3) | differ(4)) == 0;
  }

 private:
  void set_ports(bool swap, std::uint16_t source_port, std::uint16_t destination_port) {
    port[0] = swap ? destination_port : source_port;
    port[1] = swap ? source_port : destination_port;
  }
};
static_assert(sizeof(FlowKey) == 40);

/// Random numbers that make hashes unguessable, so that no capture can be crafted to collide.
struct HashSeed {
  std::array<std::uint64_t, 4> words = {0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9,
                                        0xD6E8FEB86659FD93};
};

/// Of the key's 40 bytes as numbers.
inline std::uint64_t hash_words(std::uint64_t a, std::uint64_t b, std::uint64_t c, std::uint64_t d,
                                std::uint64_t e, const HashSeed& seed) {
  const auto mix = [](std::uint64_t x, std::uint64_t y) {
    __extension__ using Wide = unsigned __int128;
    const Wide m = static_cast<Wide>(x) * y;
    return static_cast<std::uint64_t>(m) ^ static_cast<std::uint64_t>(m >> 64);
  };
  const std::uint64_t ends =
      mix(a ^ seed.words[0], b ^ seed.words[1]) ^ mix(c ^ seed.words[2], d ^ seed.words[1] ^ seed.words[3]);
  return mix(ends ^ seed.words[3], e ^ seed.words[0]);
}

inline std::uint64_t hash_key(const FlowKey& key, const HashSeed& seed) {
  std::uint64_t w[5];
  std::memcpy(w, &key, sizeof w);
  return hash_words(w[0], w[1], w[2], w[3], w[4], seed);
}

enum class TunnelKind : std::uint8_t {
  none,
  ipip,
  gre,
  erspan,
  pptp,
  vxlan,
  geneve,
  gtp,
  l2tp,
  teredo,
  etherip,
  mpls
};
[[nodiscard]] const char* tunnel_name(TunnelKind kind);

/// What a packet's innermost addresses are wrapped in. Few differ in a capture, so records name them by
/// number.
struct Encapsulation {
  static constexpr unsigned kMaxVlans = 16;

  std::array<std::uint16_t, kMaxVlans> vlan = {};  ///< outermost first
  std::uint8_t vlan_count = 0;
  TunnelKind tunnel = TunnelKind::none;  ///< the innermost
  bool has_id = false;
  IpAddress source = {}, destination = {};  ///< the innermost tunnel's outer addresses
  std::uint64_t id = 0;                     ///< VNI, TEID, key; L2TP: tunnel << 16 | session

  friend auto operator<=>(const Encapsulation&, const Encapsulation&) = default;
};

/// What is to be done with a record.
namespace role {
inline constexpr std::uint8_t packet = 1;   ///< belongs to the key's flow
inline constexpr std::uint8_t stream = 2;   ///< creates or uses a Wireshark stream number
inline constexpr std::uint8_t segment = 4;  ///< a whole TCP segment: takes part in the rule of new streams
inline constexpr std::uint8_t quoted = 8;   ///< quoted by the ICMP error just before it
inline constexpr std::uint8_t icmp_error = 16;  ///< an ICMP error
inline constexpr std::uint8_t late =
    32;  ///< a fragment that waited for its first: goes where its number says
inline constexpr std::uint8_t hidden =
    64;  ///< with `packet`: a display filter left it out. It tells of its stream and of who began, no more
}  // namespace role

struct PacketRecord {
  FlowKey key;
  std::uint64_t hash = 0;
  Timestamp time;
  std::uint64_t number = 0;          ///< of the packet in its capture
  std::uint32_t ip_length = 0;       ///< IP total length
  std::uint32_t payload_length = 0;  ///< after the transport header
  std::uint32_t seq = 0, ack = 0;
  std::uint32_t encapsulation = 0;  ///< 0: none, else 1 + index into PacketBatch::encapsulations
  std::uint32_t values = 0;         ///< 0: none, else a place in PacketBatch::values
  std::uint16_t tcp_flags = 0;
  std::uint8_t role = 0;
  std::uint8_t direction = 0;  ///< 0: from key.address[0] to [1]
  std::uint8_t icmp_type = 0, icmp_code = 0;
};

/// A record among those of a batch, with the half of its hash by which its flow is looked up: so that can
/// begin before the record, which may be in another core's cache, is here.
struct RecordPlace {
  std::uint32_t index;
  std::uint32_t hash;  ///< the lower half
};

/// A piece of a fragmented datagram. Its record has no role yet unless it is the first piece.
struct FragmentPiece {
  std::uint32_t record = 0;    ///< index into PacketBatch::records; the piece's own lengths are there
  std::uint32_t datagram = 0;  ///< index + 1 of the record with the datagram's whole key (first pieces only)
  std::uint32_t id = 0;
  std::uint32_t offset = 0;   ///< of its bytes in the datagram
  std::uint32_t length = 0;   ///< bytes of the datagram in this piece
  std::uint8_t protocol = 0;  ///< IPv4 only: part of the datagram's identity (RFC 791)
  bool more = false;          ///< not the last piece
  bool whole = false;         ///< all of the piece was captured (else Wireshark does not reassemble it)
};

/// Where a packet went. Each packet read has exactly one.
enum class Fate : std::uint8_t {
  flow,                   ///< in a flow
  not_ip,                 ///< no IP inside (ARP, LLDP, …)
  malformed,              ///< headers damaged or cut before the flow's key was complete
  fragments_waiting,      ///< a later fragment whose first piece was not in the capture
  unsupported_link_type,  ///< a link type that is not dissected
  filtered_out,           ///< --read-filter, --from, --to, --filter
};
inline constexpr std::size_t kFates = 6;
[[nodiscard]] const char* fate_name(Fate fate);

/// Records of consecutive packets, made by the walk, in packet order.
struct PacketBatch {
  std::vector<PacketRecord> records;
  std::vector<Encapsulation> encapsulations;
  std::vector<FragmentPiece> fragments;
  std::array<std::uint64_t, kFates> fates = {};
  std::vector<std::uint8_t> values;  ///< of fields that were asked for: see add_values()

  // Set once it is known what comes before the batch in its capture:
  std::uint64_t number_base = 0;  ///< what records' packet numbers count from (modulo 2^64)
  std::uint64_t record_base = 0;  ///< records before these

  [[nodiscard]] RecordPlace place_of(std::uint32_t record) const {
    return {record, static_cast<std::uint32_t>(records[record].hash)};
  }

  /// Keeps a packet's packed values; their place, for its records.
  std::uint32_t add_values(std::span<const std::uint8_t> packed) {
    const std::uint64_t size = packed.size();  // a multiple of 8
    const auto place = static_cast<std::uint32_t>(1 + values.size() / sizeof size);
    const auto* head = reinterpret_cast<const std::uint8_t*>(&size);
    values.insert(values.end(), head, head + sizeof size);
    values.insert(values.end(), packed.begin(), packed.end());
    return place;
  }
  [[nodiscard]] std::span<const std::uint8_t> values_of(const PacketRecord& record) const {
    if (record.values == 0) return {};
    std::uint64_t size = 0;
    const std::uint8_t* const at = values.data() + std::size_t{record.values - 1} * sizeof size;
    std::memcpy(&size, at, sizeof size);
    return {at + sizeof size, static_cast<std::size_t>(size)};
  }

  void clear() {
    records.clear();
    encapsulations.clear();
    fragments.clear();
    fates = {};
    values.clear();
    number_base = record_base = 0;
  }
};

}  // namespace flowloom
