"""Captures of what radiotap headers say (https://www.radiotap.org/fields/defined)."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from .cases import V4, case, ping
from .files import pcap, timed
from .links import ACK, any_dot11

LINK_TYPE = 127
# By bit: on what boundary a field begins, and its length.
SHAPES = [
    *((8, 8), (1, 1), (1, 1), (2, 4), (2, 2), (1, 1), (1, 1), (2, 2), (2, 2), (2, 2), (1, 1), (1, 1), (1, 1), (1, 1)),
    *((2, 2), (2, 2), (1, 1), (1, 1), (4, 8), (1, 3), (4, 8), (2, 12), (8, 12), (2, 12), (2, 12), (2, 6), (1, 1), (2, 4)),
]
BY_TYPE, STANDARD, VENDOR, MORE = 1 << 28, 1 << 29, 1 << 30, 1 << 31


def header(words: Sequence[int], rest: bytes, frame: bytes = ACK) -> bytes:
    body = b"".join(struct.pack("<I", x) for x in words) + rest
    return struct.pack("<BBH", 0, 0, 4 + len(body)) + body + frame


def said(fields: dict[int, bytes], frame: bytes = ACK) -> bytes:
    """A header of these fields, by bit."""
    rest = b""
    for bit, data in sorted(fields.items()):
        boundary, size = SHAPES[bit]
        assert len(data) == size
        rest += b"\0" * (-(8 + len(rest)) % boundary) + data
    return header([sum(1 << bit for bit in fields)], rest, frame)


def many(bit: int, values: Sequence[bytes]) -> list[bytes]:
    """Headers that say the field several times."""
    boundary, size = SHAPES[bit]
    frames = []
    for first in range(0, len(values), 16):
        some = values[first : first + 16]
        end = 4 + 4 * len(some)
        rest = b""
        for data in some:
            assert len(data) == size
            rest += b"\0" * (-(end + len(rest)) % boundary) + data
        bits = [1 << bit | STANDARD | MORE] * (len(some) - 1) + [1 << bit]
        frames.append(header(bits, rest))
    return frames


def by_type(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data + b"\0" * (-len(data) % 4)


def mcs(known: int, flags: int, index: int) -> bytes:
    return bytes([known, flags, index])


def vht(known: int, flags: int, bandwidth: int, users: bytes, coding: int = 3) -> bytes:
    return struct.pack("<HBB", known, flags, bandwidth) + users + bytes([coding, 17]) + struct.pack("<H", 300)


def words(*numbers: int) -> bytes:
    return struct.pack(f"<{len(numbers)}H", *numbers)


def rates() -> list[bytes]:
    ht = [mcs(0xFF, (i % 4) | (i % 3 == 0) << 2 | (i * 8 & 0xF8), i) for i in range(78)]
    ht += [mcs(1 << i, 0xB5, 7) for i in range(8)]
    vht_all = [vht(0x1FF, i % 64, i, bytes([i % 10 << 4 | i % 8 + 1, 0x31, 0, 0xF4])) for i in range(27)]
    vht_some = [vht(1 << i, 0xFF, 4, b"\x92\0\x0f\0") for i in range(9)] + [vht(0x44, 0xFE, 1, b"\x92\0\x19\0")]
    return many(19, ht) + many(21, vht_all + vht_some)


def high_efficiency() -> list[bytes]:
    """Each bit of what is known alone, all, and none, of each format."""
    said_data = words(0xABCD, 0x9234, 0x5678, 0x9ABC)
    frames = [words(0xFFFC | form, 0xDFFF) + said_data for form in range(4)]
    frames += [words(form, 0) + words(0x5432, 0x6DCB, 0xA987, 0x6543) for form in range(4)]
    frames += [words(1 << bit, 0) + said_data for bit in range(2, 16)]
    frames += [words(0, 1 << bit) + said_data for bit in range(16)]
    several = [words(1 << bit, 0xA5A1) for bit in range(16)] + [words(0, 1 << bit) for bit in range(16)]
    several += [words(0xFFFF, 0x5A5F), words(0x5555, 0xFFFF)]
    return many(23, frames) + many(24, [x + bytes(range(1, 9)) for x in several])


def other_fields() -> list[bytes]:
    delimiter = struct.pack("<IHBB", 99, 0xF5, 0xAB, 0)
    clock = 123_456_789_012
    return [
        said({8: words(300), 15: words(0x15), 16: b"\x07", 17: b"\x03"}),
        said({15: words(0xFFFF)}),
        said({18: struct.pack("<IHBB", 0x10140, 2437, 6, 40)}),
        said({18: struct.pack("<IHBB", 0x6FFFF, 5180, 36, 40)}),
        said({20: delimiter}),
        said({20: struct.pack("<IHBB", 1, 0x8A, 0xAB, 0)}),
        said({22: struct.pack("<QHBB", clock, 50, 0x21, 3)}),
        said({22: struct.pack("<QHBB", clock, 50, 0xF2, 0)}),
        *(said({26: bytes([x])}, b"") for x in (0, 1, 255)),
        said({27: words(3, 0x1235)}),
        said({27: words(0xFFFC, 0xFEDC)}),
        # Everything at once, and a packet behind it.
        said(
            {
                **{0: struct.pack("<Q", clock), 1: b"\x20", 2: b"\x0c", 3: words(2412, 0xA0), 4: b"\x01\x02"},
                **{5: b"\xce", 6: b"\xa1", 7: words(77), 8: words(1), 9: words(2), 10: b"\x14", 11: b"\x01"},
                **{12: b"\x28", 13: b"\x05", 14: words(2), 15: words(8), 17: b"\x01", 19: mcs(7, 5, 7)},
                **{18: struct.pack("<IHBB", 0x10140, 2437, 6, 40), 20: delimiter, 27: words(3, 0x1235)},
                **{21: vht(0x1FF, 0x3F, 4, b"\x92\0\0\0"), 22: struct.pack("<QHBB", clock, 50, 0x21, 3)},
                **{23: words(0xFFFC, 0xDFFF, 1, 2, 3, 4), 24: words(0xFFFF, 0x5A5F) + bytes(range(1, 9))},
            },
            any_dot11(ping(V4)[0], 2, pad=True),
        ),
    ]


def name_spaces() -> list[bytes]:
    vendor = b"\x00\x11\x22\x03\x05\x00abcde"
    antenna = 1 << 11
    return [
        header([antenna | VENDOR], b"\x05\0" + vendor),
        header([antenna | VENDOR | MORE, 9 | STANDARD | MORE, antenna], b"\x05\0" + vendor + b"\x09"),
        header([antenna | VENDOR | MORE, antenna | MORE, STANDARD | MORE, antenna], b"\x05\0" + vendor + b"\x09"),
        header([antenna | STANDARD | MORE, antenna | STANDARD | MORE, antenna], b"\x01\x02\x03"),
        header([antenna | MORE, antenna | 1], b"\x05\x06" + bytes(8)),
        header([antenna | STANDARD | VENDOR], b"\x05\0" + vendor),
        header([antenna | STANDARD | MORE, antenna | STANDARD | VENDOR], b"\x05\0" + vendor),
        struct.pack("<BBHI", 0, 0, 8, MORE) + ACK,
        struct.pack("<BBHI", 0, 0, 5, 0) + ACK,
    ]


def types_and_lengths() -> list[bytes]:
    return [
        header(
            [BY_TYPE | 1 << 11],
            b"\x05\0\0\0"
            + b"".join(by_type(x, d) for x, d in ((1, b"\2"), (27, words(3, 0x1235)), (19, mcs(0xFF, 0xB5, 7)), (11, b"\3xx")))
            + by_type(30, b"\x00\x11\x22\x03\x07\0\0\0data")
            + by_type(32, words(0xFFFF, 0x1234, 0xC578))
            + by_type(32, words(0, 0xEDCB, 0x3287)),
        ),
        header([BY_TYPE], by_type(2, b"\x0c") + by_type(3, words(2412, 0xA0)) + by_type(21, vht(0x1FF, 0, 4, b"\x92\0\0\0"))),
    ]


@case(
    "link_radiotap_fields.pcap",
    "radiotap (127): every field with what is known and what is not, vendors' fields, fields by type and length",
    {"frame": 40, "radiotap.mcs": 8, "radiotap.vht.user": 5, "icmp": 1, "_ws.malformed": 3},
)
def link_radiotap_fields() -> bytes:
    frames = rates() + high_efficiency() + other_fields() + name_spaces() + types_and_lengths()
    return pcap(timed(frames), LINK_TYPE)
