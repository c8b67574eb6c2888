// Field tables against Wireshark: a wrong offset passes every test that a table can make of itself, so these
// are the values that tshark 4.0.17 (-T pdml) gave for headers with random bits.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "dissect/protocols.hpp"

namespace flowloom {
namespace {

struct Sample {
  const char *protocol, *header, *values;
};

// Values of flags that are not shown by Wireshark (gre.flags.ack outside version 1) are missing.
constexpr Sample kSamples[] = {
    {"eth", "5a67036f0d6b2ece6e118d6c0800", "eth.dst=99398485740907 eth.src=51464144784748 eth.type=2048"},
    {"eth", "56813454fdf8a4b40b943e080800", "eth.dst=95112928755192 eth.src=181093195333128 eth.type=2048"},
    {"mpls", "4f436ccb", "mpls.label=324662 mpls.exp=6 mpls.bottom=0 mpls.ttl=203"},
    {"mpls", "a5ab3d81", "mpls.label=678579 mpls.exp=6 mpls.bottom=1 mpls.ttl=129"},
    {"mpls", "73cdee03", "mpls.label=474334 mpls.exp=7 mpls.bottom=0 mpls.ttl=3"},
    {"mpls", "8217858f", "mpls.label=532856 mpls.exp=2 mpls.bottom=1 mpls.ttl=143"},
    {"pppoe", "11001df9001e",
     "pppoe.version=1 pppoe.type=1 pppoe.code=0 pppoe.session_id=7673 pppoe.payload_length=30"},
    {"pppoe", "11001f22001e",
     "pppoe.version=1 pppoe.type=1 pppoe.code=0 pppoe.session_id=7970 pppoe.payload_length=30"},
    {"vlan", "59a50800", "vlan.priority=2 vlan.dei=1 vlan.id=2469 vlan.etype=2048"},
    {"vlan", "46e40800", "vlan.priority=2 vlan.dei=0 vlan.id=1764 vlan.etype=2048"},
    {"ip", "4534002c60302203611131e229fb388c22e44cb6",
     "ip.version=4 ip.hdr_len=20 ip.dsfield=52 ip.len=44 ip.id=24624 ip.flags.df=0 ip.flags.mf=1 "
     "ip.frag_offset=515 ip.ttl=97 ip.proto=17 ip.checksum=12770 ip.src=704329868 ip.dst=585387190"},
    {"ip", "45bb00351db24000ea066decd85099095aa30016",
     "ip.version=4 ip.hdr_len=20 ip.dsfield=187 ip.len=53 ip.id=7602 ip.flags.df=1 ip.flags.mf=0 "
     "ip.frag_offset=0 ip.ttl=234 ip.proto=6 ip.checksum=28140 ip.src=3629160713 ip.dst=1520631830"},
    {"ipv6", "64cbd87a0020844127745ccb9a31052e944cf1b220eaa2c7fb1b7d3e3f73f414af6e0d935520dd4c",
     "ipv6.version=6 ipv6.tclass=76 ipv6.flow=776314 ipv6.plen=32 ipv6.nxt=132 ipv6.hlim=65 "
     "ipv6.src=0x27745ccb9a31052e944cf1b220eaa2c7 ipv6.dst=0xfb1b7d3e3f73f414af6e0d935520dd4c"},
    {"ipv6", "69e7d6b300182cbb5d61ce1edf2f758eca31cf0fe5907353b044adae5480b284b7aedd874170318e",
     "ipv6.version=6 ipv6.tclass=158 ipv6.flow=513715 ipv6.plen=24 ipv6.nxt=44 ipv6.hlim=187 "
     "ipv6.src=0x5d61ce1edf2f758eca31cf0fe5907353 ipv6.dst=0xb044adae5480b284b7aedd874170318e"},
    {"ipv6.fraghdr", "1100faf112bd4ace",
     "ipv6.fraghdr.nxt=17 ipv6.fraghdr.offset=8030 ipv6.fraghdr.more=1 ipv6.fraghdr.ident=314395342"},
    {"ipv6.fraghdr", "1100c6b1cc966f46",
     "ipv6.fraghdr.nxt=17 ipv6.fraghdr.offset=6358 ipv6.fraghdr.more=1 ipv6.fraghdr.ident=3432410950"},
    {"icmp", "08081b03", "icmp.type=8 icmp.code=8 icmp.checksum=6915"},
    {"icmp", "b348f493", "icmp.type=179 icmp.code=72 icmp.checksum=62611"},
    {"icmp", "030cec0f", "icmp.type=3 icmp.code=12 icmp.checksum=60431"},
    {"icmp", "08015ae7", "icmp.type=8 icmp.code=1 icmp.checksum=23271"},
    {"sctp", "6d76c6f8506bf2ef7731af10",
     "sctp.srcport=28022 sctp.dstport=50936 sctp.verification_tag=1349251823 sctp.checksum=1999744784"},
    {"sctp", "bd6b5a91e5cfedfa754a09cd",
     "sctp.srcport=48491 sctp.dstport=23185 sctp.verification_tag=3855609338 sctp.checksum=1967786445"},
    {"tcp", "52e6f2a7269e0d376513270e7a6a0c5c128bd23f",
     "tcp.srcport=21222 tcp.dstport=62119 tcp.seq_raw=647892279 tcp.ack_raw=1695753998 tcp.hdr_len=28 "
     "tcp.flags=2666 tcp.flags.ae=0 tcp.flags.cwr=0 tcp.flags.ece=1 tcp.flags.urg=1 tcp.flags.ack=0 "
     "tcp.flags.push=1 tcp.flags.reset=0 tcp.flags.syn=1 tcp.flags.fin=0 tcp.window_size_value=3164 "
     "tcp.checksum=4747 tcp.urgent_pointer=53823"},
    {"tcp", "f237f8beb8c9817a6555abfe776966c1be4cf261",
     "tcp.srcport=62007 tcp.dstport=63678 tcp.seq_raw=3100213626 tcp.ack_raw=1700113406 tcp.hdr_len=28 "
     "tcp.flags=1897 tcp.flags.ae=1 tcp.flags.cwr=0 tcp.flags.ece=1 tcp.flags.urg=1 tcp.flags.ack=0 "
     "tcp.flags.push=1 tcp.flags.reset=0 tcp.flags.syn=0 tcp.flags.fin=1 tcp.window_size_value=26305 "
     "tcp.checksum=48716 tcp.urgent_pointer=62049"},
    {"udp", "3631b7d1000f3927", "udp.srcport=13873 udp.dstport=47057 udp.length=15 udp.checksum=14631"},
    {"udp", "32a406a500142855", "udp.srcport=12964 udp.dstport=1701 udp.length=20 udp.checksum=10325"},
    {"geneve", "02806558f4da8800", "geneve.version=0 geneve.proto_type=25944 geneve.vni=16046728"},
    {"geneve", "0280655810af5d00", "geneve.version=0 geneve.proto_type=25944 geneve.vni=1093469"},
    {"gre", "b0000800",
     "gre.flags.checksum=1 gre.flags.routing=0 gre.flags.key=1 gre.flags.sequence_number=1 "
     "gre.flags.version=0 gre.proto=2048"},
    {"gre", "3081880b",
     "gre.flags.checksum=0 gre.flags.routing=0 gre.flags.key=1 gre.flags.sequence_number=1 "
     "gre.flags.ack=1 gre.flags.version=1 gre.proto=34827"},
    {"gre", "20000800",
     "gre.flags.checksum=0 gre.flags.routing=0 gre.flags.key=1 gre.flags.sequence_number=0 "
     "gre.flags.version=0 gre.proto=2048"},
    {"gtp", "32ff003ca08c351a",
     "gtp.flags.version=1 gtp.flags.payload=1 gtp.flags.e=0 gtp.flags.s=1 gtp.flags.pn=0 "
     "gtp.message=255 gtp.length=60 gtp.teid=2693543194"},
    {"gtp", "33ff003c6a32ec67",
     "gtp.flags.version=1 gtp.flags.payload=1 gtp.flags.e=0 gtp.flags.s=1 gtp.flags.pn=1 "
     "gtp.message=255 gtp.length=60 gtp.teid=1781722215"},
    {"l2tp", "4802", "l2tp.type=0 l2tp.length_bit=1 l2tp.seq_bit=1 l2tp.offset_bit=0 l2tp.version=2"},
    {"l2tp", "c802", "l2tp.type=1 l2tp.length_bit=1 l2tp.seq_bit=1 l2tp.offset_bit=0 l2tp.version=2"},
    {"l2tp", "4a02", "l2tp.type=0 l2tp.length_bit=1 l2tp.seq_bit=1 l2tp.offset_bit=1 l2tp.version=2"},
    {"vxlan", "0800000077204700", "vxlan.flag_i=1 vxlan.vni=7807047"},
    {"vxlan", "080000006083f000", "vxlan.flag_i=1 vxlan.vni=6325232"},
};

std::map<std::string, const Field*> fields_by_name() {
  std::map<std::string, const Field*> out;
  for_each_protocol([&]<const Protocol & P>() {
    for (const Field* field : P.fields) out.emplace(field->name, field);
  });
  return out;
}

std::vector<std::uint8_t> from_hex(const std::string& hex) {
  std::vector<std::uint8_t> out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    out.push_back(static_cast<std::uint8_t>(std::stoul(hex.substr(i, 2), nullptr, 16)));
  }
  return out;
}

std::string shown(const Field& f, const std::uint8_t* header) {
  if (f.width <= 64) return std::to_string(read(f, header));
  std::string out = "0x";
  for (unsigned i = 0; i < f.width / 8U; ++i) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", header[f.bit / 8 + i]);
    out += digits;
  }
  return out;
}

TEST(FieldOracle, WiresharkReadsTheSame) {
  const auto fields = fields_by_name();
  for (const Sample& sample : kSamples) {
    auto header = from_hex(sample.header);
    header.resize(header.size() + kPadding, 0xEE);
    std::istringstream values(sample.values);
    for (std::string entry; values >> entry;) {
      const auto equals = entry.find('=');
      const std::string name = entry.substr(0, equals);
      ASSERT_TRUE(fields.contains(name)) << name;
      EXPECT_EQ(shown(*fields.at(name), header.data()), entry.substr(equals + 1))
          << name << " of " << sample.header;
    }
  }
}

TEST(FieldOracle, GeneveOptionsLength) {
  const std::uint8_t header[8 + kPadding] = {0x80 | 0x2A};
  EXPECT_EQ(read(geneve::options_length, header), 0x2A * 4U);
}

}  // namespace
}  // namespace flowloom
