"""
Tests of what a workspace begins with.
"""

from __future__ import annotations

import re
import stat
import tomllib
from pathlib import Path

import pytest

from phase2_gate.build import build, starting
from phase2_gate.cli.main import main
from phase2_gate.core.errors import BuildError, Phase2GateError
from phase2_gate.workspace import settings
from tests.workspace.trees import default_settings, make, names, selected

PROJECT = '[project]\nname = "x"\n'


def test_both_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    The ignore file, and the table behind what stands in the settings file; the bundle can be built at once.
    """
    make(tmp_path, {"pyproject.toml": PROJECT, "a.py": "", "build/x": "", "sub/build/x": ""})
    (tmp_path / "pyproject.toml").chmod(0o640)
    assert main(["init", str(tmp_path)]) == 0
    assert capsys.readouterr() == ("wrote        .bundleignore\nwrote        pyproject.toml\n", "")
    assert (tmp_path / ".bundleignore").read_text() == starting.IGNORE_FILE
    assert (tmp_path / "pyproject.toml").read_text() == f"{PROJECT}\n{starting.TABLE}"
    assert stat.S_IMODE((tmp_path / "pyproject.toml").stat().st_mode) == 0o640
    assert settings.load(tmp_path) == settings.parse({}, tmp_path.name)
    assert names(selected(tmp_path)) == [".bundleignore", "a.py", "pyproject.toml", "sub/build/x"]
    assert len(build(tmp_path, settings=default_settings()).members) == 5


def test_every_setting_is_explained_at_its_default() -> None:
    """
    With the marks taken off the table is what `settings` says it is: every key, and values of the right types.
    """
    live = re.sub(r"(?m)^# (?=[a-z-]+ = )", "", starting.TABLE)
    table = tomllib.loads(live)["tool"]["phase2-gate"]
    assert tuple(table) == settings.KEYS
    plain = settings.parse({}, "NAME")
    stated = settings.parse(table, "NAME")
    for name in ("output", "report_dir", "carry_verifier", "manifest_in_workspace", "require_clean_git"):
        assert getattr(stated, name) == getattr(plain, name)


def test_a_workspace_without_settings_gets_none(tmp_path: Path) -> None:
    """
    Where there is no settings file, none is made.
    """
    assert starting.start(tmp_path) == (".bundleignore",)
    assert [path.name for path in tmp_path.iterdir()] == [".bundleignore"]


@pytest.mark.parametrize(
    ("before", "gap"),
    [(b"", b""), (b"a = 1\n", b"\n"), (b"a = 1", b"\n\n"), (b"a = 1\r\n", b"\r\n"), (b"a = 1\r\nb = 2", b"\r\n\r\n")],
)
def test_line_ends_stay_as_they_are(tmp_path: Path, before: bytes, gap: bytes) -> None:
    """
    The table follows the file in them, behind a blank line.
    """
    make(tmp_path, {"pyproject.toml": before})
    starting.start(tmp_path)
    end = b"\r\n" if b"\r\n" in before else b"\n"
    table = starting.TABLE.encode().replace(b"\n", end)
    assert (tmp_path / "pyproject.toml").read_bytes() == before + gap + table


@pytest.mark.parametrize(
    ("files", "message", "code"),
    [
        ({".bundleignore": ""}, ".bundleignore: there already: nothing was written", 3),
        (
            {"pyproject.toml": "[tool.phase2-gate]\n"},
            "pyproject.toml: tool.phase2-gate is there already: nothing was written",
            3,
        ),
        (
            {"pyproject.toml": "tool.phase2-gate.lift = []\n"},
            "pyproject.toml: tool.phase2-gate is there already: nothing was written",
            3,
        ),
        (
            {"pyproject.toml": "tool = { other = 1 }\n"},
            "pyproject.toml: tool.phase2-gate cannot be added behind what is there: nothing was written: ",
            3,
        ),
        ({"pyproject.toml": "tool = 1\n"}, "pyproject.toml: tool.phase2-gate cannot be added behind what is there", 3),
        ({"pyproject.toml": "a = \n"}, "pyproject.toml: not TOML: ", 2),
        ({"pyproject.toml": b"\xff"}, "pyproject.toml: not TOML: ", 2),
        ({"pyproject.toml/x": ""}, "pyproject.toml: not a file: nothing was written", 3),
    ],
)
def test_what_is_there_is_never_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], files: dict[str, bytes | str], message: str, code: int
) -> None:
    """
    Then nothing is written at all.
    """
    make(tmp_path, files)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert main(["init", str(tmp_path)]) == code
    out, err = capsys.readouterr()
    assert (out, err.startswith(f"error: {message}")) == ("", True)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_read_only_file_stays_as_it_is(tmp_path: Path) -> None:
    """
    Though a rename could replace it, and for whoever may write everything too.
    """
    make(tmp_path, {"pyproject.toml": "[project]\n"})
    (tmp_path / "pyproject.toml").chmod(0o444)
    with pytest.raises(BuildError, match=r"^pyproject\.toml: is read-only: nothing was written$"):
        starting.start(tmp_path)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("pyproject.toml", "[project]\n")]


@pytest.mark.parametrize("before", ["[[tool]]\nx = 1\n", "tool = []\n", "tool = 1\n"])
def test_what_is_no_table_gets_none(tmp_path: Path, before: str) -> None:
    """
    A table behind it would be no setting, or no TOML.
    """
    make(tmp_path, {"pyproject.toml": before})
    with pytest.raises(BuildError, match=r"^pyproject\.toml: tool\.phase2-gate cannot be added behind what is there: "):
        starting.start(tmp_path)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("pyproject.toml", before)]


def test_links_are_not_written_through(tmp_path: Path) -> None:
    """
    A settings file that is a link stays one; a dangling link in the ignore file's place counts as there.
    """
    make(tmp_path, {"real.toml": PROJECT})
    (tmp_path / "pyproject.toml").symlink_to("real.toml")
    with pytest.raises(BuildError, match=r"^pyproject\.toml: not a file"):
        starting.start(tmp_path)
    (tmp_path / "pyproject.toml").unlink()
    (tmp_path / ".bundleignore").symlink_to("nowhere")
    with pytest.raises(BuildError, match=r"^\.bundleignore: there already"):
        starting.start(tmp_path)


def test_the_way_to_all_settings_is_named(tmp_path: Path) -> None:
    """
    By the page that has them.
    """
    make(tmp_path, {"pyproject.toml": "[tool.phase2-gate]\n"})
    with pytest.raises(BuildError) as caught:
        starting.start(tmp_path)
    page = str(caught.value.hint).split("; ")[1].removesuffix(" has all settings")
    text = (Path(__file__).parents[2] / page).read_text("utf-8")
    assert [key for key in settings.KEYS if f"| `{key}` |" not in text] == []


def test_what_appears_meanwhile_is_not_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    An ignore file that somebody writes while ours is being written wins, and the settings stay as they are.
    """
    make(tmp_path, {"pyproject.toml": PROJECT})
    write = starting._write

    def meanwhile(descriptor: int, data: bytes) -> None:
        write(descriptor, data)
        make(tmp_path, {".bundleignore": "theirs"})

    monkeypatch.setattr(starting, "_write", meanwhile)
    with pytest.raises(BuildError, match=r"^\.bundleignore: there already"):
        starting.start(tmp_path)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        ".bundleignore": "theirs",
        "pyproject.toml": PROJECT,
    }


def test_no_directory_is_an_error(tmp_path: Path) -> None:
    """
    Only a workspace can begin.
    """
    with pytest.raises(Phase2GateError, match=r"not a workspace: need a directory$"):
        starting.start(tmp_path / "none")


def test_a_settings_file_that_cannot_be_read_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    And nothing is written.
    """
    make(tmp_path, {"pyproject.toml": PROJECT})

    def fail(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", fail)
    with pytest.raises(Phase2GateError, match=r"^pyproject\.toml: cannot be read: Permission denied$"):
        starting.start(tmp_path)
    assert not (tmp_path / ".bundleignore").exists()
