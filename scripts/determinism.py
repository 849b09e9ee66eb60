"""
Builds one tree under many conditions, and prints the digest that each gives: it has to be the same one.

::

    python scripts/determinism.py                    everything that this machine has
    python scripts/determinism.py --foreign DIR      other platforms too; what they need is fetched into DIR
    python scripts/determinism.py --fast             a few seconds, as the test suite does

Each build runs in a process of its own, from files written for it. What cannot be run here is listed with the reason.
Needs ``phase2_gate`` and pathspec to be importable. Exit code 0: one digest; 1: several; 2: a usage error.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

PROGRAM = """\
import locale, sys
sys.path[:0] = sys.argv[1].split("|")
from pathlib import Path
locale.setlocale(locale.LC_ALL, "")
from phase2_gate.build import build
print(build(Path(sys.argv[2]), output=Path(sys.argv[3])).sha256)
"""
"""What is run: the paths of the packages, the workspace and the bundle are its arguments."""
TREE: Mapping[str, bytes] = {
    ".bundleignore": b"*.log\n/left-out/\n",
    "pyproject.toml": b'[tool.phase2-gate]\nexecutable = ["*.sh"]\nsources = { "src/pkg" = "pkg" }\n',
    "I/i.txt": b"upper and lower case of this letter depend on the locale\n",
    "README.md": b"# a workspace\n",
    "left-out/x": b"left out",
    "notes.log": b"left out",
    "run.sh": b"#!/bin/sh\n",
    "src/pkg/__init__.py": b"",
    "src/pkg/large.bin": bytes(range(256)) * 10_000,
    "sub/.bundleignore": b"!kept.log\n",
    "sub/kept.log": b"kept",
    "\u00e4/\u6f22.txt": "\u00df\n".encode(),
    **{f"many/{number % 7}/{number}.txt": str(number).encode() for number in range(200)},
}
"""The files."""
FETCHER = Path(__file__).with_name("foreign_platforms.sh")
"""Fetches other platforms, and writes a command for each."""


class NotRunError(Exception):
    """
    A condition that this machine does not have; the text says why.
    """


@dataclass(frozen=True)
class Condition:
    """
    How one build differs from others.
    """

    name: str
    """What is told of it."""
    python: tuple[str, ...] = (sys.executable,)
    """The command of the interpreter."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """Environment variables."""
    umask: int = 0o022
    """The mask, for the files of the tree too."""
    seed: int = 0
    """The order in which files are created; 0 is the sorted one."""
    seconds: int | None = None
    """When all files were changed last."""
    mode: int | None = None
    """Permission bits of all files."""
    place: str = "w"
    """Where the workspace lies, below a directory of its own."""
    base: Path | None = None
    """Where that directory lies; on this machine's temporary file system when left out."""
    relative: bool = False
    """Whether the workspace is named as ``.``."""


def packages(scratch: Path) -> str:
    """
    The paths of what is run: this project, and pathspec by itself.
    """
    import pathspec

    import phase2_gate

    ours, theirs = scratch / "ours", scratch / "theirs"
    if not ours.exists():
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(Path(phase2_gate.__file__).parent, ours / "phase2_gate", ignore=ignored)
        shutil.copytree(Path(pathspec.__file__).parent, theirs / "pathspec", ignore=ignored)
    return f"{ours}|{theirs}"


def digest(condition: Condition, scratch: Path) -> str:
    """
    The sha256 of the bundle that is built under `condition`.

    Raises:
        NotRunError: when it cannot be built here.
    """
    try:
        base = Path(tempfile.mkdtemp(prefix="d", dir=condition.base or scratch))
    except OSError as error:
        raise NotRunError(str(error)) from error
    base.chmod(0o777)
    before = os.umask(condition.umask)
    try:
        workspace = base / condition.place
        _write(condition, workspace)
        command = [*condition.python, "-B", "-c", PROGRAM, packages(scratch)]
        command += ["." if condition.relative else str(workspace), str(base / "b.zip")]
        environment = {"PATH": os.environ.get("PATH", os.defpath), **condition.variables}
        done = subprocess.run(command, cwd=workspace, env=environment, capture_output=True, timeout=900, check=False)
    except OSError as error:
        raise NotRunError(str(error)) from error
    finally:
        os.umask(before)
        shutil.rmtree(base, ignore_errors=True)
    if done.returncode != 0:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise NotRunError(lines[-1] if lines else f"exit code {done.returncode}")
    return done.stdout.decode().split()[-1]


def _write(condition: Condition, workspace: Path) -> None:
    names = sorted(TREE)
    if condition.seed:
        random.Random(condition.seed).shuffle(names)  # noqa: S311 - an order, no secret
    workspace.mkdir(parents=True)
    for name in names:
        target = workspace / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(TREE[name])
        if condition.mode is not None:
            target.chmod(condition.mode)
        if condition.seconds is not None:
            os.utime(target, (condition.seconds, condition.seconds))


def fast() -> Iterator[Condition]:
    """
    Conditions that every machine has.
    """
    for mask in (0o022, 0o000, 0o077):
        yield Condition(f"umask {mask:03o}", umask=mask)
    for zone in ("UTC", "Pacific/Kiritimati", "America/St_Johns"):
        yield Condition(f"TZ {zone}", variables={"TZ": zone})
    yield Condition("LC_ALL C", variables={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"})
    for hashes in ("0", "1", "4242"):
        yield Condition(f"PYTHONHASHSEED {hashes}", variables={"PYTHONHASHSEED": hashes})
    for seed in (1, 2):
        yield Condition(f"order of creation {seed}", seed=seed)
    for seconds in (0, 1_234_567_891, 4_294_967_296):
        yield Condition(f"times of change {seconds}", seconds=seconds)
    for mode in (0o600, 0o777):
        yield Condition(f"permission bits {mode:03o}", mode=mode)
    yield Condition("long path", place="/".join(["a component of forty characters, all told"] * 60))
    yield Condition("workspace named as .", relative=True)
    yield Condition("variables of other tools", variables={"SOURCE_DATE_EPOCH": "1234567890", "ZIPOPT": "-9"})
    yield Condition("python -O -X utf8=1", python=(sys.executable, "-O", "-X", "utf8=1"))


def local(scratch: Path) -> Iterator[Condition]:
    """
    Conditions that a machine may have.
    """
    locales = scratch / "locales"
    locales.mkdir()
    _output("localedef", "-i", "tr_TR", "-f", "UTF-8", str(locales / "tr_TR.UTF-8"))
    variables = {"LC_ALL": "tr_TR.UTF-8", "PYTHONUTF8": "0"}
    if any(locales.iterdir()):
        variables["LOCPATH"] = str(locales)
    yield Condition("LC_ALL tr_TR.UTF-8", variables=variables)
    for place in (Path("/dev/shm"), Path("/var/tmp")):  # noqa: S108 - those file systems are the point
        yield Condition(f"file system {_output('stat', '-f', '-c', '%T', str(place))}", base=place)
    yield Condition("file system overlayfs", python=_overlay(scratch))
    usable = [one for one in (sys.executable, "/usr/bin/python3") if _output(*_AS_NOBODY, one, "-c", "") is not None]
    yield Condition("another user", python=(*_AS_NOBODY, *(usable or [sys.executable])[:1]), mode=0o644)
    found = [*Path.home().glob(".pyenv/versions/3.*/bin/python"), *Path("/usr/bin").glob("python3.[0-9][0-9]")]
    for python in map(str, sorted(found)):
        version = _output(python, "-c", "import sys; print(*sys.version_info[:3], sep='.')") or "0"
        if [int(part) for part in version.split(".")] >= [3, 11]:
            yield Condition(f"CPython {version}", python=(python,))


_AS_NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")


def _overlay(scratch: Path) -> tuple[str, ...]:
    """
    A command that covers the workspace, which it is started in, with an overlay of itself, and goes on in there.
    """
    script = (
        'here=$PWD; cover=$1; shift; mkdir "$cover" && mount -t tmpfs none "$cover" && mkdir "$cover/u" "$cover/w" '
        '&& mount -t overlay none -o lowerdir="$here",upperdir="$cover/u",workdir="$cover/w" "$here" && exec "$@"'
    )
    return ("unshare", "--mount", "sh", "-c", script, "sh", str(scratch / "cover"), sys.executable)


def foreign(directory: Path) -> Iterator[Condition]:
    """
    Other platforms, fetched into `directory`.
    """
    subprocess.run(["sh", str(FETCHER), str(directory)], check=False)  # noqa: S607 - the shell of the PATH
    for name in ("pyodide", "arm64", "s390x"):
        command = str(directory / name)
        yield Condition(f"{name}: {_output(command, '-c', _PLATFORM) or 'not there'}", python=(command,))
    yield Condition("reprotest", python=(str(directory / "reprotest"),))


_PLATFORM = "import sys; print(sys.platform, sys.byteorder, sys.maxsize.bit_length() + 1, *sys.version_info[:3])"


def _output(*command: str) -> str | None:
    """
    What a command prints, or None when it fails.
    """
    try:
        done = subprocess.run(command, capture_output=True, check=False, text=True)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def run(conditions: Iterator[Condition], scratch: Path) -> set[str]:
    """
    Builds under each of `conditions`; tells of each, and returns the digests.
    """
    seen: set[str] = set()
    for condition in conditions:
        try:
            value = digest(condition, scratch)
        except NotRunError as error:
            _tell(f"not run           {condition.name}: {error}")
        else:
            seen.add(value)
            _tell(f"{value[:16]}  {condition.name}")
    return seen


def _tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main(argv: list[str] | None = None) -> int:
    """
    Runs the matrix.
    """
    parser = argparse.ArgumentParser(description="Build one tree under many conditions, and compare the digests.")
    parser.add_argument("--fast", action="store_true", help="only what every machine has")
    parser.add_argument("--foreign", type=Path, metavar="DIR", help="other platforms too, fetched into DIR")
    arguments = parser.parse_args(argv)

    with tempfile.TemporaryDirectory(prefix="determinism-") as name:
        scratch = Path(name)
        scratch.chmod(0o755)
        seen = run(fast(), scratch)
        if not arguments.fast:
            seen |= run(local(scratch), scratch)
        if arguments.foreign:
            seen |= run(foreign(arguments.foreign.resolve()), scratch)
    _tell(f"one digest: {min(seen)}" if len(seen) == 1 else f"{len(seen)} digests: need one")
    return 0 if len(seen) == 1 else 1


if __name__ == "__main__":
    sys.exit(main())
