// The short way for what most captures consist of: Ethernet, IPv4 without options or fragments, TCP or UDP,
// nothing cut. It says of a packet what Walker says, in a third of the instructions; of anything else it says
// nothing.
#pragma once

#include "dissect/link/ethernet.hpp"
#include "dissect/net/ipv4.hpp"
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

/// Appends the packet's record and counts it; false, and nothing done, if it is not such a packet.
[[gnu::flatten]] inline bool walk_plain(const RawPacket& packet, const HashSeed& seed, PacketBatch& out) {
  constexpr LinkType kEthernet = 1;
  constexpr std::size_t kIp = eth::protocol.min_length, kTransport = kIp + ip::protocol.min_length;
  const std::size_t captured = packet.bytes.size();
  if (packet.link_type != kEthernet || captured < kTransport + udp::protocol.min_length) return false;
  const std::uint8_t* const bytes = packet.bytes.data();
  const View<eth::protocol> ethernet(bytes, true);
  const View<ip::protocol> header(bytes + kIp, true);
  const std::uint32_t total = header.get<ip::len>();
  if (ethernet.get<eth::type>() != 0x0800 || header.get<ip::version>() != 4 ||
      header.get<ip::hdr_len>() != ip::protocol.min_length || total > captured - kIp ||
      header.get<ip::mf>() || header.get<ip::frag_offset>() != 0) {
    return false;
  }
  const std::uint8_t protocol = header.get<ip::proto>();
  const std::uint32_t payload = total - ip::protocol.min_length;  // checked below: total may be too small
  const auto finish = [&](PacketRecord& record, std::uint16_t source, std::uint16_t destination) {
    const HashedEnds ends = set_ipv4_hashed(record.key, header.bytes<ip::src>(), header.bytes<ip::dst>(),
                                            source, destination, protocol, seed);
    record.hash = ends.hash;
    record.direction = ends.direction;
    record.ip_length = total;
    record.time = packet.time;
    record.number = packet.number;
    ++out.fates[static_cast<std::size_t>(Fate::flow)];
  };
  if (protocol == ip_proto::tcp) {
    if (total < ip::protocol.min_length + tcp::protocol.min_length) return false;
    const View<tcp::protocol> segment(bytes + kTransport, true);
    const std::uint32_t header_length = segment.get<tcp::hdr_len>();
    if (header_length < tcp::protocol.min_length || header_length > payload) return false;
    PacketRecord& record = out.records.emplace_back();
    record.seq = segment.get<tcp::seq_raw>();
    record.ack = segment.get<tcp::ack_raw>();
    record.tcp_flags = segment.get<tcp::flags>() & tcp_flag::all;
    record.payload_length = payload - header_length;
    record.role = role::packet | role::stream | role::segment;
    finish(record, segment.get<tcp::srcport>(), segment.get<tcp::dstport>());
    return true;
  }
  if (protocol == ip_proto::udp) {
    if (total < ip::protocol.min_length + udp::protocol.min_length) return false;
    const View<udp::protocol> datagram(bytes + kTransport, true);
    const std::uint16_t source = datagram.get<udp::srcport>(), destination = datagram.get<udp::dstport>();
    const std::uint16_t length = datagram.get<udp::length>();
    if (length < udp::protocol.min_length || length > payload || is_tunnel_port(source) ||
        is_tunnel_port(destination)) {
      return false;
    }
    PacketRecord& record = out.records.emplace_back();
    record.payload_length = length - udp::protocol.min_length;
    record.role = role::packet | role::stream;
    finish(record, source, destination);
    return true;
  }
  return false;
}

}  // namespace flowloom
