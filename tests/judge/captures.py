"""Where the captures are that the judge reads."""

from __future__ import annotations

import os
from pathlib import Path

from command import ROOT

SUFFIXES = {".pcap", ".pcapng", ".cap"}
OWN = ROOT / "tests" / "pcaps"
# Real captures and an oracle with made ones, both data beside the checkout.
SHARED = Path(os.environ.get("FLOWLOOM_CAPTURES") or ROOT.parent / "shared" / "captures")
ORACLE = Path(os.environ.get("FLOWLOOM_ORACLE") or ROOT.parent / "shared" / "oracle")
EDGE = SHARED / "edge"


def below(folder: Path) -> list[Path]:
    return (
        sorted(x for x in folder.rglob("*") if x.suffix in SUFFIXES and x.is_file())
        if folder.is_dir()
        else []
    )


def everything() -> list[Path]:
    return [*below(OWN), *below(SHARED), *below(ORACLE)]


def sample(every: int) -> list[Path]:
    """All of the project's, and each `every`-th of the others: where all would take many minutes. All of them with
    FLOWLOOM_JUDGE_ALL."""
    others = [*below(SHARED), *below(ORACLE)]
    return [*below(OWN), *(others if os.environ.get("FLOWLOOM_JUDGE_ALL") else others[::every])]


def short(path: Path) -> str:
    """A name for the test's identity that is the same on every machine."""
    for base, prefix in ((OWN, "own"), (SHARED, "shared"), (ORACLE, "oracle")):
        if path.is_relative_to(base):
            return f"{prefix}/{path.relative_to(base)}"
    return path.name
