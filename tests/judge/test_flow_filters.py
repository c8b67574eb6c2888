"""`flows --filter`: the flows of the whole capture by tshark's dissection, with only those packets that tshark's display
filter finds. Streams and initiators are of all packets; what has no packet left is no flow."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

import captures
import command
from compare import compare
from expect import Expectation, Flow
from test_filters import CAPTURE_RULES
from tshark_filters import ours, tshark

FILTERS = [
    "tcp.flags.syn == 1",
    "not tcp.flags.syn == 1",
    "udp || icmp",
    "ip.flags.mf == 0 && frame.len > 90",
    "ip.frag_offset > 0 || tcp.dstport > tcp.srcport",
    "frame.number & 1",
    "frame.time_delta < 0.001 && frame.number > 3",
]
# A capture in which both do not see the same headers, or where flows are not those of tshark's layers, is judged
# without filters, by rules; here each of its packets would need them again.
RULES = {
    "other-hits": "the filter finds other packets: judged in test_filters",
    "other-flows": "flows differ without a filter, too: judged in test_differential",
}
# No more than this share of the questions.
MOST_LEFT_OUT = 0.1
SMALL = 2_000_000  # bytes


class Shown(Flow):
    """A flow of which only some packets are shown; who began is known from all."""

    def __init__(self, whole: Flow, numbers: set[int]) -> None:
        packets = [x for x in whole.packets if x.frame in numbers]
        first = packets[0]
        super().__init__(
            whole.protocol, whole.version, whole.key, whole.stream, packets, first.vlan, first.icmp, first.tunnel
        )
        self.cut_by_reuse, self.has_fragments = whole.cut_by_reuse, whole.has_fragments
        self.ends = whole.initiator, whole.responder

    @property
    def initiator(self) -> tuple[str, int | None]:
        return self.ends[0]

    @property
    def responder(self) -> tuple[str, int | None]:
        return self.ends[1]


def shown(whole: Expectation, numbers: set[int]) -> Expectation:
    some = copy.copy(whole)
    flows = [Shown(x, numbers) for x in whole.flows if any(y.frame in numbers for y in x.packets)]
    some.flows = sorted(flows, key=lambda x: min(y.frame for y in x.packets))
    return some


def judged() -> list[Path]:
    return [x for x in captures.sample(10) if x.stat().st_size < SMALL and x.name not in CAPTURE_RULES]


USES = {rule: 0 for rule in RULES}
JUDGED = []


@pytest.mark.parametrize("capture", judged(), ids=captures.short)
def test_flows_of_the_packets_that_tshark_finds(capture: Path) -> None:
    whole = Expectation(capture)
    if compare(whole, command.flows(capture).rows).differences:
        USES["other-flows"] += 1
        return
    theirs, mine = tshark(capture, FILTERS), ours(capture, FILTERS)
    problems = []
    for place, expression in enumerate(FILTERS):
        if theirs.hits[place] != mine.hits[place]:
            USES["other-hits"] += 1
            continue
        JUDGED.append(expression)
        got = command.flows(capture, "--filter", expression)
        wanted = shown(whole, theirs.hits[place])
        problems += [f"{expression}: {x}" for x in compare(wanted, got.rows).differences]
        assert command.flows(capture, "--filter", expression, "--threads", "1").rows == got.rows
    assert not problems, "\n".join(problems[:20])


def test_rules_leave_little_out() -> None:
    """Last: what the rules took from the tests before it."""
    if not JUDGED:
        pytest.skip("no capture was judged")
    judged, left = len(JUDGED), USES["other-hits"] + USES["other-flows"] * len(FILTERS)
    assert left <= MOST_LEFT_OUT * (judged + left), f"{USES}, {judged} judged"
