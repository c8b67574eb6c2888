"""Captures of control messages: every type of ICMP, ICMPv6 and IGMP, right and wrong."""

from __future__ import annotations

import struct

from .cases import V4, V6, case, ping
from .files import START, on_ethernet
from .wire import Ends, checksum, filler


def structure(*objects: tuple[int, int, bytes]) -> bytes:
    """RFC 4884 §7: an extension structure of (class, type, data)."""
    body = b"".join(struct.pack(">HBB", 4 + len(data), kind, sub) + data for kind, sub, data in objects)
    value = checksum(b"\x20\0\0\0" + body)
    return b"\x20\0" + struct.pack(">H", value) + body


LABELS = struct.pack(">II", 100 << 12 | 3 << 9 | 64, 200 << 12 | 1 << 8 | 1)


@case(
    "icmp_all.pcap",
    "every type of ICMP: echo (also with a time in it), errors with and without extensions (labels, interface "
    "information, unknown), fragmentation needed, redirect, router advertisement and solicitation, parameter "
    "problem, time stamps, information, address mask, extended echo; an unknown type",
    {"frame": 28, "icmp": 28},
)
def icmp_all() -> bytes:
    router, back = Ends("10.3.0.3", str(V4.src)), V4.back()
    probe = V4.udp(40000, 33434, filler(64), ttl=1)
    quoted = probe.ljust(128, b"\0")
    told = struct.pack(">I", 7) + struct.pack(">HH", 1, 0) + V4.src.packed + b"\x08eth0\0\0\0" + struct.pack(">I", 1500)
    six = struct.pack(">HH", 2, 0) + V6.src.packed
    now = struct.pack("<QQ", START + 1, 250000)

    def error(kind: int, code: int, quotation: bytes, field: bytes = bytes(4)) -> bytes:
        return router.icmp(kind, code, field + quotation)

    def extended(*objects: tuple[int, int, bytes]) -> bytes:
        return error(11, 0, quoted + structure(*objects), b"\0\x20\0\0")

    return on_ethernet(
        [
            *ping(V4),
            V4.icmp(8, 0, struct.pack(">HH", 7, 2) + now + filler(40)),
            V4.icmp(8, 0, struct.pack(">HH", 7, 3) + struct.pack(">II", START, 99) + filler(8)),
            V4.icmp(8, 0, struct.pack(">HH", 7, 4)),
            error(3, 1, probe[:28]),
            error(3, 4, probe[:28], struct.pack(">HH", 0, 1400)),
            error(3, 4, quoted + structure((1, 1, LABELS)), b"\0\x20" + struct.pack(">H", 1400)),
            error(3, 3, V4.tcp(1000, 80, "S", 5, 0, options=b"\x02\x04\x05\xb4")),
            error(4, 0, probe[:28]),
            error(5, 1, probe[:28], V4.dst.packed),
            extended((1, 1, LABELS)),
            extended((2, 0x0F, told), (2, 0x8C, struct.pack(">I", 3) + six), (2, 0x42, b"\x04lo\0")),
            extended((3, 1, b"eth1"), (200, 9, filler(8))),
            error(11, 0, quoted + structure((1, 1, LABELS))),
            error(12, 0, probe[:28], b"\x14\0\0\0"),
            error(12, 1, quoted + structure((1, 1, LABELS)), b"\x01\x20\0\0"),
            router.icmp(9, 0, struct.pack(">BBH", 2, 2, 1800) + V4.src.packed + struct.pack(">i", 5)
                        + V4.dst.packed + struct.pack(">i", -6)),
            V4.icmp(10, 0, bytes(4)),
            V4.icmp(13, 0, struct.pack(">HHIII", 3, 1, 1000, 2000, 2001)),
            back.icmp(14, 0, struct.pack(">HHIII", 3, 1, 1000, 0x80000001, 2001)),
            V4.icmp(15, 0, struct.pack(">HH", 3, 2)),
            back.icmp(16, 0, struct.pack(">HH", 3, 2)),
            V4.icmp(17, 0, struct.pack(">HHI", 3, 2, 0)),
            back.icmp(18, 0, struct.pack(">HH", 3, 2) + b"\xff\xff\0\0"),
            V4.icmp(42, 0, struct.pack(">HBB", 3, 2, 1) + structure((3, 1, b"eth1"))),
            back.icmp(43, 2, struct.pack(">HBB", 3, 2, 0x46)),
            V4.icmp(200, 3, filler(12)),
        ]
    )
