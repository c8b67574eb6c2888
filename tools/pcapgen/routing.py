"""Captures of routing: OSPF for IPv4 and IPv6."""

from __future__ import annotations

import ipaddress
import struct

from .cases import V4, V6, case
from .files import on_ethernet
from .wire import Ends, checksum, filler

ROUTER, AREA = bytes([10, 9, 0, 1]), bytes([0, 0, 0, 7])


def at(text: str) -> bytes:
    return ipaddress.ip_address(text).packed


# Version 2 (RFC 2328).


def ospf2(kind: int, body: bytes, *, auth: int = 0, secret: bytes = bytes(8), behind: bytes = b"", size: int = 0,
          checked: bool = True) -> bytes:
    head = struct.pack(">BBH4s4sHH", 2, kind, size or 24 + len(body), ROUTER, AREA, 0, auth)
    value = checksum(head + body) if auth != 2 and checked else 0
    whole = head[:12] + struct.pack(">H", value) + head[14:] + secret + body + behind
    return Ends(str(V4.src), "224.0.0.5").ip(89, whole, ttl=1)


def fletcher(lsa: bytes) -> bytes:
    """The link state advertisement with its checksum (RFC 2328 §12.1.7)."""
    low = high = 0
    data = lsa[2:16] + b"\0\0" + lsa[18:]
    for byte in data:
        low = (low + byte) % 255
        high = (high + low) % 255
    x = ((len(data) - 15) * low - high) % 255
    y = (510 - low - x) % 255
    return lsa[:16] + bytes([x or 255, y or 255]) + lsa[18:]


def lsa2(kind: int, state: str, body: bytes, *, age: int = 1, options: int = 0x22) -> bytes:
    head = struct.pack(">HBB4s4sIHH", age, options, kind, at(state), ROUTER, 0x80000001, 0, 20 + len(body))
    return fletcher(head + body)


def hello2(*neighbors: str, options: int = 0x02) -> bytes:
    fixed = struct.pack(">4sHBBI4s4s", at("255.255.255.0"), 10, options, 1, 40, at("10.1.0.1"), at("10.1.0.2"))
    return fixed + b"".join(at(x) for x in neighbors)


def update(*lsas: bytes) -> bytes:
    return struct.pack(">I", len(lsas)) + b"".join(lsas)


LINKS = (
    struct.pack(">4s4sBBH", at("10.9.0.2"), at("10.1.0.1"), 1, 0, 10)
    + struct.pack(">4s4sBBH", at("10.1.0.2"), at("10.1.0.1"), 2, 1, 20) + struct.pack(">BBH", 8, 0, 30)
    + struct.pack(">4s4sBBH", at("10.5.0.0"), at("255.255.0.0"), 3, 0, 1)
    + struct.pack(">4s4sBBH", at("10.9.0.3"), at("10.1.0.1"), 4, 0, 1)
)
OUTSIDE = struct.pack(">4sII4sI", at("255.255.0.0"), 0x80000014, 5, at("10.1.0.9"), 77)[:4]
OUTSIDE += struct.pack(">I4sI", 0x80000014, at("10.1.0.9"), 77)


@case(
    "ospf2.pcap",
    "OSPF version 2: all kinds of messages, of authentication and of link states; link-local signalling; "
    "lengths that lie",
    {"frame": 32, "ospf": 32, "_ws.malformed": 8},
)
def ospf2_kinds() -> bytes:
    router = lsa2(1, "10.9.0.1", struct.pack(">BBH", 0x07, 0, 4) + LINKS)
    others = [
        lsa2(2, "10.1.0.1", at("255.255.255.0") + at("10.9.0.1") + at("10.9.0.2")),
        lsa2(3, "10.6.0.0", at("255.255.0.0") + struct.pack(">II", 64, 0x08000041)),
        lsa2(4, "10.9.0.9", at("0.0.0.0") + struct.pack(">I", 3)),
        lsa2(5, "10.7.0.0", OUTSIDE),
        lsa2(7, "10.8.0.0", OUTSIDE, options=0x28),
        lsa2(5, "10.7.1.0", OUTSIDE + struct.pack(">I4sI", 0x08000020, at("10.1.0.8"), 78)),
    ]
    opaque = [lsa2(kind, "200.1.2.3", filler(8), options=0x42) for kind in (9, 10, 11)]
    heads = [x[:20] for x in (router, *others, *opaque)]
    described = struct.pack(">HBBI", 1500, 0x42, 7, 0x1234)
    wanted = struct.pack(">I4s4s", 1, at("10.9.0.1"), ROUTER) + struct.pack(">I4s4s", 5, at("10.7.0.0"), ROUTER)
    signal = struct.pack(">HHI", 1, 4, 3)
    signal = struct.pack(">HH", 0, 3) + signal
    signal = struct.pack(">H", checksum(signal)) + signal[2:]
    key = struct.pack(">HBBI", 0, 5, 16, 99)
    lying = struct.pack(">I", 5) + router
    return on_ethernet(
        [
            ospf2(1, hello2()),
            ospf2(1, hello2("10.9.0.2", "10.9.0.3")),
            ospf2(1, hello2("10.9.0.2"), auth=1, secret=b"password"),
            ospf2(1, hello2("10.9.0.2"), auth=1, secret=b"short\0\0\0"),
            ospf2(1, hello2("10.9.0.2"), auth=2, secret=key, behind=filler(16)),
            ospf2(1, hello2("10.9.0.2"), auth=7, secret=filler(8)),
            ospf2(1, hello2(options=0x52), behind=signal),
            ospf2(2, described),
            ospf2(2, struct.pack(">HBBI", 1500, 0x52, 0, 0x1235) + b"".join(heads)),
            ospf2(2, struct.pack(">HBBI", 0, 0xFF, 0xFF, 0x1235) + heads[0], behind=signal),
            ospf2(3, wanted),
            ospf2(3, b""),
            ospf2(4, update(router)),
            ospf2(4, update(*others[:3])),
            ospf2(4, update(*others[3:])),
            ospf2(4, update(*opaque)),
            ospf2(4, update(lsa2(1, "10.9.0.1", struct.pack(">BBH", 0x98, 0, 0), age=0x8E10))),
            ospf2(4, update(lsa2(6, "239.1.2.3", struct.pack(">II", 1, 2)), lsa2(8, "10.1.0.1", filler(4)))),
            ospf2(4, update()),
            ospf2(5, b"".join(heads)),
            ospf2(5, heads[1]),
            ospf2(4, lying),
            ospf2(4, update(router[:18] + b"\0\x10" + router[20:])),
            ospf2(4, update(router[:18] + b"\x01\0" + router[20:])),
            ospf2(4, update(lsa2(1, "10.9.0.1", struct.pack(">BBH", 0, 0, 9) + LINKS))),
            ospf2(5, heads[0][:13]),
            ospf2(1, hello2()[:9]),
            ospf2(9, filler(12)),
            ospf2(1, hello2(), size=100, checked=False),
            ospf2(1, hello2("10.9.0.2"), size=44, checked=False),
            V4.ip(89, b"\x01\1\0\x2c" + filler(40)),
            V4.ip(89, b"\x04\1\0\x2c" + filler(40)),
        ]
    )


# Version 3 (RFC 5340).


def ospf3(kind: int, body: bytes, *, instance: int = 0, behind: bytes = b"") -> bytes:
    ends = Ends("fe80::1", "ff02::5")
    head = struct.pack(">BBH4s4sHBB", 3, kind, 16 + len(body), ROUTER, AREA, 0, instance, 0)
    value = ends.sum(89, head + body)
    return ends.ip(89, head[:12] + struct.pack(">H", value) + head[14:] + body + behind)


def lsa3(kind: int, state: int, body: bytes, *, age: int = 1) -> bytes:
    head = struct.pack(">HHI4sIHH", age, kind, state, ROUTER, 0x80000001, 0, 20 + len(body))
    return fletcher(head + body)


def prefix(text: str, *, options: int = 0, extra: int = 0) -> bytes:
    net = ipaddress.ip_network(text)
    return struct.pack(">BBH", net.prefixlen, options, extra) + net.network_address.packed[
        : (net.prefixlen + 31) // 32 * 4]


@case(
    "ospf3.pcap",
    "OSPF version 3: all kinds of messages and of link states, prefixes of several lengths, an authentication "
    "trailer, link-local signalling, instances for IPv4",
    {"frame": 24, "ospf": 24},
)
def ospf3_kinds() -> bytes:
    links = struct.pack(">BBHII4s", 1, 0, 10, 5, 6, at("10.9.0.2")) + struct.pack(
        ">BBHII4s", 2, 0, 20, 7, 8, at("10.9.0.3"))
    outside = struct.pack(">I", 0x07000014)[:4] + prefix("2001:db8:7::/48")
    states = [
        lsa3(0x2001, 0, struct.pack(">I", 0x07000013) + links),
        lsa3(0x2002, 5, struct.pack(">I", 0x13) + at("10.9.0.1") + at("10.9.0.2")),
        lsa3(0x2003, 1, struct.pack(">I", 10) + prefix("2001:db8:1::/64", options=0x0F)),
        lsa3(0x2003, 2, struct.pack(">I", 10) + prefix("::/0")),
        lsa3(0x2004, 3, struct.pack(">II4s", 0x13, 30, at("10.9.0.9"))),
        lsa3(0x4005, 4, outside + at("2001:db8::9") + struct.pack(">I", 77)),
        lsa3(0x4005, 5, struct.pack(">I", 0x00000005) + prefix("2001:db8:8:100::/56")),
        lsa3(0x2007, 6, struct.pack(">I", 0x02000014) + prefix("2001:db8:9::/48") + at("2001:db8::9")),
        lsa3(0x0008, 7, struct.pack(">I", 0x01000013) + at("fe80::1") + struct.pack(">I", 2)
             + prefix("2001:db8:1::/64") + prefix("2001:db8:2::/60", options=2)),
        lsa3(0x2009, 8, struct.pack(">HH4s4s", 2, 0x2001, bytes(4), ROUTER) + prefix("2001:db8:1::/64", extra=10)
             + prefix("2001:db8:3::1/128", options=2)),
        lsa3(0x8006, 9, filler(8)),
        lsa3(0xE00C, 10, filler(8)),
    ]
    heads = [x[:20] for x in states]
    ipv4 = [
        lsa3(0x0008, 7, struct.pack(">I", 0x01000013) + at("10.1.0.1") + bytes(12) + struct.pack(">I", 1)
             + struct.pack(">BBH4s", 24, 0, 0, at("10.1.0.0"))),
        lsa3(0x4005, 4, struct.pack(">I", 0x03000014) + struct.pack(">BBH4s", 16, 0, 0, at("10.7.0.0"))
             + at("10.1.0.9") + bytes(12) + struct.pack(">I", 77)),
    ]
    signal = struct.pack(">HHHHI", 0xFFF4, 3, 1, 4, 1)
    hello = struct.pack(">IIHH4s4s", 5, 0x01000013, 10, 40, at("10.9.0.1"), at("10.9.0.2"))
    described = struct.pack(">IHBBI", 0x13, 1500, 0, 7, 0x1234)
    trailer = struct.pack(">HHHHQ", 1, 16 + 32, 0, 5, 99) + filler(32)
    return on_ethernet(
        [
            ospf3(1, hello),
            ospf3(1, hello + at("10.9.0.2") + at("10.9.0.3"), instance=3),
            ospf3(1, struct.pack(">IIHH4s4s", 5, 0x01000413, 10, 40, bytes(4), bytes(4)), behind=trailer),
            ospf3(1, struct.pack(">IIHH4s4s", 5, 0x0100FFFF & ~0x600, 10, 40, bytes(4), bytes(4))),
            ospf3(2, described),
            ospf3(2, struct.pack(">IHBBI", 0x13, 1500, 0, 2, 0x1235) + b"".join(heads)),
            ospf3(3, b"".join(struct.pack(">HHI4s", 0, x, 5, ROUTER) for x in (0x2001, 0x4005))),
            ospf3(4, update(states[0])),
            ospf3(4, update(*states[1:3])),
            ospf3(4, update(*states[3:5])),
            ospf3(4, update(*states[5:8])),
            ospf3(4, update(states[8])),
            ospf3(4, update(states[9])),
            ospf3(4, update(states[10], states[11])),
            ospf3(4, update(lsa3(0x2001, 1, struct.pack(">I", 0x13), age=0x8001))),
            ospf3(5, b"".join(heads[:4])),
            ospf3(9, filler(8)),
            ospf3(1, struct.pack(">IIHH4s4s", 5, 0x01000213, 10, 40, bytes(4), bytes(4)), behind=signal),
            *(ospf3(4, update(*ipv4), instance=x) for x in (63, 64, 65, 66, 127, 128)),
        ]
    )


# Bidirectional forwarding detection (RFC 5880).


def bfd(state: int, flags: int = 0, *, version: int = 1, diag: int = 0, auth: bytes = b"", size: int = 0,
        behind: bytes = b"") -> bytes:
    head = struct.pack(">BBBBIIIII", version << 5 | diag, state << 6 | flags, 3, size or 24 + len(auth),
                       0x11, 0x22, 300000, 300000, 50000)
    return head + auth + behind


@case(
    "bfd.pcap",
    "BFD: all states, versions 1 and 0, all kinds of authentication, one hop, several hops, link aggregates; "
    "lengths that lie",
    {"frame": 27, "bfd": 27, "_ws.malformed": 7},
)
def bfd_kinds() -> bytes:
    def sent(message: bytes, port: int = 3784, ends: Ends = V4) -> bytes:
        return ends.udp(49152, port, message, ttl=255)

    def secured(kind: int, length: int, rest: bytes) -> bytes:
        return struct.pack(">BB", kind, length) + rest

    key = struct.pack(">BBI", 5, 0, 77)
    kinds = [
        secured(1, 11, b"\x05password"),
        secured(1, 4, b"\x05x"),
        secured(2, 24, key + filler(16)),
        secured(3, 24, key + filler(16)),
        secured(4, 28, key + filler(20)),
        secured(5, 28, key + filler(20)),
        secured(9, 12, filler(10)),
    ]
    wrong = [secured(2, 20, key + filler(12)), secured(5, 40, key + filler(20)), secured(1, 2, b""), b"\x01",
             secured(0, 8, filler(6)), secured(1, 30, b"\x05word")]
    return on_ethernet(
        [
            *(sent(bfd(state, diag=i)) for i, state in enumerate((0, 1, 2, 3))),
            sent(bfd(3, 0x3F, diag=31)),
            sent(bfd(3), 4784),
            sent(bfd(3), 6784, V6),
            sent(bfd(3), 7784, V6),
            *(sent(bfd(3, 4, auth=x)) for x in kinds),
            *(sent(bfd(3, 4, auth=x)) for x in wrong),
            sent(bfd(3, 4)),
            sent(bfd(0, 0, version=0, diag=1)),
            sent(bfd(3, 0x3F, version=0)),
            sent(bfd(3, 0, version=2)),
            sent(bfd(3, size=20)),
            sent(bfd(3, behind=filler(7))),
        ]
    )
