"""
What can be compared, and how each is opened.

Two directories are compared as they are. A bundle is compared with a directory by what the directory is for: it is a
workspace, and what counts is the bundle that `phase2-gate build` would write of it, now. That one is written to a
nameless file, and nothing in the workspace is touched.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..audit.source import FileSource, opened
from ..build import contents, writer
from ..core.errors import BuildError, SelectionError
from ..core.source import Source
from ..workspace import settings as workspace_settings
from ..workspace.selection import describe
from .comparison import Comparison, bundles, directories


def compare(a: str, b: str) -> Comparison:
    """
    Compares two bundles, a bundle and a workspace, or two directories.

    Args:
        a: The path of the one, called A.
        b: The path of the other, called B.

    Raises:
        SourceError: when one cannot be read.
        SettingsError, SelectionError, BuildError: when a workspace cannot be packed.
    """
    if os.path.isdir(a) and os.path.isdir(b):
        return directories(a, b)
    with _bundle(a) as source_a, _bundle(b) as source_b:
        return bundles(source_a, source_b)


@contextmanager
def _bundle(path: str) -> Iterator[Source]:
    if not os.path.isdir(path):
        with opened(path) as source:
            yield source
        return
    with tempfile.TemporaryFile(prefix="phase2-gate-", suffix=".zip") as file:
        size = _pack(Path(path), file.fileno())
        yield FileSource(file.fileno(), path, size)


def _pack(workspace: Path, descriptor: int) -> int:
    selection = contents.selected(workspace, workspace_settings.load(workspace))
    try:
        written = writer.write(descriptor, selection.members)
    except OSError as error:
        message = f"{str(workspace)!r}: cannot be packed for the comparison: {error.strerror}"
        raise BuildError(message) from error
    if written.secrets:
        message = "\n".join(describe(finding) for finding in written.secrets)
        raise SelectionError(message)
    return written.size
