#!/usr/bin/env python3
"""Makes the generated sample captures: the same bytes on every machine, from the standard library alone.

    tools/make_pcaps.py                  write tests/pcaps/gen/ (captures and their table, README.md)
    tools/make_pcaps.py --out DIR        write them elsewhere
    tools/make_pcaps.py --verify [NAME…] ask tshark whether each decodes as meant

The cases are in tools/pcapgen/, one function a capture.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

from pcapgen import (
    control6,
    dccp,
    formats,
    hip,
    links,
    messages,
    mobility,
    names,
    network,
    options,
    protocols,
    radiotap,
    records,
    routing,
    sctp,
    transport,
    tunnels,
    unusual,
)
from pcapgen.cases import BAD, CASES, Case

GEN = Path(__file__).resolve().parent.parent / "tests" / "pcaps" / "gen"
MODULES = (
    formats,
    links,
    network,
    messages,
    mobility,
    hip,
    control6,
    options,
    tunnels,
    protocols,
    radiotap,
    sctp,
    dccp,
    routing,
    names,
    records,
    transport,
    unusual,
)  # imported for their cases; the order of the table

# What no capture may have, unless its case says how many there are.
ALWAYS = {"_ws.malformed": 0, BAD: 0}
PREFERENCES = [
    "ip.check_checksum:TRUE",
    "tcp.check_checksum:TRUE",
    "udp.check_checksum:TRUE",
    "sctp.checksum:CRC-32C",
    "ip.defragment:TRUE",
]


def readme() -> str:
    """The table of the captures."""
    lines = [
        "# Generated captures",
        "",
        "`tools/make_pcaps.py` makes these files, always with the same bytes; a test checks that. Addresses,",
        "names and payloads are invented. The last column is what tshark says of each file",
        "(`tools/make_pcaps.py --verify` asks it): packets, and how many of them match a display filter.",
        "Checksums are right and nothing is malformed, unless the column says otherwise.",
        "",
        "| file | what is in it | packets; packets that match |",
        "|---|---|---|",
    ]
    for item in CASES.values():
        counts = [f"**{item.expect['frame']}**"]
        counts += [
            f"`{name.replace('|', chr(92) + '|')}` {count}"
            for name, count in item.expect.items()
            if name not in ("frame", BAD)
        ]
        counts += [f"wrong checksum {item.expect[BAD]}"] if BAD in item.expect else []
        lines.append(f"| {item.name} | {item.title} | {', '.join(counts)} |")
    return "\n".join(lines) + "\n"


def write(out: Path) -> int:
    out.mkdir(parents=True, exist_ok=True)
    total = 0
    for item in CASES.values():
        data = item.make()
        total += len(data)
        (out / item.name).write_bytes(data)
    (out / "README.md").write_text(readme(), encoding="utf-8")
    print(f"{len(CASES)} captures, {total} bytes in {out}")
    return 0


def tshark(path: Path, *arguments: str) -> str:
    command = ["tshark", "-n", "-r", str(path), *arguments]
    for preference in PREFERENCES:
        command += ["-o", preference]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{path.name}: tshark: {done.stderr.strip()}")
    return done.stdout


def ask(item: Case, path: Path) -> dict[str, int]:
    """How many packets of `path` match each display filter of the case, by one run of tshark if possible."""
    filters = list(ALWAYS | item.expect)
    text = tshark(path, "-q", "-z", "io,stat,0," + ",".join(filters), *item.options)
    rows = re.findall(r"^\|.*<>.*$", text, re.MULTILINE)
    if not rows:  # it prints no row where all packets have the same time
        return {name: len(tshark(path, "-Y", name, *item.options).splitlines()) for name in filters}
    cells = [cell.strip() for cell in rows[0].strip("|").split("|")[1:]]
    return {name: int(cells[2 * i]) for i, name in enumerate(filters)}


def differences(item: Case, path: Path) -> list[str]:
    """What tshark says of the capture that the case does not; empty when all is as meant."""
    try:
        said = ask(item, path)
    except RuntimeError as error:
        return [str(error)]
    wanted = ALWAYS | item.expect
    return [
        f"{item.name}: {name}: {said[name]} packets, not {count}"
        for name, count in wanted.items()
        if said[name] != count
    ]


def verify(out: Path, names: list[str]) -> int:
    wrong = []
    for name in names or CASES:
        wrong += differences(CASES[name], out / name)
    print("\n".join(wrong) if wrong else "all captures decode as meant")
    return 1 if wrong else 0


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=GEN, help="folder (default: tests/pcaps/gen)")
    parser.add_argument(
        "--verify", nargs="*", metavar="NAME", help="ask tshark about these captures (default: all)"
    )
    options = parser.parse_args()
    return write(options.out) if options.verify is None else verify(options.out, options.verify)


if __name__ == "__main__":
    sys.exit(main())
