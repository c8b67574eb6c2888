// One packet of each link type, each tunnel and each kind of header, around the same inner packets, with what
// the walk must say of it.
#pragma once

#include <string>
#include <vector>

#include "support/packets.hpp"

namespace flowloom {

struct WalkSample {
  std::string name;
  LinkType link_type = build::kEthernet;
  build::Packet packet;
  unsigned version = 4;  ///< of the inner packet
  TunnelKind tunnel = TunnelKind::none;
  std::optional<std::uint64_t> id = {};
  std::vector<std::uint16_t> vlans = {};
};

/// 10.0.0.1:1111 → 10.0.0.2:2222, UDP, five bytes.
inline build::Packet inner4() { return build::ipv4({}, build::udp(1111, 2222, build::raw({1, 2, 3, 4, 5}))); }
/// The same between 2001:db8::1 and 2001:db8::2.
inline build::Packet inner6() { return build::ipv6({}, build::udp(1111, 2222, build::raw({1, 2, 3, 4, 5}))); }

inline std::vector<WalkSample> link_samples() {
  using namespace build;
  const Packet in4 = inner4(), in6 = inner6();
  const Packet snap4 = snap(0, 0x0800, in4), mac = raw({2, 0, 0, 0, 0, 9}), macs = mac + mac + mac;
  const auto p = [](const auto&... parts) { return (... + parts); };
  const Packet nflog_prefix = p(raw({9, 0, 10, 0}), raw({'p', 'i', 'n', 'g', ' ', 0, 0, 0}));
  return {
      {"ethernet", kEthernet, build::eth(0x0800, in4)},
      {"ethernet v6", kEthernet, build::eth(0x86DD, in6), 6},
      {"ethernet v6 behind v4's type", kEthernet, build::eth(0x0800, in6), 6},
      {"802.3 SNAP", kEthernet, build::eth(static_cast<std::uint16_t>(snap4.size()), snap4)},
      {"802.3 SNAP of a bridge", kEthernet, build::eth(41, snap(0xF8, 0x0800, in4))},
      {"802.3 LLC's own IP", kEthernet, build::eth(36, p(raw({6, 6, 3}), in4))},
      {"802.1Q",
       kEthernet,
       build::eth(0x8100, build::vlan(100, 0x0800, in4)),
       4,
       TunnelKind::none,
       {},
       {100}},
      {"802.1ad",
       kEthernet,
       build::eth(0x88A8, build::vlan(200, 0x8100, build::vlan(0xE000 | 100, 0x86DD, in6))),
       6,
       TunnelKind::none,
       {},
       {200, 100}},
      {"0x9100",
       kEthernet,
       build::eth(0x9100, build::vlan(300, 0x8100, build::vlan(1, 0x0800, in4))),
       4,
       TunnelKind::none,
       {},
       {300, 1}},
      {"802.1Q with SNAP",
       kEthernet,
       build::eth(0x8100, build::vlan(5, 41, snap4)),
       4,
       TunnelKind::none,
       {},
       {5}},
      {"MPLS", kEthernet, build::eth(0x8847, mpls(100, false, mpls(200, true, in4)))},
      {"MPLS multicast v6", kEthernet, build::eth(0x8848, mpls(100, true, in6)), 6},
      {"PPPoE", kEthernet, build::eth(0x8864, pppoe(p(be16(0x0021), in4)))},
      {"PPPoE v6", kEthernet, build::eth(0x8864, pppoe(p(be16(0x0057), in6))), 6},
      {"PPPoE in a VLAN",
       kEthernet,
       build::eth(0x8100, build::vlan(7, 0x8864, pppoe(p(be16(0x0021), in4)))),
       4,
       TunnelKind::none,
       {},
       {7}},
      {"bridged Ethernet", kEthernet, build::eth(0x6558, build::eth(0x0800, in4))},
      {"null, little-endian", kNull, p(raw({2, 0, 0, 0}), in4)},
      {"null, big-endian", kNull, p(raw({0, 0, 0, 2}), in4)},
      {"null v6 of BSD", kNull, p(raw({24, 0, 0, 0}), in6), 6},
      {"null v6 of FreeBSD", kNull, p(raw({28, 0, 0, 0}), in6), 6},
      {"null v6 of macOS", kNull, p(raw({0, 0, 0, 30}), in6), 6},
      {"null v6 of Linux", kNull, p(raw({10, 0, 0, 0}), in6), 6},
      {"loop", kLoop, p(raw({0, 0, 0, 2}), in4)},
      {"raw 12", kRaw12, in4},
      {"raw 14 v6", kRaw14, in6, 6},
      {"raw", kRaw, in4},
      {"raw v6", kRaw, in6, 6},
      {"ipv4", kIpv4, in4},
      {"ipv6", kIpv6, in6, 6},
      {"linux cooked", kLinuxSll, p(zeros(14), be16(0x0800), in4)},
      {"linux cooked VLAN",
       kLinuxSll,
       p(zeros(14), be16(0x8100), build::vlan(9, 0x86DD, in6)),
       6,
       TunnelKind::none,
       {},
       {9}},
      {"linux cooked 802.3", kLinuxSll, p(zeros(14), be16(4), snap4)},
      {"linux cooked 2", kLinuxSll2, p(be16(0x86DD), zeros(18), in6), 6},
      {"nflog", kNflog,
       p(raw({2, 0, 0, 0}), nflog_prefix, raw({static_cast<unsigned>(in4.size()) + 4, 0, 9, 0}), in4)},
      {"nflog big-endian v6", kNflog,
       p(raw({10, 0, 0, 0}), raw({0, static_cast<unsigned>(in6.size()) + 4, 0, 9}), in6), 6},
      {"ppp", kPpp, p(raw({0xFF, 3, 0, 0x21}), in4)},
      {"ppp without address", kPpp, p(raw({0, 0x57}), in6), 6},
      {"ppp with a short protocol", kPpp, p(raw({0x21}), in4)},
      {"ppp with MPLS", kPpp, p(raw({0xFF, 3, 2, 0x81}), mpls(3, true, in4))},
      {"ppp of pppd", kPppd, p(raw({0, 3, 0, 0x21}), in4)},
      {"ppp with direction", kPppWithDir, p(raw({1, 0xFF, 3, 0, 0x21}), in4)},
      {"ppp hdlc", kPppHdlc, p(raw({0xFF, 3, 0, 0x21}), in4)},
      {"ppp hdlc, Cisco's", kPppHdlc, p(raw({0x0F, 0, 8, 0}), in4)},
      {"cisco hdlc", kChdlc, p(raw({0x8F, 0, 0x86, 0xDD}), in6), 6},
      {"pppoe alone", kPppEther, pppoe(p(be16(0x0021), in4))},
      {"frame relay NLPID", kFrameRelay, p(raw({0x18, 0x41, 3, 0xCC}), in4)},
      {"frame relay NLPID v6", kFrameRelay, p(raw({0x18, 0x41, 3, 0x8E}), in6), 6},
      {"frame relay SNAP", kFrameRelay, p(raw({0x18, 0x41, 3, 0, 0x80, 0, 0, 0, 8, 0}), in4)},
      {"frame relay of Cisco", kFrameRelay, p(raw({0x18, 0x41, 8, 0}), in4)},
      {"frame relay with PPP", kFrameRelay, p(raw({0x18, 0x41, 3, 0xCF, 0, 0x21}), in4)},
      {"frame relay, bridged", kFrameRelay,
       p(raw({0x18, 0x41, 3, 0, 0x80, 0, 0x80, 0xC2, 0, 7}), build::eth(0x0800, in4))},
      {"frame relay, long address", kFrameRelay, p(raw({0x18, 0x40, 0, 0x41, 3, 0xCC}), in4)},
      {"802.11", kWifi, p(raw({0x08, 0, 0, 0}), macs, be16(0), snap4)},
      {"802.11 from DS", kWifi, p(raw({0x08, 2, 0, 0}), macs, be16(0), snap4)},
      {"802.11 between DS", kWifi, p(raw({0x08, 3, 0, 0}), macs, be16(0), mac, snap4)},
      {"802.11 QoS", kWifi, p(raw({0x88, 1, 0, 0}), macs, be16(0), raw({0, 0}), snap4)},
      {"802.11 QoS with HT control", kWifi,
       p(raw({0x88, 0x81, 0, 0}), macs, be16(0), raw({0, 0}), zeros(4), snap4)},
      {"radiotap", kRadiotap, p(raw({0, 0, 8, 0, 0, 0, 0, 0}), raw({0x08, 1, 0, 0}), macs, be16(0), snap4)},
      {"radiotap with padded header", kRadiotap,
       p(raw({0, 0, 9, 0, 2, 0, 0, 0, 0x20}), raw({0x88, 1, 0, 0}), macs, be16(0), raw({0, 0}), zeros(2),
         snap4)},
  };
}

inline std::vector<WalkSample> tunnel_samples() {
  using namespace build;
  using enum TunnelKind;
  const Packet in4 = inner4(), in6 = inner6(), frame = build::eth(0x0800, in4);
  const auto p = [](const auto&... parts) { return (... + parts); };
  const auto over4 = [](unsigned protocol, const Packet& inside) {
    return build::eth(0x0800, ipv4({.from = kOuterA, .to = kOuterB, .protocol = protocol}, inside));
  };
  const auto over6 = [](unsigned protocol, const Packet& inside) {
    return build::eth(0x86DD, build::ipv6({.from = 0xA, .to = 0xB, .next = protocol}, inside));
  };
  const auto over_udp = [&](unsigned port, const Packet& inside) {
    return over4(17, build::udp(40000, port, inside));
  };
  const Packet erspan2 = p(be16(0x1000), be16(0x0123), be32(0));
  const Packet erspan3 = p(be16(0x2000), be16(0x0234), be32(0), be32(0));
  return {
      {"4 in 4", kEthernet, over4(4, in4), 4, ipip},
      {"6 in 4", kEthernet, over4(41, in6), 6, ipip},
      {"4 in 6", kEthernet, over6(4, in4), 4, ipip},
      {"6 in 6", kEthernet, over6(41, in6), 6, ipip},
      {"GRE", kEthernet, over4(47, build::gre(0x0800, in4)), 4, TunnelKind::gre},
      {"GRE over v6", kEthernet, over6(47, build::gre(0x86DD, in6)), 6, TunnelKind::gre},
      {"GRE with key", kEthernet, over4(47, p(be16(0x2000), be16(0x0800), be32(77), in4)), 4, TunnelKind::gre,
       77},
      {"GRE with all", kEthernet,
       over4(47, p(be16(0xB000), be16(0x0800), be32(0), be32(0xFFFFFFFF), be32(1), in4)), 4, TunnelKind::gre,
       0xFFFFFFFF},
      {"GRE with a source route", kEthernet,
       over4(47, p(be16(0x4000), be16(0x0800), be32(0), raw({0, 1, 0, 4}), be32(9), be32(0), in4)), 4,
       TunnelKind::gre},
      {"GRE bridging", kEthernet, over4(47, build::gre(0x6558, frame)), 4, TunnelKind::gre},
      {"GRE with MPLS", kEthernet, over4(47, build::gre(0x8847, build::mpls(5, true, in4))), 4,
       TunnelKind::gre},
      {"WCCP", kEthernet, over4(47, build::gre(0x883E, in4)), 4, TunnelKind::gre},
      {"WCCP version 2", kEthernet, over4(47, build::gre(0x883E, p(be32(0), in4))), 4, TunnelKind::gre},
      {"PPTP", kEthernet,
       over4(47, p(be16(0x3081), be16(0x880B), be16(0), be16(99), be32(1), be32(2), raw({0xFF, 3, 0, 0x21}),
                   in4)),
       4, pptp, 99},
      {"ERSPAN I", kEthernet, over4(47, build::gre(0x88BE, frame)), 4, erspan},
      {"ERSPAN II", kEthernet, over4(47, p(be16(0x1000), be16(0x88BE), be32(1), erspan2, frame)), 4, erspan,
       0x123},
      {"ERSPAN III", kEthernet, over4(47, p(be16(0x1000), be16(0x22EB), be32(1), erspan3, frame)), 4, erspan,
       0x234},
      {"ERSPAN III with subheader", kEthernet,
       over4(47, p(be16(0x1000), be16(0x22EB), be32(1), cut(erspan3, 11), raw({1}), zeros(8), frame)), 4,
       erspan, 0x234},
      {"VXLAN", kEthernet, over_udp(4789, build::vxlan(0xABCDEF, frame)), 4, TunnelKind::vxlan, 0xABCDEF},
      {"VXLAN of Linux", kEthernet, over_udp(8472, build::vxlan(1, frame)), 4, TunnelKind::vxlan, 1},
      {"VXLAN with a VLAN inside",
       kEthernet,
       over_udp(4789, build::vxlan(1, build::eth(0x8100, build::vlan(33, 0x86DD, in6)))),
       6,
       TunnelKind::vxlan,
       1,
       {33}},
      {"Geneve", kEthernet, over_udp(6081, build::geneve(0x6558, 42, {}, frame)), 4, TunnelKind::geneve, 42},
      {"Geneve with options and IP", kEthernet, over_udp(6081, build::geneve(0x86DD, 42, zeros(8), in6)), 6,
       TunnelKind::geneve, 42},
      {"GTP-U", kEthernet, over_udp(2152, build::gtp(0xDEADBEEF, in4)), 4, TunnelKind::gtp, 0xDEADBEEF},
      {"GTP-U with sequence", kEthernet,
       over_udp(2152, p(raw({0x32, 255}), be16(in4.size() + 4), be32(5), be32(0x00010000), in4)), 4,
       TunnelKind::gtp, 5},
      {"GTP-U with extensions", kEthernet,
       over_udp(2152, p(raw({0x34, 255}), be16(in6.size() + 16), be32(5), raw({0, 0, 0, 0x85}),
                        raw({1, 0, 0, 0x85}), raw({2, 0, 0, 0, 0, 0, 0, 0}), in6)),
       6, TunnelKind::gtp, 5},
      {"L2TP", kEthernet, over_udp(1701, build::l2tp(3, 4, p(raw({0xFF, 3, 0, 0x21}), in4))), 4,
       TunnelKind::l2tp, 3 << 16 | 4},
      {"L2TP with all", kEthernet,
       over_udp(1701,
                p(be16(0x4A02), be16(0), be16(3), be16(4), be32(0), be16(2), be16(0), raw({0, 0x21}), in4)),
       4, TunnelKind::l2tp, 3 << 16 | 4},
      {"L2TP with nothing", kEthernet, over_udp(1701, p(be16(0x0002), be16(3), be16(4), raw({0, 0x57}), in6)),
       6, TunnelKind::l2tp, 3 << 16 | 4},
      {"Teredo", kEthernet, over_udp(3544, in6), 6, teredo},
      {"Teredo with origin", kEthernet, over_udp(3544, p(be16(0), zeros(6), in6)), 6, teredo},
      {"Teredo with authentication", kEthernet,
       over_udp(3544, p(be16(1), raw({2, 3}), zeros(14), be16(0), zeros(6), in6)), 6, teredo},
      {"EtherIP", kEthernet, over4(97, p(be16(0x3000), frame)), 4, etherip},
      {"MPLS in IP", kEthernet, over4(137, build::mpls(5, true, in4)), 4, TunnelKind::mpls},
      {"GRE in VXLAN", kEthernet,
       over_udp(4789,
                build::vxlan(1, build::eth(0x0800, ipv4({.from = kOuterA, .to = kOuterB, .protocol = 47},
                                                        p(be16(0x2000), be16(0x0800), be32(8), in4))))),
       4, TunnelKind::gre, 8},
  };
}

inline std::vector<WalkSample> header_samples() {
  using namespace build;
  const Packet segment = build::udp(1111, 2222, raw({1, 2, 3, 4, 5}));
  const auto chain = [&](unsigned first, const Packet& inside) {
    return build::eth(0x86DD, build::ipv6({.next = first}, inside));
  };
  return {
      {"IPv4 options", kEthernet, build::eth(0x0800, ipv4({.options = zeros(40)}, segment))},
      {"AH over v4", kEthernet, build::eth(0x0800, ipv4({.protocol = 51}, ah(17, 12, segment)))},
      {"two AH over v4", kEthernet,
       build::eth(0x0800, ipv4({.protocol = 51}, ah(51, 12, ah(17, 0, segment))))},
      {"hop-by-hop", kEthernet, chain(0, extension(17, 0, segment)), 6},
      {"destination options", kEthernet, chain(60, extension(17, 3, segment)), 6},
      {"routing", kEthernet, chain(43, extension(17, 2, segment)), 6},
      {"shim6", kEthernet, chain(140, extension(17, 0, segment)), 6},
      {"AH over v6", kEthernet, chain(51, ah(17, 12, segment)), 6},
      {"atomic fragment", kEthernet, chain(44, fragment6(17, 0, false, 9, segment)), 6},
      {"all of them", kEthernet,
       chain(0, extension(
                    60, 0,
                    extension(
                        43, 1,
                        extension(44, 0, fragment6(51, 0, false, 1, ah(60, 4, extension(17, 0, segment))))))),
       6},
  };
}

}  // namespace flowloom
