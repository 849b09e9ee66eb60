"""
The guard's files, watched by digests while a run goes on.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import marshal
import os
import py_compile
import shutil
import sys
from pathlib import Path

import pytest

from ..errors import GovernanceTampered
from ..governance.guard_watch import GuardWatch
from .features import needs_fifos, needs_links


@pytest.fixture
def guard(tmp_path: Path) -> Path:
    """
    A small package to watch.
    """
    package = tmp_path / "guard"
    (package / "inner").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "rules.py").write_text("LIMIT = 1\n")
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
    (guard / "__pycache__" / "rules.cpython-311.pyc.140234").write_bytes(b"half written")
    watch.check()
    watch.check()


def _cached(guard: Path, mark: str = "", module: str = "rules") -> Path:
    """
    Where Python looks for a module's byte code, unless it was told to keep it elsewhere.
    """
    return guard / "__pycache__" / f"{module}.{sys.implementation.cache_tag}{mark}.pyc"


_BY_TIME = py_compile.PycInvalidationMode.TIMESTAMP


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


@pytest.mark.parametrize(
    "attack",
    [
        lambda g: _append(g / "rules.py"),
        lambda g: (g / "rules.py").unlink(),
        lambda g: (g / "new.py").write_text(""),
        lambda g: (g / "inner" / "new.txt").write_text(""),
        pytest.param(
            lambda g: ((g / "rules.py").unlink(), (g / "rules.py").symlink_to(g / "__init__.py")), marks=needs_links
        ),
        pytest.param(
            lambda g: [(g / "rules.py").unlink(), os.mkfifo(g / "rules.py")],  # type: ignore[func-returns-value]  # two steps
            marks=needs_fifos,
        ),
        lambda g: (g / "rules").mkdir(),
        lambda g: ((g / "rules").mkdir(), (g / "rules" / "__init__.py").write_text("")),
        lambda g: (g / f"rules{importlib.machinery.EXTENSION_SUFFIXES[0]}").write_bytes(b""),
        lambda g: (g / f"rules{importlib.machinery.EXTENSION_SUFFIXES[-1]}").write_bytes(b""),
        lambda g: _byte_code(g, "LIMIT = 1\n", str(g / "rules.pyc")),
        lambda g: _byte_code(g, "LIMIT = 9\n"),
        lambda g: _byte_code(g, "LIMIT = 1\n", None, py_compile.PycInvalidationMode.UNCHECKED_HASH),
        lambda g: _byte_code(g, "x", str(_cached(g, module="gone"))),
        lambda g: (
            (g / "__pycache__").mkdir(),
            _cached(g).write_bytes(importlib.util.MAGIC_NUMBER + bytes(12) + marshal.dumps(1)[:2]),
        ),
        lambda g: (g / "big.py").write_bytes(b"#" * ((1 << 20) + 1)),
        shutil.rmtree,
    ],
    ids=range(17),
)
def test_each_way_to_run_other_code_is_noticed(guard: Path, attack: object) -> None:
    """
    While the run goes on, and in most cases at its start as well.
    """
    watch = GuardWatch(guard)
    attack(guard)  # type: ignore[operator]  # a table of functions
    with pytest.raises(GovernanceTampered, match="guard:"):
        watch.check()


@pytest.mark.parametrize("name", ["rules.cpython-99.pyc", "test_x.cpython-311-pytest-8.pyc"])
def test_byte_code_of_others_is_not_ours(guard: Path, name: str) -> None:
    """
    Another interpreter's or a test runner's is never loaded in place of our sources.
    """
    watch = GuardWatch(guard)
    (guard / "__pycache__").mkdir()
    (guard / "__pycache__" / name).write_bytes(importlib.util.MAGIC_NUMBER + bytes(20))
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


def test_outdated_byte_code_must_not_become_loadable(guard: Path) -> None:
    """
    When the source's time and size come to be what it says of them, Python would load it.
    """
    stale = _outdate(guard)
    watch = GuardWatch(guard)
    data = bytearray(stale.read_bytes())
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
    (guard / "rules.py").write_text("LIMIT = 8\n")
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
    (guard / "rules.py").write_text("LIMIT = 1\n")
    os.utime(guard / "rules.py", (1, 1))
    watch.check()
    _byte_code(guard, "LIMIT = 9\n", mode=_BY_TIME)
    with pytest.raises(GovernanceTampered, match="in place of a source"):
        watch.check()
    _byte_code(guard, "LIMIT = 9\n", mode=py_compile.PycInvalidationMode.CHECKED_HASH)
    with pytest.raises(GovernanceTampered, match="in place of a source"):
        GuardWatch(guard)


def test_it_refuses_to_start_beside_a_shadow(guard: Path) -> None:
    """
    A run that begins tampered with is not begun.
    """
    (guard / "rules.pyc").write_bytes(b"x" * 16)
    with pytest.raises(GovernanceTampered, match=r"rules\.pyc"):
        GuardWatch(guard)


def test_the_real_guard_watches_itself() -> None:
    """
    Its own package, the journal and the executor included.
    """
    watch = GuardWatch()
    assert {"governance/guard_watch.py", "orchestration/executor.py", "canonical.py"} <= set(watch.digests)
    watch.check()
