"""`flows --filter`: only packets that match are in flows; all of them tell of streams and initiators."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from test_command import A, B, GEN, ROOT, ethernet, pcap, rows, run, udp

CAPTURES = [ROOT / "tests/pcaps/https.pcap", *sorted(GEN.glob("*.pcap*"))]
WAYS = [(), ("--order", "end"), ("--key", "vlan,tunnel"), ("--icmp-errors", "join"), ("--idle-timeout", "1"), ("--max-flows", "3")]


def key(row: dict) -> tuple:
    ends = frozenset([(row["src_ip"], row["src_port"]), (row["dst_ip"], row["dst_port"])])
    return row["protocol"], ends, row["stream"], row["icmp_id"]


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
def test_what_matches_everything_changes_nothing(way: tuple[str, ...]) -> None:
    for capture in CAPTURES:
        whole = run("flows", capture, *way, status=None).stdout
        for everything in ("frame", "frame.number > 0"):
            assert run("flows", capture, *way, "--filter", everything, status=None).stdout == whole, capture


@pytest.mark.parametrize("expression", ["tcp.flags.syn == 1", "frame.number & 1", "ip.frag_offset > 0", "frame.len > 100"])
def test_what_matches_and_what_does_not_is_the_whole(expression: str) -> None:
    """Flows lie within streams whatever is left out; each packet is in one of the two."""
    for capture in CAPTURES:
        whole, some, others = (
            rows(capture, *x, status=None)
            for x in ((), ("--filter", expression), ("--filter", f"not ({expression})"))
        )
        packets, sources = [], []
        for table in ([*some, *others], whole):
            count, source = Counter(), {}
            for row in table:
                count[key(row)] += row["packets"]
                source.setdefault(key(row), set()).add((row["src_ip"], row["src_port"]))
            packets.append(count)
            sources.append(source)
        assert packets[0] == packets[1], capture
        assert sources[0] == sources[1], capture


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
@pytest.mark.parametrize("expression", ["frame.number % 3 == 1", "tcp.flags.ack == 0 || udp", "frame.time_delta > 0.0001"])
def test_the_same_bytes_for_any_number_of_threads(tmp_path: Path, expression: str, way: tuple[str, ...]) -> None:
    capture = tmp_path / "many.pcap"
    run("synth", "-o", capture, "--packets", 20000, "--seed", 5)
    packed = tmp_path / "many.pcap.gz"
    packed.write_bytes(gzip.compress(capture.read_bytes(), 1))
    asked = ("--filter", expression, *way)
    one = run("flows", capture, *asked, "--threads", 1).stdout
    assert one and one != run("flows", capture, *way, "--threads", 1).stdout
    for threads in (2, 5):
        assert run("flows", capture, *asked, "--threads", threads).stdout == one
    assert run("flows", packed, *asked).stdout.replace(str(packed), str(capture)) == one
    joined = run("flows", "--join", capture, capture, *asked, "--threads", 1).stdout
    assert run("flows", "--join", capture, capture, *asked).stdout == joined


def test_who_began_is_known_from_packets_that_are_left_out() -> None:
    (capture,) = [x for x in CAPTURES if x.name == "port_reuse.pcap"] or [GEN.parent / "port_reuse.pcap"]
    whole = {x["stream"]: x for x in rows(capture) if x["protocol"] == "tcp"}
    for row in rows(capture, "--filter", "tcp.flags.syn == 0"):
        if row["protocol"] == "tcp":
            assert (row["src_ip"], row["src_port"]) == (whole[row["stream"]]["src_ip"], whole[row["stream"]]["src_port"])
            assert 0 not in [x & 0x10 for x in row["tcp_flags"]] or row["end_reason"] == "rst"


def test_timeouts_are_of_what_matches(tmp_path: Path) -> None:
    capture = tmp_path / "gaps.pcap"
    capture.write_bytes(pcap([(t, ethernet(udp(A, B) if t % 4 else udp(B, A))) for t in range(0, 20, 2)]))
    (whole,) = rows(capture, "--idle-timeout", 3)
    assert whole["packets"] == 10 and whole["src_port"] == B[1]
    pieces = rows(capture, "--idle-timeout", 3, "--filter", "udp.srcport == 1000")
    assert [x["packets"] for x in pieces] == [1] * 5
    assert {(x["src_port"], x["stream"]) for x in pieces} == {(B[1], 0)}
    assert [x["packet_lengths"] for x in pieces] == [[-38]] * 5


def test_numbers_are_of_what_the_read_filter_leaves(small_mixed: Path) -> None:
    asked = ("--read-filter", "src port 53", "--filter", "frame.number == 2")
    (row,) = rows(small_mixed, *asked)
    assert row["start"] == 103
    (packet,) = run("packets", small_mixed, *asked, "--fields", "frame.number").stdout.splitlines()
    assert json.loads(packet)["time"] == 103


@pytest.fixture
def small_mixed(tmp_path: Path) -> Path:
    path = tmp_path / "mixed.pcap"
    path.write_bytes(pcap([(100 + i, ethernet(udp(*((A, B) if i % 2 == 0 else (B, A))))) for i in range(10)]))
    return path


def test_packets_that_do_not_match_are_accounted_for(small_mixed: Path) -> None:
    assert "10 packets: 4 flow, 6 filtered_out" in run("flows", "-v", "--filter", "frame.number > 6", small_mixed).stderr
    assert "10 packets: 10 filtered_out" in run("flows", "-v", "--filter", "tcp", small_mixed).stderr
    for capture in CAPTURES:
        told = run("flows", "--filter", "ip.len > 60", "--format", "json", capture, status=None).stdout
        counts = json.loads(told)["provenance"]["accounting"]
        whole = json.loads(run("flows", "--format", "json", capture, status=None).stdout)["provenance"]["accounting"]
        assert counts["packets"] == whole["packets"] == sum(v for k, v in counts.items() if k != "packets")
        assert all(counts[k] <= whole[k] for k in counts if k != "filtered_out")


def test_mistakes_are_told_before_anything_is_read(tmp_path: Path) -> None:
    capture = tmp_path / "x.pcap"
    capture.write_bytes(pcap([(0, ethernet(udp(A, B)))]))
    assert 'unknown field "tcp.flag" at column 1' in run("flows", "--filter", "tcp.flag", capture, status=2).stderr
    assert run("flows", "--filter-dialect", "wireshark3", capture, status=2).stderr
    asked = ("--filter", "udp or tcp and tcp", "--filter-dialect")
    assert (len(rows(capture, *asked, "wireshark4")), len(rows(capture, *asked, "wireshark3"))) == (1, 0)
