"""What a terminal shows: the progress line, and rows, which must not stand within each other."""

from __future__ import annotations

import os
import pty
import subprocess
import threading
import time
from pathlib import Path

import pytest
from test_command import FLOWLOOM, run

PROGRESS = b"packets/s"
PIECES = 5


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("terminal") / "web.pcap"
    run("synth", "--packets", 5000, "--profile", "web", "-o", path)
    return path.read_bytes()


def on_a_terminal(arguments: list[object], recording: bytes) -> bytes:
    """All that is printed where standard output and error are a terminal, and the capture comes slowly."""
    master, terminal = pty.openpty()
    process = subprocess.Popen(
        [FLOWLOOM, *map(str, arguments)], stdin=subprocess.PIPE, stdout=terminal, stderr=terminal
    )
    os.close(terminal)

    def feed() -> None:
        assert process.stdin
        size = len(recording) // PIECES + 1
        for begin in range(0, len(recording), size):
            process.stdin.write(recording[begin : begin + size])
            process.stdin.flush()
            time.sleep(0.15)  # the line is rewritten every 0.1 s
        process.stdin.close()

    feeder = threading.Thread(target=feed)
    feeder.start()
    printed = bytearray()
    try:
        while piece := os.read(master, 1 << 16):
            printed += piece
    except OSError:  # the other side is closed
        pass
    os.close(master)
    feeder.join()
    assert process.wait(timeout=30) == 0, bytes(printed[-500:])
    return bytes(printed)


@pytest.mark.parametrize(
    ("arguments", "row"),
    [
        (["flows", "-", "--idle-timeout", "0.1", "--format", "jsonl", "--no-sequences"], b'{"flow_id":'),
        (["packets", "-", "--format", "json"], b'"frame'),
        (["packets", "-", "--fields", "frame.number", "--format", "jsonl"], b'"frame.number":'),
    ],
)
def test_no_progress_among_the_rows(arguments: list[object], row: bytes, recording: bytes) -> None:
    printed = on_a_terminal(arguments, recording)
    assert printed.count(row) > 100
    assert PROGRESS not in printed[printed.index(row) :], "a progress line among the rows"


@pytest.mark.parametrize("arguments", [["flows", "-"], ["split", "-"]])
def test_progress_while_a_file_is_written(arguments: list[object], recording: bytes, tmp_path: Path) -> None:
    printed = on_a_terminal([*arguments, "-o", tmp_path / "out.jsonl"], recording)
    assert printed.count(PROGRESS) > 1
    assert printed.count(b"\r") >= printed.count(PROGRESS), "each stands in the place of the one before"
