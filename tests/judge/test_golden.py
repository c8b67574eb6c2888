"""What is printed of the golden captures is the committed JSON. (That its values are right: test_values.py.)"""

from __future__ import annotations

from pathlib import Path

import captures
import golden
import pytest


@pytest.mark.parametrize("capture", golden.CAPTURES, ids=captures.short)
def test_json_is_the_committed_one(capture: Path) -> None:
    """After a change that is meant: build/venv/bin/python tests/judge/golden.py."""
    assert golden.differences(golden.path_of(capture).read_bytes(), golden.printed(capture)) == []


def test_no_file_is_without_its_capture() -> None:
    assert set(golden.FOLDER.iterdir()) == {golden.path_of(x) for x in golden.CAPTURES}


def test_a_difference_is_found() -> None:
    line, other = b'{"number":1,"length":60}\n', b'{"number":1,"length":61}\n'
    assert golden.differences(line, [line]) == []
    assert len(golden.differences(line, [other])) == len(golden.differences(line, [])) == 1
    assert len(golden.differences(line, [line.rstrip()])) == 1
