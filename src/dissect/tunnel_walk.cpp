// Tunnels over UDP and IP: each enter_tunnel() notes what the packet inside is wrapped in. Where the inside
// is no sound IP packet, the packet belongs to the flow of the tunnel's own headers.
#include "dissect/plain_walk.hpp"
#include "dissect/tunnel/geneve.hpp"
#include "dissect/tunnel/gre.hpp"
#include "dissect/tunnel/gtp.hpp"
#include "dissect/tunnel/l2tp.hpp"
#include "dissect/tunnel/vxlan.hpp"
#include "dissect/walker.hpp"

namespace flowloom {
namespace {

constexpr WalkNext kNothing{WalkLayer::none};

namespace port {
constexpr std::uint16_t l2tp = 1701, gtp = 2152, teredo = 3544, vxlan = 4789, geneve = 6081,
                        vxlan_linux = 8472;
}

}  // namespace

const char* tunnel_name(TunnelKind kind) {
  static constexpr const char* kNames[] = {"",       "ipip", "gre",  "erspan", "pptp",    "vxlan",
                                           "geneve", "gtp",  "l2tp", "teredo", "etherip", "mpls"};
  return kNames[static_cast<std::size_t>(kind)];
}

WalkNext Walker::udp_tunnel(std::uint16_t source, std::uint16_t destination) {
  const std::uint16_t which = is_tunnel_port(destination) ? destination : source;
  switch (which) {
    case port::vxlan:
    case port::vxlan_linux:
      return vxlan();
    case port::geneve:
      return geneve();
    case port::gtp:
      return gtp();
    case port::l2tp:
      return l2tp();
    case port::teredo:
      return teredo();
    default:
      return kNothing;
  }
}

// RFC 7348 §5
WalkNext Walker::vxlan() {
  const auto header = cursor_.header<vxlan::protocol>();
  if (!header || !header.get<vxlan::vni_valid>()) return kNothing;
  enter_tunnel(TunnelKind::vxlan, true, header.get<vxlan::vni>());
  return cursor_.skip(vxlan::protocol.min_length) ? WalkNext{WalkLayer::ethernet} : kNothing;
}

// RFC 8926 §3.4
WalkNext Walker::geneve() {
  const auto header = cursor_.header<geneve::protocol>();
  if (!header || header.get<geneve::version>() != 0) return kNothing;
  const std::uint16_t type = header.get<geneve::proto_type>();
  enter_tunnel(TunnelKind::geneve, true, header.get<geneve::vni>());
  if (!cursor_.skip(geneve::protocol.min_length + header.get<geneve::options_length>())) return kNothing;
  return {WalkLayer::ether_type, type};
}

// 3GPP TS 29.281 §5.1, §5.2: user data are G-PDUs, message type 255.
WalkNext Walker::gtp() {
  const auto header = cursor_.header<gtp::protocol>();
  constexpr std::uint8_t kGpdu = 255;
  if (!header || header.get<gtp::version>() != 1 || !header.get<gtp::payload>() ||
      header.get<gtp::message>() != kGpdu) {
    return kNothing;
  }
  const bool optional = header.get<gtp::e>() || header.get<gtp::s>() || header.get<gtp::pn>();
  const bool extended = header.get<gtp::e>();
  enter_tunnel(TunnelKind::gtp, true, header.get<gtp::teid>());
  if (!cursor_.skip(gtp::protocol.min_length)) return kNothing;
  if (optional) {
    std::uint8_t next = extended ? cursor_.u8(3) : 0;
    if (!cursor_.skip(4)) return kNothing;
    while (next != 0) {  // extension headers: length in units of four bytes, type of the next at the end
      const std::size_t length = std::size_t{cursor_.u8(0)} * 4;
      if (length == 0 || ++layers_ > kMaxLayers || !cursor_.has(length)) return kNothing;
      next = cursor_.u8(length - 1);
      if (!cursor_.skip(length)) return kNothing;
    }
  }
  return {WalkLayer::ip};
}

// RFC 2661 §3.1: data messages carry PPP frames.
WalkNext Walker::l2tp() {
  const auto header = cursor_.header<l2tp::protocol>();
  if (!header || header.get<l2tp::type>() || header.get<l2tp::version>() != 2) return kNothing;
  const bool with_length = header.get<l2tp::length_bit>(), with_sequence = header.get<l2tp::seq_bit>(),
             with_offset = header.get<l2tp::offset_bit>();
  if (!cursor_.skip(with_length ? 4 : 2)) return kNothing;
  const std::uint32_t ids = cursor_.u32(0);  // tunnel, session
  if (!cursor_.skip(4)) return kNothing;
  if (with_sequence && !cursor_.skip(4)) return kNothing;
  if (with_offset) {
    const std::size_t pad = cursor_.u16(0);
    if (!cursor_.skip(2) || !cursor_.skip(pad)) return kNothing;
  }
  enter_tunnel(TunnelKind::l2tp, true, ids);
  return {WalkLayer::ppp};
}

// RFC 4380 §5.1.1: an authentication and an origin indication may stand before the IPv6 packet.
WalkNext Walker::teredo() {
  if (cursor_.has(4) && cursor_.u16(0) == 0x0001) {
    const std::size_t length = std::size_t{4} + cursor_.u8(2) + cursor_.u8(3) + 9;
    if (!cursor_.skip(length)) return kNothing;
  }
  if (cursor_.has(8) && cursor_.u16(0) == 0x0000 && !cursor_.skip(8)) return kNothing;
  if (!cursor_.has(1) || cursor_.u8(0) >> 4 != 6) return kNothing;
  enter_tunnel(TunnelKind::teredo, false, 0);
  return {WalkLayer::ipv6};
}

// RFC 3378. As Wireshark, whatever the version says: some systems have sent it in the other half of the byte.
WalkNext Walker::etherip() {
  if (!cursor_.skip(2)) return kNothing;
  enter_tunnel(TunnelKind::etherip, false, 0);
  return {WalkLayer::ethernet};
}

// RFC 2784, RFC 2890; version 1: RFC 2637 §4.1
WalkNext Walker::gre() {
  const auto header = cursor_.header<gre::protocol>();
  if (!header) return kNothing;
  const bool with_checksum = header.get<gre::checksum_present>(),
             with_routing = header.get<gre::routing_present>(), with_key = header.get<gre::key_present>(),
             with_sequence = header.get<gre::sequence_present>(), with_ack = header.get<gre::ack_present>();
  const unsigned version = header.get<gre::version>();
  const std::uint16_t type = header.get<gre::proto>();
  if (version > 1 || !cursor_.skip(gre::protocol.min_length)) return kNothing;
  if ((with_checksum || with_routing) && !cursor_.skip(4)) return kNothing;
  std::uint64_t key = 0;
  if (with_key) {
    key = version == 1 ? cursor_.u16(2) : cursor_.u32(0);  // version 1: payload length, call identifier
    if (!cursor_.skip(4)) return kNothing;
  }
  if (with_sequence && !cursor_.skip(4)) return kNothing;
  if (version == 1) {
    constexpr std::uint16_t kPpp = 0x880B;
    if (with_ack && !cursor_.skip(4)) return kNothing;
    if (type != kPpp || !with_sequence) return kNothing;  // without a sequence number there is no payload
    enter_tunnel(TunnelKind::pptp, with_key, key);
    return {WalkLayer::ppp};
  }
  if (with_routing) {  // RFC 1701 source routes: family, offset, length; a zero entry ends the list
    for (; ++layers_ <= kMaxLayers;) {
      const std::uint16_t family = cursor_.u16(0);
      const std::size_t length = cursor_.u8(3);
      if (!cursor_.skip(4)) return kNothing;
      if (family == 0 && length == 0) break;
      if (!cursor_.skip(length)) return kNothing;
    }
  }
  constexpr std::uint16_t kErspan12 = 0x88BE, kErspan3 = 0x22EB, kWccp = 0x883E;
  if (type == kErspan12) return erspan(with_sequence, false);
  if (type == kErspan3) return erspan(true, true);
  enter_tunnel(TunnelKind::gre, with_key, key);
  if (type == kWccp) {  // version 2 has a redirect header before the IP header
    if (cursor_.u8(0) >> 4 != 4 && !cursor_.skip(4)) return kNothing;
    return {WalkLayer::ipv4};
  }
  return {WalkLayer::ether_type, type};
}

// draft-foschiano-erspan-03: type I has no header, II has 8 bytes, III has 12 and perhaps 8 more.
WalkNext Walker::erspan(bool with_header, bool type3) {
  if (!with_header) {
    enter_tunnel(TunnelKind::erspan, false, 0);
    return {WalkLayer::ethernet};
  }
  const std::uint16_t session = cursor_.u16(2) & 0x03FF;
  const bool subheader = type3 && (cursor_.u8(11) & 1) != 0;
  const unsigned frame_type = type3 ? (cursor_.u8(10) >> 2) & 0x1F : 0;
  const std::size_t length = type3 ? (subheader ? 20 : 12) : 8;
  if (!cursor_.skip(length)) return kNothing;
  enter_tunnel(TunnelKind::erspan, true, session);
  constexpr unsigned kIpFrame = 2;
  return {frame_type == kIpFrame ? WalkLayer::ip : WalkLayer::ethernet};
}

}  // namespace flowloom
