"""
Tests of `phase2_gate.library.profiles`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from phase2_gate.core.errors import ProfileError
from phase2_gate.core.profile import BUILD_LOOP_PHASE2, GENERIC, Profile
from phase2_gate.library.profiles import load


@pytest.mark.parametrize(("name", "expected"), [("generic", GENERIC), ("build-loop-phase2", BUILD_LOOP_PHASE2)])
def test_built_in_profiles_have_names(name: str, expected: Profile) -> None:
    """
    The two that the tool knows.
    """
    assert load(name) is expected


def test_a_name_is_never_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A file of that name in the directory decides nothing.
    """
    (tmp_path / "generic").write_text("members = ['x']")
    monkeypatch.chdir(tmp_path)
    assert load("generic") is GENERIC


def test_a_file_states_a_profile(tmp_path: Path) -> None:
    """
    Its name is the file's unless it states another.
    """
    path = tmp_path / "mine.toml"
    path.write_text("imports = ['a.b']\n[tests]\nminimum = 3\n")
    assert load(str(path)) == Profile("mine", imports=("a.b",), minimum_tests=3)
    path.write_text("name = 'other'\n")
    assert load(str(path)) == Profile("other")
    (tmp_path / ".toml").write_text("")
    assert load(str(tmp_path / ".toml")).name == "profile"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read: No such file or directory"),
        (b"a = ", "not TOML: "),
        (b"name = '\xff'", "not TOML: "),
        (b"lenient = true", "lenient: unknown key"),
        (b"[tests]\nminimum = 0", "tests.minimum: seen 0, need a whole number of 1 or more"),
    ],
)
def test_a_file_that_cannot_be_used_is_an_error(tmp_path: Path, content: bytes | None, message: str) -> None:
    """
    It names the file and what is wrong in it.
    """
    path = tmp_path / "mine.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ProfileError) as raised:
        load(str(path))
    assert str(raised.value).startswith(f"{path}: ")
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("", "a file needs the ending .toml"),
        ("strict", "a file needs the ending .toml"),
        ("mine.tml", "a file needs the ending .toml"),
        ("mine.toml/", "a file needs the ending .toml"),
        ("Generic", "did you mean generic?"),
        ("genric", "did you mean generic?"),
        ("build-loop-phase-2", "did you mean build-loop-phase2?"),
    ],
)
def test_an_unknown_name_is_an_error(name: str, hint: str) -> None:
    """
    Nothing is guessed; what may have been meant is said.
    """
    with pytest.raises(ProfileError, match="need one of generic, build-loop-phase2, or a file") as raised:
        load(name)
    assert raised.value.hint == hint


def test_a_profile_stands_for_itself(tmp_path: Path) -> None:
    """
    Programs may hand one in, and paths need not be texts.
    """
    mine = Profile("mine", minimum_tests=7)
    assert load(mine) is mine
    (tmp_path / "theirs.toml").write_text("[tests]\nminimum = 3\n")
    assert load(tmp_path / "theirs.toml") == Profile("theirs", minimum_tests=3)
