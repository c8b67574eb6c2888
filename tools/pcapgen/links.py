"""Captures of each link type, and of what Ethernet carries between its header and IP."""

from __future__ import annotations

import struct
from collections.abc import Callable

from .cases import TALK, V4, V6, case, ping, talk, talk4, talk6, web
from .files import ETHERNET, pcap, timed
from .wire import (
    ETHERTYPE,
    ethernet,
    filler,
    frame_check,
    lcp_echo,
    mac,
    mpls,
    ppp,
    pppoe,
    snap,
    version,
    vlan,
)


def wrapped(
    link: int,
    wrap: Callable[[bytes, int], bytes],
    *,
    packets: list[bytes] | None = None,
    extra: tuple[bytes, ...] = (),
    order: str = "<",
) -> bytes:
    """The talk, each packet in `wrap(packet, its number)`, then the extra frames as they are."""
    frames = [wrap(packet, i) for i, packet in enumerate(packets or talk())]
    return pcap(timed(frames + list(extra)), link, order=order)


def kind(packet: bytes) -> bytes:
    return struct.pack(">H", ETHERTYPE[version(packet)])


# The simple ones: a few bytes in front of IP.


@case("link_ethernet.pcap", "Ethernet (1); short frames are padded to 60 bytes", TALK)
def link_ethernet() -> bytes:
    return wrapped(ETHERNET, lambda p, i: ethernet(p, pad=True))


def family(packet: bytes, number: int) -> int:
    """AF_INET is 2 everywhere, AF_INET6 differs by system: 24 NetBSD, 28 FreeBSD, 30 macOS, 10 Linux."""
    return 2 if version(packet) == 4 else (24, 28, 30)[number % 3]


@case("link_null.pcap", "BSD loopback NULL (0), family in little-endian: 2, 24, 28, 30", TALK)
def link_null() -> bytes:
    return wrapped(0, lambda p, i: struct.pack("<I", family(p, i)) + p)


@case("link_null_be.pcap", "NULL (0) of a big-endian machine", TALK)
def link_null_be() -> bytes:
    return wrapped(0, lambda p, i: struct.pack(">I", family(p, i)) + p, order=">")


@case("link_loop.pcap", "OpenBSD loopback LOOP (108), family in network order", TALK)
def link_loop() -> bytes:
    return wrapped(108, lambda p, i: struct.pack(">I", 2 if version(p) == 4 else 24) + p)


for _link in (12, 14, 101):
    case(f"link_raw{_link}.pcap", f"raw IP ({_link}): the version nibble decides", TALK)(
        lambda link=_link: wrapped(link, lambda p, i: p)
    )


@case("link_ipv4.pcap", "raw IPv4 (228)", {"frame": 14, "ip": 14, "tcp": 10})
def link_ipv4() -> bytes:
    return wrapped(228, lambda p, i: p, packets=talk4())


@case("link_ipv6.pcap", "raw IPv6 (229)", {"frame": 14, "ipv6": 14, "tcp": 10})
def link_ipv6() -> bytes:
    return wrapped(229, lambda p, i: p, packets=talk6())


def sll(packet: bytes, ethertype: bytes, direction: int = 0) -> bytes:
    return struct.pack(">HHH8s", direction, 1, 6, mac(1)) + ethertype + packet


@case(
    "link_linux_sll.pcap",
    "Linux cooked v1 (113); also a VLAN tag, an 802.3 frame with LLC/SNAP (protocol 4) and ARP",
    TALK | {"frame": 31, "ip": 16, "icmp": 4, "vlan": 1, "llc": 1, "arp": 1},
)
def link_linux_sll() -> bytes:
    tagged, tag = vlan(ping(V4)[0], (0x8100, 100))
    extra = (sll(tagged, struct.pack(">H", tag)), sll(snap(ping(V4)[1]), b"\0\4"), sll(arp(), b"\x08\x06"))
    return wrapped(113, lambda p, i: sll(p, kind(p), 4 * (i % 2)), extra=extra)


def sll2(packet: bytes, ethertype: bytes, direction: int = 0) -> bytes:
    return ethertype + struct.pack(">HIHBB8s", 0, 2, 1, direction, 6, mac(1)) + packet


@case(
    "link_linux_sll2.pcap",
    "Linux cooked v2 (276); also a VLAN tag, an 802.3 frame with LLC/SNAP (protocol 4) and ARP",
    TALK | {"frame": 31, "ip": 16, "icmp": 4, "vlan": 1, "llc": 1, "arp": 1},
)
def link_linux_sll2() -> bytes:
    tagged, tag = vlan(ping(V4)[0], (0x8100, 100))
    extra = (sll2(tagged, struct.pack(">H", tag)), sll2(snap(ping(V4)[1]), b"\0\4"), sll2(arp(), b"\x08\x06"))
    return wrapped(276, lambda p, i: sll2(p, kind(p), 4 * (i % 2)), extra=extra)


def nflog(packet: bytes, number: int) -> bytes:
    """LINKTYPE_NFLOG: attributes in the host's byte order (here little-endian), each padded to 4 bytes."""

    def attribute(code: int, value: bytes) -> bytes:
        return struct.pack("<HH", 4 + len(value), code) + value + b"\0" * (-len(value) % 4)

    out = struct.pack(">BBH", 2 if version(packet) == 4 else 10, 0, 5)
    out += attribute(1, kind(packet) + bytes([number % 5, 0])) + attribute(
        10, b"prefix"[: 1 + number % 5] + b"\0"
    )
    out += attribute(5, struct.pack(">I", 2)) + attribute(9, packet)
    return out + (attribute(11, struct.pack(">I", 0)) if number % 2 else b"")


@case(
    "link_nflog.pcap",
    "NFLOG (239): prefix, interface and uid attributes of several lengths around the payload",
    TALK,
)
def link_nflog() -> bytes:
    return wrapped(239, nflog)


# PPP and its relatives.


def any_ppp(packet: bytes, number: int) -> bytes:
    return ppp(packet, address=number % 2 == 0, short=number % 3 == 0)


@case(
    "link_ppp.pcap",
    "PPP (9): with and without FF 03, protocol in one byte and in two; LCP",
    TALK | {"frame": 29, "lcp": 1},
)
def link_ppp() -> bytes:
    return wrapped(9, any_ppp, extra=(ppp(lcp_echo(), 0xC021, address=True),))


@case(
    "link_ppp_hdlc.pcap",
    "PPP in HDLC framing (50); every fourth frame with Cisco's address and an ethertype",
    TALK,
)
def link_ppp_hdlc() -> bytes:
    return wrapped(
        50, lambda p, i: b"\x0f\0" + kind(p) + p if i % 4 == 3 else ppp(p, address=True, short=i % 4 == 1)
    )


@case(
    "link_c_hdlc.pcap",
    "Cisco HDLC (104): unicast and multicast address; SLARP",
    TALK | {"frame": 29, "slarp": 1},
)
def link_c_hdlc() -> bytes:
    keepalive = b"\x8f\0\x80\x35" + struct.pack(">IIIHH", 2, 1, 1, 0xFFFF, 0)
    return wrapped(
        104, lambda p, i: bytes([0x8F if i % 5 == 0 else 0x0F, 0]) + kind(p) + p, extra=(keepalive,)
    )


@case("link_ppp_ether.pcap", "PPPoE without Ethernet (51)", TALK | {"pppoes": 28})
def link_ppp_ether() -> bytes:
    return wrapped(51, lambda p, i: pppoe(ppp(p)))


@case(
    "link_ppp_with_dir.pcap",
    "PPP with direction (204): with and without FF 03, protocol in one byte and in two",
    TALK | {"ppp.direction == 0": 14},
)
def link_ppp_with_dir() -> bytes:
    return wrapped(204, lambda p, i: bytes([i % 2]) + any_ppp(p, i // 2))


RELAY_ADDRESSES = (b"\x18\x41", b"\x1a\x4f", b"\x18\x40\x41", b"\x18\x40\x43", b"\x18\x40\x40\x41", b"\xfc\xf1")


@case(
    "link_frame_relay.pcap",
    "Frame Relay (107): NLPID CC, 8E and CF, SNAP with and without padding, bridged Ethernet, Cisco's "
    "EtherType; addresses of two to four octets and of one; signalling",
    TALK | {"frame": 32, "ip": 15, "dns": 5, "fr.dlci == 100": 16},
)
def link_frame_relay() -> bytes:
    def relay(packet: bytes, number: int) -> bytes:
        nlpid = b"\xcc" if version(packet) == 4 else b"\x8e"
        bodies = (
            b"\x03" + nlpid + packet,
            b"\x03\0\x80\0\0\0" + kind(packet) + packet,
            b"\x03\x80\0\0\0" + kind(packet) + packet,
            kind(packet) + packet,
            b"\x03\xcf" + ppp(packet),
            b"\x03\0\x80\0\x80\xc2\0\x07" + ethernet(packet),
            b"\x03\x80\0\x80\xc2\0\x01" + frame_check(ethernet(packet)),
            b"\x13" + nlpid + packet,
        )
        return RELAY_ADDRESSES[number % 6] + bodies[number % 8]

    signalling = (
        b"\0\1\x03\x08\0\x75\x51\1\0\x53\2\1\0",
        b"\0\1\x01\x04",
        b"\x19\x03\xcc" + talk()[0],
        b"\x18\x41\xaf\x80",
    )
    return wrapped(107, relay, extra=signalling)


# 802.11.


def dot11(
    packet: bytes,
    *,
    to_ds: bool = False,
    from_ds: bool = False,
    qos: bool = False,
    order: bool = False,
    extra: int = 0,
    subtype: int = 0,
    control: int = 0,
    pad: bool = False,
    number: int = 0,
) -> bytes:
    """A data frame (IEEE 802.11-2020 §9.3.2). `pad`: the header is padded to 4 bytes, as radiotap can say."""
    flags = to_ds | from_ds << 1 | order << 7 | extra
    head = bytes([0x08 | (0x80 if qos else 0) | subtype << 4, flags]) + b"\x2c\0" + mac(2) + mac(1) + mac(3)
    head += struct.pack("<H", number << 4)
    head += mac(4) if to_ds and from_ds else b""
    head += bytes([control, 0]) if qos else b""
    head += b"\0\0\0\0" if qos and order else b""
    head += b"\0" * (-len(head) % 4) if pad else b""
    return head + packet


def any_dot11(packet: bytes, number: int, *, pad: bool = False) -> bytes:
    return dot11(
        snap(packet),
        to_ds=number % 4 in (0, 3),
        from_ds=number % 4 in (1, 3),
        qos=number % 3 > 0,
        order=number % 6 == 5,
        pad=pad,
        number=number,
    )


BEACON = (
    b"\x80\0\0\0"
    + b"\xff" * 6
    + mac(1)
    + mac(1)
    + b"\x10\0"
    + bytes(8)
    + struct.pack("<HH", 100, 1)
    + b"\0\x08flowtest"
    + b"\x01\x04\x02\x04\x0b\x16"
)
ACK = b"\xd4\0\0\0" + mac(1)


@case(
    "link_ieee80211.pcap",
    "802.11 (105): to, from, within and between distribution systems, QoS, HT control",
    TALK | {"wlan.fc.type == 2": 28},
)
def link_ieee80211() -> bytes:
    return wrapped(105, any_dot11)


@case(
    "link_ieee80211_other.pcap",
    "802.11 (105) without readable IP: beacon, acknowledgement, null data, QoS null, protected data, a "
    "second fragment; one readable packet",
    {"frame": 7, "ip": 1, "wlan.fc.protected == 1": 1},
)
def link_ieee80211_other() -> bytes:
    secret = dot11(b"\0\0\0\x20\0\0\0\0" + filler(60), to_ds=True, extra=0x40)
    fragment = bytearray(dot11(filler(60), to_ds=True, number=9))
    fragment[22] |= 1
    frames = [
        BEACON,
        ACK,
        dot11(b"", to_ds=True, subtype=4),
        dot11(b"", to_ds=True, qos=True, subtype=4),
        secret,
        bytes(fragment),
        any_dot11(ping(V4)[0], 0),
    ]
    return pcap(timed(frames), 105)


@case(
    "link_ieee80211_amsdu.pcap",
    "802.11 (105): A-MSDUs of one and of two subframes",
    {"frame": 4, "ip": 4, "icmp": 4},
)
def link_ieee80211_amsdu() -> bytes:
    def subframe(packet: bytes, last: bool) -> bytes:
        body = snap(packet)
        out = mac(2) + mac(1) + struct.pack(">H", len(body)) + body
        return out if last else out + b"\0" * (-len(out) % 4)

    ask, answer = ping(V4)
    singles = [dot11(subframe(p, True), to_ds=True, qos=True, control=0x80) for p in (ask, answer)]
    pairs = [
        dot11(subframe(p, False) + subframe(p, True), to_ds=True, qos=True, control=0x80) for p in ping(V4, 8)
    ]
    return pcap(timed(singles + pairs), 105)


def radiotap(frame: bytes, number: int) -> bytes:
    """Radiotap headers of four shapes; flags 0x10: frame check sequence, 0x20: padded 802.11 header."""
    if number % 4 == 0:
        return struct.pack("<BBHI", 0, 0, 8, 0) + frame
    if number % 4 == 1:
        return struct.pack("<BBHIB", 0, 0, 9, 0x02, 0x10) + frame_check(frame)
    if number % 4 == 2:
        return struct.pack("<BBHIQBBHHb", 0, 0, 23, 0x2F, 1_000_000, 0x20, 12, 2412, 0x00A0, -50) + frame
    words = struct.pack(
        "<II", 0xA0000002, 0x00000800
    )  # more words follow; flags in the first, antenna in the second
    return struct.pack("<BBH", 0, 0, 20) + words + b"\x00\x01" + bytes(6) + frame


@case(
    "link_radiotap.pcap",
    "radiotap (127): no field, frame check sequence, padded 802.11 header, two words of presence bits",
    TALK | {"frame": 29, "radiotap": 29, "wlan.fc.type == 2": 28},
)
def link_radiotap() -> bytes:
    return wrapped(
        127, lambda p, i: radiotap(any_dot11(p, i, pad=i % 4 == 2), i), extra=(radiotap(BEACON, 0),)
    )


@case(
    "link_unsupported.pcap",
    "link type USER0 (147): nothing of it can be read",
    {"frame": 28, "ip": 0, "ipv6": 0},
)
def link_unsupported() -> bytes:
    return wrapped(147, lambda p, i: p)


# Between Ethernet and IP.


def arp(reply: bool = False) -> bytes:
    return (
        struct.pack(">HHBBH", 1, 0x0800, 6, 4, 2 if reply else 1)
        + mac(1)
        + V4.src.packed
        + (mac(2) if reply else bytes(6))
        + V4.dst.packed
    )


STACKS = (
    ((0x8100, 100),),
    ((0x88A8, 10), (0x8100, 200)),
    ((0x9100, 20), (0x8100, 300)),
    ((0x8100, 0),),
    ((0x8100, 1), (0x8100, 2)),
    ((0x88A8, 4094), (0x88A8, 30), (0x8100, 4095)),
)


@case(
    "eth_vlan.pcap",
    "802.1Q, 802.1ad over 802.1Q, 0x9100 over 802.1Q, priority tag, two 802.1Q, three tags",
    TALK | {"frame": 29, "arp": 1, "vlan.id == 100": 6},
)
def eth_vlan() -> bytes:
    def tagged(packet: bytes, number: int) -> bytes:
        return ethernet(*vlan(packet, *STACKS[number % len(STACKS)]))

    return wrapped(ETHERNET, tagged, extra=(ethernet(*vlan(arp(), (0x8100, 100), ethertype=0x0806)),))


def ieee8023(body: bytes) -> bytes:
    return (mac(2) + mac(1) + struct.pack(">H", len(body)) + body).ljust(60, b"\0")


@case(
    "eth_llc.pcap",
    "802.3 with LLC/SNAP, with LLC's own IP (DSAP 06), in a VLAN; also spanning tree, SNAP with Cisco's OUI, "
    "Novell raw",
    TALK | {"frame": 32, "ip": 15, "icmp": 3, "stp": 1, "llc": 31},
)
def eth_llc() -> bytes:
    spanning = (
        b"\x42\x42\x03"
        + bytes(4)
        + b"\0"
        + b"\x80\0"
        + mac(1)
        + bytes(4)
        + b"\x80\0"
        + mac(1)
        + b"\x80\1"
        + bytes(8)
    )
    discovery = b"\xaa\xaa\x03\0\0\x0c\x20\0" + b"\x02\xb4\0\0"
    tagged = mac(2) + mac(1) + b"\x81\0\0\x64" + struct.pack(">H", len(snap(ping(V4)[0]))) + snap(ping(V4)[0])
    novell = (
        b"\xff\xff"
        + struct.pack(">HBB", 30, 0, 0)
        + b"\0\0\0\0"
        + mac(2)
        + b"\x40\x05"
        + b"\0\0\0\0"
        + mac(1)
        + b"\x40\x05"
    )
    return wrapped(
        ETHERNET,
        lambda p, i: ieee8023(b"\x06\x06\x03" + p if version(p) == 4 and i % 3 == 2 else snap(p)),
        extra=(ieee8023(spanning), ieee8023(discovery), tagged, ieee8023(novell)),
    )


@case(
    "eth_mpls.pcap",
    "MPLS unicast (8847) and multicast (8848): one, two and four labels, explicit null, in a VLAN",
    TALK | {"mpls": 28, "vlan": 4},
)
def eth_mpls() -> bytes:
    def labelled(packet: bytes, number: int) -> bytes:
        stack = ((100,), (100, 200), (100, 200, 300, 400), (100, 0 if version(packet) == 4 else 2))[
            number % 4
        ]
        body = mpls(packet, *stack)
        ethertype = 0x8848 if number % 5 == 4 else 0x8847
        return (
            ethernet(*vlan(body, (0x8100, 7), ethertype=ethertype))
            if number % 7 == 6
            else ethernet(body, ethertype)
        )

    return wrapped(ETHERNET, labelled)


@case(
    "eth_mpls_ethernet.pcap",
    "Ethernet pseudowires in MPLS, with a control word (RFC 4448)",
    TALK | {"mpls": 28, "pwethcw": 28},
    options=("-d", "mpls.label==500,pwethcw"),
)
def eth_mpls_ethernet() -> bytes:
    return wrapped(
        ETHERNET, lambda p, i: ethernet(mpls(struct.pack(">I", i) + ethernet(p, src=7, dst=8), 500), 0x8847)
    )


@case(
    "eth_pppoe.pcap",
    "PPPoE sessions (8864) with IPv4, IPv6, LCP, in a VLAN, padded; PPPoE discovery (8863)",
    TALK | {"frame": 31, "pppoed": 1, "lcp": 2, "vlan": 6},
)
def eth_pppoe() -> bytes:
    def session(packet: bytes, number: int) -> bytes:
        body = pppoe(ppp(packet, short=number % 6 == 3))
        return (
            ethernet(*vlan(body, (0x8100, 7), ethertype=0x8864))
            if number % 5 == 4
            else ethernet(body, 0x8864, pad=True)
        )

    extra = (
        ethernet(pppoe(struct.pack(">HH", 0x0101, 0), session=0, code=9), 0x8863, pad=True),
        ethernet(pppoe(ppp(lcp_echo(), 0xC021)), 0x8864, pad=True),
        ethernet(*vlan(pppoe(ppp(lcp_echo(True), 0xC021)), (0x8100, 7), ethertype=0x8864)),
    )
    return wrapped(ETHERNET, session, extra=extra)


@case(
    "eth_other.pcap",
    "ARP, LLDP, EAPOL, an unknown ethertype over something that begins like IPv4, an IPv4 ethertype over 4 "
    "and over "
    "60 other bytes, IPv4's ethertype over IPv6; runts of 13 and 1 byte; one readable packet",
    {"frame": 12, "arp": 2, "lldp": 1, "eapol": 1, "icmp": 1, "_ws.malformed": 4},
)
def eth_other() -> bytes:
    lldp = b"\x02\x07\x04" + mac(1) + b"\x04\x02\x07a" + b"\x06\x02\0\x78" + b"\0\0"
    frames = [
        ethernet(arp(), 0x0806, pad=True),
        ethernet(arp(True), 0x0806, pad=True),
        ethernet(lldp, 0x88CC),
        ethernet(b"\x01\x01\0\0", 0x888E, pad=True),
        ethernet(V4.udp(7, 7, b"n" * 20), 0x88B5),
        ethernet(b"\x45\0\0\x1c", 0x0800),
        ethernet(filler(60), 0x0800),
        ethernet(ping(V6)[0], 0x0800),
        ethernet(b"", 0x0800),
        ethernet(b"", 0x0800)[:13],
        b"\x02",
        ethernet(ping(V4)[0]),
    ]
    return pcap(timed(frames))


@case(
    "eth_trailer.pcap",
    "IP packets with bytes behind them that are no padding: not part of any length",
    {"frame": 10, "tcp": 10},
)
def eth_trailer() -> bytes:
    return pcap(timed([ethernet(p) + filler(1 + i) for i, p in enumerate(web(V4))]))
