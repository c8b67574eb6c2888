"""Small programs that talk to each other in some of the recordings: peers.py NAME [ARGUMENTS]."""

from __future__ import annotations

import random
import socket
import struct
import sys
import threading
import time

UDPLITE = socket.IPPROTO_UDPLITE
UDPLITE_SEND_CSCOV = 10  # udplite(7)


def echo_udp() -> None:
    """Sends every datagram back, IPv4 and IPv6."""
    server = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    server.bind(("::", 7777))
    while True:
        server.sendto(*server.recvfrom(65536))


def large_udp() -> None:
    """Datagrams larger than the link takes, to echo_udp and back."""
    for family, address in ((socket.AF_INET, "10.10.2.2"), (socket.AF_INET6, "fd00:10:2::2")):
        client = socket.socket(family, socket.SOCK_DGRAM)
        client.settimeout(2)
        for size in (8000, 3000, 100):
            client.sendto(bytes(range(0x30, 0x70)) * (size // 64), (address, 7777))
            client.recvfrom(65536)


def echo_udplite() -> None:
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, UDPLITE)
    server.bind(("10.10.2.2", 7000))
    while True:
        server.sendto(*server.recvfrom(65536))


def udplite() -> None:
    """Whole (0), header (8) and partial coverage of the checksum."""
    for coverage in (0, 8, 20):
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, UDPLITE)
        client.settimeout(2)
        client.setsockopt(UDPLITE, UDPLITE_SEND_CSCOV, coverage)
        for size in (10, 100, 1000):
            client.sendto(b"u" * size, ("10.10.2.2", 7000))
            client.recvfrom(65536)


def reuse() -> None:
    """Three connections from one port; the last is reset (SO_LINGER of 0)."""
    for number in range(3):
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        client.bind(("10.10.1.2", 45678))
        client.connect(("10.10.2.2", 80))
        client.sendall(b"GET /style.css HTTP/1.0\r\n\r\n")
        if number == 2:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.recv(100)
        else:
            while client.recv(65536):
                pass
        client.close()
        time.sleep(0.2)


def call(mine: str, peer: str, calls: bool) -> None:
    """Voice in RTP-like datagrams, 50 a second, and messages that answer each other over TCP."""
    noise = random.Random(mine)
    voice = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    voice.bind((mine, 40000))

    def speak() -> None:
        for number in range(160):
            header = b"\x80\x78" + number.to_bytes(2, "big") + bytes(8)
            voice.sendto(header + noise.randbytes(noise.randrange(120, 700)), (peer, 40000))
            time.sleep(0.02)

    chat = socket.create_connection((peer, 5222)) if calls else socket.create_server((mine, 5222)).accept()[0]
    speaker = threading.Thread(target=speak)
    speaker.start()
    for _ in range(60):
        message = noise.randbytes(noise.randrange(60, 1400))
        if calls:
            chat.sendall(message)
            chat.recv(65536)
            time.sleep(0.05)
        else:
            chat.recv(65536)
            chat.sendall(message)
    speaker.join()
    chat.close()


PROGRAMS = {
    "echo-udp": echo_udp,
    "large-udp": large_udp,
    "echo-udplite": echo_udplite,
    "udplite": udplite,
    "reuse": reuse,
    "call": lambda: call("10.10.1.2", "10.10.2.5", True),
    "answer": lambda: call("10.10.2.5", "10.10.1.2", False),
}

if __name__ == "__main__":
    PROGRAMS[sys.argv[1]]()
