"""Stream numbers by the documented rule, from tshark's layers but not from its numbers.

Used where tshark's own conversation key is another one (Frame Relay), and checked against tshark everywhere else.
"""

from __future__ import annotations

from collections.abc import Iterator

from layers import IP, PREFIX, ends
from pdml import Frame, Layer

SYN, ACK = 0x02, 0x10


def headers(frames: list[Frame], whole_only: bool = False) -> Iterator[tuple[Frame, Layer, str, tuple, tuple]]:
    """All TCP and UDP headers that tshark numbers, quoted and outer ones too: frame, layer, "tcp" or "udp" (which
    UDP-Lite shares), source and destination with their ports; `whole_only` as in layers.ends()."""
    for frame in frames:
        hosts: tuple[str | None, str | None] = None, None
        for place, layer in enumerate(frame.layers):
            if layer.name in IP:
                hosts = ends(layer, frame.layers[place + 1 :], whole_only)
                continue
            name = PREFIX.get(layer.name, layer.name)
            if name in ("tcp", "udp") and None not in hosts and layer.get(f"{name}.stream") is not None:
                ports = layer.number(f"{name}.srcport"), layer.number(f"{name}.dstport")
                yield frame, layer, name, (hosts[0], ports[0]), (hosts[1], ports[1])


def numbers(frames: list[Frame], whole_only: bool = False) -> dict[tuple[int, int], int]:
    """Stream by frame number and place of the transport header."""
    found: dict[tuple[int, int], int] = {}
    counters = {"tcp": 0, "udp": 0}
    newest: dict[tuple, tuple[int, dict]] = {}
    for frame, layer, name, src, dst in headers(frames, whole_only):
        found[frame.number, layer.pos] = _one(layer, name, src, dst, counters, newest)
    return found


def _one(layer: Layer, name: str, src: tuple, dst: tuple, counters: dict[str, int], newest: dict) -> int:
    key = (name, frozenset([(src, 1), (dst, 1)]))
    number, base = newest.get(key, (None, {}))
    if number is None or (name == "tcp" and _restarts(layer, src, base)):
        number, base = counters[name], {}
        counters[name] += 1
        newest[key] = number, base
    if name == "tcp" and "icmp" not in layer.inside and "icmpv6" not in layer.inside:
        flags, seq, ack = (layer.number(x) or 0 for x in ("tcp.flags", "tcp.seq_raw", "tcp.ack_raw"))
        base.setdefault(src, seq if flags & SYN else (seq - 1) & 0xFFFFFFFF)
        if flags & ACK:
            base.setdefault(dst, (ack - 1) & 0xFFFFFFFF)
    return number


def _restarts(layer: Layer, src: tuple, base: dict) -> bool:
    """Port reuse: a SYN without ACK whose sequence number is not the one the direction began with."""
    flags, seq = layer.number("tcp.flags") or 0, layer.number("tcp.seq_raw")
    if seq is None:  # a quoted header, whose number tshark gives as it is
        seq = layer.number("tcp.seq")
    return flags & (SYN | ACK) == SYN and src in base and seq is not None and base[src] != seq
