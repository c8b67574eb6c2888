"""The flow table that tshark's dissection of a capture implies, by the letter of the documentation."""

from __future__ import annotations

import ipaddress
import struct
from dataclasses import dataclass, field
from pathlib import Path as FilePath

import numbering
import pdml
import records
from layers import IP, PREFIX, TRANSPORT, Hop, Path, damaged_home, path
from pdml import Frame, Layer
from rules import Uses

SYN, FIN, RST, ACK = 0x02, 0x01, 0x04, 0x10
FLAG_BITS = (
    0x1FF  # the eight of RFC 9293 and AE (RFC 7560); the other three of tshark's tcp.flags are reserved
)
ECHO = {1: (8, 0), 58: (128, 129)}
NO_DEFRAGMENTATION = ("-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE")
# Link protocols that are read; an IP header under another one is not reached (rule link-not-read).
LINKS = frozenset(
    """eth vlan ieee8021ad ieee8021ah sll nflog null chdlc mpls ppp pppoes raw wlan radiotap wlan_radio llc
    fr pkt_comment""".split()
)


@dataclass(slots=True)
class Packet:
    frame: int
    time_ns: int
    src: tuple[str, int | None]
    dst: tuple[str, int | None]
    length: int
    payload: int
    flags: int = 0
    seq: int = 0
    ack: int = 0
    vlan: list[int] = field(default_factory=list)
    icmp: tuple[int | None, int | None, int | None] = (None, None, None)
    tunnel: tuple[str | None, str | None, str | None, int | None] = (None, None, None, None)


@dataclass(slots=True)
class Flow:
    protocol: int
    version: int
    key: tuple
    stream: int | None
    packets: list[Packet] = field(default_factory=list)
    vlan: list[int] = field(default_factory=list)
    icmp: tuple[int | None, int | None, int | None] = (None, None, None)
    tunnel: tuple[str | None, str | None, str | None, int | None] = (None, None, None, None)
    cut_by_reuse: bool = False
    has_fragments: bool = False

    @property
    def initiator(self) -> tuple[str, int | None]:
        """Who sent the SYN, else the SYN-ACK's receiver, else who sent the first packet."""
        if self.protocol == 6:
            for packet in self.packets:
                if packet.flags & (SYN | ACK) == SYN:
                    return packet.src
            for packet in self.packets:
                if packet.flags & (SYN | ACK) == SYN | ACK:
                    return packet.dst
        return self.packets[0].src

    @property
    def responder(self) -> tuple[str, int | None]:
        first = self.packets[0]
        return first.dst if first.src == self.initiator else first.src

    @property
    def end_reason(self) -> str:
        if self.cut_by_reuse:
            return "port_reuse"
        if self.protocol != 6:
            return "capture_end"
        if any(x.flags & RST for x in self.packets):
            return "rst"
        return "fin" if self._closed() else "capture_end"

    def _closed(self) -> bool:
        """Both FINs were acknowledged: sequence numbers modulo 2^32."""
        fins: dict[tuple, int] = {}
        acknowledged = set()
        for packet in self.packets:
            other = fins.get(packet.dst) if packet.dst in fins else None
            if packet.flags & ACK and other is not None and ((packet.ack - other) & 0xFFFFFFFF) < 0x80000000:
                acknowledged.add(packet.dst)
            if packet.flags & FIN:
                fins[packet.src] = (packet.seq + packet.payload + 1) & 0xFFFFFFFF
        return len(acknowledged) == 2


def address(text: str) -> str:
    return str(ipaddress.ip_address(text))


class Expectation:
    """Flows of one capture; `flows` in order of their first packet."""

    def __init__(self, capture: FilePath, options: tuple[str, ...] = ()) -> None:
        self.uses = Uses()
        if other := _other_ports(capture):
            options += other
            self.uses.note("vxlan-8472")
        self.whole = pdml.dissect(capture, options)
        self.custom_blocks = sum(1 for x in self.whole.frames if x.encap is None)
        if self.custom_blocks:
            self.uses.note("custom-block", self.custom_blocks)
        self.frames = len(self.whole.frames) - self.custom_blocks
        self._records = _records(capture, self.whole.frames)
        self.flows: list[Flow] = []
        self.protocols = frozenset(x for f in self.whole.frames for x in f.protocols)
        self._open: dict[tuple, Flow] = {}
        frames = self.whole.frames
        if any(hop.fragment for f in frames for hop in path(f).hops):
            frames = pdml.dissect(capture, options + NO_DEFRAGMENTATION).frames
        self._numbers = _numbers(self.whole.frames, self.uses)
        self._pieces = _Pieces(frames, self._numbers)
        for frame in frames:
            self._take(frame)
        self._adopt_numbers()

    # -- one frame ------------------------------------------------------------------------------------

    def _take(self, frame: Frame) -> None:
        way = path(frame)
        if way.carried_by:
            self.uses.note("link-not-read" if way.carried_by == "wlan_aggregate" else "tunnel-not-read")
        if not way.hops:
            return
        if not _link_is_read(frame):
            self.uses.note("link-not-read")
            return
        readable = [x for x in way.hops if x.readable and x.header_end <= frame.captured]
        if len(readable) < len(way.hops):
            self.uses.note("ip-header-damaged")
            way.hops = readable
            if not readable:
                return
        hop = way.hops[-1]
        piece = self._pieces.of(frame, hop)
        if piece and piece.first is None:
            self.uses.note("fragment-first-missing")
            return
        self._add(frame, way, hop, piece)

    def _add(self, frame: Frame, way: Path, hop: Hop, piece: _Datagram | None) -> None:
        source, destination = address(hop.src), address(hop.dst)
        transport = piece.transport if piece else hop.transport
        protocol = hop.protocol
        later_piece = bool(piece) and hop.fragment[0] > 0
        length = hop.length
        if _zero_length(hop):
            length = frame.length - hop.ip.pos
            transport = self._raw_transport(frame, hop)
            self.uses.note("ipv6-length-zero")
        if transport is None and _option_damaged(frame, hop):
            transport = self._raw_transport(frame, hop)
            self.uses.note("ipv6-option-damaged")
        if protocol in ECHO and not piece and frame.captured < frame.length:
            transport = self._raw_icmp(frame, hop)
        ports, extra, icmp = _discriminate(protocol, transport)
        if ports is None:
            self.uses.note("transport-cut")
            ports = (None, None)
        sender, receiver = (source, ports[0]), (destination, ports[1])
        record = self._records.get(frame.number)
        time = record.time_ns if record else frame.time_ns
        if time != frame.time_ns:
            self.uses.note("time-resolution")
        packet = Packet(frame.number, time, sender, receiver, length, 0, vlan=way.vlan, icmp=icmp)
        if len(way.hops) > 1:
            outer = way.hops[-2]
            packet.tunnel = (outer.tunnel[0], address(outer.src), address(outer.dst), outer.tunnel[1])
        rules: list[str] = []
        ip_payload = max(0, length - hop.header_bytes())
        packet.payload = ip_payload if later_piece else self._payload(protocol, transport, ip_payload, rules)
        if protocol == 6 and transport is not None and not later_piece:
            if transport.get("tcp.flags") is None and "tcp-header-damaged" in rules:
                transport = self._raw_transport(frame, hop)
            flags = transport.number("tcp.flags") or 0
            packet.flags = flags & FLAG_BITS
            if flags != packet.flags:
                self.uses.note("reserved-flag-bits")
            packet.seq = transport.number("tcp.seq_raw") or 0
            packet.ack = transport.number("tcp.ack_raw") or 0
        for rule in rules if piece is None else ():
            self.uses.note(rule)
        stream = self._stream(frame, hop, transport, piece)
        pair = tuple(sorted((sender, receiver), key=lambda x: (x[0], -1 if x[1] is None else x[1])))
        key = (protocol, pair, extra)
        flow = self._open.get(key)
        if flow is not None and stream is not None and flow.stream not in (None, stream):
            flow.cut_by_reuse = True
            flow = None
        if flow is None:
            flow = Flow(protocol, hop.version, key, stream, vlan=way.vlan, icmp=icmp, tunnel=packet.tunnel)
            self._open[key] = flow
            self.flows.append(flow)
        elif flow.stream is None:
            flow.stream = stream
        if piece:
            flow.has_fragments = True
            self.uses.note("fragment-pieces")
        flow.packets.append(packet)

    def _payload(self, protocol: int, transport: Layer | None, ip_payload: int, rules: list[str]) -> int:
        if protocol == 6 and transport is not None:
            header = transport.number("tcp.hdr_len")
            told = transport.number("tcp.len")
            if header is None or header < 20 or header > ip_payload:
                rules.append("tcp-header-damaged")
            value = max(0, ip_payload - (header or 20))
            if told is not None and told != value:
                rules.append("tcp-length-beyond-frame")
            return value
        if protocol == 6:
            return max(0, ip_payload - 20)
        if protocol in (17, 136):
            length = transport.number("udp.length") if transport is not None else None
            room = max(0, ip_payload - 8)
            if protocol == 136 or not length:
                return room
            if length - 8 > room:
                rules.append("udp-length-beyond-ip")
            return max(0, min(length - 8, room))
        if protocol == 132:
            return max(0, ip_payload - 12)
        if protocol in (1, 58):
            return max(0, ip_payload - 8)
        return ip_payload

    def _adopt_numbers(self) -> None:
        """A flow of incomplete datagrams alone lies within the stream that tshark made of a quoted header."""
        known: dict[tuple, list[tuple[int, int]]] = {}
        for frame, layer, name, src, dst in numbering.headers(self.whole.frames):
            ends = ((address(src[0]), src[1]), (address(dst[0]), dst[1]))
            number = layer.number(f"{name}.stream")
            known.setdefault((name, frozenset(ends)), []).append((frame.number, number))
        for flow in self.flows:
            first = flow.packets[0]
            key = ("tcp" if flow.protocol == 6 else "udp", frozenset((first.src, first.dst)))
            if flow.stream is None and flow.protocol in (6, 17, 136) and key in known:
                before = [n for at, n in known[key] if at <= first.frame]
                flow.stream = before[-1] if before else known[key][0][1]

    def _raw_transport(self, frame: Frame, hop: Hop) -> Layer:
        """The TCP or UDP header by the frame's own bytes, where tshark says nothing of it."""
        start = hop.ip.pos + hop.header_bytes()
        data = self._records[frame.number].data[start : start + 20].ljust(20, b"\0")
        name = TRANSPORT[hop.protocol]
        sport, dport, seq, ack, offset_flags = struct.unpack(">HHIIH", data[:14])
        fields = {"srcport": sport, "dstport": dport}
        if name == "tcp":
            fields |= {
                "seq_raw": seq,
                "ack_raw": ack,
                "hdr_len": offset_flags >> 12 << 2,
                "flags": offset_flags & 0xFFF,
            }
        return Layer(name, (), start, len(data), {f"{name}.{k}": [str(v)] for k, v in fields.items()})

    def _raw_icmp(self, frame: Frame, hop: Hop) -> Layer:
        """What is left of an ICMP header in a record that is cut; tshark shows none of it where it is short."""
        start = hop.ip.pos + hop.header_bytes()
        data = self._records[frame.number].data[start : start + 6]
        name = TRANSPORT[hop.protocol]
        fields = {f"{name}.{k}": [str(v)] for k, v in zip(("type", "code"), data)}
        if len(data) == 6 and data[0] in ECHO[hop.protocol]:
            identifier = "icmp.ident" if hop.protocol == 1 else "icmpv6.echo.identifier"
            fields[identifier] = [str(int.from_bytes(data[4:6], "big"))]
        return Layer(name, (), start, len(data), fields)

    def _stream(self, frame: Frame, hop: Hop, transport: Layer | None, piece: _Datagram | None) -> int | None:
        if hop.protocol not in (6, 17, 136):
            return None
        if piece:
            if piece.stream is None:
                self.uses.note("fragment-incomplete")
            return piece.stream
        return self._numbers.get((frame.number, hop.ip.pos))


def _records(capture: FilePath, frames: list[Frame]) -> dict[int, records.Record]:
    """The file's own records by tshark's frame number; empty where the file is not understood here."""
    found = records.read(capture.read_bytes())
    numbers = [x.number for x in frames if x.encap is not None]
    return dict(zip(numbers, found)) if found is not None and len(found) == len(numbers) else {}


def _zero_length(hop: Hop) -> bool:
    """IPv6 with TCP behind a length of 0: segmentation offload, whose packets tshark does not read."""
    return hop.version == 6 and hop.protocol == 6 and hop.length == 40


def _link_is_read(frame: Frame) -> bool:
    for layer in frame.layers:
        if layer.inside:
            continue
        if layer.name in IP:
            return True
        if layer.name not in LINKS:
            return False
    return False


def _other_ports(capture: FilePath) -> tuple[str, ...]:
    """VXLAN is also read on the port that Linux used before there was an assigned one; tshark 4.0 does not."""
    frames = pdml.dissect(capture).frames
    ports = {
        x.get(y) for f in frames for x in f.layers if x.name == "udp" for y in ("udp.srcport", "udp.dstport")
    }
    return ("-d", "udp.port==8472,vxlan") if "8472" in ports else ()


def _option_damaged(frame: Frame, hop: Hop) -> bool:
    """tshark stopped in an option that is longer than its extension header says, which is there whole."""
    if hop.protocol not in (6, 17) or not hop.extensions:
        return False
    last = hop.extensions[-1]
    # Next header, length, the option's own two bytes.
    longer = any(int(x) + 4 > last.size for x in last.fields.get("ipv6.opt.length", []))
    return longer and any(x.name == "_ws.malformed" for x in frame.layers)


def _frame_relay(frames: list[Frame]) -> bool:
    return any(layer.name == "fr" for frame in frames for layer in frame.layers)


def _numbers(frames: list[Frame], uses: Uses) -> dict[tuple[int, int], int]:
    """Stream number by frame and place of the IP header, with tshark's defragmentation as it is by default."""
    result = {}
    relayed = _frame_relay(frames)
    damaged = any(damaged_home(layer) for frame in frames for layer in frame.layers)
    own = numbering.numbers(frames, whole_only=True) if relayed or damaged else None
    for frame in frames:
        for hop in path(frame).hops:
            transport = hop.transport
            if transport is None:
                continue
            number = transport.number(f"{PREFIX.get(transport.name, transport.name)}.stream")
            if number is None:
                continue
            if own is not None and own[frame.number, transport.pos] != number:
                number = own[frame.number, transport.pos]
                uses.note("frame-relay-circuit" if relayed else "ipv6-option-damaged")
            result[frame.number, hop.ip.pos] = number
    return result


def _discriminate(protocol: int, transport: Layer | None):
    """(ports, what else tells flows apart, icmp columns); ports None where the header is cut before them."""
    if protocol in (6, 17, 132, 33, 136):
        if transport is None:
            return None, None, (None, None, None)
        name = PREFIX.get(transport.name, transport.name)
        ports = transport.number(f"{name}.srcport"), transport.number(f"{name}.dstport")
        return (None if None in ports else ports), None, (None, None, None)
    if protocol in ECHO:
        name = "icmp" if protocol == 1 else "icmpv6"
        told = (
            (transport.number(f"{name}.{x}") for x in ("type", "code"))
            if transport is not None
            else (None, None)
        )
        kind, code = told
        if kind in ECHO[protocol]:
            identifier = transport.number("icmp.ident" if protocol == 1 else "icmpv6.echo.identifier")
            if identifier is not None:
                return (None, None), ("echo", identifier), (kind, code, identifier)
        elif code is not None:
            return (None, None), ("type", kind), (kind, code, None)
        return None, None, (None, None, None)
    return (None, None), None, (None, None, None)


@dataclass(slots=True)
class _Datagram:
    first: int | None = None
    transport: Layer | None = None
    stream: int | None = None
    frames: list[int] = field(default_factory=list)


class _Pieces:
    """Which datagram each fragment belongs to, found without tshark's reassembly."""

    def __init__(self, frames: list[Frame], numbers: dict[tuple[int, int], int]) -> None:
        self._by_frame: dict[tuple[int, int], _Datagram] = {}
        current: dict[tuple, _Datagram] = {}
        for frame in frames:
            for hop in path(frame).hops:
                fragment = hop.fragment
                if not fragment or hop.src is None:
                    continue
                key = (hop.src, hop.dst, fragment[2], hop.protocol if hop.version == 4 else None)
                datagram = current.get(key)
                if datagram is None or (fragment[0] == 0 and datagram.first is not None):
                    datagram = current[key] = _Datagram()
                datagram.frames.append(frame.number)
                if fragment[0] == 0:
                    datagram.first, datagram.transport = frame.number, hop.transport
                number = numbers.get((frame.number, hop.ip.pos))
                if number is not None:
                    datagram.stream = number
                self._by_frame[frame.number, hop.ip.pos] = datagram

    def of(self, frame: Frame, hop: Hop) -> _Datagram | None:
        return self._by_frame.get((frame.number, hop.ip.pos))
