"""
Trying mutants: each in a forked process of its own, which loads the changed text in place of the module.

Nothing on the disk is changed. The parent has imported pytest but none of the package, so that a fork costs little.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import math
import multiprocessing
import multiprocessing.connection
import os
import resource
import shutil
import sys
import time
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkProcess
from pathlib import Path
from types import CodeType, ModuleType

import hypothesis
import hypothesis.strategies  # for the tests, once, before the forks
import pytest

from .mutants import Mutant
from .targets import Target

__all__ = ["BaselineError", "Limits", "baseline", "survivors"]

_FORK = multiprocessing.get_context("fork")
# A mutant may ask for memory without end; the tests themselves hold a twentieth of this.
_MAX_MEMORY_BYTES = 1 << 30
_PACKAGE = "phase2_gate.runtime."


class BaselineError(Exception):
    """
    The tests do not pass without any mutation, so that nothing can be learnt from them.
    """


@dataclass(frozen=True, slots=True)
class Limits:
    """
    What one trial may use; a mutant that wants more does not come to its end, and counts as noticed.
    """

    processor_seconds: int
    """Time at work, for a mutant that loops: the same however busy the machine is."""
    seconds: float
    """Time by the clock, for one that waits."""

    @classmethod
    def of(cls, processor_seconds: float, seconds: float) -> Limits:
        """
        Several times what the unchanged modules need: a short cut taken out is no loop.
        """
        return cls(math.ceil(3 + 3 * processor_seconds), 30 + 10 * seconds)


class _Loader(importlib.machinery.SourceFileLoader):
    """
    Gives the code of a changed text.
    """

    def __init__(self, name: str, path: Path, source: str) -> None:
        super().__init__(name, str(path))
        self._text = source

    def get_code(self, fullname: str) -> CodeType:
        del fullname
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as "is" with a literal
            return compile(self._text, str(self.path), "exec", dont_inherit=True)


class _Finder(importlib.abc.MetaPathFinder):
    """
    Finds the one changed module, before anything else does.
    """

    def __init__(self, name: str, path: Path, source: str) -> None:
        self._name = name
        self._loader = _Loader(name, path, source)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        del path, target
        if fullname != self._name:
            return None
        return importlib.util.spec_from_file_location(fullname, self._loader.path, loader=self._loader)


@dataclass(slots=True)
class _Running:
    mutant: Mutant
    process: ForkProcess
    scratch: Path
    deadline: float


def baseline(target: Target, home: Path) -> Limits:
    """
    Run a target's tests on the unchanged modules, and tell what a trial may use.

    Raises:
        BaselineError: They fail.
    """
    worked = seconds = 0.0
    for number in range(2):  # the first run also fills the caches of byte code
        began, before = time.monotonic(), _worked()
        process = _FORK.Process(target=_run, args=(target, None, home, home / f"base{number}", None))
        process.start()
        process.join()
        worked, seconds = _worked() - before, time.monotonic() - began
        if process.exitcode != 0:
            raise BaselineError(f"{target.module}: the tests fail on the unchanged modules: status {process.exitcode}")
    return Limits.of(worked, seconds)


def _worked() -> float:
    """
    Processor time of all children that have ended.
    """
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def survivors(target: Target, mutants: Iterable[Mutant], home: Path, jobs: int, limits: Limits) -> Iterator[Mutant]:
    """
    Try mutants and yield those that no test noticed.

    Args:
        target: The modules and their tests.
        mutants: What to try.
        home: A scratch directory.
        jobs: How many to try at a time.
        limits: What each may use.
    """
    running: list[_Running] = []
    waiting = enumerate(mutants)
    exhausted = False
    while running or not exhausted:
        while len(running) < jobs and not exhausted:
            number, mutant = next(waiting, (0, None))
            if mutant is None:
                exhausted = True
                break
            scratch = home / f"t{number}"
            process = _FORK.Process(target=_run, args=(target, mutant, home, scratch, limits))
            process.start()
            running.append(_Running(mutant, process, scratch, time.monotonic() + limits.seconds))
        multiprocessing.connection.wait([one.process.sentinel for one in running], timeout=1)
        for one in list(running):
            if one.process.is_alive():
                if time.monotonic() < one.deadline:
                    continue
                one.process.kill()
            one.process.join()
            running.remove(one)
            shutil.rmtree(one.scratch, ignore_errors=True)
            if one.process.exitcode == 0:
                yield one.mutant


def _run(target: Target, mutant: Mutant | None, home: Path, scratch: Path, limits: Limits | None) -> None:
    """
    The child: run the tests, and end with 0 when all pass.
    """
    resource.setrlimit(resource.RLIMIT_AS, (_MAX_MEMORY_BYTES, _MAX_MEMORY_BYTES))
    if limits is not None:
        # The signal at the first ends the process; a handler would have one second until the second.
        resource.setrlimit(resource.RLIMIT_CPU, (limits.processor_seconds, limits.processor_seconds + 1))
    # One example that fails is enough: it need not be made small, nor be explained, nor be kept.
    found = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile("trial", phases=found, database=None)
    hypothesis.settings.load_profile("trial")
    silent = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(silent, fd)
    sys.dont_write_bytecode = False
    sys.pycache_prefix = str(home / "byte-code")
    if mutant is not None:
        sys.meta_path.insert(0, _Finder(_PACKAGE + target.module, target.path, mutant.source))
    # Where the package is installed, it is a plugin of pytest's, and pytest would load all of its modules itself, from
    # the unchanged texts, to rewrite their assertions.
    plain = ["--assert=plain", "-p", "no:phase2_gate", "-p", "no:cacheprovider"]
    status = pytest.main(["-x", "-q", *plain, f"--basetemp={scratch}", *target.tests])
    # At once: a mutant may have broken what runs at an orderly end.
    os._exit(int(status))
