"""The judge judged: a right table passes, and each way of being wrong is noticed."""

from __future__ import annotations

import copy
from decimal import Decimal
from pathlib import Path

import pytest

import invariants
import made
from community import community_id
from compare import KEYWORDS, compare, expected_row
from expect import Expectation


def table(expectation: Expectation, capture: Path) -> list[dict]:
    """The rows that the expectation describes, as the command would write them."""
    rows = []
    for place, flow in enumerate(expectation.flows):
        row = expected_row(flow)
        number = {name: n for n, name in KEYWORDS.items()}[row["protocol"]]
        row["duration"] = Decimal(row["end"] - row["start"]) / 10**9
        row["packet_times"] = [Decimal(x) / 10**9 for x in row["packet_times"]]
        row["start"], row["end"] = Decimal(row["start"]) / 10**9, Decimal(row["end"]) / 10**9
        row |= {"flow_id": place, "capture": str(capture)}
        ends = row["src_ip"], row["dst_ip"], number, row["src_port"], row["dst_port"]
        row["community_id"] = community_id(*ends, row["icmp_type"], row["icmp_code"])
        rows.append(row)
    return rows


@pytest.fixture(scope="module")
def capture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made.write(tmp_path_factory.mktemp("made"), "made.pcap", made.pcap(made.conversation()))


@pytest.fixture
def answer(capture: Path) -> tuple[Expectation, list[dict]]:
    expectation = Expectation(capture)
    return expectation, table(expectation, capture)


def test_the_expectation_itself(answer) -> None:
    """Written down by hand, so that the judge does not only agree with itself."""
    _, (tcp, udp) = answer
    assert (tcp["src_ip"], tcp["src_port"], tcp["dst_ip"], tcp["dst_port"]) == (
        "192.0.2.1",
        40000,
        "198.51.100.2",
        80,
    )
    assert tcp["packet_lengths"] == [40, -40, 40, 47, -52, 40, -40, 40]
    assert tcp["payload_lengths"] == [0, 0, 0, 7, -12, 0, 0, 0]
    assert tcp["tcp_flags"] == [2, 18, 16, 24, 24, 17, 17, 16]
    assert [int(x * 1000) for x in tcp["packet_times"]] == [0, 1, 2, 3, 5, 7, 8, 9]
    assert (tcp["stream"], tcp["end_reason"], str(tcp["start"])) == (0, "fin", "1700000000")
    assert udp["packet_lengths"] == [36, -37] and udp["payload_lengths"] == [8, -9]
    assert (udp["stream"], udp["end_reason"], udp["tcp_flags"]) == (0, "capture_end", None)


def test_a_right_table_passes(answer, capture: Path) -> None:
    expectation, rows = answer
    assert compare(expectation, rows).differences == []
    assert invariants.problems(rows, str(capture)) == []


WRONG = {
    "src_ip": "192.0.2.9", "src_port": 1, "stream": 7, "start": Decimal("1700000000.000001"), "end": Decimal(0),
    "packets": 3, "bytes": 1, "fwd_bytes": 1, "bwd_packets": 0, "packet_lengths": [-40, 40, -40, -47, 52, -40, 40, -40],
    "payload_lengths": [0, 0, 0, 7, -13, 0, 0, 0], "tcp_flags": [2, 18, 16, 24, 24, 17, 17, 17],
    "packet_times": [Decimal(0)] * 8, "end_reason": "rst", "vlan": [1], "ip_version": 6, "tunnel": "gre", "tunnel_id": 5,
    "protocol": "udp",
}  # fmt: skip


@pytest.mark.parametrize("column", sorted(WRONG))
def test_a_wrong_column_is_noticed(answer, column: str) -> None:
    expectation, rows = answer
    rows = copy.deepcopy(rows)
    rows[0][column] = WRONG[column]
    assert compare(expectation, rows).differences


BROKEN = {
    "flow_id": 4, "capture": "elsewhere", "duration": Decimal(1), "packets": 3, "bytes": 1, "fwd_packets": 7,
    "bwd_bytes": 0, "packet_times": [Decimal("0.5")] * 8, "packet_lengths": [40] * 8, "payload_lengths": [1] * 8,
    "end_reason": "over", "vlan": [4096], "community_id": "1:AAAA", "tunnel_id": 3, "tunnel": "gre", "icmp_type": 8,
    "tcp_flags": None, "src_port": None,
}  # fmt: skip


@pytest.mark.parametrize("column", sorted(BROKEN))
def test_a_broken_invariant_is_noticed(answer, capture: Path, column: str) -> None:
    rows = copy.deepcopy(answer[1])
    rows[0][column] = BROKEN[column]
    assert invariants.problems(rows, str(capture))


def test_missing_and_surplus_and_swapped_flows_are_noticed(answer) -> None:
    expectation, rows = answer
    assert compare(expectation, rows[:1]).differences
    assert compare(expectation, [*rows, {**rows[0], "flow_id": 2}]).differences
    swapped = [{**rows[0], "flow_id": 1}, {**rows[1], "flow_id": 0}]
    assert compare(expectation, swapped).differences
