"""`--filter-dialect wireshark3` against a tshark that speaks it: written and random expressions, on many captures.

What is compared is how expressions are read: `or` and `and` without parentheses, `!=`, sets. Fields, functions and
operators that came later are judged with tshark 4.0 (test_filters.py).
"""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

import pytest

import captures
from command import ROOT
from filter_grammar import ADDRESSES, ADDRESSES6, FLAGS, NUMBERS, STATIONS
from test_filters import LARGEST, MOST_LEFT_OUT, NONE, PACKET_RULES, compared
from tshark_filters import ours, tshark

sys.path.insert(0, str(ROOT / "tools"))

from fetch_tshark import place_of  # noqa: E402

PROGRAM = place_of("3.4") / "tshark"
pytestmark = pytest.mark.skipif(not PROGRAM.exists(), reason="no tshark 3.4 (tools/fetch_tshark.py fetches it)")

TABLE = [
    "tcp or udp and ip.ttl < 64", "ip.ttl < 64 and tcp or udp", "arp || udp && ip.ttl == 64 || tcp && tcp.flags.syn == 1",
    "not tcp or udp and ip", "!udp and tcp or arp", "(tcp and ip.ttl < 64) or udp", "tcp and (ip.ttl < 64 or udp)",
    "tcp.port == 80 or tcp.port == 443 and tcp.flags.syn == 1", "ip.src == 10.0.0.1 and tcp or udp and ip.dst == 10.0.0.2",
    "tcp.port != 80", "tcp.port ne 443", "!(tcp.port == 443)", "not tcp.port != 443", "ip.addr != 10.0.0.0/8",
    "ip.src != ip.dst", "eth.addr != ff:ff:ff:ff:ff:ff", "ipv6.addr ne fe80::/10", "udp.port != 53 && ip.ttl != 64",
    "tcp.port != 80 or udp.port != 53 and ip", "tcp.flags.syn != 1", "tcp.srcport != tcp.dstport",
    "eth.src[0:3] != eth.dst[0:3]", 'frame contains "GET" or udp and ip.ttl > 63', "len(frame) > 100 and tcp or udp",
    "tcp.port in {80 443}", "tcp.port in {80 443 8080..8090}", "udp.port in {53 67..68}", "ip.ttl in {1..63}",
    "not tcp.port in {80 443}", "tcp.port in {80 443} or udp and ip.ttl in {64 128}", "ip.addr in {10.0.0.1 10.0.0.2}",
    "ip.src in {10.0.0.1..10.0.0.9 192.168.0.1}", "eth.dst in {ff:ff:ff:ff:ff:ff}", "tcp.flags.syn in {1}",
    "tcp.port in {0x50 0x1bb}", "tcp and udp or ip and ip.ttl == 64 or arp", "ip and tcp or udp or arp and eth",
]  # fmt: skip
# 3.x has neither layers nor 4.0's `==` for all occurrences: how often a field occurs tells of quoted and inner headers.
HEADERS = ["eth", "vlan", "ip", "ipv6", "arp", "tcp", "udp", "tcp.window_size_value", "tcp.flags", "udp.length"]
HEADERS += [f"count({x}) == {n}" for x in ("eth.dst", "ip.dst", "ipv6.dst", "arp.opcode", "tcp.srcport", "udp.srcport") for n in (1, 2, 3)]
RANDOM, SAMPLE = 300, 12
LEFT_OUT = {"packets": 0, "out": 0}


class Grammar:
    """Expressions that 3.x reads; with few parentheses."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def one(self, *words: str) -> str:
        return self.random.choice(words)

    def relation(self) -> str:
        compare = self.one("==", "!=", "!=", "<", "<=", ">", ">=", "eq", "ne", "lt", "ge")
        number = self.random.choice([0, 1, 6, 17, 20, 53, 64, 80, 128, 443, 1500])
        kind = self.random.randrange(8)
        if kind == 0:
            return self.one("eth", "ip", "ipv6", "tcp", "udp", "arp", *FLAGS, "tcp.port", "udp.port")
        if kind == 1:
            return f"{self.one(*FLAGS)} {self.one('==', '!=')} {self.one('0', '1')}"
        if kind == 2:
            return f"{self.one(*ADDRESSES)} {compare} {self.one('10.0.0.1', '10.0.0.0/8', '192.168.0.0/16', *ADDRESSES)}"
        if kind == 3:
            return f"{self.one(*ADDRESSES6)} {self.one('==', '!=')} {self.one('fe80::/10', '::1', 'ff02::1', *ADDRESSES6)}"
        if kind == 4:
            return f"{self.one(*STATIONS)} {compare} {self.one('ff:ff:ff:ff:ff:ff', *STATIONS)}"
        if kind == 5:
            items = [str(number % 256), f"{number % 100}..{number % 100 + 90}", hex(number % 64)]
            return f"{self.one(*NUMBERS)} in {{{' '.join(self.random.sample(items, self.random.randrange(1, 4)))}}}"
        if kind == 6:
            return f"{self.one(*STATIONS, *ADDRESSES)}[{self.random.randrange(3)}:1] {self.one('==', '!=')} {self.one('0a', '02', 'ff')}"
        return f"{self.one(*NUMBERS)} {compare} {self.one(str(number % 256), hex(number % 256), *NUMBERS)}"

    def expression(self, depth: int = 0) -> str:
        kind = self.random.randrange(8 if depth < 4 else 2)
        if kind < 2 and depth > 0:
            return self.relation()
        if kind == 2:
            return f"{self.one('not ', '!')}{self.relation()}"
        if kind == 3:
            return f"{self.one('', 'not ', '!')}({self.expression(depth + 1)})"
        return f"{self.expression(depth + 1)} {self.one('and', '&&', 'or', '||')} {self.expression(depth + 1)}"


SHARED = [x for x in captures.below(captures.SHARED) if x.stat().st_size <= LARGEST]
ALL = [
    *captures.below(captures.OWN)[::4],
    *(SHARED if os.environ.get("FLOWLOOM_JUDGE_ALL") else SHARED[::SAMPLE]),
]


@pytest.mark.parametrize("capture", ALL, ids=captures.short)
def test_filters_find_what_tshark_3_finds(capture: Path) -> None:
    grammar = Grammar(sum(capture.name.encode()))
    expressions = [*TABLE, *(grammar.expression() for _ in range(RANDOM))]
    asked = [*expressions, *HEADERS, "frame"]
    theirs = tshark(capture, [*asked, NONE, *(rule[1] or NONE for rule in PACKET_RULES)], PROGRAM)
    mine = ours(capture, [*asked, NONE, *(rule[2] or NONE for rule in PACKET_RULES)], "wireshark3")
    assert not theirs.refused & set(range(len(asked)))
    problems, packets, out = compared(expressions, theirs, mine, len(HEADERS))
    LEFT_OUT["packets"] += packets
    LEFT_OUT["out"] += out
    assert not problems, f"{len(problems)} expressions differ:\n" + "\n".join(problems[:20])


def test_little_is_left_out() -> None:
    if not LEFT_OUT["packets"]:
        pytest.skip("no capture was compared")
    assert LEFT_OUT["out"] <= MOST_LEFT_OUT * LEFT_OUT["packets"], LEFT_OUT


def test_the_table_tells_the_dialects_apart() -> None:
    """Most of its expressions mean something else to tshark 4 on these captures, or nothing."""
    capture = captures.OWN / "https.pcap"
    three, four = ours(capture, TABLE, "wireshark3"), ours(capture, TABLE)
    differ = [x for i, x in enumerate(TABLE) if i in four.refused or three.hits[i] != four.hits[i]]
    assert len(differ) > 12, differ
