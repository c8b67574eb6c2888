"""Values of all fields that flowloom knows, in every packet, against tshark's.

What differs is explained by a rule of field_rules.py, each of which has a limit here.
"""

from __future__ import annotations

import multiprocessing
import os
import re
from collections import Counter
from pathlib import Path

import captures
import field_rules
import field_values
import pytest
from field_values import FieldVerdict

PROCESSES = 2
# All that the project has, and of the real captures a sample; with FLOWLOOM_JUDGE_ALL all of them.
SAMPLE, LARGEST = 25, 3_000_000
SHARED = [x for x in captures.below(captures.SHARED) if x.stat().st_size <= LARGEST]
ALL = [*captures.below(captures.OWN), *(SHARED if os.environ.get("FLOWLOOM_JUDGE_ALL") else SHARED[::SAMPLE])]

# The most that a rule may explain, a bit more than it does: of the project's captures so many answers (a field of a
# packet, with all its values), of real ones so many millionths of the answers.
MOST: dict[str, tuple[int, int]] = {
    "unknown-protocol": (7923, 19250), "guessed": (39, 900), "no-layer": (442, 6050),
    "direction-byte": (56, 0), "teredo-nonce": (6, 3), "teredo-version": (2, 0), "vxlan-8472": (0, 250), "empty-values": (2, 3900),
    "interface-number": (35, 0), "no-time": (119, 0), "no-time-shift": (30, 0), "custom-block": (18, 0),
    "made-layer": (64, 2), "cut-header": (136, 21), "cut-made": (17, 0), "layer-twice": (10, 250),
    "ip-length-short": (12, 8), "ip-length-zero": (4, 7), "tcp-header-damaged": (16, 0),
    "tcp-piece": (34, 1), "mptcp-checksum": (4, 0), "source-route": (16, 0), "many-layers": (37, 0),
    "dns-piece": (14, 200), "wlan-body": (216, 150), "isl": (0, 21), "padding-behind-pppoe": (4, 0),
    "padding-elsewhere": (0, 6), "ipv6-length-zero": (6, 2), "fabricpath": (0, 39),
    "dhcp-end": (6, 99), "dropped-packet": (3, 0), "ospf-instance": (14, 0),
    "mobility-short": (10, 0), "mobility-time": (3, 0), "routing-place": (13, 0), "nd-option-place": (7, 0),
    "last-name": (3, 0), "not-all-there": (12, 8),
    "time-fraction": (0, 5), "time-resolution": (6, 0), "gre-version": (5, 0), "ipv6-version": (7, 2),
    "ip-option-unknown": (6, 0), "ipv6-option-damaged": (8, 0), "home-address": (11, 0), "jumbo-zero": (12, 0),
    "not-utf8": (0, 6), "tcp-cut": (15, 0), "igmp-type": (3, 0),
}  # fmt: skip

DIFFERENCE = re.compile(r"frame (\d+) \(.*?\): (\S+): tshark ")


@pytest.fixture(scope="module")
def verdicts(request: pytest.FixtureRequest) -> dict[Path, FieldVerdict]:
    """Of the captures of the selected tests; of all where a test is about the whole."""
    items = [x for x in request.session.items if x.path == request.path]
    wanted = {x.callspec.params["capture"] for x in items if hasattr(x, "callspec")}
    names = field_values.compared_names()
    with multiprocessing.get_context("fork").Pool(PROCESSES) as pool:
        found = pool.imap_unordered(field_values.judged, [(x, names) for x in sorted(wanted)])
        return {x.path: x for x in found}


@pytest.mark.parametrize("capture", ALL, ids=captures.short)
def test_values_are_tsharks(capture: Path, verdicts: dict[Path, FieldVerdict]) -> None:
    rest = verdicts[capture].differences
    assert not rest, f"{len(rest)} differences:\n" + "\n".join(rest[:20])


def explained(verdicts: list[FieldVerdict]) -> tuple[Counter, int]:
    """How often each rule was used, and the number of answers."""
    uses: Counter = Counter()
    for verdict in verdicts:
        uses.update(verdict.uses)
    return uses, sum(x.answers for x in verdicts)


def test_rules_explain_little(verdicts: dict[Path, FieldVerdict]) -> None:
    if len(verdicts) < len(ALL):
        pytest.skip("not all captures were compared")
    ours, own_answers = explained([v for x, v in verdicts.items() if x.is_relative_to(captures.OWN)])
    real, answers = explained([v for x, v in verdicts.items() if not x.is_relative_to(captures.OWN)])
    values = sum(x.values for x in verdicts.values())
    print(f"{len(verdicts)} captures, {values} values; answers: {own_answers} own, {answers} real")
    for rule in field_rules.RULES:
        print(f"  {rule}: {ours[rule]}, real {real[rule]} ({1e6 * real[rule] / max(answers, 1):.1f} millionths)")
    over = [x for x in ours if ours[x] > MOST[x][0]] + [x for x in real if 1e6 * real[x] > MOST[x][1] * answers]
    assert not over, "more than the limit"
    assert all(ours[x] or MOST[x][1] for x in MOST), "a rule that nothing needs"


def test_every_rule_has_a_limit() -> None:
    assert set(MOST) == set(field_rules.RULES)


def test_a_wrong_value_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    capture = captures.OWN / "ping.pcap"
    names = ("ip.ttl", "ip.id", "eth.src")
    assert field_values.judge(capture, names).differences == []
    right = field_values.own_values

    def wrong(path: Path, asked: tuple[str, ...]) -> list[field_values.Values]:
        rows = right(path, asked)
        rows[2]["ip.ttl"] = ["1"]
        del rows[3]["eth.src"]
        return rows

    monkeypatch.setattr(field_values, "own_values", wrong)
    rest = field_values.judge(capture, names).differences
    assert [DIFFERENCE.match(x)[2] for x in rest] == ["ip.ttl", "eth.src"]
