"""The list of generated captures, and the small conversations that many of them carry."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

from .wire import Ends, filler

V4 = Ends("10.1.0.1", "10.2.0.2")
V6 = Ends("fd00:1::1", "fd00:2::2")


@dataclass(frozen=True)
class Case:
    name: str
    title: str
    expect: dict[str, int]  # tshark display filter → number of packets that match it
    options: tuple[str, ...]  # further arguments for tshark
    make: Callable[[], bytes]


# tshark's display filter for packets with a wrong checksum.
BAD = " || ".join(
    f'{name}.checksum.status == "Bad"'
    for name in ("ip", "tcp", "udp", "icmp", "icmpv6", "sctp", "dccp", "igmp", "gre", "vrrp")
)

CASES: dict[str, Case] = {}


def case(name: str, title: str, expect: dict[str, int] | None = None, *, options: tuple[str, ...] = ()):
    """Registers a function that makes the capture `name`. `expect` is what tshark must say of it."""

    def register(make: Callable[[], bytes]) -> Callable[[], bytes]:
        assert name not in CASES, name
        CASES[name] = Case(name, title, expect or {}, options, make)
        return make

    return register


class Tcp:
    """A TCP connection with its sequence numbers; `c` and `s` give the next packet of client and server."""

    def __init__(self, ends: Ends, sport: int, dport: int, *, isn: int = 1000, peer_isn: int = 5_000_000):
        self.ends, self.sport, self.dport = ends, sport, dport
        self.seq, self.ack = isn, peer_isn

    def c(self, flags: str, payload: bytes = b"", **options) -> bytes:
        ack = self.ack if "A" in flags else 0
        packet = self.ends.tcp(self.sport, self.dport, flags, self.seq, ack, payload, **options)
        self.seq += len(payload) + ("S" in flags) + ("F" in flags)
        return packet

    def s(self, flags: str, payload: bytes = b"", **options) -> bytes:
        ack = self.seq if "A" in flags else 0
        packet = self.ends.back().tcp(self.dport, self.sport, flags, self.ack, ack, payload, **options)
        self.ack += len(payload) + ("S" in flags) + ("F" in flags)
        return packet

    def open(self) -> list[bytes]:
        mss = b"\x02\x04\x05\xb4"
        return [self.c("S", options=mss), self.s("SA", options=mss), self.c("A")]

    def close(self) -> list[bytes]:
        return [self.c("FA"), self.s("FA"), self.c("A")]


def dns_name(name: str) -> bytes:
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def dns(
    ends: Ends, *, ident: int = 0x1234, sport: int = 40000, name: str = "www.example.test"
) -> list[bytes]:
    """A question for an address and its answer."""
    question = dns_name(name) + struct.pack(">HH", 1, 1)
    ask = struct.pack(">HHHHHH", ident, 0x0100, 1, 0, 0, 0) + question
    answer = struct.pack(">HHHHHH", ident, 0x8180, 1, 1, 0, 0) + question
    answer += struct.pack(">HHHIH4B", 0xC00C, 1, 1, 300, 4, 10, 9, 8, 7)
    return [ends.udp(sport, 53, ask), ends.back().udp(53, sport, answer)]


def web(ends: Ends, *, sport: int = 50000, size: int = 200, isn: int = 1000) -> list[bytes]:
    """An HTTP/1.1 request and its answer on a connection that opens and closes: 10 packets."""
    talk = Tcp(ends, sport, 80, isn=isn)
    request = b"GET / HTTP/1.1\r\nHost: www.example.test\r\n\r\n"
    answer = (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n" % size
        + filler(size)
    )
    return [
        *talk.open(),
        talk.c("PA", request),
        talk.s("A"),
        talk.s("PA", answer),
        talk.c("A"),
        *talk.close(),
    ]


def ping(ends: Ends, ident: int = 7, count: int = 1) -> list[bytes]:
    packets = []
    for number in range(1, count + 1):
        packets += [ends.echo(False, ident, number), ends.back().echo(True, ident, number)]
    return packets


def talk4() -> list[bytes]:
    """14 IPv4 packets: DNS (2), HTTP (10), ping (2)."""
    return dns(V4) + web(V4) + ping(V4)


def talk6() -> list[bytes]:
    """14 IPv6 packets of the same kinds."""
    return dns(V6) + web(V6) + ping(V6)


def talk() -> list[bytes]:
    return talk4() + talk6()


TALK = {"frame": 28, "ip": 14, "ipv6": 14, "tcp": 20, "http": 4, "dns": 4, "icmp": 2, "icmpv6": 2}
TALK4 = {"frame": 14, "ip": 14, "tcp": 10, "http": 2, "dns": 2, "icmp": 2}
