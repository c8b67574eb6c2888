"""`flowloom packets --format pdml` against `tshark -T pdml`: names, show, pos, size and value of every known field.

Where the values themselves differ, one of field_rules.py must explain it, as in test_values.py. Where only the
place of a value differs, one of the rules below, each with a limit.
"""

from __future__ import annotations

import io
import os
import subprocess
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import captures
import command
import field_frame
import field_rules
import field_values
import pytest
from only_tshark import ONLY_TSHARK

OWN = captures.below(captures.OWN)


@dataclass(frozen=True, slots=True)
class Said:
    show: str
    pos: int
    size: int
    value: str  # hexadecimal digits
    whole: str | None  # of the bytes that `value` is a part of

    @property
    def span(self) -> range:
        return range(self.pos, self.pos + self.size)

    @property
    def number(self) -> int:
        return int(self.value or "0", 16)


Packet = dict[str, list[Said]]


def packets(document: bytes, wanted: frozenset[str], others: Counter | None = None) -> Iterator[Packet]:
    """`others` counts the fields of other names in layers that flowloom knows."""
    for _, element in ElementTree.iterparse(io.BytesIO(document)):
        if element.tag != "packet":
            continue
        found: Packet = {}
        for layer in element:
            known = others is not None and layer.get("name") in field_values.known_protocols()
            for x in layer.iter("field"):
                if (name := x.get("name")) in wanted:
                    at = int(x.get("pos") or 0), int(x.get("size") or 0)
                    # tshark writes tabs and ends of lines as they are: blanks for who reads the XML
                    show = x.get("show", "").translate({9: " ", 10: " "})
                    said = Said(show, *at, x.get("value", ""), x.get("unmaskedvalue"))
                    found.setdefault(name, []).append(said)
                elif known and name and name not in listed() and not name.startswith("_ws."):
                    others[name] += 1
        yield found
        element.clear()


def tsharks(path: Path) -> bytes:
    arguments = ["tshark", "-n", "-r", str(path), "-T", "pdml"]
    for option in field_values.OPTIONS:
        arguments += ["-o", option]
    environment = {**os.environ, "TZ": "UTC", "LC_ALL": "C.UTF-8"}
    return subprocess.run(arguments, capture_output=True, env=environment, timeout=300).stdout


@cache
def names() -> frozenset[str]:
    return frozenset((*field_values.compared_names(), *field_frame.NOT_COMPARED))


@cache
def listed() -> frozenset[str]:
    """Every name that flowloom has, also those that are not compared."""
    return frozenset(x.name for x in field_values.known_fields())


def _apart(a: Said, b: Said) -> bool:
    return not (set(a.span) <= set(b.span) or set(b.span) <= set(a.span))


def _bits(own: Said, other: Said) -> bool:
    """Of a part of some bytes, flowloom says which bytes have its bits, Wireshark a word around them."""
    if own.whole is None and other.whole is None:
        return False
    return not _apart(own, other) and (None in (own.whole, other.whole) or own.number == other.number)


def _computed(own: Said, other: Said) -> bool:
    """Wireshark has no place for what it works out; flowloom says which bytes it follows from."""
    return other.size == 0 and not other.value and own.size > 0


def _text_end(own: Said, other: Said) -> bool:
    """Wireshark counts the zeros behind a text to it."""
    if own.pos != other.pos or not 0 < own.size < other.size:
        return False
    return len(own.value) == 2 * own.size and other.value == own.value.ljust(2 * other.size, "0")


RULES: dict[str, Callable[[Said, Said], bool]] = {"bits": _bits, "computed": _computed, "text-end": _text_end}
# Of all the project's captures a bit more than there are; "values": fields of packets that a rule of field_rules
# explains.
MOST = {"bits": 68_200, "computed": 8650, "text-end": 40, "values": 6300}

# Fields that tshark 4.0 has at another place, why, and how often. `hip`: it adds the place of the locators twice.
HIP = "traffic_type 3 type 3 len 3 reserved 3 lifetime 3 spi 2 port 1 transport_protocol 1 kind 1 priority 1".split()
ELSEWHERE: dict[str, tuple[str, int]] = {
    "wlan.fc.type_subtype": ("it is made of bits of two bytes, of which tshark shows the first", 104),
    "dccp.option_type": ("of options that it does not know, tshark takes all bytes for the type", 60),
    "dccp.ack_raw": ("of 48 bits tshark shows three bytes, from the one before them", 9),
    "radiotap.vht.datarate.0": ("what it follows from is taken where that ends", 29),
    "radiotap.vht.datarate.1": ("as radiotap.vht.datarate.0", 26),
    "radiotap.tlv.type": ("its place is added twice", 2),
    "radiotap.tlv.datalen": ("its place is added twice", 2),
    "ipv6.opt": ("tshark counts two bytes more for the padding of one byte", 6),
    "icmpv6.opt.reserved": ("tshark is a byte too early", 2),
    "icmpv6.opt.padding": ("tshark counts the whole option", 1),
    "fr.control": ("of a numbered frame tshark shows both bytes, and of the value the first", 1),
    "tcp.options.tfo.request": ("tshark leaves out the head of the experimental option", 1),
    "ip.dst": ("with a source route it shows the last hop's place", 1),
    "ip.addr": ("as ip.dst", 1),
    "ipv6.dst_slaac_mac": ("tshark shows all eight bytes of the interface identifier", 1),
    "ipv6.opt.ioam.trace.type.undef": ("a flag of several bits, whose bits tshark writes", 1),
    **{f"hip.tlv.locator_{x}": ("its place is added twice", int(n)) for x, n in zip(HIP[::2], HIP[1::2])},
}


def differences(path: Path, uses: Counter, others: Counter | None = None) -> list[str]:
    done = command.run("packets", path, "--format", "pdml")
    assert done.returncode in (0, 1, 3), done.stderr.decode()
    ours = list(packets(done.stdout, names()))
    # Blocks that are no packets have no such field.
    theirs = [x for x in packets(tsharks(path), names(), others) if "frame.encap_type" in x]
    if not theirs:
        return []
    if path.name == "link_ppp_with_dir.pcap":  # tshark takes the direction out of the frame: all is a byte earlier
        for frame in theirs:
            frame.update((k, [replace(x, pos=x.pos + 1) if x.size else x for x in v]) for k, v in frame.items())
    if len(ours) != len(theirs):
        return [f"{len(ours)} packets, tshark has {len(theirs)}"]
    texts: list = []
    found = []
    for i, (own, other) in enumerate(zip(ours, theirs)):
        for name, mine in own.items():
            yours = other.get(name, [])
            uses["all"] += len(mine)
            if [x.show for x in mine] != [x.show for x in yours]:
                if not texts:
                    all_names = field_values.compared_names()
                    told = [x for x in field_values.tshark_values(path, all_names) if "frame.encap_type" in x]
                    texts = list(zip(field_values.own_values(path, all_names), told, strict=True))
                frame = field_rules.Frame(*texts[i], field_values.known_protocols(), texts[0], texts[max(i - 1, 0)])
                answers = texts[i][0].get(name, []), texts[i][1].get(name, [])
                if answers[0] != answers[1] and field_rules.explains(name, *answers, frame):
                    uses["values"] += 1
                else:
                    found.append(f"packet {i + 1}: {name}: {mine[:2]}, tshark {yours[:2]}")
                continue
            for a, b in zip(mine, yours):
                if (a.pos, a.size, a.value) == (b.pos, b.size, b.value):
                    continue
                rule = next((x for x, holds in RULES.items() if holds(a, b)), name if name in ELSEWHERE else None)
                if rule:
                    uses[rule] += 1
                else:
                    found.append(f"packet {i + 1}: {name}: {a}, tshark {b}")
    return found


USES: dict[Path, Counter] = {}
OTHERS: dict[Path, Counter] = {}


@pytest.mark.parametrize("capture", OWN, ids=captures.short)
def test_fields_are_where_wireshark_has_them(capture: Path) -> None:
    USES[capture], OTHERS[capture] = Counter(), Counter()
    found = differences(capture, USES[capture], OTHERS[capture])
    assert not found, f"{len(found)} differences:\n" + "\n".join(found[:20])


def test_rules_explain_little() -> None:
    if len(USES) < len(OWN):
        pytest.skip("not all captures were compared")
    uses = sum(USES.values(), Counter())
    print(uses)
    assert uses["all"] > 400_000
    assert [x for x in MOST if uses[x] > MOST[x]] == [], "more than the limit"
    assert {x: uses[x] for x in ELSEWHERE} == {x: n for x, (_, n) in ELSEWHERE.items()}


def test_fields_that_only_tshark_has_are_listed() -> None:
    if len(OTHERS) < len(OWN):
        pytest.skip("not all captures were compared")
    others = sum(OTHERS.values(), Counter())
    groups = {reason: text.split() for reason, text in ONLY_TSHARK.items()}
    for reason, members in groups.items():
        print(f"{len(members)} names, {sum(others[x] for x in members)} fields: {reason}")
    only = set(others)
    assert only - {x for members in groups.values() for x in members} == set(), "not listed"
    assert [x for members in groups.values() for x in members if x not in only] == [], "listed, and nowhere"


def test_a_wrong_place_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    capture = captures.OWN / "ping.pcap"
    assert differences(capture, Counter()) == []
    right = command.run
    for wrong in ((b'pos="22"', b'pos="23"'), (b'name="ip.ttl"', b'name="ip.id"'), (b'show="64"', b'show="65"'), (b'size="6"', b'size="5"')):

        def bent(*arguments: object, wrong: tuple[bytes, bytes] = wrong) -> subprocess.CompletedProcess:
            done = right(*arguments)
            assert wrong[0] in done.stdout or "pdml" not in arguments
            done.stdout = done.stdout.replace(*wrong)
            return done

        monkeypatch.setattr(command, "run", bent)
        assert differences(capture, Counter())
