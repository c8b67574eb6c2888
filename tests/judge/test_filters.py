"""Display filters against tshark: a table of expressions and random ones, on all captures.

Both must refuse the same expressions and find the same packets. FILTER_RULES names what differs and why.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

import pytest

import captures
from filter_grammar import expressions as random_expressions
from tshark_filters import Answers, ours, tshark

TABLE = [
    x for x in Path(__file__).with_name("filters.txt").read_text(encoding="utf-8").splitlines()
    if x and not x.startswith("#")
]  # fmt: skip
RANDOM = 300

# What differs, by a pattern of the whole expression.
FILTER_RULES: dict[str, str] = {
    r"ip\.proto (==|!=|>|in) .*[A-Za-z].*|eth\.type == .?IPv4.?": "names of values are this project's own",
    r"ipv6\.\w+ & ffff:: == fe80::": "4.0 forgets the prefix of a masked address: it equals any other",
    r".*\b(\w+\.\w+)#.*\b\1\b(?!#).*|.*\b(\w+\.\w+)\b(?![#.]).*\b\2#.*": "4.0 reads a field with and without a layer once: as it is first",
    r".*frame\.protocols.*": "lists applications, of which not all are read here",
}
# What differs in some captures for reasons that have nothing to do with filters: their dissection is judged
# elsewhere. Capture: (expressions, why).
CAPTURE_RULES: dict[str, tuple[str, str]] = {
    "ng_tsresol.pcapng": (r".*frame\.time.*", "4.0's arithmetic overflows for some if_tsresol"),
    "ng_blocks.pcapng": (r".*", "custom blocks are frames in tshark: numbers differ"),
    "link_ppp_with_dir.pcap": (r".*\bframe\b.*", "tshark takes the direction out of the frame"),
    "tunnel_nested.pcap": (r"(ip\.ttl \* ){6}.*", "4.0 multiplies each of 40 headers with each, for hours"),
}
# Packets for which some expressions are not compared: (expressions, the packets as a filter for tshark, the same
# as a filter for flowloom, why). Either filter can be empty.
PACKET_RULES: list[tuple[str, str, str, str]] = [
    (r".*\btcp\.(seq|ack)_raw\b.*", "tcp && !tcp.seq_raw", "", "no raw numbers of a TCP header that is quoted or a piece"),
    (r".*\bframe\.time.*", "!frame.time", "", "simple packet blocks have no time, and tshark no field of it"),
    (
        r".*\bframe\.time.*",
        "frame.time_delta + 0 != frame.time_delta || frame.time_relative + 0 != frame.time_relative",
        "",
        "a second has more than 10^9 nanoseconds, which 4.0 does not carry them",
    ),
    (
        r".*\bframe\.time.*",
        "",
        "frame.time_epoch >= 2147483648 || abs(frame.time_relative) >= 1073741824 || abs(frame.time_delta) >= 1073741824",
        "4.0 compares times by their difference in seconds, of which it keeps 32 bits",
    ),
    (
        r".*\budp\b(?!\.).*",
        "",
        'flowloom.anomaly == "too_short" && udp',
        "of a UDP header that an error's quote cuts, tshark shows eight bytes",
    ),
    (
        r".*\bip(\[| (contains|matches|~)).*|.*len\(ip\).*",
        "",
        'flowloom.anomaly == "version" && ip.version == 6',
        "IPv6 behind IPv4's number: of both headers tshark shows the bytes, here they are IPv6's",
    ),
    (
        r".*(\barp\[|len\(arp\)|\barp contains [\w.]+\[).*",
        "arp && (eth.padding || eth.trailer)",
        "",
        "4.0 counts padding as ARP's length, and has no bytes where it reads as far",
    ),
    (r".*", "", "ip.len > 0 && ip.len < ip.hdr_len", "tshark reads no more of an IPv4 header with such a length"),
    (r".*\bip\.len\b.*", "", "ip.len == 0", "tshark shows the frame's length for a length of 0"),
    (
        r".*(len\(|\[|contains|matches|~).*",
        "",
        'flowloom.anomaly == "truncated"',
        "of a header that is cut, 4.0 keeps the length of what is not there",
    ),
]
# Of a packet in which both do not see the same headers nothing is compared: what is not read yet, what an
# application dissector takes for a header, what tshark calls malformed.
HEADERS = [f"{name}#{i}" for name in ("eth", "vlan", "ip", "ipv6", "arp", "tcp", "udp") for i in (1, 2, 3)]
HEADERS += ["tcp.srcport#1", "udp.srcport#1", "ip.dst#1", "ipv6.dst#1", "tcp.window_size_value", "tcp.flags", "udp.length"]
MALFORMED = "_ws.malformed"
NONE = "!frame"
# No more than this share of all packets may be left out, or be excused by a single rule.
MOST_LEFT_OUT, MOST_EXCUSED = 0.15, 0.01
EXCUSED: Counter[str] = Counter()


def rule_of(expression: str) -> str | None:
    return next((rule for rule in FILTER_RULES if re.fullmatch(rule, expression)), None)


def differences(capture: Path, expressions: list[str]) -> tuple[list[str], int, int]:
    """What differs; packets, and how many of them are left out."""
    asked = [*expressions, *HEADERS, "frame"]
    theirs = tshark(capture, [*asked, MALFORMED, *(rule[1] or NONE for rule in PACKET_RULES)])
    mine = ours(capture, [*asked, NONE, *(rule[2] or NONE for rule in PACKET_RULES)])
    return compared(expressions, theirs, mine)


def compared(
    expressions: list[str], theirs: Answers, mine: Answers, headers: int = len(HEADERS)
) -> tuple[list[str], int, int]:
    """Behind the expressions are those about headers, "frame", MALFORMED, and what PACKET_RULES name."""
    first = len(expressions)
    packets = theirs.hits[first + headers]
    out = set(theirs.hits[first + headers + 1])
    for i in range(first, first + headers + 1):
        out |= theirs.hits[i] ^ mine.hits[i]
    problems = []
    by_rule: dict[str, set[int]] = {}
    for i, expression in enumerate(expressions):
        if rule_of(expression):
            continue
        if (i in theirs.refused) != (i in mine.refused):
            who = "tshark" if i in theirs.refused else "flowloom"
            problems.append(f"{expression}: refused by {who} only")
        excused = set(out)
        for place, rule in enumerate(PACKET_RULES, first + headers + 2):
            if re.fullmatch(rule[0], expression):
                by_rule.setdefault(rule[3], set()).update(theirs.hits[place] | mine.hits[place])
                excused |= by_rule[rule[3]]
        missing, extra = theirs.hits[i] - mine.hits[i] - excused, mine.hits[i] - theirs.hits[i] - excused
        if missing or extra:
            problems.append(f"{expression}: lacks {sorted(missing)[:5]}, has {sorted(extra)[:5]} too much")
    for why, excused in by_rule.items():
        EXCUSED[why] += len(excused & packets)
    return problems, len(packets), len(out & packets)


# All that the project has, and of the real captures a sample; with FLOWLOOM_JUDGE_ALL all of them.
SAMPLE, LARGEST = 12, 3_000_000
SHARED = [x for x in captures.below(captures.SHARED) if x.stat().st_size <= LARGEST]
ALL = [*captures.below(captures.OWN), *(SHARED if os.environ.get("FLOWLOOM_JUDGE_ALL") else SHARED[::SAMPLE])]
LEFT_OUT = {"packets": 0, "out": 0}


@pytest.mark.parametrize("capture", ALL, ids=captures.short)
def test_filters_find_what_tshark_finds(capture: Path) -> None:
    seed = sum(capture.name.encode())
    without = re.compile(CAPTURE_RULES[capture.name][0] if capture.name in CAPTURE_RULES else r"(?!)")
    asked = [x for x in [*TABLE, *random_expressions(seed, RANDOM)] if not without.fullmatch(x)]
    problems, packets, out = differences(capture, asked)
    LEFT_OUT["packets"] += packets
    LEFT_OUT["out"] += out
    assert not problems, f"{len(problems)} expressions differ:\n" + "\n".join(problems[:20])


def test_little_is_left_out() -> None:
    if not LEFT_OUT["packets"]:
        pytest.skip("no capture was compared")
    assert LEFT_OUT["out"] <= MOST_LEFT_OUT * LEFT_OUT["packets"], LEFT_OUT
    assert max(EXCUSED.values(), default=0) <= MOST_EXCUSED * LEFT_OUT["packets"], (EXCUSED, LEFT_OUT)


def test_the_rules_are_needed() -> None:
    """A rule that no expression of the table needs any more hides what it is not for."""
    for rule in FILTER_RULES:
        assert any(re.fullmatch(rule, x) for x in TABLE), rule


def test_a_difference_is_found() -> None:
    theirs, mine = Answers(), Answers()
    last = 1 + len(HEADERS)
    for answers in (theirs, mine):
        answers.hits[last] = {1, 2, 3}
    theirs.hits[0], mine.hits[0] = {1, 2}, {2, 3}
    assert compared(["tcp"], theirs, mine) == (["tcp: lacks [1], has [3] too much"], 3, 0)
    mine.refused.add(0)
    assert "refused by flowloom only" in compared(["tcp"], theirs, mine)[0][0]
