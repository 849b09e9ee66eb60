"""
Tests of `phase2_gate.cli.display`, `displays` and `verbose`: how much is printed where nobody watches a terminal.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from phase2_gate.cli.main import main
from phase2_gate.cli.verbose import Verbose
from phase2_gate.core import rules
from phase2_gate.core.findings import Finding
from phase2_gate.core.report import GateResult
from phase2_gate.report import text

from ..audit.executions import Stage
from ..bundles import GOOD, bundle, manifest
from ..report.specimens import blocked, failed, passed
from .terminals import SOURCE


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """
    The working directory, with a good bundle, a bad one and a workspace.
    """
    (tmp_path / "good.zip").write_bytes(bundle(GOOD))
    (tmp_path / "bad.zip").write_bytes(bundle(GOOD, listed=manifest({**GOOD, "x": b""})))
    (tmp_path / "work/.git").mkdir(parents=True)
    (tmp_path / "work/a.py").write_bytes(b"A = 1\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    return tmp_path


@pytest.mark.parametrize(
    ("command", "code", "expected"),
    [
        ("verify -q good.zip", 0, ["RESULT: PASS"]),
        ("verify --quiet bad.zip", 1, ["RESULT: FAIL"]),
        ("verify -q good.zip missing.zip bad.zip", 1, ["RESULT: FAIL"]),
        ("verify -q good.zip missing.zip", 3, ["RESULT: BLOCKED"]),
        ("audit -q missing.zip", 3, ["RESULT: BLOCKED"]),
        ("diff -q good.zip good.zip", 0, ["RESULT: EQUAL"]),
        ("diff -q good.zip bad.zip", 1, ["RESULT: DIFFERENT"]),
        ("extract -q good.zip out", 0, ["RESULT: PASS"]),
        ("extract -q bad.zip out", 1, ["RESULT: FAIL"]),
    ],
)
def test_quiet_leaves_the_result_line(
    capsys: pytest.CaptureFixture[str], command: str, code: int, expected: list[str]
) -> None:
    """
    Alone, with the same exit status.
    """
    assert main(command.split()) == code
    out, err = capsys.readouterr()
    assert (out.splitlines(), err) == (expected, "")


def test_a_quiet_build_gives_the_digest(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    What is left out is not listed; what should be known is still told, on standard error.
    """
    assert main(["build", "work", "--output", "one.zip"]) == 0
    digest, told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("bundle")], "skipped: .git"
    assert main(["build", "-q", "work", "--output", "two.zip"]) == 0
    out, err = capsys.readouterr()
    assert (out.splitlines(), told in err) == (digest, False)
    assert (place / "one.zip").read_bytes() == (place / "two.zip").read_bytes()


def test_a_verbose_build_names_the_members(capsys: pytest.CaptureFixture[str]) -> None:
    """
    And how long it took, before the usual lines.
    """
    assert main(["build", "-v", "work", "--output", "one.zip"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["member       manifest.txt", "member       a.py"]
    assert [line.split()[0] for line in lines] == ["member", "member", "time", "built", "bundle", "manifest"]


def test_a_verbose_diff_names_both_sides(capsys: pytest.CaptureFixture[str]) -> None:
    """
    And how long it took, before the result.
    """
    assert main(["diff", "-v", "good.zip", "work"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-4:-2] == ["A              bundle good.zip", "B              directory work"]
    assert (lines[-2].split()[0], lines[-1]) == ("time", "RESULT: DIFFERENT")


def test_a_verbose_extract_shows_the_gates(capsys: pytest.CaptureFixture[str]) -> None:
    """
    Before it says what was extracted.
    """
    assert main(["extract", "good.zip", "plain"]) == 0
    assert capsys.readouterr().out == "extracted 3 files to plain\n"
    assert main(["extract", "-v", "good.zip", "told"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert (lines[0], lines[-1]) == ("verify       good.zip (profile generic)", "extracted 3 files to told")
    assert "  ran: manifest-digest-mismatch" in lines


def test_a_verbose_verify_names_every_rule(capsys: pytest.CaptureFixture[str]) -> None:
    """
    Each that ran, below its gate; without those lines it is the usual text.
    """
    assert main(["verify", "good.zip"]) == 0
    usual = capsys.readouterr().out.splitlines()
    assert main(["verify", "-v", "good.zip"]) == 0
    lines = capsys.readouterr().out.splitlines()
    ran = [line.removeprefix("  ran: ") for line in lines if line.startswith("  ran: ")]
    assert ran == [
        slug for gate in rules.STATIC_GATES for slug in rules.of_gate(gate) if slug != "layout-not-canonical"
    ]
    assert [line for line in lines if not line.startswith(("  ran: ", "time  "))] == usual
    assert lines.index("manifest     PASS") < lines.index("  ran: manifest-path") < lines.index("digests      PASS")


def test_a_verbose_audit_tells_times_and_processes(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    A time for each gate that ran code, and each process with the way it ended.
    """
    (place / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place / "scratch"))
    Stage().install(monkeypatch)
    assert main(["audit", "-v", "good.zip"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.startswith("  time: ") for line in lines) == len(rules.DYNAMIC_GATES)
    assert [line for line in lines if line.startswith("process")] == [
        "process      imports: exit status 0 in 0.500 s, strict",
        "process      tests: exit status 0 in 0.500 s, strict",
    ]
    assert (lines[-2].split()[0], lines[-1]) == ("time", "RESULT: PASS")


def test_verbose_hides_no_note_and_escapes_it() -> None:
    """
    Where findings take the place of the notes; a gate that ran code tells its time, by the clock.
    """
    times = iter((0.0, 1.5, 2.0))
    verbose = Verbose(lambda: next(times))
    found = GateResult("tests", ("tests-failed",), (Finding("tests-failed"),), notes=("a \x1b[2J note",))
    assert list(verbose.gate(found)) == ["  ran: tests-failed", "  note: a \\x1b[2J note", "  time: 1.500 s"]
    assert list(verbose.gate(GateResult("tests", skipped="no ground"))) == []
    assert "not judged   tests-failed" in list(verbose.end(blocked("no way")))


def test_several_bundles_have_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    """
    Verdict, name, and what stands behind it; then the numbers and the worst verdict.
    """
    assert main(["verify", "good.zip", "bad.zip", "missing.zip"]) == 1
    assert capsys.readouterr().out.splitlines()[-5:] == [
        "summary      PASS     good.zip",
        "summary      FAIL     bad.zip: 1 finding: manifest-missing-member",
        "summary      BLOCKED  missing.zip: missing.zip: cannot be opened: No such file or directory",
        "bundles      1 PASS, 1 FAIL, 1 BLOCKED",
        "RESULT: FAIL",
    ]


def test_the_overview_counts_findings_and_rules() -> None:
    """
    The first rule by name, how many more there are by number.
    """
    one, two, three = Finding("name-empty"), Finding("tests-failed", "a"), Finding("tests-none")
    for findings, expected in (
        ((two, two._replace(path="b")), ": 2 findings: tests-failed"),
        ((one, two), ": 2 findings: name-empty and 1 more rule"),
        ((one, two, three), ": 3 findings: name-empty and 2 more rules"),
    ):
        assert text.about(failed(*findings)) == expected
    assert (text.about(passed()), text.about(blocked("a\nb"))) == ("", ": a\\nb")


@pytest.mark.parametrize("option", ["--quiet", "--verbose"])
@pytest.mark.parametrize("command", ["verify good.zip", "audit good.zip", "diff good.zip bad.zip"])
def test_a_document_is_always_whole(capsys: pytest.CaptureFixture[str], command: str, option: str) -> None:
    """
    An option that would have no effect is an error, before anything is judged.
    """
    assert main([*command.split(), option, "--format", "json"]) == 2
    out, err = capsys.readouterr()
    assert (out, err.splitlines()) == (
        "",
        [f"error: {option}: a document is always whole: seen --format json", f"hint: leave out {option}"],
    )


@pytest.mark.parametrize("command", ["verify a.zip", "audit a.zip", "build", "diff a.zip b.zip", "extract a.zip b"])
def test_quiet_and_verbose_exclude_each_other(capsys: pytest.CaptureFixture[str], command: str) -> None:
    """
    A usage error, in every command that has them.
    """
    with pytest.raises(SystemExit) as raised:
        main([*command.split(), "-q", "-v"])
    assert (raised.value.code, "not allowed with argument" in capsys.readouterr().err) == (2, True)


def test_forced_colour_paints_and_changes_no_letter(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    In a pipe too; NO_COLOR has the last word.
    """
    assert main(["verify", "bad.zip"]) == 1
    plain = capsys.readouterr().out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert main(["verify", "bad.zip"]) == 1
    painted = capsys.readouterr().out
    assert "\x1b[1;31mFAIL\x1b[0m" in painted
    for sequence in ("\x1b[1;31m", "\x1b[1;32m", "\x1b[2m", "\x1b[0m"):
        painted = painted.replace(sequence, "")
    assert painted == plain
    monkeypatch.setenv("NO_COLOR", "1")
    assert main(["verify", "bad.zip"]) == 1
    assert capsys.readouterr().out == plain


def test_a_pipe_loads_nothing_that_draws() -> None:
    """
    Neither rich nor a display that is not used, nor what only dataclasses need.
    """
    code = (
        "import sys\nfrom phase2_gate.cli.main import main\nmain(['verify', 'good.zip'])\n"
        "names = ('rich', 'dataclasses', 'inspect', 'pytest', 'json', 'phase2_gate.cli.screen',"
        " 'phase2_gate.cli.colour', 'phase2_gate.cli.verbose', 'phase2_gate.build')\n"
        "print(*[name for name in names if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": str(SOURCE)}
    )
    assert done.stdout.splitlines()[-2:] == ["RESULT: PASS", ""]


def test_a_document_for_several(capsys: pytest.CaptureFixture[str]) -> None:
    """
    One list, and no line besides.
    """
    assert main(["verify", "good.zip", "bad.zip", "--format", "json"]) == 1
    assert [one["verdict"] for one in json.loads(capsys.readouterr().out)] == ["PASS", "FAIL"]
