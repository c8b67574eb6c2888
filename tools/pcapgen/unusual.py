"""Captures of headers that are there only in part, of unusual versions, or with more behind them than they say."""

from __future__ import annotations

import struct

from .cases import V4, V6, case
from .files import pcap, timed
from .names import HERE, message, name, nsec, record
from .tunnels import OUTER4
from .wire import checksum, ethernet, filler, mpls, udp

CONTROL, LENGTH, SEQUENCE = 0x8000, 0x4000, 0x0800


def l2tp3(flags: int, *words: int, rest: bytes = b"") -> bytes:
    return struct.pack(f">{1 + len(words)}H", flags | 3, *words) + rest


def without_checksum(datagram: bytes) -> bytes:
    return datagram[:6] + b"\0\0" + datagram[8:]


def igmp(kind: int, code: int, rest: bytes) -> bytes:
    value = checksum(struct.pack(">BBH", kind, code, 0) + rest)
    return V4.ip(2, struct.pack(">BBH", kind, code, value) + rest, ttl=1)


@case(
    "header_odds.pcap",
    "L2TP version 3 and 4; one and two bytes to GTP's port; DNS of less than its header, NSEC3; IGMP of version 0 and unknown types; "
    "no checksum where there must be one; UDP with bytes behind its length; extended echo; errors "
    "that quote 6 bytes of UDP, 15 and 16 of TCP; padding and trailers behind MPLS; IPv6 of another version in IPv6",
    {"frame": 38, "_ws.malformed": 14},
)
def header_odds() -> bytes:
    tunnel = [
        l2tp3(0, 0, 0, 5, rest=filler(20)),
        l2tp3(LENGTH | SEQUENCE | 0x0300, 16, 0, 5, rest=filler(8)),
        l2tp3(CONTROL | LENGTH | SEQUENCE, 12, 0, 7, 1, 2),
        l2tp3(CONTROL | LENGTH | SEQUENCE, 20, 0, 7, 1, 2, rest=struct.pack(">HHHH", 0x8008, 0, 0, 6)),
        l2tp3(0, 0, 0),
        l2tp3(CONTROL | LENGTH | SEQUENCE, 12, 0),
        struct.pack(">HHI", 4, 0, 5) + filler(20),
    ]
    packets = [OUTER4.udp(1701, 1701, x) for x in tunnel]
    packets += [OUTER4.udp(2152, 2152, x) for x in (b"\x30", b"\x30\xff", b"\x50\xff")]
    hashed = struct.pack(">BBHB", 1, 1, 10, 2) + b"\x7f\x6f" + bytes([20]) + bytes(range(20))
    answer = message(0x8580, "a.test", 1, [], [record(HERE, 50, nsec(hashed, 2, 46, 257))])
    packets += [V4.back().udp(53, 5300, answer[:size]) for size in (1, 3, 4, 5, 7, 9, 11, len(answer))]
    packets.append(V4.udp(5353, 5353, message(0, "b.test", 1)[:6]))
    packets.append(V4.udp(5300, 53, message(0x100, "c.test", 1) + name("") + struct.pack(">HH", 1, 1)))
    group = bytes([224, 0, 0, 9])
    packets += [igmp(kind, code, group + filler(12)) for kind, code in ((1, 1), (4, 9), (0x99, 1))]
    packets.append(V6.ip(17, without_checksum(udp(V6, 9, 9, filler(4)))))
    packets.append(V4.ip(17, without_checksum(udp(V4, 9, 9, filler(4)))))
    packets.append(V4.ip(136, struct.pack(">HHHH", 10, 10, 0, 0) + filler(4)))
    packets.append(V4.ip(17, udp(V4, 9, 9) + b"behind"))
    object_ = struct.pack(">HBB", 12, 3, 1) + b"eth0\0\0\0\0"
    extension = struct.pack(">BBH", 0x20, 0, checksum(b"\x20\0\0\0" + object_)) + object_
    packets += [V4.icmp(kind, 0, struct.pack(">HBB", 5, 1, 0) + extension) for kind in (42, 43)]
    for inner in (V4.udp(9, 9, filler(9))[:26], V4.tcp(9, 9, "S", 77, payload=filler(9))[:35], V4.tcp(9, 9, "S", 78)[:36]):
        packets.append(V4.back().icmp(3, 1, bytes(4) + inner))
    frames = [ethernet(x) for x in packets]
    for inside in (V4.udp(9, 9, b"a"), V6.udp(9, 9, b"a")):
        for behind in (bytes(10), b"\x55" * 10):
            frames.append(ethernet(mpls(inside, 16) + behind, 0x8847).ljust(60, behind[:1]))
    wrong = b"\xe0" + V6.udp(9, 9, b"ab")[1:]
    frames.append(ethernet(V6.ip(41, wrong)))
    frames.append(ethernet(mpls(V6.ip(41, wrong), 16) + b"\x55" * 10, 0x8847))
    return pcap(timed(frames))
