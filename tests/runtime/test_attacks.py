"""
Attacks on containment: each spelling, link and special file, through each operation, as root and as nobody.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from phase2_gate.runtime.errors import PathRefused, RuntimeGuardError
from phase2_gate.runtime.governance.root import Root
from phase2_gate.runtime.tests.samples import bench, envelope, tree_of

from .attacks import ALIASES, LEXICAL, SPECIAL
from .sweep import memory_home

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


@pytest.mark.parametrize("name", ["$HOME", "${HOME}", "%HOME%", "$(id)", "`id`", "{in,out}"])
def test_what_a_shell_would_expand_is_a_plain_name(home: Path, name: str) -> None:
    """
    22: no variable, command or brace means anything.
    """
    with bench(home) as b:
        b.executor.run("fs.create", {"path": name, "text": "x"}, step_id="s")
        assert (b.tree / name).read_text() == "x"


@pytest.mark.skipif(not hasattr(os, "mknod") or os.getuid() != 0, reason="making a device node takes root")
def test_no_device_is_opened(home: Path) -> None:
    """
    56: a node of the device that /dev/null is too; nothing is read from it, and it stays where it is.
    """
    status = os.stat("/dev/null")
    assert _attack(home, "bad", lambda path: os.mknod(path, status.st_mode, status.st_rdev)) > 10
