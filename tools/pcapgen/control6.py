"""Captures of ICMPv6: every message, every option of neighbour discovery, RPL."""

from __future__ import annotations

import struct

from .cases import V4, V6, case, dns_name, ping
from .files import START, on_ethernet
from .messages import LABELS, structure
from .wire import Ends, filler, mac

LOCAL = Ends("fe80::1", "fe80::2")
NODES = Ends("fe80::1", "ff02::1")
ROUTERS = Ends("fe80::2", "ff02::2")
EUI = bytes.fromhex("021122fffe334455")


def eight(content: bytes) -> bytes:
    return content + b"\0" * (-len(content) % 8)


def option(kind: int, content: bytes) -> bytes:
    """RFC 4861 §4.6: type, length in 8 bytes, content filled up with zeros."""
    whole = eight(bytes([kind, 0]) + content)
    return bytes([kind, len(whole) // 8]) + whole[2:]


def prefix(text: str) -> bytes:
    return Ends(text, text).src.packed


def advertised(*options: bytes, flags: int = 0xC8) -> bytes:
    return NODES.icmp(134, 0, struct.pack(">BBHII", 64, flags, 1800, 30000, 1000) + b"".join(options), ttl=255)


def solicited(*options: bytes) -> bytes:
    return LOCAL.icmp(135, 0, bytes(4) + LOCAL.dst.packed + b"".join(options), ttl=255)


def announced(*options: bytes) -> bytes:
    return LOCAL.back().icmp(136, 0, b"\xe0\0\0\0" + LOCAL.dst.packed + b"".join(options), ttl=255)


@case(
    "nd_options.pcap",
    "options of neighbour discovery: link-layer addresses of 6, 8 and 14 bytes, prefixes, a redirected packet, MTU, "
    "those of mobile nodes and their handover, SEND, 6LoWPAN, DNS servers and domains, routes, captive portal, "
    "PREF64, unknown ones; one of no length, one behind the end",
    {"frame": 32, "icmpv6": 32, "_ws.malformed": 8},
)
def nd_options() -> bytes:
    a, b = prefix("2001:db8:1::"), prefix("2001:db8::5")
    now = (START << 16 | 0x4000).to_bytes(8, "big")
    probe = V6.udp(40000, 33434, filler(32))
    name = bytes.fromhex("300f310d300b06035504030c0474657374")
    public = bytes.fromhex("3015 300d 0609 2a864886f70d010101 0500 0304 00800102")
    cga = bytes([5, 0]) + filler(16) + a[:8] + b"\0" + public + struct.pack(">HH", 7, 3) + b"abc"
    return on_ethernet(
        [
            ROUTERS.icmp(133, 0, bytes(4) + option(1, mac(2)), ttl=255),
            solicited(option(1, mac(1))),
            announced(option(2, mac(2))),
            solicited(option(1, EUI)),
            announced(option(2, EUI), option(2, filler(14))),
            solicited(option(1, filler(20)), option(14, filler(6))),
            LOCAL.icmp(137, 0, bytes(4) + b + V6.dst.packed + option(2, mac(3)) + option(4, bytes(6) + probe), ttl=255),
            advertised(
                option(1, mac(1)),
                option(5, struct.pack(">HI", 0, 1400)),
                option(3, struct.pack(">BBIII", 64, 0xE0, 86400, 14400, 0) + a),
                option(3, struct.pack(">BBIII", 64, 0x1F, 0xFFFFFFFF, 0xFFFFFFFF, 0) + a),
            ),
            advertised(
                option(24, struct.pack(">BBI", 48, 0x08, 3600) + a[:8]),
                option(24, struct.pack(">BBI", 0, 0x18, 3600)),
                option(24, struct.pack(">BBI", 128, 0xFF, 0) + b),
                flags=0x3F,
            ),
            advertised(
                option(25, struct.pack(">HI", 0, 600) + b + V6.src.packed),
                option(25, struct.pack(">HI", 0, 0xFFFFFFFF) + b),
                option(31, struct.pack(">HI", 0, 600) + dns_name("example.test") + dns_name("lan.example.test")),
                option(31, struct.pack(">HI", 0, 0) + dns_name("home")),
            ),
            advertised(option(37, b"https://portal.example.test/"), option(26, struct.pack(">HI", 0xE800, 0))),
            advertised(
                option(38, struct.pack(">H", 600 & ~7) + prefix("64:ff9b::")[:12]),
                option(38, struct.pack(">H", 1800 & ~7 | 1) + prefix("2001:db8:64::")[:12]),
                option(38, struct.pack(">H", 1800 & ~7 | 5) + prefix("2001:db8:64::")[:12]),
            ),
            advertised(
                option(7, struct.pack(">HI", 0, 3000)),
                option(8, struct.pack(">HHH", 0, 10, 600)),
                option(23, struct.pack(">BBI", 0x2F, 0x80, 600) + b),
            ),
            LOCAL.icmp(133, 0, bytes(4) + option(9, bytes(6) + a + b) + option(10, bytes(6) + b), ttl=255),
            solicited(option(6, b"\x05\0" + bytes(4))),
            solicited(
                option(11, cga),
                option(12, bytes(2) + filler(16) + filler(20)),
                option(13, bytes(6) + now),
                option(14, filler(6)),
            ),
            LOCAL.icmp(148, 0, struct.pack(">HH", 9, 0xFFFF) + option(15, bytes([1, 3]) + name), ttl=255),
            LOCAL.icmp(148, 0, struct.pack(">HH", 9, 0) + option(15, b"\2\1" + dns_name("ca.example.test")), ttl=255),
            LOCAL.back().icmp(
                149, 0, struct.pack(">HHHH", 9, 2, 1, 0) + option(16, bytes([2, 0]) + filler(20)), ttl=255,
            ),
            announced(option(32, bytes(2) + filler(16) + filler(14))),
            LOCAL.icmp(
                154, 0, struct.pack(">BBH", 2, 0, 7)
                + option(17, struct.pack(">BBI", 1, 128, 0) + b)
                + option(17, struct.pack(">BBI", 2, 64, 0) + a)
                + option(18, struct.pack(">BBI", 0, 64, 0) + a)
                + option(19, bytes([2]) + mac(4)),
            ),
            announced(option(20, bytes([0, 1]) + bytes(4))),
            announced(option(20, bytes([0, 2]) + bytes(4) + b)),
            LOCAL.icmp(
                154, 4, struct.pack(">BBH", 4, 0xC0, 8)
                + option(29, bytes([1, 8]) + filler(8)) + option(30, bytes([1, 10]) + filler(10)),
            ),
            LOCAL.icmp(
                154, 0, struct.pack(">BBH", 2, 0, 9)
                + option(27, bytes([4, 0x10, 0, 0]) + filler(8) + bytes(4))
                + option(28, bytes([4, 0x10]) + struct.pack(">H", 60) + filler(8) + bytes(2)),
            ),
            solicited(option(33, bytes([0]) + bytes(3) + struct.pack(">H", 60) + EUI), option(1, mac(1))),
            announced(option(33, bytes([2]) + bytes(3) + struct.pack(">H", 0) + EUI)),
            advertised(
                option(34, struct.pack(">BBHH", 64, 0x13, 0, 100) + a[:8]),
                option(34, struct.pack(">BBHH", 128, 0x0F, 0, 100) + b),
                option(35, struct.pack(">HHH", 2, 1, 1000) + b),
                option(36, struct.pack(">HI", 1, 0)),
            ),
            solicited(option(138, filler(14)), option(139, filler(6)), option(253, filler(14)), option(200, b"")),
            solicited(option(40, filler(6)), option(24, filler(22)), option(33, filler(22)), option(5, filler(6))),
            solicited(b"\x01\0" + filler(6)),
            solicited(b"\x01\x02" + filler(6)),
        ]
    )  # fmt: skip


@case(
    "icmpv6_all.pcap",
    "every type of ICMPv6: errors with and without extensions, echo, multicast listeners (1 and 2), neighbour "
    "discovery and its inverse, router renumbering, node information, mobility, certification paths, multicast "
    "routers, locators, duplicate addresses of 6LoWPAN, MPL, extended echo; unknown types",
    {"frame": 70, "icmpv6": 70, "_ws.malformed": 1},
)
def icmpv6_all() -> bytes:
    router, back = Ends("fd00:3::3", str(V6.src)), V6.back()
    a, b = prefix("2001:db8:1::"), prefix("2001:db8::5")
    probe = V6.udp(40000, 33434, filler(64), ttl=1)
    quoted = probe.ljust(128, b"\0")
    told = struct.pack(">I", 7) + struct.pack(">HH", 2, 0) + V6.src.packed + b"\x08eth0\0\0\0" + struct.pack(">I", 1500)
    group, another = prefix("ff02::fb"), prefix("ff05::2")
    listeners = Ends("fe80::1", "ff02::16")

    def error(kind: int, code: int, quotation: bytes, field: bytes = bytes(4)) -> bytes:
        return router.icmp(kind, code, field + quotation)

    def asked(code: int, kind: int, flags: int, subject: bytes) -> bytes:
        return V6.icmp(139, code, struct.pack(">HHQ", kind, flags, 0x0102030405060708) + subject)

    def told_of(code: int, kind: int, flags: int, data: bytes) -> bytes:
        return back.icmp(140, code, struct.pack(">HHQ", kind, flags, 0x0102030405060708) + data)

    def renumbering(code: int, segment: int, flags: int, body: bytes) -> bytes:
        return LOCAL.icmp(138, code, struct.pack(">IBBHI", 77, segment, flags, 500, 0) + body)

    def record(kind: int, address: bytes, *sources: bytes, data: bytes = b"") -> bytes:
        return struct.pack(">BBH", kind, len(data) // 4, len(sources)) + address + b"".join(sources) + data

    matched = struct.pack(">BBBBBBH", 1, 11, 3, 64, 16, 128, 0) + a
    used = struct.pack(">BBBBIII", 64, 0, 0xC0, 0x80, 86400, 14400, 0xC0000000) + b
    return on_ethernet(
        [
            *ping(V6),
            V6.icmp(128, 0, struct.pack(">HH", 7, 4)),
            error(1, 4, probe[:80]),
            error(1, 0, V6.tcp(1000, 80, "S", 5, 0, options=b"\x02\x04\x05\xb4")),
            error(1, 1, quoted + structure((1, 1, LABELS)), b"\x10\0\0\0"),
            error(2, 0, probe, struct.pack(">I", 1280)),
            error(3, 0, quoted + structure((1, 1, LABELS)), b"\x10\0\0\0"),
            error(3, 0, quoted + structure((2, 0x0F, told), (3, 1, b"eth1")), b"\x10\0\0\0"),
            error(3, 0, quoted + structure((1, 1, LABELS))),
            error(4, 0, quoted + structure((1, 1, LABELS))),
            error(1, 4, probe[:20]),
            error(1, 4, b""),
            error(3, 1, V6.ip(44, struct.pack(">BBHI", 17, 0, 1, 0xABCD) + filler(40))),
            error(4, 1, probe, struct.pack(">I", 6)),
            error(4, 2, V6.ip(0, b"\x3b\0\xc1\x04\0\0\0\0"), struct.pack(">I", 42)),
            error(3, 0, ping(V6)[0]),
            error(3, 0, error(1, 4, probe)),
            error(100, 0, filler(12)),
            error(127, 0, filler(12)),
            NODES.icmp(130, 0, struct.pack(">HH", 10000, 0) + bytes(16), ttl=1),
            Ends("fe80::1", "ff02::fb").icmp(130, 0, struct.pack(">HH", 1000, 0) + group, ttl=1),
            Ends("fe80::1", "ff02::fb").icmp(131, 0, bytes(4) + group, ttl=1),
            ROUTERS.icmp(132, 0, bytes(4) + group, ttl=1),
            NODES.icmp(130, 0, struct.pack(">HH", 10000, 0) + bytes(16) + struct.pack(">BBH", 2, 125, 0), ttl=1),
            NODES.icmp(130, 0, struct.pack(">HH", 0x8123, 0) + group + struct.pack(">BBH", 0xFA, 0x93, 2) + a + b, ttl=1),
            listeners.icmp(143, 0, struct.pack(">HH", 0, 0), ttl=1),
            listeners.icmp(
                143, 0, struct.pack(">HH", 0, 3) + record(4, group) + record(1, another, a, b)
                + record(6, another, a, data=filler(8)), ttl=1,
            ),
            ROUTERS.icmp(133, 0, bytes(4), ttl=255),
            advertised(),
            advertised(flags=0x37),
            LOCAL.icmp(135, 0, bytes(4) + b, ttl=255),
            LOCAL.icmp(136, 0, b"\x60\0\0\0" + b, ttl=255),
            LOCAL.icmp(137, 0, bytes(4) + a + b, ttl=255),
            renumbering(0, 0, 0xF0, matched + used + used),
            renumbering(1, 1, 0x08, struct.pack(">HBBI", 3, 5, 64, 2) + a),
            renumbering(255, 0, 0, b""),
            asked(0, 2, 0, b), asked(0, 3, 0x3E, b), asked(1, 2, 0, dns_name("host.example.test")),
            asked(2, 4, 2, V4.dst.packed), asked(0, 0, 0, b""),
            told_of(0, 0, 0, b""), told_of(1, 0, 0, b""), told_of(2, 9, 0, b""),
            told_of(0, 2, 0, struct.pack(">I", 60) + dns_name("host.example.test") + dns_name("b.test")),
            told_of(0, 3, 0x3F, struct.pack(">I", 60) + a + struct.pack(">I", 0) + b),
            told_of(0, 4, 0x03, struct.pack(">I", 60) + V4.dst.packed),
            LOCAL.icmp(141, 0, bytes(4) + option(1, mac(1)) + option(2, mac(2)), ttl=255),
            LOCAL.icmp(142, 0, bytes(4) + option(1, mac(1)) + option(2, mac(2)) + option(10, bytes(6) + a), ttl=255),
            V6.icmp(144, 0, struct.pack(">HH", 11, 0)),
            back.icmp(145, 0, struct.pack(">HH", 11, 0) + a + b),
            V6.icmp(146, 0, struct.pack(">HH", 12, 0)),
            back.icmp(147, 0, struct.pack(">HH", 12, 0xC000) + option(3, struct.pack(">BBIII", 64, 0xC0, 9, 8, 0) + a)),
            *(
                LOCAL.icmp(kind, code, struct.pack(">BBH", sub, 0xC1, 4) + option(1, mac(1)))
                for kind, code, sub in ((150, 0, 0), (150, 1, 2), (150, 0, 3), (154, 0, 2), (154, 2, 3), (154, 1, 4),
                                        (154, 3, 5), (154, 0, 9))
            ),
            LOCAL.icmp(159, 0, struct.pack(">BB", 5, 2 << 2 | 0) + b"\x40\x01"
                       + struct.pack(">BB", 6, 1 << 2 | 1) + b"\x12\x34\x80"
                       + struct.pack(">BB", 7, 3 << 2 | 2) + EUI + b"\x80\x81\x82"
                       + struct.pack(">BB", 8, 0 << 2 | 3) + b),
            NODES.icmp(151, 20, struct.pack(">HH", 125, 2)),
            ROUTERS.icmp(152, 0, b""), NODES.icmp(153, 0, b""),
            V6.icmp(156, 0, struct.pack(">BBH", 2, 4, 0) + a[:8] + struct.pack(">HH", 1, 600)
                    + b[:8] + struct.pack(">HH", 2, 60)),
            V6.icmp(157, 0, struct.pack(">BBH", 0, 0, 60) + EUI + b),
            back.icmp(158, 1, struct.pack(">BBH", 1, 0, 60) + EUI + b),
            V6.icmp(160, 0, struct.pack(">HBB", 3, 2, 1) + structure((3, 1, b"eth1"))),
            back.icmp(161, 2, struct.pack(">HBB", 3, 2, 0x46)),
        ]
    )  # fmt: skip


def rpl_option(kind: int, content: bytes) -> bytes:
    """RFC 6550 §6.7."""
    return bytes([kind, len(content)]) + content


def metric(kind: int, flags: int, body: bytes) -> bytes:
    """RFC 6551 §2.1: routing metric or constraint object."""
    return rpl_option(2, struct.pack(">BHB", kind, flags, len(body)) + body)


@case(
    "rpl.pcap",
    "RPL: solicitation, information object with every metric, destinations and their acknowledgements, consistency "
    "check, secured ones, discovery of routes between two nodes; every option, an unknown one",
    {"frame": 26, "icmpv6.type == 155": 26, "_ws.malformed": 2},
)
def rpl() -> bytes:
    nodes = Ends("fe80::1", "ff02::1a")
    a, b = prefix("2001:db8:1::"), prefix("2001:db8::5")

    def message(code: int, body: bytes, *options: bytes) -> bytes:
        return nodes.icmp(155, code, body + b"".join(options), ttl=255)

    def secured(kim: int, level: int, source: bytes) -> bytes:
        return struct.pack(">BBBBI", 0x80, 0, kim << 6 | level, 0, 99) + source

    information = struct.pack(">BBHBBBB", 30, 240, 256, 0x8B, 1, 0, 0) + b
    destination = struct.pack(">BBBB", 30, 0xC0, 0, 5)
    configuration = rpl_option(4, struct.pack(">BBBBHHHBBH", 0x0A, 20, 3, 10, 768, 256, 1, 0, 60, 60))
    return on_ethernet(
        [
            message(0, bytes(2)),
            message(0, bytes(2), b"\0", rpl_option(1, bytes(3)),
                    rpl_option(7, struct.pack(">BB", 30, 0xE0) + b + b"\x07")),
            message(1, information, configuration, rpl_option(8, struct.pack(">BBIII", 64, 0xE0, 9, 8, 0) + a)),
            message(1, information, rpl_option(3, struct.pack(">BBI", 64, 0x08, 600) + a[:8]),
                    rpl_option(3, struct.pack(">BBI", 0, 0x18, 600)), rpl_option(3, struct.pack(">BBI", 128, 0, 6) + b)),
            message(1, information, metric(1, 0x0410, b"\x03\x03"), metric(2, 0x0210, b"\x0d\x40")),
            message(1, information, metric(3, 0x0123, b"\x0f\x03"), metric(4, 0x0080, struct.pack(">I", 250))),
            message(1, information, metric(5, 0x0070, struct.pack(">I", 30)), metric(6, 0, b"\0\x2a\x43")),
            message(1, information, metric(7, 0, struct.pack(">H", 128)), metric(8, 0x0450, b"\0\x12\x83")),
            message(1, information, metric(8, 0x0650, b"\0\x12\x83\x45\x67"), metric(8, 0, b"\0\x12\x83\x45\x67")),
            message(1, information, metric(1, 0, b"\0\1\5\2ab"), metric(99, 0, b"\1\2")),
            message(2, destination + b, rpl_option(5, struct.pack(">BB", 0, 128) + b),
                    rpl_option(6, bytes([0x80, 0xC0, 1, 30]) + a), rpl_option(9, b"\0\0\0\7")),
            message(2, struct.pack(">BBBB", 30, 0x80, 0, 5), rpl_option(5, struct.pack(">BB", 0, 64) + a[:8]),
                    rpl_option(6, bytes([0, 0xC0, 1, 30]))),
            message(3, struct.pack(">BBBB", 30, 0x80, 5, 0) + b),
            message(3, struct.pack(">BBBB", 30, 0, 5, 1)),
            message(0x80, secured(0, 0, b"\7") + bytes(2)),
            message(0x81, secured(1, 1, b"") + information),
            message(0x82, secured(2, 2, filler(8) + b"\7") + destination + b),
            message(0x83, secured(3, 3, filler(8) + b"\7") + struct.pack(">BBBB", 30, 0x80, 5, 0) + b),
            message(0x8A, secured(0, 0, b"\7") + struct.pack(">BBH", 30, 0x80, 77) + b + struct.pack(">I", 5),
                    rpl_option(1, b"")),
            message(1, information, rpl_option(10, bytes([0xD1, 0x45]) + b[1:])),
            message(4, struct.pack(">BBH", 30, 1, 0xE000) + b, rpl_option(10, bytes([0x80, 0x02]) + a + a + b)),
            message(5, struct.pack(">BBH", 30, 1, 0x4000) + b),
            message(0x83, secured(0, 0, b"\7") + struct.pack(">BBBB", 30, 0, 5, 0)),
            message(2, struct.pack(">BBBB", 30, 0x80, 0, 5), rpl_option(5, struct.pack(">BB", 0, 64) + b)),
            message(9, filler(10)),
            message(1, information, rpl_option(200, b"\1\2\3"), rpl_option(1, b"")),
        ]
    )  # fmt: skip
