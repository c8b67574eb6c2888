"""Whole records of pcap and pcapng files, their times in exact arithmetic: a second opinion beside capinfos, which
refuses whole files for a link type that it does not know, and tshark, whose times overflow for some resolutions."""

from __future__ import annotations

import struct
from dataclasses import dataclass

# magic: byte order, nanoseconds a unit, bytes of a record header (24: Kuznetzov's modification)
PCAP_MAGICS = {
    b"\xa1\xb2\xc3\xd4": (">", 1000, 16), b"\xd4\xc3\xb2\xa1": ("<", 1000, 16),
    b"\xa1\xb2\x3c\x4d": (">", 1, 16), b"\x4d\x3c\xb2\xa1": ("<", 1, 16),
    b"\xa1\xb2\xcd\x34": (">", 1000, 24), b"\x34\xcd\xb2\xa1": ("<", 1000, 24),
}  # fmt: skip
SECTION = b"\x0a\x0d\x0d\x0a"
INTERFACE, OLD_PACKET, SIMPLE, ENHANCED = 1, 2, 3, 6
TSRESOL, TSOFFSET = 9, 14


@dataclass(slots=True)
class Record:
    time_ns: int  # rounded down; 0 where the record has none
    data: bytes
    original: int  # length on the wire


def read(data: bytes) -> list[Record] | None:
    """The complete records; None where the data is neither format."""
    if data[:4] in PCAP_MAGICS and len(data) >= 24:
        return _pcap(data, *PCAP_MAGICS[data[:4]])
    if data[:4] == SECTION and len(data) >= 28:
        return _pcapng(data)
    return None


def count(data: bytes) -> int | None:
    """The number of complete records; None where the data is neither format."""
    found = read(data)
    return None if found is None else len(found)


def _pcap(data: bytes, order: str, unit: int, header: int) -> list[Record]:
    at, found = 24, []
    while at + header <= len(data):
        seconds, fraction, captured = struct.unpack_from(order + "III", data, at)
        original = struct.unpack_from(order + "I", data, at + 12)[0]
        at += header + captured
        if at > len(data):
            break
        found.append(Record(seconds * 1_000_000_000 + fraction * unit, data[at - captured : at], original))
    return found


def _pcapng(data: bytes) -> list[Record]:
    at, order, found = 0, "<", []
    interfaces: list[tuple[int, int]] = []  # units a second, offset in seconds
    while at + 12 <= len(data):
        if data[at : at + 4] == SECTION:
            order, interfaces = "<" if data[at + 8 : at + 12] == b"\x4d\x3c\x2b\x1a" else ">", []
        kind, size = struct.unpack_from(order + "II", data, at)
        if size < 12 or at + size > len(data):
            break
        body = data[at + 8 : at + size - 4]
        if kind == INTERFACE:
            interfaces.append(_resolution(body[8:], order))
        elif kind == SIMPLE:
            original = struct.unpack_from(order + "I", body)[0]
            found.append(Record(0, body[4 : 4 + original], original))
        elif kind in (ENHANCED, OLD_PACKET):
            which = struct.unpack_from(order + ("I" if kind == ENHANCED else "H"), body)[0]
            high, low = struct.unpack_from(order + "II", body, 4)
            units, offset = interfaces[which] if which < len(interfaces) else (1_000_000, 0)
            time = ((high << 32 | low) * 1_000_000_000) // units + offset * 1_000_000_000
            captured, original = struct.unpack_from(order + "II", body, 12)
            found.append(Record(time, body[20 : 20 + captured], original))
        at += (size + 3) & ~3
    return found


def _resolution(options: bytes, order: str) -> tuple[int, int]:
    units, offset, at = 1_000_000, 0, 0
    while at + 4 <= len(options):
        code, size = struct.unpack_from(order + "HH", options, at)
        value = options[at + 4 : at + 4 + size]
        if code == TSRESOL and value:
            units = 2 ** (value[0] & 0x7F) if value[0] & 0x80 else 10 ** value[0]
        if code == TSOFFSET and len(value) == 8:
            offset = struct.unpack(order + "q", value)[0]
        if code == 0:
            break
        at += 4 + ((size + 3) & ~3)
    return units, offset
