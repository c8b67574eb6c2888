"""`split` of captures that come, or that are, in unusual ways."""

from __future__ import annotations

import json
import re
import signal
import struct
import subprocess
import time
from pathlib import Path

import pytest

from test_split import FLOWLOOM, ROOT, packets, run

HTTP = ROOT / "tests" / "pcaps" / "http.pcap"


def block(number: int, body: bytes) -> bytes:
    return struct.pack("<II", number, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


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


@pytest.mark.parametrize("kind", ["flow", "host", "host-pair", "port", "time:1s", "packets:10"])
@pytest.mark.parametrize("seconds", [-3_000_000_000, 6_000_000_000])
def test_times_that_pcap_cannot_say(seconds: int, kind: str, tmp_path: Path) -> None:
    """Packets before 1970 and after 2106 keep time, bytes and length."""
    captured = packets(HTTP)[1:]

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


def enhanced(interface: int, time: int, data: bytes) -> bytes:
    return block(6, struct.pack("<IIIII", interface, time >> 32, time & 0xFFFFFFFF, len(data), len(data)) + data)


def described(snap_length: int, options: bytes = b"") -> bytes:
    return block(1, struct.pack("<HHI", 1, 0, snap_length) + options)


SECTION = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
NANOSECONDS = struct.pack("<HHII", 9, 1, 9, 0)


@pytest.mark.parametrize("by", ["packets:1000", "packets:100", "time:1s"])
def test_an_interface_with_finer_times_that_comes_late(by: str, tmp_path: Path) -> None:
    """Pieces have the resolution of their own packets, though it be known late in one."""
    small, large = bytes(1000), bytes(1400)
    content = SECTION + described(1000)
    content += b"".join(enhanced(0, 1_000_000 + i, small) for i in range(900))  # several windows and writes
    content += described(1400, NANOSECONDS)
    content += enhanced(0, 1_000_950, small) + enhanced(1, 1_000_960_001, large) + enhanced(1, 2_000_000_001, large)
    late = tmp_path / "late.pcapng"
    late.write_bytes(content)
    run("split", late, "-o", tmp_path / "out", "--by", by, "--format", "pcap")
    pieces = sorted((tmp_path / "out").iterdir(), key=lambda x: [int(y) for y in re.findall(r"[0-9]+", x.name)])
    held = [packets(piece) for piece in pieces]
    fine = [piece[0][0] == 0xA1B23C4D for piece in held]
    assert fine == {"packets:1000": [True], "packets:100": 9 * [False] + [True], "time:1s": [True, True]}[by]
    snap_lengths = [struct.unpack_from("<I", piece.read_bytes(), 16)[0] for piece in pieces]
    assert snap_lengths == [1400 if x else 1000 for x in fine]
    times = [second * 10**9 + fraction * (1 if x else 1000)
             for x, piece in zip(fine, held) for second, fraction, *_ in piece[1:]]
    assert times == [(1_000_000 + i) * 1000 for i in [*range(900), 950]] + [1_000_960_001, 2_000_000_001]
    assert [x[2:] for piece in held for x in piece[1:]] == 901 * [(small, 1000)] + 2 * [(large, 1400)]
    for piece in pieces:
        subprocess.run(["capinfos", piece], check=True, capture_output=True)


def test_a_signal_that_is_sent_twice_is_one(tmp_path: Path) -> None:
    """timeout(1) sends to the process and then to its group: that is no second Ctrl-C."""
    made = tmp_path / "made.pcap"
    run("synth", "-o", made, "--profile", "dns", "--flows", 10_000)
    for attempt in range(5):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        if a_signal_sent_twice(made.read_bytes(), folder):
            return
    raise AssertionError("the machine was never quick enough to say")


def a_signal_sent_twice(content: bytes, folder: Path) -> bool:
    """False: the process was ended by the second one, but so late that 0.2 s, within which they are one, may have
    passed between them."""
    command = [FLOWLOOM, "split", "-", "-o", folder / "out"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdin
    process.stdin.write(content)  # and then waits for more
    process.stdin.flush()
    time.sleep(0.3)
    before = time.monotonic()
    process.send_signal(signal.SIGTERM)
    time.sleep(0.003)  # what was read is being written
    process.send_signal(signal.SIGTERM)
    status = process.wait(timeout=60)
    if status == -signal.SIGTERM and time.monotonic() - before > 0.2:
        return False
    assert status == 130
    assert [path.name for path in folder.iterdir()] == ["out"]
    assert len(list((folder / "out").iterdir())) > 9_000
    return True


def test_what_is_said(tmp_path: Path) -> None:
    """Only what helps, and in words that fit."""
    assert "not to standard output" in run("split", HTTP, "-o", "-", status=2).stderr
    said = run("split", HTTP, "-o", tmp_path / "a", "--flow-id", "3,99", "--flow-id", 98).stderr
    assert said.splitlines() == [f"flowloom: there is no flow {x}: 11 flows were found" for x in (99, 98)]
    said = run("split", HTTP, "-o", tmp_path / "b", "--by", "packets:10", "--max-files", 1, status=3).stderr
    assert "the first 1 file; 9 more with 86 packets were left out: --max-files N allows more\n" in said
    said = run("split", HTTP, "-o", tmp_path / "c", "--by", "host", "--verbose").stderr
    assert "packets of 96, most of them in two files, in" in said


@pytest.mark.parametrize("name", [".", "../here", "./"])
def test_the_current_folder_is_not_replaced(name: str, tmp_path: Path) -> None:
    """Its place would be taken by another folder, and who is in it would see no file."""
    here = tmp_path / "here"
    here.mkdir()
    done = subprocess.run([FLOWLOOM, "split", HTTP, "-o", name], cwd=here, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "the current folder cannot be replaced" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["here"] and not list(here.iterdir())
    subprocess.run([FLOWLOOM, "split", HTTP, "-o", "below"], cwd=here, check=True, timeout=60)
    assert len(list((here / "below").iterdir())) == 11
