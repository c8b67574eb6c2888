"""The flow table of every capture against tshark and capinfos."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

import captures
from rules import RULES

EACH = pytest.mark.parametrize("capture", captures.everything(), ids=captures.short)
judged = pytest.mark.judged


def _fail(problems: list[str]) -> None:
    assert not problems, f"{len(problems)} problems:\n" + "\n".join(problems[:20])


@pytest.mark.parametrize("name", ["SHARED", "ORACLE"])
def test_captures_are_there(name: str) -> None:
    folder = getattr(captures, name)
    if not captures.below(folder):
        pytest.skip(f"no captures in {folder}; set FLOWLOOM_CAPTURES / FLOWLOOM_ORACLE")


@judged
@EACH
def test_flows_are_tsharks(capture: Path, verdicts) -> None:
    _fail(verdicts[capture].differences)


@judged
@EACH
def test_invariants(capture: Path, verdicts) -> None:
    _fail(verdicts[capture].broken)


@judged
@EACH
def test_every_packet_is_accounted_for(capture: Path, verdicts) -> None:
    _fail(verdicts[capture].accounting)


@judged
@EACH
def test_exit_status(capture: Path, verdicts) -> None:
    _fail(verdicts[capture].status)


@judged
@EACH
def test_stream_rule_is_tsharks(capture: Path, verdicts) -> None:
    """The rule as documented, applied without flowloom, numbers streams as tshark does."""
    _fail(verdicts[capture].numbering)


@judged
def test_rules_explain_little(verdicts, capsys: pytest.CaptureFixture) -> None:
    """Prints what was compared, and fails where a rule excuses more than its share."""
    streams = sum(x.streams for x in verdicts.values())
    uses: Counter[str] = Counter()
    touched: Counter[str] = Counter()
    for verdict in verdicts.values():
        uses.update(verdict.uses)
        touched.update(verdict.uses.keys())
    unexplained = sum(len(x.differences) for x in verdicts.values())
    lines = [
        f"{len(verdicts)} captures, {sum(x.packets for x in verdicts.values())} packets, "
        f"{sum(x.flows for x in verdicts.values())} flows, {streams} streams; {unexplained} unexplained differences"
    ]
    for rule, (_share, what) in RULES.items():
        lines.append(f"  {rule:26} {uses[rule]:5} uses in {touched[rule]:3} captures: {what}")
    with capsys.disabled():
        print("\n" + "\n".join(lines))
    shared = {p for p in verdicts if p.is_relative_to(captures.SHARED)}
    if not shared:
        pytest.skip("too few streams for shares: the shared captures are not there")
    packets = sum(x.packets for x in verdicts.values())
    too_much = [
        f"{r}: {uses[r]} of {packets} packets" for r, (share, _) in RULES.items() if uses[r] > share * packets
    ]
    assert not too_much, too_much
