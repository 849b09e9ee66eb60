"""
Races: somebody else changes the bundle, or the place it is extracted to, while it is judged and extracted.

- the file is swapped under its name for another bundle;
- it is rewritten in place, between two bundles of one length;
- directories that are being filled are swapped for links that lead outside.

Whatever comes out must be wholly one of the two bundles, or a refusal; nothing may be written outside.

``python -m tests.sweeps.races [ROUNDS]``: 2,000 rounds of each by default.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from phase2_gate.audit.extract import extract
from phase2_gate.audit.source import opened
from phase2_gate.core import digest, verify
from phase2_gate.core.errors import AuditError, SourceError
from phase2_gate.core.profile import GENERIC
from phase2_gate.core.report import Verdict
from tests.forge import Forged, bundle, manifest_of


def _files(mark: bytes) -> tuple[Forged, ...]:
    return (
        Forged(b"a.py", mark * 5000),
        *(Forged(b"pkg/m%d.py" % number, mark * 900) for number in range(8)),
        Forged(b"pkg/sub/deep.py", mark * 70_000),
    )


GOOD, OTHER = bundle(*_files(b"good")), bundle(*_files(b"evil"))
_TREES = [
    {member.name.decode(): member.content for member in (manifest_of(_files(mark)), *_files(mark))}
    for mark in (b"good", b"evil")
]


def swap_name(place: Path, bundles: tuple[bytes, bytes] = (OTHER, GOOD)) -> None:
    """
    Puts another bundle under the name, and the first one back.
    """
    for data in bundles:
        (place / "next").write_bytes(data)
        os.replace(place / "next", place / "a.zip")


def rewrite(place: Path, bundles: tuple[bytes, bytes] = (OTHER, GOOD)) -> None:
    """
    Rewrites the file in place, piece by piece.
    """
    with open(place / "a.zip", "r+b", buffering=0) as file:
        for data in bundles:
            for at in range(0, len(data), 20_011):
                os.pwrite(file.fileno(), data[at : at + 20_011], at)


def swap_directory(place: Path) -> None:
    """
    Swaps a directory that is being filled for a link, and back.
    """
    for name in ("pkg", "pkg/sub"):
        victim, aside = place / "out" / name, place / "aside"
        try:
            victim.rename(aside)
            victim.symlink_to(place / "outside")
            victim.unlink()
            aside.rename(victim)
        except OSError:
            shutil.rmtree(aside, ignore_errors=True)


ATTACKS: dict[str, Callable[[Path], None]] = {
    "swap name": swap_name,
    "rewrite": rewrite,
    "swap directory": swap_directory,
}
"""What somebody else does, over and over."""


def race(attack: Callable[[Path], None], rounds: int) -> Counter[str]:
    """
    Judges and extracts `rounds` times while `attack` goes on; counts how it ended.

    An outcome that begins with ``WRONG`` must never be counted.
    """
    outcomes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "a.zip").write_bytes(GOOD)
        (place / "outside").mkdir()
        done = threading.Event()

        def go_on() -> None:
            while not done.is_set():
                attack(place)

        attacker = threading.Thread(target=go_on)
        interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-5)  # both sides must get many turns within one round
        attacker.start()
        try:
            for _ in range(rounds):
                (place / "out").mkdir()
                outcomes[_round(place)] += 1
                _remove(place / "out")
        finally:
            done.set()
            attacker.join()
            sys.setswitchinterval(interval)
        if any((place / "outside").iterdir()):
            outcomes["WRONG: written outside"] += 1
    return outcomes


def _remove(tree: Path) -> None:
    while tree.exists():
        shutil.rmtree(tree, ignore_errors=True)


def _round(place: Path) -> str:
    try:
        with opened(place / "a.zip") as source:
            judgement = verify.judge(source, GENERIC, hash_archive=True)
            if judgement.verification.verdict is not Verdict.PASS:
                return "refused: judged"
            tree = _TREES[judgement.manifest_sha256 != digest.of(_TREES[0]["manifest.txt"])]
            extract(source, judgement.members, str(place / "out"))
    except (AuditError, SourceError):
        return "refused: extracted"
    return "whole" if _is(place / "out", tree) else "WRONG: other bytes"


def _is(root: Path, tree: dict[str, bytes]) -> bool:
    # Somebody may still be moving directories: what can be read must be right, what is elsewhere cannot be told.
    for path, content in tree.items():
        try:
            if (root / path).read_bytes() != content:
                return False
        except OSError:
            continue
    return True


def main(arguments: list[str]) -> int:
    """
    Runs every race and prints the counts.
    """
    rounds = int(arguments[0]) if arguments else 2000
    wrong = 0
    for name, attack in ATTACKS.items():
        outcomes = race(attack, rounds)
        wrong += sum(count for outcome, count in outcomes.items() if outcome.startswith("WRONG"))
        print(name, dict(sorted(outcomes.items())))  # noqa: T201 - a command
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
