"""
Runs pytest on a bundle, watched by plugins that belong to the verifier.

Record events, in their order: ``start``; ``absent`` for each plugin that the interpreter lacks, and then only
``finish``; ``collected`` for each test found; ``uncollected`` and ``module-skipped`` for
each file that gave none; ``deselected``; ``control`` for each failing test of the verifier's own; ``kept`` with the
tests that will run; ``report`` for each phase of each test; ``hook`` and ``altered`` for each way in which the bundle
reaches into pytest; ``compared`` after the last look at pytest; ``finish``.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys

import pytest

from .controls import Controls
from .expected import Expected
from .hooks import Hooks
from .integrity import Originals
from .record import writer
from .recorder import Recorder
from .witness import Witness

_USAGE = 4
"""pytest: it was called in a wrong way."""


def main(text: bytes) -> None:
    """
    Run the suite that the settings describe.

    Args:
        text: The settings, as JSON.
    """
    settings = json.loads(text)
    del text
    descriptor, nonce = settings["record"], settings["nonce"]
    os.set_inheritable(descriptor, False)
    emit, leave, run = writer(descriptor, settings.pop("key")), sys.exit, pytest.main
    emit(event="start", nonce=nonce)
    if absent := [name for name in settings["plugins"] if not _is_there(name)]:
        emit(event="absent", names=absent)
        emit(event="finish", nonce=nonce, status=_USAGE)
        leave(_USAGE)

    def enter() -> None:
        sys.path[:0] = settings["roots"]
        _let_go(settings["provided"])

    originals = Originals(emit, enter)
    hooks = Hooks(emit, settings["workspace"] + os.sep, originals.is_own)

    def look(item: pytest.Item) -> None:
        hooks.look(item.config)
        hooks.look_at(item)

    witness = Witness(Expected(settings["files"]), look, originals.is_own)
    plugins = [Recorder(emit, witness, originals, hooks), witness, hooks, Controls(emit, nonce), originals]
    status = int(run(settings["arguments"], plugins=plugins))
    emit(event="finish", nonce=nonce, status=status)
    leave(status)


def _is_there(name: str) -> bool:
    """
    Whether pytest can load a plugin, by the name of its module or of one that comes with pytest.
    """
    try:
        return importlib.util.find_spec(name) is not None or importlib.util.find_spec(f"_pytest.{name}") is not None
    except ImportError:  # a package above it
        return False


def _let_go(names: list[str]) -> None:
    """
    Forget modules that the workspace has its own copies of, so that its tests test those.

    pytest keeps the copies that it has bound.
    """
    for name in list(sys.modules):
        if name.partition(".")[0] in names:
            del sys.modules[name]
