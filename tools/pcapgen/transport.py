"""Captures of TCP connections: how they begin, end, and follow each other on the same ports."""

from __future__ import annotations

from .cases import V4, V6, Tcp, case, web
from .files import on_ethernet
from .wire import filler

REQUEST, ANSWER = filler(120), filler(900, 7)


def exchange(talk: Tcp, request: bytes = REQUEST, answer: bytes = ANSWER) -> list[bytes]:
    return [talk.c("PA", request), talk.s("A"), talk.s("PA", answer), talk.c("A")]


@case(
    "tcp_close_fin.pcap",
    "handshake, data, both FINs acknowledged: in three packets, in four, closed by the server first; IPv6",
    {
        "frame": 43,
        "tcp.stream == 0": 10,
        "tcp.stream == 1": 11,
        "tcp.stream == 2": 11,
        "tcp.stream == 3": 11,
        "tcp.flags.fin == 1": 8,
    },
)
def close_fin() -> bytes:
    packets = []
    for i, ends in enumerate((V4, V4, V4, V6)):
        talk = Tcp(ends, 50000 + i, 443)
        packets += talk.open() + exchange(talk)
        if i == 0:
            packets += talk.close()
        elif i == 1:
            packets += [talk.c("FA"), talk.s("A"), talk.s("FA"), talk.c("A")]
        else:
            packets += [talk.s("FA"), talk.c("A"), talk.c("FA"), talk.s("A")]
    return on_ethernet(packets)


@case(
    "tcp_close_half.pcap",
    "FINs that are not both acknowledged: one FIN only, both sent and one acknowledged, both and none",
    {"frame": 28, "tcp.flags.fin == 1": 5, "tcp.stream": 28},
)
def close_half() -> bytes:
    one, two, none = (Tcp(V4, 50000 + i, 443) for i in range(3))
    packets = [*one.open(), *exchange(one), one.c("FA"), one.s("A")]
    packets += [*two.open(), *exchange(two), two.c("FA"), two.s("FA")]
    packets += [*none.open(), *exchange(none)]
    packets += [none.c("FA"), none.ends.back().tcp(443, none.sport, "FA", none.ack, none.seq - 1)]
    return on_ethernet([*packets, two.s("A")])


@case(
    "tcp_close_rst.pcap",
    "reset by the client, by the server, in answer to the SYN, after FIN, with data behind",
    {"frame": 36, "tcp.flags.reset == 1": 5},
)
def close_rst() -> bytes:
    talks = [Tcp(V4, 50000 + i, 443) for i in range(5)]
    client, server, refused, late, after = talks
    packets = [*client.open(), *exchange(client), client.c("RA")]
    packets += [*server.open(), *exchange(server), server.s("R")]
    packets += [refused.c("S"), refused.s("RA")]
    packets += [*late.open(), *exchange(late), *late.close(), late.c("R")]
    packets += [*after.open(), after.c("PA", REQUEST), after.s("R"), after.c("PA", REQUEST), after.c("A")]
    return on_ethernet(packets)


@case(
    "tcp_port_reuse.pcap",
    "the same ports three times with new sequence numbers: after FIN, after RST, in the middle of a "
    "connection; "
    "a packet of the second that comes late",
    {"frame": 35, "tcp.stream == 0": 10, "tcp.stream == 1": 8, "tcp.stream == 2": 7, "tcp.stream == 3": 10},
)
def port_reuse() -> bytes:
    first, second, third = (
        Tcp(V4, 50000, 443, isn=1000 + 1_000_000 * i, peer_isn=5_000_000 + 1_000_000 * i) for i in range(3)
    )
    packets = [*first.open(), *exchange(first), *first.close()]
    packets += [*second.open(), *exchange(second), second.c("RA")]
    packets += [*third.open(), *exchange(third)]
    return on_ethernet([*packets, *web_on(50000, isn=9_000_000)])


def web_on(sport: int, isn: int) -> list[bytes]:
    talk = Tcp(V4, sport, 443, isn=isn, peer_isn=isn + 77)
    return [*talk.open(), *exchange(talk), *talk.close()]


@case(
    "tcp_port_reuse_late.pcap",
    "ports used again; then the acknowledgement and a data packet of the first connection arrive",
    {"frame": 22, "tcp.stream == 0": 10, "tcp.stream == 1": 12},
)
def port_reuse_late() -> bytes:
    old = Tcp(V4, 50000, 443)
    first = [*old.open(), *exchange(old), *old.close()]
    return on_ethernet(
        [
            *first,
            *web_on(50000, 9_000_000)[:5],
            old.c("A"),
            old.s("PA", REQUEST),
            *web_on(50000, 9_000_000)[5:],
        ]
    )


@case(
    "tcp_syn_again.pcap",
    "the SYN sent three times with the same sequence number, the SYN-ACK twice; IPv6: a SYN with data (fast "
    "open) "
    "sent twice",
    {"frame": 18, "tcp.stream == 0": 13, "tcp.stream == 1": 5},
)
def syn_again() -> bytes:
    talk = Tcp(V4, 50000, 443)
    syn, answer, ack = talk.open()
    packets = [
        (0.0, syn),
        (1.0, syn),
        (3.0, syn),
        (3.1, answer),
        (3.2, answer),
        ack,
        *exchange(talk),
        *talk.close(),
    ]
    fast = Tcp(V6, 50001, 443)
    opening = fast.c("S", REQUEST)
    return on_ethernet([*packets, (5.0, opening), (6.0, opening), fast.s("SA"), fast.c("A"), fast.s("RA")])


@case(
    "tcp_midstream.pcap",
    "begins in the middle of connections: with data of the client, with data of the server, with an "
    "acknowledgement alone, with a FIN; later the ports open anew",
    {
        "frame": 31,
        "tcp.stream == 0": 7,
        "tcp.stream == 1": 5,
        "tcp.stream == 2": 6,
        "tcp.stream == 3": 3,
        "tcp.stream == 4": 10,
    },
)
def midstream() -> bytes:
    talks = [Tcp(V4, 50000 + i, 443, isn=70_000, peer_isn=90_000) for i in range(4)]
    client, server, bare, closing = talks
    packets = [*exchange(client), *client.close()]
    packets += [server.s("PA", ANSWER), server.c("A"), *server.close()]
    packets += [bare.c("A"), *exchange(bare), bare.c("RA")]
    packets += closing.close()
    return on_ethernet([*packets, *web_on(50000, 9_000_000)])


@case(
    "tcp_syn_ack_first.pcap",
    "the SYN is missing, the SYN-ACK comes first; so does the SYN-ACK before its SYN (IPv6)",
    {"frame": 19, "tcp.stream == 0": 9, "tcp.stream == 1": 10},
)
def syn_ack_first() -> bytes:
    talk, six = Tcp(V4, 50000, 443), Tcp(V6, 50000, 443)
    lost = [*talk.open(), *exchange(talk), *talk.close()]
    swapped = six.open()
    return on_ethernet([*lost[1:], swapped[1], swapped[0], swapped[2], *exchange(six), *six.close()])


@case(
    "tcp_simultaneous_open.pcap",
    "both sides send a SYN, both answer with SYN-ACK (RFC 9293 §3.5); then both close at once",
    {"frame": 12, "tcp.flags.syn == 1": 4, "tcp.stream == 0": 12},
)
def simultaneous_open() -> bytes:
    a, b = V4, V4.back()
    x, y = 1000, 5_000_000
    packets = [
        a.tcp(6000, 6001, "S", x, 0),
        b.tcp(6001, 6000, "S", y, 0),
        a.tcp(6000, 6001, "SA", x, y + 1),
        b.tcp(6001, 6000, "SA", y, x + 1),
    ]
    packets += [
        a.tcp(6000, 6001, "PA", x + 1, y + 1, REQUEST),
        b.tcp(6001, 6000, "A", y + 1, x + 121),
        b.tcp(6001, 6000, "PA", y + 1, x + 121, ANSWER),
        a.tcp(6000, 6001, "A", x + 121, y + 901),
    ]
    packets += [
        a.tcp(6000, 6001, "FA", x + 121, y + 901),
        b.tcp(6001, 6000, "FA", y + 901, x + 121),
        a.tcp(6000, 6001, "A", x + 122, y + 902),
        b.tcp(6001, 6000, "A", y + 902, x + 122),
    ]
    return on_ethernet(packets)


@case(
    "tcp_server_syn.pcap",
    "after a connection has closed, the server's side opens one on the same two ports; a data packet of "
    "the server, then a SYN with the number just before it",
    {"frame": 23, "tcp.stream == 0": 10, "tcp.stream == 1": 10, "tcp.stream == 2": 3},
)
def server_syn() -> bytes:
    talk = Tcp(V4, 50000, 443)
    back = Tcp(V4.back(), 443, 50000, isn=8_000_000, peer_isn=2_000_000)
    packets = [*talk.open(), *exchange(talk), *talk.close(), *back.open(), *exchange(back), *back.close()]
    odd = V4.back()
    packets += [
        odd.tcp(443, 50001, "PA", 1001, 1, REQUEST),
        odd.tcp(443, 50001, "S", 1000, 0),
        V4.tcp(50001, 443, "SA", 7, 1001),
    ]
    return on_ethernet(packets)


@case(
    "tcp_keep_alive.pcap",
    "keep-alives with no and with one byte, and their answers, after quiet minutes; window probes",
    {
        "frame": 19,
        "tcp.analysis.keep_alive": 2,
        "tcp.analysis.keep_alive_ack": 2,
        "tcp.analysis.zero_window_probe": 1,
    },
)
def keep_alive() -> bytes:
    talk = Tcp(V4, 50000, 443)
    packets = [*talk.open(), *exchange(talk)]
    for minute, payload in ((2, b""), (4, b"\x80")):
        probe = V4.tcp(50000, 443, "A", talk.seq - 1, talk.ack, payload)
        packets += [(60.0 * minute, probe), talk.s("A")]
    packets += [(300.0, talk.s("PA", ANSWER)), talk.c("A", window=0)]
    packets += [talk.s("A", b"\x81"), talk.c("A", window=0)]
    talk.c("A")
    return on_ethernet([*packets, talk.c("A"), *talk.close()])


@case(
    "tcp_gaps.pcap",
    "quiet times of 0.5 s, 29 s, 61 s, 121 s, 3 601 s within connections and UDP flows that take turns",
    {"frame": 36, "tcp": 24, "udp": 12},
)
def gaps() -> bytes:
    first, second = Tcp(V4, 50000, 443), Tcp(V6, 50001, 443)
    packets: list = [*first.open(), *second.open()]
    now = 1.0
    for gap in (0.5, 29.0, 61.0, 121.0, 3601.0):
        for size in (40, 90):
            packets.append((now, V4.udp(6000, 6001, filler(size))))
            now += 0.001
        packets += [(now, first.c("PA", REQUEST)), first.s("A"), second.s("PA", ANSWER)]
        now += gap
    packets += [
        (now, second.c("A")),
        *first.close()[:2],
        V4.udp(6000, 6001, filler(10)),
        V6.udp(6000, 6001, filler(10)),
    ]
    return on_ethernet(packets)


@case(
    "tcp_loss.pcap",
    "retransmission, fast retransmission after three duplicate acknowledgements, reordering, a lost segment "
    "never seen "
    "again, a window that closes and opens; time stamp options",
    {
        "frame": 29,
        "tcp.analysis.retransmission": 3,
        "tcp.analysis.duplicate_ack": 4,
        "tcp.analysis.lost_segment": 3,
    },
)
def loss() -> bytes:
    talk = Tcp(V4, 50000, 443)
    stamps = b"\x01\x01\x08\x0a\0\0\0\1\0\0\0\2"
    packets: list = [*talk.open(), *exchange(talk)]

    def segment(number: int) -> bytes:
        return V4.back().tcp(443, 50000, "A", base + 1000 * number, talk.seq, filler(1000), options=stamps)

    def acked(number: int, *, window: int = 64240) -> bytes:
        return V4.tcp(50000, 443, "A", talk.seq, base + 1000 * number, options=stamps, window=window)

    base = talk.ack
    packets += [
        segment(0),
        acked(1),
        segment(1),
        segment(3),
        acked(2),
        segment(4),
        acked(2),
        segment(5),
        acked(2),
        acked(2),
        segment(2),
        acked(6),
    ]
    packets += [segment(7), (1.0, segment(6)), acked(8), segment(9), acked(8), segment(10), acked(11)]
    packets += [segment(10), acked(11, window=0), acked(11)]
    return on_ethernet(packets)


@case(
    "tcp_ports.pcap",
    "same port at both ends, port 0, the same addresses and swapped ports in two connections, the same "
    "ports with "
    "other addresses",
    {"frame": 50, "tcp.stream <= 4": 50},
)
def ports() -> bytes:
    packets = []
    for ends, sport, dport in (
        (V4, 7000, 7000),
        (V4, 0, 80),
        (V4, 443, 80),
        (V4.back(), 443, 80),
        (V6, 443, 80),
    ):
        talk = Tcp(ends, sport, dport)
        packets += [*talk.open(), *exchange(talk), *talk.close()]
    return on_ethernet(packets)


@case(
    "tcp_flags.pcap",
    "packets with each TCP flag alone, none, all; AE (the ninth), ECN set-up",
    {"frame": 14, "tcp.flags.ae == 1": 3, "tcp.flags == 0": 1},
)
def flags() -> bytes:
    letters = ["", "F", "S", "R", "P", "A", "U", "E", "C", "N", "FSRPAUECN", "SNCE", "SAE", "A"]
    return on_ethernet(
        [
            V4.tcp(50000 + i, 443, combination, 1000, 1 if "A" in combination else 0)
            for i, combination in enumerate(letters)
        ]
    )


@case(
    "flows_mixed.pcap",
    "eight HTTP connections interleaved over IPv4 and IPv6",
    {"frame": 80, "tcp": 80, "tcp.flags.syn == 1 and tcp.flags.ack == 0": 8},
)
def mixed() -> bytes:
    talks = [web(V4 if i % 2 else V6, sport=50000 + i, size=100 * (i + 1), isn=1000 * i) for i in range(8)]
    order = [(step * 10 + 3 * i, i, step) for i in range(8) for step in range(10)]
    return on_ethernet([talks[i][step] for _, i, step in sorted(order)])
