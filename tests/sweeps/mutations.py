"""
Every small change of a canonical bundle, and what the judgement says of it.

- every byte of headers, directory, end record and manifest, changed to each of the 255 other values;
- random changes of data bytes;
- the file cut at every offset;
- each line of the manifest removed.

With the canonical form demanded nothing passes. Without it a change passes only in the fields of `FREE`, which no
reader takes names, types or contents from; docs/archive-catalogue.md lists them.

``python -m tests.sweeps.mutations`` runs all of it and prints the counts.
"""

from __future__ import annotations

import random
import struct
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from phase2_gate.core import profile, verify
from phase2_gate.core.report import Verdict
from phase2_gate.core.source import MemorySource
from tests.forge import Forged, archive, bundle, manifest_of

MEMBERS = (
    Forged(b"a.py", b"A = 1\n"),
    Forged(b"pkg/__init__.py", b""),
    Forged("pkg/\u00e9.txt".encode(), b"text\n" * 20),
    Forged(b"run.sh", b"#!/bin/sh\n", central={"attributes": 0o100755 << 16 | 0x20}),
)
BUNDLE = bundle(*MEMBERS)
"""The bundle that is changed."""

FREE = frozenset({"made by", "version needed", "internal attributes", "external attributes"})
"""Fields whose change may pass where the canonical form is not demanded."""

_LOCAL = (
    *(("signature", 4), ("version needed", 2), ("flags", 2), ("method", 2), ("time", 4), ("checksum", 4)),
    *(("sizes", 8), ("lengths", 4)),
)
_DIRECTORY = (
    *(("signature", 4), ("made by", 2), ("version needed", 2), ("flags", 2), ("method", 2), ("time", 4)),
    *(("checksum", 4), ("sizes", 8), ("lengths", 6), ("disk", 2), ("internal attributes", 2)),
    *(("external attributes", 4), ("offset", 4)),
)
_END = (("signature", 4), ("disks", 4), ("counts", 4), ("directory", 8), ("comment length", 2))


@dataclass(frozen=True)
class Outcome:
    """
    What became of one change.
    """

    field: str
    """What was changed."""
    passed: bool
    """Whether the judgement without the canonical form was PASS."""
    canonical: bool
    """Whether the judgement that demands it was."""
    known: bool
    """Whether names, types and contents are what they were, by what the judgement read."""


def layout(data: bytes) -> list[str]:
    """
    For each byte of a stored archive without extra fields the field that it belongs to.
    """
    fields: list[str] = []

    def add(record: tuple[tuple[str, int], ...], where: str) -> None:
        for name, width in record:
            fields.extend([f"{name}, {where}"] * width)

    while data[len(fields) : len(fields) + 4] == b"PK\x03\x04":
        size, length = struct.unpack_from("<I2xH", data, len(fields) + 22)[0], data[len(fields) + 26]
        add(_LOCAL, "local")
        name = data[len(fields) : len(fields) + length]
        fields += [f"name, {'local'}"] * length
        fields += ["manifest" if name == b"manifest.txt" else "data"] * size
    while data[len(fields) : len(fields) + 4] == b"PK\x01\x02":
        length = data[len(fields) + 28]
        add(_DIRECTORY, "directory")
        fields += ["name, directory"] * length
    add(_END, "end record")
    return fields


def changes(*, step: int = 1, data_changes: int = 5000, seed: int = 1) -> Iterator[tuple[str, bytes]]:
    """
    Each change as the field that it hits and the changed bytes.

    Args:
        step: Of the byte changes only each `step`-th is made, from a random start.
        data_changes: How many random changes of data.
        seed: Of the randomness.
    """
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    fields = layout(BUNDLE)
    structural = [
        (at, value)
        for at, field in enumerate(fields)
        for value in range(256)
        if field != "data" and value != BUNDLE[at]
    ]
    for at, value in structural[chance.randrange(step) :: step]:
        yield fields[at], _changed(at, value)
    data = [at for at, field in enumerate(fields) if field == "data"]
    for _ in range(data_changes):
        at = chance.choice(data)
        yield "data", _changed(at, BUNDLE[at] ^ chance.randrange(1, 256))
    for length in range(0, len(BUNDLE), 1 if step == 1 else 7):
        yield "cut", BUNDLE[:length]
    whole = manifest_of(MEMBERS)
    lines = whole.content.splitlines(keepends=True)
    for index in range(len(lines)):
        shorter = Forged(whole.name, b"".join(lines[:index] + lines[index + 1 :]))
        yield "line removed", archive([shorter, *MEMBERS])


def _changed(at: int, value: int) -> bytes:
    return BUNDLE[:at] + bytes([value]) + BUNDLE[at + 1 :]


def judged(field: str, data: bytes) -> Outcome:
    """
    Judges one changed bundle twice.
    """
    loose = verify.judge(MemorySource(data), profile.GENERIC)
    strict = verify.judge(MemorySource(data), profile.GENERIC, require_canonical=True)
    expected = [(member.name.decode(), member.content) for member in (manifest_of(MEMBERS), *MEMBERS)]
    seen = [(member.entry.path, data[member.data : member.data + member.entry.compressed]) for member in loose.members]
    return Outcome(
        field,
        loose.verification.verdict is Verdict.PASS,
        strict.verification.verdict is Verdict.PASS,
        seen == expected,
    )


def is_wrong(outcome: Outcome) -> bool:
    """
    Whether a change passed that must not.
    """
    allowed = outcome.known and outcome.field.partition(",")[0] in FREE
    return outcome.canonical or (outcome.passed and not allowed)


def main() -> int:
    """
    Runs every change and prints the counts.
    """
    passed: Counter[str] = Counter()
    total: Counter[str] = Counter()
    wrong = 0
    for field, data in changes():
        outcome = judged(field, data)
        total[field] += 1
        passed[field] += outcome.passed
        wrong += is_wrong(outcome)
    for field in sorted(total):
        print(f"{total[field]:8} {passed[field]:6} passed without --require-canonical  {field}")  # noqa: T201 - a command
    print(f"{sum(total.values())} changes, {wrong} wrong")  # noqa: T201 - a command
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
