"""Captures of tunnels: the talk of 28 packets inside each."""

from __future__ import annotations

import struct
from collections.abc import Callable

from .cases import V4, V6, case, ping, talk
from .files import pcap, timed
from .wire import (
    Ends,
    checksum,
    ethernet,
    filler,
    lcp_echo,
    mpls,
    ppp,
    udp,
    version,
    vlan,
)

OUTER4 = Ends("192.168.0.1", "192.168.0.2")
OUTER6 = Ends("2001:db8::1", "2001:db8::2")

# The packets of the talk that its initiator (address .1) sends; the others travel the other way outside, too.
FORWARD = (V4.src.packed, V6.src.packed)


def outer(packet: bytes, *, six: bool = False) -> Ends:
    """The tunnel's end points in the direction of the inner packet."""
    ends = OUTER6 if six else OUTER4
    source = packet[12:16] if version(packet) == 4 else packet[8:24]
    return ends if source in FORWARD else ends.back()


def ip_number(packet: bytes) -> int:
    return 4 if version(packet) == 4 else 41


def ethertype(packet: bytes) -> int:
    return 0x0800 if version(packet) == 4 else 0x86DD


def inner_ethernet(packet: bytes) -> bytes:
    forward = outer(packet) is OUTER4
    return ethernet(packet, src=7 if forward else 8, dst=8 if forward else 7)


def tunnelled(
    wrap: Callable[[bytes, int], bytes], *, extra: list[bytes] = (), packets: list[bytes] | None = None
) -> bytes:
    """`wrap(inner packet, its number)` gives an IP packet; the extra packets follow."""
    inner = talk() if packets is None else packets
    return pcap(
        timed([ethernet(wrap(packet, i)) for i, packet in enumerate(inner)] + [ethernet(p) for p in extra])
    )


INSIDE = {"frame": 28, "tcp": 20, "http": 4, "dns": 4, "icmp": 2, "icmpv6": 2}


@case(
    "tunnel_ipip.pcap",
    "IP in IP in all four pairings; the same inner packets in IPv4, then once more in IPv6",
    INSIDE | {"frame": 56, "tcp": 40, "dns": 8, "icmp": 4, "icmpv6": 4, "ip": 42, "ipv6": 42},
)
def tunnel_ipip() -> bytes:
    packets = talk()
    return tunnelled(lambda p, i: outer(p, six=i >= 28).ip(ip_number(p), p), packets=packets + packets)


def gre(
    payload: bytes, protocol: int, *, sum: bool = False, key: int | None = None, number: int | None = None
) -> bytes:
    """RFC 2784 and 2890."""
    flags = sum << 15 | (key is not None) << 13 | (number is not None) << 12
    tail = (
        (b"" if key is None else struct.pack(">I", key))
        + (b"" if number is None else struct.pack(">I", number))
        + payload
    )
    head = struct.pack(">HH", flags, protocol)
    if not sum:
        return head + tail
    return head + struct.pack(">HH", checksum(head + bytes(4) + tail), 0) + tail


@case(
    "tunnel_gre.pcap",
    "GRE over IPv4 and IPv6: plain, key, checksum, sequence number, all three; MPLS in GRE; a keep-alive "
    "with "
    "protocol 0",
    INSIDE | {"frame": 31, "gre": 31, "icmp": 3, "icmpv6": 3, "mpls": 2},
)
def tunnel_gre() -> bytes:
    kinds = ({}, {"key": 77}, {"sum": True}, {"number": 5}, {"sum": True, "key": 77, "number": 6})
    extra = [OUTER4.ip(47, gre(mpls(ping(ends)[0], 100), 0x8847)) for ends in (V4, V6)] + [
        OUTER4.ip(47, gre(b"", 0))
    ]
    return tunnelled(
        lambda p, i: outer(p, six=i % 4 == 3).ip(47, gre(p, ethertype(p), **kinds[i % 5])), extra=extra
    )


@case(
    "tunnel_gre_ethernet.pcap",
    "Ethernet in GRE (6558), with a key as NVGRE has it, with a VLAN tag inside",
    INSIDE | {"gre": 28, "vlan": 7},
)
def tunnel_gre_ethernet() -> bytes:
    def wrap(packet: bytes, number: int) -> bytes:
        inner = (
            ethernet(*vlan(packet, (0x8100, 5)), src=7, dst=8) if number % 4 == 3 else inner_ethernet(packet)
        )
        return outer(packet).ip(47, gre(inner, 0x6558, key=0x123400 if number % 2 else None))

    return tunnelled(wrap)


@case(
    "tunnel_pptp.pcap",
    "PPTP: GRE version 1 with PPP, with and without an acknowledgement; LCP; an acknowledgement alone",
    INSIDE | {"frame": 30, "gre": 30, "lcp": 1},
)
def tunnel_pptp() -> bytes:
    def enhanced(payload: bytes | None, number: int, ack: int | None = None) -> bytes:
        flags = 0x2001 | (payload is not None) << 12 | (ack is not None) << 7
        tail = (b"" if payload is None else struct.pack(">I", number)) + (
            b"" if ack is None else struct.pack(">I", ack)
        )
        return struct.pack(">HHHH", flags, 0x880B, len(payload or b""), 99) + tail + (payload or b"")

    extra = [
        OUTER4.ip(47, enhanced(ppp(lcp_echo(), 0xC021, address=True), 90)),
        OUTER4.back().ip(47, enhanced(None, 0, 90)),
    ]
    return tunnelled(
        lambda p, i: outer(p).ip(
            47, enhanced(ppp(p, address=i % 3 > 0, short=i % 6 == 0), i, i if i % 2 else None)
        ),
        extra=extra,
    )


@case(
    "tunnel_erspan.pcap",
    "ERSPAN types I, II and III, III also with a platform specific header",
    INSIDE | {"gre": 28, "erspan": 28},
)
def tunnel_erspan() -> bytes:
    def wrap(packet: bytes, number: int) -> bytes:
        inner = inner_ethernet(packet)
        if number % 4 == 0:
            body = gre(inner, 0x88BE)
        elif number % 4 == 1:
            body = gre(struct.pack(">HHI", 1 << 12 | 100, 3 << 11 | 10, 5) + inner, 0x88BE, number=number)
        else:
            platform = number % 4 == 3
            head = struct.pack(">HHIHH", 2 << 12 | 100, 10, 1000 + number, 0, platform)
            body = gre(
                head + (struct.pack(">IQ", 1 << 26, 0)[:8] if platform else b"") + inner,
                0x22EB,
                number=number,
            )
        return outer(packet).ip(47, body)

    return tunnelled(wrap)


def vxlan(packet: bytes, number: int = 0) -> bytes:
    inner = ethernet(*vlan(packet, (0x8100, 5)), src=7, dst=8) if number % 4 == 3 else inner_ethernet(packet)
    return struct.pack(">II", 0x08000000, (42 + number % 2) << 8) + inner


@case(
    "tunnel_vxlan.pcap",
    "VXLAN over IPv4 and IPv6, two network identifiers, VLAN tags inside",
    INSIDE | {"vxlan": 28, "vlan": 7, "udp": 28},
)
def tunnel_vxlan() -> bytes:
    return tunnelled(lambda p, i: outer(p, six=i % 5 == 4).udp(49152 + i % 3, 4789, vxlan(p, i)))


@case(
    "tunnel_geneve.pcap",
    "Geneve with Ethernet, IPv4 and IPv6 inside, with and without options",
    INSIDE | {"geneve": 28},
)
def tunnel_geneve() -> bytes:
    def wrap(packet: bytes, number: int) -> bytes:
        options = (
            b"",
            struct.pack(">HBB", 0x0102, 0x80, 1) + filler(4),
            struct.pack(">HBBHBB", 0x0102, 1, 0, 0x0102, 2, 2) + filler(8),
        )[number % 3]
        kind, body = (0x6558, inner_ethernet(packet)) if number % 2 else (ethertype(packet), packet)
        return outer(packet).udp(
            49152, 6081, struct.pack(">BBHI", len(options) // 4, 0, kind, 42 << 8) + options + body
        )

    return tunnelled(wrap)


def gtp(
    payload: bytes,
    *,
    kind: int = 255,
    number: int | None = None,
    extensions: tuple[tuple[int, bytes], ...] = (),
    tunnel: int = 0x1000,
) -> bytes:
    """GTP version 1 (3GPP TS 29.281 §5.1); extensions: (type, content of 4n−2 bytes)."""
    flags = 0x30 | bool(extensions) << 2 | (number is not None) << 1
    tail = b""
    if flags & 7:
        tail = struct.pack(">HB", number or 0, 0)
        for code, content in extensions:
            tail += bytes([code, (len(content) + 2) // 4]) + content
        tail += b"\0"
    return struct.pack(">BBHI", flags, kind, len(tail) + len(payload), tunnel) + tail + payload


@case(
    "tunnel_gtpu.pcap",
    "GTP-U: plain, with sequence numbers, with one and two extension headers; echo request and answer, end "
    "marker",
    INSIDE | {"frame": 31, "gtp": 31},
)
def tunnel_gtpu() -> bytes:
    session, pdcp = (0x85, b"\x10\x09"), (0xC0, b"\0\x01")
    kinds = ({}, {"number": 7}, {"extensions": (session,)}, {"number": 8, "extensions": (pdcp, session)})
    extra = [
        OUTER4.udp(2152, 2152, gtp(b"", kind=1, number=1, tunnel=0)),
        OUTER4.back().udp(2152, 2152, gtp(b"\x0e\0", kind=2, number=1, tunnel=0)),
        OUTER4.udp(2152, 2152, gtp(b"", kind=254)),
    ]
    return tunnelled(
        lambda p, i: outer(p, six=i % 5 == 4).udp(2152, 2152, gtp(p, **kinds[i % 4])), extra=extra
    )


@case(
    "tunnel_l2tp.pcap",
    "L2TPv2 data: bare, with length, with sequence numbers, with an offset, PPP with and without FF 03; "
    "control "
    "messages; LCP",
    INSIDE | {"frame": 31, "l2tp": 31, "lcp": 1},
)
def tunnel_l2tp() -> bytes:
    def data(payload: bytes, *, length: bool, numbers: bool, offset: int | None) -> bytes:
        flags = 2 | length << 14 | numbers << 11 | (offset is not None) << 9
        tail = struct.pack(">HH", 11, 22) + (struct.pack(">HH", 1, 2) if numbers else b"")
        tail += b"" if offset is None else struct.pack(">H", offset) + bytes(offset)
        tail += payload
        return struct.pack(">H", flags) + (struct.pack(">H", 4 + len(tail)) if length else b"") + tail

    def control(avps: bytes) -> bytes:
        return struct.pack(">HHHHHH", 0xC802, 12 + len(avps), 11, 0, 0, 0) + avps

    kinds = (
        (False, False, None),
        (True, False, None),
        (True, True, None),
        (False, True, 0),
        (True, False, 4),
    )

    def wrap(packet: bytes, number: int) -> bytes:
        length, numbers, offset = kinds[number % 5]
        body = data(ppp(packet, address=number % 2 == 0), length=length, numbers=numbers, offset=offset)
        return outer(packet).udp(1701, 1701, body)

    extra = [
        OUTER4.udp(1701, 1701, control(struct.pack(">HHHH", 0x8008, 0, 0, 1))),
        OUTER4.back().udp(1701, 1701, control(b"")),
        OUTER4.udp(
            1701, 1701, data(ppp(lcp_echo(), 0xC021, address=True), length=True, numbers=False, offset=None)
        ),
    ]
    return tunnelled(wrap, extra=extra)


@case(
    "tunnel_teredo.pcap",
    "Teredo: plain, with an origin indication, with authentication, with both; a bubble",
    {"frame": 29, "teredo": 29, "ipv6": 29, "tcp": 20, "dns": 4, "icmpv6": 4},
)
def tunnel_teredo() -> bytes:
    origin = struct.pack(">HH", 0, 40000 ^ 0xFFFF) + bytes(b ^ 0xFF for b in V4.src.packed)
    secret = struct.pack(">HBBQB", 1, 0, 0, 0x1122334455667788, 0)
    fronts = (b"", origin, secret, secret + origin)
    packets = [p for p in talk() if version(p) == 6] * 2
    bubble = OUTER4.udp(40000, 3544, V6.ip(59, b""))
    return tunnelled(
        lambda p, i: (
            outer(p).udp(40000, 3544, fronts[i % 4] + p)
            if outer(p) is OUTER4
            else outer(p).udp(3544, 40000, fronts[i % 4] + p)
        ),
        packets=packets,
        extra=[bubble],
    )


@case(
    "tunnel_other.pcap",
    "EtherIP, with a wrong version too; WCCP in GRE without redirect header and with one; shim6 in front of "
    "payloads, and one of its control messages",
    {"frame": 30, "etherip": 19, "gre": 9, "shim6": 2, "tcp": 20},
)
def tunnel_other() -> bytes:
    """RFC 3378; RFC 5533 §5.2."""
    fronts = (b"", bytes([1, 7, 2, 3]), bytes([6, 0, 9, 0]))

    def wrap(packet: bytes, number: int) -> bytes:
        if version(packet) == 6 or number % 3 == 0:
            head = b"\x03\0" if number % 5 == 4 else b"\x30\0"
            return outer(packet).ip(97, head + inner_ethernet(packet))
        return outer(packet).ip(47, struct.pack(">HH", 0, 0x883E) + fronts[number % 3] + packet)

    probe = V6.ip(140, bytes([59, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3]))
    payload = V6.ip(140, bytes([17, 0, 0x80, 1, 2, 3, 4, 5]) + V6.udp(40001, 40002, b"hello")[40:])
    return tunnelled(wrap, extra=[probe, payload])


@case(
    "tunnel_nested.pcap",
    "tunnels in tunnels: GRE in IP-in-IP, VXLAN in GRE, GTP-U in VXLAN; IP-in-IP 2, 8, 40 and 200 deep",
    {"frame": 28 + 4, "tcp": 20, "dns": 4, "gtp": 9},
)
def tunnel_nested() -> bytes:
    far = Ends("192.168.9.1", "192.168.9.2")

    def wrap(packet: bytes, number: int) -> bytes:
        if number % 3 == 0:
            return outer(packet).ip(4, far.ip(47, gre(packet, ethertype(packet))))
        if number % 3 == 1:
            inner = far.udp(50000, 4789, vxlan(packet))
            return outer(packet).ip(47, gre(inner, 0x0800, key=3))
        inner = far.udp(2152, 2152, gtp(packet))
        return outer(packet).udp(50000, 4789, vxlan(inner))

    def deep(levels: int) -> bytes:
        packet = V4.udp(6000, 6001, filler(8))
        for _ in range(levels):
            packet = OUTER4.ip(4, packet)
        return packet

    return tunnelled(wrap, extra=[deep(levels) for levels in (2, 8, 40, 200)])


@case(
    "tunnel_not.pcap",
    "the ports of tunnels with something else behind: other data, an answer from the port, an unknown "
    "version, cut "
    "short, an inner packet that is no IP; one real tunnel",
    {"frame": 17, "udp": 17, "icmp": 1, "_ws.malformed": 6},
)
def tunnel_not() -> bytes:
    payloads = [
        (4789, b"short"),
        (4789, filler(40)),
        (4789, struct.pack(">II", 0, 0) + inner_ethernet(ping(V4)[0])[:20]),
        (6081, struct.pack(">BBHI", 0xC0, 0, 0x6558, 0) + filler(40)),
        (6081, b"\x3f\0\x65\x58"),
        (2152, filler(40)),
        (2152, gtp(filler(40))),
        (2152, gtp(b"")),
        (2152, b"\x30"),
        (1701, struct.pack(">HHH", 3, 0, 1) + filler(40)),
        (1701, b"\0\2"),
        (3544, filler(40)),
        (3544, b"\0\1\xff\xff"),
        (4789, vxlan(ping(V4)[0])),
    ]
    packets = [OUTER4.udp(50000 + i, port, payload) for i, (port, payload) in enumerate(payloads)]
    packets += [OUTER4.ip(17, udp(OUTER4, port, 50000, filler(40))) for port in (4789, 6081, 2152)]
    return pcap(timed([ethernet(packet) for packet in packets]))
