"""
Races against the commands: another process meddles while ``phase2-gate audit`` and ``phase2-gate extract`` run.

- the bundle is swapped under its name for another one, or rewritten in place;
- directories of whatever is extracted, in the private directory of the command, are swapped for links that lead
  outside, where files of the same names lie.

`GOOD` has a test that passes, `OTHER` has one that fails, byte for byte as long. ``extract`` must leave one of the two,
whole, or nothing; ``audit`` must never pass `OTHER`; nothing may be written outside.

``python -m tests.sweeps.command_races [EXTRACTIONS [AUDITS]]``: 1,000 and 200 rounds of each attack by default. The
attacker's own rounds are counted too.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import phase2_gate
from phase2_gate.isolation.scratch import remove
from tests import bundles
from tests.sweeps import races

_PADDING = {f"pkg/m{number}.py": b"#" * 9000 + b"\n" for number in range(20)}
_FILES = {
    verdict: {
        "pkg/__init__.py": b"",
        **_PADDING,
        "tests/test_a.py": b"import pkg\n\n\ndef test_a():\n    assert " + verdict + b"\n",
    }
    for verdict in (b"1 == 1", b"1 == 2")
}
GOOD, OTHER = (
    bundles.archive({"manifest.txt": bundles.manifest(files), **files})
    for files in (_FILES[b"1 == 1"], _FILES[b"1 == 2"])
)


def swap_directory(place: Path) -> None:
    """
    Swaps directories that are being filled for links to others of the same names, and back.
    """
    for name in ("pkg", "tests"):
        found: list[Path] = []
        with contextlib.suppress(OSError):  # what is listed may be gone already
            found += [*place.glob(f".phase2-gate-*/{name}"), *place.glob(f"scratch/*/**/{name}")]
        for private in found:
            with contextlib.suppress(OSError):
                private.rename(place / "aside")
                private.symlink_to(place / "outside" / name)
                private.unlink()
                (place / "aside").rename(private)
            shutil.rmtree(place / "aside", ignore_errors=True)


ATTACKS: dict[str, Callable[[Path], None]] = {
    "swap name": partial(races.swap_name, bundles=(OTHER, GOOD)),
    "rewrite": partial(races.rewrite, bundles=(OTHER, GOOD)),
    "swap directory": swap_directory,
}
"""What the other process does, over and over."""


@contextlib.contextmanager
def attacked(name: str, place: Path, outcomes: Counter[str]) -> Iterator[None]:
    """
    Lets another process attack as long as the block lasts, and counts its rounds.
    """
    command = [sys.executable, "-m", "tests.sweeps.command_races", name, str(place)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as attacker:
        try:
            yield
        finally:
            counted, _ = attacker.communicate(b"stop")
    outcomes["attacks"] += int(counted)


def attack(name: str, place: Path) -> int:
    """
    Attacks until something comes on standard input; returns how often.
    """
    os.set_blocking(0, False)
    rounds = 0
    while not os.read(0, 1) if _has_input() else True:
        ATTACKS[name](place)
        rounds += 1
    return rounds


def _has_input() -> bool:
    import select

    return bool(select.select([0], [], [], 0)[0])


def _place(base: Path) -> Path:
    (base / "a.zip").write_bytes(GOOD)
    for path, content in _FILES[b"1 == 1"].items():
        (base / "outside" / path).parent.mkdir(parents=True, exist_ok=True)
        (base / "outside" / path).write_bytes(content)
    (base / "scratch").mkdir()
    return base


def _listing(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def _run(place: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    source = str(Path(phase2_gate.__file__).parents[1])
    environment = {**os.environ, "TMPDIR": str(place / "scratch"), "PYTHONPATH": source}
    command = [sys.executable, "-m", "phase2_gate", *arguments]
    return subprocess.run(command, cwd=place, env=environment, capture_output=True, check=False)


def _has_judged(run: subprocess.CompletedProcess[bytes]) -> bool:
    said = run.stdout or run.stderr
    return run.returncode in {0, 1, 3} and said.startswith((b"verify ", b"extracted ", b"{", b"error: "))


def extract(place: Path, name: str) -> str:
    """
    One extraction; says how it ended, beginning with ``WRONG`` when that must never be.
    """
    run = _run(place, "extract", "a.zip", "out")
    try:
        if not _has_judged(run):
            return f"WRONG: {run}"
        if run.returncode:
            return "refused" if not (place / "out").exists() else "WRONG: refused, but left something"
        found = _listing(place / "out")
    finally:
        if (place / "out").exists():
            remove(place / "out")
    found.pop("manifest.txt", None)
    if found in _FILES.values():
        return "whole"
    # What the attacker has in its hands just now, or took away behind our back, is not there.
    mine = any(found.items() <= files.items() for files in _FILES.values())
    return "whole, until the attacker took some of it" if mine and name == "swap directory" else "WRONG: other bytes"


def audit(place: Path, _name: str) -> str:
    """
    One audit; says how it ended, beginning with ``WRONG`` when that must never be.
    """
    run = _run(place, "audit", "a.zip", "--format", "json")
    if not _has_judged(run):
        return f"WRONG: {run}"
    if run.returncode:
        return f"refused: exit {run.returncode}"
    judged = json.loads(run.stdout)["subject"]["sha256"]
    return "PASS of the good one" if judged == hashlib.sha256(GOOD).hexdigest() else f"WRONG: PASS of {judged}"


COMMANDS = {"extract": extract, "audit": audit}
"""What is attacked."""


def race(command: str, name: str, rounds: int) -> Counter[str]:
    """
    Runs a command `rounds` times while another process attacks; counts how it ended, and the attacks.
    """
    outcomes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as base:
        place = _place(Path(base))
        before = _listing(place / "outside")
        with attacked(name, place, outcomes):
            for _ in range(rounds):
                outcomes[COMMANDS[command](place, name)] += 1
        if _listing(place / "outside") != before:
            outcomes["WRONG: written outside"] += 1
        if list(place.glob(".phase2-gate-*")) and name != "swap directory":
            outcomes["WRONG: something is left"] += 1
    return outcomes


def main(arguments: list[str]) -> int:
    """
    Runs every race and prints the counts; with the name of an attack and a place, is the attacker.
    """
    if arguments and arguments[0] in ATTACKS:
        print(attack(arguments[0], Path(arguments[1])))  # noqa: T201 - a command
        return 0
    rounds = dict(zip(COMMANDS, [*map(int, arguments), *(1000, 200)[len(arguments) :]], strict=True))
    wrong = 0
    for command in COMMANDS:
        for name in ATTACKS:
            outcomes = race(command, name, rounds[command])
            wrong += sum(count for outcome, count in outcomes.items() if outcome.startswith("WRONG"))
            print(command, name, dict(sorted(outcomes.items())), flush=True)  # noqa: T201 - a command
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
