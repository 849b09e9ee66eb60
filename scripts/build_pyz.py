"""
Builds ``phase2-gate.pyz``: the whole command in one file that needs a Python and nothing else.

::

    python -I scripts/build_pyz.py                       dist/phase2-gate.pyz
    python -I scripts/build_pyz.py --output FILE

Its bytes follow from the sources alone: a line that names the interpreter, then a ZIP in the canonical form of
`phase2_gate.core.zip_write`, with offsets that count from the beginning of the file. Nothing is compiled and nothing
compressed, because the results of both depend on the Python that does it.

What cannot work without packages of others is left out where that is possible (the plugins of Hatch and pytest), and
says so where it is started (`build`, signatures). Needs the standard library alone, so that it runs in a bare checkout.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from phase2_gate._version import __version__  # noqa: E402 - the checkout comes first on the path
from phase2_gate.core import paths, zip_write  # noqa: E402 - as above

SHEBANG = b"#!/usr/bin/env python3\n"
"""What a Unix reads when the file itself is started."""
SOURCES = (".py", ".json")
"""Endings of the files of the package that go in: modules, and the schemas that `schema` prints."""
LEFT_OUT = ("__main__.py", "hatch/", "pytest_plugin/", "runtime/tests/")
"""What does not, below the package: other ways to start it, plugins of hatchling and pytest, tests."""


def members(root: Path) -> Iterator[tuple[str, bytes]]:
    """
    The members: paths and contents.

    Args:
        root: The checkout.

    Raises:
        ValueError: when a source has another line end than ours, so that its bytes are not those that were committed.
    """
    yield "__main__.py", (root / "scripts/build_pyz_main.py").read_bytes()
    yield "LICENSE", (root / "LICENSE").read_bytes()
    package = root / "src/phase2_gate"
    for path in package.rglob("*"):
        below = path.relative_to(package).as_posix()
        if path.suffix not in SOURCES or below.startswith((".", *LEFT_OUT)) or not path.is_file():
            continue
        content = path.read_bytes()
        if b"\r" in content:
            raise ValueError(f"{below}: seen a carriage return, need line feeds alone, as committed")
        yield f"phase2_gate/{below}", content


def archive(root: Path) -> tuple[bytes, int]:
    """
    The bytes of the whole file, and how many members it has.

    Args:
        root: The checkout.

    Raises:
        ValueError: as `members`.
    """
    contents = {paths.parse(path): content for path, content in members(root)}
    made = bytearray(SHEBANG)
    headers = []
    for path in zip_write.in_order(contents):
        content = contents[path]
        stored = zip_write.Stored(path, len(content), zlib.crc32(content), len(made))
        headers.append(zip_write.directory_header(stored))
        made += zip_write.local_header(stored) + content
    directory = b"".join(headers)
    made += directory + zip_write.end_records(len(headers), len(made), len(directory))
    return bytes(made), len(headers)


def write(path: Path, data: bytes) -> None:
    """
    Puts a program where nobody ever sees half of it.

    Args:
        path: Where it goes.
        data: Its bytes.

    Raises:
        OSError: when it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        os.chmod(name, 0o755)  # noqa: S103 - a program, for everybody
        os.replace(name, path)
    except OSError:
        with suppress(OSError):
            os.unlink(name)
        raise


def main(argv: list[str] | None = None) -> int:
    """
    Builds it, and prints its digest.

    Args:
        argv: The arguments; None means those of the process.

    Returns:
        The exit code: 0 built, 1 a source that cannot go in, 2 usage, 3 the file cannot be written.
    """
    parser = argparse.ArgumentParser(description="Build phase2-gate.pyz, the same bytes from the same sources.")
    parser.add_argument("--output", type=Path, default=ROOT / "dist/phase2-gate.pyz", metavar="FILE")
    output = parser.parse_args(argv).output
    try:
        data, count = archive(ROOT)
        write(output, data)
    except ValueError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"error: {output}: cannot be written: {error.strerror}\n")
        return 3
    sys.stdout.write(f"built        {output} (phase2-gate {__version__}, {count} members)\n")
    sys.stdout.write(f"pyz          sha256 {hashlib.sha256(data).hexdigest()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
