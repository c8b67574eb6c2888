"""Flow table against expectation: every difference as one line of text that names what is wrong."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from command import nanoseconds
from expect import Expectation, Flow

# A double has 53 bits: seconds since the start are exact to the nanosecond below this.
EXACT_NS = 2**53
# IANA keywords, lower case, as the flow table spells them.
KEYWORDS = {
    0: "hopopt", 1: "icmp", 2: "igmp", 4: "ipv4", 6: "tcp", 17: "udp", 33: "dccp", 41: "ipv6", 44: "ipv6-frag", 60: "ipv6-opts", 46: "rsvp", 47: "gre",
    50: "esp", 51: "ah", 58: "ipv6-icmp", 59: "ipv6-nonxt", 62: "cftp", 64: "sat-expak", 88: "eigrp", 89: "ospfigp", 103: "pim", 112: "vrrp",
    113: "pgm", 115: "l2tp", 132: "sctp", 135: "mobility-header", 136: "udplite", 139: "hip",
}  # fmt: skip


@dataclass(slots=True)
class Comparison:
    differences: list[str] = field(default_factory=list)
    packets: int = 0
    streams: int = 0
    flows: int = 0
    stream_differences: int = 0


def _order(endpoint: tuple[str, int | None]) -> tuple[str, int]:
    return endpoint[0], -1 if endpoint[1] is None else endpoint[1]


def row_key(row: dict) -> tuple:
    ends = [(row["src_ip"], row["src_port"]), (row["dst_ip"], row["dst_port"])]
    extra = None
    if row["protocol"] in ("icmp", "ipv6-icmp"):
        # An ICMP header cut before its type is told apart by nothing.
        kind = row["icmp_type"]
        echo = kind in ((8, 0) if row["protocol"] == "icmp" else (128, 129))
        extra = ("echo", row["icmp_id"]) if echo else None if kind is None else ("type", kind)
    return row["protocol"], tuple(sorted(ends, key=_order)), extra


def flow_key(flow: Flow) -> tuple:
    protocol, pair, extra = flow.key
    return KEYWORDS.get(protocol, f"ip-proto-{protocol}"), pair, extra


def expected_row(flow: Flow) -> dict:
    """The columns of one flow, times in nanoseconds."""
    initiator, responder = flow.initiator, flow.responder
    packets = flow.packets
    start = min(x.time_ns for x in packets)
    forward = [x for x in packets if x.src == initiator]
    backward = [x for x in packets if x.src != initiator]
    times = [x.time_ns - start for x in packets]
    signs = [1 if x.src == initiator else -1 for x in packets]
    tcp = flow.protocol == 6
    return {
        "protocol": flow_key(flow)[0],
        "ip_version": flow.version,
        "stream": flow.stream,
        "src_ip": initiator[0],
        "src_port": initiator[1],
        "dst_ip": responder[0],
        "dst_port": responder[1],
        "start": start,
        "end": max(x.time_ns for x in packets),
        "packets": len(packets),
        "bytes": sum(x.length for x in packets),
        "fwd_packets": len(forward),
        "fwd_bytes": sum(x.length for x in forward),
        "bwd_packets": len(backward),
        "bwd_bytes": sum(x.length for x in backward),
        "packet_times": times,
        "packet_lengths": [s * x.length for s, x in zip(signs, packets)],
        "payload_lengths": [s * x.payload for s, x in zip(signs, packets)],
        "tcp_flags": [x.flags for x in packets] if tcp else None,
        "end_reason": flow.end_reason,
        "vlan": flow.vlan,
        "icmp_type": flow.icmp[0],
        "icmp_code": flow.icmp[1],
        "icmp_id": flow.icmp[2],
        "tunnel": flow.tunnel[0],
        "tunnel_src": flow.tunnel[1],
        "tunnel_dst": flow.tunnel[2],
        "tunnel_id": flow.tunnel[3],
    }


def same_offset(want: int, got: int) -> bool:
    """Nanoseconds since the start; beyond what a double of seconds holds, up to its last place."""
    return want == got or (want >= EXACT_NS and abs(want - got) <= want >> 51)


def offset(seconds: Decimal | int) -> int:
    """An offset in nanoseconds as read from JSON, which has more digits than a nanosecond beyond EXACT_NS."""
    return nanoseconds(seconds) if seconds * 1_000_000_000 < EXACT_NS else round(seconds * 1_000_000_000)


def actual_row(row: dict) -> dict:
    result = dict(row)
    result["start"], result["end"] = nanoseconds(row["start"]), nanoseconds(row["end"])
    result["packet_times"] = [offset(x) for x in row["packet_times"]]
    return result


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) < 160 else text[:157] + "..."


def _list_difference(name: str, want: list, got: list, frames: list[int]) -> str:
    if len(want) == len(got):
        at = next(i for i, (a, b) in enumerate(zip(want, got)) if a != b)
        return f"{name}[{at}] (frame {frames[at]}): expected {want[at]}, got {got[at]}"
    return f"{name}: expected {len(want)} elements (frames {_short(frames)}), got {len(got)}"


def compare(
    expectation: Expectation, rows: list[dict], numbers: dict[int, int | None] | None = None
) -> Comparison:
    """`numbers`: other stream numbers to expect, by the flow's place, where a rule says so."""
    result = Comparison(packets=expectation.frames, flows=len(expectation.flows))
    result.streams = sum(1 for x in expectation.flows if x.stream is not None)
    ours: dict[tuple, list[dict]] = defaultdict(list)
    for row in rows:
        ours[row_key(row)].append(row)
    last = -1
    order = []
    for place, flow in enumerate(expectation.flows):
        key = flow_key(flow)
        head = f"{key[0]} {flow.packets[0].src}->{flow.packets[0].dst} frame {flow.packets[0].frame}"
        if not ours[key]:
            result.differences.append(
                f"missing flow: {head}, tshark's stream {flow.stream}, {len(flow.packets)} packets"
            )
            continue
        row = ours[key].pop(0)
        times = [x.time_ns for x in flow.packets]
        if max(times) - min(times) >= EXACT_NS:
            expectation.uses.note("times-in-doubles")
        want = expected_row(flow)
        if numbers is not None:
            want["stream"] = numbers.get(place, want["stream"])
        _compare_row(head, flow, want, row, result)
        order.append((row["flow_id"], head))
    for rest in ours.values():
        for row in rest:
            result.differences.append(
                f"flow that is not expected: id {row['flow_id']} {row['protocol']} {row['src_ip']}:{row['src_port']}->"
                f"{row['dst_ip']}:{row['dst_port']} stream {row['stream']}, {row['packets']} packets, "
                f"tunnel {row['tunnel']}, start {row['start']}"
            )
    for identity, head in order:
        if identity <= last:
            result.differences.append(f"order: {head} has flow_id {identity} after {last}")
        last = max(last, identity)
    return result


def _same_offsets(want: list[int], got: list[int]) -> bool:
    return len(want) == len(got) and all(map(same_offset, want, got))


def _compare_row(head: str, flow: Flow, want: dict, row: dict, result: Comparison) -> None:
    try:
        got = actual_row(row)
    except ValueError as error:
        result.differences.append(f"{head}: {error}")
        return
    frames = [x.frame for x in flow.packets]
    for name, value in want.items():
        if got.get(name) == value or (name == "packet_times" and _same_offsets(value, got[name])):
            continue
        if name == "stream":
            result.stream_differences += 1
        if isinstance(value, list) and isinstance(got.get(name), list) and name != "vlan":
            what = _list_difference(name, value, got[name], frames)
        else:
            what = f"{name}: expected {_short(value)}, got {_short(got.get(name))}"
        result.differences.append(f"{head}: {what}")
