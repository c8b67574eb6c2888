// Packets of what is carried by IP: transports, tunnels, applications.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "by_hand_ospf.hpp"
#include "by_hand_parts.hpp"

namespace flowloom::by_hand {

inline std::vector<Made> transports() {
  const auto option = [](unsigned kind, Packet packet = tcp(ipv4())) {
    return packet.set("tcp.option_kind", kind);
  };
  std::vector<Made> made;
  made.push_back({"udp", udp(ipv4()).payload(bytes("payload"))});
  made.push_back({"udp.ipv6", udp(ipv6()).payload(bytes("payload"))});
  made.push_back(
      {"udplite", ipv4().add("udplite").set("udp.srcport", 1).set("udp.dstport", 2).payload(bytes("x"))});
  made.push_back({"tcp", tcp(ipv4())});
  made.push_back(
      {"tcp.data", tcp(ipv6()).set("tcp.flags", 0x18).set("tcp.ack_raw", 5).payload(bytes("payload"))});
  made.push_back({"tcp.syn", option(2)
                                 .set("tcp.options.mss_val", 1460)
                                 .set("tcp.option_kind", 4)
                                 .set("tcp.option_kind", 8)
                                 .set("tcp.options.timestamp.tsval", 1000)
                                 .set("tcp.options.timestamp.tsecr", 0)
                                 .set("tcp.option_kind", 1)
                                 .set("tcp.option_kind", 3)
                                 .set("tcp.options.wscale.shift", 7)});
  made.push_back({"tcp.sack", option(1)
                                  .set("tcp.option_kind", 1)
                                  .set("tcp.option_kind", 5)
                                  .set("tcp.options.sack_le", 100)
                                  .set("tcp.options.sack_re", 200)
                                  .set("tcp.options.sack_le", 300)
                                  .set("tcp.options.sack_re", 400)});
  made.push_back({"tcp.tfo", option(34).set("tcp.options.tfo.cookie", "0102030405060708")});
  made.push_back({"tcp.padding", option(3).set("tcp.options.wscale.shift", 2)});
  made.push_back({"sctp", ipv4()
                              .add("sctp")
                              .set("sctp.srcport", 40000)
                              .set("sctp.dstport", 40001)
                              .set("sctp.verification_tag", 0x01020304)
                              .set("sctp.chunk_type", 0)
                              .set("sctp.chunk_flags", 3)
                              .set("sctp.data_tsn_raw", 1)
                              .set("sctp.data_sid", 2)
                              .set("sctp.data_ssn", 0)
                              .set("sctp.data_payload_proto_id", 0)
                              .payload(bytes("eight..."))});
  made.push_back({"sctp.chunks", ipv4()
                                     .add("sctp")
                                     .set("sctp.srcport", 40000)
                                     .set("sctp.dstport", 40001)
                                     .set("sctp.verification_tag", 0x01020304)
                                     .set("sctp.chunk_type", 4)
                                     .set("sctp.parameter_type", 1)
                                     .set("sctp.parameter_heartbeat_information", "010203040506")
                                     .set("sctp.chunk_type", 11)});
  const auto dccp = [](unsigned type) {
    Packet packet = ipv4().add("dccp").set("dccp.srcport", 40000).set("dccp.dstport", 40001);
    return packet.set("dccp.type", type).set("dccp.seq_raw", 0x010203040506);
  };
  made.push_back({"dccp.request", dccp(0)
                                      .set("dccp.service_code", 0x12345678)
                                      .set("dccp.option_type", 32)
                                      .set("dccp.feature_number", 1)
                                      .raw(bytes("\x02\x03"))
                                      .set("dccp.option_type", 41)
                                      .set("dccp.timestamp", 77)});
  made.push_back({"dccp.dataack", dccp(4)
                                      .set("dccp.ack_raw", 0x060504030201)
                                      .set("dccp.option_type", 1)
                                      .set("dccp.option_type", 43)
                                      .set("dccp.elapsed_time", 500)
                                      .set("dccp.option_type", 37)
                                      .set("dccp.ndp_count", 0x10000)
                                      .payload(bytes("payload"))});
  made.push_back({"hip", ipv6()
                             .add("hip")
                             .set("hip.packet_type", 2)
                             .set("hip.hit_sndr", "20010010000000000000000000000001")
                             .set("hip.hit_rcvr", "20010010000000000000000000000002")
                             .set("hip.type", 257)
                             .set("hip.tlv_puzzle_k", 10)
                             .set("hip.tlv_puzzle_lifetime", 37)
                             .set("hip.tlv_puzzle_opaque", 0)
                             .set("hip.tlv.puzzle_random_i", "0102030405060708")
                             .set("hip.type", 579)
                             .set("hip.tlv.cipher_id", 2)
                             .set("hip.tlv.cipher_id", 1)
                             .set("hip.type", 61505)
                             .set("hip.tlv.hmac", "000102030405060708090a0b0c0d0e0f10111213")});
  const auto icmpv6 = [](unsigned type) {
    return ipv6().set("ipv6.hlim", 255).add("icmpv6").set("icmpv6.type", type);
  };
  made.push_back(
      {"icmpv6.echo", icmpv6(128).set("icmpv6.echo.identifier", 7).set("icmpv6.echo.sequence_number", 8)});
  made.push_back({"icmpv6.ns", icmpv6(135)
                                   .set("icmpv6.nd.ns.target_address", "2001:db8::2")
                                   .set("icmpv6.opt.type", 1)
                                   .set("icmpv6.opt.linkaddr", "02:00:00:00:00:01")});
  made.push_back({"icmpv6.ra", icmpv6(134)
                                   .set("icmpv6.nd.ra.cur_hop_limit", 64)
                                   .set("icmpv6.nd.ra.router_lifetime", 1800)
                                   .set("icmpv6.opt.type", 3)
                                   .set("icmpv6.opt.prefix.length", 64)
                                   .set("icmpv6.opt.prefix.flag.l", 1)
                                   .set("icmpv6.opt.prefix.valid_lifetime", 86400)
                                   .set("icmpv6.opt.prefix.preferred_lifetime", 14400)
                                   .set("icmpv6.opt.prefix", "2001:db8:1::")
                                   .set("icmpv6.opt.type", 5)
                                   .set("icmpv6.opt.mtu", 1500)});
  made.push_back({"icmpv6.mld.report", icmpv6(143)
                                           .set("icmpv6.mldr.mar.record_type", 1)
                                           .set("icmpv6.mldr.mar.multicast_address", "ff3e::1")
                                           .set("icmpv6.mldr.mar.source_address", "2001:db8::7")
                                           .set("icmpv6.mldr.mar.source_address", "2001:db8::8")
                                           .set("icmpv6.mldr.mar.record_type", 4)
                                           .set("icmpv6.mldr.mar.multicast_address", "ff3e::2")});
  made.push_back({"icmpv6.error", udp(ipv6(icmpv6(2).set("icmpv6.mtu", 1280)))});
  const auto below2 = [] { return ipv4().set("ip.dst", "224.0.0.5").set("ip.ttl", 1); };
  const auto below3 = [] { return ipv6().set("ipv6.dst", "ff02::5"); };
  made.push_back({"ospf.update", update2(below2())});
  made.push_back({"ospf.update.3", update3(below3())});
  made.push_back({"ospf.acknowledgement", acknowledgement2(below2())});
  made.push_back({"ospf.request", request2(below2())});
  made.push_back({"ospf.request.3", request3(below3())});
  made.push_back({"ospf.hello", ospf2(below2(), 1)
                                    .set("ospf.hello.network_mask", "255.255.255.0")
                                    .set("ospf.hello.hello_interval", 10)
                                    .set("ospf.v2.options", 2)
                                    .set("ospf.hello.router_priority", 1)
                                    .set("ospf.hello.router_dead_interval", 40)
                                    .set("ospf.hello.designated_router", "192.0.2.1")
                                    .set("ospf.hello.backup_designated_router", "0.0.0.0")
                                    .set("ospf.hello.active_neighbor", "192.0.2.2")});
  made.push_back(
      {"ospf.hello.3", ospf3(below3(), 1)
                           .set("ospf.hello.interface_id", 5)
                           .set("ospf.hello.router_priority", 1)
                           .set("ospf.v3.options", 0x13)
                           .set("ospf.hello.hello_interval", 10)
                           .set("ospf.hello.router_dead_interval", bytes(std::string_view("\0\50", 2)))
                           .set("ospf.hello.designated_router", "0.0.0.0")
                           .set("ospf.hello.backup_designated_router", "0.0.0.0")});
  made.push_back({"icmp.echo", icmp(8).set("icmp.ident", 77).set("icmp.seq", 3).payload(bytes("payload"))});
  made.push_back({"icmp.error", udp(ipv4(icmp(3).set("icmp.code", 4).set("icmp.mtu", 1400)))});
  made.push_back({"icmp.routers", icmp(9)
                                      .set("icmp.lifetime", 1800)
                                      .set("icmp.router_address", "192.0.2.1")
                                      .set("icmp.pref_level", 0)
                                      .set("icmp.router_address", "192.0.2.2")
                                      .set("icmp.pref_level", 5)});
  made.push_back({"icmp.problem", udp(ipv4(icmp(12).set("icmp.pointer", 8)))});
  made.push_back(
      {"icmp.mask",
       icmp(18).set("icmp.ident", 1).set("icmp.seq", 2).set("icmp.address_mask", "255.255.255.0")});
  return made;
}

inline std::vector<Made> tunnels() {
  const auto inside = [](Packet packet) { return udp(ipv4(std::move(packet))).payload(bytes("payload")); };
  const auto frame = [&](Packet packet) {
    packet.add("eth").set("eth.dst", "02:00:00:00:00:12").set("eth.src", "02:00:00:00:00:11");
    return inside(std::move(packet));
  };
  const auto datagram = [] {
    Packet packet = ipv4();
    packet.add("udp").set("udp.srcport", 40000);
    return packet;
  };
  std::vector<Made> made;
  made.push_back({"vxlan", frame(datagram().add("vxlan").set("vxlan.vni", 42))});
  made.push_back({"geneve", frame(datagram()
                                      .add("geneve")
                                      .set("geneve.vni", 42)
                                      .set("geneve.option.class", 0x102)
                                      .set("geneve.option.type", 1)
                                      .set("geneve.option.unknown.data", "01020304"))});
  made.push_back({"gre", inside(ipv4().add("gre"))});
  made.push_back({"gre.key", frame(ipv4().add("gre").set("gre.key", 0xABCD))});
  made.push_back({"erspan", frame(ipv4()
                                      .add("gre")
                                      .set("gre.sequence_number", 5)
                                      .add("erspan")
                                      .set("erspan.version", 1)
                                      .set("erspan.spanid", 9)
                                      .set("erspan.index", 3))});
  made.push_back(
      {"gre.checksum",
       inside(
           ipv4().add("gre").set("gre.flags.checksum", 1).set("gre.key", 7).set("gre.sequence_number", 8))});
  made.push_back({"vxlan.gbp", frame(datagram().add("vxlan").set("vxlan.vni", 42).set("vxlan.gbp", 3))});
  made.push_back({"gtp.sequence", inside(datagram().add("gtp").set("gtp.seq_number", 9))});
  made.push_back({"gtp.extension", inside(datagram()
                                              .add("gtp")
                                              .set("gtp.ext_hdr.next", 0x40)
                                              .set("gtp.ext_hdr.length", 1)
                                              .raw(bytes(std::string_view("\x08\x68", 2)))
                                              .set("gtp.ext_hdr.next", 0))});
  made.push_back({"l2tp.length", inside(datagram()
                                            .add("l2tp")
                                            .set("l2tp.length_bit", 1)
                                            .set("l2tp.tunnel", 1)
                                            .set("l2tp.session", 2)
                                            .set("l2tp.Ns", 5)
                                            .set("l2tp.Nr", 6)
                                            .add("ppp")
                                            .set("ppp.address", 0xFF)
                                            .set("ppp.control", 3))});
  made.push_back({"gtp", inside(datagram().add("gtp").set("gtp.teid", 0x1000))});
  made.push_back({"l2tp", inside(datagram()
                                     .add("l2tp")
                                     .set("l2tp.tunnel", 1)
                                     .set("l2tp.session", 2)
                                     .add("ppp")
                                     .set("ppp.address", 0xFF)
                                     .set("ppp.control", 3))});
  return made;
}

/// RFC 2136: three records of a zone are put there.
inline Packet update() {
  Packet packet = udp(ipv4(), 53).add("dns").set("dns.id", 8).set("dns.flags", 0x2800);
  question(packet, "example.com", 6);
  for (const char* name : {"a.example.com", "b.example.com", "c.example.com"})
    record(packet, name, 1).set("dns.a", "192.0.2.80");
  return packet;
}

inline std::vector<Made> applications() {
  std::vector<Made> made;
  Packet asked = dns(udp(ipv4(), 53), "dns", 0x0100);
  question(asked, "www.example.com");
  made.push_back({"dns.question", asked});
  Packet answered = dns(udp(ipv6(), 53), "dns", 0x8180);
  question(answered, "www.example.com");
  record(answered, "www.example.com", 5).set("dns.cname", "web.example.com");
  record(answered, "web.example.com", 1).set("dns.a", "192.0.2.80");
  record(answered, "web.example.com", 28).set("dns.aaaa", "2001:db8::80");
  record(answered, "example.com", 15)
      .set("dns.mx.preference", 10)
      .set("dns.mx.mail_exchange", "mail.example.com");
  record(answered, "example.com", 16).set("dns.txt", "v=spf1 -all").set("dns.txt", "second");
  record(answered, "example.com", 6)
      .set("dns.soa.mname", "ns.example.com")
      .set("dns.soa.rname", "admin.example.com")
      .set("dns.soa.serial_number", 1)
      .set("dns.soa.refresh_interval", 2)
      .set("dns.soa.retry_interval", 3)
      .set("dns.soa.expire_limit", 4)
      .set("dns.soa.minimum_ttl", 5);
  answered.set("dns.resp.name", "<Root>")
      .set("dns.resp.type", 41)
      .set("dns.rr.udp_payload_size", 1232)
      .set("dns.resp.ext_rcode", 0)
      .set("dns.resp.edns0_version", 0)
      .set("dns.resp.z", 0x8000)
      .set("dns.opt.code", 10)
      .set("dns.opt.data", "0102030405060708");
  made.push_back({"dns.answer", answered});
  made.push_back({"dns.update", update()});
  Packet stream = tcp(ipv4()).set("tcp.flags", 0x18).set("tcp.ack_raw", 1).set("tcp.dstport", 53);
  stream = dns(stream, "dns", 0x0100);
  question(stream, "www.example.com", 28);
  made.push_back({"dns.tcp", stream});
  Packet multicast = dns(ipv4().add("udp").set("udp.srcport", 5353), "mdns", 0);
  question(multicast, "_http._tcp.local", 12);
  made.push_back({"mdns", multicast});
  Packet local = dns(ipv4().add("udp").set("udp.srcport", 40007), "llmnr", 0);
  question(local, "printer");
  made.push_back({"llmnr", local});
  const auto bfd = [] {
    Packet packet = udp(ipv4().set("ip.ttl", 255), 3784).add("bfd").set("bfd.sta", 3);
    packet.set("bfd.detect_time_multiplier", 3).set("bfd.my_discriminator", 1);
    return packet.set("bfd.your_discriminator", 2)
        .set("bfd.desired_min_tx_interval", 1000000)
        .set("bfd.required_min_rx_interval", 1000000);
  };
  made.push_back({"bfd", bfd()});
  made.push_back({"bfd.auth", bfd()
                                  .set("bfd.auth.type", 4)
                                  .set("bfd.auth.key", 2)
                                  .set("bfd.auth.seq_num", 5)
                                  .set("bfd.checksum", "000102030405060708090a0b0c0d0e0f10111213")});
  made.push_back({"dhcp", ipv4()
                              .add("udp")
                              .set("udp.srcport", 68)
                              .add("dhcp")
                              .set("dhcp.type", "request")
                              .set("dhcp.id", 0x01020304)
                              .set("dhcp.hw.mac_addr", "02:00:00:00:00:01")
                              .set("dhcp.option.type", 53)
                              .set("dhcp.option.dhcp", 1)
                              .set("dhcp.option.type", 50)
                              .set("dhcp.option.requested_ip_address", "192.0.2.50")
                              .set("dhcp.option.type", 55)
                              .set("dhcp.option.request_list_item", 1)
                              .set("dhcp.option.request_list_item", 3)
                              .set("dhcp.option.type", 255)});
  return made;
}

}  // namespace flowloom::by_hand
