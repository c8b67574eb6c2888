"""Captures of DNS, mDNS, LLMNR and DHCP: every record and option that is looked into."""

from __future__ import annotations

import socket
import struct

from .cases import V4, V6, case
from .files import on_ethernet
from .wire import Ends


def name(text: str) -> bytes:
    labels = text.split(".") if text else []
    return b"".join(bytes([len(x)]) + x.encode() for x in labels) + b"\0"


HERE = b"\xc0\x0c"  # the name in the question


def record(owner: bytes, kind: int, data: bytes, *, family: int = 1, ttl: int = 300) -> bytes:
    return owner + struct.pack(">HHIH", kind, family, ttl, len(data)) + data


def message(flags: int, asked: str, kind: int, *sections: list[bytes], ident: int = 0x1234, family: int = 1) -> bytes:
    answers, authority, additional = [*sections, [], [], []][:3]
    head = struct.pack(">6H", ident, flags, 1, len(answers), len(authority), len(additional))
    question = name(asked) + struct.pack(">HH", kind, family)
    return head + question + b"".join([*answers, *authority, *additional])


def text(*parts: bytes) -> bytes:
    return b"".join(bytes([len(x)]) + x for x in parts)


def edns(*options: tuple[int, bytes], size: int = 1232, ttl: int = 0x8000) -> bytes:
    content = b"".join(struct.pack(">HH", code, len(data)) + data for code, data in options)
    return record(b"\0", 41, content, family=size, ttl=ttl)


def nsec(following: bytes, *kinds: int) -> bytes:
    blocks: dict[int, bytearray] = {}
    for kind in kinds:
        block = blocks.setdefault(kind >> 8, bytearray())
        at = (kind & 0xFF) >> 3
        block.extend(bytes(at + 1 - len(block)) if at >= len(block) else b"")
        block[at] |= 0x80 >> (kind & 7)
    return following + b"".join(bytes([number, len(block)]) + bytes(block) for number, block in blocks.items())


@case(
    "dns_all.pcap",
    "DNS: questions and answers of all types that are looked into, EDNS options, an update, an error",
    {"frame": 17, "dns": 17},
)
def dns_all() -> bytes:
    v4, v6 = socket.inet_aton("10.9.8.7"), socket.inet_pton(socket.AF_INET6, "fd00::9")
    soa = name("ns.test") + name("admin.test") + struct.pack(">5I", 7, 3600, 600, 86400, 60)
    ds = struct.pack(">HBB", 4711, 13, 2) + bytes(range(32))
    alpn, port = text(b"h2", b"h3"), struct.pack(">H", 8443)
    svcb = struct.pack(">H", 1) + name("svc.test")
    for key, value in ((1, alpn), (3, port), (4, v4), (6, v6), (5, b"\x01\x02\x03")):
        svcb += struct.pack(">HH", key, len(value)) + value
    contents = {
        1: v4, 2: name("ns.test"), 5: b"\x03www" + HERE, 6: soa, 12: name("host.test"), 15: b"\0\x0a" + name("mx.test"),
        16: text(b"one", b"two words"), 28: v6, 33: struct.pack(">3H", 1, 2, 5060) + name("sip.test"),
        39: name("other.test"), 43: ds, 47: nsec(name("b.test"), 1, 2, 16, 28, 46, 47, 257), 64: svcb, 65: svcb,
    }  # fmt: skip
    packets = []
    for kind, data in contents.items():
        asked = "_sip._udp.test" if kind == 33 else "a.test"
        answer = message(0x8580, asked, kind, [record(HERE, kind, data)], [record(HERE, 2, name("ns.test"))])
        packets.append(V4.back().udp(53, 40000 + kind, answer))
    cookie, padding = (10, bytes(range(8))), (12, b"")
    packets.append(V6.udp(40100, 53, message(0x0120, "a.test", 255, [], [], [edns(cookie, padding)])))
    update = struct.pack(">6H", 9, 0x2800, 1, 1, 1, 0) + name("test") + struct.pack(">HH", 6, 1)
    update += record(name("a.test"), 255, b"", family=255, ttl=0) + record(name("a.test"), 1, v4)
    packets.append(V4.udp(40101, 53, update))
    packets.append(V4.back().udp(53, 40102, message(0x8183, "", 2)))
    return on_ethernet(packets)


@case(
    "mdns_llmnr.pcap",
    "mDNS: a question for a unicast answer, records that replace what is cached, NSEC, EDNS; LLMNR: question, answer",
    {"frame": 5, "mdns": 3, "llmnr": 2},
)
def mdns_llmnr() -> bytes:
    local, there = Ends("10.1.0.1", "224.0.0.251"), Ends("fd00:1::1", "ff02::fb")
    v4 = socket.inet_aton("10.1.0.1")
    records = [record(HERE, 12, b"\x04host" + HERE, family=0x8001), record(b"\x04host" + HERE, 1, v4, family=0x8001)]
    more = [record(HERE, 47, nsec(HERE, 1, 28), family=0x8001), edns((4, bytes(range(18))), size=1440, ttl=0)]
    group = Ends("10.1.0.1", "224.0.0.252")
    return on_ethernet(
        [
            local.udp(5353, 5353, message(0, "printer.local", 12, ident=0, family=0x8001)),
            local.udp(5353, 5353, message(0x8400, "printer.local", 12, records, [], more, ident=0)),
            there.udp(5353, 5353, message(0, "printer.local", 28, ident=0)),
            group.udp(50000, 5355, message(0, "laptop", 1)),
            V4.udp(5355, 50000, message(0x8000, "laptop", 1, [record(HERE, 1, v4, ttl=30)])),
        ]
    )


def dhcp(kind: int, *options: tuple[int, bytes], flags: int = 0, your: str = "0.0.0.0", tail: bytes = b"") -> bytes:
    hardware = bytes([2, 0, 0, 0, 0, 1])
    head = struct.pack(">BBBBIHH", kind, 1, 6, 0, 0x3903F326, 4, flags)
    head += bytes(4) + socket.inet_aton(your) + bytes(8) + hardware + bytes(10)
    head += (b"server.test" if kind == 2 else b"").ljust(64, b"\0") + (b"boot.img" if kind == 2 else b"").ljust(128, b"\0")
    listed = b"".join(bytes([code, len(data)]) + data for code, data in options)
    return head + b"\x63\x82\x53\x63" + listed + b"\xff" + tail


@case(
    "dhcp.pcap",
    "DHCP: a lease asked for and given, with options of all shapes, one without contents, padding",
    {"frame": 4, "dhcp": 4},
)
def dhcp_lease() -> bytes:
    a, b = socket.inet_aton("10.1.0.254"), socket.inet_aton("10.1.0.253")
    identifier = (61, bytes([1, 2, 0, 0, 0, 0, 1]))
    lease = [
        (54, a), (51, struct.pack(">I", 3600)), (1, socket.inet_aton("255.255.255.0")), (3, a), (6, a + b),
        (15, b"example.test"), (26, struct.pack(">H", 1400)), (28, socket.inet_aton("10.1.0.255")), (2, struct.pack(">i", -3600)),
        (19, b"\1"), (23, b"\x40"), (42, b), (58, struct.pack(">I", 1800)), (59, struct.pack(">I", 3150)), (80, b""),
    ]  # fmt: skip
    asked = (55, bytes([1, 3, 6, 15, 26, 28]))
    client, server = Ends("0.0.0.0", "255.255.255.255"), Ends("10.1.0.254", "10.1.0.7")
    wish = (50, socket.inet_aton("10.1.0.7"))
    return on_ethernet(
        [
            client.udp(68, 67, dhcp(1, (53, b"\1"), identifier, (12, b"laptop"), asked, flags=0x8000, tail=bytes(12))),
            server.udp(67, 68, dhcp(2, (53, b"\2"), *lease, your="10.1.0.7")),
            client.udp(68, 67, dhcp(1, (53, b"\3"), identifier, wish, (54, a), (57, b"\x05\xdc"), (60, b"test 1"))),
            server.udp(67, 68, dhcp(2, (53, b"\5"), *lease, (56, b"welcome"), (66, b"tftp.test"), (67, b"a.img"), your="10.1.0.7")),
        ]
    )
