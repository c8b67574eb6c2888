"""Captures of SCTP: every chunk, parameter and error cause, and chunks whose lengths lie."""

from __future__ import annotations

import struct

from .cases import BAD, V4, V6, case
from .files import on_ethernet
from .wire import Ends, filler, sctp, sctp_chunk

TAG = 0x0A0B0C0D


def tlv(kind: int, value: bytes, *, last: bool = False) -> bytes:
    """A parameter or an error cause (RFC 9260 §3.2.1, §3.3.10). What pads the last one pads the chunk."""
    whole = struct.pack(">HH", kind, 4 + len(value)) + value
    return whole if last else whole + b"\0" * (-len(whole) % 4)


def packet(*chunks: bytes, ends: Ends = V4) -> bytes:
    return ends.ip(132, sctp(20000, 5001, TAG, *chunks))


def init(*parameters: bytes, ack: bool = False, tag: int = TAG) -> bytes:
    fixed = struct.pack(">IIHHI", tag, 65536, 16, 2048, 0xFFFFFFF0)
    return sctp_chunk(2 if ack else 1, 0, fixed + b"".join(parameters))


def data(flags: int, tsn: int, payload: bytes, *, stream: int = 3, number: int = 9, protocol: int = 0) -> bytes:
    return sctp_chunk(0, flags, struct.pack(">IHHI", tsn, stream, number, protocol) + payload)


def i_data(flags: int, tsn: int, message: int, last: int, payload: bytes) -> bytes:
    """`last`: the payload's protocol in a message's first piece, the piece's number in others (RFC 8260 §2.1)."""
    return sctp_chunk(64, flags, struct.pack(">IHHII", tsn, 3, 0, message, last) + payload)


def address(ends: Ends) -> bytes:
    return tlv(5 if ends.version == 4 else 6, ends.src.packed)


@case(
    "sctp_chunks.pcap",
    "SCTP: all chunks of RFC 9260 and of its extensions (AUTH, NR-SACK, I-DATA, ASCONF, RE-CONFIG, PAD, "
    "FORWARD-TSN), chunks in one packet, pieces of messages, types that nobody knows, a wrong checksum",
    {"frame": 36, "sctp": 36, BAD: 1},
)
def sctp_chunks() -> bytes:
    gaps = struct.pack(">HHHH", 2, 3, 5, 9)
    sack = struct.pack(">IIHH", 0xFFFFFFFE, 4096, 2, 3) + gaps + struct.pack(">III", 7, 8, 8)
    nr_sack = struct.pack(">IIHHHH", 1000, 4096, 2, 1, 2, 0xBEEF) + gaps
    nr_sack += struct.pack(">HH", 2, 2) + struct.pack(">II", 990, 991)
    wrong = bytearray(packet(sctp_chunk(11, 0, b"")))
    wrong[28] ^= 1
    return on_ethernet(
        [
            packet(init()),
            packet(init(tlv(7, filler(21), last=True), ack=True)),
            packet(sctp_chunk(10, 0, filler(13)), data(3, 1, filler(3))),
            packet(sctp_chunk(11, 0, b""), sctp_chunk(3, 0, sack)),
            packet(*(data(3, 10 + i, filler(4 + i), protocol=(0, 39, 0xFFFF)[i]) for i in range(3))),
            packet(data(0xF, 20, filler(5))),
            packet(data(2, 21, filler(8)), data(0, 22, filler(8)), data(1, 23, filler(6))),
            packet(data(6, 24, filler(8), stream=0xFFFF), data(5, 25, filler(8), number=0xFFFF)),
            packet(data(3, 26, b"")),
            packet(i_data(3, 30, 5, 0, filler(9))),
            packet(i_data(2, 31, 6, 51, filler(4)), i_data(0, 32, 6, 1, filler(4)), i_data(0xD, 33, 6, 2, filler(1))),
            packet(sctp_chunk(3, 1, struct.pack(">IIHH", 5, 0, 0, 0))),
            packet(sctp_chunk(3, 0, struct.pack(">IIHH", 5, 1, 1, 0) + struct.pack(">HH", 9, 2))),
            packet(sctp_chunk(16, 1, nr_sack)),
            packet(sctp_chunk(16, 0, struct.pack(">IIHHHH", 5, 99, 0, 0, 0, 0))),
            packet(sctp_chunk(4, 0, tlv(1, filler(10), last=True))),
            packet(sctp_chunk(5, 0, tlv(1, filler(10), last=True))),
            packet(sctp_chunk(6, 0, b"")),
            packet(sctp_chunk(6, 1, tlv(12, filler(6)) + tlv(13, b"why", last=True))),
            packet(sctp_chunk(7, 0, struct.pack(">I", 77)), sctp_chunk(8, 0, b"")),
            packet(sctp_chunk(14, 0, b"")),
            packet(sctp_chunk(14, 1, b"")),
            packet(sctp_chunk(12, 0, struct.pack(">I", 78)), sctp_chunk(13, 0, struct.pack(">I", 79))),
            packet(sctp_chunk(15, 0, struct.pack(">HH", 2, 1) + filler(20)), data(3, 27, filler(4))),
            packet(sctp_chunk(15, 0, struct.pack(">HH", 0, 3) + filler(32)), ends=V6),
            packet(sctp_chunk(192, 0, struct.pack(">I", 80))),
            packet(sctp_chunk(192, 0, struct.pack(">IHHHH", 81, 1, 2, 3, 4))),
            packet(sctp_chunk(194, 0, struct.pack(">IHHIHHI", 82, 1, 0, 7, 2, 0xFFFF, 8))),
            packet(sctp_chunk(129, 7, struct.pack(">IIHH", 100, 200, 1400, 0) + filler(30))),
            packet(sctp_chunk(129, 0, struct.pack(">IIHH", 100, 200, 0, 0xAAAA)
                              + sctp(5001, 20000, TAG + 1, data(3, 5, filler(4))))),
            packet(sctp_chunk(132, 0, filler(17))),
            packet(sctp_chunk(132, 0, b""), sctp_chunk(11, 0, b"")),
            packet(*(sctp_chunk(kind, 0xA5, filler(3)) for kind in (63, 100, 131, 200, 255))),
            packet(sctp_chunk(100, 0, b"")),
            packet(),
            bytes(wrong),
        ]
    )


@case(
    "sctp_parameters.pcap",
    "SCTP: all parameters of chunks (addresses, cookies, extensions, authentication, dynamic addresses, "
    "stream reconfiguration), all causes of errors, parameters within others, unknown ones",
    {"frame": 19, "sctp": 19, "_ws.malformed": 1},
)
def sctp_parameters() -> bytes:
    change = struct.pack(">I", 0x01020304)
    six = Ends("fd00:9::1", "fd00:9::1")
    unknown = tlv(0x4001, filler(6))
    reconfiguration = [
        tlv(13, struct.pack(">IIIHHH", 5, 6, 7, 1, 2, 3), last=True),
        tlv(13, struct.pack(">III", 5, 6, 7)) + tlv(14, struct.pack(">IHH", 8, 1, 2)),
        tlv(14, struct.pack(">I", 8)) + tlv(15, struct.pack(">I", 9)),
        tlv(16, struct.pack(">II", 9, 1)) + tlv(16, struct.pack(">IIII", 10, 6, 1000, 2000)),
        tlv(17, struct.pack(">IHH", 11, 5, 0)) + tlv(18, struct.pack(">IHH", 12, 6, 0xFFFF)),
    ]
    causes = [
        tlv(1, struct.pack(">HH", 17, 0)) + tlv(2, struct.pack(">IHH", 2, 7, 6)) + tlv(3, struct.pack(">I", 99)),
        tlv(2, struct.pack(">IHHH", 3, 7, 6, 5)) + tlv(4, b"") + tlv(5, tlv(11, b"host.example\0")),
        tlv(6, sctp_chunk(100, 1, filler(8))) + tlv(7, b"") + tlv(8, unknown + address(V4)),
        tlv(9, struct.pack(">I", 55)) + tlv(10, b"") + tlv(11, address(V4) + address(six)),
        tlv(0xA0, address(V4)) + tlv(0xA1, tlv(0xC001, change + address(V4))) + tlv(0xA2, address(six)),
        tlv(0xA3, b"") + tlv(0xA4, address(V4)) + tlv(0x105, struct.pack(">HH", 4, 0)),
        tlv(12, filler(5)) + tlv(13, b"") + tlv(99, filler(7)) + tlv(0x0100, b""),
        tlv(6, data(3, 4, filler(4))) + tlv(13, filler(7), last=True),
    ]
    return on_ethernet(
        [
            packet(init(address(V4), address(six), tlv(9, struct.pack(">I", 500)), tlv(11, b"host.example\0"),
                        tlv(12, struct.pack(">HHH", 5, 6, 11)), tlv(0x8000, b""), tlv(0xC000, b""))),
            packet(init(tlv(0x8002, filler(32)), tlv(0x8003, bytes([193, 128, 0])),
                        tlv(0x8004, struct.pack(">HH", 3, 1)), tlv(0x8005, filler(5)),
                        tlv(0x8008, bytes([15, 193, 128, 130, 192, 64])), tlv(0xC006, change))),
            packet(init(tlv(7, filler(40)), tlv(8, unknown), tlv(8, tlv(0xC00A, b"")), unknown,
                        tlv(0x8009, b""), tlv(0xFFFF, filler(2), last=True), ack=True)),
            packet(sctp_chunk(193, 0, change + address(V4) + tlv(0xC001, struct.pack(">I", 1) + address(six))
                              + tlv(0xC002, struct.pack(">I", 2) + address(V4))
                              + tlv(0xC004, struct.pack(">I", 3) + address(V4)))),
            packet(sctp_chunk(193, 0, change + address(six) + tlv(0xC004, struct.pack(">I", 3) + address(six)))),
            packet(sctp_chunk(128, 0, change + tlv(0xC005, struct.pack(">I", 1))
                              + tlv(0xC003, struct.pack(">I", 2) + tlv(0xA0, tlv(0xC002, change + address(V4)))))),
            *(packet(sctp_chunk(130, 0, x)) for x in reconfiguration),
            *(packet(sctp_chunk(9, 0, x)) for x in causes[:4]),
            *(packet(sctp_chunk(6, i & 1, x)) for i, x in enumerate(causes[4:])),
        ]
    )


@case(
    "sctp_lengths.pcap",
    "SCTP: chunks, parameters and causes that are too short for what they hold, too long, or have no length; "
    "bytes behind the last chunk",
    {"frame": 52, "_ws.malformed": 33, BAD: 4},
)
def sctp_lengths() -> bytes:
    def lying(kind: int, length: int, value: bytes) -> bytes:
        return struct.pack(">BBH", kind, 0, length) + value

    def short(kind: int, count: int) -> bytes:
        return sctp_chunk(kind, 3, filler(count))

    long = [packet(lying(kind, 200, filler(40))) for kind in (0, 3, 4, 9, 10, 64, 100)]
    without = [packet(lying(kind, length, filler(20))) for kind in (0, 1, 100) for length in (0, 3)]
    cut = [packet(short(kind, 2)) for kind in (0, 1, 2, 3, 7, 9, 12, 13, 15, 16, 64, 128, 129, 130, 192, 193, 194)]
    inner = [
        packet(init(struct.pack(">HH", 7, 80) + filler(12))),
        packet(init(struct.pack(">HH", 5, 3) + filler(12))),
        packet(init(tlv(5, filler(2)), tlv(6, filler(6)))),
        packet(init(tlv(9, b""), tlv(12, filler(3)))),
        packet(init(struct.pack(">H", 5))),
        packet(sctp_chunk(9, 0, struct.pack(">HH", 12, 80) + filler(12))),
        packet(sctp_chunk(9, 0, struct.pack(">HH", 12, 2) + filler(12))),
        packet(sctp_chunk(9, 0, tlv(1, filler(1)) + tlv(3, b""))),
        packet(sctp_chunk(9, 0, tlv(2, struct.pack(">IH", 200, 7)))),
        packet(sctp_chunk(3, 0, struct.pack(">IIHH", 1, 2, 50, 50) + filler(12))),
        packet(sctp_chunk(16, 0, struct.pack(">IIHHHH", 1, 2, 50, 50, 50, 0) + filler(12))),
        packet(sctp_chunk(192, 0, struct.pack(">IH", 81, 1))),
        packet(sctp_chunk(130, 0, tlv(13, filler(6)))),
        packet(sctp_chunk(130, 0, tlv(16, filler(12)))),
    ]
    behind = [packet(sctp_chunk(11, 0, b"")) for _ in range(4)]
    tails = [
        V4.ip(132, sctp(20000, 5001, TAG, sctp_chunk(11, 0, b""), filler(2))[: 12 + 4 + i]) for i in range(1, 4)
    ]
    unpadded = sctp(20000, 5001, TAG, data(3, 1, filler(5)))[:-3]
    return on_ethernet(
        [*long, *without, *cut, *inner, *behind, *tails, V4.ip(132, unpadded)]
    )
