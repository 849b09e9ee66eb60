"""
The errors of this project: one tree, drawn where it is defined.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import phase2_gate
from phase2_gate.core import errors
from phase2_gate.core.errors import Phase2GateError
from phase2_gate.runtime import errors as runtime_errors
from phase2_gate.runtime.errors import RuntimeGuardError

PACKAGE = Path(phase2_gate.__file__).parent

# Programs for the child, and what needs an optional distribution, are not loaded here.
_APART = ("runtime/tests/", "audit/execution/probe/", "hatch/", "isolation/attempts.py", "__main__.py")

_SIGNALS = {"ContentProblem", "DoubtfulPatternError", "ExtraProblem", "LayerError", "Stopped"}
"""
How a parser leaves its loops, how the launcher, which imports nothing of ours, ends, and how a command is interrupted:
caught by whoever calls, and turned into a finding, a setting's error, a line to the verifier, or the end of a process.
None of them is an error that a user meets.
"""


def modules() -> list[str]:
    """
    The names of our modules.
    """
    paths = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))
    return [
        "phase2_gate." + path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        for path in paths
        if not path.startswith(_APART) and not path.endswith("__main__.py")
    ]


def exceptions(name: str) -> Iterator[type[BaseException]]:
    """
    The exception classes that a module defines.
    """
    module = importlib.import_module(name)
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, BaseException) and value.__module__ == name:
            yield value


def stays_at_home(found: type[BaseException]) -> bool:
    """
    Whether an exception is private to its module, which catches it itself.
    """
    source = Path(importlib.import_module(found.__module__).__file__ or "").read_text("utf-8")
    return found.__name__.startswith("_") and re.search(rf"except \(?[^:]*\b{found.__name__}\b", source) is not None


@pytest.mark.parametrize("name", modules())
def test_every_error_of_ours_has_our_base(name: str) -> None:
    """
    Whoever catches the base catches all of them; the runtime, which stands alone, has its own.
    """
    base = RuntimeGuardError if name.startswith("phase2_gate.runtime") else Phase2GateError
    strangers = [
        found.__name__
        for found in exceptions(name)
        if not issubclass(found, base) and found.__name__ not in _SIGNALS and not stays_at_home(found)
    ]
    assert strangers == []


def test_signals_are_few_and_known() -> None:
    """
    The list above holds nothing that is no longer there.
    """
    found = {each.__name__ for name in modules() for each in exceptions(name)}
    assert found >= _SIGNALS


def drawn(text: str) -> dict[str, str | None]:
    """
    The classes of a tree drawn in a docstring, each with the one it hangs on.
    """
    found: dict[str, str | None] = {}
    above: list[tuple[int, str]] = []
    for row in re.finditer(r"^([ │├└─|'\-]*)([A-Z][A-Za-z0-9]+)(?: {2,}.*)?$", text, re.MULTILINE):
        depth = len(row[1])
        while above and above[-1][0] >= depth:
            above.pop()
        found[row[2]] = above[-1][1] if above else None
        above.append((depth, row[2]))
    return found


@pytest.mark.parametrize(("module", "base"), [(errors, Phase2GateError), (runtime_errors, RuntimeGuardError)])
def test_the_drawn_tree_is_the_real_one(module: object, base: type[Exception]) -> None:
    """
    Every class, in its place, and no other.
    """
    name = getattr(module, "__name__", "")
    real = {found.__name__: None if found is base else found.__bases__[0].__name__ for found in exceptions(name)}
    assert real == drawn(getattr(module, "__doc__", "") or "")


def test_value_errors_are_told() -> None:
    """
    The tree says which ones are a ValueError too.
    """
    doc = errors.__doc__ or ""
    told = {row[1] for row in re.finditer(r"(\w+Error) .*also ValueError", doc)}
    assert told == {found.__name__ for found in exceptions(errors.__name__) if issubclass(found, ValueError)}


def test_an_error_keeps_its_parts() -> None:
    """
    The message is the text; the hint stands by itself.
    """
    error = Phase2GateError("a: b", hint="c")
    assert (str(error), error.message, error.hint, Phase2GateError("d").hint) == ("a: b", "a: b", "c", None)
