// The short way for what most captures consist of: Ethernet, IPv4 without options or fragments or IPv6
// without extension headers, TCP or UDP, nothing cut. It says of a packet what Walker says, in a third of the
// instructions; of anything else it says nothing.
#pragma once

#include <bit>
#include <cstddef>
#include <cstring>

#include "dissect/link/ethernet.hpp"
#include "dissect/net/ipv4.hpp"
#include "dissect/net/ipv6.hpp"
#include "dissect/packet_record.hpp"
#include "dissect/transport/tcp.hpp"
#include "dissect/transport/udp.hpp"
#include "flowloom/packet.hpp"

namespace flowloom {

/// Whether UDP to or from this port may carry a tunnel.
constexpr bool is_tunnel_port(std::uint16_t port) {
  switch (port) {
    case 1701:  // L2TP
    case 2152:  // GTP-U
    case 3544:  // Teredo
    case 4789:  // VXLAN
    case 6081:  // Geneve
    case 8472:  // VXLAN, as Linux had it before
      return true;
    default:
      return false;
  }
}

/// Which of two ends comes first in a key, by addresses as they are in memory, then ports.
template <std::uint8_t kVersion>
bool end_before(const std::uint64_t* x, std::uint64_t x_port, const std::uint64_t* y, std::uint64_t y_port) {
  if constexpr (kVersion == 4) {
    return (__builtin_bswap64(x[0]) >> 16 | x_port) < (__builtin_bswap64(y[0]) >> 16 | y_port);
  }
  __extension__ using Wide = unsigned __int128;
  const Wide a = static_cast<Wide>(__builtin_bswap64(x[0])) << 64 | __builtin_bswap64(x[1]),
             b = static_cast<Wide>(__builtin_bswap64(y[0])) << 64 | __builtin_bswap64(y[1]);
  return (a < b) | ((a == b) & (x_port < y_port));
}

/// Sets key, hash and direction of a record, which are still as they were made, without a branch, as nobody
/// can predict which way a packet goes. What is hashed never was in memory: reading back what has just been
/// written, in pieces of other sizes, stalls the processor. `addresses`: source and destination, one after
/// the other.
template <std::uint8_t kVersion>
[[gnu::always_inline]] inline void set_ends(PacketRecord& record, const std::uint8_t* addresses,
                                            std::uint16_t source_port, std::uint16_t destination_port,
                                            std::uint8_t protocol, const HashSeed& seed) {
  constexpr std::size_t kAddress = kVersion == 4 ? 4 : 16;
  const std::uint8_t* const destination = addresses + kAddress;
  FlowKey& key = record.key;
  if constexpr (std::endian::native != std::endian::little) {
    key.protocol = protocol;
    record.direction = kVersion == 4 ? key.set_ipv4(addresses, destination, source_port, destination_port)
                                     : key.set_ipv6(addresses, destination, source_port, destination_port);
    record.hash = hash_key(key, seed);
    return;
  }
  std::uint64_t from[2] = {}, to[2] = {};
  std::memcpy(from, addresses, kAddress);
  std::memcpy(to, destination, kAddress);
  const bool swap = end_before<kVersion>(to, destination_port, from, source_port);
  const std::uint64_t all = 0 - std::uint64_t{swap};
  for (std::size_t i = 0; i * 8 < kAddress; ++i) {
    const std::uint64_t other = (from[i] ^ to[i]) & all;
    from[i] ^= other;
    to[i] ^= other;
  }
  const std::uint32_t other_port =
      (std::uint32_t{source_port} ^ destination_port) & static_cast<std::uint32_t>(all);
  const std::uint64_t rest = std::uint64_t{kVersion} << 40 | std::uint64_t{protocol} << 32 |
                             std::uint64_t{destination_port ^ other_port} << 16 | (source_port ^ other_port);
  std::memcpy(key.address[0].data(), from, sizeof from);
  std::memcpy(key.address[1].data(), to, sizeof to);
  static_assert(offsetof(FlowKey, port) + sizeof rest == sizeof(FlowKey));
  std::memcpy(static_cast<void*>(&key.port), &rest, sizeof rest);
  record.hash = hash_words(from[0], from[1], to[0], to[1], rest, seed);
  record.direction = static_cast<std::uint8_t>(swap);
}

/// What follows an IP header: `payload` bytes of it, which are all there.
template <std::uint8_t kVersion>
[[gnu::always_inline]] inline bool walk_plain_transport(const RawPacket& packet,
                                                        const std::uint8_t* addresses,
                                                        const std::uint8_t* transport, std::uint32_t payload,
                                                        std::uint8_t protocol, const HashSeed& seed,
                                                        PacketBatch& out) {
  constexpr std::uint32_t kHeader = kVersion == 4 ? ip::protocol.min_length : ipv6::protocol.min_length;
  if (payload < udp::protocol.min_length) [[unlikely]]
    return false;
  // Where both have them.
  const View<udp::protocol> datagram(transport, true);
  const std::uint16_t source = datagram.get<udp::srcport>(), destination = datagram.get<udp::dstport>();
  PacketRecord* record = nullptr;
  if (protocol == ip_proto::tcp) {
    const View<tcp::protocol> segment(transport, true);
    if (payload < tcp::protocol.min_length) [[unlikely]]
      return false;
    const std::uint32_t header_length = segment.get<tcp::hdr_len>();
    if (header_length < tcp::protocol.min_length || header_length > payload) [[unlikely]]
      return false;
    record = &out.records.emplace_back();
    record->seq = segment.get<tcp::seq_raw>();
    record->ack = segment.get<tcp::ack_raw>();
    record->tcp_flags = segment.get<tcp::flags>() & tcp_flag::all;
    record->payload_length = payload - header_length;
    record->role = role::packet | role::stream | role::segment;
  } else if (protocol == ip_proto::udp) {
    const std::uint16_t length = datagram.get<udp::length>();
    if (length < udp::protocol.min_length || length > payload || is_tunnel_port(source) ||
        is_tunnel_port(destination)) [[unlikely]] {
      return false;
    }
    record = &out.records.emplace_back();
    record->payload_length = length - udp::protocol.min_length;
    record->role = role::packet | role::stream;
  } else {
    return false;
  }
  set_ends<kVersion>(*record, addresses, source, destination, protocol, seed);
  record->ip_length = kHeader + payload;
  record->time = packet.time;
  record->number = packet.number;
  ++out.fates[static_cast<std::size_t>(Fate::flow)];
  return true;
}

/// Appends the packet's record and counts it; false, and nothing done, if it is not such a packet.
[[gnu::always_inline]] inline bool walk_plain(const RawPacket& packet, const HashSeed& seed,
                                              PacketBatch& out) {
  constexpr LinkType kEthernet = 1;
  constexpr std::uint32_t kIp = eth::protocol.min_length, kIpv4 = ip::protocol.min_length,
                          kIpv6 = ipv6::protocol.min_length;
  const std::size_t captured = packet.bytes.size();
  if (packet.link_type != kEthernet || captured < kIp + kIpv4 + udp::protocol.min_length) [[unlikely]] {
    return false;
  }
  const std::uint8_t* const bytes = packet.bytes.data();
  const std::uint16_t type = View<eth::protocol>(bytes, true).get<eth::type>();
  if (type == 0x0800) {
    const View<ip::protocol> header(bytes + kIp, true);
    const std::uint32_t total = header.get<ip::len>();
    if (header.get<ip::version>() != 4 || header.get<ip::hdr_len>() != kIpv4 || total < kIpv4 ||
        total > captured - kIp || header.get<ip::mf>() || header.get<ip::frag_offset>() != 0) [[unlikely]] {
      return false;
    }
    return walk_plain_transport<4>(packet, header.bytes<ip::src>(), bytes + kIp + kIpv4, total - kIpv4,
                                   header.get<ip::proto>(), seed, out);
  }
  if (type == 0x86DD && captured >= kIp + kIpv6) {
    const View<ipv6::protocol> header(bytes + kIp, true);
    const std::uint32_t payload = header.get<ipv6::plen>();
    if (header.get<ipv6::version>() != 6 || payload > captured - kIp - kIpv6) [[unlikely]]
      return false;
    return walk_plain_transport<6>(packet, header.bytes<ipv6::src>(), bytes + kIp + kIpv6, payload,
                                   header.get<ipv6::nxt>(), seed, out);
  }
  return false;
}

}  // namespace flowloom
