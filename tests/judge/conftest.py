"""Judges each capture once, on two processes, before the tests look at the verdicts."""

from __future__ import annotations

import multiprocessing
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import captures  # noqa: E402
import command  # noqa: E402
from verdict import Verdict, judge  # noqa: E402

PROCESSES = 2


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "judged: the test looks at the verdict on a capture")


@pytest.fixture(scope="session", autouse=True)
def binary() -> Path:
    path = command.binary()
    assert path.exists(), f"{path} is missing: build it first (make build), or set FLOWLOOM_BIN"
    return path


@pytest.fixture(scope="session")
def verdicts(request: pytest.FixtureRequest, binary: Path) -> dict[Path, Verdict]:
    """Verdicts on the captures of the selected tests; on all where a test is about the whole."""
    wanted: set[Path] = set()
    for item in request.session.items:
        parameters = getattr(item, "callspec", None)
        if item.get_closest_marker("judged"):
            wanted.update([parameters.params["capture"]] if parameters else captures.everything())
    with multiprocessing.get_context("fork").Pool(PROCESSES) as pool:
        return {x.path: x for x in pool.imap_unordered(judge, sorted(wanted), chunksize=1)}
