"""
Tests of the determinism matrix: the part of it that every machine can run.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts/determinism.py"
PINNED = "012f8d7d54c913cb4793feaaa1d9939c6dbbf5fe9554f54526ce65f3fc014d8e"
"""The digest of the script's tree; it changes when the canonical form does, never otherwise."""


@pytest.fixture(scope="module")
def matrix() -> ModuleType:
    """
    The script as a module.
    """
    spec = importlib.util.spec_from_file_location("determinism", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["determinism"] = module
    spec.loader.exec_module(module)
    return module


def test_there_is_one_digest(matrix: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    """
    Every condition of the bounded slice runs, and gives the pinned bytes.
    """
    assert matrix.main(["--fast"]) == 0
    *lines, last = capsys.readouterr().out.splitlines()
    assert last == f"one digest: {PINNED}"
    assert {line[:16] for line in lines} == {PINNED[:16]}
    names = "\n".join(lines)
    for name in ("umask 077", "TZ Pacific/Kiritimati", "LC_ALL C", "PYTHONHASHSEED 1", "order", "times", "long path"):
        assert name in names


def test_another_tree_has_another_digest(matrix: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    One digest is no matter of course: it follows the files.
    """
    monkeypatch.setattr(matrix, "TREE", {**matrix.TREE, "README.md": b"# another\n"})
    seen = matrix.digest(matrix.Condition("changed"), tmp_path)
    assert re.fullmatch("[0-9a-f]{64}", seen)
    assert seen != PINNED


def test_what_cannot_be_run_is_told(
    matrix: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    With the reason; when nothing can be run there is no digest, which is a failure.
    """
    conditions = [
        matrix.Condition("no such python", python=(str(tmp_path / "none"),)),
        matrix.Condition("no such locale", variables={"LC_ALL": "xx_XX.UTF-8"}),
        matrix.Condition("no such place", base=tmp_path / "nowhere"),
    ]
    assert matrix.run(iter(conditions), tmp_path) == set()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == [f"not run           {one.name}" for one in conditions]
    assert "unsupported locale setting" in lines[1]
    monkeypatch.setattr(matrix, "fast", lambda: iter(()))
    assert matrix.main(["--fast"]) == 1
    assert capsys.readouterr().out == "0 digests: need one\n"


def test_two_digests_are_a_failure(
    matrix: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    They are told, and the exit code says so.
    """
    monkeypatch.setattr(matrix, "fast", lambda: iter((matrix.Condition("a"), matrix.Condition("b"))))
    values = iter("12")
    monkeypatch.setattr(matrix, "digest", lambda *_: next(values) * 64)
    assert matrix.main(["--fast"]) == 1
    assert capsys.readouterr().out.splitlines() == [f"{'1' * 16}  a", f"{'2' * 16}  b", "2 digests: need one"]
