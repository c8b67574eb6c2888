#!/usr/bin/env python3
"""Compares whole runs over one capture of 1 GB: dd, flowloom, NFStream and, with --slow, tshark.

    bench/run.py [--rounds N] [--size BYTES] [--sources PATH…] [--folder DIR] [--threads N]
                 [--slow] [--no-nfstream]

First the contestants must agree on packets, IP bytes and flows; then they run in turn, N rounds, the file
in the page cache, and each one's fastest run counts. What matters are ratios: times depend on the machine.
The capture, outputs, NFStream's virtual environment and results.json are in the folder (build/bench/).
Exit status 1: a contestant failed, or answers differ without a reason.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import capture

ROOT = Path(__file__).resolve().parent.parent
FLOWLOOM = Path(os.environ.get("FLOWLOOM", ROOT / "build" / "bin" / "flowloom"))
MAKER = Path(os.environ.get("FLOWLOOM_BIN", ROOT / "build" / "bin" / "flowloom"))  # of the capture
# Recorded captures of the project's own that make the benchmark's capture.
SOURCES = ["https.pcap", "downloads.pcap", "call.pcap", "http2.pcap", "ssh.pcap"]

# What the project promises: ratios to dd and to NFStream, and anonymous memory.
LIMITS = {"arrow": 2.5, "parquet": 4.0}
NFSTREAM_FACTOR = 35
MEMORY_BASE, MEMORY_PACKET, MEMORY_FLOW = 100_000_000, 24, 350


@dataclass
class Contestant:
    name: str
    command: list[str]
    output: Path | None = None
    seconds: list[float] = field(default_factory=list)
    peak_rss: int = 0
    peak_anonymous: int = 0
    failure: str = ""

    def run(self) -> str:
        """One run; its time is kept. Gives what it printed."""
        if self.output:
            self.output.unlink(missing_ok=True)
        os.sync()  # what earlier runs wrote must not be written during this one
        start = time.perf_counter()
        process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        printed, errors = process.communicate()
        self.seconds.append(time.perf_counter() - start)
        if process.returncode != 0:
            last = errors.strip().splitlines() or [""]
            self.failure = f"exit status {process.returncode}: {last[-1]}"
        return printed

    def measure_memory(self) -> None:
        """An untimed run: RssAnon of /proc/PID/status every millisecond, and the peak of resident memory.

        Memory between two samples is not seen. Children's memory (NFStream meters in one) is added up.
        """
        if self.output:
            self.output.unlink(missing_ok=True)
        process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        done = threading.Event()

        def sample() -> None:
            while not done.wait(0.001):
                anonymous, resident = memory(process.pid)
                self.peak_anonymous = max(self.peak_anonymous, anonymous)
                self.peak_rss = max(self.peak_rss, resident)

        sampler = threading.Thread(target=sample)
        sampler.start()
        process.wait()
        done.set()
        sampler.join()


def memory(pid: int) -> tuple[int, int]:
    """(anonymous, resident) bytes of a process and its descendants; 0 for what has ended meanwhile."""
    anonymous = resident = 0
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                anonymous += int(line.split()[1]) * 1024
            elif line.startswith("VmRSS:"):
                resident += int(line.split()[1]) * 1024
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (OSError, ValueError):
        return anonymous, resident
    for child in children:
        more = memory(int(child))
        anonymous, resident = anonymous + more[0], resident + more[1]
    return anonymous, resident


def note(message: str) -> None:
    print(f"bench: {message}", flush=True)


# --- contestants -----------------------------------------------------------------------------------


def flowloom_contestants(path: Path, threads: int) -> list[Contestant]:
    if not FLOWLOOM.exists():
        note(f"flowloom is skipped: {FLOWLOOM} has not been built")
        return []
    text = subprocess.run(
        [str(FLOWLOOM), "flows", "--help"], capture_output=True, text=True, check=False
    ).stdout
    extra = ["--threads", str(threads)] if "--threads" in text else []
    extra += ["--progress", "never"] if "--progress" in text else []
    out = []
    for kind in LIMITS:
        target = path.with_name(f"flows.{kind}")
        out.append(
            Contestant(
                f"flowloom .{kind}", [str(FLOWLOOM), "flows", str(path), "-o", str(target), *extra], target
            )
        )
    return out


def nfstream_contestant(path: Path) -> Contestant | None:
    """NFStream in a virtual environment of its own, installed from PyPI on the first use."""
    python = path.parent / "venv" / "bin" / "python"
    script = ROOT / "bench" / "nfstream_run.py"
    if not works(python):
        note("installing NFStream from PyPI")
        base = "/usr/bin/python3" if Path("/usr/bin/python3").exists() else sys.executable
        subprocess.run(
            [base, "-m", "venv", "--clear", str(path.parent / "venv")], check=False, capture_output=True
        )
        subprocess.run(
            [str(python), "-m", "pip", "install", "--quiet", "nfstream"], check=False, capture_output=True
        )
        if not works(python):
            note("NFStream is skipped: it could not be installed")
            return None
    return Contestant("NFStream", [str(python), str(script), str(path), "0"])


def works(python: Path) -> bool:
    if not python.exists():
        return False
    return (
        subprocess.run([str(python), "-c", "import nfstream"], check=False, capture_output=True).returncode
        == 0
    )


# --- agreement -------------------------------------------------------------------------------------


@dataclass
class Agreement:
    lines: list[str] = field(default_factory=list)
    fine: bool = True

    def check(self, what: str, got: int, wanted: int) -> None:
        self.fine = self.fine and got == wanted
        self.lines.append(f"{what}: {got:,}" + (" = " if got == wanted else " DIFFERS FROM ") + f"{wanted:,}")


def check_flowloom(contestant: Contestant, contents: capture.Contents, agreement: Agreement):
    """Runs the contestant and reads its table. Gives (flows, flows by NFStream's key)."""
    import pyarrow.compute as pc
    import pyarrow.ipc
    import pyarrow.parquet

    contestant.run()
    contestant.seconds.clear()
    if contestant.failure:
        agreement.fine = False
        agreement.lines.append(f"{contestant.name} failed: {contestant.failure}")
        return None
    columns = ["src_ip", "src_port", "dst_ip", "dst_port", "protocol", "packets", "bytes"]
    if contestant.output.suffix == ".parquet":
        table = pyarrow.parquet.read_table(contestant.output, columns=columns)
    else:
        table = pyarrow.ipc.open_file(contestant.output).read_all().select(columns)
    agreement.check(
        f"{contestant.name}: packets in flows", pc.sum(table["packets"]).as_py(), contents.ip_packets
    )
    agreement.check(
        f"{contestant.name}: IP bytes in flows", pc.sum(table["bytes"]).as_py(), contents.ip_bytes
    )
    keys = set()
    rows = zip(*(table[name].to_pylist() for name in columns[:5]), strict=True)
    for source, source_port, target, target_port, protocol in rows:
        keys.add((protocol, *sorted([(source, source_port or 0), (target, target_port or 0)])))
    return table.num_rows, len(keys)


def check_nfstream(contestant: Contestant, contents: capture.Contents, mine, agreement: Agreement) -> None:
    contestant.command[-1] = "1"  # count IP bytes, for this run only
    printed = contestant.run()
    contestant.command[-1] = "0"
    contestant.seconds.clear()
    if contestant.failure:
        agreement.fine = False
        agreement.lines.append(f"NFStream failed: {contestant.failure}")
        return
    said = json.loads(printed)
    agreement.check("NFStream: packets in flows", said["packets"], contents.ip_packets)
    agreement.check("NFStream: IP bytes in flows", said["bytes"], contents.ip_bytes)
    if mine is not None:
        flows, keys = mine
        agreement.check("NFStream: flows, and flowloom's by NFStream's key", said["flows"], keys)
        if flows != keys:
            agreement.lines.append(
                f"flowloom has {flows - keys:,} flows more: it tells ICMP by type and identifier, and cuts "
                f"TCP where "
                "ports are used again; NFStream does neither"
            )


# --- results ---------------------------------------------------------------------------------------


def commit() -> str:
    said = subprocess.run(
        ["git", "-C", str(ROOT), "describe", "--always", "--dirty"],
        capture_output=True,
        text=True,
        check=False,
    )
    return said.stdout.strip() or "unknown"


def report(
    contestants: list[Contestant], contents: capture.Contents, flows: int | None, agreement: Agreement
) -> dict:
    best = {c.name: min(c.seconds) for c in contestants if c.seconds and not c.failure}
    dd, rival = best["dd"], best.get("NFStream")
    budget = (
        MEMORY_BASE + MEMORY_PACKET * contents.packets + MEMORY_FLOW * flows if flows is not None else None
    )
    print(f"\n{'':20} {'seconds':>8} {'× dd':>7} {'NFStream /':>11} {'RSS MB':>8} {'anonymous MB':>13}")
    results = []
    for c in contestants:
        if c.name not in best:
            print(f"{c.name:20} {c.failure or 'not run'}")
            results.append({"name": c.name, "failure": c.failure})
            continue
        row = {
            "name": c.name,
            "seconds": c.seconds,
            "times_dd": best[c.name] / dd,
            "peak_rss": c.peak_rss,
            "peak_anonymous": c.peak_anonymous,
            "nfstream_factor": rival / best[c.name] if rival else None,
        }
        results.append(row)
        factor = f"{row['nfstream_factor']:.1f}" if rival else "-"
        resident = f"{c.peak_rss / 1e6:.0f}" if c.peak_rss else "-"
        anonymous = f"{c.peak_anonymous / 1e6:.0f}" if c.peak_anonymous else "-"
        print(
            f"{c.name:20} {best[c.name]:8.3f} {row['times_dd']:7.2f} {factor:>11} {resident:>8} "
            f"{anonymous:>13}"
        )
    print()
    for kind, limit in LIMITS.items():
        row = next((r for r in results if r["name"] == f"flowloom .{kind}" and "times_dd" in r), None)
        if row is None:
            continue
        target(f"flowloom .{kind} ≤ {limit} × dd", row["times_dd"] <= limit)
        if rival:
            target(
                f"flowloom .{kind} ≥ {NFSTREAM_FACTOR} × faster than NFStream",
                row["nfstream_factor"] >= NFSTREAM_FACTOR,
            )
        if budget is not None:
            target(
                f"flowloom .{kind} anonymous memory ≤ {budget / 1e6:.0f} MB", row["peak_anonymous"] <= budget
            )
    return {
        "commit": commit(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "capture": vars(contents),
        "flows": flows,
        "memory_budget": budget,
        "agreement": agreement.lines,
        "contestants": results,
    }


def target(text: str, met: bool) -> None:
    print(f"{'met    ' if met else 'NOT MET'}  {text}")


def source_files(given: list[Path]) -> list[Path]:
    if not given:
        files = [ROOT / "tests" / "pcaps" / name for name in SOURCES]
        return [path for path in files if path.exists()]
    files = [file for path in given for file in (sorted(path.rglob("*")) if path.is_dir() else [path])]
    return [file for file in files if file.is_file() and capture.usable(file)]


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
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "build" / "bench", help="for all files (default: build/bench)"
    )
    parser.add_argument("--threads", type=int, default=1, help="of flowloom (1)")
    parser.add_argument("--slow", action="store_true", help="tshark's conversations, too: minutes a run")
    parser.add_argument("--no-nfstream", action="store_true", help="without NFStream")
    options = parser.parse_args()

    sources = source_files(options.sources)
    if not sources:
        raise SystemExit("bench: no capture to make the benchmark's capture from")
    path, contents = capture.make(MAKER, options.folder, sources, options.size)
    note(
        f"{contents.packets:,} packets, {contents.size:,} bytes, {contents.size // contents.packets - 16} a "
        f"packet"
    )

    dd = Contestant("dd", ["dd", f"if={path}", "of=/dev/null", "bs=1M"])
    mine = flowloom_contestants(path, options.threads)
    rival = None if options.no_nfstream else nfstream_contestant(path)
    contestants = [dd, *mine, *([rival] if rival else [])]
    if options.slow and shutil.which("tshark"):
        contestants.append(
            Contestant("tshark -z conv,tcp", ["tshark", "-n", "-q", "-r", str(path), "-z", "conv,tcp"])
        )

    dd.run()  # brings the file into the page cache
    dd.seconds.clear()
    agreement = Agreement()
    answers = [check_flowloom(contestant, contents, agreement) for contestant in mine]
    answer = next((a for a in answers if a is not None), None)
    if answer is not None:
        agreement.lines.append(f"flowloom: flows: {answer[0]:,}")
    if rival:
        check_nfstream(rival, contents, answer, agreement)
    for line in agreement.lines:
        note(line)

    for number in range(options.rounds):
        for contestant in contestants:
            if not contestant.failure:
                contestant.run()
        note(f"round {number + 1} of {options.rounds} is done")
    for contestant in contestants:
        if contestant is not dd and not contestant.failure:
            contestant.measure_memory()

    results = report(contestants, contents, answer[0] if answer else None, agreement)
    (options.folder / "results.json").write_text(json.dumps(results, indent=2) + "\n")
    for contestant in mine:
        contestant.output.unlink(missing_ok=True)
    failed = any(contestant.failure for contestant in contestants)
    return 1 if failed or not agreement.fine else 0


if __name__ == "__main__":
    sys.exit(main())
