"""What rules of field_rules.py look at: both answers about a frame. And what is not compared, and why."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

Values = dict[str, list[str]]

# Fields that tshark 4.0 does not know; another judge is named.
UNKNOWN_TO_TSHARK: dict[str, str] = {
    "flowloom.anomaly": "flowloom's own; its values are the `anomalies` of whole packets (unit tests)",
}
# Fields whose type is another one here, and why.
OTHER_TYPE: dict[str, str] = {
    "dns.rr.udp_payload_size": "tshark writes it in decimal, in mDNS alone in hexadecimal",
    "ipx.dst.net": "Wireshark's type of its own for these networks prints as a hexadecimal number",
    "ipx.net": "as ipx.dst.net",
    "ipx.src.net": "as ipx.dst.net",
}
# Fields whose values cannot be compared, and why.
NOT_COMPARED: dict[str, str] = {
    "frame.verdict": "its text is always empty, which `tshark -T fields` does not tell from no value; filters are compared",
}

# Fields of flowloom that rules look at, whatever is compared.
CONTEXT = ("frame.len", "frame.cap_len", "ip.len", "ip.hdr_len", "ip.opt.type", "ipv6.plen", "ip.flags.mf",
           "ipv6.fraghdr.more", "tcp.hdr_len", "icmpv6.opt.type", "ospf.instance_id", "ip.version", "ipv6.opt.type",
           "ipv6.opt.length", "ipv6.opt.jumbo", "gre.flags.version", "frame.time_epoch", "flowloom.anomaly",
           "igmp.type", "tcp.srcport", "tcp.window_size_value")  # fmt: skip
# The same of tshark's.
TSHARK_CONTEXT = ("frame.number", "frame.protocols", "_ws.malformed", "frame.time_epoch")

# Layers that tshark makes of a header's own values, without bytes of the packet.
MADE_LAYERS = {"wlan_radio"}


@dataclass
class Frame:
    """Both answers about one frame."""

    own: Values
    other: Values
    known: frozenset[str] = frozenset()  # protocols that flowloom has
    # Both answers about the capture's first frame, and about the one before.
    first: tuple[Values, Values] = ({}, {})
    previous: tuple[Values, Values] = ({}, {})

    @staticmethod
    def chain(values: Values) -> list[str]:
        text = ":".join(values.get("frame.protocols", []))
        return [x for x in text.split(":") if x and x not in MADE_LAYERS]

    @property
    def parting(self) -> tuple[str, str]:
        """The first protocols in which the two chains differ, flowloom's and tshark's; empty where one has ended."""
        return self._parts[1:]

    @property
    def before(self) -> str:
        """The last protocol that both chains have."""
        return self._parts[0]

    @cached_property
    def _parts(self) -> tuple[str, str, str]:
        last = ""
        for a, b in zip([*self.chain(self.own), ""], [*self.chain(self.other), ""]):
            if a != b:
                return last, a, b
            last = a
        return last, "", ""

    @property
    def cut(self) -> bool:
        """Fewer bytes were captured than were on the wire."""
        return self.own.get("frame.cap_len") != self.own.get("frame.len")

    @property
    def malformed(self) -> bool:
        """tshark came upon an end that it did not expect."""
        return "_ws.malformed" in self.other

    @cached_property
    def anomalies(self) -> set[str]:
        return set(self.own.get("flowloom.anomaly", []))

    def numbers(self, name: str) -> list[int]:
        return [int(x) for x in self.own.get(name, [])]

    @property
    def within(self) -> bool:
        """Has the first piece of a packet, or what an ICMP error quotes of one."""
        pieces = self.own.get("ip.flags.mf", []) + self.own.get("ipv6.fraghdr.more", [])
        return not {"1", "True"}.isdisjoint(pieces) or not {"icmp", "icmpv6"}.isdisjoint(self.chain(self.own))
