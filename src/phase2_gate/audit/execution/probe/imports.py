"""
Imports the modules of a bundle, one after the other, and says on the record where each came from.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
from typing import TYPE_CHECKING

from .record import writer

if TYPE_CHECKING:
    from types import ModuleType


def main(text: bytes) -> None:
    """
    Import every module that the settings name.

    Args:
        text: The settings, as JSON.
    """
    settings = json.loads(text)
    del text
    descriptor, nonce, names = settings["record"], settings["nonce"], tuple(settings["modules"])
    os.set_inheritable(descriptor, False)
    # bound now: the modules below may replace these in their homes
    emit, load, leave = writer(descriptor, settings.pop("key")), importlib.import_module, sys.exit
    describe, explain = traceback.format_exception_only, traceback.print_exception
    emit(event="start", nonce=nonce)
    sys.path[:0] = settings["roots"]
    for name in names:
        try:
            places = _places(load(name))
        except BaseException as error:  # noqa: BLE001 - a module may raise SystemExit, or anything at all
            detail = "".join(describe(type(error), error)).strip()
            emit(event="failed", module=name, detail=detail[-2000:])
            explain(type(error), error, error.__traceback__)
        else:
            emit(event="imported", module=name, places=places)
    emit(event="finish", nonce=nonce)
    leave(0)


def _places(module: ModuleType) -> list[str]:
    """
    The real paths a module came from: its file, and the directories of a package.
    """
    named = [getattr(module, "__file__", None), *getattr(module, "__path__", ())]
    return [os.path.realpath(place) for place in named if isinstance(place, str)]
