"""
Tests of `phase2_gate.cli.guard`.
"""

from __future__ import annotations

import re

import pytest

from phase2_gate.cli.guard import BLOCKED, FAIL, PASS, USAGE, guarded
from phase2_gate.core.errors import (
    AuditError,
    BuildError,
    IsolationError,
    Phase2GateError,
    ProfileError,
    SelectionError,
    SettingsError,
    SourceError,
)


def test_the_exit_codes() -> None:
    """
    The numbers are a promise.
    """
    assert (PASS, FAIL, USAGE, BLOCKED) == (0, 1, 2, 3)


@pytest.mark.parametrize("code", [0, 1, 2, 3])
def test_what_raises_nothing_keeps_its_code(capsys: pytest.CaptureFixture[str], code: int) -> None:
    """
    Nothing is added to it.
    """
    assert code == guarded(lambda: code)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("error", "code", "complaint"),
    [
        (ProfileError("a: b", hint="c"), 2, "error: a: b\nhint: c\n"),
        (SettingsError("a: b"), 2, "error: a: b\n"),
        (SelectionError("a\nb"), 1, "error: a\nerror: b\n"),
        (BuildError("a"), 3, "error: a\n"),
        (SourceError("a"), 3, "error: a\n"),
        (IsolationError("a"), 3, "error: a\n"),
        (AuditError("a"), 3, "error: a\n"),
        (Phase2GateError("a"), 3, "error: a\n"),
        (KeyboardInterrupt(), 3, "error: interrupted; nothing was judged\n"),
        (BrokenPipeError(), 3, ""),
        (
            ModuleNotFoundError("No module named 'pathspec'", name="pathspec"),
            3,
            (
                "error: pathspec: this command needs the package, and it is not installed here\n"
                "hint: install phase2-gate with pip, which brings it; phase2-gate.pyz has no packages\n"
            ),
        ),
    ],
)
def test_errors_become_exit_codes(
    capsys: pytest.CaptureFixture[str], error: BaseException, code: int, complaint: str
) -> None:
    """
    Never a traceback, never a 0; complaints go to standard error.
    """

    def broken() -> int:
        raise error

    assert code == guarded(broken)
    assert capsys.readouterr() == ("", complaint)


@pytest.mark.parametrize(
    "error", [RuntimeError("boom\nRESULT: PASS\x1b[0m"), MemoryError(), RecursionError(), OSError(5, "x")]
)
def test_a_crash_of_ours_is_blocked(capsys: pytest.CaptureFixture[str], error: Exception) -> None:
    """
    It says where it lies, on one line, and what the exception held cannot disturb a terminal.
    """

    def broken() -> int:
        raise error

    assert guarded(broken) == 3
    out, err = capsys.readouterr()
    first, second = err.splitlines()
    assert out == ""
    assert re.fullmatch(rf"error: internal error: {type(error).__name__}\b.* \(test_guard\.py:\d+\)", first)
    assert second == "hint: this is a defect of phase2-gate; please report it"
    assert err.replace("\n", "").isprintable()
