"""
What the verifier tells the launcher, and what the launcher answers.

The plan arrives as one line of JSON on stdin; stdin then stays open, and its end means: kill everything and leave.
The answers are lines of JSON on the status descriptor: `ready` just before the program begins, then `end`, or `error`.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass

NOBODY = 65534
"""The user and group that a program runs as when root starts an audit."""


class LayerError(Exception):
    """
    A measure that could not be put in force.

    Args:
        layer: The measure, one word.
        message: What the kernel or the library said.
    """

    def __init__(self, layer: str, message: str) -> None:
        super().__init__(f"{layer}: {message}")
        self.layer = layer
        self.message = message


@dataclass(frozen=True, slots=True)
class Plan:
    """
    What the launcher shall do, in types that JSON can carry.
    """

    argv: list[str]
    """The program and its arguments."""
    cwd: str
    """Where it starts."""
    env: dict[str, str]
    """Its whole environment."""
    level: str
    """The value of a `phase2_gate.isolation.level.Level`."""
    carrier: str
    """The value of a `phase2_gate.isolation.level.Carrier`."""
    workspace: str
    """The directory under judgement."""
    scratch: str
    """The directory that may be written."""
    readable: list[str]
    """What may be read beyond the system's libraries."""
    rlimits: dict[str, int]
    """Limits by the names of `resource`, without ``RLIMIT_``."""
    processes: int
    """Processes beyond those that the user already runs."""
    scratch_bytes: int
    """The size of the scratch area."""
    status_fd: int
    """Where the answers go."""
    record_fd: int
    """What becomes descriptor 3."""
    input_fd: int
    """What becomes descriptor 4."""

    def render(self) -> bytes:
        """
        The plan as the line that `receive` reads.
        """
        return json.dumps(asdict(self)).encode("ascii") + b"\n"


def receive(fd: int = 0) -> Plan:
    """
    Read the plan from a descriptor, and not a byte more than that.

    Args:
        fd: The descriptor; stdin unless another one is named.
    """
    pieces: list[bytes] = []
    while not pieces or not pieces[-1].endswith(b"\n"):
        piece = os.read(fd, 65536)
        if not piece:
            sys.exit(125)
        pieces.append(piece)
    return Plan(**json.loads(b"".join(pieces)))


class Status:
    """
    The descriptor on which the launcher answers.

    Args:
        fd: The descriptor; it is closed by the exec of the program, so that the program can never answer for us.
    """

    def __init__(self, fd: int) -> None:
        self.fd = fd
        os.set_inheritable(fd, False)

    def say(self, key: str, value: object) -> None:
        """
        Write one line; a line is shorter than what a pipe takes in one piece.
        """
        try:
            os.write(self.fd, json.dumps({key: value}).encode("ascii") + b"\n")
        except BrokenPipeError:
            sys.exit(125)
