"""
Builds a workspace a second time, with everything changed that must not matter, and compares.

What changes: the place, the order in which files are created and directories are listed, times of last change,
permission bits, the umask, TZ, the locale, the hash seed, the working directory. What stays: names, contents, settings.
The second build runs in another process.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ..build import contents
from ..core.errors import BuildError
from ..workspace import reading
from ..workspace import settings as workspace_settings
from ..workspace.settings import FILE
from .comparison import Comparison
from .operands import compare

_SECONDS = 3600
"""How long a second build may take."""
_PIECE = 1 << 20
"""Bytes copied at a time."""


def again(workspace: Path, bundle: Path) -> Comparison:
    """
    Compares a bundle of `workspace`, just built, with a second build of the same files.

    Args:
        workspace: Its directory.
        bundle: The first bundle.

    Returns:
        The comparison; A is the first bundle.

    Raises:
        BuildError: when the second build fails.
        SourceError: when a bundle cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="phase2-gate-second-build-") as scratch:
        # The name of the directory stays: the default of a setting depends on it.
        copy = Path(scratch, "another place, and a longer one", workspace.resolve().name or "workspace")
        copy.mkdir(parents=True)
        _copy(workspace, bundle, copy)
        second = Path(scratch, "second.zip")
        _build(copy, second)
        return compare(str(bundle), str(second))


def _copy(workspace: Path, bundle: Path, copy: Path) -> None:
    """
    Copies what `bundle` was made of, and the settings, in an order of chance and with other times and permission bits.
    """
    selection = contents.selected(workspace, workspace_settings.load(workspace), bundle)
    # Names are bytes that are UTF-8, as in a build, whatever the locale says.
    files = {member.source: member.location for member in selection.members if not member.outside}
    order = random.Random()  # noqa: S311 - nothing secret; any order will do, and another one each time is the point
    for name in order.sample(sorted(files), len(files)):
        with _as_build_error(name):
            target = os.path.join(os.fsencode(copy), name.encode("utf-8"))
            os.makedirs(os.path.dirname(target), exist_ok=True)
            _copy_file(files[name], target)
            os.chmod(target, order.choice((0o600, 0o644, 0o664, 0o755)))
            seconds = order.randrange(1_700_000_000)
            os.utime(target, (seconds, seconds))
    settings = workspace / FILE
    if FILE not in files and settings.exists():
        # Left out of the bundle, and it may be a link; what counts is what it says.
        with _as_build_error(FILE):
            (copy / FILE).write_bytes(settings.read_bytes())


@contextlib.contextmanager
def _as_build_error(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"{name}: cannot be copied for the second build: {error.strerror}"
        raise BuildError(message) from error


def _copy_file(location: bytes, target: bytes) -> None:
    descriptor, _ = reading.open_regular(location)
    with open(descriptor, "rb", buffering=0) as source, open(target, "xb", buffering=0) as file:
        shutil.copyfileobj(source, file, _PIECE)


def _build(workspace: Path, output: Path) -> None:
    command = [sys.executable, "-m", "phase2_gate.compare.second", str(workspace), str(output)]
    try:
        done = subprocess.run(
            command, cwd=output.parent, env=environment(), capture_output=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        message = f"the second build did not run: {error}"
        raise BuildError(message) from error
    if done.returncode != 0:
        text = done.stderr.decode("utf-8", "backslashreplace").strip()
        message = f"the second build failed where the first did not: exit code {done.returncode}\n{text}"
        raise BuildError(message)


def environment() -> dict[str, str]:
    """
    The environment of the second build: this one's, with another time zone, locale and hash seed.
    """
    found = dict(os.environ)
    here = str(Path(__file__).resolve().parent.parent.parent)
    found["PYTHONPATH"] = os.pathsep.join(path for path in (here, found.get("PYTHONPATH")) if path)
    found["TZ"] = "UTC" if found.get("TZ") == "Pacific/Kiritimati" else "Pacific/Kiritimati"
    found["LC_ALL"] = "C" if found.get("LC_ALL") == "tr_TR.UTF-8" else "tr_TR.UTF-8"
    found["PYTHONHASHSEED"] = "2" if found.get("PYTHONHASHSEED") == "1" else "1"
    return found
