"""The benchmark as a whole on a small capture: it runs, its answers agree, it writes results and a chart."""

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SVG = "{http://www.w3.org/2000/svg}"


def run(folder: Path, flowloom: Path, **environment: str) -> tuple[subprocess.CompletedProcess[str], dict]:
    command = [sys.executable, str(ROOT / "bench" / "run.py"), "--folder", str(folder), "--size", "3000000"]
    # No Python package takes part, whatever is installed.
    done = subprocess.run(
        [*command, "--rounds", "2", "--threads", "2", "--python", str(folder / "no-python")],
        capture_output=True,
        text=True,
        check=False,
        env=dict(os.environ, FLOWLOOM=str(flowloom), **environment),
    )
    results = folder / "results.json"
    return done, json.loads(results.read_text()) if results.exists() else {}


def names(results: dict, only_ours: bool = False) -> list[str]:
    all_names = [c["name"] for c in results["contestants"] if not c["on_part"]]
    return [name for name in all_names if not only_ours or name.startswith(("dd", "flowloom"))]


@pytest.fixture(scope="module")
def flowloom() -> Path:
    path = Path(os.environ.get("FLOWLOOM_BIN", ROOT / "build" / "bin" / "flowloom"))
    if not path.exists():
        pytest.skip("flowloom has not been built")
    return path


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory, flowloom: Path):
    """With all programs that are installed. Gives the folder, what was said, the results, the chart."""
    folder = tmp_path_factory.mktemp("bench")
    done, results = run(folder, flowloom)
    return folder, done, results, (folder / "results.svg").read_text()


@pytest.fixture(scope="module")
def nobody(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which no other program is found but dd."""
    programs = tmp_path_factory.mktemp("bin")
    (programs / "dd").symlink_to("/bin/dd")
    return {"PATH": str(programs), "BENCH_SBIN": str(programs)}


def test_answers_agree_and_results_are_written(measured) -> None:
    _, done, results, _ = measured
    assert done.returncode == 0, done.stdout + done.stderr
    assert not any("DIFFERS" in line for line in results["agreement"])
    assert sum("as expected" in line for line in results["agreement"]) >= 5 * 3  # five runs of flowloom
    kinds = [
        f"flowloom .{kind}, {threads}"
        for kind in ("arrow", "parquet")
        for threads in ("1 thread", "2 threads")
    ]
    assert names(results, only_ours=True) == ["dd", "dd, 2 at once", *kinds]
    for contestant in results["contestants"]:
        if "failure" in contestant:
            continue
        assert len(contestant["elapsed"]) == len(contestant["processor"]) == 2
        assert contestant["seconds"] > 0
        assert contestant["times_flowloom"] > 0
        assert contestant["on_part"] or contestant["times_dd"] > 0
    assert results["capture"]["size"] >= 3_000_000
    assert results["part"]["packets"] < results["capture"]["packets"]
    assert {t["what"].split(":")[1].strip() for t in results["targets"]} >= {
        "times dd",
        "two threads against one",
    }


def test_a_second_run_uses_the_capture_that_is_there(measured, nobody) -> None:
    folder, _, results, _ = measured
    made = (folder / "capture.pcap").stat().st_mtime_ns
    done, again = run(folder, folder / "no-flowloom", **nobody)
    assert done.returncode == 0
    assert again["capture"] == results["capture"]
    assert (folder / "capture.pcap").stat().st_mtime_ns == made


def test_who_is_not_installed_is_named(tmp_path: Path, flowloom: Path, nobody) -> None:
    done, results = run(tmp_path, flowloom, **nobody)
    assert done.returncode == 0, done.stdout + done.stderr
    assert results["absent"] == [
        *("nfpcapd", "argus", "tshark -T fields", "NFStream, first 100", "NFStream, whole"),
        *("dpkt", "scapy", "pypcaptools", "flowcontainer"),
    ]
    assert all(f"{name} is not installed" in done.stdout for name in results["absent"])
    assert names(results) == names(results, only_ours=True)


def test_the_chart_has_a_row_for_everybody(measured) -> None:
    _, _, results, text = measured
    chart = ElementTree.fromstring(text)
    assert chart.tag == SVG + "svg"
    width, height = (float(chart.get(name)) for name in ("width", "height"))
    texts = [element.text for element in chart.iter(SVG + "text")]
    assert all(name in texts for name in names(results))
    assert all(c["name"] + " ¹" in texts for c in results["contestants"] if c["name"].startswith("tshark"))
    dots = [(float(dot.get("cx")), float(dot.get("cy"))) for dot in chart.iter(SVG + "circle")]
    timed = [c for c in results["contestants"] if "failure" not in c]
    assert len(dots) >= len(timed)  # time, and memory where it was seen
    assert all(0 < x < width and 0 < y < height for x, y in dots)


def test_without_flowloom_the_others_run(tmp_path: Path, flowloom: Path, nobody) -> None:
    """What makes the capture is there, what is to be measured is not."""
    assert flowloom.exists()
    done, results = run(tmp_path, tmp_path / "absent", **nobody)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "has not been built" in done.stdout
    assert names(results, only_ours=True) == ["dd", "dd, 2 at once"]


def test_a_wrong_answer_fails(tmp_path: Path, flowloom: Path, nobody) -> None:
    """A contestant that stops early is found out."""
    liar = tmp_path / "liar"
    liar.write_text(
        f'#!/bin/sh\n[ "$1" = --version ] && exec {flowloom} "$@"\nexec {flowloom} "$@" --limit 3000\n'
    )
    liar.chmod(0o755)
    done, results = run(tmp_path, liar, **nobody)
    assert done.returncode == 1
    assert any("DIFFERS" in line for line in results["agreement"])


def test_packets_as_documents(tmp_path: Path, flowloom: Path) -> None:
    command = [sys.executable, str(ROOT / "bench" / "packet_documents.py"), "--folder", str(tmp_path), "--size", "3000000"]
    done = subprocess.run([*command, "--rounds", "1", "--python", str(tmp_path / "no-python")], capture_output=True, text=True,
                          check=False, env=dict(os.environ, FLOWLOOM=str(flowloom)))  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "PyPCAPKit is not installed" in done.stdout and "packets, 1 thread: 5,000 packets of 5,000" in done.stdout
    runs = {x["name"]: x for x in json.loads((tmp_path / "packets-results.json").read_text())["runs"]}
    assert {"flowloom packets, 1 thread", "dd", "flowloom packets --count --filter"} <= set(runs)
    assert all(len(x["elapsed"]) == 1 for x in runs.values())
    # Who does not do the work is no contestant.
    done = subprocess.run([*command, "--rounds", "1", "--python", "none"], capture_output=True, text=True, check=False,
                          env=dict(os.environ, FLOWLOOM="/bin/true"))  # fmt: skip
    assert done.returncode != 0
