"""Who takes part, how each is run, how what it says is read. Who is not installed is left out by name."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from contestant import Answer, Contestant

HERE = Path(__file__).resolve().parent
READER = HERE / "python_reader.py"

# Debian's argus is in sbin, which is not in everybody's PATH.
SBIN = os.environ.get("BENCH_SBIN", "/usr/sbin:/usr/local/sbin")


def program(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path=SBIN)


def printed(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def version(text: str) -> str:
    found = re.search(r"\d+(\.\d+)+", text)
    return found.group() if found else ""


@dataclass(frozen=True)
class Job:
    """What is read and where outputs go. `python`: where contestants from PyPI are installed."""

    whole: Path
    part: Path
    folder: Path
    python: Path


def dd(job: Job) -> Contestant:
    return Contestant(
        "dd",
        ["dd", f"if={job.whole}", "of=/dev/null", "bs=1M"],
        "nothing: reads the file",
        version=version(printed("dd", "--version")),
    )


def dds(job: Job, count: int) -> Contestant:
    """How much faster that many cores read: less than so many times where memory is the limit."""
    blocks = math.ceil(job.whole.stat().st_size / 2**20 / count)
    each = 'dd if="$0" of=/dev/null bs=1M count="$1" skip=$(($1 * i)) & i=$((i + 1)); '
    return Contestant(
        f"dd, {count} at once",
        ["/bin/sh", "-c", "i=0; " + each * count + "wait", str(job.whole), str(blocks)],
        "nothing: each reads a part of the file",
        version=version(printed("dd", "--version")),
    )


def flowloom(job: Job, command: Path, kind: str, threads: int, on_part: bool = False) -> Contestant:
    capture = job.part if on_part else job.whole
    output = job.folder / f"flows-{threads}{'-part' if on_part else ''}.{kind}"
    return Contestant(
        f"flowloom .{kind}, {threads} thread{'s' if threads > 1 else ''}",
        [
            *(str(command), "flows", str(capture), "-o", str(output)),
            *("--threads", str(threads), "--progress", "never"),
        ],
        "flows with whole sequences",
        output,
        on_part=on_part,
        version=version(printed(str(command), "--version")),
    )


# --- other programs --------------------------------------------------------------------------------


def nfpcapd(job: Job) -> Contestant | str:
    command, reader = program("nfpcapd"), program("nfdump")
    if not command or not reader:
        return "nfpcapd"
    output = job.folder / "nfpcapd"

    def answer(_: str) -> Answer:
        says = dict(re.findall(r"^(\w+): (\d+)$", printed(reader, "-R", str(output), "-I"), re.MULTILINE))
        return Answer(int(says["Packets"]), int(says["Bytes"]), int(says["Flows"]))

    return Contestant(
        "nfpcapd",
        [command, "-r", str(job.whole), "-l", str(output)],
        "records of one direction, no sequences",
        output,
        folder=True,
        version=version(printed(command, "-V")),
        answer=answer,
        because="a record is of one direction, and a TCP connection's end ends it",
    )


def argus(job: Job) -> Contestant | str:
    command, cluster, count = program("argus"), program("racluster"), program("racount")
    if not command or not cluster or not count:
        return "argus"
    output, merged = job.folder / "argus.out", job.folder / "argus-merged.out"

    def answer(_: str) -> Answer:
        def sums(path: Path) -> list[int]:
            line = next(line for line in printed(count, "-r", str(path)).splitlines() if "sum" in line)
            return [int(word) for word in line.split()[1:]]

        # A flow has a record for each five seconds: merged, and those that are not IP left out. One record
        # more is the file's own.
        merged.unlink(missing_ok=True)
        filter_ = ["ip", "or", "ipv6"]
        subprocess.run(
            [cluster, "-r", str(output), "-w", str(merged), "-", *filter_], check=True, capture_output=True
        )
        flows = sums(merged)[0] - 1
        merged.unlink()
        return Answer(sums(output)[1], sums(output)[4], flows)

    return Contestant(
        "argus",
        [command, "-X", "-r", str(job.whole), "-w", str(output)],
        "records of both directions, no sequences",
        output,
        ticks=True,
        version=version(printed(command, "-h")),
        answer=answer,
    )


def tshark(job: Job) -> Contestant | str:
    command = program("tshark")
    if not command:
        return "tshark -T fields"
    output = job.folder / "tshark.tsv"
    fields = "ip.proto ipv6.nxt tcp.stream udp.stream ip.len ipv6.plen frame.time_epoch tcp.len udp.length"
    # The shell, because tshark has no option for where its text goes.
    arguments = " ".join(f"-e {field}" for field in [*fields.split(), "tcp.flags"])

    def answer(_: str) -> Answer:
        packets = size = 0
        streams = set()
        with output.open() as file:
            for line in file:
                protocol, next_header, tcp, udp, length, payload_length = line.split("\t", 6)[:6]
                if length or payload_length:
                    packets += 1
                    size += int(length) if length else 40 + int(payload_length)
                # An ICMP error has the stream of what it quotes, though that may not be in the capture.
                if (protocol or next_header) in ("6", "17"):
                    streams.add((tcp, udp))
        return Answer(packets, size, len(streams))

    return Contestant(
        "tshark -T fields",
        ["sh", "-c", f'exec "$0" -n -r "$1" -T fields -E occurrence=f {arguments} > "$2"', command]
        + [str(job.part), str(output)],
        "a line a packet, stream numbers",
        output,
        on_part=True,
        version=version(printed(command, "--version")),
        answer=answer,
    )


def python_package(job: Job, name: str, package: str, reader: str, gives: str, part: bool, because: str):
    if not job.python.exists():
        return name
    found = printed(str(job.python), "-c", f"import importlib.metadata as m; print(m.version('{package}'))")
    if not re.match(r"\d", found):
        return name

    def answer(text: str) -> Answer:
        said = json.loads(text.strip().splitlines()[-1])
        return Answer(said["packets"], said["bytes"], said["flows"])

    return Contestant(
        name,
        [str(job.python), str(READER), reader, str(job.part if part else job.whole)],
        gives,
        on_part=part,
        version=version(found),
        answer=answer,
        because=because,
    )


# name, package, what python_reader.py calls it, what it gives, whether it reads the part, Contestant.because
PACKAGES = [
    ("NFStream, first 100", "nfstream", "nfstream-100", "flows, sequences of 100 packets", False, ""),
    ("NFStream, whole", "nfstream", "nfstream-whole", "flows with whole sequences, no flags", False, ""),
    ("dpkt", "dpkt", "dpkt", "flows with whole sequences, no flags", True, ""),
    ("scapy", "scapy", "scapy", "flows with whole sequences, no flags", True, ""),
    ("pypcaptools", "pypcaptools", "pypcaptools", "TCP over IPv4: payload lengths, times", True, ""),
    (
        "flowcontainer",
        "flowcontainer",
        "flowcontainer",
        "flows with payload and IP lengths, times",
        True,
        "it leaves out flows without payload",
    ),
]


def others(job: Job) -> tuple[list[Contestant], list[str]]:
    """Those that are installed, and the names of those that are not."""
    makers: list[Callable[[], Contestant | str]] = [
        lambda: nfpcapd(job),
        lambda: argus(job),
        lambda: tshark(job),
    ]
    makers += [lambda row=row: python_package(job, *row) for row in PACKAGES]
    made = [make() for make in makers]
    return [one for one in made if isinstance(one, Contestant)], [one for one in made if isinstance(one, str)]
