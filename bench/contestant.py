"""A program that takes part: it is run as a process of its own, its time and memory are measured."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Answer:
    """What a contestant says is in the capture; None: it does not say."""

    packets: int | None = None
    bytes: int | None = None
    flows: int | None = None


@dataclass
class Contestant:
    name: str
    command: list[str]
    gives: str  # what it has made at the end, in a few words
    output: Path | None = None
    folder: bool = False  # the output is a folder, which must exist
    on_part: bool = False  # it reads the smaller part of the capture
    ticks: bool = False  # it ends at a full second only: the processor's time is what counts
    version: str = ""
    answer: Callable[[str], Answer] | None = None  # from what it printed, and from its output
    because: str = ""  # why something it says is not compared
    elapsed: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    others: list[float] = field(default_factory=list)  # processor time that others took meanwhile
    peak_rss: int = 0
    peak_anonymous: int = 0
    failure: str = ""

    @property
    def seconds(self) -> float:
        """Its fastest run."""
        return min(self.processor if self.ticks else self.elapsed)

    def prepare(self) -> None:
        if not self.output:
            return
        if self.folder:
            shutil.rmtree(self.output, ignore_errors=True)
            self.output.mkdir()
        else:
            self.output.unlink(missing_ok=True)

    def run(self) -> str:
        """One run; its times are kept. Gives what it printed."""
        self.prepare()
        os.sync()  # what earlier runs wrote must not be written during this one
        before, busy = resource.getrusage(resource.RUSAGE_CHILDREN), busy_seconds()
        start = time.perf_counter()
        process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        printed, errors = process.communicate()
        self.elapsed.append(time.perf_counter() - start)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.processor.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        self.others.append(max(0.0, busy_seconds() - busy - self.processor[-1]))
        if process.returncode != 0:
            last = errors.strip().splitlines() or [f"exit status {process.returncode}"]
            self.failure = last[-1].strip()
        return printed

    def forget_times(self) -> None:
        self.elapsed.clear()
        self.processor.clear()
        self.others.clear()

    def measure_memory(self) -> None:
        """An untimed run: /proc/PID/status every millisecond, resident and anonymous memory.

        Memory between two samples is not seen. Children's memory (NFStream meters in one) is added up.
        """
        self.prepare()
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

    def clean(self) -> None:
        if self.output and self.folder:
            shutil.rmtree(self.output, ignore_errors=True)
        elif self.output:
            self.output.unlink(missing_ok=True)


def busy_seconds() -> float:
    """Processor time that all have used since the machine started, in steps of 10 ms."""
    user, nice, system, _, _, interrupts, soft, *_ = (
        int(word) for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    )
    return (user + nice + system + interrupts + soft) / os.sysconf("SC_CLK_TCK")


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
