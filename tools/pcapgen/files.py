"""Capture files as bytes: pcap in all its dialects, and pcapng block by block."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from .wire import ethernet

START = 1_700_000_000  # seconds; every generated capture starts here
SECOND = 1_000_000_000

ETHERNET = 1


@dataclass(frozen=True)
class Packet:
    """A packet of a file: `time` in ns since the epoch, `size` its length before it was cut."""

    time: int
    data: bytes
    size: int

    def cut(self, snaplen: int) -> Packet:
        return Packet(self.time, self.data[:snaplen], self.size)


def timed(frames, *, start: float = 0.0, step: float = 0.01) -> list[Packet]:
    """Packets, `step` seconds apart; a frame given as (seconds since START, bytes) sets the time."""
    packets, now = [], start
    for frame in frames:
        if isinstance(frame, tuple):
            now, frame = frame
        packets.append(Packet(START * SECOND + round(now * SECOND), frame, len(frame)))
        now += step
    return packets


def pcap(
    packets: list[Packet],
    link: int = ETHERNET,
    *,
    order: str = "<",
    nanoseconds: bool = False,
    modified: bool = False,
    snaplen: int = 262144,
) -> bytes:
    """pcap (draft-ietf-opsawg-pcap). `modified`: Kuznetzov's, 8 more bytes a record."""
    magic = 0xA1B2CD34 if modified else 0xA1B23C4D if nanoseconds else 0xA1B2C3D4
    out = [struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, snaplen, link)]
    unit = 1 if nanoseconds else 1000
    for packet in packets:
        seconds, rest = divmod(packet.time, SECOND)
        out.append(struct.pack(order + "IIII", seconds, rest // unit, len(packet.data), packet.size))
        if modified:
            out.append(
                struct.pack(order + "IHBB", 2, 0x0800, 0, 0)
            )  # interface, protocol, packet type, padding
        out.append(packet.data)
    return b"".join(out)


def on_ethernet(packets) -> bytes:
    """A pcap file of IP packets in Ethernet frames, 10 ms apart; (seconds, packet) sets the time."""
    return pcap(timed([(p[0], ethernet(p[1])) if isinstance(p, tuple) else ethernet(p) for p in packets]))


def padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)


class Section:
    """One pcapng section (draft-ietf-opsawg-pcapng) in one byte order."""

    def __init__(self, order: str = "<", *, options: bytes = b"", known_length: bool = False):
        self.order, self.known_length, self.options = order, known_length, options
        self.blocks: list[bytes] = []

    def option(self, code: int, value: bytes) -> bytes:
        return struct.pack(self.order + "HH", code, len(value)) + padded(value)

    def end(self, options: bytes) -> bytes:
        return options + self.option(0, b"") if options else b""

    def block(self, kind: int, body: bytes) -> Section:
        assert len(body) % 4 == 0
        length = struct.pack(self.order + "I", 12 + len(body))
        self.blocks.append(struct.pack(self.order + "I", kind) + length + body + length)
        return self

    def interface(self, link: int = ETHERNET, *, snaplen: int = 262144, options: bytes = b"") -> Section:
        return self.block(1, struct.pack(self.order + "HHI", link, 0, snaplen) + self.end(options))

    def tick(self, packet: Packet, resolution: int, offset: int) -> int:
        """The time in units of if_tsresol (bit 7: a power of 2, else of 10), less if_tsoffset's seconds."""
        unit = 2 ** (resolution & 0x7F) if resolution & 0x80 else 10**resolution
        return (packet.time - offset * SECOND) * unit // SECOND

    def enhanced(
        self,
        packet: Packet,
        interface: int = 0,
        *,
        resolution: int = 6,
        offset: int = 0,
        options: bytes = b"",
    ) -> Section:
        tick = self.tick(packet, resolution, offset)
        head = struct.pack(
            self.order + "IIIII", interface, tick >> 32, tick & 0xFFFFFFFF, len(packet.data), packet.size
        )
        return self.block(6, head + padded(packet.data) + self.end(options))

    def simple(self, packet: Packet) -> Section:
        return self.block(3, struct.pack(self.order + "I", packet.size) + padded(packet.data))

    def old(self, packet: Packet, interface: int = 0, *, drops: int = 0xFFFF) -> Section:
        """The obsolete Packet Block (appendix A of the draft)."""
        tick = self.tick(packet, 6, 0)
        head = struct.pack(
            self.order + "HHIIII",
            interface,
            drops,
            tick >> 32,
            tick & 0xFFFFFFFF,
            len(packet.data),
            packet.size,
        )
        return self.block(2, head + padded(packet.data))

    def encode(self) -> bytes:
        body = b"".join(self.blocks)
        length = len(body) if self.known_length else 0xFFFFFFFFFFFFFFFF
        fixed = struct.pack(self.order + "IHHQ", 0x1A2B3C4D, 1, 0, length) + self.end(self.options)
        total = struct.pack(self.order + "I", 12 + len(fixed))
        return struct.pack(self.order + "I", 0x0A0D0D0A) + total + fixed + total + body
