"""Copies as pcapng say of their packets what the capture does: comments, flags and the like, by tshark."""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path

import pytest

import captures
import command

FIELDS = ("frame.len", "frame.interface_name", "frame.comment", "frame.packet_flags", "frame.drop_count",
          "frame.packet_id", "frame.interface_queue", "frame.verdict.hw", "frame.verdict.ebpf_tc",
          "frame.verdict.ebpf_xdp", "frame.verdict.unknown", "frame.p2p_dir")  # fmt: skip
MADE = [captures.OWN / "gen" / f"ng_{x}.pcapng" for x in ("notes", "notes_be", "options", "old_packet")]


def said(*files: Path) -> list[str]:
    return [line for file in files for line in subprocess.run(
        ["tshark", "-r", file, "-n", "-T", "fields", "-E", "separator=;", *[x for name in FIELDS for x in ("-e", name)]],
        capture_output=True, text=True, check=True).stdout.splitlines()]  # fmt: skip


@pytest.mark.parametrize("capture", MADE, ids=captures.short)
def test_copies_say_what_the_capture_says(capture: Path, tmp_path: Path) -> None:
    want = said(capture)
    copy = tmp_path / "copy.pcapng"
    assert command.run("packets", capture, "-o", copy, "--quiet").returncode == 0
    assert said(copy) == want
    pieces, flows = tmp_path / "pieces", tmp_path / "flows"
    for folder, by in ((pieces, "packets:11"), (flows, "host-pair")):
        done = command.run("split", capture, "-o", folder, "--by", by, "--format", "pcapng", "--quiet")
        assert done.returncode == 0, done.stderr
    assert said(*sorted(pieces.iterdir())) == want
    of_flows = Counter(said(*flows.iterdir()))
    assert of_flows <= Counter(want)
    assert of_flows.total() == command.info(capture)[2][0]["accounting"]["flow"], "packets of no flow are not there"


def test_something_is_said() -> None:
    assert sum(any(line.split(";")[2:]) for capture in MADE for line in said(capture)) > 50
