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
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import FrameType

from ..build import contents
from ..build.progress import COPYING, SECOND, Progress, Step
from ..core.errors import BuildError
from ..workspace import reading
from ..workspace import settings as workspace_settings
from ..workspace.selection import Selection
from ..workspace.settings import FILE
from .comparison import Comparison
from .operands import compare

_SECONDS = 3600
"""How long a second build may take."""
_TELL_SECONDS = 0.2
"""How often it is told that it runs."""
_PIECE = 1 << 20
"""Bytes copied at a time."""
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
"""What asks a process to end."""


def again(workspace: Path, bundle: Path, progress: Progress | None = None) -> Comparison:
    """
    Compares a bundle of `workspace`, just built, with a second build of the same files.

    Args:
        workspace: Its directory.
        bundle: The first bundle.
        progress: Is told how far it is.

    Returns:
        The comparison; A is the first bundle.

    Raises:
        SettingsError, SelectionError: when the workspace can no longer be packed.
        BuildError: when the second build fails.
        SourceError: when a bundle cannot be read.
    """
    selection = contents.selected(workspace, workspace_settings.load(workspace), bundle)
    with _scratch() as scratch:
        # The name of the directory stays: the default of a setting depends on it.
        copy = scratch / "another place, and a longer one" / (workspace.resolve().name or "workspace")
        _copy(workspace, selection, copy, progress)
        second = scratch / "second.zip"
        step = Step(SECOND, len(selection.members), 0, 0, 0)
        _build(copy, second, None if progress is None else lambda: progress(step))
        return compare(str(bundle), str(second))


@contextlib.contextmanager
def _scratch() -> Iterator[Path]:
    """
    A new directory, which is gone afterwards, however often the user interrupts.
    """
    try:
        made = tempfile.TemporaryDirectory(prefix="phase2-gate-second-build-")
    except OSError as error:
        message = f"no directory for the second build can be made: {error.strerror}"
        raise BuildError(message, hint="set TMPDIR to a directory with room for a copy of the workspace") from error
    try:
        yield Path(made.name)
    finally:
        with _undisturbed():
            made.cleanup()


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """
    Lets no signal break the block off that would raise an exception in it: the first one raises it afterwards.
    """
    handlers: dict[int, Callable[[int, FrameType | None], object]] = {}
    caught: list[tuple[int, FrameType | None]] = []
    if threading.current_thread() is threading.main_thread():
        for name in _SIGNALS:
            number = getattr(signal, name, None)  # Windows lacks some
            handler = None if number is None else signal.getsignal(number)
            if number is not None and callable(handler):
                handlers[number] = handler
                signal.signal(number, lambda *arguments: caught.append(arguments))
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for number, frame in caught[:1]:
            handlers[number](number, frame)


def _copy(workspace: Path, selection: Selection, copy: Path, progress: Progress | None) -> None:
    """
    Copies what is selected, and the settings, in an order of chance and with other times and permission bits.
    """
    with _as_build_error(copy.name):
        copy.mkdir(parents=True)
    # Names are bytes that are UTF-8, as in a build, whatever the locale says.
    files = {member.source: member.location for member in selection.members if not member.outside}
    done, whole = 0, 0 if progress is None else _bytes(files.values())
    order = random.Random()  # noqa: S311 - nothing secret; any order will do, and another one each time is the point
    with contextlib.closing(reading.Beneath()) as beneath:
        for number, name in enumerate(order.sample(sorted(files), len(files))):
            with _as_build_error(name):
                inner = name.encode("utf-8")
                target = os.path.join(os.fsencode(copy), inner)
                os.makedirs(os.path.dirname(target), exist_ok=True)
                for length in _copied(beneath.open_regular(files[name], inner)[0], target):
                    done += length
                    if progress is not None:
                        progress(Step(COPYING, number, len(files), done, whole))
                os.chmod(target, order.choice((0o600, 0o644, 0o664, 0o755)))
                seconds = order.randrange(1_700_000_000)
                os.utime(target, (seconds, seconds))
    if FILE not in files and (workspace / FILE).exists():  # left out of the bundle; what it says counts
        with _as_build_error(FILE):
            (copy / FILE).write_bytes(reading.whole(os.fsencode(workspace / FILE)))


@contextlib.contextmanager
def _as_build_error(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"{name}: cannot be copied for the second build: {error.strerror}"
        raise BuildError(message) from error


def _bytes(locations: Iterable[bytes]) -> int:
    """
    How many bytes there are to copy, about: what has gone meanwhile is told when it is read.
    """
    sizes = 0
    for location in locations:
        with contextlib.suppress(OSError):
            sizes += reading.size(location)
    return sizes


def _copied(descriptor: int, target: bytes) -> Iterator[int]:
    """
    Copies an open file, which it closes, and tells how long each piece was.
    """
    with open(descriptor, "rb", buffering=0) as source, open(target, "xb") as file:
        while piece := source.read(_PIECE):
            file.write(piece)
            yield len(piece)


def _build(workspace: Path, output: Path, told: Callable[[], None] | None) -> None:
    command = [sys.executable, "-m", "phase2_gate.compare.second", str(workspace), str(output)]
    said = output.with_name("said")
    try:
        code = _run(command, output.parent, said, told)
    except OSError as error:
        message = f"the second build did not run: {error}"
        raise BuildError(message) from error
    if code != 0:
        text = said.read_text("utf-8", "backslashreplace").strip()
        message = f"the second build failed where the first did not: exit code {code}\n{text}"
        raise BuildError(message)


def _run(command: list[str], directory: Path, said: Path, told: Callable[[], None] | None) -> int:
    """
    The exit code of the process, which has ended when this ends, and ends soon when this process is killed.

    Args:
        command: The program and its arguments.
        directory: Where it works.
        said: Takes what it says on standard error.
        told: Is called now and then while it runs.
    """
    # It ends at the end of its standard input (`phase2_gate.compare.second`), and that comes when we close our end.
    its_end, our_end = os.pipe()
    process = None
    try:
        with open(its_end, "rb") as stdin, open(said, "xb") as stderr:
            process = subprocess.Popen(
                command, cwd=directory, env=environment(), stdin=stdin, stdout=subprocess.DEVNULL, stderr=stderr
            )
        return _ended(process, told)
    finally:
        with _undisturbed():
            os.close(our_end)
            if process is not None and process.returncode is None:
                process.kill()
                process.wait()


def _ended(process: subprocess.Popen[bytes], told: Callable[[], None] | None) -> int:
    deadline = time.monotonic() + _SECONDS
    while True:
        try:
            return process.wait(_TELL_SECONDS)
        except subprocess.TimeoutExpired:
            if time.monotonic() > deadline:
                message = f"the second build did not end: seen {_SECONDS} seconds, and no end"
                raise BuildError(message) from None
        if told is not None:
            told()


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
