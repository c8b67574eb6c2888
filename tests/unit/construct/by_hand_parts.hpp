// What packets are made of, for by_hand.hpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "flowloom/construct.hpp"

namespace flowloom::by_hand {

struct Made {
  std::string name;
  flowloom::Packet packet;
};

inline Bytes bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

using flowloom::Packet;

inline Packet ethernet() {
  Packet packet;
  packet.add("eth").set("eth.dst", "02:00:00:00:00:02").set("eth.src", "02:00:00:00:00:01");
  return packet;
}
inline Packet ipv4(Packet packet = ethernet()) {
  packet.add("ip").set("ip.src", "192.0.2.1").set("ip.dst", "198.51.100.2").set("ip.id", 0x1234);
  return packet;
}
inline Packet ipv6(Packet packet = ethernet()) {
  packet.add("ipv6").set("ipv6.src", "2001:db8::1").set("ipv6.dst", "2001:db8::2");
  return packet;
}
inline Packet udp(Packet packet, unsigned to = 40001) {
  packet.add("udp").set("udp.srcport", 40000).set("udp.dstport", to);
  return packet;
}
inline Packet tcp(Packet packet) {
  packet.add("tcp")
      .set("tcp.srcport", 40000)
      .set("tcp.dstport", 40001)
      .set("tcp.seq_raw", 1)
      .set("tcp.flags", 2);
  return packet.set("tcp.window_size_value", 64240);
}
inline Packet icmp(unsigned type, Packet packet = ipv4()) {
  packet.add("icmp").set("icmp.type", type);
  return packet;
}
inline Packet dns(Packet packet, std::string_view protocol, unsigned flags) {
  packet.add(protocol).set("dns.id", 7).set("dns.flags", flags);
  return packet;
}
inline Packet& question(Packet& packet, std::string_view name, unsigned type = 1) {
  return packet.set("dns.qry.name", name).set("dns.qry.type", type).set("dns.qry.class", 1);
}
inline Packet& record(Packet& packet, std::string_view name, unsigned type) {
  return packet.set("dns.resp.name", name)
      .set("dns.resp.type", type)
      .set("dns.resp.class", 1)
      .set("dns.resp.ttl", 60);
}

}  // namespace flowloom::by_hand
