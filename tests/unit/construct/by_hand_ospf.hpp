// OSPF's messages made of fields: every kind of link state.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "flowloom/construct.hpp"

namespace flowloom::by_hand {

/// A link state's header; what follows belongs to it.
inline Packet& state2(Packet& packet, unsigned type, std::string_view id) {
  return packet.set("ospf.lsa.age", 1)
      .set("ospf.v2.options", 2)
      .set("ospf.lsa", type)
      .set("ospf.lsa.id", id)
      .set("ospf.advrouter", "192.0.2.1")
      .set("ospf.lsa.seqnum", 0x80000001);
}
inline Packet& state3(Packet& packet, unsigned type, std::string_view id) {
  return packet.set("ospf.lsa.age", 1)
      .set("ospf.v3.lsa", type)
      .set("ospf.link_state_id", id)
      .set("ospf.advrouter", "192.0.2.1")
      .set("ospf.lsa.seqnum", 0x80000001);
}
inline Packet& link2(Packet& packet, std::string_view id, std::string_view data, unsigned type) {
  return packet.set("ospf.lsa.router.linkid", id)
      .set("ospf.lsa.router.linkdata", data)
      .set("ospf.lsa.router.linktype", type)
      .set("ospf.lsa.router.metric0", 10);
}
inline Packet& link3(Packet& packet, unsigned interface) {
  return packet.set("ospf.v3.lsa.type", 1)
      .set("ospf.metric", 10)
      .set("ospf.v3.lsa.interface_id", interface)
      .set("ospf.v3.lsa.neighbor_interface_id", 7)
      .set("ospf.v3.lsa.neighbor_router_id", "192.0.2.2");
}

/// Of the second version; `packet`: below it.
inline Packet ospf2(Packet packet, unsigned message) {
  packet.add("ospf").set("ospf.msg", message);
  return packet.set("ospf.srcrouter", "192.0.2.1").set("ospf.area_id", "0.0.0.0");
}
inline Packet ospf3(Packet packet, unsigned message) {
  return ospf2(std::move(packet), message).set("ospf.version", 3);
}

inline Packet update2(Packet below) {
  Packet packet = ospf2(std::move(below), 4);
  state2(packet, 1, "192.0.2.1").set("ospf.v2.router.lsa.flags", 3);
  link2(packet, "192.0.2.2", "198.51.100.1", 1);
  link2(packet, "198.51.100.0", "255.255.255.0", 3).set("ospf.ls.metric", 20).set("ospf.ls.metric", 30);
  state2(packet, 2, "198.51.100.1").set("ospf.lsa.network.netmask", "255.255.255.0");
  packet.set("ospf.lsa.network.attchrtr", "192.0.2.1").set("ospf.lsa.network.attchrtr", "192.0.2.2");
  state2(packet, 3, "203.0.113.0").set("ospf.lsa.asbr.netmask", "255.255.255.0");
  packet.set("ospf.lsa.tos", 0).set("ospf.metric", 0x10203).set("ospf.lsa.tos", 8).set("ospf.metric", 4);
  state2(packet, 5, "203.0.113.0").set("ospf.lsa.asext.netmask", "255.255.255.0");
  return packet.set("ospf.lsa.asext.type", 1)
      .set("ospf.metric", 20)
      .set("ospf.lsa.asext.fwdaddr", "0.0.0.0")
      .set("ospf.lsa.asext.extrttag", 5);
}

inline Packet update3(Packet below) {
  Packet packet = ospf3(std::move(below), 4);
  state3(packet, 0x2001, "0.0.0.0").set("ospf.v3.router.lsa.flags", 1).set("ospf.v3.options", 0x13);
  link3(packet, 5);
  link3(packet, 6);
  state3(packet, 0x2002, "0.0.0.5").set("ospf.reserved", "00").set("ospf.v3.options", 0x13);
  packet.set("ospf.v3.lsa.attached_router", "192.0.2.1").set("ospf.v3.lsa.attached_router", "192.0.2.2");
  state3(packet, 0x2003, "0.0.0.1").set("ospf.reserved", "00").set("ospf.metric", 0x10203);
  packet.set("ospf.prefix_length", 64).set("ospf.v3.prefix.options", 0).set("ospf.reserved", "0000");
  packet.set("ospf.v3.address_prefix.ipv6", "2001:db8:1::");
  state3(packet, 0x2004, "0.0.0.2").set("ospf.reserved", "00").set("ospf.v3.options", 0x13);
  packet.set("ospf.reserved", "00").set("ospf.metric", 7);
  packet.set("ospf.v3.lsa.destination_router_id", "192.0.2.9");
  state3(packet, 0x4005, "0.0.0.3").set("ospf.v3.as.external.flags", 3).set("ospf.metric", 20);
  packet.set("ospf.prefix_length", 48).set("ospf.v3.prefix.options", 0);
  packet.set("ospf.v3.lsa.referenced_ls_type", 0).set("ospf.v3.address_prefix.ipv6", "2001:db8:2::");
  packet.set("ospf.v3.lsa.forwarding_address.ipv6", "2001:db8::9");
  packet.set("ospf.v3.lsa.external_route_tag", 5);
  state3(packet, 0x0008, "0.0.0.5").set("ospf.v3.lsa.router_priority", 1).set("ospf.v3.options", 0x13);
  packet.set("ospf.v3.lsa.link_local_interface_address.ipv6", "fe80::1");
  for (const char* prefix : {"2001:db8:3::", "2001:db8:4::"}) {
    packet.set("ospf.prefix_length", 64).set("ospf.v3.prefix.options", 0).set("ospf.reserved", "0000");
    packet.set("ospf.v3.address_prefix.ipv6", prefix);
  }
  state3(packet, 0x2009, "0.0.0.4").set("ospf.v3.lsa.referenced_advertising_router", "192.0.2.1");
  packet.set("ospf.v3.lsa.referenced_ls_type", 0x2001);
  packet.set("ospf.v3.lsa.referenced_link_state_id", "0.0.0.0");
  for (const char* prefix : {"2001:db8:5::", "2001:db8:6::1"}) {
    packet.set("ospf.prefix_length", std::string_view(prefix).ends_with('1') ? 128 : 56);
    packet.set("ospf.v3.prefix.options", 0).set("ospf.metric", 10);
    packet.set("ospf.v3.address_prefix.ipv6", prefix);
  }
  return packet;
}

/// Headers only: their lengths and checksums are of states that are elsewhere.
inline Packet& told(Packet& packet) {
  return packet.set("ospf.lsa.chksum", 0x1234).set("ospf.lsa.length", 36);
}

inline Packet acknowledgement2(Packet below) {
  Packet packet = ospf2(std::move(below), 5);
  told(state2(packet, 1, "192.0.2.1"));
  return told(state2(packet, 2, "198.51.100.1"));
}

inline Packet request2(Packet below) {
  Packet packet = ospf2(std::move(below), 3);
  for (const unsigned type : {1U, 5U}) {
    packet.set("ospf.lsa", type).set("ospf.link_state_id", "192.0.2.2");
    packet.set("ospf.advrouter", "192.0.2.2");
  }
  return packet;
}

inline Packet request3(Packet below) {
  Packet packet = ospf3(std::move(below), 3);
  for (const unsigned type : {0x2001U, 0x4005U}) {
    packet.set("ospf.v3.lsa", type).set("ospf.link_state_id", "0.0.0.1");
    packet.set("ospf.advrouter", "192.0.2.2");
  }
  return packet;
}

}  // namespace flowloom::by_hand
