// The way that the packets of a generated conversation take: addresses, link layer, tunnel.
#pragma once

#include <array>
#include <cstdint>

#include "flowloom/address.hpp"

namespace flowloom::synth {

/// What an invented packet may be wrapped in.
enum class Wrap : std::uint8_t {
  none,
  ipip,    ///< IP in IP (RFC 2003, RFC 4213)
  gre,     ///< with key and checksum (RFC 2890)
  vxlan,   ///< without UDP checksum (RFC 7348)
  gtp,     ///< GTP-U, a TEID for each direction (3GPP TS 29.281)
  geneve,  ///< an Ethernet frame, with UDP checksum (RFC 8926)
};

/// Pairs are of the client (0), who speaks first, and the server (1).
struct Path {
  std::array<IpAddress, 2> address;
  std::array<std::uint16_t, 2> port = {};  ///< ICMP echo: port[0] is the identifier
  std::array<std::uint8_t, 2> ttl = {64, 57};
  std::uint8_t vlans = 0;
  std::array<std::uint16_t, 2> vlan = {};  ///< tags with priority, outermost first
  Wrap wrap = Wrap::none;
  std::array<IpAddress, 2> outer;
  std::array<std::uint32_t, 2> wrap_id =
      {};  ///< VNI, key; GTP-U: TEID in packets of the client, of the server

  [[nodiscard]] constexpr bool v6() const { return address[0].version == 6; }
};

inline constexpr std::size_t kMtu = 1500;  ///< of every link

/// Bytes that the wrapping puts before the IP header of the conversation.
constexpr std::size_t wrap_size(const Path& path) {
  const std::size_t ip = path.outer[0].version == 6 ? 40 : 20;
  switch (path.wrap) {
    case Wrap::none:
      return 0;
    case Wrap::ipip:
      return ip;
    case Wrap::gre:
      return ip + 12;
    case Wrap::vxlan:
    case Wrap::geneve:
      return ip + 8 + 8 + 14;
    case Wrap::gtp:
      return ip + 8 + 8;
  }
  return 0;
}

/// The longest IP packet of the conversation.
constexpr std::size_t inner_mtu(const Path& path) { return kMtu - wrap_size(path); }
constexpr std::size_t ip_header_size(const Path& path) { return path.v6() ? 40 : 20; }

}  // namespace flowloom::synth
