"""
What can be compared, and how each is opened.

Two directories are compared as they are. A bundle is compared with a directory by what the directory is for: it is a
workspace, and what counts is the bundle that `phase2-gate build` would write of it, now. That one is written to a
nameless file, and nothing in the workspace is touched. A bundle that lies in the workspace it is compared with is what
was built there, and no member.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..audit.source import FileSource, opened
from ..build import contents, writer
from ..core.errors import BuildError
from ..core.source import Source
from ..workspace import settings as workspace_settings
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
    # The bundle first: what cannot be opened needs nothing to be packed for it.
    if os.path.isdir(b):
        with opened(a) as source_a, _packed(b, a) as source_b:
            return bundles(source_a, source_b)
    if os.path.isdir(a):
        with opened(b) as source_b, _packed(a, b) as source_a:
            return bundles(source_a, source_b)
    with opened(a) as source_a, opened(b) as source_b:
        return bundles(source_a, source_b)


@contextmanager
def _packed(workspace: str, bundle: str) -> Iterator[Source]:
    """
    The bundle of `workspace` as `phase2-gate build --output` would write it over `bundle`.
    """
    with tempfile.TemporaryFile(prefix="phase2-gate-", suffix=".zip") as file:
        size = _pack(Path(workspace), Path(os.path.realpath(bundle)), file.fileno())
        yield FileSource(file.fileno(), workspace, size)


def _pack(workspace: Path, bundle: Path, descriptor: int) -> int:
    settings = workspace_settings.load(workspace)
    selection = contents.selected(workspace, settings, bundle)
    try:
        written = writer.write(descriptor, selection.members)
    except OSError as error:
        message = f"{str(workspace)!r}: cannot be packed for the comparison: {error.strerror}"
        raise BuildError(message) from error
    contents.refuse_secrets(written.secrets, settings)
    return written.size
