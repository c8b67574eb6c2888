"""The committed JSON of the golden captures: what `flowloom packets --format jsonl` prints of some packets of each.

Run as a program, it makes the files anew (after test_values.py has judged the same captures):

    build/venv/bin/python tests/judge/golden.py
"""

from __future__ import annotations

import json
from pathlib import Path

import captures
import command

CAPTURES = captures.below(captures.OWN / "gen")
FOLDER = captures.OWN.parent / "golden"
# Bytes of one file.
MOST = 15_000


def path_of(capture: Path) -> Path:
    return FOLDER / f"{capture.name}.jsonl"


def printed(capture: Path) -> list[bytes]:
    """A line a packet, each with its end."""
    done = command.run("packets", capture, "--format", "jsonl")
    assert done.returncode in (0, 1, 3), done.stderr.decode()
    return done.stdout.splitlines(keepends=True)


def differences(committed: bytes, lines: list[bytes]) -> list[str]:
    """Of the packets that are committed, those of which something else is printed. A packet's number is its line."""
    found = []
    for line in committed.splitlines(keepends=True):
        number = json.loads(line)["number"]
        now = lines[number - 1] if number <= len(lines) else b""
        if now != line:
            found.append(f"packet {number}: printed {now!r}, committed {line!r}")
    return found


def new_fields(line: bytes, seen: set[str]) -> bool:
    """Whether the packet has a field that none before had."""
    here = {field for layer in json.loads(line)["layers"] for field in layer["fields"]}
    new = not here <= seen
    seen |= here
    return new


def chosen(lines: list[bytes], seen: set[str]) -> bytes:
    """The first packet, and those with a field that none before has, of this or another capture."""
    kept = b""
    for i, line in enumerate(lines):
        if len(kept) + len(line) <= MOST and (new_fields(line, seen) or i == 0):
            kept += line
    return kept


def main() -> int:
    paths = {path_of(x) for x in CAPTURES}
    for path in set(FOLDER.glob("*")) - paths:
        path.unlink()
        print(f"removed {path.name}")
    seen: set[str] = set()
    FOLDER.mkdir(exist_ok=True)
    for capture in CAPTURES:
        text, path = chosen(printed(capture), seen), path_of(capture)
        if not path.exists() or path.read_bytes() != text:
            path.write_bytes(text)
            print(f"wrote {path.name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
