// Makes a capture of two packets: a TCP connection's first segment, and a question to a name server.
#include <cstdio>

#include <flowloom/construct.hpp>

using flowloom::Packet;

// What is not set is filled in: lengths, counts, EtherTypes and protocol numbers, checksums, padding of
// options.
static Packet first_segment() {
  Packet packet;
  packet.add("eth").set("eth.dst", "02:00:00:00:00:02").set("eth.src", "02:00:00:00:00:01");
  packet.add("ip").set("ip.src", "192.0.2.1").set("ip.dst", "198.51.100.2").set("ip.ttl", 57);
  packet.add("tcp").set("tcp.srcport", 40000).set("tcp.dstport", 443).set("tcp.seq_raw", 1000);
  packet.set("tcp.flags.syn", 1).set("tcp.window_size_value", 64240);
  packet.set("tcp.option_kind", 2).set("tcp.options.mss_val", 1460);
  packet.set("tcp.option_kind", 3).set("tcp.options.wscale.shift", 7);
  return packet;
}

static Packet question() {
  Packet packet;
  packet.add("eth").set("eth.dst", "02:00:00:00:00:02").set("eth.src", "02:00:00:00:00:01");
  packet.add("ipv6").set("ipv6.src", "2001:db8::1").set("ipv6.dst", "2001:db8::53");
  packet.add("udp").set("udp.srcport", 40000);
  packet.add("dns").set("dns.id", 7).set("dns.flags.recdesired", 1);
  packet.set("dns.qry.name", "www.example.com").set("dns.qry.type", 1).set("dns.qry.class", 1);
  return packet;
}

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "usage: make_packets FILE.pcap\n");
    return 2;
  }
  const flowloom::TimedPacket packets[] = {{first_segment(), {1'700'000'000'000'000'000}},
                                           {question(), {1'700'000'000'250'000'000}}};
  if (const auto written = flowloom::write_packets(arguments[1], packets); !written) {
    std::fprintf(stderr, "%s\n", written.error().message().c_str());
    return 1;
  }
  return 0;
}
