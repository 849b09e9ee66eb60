"""
Tests of `phase2_gate.build.progress`: what a build tells of itself, and how seldom.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from phase2_gate.build import build, writer
from phase2_gate.build.progress import Step
from tests.workspace.trees import default_settings, make

FILES = {f"d{number % 3}/{number}.txt": b"x" * 700 for number in range(30)} | {"large.bin": bytes(3 << 20)}


def _steps(tmp_path: Path) -> list[Step]:
    make(tmp_path / "w", FILES)
    steps: list[Step] = []
    build(tmp_path / "w", settings=default_settings(), output=tmp_path / "b.zip", progress=steps.append)
    return steps


def test_the_phases_follow_each_other(tmp_path: Path) -> None:
    """
    Each begins once and goes forward only.
    """
    steps = _steps(tmp_path)
    phases = [step.phase for step in steps]
    assert list(dict.fromkeys(phases)) == ["walking", "writing", "verifying"]
    assert phases == sorted(phases, key=["walking", "writing", "verifying"].index)
    for phase in ("walking", "writing", "verifying"):
        told = [(step.files, step.size) for step in steps if step.phase == phase]
        assert told == sorted(told)


def test_what_is_told_is_true(tmp_path: Path) -> None:
    """
    At the end of each phase: all files, and all bytes.
    """
    last = {step.phase: step for step in _steps(tmp_path)}
    content = sum(map(len, FILES.values()))
    size = (tmp_path / "b.zip").stat().st_size
    assert last["walking"] == Step("walking", len(FILES), 0, 0, 0)
    assert last["writing"][:3] == ("writing", len(FILES), len(FILES))
    assert content <= last["writing"].size <= size
    assert last["writing"].of_size == content
    assert last["verifying"] == Step("verifying", len(FILES), len(FILES), size, size)


def test_small_files_are_told_together(tmp_path: Path) -> None:
    """
    Once when they are written, not once each: a build of many files must not wait for a display.
    """
    writing = [step for step in _steps(tmp_path) if step.phase == "writing"]
    assert len(writing) <= 3 + sum(map(len, FILES.values())) // writer.GATHER + 3
    assert len([step for step in _steps(tmp_path) if step.phase == "walking"]) == 4


def test_the_bytes_do_not_depend_on_who_watches(tmp_path: Path) -> None:
    """
    The same bundle without.
    """
    _steps(tmp_path)
    build(tmp_path / "w", settings=default_settings(), output=tmp_path / "c.zip")
    assert (tmp_path / "b.zip").read_bytes() == (tmp_path / "c.zip").read_bytes()


def test_a_display_that_fails_leaves_no_bundle(tmp_path: Path) -> None:
    """
    As any other failure.
    """
    make(tmp_path / "w", FILES)

    def broken(step: Step) -> None:
        if step.phase == "verifying":
            raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        build(tmp_path / "w", settings=default_settings(), output=tmp_path / "b.zip", progress=broken)
    assert [path.name for path in tmp_path.iterdir()] == ["w"]
