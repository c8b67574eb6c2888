"""The benchmark as a whole on a small capture: it runs, its answers agree, and it writes its results."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(folder: Path, flowloom: Path) -> tuple[subprocess.CompletedProcess[str], dict]:
    command = [sys.executable, str(ROOT / "bench" / "run.py"), "--folder", str(folder), "--size", "3000000"]
    done = subprocess.run(
        [*command, "--rounds", "2", "--no-nfstream"],
        capture_output=True,
        text=True,
        check=False,
        env=dict(os.environ, FLOWLOOM=str(flowloom)),
    )
    results = folder / "results.json"
    return done, json.loads(results.read_text()) if results.exists() else {}


@pytest.fixture
def flowloom() -> Path:
    path = Path(os.environ.get("FLOWLOOM_BIN", ROOT / "build" / "bin" / "flowloom"))
    if not path.exists():
        pytest.skip("flowloom has not been built")
    return path


def test_answers_agree_and_results_are_written(tmp_path: Path, flowloom: Path) -> None:
    done, results = run(tmp_path, flowloom)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not any("DIFFERS" in line for line in results["agreement"])
    assert [c["name"] for c in results["contestants"]] == ["dd", "flowloom .arrow", "flowloom .parquet"]
    assert all(c["times_dd"] > 0 and len(c["seconds"]) == 2 for c in results["contestants"])
    assert results["capture"]["size"] >= 3_000_000
    # A second run uses the capture that is there.
    made = (tmp_path / "capture.pcap").stat().st_mtime_ns
    run(tmp_path, flowloom)
    assert (tmp_path / "capture.pcap").stat().st_mtime_ns == made


def test_without_flowloom_the_others_run(tmp_path: Path, flowloom: Path) -> None:
    """What makes the capture is there, what is to be measured is not."""
    assert flowloom.exists()
    done, results = run(tmp_path, tmp_path / "absent")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "has not been built" in done.stdout
    assert [c["name"] for c in results["contestants"]] == ["dd"]


def test_a_wrong_answer_fails(tmp_path: Path, flowloom: Path) -> None:
    """A contestant that stops early is found out."""
    liar = tmp_path / "liar"
    liar.write_text(
        f'#!/bin/sh\ncase "$*" in *--help*) exec {flowloom} "$@" ;; esac\nexec {flowloom} "$@" --limit 3000\n'
    )
    liar.chmod(0o755)
    done, results = run(tmp_path, liar)
    assert done.returncode == 1
    assert any("DIFFERS" in line for line in results["agreement"])
