"""
A terminal of the tests' own: commands run on it, and what stays on its screen.
"""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

import phase2_gate

SOURCE = Path(phase2_gate.__file__).parents[1]

_SEQUENCE = re.compile(r"\x1b\[(\??[0-9;]*)([A-Za-z])")


class Screen:
    """
    What a terminal shows of the bytes that were written to it.

    It knows what rich writes and nothing else: any other escape sequence or control character is an error, so that a
    test sees what a name could smuggle through.
    """

    def __init__(self, written: bytes) -> None:
        self.lines = [""]
        """The lines, without colour."""
        self.styles: set[str] = set()
        """The parameters of every change of colour."""
        self._row = 0
        text = written.decode("utf-8")
        place = 0
        while place < len(text):
            found = _SEQUENCE.match(text, place)
            if found is not None:
                self._sequence(found[1], found[2])
                place = found.end()
                continue
            self._character(text[place])
            place += 1

    def _sequence(self, parameters: str, command: str) -> None:
        if command == "m":
            self.styles.add(parameters)
        elif command == "A":
            self._row -= int(parameters or "1")
        elif command == "K":
            self.lines[self._row] = ""
        else:
            assert (parameters, command) in {("?25", "l"), ("?25", "h")}, (parameters, command)

    def _character(self, char: str) -> None:
        if char == "\n":
            self._row += 1
            if self._row == len(self.lines):
                self.lines.append("")
        elif char != "\r":
            assert char.isprintable(), char
            self.lines[self._row] += char

    @property
    def text(self) -> list[str]:
        """
        The lines without the spaces at their ends.
        """
        return [line.rstrip() for line in self.lines]


def on_terminal(
    directory: Path, *arguments: str, columns: int = 100, variables: Mapping[str, str] | None = None
) -> tuple[int, bytes]:
    """
    Runs the command on a terminal.

    Args:
        directory: Its working directory.
        arguments: The command line.
        columns: How wide the terminal is.
        variables: What its environment has besides the least.

    Returns:
        The exit status, and every byte that the terminal received.
    """
    pty = pytest.importorskip("pty", reason="this platform has no pseudo-terminals")
    import fcntl
    import termios

    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    environment |= {"PYTHONPATH": str(SOURCE), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", **(variables or {})}
    command = [sys.executable, "-B", "-m", "phase2_gate", *arguments]
    with subprocess.Popen(command, cwd=directory, stdin=slave, stdout=slave, stderr=slave, env=environment) as process:
        os.close(slave)
        pieces = []
        try:
            while piece := os.read(master, 1 << 16):
                pieces.append(piece)
        except OSError:
            pass  # Linux: the last process has closed the terminal
        finally:
            os.close(master)
    return process.returncode, b"".join(pieces)
