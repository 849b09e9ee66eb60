"""
Tests of `phase2_gate.audit.execution.interpreter`: who an interpreter is, and what is none.
"""

from __future__ import annotations

import platform
import sys
import sysconfig
from importlib.metadata import version
from pathlib import Path

import pytest

from phase2_gate.audit.execution import interpreter
from phase2_gate.audit.execution.interpreter import Interpreter
from phase2_gate.core.errors import AuditError


def script(path: Path, text: str) -> str:
    """
    An executable shell script.
    """
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_this_interpreter(python: Interpreter) -> None:
    """
    Version, implementation and pytest are those of this very interpreter.
    """
    assert (platform.python_version(), "CPython", version("pytest")) == (
        python.version,
        python.implementation,
        python.pytest_version,
    )


def test_it_needs_its_library_and_not_the_home(python: Interpreter) -> None:
    """
    The standard library and site-packages are readable, the home as a whole is not.
    """
    for needed in (sysconfig.get_path("stdlib"), sysconfig.get_path("purelib")):
        assert any(Path(needed).is_relative_to(place) for place in python.readable)
    assert not any(Path.home().is_relative_to(place) for place in python.readable)


def test_a_prefix_that_holds_the_home_is_narrowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    An interpreter installed in the home itself brings its own directories and not the home.
    """
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("bin", "lib", "private"):
        (tmp_path / name).mkdir()
    (tmp_path / "bin" / "python").write_text("")
    answer: dict[str, object] = {"prefixes": [str(tmp_path)], "path": [], "files": []}
    found = interpreter._needed(str(tmp_path / "bin" / "python"), answer)
    assert (tmp_path / "bin", tmp_path / "lib") == found


def test_a_virtual_environment_is_kept_as_it_is_named(python: Interpreter) -> None:
    """
    The path is not resolved: a link is how a virtual environment knows itself.
    """
    assert Path(sys.executable).parent == Path(python.path).parent


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("exit 3", "not a Python interpreter that answers"),
        ("echo '[]'", "not a Python interpreter that answers"),
        (
            """echo '{"numbers": [3, 8], "version": "3.8.1", "pytest": null, "implementation": "CPython"}'""",
            "too old: seen 3.8.1, need 3.9",
        ),
    ],
)
def test_what_is_no_interpreter(tmp_path: Path, text: str, message: str) -> None:
    """
    A program that does not answer as Python 3.9 or newer can't judge.
    """
    with pytest.raises(AuditError, match=message):
        interpreter.inspect(script(tmp_path / "python", text))


def test_a_missing_interpreter_is_an_error(tmp_path: Path) -> None:
    """
    A path that leads nowhere is said.
    """
    with pytest.raises(AuditError, match="no such interpreter"):
        interpreter.inspect(str(tmp_path / "python"))


def test_a_program_that_cannot_start_is_an_error(tmp_path: Path) -> None:
    """
    A file that the system refuses to run is said.
    """
    path = tmp_path / "python"
    path.write_text("#!/nonexistent/shell\n")
    path.chmod(0o755)
    with pytest.raises(AuditError, match="can't be started"):
        interpreter.inspect(str(path))


def test_an_interpreter_without_pytest_says_so(tmp_path: Path) -> None:
    """
    An environment without pytest has no version of it.
    """
    import venv

    venv.create(tmp_path / "venv", with_pip=False)
    assert interpreter.inspect(str(tmp_path / "venv" / "bin" / "python")).pytest_version is None
