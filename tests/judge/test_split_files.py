"""flowloom split on real captures: each packet of a flow is in one file, as it was; the files are tshark's streams."""

from __future__ import annotations

import re
import subprocess
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import captures
import command
import records

Key = tuple[int, int, bytes]  # time, length on the wire, bytes
TCP_NAME = re.compile(r"_TCP(_[0-9]+)?\.pcap(ng)?$")


def keys(path: Path) -> list[Key]:
    return [(x.time_ns, x.original, x.data) for x in records.read(path.read_bytes()) or []]


def split(path: Path, folder: Path) -> dict[str, list[Key]]:
    """By name of file: its packets."""
    done = command.run("split", path, "-o", folder, "--quiet")
    assert done.returncode in (0, 3), done.stderr
    return {x.name: keys(x) for x in sorted(folder.iterdir())}


def readable(path: Path) -> bool:
    data = path.read_bytes()
    return bool(records.read(data))


EVERY = [x for x in captures.sample(5) if readable(x)]


def test_shared_captures_are_here() -> None:
    if not captures.below(captures.SHARED):
        pytest.skip(f"no captures in {captures.SHARED}")
    assert len(EVERY) > 100


@pytest.mark.parametrize("capture", EVERY, ids=captures.short)
def test_every_packet_of_a_flow_is_in_one_file(capture: Path, tmp_path: Path) -> None:
    whole = keys(capture)
    _, _, told = command.info(capture)
    pieces = split(capture, tmp_path / "out")
    assert sum(map(len, pieces.values())) == told[0]["accounting"]["flow"]
    together = Counter(key for piece in pieces.values() for key in piece)
    assert together <= Counter(whole)
    for name, piece in pieces.items():
        assert piece, name
        rest = iter(whole)
        assert all(key in rest for key in piece), f"{name}: not in the capture's order"


FIELDS = ("frame.protocols", "tcp.stream", "icmp.type", "icmpv6.type", "ip.flags.mf", "ip.frag_offset",
          "ipv6.fraghdr.ident")


@dataclass
class Streams:
    """What tshark says of a capture's records, by number from 0."""

    of_stream: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    left_out: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))  # by rule
    records: int = 0


def is_fragment(more: str, offset: str, ident: str) -> bool:
    return bool(ident) or "1" in more.split(",") or any(x not in ("", "0") for x in offset.split(","))


def streams(capture: Path) -> Streams:
    # As packets are metered: one by one.
    text = subprocess.run(
        ["tshark", "-r", capture, "-n", "-o", "ip.defragment:FALSE", "-T", "fields", "-E", "separator=;",
         *[x for name in FIELDS for x in ("-e", name)]],
        capture_output=True, text=True, check=False).stdout
    told = Streams()
    for line in text.splitlines():
        protocols, stream, icmp, icmp6, *fragment = line.split(";")
        if protocols == "data" and capture.suffix == ".pcapng":
            continue  # rule: a block that holds no packet is a frame of tshark's
        number = told.records
        told.records += 1
        if "cfp" in protocols.split(":"):
            told.left_out["fabricpath"].add(number)
        elif is_fragment(*fragment):
            told.left_out["fragment"].add(number)
        elif icmp or icmp6:
            pass  # what an error quotes is no packet of the stream
        elif stream:
            told.of_stream[int(stream.split(",")[-1])].append(number)
        elif protocols.split(":")[-1] == "tcp":
            told.left_out["header cut"].add(number)
    return told


@pytest.mark.parametrize("capture", EVERY, ids=captures.short)
def test_files_are_tsharks_streams(capture: Path, tmp_path: Path) -> None:
    """The files of TCP flows hold what `tshark -Y tcp.stream==N` gives, for every N; rules: docs/judge.md."""
    whole = keys(capture)
    theirs = streams(capture)
    assert theirs.records <= len(whole)
    left_out = {whole[number] for numbers in theirs.left_out.values() for number in numbers}
    def without(piece: list[Key]) -> tuple[Key, ...]:
        return tuple(key for key in piece if key not in left_out)
    want = Counter(without([whole[i] for i in numbers]) for numbers in theirs.of_stream.values())
    got = Counter(without(piece) for name, piece in split(capture, tmp_path / "out").items()
                  if TCP_NAME.search(name))
    del want[()], got[()]
    assert got == want, (len(got), len(want))
