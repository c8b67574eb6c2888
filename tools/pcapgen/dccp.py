"""Captures of DCCP: packet types, options and features (RFC 4340)."""

from __future__ import annotations

import struct

from .cases import BAD, V4, V6, case
from .files import on_ethernet
from .wire import Ends, filler


def packet(kind: int, rest: bytes = b"", options: bytes = b"", payload: bytes = b"", *, short: bool = False,
           offset: int | None = None, coverage: int = 0, ccval: int = 0, ends: Ends = V4, wrong: int = 0) -> bytes:
    options += b"\0" * (-len(options) % 4)
    size = (12 if short else 16) + len(rest) + len(options)
    head = struct.pack(">HHBBHB", 7000, 7001, size // 4 if offset is None else offset, ccval << 4 | coverage, 0,
                       kind << 1 | (not short))
    head += (0x123456).to_bytes(3, "big") if short else b"\0" + (0x123456789ABC).to_bytes(6, "big")
    body = rest + options
    covered = None if coverage == 0 else size + (coverage - 1) * 4
    value = ends.sum(33, head + body + payload, covered) ^ wrong
    return ends.ip(33, head[:6] + struct.pack(">H", value) + head[8:] + body + payload)


def option(kind: int, value: bytes) -> bytes:
    return struct.pack(">BB", kind, 2 + len(value)) + value


@case(
    "dccp_options.pcap",
    "DCCP: all types of packets with long and short sequence numbers, all options, features of all kinds, "
    "partial checksums; lengths that lie",
    {"frame": 59, "dccp": 59, "_ws.malformed": 6, BAD: 1},
)
def dccp_options() -> bytes:
    ack = b"\0\0" + (0x010203040506).to_bytes(6, "big")
    short_ack = b"\xff" + (0x010203).to_bytes(3, "big")
    service = b"TEST"
    kinds = [
        packet(0, service), packet(1, ack + service), packet(2, payload=filler(5)), packet(3, ack),
        packet(4, ack, payload=filler(5)), packet(5, ack), packet(6, ack), packet(7, ack + b"\x05\1\2\3"),
        packet(8, ack), packet(9, ack), packet(10, filler(8)), packet(15, filler(8)),
        packet(2, payload=filler(5), short=True), packet(3, short_ack, short=True),
        packet(4, short_ack, payload=filler(5), short=True), packet(3, short_ack, ends=V6, short=True),
        packet(7, ack + b"\0\0\0\0", payload=b"said why"),
        packet(2, payload=filler(30), coverage=1, ccval=5), packet(2, payload=filler(30), coverage=3),
        packet(2, payload=filler(8), coverage=15), packet(2, payload=filler(8), wrong=1, ends=V6),
    ]
    single = [bytes(3), b"\1", b"\2", b"\3" * 3]
    features = [
        option(32, b"\1\2\3"), option(33, b"\2\1"), option(34, b"\3" + (100).to_bytes(6, "big")),
        option(35, b"\4\1"), option(32, b"\5\0\1"), option(32, b"\6\1"), option(33, b"\7\1"), option(32, b"\x08\0\5"),
        option(32, b"\x09\1"), option(32, b"\x0b\1\2"), option(34, b"\xc0\1"), option(35, b"\1"),
    ]
    timing = [
        option(37, b"\5"), option(37, b"\1\2\3\4\5\6"), option(38, filler(6)), option(39, filler(3)),
        option(40, b"\x81\x02"), option(41, struct.pack(">I", 99)), option(42, struct.pack(">I", 98)),
        option(42, struct.pack(">IH", 98, 7)), option(42, struct.pack(">II", 98, 70000)),
        option(43, struct.pack(">H", 7)), option(43, struct.pack(">I", 70000)),
        option(44, struct.pack(">I", 0xCAFE)), option(36, filler(9)), option(45, filler(2)), option(60, b""),
    ]
    profiles = [
        option(128, filler(3)), option(191, filler(2)), option(192, struct.pack(">I", 1000)),
        option(193, filler(10)), option(194, struct.pack(">I", 2000)), option(195, filler(4)), option(255, b""),
    ]
    together = [packet(3, ack, b"".join(x)) for x in (single, features, timing[:8], timing[8:], profiles)]
    each = [packet(3, ack, x) for x in (*features, *timing[6:8], *profiles[2:5])]
    lying = [
        packet(3, ack, b"\x25"), packet(3, ack, b"\x25\1\0\0"), packet(3, ack, b"\x25\0\0\0"),
        packet(3, ack, b"\x26\x40\1\2"), packet(3, ack, option(41, b"\1\2")), packet(3, ack, option(42, b"\1")),
        packet(3, ack, option(43, b"\1\2\3")), packet(3, ack, option(44, b"\1\2")), packet(3, ack, b"\2\2" + option(37, b"")),
        packet(3, ack, option(192, b"\1")),
        packet(3, ack, offset=2), packet(3, ack, offset=5), packet(0, service, offset=60), packet(2, offset=3),
        packet(3, ack, option(38, b"")), packet(7, ack + b"\5\1\2\3", offset=6),
    ]
    return on_ethernet([*kinds, *together, *each, *lying])
