"""`--follow`: rows of a capture that is still being written; and files that change while they are read."""

from __future__ import annotations

import json
import os
import select
import signal
import struct
import subprocess
import time
from pathlib import Path

import pytest

from test_command import FLOWLOOM, A, B, ethernet, pcap, run, udp
from test_join import to_pcapng

Packets = list[tuple[float, bytes]]


def packets(times: list[float], port: int = 1000) -> Packets:
    return [(t, ethernet(udp((A[0], port), B))) for t in times]


def records(some: Packets) -> bytes:
    return pcap(some)[24:]


class Following:
    """A running command whose lines are read as they come."""

    def __init__(self, *arguments: object, **options) -> None:
        self.process = subprocess.Popen([FLOWLOOM, "flows", "--follow", *map(str, arguments)], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, **options)
        self.text = b""

    def line(self, seconds: float = 30) -> dict:
        assert self.process.stdout is not None
        end = time.monotonic() + seconds
        while b"\n" not in self.text:
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))
            assert ready, "no row came"
            more = os.read(self.process.stdout.fileno(), 65536)
            assert more, "it has ended"
            self.text += more
        first, self.text = self.text.split(b"\n", 1)
        return json.loads(first)

    def end(self, status: int, interrupt: bool = True) -> tuple[list[dict], str]:
        if interrupt:
            self.process.send_signal(signal.SIGINT)
        out, errors = self.process.communicate(timeout=30)
        assert self.process.returncode == status, errors
        return [json.loads(line) for line in (self.text + out).splitlines()], errors.decode()


@pytest.mark.parametrize("threads", [1, 3])
def test_rows_come_while_the_file_grows(threads: int, tmp_path: Path) -> None:
    path = tmp_path / "x.pcap"
    path.write_bytes(pcap(packets([100, 101])))
    running = Following(path, "--idle-timeout", 10, "--threads", threads)
    with path.open("ab", buffering=0) as file:
        whole = records(packets([120], port=2000))
        file.write(whole[:30])  # half a record is waited for
        time.sleep(0.3)
        file.write(whole[30:])
        row = running.line()
        assert (row["src_port"], row["packet_times"], row["end_reason"]) == (1000, [0, 1], "idle")
        file.write(records(packets([140], port=3000))[:-1])
        time.sleep(0.3)
        rest, errors = running.end(130)
    assert [(row["src_port"], row["end_reason"]) for row in rest] == [(2000, "capture_end")]
    assert "interrupted" in errors and "cut" not in errors


def test_pcapng_into_a_file(tmp_path: Path) -> None:
    path, out = tmp_path / "x.pcapng", tmp_path / "out.csv"
    header = pcap([])
    some = [(int(t * 10**6), data, len(data)) for t, data in packets([100, 101, 102])]
    whole = to_pcapng(header, some, 10**6)
    path.write_bytes(whole[:10])
    running = Following(path, "-o", out)
    for at in range(10, len(whole), 40):
        with path.open("ab") as file:
            file.write(whole[at : at + 40])
        time.sleep(0.02)
    time.sleep(0.5)
    running.end(130)
    assert out.read_text().count("\n") == 2 and ",3," in out.read_text()


def test_pipes_give_rows_as_they_come(tmp_path: Path) -> None:
    running = Following("-", "--idle-timeout", 10, stdin=subprocess.PIPE)
    assert running.process.stdin is not None
    running.process.stdin.write(pcap(packets([100]) + packets([120], port=2000)))
    running.process.stdin.flush()
    assert running.line()["src_port"] == 1000
    rest, _ = running.end(130)
    assert [row["src_port"] for row in rest] == [2000]


@pytest.mark.parametrize("what", ["truncated", "replaced", "removed"])
def test_a_file_that_cannot_grow_ends_it(what: str, tmp_path: Path) -> None:
    path = tmp_path / "x.pcap"
    data = pcap(packets([100]) + packets([120], port=2000))
    path.write_bytes(data)
    running = Following(path, "--idle-timeout", 10)
    assert running.line()["src_port"] == 1000
    if what == "truncated":
        os.truncate(path, 30)
    elif what == "replaced":
        (tmp_path / "y").write_bytes(data)
        (tmp_path / "y").rename(path)
    else:
        path.unlink()
    rest, errors = running.end(3, interrupt=False)
    assert [row["src_port"] for row in rest] == [2000]
    assert f"{path}, offset {len(data)}: the file was {what}" in errors


def test_one_capture_only(tmp_path: Path) -> None:
    path = tmp_path / "x.pcap"
    path.write_bytes(pcap(packets([1])))
    assert "--follow reads one capture, not 2" in run("flows", path, path, "--follow", status=2).stderr


@pytest.mark.parametrize("what", ["cut", "appended", "replaced", "removed"])
def test_changes_while_a_file_is_read(what: str, tmp_path: Path) -> None:
    """A pipe that is joined with the file holds the reading in the middle of it."""
    path, pipe = tmp_path / "x.pcap", tmp_path / "pipe"
    big = [(float(t), ethernet(udp(A, B, size=1000))) for t in range(3000)]
    path.write_bytes(pcap(big))
    size = path.stat().st_size
    os.mkfifo(pipe)
    running = subprocess.Popen([FLOWLOOM, "flows", path, pipe, "--join"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    with pipe.open("wb", buffering=0) as writer:
        writer.write(pcap(packets([1000], port=9)))
        # The merge now waits for the pipe's next packet, and has read what comes before it.
        end = time.monotonic() + 30
        while int(Path(f"/proc/{running.pid}/io").read_text().split()[1]) < 1_050_000:
            assert time.monotonic() < end
            time.sleep(0.02)
        if what == "cut":
            os.truncate(path, size // 2)
        elif what == "appended":
            with path.open("ab") as file:
                file.write(records([big[0]] * 10) + struct.pack("<I", 1))
        elif what == "replaced":
            (tmp_path / "y").write_bytes(b"nothing")
            (tmp_path / "y").rename(path)
        else:
            path.unlink()
        writer.write(records(packets([4000], port=9)))
    out, errors = running.communicate(timeout=60)
    read = {row["src_port"]: row["packets"] for row in map(json.loads, out.splitlines())}
    assert read[9] == 2
    if what == "cut":
        assert running.returncode == 3 and 1000 <= read[1000] < 3000
        assert f"{path}, offset ".encode() in errors and b"the file shrank from" in errors
    else:
        assert running.returncode == 0 and read[1000] == 3000
