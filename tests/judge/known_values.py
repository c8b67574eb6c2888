"""Differences between flowloom's and tshark's values that no rule explains: fields of one packet of a capture.

test_values.py fails when there is another one, and when one of these is none any more.
"""

from __future__ import annotations

# (capture, number of the packet): (fields, what is known).
KNOWN: dict[tuple[str, int], tuple[str, str]] = {
    # -- captures of the project
    ("own/gen/icmp_errors.pcap", 8): (
        "tcp.flags.res tcp.flags.str",
        "a TCP header that ends behind 13 bytes: half of the two bytes with its flags",
    ),
    ("own/gen/ip_length_wrong.pcap", 9): (
        "tcp.len",
        "a TCP header of 12 bytes by its own length, which tshark subtracts",
    ),
    ("own/gen/ip_protocols.pcap", 16): (
        "ipv6.opt",
        "an option longer than its header: not read here, its head by tshark",
    ),
    ("own/gen/ip_protocols.pcap", 17): (
        "data.data data.len frame.protocols ip.version",
        "IPv4 of version 8: data here, its version by tshark",
    ),
    ("own/gen/ipv4_options_all.pcap", 33): (
        "ip.opt.type ip.opt.type.copy ip.opt.type.class ip.opt.type.number ip.opt.len",
        "types and lengths of options that 4.0 does not know",
    ),
    ("own/gen/ipv6_options_all.pcap", 21): (
        "data.data data.len frame.protocols ipv6.opt ipv6.opt.type ipv6.opt.type.action ipv6.opt.type.change "
        "ipv6.opt.type.rest ipv6.opt.length ipv6.opt.router_alert",
        "an option longer than its header: not read here, its head by tshark, which then reads no more",
    ),
    ("own/gen/ipv6_options_all.pcap", 38): (
        "ipv6.opt ipv6.opt.type ipv6.opt.type.action ipv6.opt.type.change ipv6.opt.type.rest ipv6.opt.length "
        "ipv6.opt.padn ipv6.opt.mipv6.home_address udp.checksum.status udp.checksum_calculated",
        "a home address of 8 bytes, of which tshark takes 16",
    ),
    ("own/gen/ipv6_options_all.pcap", 39): (
        "data.data data.len frame.protocols ipv6.opt ipv6.opt.type ipv6.opt.type.action ipv6.opt.type.change "
        "ipv6.opt.type.rest ipv6.opt.length",
        "as packet 21",
    ),
    ("own/gen/ipv6_options_all.pcap", 40): (
        "frame.protocols ipv6.hopopts.nxt ipv6.hopopts.len ipv6.hopopts.len_oct ipv6.opt ipv6.opt.type "
        "ipv6.opt.type.action ipv6.opt.type.change ipv6.opt.type.rest ipv6.opt.length ipv6.opt.jumbo",
        "a length of 0 and a jumbo option with a length of 0: tshark reads no more than the IPv6 header",
    ),
    ("own/gen/ng_tsresol.pcapng", 3): (
        "frame.time frame.time_epoch frame.time_delta frame.time_relative",
        "4.0's arithmetic overflows for this if_tsresol",
    ),
    ("own/gen/ng_tsresol.pcapng", 4): ("frame.time_delta", "counted from the packet before"),
    ("own/gen/tunnel_not.pcap", 9): (
        "data.data data.len frame.protocols gtp.flags gtp.flags.version gtp.flags.payload",
        "one byte to GTP's port: too little for tshark to call it GTP",
    ),
    ("own/gen/tunnel_not.pcap", 10): (
        "data.data data.len l2tp.offset_bit l2tp.priority",
        "version 3 of L2TP, of which only the first two bytes are read here, as version 2's",
    ),
    # -- real captures
    ("shared/edge/snap.pcap", 2): (
        "udp.length",
        "a UDP header cut within its length",
    ),
    ("shared/edge/v6.pcap", 1): (
        "udp.checksum.status",
        "a UDP checksum of 0 over IPv6: illegal in tshark, absent here",
    ),
    ("shared/nfstream/badpackets.pcap", 4): (
        "dns.id dns.flags dns.flags.response dns.flags.opcode dns.flags.authoritative "
        "dns.flags.truncated dns.flags.recdesired dns.flags.recavail dns.flags.z "
        "dns.flags.authenticated dns.flags.checkdisable dns.flags.rcode",
        "DNS in the first piece of a datagram: less than its header's 12 bytes, or a record, is not read here",
    ),
    ("shared/nfstream/badpackets.pcap", 12): (
        "dns.id dns.flags dns.flags.response dns.flags.opcode dns.flags.authoritative "
        "dns.flags.truncated dns.flags.recdesired dns.flags.recavail dns.flags.z "
        "dns.flags.authenticated dns.flags.checkdisable dns.flags.rcode dns.count.queries "
        "dns.count.answers dns.count.auth_rr",
        "DNS in the first piece of a datagram: less than its header's 12 bytes, or a record, is not read here",
    ),
    ("shared/nfstream/badpackets.pcap", 21): (
        "dns.id dns.flags dns.flags.response dns.flags.opcode dns.flags.authoritative "
        "dns.flags.truncated dns.flags.recdesired dns.flags.recavail dns.flags.z "
        "dns.flags.authenticated dns.flags.checkdisable dns.flags.rcode dns.count.queries "
        "dns.count.answers dns.count.auth_rr",
        "DNS in the first piece of a datagram: less than its header's 12 bytes, or a record, is not read here",
    ),
    ("shared/nfstream/badpackets.pcap", 26): (
        "dns.resp.type",
        "DNS in the first piece of a datagram: less than its header's 12 bytes, or a record, is not read here",
    ),
    ("shared/nfstream/dns-tunnel-iodine.pcap", 53): (
        "dns.qry.name",
        "names with bytes that are no UTF-8",
    ),
    ("shared/nfstream/dns-tunnel-iodine.pcap", 56): (
        "dns.qry.name dns.resp.name",
        "names with bytes that are no UTF-8",
    ),
    ("shared/nfstream/dns-tunnel-iodine.pcap", 61): (
        "dns.qry.name",
        "names with bytes that are no UTF-8",
    ),
    ("shared/nfstream/dns-tunnel-iodine.pcap", 63): (
        "dns.qry.name",
        "names with bytes that are no UTF-8",
    ),
    ("shared/nfstream/dns-tunnel-iodine.pcap", 64): (
        "dns.qry.name dns.resp.name",
        "names with bytes that are no UTF-8",
    ),
    ("shared/nfstream/dns-tunnel-iodine.pcap", 66): (
        "dns.qry.name dns.resp.name",
        "names with bytes that are no UTF-8",
    ),
    ("shared/nfstream/dns-tunnel-iodine.pcap", 67): (
        "dns.qry.name",
        "names with bytes that are no UTF-8",
    ),
    ("shared/nfstream/dns-tunnel-iodine.pcap", 69): (
        "dns.qry.name dns.resp.name",
        "names with bytes that are no UTF-8",
    ),
    ("shared/tcpdump/icmp-rfc8335.pcap", 6): (
        "icmp.ext icmp.ext.version icmp.ext.res icmp.ext.checksum icmp.ext.checksum.status "
        "icmp.ext.length icmp.ext.class icmp.ext.ctype icmp.ext.data icmp.int_ident.name",
        "an extended echo reply: an extension is looked for here",
    ),
    ("shared/tcpdump/icmp-rfc8335.pcap", 8): (
        "icmp.ext icmp.ext.version icmp.ext.res icmp.ext.checksum icmp.ext.checksum.status "
        "icmp.ext.length icmp.ext.class icmp.ext.ctype icmp.int_ident.name",
        "an extended echo reply: an extension is looked for here",
    ),
    ("shared/tcpdump/icmp-rfc8335.pcap", 10): (
        "icmp.ext icmp.ext.version icmp.ext.res icmp.ext.checksum icmp.ext.checksum.status "
        "icmp.ext.length icmp.ext.class icmp.ext.ctype icmp.ext.data icmp.int_ident.index",
        "an extended echo reply: an extension is looked for here",
    ),
    ("shared/tcpdump/ipv6hdr-heapoverflow.pcap", 1): (
        "ipv6.opt ipv6.opt.type ipv6.opt.type.action ipv6.opt.type.change ipv6.opt.type.rest "
        "ipv6.opt.length ipv6.opt.pmtu.min ipv6.opt.pmtu.rtn ipv6.opt.pmtu.r_flag",
        "an option longer than its header: not read here, its head by tshark",
    ),
    ("shared/tcpdump/rx_serviceid_oobr.pcap", 2): (
        "frame.time frame.time_epoch frame.time_delta frame.time_relative",
        "a fraction of a second beyond a second: tshark's overflows",
    ),
    ("shared/tcpdump/rx_serviceid_oobr.pcap", 3): (
        "frame.time_delta",
        "a fraction of a second beyond a second: tshark's overflows",
    ),
    ("shared/tcpdump/timestamp_invalid_nano.pcap", 2): (
        "frame.time frame.time_epoch",
        "a fraction of a second beyond a second: tshark's overflows",
    ),
    ("shared/tcpdump/timestamp_invalid_nano.pcap", 3): (
        "frame.time frame.time_epoch frame.time_delta frame.time_relative",
        "a fraction of a second beyond a second: tshark's overflows",
    ),
    ("shared/zeek/home-multicast-short.pcap", 1): (
        "igmp.data",
        "what is behind IGMP's message: not shown by tshark",
    ),
    ("shared/zeek/home-multicast-short.pcap", 2): (
        "igmp.data",
        "what is behind IGMP's message: not shown by tshark",
    ),
    ("shared/zeek/mpls-6in6-6in6-4in6-trunc.pcap", 1): (
        "eth.trailer eth.fcs",
        "IPv4 with a length below its header's: tshark takes what is behind its first bytes for Ethernet's trailer",
    ),
    ("shared/zeek/mpls-6in6-6in6-invalid-version-6.pcap", 1): (
        "data.data data.len eth.trailer eth.fcs frame.protocols",
        "IPv6 of another version: data in tshark, and what is behind it Ethernet's trailer",
    ),
}
