"""Captures of DNS records: the data of every type that is looked into, EDNS options, and damage to them."""

from __future__ import annotations

import socket
import struct

from .cases import V4, V6, case
from .files import on_ethernet
from .names import HERE, edns, message, name, nsec, record, text

V4_ADDRESS, V6_ADDRESS = socket.inet_aton("10.9.8.7"), socket.inet_pton(socket.AF_INET6, "fd00::9")
FILLING = bytes(range(0x20, 0x60))


def answers(records: list[tuple[int, bytes]]) -> list[bytes]:
    """A message for each, so that one that is damaged hides no other."""
    packets = []
    for number, (kind, data) in enumerate(records):
        ends = (V4, V6)[number & 1].back()
        packets.append(ends.udp(53, 40000 + number, message(0x8580, "a.test", kind, [record(HERE, kind, data)])))
    return packets


def signature(covered: int) -> bytes:
    times = struct.pack(">III", 3600, 1_800_000_000, 1_700_000_000)
    return struct.pack(">HBB", covered, 13, 2) + times + struct.pack(">H", 4711) + name("a.test") + FILLING


SECURITY = [
    (46, signature(1)),
    (24, signature(48)),
    *((kind, struct.pack(">HBB", 0x0181, 3, 13) + FILLING) for kind in (48, 60)),
    (48, struct.pack(">HBB", 0xFE7E, 3, 1) + FILLING[:31]),
    (25, struct.pack(">HBB", 0x2642, 3, 5) + FILLING),
    (25, struct.pack(">HBB", 0xC000, 255, 1)),
    *((kind, struct.pack(">HBB", 4711, 13, digest) + FILLING[:32]) for kind in (43, 59, 32769) for digest in (2, 9)),
    (50, struct.pack(">BBHB", 1, 1, 10, 4) + b"\x01\x02\x03\x04\x14" + FILLING[:20] + nsec(b"", 1, 28, 46)),
    (50, struct.pack(">BBHB", 1, 0, 0, 0) + b"\x03" + FILLING[:3] + nsec(b"", 2)),
    (51, struct.pack(">BBHB", 1, 0, 10, 4) + b"\x01\x02\x03\x04"),
    (51, struct.pack(">BBHB", 1, 0, 0, 0)),
    (30, name("b.test") + b"\x60\x00\x01"),
    (52, b"\x03\x01\x01" + FILLING[:32]),
    (53, b"\x03\x00\x01" + FILLING[:32]),
    (44, b"\x04\x02" + FILLING[:32]),
    (37, struct.pack(">HHB", 1, 4711, 13) + FILLING),
    (45, b"\x0a\x00\x02" + FILLING[:16]),
    (45, b"\x0a\x01\x02" + V4_ADDRESS + FILLING[:16]),
    (45, b"\x0a\x02\x02" + V6_ADDRESS + FILLING[:16]),
    (45, b"\x0a\x03\x02" + name("gw.test") + FILLING[:16]),
    (61, b"\x99\x01" + FILLING[:30]),
    (62, struct.pack(">IH", 66, 3) + nsec(b"", 1, 2, 28)),
    (63, struct.pack(">IBB", 2018031500, 1, 1) + FILLING[:48]),
    (55, b"\x10\x02\x00\x20" + FILLING[:16] + FILLING[:32] + name("rvs.test") + name("other.test")),
    (49, b"\x00\x01\x01" + FILLING[:32]),
    *((257, b"\x00" + text(tag) + value) for tag, value in (
        (b"issue", b"ca.test; policy=ev"), (b"issuewild", b";"), (b"iodef", b"mailto:sec@a.test"), (b"contact", b"x"))),
    (257, b"\x80" + text(b"issue") + b"ca.test"),
    (249, name("gss.test") + struct.pack(">IIHHH", 1_700_000_000, 1_700_000_600, 2, 0, 8) + FILLING[:8] + b"\0\x03abc"),
    (249, name("gss.test") + struct.pack(">IIHHH", 1_700_000_000, 1_700_000_600, 5, 17, 0) + b"\0\0"),
]  # fmt: skip

PLACES = [
    (29, bytes([0, 0x12, 0x16, 0x13]) + struct.pack(">III", 0x89172DD0, 0x70BE15F0, 0x00988D20)),
    (29, bytes([1]) + FILLING[:3]),
    (27, text(b"-115.4", b"36.1", b"10.0")),
    (42, struct.pack(">HBB", 1, 16, 3) + b"\x0a\x01\x02" + struct.pack(">HBB", 2, 32, 0x84) + b"\xfd\0\0\x01"),
    (42, struct.pack(">HBB", 1, 0, 0) + struct.pack(">HBB", 6, 48, 6) + FILLING[:6]),
    (38, b"\x60" + V6_ADDRESS[12:] + name("prefix.test")),
    (38, b"\x00" + V6_ADDRESS),
    (38, b"\x80" + name("prefix.test")),
    (104, struct.pack(">H", 10) + FILLING[:8]),
    (105, struct.pack(">H", 10) + V4_ADDRESS),
    (106, struct.pack(">H", 10) + FILLING[:8]),
    (107, struct.pack(">H", 10) + name("l64.test")),
    (108, bytes([2, 0, 0, 0, 0, 1])),
    (109, bytes([2, 0, 0, 0, 0, 0, 0, 1])),
    (22, b"\x47\x00\x05\x80" + FILLING[:16]),
    (23, name("nsap.test")),
]

SERVICES = [
    (11, V4_ADDRESS + b"\x06\x00\x00\x40\x01"),
    (13, text(b"X86-64", b"LINUX")),
    (35, struct.pack(">HH", 100, 10) + text(b"u", b"E2U+sip", b"!^.*$!sip:a@test!") + b"\0"),
    (35, struct.pack(">HH", 100, 20) + text(b"s", b"", b"") + name("next.test")),
    (36, struct.pack(">H", 10) + name("kx.test")),
    (17, name("admin.test") + name("who.test")),
    (18, struct.pack(">H", 1) + name("afs.test")),
    (19, text(b"311061700956")),
    (20, text(b"150862028003217", b"004")),
    (20, text(b"150862028003217")),
    (21, struct.pack(">H", 2) + name("relay.test")),
    (26, struct.pack(">H", 10) + name("mail.test") + name("x400.test")),
    (3, name("md.test")), (4, name("mf.test")), (7, name("mb.test")), (8, name("mg.test")), (9, name("mr.test")),
    (10, FILLING[:5]),
    (14, name("admin.test") + name("errors.test")),
    (99, text(b"v=spf1 -all")),
    (256, struct.pack(">HH", 10, 1) + b"https://a.test/"),
    (65422, b"\x04\x11" + V4_ADDRESS + V4_ADDRESS + struct.pack(">HH", 1024, 53)),
    (65422, b"\x06\x06" + V6_ADDRESS + V6_ADDRESS + struct.pack(">HH", 1024, 53)),
    (65281, struct.pack(">4I", 1, 2, 900, 2) + V4_ADDRESS + V4_ADDRESS),
    (65282, struct.pack(">3I", 0x10000, 2, 900) + name("wins.test")),
    (1234, FILLING[:7]),
]  # fmt: skip


def service(*parameters: tuple[int, bytes]) -> bytes:
    listed = b"".join(struct.pack(">HH", key, len(data)) + data for key, data in parameters)
    return struct.pack(">H", 1) + name("svc.test") + listed


PARAMETERS = [
    (65, service((0, b"\0\x01\0\x04"), (1, text(b"h2", b"h3")), (2, b""), (3, b"\x20\xfb"))),
    (65, service((4, V4_ADDRESS * 2), (5, FILLING[:9]), (6, V6_ADDRESS * 2), (7, b"/dns-query{?dns}"))),
    (64, service((32769, FILLING[:6]), (65280, FILLING[:3]))),
]


def subnet(family: int, bits: int, scope: int, address: bytes) -> bytes:
    return struct.pack(">HBB", family, bits, scope) + address


OPTIONS = [
    [(5, b"\x08\x0d"), (6, b"\x01\x02"), (7, b"\x01")],
    [(8, subnet(1, 24, 0, b"\x0a\x09\x08")), (8, subnet(2, 56, 64, V6_ADDRESS[:7]))],
    [(8, subnet(1, 32, 24, V4_ADDRESS)), (8, subnet(9, 16, 0, b"\x01\x02")), (8, subnet(1, 0, 0, b""))],
    [(10, FILLING[:8])],
    [(10, FILLING[:24])],
    [(11, b""), (11, b"\x04\xb0"), (12, bytes(9)), (13, name("trust.test"))],
    [(15, b"\0\x06"), (15, b"\0\x16no reply")],
    [(3, b"server-1"), (65001, FILLING[:4])],
]


def tsig(kind: bytes, *, error: int = 0, mac: bytes = FILLING[:10], other: bytes = b"") -> bytes:
    data = kind + struct.pack(">HIHH", 0, 1_700_000_000, 300, len(mac)) + mac
    data += struct.pack(">HHH", 0x1234, error, len(other)) + other
    return record(name("key.test"), 250, data, family=255, ttl=0)


def stateful(flags: int, *tlvs: tuple[int, bytes]) -> bytes:
    """RFC 8490 §5.1: a message without records."""
    listed = b"".join(struct.pack(">HH", kind, len(data)) + data for kind, data in tlvs)
    return struct.pack(">6H", 7, flags | 0x3000, 0, 0, 0, 0) + listed


STATEFUL = [
    stateful(0, (1, struct.pack(">II", 15000, 60000)), (3, bytes(5))),
    stateful(0x8000, (2, struct.pack(">I", 5000))),
    stateful(0, (64, b"\1\2\3"), (3, b"")),
]


@case(
    "dns_records.pcap",
    "DNS: a record of each type that is looked into, by all its forms; parameters of services, EDNS options, signed messages, stateful operations",
    {"frame": 98, "dns": 98, "dns.dso": 3},
)
def dns_records() -> bytes:
    packets = answers([*SECURITY, *PLACES, *SERVICES, *PARAMETERS])
    unseen = [record(HERE, 5, name("\x01a\v.\x1b[31m")), record(b"\0", 2, name("\0ns.\a\b\f\t"))]
    packets.append(V4.udp(53, 40999, message(0x8180, "\t\r\n.\x7f\x1f", 255, unseen)))
    for number, options in enumerate(OPTIONS):
        packets.append(V4.udp(41000 + number, 53, message(0x0120, "a.test", 1, [], [], [edns(*options)])))
    for number, signed in enumerate((tsig(name("hmac-sha256")), tsig(name("hmac-md5.test"), error=18, mac=FILLING[:2], other=bytes(6)), tsig(name("x"), mac=b""))):
        packets.append(V4.udp(42000 + number, 53, message(0x2800, "a.test", 6, [], [], [signed])))
    for number, operation in enumerate(STATEFUL):
        packets.append(V4.udp(43000 + number, 53, operation))
    return on_ethernet(packets)


# Lengths that lie, and data that ends too early.
DAMAGED = [
    (48, b"\1\1"),
    (46, signature(1)[:10]),
    (46, signature(1)[:20]),
    (35, b"\0\1\0\2\5ab"),
    (257, b"\0\x20issue"),
    (45, b"\1\1\2\3"),
    (42, b"\0\1\5\5abc"),
    (42, b"\0\1\5\5abcde"),
    (38, b"\x40abc"),
    (11, b"abcde"),
    (50, b"\1\1\0\1\x09ab"),
    (50, b"\1\1\0\1\0\x09ab"),
    (55, b"\x02\1\0\x09ab"),
    (249, name("a") + FILLING[:12] + b"\0\x20ab"),
    (29, b"\0abc"),
    (20, text(b"abc") + b"\5"),
    (65422, b"\5\4abc"),
    (65281, struct.pack(">4I", 0, 1, 2, 1) + V4_ADDRESS + b"a"),
    (104, b"\1\2\3"),
    (62, b"\1\1"),
    (65, service((1, b"\5ab"))),
    (65, service((0, b"\1"))),
    (65, service((4, b"abcde"))),
    (65, service() + b"\0\3\0"),
    (16, b""),
    (15, b""),
]
DAMAGED_OPTIONS = [(8, b"\0\1"), (8, b"\0\1\5\5abcdefg"), (10, b"abc"), (11, b"\1"), (15, b"\1"), (13, b"\5ab")]


@case(
    "dns_damaged.pcap",
    "DNS: records and options whose data ends before what their lengths say, or has more; updates without data",
    {"frame": 32, "dns": 32, "_ws.malformed": 22},
)
def dns_damaged() -> bytes:
    packets = answers(DAMAGED)
    for number, option in enumerate(DAMAGED_OPTIONS):
        packets.append(V4.udp(41000 + number, 53, message(0x0120, "a.test", 1, [], [], [edns(option)])))
    return on_ethernet(packets)
