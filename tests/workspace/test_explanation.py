"""
Tests of `phase2_gate.workspace.explanation`.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from phase2_gate.core.errors import SelectionError, SettingsError
from phase2_gate.workspace import reading
from phase2_gate.workspace import settings as workspace_settings
from phase2_gate.workspace.explanation import Explanation, Verdict, explain
from phase2_gate.workspace.selection import select
from phase2_gate.workspace.trail import Kind
from phase2_gate.workspace.walk import File
from tests.workspace.trees import default_settings, make

PYPROJECT = """\
[project]
name = "x"
lift = "another table"

[ tool . phase2-gate ]
output = "out/the.zip"  # here
report-dir = "out/reports"
lift = [
  "data/.env",
  "data/keep.pyc",
  "lifted/pyvenv.cfg",
  "lifted",
]

[tool.phase2-gate.sources]
"src/app" = "app"
'src' = ""
"""
_NAME = "PRIVATE KEY"
KEY = f"-----BEGIN {_NAME}-----\nMC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8Q\n-----END {_NAME}-----\n"
TREE = {
    "pyproject.toml": PYPROJECT,
    ".bundleignore": (
        "# a comment\n"  # 1
        "*.log\n"  # 2
        "!keep.log\n"  # 3
        "/build/\n"  # 4
        "docs/**/draft-*\n"  # 5
        "*.[ch]\n"  # 6
        "\\#odd\n"  # 7
        "trailing\\ \n"  # 8
        "/src/app/private\n"  # 9
        "id_*\n"  # 10
        "!id_rsa\n"  # 11
        ".git\n"  # 12
        "!data/.env\n"  # 13
        "/kept/*\n"  # 14
        "!/kept/in\n"  # 15
    ),
    "sub/.bundleignore": "\ufeff*.log\r\n!deep/again.log\r\n!/c.c\r\n",
    "sub/deep/.bundleignore": "*.txt\nagain.log\n",
    "build/.bundleignore": "!*\n",
    "build/x": "",
    "v/pyvenv.cfg": "",
    "v/lib/.bundleignore": "!*\n",
    "lifted/pyvenv.cfg": "",
    "lifted/a.py": "",
    "data/.env": "A=1",
    "data/keep.pyc": "",
    "a.py": "",
    "A.PY": "",
    "src/app/__init__.py": "",
    "src/b.py": "",
    "src/a.py": "",
    "notes.txt": KEY,
    "id_rsa": "",
    "dir/x": "",
}
CASES = [
    # ignore files
    ("x.log", "ignored", ".bundleignore:2: *.log", "x.log"),
    ("any/where/x.log", "ignored", ".bundleignore:2: *.log", "any/where/x.log"),
    ("keep.log", "packed", ".bundleignore:3: !keep.log", "keep.log"),
    ("any/keep.log", "packed", ".bundleignore:3: !keep.log", "any/keep.log"),
    ("build", "ignored", ".bundleignore:4: /build/", "build"),
    ("build/x", "ignored", ".bundleignore:4: /build/", "build"),
    ("build/keep.log", "ignored", ".bundleignore:4: /build/", "build"),
    ("build/.bundleignore", "ignored", ".bundleignore:4: /build/", "build"),
    ("sub/build/x", "packed", "default: nothing leaves it out", "sub/build/x"),
    ("docs/draft-1", "ignored", ".bundleignore:5: docs/**/draft-*", "docs/draft-1"),
    ("docs/a/b/draft-2", "ignored", ".bundleignore:5: docs/**/draft-*", "docs/a/b/draft-2"),
    ("docs/a/draft-3/x/y", "ignored", ".bundleignore:5: docs/**/draft-*", "docs/a/draft-3"),
    ("x/docs/draft-1", "packed", "default: nothing leaves it out", "x/docs/draft-1"),
    ("a.c", "ignored", ".bundleignore:6: *.[ch]", "a.c"),
    ("a.cc", "packed", "default: nothing leaves it out", "a.cc"),
    ("#odd", "ignored", ".bundleignore:7: \\#odd", "#odd"),
    ("trailing ", "ignored", ".bundleignore:8: trailing\\ ", "trailing "),
    ("src/app/private", "ignored", ".bundleignore:9: /src/app/private", "src/app/private"),
    ("src/app/private/x", "ignored", ".bundleignore:9: /src/app/private", "src/app/private"),
    ("id_ed25519", "ignored", ".bundleignore:10: id_*", "id_ed25519"),
    (".git/config", "ignored", ".bundleignore:12: .git", ".git"),
    ("kept/out", "ignored", ".bundleignore:14: /kept/*", "kept/out"),
    ("kept/in", "packed", ".bundleignore:15: !/kept/in", "kept/in"),
    ("kept/in/a/b", "packed", ".bundleignore:15: !/kept/in", "kept/in"),
    ("kept/in/.bundleignore", "packed", ".bundleignore:15: !/kept/in", "kept/in"),
    # nested ones
    ("sub/x.log", "ignored", "sub/.bundleignore:1: *.log", "sub/x.log"),
    ("sub/keep.log", "ignored", "sub/.bundleignore:1: *.log", "sub/keep.log"),
    ("sub/deep/x.log", "ignored", "sub/.bundleignore:1: *.log", "sub/deep/x.log"),
    ("sub/deep/again.log", "ignored", "sub/deep/.bundleignore:2: again.log", "sub/deep/again.log"),
    ("sub/deep/x.txt", "ignored", "sub/deep/.bundleignore:1: *.txt", "sub/deep/x.txt"),
    ("sub/deep/sea/x.txt", "ignored", "sub/deep/.bundleignore:1: *.txt", "sub/deep/sea/x.txt"),
    ("sub/c.c", "packed", "sub/.bundleignore:3: !/c.c", "sub/c.c"),
    ("sub/deep/c.c", "ignored", ".bundleignore:6: *.[ch]", "sub/deep/c.c"),
    ("sub/.bundleignore", "packed", "default: nothing leaves it out", "sub/.bundleignore"),
    # the built-in list
    ("sub/.git", "ignored", ".bundleignore:12: .git", "sub/.git"),
    (".hg", "never packed", "built-in list: data of Mercurial", ".hg"),
    ("sub/.SVN/entries", "never packed", "built-in list: data of Subversion", "sub/.SVN"),
    ("a/__pycache__/b.pyc", "never packed", "built-in list: compiled code of Python", "a/__pycache__"),
    ("a/b.pyc", "never packed", "built-in list: compiled code of Python", "a/b.pyc"),
    ("v/lib/a.py", "never packed", "built-in list: a virtual environment", "v"),
    ("v/x.log", "never packed", "built-in list: a virtual environment", "v"),
    ("v", "never packed", "built-in list: a virtual environment", "v"),
    ("v/", "never packed", "built-in list: a virtual environment", "v"),
    ("lifted", "packed", "pyproject.toml:8: lift = [", "lifted"),
    # what is lifted
    ("data/keep.pyc", "packed", "pyproject.toml:8: lift = [", "data/keep.pyc"),
    ("lifted/a.py", "packed", "default: nothing leaves it out", "lifted/a.py"),
    ("data/.env", "packed", "pyproject.toml:8: lift = [", "data/.env"),
    # what this tool writes
    ("manifest.txt", "never packed", "build: the manifest is generated, and is the first member", "manifest.txt"),
    ("sub/manifest.txt", "packed", "default: nothing leaves it out", "sub/manifest.txt"),
    ("out/the.zip", "never packed", 'pyproject.toml:6: output = "out/the.zip"  # here', "out/the.zip"),
    ("out/.the.zip.partial-1", "never packed", 'pyproject.toml:6: output = "out/the.zip"  # here', None),
    ("out/reports/PASS.md", "never packed", 'pyproject.toml:7: report-dir = "out/reports"', "out/reports"),
    # what is refused
    ("notes.txt", "refused", "key-material: a private key", "notes.txt"),
    ("id_rsa", "refused", "key-material: a private key of OpenSSH", "id_rsa"),
    ("sub/.env.local", "refused", "key-material: settings with secrets", "sub/.env.local"),
    ("link", "refused", "type-symlink: a link is never followed", "link"),
    ("link/x", "refused", "type-symlink: a link is never followed", "link"),
    ("pipe", "refused", "type-special: neither a file nor a directory", "pipe"),
    ("aux.txt", "refused", "name-reserved: ", "aux.txt"),
    ("a.py", "refused", "name-case-collision: ", "a.py"),
    ("A.PY", "refused", "name-case-collision: ", "A.PY"),
    ("src/a.py", "refused", "name-case-collision: ", "src/a.py"),
    ("dir/x/y", "refused", "name-kind-collision: ", "dir/x/y"),
]
"""Path, verdict, what decides, and on what: the path itself (also for None) or a directory above it."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """
    The tree of the table.
    """
    make(tmp_path / "w", TREE)
    (tmp_path / "w/link").symlink_to("sub")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "w/pipe")
    return tmp_path / "w"


def _explained(root: Path, path: str, **table: object) -> Explanation:
    return explain(root, path, default_settings(**table) if table else workspace_settings.load(root))


@pytest.mark.parametrize(("path", "verdict", "place", "on"), CASES, ids=[case[0] for case in CASES])
def test_names_the_line_that_decides(root: Path, path: str, verdict: str, place: str, on: str | None) -> None:
    """
    Each path has its verdict, by the one line or layer that decides, over the path or a directory above it.
    """
    seen = _explained(root, path)
    assert (seen.verdict, seen.decided_on) == (verdict, on or path)
    if place.endswith(": "):
        assert str(seen.decided_by).startswith(place)
    else:
        assert str(seen.decided_by) == place
    assert (seen.rule is not None) == (verdict == "refused")
    assert (seen.member is not None) == (verdict == "packed")


def test_the_table_is_large_enough() -> None:
    """
    Fifty different paths at least.
    """
    assert len({case[0] for case in CASES}) == len(CASES) >= 50


@pytest.mark.parametrize(
    ("files", "path", "on", "verdict", "place"),
    [
        ("A.txt a.txt", "A.txt", "A.txt", "refused", "name-case-collision: a.txt: {spelling}: seen 'A.txt'"),
        ("A.txt a.txt", "a.txt", "a.txt", "refused", "name-case-collision: {spelling}: seen 'A.txt'"),
        ("B/x b/y", "B/x", "B/x", "refused", "name-case-collision: b: {spelling}: seen 'B'"),
        ("B/x b/y", "b/y", "b/y", "refused", "name-case-collision: {spelling}: seen 'B'"),
        ("B/x b/y", "B", "B", "refused", "name-case-collision: b: {spelling}: seen 'B'"),
        ("B/x b/y", "b", "b", "refused", "name-case-collision: {spelling}: seen 'B'"),
        ("C c/y", "C", "C", "refused", "name-kind-collision: c: a directory, and a file of the same name: seen 'C'"),
        ("d/E/x d/e/y", "d", "d", "packed", "default: nothing leaves it out"),
        ("Bb/x b/y", "Bb/x", "Bb/x", "packed", "default: nothing leaves it out"),
    ],
)
def test_every_side_of_a_collision_is_refused(
    tmp_path: Path, files: str, path: str, on: str, verdict: str, place: str
) -> None:
    """
    The build fails on all of them together, the directories too.
    """
    make(tmp_path, dict.fromkeys(files.split(), ""))
    if len([found for found in tmp_path.rglob("*") if found.is_file()]) < len(files.split()):
        pytest.skip("the file system takes both names for one")
    seen = explain(tmp_path, path, default_settings())
    assert (seen.verdict, seen.decided_on) == (verdict, on)
    assert str(seen.decided_by) == place.format(spelling="the same name where case and form are ignored")


@pytest.mark.parametrize(
    ("table", "path", "verdict", "place"),
    [
        ({"sources": {"d": ".git"}}, "d/q", "refused", "selection-contradiction: {name}: data of git"),
        ({"sources": {"d": ".git"}}, "d", "refused", "selection-contradiction: {name}: data of git"),
        (
            {"sources": {"d": "v/__pycache__/w"}},
            "d/q",
            "refused",
            "selection-contradiction: {name}: compiled code of Python",
        ),
        ({"sources": {"d": ".git"}, "lift": ["d"]}, "d/q", "packed", "default: nothing leaves it out"),
        ({"sources": {"d": "e"}}, "d/.git/q", "never packed", "built-in list: data of git"),
    ],
)
def test_a_name_that_is_never_packed_is_refused_as_one_that_sources_give(
    tmp_path: Path, table: dict[str, object], path: str, verdict: str, place: str
) -> None:
    """
    As the selection refuses it.
    """
    make(tmp_path, {"d/q": "", "a": ""})
    seen = explain(tmp_path, path, default_settings(**table))
    assert seen.verdict == verdict
    assert str(seen.decided_by) == place.format(name="`sources` gives a name that is never packed")


@pytest.mark.parametrize(
    ("path", "on", "verdict"),
    [
        ("link/secret.txt", "link", "refused"),
        ("link/deep/x", "link", "refused"),
        ("link/.bundleignore", "link", "refused"),
        ("only/x", "only", "refused"),
        ("out/x", "out", "ignored"),
    ],
)
def test_nothing_behind_a_link_is_asked(tmp_path: Path, path: str, on: str, verdict: str) -> None:
    """
    Neither rules nor content; and for a line, a link is no directory.
    """
    make(tmp_path / "outside", {".bundleignore": "[z-a]\n", "secret.txt": KEY})
    root = make(tmp_path / "w", {".bundleignore": "only/\nout\n"})
    for name in ("link", "only", "out"):
        (root / name).symlink_to("../outside")
    seen = explain(root, path, default_settings())
    assert (seen.verdict, seen.decided_on, seen.kind) == (verdict, on, Kind.BEHIND)
    assert {said.layer: said.lines for said in seen.layers}["key material"] == ("none found",)


@pytest.mark.parametrize(
    ("closed", "path", "on", "detail"),
    [
        ("d", "d", "d", "the directory cannot be read: Permission denied"),
        ("d", "d/x.log", "d", "the directory cannot be read: Permission denied"),
        ("d", "d/e/x.log", "d", "the directory cannot be read: Permission denied"),
        (".", "x", ".", "the directory cannot be read: Permission denied"),
        ("d/.bundleignore", "d/x.log", "d", "d/.bundleignore: cannot be read: Permission denied"),
        (".bundleignore", "d/e/x", ".", ".bundleignore: cannot be read: Permission denied"),
        ("d/.bundleignore", "d/.bundleignore", "d", "d/.bundleignore: cannot be read: Permission denied"),
        ("d/e/x.c", "d/e/x.c", "d/e/x.c", "cannot be read: Permission denied"),
    ],
)
def test_what_cannot_be_read_on_the_way_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, closed: str, path: str, on: str, detail: str
) -> None:
    """
    The build would fail on it; a gap is never taken for nothing.
    """
    make(tmp_path, {".bundleignore": "", "d/.bundleignore": "*.log\n", "d/x.log": "", "d/e/x.c": ""})
    there = os.fsencode(tmp_path / closed)
    # Permission bits do not stop root, so the refusal is the test's own.
    monkeypatch.setattr(os, "listdir", _closed(there, os.listdir))
    monkeypatch.setattr(reading, "open_regular", _closed(there, reading.open_regular))
    seen = explain(tmp_path, path, default_settings())
    expected = (Verdict.REFUSED, "file-unreadable", on, f"file-unreadable: {detail}")
    assert (seen.verdict, seen.rule, seen.decided_on, str(seen.decided_by)) == expected


def _closed(there: bytes, real: Callable[[bytes], object]) -> Callable[[bytes], object]:
    def refuse(path: bytes) -> object:
        if os.path.normpath(path) == os.path.normpath(there):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return real(path)

    return refuse


@pytest.mark.parametrize(
    ("path", "code", "kind"),
    [("d/x", errno.EACCES, Kind.UNREADABLE), ("d/x", errno.ENAMETOOLONG, Kind.MISSING)],
)
def test_what_cannot_be_asked_is_not_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, code: int, kind: Kind
) -> None:
    """
    Unless the system says that no such name can be there.
    """
    make(tmp_path, {path: ""})
    gone = os.fsencode(tmp_path / path)
    real = os.lstat

    def lstat(location: bytes) -> os.stat_result:
        if location == gone:
            raise OSError(code, os.strerror(code), location)
        return real(location)

    monkeypatch.setattr(os, "lstat", lstat)
    seen = explain(tmp_path, path, default_settings())
    assert (seen.kind, seen.verdict) == (kind, Verdict.REFUSED if kind is Kind.UNREADABLE else Verdict.PACKED)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs permission bits of POSIX")
def test_permission_bits_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    As the system refuses them, for whoever is no super user.
    """
    make(tmp_path, {"d/.bundleignore": "*.log\n", "d/x.log": "", "e/x": ""})
    (tmp_path / "d/.bundleignore").chmod(0)
    (tmp_path / "e").chmod(0)
    tmp_path.chmod(0o755)
    # Permission bits do not stop root: who has its rights gives them up meanwhile, standing in the workspace, for the
    # way to it may be closed.
    monkeypatch.chdir(tmp_path)
    user = os.geteuid()
    os.seteuid(user or 65534)
    try:
        found = [explain(Path(), path, default_settings()) for path in ("d/x.log", "e", "e/x")]
    finally:
        os.seteuid(user)
        (tmp_path / "e").chmod(0o700)
    assert [(seen.verdict, seen.rule) for seen in found] == [(Verdict.REFUSED, "file-unreadable")] * 3


def test_a_workspace_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """
    Nothing can be said about what would be in it.
    """
    seen = explain(tmp_path / "none", "x", default_settings())
    assert (seen.verdict, seen.rule, seen.decided_on) == (Verdict.REFUSED, "file-unreadable", ".")


@pytest.mark.parametrize(
    ("path", "member", "said"),
    [
        ("src/app/x.py", "app/x.py", 'ships as app/x.py (pyproject.toml:16: "src/app" = "app")'),
        ("src/app", "app", 'ships as app (pyproject.toml:16: "src/app" = "app")'),
        ("src/x.py", "x.py", "ships as x.py (pyproject.toml:17: 'src' = \"\")"),
        ("src/", "", "ships as . (pyproject.toml:17: 'src' = \"\")"),
        ("srcs/x.py", "srcs/x.py", "ships under its own name, beside manifest.txt"),
    ],
)
def test_tells_the_name_in_the_bundle(root: Path, path: str, member: str, said: str) -> None:
    """
    With the line of the settings that gives another name.
    """
    seen = _explained(root, path)
    assert (seen.member, seen.layers[-1].layer, seen.layers[-1].lines) == (member, "sources", (said,))


def test_every_layer_answers(root: Path) -> None:
    """
    What each layer says is told, whoever decides.
    """
    make(root, {"sub/deep/id_rsa.log": KEY})
    seen = _explained(root, "sub/deep/id_rsa.log")
    assert [(said.layer, said.lines) for said in seen.layers] == [
        ("own outputs", ("this tool does not write it",)),
        (
            "ignore files",
            (
                "sub/deep/id_rsa.log: sub/.bundleignore:1: *.log (leaves it out)",
                "sub/deep/id_rsa.log: .bundleignore:10: id_* (leaves it out)",
            ),
        ),
        ("built-in list", ("not on it",)),
        ("kind", ("file",)),
        ("key material", ("sub/deep/id_rsa.log: key-material: a private key",)),
        ("names", ("can travel",)),
        ("sources", ("ships under its own name, beside manifest.txt",)),
    ]


def test_what_is_lifted_is_told(root: Path) -> None:
    """
    The layers that would object say what lifts the path.
    """
    keys = {said.layer: said.lines for said in _explained(root, "data/.env").layers}
    assert keys["key material"] == ("settings with secrets, lifted: pyproject.toml:8: lift = [",)
    names = {said.layer: said.lines for said in _explained(root, "data/keep.pyc").layers}
    assert names["built-in list"] == ("data/keep.pyc: compiled code of Python, lifted: pyproject.toml:8: lift = [",)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("sub", Kind.DIRECTORY),
        ("sub/", Kind.DIRECTORY),
        ("a.py", Kind.FILE),
        ("new", Kind.MISSING),
        ("new/", Kind.DIRECTORY),
        ("link", Kind.LINK),
        ("pipe", Kind.SPECIAL),
    ],
)
def test_tells_what_lies_there(root: Path, path: str, kind: Kind) -> None:
    """
    Also when nothing does.
    """
    assert _explained(root, path).kind is kind


def test_files_from_outside_are_explained(tmp_path: Path) -> None:
    """
    What the settings bring along is packed because they say so, unless an ignore file objects.
    """
    make(tmp_path, {"a": ""})
    extra = [File("scripts/v/x.py", b"/elsewhere/x.py")]
    seen = explain(tmp_path, "scripts/v/x.py", default_settings(sources={"scripts": "s"}), extra)
    assert (seen.kind, seen.verdict, seen.member) == (Kind.OUTSIDE, Verdict.PACKED, "scripts/v/x.py")
    assert str(seen.decided_by) == "pyproject.toml: tool.phase2-gate.carry-verifier: true"
    make(tmp_path, {".bundleignore": "/scripts\n"})
    assert explain(tmp_path, "scripts/v/x.py", default_settings(), extra).verdict is Verdict.IGNORED


@pytest.mark.parametrize("path", ["", ".", "..", "a/../b", "/a", "a//b", "a\0b", "./a"])
def test_a_path_that_is_none_is_an_error(tmp_path: Path, path: str) -> None:
    """
    Only plain paths below the workspace can be explained.
    """
    with pytest.raises(SettingsError, match=r"not a path below the workspace$"):
        explain(tmp_path, path, default_settings())


def test_an_ignore_file_that_cannot_be_used_is_an_error(tmp_path: Path) -> None:
    """
    It is named with its line, as a build names it; one beside the way is not asked.
    """
    make(tmp_path, {"a/.bundleignore": "ok\n[z-a]\n", "b/x": ""})
    with pytest.raises(SelectionError, match=r"^a/\.bundleignore:2: "):
        explain(tmp_path, "a/b/c", default_settings())
    assert explain(tmp_path, "b/x", default_settings()).verdict is Verdict.PACKED


@pytest.mark.parametrize(
    ("files", "path", "verdict", "decided_on"),
    [
        ({".bundleignore": "/a/\n", "a/.bundleignore": "[z-a]\n"}, "a/b", Verdict.IGNORED, "a"),
        ({".bundleignore": "/a/\n", "a/b/.bundleignore": "[z-a]\n"}, "a/b/c/d", Verdict.IGNORED, "a"),
        ({"a/pyvenv.cfg": "", "a/.bundleignore": "[z-a]\n"}, "a/b", Verdict.NEVER, "a"),
        ({".git/.bundleignore": "[z-a]\n"}, ".git/b", Verdict.NEVER, ".git"),
        ({".bundleignore": "/a/b\n", "a/.bundleignore": "[z-a]\n"}, "a/b", None, ""),
        ({".bundleignore": "/a/\n[z-a]\n", "a/b": ""}, "a/b", None, ""),
    ],
    ids=["in-it", "below-it", "environment", "built-in", "of-the-path-itself", "above-it"],
)
def test_an_ignore_file_that_is_never_read_is_no_error(
    tmp_path: Path, files: dict[str, str], path: str, verdict: Verdict | None, decided_on: str
) -> None:
    """
    Where the walk does not enter a directory, its ignore file may hold anything; a build says the same.
    """
    make(tmp_path, {**files, "x": ""})
    if verdict is None:
        for ask in (lambda: explain(tmp_path, path, default_settings()), lambda: select(tmp_path, default_settings())):
            with pytest.raises(SelectionError, match=r"\.bundleignore:\d: "):
                ask()
        return
    seen = explain(tmp_path, path, default_settings())
    assert (seen.verdict, seen.decided_on) == (verdict, decided_on)
    assert [
        member.path for member in select(tmp_path, default_settings()).members if member.path != ".bundleignore"
    ] == ["x"]


@pytest.mark.parametrize("path", [".bundleignore", "a/.bundleignore"])
def test_a_workspace_that_is_an_environment_has_no_ignore_files(tmp_path: Path, path: str) -> None:
    """
    Nothing in it is packed, and no line of it is read.
    """
    make(tmp_path, {"pyvenv.cfg": "", "a/b": "", path: "[z-a]\n"})
    seen = explain(tmp_path, "a/b", default_settings())
    assert (seen.verdict, seen.decided_on, seen.decided_by.line) == (Verdict.NEVER, ".", None)
    why = r"^\.: selection-empty: no file is selected: the workspace itself is a virtual environment$"
    with pytest.raises(SelectionError, match=why):
        select(tmp_path, default_settings())


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The build would fail on it.
    """
    make(tmp_path, {"a": ""})

    def fail(_: bytes) -> tuple[int, int]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("phase2_gate.workspace.reading.open_regular", fail)
    seen = explain(tmp_path, "a", default_settings())
    assert (seen.verdict, seen.rule) == (Verdict.REFUSED, "file-unreadable")
    assert str(seen.decided_by) == "file-unreadable: cannot be read: Permission denied"


def test_a_name_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    """
    Wherever on the way it stands.
    """
    for path in ("\udcff", "\udcff/x"):
        seen = explain(tmp_path, path, default_settings())
        assert (seen.verdict, seen.rule, seen.decided_on) == (Verdict.REFUSED, "name-not-utf8", "\udcff")


def test_settings_that_are_not_found_are_named_by_their_key(tmp_path: Path) -> None:
    """
    A default has no line; nor has a key that is written in a way that is not looked for.
    """
    make(tmp_path, {"pyproject.toml": "tool.phase2-gate = { report-dir = 'r' }\n"})
    table = workspace_settings.load(tmp_path)
    assert str(explain(tmp_path, "r/x", table).decided_by) == "pyproject.toml: tool.phase2-gate.report-dir: r"
    (tmp_path / "pyproject.toml").write_bytes(b"\xff")
    seen = explain(tmp_path, "artifacts/bundles/work.zip", default_settings())
    assert str(seen.decided_by) == "pyproject.toml: tool.phase2-gate.output: artifacts/bundles/work.zip"


_NAMES = st.sampled_from(["a", "b", "A", "x.log", ".git", "__pycache__", "pyvenv.cfg", "id_rsa", "aux", "manifest.txt"])
_PATHS = st.lists(_NAMES, min_size=1, max_size=4).map("/".join)
_LINES = st.lists(
    st.sampled_from(["a", "!a", "/b/", "*.log", "!x.log", "a/**", "!a/b", "**/b", "*", "!*/", "__pycache__"]),
    max_size=4,
)
_SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "lift": st.lists(_PATHS, max_size=3),
        "sources": st.dictionaries(st.sampled_from(["a", "a/b", ""]), st.sampled_from(["", "b", "c/d"]), max_size=2),
        "report-dir": _PATHS,
    },
)


@given(
    paths=st.lists(_PATHS, min_size=1, max_size=6),
    rules=st.dictionaries(st.sampled_from(["", "a/", "b/", "a/b/"]), _LINES, max_size=3),
    table=_SETTINGS,
)
@hypothesis_settings(max_examples=150, deadline=None)
def test_agrees_with_the_selection(paths: list[str], rules: dict[str, list[str]], table: dict[str, object]) -> None:
    """
    In any tree each file has the verdict that the selection gives it: member, refused by the same rule, or neither.
    """
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch, "w")
        for path in [*paths, *(f"{directory}.bundleignore" for directory in rules)]:
            try:
                make(root, {path: "\n".join(rules.get(path.removesuffix(".bundleignore"), []))})
            except OSError:  # a file is where a directory would have to be
                continue
        wanted = workspace_settings.parse(table, "w")
        members: dict[str, str] = {}
        refused = ""
        try:
            members = {member.source: member.path for member in select(root, wanted).members}
        except SelectionError as error:
            refused = f"\n{error}"
        for file in sorted(path for path in root.rglob("*") if path.is_file()):
            path = file.relative_to(root).as_posix()
            seen = explain(root, path, wanted)
            assert path not in members or seen.member == members[path]
            if not refused:
                assert (seen.verdict is Verdict.PACKED) == (path in members)
                assert seen.verdict is not Verdict.REFUSED
            elif seen.verdict is Verdict.REFUSED:
                assert f": {seen.rule}: " in refused
            else:
                assert seen.verdict is Verdict.PACKED or f"\n{path}: key-material" not in refused
                assert not any(f"\n{one}: name-" in refused for one in _with_parents(seen.member))


def _with_parents(member: str | None) -> list[str]:
    parts = (member or "").split("/")
    return ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
