"""Bounded memory: rows as flows are cut are those of `--order start`, for any number of threads."""

from __future__ import annotations

import gzip
import json
import os
import struct
import subprocess
import threading
from pathlib import Path

import pytest

from test_command import FLOWLOOM, GEN, A, B, ethernet, pcap, rows, run, udp
from test_join import parse, to_pcapng

LISTS = ("packet_times", "packet_lengths", "payload_lengths", "tcp_flags")
LIMITS = [
    ("--idle-timeout", "0.5"),
    ("--active-timeout", "0.3"),
    ("--max-flows", "40"),
    ("--idle-timeout", "0.2", "--active-timeout", "0.3", "--max-flows", "25", "--key", "vlan,tunnel"),
    ("--max-flows", "20", "--sequence-limit", "3", "--icmp-errors", "join"),
]


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bounds") / "mixed.pcap"
    run("synth", "-o", path, "--packets", "20000", "--seed", "7", "--profile", "web,dns,scan,tunnels")
    return path


@pytest.mark.parametrize("limits", LIMITS, ids=" ".join)
def test_orders_and_threads_give_the_same_rows(mixed: Path, limits: tuple[str, ...]) -> None:
    by_start = run("flows", mixed, *limits, "--order", "start").stdout
    by_end = run("flows", mixed, *limits, "--threads", "1").stdout
    assert sorted(by_end.splitlines()) == sorted(by_start.splitlines())
    for threads in ("2", "5"):
        assert run("flows", mixed, *limits, "--threads", threads).stdout == by_end
    ids = [json.loads(line)["flow_id"] for line in by_start.splitlines()]
    assert ids == list(range(len(ids)))
    assert len(ids) > len(rows(mixed)) / 2


@pytest.mark.parametrize("limits", [LIMITS[0], ("--order", "end")], ids=" ".join)
def test_many_captures(mixed: Path, tmp_path: Path, limits: tuple[str, ...]) -> None:
    """Small and large ones, compressed ones: flows of a capture end with it."""
    header, records, units = parse(mixed.read_bytes())
    names = []
    for i in range(12):
        part = records[i * 1500 : (i + 1) * 1500]
        data = header + b"".join(struct.pack("<IIII", t // units, t % units, len(b), o) + b for t, b, o in part)
        names.append(tmp_path / f"{i:02}.pcap")
        names[-1].write_bytes(gzip.compress(data) if i % 5 == 3 else data)
    names.insert(4, mixed)
    one = run("flows", *names, *limits, "--threads", "1").stdout
    assert run("flows", *names, *limits, "--threads", "4").stdout == one
    if limits[0] == "--order":
        apart = run("flows", *names, "--order", "start").stdout
    else:
        apart = run("flows", *names, *limits, "--order", "start").stdout
    assert sorted(one.splitlines()) == sorted(apart.splitlines())


def test_flows_after_which_nothing_comes_end_by_their_timeout(tmp_path: Path) -> None:
    path = tmp_path / "two.pcap"
    path.write_bytes(pcap([(0, ethernet(udp(A, B))), (7, ethernet(udp(B, ("10.0.0.9", 9)))), (8, ethernet(udp(A, B)))]))
    assert [(x["flow_id"], x["end_reason"]) for x in rows(path, "--idle-timeout", "5")] == [
        (0, "idle"), (1, "capture_end"), (2, "capture_end")]
    assert [(x["flow_id"], x["end_reason"]) for x in rows(path, "--max-flows", "1")] == [
        (0, "evicted"), (1, "evicted"), (2, "capture_end")]


def test_sequences(mixed: Path, tmp_path: Path) -> None:
    whole = rows(mixed)
    assert max(x["packets"] for x in whole) > 5
    for got, want in zip(rows(mixed, "--sequence-limit", "5"), whole, strict=True):
        for column in LISTS:
            if want[column] is not None:
                want[column] = want[column][:5]
        assert got == want
    bare = rows(mixed, "--no-sequences", "--community-id")
    with_id = rows(mixed, "--community-id")
    assert bare == [{k: v for k, v in x.items() if k not in LISTS} for x in with_id]
    import pyarrow.parquet as pq

    run("flows", mixed, "--no-sequences", "-o", tmp_path / "x.parquet")
    assert not set(LISTS) & set(pq.read_schema(tmp_path / "x.parquet").names)
    run("flows", mixed, "--sequences", "--no-sequences", status=2)
    run("flows", mixed, "--sequence-limit", "3", "--no-sequences", status=2)
    run("flows", mixed, "--sequence-limit", "0", status=2)
    run("flows", mixed, "--max-flows", "0", status=2)
    run("flows", mixed, "--order", "size", status=2)


def test_rows_come_before_the_capture_ends(tmp_path: Path) -> None:
    """Rows of ended flows are there while the capture is still being written into a pipe."""
    packets = pcap([(0.001 * i, ethernet(udp(("10.0.0.1", 1 + i % 60000), B))) for i in range(70_000)])
    for threads in ("1", "3"):
        process = subprocess.Popen(
            [FLOWLOOM, "flows", "-", "--max-flows", "10", "--threads", threads, "--no-sequences"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip
        seen = threading.Event()

        def feed() -> None:
            process.stdin.write(packets)
            process.stdin.flush()
            seen.wait(60)
            process.stdin.close()

        writer = threading.Thread(target=feed)
        writer.start()
        assert json.loads(process.stdout.readline())["end_reason"] == "evicted"
        seen.set()
        assert len(process.stdout.read().splitlines()) == 70_000 - 1
        writer.join()
        assert process.wait() == 0


def test_whoever_stops_taking_rows_ends_the_run(mixed: Path) -> None:
    """A pipe that is closed: the run ends, nothing hangs."""
    done = subprocess.run(
        f"'{FLOWLOOM}' flows {' '.join(['%s' % mixed] * 20)} --max-flows 5 | head -n 1",
        shell=True, capture_output=True, timeout=60)  # fmt: skip
    assert done.stdout.count(b"\n") == 1


def test_times_of_pcapng(mixed: Path, tmp_path: Path) -> None:
    header, records, units = parse(mixed.read_bytes())
    path = tmp_path / "x.pcapng"
    path.write_bytes(to_pcapng(header, records[:5000], units))
    by_start = run("flows", path, "--idle-timeout", "0.5", "--order", "start").stdout
    for threads in ("1", "3"):
        by_end = run("flows", path, "--idle-timeout", "0.5", "--threads", threads).stdout
        assert sorted(by_end.splitlines()) == sorted(by_start.splitlines())


def test_fragments_that_waited(tmp_path: Path) -> None:
    """Their rows differ in nothing but, at most, flow_id."""
    for name in sorted(GEN.glob("frag_*.pcap")):
        by_start = rows(name, "--order", "start")
        by_end = rows(name, "--order", "end")
        drop = [json.dumps({**x, "flow_id": 0}) for x in by_start]
        assert sorted(drop) == sorted(json.dumps({**x, "flow_id": 0}) for x in by_end), os.fspath(name)
        assert sorted(x["flow_id"] for x in by_end) == list(range(len(by_end)))
