"""
A trial tells what the tests tell, and ends whatever the mutant does.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .__main__ import main
from .targets import ROOT

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no os.fork on this platform")

_TEST = """
from phase2_gate.runtime.governance import decision

def test_the_module_says_so():
    assert decision.GOOD
"""

# A process of its own: its children load the package anew, which a process that has it already could not.
_PROGRAM = """
import sys
from pathlib import Path
from tests.mutation.mutants import Mutant
from tests.mutation.targets import Target
from tests.mutation.trials import Limits, survivors

home, test, source, processor_seconds, seconds = sys.argv[1:]
target = Target("any", "governance.decision", (), (test,))
mutant = Mutant("governance.decision", 1, "", "", "", source)
limits = Limits(int(processor_seconds), float(seconds))
print([one.source for one in survivors(target, [mutant], Path(home), 1, limits)])
"""


def _survives(home: Path, source: str, processor_seconds: int, seconds: float) -> bool:
    test = home / "test_it.py"
    test.write_text(_TEST, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
    command = [sys.executable, "-c", _PROGRAM, str(home), str(test), source, str(processor_seconds), str(seconds)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=True)
    assert done.stdout in {f"{[source]}\n", "[]\n"}
    return done.stdout != "[]\n"


@pytest.mark.parametrize(("source", "survives"), [("GOOD = True", True), ("GOOD = False", False), ("GOOD = ", False)])
def test_what_the_tests_notice_does_not_survive(tmp_path: Path, source: str, survives: bool) -> None:  # a table
    """
    A mutant survives when all tests pass, and then alone.
    """
    assert survives is _survives(tmp_path, source, 60, 600)


@pytest.mark.parametrize(
    ("source", "processor_seconds", "seconds"),
    [
        ("while True: pass", 1, 600),
        ("import time\nwhile True: time.sleep(600)", 60, 1),
        ("GOOD = bytearray(2 << 30)", 60, 600),
        ("GOOD = [0]\nwhile True: GOOD *= 2", 60, 600),
    ],
    ids=["loops", "waits", "large", "grows"],
)
def test_a_trial_has_an_end(tmp_path: Path, source: str, processor_seconds: int, seconds: float) -> None:
    """
    A mutant that loops, waits or grows is stopped long before the other limit, and counts as noticed.
    """
    assert not _survives(tmp_path, source, processor_seconds, seconds)


def test_a_target_that_there_is_not_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    """
    A name with a slip in it must not read as a run that found nothing.
    """
    with pytest.raises(SystemExit) as caught:
        main(["decision"])
    assert caught.value.code == 2
    assert "no such target: decision: need one of enforcer, " in capsys.readouterr().err
