"""Captures of Mobile IPv6's header: every message, every option."""

from __future__ import annotations

import struct

from .cases import V4, V6, case
from .files import START, on_ethernet
from .wire import filler, udp

HOME = V6.dst.packed


def mobility(kind: int, body: bytes, following: bytes = b"") -> bytes:
    """RFC 6275 §6.1; the options in `body` are filled up."""
    body += b"\0" * (-(len(body) + 6) % 8)
    message = struct.pack(">BBBBH", 17 if following else 59, (len(body) + 6) // 8 - 1, kind, 0, 0) + body
    value = V6.sum(135, message)
    return V6.ip(135, message[:4] + struct.pack(">H", value) + message[6:] + following)


def update(*options: tuple[int, bytes], flags: int = 0xD280) -> bytes:
    """A binding update with options."""
    body = b"".join(bytes([kind, len(content)]) + content for kind, content in options)
    return mobility(5, struct.pack(">HHH", 7, flags, 100) + body)


@case(
    "mobility_all.pcap",
    "Mobility Header: every message, with padding, with UDP behind; an unknown one",
    {"frame": 26, "mipv6": 26},
)
def mobility_all() -> bytes:
    cookie, token = struct.pack(">Q", 0x0102030405060708), struct.pack(">Q", 0x1112131415161718)
    pad = b"\x01\x02\0\0"
    return on_ethernet(
        [
            mobility(0, bytes(2)),
            mobility(0, bytes(2) + pad + b"\0\0\x01\0"),
            mobility(1, bytes(2) + cookie),
            mobility(2, bytes(2) + cookie),
            mobility(3, struct.pack(">H", 3) + cookie + token),
            mobility(4, struct.pack(">H", 4) + cookie + token),
            mobility(5, struct.pack(">HHH", 7, 0xAAC0, 100) + pad),
            mobility(5, struct.pack(">HHH", 8, 0x5540, 0) + pad, udp(V6, 1000, 2000, filler(8))),
            mobility(6, struct.pack(">BBHH", 0, 0xA8, 7, 100) + pad),
            mobility(6, struct.pack(">BBHH", 128, 0x50, 8, 0) + pad),
            mobility(7, b"\x01\0" + HOME),
            mobility(8, struct.pack(">HHH", 9, 0xF000, 100) + pad),
            mobility(9, struct.pack(">BBHH", 1, 0x80, 9, 100) + pad),
            mobility(10, bytes(2)),
            mobility(11, filler(10)),
            mobility(12, b"\x02\0" + HOME + V6.src.packed),
            mobility(13, struct.pack(">HI", 1, 12)),
            mobility(13, struct.pack(">HI", 2, 12)),
            mobility(14, struct.pack(">HBB", 3, 0xC0, 1) + pad),
            mobility(15, struct.pack(">HBB", 3, 0, 5) + pad),
            mobility(16, struct.pack(">BBHH", 1, 3, 5, 0xE000)),
            mobility(16, struct.pack(">BBHH", 2, 1, 5, 0xA001)),
            mobility(16, struct.pack(">BBHH", 9, 1, 5, 0xA001)),
            # tshark takes what is behind the checksum for an option: here it is one, of padding.
            mobility(17, struct.pack(">HHH", 0x0104, 0, 100) + pad),
            mobility(18, struct.pack(">HBBH", 0x0104, 0x80, 2, 0xFFFF) + pad),
            mobility(40, filler(10)),
        ]
    )  # fmt: skip


@case(
    "mobility_options.pcap",
    "options of the Mobility Header: those of mobile nodes and networks, proxies, fast handover, dual stacks, several "
    "care-of addresses, groups, redirection and load, delegated prefixes",
    {"frame": 20, "mipv6": 20},
)
def mobility_options() -> bytes:
    v4 = V4.src.packed
    ntp = struct.pack(">II", START + 2_208_988_800 - (1 << 32) & 0xFFFFFFFF, 0x40000000)
    return on_ethernet(
        [
            update((2, b"\0\x64"), (3, HOME)),
            update((4, b"\0\x01\0\x02"), (5, filler(12))),
            update((6, b"\0\x40" + HOME), (7, b"\x02" + filler(6))),
            update((8, b"\x01mobile@example.test"), (9, b"\x01" + struct.pack(">I", 256) + filler(20))),
            update((10, ntp)),
            update((11, b""), (12, filler(40)), (13, filler(20))),
            update((14, filler(8)), (15, b""), (16, filler(8))),
            update((17, b"\0\x80" + filler(9)), (19, struct.pack(">IB", 9, 1) + filler(6)), (20, b"internet")),
            update((21, struct.pack(">I", 5) + filler(12)), (22, b"\0\x40" + HOME)),
            update((23, b"\0\x01"), (24, b"\0\x04"), (25, b"\0\0" + filler(6)), (26, HOME)),
            update((27, struct.pack(">Q", START << 16 | 0x4000)), (28, struct.pack(">I", 77))),
            update((29, b"\x62\0" + v4), (30, b"\0\x60" + v4), (31, struct.pack(">HI", 0x8000, 110))),
            update((32, b"\0\0" + v4), (33, struct.pack(">HI", 0, 0xBEEF)), (36, b"\x60\0" + v4), (37, b"\0\x60" + v4)),
            update((35, struct.pack(">HBB", 5, 0, 0x80)), (35, struct.pack(">HBB", 6, 0, 0) + v4)),
            update((35, struct.pack(">HBB", 7, 1, 0) + HOME), (38, b"\0\0" + v4), (39, b"\0\x01")),
            update((41, b"\x01\0" + HOME), (41, b"\x02\0" + v4), (46, b"\0\0")),
            update((47, b"\x80\0" + HOME), (47, b"\x40\0" + v4), (48, struct.pack(">HIIII", 1, 2, 3, 4, 5))),
            update((49, v4), (50, struct.pack(">BBI", 1, 0, 6)), (51, b"\0\x80" + HOME)),
            update((55, b"\0\x40" + HOME), (55, b"\x80\x18" + v4)),
            update((1, b""), flags=0),
        ]
    )  # fmt: skip
