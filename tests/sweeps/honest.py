"""
Honest archives of common tools over varied trees, each judged by the gates ``archive`` and ``paths``.

Whatever is accepted is read by every independent reader, and all must find the same files (the differential mode).
Whatever is refused must be refused for a reason that docs/archive-catalogue.md names for that tool.

``python -m tests.sweeps.honest [TREES]``: 80 trees make more than a thousand archives.
"""

from __future__ import annotations

import io
import os
import random
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from phase2_gate.core import profile, verify
from phase2_gate.core.source import MemorySource
from tests import readers

ENVIRONMENT = {
    **os.environ,
    "LC_ALL": "C.UTF-8",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    **{f"GIT_{who}_{what}": "x@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}
_NAMES = (
    "a.py",
    "b c.txt",
    ".hidden",
    "caf\u00e9.txt",
    "\u6587\u5b57.md",
    "Makefile",
    "run.sh",
    "data.bin",
    "x-y+z.ini",
)
_DIRECTORIES = ("", "src", "src/pkg", "sp ace", ".config", "\u00fcber/t")


class _Pipe(io.RawIOBase):
    """
    Takes bytes and cannot seek.
    """

    def __init__(self) -> None:
        super().__init__()
        self.taken = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(data)  # type: ignore[call-overload]  # any buffer, which typeshed cannot say here on 3.11
        self.taken += piece
        return len(piece)


def plant(root: Path, seed: int) -> None:
    """
    A tree that follows from `seed`: empty files, dot files, spaces, non-ASCII names, sizes from 0 to 200 KB, modes.
    """
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    for _ in range(chance.randrange(1, 9)):
        directory = root / chance.choice(_DIRECTORIES)
        directory.mkdir(parents=True, exist_ok=True)
        file = directory / chance.choice(_NAMES)
        size = chance.choice((0, 0, 1, 40, 5000, 200_000))
        file.write_bytes(chance.choice((bytes(size), chance.randbytes(size), (b"text\n" * size)[:size])))
        file.chmod(chance.choice((0o644, 0o755, 0o600)))
    if chance.random() < 0.2:
        (root / "empty").mkdir(exist_ok=True)


def _run(root: Path, *command: str) -> bytes:
    ran = subprocess.run(command, cwd=root, env=ENVIRONMENT, capture_output=True, check=True)
    return ran.stdout


def _file(root: Path, *command: str) -> bytes:
    with tempfile.TemporaryDirectory() as place:
        target = Path(place, "out.zip")
        _run(root, *(str(target) if word == "OUT" else word for word in command))
        return target.read_bytes()


def _git(root: Path, *options: str) -> bytes:
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place, "tree")
        shutil.copytree(root, copy)
        _run(copy, "git", "init", "-q")
        _run(copy, "git", "add", "-f", ".")
        _run(copy, "git", "commit", "-q", "-m", "x")
        return _run(copy, "git", "archive", "--format=zip", *options, "HEAD")


def _python(root: Path, method: int, *, streamed: bool) -> bytes:
    pipe = _Pipe()
    memory = io.BytesIO()
    with zipfile.ZipFile(pipe if streamed else memory, "w", method) as archive:
        for path in sorted(root.rglob("*")):
            archive.write(path, path.relative_to(root))
    return bytes(pipe.taken) if streamed else memory.getvalue()


def _top(root: Path) -> list[str]:
    return sorted(path.name for path in root.iterdir())


WRITERS: dict[str, Callable[[Path], bytes]] = {
    "zip": lambda root: _file(root, "zip", "-qr", "OUT", "."),
    "zip -0DX": lambda root: _file(root, "zip", "-qr0DX", "OUT", "."),
    "zip -": lambda root: _run(root, "zip", "-qr", "-", "."),
    "7z": lambda root: _file(root, "7z", "a", "-bd", "-tzip", "OUT", "--", *_top(root)),
    "7z -mx0": lambda root: _file(root, "7z", "a", "-bd", "-tzip", "-mx0", "OUT", "--", *_top(root)),
    "bsdtar": lambda root: _file(root, "bsdtar", "-a", "-cf", "OUT", *_top(root)),
    "bsdtar store": lambda root: _file(
        root, "bsdtar", "--format=zip", "--options", "zip:compression=store", "-cf", "OUT", *_top(root)
    ),
    "git archive": _git,
    "git archive -0": lambda root: _git(root, "-0", "--prefix=p/"),
    "jar": lambda root: _file(root, "jar", "cf", "OUT", "-C", ".", "."),
    "jar 0M": lambda root: _file(root, "jar", "c0fM", "OUT", "-C", ".", "."),
    "python": lambda root: _python(root, zipfile.ZIP_DEFLATED, streamed=False),
    "python stored": lambda root: _python(root, zipfile.ZIP_STORED, streamed=False),
    "python streamed": lambda root: _python(root, zipfile.ZIP_DEFLATED, streamed=True),
    "python streamed stored": lambda root: _python(root, zipfile.ZIP_STORED, streamed=True),
}
"""The tools, by the name under which the catalogue speaks of them; the first word is the program."""

EXPECTED = {
    "directory-unneeded": set(WRITERS),
    "name-code-page": {"jar", "jar 0M"},
    "name-unmarked": {"zip", "zip -0DX", "zip -"},
}
"""For each reason to refuse, the tools whose archives may meet it; docs/archive-catalogue.md explains them."""


def refusals(data: bytes) -> set[str]:
    """
    The rules of the gates ``archive`` and ``paths`` that an archive breaks.
    """
    gates = verify.judge(MemorySource(data), profile.GENERIC).verification.gates
    return {finding.rule for gate in gates if gate.gate in ("archive", "paths") for finding in gate.findings}


def disagreements(data: bytes, names: tuple[str, ...]) -> list[str]:
    """
    The readers among `names` that find other files than the standard library does.
    """
    expected = readers.by_zipfile(data)
    return [name for name in names if readers.READERS[name](data) != expected]


def archives(seeds: range, tools: tuple[str, ...]) -> Iterator[tuple[str, int, bytes]]:
    """
    The archive of each tool over each tree: tool, seed, bytes.
    """
    for seed in seeds:
        with tempfile.TemporaryDirectory() as place:
            root = Path(place, "tree")
            root.mkdir()
            plant(root, seed)
            for tool in tools:
                yield tool, seed, WRITERS[tool](root)


def main(arguments: list[str]) -> int:
    """
    Runs everything and prints the counts.
    """
    trees = int(arguments[0]) if arguments else 80
    counts: Counter[tuple[str, str]] = Counter()
    wrong = 0
    for tool, seed, data in archives(range(trees), tuple(WRITERS)):
        found = refusals(data)
        counts[tool, ", ".join(sorted(found)) or "accepted"] += 1
        bad = [rule for rule in found if tool not in EXPECTED.get(rule, ())]
        bad += [] if found else disagreements(data, tuple(readers.READERS))
        if bad:
            wrong += 1
            print(f"{tool}, tree {seed}: {bad}")  # noqa: T201 - a command
    for (tool, outcome), count in sorted(counts.items()):
        print(f"{count:6}  {tool}: {outcome}")  # noqa: T201 - a command
    print(f"{sum(counts.values())} archives, {wrong} wrong")  # noqa: T201 - a command
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
