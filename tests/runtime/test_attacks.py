"""
Attacks on containment: each spelling, link and special file, through each operation, as root and as nobody.
"""

from __future__ import annotations

import os
import shutil
import socket
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from phase2_gate.runtime.errors import GrantError, PathRefused, RuntimeGuardError
from phase2_gate.runtime.governance.decision import _ISSUER, Grant, Request
from phase2_gate.runtime.governance.granted_fs import GrantedFS
from phase2_gate.runtime.governance.root import Root
from phase2_gate.runtime.tests.samples import bench, envelope, tree_of

from .sweep import memory_home

# A number for each kind of attack, and the path.
LEXICAL: tuple[tuple[int, str], ...] = (
    (1, "../out/secret"),
    (2, "in/../../out/secret"),
    (3, "in/.."),
    (4, "../tree/in/file"),
    (5, "../tree-evil/x"),
    (6, "/etc/passwd"),
    (7, "//etc/passwd"),
    (8, "{tree}/in/file"),
    (9, ""),
    (10, "."),
    (11, "./in/file"),
    (12, "in//file"),
    (13, "in/./file"),
    (14, "in/file/"),
    (15, "in/file\0.txt"),
    (16, "in/fi\nle"),
    (17, "in/\udcff"),
    (18, "é" * 128),
    (19, "a/" * 2100 + "a"),
    (20, "a/" * 500 + "a"),
    (21, "~/x"),
    (21, "~root/x"),
    (23, "%2e%2e/out/secret"),
    (23, "in%2ffile"),
    (24, "file:///etc/passwd"),
    (24, "http://x/y"),
    (25, "\uff0e\uff0e/out/secret"),
    (25, "in\uff0ffile"),
    (26, "in/\u202efile"),
    (26, "in/fi\u200ble"),
    (29, "in\\file"),
    (29, "..\\out\\secret"),
    (30, "in/..\\..\\out"),
    (31, "C:\\x"),
    (31, "C:/x"),
    (32, "C:x"),
    (33, "\\\\host\\share"),
    (33, "\\\\?\\C:\\x"),
    (33, "\\\\.\\pipe\\x"),
    (34, "\\x"),
    (35, "in/file:evil"),
    (35, "in/file::$DATA"),
    (35, "in::$INDEX_ALLOCATION/file"),
    (36, "in/file."),
    (36, "in./file"),
    (37, "in/file "),
    (37, "in /file"),
    (38, "in/NUL"),
    (38, "in/con.txt"),
    (38, "in/COM\u00b9"),
    (38, "in/CONIN$"),
    (39, "IN~1/file"),
    (39, "GIT~1/config"),
    (42, "in/e\u0301"),
    (44, "in/.g\u200cit"),
    (78, "in/*"),
    (78, "in/fil?"),
)
# Aliases of a denied directory, and of a protected one.
ALIASES: tuple[tuple[int, str], ...] = (
    (41, "Denied/x"),
    (41, "DENIED/x"),
    (43, "\u212aey/x"),
    (43, "STRASSE/x"),
    (43, "stra\u017f\u017fe/x"),
    (67, "denied"),
    (73, "holds"),
    (75, "denied/new"),
    (75, ".git/config"),
    (84, ".GIT/hooks/pre-commit"),
    (84, "deep/.gitattributes"),
    (85, ".github/workflows/ci.yml"),
    (83, "conftest.py"),
    (83, "x/sitecustomize.py"),
    (83, "json.py"),
    (83, "evil.pth"),
    (80, "x/__pycache__/a.pyc"),
    (81, "x/a.so"),
    (79, "runtime/governance/envelope_enforcer/__init__.py"),
    (82, "runtime/__init__.py"),
    (86, "manifest.txt"),
)


def _symlink(target: str) -> Callable[[Path], object]:
    return lambda path: path.symlink_to(target.format(out=path.parent.parent / "out", here=path.parent))


def _socket(path: Path) -> None:
    # A short relative name: a socket's is bounded.
    here = os.open(".", os.O_RDONLY)
    try:
        os.chdir(path.parent)
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(path.name)
    finally:
        os.fchdir(here)
        os.close(here)


def _chain(path: Path) -> None:
    for number in range(45):
        (path.parent / f"c{number}").symlink_to(f"c{number + 1}" if number < 44 else "in/file")
    path.symlink_to("c0")


def _holds_link(path: Path) -> None:
    path.mkdir()
    (path / "l").symlink_to("../../out")


# What stands at "bad", and the path that is asked for.
SPECIAL: tuple[tuple[int, Callable[[Path], object], str], ...] = (
    (45, _symlink("{out}/secret"), "bad"),
    (46, _symlink("{out}"), "bad/secret"),
    (47, _chain, "bad"),
    (47, _symlink("bad"), "bad"),
    (48, _symlink("{out}/created"), "bad"),
    (49, _symlink("/etc/passwd"), "bad"),
    (50, _symlink("denied"), "bad/x"),
    (50, _symlink("in/file"), "bad"),
    (52, _symlink("/proc/self/cwd"), "bad/x"),
    (52, _symlink("/proc/self/root"), "bad/etc/passwd"),
    (54, lambda path: os.link(path.parent.parent / "out" / "secret", path), "bad"),
    (54, lambda path: os.link(path.parent / "denied" / "x", path), "bad"),
    (56, os.mkfifo, "bad"),
    (56, _socket, "bad"),
    (57, _holds_link, "bad"),
)

_DENY = ["denied", "holds/denied", "key", "stra\u00dfe"]


def _attempts(path: str) -> Iterator[tuple[str, dict[str, object]]]:
    """
    Every operation with a path in every place where it takes one.
    """
    yield "fs.write", {"path": path, "text": "x"}
    yield "fs.create", {"path": path, "text": "x"}
    yield "fs.mkdir", {"path": path}
    yield "fs.delete", {"path": path}
    yield "fs.delete", {"path": path, "recursive": True}
    yield "fs.rename", {"source": path, "target": "moved"}
    yield "fs.rename", {"source": "in/file", "target": path}
    yield "fs.read", {"path": path}
    yield "gate.check", {"files": {path: "0" * 64}}


def _attack(home: Path, path: str, make: Callable[[Path], object] | None, *, reads_too: bool = True) -> int:
    """
    Try every operation on a fresh tree; nothing inside or outside may differ afterwards. Returns how many were tried.
    """
    tried = 0
    for descriptors in (True, False):
        place = Path(tempfile.mkdtemp(dir=home))
        tree, out = place / "tree", place / "out"
        for directory in (tree / "in", tree / "denied", tree / "holds" / "denied", out, place / "tree-evil"):
            directory.mkdir(parents=True)
        for file in (tree / "in" / "file", tree / "denied" / "x", tree / "holds" / "denied" / "x", out / "secret"):
            file.write_text("content")
        if make is not None:
            make(tree / "bad")
        spelled = path.replace("{tree}", str(tree))
        before = tree_of(place)
        with bench(place, envelope(deny=_DENY), descriptors=descriptors) as b:
            for number, (op, params) in enumerate(_attempts(spelled)):
                if not reads_too and op in {"fs.read", "gate.check"}:
                    continue
                if path == "holds" and (op == "fs.read" or (params.get("recursive") is None and op != "fs.rename")):
                    continue
                tried += 1
                try:
                    receipt = b.executor.run(op, params, step_id=f"s{number}")
                except (RuntimeGuardError, OSError):
                    continue
                message = f"{op} {params!r} was allowed: {receipt}"
                raise AssertionError(message)
        after = {k: v for k, v in tree_of(place).items() if not k.startswith(("journal", "images"))}
        assert before == after, (path, descriptors)
        shutil.rmtree(place)
    return tried


def _all(home: Path) -> int:
    tried = sum(_attack(home, path, None) for _, path in LEXICAL)
    protected = {75, 79, 80, 81, 82, 83, 84, 85, 86}
    tried += sum(
        _attack(home, path, None, reads_too=number not in protected or path.startswith("denied"))
        for number, path in ALIASES
    )
    for _, make, path in SPECIAL:
        tried += _attack(home, path, make)
    return tried


@pytest.fixture
def home() -> Iterator[Path]:
    """
    A directory that anybody may use.
    """
    path = Path(tempfile.mkdtemp(dir=memory_home(Path(tempfile.gettempdir()))))
    path.chmod(0o777)
    yield path
    shutil.rmtree(path)


def test_no_attack_gets_through(home: Path) -> None:
    """
    The whole table, every operation, with descriptors and without.
    """
    assert _all(home) > 1000


@pytest.mark.skipif(not hasattr(os, "fork") or os.getuid() != 0, reason="becoming an ordinary user takes root")
def test_no_attack_gets_through_as_an_ordinary_user(home: Path) -> None:
    """
    The same in a child process that gave up root.
    """
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            _all(home)
        except BaseException:  # noqa: BLE001  # a forked child must end here, whatever happens
            traceback.print_exc(file=sys.__stderr__)
            os._exit(1)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0


@pytest.mark.parametrize(
    "value", [None, 7, b"in/file", ["in/file"], Path("in/file"), type("Text", (str,), {})("in/file")]
)
def test_what_is_not_text_is_no_path(home: Path, value: object) -> None:
    """
    27 and 28: objects that may lie about what they are.
    """
    with bench(home) as b:
        for op, params in _attempts("x"):
            changed = {
                key: value if item in ("x", "in/file") and key != "text" else item for key, item in params.items()
            }
            if changed != params:
                with pytest.raises((RuntimeGuardError, TypeError)):
                    b.executor.run(op, changed, step_id="s")
        with Root(home) as root, pytest.raises(PathRefused, match="PATH_NOT_TEXT"), root.parent(value):  # type: ignore[arg-type]  # hostile input
            pass


def test_no_file_method_works_without_a_grant(home: Path) -> None:
    """
    Every public method of granted files, found by looking; the root itself has none that touches a file's content.
    """
    methods = {name for name in vars(GrantedFS) if not name.startswith("_")} - {"expire"}
    arguments: dict[str, tuple[object, ...]] = {
        "write_bytes": ("a", b""),
        "create_bytes": ("a", b""),
        "rename": ("a", "b"),
        "set_permissions": ("a", 0o700),
        "working_directory": (),
    }
    assert {"read_bytes", "write_bytes", "create_bytes", "mkdir", "delete", "rename", "state", "clean"} <= methods
    with Root(home) as root:
        for spent in (False, True):
            files = GrantedFS(root, Grant(_ISSUER, Request("x"), "", root), "t")
            if spent:
                files.expire()
            for name in sorted(methods - (set() if spent else {"working_directory"})):
                with pytest.raises(GrantError):
                    getattr(files, name)(*arguments.get(name, ("a",)))
        public = {name for name in vars(Root) if not name.startswith("_")}
        assert public == {
            "check_mount",
            "check_place",
            "close",
            "descendants",
            "granted",
            "guarantee",
            "parent",
            "step",
            "working_directory",
        }
    assert tree_of(home) == {}
