"""Captures for what the file reader must know: the dialects of pcap and the blocks of pcapng."""

from __future__ import annotations

import struct

from .cases import TALK, TALK4, V4, V6, case, ping, talk, talk4, talk6
from .files import ETHERNET, SECOND, START, Packet, Section, padded, pcap, timed
from .wire import ethernet, frame_check

NULL, RAW, SLL, LOOP, USER0 = 0, 101, 113, 108, 147


def frames() -> list[Packet]:
    """The talk over Ethernet; 1 ms and 1 ns apart alternately, so that a reader's resolution shows."""
    packets = [ethernet(packet) for packet in talk()]
    return [
        Packet(START * SECOND + i // 2 * 1_000_000 + i % 2 * 1_001 + i, frame, len(frame))
        for i, frame in enumerate(packets)
    ]


for _order, _suffix, _words in (("<", "le", "little-endian"), (">", "be", "big-endian")):
    case(f"format_us_{_suffix}.pcap", f"pcap, µs, {_words}", TALK)(
        lambda order=_order: pcap(frames(), order=order)
    )
    case(f"format_ns_{_suffix}.pcap", f"pcap, ns, {_words}", TALK)(
        lambda order=_order: pcap(frames(), order=order, nanoseconds=True)
    )
    case(
        f"format_modified_{_suffix}.pcap",
        f"pcap with Kuznetzov's modified record header (24 bytes), µs, {_words}",
        TALK,
    )(lambda order=_order: pcap(frames(), order=order, modified=True))


@case("format_snaplen_exceeded.pcap", "records longer than the header's snap length of 64", TALK)
def snaplen_exceeded() -> bytes:
    return pcap(frames(), snaplen=64)


@case("format_snaplen_zero.pcap", "a snap length of 0 in the header, which means none", TALK)
def snaplen_zero() -> bytes:
    return pcap(frames(), snaplen=0)


@case(
    "format_fcs.pcap",
    "link type field with the length of the frame check sequence in its upper bits; each frame has one",
    TALK | {"eth.fcs": 28},
)
def format_fcs() -> bytes:
    packets = [frame_check(ethernet(packet, pad=True)) for packet in talk()]
    return pcap(timed(packets), 0x24000000 | ETHERNET)


@case("empty_us_le.pcap", "pcap without a packet, little-endian", {"frame": 0})
def empty_le() -> bytes:
    return pcap([])


@case("empty_ns_be.pcap", "pcap without a packet, ns, big-endian", {"frame": 0})
def empty_be() -> bytes:
    return pcap([], order=">", nanoseconds=True)


@case("empty_interface.pcapng", "pcapng with an interface and no packet", {"frame": 0})
def empty_interface() -> bytes:
    return Section().interface().encode()


@case("empty_section.pcapng", "pcapng with a section header alone", {"frame": 0})
def empty_section() -> bytes:
    return Section(">").encode()


@case(
    "time_disorder.pcap",
    "packets out of time order, by 20 ms and by 10 s; first packet not the earliest",
    TALK4 | {"frame.time_relative < 0": 2},
)
def time_disorder() -> bytes:
    seconds = [0.0, 0.01, -10.0, 0.02, 0.0, 0.03, 0.04, 0.02, 0.05, 0.06, 0.07, -10.01, 0.08, 0.09]
    return pcap(timed([(when, ethernet(packet)) for when, packet in zip(seconds, talk4(), strict=True)]))


@case(
    "time_extremes.pcap", "times 0, 1 µs, 2³¹−1 s, 2³¹ s and 2³²−1 s with 999999 µs", {"frame": 5, "udp": 5}
)
def time_extremes() -> bytes:
    data = ethernet(V4.udp(1, 2, b"time"))
    times = [0, 1000, (2**31 - 1) * SECOND, 2**31 * SECOND, (2**32 - 1) * SECOND + 999_999_000]
    return pcap([Packet(time, data, len(data)) for time in times])


@case(
    "snap_cut.pcap",
    "packets cut by snap lengths from 96 down to 14 and 0 bytes: IPv4 and IPv6, TCP, UDP, ICMP",
    {"frame": 48, "ip": 18, "ipv6": 21, "tcp": 6, "_ws.short": 32},
)
def snap_cut() -> bytes:
    sources = [
        ethernet(p)
        for p in (
            V4.udp(1, 2, b"z" * 500),
            V6.udp(1, 2, b"z" * 500),
            V4.tcp(3, 4, "PA", 1, 1, b"z" * 500),
            V6.tcp(3, 4, "PA", 1, 1, b"z" * 500),
            ping(V4)[0],
            ping(V6)[0],
        )
    ]
    cuts = [96, 74, 54, 42, 34, 30, 14, 0]
    packets = timed([frame for frame in sources for _ in cuts])
    return pcap([packet.cut(cuts[i % len(cuts)]) for i, packet in enumerate(packets)], snaplen=96)


# pcapng


@case(
    "ng_sections.pcapng", "three sections: little-endian, big-endian (its length known), little-endian", TALK
)
def ng_sections() -> bytes:
    packets = frames()
    out = b""
    for order, known, part in (
        ("<", False, packets[:10]),
        (">", True, packets[10:20]),
        ("<", True, packets[20:]),
    ):
        section = Section(order, known_length=known).interface()
        for packet in part:
            section.enhanced(packet)
        out += section.encode()
    return out


@case("ng_big_endian.pcapng", "one big-endian section", TALK)
def ng_big_endian() -> bytes:
    section = Section(">").interface()
    for packet in frames():
        section.enhanced(packet)
    return section.encode()


@case(
    "ng_interfaces.pcapng",
    "interfaces with the link types Ethernet, RAW, LINUX_SLL and LOOP, their packets mixed; the fourth is "
    "declared after the first "
    "packets; a fifth has the link type USER0 (147), which is not supported",
    TALK | {"frame": 30},
)
def ng_interfaces() -> bytes:
    section = Section()
    for link in (ETHERNET, RAW, SLL):
        section.interface(link)
    packets = talk()
    for i, packet in enumerate(packets):
        if i == 6:
            section.interface(LOOP).interface(USER0)
        number = i % (3 if i < 6 else 4)
        family = 2 if packet[0] >> 4 == 4 else 24
        data = [
            lambda p: ethernet(p),
            lambda p: p,
            lambda p: struct.pack(">HHH8s", 0, 1, 6, b"\2\0\0\0\0\1") + ethernet(p)[12:],
            lambda p, family=family: struct.pack(">I", family) + p,
        ][number](packet)
        section.enhanced(timed([(i / 100, data)])[0], number)
        if i in (8, 20):
            section.enhanced(timed([(i / 100, b"not IP at all")])[0], 4)
    return section.encode()


@case(
    "ng_tsresol.pcapng",
    "if_tsresol of 6, 9, 12, 3 and 0 (powers of 10) and of 10, 20, 30 and 2 (powers of 2), a packet each; "
    "1700000000.75 s, less .75 s "
    "where the resolution is 1 s (tshark 4.0 overflows at 10⁻¹² s and says another fraction of the second)",
    {"frame": 9, "frame.time_epoch == 1700000000.75": 7, "frame.time_epoch == 1700000000": 1},
)
def ng_tsresol() -> bytes:
    section = Section()
    packet = timed([(0.75, ethernet(V4.udp(1, 2, b"time")))])[0]
    for number, resolution in enumerate((6, 9, 12, 3, 0, 0x80 | 10, 0x80 | 20, 0x80 | 30, 0x80 | 2)):
        offset = START - 1000 if resolution == 12 else 0  # 64 bits of 10^-12 s are 213 days
        options = section.option(9, bytes([resolution])) + (
            section.option(14, struct.pack("<q", offset)) if offset else b""
        )
        section.interface(options=options).enhanced(packet, number, resolution=resolution, offset=offset)
    return section.encode()


@case(
    "ng_tsoffset.pcapng",
    "if_tsoffset of 1600000000 s and of −86400 s, with µs and ns",
    {"frame": 4, "frame.time_epoch == 1700000000.5": 4},
)
def ng_tsoffset() -> bytes:
    section = Section()
    packet = timed([(0.5, ethernet(V4.udp(1, 2, b"time")))])[0]
    for number, (resolution, offset) in enumerate(
        ((6, 1_600_000_000), (9, 1_600_000_000), (6, -86400), (9, -86400))
    ):
        options = section.option(9, bytes([resolution])) + section.option(14, struct.pack("<q", offset))
        section.interface(options=options)
        section.enhanced(packet, number, resolution=resolution, offset=offset)
    return section.encode()


@case(
    "ng_simple.pcapng",
    "Simple Packet Blocks (no time) in a section with one interface whose snap length of 60 cuts them",
    {"frame": 14, "ip": 14, "tcp": 10, "frame.len > 60": 14},
)
def ng_simple() -> bytes:
    section = Section().interface(snaplen=60)
    for packet in timed([ethernet(p + b"\0" * 40) for p in talk4()]):
        section.simple(packet.cut(60))
    return section.encode()


@case("ng_simple_full.pcapng", "Simple Packet Blocks under a snap length of 0 (none), big-endian", TALK4)
def ng_simple_full() -> bytes:
    section = Section(">").interface(snaplen=0)
    for packet in timed([ethernet(p) for p in talk4()]):
        section.simple(packet)
    return section.encode()


@case(
    "ng_old_packet.pcapng", "the obsolete Packet Block on two interfaces, with and without a drop count", TALK
)
def ng_old_packet() -> bytes:
    section = Section().interface().interface(RAW)
    for i, packet in enumerate(frames()):
        number = i % 2
        data = packet.data[14 * number :]
        section.old(Packet(packet.time, data, len(data)), number, drops=0xFFFF if i % 3 else 2)
    return section.encode()


@case(
    "ng_options.pcapng",
    "options everywhere: comments, names, hardware, filter, speed, flags, hash, packet id, queue, verdict, "
    "unknown and custom ones; the last packet's list lacks the end of options",
    TALK | {"frame": 29, "ip": 15, "dns": 5},
)
def ng_options() -> bytes:
    section = Section("<")
    option = section.option
    section.options = (
        option(1, b"made for tests") + option(2, b"none") + option(3, b"any") + option(4, b"pcapgen")
    )
    custom = option(2988, struct.pack("<I", 32473) + b"text") + option(
        19373, struct.pack("<I", 32473) + b"\1\2\3\4"
    )
    section.interface(
        options=option(2, b"eth0")
        + option(3, "première".encode())
        + option(4, bytes([10, 1, 0, 1, 255, 0, 0, 0]))
        + option(6, b"\2\0\0\0\0\1")
        + option(8, struct.pack("<Q", 10**9))
        + option(9, b"\6")
        + option(11, b"\0ip or ip6")
        + option(12, b"any")
        + option(13, b"\0")
        + custom
        + option(0x7FFF, b"?")
    )
    for i, packet in enumerate(frames()):
        options = option(2, struct.pack("<I", i % 2 + 1))
        if i % 3 == 0:
            options += option(1, b"a comment with 3 bytes of padding"[: 30 + i % 4]) + option(
                3, b"\2" + bytes(4)
            )
        if i % 5 == 0:
            options += (
                option(4, struct.pack("<Q", i))
                + option(5, struct.pack("<Q", i))
                + option(6, bytes(4))
                + custom
            )
        section.enhanced(packet, options=options)
    last = frames()[0]
    tick = last.time // 1000 + 1_000_000
    section.block(
        6,
        struct.pack("<IIIII", 0, tick >> 32, tick & 0xFFFFFFFF, last.size, last.size)
        + padded(last.data)
        + option(1, b"no end"),
    )
    return section.encode()


@case(
    "ng_blocks.pcapng",
    "between the packets: Name Resolution, Interface Statistics, Decryption Secrets, two "
    "Custom Blocks (tshark counts them as packets), an unknown type, one without a body",
    TALK | {"frame": 30},
)
def ng_blocks() -> bytes:
    section = Section().interface()
    packets = frames()
    option = section.option

    def some(first: int, last: int) -> None:
        for packet in packets[first:last]:
            section.enhanced(packet)

    some(0, 4)
    names = (
        option(1, bytes([10, 9, 8, 7]) + b"www.example.test\0")
        + option(2, V6.dst.packed + b"six.example.test\0")
        + bytes(4)
    )
    section.block(4, names)
    some(4, 8)
    secrets = b"CLIENT_RANDOM " + b"00" * 32 + b" " + b"11" * 48 + b"\n"
    section.block(10, struct.pack("<II", 0x544C534B, len(secrets)) + secrets + bytes(-len(secrets) % 4))
    some(8, 12)
    section.block(0x0BAD, struct.pack("<I", 32473) + b"copied!!")
    section.block(0x40000BAD, struct.pack("<I", 32473) + b"not copied..")
    some(12, 20)
    section.block(0x0000BEEF, b"an unknown block")
    section.block(0x8000BEEF, b"")
    some(20, 28)
    tick = packets[-1].time // 1000
    section.block(
        5,
        struct.pack("<III", 0, tick >> 32, tick & 0xFFFFFFFF)
        + option(4, struct.pack("<Q", 28))
        + option(5, struct.pack("<Q", 0))
        + option(0, b""),
    )
    return section.encode()


def notes_of(order: str) -> bytes:
    """A file with what a capture can say of interfaces and packets."""
    section = Section(order)

    def option(code: int, form: str, *values: object) -> bytes:
        return section.option(code, struct.pack(order + form, *values))

    def text(code: int, value: str) -> bytes:
        return section.option(code, value.encode())

    def verdict(kind: int, value: bytes) -> bytes:
        return section.option(7, bytes([kind]) + value)

    names = (
        b"",
        text(2, "eth0") + text(3, "première"),
        text(3, "a description alone"),
        text(2, "first\0behind") + text(2, "second") + text(3, "one") + text(3, "two"),
    )
    for options in names:
        section.interface(NULL, options=options)
    said = [
        text(1, "one comment"),
        text(1, "first of three") + text(1, "") + text(1, "ends\0here"),
        option(2, "I", 0),
        option(2, "I", 0x00000109) + option(2, "I", 2),
        option(4, "Q", 0) + text(1, "tab\tand \"quote\""),
        option(4, "Q", 2**64 - 1) + option(4, "Q", 5),
        option(5, "Q", 2**63 + 1) + option(6, "I", 3),
        option(2, "I", 0xFFFFFFFF),
        verdict(0, b"\1\2\3") + verdict(1, struct.pack(order + "q", -2)),
        verdict(2, struct.pack(order + "q", 2**40)) + verdict(2, struct.pack(order + "q", 0)),
        verdict(9, b"no kind that is known"),
        section.option(3, b"\2" + bytes(4)) + section.option(0x7FFF, b"?"),
        *(option(2, "I", 1 << bit | 2) for bit in range(24, 32)),
    ]
    # Packets that are a head alone: all is said beside them.
    packets = timed([struct.pack("<I", 200 + i) for i in range(25)])
    for i, packet in enumerate(packets[:-2]):
        section.enhanced(packet, i % len(names), options=said[i] if i < len(said) else b"")
    section.old(packets[-2], 1, drops=7)
    section.old(packets[-1], 2, drops=0)
    return section.encode()


@case(
    "ng_notes.pcapng",
    "what a file says beside the packets: interfaces with and without names, comments, all flags, dropped packets, "
    "packet ids, queues, verdicts",
    {"frame": 25},
)
def ng_notes() -> bytes:
    return notes_of("<")


@case("ng_notes_be.pcapng", "ng_notes.pcapng in big-endian", {"frame": 25})
def ng_notes_big_endian() -> bytes:
    return notes_of(">")


@case(
    "ng_late_interface.pcapng",
    "a second section whose interface 0 has another link type than the first section's",
    TALK,
)
def ng_late_interface() -> bytes:
    first, second = Section().interface(), Section().interface(RAW)
    for packet in timed([ethernet(p) for p in talk4()]):
        first.enhanced(packet)
    for packet in timed(talk6(), start=1):
        second.enhanced(packet)
    return first.encode() + second.encode()
