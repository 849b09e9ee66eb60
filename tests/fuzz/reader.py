"""
The target of the coverage-guided fuzzer: whatever the bytes, a judgement, and one that independent readers share.

``python -m tests.fuzz.reader -max_total_time=60 CORPUS``: needs ``pip install atheris``; every option of
libFuzzer works. CORPUS is a directory of your own that takes what is found; every vector is written into it first, as a
seed.

Without atheris ``python -m tests.fuzz.reader --random SECONDS`` mutates the vectors blindly.
"""

from __future__ import annotations

import importlib
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from phase2_gate.core import profile, rules, verify
from phase2_gate.core.report import Verdict
from phase2_gate.core.source import MemorySource
from tests import readers, vectors


def target(data: bytes) -> bool:
    """
    Judges `data`; returns whether it passed.

    Raises:
        AssertionError: when a finding has no rule, or what passes is read in two ways.
    """
    verification = verify.judge(MemorySource(data), profile.GENERIC, hash_archive=True).verification
    unknown = {finding.rule for finding in verification.findings} - rules.RULES.keys()
    if unknown:
        raise AssertionError(unknown)
    if verification.verdict is Verdict.BLOCKED:
        raise AssertionError(verification.unjudged)
    if verification.verdict is Verdict.FAIL:
        return False
    if readers.by_zipfile(data) != readers.by_stream(data):
        raise AssertionError("two readers, two archives")
    return True


def fuzzed(data: bytes) -> None:
    """
    `target` without its result, which atheris would take for a word about the corpus.
    """
    target(data)


def mutated(seed: int) -> Iterator[bytes]:
    """
    Vectors with a few bytes changed, cut, doubled or spliced, without end.
    """
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    pool = [data for data in vectors.files().values() if len(data) < 3000]
    while True:
        data = bytearray(chance.choice(pool))
        for _ in range(chance.randrange(1, 5)):
            at = chance.randrange(len(data) + 1)
            stop = at + chance.randrange(1, 30)
            kind = chance.randrange(4)
            if kind == 0 and at < len(data):
                data[at] = chance.choice((0, 1, 8, 0xFF, data[at] ^ 1 << chance.randrange(8)))
            elif kind == 1:
                del data[at:stop]
            elif kind == 2:
                data[at:at] = data[at:stop]
            else:
                other = chance.choice(pool)
                data[at:stop] = other[at:stop]
        yield bytes(data)


def run_blindly(seconds: float, *, seed: int = 1, most: int | None = None) -> tuple[int, int]:
    """
    Mutates for `seconds`, or `most` times.

    Returns:
        How many inputs there were, and how many of them passed.
    """
    end = time.monotonic() + seconds
    count = passed = 0
    for data in mutated(seed):
        passed += target(data)
        count += 1
        if count == most or time.monotonic() > end:
            break
    return count, passed


def seeds(corpus: Path) -> None:
    """
    Writes every vector into `corpus`.
    """
    corpus.mkdir(parents=True, exist_ok=True)
    for path, data in vectors.files().items():
        (corpus / path.replace("/", "-")).write_bytes(data)


def main(arguments: list[str]) -> int:
    """
    Fuzzes.
    """
    if arguments[:1] == ["--random"]:
        count, passed = run_blindly(float(arguments[1]))
        print(f"{count} inputs, {passed} passed, none read in two ways")  # noqa: T201 - a command
        return 0
    try:
        atheris = importlib.import_module("atheris")
    except ImportError:
        print("atheris is not installed: pip install atheris, or use --random SECONDS", file=sys.stderr)  # noqa: T201
        return 3
    directories = [argument for argument in arguments if not argument.startswith("-")]
    if directories:
        seeds(Path(directories[0]))
    for name in [name for name in sys.modules if name.startswith(("phase2_gate.core", "tests."))]:
        del sys.modules[name]  # atheris instruments modules while they are imported
    with atheris.instrument_imports(include=["phase2_gate.core"]):
        instrumented = importlib.import_module("tests.fuzz.reader")
    atheris.Setup([sys.argv[0], *arguments], instrumented.fuzzed)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
