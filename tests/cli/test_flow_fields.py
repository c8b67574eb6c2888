"""`flows --fields`: values of fields with the packets of the flow that they are in."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pyarrow.ipc
import pyarrow.parquet
import pytest

from test_command import GEN, ROOT, rows, run

CAPTURES = [ROOT / "tests/pcaps/https.pcap", ROOT / "tests/pcaps/vxlan.pcap", *sorted(GEN.glob("*.pcap*"))]
FIELDS = ["frame.number", "ip.ttl", "ip.src", "tcp.flags.syn", "tcp.payload", "dns.qry.name", "ip", "frame.time_relative"]
WAYS = [(), ("--order", "end"), ("--key", "vlan,tunnel"), ("--icmp-errors", "join"), ("--idle-timeout", "0.5"),
        ("--max-flows", "3"), ("--filter", "frame.len > 70"), ("--threads", "1")]  # fmt: skip


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
def test_values_are_those_of_the_packets(way: tuple[str, ...]) -> None:
    """Every packet of every flow has its packet's values, at its place in the lists."""
    late = 0
    for capture in CAPTURES:
        told = run("packets", capture, "--fields", ",".join(FIELDS), status=None).stdout.splitlines()
        packets = {x["number"]: x for x in map(json.loads, told)}
        met = set()
        for row in rows(capture, "--fields", ",".join(FIELDS), *way, status=None):
            numbers = {x["packet"]: x["value"] for x in row["frame.number"]}
            assert sorted(numbers) == list(range(row["packets"])), capture
            # Times since the start have a double's digits.
            for place, number in numbers.items():
                assert abs(row["start"] + row["packet_times"][place] - packets[number]["time"]) < 1e-5
            assert not met & set(numbers.values())
            met |= set(numbers.values())
            late += list(numbers.values()) != sorted(numbers.values())
            for name in FIELDS:
                values = defaultdict(list)
                for entry in row[name]:
                    values[entry["packet"]].append(entry["value"])
                for place, number in numbers.items():
                    assert values[place] == packets[number][name], (capture, name, number)
    assert late == 0  # in lists, numbers only rise


def test_the_same_bytes_for_any_number_of_threads(tmp_path: Path) -> None:
    capture = tmp_path / "many.pcap"
    run("synth", "-o", capture, "--packets", 20000, "--seed", 7)
    for way in ((), ("--idle-timeout", 1), ("--filter", "frame.number & 1")):
        asked = ("flows", capture, "--fields", "ip.ttl,tcp.seq_raw,dns.qry.name,frame.time_delta", *way)
        one = run(*asked, "--threads", 1).stdout
        assert one and all(run(*asked, "--threads", n).stdout == one for n in (2, 5))


def test_many_columns_do_not_stand_for_the_lists_that_are_left_out() -> None:
    """As many columns of fields as there are lists, or more, and a column between the two."""
    capture = ROOT / "tests/pcaps/http.pcap"
    fields = ["ip.ttl", "tcp.srcport", "tcp.dstport", "ip.id", "frame.len"]
    for count in range(3, len(fields) + 1):
        asked = ("--community-id", "--fields", ",".join(fields[:count]))
        whole = rows(capture, *asked)
        for row in whole:
            for name in ("packet_times", "packet_lengths", "payload_lengths", "tcp_flags"):
                del row[name]
        assert rows(capture, *asked, "--no-sequences") == whole


def test_lists_that_are_cut_or_left_out() -> None:
    capture = ROOT / "tests/pcaps/http.pcap"
    whole = rows(capture, "--fields", "ip.ttl")
    for row, first, bare in zip(whole, rows(capture, "--fields", "ip.ttl", "--sequence-limit", 3),
                                rows(capture, "--fields", "ip.ttl", "--no-sequences"), strict=True):  # fmt: skip
        assert first["ip.ttl"] == [x for x in row["ip.ttl"] if x["packet"] < 3]
        assert bare["ip.ttl"] == row["ip.ttl"] and "packet_times" not in bare


def test_formats(tmp_path: Path) -> None:
    capture = ROOT / "tests/pcaps/http.pcap"
    fields = "dns.qry.name,ip.ttl,tcp.payload"
    (parquet, arrow, lines) = (tmp_path / x for x in ("x.parquet", "x.arrow", "x.csv"))
    for out in (parquet, arrow, lines):
        run("flows", capture, "--fields", fields, "-o", out)
    table = pyarrow.parquet.read_table(parquet)
    assert table.column_names[-3:] == fields.split(",")
    with arrow.open("rb") as file:
        assert pyarrow.ipc.open_file(file).read_all().to_pylist() == table.to_pylist()
    want = rows(capture, "--fields", fields)
    for row, told in zip(table.to_pylist(), want, strict=True):
        assert row["dns.qry.name"] == told["dns.qry.name"] and row["ip.ttl"] == told["ip.ttl"]
        assert [x["value"].hex() for x in row["tcp.payload"]] == [x["value"] for x in told["tcp.payload"]]
    header = lines.read_text().splitlines()[0]
    assert header.endswith("end_reason,dns.qry.name,ip.ttl,tcp.payload") and "packet_times" not in header


def test_mistakes(tmp_path: Path) -> None:
    capture = ROOT / "tests/pcaps/http.pcap"
    assert "did you mean dns.qry.name" in run("flows", capture, "--fields", "dns.qry.nam", status=2).stderr
    assert "asked for twice" in run("flows", capture, "--fields", "ip.ttl,ip.ttl", status=2).stderr
    assert "a column of that name" in run("flows", capture, "--fields", "vlan", status=2).stderr
