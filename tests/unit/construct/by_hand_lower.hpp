// Packets of link and network layers.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "by_hand_parts.hpp"

namespace flowloom::by_hand {

inline std::vector<Made> links() {
  const auto inside = [](Packet packet) { return udp(ipv4(std::move(packet))).payload(bytes("payload")); };
  std::vector<Made> made;
  made.push_back({"eth", inside(ethernet())});
  made.push_back(
      {"eth.padding", udp(ipv4()).edit("eth").set("eth.padding", "00000000000000000000000000000000")});
  made.push_back({"vlan", inside(ethernet().add("vlan").set("vlan.id", 100).set("vlan.priority", 5))});
  made.push_back(
      {"vlan.stacked", inside(ethernet().add("vlan").set("vlan.id", 100).add("vlan").set("vlan.id", 7))});
  made.push_back({"ieee8021ad", inside(ethernet().add("ieee8021ad").set("ieee8021ad.id", 9))});
  made.push_back({"mpls", inside(ethernet()
                                     .add("mpls")
                                     .set("mpls.label", 16)
                                     .set("mpls.ttl", 60)
                                     .set("mpls.label", 17)
                                     .set("mpls.bottom", 1)
                                     .set("mpls.ttl", 61))});
  made.push_back({"pppoes", inside(ethernet().add("pppoes").set("pppoe.session_id", 3).add("ppp"))});
  made.push_back({"pppoed", ethernet()
                                .add("pppoed")
                                .set("pppoe.code", 9)
                                .set("pppoed.tags.service_name", "")
                                .set("pppoed.tags.host_uniq", "01020304")
                                .set("pppoed.tag", 0x0120)
                                .set("pppoed.tag.unknown_data", "0607")});
  made.push_back({"arp", ethernet()
                             .add("arp")
                             .set("arp.opcode", "request")
                             .set("arp.src.hw_mac", "02:00:00:00:00:01")
                             .set("arp.src.proto_ipv4", "192.0.2.1")
                             .set("arp.dst.hw_mac", "00:00:00:00:00:00")
                             .set("arp.dst.proto_ipv4", "192.0.2.9")});
  made.push_back({"llc.snap", inside(ethernet()
                                         .add("llc")
                                         .set("llc.dsap", 0xAA)
                                         .set("llc.ssap", 0xAA)
                                         .set("llc.control", 3)
                                         .set("llc.oui", 0))});
  made.push_back({"ipx", ethernet()
                             .add("llc")
                             .set("llc.control", 3)
                             .add("ipx")
                             .set("ipx.dst.net", 2)
                             .set("ipx.dst.node", "02:00:00:00:00:02")
                             .set("ipx.dst.socket", 0x4005)
                             .set("ipx.src.net", 1)
                             .set("ipx.src.node", "02:00:00:00:00:01")
                             .set("ipx.src.socket", 0x4005)});
  made.push_back({"sll", inside(Packet()
                                    .add("sll")
                                    .set("sll.pkttype", 4)
                                    .set("sll.hatype", 1)
                                    .set("sll.halen", 6)
                                    .set("sll.src.eth", "02:00:00:00:00:01")
                                    .set("sll.unused", "0000"))});
  made.push_back({"nflog", inside(Packet()
                                      .add("nflog")
                                      .set("nflog.family", 2)
                                      .set("nflog.tlv_type", 1)
                                      .set("nflog.protocol", 0x0800)
                                      .set("nflog.hook", 3)
                                      .raw(bytes(std::string_view("\0", 1)))
                                      .set("nflog.tlv_type", 10)
                                      .set("nflog.prefix", "dropped")
                                      .set("nflog.tlv_type", 11)
                                      .set("nflog.uid", 1000)
                                      .set("nflog.tlv_type", 9))});
  made.push_back({"ppp", inside(Packet().add("ppp").set("ppp.address", 0xFF).set("ppp.control", 3))});
  made.push_back({"chdlc", inside(Packet().add("chdlc").set("chdlc.address", 0x0F))});
  made.push_back(
      {"null", inside(Packet().add("null").set("null.family", bytes(std::string_view("\2\0\0\0", 4))))});
  made.push_back({"ip.alone", udp(ipv4(Packet()))});
  return made;
}

inline std::vector<Made> networks() {
  const auto inside = [](Packet packet) { return udp(std::move(packet)).payload(bytes("payload")); };
  const auto option = [](unsigned type) { return ipv4().set("ip.opt.type", type); };
  std::vector<Made> made;
  made.push_back(
      {"ip.ttl", inside(ipv4().set("ip.ttl", 3).set("ip.dsfield.dscp", 46).set("ip.flags.df", 1))});
  made.push_back({"ip.opt.ra", inside(option(148).set("ip.opt.ra", 0))});
  made.push_back({"ip.opt.mtu", inside(option(11).set("ip.opt.mtu", 1400).set("ip.opt.type", 1))});
  made.push_back(
      {"ip.rec_rt",
       inside(option(7).set("ip.opt.ptr", 8).set("ip.rec_rt", "192.0.2.77").set("ip.empty_rt", "0.0.0.0"))});
  made.push_back({"ip.opt.time_stamp", inside(option(68)
                                                  .set("ip.opt.ptr", 9)
                                                  .set("ip.opt.overflow", 1)
                                                  .set("ip.opt.flag", 0)
                                                  .set("ip.opt.time_stamp", 12345))});
  made.push_back({"ip.ip", inside(ipv4(ipv4()))});
  made.push_back({"ipv6", inside(ipv6())});
  made.push_back({"ipv6.ip", inside(ipv4(ipv6()))});
  made.push_back(
      {"ipv6.hopopts",
       inside(ipv6().add("ipv6.hopopts").set("ipv6.opt.type", 5).set("ipv6.opt.router_alert", 0))});
  made.push_back(
      {"ipv6.dstopts", inside(ipv6().add("ipv6.dstopts").set("ipv6.opt.type", 4).set("ipv6.opt.tel", 7))});
  made.push_back({"ipv6.routing", inside(ipv6()
                                             .add("ipv6.routing")
                                             .set("ipv6.routing.type", 4)
                                             .set("ipv6.routing.segleft", 1)
                                             .set("ipv6.routing.srh.last_entry", 1)
                                             .set("ipv6.routing.srh.addr", "2001:db8::3")
                                             .set("ipv6.routing.srh.addr", "2001:db8::2"))});
  made.push_back({"ipv6.fraghdr", inside(ipv6().add("ipv6.fraghdr").set("ipv6.fraghdr.ident", 99))});
  made.push_back({"ah", inside(ipv4()
                                   .add("ah")
                                   .set("ah.spi", 0x100)
                                   .set("ah.sequence", 1)
                                   .set("ah.icv", "000102030405060708090a0b"))});
  made.push_back(
      {"esp", ipv4().add("esp").set("esp.spi", 0x100).set("esp.sequence", 1).payload(bytes("ciphertext."))});
  made.push_back(
      {"igmp",
       ipv4().add("igmp").set("igmp.type", 0x16).set("igmp.max_resp", 0).set("igmp.maddr", "239.1.2.3")});
  made.push_back({"igmp.query", ipv4()
                                    .add("igmp")
                                    .set("igmp.type", 0x11)
                                    .set("igmp.max_resp", 100)
                                    .set("igmp.maddr", "239.1.2.3")
                                    .set("igmp.qrv", 2)
                                    .set("igmp.qqic", 125)
                                    .set("igmp.saddr", "192.0.2.7")
                                    .set("igmp.saddr", "192.0.2.8")});
  made.push_back({"igmp.query.general",
                  ipv4().add("igmp").set("igmp.type", 0x11).set("igmp.max_resp", 100).set("igmp.qqic", 125)});
  made.push_back({"igmp.report", ipv4()
                                     .add("igmp")
                                     .set("igmp.type", 0x22)
                                     .set("igmp.record_type", 1)
                                     .set("igmp.maddr", "239.1.2.3")
                                     .set("igmp.saddr", "192.0.2.7")
                                     .set("igmp.saddr", "192.0.2.8")
                                     .set("igmp.record_type", 4)
                                     .set("igmp.maddr", "239.1.2.4")});
  const auto mobility = [](unsigned type, Packet packet = ipv6()) {
    return packet.add("mipv6").set("mip6.mhtype", type);
  };
  made.push_back({"mipv6.test", mobility(1).set("mip6.hoti.cookie", 0x0102030405060708)});
  made.push_back({"mipv6.update", mobility(5)
                                      .set("mip6.bu.seqnr", 7)
                                      .set("mip6.bu.a_flag", 1)
                                      .set("mip6.bu.h_flag", 1)
                                      .set("mip6.bu.lifetime", 15)
                                      .set("mip6.padn", "0000")
                                      .set("mip6.acoa.acoa", "2001:db8::99")
                                      .set("mip6.ni.hni", 3)
                                      .set("mip6.ni.cni", 4)
                                      .set("mip6.padn", "")
                                      .set("mip6.bad.auth", "0102030405060708090a0b0c")});
  made.push_back({"mipv6.acknowledgement", mobility(6)
                                               .set("mip6.ba.status", 0)
                                               .set("mip6.ba.seqnr", 7)
                                               .set("mip6.ba.lifetime", 15)
                                               .set("mip6.bra.interval", 5)
                                               .set("mip6.ipv4aa.sts", 0)
                                               .set("mip6.ipv4ha.preflen", 32)
                                               .set("mip6.ipv4ha.ha", "192.0.2.9")});
  made.push_back(
      {"mipv6.switch",
       mobility(12).set("mip6.has.address", "2001:db8:5::").set("mip6.has.address", "2001:db8:6::")});
  made.push_back(
      {"mipv6.unknown", mobility(13).set("mip6.hb.seqnr", 1).set("mip6.mobility_opt", 200).raw(bytes("12"))});
  made.push_back({"vrrp", ipv4()
                              .set("ip.ttl", 255)
                              .set("ip.dst", "224.0.0.18")
                              .add("vrrp")
                              .set("vrrp.version", 3)
                              .set("vrrp.type", 1)
                              .set("vrrp.virt_rtr_id", 4)
                              .set("vrrp.prio", 100)
                              .set("vrrp.short_adver_int", 100)
                              .set("vrrp.ip_addr", "192.0.2.254")});
  return made;
}

}  // namespace flowloom::by_hand
