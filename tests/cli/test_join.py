"""`--join`: however a recording is divided over files, its flows are those of the whole."""

from __future__ import annotations

import gzip
import heapq
import json
import os
import random
import resource
import struct
import subprocess
from pathlib import Path

import pytest

from test_command import FLOWLOOM, GEN, ROOT, A, B, ethernet, pcap, rows, run, udp

SHARED = Path(os.environ.get("FLOWLOOM_CAPTURES") or ROOT.parent / "shared" / "captures")
Record = tuple[int, bytes, int]  # time in units of the capture, bytes, original length


def parse(data: bytes) -> tuple[bytes, list[Record], int] | None:
    """Header, records and units of a second of a plain little-endian pcap without damage; else nothing."""
    units = {0xA1B2C3D4: 10**6, 0xA1B23C4D: 10**9}.get(struct.unpack_from("<I", data)[0] if len(data) > 24 else 0)
    if units is None:
        return None
    records, at = [], 24
    while at + 16 <= len(data):
        seconds, part, captured, original = struct.unpack_from("<IIII", data, at)
        if at + 16 + captured > len(data):
            return None
        records.append((seconds * units + part, data[at + 16 : at + 16 + captured], original))
        at += 16 + captured
    return (data[:24], records, units) if at == len(data) else None


def to_pcap(header: bytes, records: list[Record], units: int) -> bytes:
    return header + b"".join(struct.pack("<IIII", t // units, t % units, len(b), o) + b for t, b, o in records)


def to_pcapng(header: bytes, records: list[Record], units: int) -> bytes:
    def block(kind: int, body: bytes) -> bytes:
        body += bytes(-len(body) % 4)
        return struct.pack("<II", kind, 12 + len(body)) + body + struct.pack("<I", 12 + len(body))

    link_type = struct.unpack_from("<H", header, 20)[0]
    resolution = struct.pack("<HHB3xHH", 9, 1, 6 if units == 10**6 else 9, 0, 0)
    out = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    out += block(1, struct.pack("<HHI", link_type, 0, 0) + resolution)
    for t, b, o in records:
        out += block(6, struct.pack("<IIIII", 0, t >> 32, t & 0xFFFFFFFF, len(b), o) + b)
    return out


def merged(parts: list[list[Record]]) -> list[Record]:
    """The rule: the part whose next packet is earliest goes next, of equal ones the first."""
    heap = [(part[0][0], i, 0) for i, part in enumerate(parts) if part]
    heapq.heapify(heap)
    out = []
    while heap:
        _, i, at = heapq.heappop(heap)
        out.append(parts[i][at])
        if at + 1 < len(parts[i]):
            heapq.heappush(heap, (parts[i][at + 1][0], i, at + 1))
    return out


def divide(records: list[Record], how: str, k: int, rng: random.Random) -> list[list[Record]]:
    if how == "chunks":
        cuts = sorted(rng.randrange(len(records) + 1) for _ in range(k - 1))
        return [records[a:b] for a, b in zip([0, *cuts], [*cuts, len(records)])]
    if how == "robin":
        return [records[i::k] for i in range(k)]
    parts: list[list[Record]] = [[] for _ in range(k)]  # by chance, in runs
    part = 0
    for record in records:
        if rng.random() < 0.2:
            part = rng.randrange(k)
        parts[part].append(record)
    return parts


def flows(paths: list[Path], *options: object) -> list[dict]:
    result = subprocess.run([FLOWLOOM, "flows", *map(str, paths), *map(str, options)], capture_output=True, timeout=60)
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def without_capture(table: list[dict]) -> list[dict]:
    return [{k: v for k, v in row.items() if k != "capture"} for row in table]


def check(data: bytes, tmp_path: Path, rng: random.Random, how: str, k: int, threads: list[int]) -> None:
    parsed = parse(data)
    assert parsed is not None
    header, records, units = parsed
    parts = divide(records, how, k, rng)
    paths = []
    for i, part in enumerate(parts):
        content = rng.choice([to_pcap, to_pcap, to_pcapng])(header, part, units)
        paths.append(tmp_path / f"part{i}")
        paths[-1].write_bytes(gzip.compress(content, 1) if rng.random() < 0.2 else content)
    whole = tmp_path / "whole.pcap"
    whole.write_bytes(to_pcap(header, merged(parts), units))
    expected = flows([whole], "--threads", 1)
    starts = [(part[0][0], i) for i, part in enumerate(parts) if part]
    for n in threads:
        joined = flows(paths, "--join", "--threads", n)
        assert {row["capture"] for row in joined} <= {str(paths[min(starts)[1]])} if starts else not joined
        assert without_capture(joined) == without_capture(expected), (how, k, n)


def captures() -> list[Path]:
    own = sorted(GEN.glob("*.pcap")) + sorted((ROOT / "tests" / "pcaps").glob("*.pcap"))
    return [p for p in own if parse(p.read_bytes())]


@pytest.mark.parametrize("how", ["chunks", "robin", "chance"])
def test_divided_recordings(how: str, tmp_path: Path) -> None:
    rng = random.Random(how)
    for path in rng.sample(captures(), 12):
        check(path.read_bytes(), tmp_path, rng, how, rng.randrange(2, 7), [1, 5])


@pytest.mark.parametrize("how", ["chunks", "robin", "chance"])
def test_shared_captures(how: str, tmp_path: Path) -> None:
    shared = [p for p in sorted(SHARED.rglob("*.pcap")) if parse(p.read_bytes())]
    if not shared:
        pytest.skip(f"no captures in {SHARED}; set FLOWLOOM_CAPTURES")
    rng = random.Random(how)
    for path in shared:
        check(path.read_bytes(), tmp_path, rng, how, rng.randrange(2, 9), [1, 2, 5])


def stream(seconds: list[float]) -> bytes:
    """One flow of a packet a time, directions in turn."""
    return pcap([(t, ethernet(udp(*((A, B) if i % 2 == 0 else (B, A))))) for i, t in enumerate(seconds)])


def test_flows_go_on_from_file_to_file(tmp_path: Path) -> None:
    first, second = tmp_path / "a.pcap", tmp_path / "b.pcap"
    first.write_bytes(stream([100, 101]))
    second.write_bytes(stream([102, 103]))
    assert [row["packets"] for row in rows(second, first)] == [2, 2]
    [row] = rows(second, first, "--join")
    assert (row["packets"], row["capture"], row["start"], row["end"]) == (4, str(first), 100, 103)


def test_options_act_on_the_whole(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.pcap", "b.pcap")]
    paths[0].write_bytes(stream([100, 102, 104]))
    paths[1].write_bytes(stream([101, 103, 105]))
    [row] = rows(*paths, "--join", "--limit", 4)
    assert (row["packets"], row["end"]) == (4, 103)
    [row] = rows(*paths, "--join", "--from", 101, "--to", 105)
    assert row["packet_times"] == [0, 1, 2, 3]
    assert len(rows(*paths, "--join", "--read-filter", "dst port 53")) == 1


def test_standard_input_may_be_one(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(stream([101, 103]))
    result = subprocess.run([FLOWLOOM, "flows", "-", path, "--join"], input=stream([100, 102, 104]),
                            capture_output=True, timeout=60, check=True)
    [row] = map(json.loads, result.stdout.splitlines())
    assert (row["capture"], row["packet_times"]) == ("-", [0, 1, 2, 3, 4])


def test_the_finest_resolution_counts(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("us.pcap", "ns.pcap")]
    paths[0].write_bytes(stream([100]))
    fine = bytearray(stream([101]))
    fine[0:4] = struct.pack("<I", 0xA1B23C4D)
    fine[28:32] = struct.pack("<I", 123456789)
    paths[1].write_bytes(fine)
    out = run("flows", *paths, "--join").stdout
    assert '"end":101.123456789' in out.replace(" ", "")


def test_damage_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.pcap", "b.pcap", "text", "c.pcap")]
    paths[0].write_bytes(stream([100, 103])[:-5])
    paths[1].write_bytes(stream([101, 104]))
    paths[2].write_text("no capture")
    paths[3].write_bytes(stream([102, 105]))
    result = run("flows", *paths, "--join", status=3)
    [row] = map(json.loads, result.stdout.splitlines())
    assert row["packet_times"] == [0, 1, 2, 4, 5]
    assert f"{paths[0]}, offset 92" in result.stderr and f"{paths[2]}: no capture" in result.stderr
    run("flows", paths[2], tmp_path / "text", "--join", status=1)


def test_more_captures_overlap_than_can_be_open(tmp_path: Path) -> None:
    paths = [tmp_path / f"{i:02}.pcap" for i in range(60)]
    for i, path in enumerate(paths):
        path.write_bytes(stream([100 + i, 300 + i]))
    few = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (30, 30))  # noqa: E731
    result = run("flows", *paths, "--join", "--threads", 2, status=3, preexec_fn=few)
    assert "Too many open files" in result.stderr and "overlap in time" in result.stderr
    soft = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (30, 200))  # noqa: E731
    [row] = map(json.loads, run("flows", *paths, "--join", preexec_fn=soft).stdout.splitlines())
    assert row["packets"] == 120
