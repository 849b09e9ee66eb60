"""
Runs pytest on a bundle, watched by plugins that belong to the verifier.

Record events, in their order: ``start``; ``collected`` for each test found; ``uncollected`` and ``module-skipped`` for
each file that gave none; ``deselected``; ``control`` for each failing test of the verifier's own; ``kept`` with the
tests that will run; ``report`` for each phase of each test; ``hook`` and ``altered`` for each way in which the bundle
reaches into pytest; ``finish``.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import pytest

from .controls import Controls
from .integrity import Hooks, Originals
from .recorder import Recorder
from .witness import Witness

if TYPE_CHECKING:
    from collections.abc import Callable


def main(text: str) -> None:
    """
    Run the suite that the settings describe.

    Args:
        text: The settings, as JSON.
    """
    settings = json.loads(text)
    descriptor, nonce = settings["record"], settings["nonce"]
    os.set_inheritable(descriptor, False)
    emit, leave, run = _emitter(descriptor), sys.exit, pytest.main
    emit(event="start", nonce=nonce)
    witness, originals = Witness(), Originals(emit)
    plugins = [Recorder(emit, witness, originals.compare), witness, originals, Controls(emit, nonce), Hooks(emit)]
    sys.path[:0] = settings["roots"]
    _let_go(settings["provided"])
    status = int(run(settings["arguments"], plugins=plugins))
    emit(event="finish", nonce=nonce, status=status)
    leave(status)


def _let_go(names: list[str]) -> None:
    """
    Forget modules that the workspace has its own copies of, so that its tests test those.

    pytest keeps the copies that it has bound.
    """
    for name in list(sys.modules):
        if name.partition(".")[0] in names:
            del sys.modules[name]


def _emitter(descriptor: int) -> Callable[..., None]:
    """
    A function that writes one event; it holds all it needs, because tests may replace `os.write` and `json.dumps`.
    """
    encode, write = json.JSONEncoder().encode, os.write

    def emit(**event: object) -> None:
        data = encode(event).encode("ascii") + b"\n"
        while data:
            data = data[write(descriptor, data) :]

    return emit
