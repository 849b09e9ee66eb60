"""
Tests of `phase2_gate.isolation.scope`, with a program in the place of ``systemd-run``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from phase2_gate.isolation import scope


@pytest.fixture(autouse=True)
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """
    A system that systemd manages; the path of its ``systemd-run``, which is not there yet.
    """
    monkeypatch.setattr(scope, "BOOTED", str(tmp_path))
    monkeypatch.setattr(scope, "PLACES", str(tmp_path))
    scope.prefix.cache_clear()
    yield tmp_path / "systemd-run"
    scope.prefix.cache_clear()


def install(path: Path, script: str) -> None:
    """
    Write a program.
    """
    path.write_text(f"#!/bin/sh\n{script}")
    path.chmod(0o755)


def test_a_scope_that_holds_the_limits_is_taken(systemd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The command line names both limits and no swap; it was tried, with the user's own manager in the environment.
    """
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/1")
    monkeypatch.setenv("SECRET", "1")
    install(systemd, 'echo "$@" > "$0.said"; env > "$0.env"; echo 8192; echo 12')
    user = () if os.getuid() == 0 else ("--user",)
    expected = (
        *(str(systemd), *user, "--scope", "--quiet", "--collect"),
        *("--property=MemoryMax=8192", "--property=MemorySwapMax=0", "--property=TasksMax=12", "--"),
    )
    assert expected == scope.prefix(8192, 12)
    assert " ".join(expected[1:]) in Path(f"{systemd}.said").read_text()
    variables = Path(f"{systemd}.env").read_text()
    assert ("XDG_RUNTIME_DIR=/run/user/1" in variables, "SECRET" in variables) == (True, False)


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("echo 'Failed to connect to bus' >&2; exit 1", "systemd-run: Failed to connect to bus"),
        ("echo max; echo 12", "systemd-run: the limits are not those asked for: seen b'max\\n12\\n'"),
        (None, "there is no systemd-run"),
    ],
)
def test_what_does_not_work_is_said(systemd: Path, script: str | None, message: str) -> None:
    """
    Neither a refusal nor a limit that is not in force is taken for one.
    """
    if script is not None:
        install(systemd, script)
    assert message == scope.prefix(8192, 12)


def test_a_program_that_does_not_answer_is_none(systemd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A manager that hangs does not hold an audit up.
    """
    install(systemd, "exec sleep 60")
    monkeypatch.setattr(scope, "_TRY_SECONDS", 0.05)
    assert "timed out" in str(scope.prefix(8192, 12))


def test_where_systemd_does_not_run_nothing_is_tried(systemd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The program may be installed where its manager does not run, as in containers.
    """
    install(systemd, 'touch "$0.ran"')
    monkeypatch.setattr(scope, "BOOTED", "/nonexistent")
    assert scope.prefix(8192, 12) == "systemd does not run"
    assert not Path(f"{systemd}.ran").exists()
