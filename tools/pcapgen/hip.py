"""Captures of the Host Identity Protocol."""

from __future__ import annotations

import struct

from .cases import V4, V6, case
from .files import on_ethernet
from .wire import Ends, filler

SENDER = bytes.fromhex("20010020000000000000000000000aaa")
RECEIVER = bytes.fromhex("20010020000000000000000000000bbb")


def hip(
    kind: int, *parameters: tuple[int, bytes], ends: Ends = V6, controls: int = 0, version: int = 2, wrong: int = 0
) -> bytes:
    """RFC 7401 §5.1: parameters are filled up to eight bytes. `wrong` is added to the checksum."""
    body = b"".join(
        struct.pack(">HH", number, len(content)) + content + b"\0" * (-(4 + len(content)) % 8)
        for number, content in parameters
    )
    head = struct.pack(">BBBBHH", 59, 4 + len(body) // 8, kind, version << 4 | 1, 0, controls) + SENDER + RECEIVER
    value = (ends.sum(139, head + body) + wrong) & 0xFFFF
    return ends.ip(139, head[:4] + struct.pack(">H", value) + head[6:] + body)


def host(algorithm: int, key: bytes, domain: bytes = b"", kind: int = 0) -> bytes:
    """RFC 7401 §5.2.9."""
    identity = struct.pack(">HBB", 0x0202, 255, algorithm) + key
    return struct.pack(">HH", len(identity), kind << 12 | len(domain)) + identity + domain


@case(
    "hip.pcap",
    "Host Identity Protocol over IPv4 and IPv6: every kind of packet, every parameter, unknown ones, version 1; "
    "one with a wrong checksum",
    {"frame": 24, "hip": 24, "hip.checksum.status == 0": 1},
)
def hip_all() -> bytes:
    address = V6.src.packed
    rsa, long_rsa = b"\x03\x01\0\1" + filler(32), b"\0\0\x03\x01\0\1" + filler(32)
    locators = (
        bytes([0, 0, 4, 1]) + struct.pack(">I", 600) + address
        + bytes([1, 1, 5, 0]) + struct.pack(">II", 600, 0x1234) + address
        + bytes([0, 2, 7, 1]) + struct.pack(">IHBBII", 600, 5000, 17, 0, 9, 0x77) + address
    )  # fmt: skip
    signature, mac = (61697, b"\x05" + filler(32)), (61505, filler(20))
    relayed = struct.pack(">HBB", 10500, 17, 0) + address
    return on_ethernet(
        [
            hip(1),
            hip(1, ends=V4),
            hip(1, (511, b"\x03\x07"), wrong=1),
            hip(2, (129, bytes(4) + filler(8)), (257, struct.pack(">BBH", 16, 37, 0x1234) + filler(8)), signature),
            hip(2, (128, bytes(4) + filler(8)), (257, struct.pack(">BBH", 16, 37, 0x1234) + filler(32))),
            hip(2, (513, b"\x03" + struct.pack(">H", 24) + filler(24)), (579, b"\0\x02\0\x04"), (715, b"\x10\x20")),
            hip(2, (577, b"\0\x01\0\x02\0\x03"), (2049, b"\x0f\xff"), (61633, b"\x05" + filler(31)), controls=1),
            hip(3, (65, struct.pack(">HHII", 0, 4, 0, 0xCAFE)), (321, struct.pack(">BBH", 16, 37, 1) + filler(16))),
            hip(3, (321, struct.pack(">BBH", 16, 0, 1) + filler(64)), (4095, b"\0\0\0\x08\0\x09")),
            hip(3, (705, host(5, rsa)), mac),
            hip(3, (705, host(5, rsa, b"host.example.test", 1)), mac, signature),
            hip(3, (705, host(5, rsa, b"user@example.test", 2))),
            hip(3, (705, host(5, long_rsa))),
            hip(3, (705, host(3, b"\0" + filler(20 + 3 * 64)))),
            hip(3, (705, host(7, filler(40)))),
            hip(3, (641, bytes(4) + filler(24)), (768, b"\x01\x01\x01\x01" + filler(20))),
            hip(4, (61569, filler(20)), signature),
            hip(16, (193, locators), (385, struct.pack(">I", 7)), (449, struct.pack(">II", 6, 5)), mac),
            hip(16, (897, filler(12)), (63661, filler(8))),
            hip(16, (961, filler(12)), (63425, filler(8))),
            hip(17, (832, struct.pack(">HH", 0, 24) + filler(9)), (832, struct.pack(">HH", 0, 1))),
            hip(18, (930, b"\x01\xff\x01\x02"), (932, b"\x80\x01"), (934, b"\x80\x01\x02"), (936, b"\x01\x02")),
            hip(19, (608, b"\0\0\0\x01\0\x02"), (610, struct.pack(">I", 20)), (950, relayed), (63998, relayed),
                (64002, relayed), (65520, filler(20))),
            hip(1, (65498, address), (65500, filler(20)), (65502, address * 2), (33333, filler(5)), version=1),
        ]
    )  # fmt: skip
