"""
``ci/github_action.py`` by itself: outputs that agree with the reports, or BLOCKED.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from phase2_gate.audit import requirements

from . import runner

SCRIPT = runner.ROOT / "ci/github_action.py"


@pytest.fixture(scope="module")
def step() -> ModuleType:
    """
    The script as a module.
    """
    spec = importlib.util.spec_from_file_location("github_action", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _report(directory: Path, verdict: str) -> None:
    directory.mkdir(parents=True)
    (directory / "report.json").write_text(json.dumps({"verdict": verdict, "subject": {"sha256": None}}))


@pytest.mark.parametrize(
    ("verdicts", "code", "expected"),
    [
        ([], 0, 3),
        (["PASS"], 0, 0),
        (["FAIL"], 0, 3),
        (["BLOCKED"], 0, 3),
        (["PASS"], 1, 3),
        (["FAIL"], 1, 1),
        (["BLOCKED"], 3, 3),
        ([], 3, 3),
        (["PASS", "PASS"], 0, 0),
        (["PASS", "FAIL"], 0, 3),
        (["PASS", "FAIL"], 1, 1),
        (["PASS", "BLOCKED"], 3, 3),
    ],
)
def test_reports_and_exit_code_have_to_agree(
    step: ModuleType, tmp_path: Path, verdicts: list[str], code: int, expected: int
) -> None:
    """
    Otherwise the verdict is BLOCKED, whichever of them was the better one.
    """
    for number, verdict in enumerate(verdicts):
        _report(tmp_path / "r" / (str(number) if len(verdicts) > 1 else ""), verdict)
    found, told = step.results(code, tmp_path / "r", max(len(verdicts), 1))
    assert (found, told["verdict"]) == (expected, {0: "PASS", 1: "FAIL", 3: "BLOCKED"}[expected])


def test_a_missing_report_is_no_pass(step: ModuleType, tmp_path: Path) -> None:
    """
    Two bundles with one report between them were not both judged.
    """
    _report(tmp_path / "r", "PASS")
    assert step.results(0, tmp_path / "r", 2)[0] == 3


def test_values_cannot_end_themselves(step: ModuleType) -> None:
    """
    Line breaks stay in the value; the end is another one each time.
    """
    first, second = step.output("a", "b\nc<<d\nd"), step.output("a", "b\nc<<d\nd")
    assert first != second
    (head, *value, end) = first.splitlines()
    assert (head, value) == (f"a<<{end}", ["b", "c<<d", "d"])


def test_complaints_cannot_give_commands(step: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    """
    A name with line breaks is one annotation.
    """
    assert step._complain("x\n::warning::y\r##[group]100%", 2) == 2
    assert capsys.readouterr().err == "::error title=phase2-gate::x%0A::warning::y%0D#\\u0023[group]100%25\n"


def test_a_file_is_taken_by_its_name_first(step: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Also where its name reads as a pattern for another one; and each file once.
    """
    monkeypatch.chdir(tmp_path)
    for name in ("a[1].zip", "a1.zip", "b.zip"):
        (tmp_path / name).touch()
    assert step.bundles("a[1].zip\n  b.zip \n?.zip\nno-*.zip") == ["a[1].zip", "b.zip", "no-*.zip"]


def test_without_a_file_for_outputs_nothing_is_well(step: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    """
    A verdict that cannot be handed on is none.
    """
    assert step.main(str(SCRIPT), {"PHASE2_GATE_BUNDLES": ""}) == 3
    assert "GITHUB_OUTPUT: cannot be written" in capsys.readouterr().err


def test_what_the_tests_get_is_pinned(step: ModuleType) -> None:
    """
    The list is one that the tool takes: versions and hashes, nothing else.
    """
    lines = requirements.read(str(step.PYTEST)).lines
    assert {line.partition("==")[0] for line in lines} >= {"iniconfig", "packaging", "pluggy", "pygments", "pytest"}


def test_it_runs_the_tool_with_the_interpreter_of_the_step(step: ModuleType) -> None:
    """
    Where the tests get a list of packages, no interpreter is named, and the tool takes its own.
    """
    words = step.arguments({"PHASE2_GATE_REPORT_DIR": "r", "PHASE2_GATE_REQUIRE_CANONICAL": "false"})
    assert f"--requirements={step.PYTEST}" in words
    assert not any(word.startswith("--python") for word in words)
    given = {"PHASE2_GATE_REPORT_DIR": "r", "PHASE2_GATE_REQUIRE_CANONICAL": "true", "PHASE2_GATE_PYTHON": "p"}
    words = step.arguments(given)
    assert ("--python=p" in words, words[-1]) == (True, "--require-canonical")
    assert not any(word.startswith("--requirements") for word in words)
    assert sys.executable not in words
