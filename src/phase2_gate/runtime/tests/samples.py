"""
Values that many tests need: a context, an envelope, an executor on a fresh tree.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ..context import ExecutionContext
from ..durable import has_permissions
from ..governance.envelope import Envelope
from ..governance.envelope_enforcer import EnvelopeEnforcer
from ..governance.guard_watch import GuardWatch
from ..governance.root import Root
from ..governance.self_mod_protection import ProtectedSet
from ..orchestration.executor import OperationExecutor
from ..orchestration.mission_journal import MissionJournal
from ..orchestration.pre_images import PreImages
from ..orchestration.registry import Registry, builtin_operations

COMMIT = "0123456789abcdef0123456789abcdef01234567"
AUDIT_ID = uuid.UUID("12345678-1234-4234-8234-123456789abc")
ALL_OPS = ["exec", "fs.create", "fs.delete", "fs.mkdir", "fs.read", "fs.rename", "fs.write", "gate.check"]

EXECUTABLE = "100" if has_permissions() else "0"
"""How `tree_of` marks an executable file."""


class Clock:
    """
    A clock that moves on by one second whenever it is read.
    """

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)

    def __call__(self) -> datetime:
        """
        Read it.
        """
        self.now += timedelta(seconds=1)
        return self.now


def context(mission: object = (), envelope: Envelope | None = None) -> ExecutionContext:
    """
    A context whose every field is fixed.
    """
    policy = None if envelope is None else envelope.to_json()
    plan = list(mission) if isinstance(mission, tuple) else mission
    return ExecutionContext.derive("/tree", COMMIT, plan, policy, None, clock=Clock(), uuid4=lambda: AUDIT_ID)


def envelope(
    ops: list[str] | None = None,
    allow: list[str] | None = None,
    deny: list[str] | None = None,
    budget: float = 1.0,
) -> Envelope:
    """
    An envelope that allows everything but what is said.
    """
    return Envelope(ALL_OPS if ops is None else ops, ["**"] if allow is None else allow, deny or [], budget)


@dataclass
class Bench:
    """
    A tree and all that runs on it.
    """

    tree: Path
    journal: MissionJournal
    executor: OperationExecutor
    root: Root
    enforcer: EnvelopeEnforcer
    images: PreImages


@contextmanager
def bench(
    home: Path,
    policy: Envelope | None = None,
    *,
    registry: Registry | None = None,
    watch: GuardWatch | None = None,
    descriptors: bool | None = None,
    closed: tuple[str, ...] = (),
) -> Iterator[Bench]:
    """
    Open tree, journal and executor below a directory; opening them again there goes on with the same run.
    """
    policy = policy or envelope()
    registry = registry or builtin_operations()
    tree, path = home / "tree", home / "journal.jsonl"
    tree.mkdir(exist_ok=True)
    run = context("bench", policy)
    if path.exists():
        opened = MissionJournal.open(path, run, on_torn="recover", envelope=policy.digest, clock=Clock())
    else:
        opened = MissionJournal.create(path, run, envelope=policy.digest, clock=Clock())
    with opened as journal, Root(tree, descriptors=descriptors) as root:
        enforcer = EnvelopeEnforcer(policy, root, ProtectedSet(closed), known_ops=registry.names)
        images = PreImages(home / "images")
        executor = OperationExecutor(journal, enforcer, root, registry, images, watch)
        yield Bench(tree, journal, executor, root, enforcer, images)


def tree_of(top: Path) -> dict[str, str]:
    """
    What a tree holds: path to content, permission and kind, read without any code of ours.
    """
    found = {}
    for path in sorted(top.rglob("*")):
        name = path.relative_to(top).as_posix()
        if path.is_symlink():
            found[name] = f"link {path.readlink()}"
        elif path.is_dir():
            found[name] = "directory"
        elif not path.is_file():
            found[name] = "special"
        else:
            executable = has_permissions() and path.stat().st_mode & 0o100 != 0
            found[name] = f"{EXECUTABLE if executable else '0'} {path.read_bytes()!r}"
    return found


def free_descriptors() -> list[int]:
    """
    The next numbers that the system would give: the same again when nothing was left open meanwhile.
    """
    taken = [os.dup(0) for _ in range(8)]
    for fd in taken:
        os.close(fd)
    return taken
