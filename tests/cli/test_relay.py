"""What the relay between two TUN devices does to packets; the devices themselves need root."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

from relay import Faults, Link  # noqa: E402  (after the path to it)


def fates(faults: Faults, seed: str, count: int = 5000, step: float = 0.001) -> list[list[float]]:
    """Departures relative to the arrival, of packets that arrive `step` seconds apart."""
    link = Link(faults, seed)
    return [[out - i * step for out in link.departures(1000, i * step)] for i in range(count)]


def test_without_faults_each_packet_passes_once_after_the_delay() -> None:
    assert all(len(out) == 1 and abs(out[0] - 0.01) < 1e-9 for out in fates(Faults(delay=0.01), "1"))


def test_the_seed_decides_which_packets_suffer() -> None:
    faults = Faults(loss=0.1, duplicate=0.05, reorder=0.05, delay=0.01, jitter=0.002)
    shape = [len(out) for out in fates(faults, "1")]
    assert shape == [len(out) for out in fates(faults, "1", step=0.5)]
    assert shape != [len(out) for out in fates(faults, "2")]


def test_probabilities_are_kept() -> None:
    out = fates(Faults(loss=0.1, duplicate=0.05, reorder=0.2, delay=0.01), "1")
    passed = [times for times in out if times]
    assert 0.08 < sum(not times for times in out) / len(out) < 0.12
    assert 0.035 < sum(len(times) == 2 for times in passed) / len(passed) < 0.065
    assert 0.17 < sum(times[0] > 0.02 for times in passed) / len(passed) < 0.23


def test_jitter_alone_does_not_reorder_but_holding_back_does() -> None:
    def order(faults: Faults) -> list[float]:
        link = Link(faults, "1")
        return [link.departures(1000, i * 0.001)[0] for i in range(5000)]

    jittered, held = order(Faults(delay=0.01, jitter=0.02)), order(Faults(delay=0.01, reorder=0.1))
    assert jittered == sorted(jittered)
    assert held != sorted(held)


def test_rate_spaces_packets() -> None:
    link = Link(Faults(rate=1e6), "1")  # 1000 bytes take 8 ms
    times = [link.departures(1000, 0.0)[0] for _ in range(5)]
    assert [round(time, 6) for time in times] == [0.008, 0.016, 0.024, 0.032, 0.04]
