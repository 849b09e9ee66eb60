"""
Tests of `phase2_gate.workspace.git`.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import pytest

from phase2_gate.core.errors import BuildError
from phase2_gate.workspace import git
from phase2_gate.workspace.git import GitVerdict
from tests.workspace import repositories
from tests.workspace.repositories import NEEDS_GIT, commit_all
from tests.workspace.trees import make

pytestmark = NEEDS_GIT
NEEDS_LINKS = pytest.mark.skipif(os.name == "nt", reason="links need a privilege")

FILES = {".gitignore": "*.log\n!kept.log\n/out/\n", "a.py": "1\n", "kept.log": "", "s\u00e9/b c.py": "2\n"}


def changed(tree: git.Git, paths: Iterable[str]) -> set[str]:
    """
    Those of `paths` that are not as in the last commit.
    """
    listed = list(paths)
    return set(listed) - tree.as_committed(listed).keys()


def with_submodules(root: Path, tmp_path: Path) -> None:
    """
    Adds a submodule ``sub`` that holds a submodule ``in``, and commits.
    """
    allowed = ("-c", "protocol.file.allow=always")
    inner = commit_all(make(tmp_path / "inner", {"y.py": "y\n"}))
    outer = commit_all(make(tmp_path / "outer", {"x.py": "x\n"}))
    repositories.git(outer, *allowed, "submodule", "add", "-q", str(inner), "in")
    commit_all(outer)
    repositories.git(root, *allowed, "submodule", "add", "-q", str(outer), "sub")
    repositories.git(root, *allowed, "submodule", "update", "-q", "--init", "--recursive")
    commit_all(root)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """
    A repository with everything committed, and a home without configuration.
    """
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return commit_all(make(tmp_path / "w", FILES))


def test_tells_what_is_tracked(root: Path) -> None:
    """
    The files of the index, by their paths from the workspace, also when that is a part of the work tree.
    """
    make(root, {"new.py": ""})
    assert git.of(root).tracked() == set(FILES)
    assert git.of(root / "s\u00e9").tracked() == {"b c.py"}


def test_tells_files_of_submodules_as_tracked(root: Path, tmp_path: Path) -> None:
    """
    What a submodule tracks is tracked, at any depth, and the submodule itself is no file.
    """
    with_submodules(root, tmp_path)
    assert git.of(root).tracked() == {*FILES, ".gitmodules", "sub/x.py", "sub/.gitmodules", "sub/in/y.py"}
    assert git.of(root / "sub").tracked() == {"x.py", ".gitmodules", "in/y.py"}


def test_each_repository_has_its_own_rules(root: Path, tmp_path: Path) -> None:
    """
    What lies in a submodule is ignored or not by the submodule's rules, and the line is named from the workspace.
    """
    with_submodules(root, tmp_path)
    files = ["x.log", "sub/x.log", "sub/x.tmp", "sub/in/x.log", "sub/in/x.tmp"]
    make(root, {**dict.fromkeys(files, ""), "sub/in/.gitignore": "*.tmp\n"})
    tree = git.of(root)
    assert tree.ignored(files) == {"x.log", "sub/in/x.tmp"}
    assert tree.verdict("sub/in/x.tmp") == GitVerdict(False, "sub/in/.gitignore", 1, "*.tmp")
    assert tree.verdict("sub/in/x.log") == GitVerdict(False, "", 0, "")
    assert tree.verdict("sub/in/y.py").tracked
    assert tree.verdict("sub").tracked


def test_tells_what_is_ignored(root: Path) -> None:
    """
    Only what is not tracked; magic characters of git's own path language mean nothing.
    """
    make(root, {"x.log": "", ":(top)y.log": "", "[ab].log": "", "a.log": ""})
    tree = git.of(root)
    asked = ["x.log", "kept.log", "a.py", ":(top)y.log", "[ab].log"]
    assert tree.ignored(asked) == {"x.log", ":(top)y.log", "[ab].log"}
    assert tree.ignored([]) == frozenset()


@pytest.mark.parametrize(
    ("path", "expected", "ignored"),
    [
        ("x.log", GitVerdict(False, ".gitignore", 1, "*.log"), True),
        ("kept.log", GitVerdict(True, ".gitignore", 2, "!kept.log"), False),
        ("out/y", GitVerdict(False, ".gitignore", 3, "/out/"), True),
        ("a.py", GitVerdict(True, "", 0, ""), False),
        ("s\u00e9", GitVerdict(True, "", 0, ""), False),
        ("nowhere", GitVerdict(False, "", 0, ""), False),
    ],
)
def test_tells_the_line_that_decides(root: Path, path: str, expected: GitVerdict, ignored: bool) -> None:
    """
    File, line and pattern as git names them, and whether the path is tracked.
    """
    make(root, {"out/y": ""})
    verdict = git.of(root).verdict(path)
    assert (verdict, verdict.ignored) == (expected, ignored)


def test_tells_the_digests_of_what_was_compared(root: Path, tmp_path: Path) -> None:
    """
    Of the bytes themselves, in submodules too; what differs from the commit has none.
    """
    with_submodules(root, tmp_path)
    make(root, {"kept.log": "changed\n"})
    contents = {"a.py": b"1\n", "s\u00e9/b c.py": b"2\n", "sub/in/y.py": b"y\n"}
    expected = {path: hashlib.sha256(content).hexdigest() for path, content in contents.items()}

    assert git.of(root).as_committed([*contents, "kept.log"]) == expected


def test_tells_what_changed(root: Path) -> None:
    """
    Changes on the disk and in the index, of what is asked about; nothing that is the same.
    """
    assert changed(git.of(root), FILES) == frozenset()
    make(root, {"a.py": "3\n", "s\u00e9/b c.py": "4\n", "untracked": ""})
    repositories.git(root, "add", "a.py")
    assert changed(git.of(root), FILES) == {"a.py", "s\u00e9/b c.py"}
    assert changed(git.of(root), ["kept.log", "untracked"]) == {"untracked"}
    assert changed(git.of(root / "s\u00e9"), ["b c.py"]) == {"b c.py"}
    make(root, {"a.py": "1\n"})
    assert changed(git.of(root), ["a.py"]) == {"a.py"}  # as committed, but something else is staged
    repositories.git(root, "rm", "-q", "--cached", "kept.log")
    assert changed(git.of(root), ["kept.log"]) == {"kept.log"}


def test_everything_is_changed_before_the_first_commit(tmp_path: Path) -> None:
    """
    Without a commit nothing is as committed.
    """
    new = make(tmp_path / "new", {"a.py": ""})
    repositories.git(new, "init", "-q")
    repositories.git(new, "add", "-A")
    assert changed(git.of(new), ["a.py"]) == {"a.py"}


@pytest.mark.parametrize(
    "commands",
    [
        [],
        [("update-index", "--assume-unchanged", "a.py")],
        [("update-index", "--skip-worktree", "a.py")],
        [("config", "core.ignoreStat", "true"), ("update-index", "a.py")],
        [("config", "core.checkStat", "minimal"), ("config", "core.trustctime", "false"), ("update-index", "a.py")],
    ],
    ids=["nothing", "assume-unchanged", "skip-worktree", "ignore-stat", "check-stat"],
)
def test_what_the_index_believes_of_the_disk_does_not_count(root: Path, commands: list[tuple[str, ...]]) -> None:
    """
    A change of the same size and time is found, whatever the index was told; without a change nothing is.
    """
    path = root / "a.py"
    os.utime(path, (1, 1))
    repositories.git(root, "update-index", "--refresh")
    for command in commands:
        repositories.git(root, *command)
    assert changed(git.of(root), ["a.py"]) == frozenset()
    path.write_text("3\n")
    os.utime(path, (1, 1))
    assert changed(git.of(root), ["a.py"]) == {"a.py"}


def test_a_replaced_commit_does_not_count(root: Path) -> None:
    """
    The last commit is what it is, not what ``git replace`` puts in its place.
    """
    first = repositories.git(root, "rev-parse", "HEAD").strip()
    make(root, {"a.py": "3\n"})
    commit_all(root)
    other = repositories.git(root, "rev-parse", "HEAD").strip()
    repositories.git(root, "update-ref", "HEAD", first)
    repositories.git(root, "replace", first, other)
    assert repositories.git(root, "status", "--porcelain", "--untracked-files=no") == ""
    assert changed(git.of(root), ["a.py"]) == {"a.py"}


@pytest.mark.parametrize(
    ("attribute", "committed", "seen"),
    [("text", "1\n", "1\r\n"), ("ident", "$Id$\n", "$Id: all that one wants $\n")],
)
def test_what_git_takes_for_the_same_but_is_not_is_changed(
    root: Path, attribute: str, committed: str, seen: str
) -> None:
    """
    The bytes on the disk count, because they are what is packed.
    """
    make(root, {"new": committed, ".gitattributes": f"new {attribute}\n"})
    commit_all(root)
    assert changed(git.of(root), ["new"]) == frozenset()
    (root / "new").write_bytes(seen.encode())
    assert repositories.git(root, "diff", "HEAD") == ""
    assert changed(git.of(root), ["new"]) == {"new"}


def test_a_file_that_takes_the_place_of_a_link_is_changed(root: Path) -> None:
    """
    Its bytes may be those that git keeps of the link.
    """
    target = repositories.git(root, "rev-parse", "HEAD:a.py").strip()
    repositories.git(root, "update-index", "--add", "--cacheinfo", f"120000,{target},link")
    repositories.git(root, "commit", "-q", "-m", "link")
    make(root, {"link": "1\n"})
    assert changed(git.of(root), ["link", "a.py"]) == {"link"}


def test_names_of_objects_may_be_sha256(tmp_path: Path) -> None:
    """
    Repositories of git's newer format are read as well.
    """
    root = make(tmp_path / "new", {"a.py": "1\n", "b.py": "2\n"})
    repositories.git(root, "init", "-q", "--object-format=sha256")
    commit_all(root)
    make(root, {"b.py": "3\n"})
    assert changed(git.of(root), ["a.py", "b.py"]) == {"b.py"}


def test_a_file_that_cannot_be_read_is_an_error(root: Path) -> None:
    """
    What has gone meanwhile is neither as committed nor changed.
    """
    (root / "a.py").unlink()
    with pytest.raises(BuildError, match=r"^a\.py: cannot be read: "):
        changed(git.of(root), ["a.py"])


SUBMODULES = ["sub/x.py", "sub/in/y.py"]


@pytest.mark.parametrize(
    ("commands", "expected"),
    [
        ([], set()),
        ([(".", "config", "-f", ".gitmodules", "submodule.sub.ignore", "all")], set()),
        ([(".", "config", "diff.ignoreSubmodules", "all")], set()),
        ([("sub/in", "update-index", "--assume-unchanged", "y.py")], set()),
        ([("sub/in", "add", "-A")], {"sub/in/y.py"}),
        ([("sub/in", "add", "-A"), ("sub/in", "commit", "-q", "-m", "other")], {"sub/in/y.py"}),
        ([(".", "rm", "-q", "-f", "--cached", "sub")], set(SUBMODULES)),
        ([(".", "update-ref", "HEAD", "HEAD~")], set(SUBMODULES)),
    ],
    ids=["nothing", "ignore", "ignoreSubmodules", "hidden", "staged", "moved-on", "removed", "not-recorded"],
)
def test_submodules_are_compared_with_the_commit_that_is_recorded(
    root: Path, tmp_path: Path, commands: list[tuple[str, ...]], expected: set[str]
) -> None:
    """
    File by file, at any depth; nothing that a repository's configuration says hides a change.
    """
    with_submodules(root, tmp_path)
    for place, *command in commands[:1] if not expected else ():
        repositories.git(root / place, *command)
    assert changed(git.of(root), SUBMODULES) == changed(git.of(root), ["a.py"]) == frozenset()
    make(root, {"sub/in/y.py": "changed\n"})
    for place, *command in commands:
        repositories.git(root / place, *command)
    assert changed(git.of(root), SUBMODULES) == (expected or {"sub/in/y.py"})


def without_repository(submodule: Path) -> None:
    """
    Takes what leads to its repository away.
    """
    (submodule / ".git").unlink()


def with_a_broken_repository(submodule: Path) -> None:
    """
    Lets it lead to a repository that is not there.
    """
    (submodule / ".git").write_text("gitdir: nowhere\n")


def with_another_work_tree(submodule: Path) -> None:
    """
    Lets the repository say that its files lie one directory above.
    """
    repositories.git(submodule, "config", "core.worktree", str(submodule.parent))


def with_nothing_there(submodule: Path) -> None:
    """
    Puts an empty directory where the repository should be, so that git looks above.
    """
    (submodule / ".git").unlink()
    (submodule / ".git").mkdir()


def behind_a_link(submodule: Path) -> None:
    """
    Moves it away, and puts a link in its place.
    """
    submodule.rename(submodule.with_name("moved"))
    submodule.symlink_to("moved")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (without_repository, "no repository lies there"),
        (with_a_broken_repository, "cannot answer: fatal: not a git repository: "),
        (with_another_work_tree, "no work tree of its own lies there"),
        (with_nothing_there, "no work tree of its own lies there"),
        pytest.param(behind_a_link, "no repository lies there", marks=NEEDS_LINKS),
    ],
)
def test_a_submodule_that_cannot_be_asked_is_not_judged(
    root: Path, tmp_path: Path, change: Callable[[Path], None], why: str
) -> None:
    """
    Neither is anything in it said to be clean, nor is the repository above asked in its place; all else is judged.
    """
    with_submodules(root, tmp_path)
    change(root / "sub")
    tree = git.of(root)
    assert tree.tracked() == {*FILES, ".gitmodules", "sub"}
    assert changed(tree, ["a.py"]) == tree.ignored(["a.py"]) == frozenset()
    for question in (tree.as_committed, tree.ignored, lambda paths: tree.verdict(*paths)):
        with pytest.raises(BuildError, match=rf"^git: sub/x\.py cannot be judged: submodule sub: {why}") as caught:
            question(["sub/x.py"])
        assert "git submodule update" in str(caught.value.hint)


@pytest.mark.parametrize("path", ["../other", "/etc", "a/../../other", "."])
def test_a_submodule_elsewhere_is_not_asked(root: Path, tmp_path: Path, path: str) -> None:
    """
    An index that was made by hand leads nowhere.
    """
    commit_all(make(tmp_path / "other", {"z.py": ""}))
    tree = git.of(root)
    crafted = dataclasses.replace(tree.repositories[""], index={path: f"160000 {'0' * 40} 0"})
    with pytest.raises(BuildError, match=r"^git: no repository lies there$"):
        git._submodule(root, crafted, path)


def test_submodules_have_a_bound(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    More than that many are not asked.
    """
    with_submodules(root, tmp_path)
    monkeypatch.setattr(git, "_MOST", 2)
    assert git.of(root).tracked()
    monkeypatch.setattr(git, "_MOST", 1)
    with pytest.raises(BuildError, match=r"^git: cannot be asked: more than 1 submodules$"):
        git.of(root)


def arm(tmp_path: Path, *places: Path) -> Path:
    """
    Names a program in the configuration of repositories, wherever one can be named; returns what it would leave.
    """
    witness = tmp_path / "witness"
    program = make(tmp_path, {"program": f"#!/bin/sh\ntouch {witness}\ncat\n"}) / "program"
    program.chmod(0o755)
    keys = ("core.fsmonitor", "core.pager", "core.sshCommand", "diff.external", "remote.origin.uploadpack")
    filters = ("filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "diff.evil.textconv")
    for place in places:
        directory = place / repositories.git(place, "rev-parse", "--git-dir").strip()
        make(directory, {"info/attributes": "* filter=evil diff=evil\n"})
        for key in (*keys, *filters):
            repositories.git(place, "config", key, str(program))
        repositories.git(place, "config", "filter.evil.required", "true")
        shutil.copy(program, directory / "hooks/post-index-change")
    witness.unlink(missing_ok=True)
    return witness


def test_runs_nothing_of_the_repository(root: Path, tmp_path: Path) -> None:
    """
    File system monitor, hooks and filters that a repository or a submodule names are not run; no index is written.
    """
    with_submodules(root, tmp_path)
    files = ["a.py", *SUBMODULES]
    make(root, dict.fromkeys(files, "changed\n"))
    witness = arm(tmp_path, root, root / "sub", root / "sub/in")
    index = (root / ".git/index").read_bytes()
    tree = git.of(root)
    tree.tracked()
    tree.ignored(["x.log", "sub/x.log", "sub/in/x.log"])
    for path in files:
        tree.verdict(path)
    assert changed(tree, files) == set(files)
    assert not witness.exists()
    assert (root / ".git/index").read_bytes() == index


def test_fetches_nothing(root: Path, tmp_path: Path) -> None:
    """
    An object that is missing stays so, though the repository says where to get it, and by which program.
    """
    witness = arm(tmp_path, root)
    repositories.git(root, "config", "core.repositoryFormatVersion", "1")
    for key, value in {
        "extensions.partialClone": "origin",
        "remote.origin.url": f"ext::sh -c touch% {witness}",
        "remote.origin.promisor": "true",
        "protocol.ext.allow": "always",
    }.items():
        repositories.git(root, "config", key, value)
    tree = git.of(root)
    name = repositories.git(root, "-c", "core.fsmonitor=false", "rev-parse", "HEAD^{tree}").strip()
    (root / ".git/objects" / name[:2] / name[2:]).unlink()
    with pytest.raises(BuildError, match=r"^git: cannot answer: "):
        changed(tree, ["a.py"])
    assert not witness.exists()


@pytest.mark.parametrize("place", [".", "sub", "sub/in"])
def test_the_witness_would_see_a_program(root: Path, tmp_path: Path, place: str) -> None:
    """
    Git without those measures does run what the repository, or a submodule, names.
    """
    with_submodules(root, tmp_path)
    make(root, dict.fromkeys(["a.py", *SUBMODULES], "changed\n"))
    witness = arm(tmp_path, root / place)
    with suppress(subprocess.CalledProcessError):  # a program that does not answer as git wants it
        repositories.git(root, "status", "-s")
    assert witness.exists()


def test_no_variable_points_to_another_repository(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    ``GIT_DIR`` and its like, as hooks of git set them, do not count.
    """
    other = commit_all(make(tmp_path / "other", {"x.py": ""}))
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git/index"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    assert git.of(root).tracked() == set(FILES)


@pytest.mark.parametrize("where", ["outside", "inside .git"])
def test_no_work_tree_is_an_error(root: Path, tmp_path: Path, where: str) -> None:
    """
    There is nothing to ask outside of a work tree.
    """
    place = root / ".git" if where == "inside .git" else make(tmp_path / "plain", {"a": ""})
    with pytest.raises(BuildError, match=r"^git: "):
        git.of(place)


@pytest.mark.parametrize("error", [OSError("no\nprocess"), subprocess.TimeoutExpired("git", 1)])
def test_a_git_that_does_not_answer_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """
    Missing, broken or too slow.
    """

    def run(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(BuildError, match=r"^git: did not answer: "):
        git.of(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BuildError, match=r"^git: not found$"):
        git.of(tmp_path)


def test_a_broken_repository_is_an_error(root: Path) -> None:
    """
    What git says against it is told.
    """
    (root / ".git/index").write_bytes(b"no index")
    with pytest.raises(BuildError, match=r"^git: cannot answer: ") as caught:
        git.of(root)
    assert "git status" not in str(caught.value.hint)


def test_a_plain_environment_is_enough(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Only the search path is needed.
    """
    monkeypatch.setattr(os, "environ", {"PATH": os.environ["PATH"]})
    assert git.of(root).tracked() == set(FILES)
