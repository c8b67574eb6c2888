"""What must hold of every flow table by itself, whatever the capture."""

from __future__ import annotations

import ipaddress

from command import nanoseconds
from community import community_id
from compare import KEYWORDS, offset, same_offset

COLUMNS = [
    "flow_id", "capture", "stream", "start", "end", "duration", "src_ip", "dst_ip", "src_port", "dst_port",
    "icmp_type", "icmp_code", "icmp_id", "protocol", "ip_version", "vlan", "tunnel", "tunnel_src", "tunnel_dst",
    "tunnel_id", "packets", "bytes", "fwd_packets", "fwd_bytes", "bwd_packets", "bwd_bytes", "end_reason",
    "packet_times", "packet_lengths", "payload_lengths", "tcp_flags",
]  # fmt: skip
END_REASONS = {"port_reuse", "idle", "active", "evicted", "rst", "fin", "capture_end"}
WITH_PORTS = {"tcp", "udp", "udplite", "sctp"}
NUMBERS = {name: number for number, name in KEYWORDS.items()}
INT32 = range(-(2**31), 2**31)


def problems(rows: list[dict], capture: str) -> list[str]:
    """Each broken invariant, one line; `rows` as read from JSON lines written with --community-id."""
    found: list[str] = []
    for place, row in enumerate(rows):
        if row.get("flow_id") != place:
            found.append(f"row {place} has flow_id {row.get('flow_id')}")
        found.extend(f"flow {place}: {x}" for x in _row(row, capture))
    streams = [(x["protocol"] == "tcp", x["stream"]) for x in rows if x.get("stream") is not None]
    if len(set(streams)) != len(streams):
        found.append("two flows have one stream number, though nothing but a new stream cut any")
    return found


def _row(row: dict, capture: str) -> list[str]:
    found: list[str] = []

    def must(condition: bool, what: str) -> None:
        if not condition:
            found.append(what)

    if sorted(row) != sorted([*COLUMNS, "community_id"]):
        return [f"columns {sorted(set(row) ^ {*COLUMNS, 'community_id'})} are missing or not in the contract"]
    lengths, payloads, times, flags = (
        row[x] for x in ("packet_lengths", "payload_lengths", "packet_times", "tcp_flags")
    )
    must(row["capture"] == capture, f"capture is {row['capture']!r}")
    must(row["packets"] > 0, "no packets")
    must(row["packets"] == len(lengths) == len(payloads) == len(times), "lists and packets differ in number")
    must(all(x in INT32 for x in [*lengths, *payloads]), "a length is no int32")
    must(all(x != 0 for x in lengths), "a packet of length 0")
    must(all(a * b >= 0 and abs(b) <= abs(a) for a, b in zip(lengths, payloads)), "payload sign or size")
    forward = [x for x in lengths if x > 0]
    backward = [-x for x in lengths if x < 0]
    must(row["bytes"] == sum(map(abs, lengths)), "bytes is not the sum of lengths")
    must((row["fwd_packets"], row["fwd_bytes"]) == (len(forward), sum(forward)), "fwd sums")
    must((row["bwd_packets"], row["bwd_bytes"]) == (len(backward), sum(backward)), "bwd sums")
    try:
        start, end = nanoseconds(row["start"]), nanoseconds(row["end"])
        offsets = [offset(x) for x in times]
        must(min(offsets) == 0, "no packet at start")
        must(same_offset(end - start, max(offsets)), "the last packet is not at end")
        must(same_offset(end - start, offset(row["duration"])), "duration is not end - start")
    except ValueError as error:
        found.append(str(error))
    must(row["end_reason"] in END_REASONS, f"end_reason {row['end_reason']}")
    _protocol(row, flags, must)
    _encapsulation(row, must)
    return found


def _protocol(row: dict, flags: list | None, must) -> None:
    name = row["protocol"]
    must(name == name.lower() and bool(name), "protocol is not lower case")
    must((flags is not None) == (name == "tcp"), "tcp_flags where there is no TCP, or none where there is")
    if flags is not None:
        must(len(flags) == row["packets"] and all(0 <= x <= 0x1FF for x in flags), "tcp_flags")
    ports = row["src_port"], row["dst_port"]
    must((ports[0] is None) == (ports[1] is None), "one port only")
    if name not in WITH_PORTS | {"dccp"}:
        must(ports == (None, None), "ports where the protocol has none")
    must(all(x is None or 0 <= x <= 65535 for x in ports), "a port is no uint16")
    must(name in ("tcp", "udp", "udplite") or row["stream"] is None, "stream number of another protocol")
    is_icmp = name in ("icmp", "ipv6-icmp")
    must(
        is_icmp or (row["icmp_type"], row["icmp_code"], row["icmp_id"]) == (None, None, None), "icmp columns"
    )
    echo = row["icmp_type"] in ((8, 0) if name == "icmp" else (128, 129))
    must(not is_icmp or echo or row["icmp_id"] is None, "icmp_id without echo")
    version = ipaddress.ip_address(row["src_ip"]).version
    must(row["ip_version"] == version == ipaddress.ip_address(row["dst_ip"]).version, "ip_version")
    for column in ("src_ip", "dst_ip"):
        must(str(ipaddress.ip_address(row[column])) == row[column], f"{column} is not in its usual spelling")
    number = NUMBERS.get(name)
    if number is not None:
        want = community_id(row["src_ip"], row["dst_ip"], number, *ports, row["icmp_type"], row["icmp_code"])
        must(row["community_id"] == want, f"community_id {row['community_id']}, by the specification {want}")


def _encapsulation(row: dict, must) -> None:
    must(all(0 <= x <= 4095 for x in row["vlan"]), "a VLAN tag is more than 12 bits")
    tunnel = [row[x] for x in ("tunnel", "tunnel_src", "tunnel_dst")]
    must(all(x is None for x in tunnel) or all(x is not None for x in tunnel), "half a tunnel")
    must(row["tunnel"] is not None or row["tunnel_id"] is None, "tunnel_id without a tunnel")
