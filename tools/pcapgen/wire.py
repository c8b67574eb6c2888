"""Packets as bytes: IP, transport and link headers with right lengths and checksums.

Everything here is a plain function from values to bytes. `Ends` holds the two addresses of a packet and is
IPv4 or IPv6 by what it is given, so that a case is written once for both.
"""

from __future__ import annotations

import ipaddress
import struct
import zlib

# Flags of TCP by their letters (RFC 9293 §3.1, AE: RFC 9768).
TCP_FLAGS = {
    "F": 0x01,
    "S": 0x02,
    "R": 0x04,
    "P": 0x08,
    "A": 0x10,
    "U": 0x20,
    "E": 0x40,
    "C": 0x80,
    "N": 0x100,
}

ETHERTYPE = {4: 0x0800, 6: 0x86DD}
PPP_PROTOCOL = {4: 0x0021, 6: 0x0057}


def checksum(data: bytes) -> int:
    """RFC 1071."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def crc32c(data: bytes) -> int:
    """RFC 9260 appendix A (Castagnoli), bit by bit: the packets are few and small."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def filler(count: int, start: int = 0) -> bytes:
    """`count` bytes that are easy to recognise and do not look like another protocol."""
    return bytes(0x80 | ((start + i) & 0x7F) for i in range(count))


def version(packet: bytes) -> int:
    return packet[0] >> 4


class Ends:
    """Source and destination address of a packet."""

    def __init__(self, src: str, dst: str):
        self.src, self.dst = ipaddress.ip_address(src), ipaddress.ip_address(dst)
        assert self.src.version == self.dst.version

    @property
    def version(self) -> int:
        return self.src.version

    def back(self) -> Ends:
        return Ends(str(self.dst), str(self.src))

    def sum(self, protocol: int, segment: bytes, coverage: int | None = None) -> int:
        """Transport checksum over the pseudo-header (RFC 9293 §3.1, RFC 8200 §8.1)."""
        if self.version == 4:
            pseudo = self.src.packed + self.dst.packed + struct.pack(">BBH", 0, protocol, len(segment))
        else:
            pseudo = self.src.packed + self.dst.packed + struct.pack(">II", len(segment), protocol)
        return checksum(pseudo + segment[:coverage])

    def ip(self, protocol: int, payload: bytes, **options) -> bytes:
        return (
            ipv4(self, protocol, payload, **options)
            if self.version == 4
            else ipv6(self, protocol, payload, **options)
        )

    def tcp(
        self, sport: int, dport: int, flags: str, seq: int = 0, ack: int = 0, payload: bytes = b"", **options
    ) -> bytes:
        return self.ip(6, tcp(self, sport, dport, flags, seq, ack, payload, **options))

    def udp(self, sport: int, dport: int, payload: bytes = b"", **options) -> bytes:
        return self.ip(17, udp(self, sport, dport, payload), **options)

    def echo(self, reply: bool, ident: int, number: int, payload: bytes = filler(48)) -> bytes:
        body = struct.pack(">HH", ident, number) + payload
        if self.version == 4:
            return self.icmp(0 if reply else 8, 0, body)
        return self.icmp(129 if reply else 128, 0, body)

    def icmp(self, kind: int, code: int, body: bytes, **options) -> bytes:
        """ICMP or ICMPv6; `body` starts with the four bytes after the checksum."""
        if self.version == 4:
            value = checksum(struct.pack(">BBH", kind, code, 0) + body)
            return self.ip(1, struct.pack(">BBH", kind, code, value) + body, **options)
        value = self.sum(58, struct.pack(">BBH", kind, code, 0) + body)
        return self.ip(58, struct.pack(">BBH", kind, code, value) + body, **options)


def ipv4(
    ends: Ends,
    protocol: int,
    payload: bytes,
    *,
    ident: int = 0,
    flags: int = 2,
    offset: int = 0,
    ttl: int = 64,
    tos: int = 0,
    options: bytes = b"",
    total: int | None = None,
) -> bytes:
    """RFC 791 §3.1. flags: 2 = DF, 1 = MF; offset in bytes; total: the length field, if not the truth."""
    options += b"\0" * (-len(options) % 4)
    length = 20 + len(options) + len(payload) if total is None else total
    assert length < 65536 and offset % 8 == 0
    head = (
        struct.pack(
            ">BBHHHBBH4s4s",
            0x45 + len(options) // 4,
            tos,
            length,
            ident,
            flags << 13 | offset // 8,
            ttl,
            protocol,
            0,
            ends.src.packed,
            ends.dst.packed,
        )
        + options
    )
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


def ipv6(
    ends: Ends, protocol: int, payload: bytes, *, ttl: int = 64, flow: int = 0, total: int | None = None
) -> bytes:
    """RFC 8200 §3. total: the payload length, if not the truth."""
    length = len(payload) if total is None else total
    return (
        struct.pack(">IHBB16s16s", 6 << 28 | flow, length, protocol, ttl, ends.src.packed, ends.dst.packed)
        + payload
    )


def ipv6_extension(following: int, content: bytes) -> bytes:
    """Hop-by-hop options, routing and the like (RFC 8200 §4): next header, length, content."""
    content += b"\0" * (-(len(content) + 2) % 8)
    return bytes([following, (len(content) + 2) // 8 - 1]) + content


def tcp(
    ends: Ends,
    sport: int,
    dport: int,
    flags: str,
    seq: int,
    ack: int,
    payload: bytes = b"",
    *,
    window: int = 64240,
    options: bytes = b"",
    urgent: int = 0,
) -> bytes:
    bits = sum(TCP_FLAGS[letter] for letter in flags)
    options += b"\0" * (-len(options) % 4)
    head = (
        struct.pack(
            ">HHIIHHHH",
            sport,
            dport,
            seq & 0xFFFFFFFF,
            ack & 0xFFFFFFFF,
            (5 + len(options) // 4) << 12 | bits,
            window,
            0,
            urgent,
        )
        + options
    )
    value = ends.sum(6, head + payload)
    return head[:16] + struct.pack(">H", value) + head[18:] + payload


def udp(ends: Ends, sport: int, dport: int, payload: bytes = b"") -> bytes:
    head = struct.pack(">HHHH", sport, dport, 8 + len(payload), 0)
    value = ends.sum(17, head + payload) or 0xFFFF
    return head[:6] + struct.pack(">H", value) + payload


def udp_lite(ends: Ends, sport: int, dport: int, payload: bytes, coverage: int) -> bytes:
    """RFC 3828 §3.1: the length field is the checksum coverage; 0 covers everything."""
    head = struct.pack(">HHHH", sport, dport, coverage, 0)
    value = ends.sum(136, head + payload, coverage or None) or 0xFFFF
    return head[:6] + struct.pack(">H", value) + payload


def sctp(sport: int, dport: int, tag: int, *chunks: bytes) -> bytes:
    """RFC 9260 §3.1."""
    body = b"".join(chunk + b"\0" * (-len(chunk) % 4) for chunk in chunks)
    head = struct.pack(">HHI", sport, dport, tag)
    return head + struct.pack("<I", crc32c(head + b"\0" * 4 + body)) + body


def sctp_chunk(kind: int, flags: int, value: bytes) -> bytes:
    return struct.pack(">BBH", kind, flags, 4 + len(value)) + value


def dccp(
    ends: Ends, sport: int, dport: int, kind: int, number: int, rest: bytes = b"", payload: bytes = b""
) -> bytes:
    """RFC 4340 §5.1, extended sequence numbers (X=1); `rest`: what the packet type adds."""
    offset = (16 + len(rest)) // 4
    head = (
        struct.pack(">HHBBHBB", sport, dport, offset, 0, 0, kind << 1 | 1, 0)
        + number.to_bytes(6, "big")
        + rest
    )
    value = ends.sum(33, head + payload)
    return head[:6] + struct.pack(">H", value) + head[8:] + payload


def mac(number: int) -> bytes:
    """A locally administered address."""
    return b"\x02\x00\x00\x00\x00" + bytes([number])


def ethernet(
    payload: bytes, ethertype: int | None = None, *, src: int = 1, dst: int = 2, pad: bool = False
) -> bytes:
    """Ethernet II; without an ethertype the payload is an IP packet and says it itself."""
    kind = ETHERTYPE[version(payload)] if ethertype is None else ethertype
    frame = mac(dst) + mac(src) + struct.pack(">H", kind) + payload
    return frame.ljust(60, b"\0") if pad else frame


def vlan(payload: bytes, *tags: tuple[int, int], ethertype: int | None = None) -> tuple[bytes, int]:
    """(payload, ethertype) for ethernet(); tags, outermost first: (ethertype of the tag, VLAN number)."""
    kind = ETHERTYPE[version(payload)] if ethertype is None else ethertype
    for tag_type, number in reversed(tags):
        payload = struct.pack(">HH", number, kind) + payload
        kind = tag_type
    return payload, kind


def mpls(payload: bytes, *labels: int) -> bytes:
    """RFC 3032 §2.1; labels, outermost first."""
    stack = b"".join(
        struct.pack(">I", label << 12 | (i == len(labels) - 1) << 8 | 64) for i, label in enumerate(labels)
    )
    return stack + payload


def snap(payload: bytes, ethertype: int | None = None) -> bytes:
    """LLC and SNAP of RFC 1042."""
    kind = ETHERTYPE[version(payload)] if ethertype is None else ethertype
    return b"\xaa\xaa\x03\0\0\0" + struct.pack(">H", kind) + payload


def ppp(packet: bytes, protocol: int | None = None, *, address: bool = False, short: bool = False) -> bytes:
    """RFC 1661 §2: `address` puts FF 03 in front, `short` compresses the protocol field to one byte."""
    kind = PPP_PROTOCOL[version(packet)] if protocol is None else protocol
    return (b"\xff\x03" if address else b"") + (bytes([kind]) if short else struct.pack(">H", kind)) + packet


def lcp_echo(reply: bool = False) -> bytes:
    """An LCP echo request or reply (RFC 1661 §5.8)."""
    return struct.pack(">BBHI", 10 if reply else 9, 1, 8, 0x12345678)


def pppoe(payload: bytes, *, session: int = 0x1234, code: int = 0) -> bytes:
    """RFC 2516 §4."""
    return struct.pack(">BBHH", 0x11, code, session, len(payload)) + payload


def frame_check(frame: bytes) -> bytes:
    """The frame with its Ethernet or 802.11 frame check sequence."""
    return frame + struct.pack("<I", zlib.crc32(frame))
