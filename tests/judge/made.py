"""Small captures made in the test itself: just enough of pcap and pcapng to be cut, bent and judged."""

from __future__ import annotations

import socket
import struct
from pathlib import Path

SYN, FIN, RST, PSH, ACK = 2, 1, 4, 8, 16
CLIENT, SERVER = "192.0.2.1", "198.51.100.2"
START_NS = 1_700_000_000_000_000_000


def tcp(
    src: str, dst: str, sport: int, dport: int, flags: int, seq: int, ack: int, payload: bytes = b""
) -> bytes:
    segment = struct.pack(">HHIIBBHHH", sport, dport, seq, ack, 0x50, flags, 8192, 0, 0) + payload
    return ipv4(src, dst, 6, segment)


def udp(src: str, dst: str, sport: int, dport: int, payload: bytes = b"") -> bytes:
    return ipv4(src, dst, 17, struct.pack(">HHHH", sport, dport, 8 + len(payload), 0) + payload)


def ipv4(
    src: str, dst: str, protocol: int, payload: bytes, ident: int = 0, offset: int = 0, more: bool = False
) -> bytes:
    pieces = (more << 13) | offset // 8
    return (
        struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), ident, pieces, 64, protocol, 0)
        + socket.inet_aton(src)
        + socket.inet_aton(dst)
        + payload
    )


def ethernet(payload: bytes, kind: int = 0x0800) -> bytes:
    return b"\2\0\0\0\0\1\2\0\0\0\0\2" + struct.pack(">H", kind) + payload


def conversation() -> list[bytes]:
    """A whole TCP connection, a UDP exchange and an ARP-like frame."""
    there, back = (CLIENT, SERVER, 40000, 80), (SERVER, CLIENT, 80, 40000)
    packets = [
        tcp(*there, SYN, 100, 0),
        tcp(*back, SYN | ACK, 500, 101),
        tcp(*there, ACK, 101, 501),
        tcp(*there, ACK | PSH, 101, 501, b"request"),
        udp(CLIENT, SERVER, 5000, 53, b"question"),
        tcp(*back, ACK | PSH, 501, 108, b"the response"),
        udp(SERVER, CLIENT, 53, 5000, b"an answer"),
        tcp(*there, ACK | FIN, 108, 513),
        tcp(*back, ACK | FIN, 513, 109),
        tcp(*there, ACK, 109, 514),
    ]
    return [ethernet(x) for x in packets] + [ethernet(b"\0" * 46, 0x88B5)]


def connection(client: int, server: int) -> list[bytes]:
    """A TCP connection without data, opened and closed, from these initial sequence numbers."""
    there, back = (CLIENT, SERVER, 40000, 80), (SERVER, CLIENT, 80, 40000)
    packets = [
        tcp(*there, SYN, client, 0),
        tcp(*back, SYN | ACK, server, client + 1),
        tcp(*there, ACK, client + 1, server + 1),
        tcp(*there, ACK | FIN, client + 1, server + 1),
        tcp(*back, ACK | FIN, server + 1, client + 2),
        tcp(*there, ACK, client + 2, server + 2),
    ]
    return [ethernet(x) for x in packets]


def pcap(frames: list[bytes], step_ns: int = 1_000_000) -> bytes:
    data = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)
    for i, frame in enumerate(frames):
        seconds, rest = divmod(START_NS + i * step_ns, 1_000_000_000)
        data += struct.pack("<IIII", seconds, rest // 1000, len(frame), len(frame)) + frame
    return data


def _block(kind: int, body: bytes) -> bytes:
    body += b"\0" * (-len(body) % 4)
    size = 12 + len(body)
    return struct.pack("<II", kind, size) + body + struct.pack("<I", size)


def pcapng(frames: list[bytes], step_ns: int = 1_000_000) -> bytes:
    """Section header, one Ethernet interface of nanosecond resolution, an unknown block, enhanced packets."""
    data = _block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    data += _block(
        1, struct.pack("<HHI", 1, 0, 0) + struct.pack("<HHB3x", 9, 1, 9) + struct.pack("<HH", 0, 0)
    )
    data += _block(0x0BAD, b"left alone")
    for i, frame in enumerate(frames):
        time = START_NS + i * step_ns
        head = struct.pack("<IIIII", 0, time >> 32, time & 0xFFFFFFFF, len(frame), len(frame))
        data += _block(6, head + frame + b"\0" * (-len(frame) % 4))
    return data


def write(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path
