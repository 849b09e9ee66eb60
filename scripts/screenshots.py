"""
Makes the pictures of docs/images: ``hatch run docs:pictures``.

A small project is packed and audited at a pseudo-terminal, its report is opened in headless Chromium (Debian's package
``chromium``). Look at what comes out before it is committed: no test can tell whether it looks well.
"""

from __future__ import annotations

import fcntl
import os
import pty
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
from itertools import groupby
from pathlib import Path

import pyte

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
sys.path.insert(0, str(ROOT))

from scripts.browser import Browser  # noqa: E402 - a checkout need not be installed
from scripts.terminal_picture import Span, svg  # noqa: E402 - as above
from scripts.time_to_first_verdict import PROJECT  # noqa: E402 - as above

_COLUMNS, _ROWS = 100, 60
_COLOURS = {
    "default": "#e6e9ed",
    "red": "#ff8f84",
    "green": "#86e5a8",
    "brown": "#f2cf6b",
    "blue": "#8ab9ff",
    "magenta": "#d9a8ff",
    "cyan": "#7fdbe6",
    "black": "#a9b4c0",
    "white": "#ffffff",
}
"""The sixteen colours by pyte's names, bright ones like the others."""


def typed(command: str, directory: Path) -> list[list[Span]]:
    """
    What a terminal shows after a command, the command above it.

    Args:
        command: Words of ours after ``phase2-gate``, or of the shell.
        directory: Where it is typed.
    """
    screen = pyte.Screen(_COLUMNS, _ROWS)
    pyte.ByteStream(screen).feed(_output(command, directory))
    lines = [_spans(screen, row) for row in range(_ROWS)]
    while lines and not "".join(span.text for span in lines[-1]).strip():
        lines.pop()
    return [[Span("$ ", _COLOURS["green"]), Span(command, bold=True)], *lines]


def _output(command: str, directory: Path) -> bytes:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, _COLUMNS, 0, 0))
    variables = {
        "PATH": os.environ["PATH"],
        "HOME": str(directory),
        "TERM": "xterm-256color",
        "PYTHONPATH": str(ROOT / "src"),
        "LANG": "C.UTF-8",
    }
    words = [sys.executable, "-m", "phase2_gate", *command.split()[1:]]
    process = subprocess.Popen(words, cwd=directory, env=variables, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    output = b""
    while True:
        try:
            part = os.read(ours, 1 << 16)
        except OSError:  # the other end is closed: Linux says so by an error
            break
        if not part:
            break
        output += part
    process.wait()
    os.close(ours)
    return output


def _spans(screen: pyte.Screen, row: int) -> list[Span]:
    cells = [screen.buffer[row][column] for column in range(_COLUMNS)]
    groups = groupby(cells, key=lambda cell: (cell.fg, cell.bold))
    return [
        Span("".join(cell.data for cell in group), _COLOURS.get(fg.removeprefix("bright"), f"#{fg}"), bold)
        for (fg, bold), group in groups
    ]


def main() -> int:
    """
    Writes the pictures, and prints their sizes.
    """
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.stderr.write("chromium: not found: install Debian's package chromium\n")
        return 3
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        project = Path(name) / "my-project"
        for path, text in PROJECT.items():
            (project / path).parent.mkdir(parents=True, exist_ok=True)
            (project / path).write_text(text, "utf-8")
        _output("phase2-gate build --output ../my-project.zip", project)
        bundle = (project.parent / "my-project.zip").read_bytes()
        (project.parent / "tampered.zip").write_bytes(bundle.replace(b"2 * number", b"3 * number"))
        passed = typed("phase2-gate audit my-project.zip --report-dir reports", project.parent)
        failed = typed("phase2-gate audit tampered.zip --report-dir refused", project.parent)
        _write("terminal.svg", svg(passed, _COLUMNS, "An audit that passes, on a terminal").encode())
        _write("terminal-fail.svg", svg(failed, _COLUMNS, "An audit that fails, on a terminal").encode())
        with Browser(chromium, project.parent / "browser") as browser:
            for picture, report, dark in (("light", "reports", False), ("dark", "refused", True)):
                browser.open(project.parent / report / "report.html", dark=dark)
                # What is below names paths of the machine that made the picture.
                end = browser.evaluate("document.querySelector('#output, #demands').getBoundingClientRect().top")
                _write(f"report-{picture}.webp", browser.picture("webp", int(float(str(end)))))
    return 0


def _write(name: str, data: bytes) -> None:
    (IMAGES / name).write_bytes(data)
    sys.stdout.write(f"{name}: {len(data)} bytes\n")


if __name__ == "__main__":
    sys.exit(main())
