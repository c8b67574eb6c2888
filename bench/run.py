#!/usr/bin/env python3
"""Compares whole runs over one capture: flowloom, dd, and other programs for the same work.

    bench/run.py [--rounds N] [--size BYTES] [--sources PATH…] [--folder DIR] [--python PATH] [--docs]

First the contestants must agree on packets, bytes and flows where their definitions are the same; then they
run in turn, N rounds, the file in the page cache, and each one's fastest run counts. What matters are ratios:
times depend on the machine. Programs that would take minutes read a part of the capture, and are compared
with flowloom over that part. Who is not installed is left out and named; `make bench-tools` installs them.
The capture, outputs, results.json and results.svg are in the folder (build/bench/).
Exit status 1: flowloom failed, or answers differ without a reason.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

import capture
import chart
import contestants
import report
from agreement import Agreement, Table, check, read_table
from contestant import Contestant

ROOT = Path(__file__).resolve().parent.parent
FLOWLOOM = Path(os.environ.get("FLOWLOOM", ROOT / "build" / "bin" / "flowloom"))
MAKER = Path(os.environ.get("FLOWLOOM_BIN", ROOT / "build" / "bin" / "flowloom"))  # of the capture
# Recorded captures of the project's own that make the benchmark's capture.
SOURCES = ["https.pcap", "downloads.pcap", "call.pcap", "http2.pcap", "ssh.pcap"]
PART = 20  # the smaller part is a 20th of the capture
LONG, LONG_ROUNDS = 4.0, 3  # runs of more than so many seconds are repeated this often at most


def note(message: str) -> None:
    print(f"bench: {message}", flush=True)


def source_files(given: list[Path]) -> list[Path]:
    if not given:
        files = [ROOT / "tests" / "pcaps" / name for name in SOURCES]
        return [path for path in files if path.exists()]
    files = [file for path in given for file in (sorted(path.rglob("*")) if path.is_dir() else [path])]
    return [file for file in files if file.is_file() and capture.usable(file)]


def flowloom_runs(job: contestants.Job, threads: int) -> list[Contestant]:
    if not FLOWLOOM.exists():
        note(f"flowloom is left out: {FLOWLOOM} has not been built")
        return []
    runs = [
        contestants.flowloom(job, FLOWLOOM, kind, count)
        for kind in ("arrow", "parquet")
        for count in sorted({1, threads})
    ]
    return [*runs, contestants.flowloom(job, FLOWLOOM, "arrow", threads, on_part=True)]


def first_runs(
    everybody: list[Contestant], contents: dict[bool, capture.Contents], agreement: Agreement
) -> dict[bool, Table]:
    """Runs each once, untimed, and compares the answers. Gives flowloom's tables by `on_part`."""
    tables: dict[bool, Table] = {}
    for one in everybody:
        text = one.run()
        one.forget_times()
        ours = one.name.startswith("flowloom")
        if one.failure:
            agreement.fine = agreement.fine and not ours
            agreement.fail(one)
        elif ours:
            who = one.name + (" (part)" if one.on_part else "")
            tables[one.on_part] = read_table(one.output, contents[one.on_part], who, agreement)
        elif one.answer and one.on_part in tables:
            check(one, text, contents[one.on_part], tables[one.on_part], agreement)
        one.clean()
    return tables


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5, help="runs of each contestant (5)")
    parser.add_argument("--size", type=int, default=1_000_000_000, help="bytes of the capture (1 GB)")
    parser.add_argument(
        "--sources",
        type=Path,
        nargs="+",
        default=[],
        metavar="PATH",
        help="pcap files (Ethernet) or folders of them to copy (default: the project's own samples)",
    )
    default = ROOT / "build" / "bench"
    parser.add_argument("--folder", type=Path, default=default, help="for all files (default: build/bench)")
    parser.add_argument(
        "--python",
        type=Path,
        default=default / "venv" / "bin" / "python",
        help="the Python that has NFStream and the others (default: that of make bench-tools)",
    )
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="of flowloom (all cores)")
    parser.add_argument("--docs", action="store_true", help="put the results into docs/benchmarks.md, too")
    options = parser.parse_args()

    sources = source_files(options.sources)
    if not sources:
        raise SystemExit("bench: no capture to make the benchmark's capture from")
    path, whole = capture.make(MAKER, options.folder, sources, options.size)
    part_path, part = capture.part(path, whole.size // PART)
    note(f"{whole.packets:,} packets, {whole.size:,} bytes, {whole.size // whole.packets - 16} a packet")

    busy = os.getloadavg()[0]
    if busy > 0.5:
        note(f"others work on this machine (load {busy:.1f}), which distorts ratios: wait, or use chrt -f 10")

    job = contestants.Job(path, part_path, options.folder, options.python)
    mine = flowloom_runs(job, options.threads)
    rivals, absent = contestants.others(job)
    readers = [contestants.dd(job)]
    if options.threads > 1:
        readers.append(contestants.dds(job, options.threads))
    everybody = [*readers, *mine, *rivals]
    for name in absent:
        note(f"{name} is not installed")

    agreement = Agreement()
    tables = first_runs(everybody, {False: whole, True: part}, agreement)
    for line in agreement.lines:
        note(line)

    for number in range(options.rounds):
        for one in everybody:
            enough = len(one.elapsed) >= LONG_ROUNDS and min(one.elapsed) > LONG
            if not one.failure and not enough:
                one.run()
                one.clean()
        note(f"round {number + 1} of {options.rounds} is done")
    for one in everybody:
        if not one.failure:
            one.measure_memory()
            one.clean()

    flows = tables[False].flows if False in tables else None
    said = report.results(everybody, absent, whole, part, flows, agreement, options.threads)
    print("\n" + report.text_table(said))
    (options.folder / "results.json").write_text(json.dumps(said, indent=2) + "\n")
    (options.folder / "results.svg").write_text(chart.draw(said))
    if options.docs:
        (ROOT / "docs" / "benchmarks.svg").write_text(chart.draw(said))
        report.into_page(said, ROOT / "docs" / "benchmarks.md")
    failed = any(one.failure for one in mine)
    return 1 if failed or not agreement.fine else 0


if __name__ == "__main__":
    sys.exit(main())
