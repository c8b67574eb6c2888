// Builds packets by hand, header by header, and shows what the header walk says of them.
//
// A builder function takes what follows its header, so that packets read from the outside in:
//   eth(0x0800, ipv4({.protocol = 17}, udp(53, 1024, zeros(12))))
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "dissect/header_walk.hpp"
#include "flowloom/address.hpp"

namespace flowloom::build {

using Packet = std::vector<std::uint8_t>;

// --- bytes ---------------------------------------------------------------------------------------------

inline Packet raw(std::initializer_list<unsigned> values) {
  Packet out;
  for (const unsigned v : values) out.push_back(static_cast<std::uint8_t>(v));
  return out;
}
inline Packet zeros(std::size_t count) { return Packet(count, 0); }
inline Packet be16(std::uint64_t v) { return raw({unsigned(v >> 8 & 0xFF), unsigned(v & 0xFF)}); }
inline Packet operator+(Packet a, const Packet& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}
inline Packet be32(std::uint64_t v) { return be16(v >> 16) + be16(v & 0xFFFF); }
inline Packet cut(Packet packet, std::size_t length) {
  packet.resize(std::min(packet.size(), length));
  return packet;
}

using Address4 = std::uint32_t;
inline constexpr Address4 kA = 0x0A000001, kB = 0x0A000002;            // 10.0.0.1, 10.0.0.2
inline constexpr Address4 kOuterA = 0xC0000201, kOuterB = 0xC0000202;  // 192.0.2.1, 192.0.2.2
/// 2001:db8::n
inline Packet address6(unsigned n) { return be32(0x20010DB8) + zeros(8) + be32(n); }

// --- link layer ----------------------------------------------------------------------------------------

inline Packet eth(std::uint16_t type, const Packet& inside) {
  return raw({2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1}) + be16(type) + inside;
}
/// Starts behind the EtherType 0x8100 (or another one of a VLAN tag); `type` is that of what follows.
inline Packet vlan(unsigned id, std::uint16_t type, const Packet& inside) {
  return be16(id) + be16(type) + inside;
}
inline Packet mpls(unsigned label, bool bottom, const Packet& inside) {
  return be32(label << 12 | unsigned{bottom} << 8 | 64) + inside;
}
inline Packet pppoe(const Packet& ppp, std::optional<std::size_t> length = {}) {
  return raw({0x11, 0}) + be16(7) + be16(length.value_or(ppp.size())) + ppp;
}
inline Packet snap(std::uint32_t oui, std::uint16_t type, const Packet& inside) {
  return raw({0xAA, 0xAA, 3, oui >> 16 & 0xFF, oui >> 8 & 0xFF, oui & 0xFF}) + be16(type) + inside;
}

// --- network layer -------------------------------------------------------------------------------------

struct Ipv4 {
  Address4 from = kA, to = kB;
  unsigned protocol = 17;
  unsigned id = 0;
  bool more = false;
  unsigned offset = 0;                 ///< bytes, a multiple of 8
  std::optional<unsigned> total = {};  ///< total length field, if it is to be wrong
  Packet options = {};                 ///< a multiple of 4 bytes
  std::optional<unsigned> words = {};  ///< header length field, if it is to be wrong
  unsigned version = 4;
};
inline Packet ipv4(const Ipv4& h, const Packet& inside) {
  const std::size_t header = 20 + h.options.size();
  return raw({h.version << 4 | h.words.value_or(static_cast<unsigned>(header / 4)), 0}) +
         be16(h.total.value_or(static_cast<unsigned>(header + inside.size()))) + be16(h.id) +
         be16((h.more ? 0x2000U : 0U) | h.offset / 8) + raw({64, h.protocol}) + be16(0) + be32(h.from) +
         be32(h.to) + h.options + inside;
}

struct Ipv6 {
  unsigned from = 1, to = 2;  ///< last 32 bits of 2001:db8::n
  unsigned next = 17;
  std::optional<unsigned> length = {};  ///< payload length field, if it is to be wrong
};
inline Packet ipv6(const Ipv6& h, const Packet& inside) {
  return be32(0x60000000) + be16(h.length.value_or(static_cast<unsigned>(inside.size()))) +
         raw({h.next, 64}) + address6(h.from) + address6(h.to) + inside;
}
/// Hop-by-hop or destination options, or a routing header, of 8 · (words + 1) bytes.
inline Packet extension(unsigned next, unsigned words, const Packet& inside) {
  return raw({next, words}) + zeros(6 + std::size_t{words} * 8) + inside;
}
inline Packet fragment6(unsigned next, unsigned offset, bool more, std::uint32_t id, const Packet& inside) {
  return raw({next, 0}) + be16(offset | unsigned{more}) + be32(id) + inside;
}
/// Authentication header with `icv` bytes of it.
inline Packet ah(unsigned next, unsigned icv, const Packet& inside) {
  return raw({next, (12 + icv) / 4 - 2}) + be16(0) + be32(0x1001) + be32(1) + zeros(icv) + inside;
}

// --- transport layer -----------------------------------------------------------------------------------

inline Packet udp(unsigned from, unsigned to, const Packet& inside, std::optional<unsigned> length = {}) {
  return be16(from) + be16(to) + be16(length.value_or(static_cast<unsigned>(8 + inside.size()))) + be16(0) +
         inside;
}
struct Tcp {
  unsigned from = 40000, to = 80;
  std::uint32_t seq = 1000, ack = 0;
  unsigned flags = 0x10;
  std::optional<unsigned> words = {};  ///< header length field, if it is to be wrong
  Packet options = {};                 ///< a multiple of 4 bytes
};
inline Packet tcp(const Tcp& h, const Packet& inside = {}) {
  const unsigned words = h.words.value_or(static_cast<unsigned>(5 + h.options.size() / 4));
  return be16(h.from) + be16(h.to) + be32(h.seq) + be32(h.ack) + be16(words << 12 | h.flags) + be16(1024) +
         be32(0) + h.options + inside;
}
inline Packet icmp(unsigned type, unsigned code, std::uint32_t rest, const Packet& inside = {}) {
  return raw({type, code, 0, 0}) + be32(rest) + inside;
}
inline Packet sctp(unsigned from, unsigned to, const Packet& inside) {
  return be16(from) + be16(to) + be32(0x1234) + be32(0) + inside;
}

// --- tunnels -------------------------------------------------------------------------------------------

inline Packet gre(std::uint16_t type, const Packet& inside) { return be16(0) + be16(type) + inside; }
inline Packet vxlan(unsigned vni, const Packet& inside) { return be32(0x08000000) + be32(vni << 8) + inside; }
inline Packet geneve(std::uint16_t type, unsigned vni, const Packet& options, const Packet& inside) {
  return raw({static_cast<unsigned>(options.size() / 4), 0}) + be16(type) + be32(vni << 8) + options + inside;
}
inline Packet gtp(std::uint32_t teid, const Packet& inside) {
  return raw({0x30, 255}) + be16(inside.size()) + be32(teid) + inside;
}
inline Packet l2tp(unsigned tunnel, unsigned session, const Packet& ppp) {
  return be16(0x4002) + be16(8 + ppp.size()) + be16(tunnel) + be16(session) + ppp;
}

// --- walking -------------------------------------------------------------------------------------------

inline constexpr LinkType kNull = 0, kEthernet = 1, kPpp = 9, kRaw12 = 12, kRaw14 = 14, kPppHdlc = 50,
                          kPppEther = 51, kRaw = 101, kChdlc = 104, kWifi = 105, kFrameRelay = 107,
                          kLoop = 108, kLinuxSll = 113, kRadiotap = 127, kPppd = 166, kPppWithDir = 204,
                          kIpv4 = 228, kIpv6 = 229, kNflog = 239, kLinuxSll2 = 276;

/// A packet's bytes in memory of their own: exactly as long as it is, with the padding that is promised
/// behind them. What the padding holds must not matter.
class Buffer {
 public:
  explicit Buffer(const Packet& packet, std::uint8_t padding = 0xA5)
      : size_(packet.size()), bytes_(std::make_unique<std::uint8_t[]>(packet.size() + kPadding)) {
    std::copy(packet.begin(), packet.end(), bytes_.get());
    std::fill_n(bytes_.get() + size_, kPadding, padding);
  }
  [[nodiscard]] PaddedBytes padded() const { return {bytes_.get(), size_}; }

 private:
  std::size_t size_;
  std::unique_ptr<std::uint8_t[]> bytes_;
};

struct Captured {
  LinkType link_type = kEthernet;
  std::uint64_t number = 1;
  std::int64_t time = 0;              ///< ns
  std::uint32_t original_length = 0;  ///< 0: as captured
};

/// Walks a packet and appends to `batch`.
inline void walk_into(PacketBatch& batch, const Packet& packet, const Captured& how = {},
                      const HashSeed& seed = {}, std::uint8_t padding = 0xA5) {
  const Buffer buffer(packet, padding);
  RawPacket p;
  p.bytes = buffer.padded();
  p.time = {how.time};
  p.number = how.number;
  p.original_length =
      how.original_length != 0 ? how.original_length : static_cast<std::uint32_t>(packet.size());
  p.link_type = how.link_type;
  walk_headers(p, seed, batch);
}
inline PacketBatch walk(const Packet& packet, const Captured& how = {}) {
  PacketBatch batch;
  walk_into(batch, packet, how);
  return batch;
}
inline PacketBatch walk(const Packet& packet, LinkType link_type) {
  return walk(packet, Captured{.link_type = link_type});
}

inline Fate fate_of(const PacketBatch& batch) {
  const auto found = std::find(batch.fates.begin(), batch.fates.end(), std::uint64_t{1});
  return static_cast<Fate>(found - batch.fates.begin());
}

// --- reading records -----------------------------------------------------------------------------------

inline std::string address_of(const FlowKey& key, unsigned end) {
  return to_string(IpAddress{key.address[end], key.version});
}
inline std::string source(const PacketRecord& r) { return address_of(r.key, r.direction); }
inline std::string destination(const PacketRecord& r) { return address_of(r.key, 1U - r.direction); }
inline unsigned source_port(const PacketRecord& r) { return r.key.port[r.direction]; }
inline unsigned destination_port(const PacketRecord& r) { return r.key.port[1 - r.direction]; }

/// Everything that a record says, for messages and comparisons.
inline std::string describe(const PacketRecord& r) {
  std::string out = "#" + std::to_string(r.number) + " t=" + std::to_string(r.time.ns) + " " + source(r) +
                    ":" + std::to_string(source_port(r)) + ">" + destination(r) + ":" +
                    std::to_string(destination_port(r)) + " dir=" + std::to_string(r.direction) +
                    " proto=" + std::to_string(r.key.protocol) + " sub=" + std::to_string(r.key.sub) +
                    " len=" + std::to_string(r.ip_length) + "/" + std::to_string(r.payload_length) +
                    " seq=" + std::to_string(r.seq) + " ack=" + std::to_string(r.ack) +
                    " flags=" + std::to_string(r.tcp_flags) + " icmp=" + std::to_string(r.icmp_type) + "/" +
                    std::to_string(r.icmp_code) + " wrap=" + std::to_string(r.encapsulation) +
                    " hash=" + std::to_string(r.hash) + " role=";
  static constexpr std::pair<std::uint8_t, const char*> kRoles[] = {
      {role::packet, "packet "}, {role::stream, "stream "},    {role::segment, "segment "},
      {role::quoted, "quoted "}, {role::icmp_error, "error "}, {role::late, "late "}};
  for (const auto& [bit, name] : kRoles) {
    if ((r.role & bit) != 0) out += name;
  }
  return out;
}
inline std::string describe(const FragmentPiece& p) {
  return "piece record=" + std::to_string(p.record) + " datagram=" + std::to_string(p.datagram) +
         " id=" + std::to_string(p.id) + " at=" + std::to_string(p.offset) + "+" + std::to_string(p.length) +
         " proto=" + std::to_string(p.protocol) + (p.more ? " more" : "") + (p.whole ? " whole" : "");
}
inline std::string describe(const Encapsulation& e) {
  std::string out = std::string("wrap ") + tunnel_name(e.tunnel) + " " + to_string(e.source) + ">" +
                    to_string(e.destination) + (e.has_id ? " id=" + std::to_string(e.id) : "") + " vlan";
  for (unsigned i = 0; i < e.vlan_count; ++i) out += " " + std::to_string(e.vlan[i]);
  return out;
}
inline std::string describe(const PacketBatch& batch) {
  std::string out = "fates";
  for (const std::uint64_t f : batch.fates) out += " " + std::to_string(f);
  for (const PacketRecord& r : batch.records) out += "\n" + describe(r);
  for (const FragmentPiece& p : batch.fragments) out += "\n" + describe(p);
  for (const Encapsulation& e : batch.encapsulations) out += "\n" + describe(e);
  return out;
}

}  // namespace flowloom::build

namespace flowloom {
inline void PrintTo(const PacketRecord& record, std::ostream* out) { *out << build::describe(record); }
inline void PrintTo(const PacketBatch& batch, std::ostream* out) { *out << build::describe(batch); }
inline void PrintTo(Fate fate, std::ostream* out) { *out << fate_name(fate); }
}  // namespace flowloom
