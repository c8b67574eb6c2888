"""Captures of what is not TCP: ICMP and its errors, UDP and its relatives, rare protocols."""

from __future__ import annotations

import struct

from .cases import BAD, V4, V6, case, ping
from .files import on_ethernet
from .wire import (
    Ends,
    checksum,
    dccp,
    filler,
    ipv6_extension,
    sctp,
    sctp_chunk,
    udp_lite,
)

# ICMP, ICMPv6 and the other protocols.


@case(
    "icmp_echo.pcap",
    "ping: two runs with their own identifiers mixed, a lost answer, an answer without a request, timestamp "
    "and mask "
    "requests",
    {"frame": 13, "icmp": 13, "icmp.ident == 7": 5, "icmp.ident == 8": 4},
)
def icmp_echo() -> bytes:
    a, b = ping(V4, 7, 3), ping(V4, 8, 2)
    back = V4.back()
    stamp = struct.pack(">HHIII", 3, 1, 1000, 2000, 2001)
    return on_ethernet(
        [
            a[0],
            b[0],
            a[1],
            b[1],
            a[2],
            b[2],
            a[4],
            a[5],
            b[3],
            ping(V4, 9)[1],
            V4.icmp(13, 0, stamp),
            back.icmp(14, 0, stamp),
            V4.icmp(17, 0, struct.pack(">HHI", 4, 1, 0)),
        ]
    )


@case(
    "icmp_errors.pcap",
    "ICMP errors that quote 8 bytes and more of UDP and TCP, whole packets, an echo request, another error's "
    "flow with IP options; redirect, RFC 4884 extension; flows quoted before and after their own packets "
    "(tshark "
    "finds a checksum wrong where a TCP header is quoted without its options)",
    {"frame": 15, BAD: 1, "icmp": 12, "udp.dstport == 33434 and !icmp": 2},
)
def icmp_errors() -> bytes:
    router = Ends("10.3.0.3", str(V4.src))
    probe, syn = (
        V4.udp(40000, 33434, filler(64), ttl=1),
        V4.tcp(41000, 81, "S", 77, 0, options=b"\x02\x04\x05\xb4"),
    )
    late = V4.udp(40001, 33434, filler(64))

    def error(kind: int, code: int, quoted: bytes, field: int = 0, ends: Ends = router) -> bytes:
        return ends.icmp(kind, code, struct.pack(">I", field) + quoted)

    labels = struct.pack(">HBBI", 8, 1, 1, 100 << 12 | 1 << 8 | 1)
    structure = b"\x20\0\0\0" + labels
    structure = structure[:2] + struct.pack(">H", checksum(structure)) + structure[4:]
    extended = struct.pack(">BBH", 0, 32, 0) + probe.ljust(128, b"\0")[:128] + structure
    return on_ethernet(
        [
            probe,
            error(11, 0, probe[:28]),
            error(3, 3, probe),
            error(11, 0, late[:28]),
            late,
            syn,
            error(3, 1, syn[:28]),
            error(3, 1, syn[:36]),
            error(3, 1, syn[:40]),
            error(3, 4, syn, 1400),
            ping(V4)[0],
            error(11, 0, ping(V4)[0][:28]),
            error(5, 1, probe[:28], int.from_bytes(V4.dst.packed, "big")),
            error(3, 13, V4.udp(40002, 33435, b"", options=b"\x94\x04\0\0")),
            router.icmp(11, 0, extended),
        ]
    )


@case(
    "icmpv6.pcap",
    "ICMPv6: echo, neighbour and router discovery, multicast listener, errors that quote UDP and TCP, "
    "packet too big",
    {"frame": 13, "icmpv6": 12, "icmpv6.type == 128": 2},
)
def icmpv6() -> bytes:
    local, everyone = Ends("fe80::1", "fe80::2"), Ends("fe80::1", "ff02::1")
    router = Ends("fd00:3::3", str(V6.src))
    probe, syn = V6.udp(40000, 33434, filler(64), ttl=1), V6.tcp(41000, 81, "S", 77, 0)
    listener = Ends("fe80::1", "ff02::16")
    report = struct.pack(">HHBBH", 0, 1, 4, 0, 0) + Ends("ff02::fb", "ff02::fb").src.packed
    message = struct.pack(">BBH", 143, 0, 0) + report
    message = message[:2] + struct.pack(">H", listener.sum(58, message)) + message[4:]
    return on_ethernet(
        [
            *ping(V6, 7),
            Ends("fe80::1", "ff02::1:ff00:2").icmp(
                135, 0, bytes(4) + local.dst.packed + b"\x01\x01" + bytes(6), ttl=255
            ),
            local.back().icmp(136, 0, b"\x60\0\0\0" + local.dst.packed, ttl=255),
            Ends("fe80::1", "ff02::2").icmp(133, 0, bytes(4), ttl=255),
            everyone.icmp(134, 0, b"\x40\0\x07\x08" + bytes(8), ttl=255),
            listener.ip(0, ipv6_extension(58, b"\x05\x02\0\0\x01\0") + message, ttl=1),
            probe,
            router.icmp(3, 0, bytes(4) + probe),
            router.icmp(1, 4, bytes(4) + probe[:48]),
            router.icmp(1, 0, bytes(4) + syn),
            router.icmp(2, 0, struct.pack(">I", 1280) + syn),
            router.icmp(3, 0, bytes(4) + ping(V6)[0]),
        ]
    )


@case(
    "ip_protocols.pcap",
    "IGMP versions 1 to 3, OSPF, PIM, VRRP, EIGRP, RSVP, IPv4 and IPv6 with protocols 253, 99 and 255, "
    "protocol 0 "
    "over IPv4 (tshark reads it as IPv6's hop-by-hop options); GRE of an unknown version",
    {"frame": 17, "_ws.malformed": 1, "igmp": 4, "ospf": 2, "ip.proto == 253": 2, "ipv6.nxt == 253": 1},
)
def ip_protocols() -> bytes:
    def summed(message: bytes) -> bytes:
        return message[:2] + struct.pack(">H", checksum(message)) + message[4:]

    def group(address: str) -> Ends:
        return Ends(str(V4.src), address)

    member, alert = Ends("239.1.2.3", "239.1.2.3").src.packed, b"\x94\x04\0\0"
    hello = bytearray(
        struct.pack(">BBH4s4sHHQ", 2, 1, 44, V4.src.packed, bytes(4), 0, 0, 0)
        + b"\xff\xff\xff\0"
        + struct.pack(">HBBI", 10, 2, 1, 40)
        + bytes(8)
    )
    hello[12:14] = struct.pack(">H", checksum(bytes(hello[:16] + hello[24:])))
    hello6 = bytearray(
        struct.pack(">BBH4s4sHBB", 3, 1, 36, V4.src.packed, bytes(4), 0, 0, 0)
        + struct.pack(">IIHH", 1, 0x01000013, 10, 40)
        + bytes(8)
    )
    six = Ends("fe80::1", "ff02::5")
    hello6[12:14] = struct.pack(">H", six.sum(89, bytes(hello6)))
    pim = summed(b"\x20\0\0\0" + struct.pack(">HHH", 1, 2, 105))
    rsvp = summed(struct.pack(">BBHBBH", 0x10, 1, 0, 64, 0, 8))
    eigrp = bytearray(struct.pack(">BBHIIIHH", 2, 5, 0, 0, 0, 0, 0, 1))
    eigrp[2:4] = struct.pack(">H", checksum(bytes(eigrp)))
    vrrp = summed6(struct.pack(">BBBBBBH", 0x21, 1, 100, 1, 0, 1, 0) + V4.src.packed + bytes(8))
    return on_ethernet(
        [
            group("224.0.0.1").ip(2, summed(b"\x11\0\0\0" + bytes(4)), ttl=1),
            group("239.1.2.3").ip(2, summed(b"\x12\0\0\0" + member), ttl=1),
            group("239.1.2.3").ip(2, summed(b"\x16\0\0\0" + member), ttl=1, options=alert),
            group("224.0.0.22").ip(
                2, summed(b"\x22\0\0\0\0\0\0\1" + b"\4\0\0\0" + member), ttl=1, options=alert
            ),
            group("224.0.0.5").ip(89, bytes(hello), ttl=1),
            six.ip(89, bytes(hello6), ttl=1),
            group("224.0.0.13").ip(103, pim, ttl=1),
            group("224.0.0.18").ip(112, vrrp, ttl=255),
            group("224.0.0.10").ip(88, bytes(eigrp), ttl=2),
            V4.ip(46, rsvp),
            V4.ip(253, filler(30)),
            V4.back().ip(253, filler(10)),
            V6.ip(253, filler(30)),
            V4.ip(99, filler(30)),
            V4.ip(255, filler(30)),
            V4.ip(0, filler(30)),
            V4.ip(47, struct.pack(">HH", 7, 0x0800) + filler(30)),
        ]
    )


def summed6(message: bytes) -> bytes:
    """A message whose checksum is its fourth pair of bytes (VRRP version 2)."""
    return message[:6] + struct.pack(">H", checksum(message)) + message[8:]


# Transports that are neither TCP nor UDP.


@case(
    "udplite.pcap",
    "UDP-Lite: whole, partial and header-only coverage, IPv4 and IPv6",
    {"frame": 6, "udplite": 6},
)
def udplite() -> bytes:
    return on_ethernet(
        [
            ends.ip(136, udp_lite(ends, 6000, 6001, filler(100), coverage))
            for ends in (V4, V6)
            for coverage in (0, 8, 20)
        ]
    )


@case(
    "udp.pcap",
    "UDP: empty, without a checksum, zero length field, both directions, the same ports in IPv6, port 0, "
    "multicast",
    {"frame": 9, "udp": 9, "udp.length == 8": 1},
)
def udp_kinds() -> bytes:
    plain = V4.udp(6000, 6001, filler(30))
    return on_ethernet(
        [
            plain,
            V4.back().udp(6001, 6000, filler(300)),
            V4.udp(6000, 6001),
            plain[:26] + b"\0\0" + plain[28:],
            V6.udp(6000, 6001, filler(30)),
            V6.back().udp(6001, 6000, filler(30)),
            V4.udp(0, 6001, filler(3)),
            V4.udp(6000, 6000, filler(3)),
            Ends(str(V4.src), "239.1.2.3").udp(6000, 6001, filler(30), ttl=1),
        ]
    )


@case(
    "sctp.pcap",
    "SCTP: association, data of two streams, heartbeat, shutdown (IPv4); abort (IPv6)",
    {"frame": 14, "sctp": 14, "sctp.chunk_type == 0": 2},
)
def sctp_kinds() -> bytes:
    tag_c, tag_s = 0x11111111, 0x22222222

    def init(tag: int) -> bytes:
        return struct.pack(">IIHHI", tag, 106496, 10, 10, 1000)

    cookie = b"\x00\x07\x00\x24" + filler(32)
    up, down = V4, V4.back()

    def c(*chunks: bytes, tag: int = tag_s) -> bytes:
        return up.ip(132, sctp(20000, 5000, tag, *chunks))

    def s(*chunks: bytes) -> bytes:
        return down.ip(132, sctp(5000, 20000, tag_c, *chunks))

    def data(tsn: int, stream: int) -> bytes:
        return sctp_chunk(0, 3, struct.pack(">IHHI", tsn, stream, 0, 0) + filler(101))

    sack = sctp_chunk(3, 0, struct.pack(">IIHH", 1001, 106000, 0, 0))
    beat = b"\x00\x01\x00\x0c" + filler(8)
    return on_ethernet(
        [
            c(sctp_chunk(1, 0, init(tag_c)), tag=0),
            s(sctp_chunk(2, 0, init(tag_s) + cookie)),
            c(sctp_chunk(10, 0, filler(32))),
            s(sctp_chunk(11, 0, b"")),
            c(data(1000, 0)),
            c(data(1001, 1)),
            s(sack),
            c(sctp_chunk(4, 0, beat)),
            s(sctp_chunk(5, 0, beat)),
            c(sctp_chunk(7, 0, struct.pack(">I", 999))),
            s(sctp_chunk(8, 0, b"")),
            c(sctp_chunk(14, 0, b"")),
            V6.ip(132, sctp(20000, 5000, 0, sctp_chunk(1, 0, init(tag_c)))),
            V6.back().ip(132, sctp(5000, 20000, tag_c, sctp_chunk(6, 0, b""))),
        ]
    )


@case(
    "dccp.pcap",
    "DCCP: request, response, acknowledgement, data, close, reset (IPv4); request (IPv6)",
    {"frame": 7, "dccp": 7},
)
def dccp_kinds() -> bytes:
    def ack(number: int) -> bytes:
        return b"\0\0" + number.to_bytes(6, "big")

    service = b"TEST"
    up, down = V4, V4.back()
    return on_ethernet(
        [
            up.ip(33, dccp(up, 7000, 7001, 0, 100, service)),
            down.ip(33, dccp(down, 7001, 7000, 1, 500, ack(100) + service)),
            up.ip(33, dccp(up, 7000, 7001, 3, 101, ack(500))),
            up.ip(33, dccp(up, 7000, 7001, 4, 102, ack(500), filler(50))),
            down.ip(33, dccp(down, 7001, 7000, 6, 501, ack(102))),
            up.ip(33, dccp(up, 7000, 7001, 7, 103, ack(501) + b"\1\0\0\0")),
            V6.ip(33, dccp(V6, 7000, 7001, 0, 100, service)),
        ]
    )
