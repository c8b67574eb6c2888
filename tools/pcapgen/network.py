"""Captures of IP itself: options, extension headers, lengths, fragments, and what is neither TCP nor UDP."""

from __future__ import annotations

import struct

from .cases import BAD, V4, V6, Tcp, case, ping
from .files import on_ethernet
from .wire import (
    Ends,
    checksum,
    ethernet,
    filler,
    ipv4,
    ipv6,
    ipv6_extension,
    tcp,
    udp,
)

# IPv4 options and IPv6 extension headers.


@case(
    "ipv4_options.pcap",
    "IPv4 options: no operation and end, router alert, record route, time stamp, loose and strict source "
    "route, stream id, 40 bytes of them; TCP and UDP behind",
    {"frame": 9, "ip.opt.type": 9, "udp": 8, "tcp": 1, "ip.hdr_len == 60": 2},
)
def ipv4_options() -> bytes:
    hop = V4.dst.packed
    lists = [
        b"\x01\x01\x01\0",
        b"\x94\x04\0\0",
        b"\x07\x0b\x04" + bytes(8),
        b"\x44\x0c\x05\0" + bytes(8),
        b"\x83\x07\x04" + hop,
        b"\x89\x07\x08" + hop,
        b"\x88\x04\x12\x34",
        b"\x07\x27\x04" + bytes(36) + b"\0",
    ]
    packets = [V4.udp(1000, 2000, filler(20), options=options) for options in lists]
    packets.append(V4.ip(6, tcp(V4, 1000, 80, "S", 1, 0), options=b"\x01" * 40))
    return on_ethernet(packets)


def pad_options(count: int) -> bytes:
    """A PadN option of `count` bytes in all."""
    return bytes([1, count - 2]) + bytes(count - 2)


def authentication(following: int, words: int = 3) -> bytes:
    """RFC 4302 §2; `words`: length of the integrity check value in 4 bytes."""
    return struct.pack(">BBHII", following, words + 1, 0, 0x1001, 1) + filler(4 * words)


@case(
    "ipv6_extensions.pcap",
    "IPv6 extension headers before UDP: hop-by-hop, destination options, routing (type 2, segment routing), "
    "atomic fragment, AH, mobility, HIP, shim6, 253; all in a row; sixteen destination options",
    {
        "frame": 12,
        "ipv6": 12,
        "udp": 9,
        "ipv6.hopopts": 2,
        "ipv6.dstopts": 3,
        "ipv6.routing": 3,
        "ah": 2,
        "ipv6.fraghdr": 2,
    },
)
def ipv6_extensions() -> bytes:
    datagram = udp(V6, 1000, 2000, filler(20))
    short = pad_options(6)
    type2 = bytes([2, 1]) + bytes(4) + V6.dst.packed
    segments = struct.pack(">BBBBH", 4, 0, 0, 0, 0) + V6.dst.packed
    fragment = struct.pack(">BBHI", 17, 0, 0, 0xABCD)
    mobility = bytearray(bytes([59, 0, 0, 0]) + bytes(4))
    mobility[4:6] = struct.pack(">H", V6.sum(135, bytes(mobility)))
    routed = Ends(str(V6.src), str(V6.dst))
    packets = [
        V6.ip(0, ipv6_extension(17, short) + datagram),
        V6.ip(60, ipv6_extension(17, pad_options(14)) + datagram),
        V6.ip(43, ipv6_extension(17, type2) + datagram),
        V6.ip(43, ipv6_extension(17, segments) + datagram),
        V6.ip(44, fragment + datagram),
        V6.ip(51, authentication(17, 4) + datagram),
        V6.ip(135, bytes(mobility)),
        V6.ip(140, bytes([17, 0]) + b"\x80" + bytes(5) + datagram),
        V6.ip(253, filler(24)),
        V6.ip(59, filler(10)),
        routed.ip(
            0,
            ipv6_extension(60, short)
            + ipv6_extension(43, short)
            + ipv6_extension(44, segments)
            + struct.pack(">BBHI", 51, 0, 0, 1)
            + authentication(60, 4)
            + ipv6_extension(17, short)
            + datagram,
        ),
        V6.ip(60, ipv6_extension(60, short) * 15 + ipv6_extension(17, short) + datagram),
    ]
    return on_ethernet(packets)


@case(
    "ipsec.pcap",
    "AH over TCP (IPv4) and UDP (IPv6), ESP (IPv4, IPv6), ESP in UDP with a keep-alive and IKE (4500)",
    {"frame": 9, "ah": 3, "esp": 4, "tcp": 2, "udp": 4, "udpencap": 3, "isakmp": 1},
)
def ipsec() -> bytes:
    def esp(number: int) -> bytes:
        return struct.pack(">II", 0xC0FFEE01, number) + filler(56)

    def protected(ends: Ends, following: int, segment: bytes, words: int) -> bytes:
        return ends.ip(51, authentication(following, words) + segment)

    ike = struct.pack(">QQBBBBII", 0x1122334455667788, 0, 0, 0x20, 37, 0x08, 0, 28)
    return on_ethernet(
        [
            protected(V4, 6, tcp(V4, 1000, 80, "S", 1, 0), 3),
            protected(V4.back(), 6, tcp(V4.back(), 80, 1000, "SA", 1, 2), 3),
            protected(V6, 17, udp(V6, 1000, 2000, filler(20)), 4),
            V4.ip(50, esp(1)),
            V4.back().ip(50, esp(1)),
            V6.ip(50, esp(1)),
            V4.udp(4500, 4500, esp(2)),
            V4.udp(4500, 4500, b"\xff"),
            V4.udp(4500, 4500, bytes(4) + ike),
        ]
    )


@case(
    "ip_length_zero.pcap",
    "length fields of 0 as segmentation offload leaves them: TCP over IPv4 (8 kB and 60 kB) and IPv6 (9 kB); "
    "IPv6 with the jumbo payload option (70 kB); a correct segment after each; tshark 4.0 does not read "
    "IPv6's zero",
    {"frame": 8, "tcp.len > 8000": 3, "_ws.malformed": 1},
    options=("-o", "ip.tso_support:TRUE"),
)
def ip_length_zero() -> bytes:
    packets = []
    for ends, size in ((V4, 8000 + 192), (V4, 60000), (V6, 9000)):
        talk = Tcp(ends, 40000 + size % 1000, 80)
        packets += [
            talk.c(
                "PA",
                filler(size),
            ),
            talk.c("PA", filler(100)),
        ]
        packets[-2] = zero_length(packets[-2])
    talk = Tcp(V6, 45000, 80)
    segment = tcp(V6, 45000, 80, "PA", 1000, 5_000_000, filler(70000))
    jumbo = ipv6_extension(6, b"\xc2\x04" + struct.pack(">I", 8 + len(segment)))
    talk.seq += 70000
    return on_ethernet([*packets, ipv6(V6, 0, jumbo + segment, total=0), talk.c("PA", filler(100))])


def zero_length(packet: bytes) -> bytes:
    """The packet with 0 in its length field and a header checksum that fits."""
    if packet[0] >> 4 == 6:
        return packet[:4] + b"\0\0" + packet[6:]
    head = packet[:2] + b"\0\0" + packet[4:10] + b"\0\0" + packet[12:20]
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + packet[20:]


@case(
    "ip_length_wrong.pcap",
    "lengths that lie: IPv4 total length above and below what is there, below its header; IPv6 payload "
    "above; "
    "IPv4 header length of 16, and of 60 in 40 bytes; UDP length above and below; TCP data offset of 12 and "
    "beyond the packet",
    {"frame": 10, "ip": 9, "ipv6": 1, "_ws.malformed": 5, BAD: 1},
)
def ip_length_wrong() -> bytes:
    datagram = udp(V4, 1000, 2000, filler(40))
    segment = tcp(V4, 1000, 80, "PA", 1, 1, filler(40))

    def patched(packet: bytes, at: int, value: bytes) -> bytes:
        return packet[:at] + value + packet[at + len(value) :]

    header = V4.ip(17, datagram)
    return on_ethernet(
        [
            ipv4(V4, 17, datagram, total=500),
            ipv4(V4, 17, datagram, total=40),
            ipv4(V4, 17, datagram, total=12),
            ipv6(V6, 17, udp(V6, 1000, 2000, filler(40)), total=500),
            patched(header, 0, b"\x44"),
            patched(header[:40], 0, b"\x4f"),
            V4.ip(17, patched(datagram, 4, struct.pack(">H", 400))),
            V4.ip(17, patched(datagram, 4, struct.pack(">H", 4))),
            V4.ip(6, patched(segment, 12, b"\x30")),
            V4.ip(6, patched(segment[:24], 12, b"\xf0")),
        ]
    )


# Fragments.


def fragments4(ends: Ends, protocol: int, payload: bytes, size: int, ident: int) -> list[bytes]:
    return [
        ipv4(
            ends,
            protocol,
            payload[at : at + size],
            ident=ident,
            flags=int(at + size < len(payload)),
            offset=at,
        )
        for at in range(0, len(payload), size)
    ]


def fragments6(
    ends: Ends, protocol: int, payload: bytes, size: int, ident: int, before: bytes = b""
) -> list[bytes]:
    """`before`: an extension header in front of the fragment header, whose next header is 44."""
    out = []
    for at in range(0, len(payload), size):
        head = struct.pack(">BBHI", protocol, 0, at | (at + size < len(payload)), ident)
        out.append(ends.ip(60 if before else 44, before + head + payload[at : at + size]))
    return out


@case(
    "frag_ipv4.pcap",
    "IPv4 datagrams in fragments: in order, backwards, shuffled, two of one pair mixed with each other and "
    "with a "
    "whole packet, a TCP segment, an echo request",
    {"frame": 24, "udp": 6, "ip.fragments": 7, "tcp": 1, "icmp": 1},
)
def frag_ipv4() -> bytes:
    def datagram(sport: int, size: int, ident: int) -> list[bytes]:
        return fragments4(V4, 17, udp(V4, sport, 9000, filler(size)), 400, ident)

    first, second, third = (datagram(5000 + i, 1500, i + 1) for i in range(3))
    mixed = [p for pair in zip(datagram(5003, 1000, 4), datagram(5004, 1000, 5), strict=True) for p in pair]
    echo = fragments4(V4, 1, ping(V4)[0][20:], 24, 7)
    return on_ethernet(
        [
            *first,
            *reversed(second),
            third[2],
            third[0],
            third[3],
            third[1],
            mixed[0],
            mixed[1],
            V4.udp(5003, 9000, b"whole"),
            *mixed[2:],
            *fragments4(V4, 6, tcp(V4, 5000, 80, "PA", 1, 1, filler(500)), 304, 6),
            *echo,
        ]
    )


@case(
    "frag_ipv4_incomplete.pcap",
    "pieces of IPv4 datagrams that never become whole: without the first, without the last, without one "
    "in the middle; a first piece of 8 bytes of a TCP segment, then the rest",
    {"frame": 9, "ip.fragments": 1, "udp": 0, "tcp": 1},
)
def frag_ipv4_incomplete() -> bytes:
    whole = udp(V4, 5000, 9000, filler(1500))
    first, second, third = (fragments4(V4, 17, whole, 400, ident) for ident in (1, 2, 3))
    small = fragments4(V4, 6, tcp(V4, 5000, 80, "PA", 1, 1, b""), 8, 4)
    return on_ethernet([*first[1:3], *second[:2], third[0], third[3], *small])


@case(
    "frag_ipv4_overlap.pcap",
    "IPv4 fragments sent twice, overlapping with the same bytes, overlapping with other bytes; the "
    "identification used again for another datagram",
    {"frame": 16, "ip.fragment.overlap": 4, "ip.fragment.overlap.conflict": 1},
)
def frag_ipv4_overlap() -> bytes:
    whole = udp(V4, 5000, 9000, filler(792))
    twice = fragments4(V4, 17, whole, 400, 1)
    same = [
        ipv4(V4, 17, whole[:400], ident=2, flags=1),
        ipv4(V4, 17, whole[200:600], ident=2, flags=1, offset=200),
        ipv4(V4, 17, whole[400:], ident=2, flags=0, offset=400),
    ]
    other = [
        ipv4(V4, 17, whole[:400], ident=3, flags=1),
        ipv4(V4, 17, b"\x20" * 200, ident=3, flags=1, offset=200),
        ipv4(V4, 17, whole[400:], ident=3, flags=0, offset=400),
    ]
    again = fragments4(V4, 17, udp(V4, 6000, 9000, filler(492)), 248, 1) + fragments4(
        V4, 17, udp(V4, 7000, 9000, filler(492)), 248, 4
    )
    return on_ethernet([twice[0], twice[0], twice[1], twice[1], *same, *other, *again])


@case(
    "frag_ipv6.pcap",
    "IPv6 datagrams in fragments: in order, backwards, behind destination options, the first piece missing",
    {"frame": 14, "ipv6.fraghdr": 14, "udp": 2, "icmpv6": 1, "ipv6.fragments": 3},
)
def frag_ipv6() -> bytes:
    def datagram(sport: int, ident: int, before: bytes = b"") -> list[bytes]:
        return fragments6(V6, 17, udp(V6, sport, 9000, filler(1500)), 400, ident, before)

    return on_ethernet(
        [
            *datagram(5000, 1),
            *reversed(datagram(5001, 2)),
            *datagram(5002, 3, ipv6_extension(44, pad_options(6)))[1:],
            *datagram(5002, 4, ipv6_extension(44, pad_options(6)))[1:2],
            *fragments6(V6, 58, ping(V6)[0][40:], 32, 5),
        ]
    )


@case(
    "frag_tunnel.pcap",
    "an IP-in-IP packet and a VXLAN packet whose outer datagrams are in fragments; an inner datagram in "
    "fragments "
    "within GRE",
    {"frame": 6, "ip.fragments": 3, "udp": 3},
)
def frag_tunnel() -> bytes:
    outer = Ends("192.168.0.1", "192.168.0.2")
    inner = V4.udp(5000, 9000, filler(700))
    vxlan = struct.pack(">II", 0x08000000, 42 << 8) + ethernet(inner, src=7, dst=8)
    return on_ethernet(
        [
            *fragments4(outer, 4, inner, 400, 1),
            *fragments4(outer, 17, udp(outer, 49152, 4789, vxlan), 400, 2),
            *(
                outer.ip(47, struct.pack(">HH", 0, 0x0800) + piece)
                for piece in fragments4(V4, 17, udp(V4, 5000, 9000, filler(700)), 400, 3)
            ),
        ]
    )
