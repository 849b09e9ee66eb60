"""
Handing a program of the verifier's to a child interpreter, and reading its record.

The program's source travels on a descriptor, so that the child needs no file of the verifier's. A record is lines of
JSON objects, each signed, and with the key ``event``; the first is `start`, the last is `finish`, both with the run's
nonce.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from phase2_gate.isolation.command import INPUT_FD, RECORD_FD, Box, Command, Completed
from phase2_gate.isolation.environment import build
from phase2_gate.isolation.scratch import private
from phase2_gate.isolation.start import run

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from phase2_gate.audit.execution.interpreter import Interpreter
    from phase2_gate.isolation.command import Limits
    from phase2_gate.isolation.level import Carrier, Level

_LOADER = """
import sys, types

def load(package, texts):
    names = [package] + [package + "." + name for name, _ in texts]
    for name in names:
        module = sys.modules[name] = types.ModuleType(name)
        module.__package__ = package
    sys.modules[package].__path__ = []
    for name, (short, text) in zip(names[1:], texts):
        exec(compile(text, "<phase2-gate>/" + short + ".py", "exec"), vars(sys.modules[name]))
    last = sys.modules[names[-1]]
    for name in names:
        del sys.modules[name]
    return last

"""
# The settings, and the key in them, follow the program on the descriptor and stand in no code object.
_BOOT = (
    f"f=open({INPUT_FD},'rb');n=int(f.readline());"
    "exec(compile(f.read(n),'<phase2-gate>','exec'),{'__name__':'phase2_gate_probe','rest':f})"
)

Event = dict[str, object]
"""One line of a record."""


@dataclass(frozen=True, slots=True)
class Program:
    """
    A program of the verifier's, to be run beside a bundle's code.
    """

    modules: tuple[str, ...]
    """Modules of `phase2_gate.audit.execution.probe`, each before those that import it; the last has `main`."""
    settings: Mapping[str, object]
    """What its `main` receives, besides the nonce and the record's descriptor."""
    workspace: Path
    """The extracted bundle."""
    limits: Limits
    """What it may use."""
    level: Level
    """How it is confined."""
    carrier: Carrier
    """What makes the box at level `Level.STRICT`."""
    watch: Callable[[bytes], int] | None = None
    """As `Command.watch`."""
    variables: tuple[tuple[str, str], ...] = ()
    """Environment variables beyond the clean ones."""


@dataclass(frozen=True, slots=True)
class Ran:
    """
    A program that ran.
    """

    command: tuple[str, ...]
    """What was started."""
    completed: Completed
    """What came of it."""
    nonce: str
    """The number drawn for this run."""
    key: str
    """What the lines of its record are signed with."""


def execute(program: Program, interpreter: Interpreter) -> Ran:
    """
    Run a program in a child interpreter, in a scratch area that is thrown away.

    Raises:
        IsolationError: The child could not be confined or started.
    """
    nonce, key = secrets.token_hex(16), secrets.token_hex(32)
    argv = (interpreter.path, "-I", "-B", "-c", _BOOT)
    with private() as scratch:
        settings = {
            **program.settings,
            "nonce": nonce,
            "key": key,
            "record": RECORD_FD,
            "scratch": str(scratch),
            "workspace": str(program.workspace),
        }
        completed = run(
            Command(
                argv=argv,
                cwd=program.workspace,
                env=build(scratch) | dict(program.variables),
                box=Box(program.workspace, scratch, interpreter.readable),
                level=program.level,
                carrier=program.carrier,
                limits=program.limits,
                input=source(program.modules, settings),
                watch=program.watch,
            )
        )
    return Ran(argv, completed, nonce, key)


def source(modules: Sequence[str], settings: Mapping[str, object]) -> bytes:
    """
    What the child reads: the length of a program, the program, and the settings for it.

    The program is modules of `probe`, and the call of the last one's `main`. They are loaded under a name that no
    bundle knows, and are not found in `sys.modules` afterwards.
    """
    home = files("phase2_gate.audit.execution.probe")
    texts = [(name, home.joinpath(f"{name}.py").read_text("utf-8")) for name in modules]
    package = f"probe_{secrets.token_hex(8)}"
    start = f"main, text = load({package!r}, {texts!r}).main, [rest.read()]\nrest.close()\nmain(text.pop())\n"
    text = (_LOADER + start).encode()
    return b"%d\n%b%b" % (len(text), text, json.dumps(settings).encode())


def events(record: bytes, nonce: str, key: str) -> tuple[Event, ...] | str:
    """
    A record as events, or what is wrong with it.

    Args:
        record: What the child wrote.
        nonce: The number of the run.
        key: What each line is signed with, together with its number.

    Returns:
        The events between `start` and `finish`, both included; or one clause that says why the record proves nothing.
    """
    if not record.endswith(b"\n"):
        return "the record is empty" if not record else "the record breaks off"
    found: list[Event] = []
    for number, line in enumerate(record.splitlines()):
        mark, _, text = line.partition(b" ")
        if not hmac.compare_digest(mark, signature(number, text, key)):
            return "the record holds a line that was not written by the recorder, or not in this place"
        event = json.loads(text)
        if not isinstance(event, dict) or not isinstance(event.get("event"), str):
            return "the record holds a line that is no event"
        found.append(event)
    kinds = [event["event"] for event in found]
    if kinds[0] != "start" or found[0].get("nonce") != nonce:
        return "the record does not begin with its start"
    if kinds[-1] != "finish" or found[-1].get("nonce") != nonce:
        return "the record has no end: the interpreter left before the last step"
    if kinds.count("start") != 1 or kinds.count("finish") != 1:
        return "the record has its start or its end twice"
    return tuple(found)


def signature(number: int, text: bytes, key: str) -> bytes:
    """
    What a line of a record begins with: keyed BLAKE2b (RFC 7693) over its number and its text.
    """
    mark = hashlib.blake2b(b"%d %b" % (number, text), key=bytes.fromhex(key), digest_size=16)
    return mark.hexdigest().encode("ascii")
