"""Runs the flowloom command and reads what it wrote, without floating point."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT_S = 120


def binary() -> Path:
    return Path(os.environ.get("FLOWLOOM_BIN") or ROOT / "build" / "bin" / "flowloom")


@dataclass(slots=True)
class Result:
    status: int
    stderr: str
    rows: list[dict]


def run(*arguments: str | Path, stdin: bytes | None = None) -> subprocess.CompletedProcess:
    return subprocess.run(
        [str(binary()), *map(str, arguments)],
        capture_output=True,
        input=stdin,
        timeout=TIMEOUT_S,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )


def flows(*arguments: str | Path) -> Result:
    """`flowloom flows ARGUMENTS -o x.jsonl`; numbers with a fraction are kept as Decimal."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "flows.jsonl"
        done = run("flows", *arguments, "-o", out)
        rows = []
        if out.exists():
            with out.open(encoding="utf-8") as lines:
                rows = [json.loads(x, parse_float=Decimal) for x in lines]
    return Result(done.returncode, done.stderr.decode("utf-8", "replace"), rows)


def info(path: Path) -> tuple[int, str, list[dict]]:
    done = run("info", path, "--format", "json")
    text = done.stdout.decode("utf-8", "replace")
    objects = json.loads(text, parse_float=Decimal) if text.strip() else []
    return done.returncode, done.stderr.decode("utf-8", "replace"), objects


def nanoseconds(value: Decimal | int | float) -> int:
    """Seconds to nanoseconds; it must come out whole, as the contract says exact times."""
    scaled = Decimal(value) * 1_000_000_000
    whole = int(scaled)
    if scaled != whole:
        raise ValueError(f"{value} is no whole number of nanoseconds")
    return whole
