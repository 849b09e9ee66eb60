"""
The process of a second build (`phase2_gate.compare.twice`): another umask, the locale of its environment in force,
directories listed in an order of chance.
"""

from __future__ import annotations

import contextlib
import locale
import os
import random
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..build import build
from ..core.errors import Phase2GateError
from ..workspace import settings as workspace_settings

_scandir = os.scandir


@contextlib.contextmanager
def shuffled(path: Any) -> Iterator[Iterator[os.DirEntry[Any]]]:
    """
    What `os.scandir` lists, in an order of chance.
    """
    with _scandir(path) as scan:
        entries = list(scan)
    random.shuffle(entries)
    yield iter(entries)


def main(workspace: str, output: str) -> int:
    """
    Builds the bundle of `workspace` at `output`.

    Returns:
        The exit code; a failure is told on standard error.
    """
    os.umask(0o027 if os.umask(0o077) == 0o077 else 0o077)
    with contextlib.suppress(locale.Error):  # not every machine has every locale
        locale.setlocale(locale.LC_ALL, "")
    with _shuffling():
        try:
            settings = workspace_settings.load(Path(workspace))
            # The copy lies in no work tree; git was asked when the first bundle was built.
            build(Path(workspace), output=Path(output), settings=settings._replace(require_clean_git=False))
        except Phase2GateError as error:
            sys.stderr.write(f"{error}\n")
            return 1
    return 0


@contextlib.contextmanager
def _shuffling() -> Iterator[None]:
    os.scandir = shuffled  # type: ignore[assignment]  # the walk asks in a with statement
    try:
        yield
    finally:
        os.scandir = _scandir


def end_with_parent() -> None:
    """
    Ends this process when the one that started it has ended, however that came: standard input is a pipe of which it
    holds the other end.
    """

    def watch() -> None:
        while os.read(0, 1):
            pass
        os._exit(1)

    threading.Thread(target=watch, name="phase2-gate-parent", daemon=True).start()


if __name__ == "__main__":
    end_with_parent()
    sys.exit(main(*sys.argv[1:]))
