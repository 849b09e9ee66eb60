"""
Tests of what git thinks of a selection.
"""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from phase2_gate.build import build, writer
from phase2_gate.core.errors import BuildError, SelectionError
from tests.compare.locales import ascii_only
from tests.workspace.repositories import NEEDS_GIT, commit_all, git
from tests.workspace.trees import default_settings, make

FILES = {
    ".bundleignore": "/docs/\n*.tmp\n",
    ".gitignore": "*.log\n",
    "a.py": "1\n",
    "docs/x": "",
    "docs/y": "",
    "z.tmp": "",
    "src/.coverage": "",
    "src/b.py": "2\n",
    "artifacts/reports/old.md": "",
    "manifest.txt": "",
}
ADVICE = (
    "tracked by git, but left out: 5 files: 2 by .bundleignore:1: /docs/; "
    "1 by this tool's own output: artifacts/reports; 1 by the built-in list: coverage data; "
    "1 by .bundleignore:2: *.tmp (`--strict-git` names each)"
)

OWN = "git-left-out: git tracks it, but it is left out: this tool's own output"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """
    A repository with everything committed, and a home without configuration.
    """
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return commit_all(make(tmp_path / "work", FILES))


@NEEDS_GIT
def test_warns_of_packed_files_that_git_ignores(root: Path) -> None:
    """
    Ignored files that are packed are named; tracked ones, whatever the rules say, are not.
    """
    make(root, {"x.log": "", "forced.log": "", "t\u00e9/y.log": ""})
    git(root, "add", "-f", "forced.log")
    built = build(root, settings=default_settings())
    assert {"x.log", "forced.log"} < set(built.members)
    assert built.warnings[:-1] == (
        "t\u00e9/y.log: git-ignored: packed, but git ignores it: a fresh clone does not have it",
        "x.log: git-ignored: packed, but git ignores it: a fresh clone does not have it",
    )


@NEEDS_GIT
def test_tells_tracked_files_that_are_left_out(root: Path) -> None:
    """
    One line with what leaves them out; the manifest, which every bundle has, and what was deleted is none of them.
    """
    (root / "src/b.py").unlink()
    assert build(root, settings=default_settings()).warnings == (ADVICE,)


@NEEDS_GIT
def test_a_skipped_directory_takes_what_lies_below_along(root: Path) -> None:
    """
    The outermost directory that the built-in list takes out says why, the workspace itself too.
    """
    make(root, {"v/pyvenv.cfg": "", "v/lib/a.py": ""})
    commit_all(root)
    assert "2 by the built-in list: a virtual environment" in build(root, settings=default_settings()).warnings[0]
    make(root / "docs", {"pyvenv.cfg": ""})
    with pytest.raises(SelectionError, match="selection-empty"):
        build(root / "docs", settings=default_settings())


@NEEDS_GIT
def test_says_nothing_where_both_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    When everything that is tracked is packed, and nothing else, there is no advice.
    """
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    root = commit_all(make(tmp_path / "work", {"a.py": "", ".gitignore": "*.log\n"}))
    assert build(root, settings=default_settings(), strict_git=True).warnings == ()
    assert build(root, settings=default_settings()).warnings == ()


@NEEDS_GIT
def test_strictness_makes_both_an_error(root: Path) -> None:
    """
    Every file is named, and nothing is written.
    """
    make(root, {"x.log": ""})
    before = sorted(root.rglob("*"))
    with pytest.raises(SelectionError) as caught:
        build(root, settings=default_settings(), strict_git=True)
    assert str(caught.value).splitlines() == [
        f"artifacts/reports/old.md: {OWN}: artifacts/reports",
        "docs/x: git-left-out: git tracks it, but it is left out: .bundleignore:1: /docs/",
        "docs/y: git-left-out: git tracks it, but it is left out: .bundleignore:1: /docs/",
        "src/.coverage: git-left-out: git tracks it, but it is left out: the built-in list: coverage data",
        "x.log: git-ignored: packed, but git ignores it: a fresh clone does not have it",
        "z.tmp: git-left-out: git tracks it, but it is left out: .bundleignore:2: *.tmp",
    ]
    assert caught.value.hint == "`phase2-gate rule git-ignored` says what can be done"
    assert sorted(root.rglob("*")) == before
    make(root, {".bundleignore": "*.log\n/docs/.nothing\n"})
    git(root, "rm", "-q", "--cached", "src/.coverage", "artifacts/reports/old.md")
    assert build(root, settings=default_settings(), strict_git=True).warnings == ()


@NEEDS_GIT
@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({"report_dir": "src"}, ["src/b.py: src", "src/c.py: src"]),
        ({"output": "src/b.py"}, ["src/b.py: src/b.py"]),
        ({"output": "src/c"}, ["src/.c.partial-x: src/.c.partial-x"]),
    ],
    ids=["reports", "bundle", "temporary"],
)
def test_what_this_tool_would_write_over_is_told(tmp_path: Path, table: dict[str, str], expected: list[str]) -> None:
    """
    A setting that takes sources for outputs leaves them out, but not in silence.
    """
    names = ["a.py", "src/b.py", "src/c.py", *(["src/.c.partial-x"] if "output" in table else [])]
    root = commit_all(make(tmp_path / "work", dict.fromkeys(names, "")))
    with pytest.raises(SelectionError) as caught:
        build(root, settings=default_settings(**table), strict_git=True)
    assert str(caught.value).splitlines() == [line.replace(": ", f": {OWN}: ") for line in expected]
    (advice,) = build(root, settings=default_settings(**table)).warnings
    assert advice.startswith("tracked by git, but left out: ")


@NEEDS_GIT
@pytest.mark.parametrize(
    ("files", "commands", "expected"),
    [
        ({}, [], []),
        ({"docs/x": "changed", "other.tmp": "", "dist.tmp": ""}, [], []),
        ({"a.py": "2\n"}, [], ["a.py: git-modified"]),
        ({"a.py": "2\n"}, [("add", "a.py")], ["a.py: git-modified"]),
        ({"a.py": "2\n"}, [("update-index", "--assume-unchanged", "a.py")], ["a.py: git-modified"]),
        ({"new.py": ""}, [], ["new.py: git-untracked"]),
        ({"new.py": ""}, [("add", "new.py")], ["new.py: git-modified"]),
        ({"x.log": ""}, [], ["x.log: git-untracked"]),
        (
            {"src/b.py": "", "new.py": "", "x.log": ""},
            [],
            ["new.py: git-untracked", "src/b.py: git-modified", "x.log: git-untracked"],
        ),
    ],
    ids=["clean", "left-out", "modified", "staged", "hidden", "untracked", "added", "ignored", "several"],
)
def test_a_clean_selection_can_be_demanded(
    root: Path, files: dict[str, str], commands: list[tuple[str, ...]], expected: list[str]
) -> None:
    """
    Every packed file has to be as committed; what is left out may look as it likes.
    """
    make(root, files)
    for command in commands:
        git(root, *command)
    wanted = default_settings(require_clean_git=True)
    if not expected:
        assert build(root, settings=wanted).warnings == (ADVICE,)
        return
    before = sorted(root.rglob("*"))
    with pytest.raises(SelectionError) as caught:
        build(root, settings=wanted)
    whys = {
        "git-modified": "it differs from the last commit, and `require-clean-git` is set",
        "git-untracked": "git does not track it, and `require-clean-git` is set",
    }
    assert str(caught.value).splitlines() == [f"{line}: {whys[line.rpartition(' ')[2]]}" for line in expected]
    assert sorted(root.rglob("*")) == before


@NEEDS_GIT
@pytest.mark.skipif(os.name == "nt", reason="names are UTF-16 on Windows")
def test_names_beyond_ascii_are_compared_in_any_locale(root: Path, tmp_path: Path) -> None:
    """
    Those of files and those of submodules, whatever the locale makes of them.
    """
    other = commit_all(make(tmp_path / "other", {"y.py": "y\n"}))
    git(root, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other), "src/\u00e9")
    make(root, {"src/\u00fc.py": "3\n", "pyproject.toml": "[tool.phase2-gate]\nrequire-clean-git = true\n"})
    (root / "docs/x").unlink()
    commit_all(root)
    program = "from phase2_gate.__main__ import run; run()"
    command = [sys.executable, "-c", program, "build", "--output", str(tmp_path / "b.zip")]
    for path, expected in (("src/\u00fc.py", 0), ("src/\u00fc.py", 1), ("src/\u00e9/y.py", 1)):
        if expected:
            make(root, {path: "changed\n"})
        done = subprocess.run(command, cwd=root, env=ascii_only(), capture_output=True, check=False)
        assert done.returncode == expected, done.stderr
        assert (b"git-modified" in done.stderr) == bool(expected)
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert {"src/\u00fc.py", "src/\u00e9/y.py"} < set(archive.namelist())


@NEEDS_GIT
def test_what_is_packed_is_what_was_compared(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A file that changes between the look at git and the packing is refused by its name in the workspace.
    """
    wanted = default_settings(require_clean_git=True, sources={"src": "0"})
    original = writer.write
    changes = {"src/b.py": "3\n", "docs/x": "3\n"}

    def later(*arguments: Any) -> writer.Written:
        make(root, changes)
        return original(*arguments)

    assert "0/b.py" in build(root, settings=wanted).members
    before = sorted(root.rglob("*"))
    monkeypatch.setattr(writer, "write", later)
    with pytest.raises(BuildError, match=r"^src/b\.py: changed after it was compared with the last commit$") as caught:
        build(root, settings=wanted)
    assert caught.value.hint == "build again when nobody writes into the workspace"
    assert sorted(root.rglob("*")) == before
    make(root, {"src/b.py": "2\n"})
    changes["a.py"] = "4\n"
    with pytest.raises(BuildError, match=r"^a\.py: changed [^\n]*\nsrc/b\.py: changed [^\n]*$"):
        build(root, settings=wanted)
    changes.update({"a.py": "1\n", "src/b.py": "2\n"})
    make(root, changes)
    assert "0/b.py" in build(root, settings=wanted).members


@NEEDS_GIT
def test_what_comes_from_outside_is_not_compared(root: Path) -> None:
    """
    The carried verifier is no file of the workspace, not even where the workspace has one of that name.
    """
    name = "scripts/phase2_gate/__init__.py"
    commit_all(make(root, {name: "mine\n"}))
    wanted = default_settings(require_clean_git=True, carry_verifier=True, sources={"scripts": "tools"})
    assert {name, name.replace("scripts", "tools")} < set(build(root, settings=wanted).members)


def with_submodule(root: Path, tmp_path: Path) -> Path:
    """
    Adds a submodule ``src/sub`` with a filter of its own, and commits; returns where the submodule lies.
    """
    files = {"x.py": "1\n", ".gitignore": "*.new\n", ".gitattributes": "* filter=evil\n"}
    other = commit_all(make(tmp_path / "other", files))
    git(root, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other), "src/sub")
    commit_all(root)
    return root / "src/sub"


@NEEDS_GIT
def test_a_changed_submodule_is_not_clean(root: Path, tmp_path: Path) -> None:
    """
    A file of a submodule has to be as in the commit that is recorded, and no program of the submodule is run.
    """
    submodule = with_submodule(root, tmp_path)
    git(submodule, "config", "filter.evil.clean", f"touch {tmp_path}/witness; cat")
    os.utime(submodule / "x.py", (1, 1))
    wanted = default_settings(require_clean_git=True)
    assert "src/sub/x.py" in build(root, settings=wanted).members
    make(submodule, {"x.py": "2\n"})
    with pytest.raises(SelectionError, match=r"^src/sub/x\.py: git-modified: [^\n]*$"):
        build(root, settings=wanted)
    assert not (tmp_path / "witness").exists()


@NEEDS_GIT
def test_a_submodule_without_its_repository_is_not_judged(root: Path, tmp_path: Path) -> None:
    """
    Where git has to answer the build fails; where it need not, that is said.
    """
    (with_submodule(root, tmp_path) / ".git").unlink()
    why = "src/sub/.gitattributes cannot be judged: submodule src/sub: no repository lies there"
    for strict, clean in ((True, False), (False, True)):
        with pytest.raises(BuildError, match=f"^git: {why}$"):
            build(root, settings=default_settings(require_clean_git=clean), strict_git=strict)
    assert build(root, settings=default_settings()).warnings == (f"not compared with what git knows: {why}",)


@NEEDS_GIT
def test_files_of_submodules_are_advised_on(root: Path, tmp_path: Path) -> None:
    """
    By the rules of the submodule; a file that is new there silences nothing.
    """
    submodule = with_submodule(root, tmp_path)
    make(root, {"x.log": ""})
    make(submodule, {"x.new": "", "x.log": ""})
    ignored = "git-ignored: packed, but git ignores it: a fresh clone does not have it"
    assert build(root, settings=default_settings()).warnings == (
        f"src/sub/x.new: {ignored}",
        f"x.log: {ignored}",
        ADVICE,
    )
    with pytest.raises(SelectionError, match=rf"(?m)^src/sub/x\.new: {ignored}$"):
        build(root, settings=default_settings(), strict_git=True)


@NEEDS_GIT
def test_advice_that_fails_says_so(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    In a work tree there is advice, or one line about why there is none.
    """
    index = (root / ".git/index").read_bytes()
    (root / ".git/index").write_bytes(b"no index")
    (warning,) = build(root, settings=default_settings()).warnings
    assert warning.startswith("not compared with what git knows: cannot answer: fatal: ")
    (root / ".git/index").write_bytes(index)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert build(root, settings=default_settings()).warnings == ("not compared with what git knows: not found",)


@pytest.mark.parametrize(("strict", "clean"), [(True, False), (False, True), (True, True)])
def test_what_git_has_to_answer_fails_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, strict: bool, clean: bool
) -> None:
    """
    Without git nothing can be demanded of it: the build fails; without a demand it goes on.
    """
    make(tmp_path / "work", {"a": ""})
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BuildError, match=r"^git: not found$"):
        build(tmp_path / "work", settings=default_settings(require_clean_git=clean), strict_git=strict)
    assert [path.name for path in (tmp_path / "work").iterdir()] == ["a"]
    assert build(tmp_path / "work", settings=default_settings()).warnings == ()


@NEEDS_GIT
def test_says_nothing_outside_of_a_work_tree(tmp_path: Path) -> None:
    """
    Where git knows no work tree there is nothing to say.
    """
    make(tmp_path / "work", {"x.log": "", ".gitignore": "*"})
    assert build(tmp_path / "work", settings=default_settings()).warnings == ()
