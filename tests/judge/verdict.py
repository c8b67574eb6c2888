"""All that is found out about one capture: tshark's, capinfos' and the command's answers side by side."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import command
import invariants
import numbering
import pdml
import records
from compare import Comparison, compare
from expect import Expectation
from layers import PREFIX

# Application dissectors of tshark that consume or split stream numbers: they make conversations of their own
# for the connections that they announce or relay, or begin one anew in the middle of a connection.
CONVERSATION_MAKERS = frozenset(
    "socks vnc tftp rtsp sip sdp ftp h225 h245 rtp rtcp bittorrent skinny snmp".split()
)


@dataclass
class Verdict:
    path: Path
    differences: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    accounting: list[str] = field(default_factory=list)
    status: list[str] = field(default_factory=list)
    numbering: list[str] = field(default_factory=list)
    uses: Counter = field(default_factory=Counter)
    packets: int = 0
    streams: int = 0
    flows: int = 0


def judge(path: Path) -> Verdict:
    verdict = Verdict(path)
    try:
        result = command.flows(path, "--community-id")
    except Exception as error:
        verdict.status.append(f"flows did not finish: {type(error).__name__}: {error}")
        return verdict
    verdict.broken = invariants.problems(result.rows, str(path))
    expectation, comparison = _compare(path, result.rows)
    verdict.differences = comparison.differences
    verdict.numbering = _numbering(expectation)
    verdict.uses = expectation.uses.count
    verdict.packets, verdict.streams, verdict.flows = comparison.packets, comparison.streams, comparison.flows
    _status(verdict, result, expectation.whole)
    _accounting(verdict, result)
    return verdict


def _compare(path: Path, rows: list[dict]) -> tuple[Expectation, Comparison]:
    expectation = Expectation(path)
    comparison = compare(expectation, rows)
    makers = sorted(expectation.protocols & CONVERSATION_MAKERS)
    if not comparison.differences or not makers:
        return expectation, comparison
    plain = Expectation(path, tuple(y for x in makers for y in ("--disable-protocol", x)))
    again = compare(plain, rows)
    if len(again.differences) < len(comparison.differences):
        plain.uses.note("application-streams", max(1, comparison.stream_differences))
        return plain, again
    return expectation, comparison


def _numbering(expectation: Expectation) -> list[str]:
    """Where the documented rule of stream numbers, applied to tshark's layers, gives other numbers than tshark;
    of the dissection whose numbers were used."""
    frames = expectation.whole.frames
    if expectation.protocols & (CONVERSATION_MAKERS | {"fr"}):
        return []
    ours, found = numbering.numbers(frames), []
    for frame in frames:
        for layer in frame.layers:
            told = layer.number(f"{PREFIX.get(layer.name, layer.name)}.stream")
            if told is not None and ours.get((frame.number, layer.pos)) != told:
                found.append(
                    f"frame {frame.number} {layer.name}: {ours.get((frame.number, layer.pos))}, tshark {told}"
                )
    return found


def _status(verdict: Verdict, result: command.Result, told: pdml.Dissection) -> None:
    """3 where the file is damaged, else 0; tshark's own refusal of a link type is no damage."""
    want = 3 if told.damaged else 0
    if result.status != want:
        verdict.status.append(f"exit status {result.status}, expected {want}; tshark: {told.message!r}")
    if want == 3:
        name = verdict.path.name
        if name not in result.stderr or not re.search(r"\d", result.stderr.replace(name, "")):
            verdict.status.append(f"the message does not name file and offset: {result.stderr!r}")


def _accounting(verdict: Verdict, result: command.Result) -> None:
    counted, _ = pdml.capinfos_count(verdict.path)
    expected = counted
    if counted is None:
        expected = records.count(verdict.path.read_bytes())
    status, message, objects = command.info(verdict.path)
    if status != result.status:
        verdict.accounting.append(f"info says status {status}, flows {result.status}: {message}")
    if len(objects) != 1:
        verdict.accounting.append(f"info wrote {len(objects)} objects, expected 1: {message}")
        return
    told = objects[0]
    if told["packets"] != expected:
        verdict.accounting.append(f"packets {told['packets']}, capinfos {expected}")
    if sum(told["accounting"].values()) != told["packets"]:
        verdict.accounting.append(f"accounting {told['accounting']} does not add up to {told['packets']}")
    in_flows = sum(x["packets"] for x in result.rows)
    if in_flows not in told["accounting"].values() and in_flows:
        verdict.accounting.append(f"{in_flows} packets in flows, but accounting says {told['accounting']}")
