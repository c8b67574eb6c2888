"""A capture cut at every byte: never a crash, never fewer packets for more bytes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import captures
import command
import made
import records

LARGEST = 6000  # bytes of a capture that is cut at each of them
# Bytes by which a file is recognised: a pcap's magic, and a pcapng section's magic with its byte order.
RECOGNISED = {".pcap": 24, ".pcapng": 28}


def _candidates() -> list[Path]:
    """The project's own smallest captures, one of each format."""
    found = []
    for suffix in RECOGNISED:
        files = [
            x for x in captures.below(captures.OWN) if x.suffix == suffix and x.stat().st_size <= LARGEST
        ]
        files = [x for x in files if (records.count(x.read_bytes()) or 0) >= 3]
        found.extend(sorted(files, key=lambda x: (x.stat().st_size, x))[:1])
    return found


SOURCES = {"made.pcap": made.pcap(made.conversation()), "made.pcapng": made.pcapng(made.conversation())}
SOURCES |= {x.name: x.read_bytes() for x in _candidates()}


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_every_cut(name: str, tmp_path: Path) -> None:
    whole = SOURCES[name]
    suffix = Path(name).suffix
    last, boundaries = 0, 0
    path = tmp_path / f"cut{suffix}"
    for size in range(len(whole) + 1):
        path.write_bytes(whole[:size])
        out = tmp_path / "out.jsonl"
        out.unlink(missing_ok=True)
        done = command.run("flows", path, "-o", out)
        where = f"cut after {size} of {len(whole)} bytes: {done.stderr.decode(errors='replace')}"
        assert done.returncode in (0, 1, 3), where
        if size == 0:
            assert done.returncode == 0, where
        if done.returncode == 1:
            assert 0 < size < RECOGNISED[suffix] and not out.exists(), where
            continue
        if done.returncode == 3:
            assert path.name in done.stderr.decode(), where
        rows = [json.loads(x) for x in out.read_text().splitlines()]
        status, _, told = command.info(path)
        assert status == done.returncode, where
        packets = told[0]["packets"]
        assert packets == (records.count(whole[:size]) or 0), where
        assert packets >= last, where
        assert sum(told[0]["accounting"].values()) == packets, where
        assert sum(x["packets"] for x in rows) <= packets, where
        boundaries += packets > last
        last = packets
    assert last == boundaries == records.count(whole), "the whole capture is read, one packet after another"
