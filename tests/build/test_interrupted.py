"""
Builds that are cut off: whatever the moment, nothing is left behind, and an older bundle stays as it was.
"""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path
from types import FrameType

import pytest

from phase2_gate.build import build

_POINTS = int(os.environ.get("PHASE2_GATE_INTERRUPTIONS", "20"))
"""How many moments are tried; 100 and more by hand."""


class _Interruption:
    """
    A Ctrl-C after so many lines of our own code were run.
    """

    def __init__(self, after: int | None) -> None:
        self.lines = 0
        self.after = after

    def trace(self, frame: FrameType, event: str, _: object) -> object:
        """
        Counts lines of the build, and interrupts at the chosen one.
        """
        if "phase2_gate" not in frame.f_code.co_filename:
            return None
        if event == "line":
            self.lines += 1
            if self.lines == self.after:
                raise KeyboardInterrupt
        return self.trace


def _build(workspace: Path, output: Path, after: int | None) -> int:
    interruption = _Interruption(after)
    before = sys.gettrace()
    sys.settrace(interruption.trace)  # type: ignore[arg-type]  # the type does not know that a trace may return itself
    try:
        build(workspace, output=output)
    finally:
        sys.settrace(before)
    return interruption.lines


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """
    A workspace of small files, and one that is streamed.
    """
    root = tmp_path / "workspace"
    (root / "pkg").mkdir(parents=True)
    for number in range(5):
        (root / "pkg" / f"m{number}.py").write_bytes(b"X = 1\n" * number)
    (root / "large.bin").write_bytes(b"\0" * (1 << 20))
    return root


@pytest.fixture
def lines(workspace: Path, tmp_path: Path) -> int:
    """
    How many lines a whole build runs.
    """
    build(workspace, output=tmp_path / "warm-up.zip")
    return _build(workspace, tmp_path / "whole.zip", None)


@pytest.mark.parametrize("point", range(_POINTS))
def test_an_interrupted_build_leaves_nothing(workspace: Path, tmp_path: Path, lines: int, point: int) -> None:
    """
    Ctrl-C at any line before the rename leaves no file and no directory that was not there.
    """
    place = random.Random(point).randrange(1, lines)  # noqa: S311 - the same points each time
    output = tmp_path / "out" / "deep"
    try:
        _build(workspace, output / "bundle.zip", place)
    except KeyboardInterrupt:
        left = [path.name for path in (tmp_path / "out").rglob("*") if path.is_file()]
    else:
        pytest.fail("the build ended before the interruption")
    # Behind the rename the bundle is whole and in its place.
    whole = (tmp_path / "whole.zip").read_bytes()
    assert left == [] or (left == ["bundle.zip"] and (output / "bundle.zip").read_bytes() == whole)
    assert left or not (tmp_path / "out").exists()


@pytest.mark.parametrize("point", range(5))
def test_an_interrupted_build_leaves_the_older_bundle(workspace: Path, tmp_path: Path, lines: int, point: int) -> None:
    """
    Until the rename the bundle of the last time is what it was; there is never half a bundle.
    """
    output = tmp_path / "out" / "bundle.zip"
    output.parent.mkdir()
    output.write_bytes(b"PK\3\4, the older bundle")
    place = random.Random(1000 + point).randrange(1, lines)  # noqa: S311 - as above
    with pytest.raises(KeyboardInterrupt):
        _build(workspace, output, place)
    assert [path.name for path in output.parent.iterdir()] == ["bundle.zip"]
    assert output.read_bytes() in (b"PK\3\4, the older bundle", (tmp_path / "whole.zip").read_bytes())
