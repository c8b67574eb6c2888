"""Counts whole records of pcap and pcapng files: a second opinion beside capinfos, which refuses whole files
for a link type that it does not know."""

from __future__ import annotations

import struct

PCAP_MAGICS = {
    b"\xa1\xb2\xc3\xd4": ">", b"\xd4\xc3\xb2\xa1": "<", b"\xa1\xb2\x3c\x4d": ">", b"\x4d\x3c\xb2\xa1": "<",
}  # fmt: skip
SECTION, SIMPLE, ENHANCED, PACKET = 0x0A0D0D0A, 3, 6, 2


def count(data: bytes) -> int | None:
    """The number of complete records; None where the data is neither format."""
    if data[:4] in PCAP_MAGICS and len(data) >= 24:
        return _pcap(data, PCAP_MAGICS[data[:4]])
    if data[:4] == b"\x0a\x0d\x0d\x0a" and len(data) >= 28:
        return _pcapng(data)
    return None


def _pcap(data: bytes, order: str) -> int:
    at, packets = 24, 0
    while at + 16 <= len(data):
        captured = struct.unpack_from(order + "I", data, at + 8)[0]
        at += 16 + captured
        if at > len(data):
            break
        packets += 1
    return packets


def _pcapng(data: bytes) -> int:
    at, packets, order = 0, 0, "<"
    while at + 12 <= len(data):
        if data[at : at + 4] == b"\x0a\x0d\x0d\x0a":
            order = "<" if data[at + 8 : at + 12] == b"\x4d\x3c\x2b\x1a" else ">"
        kind, size = struct.unpack_from(order + "II", data, at)
        if size < 12 or at + size > len(data):
            break
        packets += kind in (SIMPLE, ENHANCED, PACKET)
        at += (size + 3) & ~3
    return packets
