"""Captures made from seeds, judged as the others are. A seed that fails makes the same capture again."""

from __future__ import annotations

from pathlib import Path

import pytest

import made
import randomised
from verdict import judge

SEEDS = range(16)
PACKETS = 120


@pytest.mark.parametrize("seed", SEEDS)
def test_random_capture(seed: int, tmp_path: Path) -> None:
    capture = made.write(tmp_path, f"seed{seed}.pcap", randomised.Maker(seed).capture(PACKETS))
    verdict = judge(capture)
    problems = [
        *verdict.differences,
        *verdict.broken,
        *verdict.accounting,
        *verdict.status,
        *verdict.numbering,
    ]
    assert not problems, f"{len(problems)} problems:\n" + "\n".join(problems[:20])
    assert verdict.streams > 20


def test_same_seed_same_capture() -> None:
    assert randomised.Maker(3).capture(50) == randomised.Maker(3).capture(50)
    assert randomised.Maker(3).capture(50) != randomised.Maker(4).capture(50)


def test_ip_packets_under_other_protocols_are_not_looked_for(tmp_path: Path) -> None:
    """LISP carries IP packets in UDP and is no tunnel here: the flow is that of the outer addresses."""
    inner = made.udp("203.0.113.1", "203.0.113.2", 1000, 2000, b"inside")
    packet = made.udp(made.CLIENT, made.SERVER, 4341, 4341, b"\0" * 8 + inner)
    capture = made.write(tmp_path, "lisp.pcap", made.pcap([made.ethernet(packet)] * 2))
    verdict = judge(capture)
    assert verdict.uses["tunnel-not-read"] == 2
    assert [*verdict.broken, *verdict.accounting, *verdict.status] == []
    assert verdict.differences == []
