"""
The verdicts of the archive are those of the installed tool, over every vector, in text and in JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import phase2_gate
from phase2_gate.core import verify
from tests import vectors

from .command import run

JUDGE = Path(__file__).with_name("judge.py")
INSTALLED = Path(phase2_gate.__file__).parents[1]
EXPECTED = {True: 0, False: 1}
"""The exit code of a vector by whether it is honest."""


def _paths() -> list[Path]:
    return sorted(vectors.ROOT.glob("*/*.zip"))


def _calls(style: str) -> list[list[str]]:
    calls = []
    for path in _paths():
        profile = path.parent / "profile.toml"
        demanded = ["--profile", str(profile)] if profile.exists() else []
        canonical = ["--require-canonical"] if path.parent.name == verify.CANONICAL_RULE else []
        calls.append(["verify", str(path), "--format", style, *demanded, *canonical])
    return calls


def _judged(place: Path, calls: list[list[str]]) -> list[tuple[int, str]]:
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(JUDGE), str(place)],
        input=json.dumps(calls).encode(),
        capture_output=True,
        timeout=300,
        check=True,
    )
    return [(code, out) for code, out in json.loads(done.stdout)]


def _documents(judged: list[tuple[int, str]]) -> list[tuple[int, object]]:
    documents = []
    for code, out in judged:
        document = json.loads(out)
        del document["volatile"]
        documents.append((code, document))
    return documents


@pytest.mark.integration
def test_text_is_the_same(pyz: Path) -> None:
    """
    Every line and every exit code; and the exit codes are those that the vectors are made for.
    """
    calls = _calls("text")
    judged = _judged(pyz, calls)
    assert len(judged) >= 200
    assert judged == _judged(INSTALLED, calls)
    assert [code for code, _ in judged] == [EXPECTED[path.parent.name == "accepted"] for path in _paths()]


@pytest.mark.integration
def test_json_is_the_same(pyz: Path) -> None:
    """
    Every document, without what two judgements may differ in; the finding is the one that the folder names.
    """
    calls = _calls("json")
    judged = _documents(_judged(pyz, calls))
    assert judged == _documents(_judged(INSTALLED, calls))
    for path, (_, document) in zip(_paths(), judged, strict=True):
        assert isinstance(document, dict)
        rules = [finding["rule"] for gate in document["gates"] for finding in gate["findings"]]
        assert rules == ([] if path.parent.name == "accepted" else [path.parent.name])


@pytest.mark.integration
def test_many_in_one_call_of_the_real_command(pyz: Path, tmp_path: Path) -> None:
    """
    The archive, started as a program, says of all vectors in one call what the installed command says.
    """
    call = ["verify", *map(str, _paths())]
    ended = run(pyz, tmp_path, *call, flags=("-I",))
    done = subprocess.run(
        [sys.executable, "-m", "phase2_gate", *call],
        cwd=tmp_path,
        env={"PYTHONPATH": str(INSTALLED)},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert (ended.code, ended.out, ended.err) == (1, done.stdout, done.stderr.decode())
    assert ended.out.endswith(b"\nRESULT: FAIL\n")
    # Those that only a profile or an option of their own refuses pass here.
    honest = [one for one in _calls("text") if len(one) > 4 or Path(one[1]).parent.name == "accepted"]
    assert ended.out.count(b"RESULT: PASS") == len(honest)
