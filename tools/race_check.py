"""Runs the command, built with ThreadSanitizer, wherever it uses threads, and compares what it writes.

    tools/race_check.py BUILD_DIR [CAPTURE…]

Reads a capture that `flowloom synth` makes, plain, compressed, through a pipe, in pieces and while it grows; the
project's own samples; and CAPTURES. Each command must end without a finding, and give with several threads what it
gives with one.
"""

import argparse
import filecmp
import gzip
import lzma
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOUND = 66  # exit status that tells of findings; flowloom has no such


def same(a: pathlib.Path, b: pathlib.Path) -> bool:
    if a.is_file():
        return filecmp.cmp(a, b, shallow=False)
    names = sorted(p.name for p in a.iterdir())
    if names != sorted(p.name for p in b.iterdir()):
        return False
    equal, _, _ = filecmp.cmpfiles(a, b, names, shallow=False)
    return len(equal) == len(names)


class Check:
    def __init__(self, program: pathlib.Path, folder: pathlib.Path):
        self.program, self.folder = program, folder
        self.runs = self.faults = 0
        options = f"halt_on_error=0:exitcode={FOUND}:second_deadlock_stack=1"
        self.env = {**os.environ, "TSAN_OPTIONS": options}

    def fault(self, command: list[str], why: str) -> None:
        self.faults += 1
        print(f"{' '.join(command)}\n{why}", file=sys.stderr)

    def judge(self, command: list[str], status: int, errors: str) -> None:
        self.runs += 1
        if status == FOUND or status < 0 or "ThreadSanitizer" in errors:
            self.fault(command, errors[:6000] or f"status {status}")

    def run(self, *arguments: object, stdin: pathlib.Path | None = None) -> None:
        command = [str(self.program), *map(str, arguments)]
        if stdin is None:
            done = subprocess.run(command, env=self.env, stdin=subprocess.DEVNULL, capture_output=True, timeout=280)
        else:  # through a pipe
            with subprocess.Popen(["cat", stdin], stdout=subprocess.PIPE) as cat:
                done = subprocess.run(command, env=self.env, stdin=cat.stdout, capture_output=True, timeout=280)
        self.judge(command, done.returncode, done.stderr.decode(errors="replace"))

    def compare(self, name: str, *arguments: object, threads: tuple[int, ...], **how: pathlib.Path | None) -> None:
        """Output named `name`, by one thread and by several."""
        expected = self.folder / f"1-{name}"
        self.run(*arguments, "--threads", 1, "-o", expected, **how)
        for count in threads:
            out = self.folder / f"{count}-{name}"
            self.run(*arguments, "--threads", count, "-o", out, "--progress", "always", **how)
            if not out.exists() or not same(expected, out):
                self.fault([*map(str, arguments)], f"{count} threads write something else than one")

    def follow(self, capture: pathlib.Path) -> None:
        """A capture that grows while it is read; then an interrupt."""
        whole, growing, out = capture.read_bytes(), self.folder / "growing.pcap", self.folder / "followed.jsonl"
        growing.write_bytes(whole[: len(whole) // 2])
        command = [str(self.program), "flows", str(growing), "--follow", "--threads", "3", "-o", str(out)]
        command += ["--idle-timeout", "1"]
        with subprocess.Popen(command, env=self.env, stderr=subprocess.PIPE) as process:
            time.sleep(2)
            with growing.open("ab") as file:
                file.write(whole[len(whole) // 2 :])
            time.sleep(2)
            process.send_signal(signal.SIGINT)
            errors = process.communicate(timeout=120)[1].decode(errors="replace")
        self.judge(command, process.returncode, errors)


def check_all(check: Check, captures: list[str]) -> None:
    folder = check.folder
    big, pieces, samples = folder / "big.pcap", folder / "pieces", ROOT / "tests/pcaps"
    profiles = "web,dns,bulk,scan,iot,tunnels"
    check.run("synth", "-o", big, "--profile", profiles, "--packets", 12000, "--seed", 7)
    bytes_of_big = big.read_bytes()
    packed = {"gz": gzip.compress(bytes_of_big, 1), "xz": lzma.compress(bytes_of_big, preset=0)}
    for extension, data in packed.items():
        (folder / f"big.pcap.{extension}").write_bytes(data)
    check.run("split", big, "--by", "packets:500", "-o", pieces)

    some = (2, 3, 8)
    check.compare("flows.jsonl", "flows", big, threads=some)
    for format_name in ("arrow", "parquet"):
        check.run("flows", big, "--threads", 3, "-o", folder / f"flows.{format_name}")
    few = (3,)
    for extension in packed:
        check.compare(f"{extension}.jsonl", "flows", folder / f"big.pcap.{extension}", threads=few)
    check.compare("pipe.jsonl", "flows", "-", threads=few, stdin=big)
    check.compare("ends.jsonl", "flows", big, "--idle-timeout", 1, "--max-flows", 300, threads=few)
    check.compare("whole.csv", "flows", big, "--icmp-errors", "join", "--key", "vlan,tunnel", threads=few)
    question = ("--filter", "tcp.len > 0 or dns", "--fields", "ip.ttl,dns.qry.name")
    check.compare("asked.jsonl", "flows", big, *question, threads=few)
    check.compare("batch.jsonl", "flows", samples, pieces, *captures, threads=(2, 8))
    check.compare("batch-ends.jsonl", "flows", samples, pieces, "--order", "end", threads=few)
    check.compare("join.jsonl", "flows", "--join", pieces, threads=few)
    check.run("info", "--threads", 3, "--progress", "always", samples, pieces, big)
    check.compare("packets.jsonl", "packets", big, threads=few)
    check.compare("fields.csv", "packets", samples, pieces, "--fields", "frame.number,ip.src,tcp.seq", threads=few)
    check.compare("split", "split", big, threads=some)
    check.compare("split-samples", "split", samples, "--by", "host-pair", threads=few)
    check.compare("split-json", "split", big, "--format", "json", threads=few)
    check.compare("split-some", "split", big, "--min-packets", 20, "--from-syn", threads=few)
    if shutil.which("tshark"):
        check.compare("theirs.jsonl", "flows", big, "--filter", "tcp.analysis.initial_rtt", threads=few)
    check.follow(big)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("captures", nargs="*")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        check = Check((arguments.build / "bin/flowloom").resolve(), pathlib.Path(folder))
        check_all(check, arguments.captures)
    print(f"{check.runs} runs under ThreadSanitizer, {check.faults} faults")
    return 1 if check.faults else 0


if __name__ == "__main__":
    sys.exit(main())
