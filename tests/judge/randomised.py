"""Captures made from a seed, full of what real ones have seldom: colliding ports, late SYNs, wrapping sequence
numbers, fragments in any order, tunnels in tunnels, ICMP errors that quote earlier packets, cut records."""

from __future__ import annotations

import random
import socket
import struct

import made

NOT_CUT = -1  # instead of a segment's length: the frame is whole
HOSTS4 = ["10.0.0.1", "10.0.0.2", "192.0.2.77"]
HOSTS6 = ["fd00::1", "fd00::2", "2001:db8::77"]
# Ports that no dissector of tshark claims, so that few hosts meet again and again on the same ones.
PORTS = [40001, 40002, 40003]
PIECES = 40009
# A TCP header is not cut where tshark shows half of what it has read, see docs/judge.md.
HALF_A_HEADER, WHOLE_HEADER = 11, 16
SEQUENCES = [0, 1, 1000, 0x7FFFFFFF, 0xFFFFFFF0]
FLAGS = [2, 2, 2, 0x12, 0x12, 0x10, 0x10, 0x18, 0x18, 0x11, 0x11, 0x04, 0x14, 0x00, 0x1C2]


class Maker:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.earlier: list[bytes] = []  # IP packets that errors may quote
        self.ident = 0

    def capture(self, packets: int) -> bytes:
        """A pcap file of about so many packets."""
        frames: list[tuple[bytes, int]] = []
        while len(frames) < packets:
            group = self._group()
            if self.random.random() < 0.3:
                # What belongs together is interleaved with what came before.
                for frame in group:
                    frames.insert(max(0, len(frames) - self.random.randrange(4)), frame)
            else:
                frames.extend(group)
        return self._pcap(frames[:packets])

    def _group(self) -> list[tuple[bytes, int]]:
        """The frames of one packet, several where it is sent in fragments, with the bytes from its TCP header on."""
        packet = self._packet()
        if self.random.random() < 0.7 and not _is_syn(packet):  # quoted SYNs: docs/judge.md, known limits
            self.earlier.append(packet)
        pieces = [packet]
        if self._may_be_split(packet) and self.random.random() < 0.3:
            pieces = self._fragments(packet)
        # The pieces of a datagram take one way: tshark does not join those of different VLANs or tunnels.
        way = self.random.randrange(2**32)
        tags = [self.random.randrange(1, 4) for _ in range(self.random.choices([0, 1, 2], [80, 15, 5])[0])]
        segment = len(packet) - _headers(packet) if _protocol(packet) == 6 else 0
        if len(pieces) > 1:
            segment = NOT_CUT
        return [(self._link(self._tunnel(x, random.Random(way)), tags), segment) for x in pieces]

    @staticmethod
    def _may_be_split(packet: bytes) -> bool:
        """RFC 7112: the first piece holds all headers, so packets with extension headers are left whole; and so are
        ICMP errors, whose quotations are looked for in the first piece only."""
        protocol, body = _protocol(packet), packet[_headers(packet) :]
        if (protocol == 1 and body[0] in (3, 11)) or (protocol == 58 and body[0] < 128):
            return False
        if packet[0] >> 4 == 6 and packet[6] in (0, 60):
            return False
        return protocol != 6 or (protocol == 6 and struct.unpack(">H", body[:2])[0] == PIECES)

    # -- packets --------------------------------------------------------------------------------------

    def _packet(self) -> bytes:
        six = self.random.random() < 0.4
        kind = self.random.choices(["tcp", "udp", "icmp", "other"], [60, 25, 12, 3])[0]
        src, dst = self.random.choices(HOSTS6 if six else HOSTS4, k=2)
        payload = b"x" * self.random.choice([0, 0, 1, 2, 7, 20, 64])
        if kind == "tcp":
            # Segments that are sent in fragments have ports of their own, and no SYN.
            pieces = self.random.random() < 0.1
            ports = [PIECES, PIECES + 1] if pieces else self.random.sample(PORTS, k=2)
            return self._ip(src, dst, 6, self._tcp(payload, ports))
        if kind == "udp":
            length = 8 + len(payload) + self.random.choice([0] * 12 + [-1, 1, 500])
            ports = self.random.choices(PORTS, k=2)
            return self._ip(src, dst, 17, struct.pack(">HHHH", *ports, max(8, length), 0) + payload)
        if kind == "icmp":
            return self._icmp(src, dst, six, payload)
        return self._ip(src, dst, self.random.choice([253, 2, 103, 46]), b"\0\0\0\0" + payload)

    def _tcp(self, payload: bytes, ports: list[int]) -> bytes:
        options = self.random.choice([0, 0, 0, 4, 12])
        seq = (self.random.choice(SEQUENCES) + self.random.choice([0, 0, 1, 2, 30])) & 0xFFFFFFFF
        ack = (self.random.choice(SEQUENCES) + self.random.choice([0, 1, 2, 31])) & 0xFFFFFFFF
        flags = 0x18 if PIECES in ports else self.random.choice(FLAGS)
        offset = (20 + options) << 10 | flags
        return struct.pack(">HHIIHHHH", *ports, seq, ack, offset, 1000, 0, 0) + b"\1" * options + payload

    def _icmp(self, src: str, dst: str, six: bool, payload: bytes) -> bytes:
        protocol = 58 if six else 1
        suitable = [x for x in self.earlier if (x[0] >> 4 == 6) == six]
        if suitable and self.random.random() < 0.6:
            quoted = self.random.choice(suitable[-30:])
            quoted = quoted[: self.random.choice([20, 28, 36, 40, 48, 56, 60, 200])]
            kind = self.random.choice([1, 2, 3, 4] if six else [3, 11])
            return self._ip(src, dst, protocol, struct.pack(">BBHI", kind, 0, 0, 0) + quoted)
        kind = self.random.choice([128, 129] if six else [8, 0])
        return self._ip(
            src, dst, protocol, struct.pack(">BBHHH", kind, 0, 0, self.random.choice([1, 2]), 1) + payload
        )

    def _ip(self, src: str, dst: str, protocol: int, payload: bytes) -> bytes:
        if ":" not in src:
            return made.ipv4(src, dst, protocol, payload)
        extensions = b""
        if self.random.random() < 0.15:
            extensions = bytes([protocol, 0, 1, 4, 0, 0, 0, 0])
            protocol = self.random.choice([0, 60])
        return ipv6(src, dst, protocol, extensions + payload)

    def _fragments(self, packet: bytes) -> list[bytes]:
        """Pieces of 8, 16 or 24 bytes, perhaps shuffled, doubled, or one lost."""
        self.ident += 1
        size = self.random.choice([8, 16, 24])
        six = packet[0] >> 4 == 6
        body = packet[40:] if six else packet[20:]
        pieces = []
        for at in range(0, len(body), size):
            part, more = body[at : at + size], at + size < len(body)
            if six:
                header = struct.pack(">BBHI", packet[6], 0, at | more, self.ident)
                src, dst = (socket.inet_ntop(socket.AF_INET6, packet[x : x + 16]) for x in (8, 24))
                pieces.append(ipv6(src, dst, 44, header + part))
            else:
                src, dst = (socket.inet_ntoa(packet[x : x + 4]) for x in (12, 16))
                pieces.append(made.ipv4(src, dst, packet[9], part, self.ident, at, more))
        if self.random.random() < 0.4:
            self.random.shuffle(pieces)
        if self.random.random() < 0.2:
            pieces.pop(self.random.randrange(len(pieces)))
        if pieces and self.random.random() < 0.2:
            pieces.insert(self.random.randrange(len(pieces) + 1), self.random.choice(pieces))
        return pieces

    # -- around packets -------------------------------------------------------------------------------

    def _tunnel(self, packet: bytes, choose: random.Random) -> bytes:
        for _ in range(choose.choices([0, 1, 2, 3], [75, 15, 7, 3])[0]):
            packet = self._wrapped(packet, choose)
        return packet

    def _wrapped(self, packet: bytes, choose: random.Random) -> bytes:
        six, inner_six = choose.random() < 0.3, packet[0] >> 4 == 6
        src, dst = choose.sample(HOSTS6 if six else HOSTS4, 2)
        kind = choose.choice(["ip", "gre", "gre-key", "vxlan", "geneve", "gtp", "erspan"])
        ether_type = 0x86DD if inner_six else 0x0800
        if kind == "ip":
            return self._ip(src, dst, 41 if inner_six else 4, packet)
        if kind == "gre":
            return self._ip(src, dst, 47, struct.pack(">HH", 0, ether_type) + packet)
        if kind == "gre-key":
            return self._ip(src, dst, 47, struct.pack(">HHII", 0x3000, ether_type, 7, 1) + packet)
        if kind == "erspan":
            frame = made.ethernet(packet, ether_type)
            return self._ip(src, dst, 47, struct.pack(">HHIII", 0x1000, 0x88BE, 1, 0x10010001, 0) + frame)
        port, header = {
            "vxlan": (4789, struct.pack(">II", 0x08000000, 5 << 8) + made.ethernet(b"", ether_type)),
            "geneve": (6081, struct.pack(">HHI", 0, ether_type, 9 << 8)),
            "gtp": (2152, struct.pack(">BBHI", 0x30, 255, len(packet), 3)),
        }[kind]
        body = header + packet
        return self._ip(
            src, dst, 17, struct.pack(">HHHH", choose.choice(PORTS), port, 8 + len(body), 0) + body
        )

    @staticmethod
    def _link(packet: bytes, tags: list[int]) -> bytes:
        kind = 0x86DD if packet[0] >> 4 == 6 else 0x0800
        for tag in tags:
            packet, kind = struct.pack(">HH", tag, kind) + packet, 0x8100
        return made.ethernet(packet, kind)

    def _pcap(self, frames: list[tuple[bytes, int]]) -> bytes:
        data = struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 1)
        time = made.START_NS
        for frame, segment in frames:
            time += self.random.choice([0, 1, 999, 1_000_000, 3_000_000_000, -1_500_000])
            captured = len(frame)
            if self.random.random() < 0.05 and segment != NOT_CUT:
                captured = self.random.randrange(14, len(frame) + 1)
                into = captured - (len(frame) - segment)  # bytes of the segment that are left
                if segment and HALF_A_HEADER < into < WHOLE_HEADER:
                    captured = len(frame)
            elif self.random.random() < 0.5:
                frame = frame.ljust(60, b"\0")
                captured = len(frame)
            seconds, rest = divmod(time, 1_000_000_000)
            data += struct.pack("<IIII", seconds, rest, captured, len(frame)) + frame[:captured]
        return data


def _headers(packet: bytes) -> int:
    """Bytes of the IP header and the extension header that _ip() may add."""
    if packet[0] >> 4 == 4:
        return 20
    return 48 if packet[6] in (0, 60) else 40


def _protocol(packet: bytes) -> int:
    if packet[0] >> 4 == 4:
        return packet[9]
    return packet[40] if packet[6] in (0, 60) else packet[6]


def _is_syn(packet: bytes) -> bool:
    return _protocol(packet) == 6 and packet[_headers(packet) + 13] & 0x12 == 0x02


def ipv6(src: str, dst: str, protocol: int, payload: bytes) -> bytes:
    head = struct.pack(">IHBB", 6 << 28, len(payload), protocol, 64)
    return head + socket.inet_pton(socket.AF_INET6, src) + socket.inet_pton(socket.AF_INET6, dst) + payload
