"""The named rules by which tshark's answer and a flow table may differ, and how often each was needed.

Each rule is a predicate over tshark's dissection that yields the value to expect instead; none names a
capture. docs/judge.md gives the reasons. `SHARE` bounds a rule's use: the fraction of all compared streams
that it may touch before it hides more than it explains.
"""

from __future__ import annotations

from collections import Counter

# rule: (largest share of streams, what it says)
RULES: dict[str, tuple[float, str]] = {
    "fragment-pieces": (
        0.02,
        "tshark shows a datagram on the frame that completes it; each piece counts here",
    ),
    "fragment-incomplete": (0.01, "a datagram never completed has no stream in tshark"),
    "fragment-first-missing": (0.01, "pieces whose first never came belong to no flow"),
    "udp-length-beyond-ip": (0.02, "UDP length field larger than the IP packet: bounded by it"),
    "tcp-length-beyond-frame": (0.01, "IP total length larger than the frame: tshark takes the frame's"),
    "tcp-header-damaged": (0.01, "TCP data offset below 20 or beyond the segment: tshark gives no length"),
    "transport-cut": (0.01, "ports or ICMP type are not in the capture: a flow of addresses and protocol"),
    "ipv6-length-zero": (
        0.001,
        "IPv6 length 0 by segmentation offload: tshark reads no TCP; lengths from the frame",
    ),
    "ipv6-option-damaged": (
        0.001,
        "tshark stops at an IPv6 option longer than its header, or takes a home address from behind the option",
    ),
    "reserved-flag-bits": (0.001, "tshark's tcp.flags has three reserved bits that tcp_flags leaves out"),
    "vxlan-8472": (0.001, "VXLAN on Linux's old port, which tshark must be told of"),
    "times-in-doubles": (0.001, "packet_times are doubles: beyond 2^53 ns after the start they are rounded"),
    "link-not-read": (0.02, "the IP header lies under a link protocol that is not read here"),
    "ip-header-damaged": (0.01, "IP header that is no header: no flow"),
    "frame-relay-circuit": (
        0.001,
        "tshark's conversations on Frame Relay are circuits; numbered by the rule instead",
    ),
    "custom-block": (0.01, "pcapng custom blocks are frames in tshark"),
    "time-resolution": (
        0.01,
        "tshark's arithmetic overflows for some if_tsresol; the file's own number counts",
    ),
    "application-streams": (0.02, "an application dissector consumes or splits stream numbers"),
    "tunnel-not-read": (0.001, "tshark finds IP packets in a protocol that is no tunnel here"),
}


class Uses:
    """Counts uses of rules: packets or streams that the rule changed."""

    def __init__(self) -> None:
        self.count: Counter[str] = Counter()

    def note(self, rule: str, times: int = 1) -> None:
        assert rule in RULES, rule
        self.count[rule] += times
