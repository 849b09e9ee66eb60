"""
Tests of `phase2_gate.cli.judging`: verify and audit from their arguments to their exit codes.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest

from phase2_gate.audit.audit import audit
from phase2_gate.audit.journal import AuditJournal
from phase2_gate.cli import display
from phase2_gate.cli.judging import conclude
from phase2_gate.cli.main import main
from phase2_gate.core.errors import AuditError, IsolationError
from phase2_gate.core.findings import Finding
from phase2_gate.core.report import Verdict
from phase2_gate.isolation.choose import Chosen
from phase2_gate.isolation.level import Level
from phase2_gate.library.evidence import report_directories
from phase2_gate.report import pack
from tests.values import replace

from ..audit.executions import Stage
from ..bundles import GOOD, archive, bundle, manifest
from ..report.specimens import NASTY, blocked, failed, passed


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """
    Stand-ins under which every run passes.
    """
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    made = Stage()
    made.install(monkeypatch)
    return made


@pytest.fixture
def good(tmp_path: Path) -> str:
    """
    A bundle that passes.
    """
    (tmp_path / "good.zip").write_bytes(bundle(GOOD))
    return str(tmp_path / "good.zip")


@pytest.fixture
def bad(tmp_path: Path) -> str:
    """
    A bundle that a static gate fails.
    """
    (tmp_path / "bad.zip").write_bytes(bundle(GOOD, listed=manifest({**GOOD, "x": b""})))
    return str(tmp_path / "bad.zip")


def names(directory: Path) -> list[str]:
    """
    The names in a directory.
    """
    return sorted(path.name for path in directory.iterdir())


def verdicts(reports: Path) -> list[str]:
    """
    The names in a report directory that state a verdict.
    """
    return [name for name in names(reports) if name.endswith("_report.md")]


def test_verify_says_pass(good: str, capsys: pytest.CaptureFixture[str]) -> None:
    """
    One line a gate, the verdict last, exit status 0.
    """
    assert main(["verify", good, "--require-canonical"]) == 0
    out, err = capsys.readouterr()
    assert (out.splitlines()[0], out.splitlines()[-1], err) == (
        "verify       good.zip (profile generic)",
        "RESULT: PASS",
        "",
    )


def test_verify_judges_directories(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    An extracted bundle against its manifest.
    """
    (tmp_path / "out").mkdir()
    (tmp_path / "out/a.txt").write_bytes(b"a")
    (tmp_path / "out/manifest.txt").write_bytes(manifest({"a.txt": b"a"}))
    assert main(["verify", str(tmp_path / "out")]) == 0
    (tmp_path / "out/a.txt").write_bytes(b"b")
    assert main(["verify", str(tmp_path / "out")]) == 1
    assert "manifest-digest-mismatch: a.txt: " in capsys.readouterr().out


def test_the_profile_and_the_canonical_form_are_demanded(
    tmp_path: Path, good: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    As the command line says.
    """
    assert main(["verify", good, "--profile", "build-loop-phase2"]) == 1
    assert "layout-member-missing: pytest.ini: " in capsys.readouterr().out
    (tmp_path / "other.zip").write_bytes(archive({**GOOD, "manifest.txt": manifest(GOOD)}))
    assert main(["verify", str(tmp_path / "other.zip")]) == 0
    assert main(["verify", str(tmp_path / "other.zip"), "--require-canonical"]) == 1
    assert main(["verify", good, "--profile", "mine"]) == 2


def test_verify_gives_json(good: str, bad: str, capsys: pytest.CaptureFixture[str]) -> None:
    """
    A document for one, a list for several, nothing else on standard output.
    """
    assert main(["verify", good, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "PASS"
    assert main(["verify", good, bad, "--format", "json"]) == 1
    assert [each["verdict"] for each in json.loads(capsys.readouterr().out)] == ["PASS", "FAIL"]


def test_several_bundles_have_a_summary_and_the_worst_exit_code(
    tmp_path: Path, good: str, bad: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    A FAIL outweighs a BLOCKED, a BLOCKED a PASS, in any order.
    """
    absent = str(tmp_path / "absent.zip")
    assert main(["verify", good, absent]) == 3
    assert capsys.readouterr().out.splitlines()[-2:] == ["bundles      1 PASS, 1 BLOCKED", "RESULT: BLOCKED"]
    assert main(["verify", bad, absent, good, good]) == 1
    assert capsys.readouterr().out.splitlines()[-2:] == ["bundles      2 PASS, 1 FAIL, 1 BLOCKED", "RESULT: FAIL"]
    assert main(["verify", good, good]) == 0
    assert capsys.readouterr().out.splitlines()[-2:] == ["bundles      2 PASS", "RESULT: PASS"]


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [((), 3), (("PASS",), 0), (("PASS", "BLOCKED"), 3), (("BLOCKED", "FAIL"), 1), (("FAIL",), 1)],
)
@pytest.mark.parametrize("style", ["text", "json"])
def test_no_judgement_at_all_is_blocked(
    capsys: pytest.CaptureFixture[str], verdicts: tuple[str, ...], code: int, style: str
) -> None:
    """
    Nothing looked at is never a pass.
    """
    made = {"PASS": passed(), "FAIL": failed(Finding("name-empty")), "BLOCKED": blocked("no")}
    assert code == conclude([made[verdict] for verdict in verdicts], display.of(style))
    assert "RESULT: PASS" not in capsys.readouterr().out or code == 0 or style == "json"


def test_an_audit_leaves_its_evidence(
    stage: Stage, tmp_path: Path, good: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    Gates as they end, then digests, the report's place, and the verdict.
    """
    reports = tmp_path / "deep/reports"
    assert main(["audit", good, "--report-dir", str(reports), "--python", "/some/python", "--isolation", "strict"]) == 0
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert lines[0] == "audit        good.zip (profile generic)"
    assert [line.split()[:2] for line in lines[1:10]] == [[gate.gate, "PASS"] for gate in passed().verification.gates]
    assert lines[-2:] == [f"report       {reports}/PASS_report.md", "RESULT: PASS"]
    assert {"PASS_report.md", "journal.jsonl", "logs", "report.json"} <= set(names(reports))
    assert (verdicts(reports), err) == (["PASS_report.md"], "")
    assert ("python", "/some/python") in stage.asked
    assert ("isolation", "strict", None) in stage.asked


def test_an_audit_without_a_report_directory_leaves_nothing(
    stage: Stage, tmp_path: Path, good: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    Neither beside the bundle, nor in this directory.
    """
    monkeypatch.chdir(tmp_path)
    assert main(["audit", good]) == 0
    assert "report " not in capsys.readouterr().out
    assert (names(tmp_path), names(tmp_path / "scratch")) == (["good.zip", "scratch"], [])
    assert stage.asked != []


def test_an_audit_gives_json(stage: Stage, tmp_path: Path, good: str, capsys: pytest.CaptureFixture[str]) -> None:
    """
    The same document as in the report directory, alone on standard output.
    """
    stage.tests = (Finding("tests-failed", "a"),)
    assert main(["audit", good, "--format", "json", "--report-dir", str(tmp_path / "r")]) == 1
    out, err = capsys.readouterr()
    assert (out, err) == ((tmp_path / "r/report.json").read_text(), "")
    assert json.loads(out)["verdict"] == "FAIL"


@pytest.mark.parametrize("level", ["process", "none"])
def test_a_level_that_does_not_isolate_is_named(
    stage: Stage, tmp_path: Path, good: str, capsys: pytest.CaptureFixture[str], level: str
) -> None:
    """
    In the result line, on the terminal and in both reports.
    """
    stage.chosen = Chosen(Level(level), level, None)
    assert main(["audit", good, "--isolation", level, "--report-dir", str(tmp_path / "r")]) == 0
    expected = f"RESULT: PASS (isolation: {level})"
    assert capsys.readouterr().out.splitlines()[-1] == expected
    assert (tmp_path / "r/PASS_report.md").read_text().splitlines()[-1] == expected
    assert json.loads((tmp_path / "r/report.json").read_text())["result"] == expected


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        (("strict", "landlock"), "RESULT: PASS"),
        (("strict", "process"), "RESULT: PASS (isolation: process)"),
        (("process", "none", ""), "RESULT: PASS (isolation: none, process)"),
    ],
)
def test_the_summary_names_such_levels_too(
    capsys: pytest.CaptureFixture[str], levels: tuple[str, ...], expected: str
) -> None:
    """
    The last line of several audits says no more than theirs.
    """
    assert conclude([replace(passed(), isolation=level) for level in levels], display.of("text")) == 0
    assert capsys.readouterr().out.splitlines()[-1] == expected


def test_no_old_pass_lies_beside_a_new_verdict(
    stage: Stage, tmp_path: Path, good: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    Whether the next audit passes, fails, or could not judge.
    """
    reports = tmp_path / "r"
    argv = ["audit", good, "--report-dir", str(reports)]
    assert main(argv) == 0
    stage.tests = (Finding("tests-failed", "a"),)
    assert main(argv) == 1
    assert verdicts(reports) == ["FAIL_report.md"]
    stage.tests, stage.chosen = (), IsolationError("isolation: no way")
    assert main(argv) == 3
    assert verdicts(reports) == ["BLOCKED_report.md"]
    assert names(reports / "logs") == []
    assert main(["audit", str(tmp_path / "absent.zip"), "--report-dir", str(reports)]) == 3
    assert (verdicts(reports), "journal.jsonl" in names(reports)) == (["BLOCKED_report.md"], False)
    assert capsys.readouterr().out.splitlines()[-1] == "RESULT: BLOCKED"


def test_a_crash_of_ours_leaves_a_blocked_report(
    stage: Stage, tmp_path: Path, good: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    Exit status 3, a report that says so, and no PASS anywhere in it.
    """
    stage.act["tests"] = RuntimeError("boom")
    assert main(["audit", good, "--report-dir", str(tmp_path / "r")]) == 3
    out = capsys.readouterr().out
    assert "tests        BLOCKED  internal error: RuntimeError: boom (" in out
    assert out.splitlines()[-1] == "RESULT: BLOCKED"
    assert verdicts(tmp_path / "r") == ["BLOCKED_report.md"]
    assert json.loads((tmp_path / "r/report.json").read_text())["verdict"] == "BLOCKED"


def test_an_interrupt_leaves_no_verdict(
    stage: Stage, tmp_path: Path, good: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    Exit status 3; an old PASS is gone too.
    """
    argv = ["audit", good, "--report-dir", str(tmp_path / "r")]
    assert main(argv) == 0
    capsys.readouterr()
    stage.act["tests"] = KeyboardInterrupt()
    assert main(argv) == 3
    out, err = capsys.readouterr()
    assert ("RESULT" in out, err) == (False, "error: interrupted; nothing was judged\n")
    assert names(tmp_path / "r") == ["journal.jsonl", "logs"]


@pytest.mark.parametrize("moment", ["made", "written"])
def test_a_report_that_cannot_be_written_is_blocked(
    stage: Stage,
    tmp_path: Path,
    good: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
) -> None:
    """
    Whoever asked for evidence gets no verdict without it; code does not run when it is known before.
    """
    reports = tmp_path / "r"
    if moment == "made":
        reports.write_text("mine")
    else:

        def full(*_: object) -> None:
            raise AuditError("r: a report cannot be written: No space left on device")

        monkeypatch.setattr(pack, "write", full)
    assert main(["audit", good, "--report-dir", str(reports)]) == 3
    out, err = capsys.readouterr()
    assert ("RESULT" in out, err.startswith("error: ")) == (False, True)
    assert (stage.asked == []) is (moment == "made")


def test_a_journal_that_cannot_be_written_is_blocked(
    stage: Stage, tmp_path: Path, good: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Nothing is claimed, and no code has run.
    """

    def broken(*_: object) -> None:
        raise AuditError("journal.jsonl: cannot be written: no space")

    monkeypatch.setattr(AuditJournal, "start", broken)
    assert main(["audit", good, "--report-dir", str(tmp_path / "r")]) == 3
    out, err = capsys.readouterr()
    assert ("RESULT" in out, err) == (False, "error: journal.jsonl: cannot be written: no space\n")
    assert (names(tmp_path / "r"), stage.asked) == (["journal.jsonl", "logs"], [])


def test_the_workspace_is_kept_on_request(
    stage: Stage, tmp_path: Path, good: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    The summary says where.
    """
    assert main(["audit", good, "--keep"]) == 0
    [line] = [line for line in capsys.readouterr().out.splitlines() if line.startswith("workspace    kept in ")]
    kept = Path(line.removeprefix("workspace    kept in "))
    assert kept.is_relative_to(tmp_path / "scratch")
    assert (kept / "pkg/__init__.py").read_bytes() == GOOD["pkg/__init__.py"]
    assert stage.asked


def test_an_interpreter_without_pytest_is_blocked(stage: Stage, good: str, capsys: pytest.CaptureFixture[str]) -> None:
    """
    The hint names the way out.
    """
    stage.interpreter = replace(stage.interpreter, pytest_version=None)
    assert main(["audit", good]) == 3
    out = capsys.readouterr().out
    assert "pytest is missing in this interpreter" in out
    assert "  hint: install pytest there, or name another interpreter with --python" in out


def test_several_audits_have_directories_of_their_own(
    stage: Stage, tmp_path: Path, good: str, bad: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    What an earlier single audit left above them is removed; all are made before the first is judged.
    """
    reports = tmp_path / "r"
    assert main(["audit", good, "--report-dir", str(reports)]) == 0
    assert main(["audit", bad, good, good, str(tmp_path / "absent.zip"), "--report-dir", str(reports)]) == 1
    assert names(reports) == ["absent", "bad", "good", "good-2", "logs"]
    found = {path.parent.name: path.name for path in reports.glob("*/*.md")}
    assert found == {
        "absent": "BLOCKED_report.md",
        "bad": "FAIL_report.md",
        "good": "PASS_report.md",
        "good-2": "PASS_report.md",
    }
    assert capsys.readouterr().out.splitlines()[-2:] == ["bundles      2 PASS, 1 FAIL, 1 BLOCKED", "RESULT: FAIL"]
    assert stage.asked


def test_a_call_that_breaks_off_leaves_no_old_pass(
    stage: Stage, tmp_path: Path, good: str, bad: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    The directory of a bundle whose turn did not come holds no verdict.
    """
    argv = ["audit", good, bad, "--report-dir", str(tmp_path / "r")]
    main(argv)
    stage.act["imports"] = KeyboardInterrupt()
    assert main(argv) == 3
    assert list((tmp_path / "r").glob("**/*.md")) == []
    capsys.readouterr()


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["a.zip"], ["r"]),
        (["a.zip", "b"], ["r/a", "r/b"]),
        (["x/a.zip", "y/a.zip", "a"], ["r/a", "r/a-2", "r/a-3"]),
        (["a.zip", "a-2.zip", "a.zip"], ["r/a", "r/a-2", "r/a-3"]),
        (["A.zip", "a.zip"], ["r/A", "r/a-2"]),
        (["...zip", "..zip", ".zip", ". .zip"], ["r/bundle", "r/bundle-2", "r/bundle-3", "r/bundle-4"]),
        (["x/..", "a/"], None),
    ],
)
def test_report_directories(paths: list[str], expected: list[str] | None) -> None:
    """
    Below the one that was named, each once, whatever the bundles are called.
    """
    found = report_directories("r", paths)
    if expected is not None:
        assert [str(Path(name)) for name in expected] == found
    assert all(name is not None and Path(name).name not in {"..", "."} for name in found)
    assert [None] * len(paths) == report_directories(None, paths)


@pytest.mark.parametrize("foreign", [text for text in NASTY if text.isascii() and "\0" not in text and "/" not in text])
def test_names_of_bundles_are_only_text(
    stage: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str], foreign: str
) -> None:
    """
    Whoever names a file decides nothing of what a terminal shows.
    """
    path = tmp_path / foreign
    path.write_bytes(bundle(GOOD))
    stage.tests = (Finding("tests-failed", foreign, foreign),)
    assert main(["audit", str(path), "--report-dir", str(tmp_path / f"r{foreign}")]) == 1
    out = capsys.readouterr().out
    assert out.replace("\n", "").isprintable()
    assert [line for line in out.splitlines() if line.startswith("RESULT")] == ["RESULT: FAIL"]


def test_two_audits_of_one_bundle_report_the_same(
    stage: Stage, tmp_path: Path, good: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    But for the block of what may differ.
    """
    documents = []
    for name in ("one", "two"):
        assert main(["audit", good, "--report-dir", str(tmp_path / name)]) == 0
        document = json.loads((tmp_path / name / "report.json").read_text())
        assert document.pop("volatile")["started_at"]
        documents.append(document)
    assert documents[0] == documents[1]
    assert (stage.asked != [], "RESULT: PASS" in capsys.readouterr().out) == (True, True)


def test_an_output_that_breaks_off_is_blocked(
    stage: Stage, tmp_path: Path, good: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A reader who leaves while we judge gets no verdict, and no PASS is left in the reports.
    """

    def gone(_: str = "") -> None:
        raise BrokenPipeError

    monkeypatch.setattr("phase2_gate.cli.terminal.out", gone)
    assert main(["audit", good, "--report-dir", str(tmp_path / "r")]) == 3
    assert not (tmp_path / "r/PASS_report.md").exists()
    assert stage.asked == []


def test_the_library_gives_the_verdict_of_the_command(stage: Stage, good: str) -> None:
    """
    The command adds nothing to it.
    """
    from phase2_gate.audit.options import Options
    from phase2_gate.core.profile import GENERIC

    assert audit(Path(good), GENERIC, Options()).verdict is Verdict.PASS
    assert stage.asked


@pytest.mark.parametrize("line", ["pytest", "pytest==8.3.4", "-r more.txt"])
def test_requirements_without_digests_are_a_usage_error(
    stage: Stage, tmp_path: Path, good: str, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    """
    Nothing is judged, and nothing was fetched.
    """
    (tmp_path / "r.txt").write_text(line)
    assert main(["audit", good, "--requirements", str(tmp_path / "r.txt"), "--report-dir", str(tmp_path / "r")]) == 2
    assert "need NAME==VERSION with --hash=sha256" in capsys.readouterr().err
    assert (stage.asked, (tmp_path / "r").exists()) == ([], False)


@pytest.mark.parametrize("name", ["report.json", "PASS_report.md", "journal.jsonl", "logs/tests.stdout"])
def test_a_bundle_is_never_cleared_away(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    """
    A bundle that lies where a report would go is a usage error, and stays.
    """
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"a bundle")
    assert main(["audit", str(path), "--report-dir", str(tmp_path)]) == 2
    assert "would be removed" in capsys.readouterr().err
    assert path.read_bytes() == b"a bundle"
