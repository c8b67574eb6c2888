#!/usr/bin/env python3
"""Compares what `flowloom packets` does with others' ways to the same, and puts the results beside run.py's.

    bench/packet_documents.py [--rounds N] [--size BYTES] [--sources PATH…] [--folder DIR] [--python PATH] [--docs]

All that 5,000 packets say, as JSON: flowloom, `tshark -T json`, PyPCAPKit, over the first packets of run.py's capture. And
how many packets match a filter, over all of it, against dd. They run in turn; ratios are of the fastest runs' processor
time, on which others that work on the machine have little influence (dd's too: it reads the page cache). PyPCAPKit's
has half a second in it in which Python loads it.
Exit status 1: flowloom failed, or the numbers of packets differ.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

import capture
import contestants
import report
from contestant import Answer, Contestant
from run import FLOWLOOM, LONG, LONG_ROUNDS, MAKER, ROOT, note, source_files

PACKETS = 5000
FILTER = "tcp.flags.syn==1 && ip.ttl<64"
FASTER = {"tshark -T json": 20, "PyPCAPKit": 200}
TIMES_DD = 1.5
BEGIN, END = "<!-- packets -->\n", "<!-- end of packets -->"


def first_packets(path: Path, count: int) -> Path:
    out = path.with_name("packets.pcap")
    with path.open("rb") as file:
        data = file.read(24)
        for _ in range(count):
            head = file.read(16)
            data += head + file.read(int.from_bytes(head[8:12], "little"))
    out.write_bytes(data)
    return out


def documents(few: Path, job: contestants.Job) -> list[Contestant | str]:
    """Who writes all that the packets say; names of those that are not installed."""
    made: list[Contestant | str] = []
    output = job.folder / "packets.json"
    made.append(
        Contestant(
            "flowloom packets, 1 thread",
            [str(FLOWLOOM), "packets", str(few), "-o", str(output), "--threads", "1", "--progress", "never"],
            "JSON",
            output,
            answer=lambda _: Answer(len(json.loads(output.read_bytes())["packets"])),
        )
    )
    tshark, theirs = contestants.program("tshark"), job.folder / "tshark.json"
    if tshark:
        made.append(
            Contestant(
                "tshark -T json",
                ["sh", "-c", 'exec "$0" -n -r "$1" -T json > "$2"', tshark, str(few), str(theirs)],
                "JSON",
                theirs,
                version=contestants.version(contestants.printed(tshark, "--version")),
                answer=lambda _: Answer(theirs.read_bytes().count(b'"_index": ')),
            )
        )
    else:
        made.append("tshark -T json")
    made.append(
        contestants.python_package(
            job, "PyPCAPKit", "pypcapkit", "pypcapkit", "JSON", True, "it counts packets only"
        )
    )
    return made


def counting(whole: Path, threads: int) -> Contestant:
    command = [str(FLOWLOOM), "packets", str(whole), "--count", "--filter", FILTER, "--progress", "never"]
    command += ["--threads", str(threads)]
    return Contestant("flowloom packets --count --filter", command, "a number")


def markdown(rows: list[tuple[Contestant, str, str]], packets: int) -> str:
    lines = ["| | gives | seconds | processor | × |", "|---|---|---|---|---|"]
    for one, label, times in rows:
        if one.failure:
            lines.append(f"| {label} {one.version} | failed: {one.failure} | | | |")
            continue
        lines.append(
            f"| {label} {one.version} | {one.gives} | {min(one.elapsed):.3f} | {min(one.processor):.3f} | {times} |"
        )
    return "\n".join([*lines, "", f"JSON: of {packets:,} packets; ×: flowloom's processor time. `--count`: ×: dd's.", ""])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = ROOT / "build" / "bench"
    parser.add_argument("--rounds", type=int, default=5, help="runs of each contestant (5)")
    parser.add_argument("--size", type=int, default=1_000_000_000, help="bytes of the capture (1 GB)")
    parser.add_argument("--sources", type=Path, nargs="+", default=[], metavar="PATH", help="as run.py's")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="that count (all cores)")
    parser.add_argument("--folder", type=Path, default=default, help="for all files (default: build/bench)")
    parser.add_argument("--python", type=Path, default=default / "venv" / "bin" / "python", help="that has PyPCAPKit")
    parser.add_argument("--docs", action="store_true", help="put the results into docs/benchmarks.md, too")
    options = parser.parse_args()
    if not FLOWLOOM.exists():
        raise SystemExit(f"bench: {FLOWLOOM} has not been built")

    path, contents = capture.make(MAKER, options.folder, source_files(options.sources), options.size)
    wanted = min(PACKETS, contents.packets)
    few = first_packets(path, wanted)
    job = contestants.Job(path, few, options.folder, options.python)
    made = documents(few, job)
    everybody = [x for x in made if isinstance(x, Contestant)]
    for name in (x for x in made if isinstance(x, str)):
        note(f"{name} is not installed")
    dd, count = contestants.dd(job), counting(path, options.threads)
    fine = True
    for one in everybody:
        text = one.run()
        one.forget_times()
        said = None if one.failure else one.answer(text).packets
        fine = fine and (said == wanted or (bool(one.failure) and one is not everybody[0]))
        note(f"{one.name}: " + (f"FAILED: {one.failure}" if one.failure else f"{said:,} packets of {wanted:,}"))
    for number in range(options.rounds):
        for one in [*everybody, dd, count]:
            if not one.failure and not (len(one.elapsed) >= LONG_ROUNDS and min(one.elapsed) > LONG):
                one.run()
                one.clean()
        note(f"round {number + 1} of {options.rounds} is done")
    fine = fine and not count.failure and not dd.failure

    rows, targets = [], []
    for one in everybody:
        times = 0.0 if one.failure else min(one.processor) / min(everybody[0].processor)
        rows.append((one, one.name, f"{times:.1f}"))
        if one.name in FASTER and not one.failure:
            targets.append((f"faster than {one.name}", times, FASTER[one.name], times >= FASTER[one.name]))
    if fine:
        times = min(count.processor) / min(dd.processor)
        rows += [(dd, "dd", "1.0"), (count, count.name, f"{times:.2f}")]
        targets.append(("--count --filter: times dd", times, TIMES_DD, times <= TIMES_DD))
    text = markdown(rows, wanted)
    print("\n" + text)
    for what, value, limit, met in targets:
        print(f"{'met    ' if met else 'NOT MET'}  {what}: {value:.3g} ({limit})")
    said = {
        "commit": report.commit(),
        "machine": report.machine(),
        "packets": wanted,
        "runs": [{"name": x.name, "elapsed": x.elapsed, "processor": x.processor, "failure": x.failure} for x, _, _ in rows],
    }
    (options.folder / "packets-results.json").write_text(json.dumps(said, indent=2) + "\n")
    if options.docs:
        page = ROOT / "docs" / "benchmarks.md"
        before, rest = page.read_text().split(BEGIN)
        page.write_text(before + BEGIN + "\n" + text + "\n" + END + rest.split(END)[1])
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
