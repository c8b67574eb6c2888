"""`split` of captures that come, or that are, in unusual ways."""

from __future__ import annotations

import json
import struct
import subprocess
from pathlib import Path

import pytest

from test_split import FLOWLOOM, ROOT, packets, run

HTTP = ROOT / "tests" / "pcaps" / "http.pcap"


@pytest.mark.parametrize("chosen", [("--min-packets", "2"), ("--flow-id", "3"), ("--from-syn",)], ids=" ".join)
def test_which_flows_of_standard_input(chosen: tuple, tmp_path: Path) -> None:
    """A pipe can be read once, and a file only from where it stands."""
    capture = HTTP
    run("split", capture, "-o", tmp_path / "file", *chosen)
    content = capture.read_bytes()
    command = [str(x) for x in (FLOWLOOM, "split", "-", "--verbose", *chosen, "-o")]
    pipe = subprocess.run([*command, tmp_path / "pipe"], input=content, capture_output=True, check=True)
    with capture.open("rb") as file:
        subprocess.run([*command, tmp_path / "standing"], stdin=file, capture_output=True, check=True)
    expected = sorted(path.read_bytes() for path in (tmp_path / "file").iterdir())
    assert expected
    for folder in ("pipe", "standing"):
        assert sorted(path.read_bytes() for path in (tmp_path / folder).iterdir()) == expected, pipe.stderr


@pytest.mark.parametrize("kind", ["flow", "host", "host-pair", "port"])
@pytest.mark.parametrize("seconds", [-3_000_000_000, 6_000_000_000])
def test_times_that_pcap_cannot_say(seconds: int, kind: str, tmp_path: Path) -> None:
    """Packets before 1970 and after 2106 keep time, bytes and length."""
    captured = packets(HTTP)[1:]

    def block(number: int, body: bytes) -> bytes:
        return struct.pack("<II", number, len(body) + 12) + body + struct.pack("<I", len(body) + 12)

    content = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    content += block(1, struct.pack("<HHIHHqI", 1, 0, 0, 14, 8, seconds, 0))
    for second, fraction, data, original in captured:
        time = second * 10**6 + fraction
        header = struct.pack("<IIIII", 0, time >> 32, time & 0xFFFFFFFF, len(data), original + 7)
        content += block(6, header + data + bytes(-len(data) % 4))
    moved = tmp_path / "moved.pcapng"
    moved.write_bytes(content)
    run("split", moved, "-o", tmp_path / "pieces", "--by", kind)
    asked = ("--fields", "frame.time_epoch,frame.len,frame.cap_len,tcp.payload,udp.payload")

    def told(path: Path) -> list[str]:
        rows = map(json.loads, run("packets", path, *asked).stdout.splitlines())
        return [json.dumps(row | {"number": 0}) for row in rows]

    pieces = [line for path in (tmp_path / "pieces").iterdir() for line in told(path)]
    once = 2 if kind == "host" else 1
    assert sorted(pieces) == sorted(told(moved) * once)
