"""
Tests of the settings.
"""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from phase2_gate.core.errors import SettingsError
from phase2_gate.workspace import settings
from tests.workspace.trees import make

_KEYS = "output, report-dir, sources, executable, carry-verifier, manifest-in-workspace, lift, require-clean-git"


def test_everything_has_a_default(tmp_path: Path) -> None:
    """
    A workspace without a pyproject.toml, or without the table, has settings.
    """
    expected = settings.Settings("artifacts/bundles/work.zip")
    bare = make(tmp_path / "a" / "work", {})
    with_file = make(tmp_path / "b" / "work", {"pyproject.toml": "[project]\nname = 'x'\n"})
    other_tool = make(tmp_path / "c" / "work", {"pyproject.toml": "[tool.x]\ny = 1\n"})
    assert [expected] * 3 == [settings.load(bare), settings.load(with_file), settings.load(other_tool)]
    assert not expected.carry_verifier
    assert not expected.manifest_in_workspace


def test_reads_every_key(tmp_path: Path) -> None:
    """
    Each key arrives at its place.
    """
    text = """
    [tool.phase2-gate]
    output = "out/b.zip"
    report-dir = "out/reports"
    sources = { "src" = "", "src/app" = "app/", "" = "all" }
    executable = ["bin/*", "!bin/x"]
    carry-verifier = true
    manifest-in-workspace = true
    lift = ["tests/.env", "a/"]
    """
    loaded = settings.load(make(tmp_path, {"pyproject.toml": text}))
    assert (loaded.output, loaded.report_dir) == ("out/b.zip", "out/reports")
    assert loaded.sources == (("src/app", "app"), ("src", ""), ("", "all"))
    assert [pattern.text for pattern in loaded.executable.patterns] == ["bin/*", "!bin/x"]
    assert loaded.carry_verifier
    assert loaded.manifest_in_workspace
    assert frozenset({"tests/.env", "a"}) == loaded.lift


_PATH = "need a path below the workspace with forward slashes"


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"outputs": "x"}, f".outputs: unknown key: need one of {_KEYS}"),
        ({"output": 1}, f".output: seen 1, {_PATH}"),
        ({"output": ""}, f".output: seen '', {_PATH}"),
        ({"output": "../x.zip"}, f".output: seen '../x.zip', {_PATH}"),
        ({"output": "/x.zip"}, f".output: seen '/x.zip', {_PATH}"),
        ({"output": "C:/x.zip"}, f".output: seen 'C:/x.zip', {_PATH}"),
        ({"output": "a\\x.zip"}, f".output: seen 'a\\\\x.zip', {_PATH}"),
        ({"output": "a//x.zip"}, f".output: seen 'a//x.zip', {_PATH}"),
        ({"output": "a\0"}, f".output: seen 'a\\x00', {_PATH}"),
        ({"report-dir": "./x"}, f".report-dir: seen './x', {_PATH}"),
        ({"sources": ["a"]}, ".sources: seen ['a'], need a table"),
        ({"sources": {"../a": "b"}}, f".sources.\"../a\": seen '../a', {_PATH}"),
        ({"sources": {"a": 1}}, f'.sources."a": seen 1, {_PATH}'),
        ({"sources": {"a": "x", "a/": "y"}}, ".sources.\"a/\": seen 'a/', need each directory once"),
        ({"executable": "x"}, ".executable: seen 'x', need a list"),
        ({"executable": [1]}, ".executable[0]: seen 1, need a pattern of one line"),
        ({"executable": ["a\nb"]}, ".executable[0]: seen 'a\\nb', need a pattern of one line"),
        (
            {"executable": ["a", "[z-a]"]},
            ".executable:2: the range z-a runs backwards and matches nothing: seen '[z-a]'",
        ),
        ({"carry-verifier": "yes"}, ".carry-verifier: seen 'yes', need true or false"),
        ({"manifest-in-workspace": 1}, ".manifest-in-workspace: seen 1, need true or false"),
        ({"require-clean-git": 1}, ".require-clean-git: seen 1, need true or false"),
        ({"lift": "x"}, ".lift: seen 'x', need a list"),
        ({"lift": ["a", ".."]}, f".lift[1]: seen '..', {_PATH}"),
    ],
)
def test_names_the_key_of_what_is_wrong(table: dict[str, object], message: str) -> None:
    """
    Every error says which key, what was seen and what is needed.
    """
    with pytest.raises(SettingsError) as caught:
        settings.parse(table, "work")
    assert f"pyproject.toml: tool.phase2-gate{message}" == str(caught.value)


@pytest.mark.parametrize(
    ("content", "start"),
    [
        (b"[tool", "pyproject.toml: not TOML: "),
        pytest.param(b"a = " + b"[" * 5000 + b"]" * 5000, "pyproject.toml: not TOML: ", id="too deep"),
        (b"\xff", "pyproject.toml: not TOML: "),
        (b"tool = 3", "pyproject.toml: tool: seen 3, need a table"),
        (b"tool = []", "pyproject.toml: tool: seen [], need a table"),
        (b"tool.phase2-gate = 1", "pyproject.toml: tool.phase2-gate: seen 1, need a table"),
    ],
)
def test_refuses_a_file_that_is_not_well_formed(tmp_path: Path, content: bytes, start: str) -> None:
    """
    A broken file is an error of the settings, not a traceback.
    """
    with pytest.raises(SettingsError) as caught:
        settings.load(make(tmp_path, {"pyproject.toml": content}))
    assert str(caught.value).startswith(start)


def test_refuses_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """
    What is there and cannot be read is no default.
    """
    (tmp_path / "pyproject.toml").mkdir()
    with pytest.raises(SettingsError, match=r"^pyproject\.toml: cannot be read: "):
        settings.load(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
@pytest.mark.parametrize("command", [["list"], ["build"], ["manifest"], ["explain", "x", "--workspace"]])
def test_a_pipe_in_place_of_the_file_is_not_waited_for(tmp_path: Path, command: list[str]) -> None:
    """
    It is refused at once; a process of its own shows that nothing hangs.
    """
    os.mkfifo(tmp_path / "pyproject.toml")
    done = subprocess.run(
        [sys.executable, "-m", "phase2_gate", *command, str(tmp_path)], capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (2, b"error: pyproject.toml: cannot be read: not a regular file\n")


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs links")
@pytest.mark.parametrize("target", ["../outside.toml", "inside.toml", "nowhere"])
def test_a_link_in_place_of_the_file_is_refused(tmp_path: Path, target: str) -> None:
    """
    Wherever it leads: what is not packed has no say.
    """
    (tmp_path / "outside.toml").write_text("[tool.phase2-gate]\noutput = 'x.zip'\n")
    root = make(tmp_path / "w", {"inside.toml": ""})
    (root / "pyproject.toml").symlink_to(target)
    with pytest.raises(SettingsError, match=r"^pyproject\.toml: a link, which is never followed: need a file$"):
        settings.load(root)


def test_a_file_is_no_workspace_with_broken_settings(tmp_path: Path) -> None:
    """
    What is wrong is the workspace, which the selection says.
    """
    root = make(tmp_path, {"w": ""}) / "w"
    assert settings.load(root) == settings.Settings("artifacts/bundles/w.zip")


def test_a_working_directory_that_is_gone_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    It has no name that the bundle could take.
    """

    def realpath(_: object) -> str:
        raise FileNotFoundError(errno.ENOENT, "No such file or directory")

    monkeypatch.setattr(os.path, "realpath", realpath)
    with pytest.raises(SettingsError, match=r"^'\.': cannot be found: No such file or directory: need a directory "):
        settings.load(Path())
