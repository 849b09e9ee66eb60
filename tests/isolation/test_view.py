"""
Tests of `phase2_gate.isolation.view`: what every box shows is neither a secret nor a place for secrets.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from phase2_gate.core.errors import IsolationError
from phase2_gate.isolation.choose import choose
from phase2_gate.isolation.level import Level
from phase2_gate.isolation.selftest import prove
from phase2_gate.isolation.view import demand_hidden, of_home

from .boxes import LANDLOCK, STRICT, Kind, need, python


@pytest.fixture
def prefix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """
    A directory that the interpreter needs, in which temporary files are made.
    """
    inner = tmp_path / "prefix" / "temporary"
    inner.mkdir(parents=True)
    monkeypatch.setattr(tempfile, "tempdir", str(inner))
    return tmp_path / "prefix"


@pytest.mark.parametrize("asked", ["auto", "strict", "landlock"])
def test_temporary_files_in_what_is_shown_are_refused(prefix: Path, asked: str) -> None:
    """
    The message names what was seen and what is needed; the hint names both ways out.
    """
    with pytest.raises(IsolationError) as caught:
        choose(asked, python().path, (*python().readable, prefix))
    assert str(caught.value) == (
        f"isolation: every box shows the directory for temporary files: seen '{prefix}/temporary', which lies in"
        f" '{prefix}', need one that the system and Python do not need"
    )
    assert caught.value.hint is not None
    assert caught.value.hint.startswith("set TMPDIR to another directory, such as /var/tmp; ")
    assert "--isolation process" in caught.value.hint


def test_a_floor_is_taken_and_it_is_said(prefix: Path) -> None:
    """
    Who would run the bundle anyway gets the level that does not isolate, with the reason.
    """
    chosen = choose("auto", python().path, (prefix,), floor=Level.PROCESS)
    assert (chosen.level, chosen.proof, len(chosen.notes)) == (Level.PROCESS, None, 1)
    assert f"seen '{prefix}/temporary'" in chosen.notes[0]


def test_a_link_into_the_system_is_seen_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Where a path leads counts, not how it is written.
    """
    (tmp_path / "link").symlink_to("/usr/lib")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "link"))
    with pytest.raises(IsolationError, match=r"seen '/usr/lib', which lies in '/usr'"):
        demand_hidden(())


def test_a_neighbour_is_not_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Only whole names count, and a directory above something that is shown is not shown itself.
    """
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    demand_hidden((tmp_path.with_name(tmp_path.name[:-1]), tmp_path / "inner"))


def test_no_directory_at_all_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A machine without any place for temporary files can't be judged on.
    """

    def none() -> str:
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", none)
    with pytest.raises(IsolationError, match="no private directory could be made") as caught:
        choose("auto", python().path, ())
    assert caught.value.hint is not None
    assert "--isolation process" in caught.value.hint


def test_of_a_home_what_is_shown_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    What lies in something shown, holds it, or leads there is no secret; everything else is.
    """
    for name in ("holds/shown", "secret", "shown/inner"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "file").write_text("secret")
    for name, target in (("to-system", "/usr/share"), ("to-shown", "shown/inner"), ("to-secret", "secret")):
        (tmp_path / name).symlink_to(target)
    (tmp_path / "to-above").symlink_to("holds")
    monkeypatch.setenv("HOME", str(tmp_path))
    found = of_home((tmp_path / "shown", tmp_path / "holds/shown"))
    assert [str(tmp_path / name) for name in ("file", "secret", "to-secret")] == found


def test_what_nobody_can_read_is_not_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A link that leads nowhere says nothing about a box.
    """
    (tmp_path / "broken").symlink_to("nowhere")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert of_home(()) == []


@pytest.mark.parametrize("kind", [STRICT, LANDLOCK], ids=str)
@pytest.mark.parametrize("home", ["/", "", "/usr", "/etc", "/dev"])
def test_the_root_or_the_system_as_home_is_no_obstacle(monkeypatch: pytest.MonkeyPatch, home: str, kind: Kind) -> None:
    """
    Containers give such homes to users that nobody knows.
    """
    need(*kind)
    monkeypatch.setenv("HOME", home)
    assert "read-home" in prove(kind.level, python().path, python().readable).stopped


def test_the_root_as_home_still_has_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The directories of the root that no box shows are tried.
    """
    monkeypatch.setenv("HOME", "/")
    found = set(of_home(()))
    assert found & {"/bin", "/dev", "/etc", "/lib", "/proc", "/sbin", "/usr"} == set()
    assert found <= {f"/{name}" for name in os.listdir("/")}
    assert found != set()
