"""
Tests of what is selected, skipped and refused.
"""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest

from phase2_gate.core.errors import SelectionError, SettingsError
from phase2_gate.core.findings import Finding
from phase2_gate.workspace import beside, places, reading, selection
from phase2_gate.workspace.selection import Member, select
from phase2_gate.workspace.walk import File, Walk
from tests.workspace.trees import default_settings, make, names, selected

_NO_LINKS = not hasattr(os, "symlink")


def _refused(root: Path, **table: object) -> list[str]:
    with pytest.raises(SelectionError) as caught:
        selected(root, **table)
    return str(caught.value).split("\n")


def test_selects_every_file_in_order(tmp_path: Path) -> None:
    """
    Without rules everything goes in, in the byte order of whole paths, and so do the rules themselves.
    """
    make(
        tmp_path, {"b": "1", "a/z": "22", "a-b": "", "a/.bundleignore": "", ".bundleignore": "", "\u00e9": "", "Z": ""}
    )
    found = selected(tmp_path)
    assert names(found) == [".bundleignore", "Z", "a-b", "a/.bundleignore", "a/z", "b", "\u00e9"]
    expected = Member(found.members[4].path, "a/z", os.fsencode(tmp_path) + b"/a/z", executable=False)
    assert expected == found.members[4]
    assert found.skipped == ()
    assert found.from_workspace == names(found)


def test_leaves_out_what_the_rules_say(tmp_path: Path) -> None:
    """
    Rules of all levels count, a directory that is left out is not entered, and rules always travel.
    """
    make(
        tmp_path,
        {
            ".bundleignore": "*.log\n/out/\n.*\n",
            "a.py": "",
            "a.log": "",
            ".hidden": "",
            "out/x": "",
            "out/.bundleignore": "[broken",
            "sub/.bundleignore": "!keep.log\n",
            "sub/keep.log": "",
            "sub/out/x": "",
        },
    )
    assert names(selected(tmp_path)) == [
        ".bundleignore",
        "a.py",
        "sub/.bundleignore",
        "sub/keep.log",
        "sub/out/x",
    ]


def test_skips_and_lists_what_is_never_packed(tmp_path: Path) -> None:
    """
    Litter is left out with a reason; a rule of the workspace that takes it out first says nothing.
    """
    make(
        tmp_path,
        {
            ".bundleignore": "/old/\n!.git/\n",
            "a.py": "",
            "a.pyc": "",
            ".git/HEAD": "",
            "x/__pycache__/a.pyc": "",
            "old/a.pyc": "",
            "venv/pyvenv.cfg": "",
            "venv/bin/python": "",
        },
    )
    found = selected(tmp_path)
    assert names(found) == [".bundleignore", "a.py"]
    assert found.skipped == (
        (".git", "data of git"),
        ("a.pyc", "compiled code of Python"),
        ("venv", "a virtual environment"),
        ("x/__pycache__", "compiled code of Python"),
    )


def test_lifts_exact_paths_only(tmp_path: Path) -> None:
    """
    A lifted directory is entered, what lies in it is still judged by its own name.
    """
    make(
        tmp_path,
        {"a/.git/HEAD": "", "a/.git/x.pyc": "", "b/.git/HEAD": "", "v/pyvenv.cfg": "", "a/.env": "", "a/x": ""},
    )
    found = selected(tmp_path, lift=["a/.git", "v", "a/.env"])
    assert names(found) == ["a/.env", "a/.git/HEAD", "a/x", "v/pyvenv.cfg"]
    assert found.skipped == (("a/.git/x.pyc", "compiled code of Python"), ("b/.git", "data of git"))


def test_never_selects_what_this_tool_writes(tmp_path: Path) -> None:
    """
    The manifest at the root, the bundle, its temporary names and the reports are no members.
    """
    make(
        tmp_path,
        {
            "manifest.txt": "",
            "a/manifest.txt": "",
            "artifacts/bundles/work.zip": "",
            "artifacts/bundles/.work.zip.partial-00ff": "",
            "artifacts/bundles/other.zip": "",
            "artifacts/reports/report.json": "",
            "out/b.zip": "",
            "out/.b.zip.partial-1": "",
            "out/b.zip2": "",
        },
    )
    found = select(tmp_path, default_settings(), output=tmp_path / "out" / "b.zip")
    assert names(found) == ["a/manifest.txt", "artifacts/bundles/other.zip", "out/b.zip2"]


def test_an_output_elsewhere_takes_nothing_out(tmp_path: Path) -> None:
    """
    A bundle that is written outside the workspace hides no file of the same name.
    """
    root = make(tmp_path / "w", {"b.zip": ""})
    assert names(select(root, default_settings(), output=tmp_path / "b.zip")) == ["b.zip"]


@pytest.mark.skipif(_NO_LINKS, reason="needs links")
def test_knows_its_output_through_a_link(tmp_path: Path) -> None:
    """
    The bundle is found in the workspace also when its directory is named by way of a link.
    """
    root = make(tmp_path / "w", {"a": "", "out/b.zip": ""})
    (tmp_path / "alias").symlink_to(root / "out")
    assert names(select(root, default_settings(), output=tmp_path / "alias" / "b.zip")) == ["a"]


@pytest.mark.skipif(_NO_LINKS, reason="needs links")
@pytest.mark.parametrize(
    ("table", "seen"),
    [
        ({"output": "link/authorized_keys"}, "output: 'link/authorized_keys' leads out"),
        ({"output": "link/new/x.zip"}, "output: 'link/new/x.zip' leads out"),
        ({"output": "dangling/x.zip"}, "output: 'dangling/x.zip' leads out"),
        ({"report-dir": "link"}, "report-dir: 'link' leads out"),
        ({"report-dir": "link/reports"}, "report-dir: 'link/reports' leads out"),
    ],
)
def test_refuses_settings_that_lead_out_of_the_workspace(tmp_path: Path, table: dict[str, object], seen: str) -> None:
    """
    A path below the workspace may go through a link; what is written has to stay below it all the same.
    """
    home = make(tmp_path / "home", {"authorized_keys": "ssh-ed25519 AAAA"})
    root = make(tmp_path / "w", {"a": "", ".bundleignore": "link\ndangling\n"})
    (root / "link").symlink_to("../home")
    (root / "dangling").symlink_to("../nowhere")
    for output in (None, home / "x.zip"):
        with pytest.raises(SettingsError) as caught:
            select(root, default_settings(**table), output=output)
        assert str(caught.value).startswith(f"pyproject.toml: tool.phase2-gate.{seen} of the workspace: seen ")
        assert caught.value.hint


@pytest.mark.skipif(_NO_LINKS, reason="needs links")
def test_settings_may_lead_through_a_link_within_the_workspace(tmp_path: Path) -> None:
    """
    Also when the workspace itself is reached through one; and where `output` is named beside them, it is free.
    """
    make(tmp_path / "w", {"a": "", ".bundleignore": "link\n", "out/b.zip": "", "out/reports/x": "", "out/other": ""})
    (tmp_path / "w/link").symlink_to("out")
    (tmp_path / "alias").symlink_to("w")
    wanted = default_settings(output="link/b.zip", report_dir="out/reports")
    found = select(tmp_path / "alias", wanted, output=tmp_path / "elsewhere.zip")
    assert names(found) == [".bundleignore", "a", "out/other"]


def test_maps_directories(tmp_path: Path) -> None:
    """
    The longest directory counts, by whole components, and executable patterns see the name in the bundle.
    """
    make(tmp_path, {"src/app/run.sh": "", "src/x": "", "src2/y": "", "src/app/t/z": ""})
    sources = {"src": "", "src/app": "app", "src/app/t": "tests"}
    found = selected(tmp_path, sources=sources, executable=["/app/*.sh", "/tests/"])
    assert [(member.path, member.source, member.executable) for member in found.members] == [
        ("app/run.sh", "src/app/run.sh", True),
        ("src2/y", "src2/y", False),
        ("tests/z", "src/app/t/z", True),
        ("x", "src/x", False),
    ]


def test_maps_the_root(tmp_path: Path) -> None:
    """
    Everything can be put below one directory.
    """
    make(tmp_path, {"a": "", "b/c": ""})
    assert names(selected(tmp_path, sources={"": "all"})) == ["all/a", "all/b/c"]


def test_refuses_members_in_each_others_way(tmp_path: Path) -> None:
    """
    Two sources for one member, spellings of one name, and a second manifest are all told, and where they lie.
    """
    make(tmp_path, {"x/a": "", "y/a": "", "z/A": "", "m/manifest.txt": ""})
    assert _refused(tmp_path, sources={"x": "d", "y": "d", "z": "d", "m": ""}) == [
        "d/a: name-case-collision: the same name where case and form are ignored: seen 'd/A' (from x/a, y/a)",
        "d/a: name-duplicate: the name is given twice (from x/a, y/a)",
        "manifest.txt: name-duplicate: the name is given twice (from m/manifest.txt)",
    ]


def test_what_is_called_otherwise_is_told_by_both_names(tmp_path: Path) -> None:
    """
    A name that cannot travel, and what is beside it in the workspace under its own; secrets by theirs alone.
    """
    make(tmp_path, {"py/con.txt": "", "aux.txt": "", "py/id_rsa": ""})
    assert _refused(tmp_path, sources={"py": "lib"}) == [
        "aux.txt: name-reserved: a device on windows: seen aux.txt",
        "lib/con.txt: name-reserved: a device on windows: seen con.txt (from py/con.txt)",
        "py/id_rsa: key-material: a private key of OpenSSH; leave it out, or name it in `lift` of the settings",
    ]


def test_refuses_never_packed_names_that_sources_give(tmp_path: Path) -> None:
    """
    The verifier would refuse the bundle; what it calls a lifted path is the builder's own wish.
    """
    make(tmp_path, {"d/q": "", "d/r": "", "e/q": "", "f/.hg/x": "", "a": ""})
    sources = {"d": ".git", "e": "v/__pycache__/w", "f": "g"}
    assert _refused(tmp_path, sources=sources, lift=["f/.hg"]) == [
        ".git: selection-contradiction: `sources` gives a name that is never packed: data of git",
        "v/__pycache__: selection-contradiction: `sources` gives a name that is never packed: compiled code of Python",
    ]
    found = selected(tmp_path, sources={"d": ".git"}, lift=["d"])
    assert names(found) == [".git/q", ".git/r", "a", "e/q"]


@pytest.mark.skipif(_NO_LINKS, reason="needs links")
def test_refuses_links_and_never_follows_them(tmp_path: Path) -> None:
    """
    A link to a file, to a directory, to nothing, and an ignore file that is one, fail the build.
    """
    outside = make(tmp_path / "outside", {"key.env": "secret", "rules": "*"})
    root = make(tmp_path / "w", {"a": ""})
    (root / "file").symlink_to(outside / "key.env")
    (root / "directory").symlink_to(outside)
    (root / "dangling").symlink_to("nowhere")
    (root / ".bundleignore").symlink_to(outside / "rules")
    assert _refused(root) == [
        f"{name}: type-symlink: a link is never followed" for name in (".bundleignore", "dangling", "directory", "file")
    ]


@pytest.mark.skipif(_NO_LINKS, reason="needs links")
def test_a_link_that_is_left_out_is_no_reason(tmp_path: Path) -> None:
    """
    Rules and litter come first; a pattern for directories does not take a link to one.
    """
    root = make(tmp_path, {"a": "", ".bundleignore": "/link\n/other/\n"})
    (root / "link").symlink_to("a")
    (root / ".#a").symlink_to("user@host.123")
    assert names(selected(root)) == [".bundleignore", "a"]
    (root / "other").symlink_to(".")
    assert _refused(root) == ["other: type-symlink: a link is never followed"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
def test_refuses_what_is_no_file(tmp_path: Path) -> None:
    """
    A pipe and a socket are told, and none of them is opened.
    """
    root = make(tmp_path, {"a": ""})
    os.mkfifo(root / "pipe")
    os.mkfifo(root / ".bundleignore")
    expected = [f"{name}: type-special: neither a file nor a directory" for name in (".bundleignore", "pipe", "socket")]
    with socket.socket(socket.AF_UNIX) as bound:
        here = Path.cwd()
        os.chdir(root)  # the path of a socket is short
        try:
            bound.bind("socket")
        finally:
            os.chdir(here)
        assert expected == _refused(root)


def test_refuses_names_that_cannot_travel(tmp_path: Path) -> None:
    """
    A name breaks the same rules as in a bundle.
    """
    make(tmp_path, {"a ": "", "aux.py": "", "bb:c": "", "e\u0301": "", "x\n": ""})
    assert [line.split(": ")[:2] for line in _refused(tmp_path)] == [
        ["a ", "name-trailing-dot-or-space"],
        ["aux.py", "name-reserved"],
        ["bb:c", "name-colon"],
        ["e\u0301", "name-not-nfc"],
        ["x\\n", "name-control"],
    ]


def test_refuses_names_that_are_not_utf8(tmp_path: Path) -> None:
    """
    Bytes without a meaning are refused, as file and as directory, unless a rule leaves them out.
    """
    root = os.fsencode(tmp_path)
    try:
        os.mkdir(root + b"/d\xff")
    except OSError:
        pytest.skip("the file system takes utf-8 alone")
    for name in (b"/f\xff", b"/d\xff/x"):
        os.close(os.open(root + name, os.O_CREAT | os.O_WRONLY))
    assert _refused(tmp_path) == [
        "d\\udcff: name-not-utf8: the name is not utf-8",
        "f\\udcff: name-not-utf8: the name is not utf-8",
    ]
    make(tmp_path, {".bundleignore": "d?\nf*\n", "a": ""})
    assert names(selected(tmp_path)) == [".bundleignore", "a"]


def test_refuses_secrets_by_name(tmp_path: Path) -> None:
    """
    A file that holds keys by its name fails the build, unless a rule leaves it out.
    """
    make(tmp_path, {"a": "", "x/id_rsa": "", ".env": ""})
    assert _refused(tmp_path) == [
        ".env: key-material: settings with secrets; leave it out, or name it in `lift` of the settings",
        "x/id_rsa: key-material: a private key of OpenSSH; leave it out, or name it in `lift` of the settings",
    ]
    make(tmp_path, {".bundleignore": "id_rsa\n.env\n"})
    assert names(selected(tmp_path)) == [".bundleignore", "a"]


@pytest.mark.parametrize("files", [{}, {".bundleignore": "", "a/.bundleignore": "x"}, {"x.pyc": ""}])
def test_refuses_an_empty_selection(tmp_path: Path, files: dict[str, str]) -> None:
    """
    Rules alone are nothing.
    """
    make(tmp_path, files)
    assert _refused(tmp_path) == [".: selection-empty: no file is selected"]


def test_tells_everything_at_once(tmp_path: Path) -> None:
    """
    Lines that cannot be used and files that cannot be packed are in one message.
    """
    make(tmp_path, {".bundleignore": "[z-a]\n", "b/.bundleignore": "!\n", ".env": "", "aux": ""})
    lines = _refused(tmp_path)
    assert [line.partition(": ")[0] for line in lines] == [".bundleignore:1", "b/.bundleignore:1", ".env", "aux"]


@pytest.mark.parametrize(
    ("files", "hint"),
    [
        ({"a": "", ".bundleignore": "[z-a]\n", ".env": ""}, "escape a character with a backslash when it stands for "),
        ({"a": "", ".env": ""}, "`phase2-gate explain PATH` says why a path is packed or not"),
    ],
)
def test_names_the_way_out(tmp_path: Path, files: dict[str, str], hint: str) -> None:
    """
    The one of lines that cannot be used where there are some; never the command that failed.
    """
    with pytest.raises(SelectionError) as caught:
        selected(make(tmp_path, files))
    assert str(caught.value.hint).startswith(hint)


def test_refuses_what_is_no_directory(tmp_path: Path) -> None:
    """
    A workspace has to be there.
    """
    with pytest.raises(SelectionError, match=r"not a workspace: need a directory$"):
        selected(tmp_path / "missing")


def test_refuses_what_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A directory that cannot be listed is told, not passed over.
    """
    make(tmp_path, {"a": "", "b/c": ""})
    listed = os.scandir

    def scandir(path: Any) -> object:
        # Permission bits do not stop root, so the refusal is the test's own.
        if os.path.samestat(os.stat(path), (tmp_path / "b").stat()):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return listed(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert _refused(tmp_path) == ["b: file-unreadable: the directory cannot be read: Permission denied"]


def test_a_directory_that_vanishes_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    What cannot be listed or read any more is a problem, never a gap.
    """
    make(tmp_path, {"a": "", "b/c": "", "d/.bundleignore": ""})
    real = os.scandir

    def scandir(path: Any) -> object:
        if os.path.samestat(os.stat(path), (tmp_path / "b").stat()):
            raise FileNotFoundError(2, "No such file or directory")
        return real(path)

    def whole(_: reading.Beneath, location: bytes, inner: bytes) -> bytes:
        assert location.endswith(inner)
        raise OSError(5, "Input/output error", location)

    monkeypatch.setattr(os, "scandir", scandir)
    monkeypatch.setattr(reading.Beneath, "whole", whole)
    assert _refused(tmp_path) == [
        "b: file-unreadable: the directory cannot be read: No such file or directory",
        "d/.bundleignore: file-unreadable: cannot be read: Input/output error",
    ]


@pytest.mark.parametrize("name", ["a", ".bundleignore"])
def test_a_file_that_cannot_be_asked_is_told(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """
    An entry whose kind the system does not tell is a problem, never a gap.
    """

    class Closed:
        def __init__(self, place: object) -> None:
            self.name = name if isinstance(place, int) else name.encode()

        def is_file(self, *, follow_symlinks: bool) -> bool:
            assert not follow_symlinks
            raise PermissionError(13, "Permission denied")

    @contextmanager
    def scandir(place: object) -> Iterator[list[Closed]]:
        yield [Closed(place)]

    monkeypatch.setattr(os, "scandir", scandir)
    walk = Walk(b"").run()
    assert set(walk.problems) == {Finding("file-unreadable", name, "cannot be read: Permission denied")}
    assert walk.files == []


def test_files_from_outside_pass_the_same_rules(tmp_path: Path) -> None:
    """
    What comes from elsewhere is named, skipped and refused as if it lay in the workspace.
    """
    root = make(tmp_path / "w", {"a": ""})
    extra = [File(path, b"/elsewhere") for path in ("s/x.py", "s/__pycache__/x.pyc")]
    found = select(root, default_settings(executable=["/s/*.py"]), extra=extra)
    assert names(found) == ["a", "s/x.py"]
    assert found.members[1] == Member(found.members[1].path, "s/x.py", b"/elsewhere", executable=True, outside=True)
    assert found.skipped == (("s/__pycache__/x.pyc", "compiled code of Python"),)
    assert found.from_workspace == ["a"]
    make(root, {".bundleignore": "/s/\n"})
    with pytest.raises(SelectionError) as caught:
        select(root, default_settings(), extra=extra[:1])
    assert str(caught.value) == (
        "s/x.py: selection-contradiction: the settings ask for it, but .bundleignore:1: /s/ leaves it out"
    )


def test_how_a_tree_came_about_does_not_show(tmp_path: Path) -> None:
    """
    Order of creation, times, modes and place change nothing.
    """
    files = {f"{directory}/{name}": "x" * index for directory in "cab" for index, name in enumerate("zyx")}
    files[".bundleignore"] = "a/y\n"
    random = Random(4)  # noqa: S311 - shuffles a list, keeps no secret
    seen = []
    for number in range(4):
        order = list(files)
        random.shuffle(order)
        root = make(tmp_path / ("d" * (number + 1)), {path: files[path] for path in order})
        for path in order:
            os.utime(root / path, (number, number))
            (root / path).chmod(0o600 | (number & 1) << 6)
        seen.append([(member.path, member.executable) for member in selected(root).members])
    assert seen[1:] == seen[:1] * 3
    assert len(seen[0]) == 9


def test_reads_regular_files_alone(tmp_path: Path) -> None:
    """
    Neither a directory nor a link is opened as a file.
    """
    make(tmp_path, {"a": "abc"})
    assert reading.whole(os.fsencode(tmp_path / "a")) == b"abc"
    with pytest.raises(OSError, match="not a regular file"):
        reading.open_regular(os.fsencode(tmp_path))
    if not _NO_LINKS:
        (tmp_path / "b").symlink_to("a")
        with pytest.raises(OSError, match="symbolic links"):
            reading.open_regular(os.fsencode(tmp_path / "b"))


@pytest.mark.parametrize("output", [None, "other/b.zip"])
def test_the_envelope_beside_a_bundle_is_no_member(tmp_path: Path, output: str | None) -> None:
    """
    A bundle that was signed is built again to the same bytes; what else bears such a name is a file like any other.
    """
    target = output or "out/b.zip"
    envelope = beside.envelope(target)
    assert envelope == f"{target}.build.intoto.json"
    folder, _, name = envelope.rpartition("/")
    left_out = {envelope: "", f"{folder}/.{name}.partial-0123456789abcdef": "", target: ""}
    make(tmp_path, {"a": "", "x/b.zip.build.intoto.json": "", **left_out})
    found = selection.select(
        tmp_path, default_settings(output="out/b.zip"), output=None if output is None else tmp_path / output
    )
    assert names(found) == ["a", "x/b.zip.build.intoto.json"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("manifest.txt", "manifest.txt"),
        ("a/manifest.txt", None),
        ("out/b.zip", "out/b.zip"),
        ("out/b.zip.build.intoto.json", "out/b.zip.build.intoto.json"),
        ("out/.b.zip.partial-0", "out/.b.zip.partial-0"),
        ("out/.b.zip.partial-0/x", "out/.b.zip.partial-0/x"),
        ("out", None),
        ("out/b.zips", None),
        ("reports", "reports"),
        ("reports/a/b", "reports"),
        ("reports.md", None),
    ],
)
def test_tells_what_this_tool_writes(tmp_path: Path, path: str, expected: str | None) -> None:
    """
    The manifest, the bundle, its envelope, their temporary names, and what lies in the report directory.
    """
    found = selected(make(tmp_path, {"a": ""}), output="out/b.zip", report_dir="reports")
    assert found.own_output(path) == expected


@pytest.mark.skipif(_NO_LINKS, reason="needs links")
def test_an_output_on_another_drive_takes_nothing_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Where no relative path leads to the output, it is not in the workspace.
    """
    elsewhere = os.path.realpath(tmp_path / "elsewhere")
    real = os.path.relpath

    def relpath(path: str, start: str) -> str:
        if path.startswith(elsewhere):
            raise ValueError
        return real(path, start)

    monkeypatch.setattr(os.path, "relpath", relpath)
    own, prefixes = places.own_paths(tmp_path / "w", default_settings(), tmp_path / "elsewhere/b.zip")
    assert own == {
        "manifest.txt",
        "artifacts/reports",
        "artifacts/bundles/work.zip",
        "artifacts/bundles/work.zip.build.intoto.json",
    }
    assert len(prefixes) == 2
    make(tmp_path / "w", {})
    (tmp_path / "w/link").symlink_to(elsewhere)
    with pytest.raises(SettingsError, match=r"leads out of the workspace"):
        places.own_paths(tmp_path / "w", default_settings(output="link/b.zip"), None)
