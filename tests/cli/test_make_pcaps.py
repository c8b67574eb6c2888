"""The generated captures: always the same bytes, and what tshark says of each is what its case says."""

import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import make_pcaps  # noqa: E402  (after the path to it)


def test_committed_files_are_what_the_tool_makes(tmp_path: Path) -> None:
    make_pcaps.write(tmp_path)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    committed = {path.name: path.read_bytes() for path in make_pcaps.GEN.iterdir()}
    assert sorted(made) == sorted(committed)
    assert [name for name in made if made[name] != committed[name]] == []


def test_a_change_of_a_capture_is_noticed(tmp_path: Path) -> None:
    """The judge judges: a capture with one address byte changed no longer decodes as its case says."""
    if shutil.which("tshark") is None:
        pytest.skip("tshark is not installed")
    item = make_pcaps.CASES["link_ethernet.pcap"]
    data = bytearray(item.make())
    data[24 + 16 + 14 + 12] ^= 1  # first packet, source address: the checksums are wrong now
    path = tmp_path / item.name
    path.write_bytes(data)
    assert make_pcaps.differences(item, path) != []


@pytest.mark.parametrize("name", make_pcaps.CASES)
def test_tshark_decodes_as_meant(name: str) -> None:
    if shutil.which("tshark") is None:
        pytest.skip("tshark is not installed")
    assert make_pcaps.differences(make_pcaps.CASES[name], make_pcaps.GEN / name) == []
