"""The named rules by which tshark's and flowloom's values of fields may differ. docs/judge.md gives the reasons.

No rule names a capture; each counts how often it was used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

Values = dict[str, list[str]]

# Fields that tshark 4.0 does not know; another judge is named.
UNKNOWN_TO_TSHARK: dict[str, str] = {}
# Fields whose type is another one here, and why.
OTHER_TYPE: dict[str, str] = {
    "data.len": "a length is not negative",
    "ipx.dst.net": "Wireshark's type of its own for these networks prints as a hexadecimal number",
    "ipx.net": "as ipx.dst.net",
    "ipx.src.net": "as ipx.dst.net",
    "llc.oui": "printed as a decimal number, too",
    "icmp.checksum": "the protocol's fields are not complete",
    "sctp.checksum": "the protocol's fields are not complete",
    "sctp.verification_tag": "the protocol's fields are not complete",
}
# Fields whose values cannot be compared, and why.
NOT_COMPARED: dict[str, str] = {}


@dataclass(slots=True)
class Frame:
    """Both answers about one frame."""

    own: Values
    other: Values


Rule = Callable[[str, list[str], list[str], Frame], bool]

# What tshark prints for a value of no bytes.
EMPTY = {"<MISSING>", "<none>", ""}


def _other_layers(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    return frame.own.get("frame.protocols") != frame.other.get("frame.protocols")


def _empty_values(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    return [x for x in own if x not in EMPTY] == [x for x in other if x not in EMPTY]


def _no_interface(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    return name == "frame.interface_id" and not other


def _no_time(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    return name.startswith("frame.time") and not other


def _custom_block(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    return name == "frame.number" and int(own[0]) < int(other[0])


# rule: (what it says, predicate)
RULES: dict[str, tuple[str, Rule]] = {
    "other-layers": ("the packet has layers that only one of both knows: nothing else in it is compared", _other_layers),
    "empty-values": ("a value of no bytes is printed as <MISSING> or <none>", _empty_values),
    "no-interface": ("a pcap file has one interface, which tshark does not number", _no_interface),
    "no-time": ("packets of a pcapng simple packet block have no time: 0 here", _no_time),
    "custom-block": ("pcapng custom blocks are frames in tshark", _custom_block),
}


def explains(name: str, own: list[str], other: list[str], frame: Frame) -> str | None:
    for rule, (_, holds) in RULES.items():
        if holds(name, own, other, frame):
            return rule
    return None
