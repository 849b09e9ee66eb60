"""
The trees that are packed: the same bytes on every machine, the real one aside.

Each has its files below ``content/`` and a ``pyproject.toml`` at its root, so that hatchling packs the same files.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

_PROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "bench-{name}"
version = "1"

[tool.hatch.build.targets.wheel]
only-include = ["content"]

[tool.hatch.build.targets.phase2bundle]

[tool.phase2-gate]
output = "artifacts/bench.zip"
"""
_WORDS = (
    "def",
    "return",
    "self",
    "value",
    "for",
    "in",
    "if",
    "not",
    "None",
    "class",
    "import",
    "path",
    "name",
    "=",
    "(",
)
_SDISTS = ("Django==5.2", "sympy==1.13.3")


def make(name: str, root: Path) -> bool:
    """
    Makes the tree `name` at `root`, which must not exist.

    Returns:
        Whether it could be made: the real one needs a package index.
    """
    content = root / "content"
    content.mkdir(parents=True)
    (root / "pyproject.toml").write_text(_PROJECT.format(name=name))
    return TREES[name](content)


def _text(length: int) -> bytes:
    """
    Text that looks and deflates like source code.
    """
    chance = random.Random(1)  # noqa: S311 - the same text each time
    lines = []
    total = 0
    while total < length:
        line = " " * (4 * chance.randrange(4)) + " ".join(chance.choices(_WORDS, k=chance.randrange(1, 12)))
        lines.append(line)
        total += len(line) + 1
    return "\n".join(lines).encode()[:length]


def _small(content: Path) -> bool:
    chance = random.Random(2)  # noqa: S311 - as above
    text = _text(1 << 18)
    for number in range(180):
        start = chance.randrange(len(text) - 20_000)
        body = text[start : start + chance.randrange(400, 20_000)]
        directory = content / f"package_{number % 6}"
        directory.mkdir(exist_ok=True)
        (directory / f"module_{number}.py").write_bytes(b'"""\n' + body.replace(b'"', b"'") + b'\n"""\n')
    (content / "tests").mkdir()
    for number in range(20):
        test = f"def test_{number}():\n    assert {number} + 1 == {number + 1}\n"
        (content / "tests" / f"test_{number}.py").write_text(test)
    return True


def _many(content: Path) -> bool:
    chance = random.Random(3)  # noqa: S311 - as above
    text = _text(1 << 22)
    for number in range(20_020):
        directory = content / f"d{number % 200:03}" / f"e{number % 7}"
        if number < 1400:
            directory.mkdir(parents=True, exist_ok=True)
        start = chance.randrange(len(text) - 40_000)
        size = min(int(chance.lognormvariate(8.3, 1.1)), 40_000)
        (directory / f"file_{number:05}.py").write_bytes(text[start : start + size])
    return True


def _huge(content: Path) -> bool:
    text = _text(1 << 16)
    for number in range(100_001):
        directory = content / f"d{number // 1000:03}"
        if number % 1000 == 0:
            directory.mkdir()
        start = number * 7 % (len(text) - 256)
        (directory / f"f{number:06}").write_bytes(text[start : start + number % 256])
    return True


def _big(content: Path) -> bool:
    chance = random.Random(4)  # noqa: S311 - as above
    text = _text(1 << 20)
    for number in range(10):
        with (content / f"large_{number}.bin").open("wb") as file:
            for _ in range(102):
                file.write(chance.randbytes(1 << 20) if number % 2 else text)
    return True


def _real(content: Path) -> bool:
    sdists = content.parent.parent / "sdists"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
    if len(list(sdists.glob("*.tar.gz"))) < len(_SDISTS):
        done = subprocess.run([*command, "--dest", str(sdists), *_SDISTS], check=False)
        if done.returncode != 0:
            return False
    for archive in sorted(sdists.glob("*.tar.gz")):
        with tarfile.open(archive) as tar:
            tar.extractall(content, filter="data")
    _settle(content)
    return True


def _settle(content: Path) -> None:
    """
    Takes out what no bundle holds, so that everybody packs the same files: links, names that cannot travel.
    """
    for path in sorted(content.rglob("*"), reverse=True):
        refused = set(path.name) & set('<>:"|?*\\') or path.name.startswith((" ", ".git")) or path.suffix == ".pyc"
        if path.is_symlink() or (path.is_file() and refused):
            path.unlink()


TREES: dict[str, Callable[[Path], bool]] = {
    "small": _small,
    "real": _real,
    "many": _many,
    "huge": _huge,
    "big": _big,
}
"""Every tree by name."""


if __name__ == "__main__":
    sys.exit(0 if make(sys.argv[1], Path(sys.argv[2])) else 1)
