"""
Tests of `phase2_gate.cli.workspaces`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from phase2_gate.cli.main import main
from tests.workspace.trees import make

COMMANDS = [["build"], ["manifest"], ["list"], ["init"], ["explain", "a", "--workspace"]]


def _usage(arguments: list[str]) -> int:
    with pytest.raises(SystemExit) as caught:  # argparse's way
        main(arguments)
    return int(str(caught.value.code))


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nope", "'nope': No such file or directory: need the directory of a workspace"),
        ("file", "'file': Not a directory: need the directory of a workspace"),
        ("", "empty"),
    ],
)
def test_what_is_no_workspace_is_a_usage_error(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: list[str],
    name: str,
    message: str,
) -> None:
    """
    For every command alike; an empty name, as of an unset variable, is never this directory.
    """
    make(tmp_path, {"file": "", "a": ""})
    monkeypatch.chdir(tmp_path)
    assert _usage([*command, name]) == 2
    out, err = capsys.readouterr()
    assert (out, err.endswith(f": {message}\n")) == ("", True)
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
    assert _usage(command) == 2
    assert capsys.readouterr().err.endswith(": '.': No such file or directory: need the directory of a workspace\n")


def test_an_empty_output_is_a_usage_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    It does not mean that of the settings.
    """
    make(tmp_path, {"a": ""})
    assert _usage(["build", str(tmp_path), "--output", ""]) == 2
    assert capsys.readouterr().err.endswith("argument --output: empty\n")
    assert os.listdir(tmp_path) == ["a"]
