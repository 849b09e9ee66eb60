"""
A slice of `tests.sweeps.honest`, and the differential mode over every accepted vector.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from phase2_gate.core import verify
from phase2_gate.core.profile import GENERIC
from phase2_gate.core.report import Verdict
from phase2_gate.core.source import MemorySource
from tests import readers, vectors
from tests.forge import Forged, manifest_of
from tests.sweeps import honest
from tests.tools import require


@pytest.mark.parametrize("tool", honest.WRITERS)
def test_honest_archives_are_accepted(tool: str) -> None:
    """
    What common tools write is accepted, or refused for a reason that the catalogue names for the tool.
    """
    program = tool.split(maxsplit=1)[0]
    if program != "python":
        require(program)
    for _, seed, data in honest.archives(range(3), (tool,)):
        found = honest.refusals(data)

        assert {rule for rule in found if tool not in honest.EXPECTED.get(rule, ())} == set(), (tool, seed)
        assert found or honest.disagreements(data, ("stream",)) == [], (tool, seed)


@pytest.mark.parametrize("reader", readers.READERS)
@pytest.mark.parametrize("path", sorted((vectors.ROOT / "accepted").glob("*.zip")), ids=lambda path: path.stem)
def test_readers_agree_on_what_is_accepted(path: Path, reader: str) -> None:
    """
    Every independent reader finds the same files in an accepted archive.
    """
    if reader in readers.PROGRAMS:
        require(reader)

    assert honest.disagreements(path.read_bytes(), (reader,)) == []


def test_bsdtar_pads_what_it_writes_to_a_pipe(tmp_path: Path) -> None:
    """
    The zeros behind the end record are refused; the catalogue says how to avoid them.
    """
    require("bsdtar")
    (tmp_path / "a.py").write_bytes(b"A = 1\n")
    data = honest._run(tmp_path, "bsdtar", "--format=zip", "-cf", "-", "a.py")

    assert honest.refusals(data) == {"archive-trailing-data"}


@pytest.mark.parametrize("tool", honest.WRITERS)
def test_a_bundle_by_another_tool_passes(tmp_path: Path, tool: str) -> None:
    """
    Whoever writes the manifest can pack with any tool; what a tool adds or moves is seen.
    """
    program = tool.split(maxsplit=1)[0]
    if program != "python":
        require(program)
    files = [Forged(b"a b.txt", b""), Forged(b"src/pkg/a.py", b"A = 1\n"), Forged(b"src/run.sh", b"#!/bin/sh\n")]
    for member in (*files, manifest_of(files)):
        path = tmp_path / "tree" / member.name.decode()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(member.content)
    adds = {"jar": ["manifest-unlisted-member"], "git archive -0": ["manifest-missing"]}

    verification = verify.judge(MemorySource(honest.WRITERS[tool](tmp_path / "tree")), GENERIC).verification

    assert [finding.rule for finding in verification.findings] == adds.get(tool, [])
    assert verification.verdict is (Verdict.FAIL if tool in adds else Verdict.PASS)
