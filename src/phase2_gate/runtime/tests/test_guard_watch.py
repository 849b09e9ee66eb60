"""
The guard's files, watched by digests while a run goes on.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import os
import py_compile
import re
import shutil
import sys
from pathlib import Path

import pytest

from ..errors import GovernanceTampered
from ..governance.guard_watch import GuardWatch
from .features import needs_fifos, needs_links
from .samples import free_descriptors


@pytest.fixture
def guard(tmp_path: Path) -> Path:
    """
    A small package to watch.
    """
    package = tmp_path / "guard"
    (package / "inner").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "rules.py").write_text(_SOURCE)
    (package / "inner" / "deep.py").write_text("X = 2\n")
    return package


def test_an_untouched_guard_passes(guard: Path) -> None:
    """
    Also after Python wrote its own byte code meanwhile, at any level.
    """
    watch = GuardWatch(guard)
    assert set(watch.digests) == {"__init__.py", "rules.py", "inner/deep.py"}
    watch.check()
    for level, mark in [(0, ""), (1, ".opt-1"), (2, ".opt-2")]:
        py_compile.compile(str(guard / "rules.py"), cfile=str(_cached(guard, mark)), optimize=level)
        py_compile.compile(str(guard / "inner" / "deep.py"), cfile=str(_cached(guard / "inner", mark, "deep")))
        watch.check()
    py_compile.compile(str(guard / "rules.py"), cfile=str(_cached(guard)), invalidation_mode=_CHECKED)
    (guard / "__pycache__" / "rules.cpython-311.pyc.140234").write_bytes(b"half written")
    watch.check()
    watch.check()


def _cached(guard: Path, mark: str = "", module: str = "rules") -> Path:
    """
    Where Python looks for a module's byte code, unless it was told to keep it elsewhere.
    """
    return guard / "__pycache__" / f"{module}.{sys.implementation.cache_tag}{mark}.pyc"


_BY_TIME = py_compile.PycInvalidationMode.TIMESTAMP
_CHECKED = py_compile.PycInvalidationMode.CHECKED_HASH
_UNCHECKED = py_compile.PycInvalidationMode.UNCHECKED_HASH
_MAGIC = importlib.util.MAGIC_NUMBER
_EXTENSIONS = importlib.machinery.EXTENSION_SUFFIXES
_CACHED = f"__pycache__/rules.{sys.implementation.cache_tag}.pyc"
# Compiled differently at each level of optimization.
_SOURCE = '"""Doc."""\nLIMIT = 1\nassert LIMIT\n'


def _append(path: Path) -> None:
    path.write_text(path.read_text() + "#")


def _byte_code(
    guard: Path, source: str, name: str | None = None, mode: py_compile.PycInvalidationMode | None = None
) -> None:
    """
    Compile something else into the place of a module's byte code.
    """
    evil = guard.parent / "evil.py"
    evil.write_text(source)
    py_compile.compile(str(evil), cfile=name or str(_cached(guard)), invalidation_mode=mode)


_CHANGED = "files changed while the run went on: "
_IN_PLACE = "loaded in place of a source: "


@pytest.mark.parametrize(
    ("attack", "message"),
    [
        (lambda g: _append(g / "rules.py"), f"{_CHANGED}'rules.py'"),
        (lambda g: (g / "rules.py").unlink(), f"{_CHANGED}'rules.py'"),
        (lambda g: (g / "new.py").write_text(""), f"{_CHANGED}'new.py'"),
        (lambda g: (g / "inner" / "new.txt").write_text(""), f"{_CHANGED}'inner/new.txt'"),
        (lambda g: (g / "rules").mkdir(), f"{_IN_PLACE}'rules'"),
        (lambda g: (g / "inner" / "deep").mkdir(), f"{_IN_PLACE}'inner/deep'"),
        (lambda g: ((g / "rules").mkdir(), (g / "rules" / "__init__.py").write_text("")), f"{_IN_PLACE}'rules'"),
        (lambda g: (g / f"rules{_EXTENSIONS[0]}").write_bytes(b""), f"{_IN_PLACE}'rules{_EXTENSIONS[0]}'"),
        (lambda g: (g / f"rules{_EXTENSIONS[-1]}").write_bytes(b""), f"{_IN_PLACE}'rules{_EXTENSIONS[-1]}'"),
        (lambda g: _byte_code(g, "LIMIT = 1\n", str(g / "rules.pyc")), f"{_IN_PLACE}'rules.pyc'"),
        (lambda g: _byte_code(g, "LIMIT = 9\n"), f"{_IN_PLACE}'{_CACHED}'"),
        (lambda g: _byte_code(g, _SOURCE, mode=_UNCHECKED), f"{_IN_PLACE}'{_CACHED}'"),
        (lambda g: _byte_code(g, "x", str(_cached(g, module="gone"))), "gone."),
        (
            lambda g: (_byte_code(g, "x"), _cached(g).write_bytes(_MAGIC + bytes(12) + b"\xe9")),  # type: ignore[func-returns-value]  # two steps
            f"{_IN_PLACE}'{_CACHED}'",
        ),
        (lambda g: (g / "big.py").write_bytes(b"#" * ((1 << 20) + 1)), "larger than any file of ours: "),
        pytest.param(lambda g: (g / "l.py").symlink_to(g / "rules.py"), "cannot be read: ", marks=needs_links),
        pytest.param(lambda g: (g / "l").symlink_to(g / "inner"), "cannot be read: ", marks=needs_links),
        pytest.param(lambda g: os.mkfifo(g / "pipe"), "not a regular file: ", marks=needs_fifos),
        (shutil.rmtree, "cannot be read: "),
    ],
    ids=range(19),
)
def test_each_way_to_run_other_code_is_noticed(guard: Path, attack: object, message: str) -> None:
    """
    While the run goes on, and in most cases at its start as well; the message names the file.
    """
    watch = GuardWatch(guard)
    attack(guard)  # type: ignore[operator]  # a table of functions
    with pytest.raises(GovernanceTampered, match=f"^guard: .*{re.escape(message)}"):
        watch.check()


def test_what_is_no_code_is_no_alarm(guard: Path) -> None:
    """
    A file named like a directory, one that is just being written, one as large as is allowed; no descriptor stays open.
    """
    (guard / "inner.md").write_text("")
    (guard / "full.txt").write_bytes(b"#" * (1 << 20))
    watch = GuardWatch(guard)
    (guard / "inner" / "x.tmp").write_text("")
    free = free_descriptors()
    watch.check()
    watch.check()
    assert free == free_descriptors()


@pytest.mark.parametrize(
    ("name", "magic"),
    [
        ("rules.cpython-99.pyc", _MAGIC),
        ("test_x.cpython-311-pytest-8.pyc", _MAGIC),
        (f"rules.{sys.implementation.cache_tag}.pyc", b"old\n"),
    ],
)
def test_byte_code_of_others_is_not_ours(guard: Path, name: str, magic: bytes) -> None:
    """
    Another interpreter's or a test runner's is never loaded in place of our sources.
    """
    watch = GuardWatch(guard)
    (guard / "__pycache__").mkdir()
    (guard / "__pycache__" / name).write_bytes(magic + bytes(20))
    watch.check()


def _outdate(guard: Path) -> Path:
    """
    Byte code of what the module said before an update; returns it.
    """
    stale = _cached(guard)
    py_compile.compile(str(guard / "rules.py"), cfile=str(stale), invalidation_mode=_BY_TIME, doraise=True)
    (guard / "rules.py").write_text("LIMIT = 2\nMORE = 3\n")
    return stale


def test_byte_code_from_before_an_update_is_no_alarm(guard: Path) -> None:
    """
    Python does not load it, so a run may begin beside it and go on, also when Python replaces it.
    """
    _outdate(guard)
    watch = GuardWatch(guard)
    watch.check()
    py_compile.compile(str(guard / "rules.py"), cfile=str(_cached(guard)))
    watch.check()


def test_byte_code_of_a_module_that_is_gone_is_no_alarm(guard: Path) -> None:
    """
    Python loads none from the cache without a source beside it; but none may appear.
    """
    _byte_code(guard, "x = 1\n", str(_cached(guard, module="gone")))
    watch = GuardWatch(guard)
    watch.check()
    (guard / "gone.py").write_text("")
    with pytest.raises(GovernanceTampered):
        watch.check()


def test_outdated_byte_code_must_not_become_loadable(guard: Path) -> None:
    """
    When the source's time and size come to be what it says of them, Python would load it.
    """
    stale = _outdate(guard)
    watch = GuardWatch(guard)
    data = bytearray(stale.read_bytes())
    os.utime(guard / "rules.py", (1_000_000_001, 1_000_000_001))
    source = (guard / "rules.py").stat()
    data[8:16] = int(source.st_mtime).to_bytes(4, "little") + source.st_size.to_bytes(4, "little")
    stale.write_bytes(data)
    with pytest.raises(GovernanceTampered, match="in place of a source"):
        watch.check()
    with pytest.raises(GovernanceTampered, match="in place of a source"):
        GuardWatch(guard)


def test_outdated_byte_code_becomes_loadable_by_the_sources_time_too(guard: Path) -> None:
    """
    Neither file's content changes then.
    """
    stale = _outdate(guard)
    (guard / "rules.py").write_text(_SOURCE.replace("1", "8"))
    os.utime(guard / "rules.py", (1, 1))
    watch = GuardWatch(guard)
    when = int.from_bytes(stale.read_bytes()[8:12], "little")
    os.utime(guard / "rules.py", (when, when))
    with pytest.raises(GovernanceTampered, match="in place of a source"):
        watch.check()


def test_outdated_byte_code_must_not_appear(guard: Path) -> None:
    """
    Nobody writes it while a run goes on but who wants it to be loaded later; by hash it is refused at the start too.
    """
    watch = GuardWatch(guard)
    _outdate(guard)
    (guard / "rules.py").write_text(_SOURCE)
    os.utime(guard / "rules.py", (1, 1))
    watch.check()
    _byte_code(guard, "LIMIT = 9\n", mode=_BY_TIME)
    with pytest.raises(GovernanceTampered, match="in place of a source"):
        watch.check()
    _byte_code(guard, "LIMIT = 9\n", mode=_CHECKED)
    with pytest.raises(GovernanceTampered, match="in place of a source"):
        GuardWatch(guard)


def test_it_refuses_to_start_beside_a_shadow(guard: Path) -> None:
    """
    A run that begins tampered with is not begun.
    """
    (guard / "rules.pyc").write_bytes(b"x" * 16)
    with pytest.raises(GovernanceTampered, match=r"rules\.pyc"):
        GuardWatch(guard)
