"""Captures of options: each that IPv4, IPv6 and TCP have, right and wrong."""

from __future__ import annotations

import ipaddress
import struct

from .cases import BAD, V4, V6, case
from .files import on_ethernet
from .wire import Ends, filler, ipv6, ipv6_extension, udp


def option4(kind: int, body: bytes = b"", length: int | None = None) -> bytes:
    """Kind, length and body, as IPv4 (RFC 791) and TCP (RFC 9293) have it; `length`, if not the truth."""
    return bytes([kind, len(body) + 2 if length is None else length]) + body


@case(
    "ipv4_options_all.pcap",
    "every IPv4 option: end, no operation, security (RFC 791, RFC 1108), extended security, CIPSO with each "
    "tag, routes full and in progress, stream id, time stamps of three kinds, MTU probe and reply, "
    "traceroute, router alert, quick start (request, report), others; lengths and pointers that lie",
    {"frame": 38, "ip.opt.type": 36, BAD: 0},
)
def ipv4_options_all() -> bytes:
    a, b, c = (bytes([10, 9, 8, n]) for n in (1, 2, 3))
    doi = struct.pack(">I", 3)
    lists = [
        b"\x01\x01\0\0",
        b"\x01\x01\x01\x01\x01\x01\x01\0",
        option4(130, bytes.fromhex("f135000041424c4d4e")),  # RFC 791
        option4(130, b"\xab\x80"),  # RFC 1108
        option4(130, b"\x5a\xf1\x02"),
        option4(130, b"\x3d"),
        option4(133, b"\x05" + filler(4)),
        option4(133, b"\x05"),
        option4(134, doi + b"\x01\x06\0\x07\xa0\x01"),
        option4(134, doi + b"\x02\x08\0\x07\0\x05\0\x09"),
        option4(134, doi + b"\x05\x0c\0\x07\0\x09\0\x05\0\x03\0\x01"),
        option4(134, doi + b"\x06\x05\0\x01\x02"),
        option4(134, doi + b"\x07\x06\x01\x02\x03\x04"),
        option4(134, doi + b"\x80\x06\x01\x02\x03\x04" + b"\x81\x04\x05\x06"),
        option4(134, doi + b"\x01\x20\0\x07"),
        option4(134, doi),
        option4(137, b"\x10" + a + b + c),
        option4(7, b"\x04" + bytes(12)),
        option4(7, b"\x0c" + a + b + bytes(4)),
        option4(7, b"\x10" + a + b + c),
        option4(7, b"\x05" + a + b),
        option4(7, b"\x02" + a + b),
        option4(136, b"\x12\x34"),
        option4(68, b"\x0d\x10" + struct.pack(">II", 1000, 2000)),
        option4(68, b"\x0d\x21" + a + struct.pack(">I", 1000) + b + struct.pack(">I", 0x80000001)),
        option4(68, b"\x05\x03" + a + bytes(4)),
        option4(68, b"\x05\x02" + a),
        option4(11, struct.pack(">H", 1500)) + option4(12, struct.pack(">H", 1400)),
        option4(82, struct.pack(">HHH", 7, 3, 0xFFFF) + a),
        option4(148, b"\0\0") + option4(148, b"\0\x05"),
        option4(25, b"\x04\x40" + struct.pack(">I", 0x12345678)),
        option4(25, b"\x85\x00" + struct.pack(">I", 0x12345679)),
        option4(147, filler(8)) + option4(149, filler(4)) + option4(94, filler(2)),
        option4(148, b"\0", 9),
        option4(136, b"\x12", 1),
        b"\x01\x01\x01\x88",
    ]
    # The checksum covers the last stop.
    routed = udp(Ends(str(V4.src), str(ipaddress.ip_address(c))), 1000, 2000, filler(4))
    routes = [option4(131, b"\x04" + a + b + c), option4(131, b"\x08" + a + b + c)]
    return on_ethernet(
        [V4.udp(1000, 2000, filler(4), options=options) for options in lists]
        + [V4.ip(17, routed, options=options) for options in routes]
    )


def option6(kind: int, body: bytes = b"", length: int | None = None) -> bytes:
    """Kind, length of the body and body, as in IPv6's option headers (RFC 8200 §4.2)."""
    return bytes([kind, len(body) if length is None else length]) + body


def in_header(kind: int, content: bytes) -> bytes:
    """An IPv6 packet with one extension header of that content, padded, before UDP."""
    rest = -(len(content) + 2) % 8
    padding = b"\0" if rest == 1 else option6(1, bytes(rest - 2)) if rest else b""
    return V6.ip(kind, ipv6_extension(17, content + padding) + udp(V6, 1000, 2000, filler(4)))


@case(
    "ipv6_options_all.pcap",
    "IPv6 options hop by hop and for the destination: padding, tunnel limit, router alert, quick start, "
    "CALIPSO, duplicate detection, metrics, ILNP, line identification, home address, RPL, MPL, DFF, path MTU, "
    "IOAM trace, TPF, experiments, unknown; lengths that lie",
    {"frame": 40, "ipv6.hopopts": 21, "ipv6.dstopts": 18, "_ws.malformed": 5, BAD: 1},
)
def ipv6_options_all() -> bytes:
    address = V6.src.packed
    trace = struct.pack(">HHI", 7, 3 << 11 | 0x400 | 2, 0xD0000000)
    wide = struct.pack(">HHI", 7, 14 << 11 | 0x200 | 1, 0xAFF80200)
    hop = [
        b"\0" + option6(1, b"\0"),
        option6(5, b"\0\0") + option6(5, b"\0\x02"),
        option6(0x26, b"\x04\x40" + struct.pack(">I", 0x12345678)),
        option6(0x26, b"\x85\0" + struct.pack(">I", 0x12345679)),
        option6(7, struct.pack(">IBBH", 9, 1, 3, 0x1234) + filler(4)),
        option6(8, b"\x13" + filler(4) + b"\x01\x02"),
        option6(8, b"\x00\x11\x22"),
        option6(8, b"\x80" + filler(6)),
        option6(0x30, struct.pack(">HH", 1500, 1400 | 1)),
        option6(0x23, b"\xc0\x1e" + struct.pack(">H", 256)),
        option6(0x63, b"\x20\x1e" + struct.pack(">H", 512)),
        option6(0x6D, b"\x30\x07"),
        option6(0x6D, b"\x50\x08\x12\x34"),
        option6(0xEE, b"\x60\x12\x34"),
        option6(0x31, b"\0\0" + trace + bytes(8) + filler(24)),
        option6(0x31, b"\0\x01" + wide + bytes(4) + filler(56) + b"\x01\0\0\x07" + filler(4)),
        option6(0x31, b"\0\x02" + filler(8)),
        option6(0x12, filler(4)),
        option6(0x3E, filler(5)),
        option6(0x2F, filler(3)),
        option6(5, b"\0", 40),
    ]
    destination = [
        option6(4, b"\x03"),
        option6(0x0F, b"\x11\x22" + struct.pack(">HHHH", 1, 2, 3, 4)),
        option6(0x8A, filler(6)),
        option6(0x8B, filler(8)),
        option6(0x8C, b"\x05line1"),
        option6(0xC9, address),
        option6(0x11, b"\0\0" + trace + bytes(8) + filler(8)),
        option6(0x1E, filler(5)),
        option6(0x5E, filler(1)),
        option6(0x7E) + option6(0x9E, b"\x01"),
        option6(0xBE, b"\x01") + option6(0xDE, b"\x02\x03"),
        option6(0xFE, b"\x01") + option6(0x4D, b"\x02\x03"),
        option6(0xC2, struct.pack(">I", 70000)),
        option6(0xE3, b"\x01"),
        option6(1, b"\x01\x02\x03"),
        option6(4, b"\x03\x04"),
        option6(0xC9, address[:8]),
        option6(1, bytes(3), 60),
    ]
    jumbo = ipv6(V6, 0, ipv6_extension(17, option6(0xC2, struct.pack(">I", 0)) + b"") + filler(8), total=0)
    return on_ethernet(
        [in_header(0, content) for content in hop] + [in_header(60, content) for content in destination] + [jumbo]
    )


@case(
    "ipv6_routing.pcap",
    "routing headers of types 0, 2, 3 (addresses shortened and whole), 4 (with TLVs), 250; more segments "
    "left than there are; fragments whole and not",
    {"frame": 13, "ipv6.routing": 11, "ipv6.fraghdr": 2},
)
def ipv6_routing() -> bytes:
    a, b, c = (Ends(f"fd00:{n}::{n}", "::").src.packed for n in (1, 2, 3))

    def routing(kind: int, left: int, rest: bytes, final: bytes = V6.dst.packed) -> bytes:
        """`final`: the last destination, which the checksum covers (RFC 8200 §8.1)."""
        ends = Ends(str(V6.src), str(ipaddress.ip_address(final)))
        return V6.ip(43, ipv6_extension(17, bytes([kind, left]) + rest) + udp(ends, 1000, 2000, filler(4)))

    return on_ethernet(
        [
            routing(0, 2, bytes(4) + a + b, b),
            routing(0, 0, bytes(4) + a),
            routing(0, 5, bytes(4) + a, a),
            routing(2, 1, bytes(4) + a, a),
            routing(2, 0, bytes(4) + a),
            routing(3, 2, struct.pack(">I", 0x88000000) + a[8:] + b[8:], V6.dst.packed[:8] + b[8:]),
            routing(
                3,
                1,
                struct.pack(">I", 0xEC600000) + a[14:] + b[14:] + c[12:] + bytes(6),
                V6.dst.packed[:12] + c[14:] + bytes(2),
            ),
            routing(3, 1, struct.pack(">I", 0) + a, a),
            routing(4, 1, struct.pack(">BBH", 1, 0x28, 0x1234) + a + b, a),
            routing(4, 0, struct.pack(">BBH", 0, 0, 0) + a + b"\x04\x02\0\0\x05\x02\0\0"),
            routing(250, 0, filler(4)),
            V6.ip(44, struct.pack(">BBHI", 17, 0xAB, 0x0017 | 1, 0xABCD) + filler(16)),
            V6.ip(44, struct.pack(">BBHI", 17, 0, 0x0006, 0xABCD) + udp(V6, 1000, 2000, filler(4))),
        ]
    )


@case(
    "ipv6_addresses.pcap",
    "IPv6 addresses that contain others: EUI-64, ISATAP, 6to4, Teredo, an embedded IPv4 address (RFC 6052)",
    {"frame": 5, "ipv6": 5},
)
def ipv6_addresses() -> bytes:
    plain = "fd00:2::2"
    special = [
        "fe80::200:5eff:fe00:5301",
        "fe80::5efe:a09:801",
        "2002:a09:802:7::1",
        "2001:0:a09:803:0:63bf:f5f6:f7fb",
        "64:ff9b::a09:804",
    ]
    pairs = [Ends(address, plain) if i % 2 else Ends(plain, address) for i, address in enumerate(special)]
    return on_ethernet([ends.udp(1000, 2000, filler(4)) for ends in pairs])


@case(
    "tcp_options_all.pcap",
    "every TCP option in use: segment size, window scale, SACK (plain, of what came twice), echo, time stamps, "
    "connection counts, MD5, quick start, user timeout, authentication, multipath (each subtype of versions 0 "
    "and 1), fast open (also as an experiment), accurate ECN, ACK rate, others; lengths that lie",
    {"frame": 51, "tcp.option_kind": 49},
)
def tcp_options_all() -> bytes:
    q, i = (lambda *v: struct.pack(f">{len(v)}Q", *v)), (lambda *v: struct.pack(f">{len(v)}I", *v))
    option = option4
    lists = [
        ("S", b"\x01\x01" + option(2, b"\x05\xb4") + b"\0\xff"),
        ("S", option(3, b"\x07") + b"\x01" + option(4) + option(2, b"\x02\x18")),
        ("S", option(3, b"\x0f") + b"\x01"),
        ("A", b"\x01\x01" + option(5, i(2000, 3000))),
        ("A", b"\x01\x01" + option(5, i(500, 700, 2000, 3000, 4000, 5000))),
        ("A", b"\x01\x01" + option(5, i(2100, 2200, 2000, 3000))),
        ("A", option(6, i(7)) + option(7, i(8))),
        ("A", b"\x01\x01" + option(8, i(123456, 654321))),
        ("S", option(11, i(3)) + option(12, i(4)) + option(13, i(5))),
        ("A", option(19, filler(16)) + b"\x01\x01"),
        ("A", option(14, b"\x01") + option(15, b"\x01\x02")),
        ("S", option(27, b"\x05\x09" + i(0x12345678))),
        ("S", option(28, b"\x80\x3c") + option(28, b"\x01\x2c")),
        ("A", option(29, b"\x05\x06" + filler(12))),
        ("S", option(30, b"\x00\x81" + q(0x1122334455667788))),
        ("A", option(30, b"\x00\x41" + q(0x1122334455667788, 0x99AABBCCDDEEFF00))),
        ("S", option(30, b"\x01\xa1")),
        ("SA", option(30, b"\x01\x81" + q(0x1122334455667788))),
        ("A", option(30, b"\x01\x01" + q(1, 2) + struct.pack(">H", 100))),
        ("A", option(30, b"\x01\x81" + q(1, 2) + struct.pack(">HH", 100, 0x1234))),
        ("S", option(30, b"\x11\x02" + i(0x11223344, 0x55667788))),
        ("SA", option(30, b"\x10\x02" + q(0x1122334455667788) + i(0x55667788))),
        ("A", option(30, b"\x10\x00" + filler(20))),
        ("A", option(30, b"\x20\x01" + i(77))),
        ("A", option(30, b"\x20\x03" + q(77))),
        ("A", option(30, b"\x20\x05" + i(77, 88, 99) + struct.pack(">H", 100))),
        ("A", option(30, b"\x20\x0f" + q(77, 88) + i(99) + struct.pack(">HH", 100, 0x4321))),
        ("A", option(30, b"\x20\x14" + q(88)[4:] + i(99) + struct.pack(">HH", 0, 0x4321))),
        ("A", option(30, b"\x34\x03" + V4.src.packed)),
        ("A", option(30, b"\x34\x03" + V4.src.packed + b"\x1f\x90")),
        ("A", option(30, b"\x36\x03" + V6.src.packed)),
        ("A", option(30, b"\x36\x03" + V6.src.packed + b"\x1f\x90")),
        ("A", option(30, b"\x30\x03" + V4.src.packed + q(7))),
        ("A", option(30, b"\x30\x03" + V4.src.packed + b"\x1f\x90" + q(7))),
        ("A", option(30, b"\x31\x03" + V4.src.packed)),
        ("A", option(30, b"\x31\x03" + V6.src.packed)),
        ("A", option(30, b"\x30\x03" + V6.src.packed + b"\x1f\x90" + q(7))),
        ("A", option(30, b"\x40\x03\x04")),
        ("A", option(30, b"\x51\x03") + option(30, b"\x50")),
        ("A", option(30, b"\x60\x00" + q(88))),
        ("A", option(30, b"\x70\x00" + q(99))),
        ("R", option(30, b"\x81\x02")),
        ("A", option(30, b"\xf0\x02")),
        ("S", option(34) + option(34, filler(8))),
        ("S", option(253, b"\xf9\x89") + option(254, b"\xf9\x89" + filler(4))),
        ("A", option(253, b"\x00\xac\x0b") + option(254, b"\x12\x34" + filler(3)) + option(253, b"\x01")),
        ("A", option(40, filler(4)) + option(77)),
        ("A", option(8, filler(4)) + option(2, b"\x05")),
        ("A", option(3, b"", 9)),
        ("A", option(3, b"\x07", 1)),
        ("A", option(172, filler(9)) + option(174, filler(6)) + option(174, filler(3))),
    ]
    return on_ethernet(
        [V4.tcp(1000, 2000, flags, 1000, 1000, b"", options=options) for flags, options in lists]
    )
