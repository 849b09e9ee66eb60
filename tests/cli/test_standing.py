"""
Tests of `phase2_gate.cli.standing`, and of the commands that are about a workspace.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from phase2_gate.cli.main import main
from tests.workspace.trees import make

COMMANDS = [["build"], ["manifest"], ["list"], ["init"], ["explain", "a", "--workspace"]]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(("name", "seen"), [("nope", "cannot be found: "), ("file", "not a directory: ")])
def test_what_is_no_workspace_is_a_usage_error(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: list[str],
    name: str,
    seen: str,
) -> None:
    """
    For every command alike.
    """
    make(tmp_path, {"file": "", "a": ""})
    monkeypatch.chdir(tmp_path)
    assert main([*command, name]) == 2
    out, err = capsys.readouterr()
    assert (out, err.startswith(f"error: {name!r}: {seen}")) == ("", True)
    assert err.endswith(": need the directory of a workspace\n")
    assert sorted(os.listdir(tmp_path)) == ["a", "file"]


@pytest.mark.skipif(sys.platform == "win32", reason="there, a working directory cannot be taken away")
@pytest.mark.parametrize("command", [*COMMANDS[:4], ["explain", "a"], ["explain", "/a"]], ids=" ".join)
def test_a_working_directory_that_is_gone_is_a_usage_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    """
    Said as what it is, not as a defect of ours.
    """
    gone = make(tmp_path / "gone", {})
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert main(command) == 2
    expected = "error: '.': cannot be found: No such file or directory: need the directory of a workspace\n"
    assert capsys.readouterr() == ("", expected)


@pytest.mark.parametrize("arguments", [*([*command, ""] for command in COMMANDS), ["build", "--output", ""]])
def test_an_empty_name_is_a_usage_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    """
    As an unset variable gives it; it never means this directory, nor the place that the settings say.
    """
    make(tmp_path, {"a": ""})
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as caught:  # argparse's way
        main(arguments)
    assert (caught.value.code, capsys.readouterr().err.endswith(": empty\n")) == (2, True)
    assert os.listdir(tmp_path) == ["a"]
