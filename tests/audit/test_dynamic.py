"""
Tests of `phase2_gate.audit.dynamic`: the gates that run code, with stand-ins for what runs it.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from phase2_gate.audit import environment
from phase2_gate.audit.dynamic import Dynamic, ended
from phase2_gate.audit.execution.policy import TestOutcome
from phase2_gate.audit.options import Options
from phase2_gate.audit.requirements import Requirements
from phase2_gate.core import rules, verify
from phase2_gate.core.digest import of as digest_of
from phase2_gate.core.errors import AuditError, IsolationError
from phase2_gate.core.evidence import Interpreter, Run, Test
from phase2_gate.core.findings import Finding
from phase2_gate.core.limits import Limits
from phase2_gate.core.paths import parse
from phase2_gate.core.profile import GENERIC, Profile
from phase2_gate.core.report import GateResult, judged
from phase2_gate.core.source import MemorySource
from phase2_gate.isolation.choose import Chosen
from phase2_gate.isolation.command import Completed
from phase2_gate.isolation.command import Limits as Allowed
from phase2_gate.isolation.level import Level
from phase2_gate.isolation.selftest import Proof
from tests.values import replace

from ..bundles import GOOD, bundle, manifest
from .executions import ENDED, Stage

LIMITS = Limits(
    import_seconds=3,
    test_seconds=4,
    output_bytes=5,
    record_bytes=6,
    cpu_seconds=7,
    address_space_bytes=8,
    processes=9,
    file_bytes=10,
    open_files=11,
    scratch_bytes=12,
)
"""Every limit of a run, each another number."""


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """
    Where every temporary directory of ours is made.
    """
    place = tmp_path / "scratch"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


@pytest.fixture
def stage(scratch: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:  # noqa: ARG001 - our temporary directories lie there
    """
    Stand-ins under which everything passes.
    """
    made = Stage()
    made.install(monkeypatch)
    return made


@contextmanager
def running(
    files: dict[str, bytes] | None = None,
    profile: Profile = GENERIC,
    options: Options | None = None,
    source: MemorySource | None = None,
) -> Iterator[Dynamic]:
    """
    The dynamic gates over a bundle of `files`.
    """
    source = source or MemorySource(bundle(GOOD if files is None else files))
    judgement = verify.judge(source, profile)
    sha256 = digest_of(source.read_at(0, source.size))
    with Dynamic(source, sha256, judgement, profile, options or Options()) as dynamic:
        yield dynamic


def run_all(dynamic: Dynamic) -> list[GateResult]:
    """
    The results of all three gates.
    """
    return [dynamic.run(gate) for gate in rules.DYNAMIC_GATES]


def states(results: list[GateResult]) -> list[str]:
    """
    The states of gates.
    """
    return [result.state for result in results]


def test_a_good_bundle_passes(stage: Stage, scratch: Path) -> None:
    """
    Each gate runs all of its rules; runs, tests, interpreter and level are recorded; nothing stays behind.
    """
    with running() as dynamic:
        results = run_all(dynamic)
    assert results == [
        judged("imports", [], ("pkg imported",)),
        judged("tests", [], ("1 passed", "a key was dropped")),
        judged("workspace", [], ("3 files are as they were",)),
    ]
    assert dynamic.runs[1] == Run(
        gate="tests",
        command=("python", "tests"),
        ended="exit status 0",
        seconds=0.5,
        stdout=b"out",
        stderr=b"err",
        isolation="strict",
        layers=("namespaces", "seccomp"),
        notes=("a note",),
    )
    assert [run.gate for run in dynamic.runs] == ["imports", "tests"]
    assert dynamic.tests == [Test("tests/test_a.py::test_value", "passed")]
    assert dynamic.interpreter == Interpreter(stage.interpreter.path, "3.12.1", "CPython", "8.3.0")
    assert (dynamic.isolation, dynamic.kept, dynamic.notes) == ("strict", "", [])
    assert list(scratch.iterdir()) == []


def test_the_demands_reach_what_runs(stage: Stage) -> None:
    """
    Interpreter, level, floor, modules, test paths, minimum and limits are the auditor's.
    """
    profile = Profile(
        "mine",
        imports=("pkg.sub",),
        test_paths=(parse("tests"),),
        minimum_tests=7,
        max_skipped=0.25,
        plugins=("some.plugin",),
        limits=LIMITS,
    )
    options = Options(python="/some/python", isolation="auto", floor=Level.PROCESS)
    with running(profile=profile, options=options) as dynamic:
        run_all(dynamic)
    asked = {item[0]: item[1:] for item in stage.asked if isinstance(item, tuple)}
    assert asked["python"] == ("/some/python",)
    assert asked["isolation"] == ("auto", Level.PROCESS)
    modules, policy = asked["imports"]
    assert (modules, policy.level, policy.imports.wall_seconds, policy.imports.output_bytes) == (
        ("pkg.sub",),
        Level.STRICT,
        3,
        5,
    )
    demanded, policy = asked["tests"]
    assert (demanded.paths, demanded.minimum) == (("tests",), 7)
    assert (demanded.max_skipped, demanded.plugins) == (0.25, ("some.plugin",))
    assert policy.tests == Allowed(
        wall_seconds=4,
        output_bytes=5,
        record_bytes=6,
        cpu_seconds=7,
        address_space_bytes=8,
        processes=9,
        file_bytes=10,
        open_files=11,
        scratch_bytes=12,
    )
    assert policy.imports == replace(policy.tests, wall_seconds=3)
    assert [item[0] for item in stage.asked if isinstance(item, tuple)] == ["python", "isolation", "imports", "tests"]


def test_requirements_are_installed_before_anything_runs(
    stage: Stage, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    The environment is made with the auditor's interpreter, used in its place, told in the record, and removed.
    """
    listed = Requirements(("pytest==1 --hash=sha256:" + "a" * 64,))
    places: list[Path] = []

    def make(python: str, requirements: Requirements, directory: Path) -> tuple[str, tuple[str, ...]]:
        assert (python, requirements, stage.asked) == ("/base/python", listed, [])
        places.append(directory)
        return "/made/python", ("pytest==1",)

    monkeypatch.setattr(environment, "make", make)
    with running(options=Options(python="/base/python", requirements=listed)) as dynamic:
        results = run_all(dynamic)
    assert states(results) == ["pass", "pass", "pass"]
    assert stage.asked[0] == ("python", "/made/python")
    assert dynamic.interpreter is not None
    assert dynamic.interpreter.packages == ("pytest==1",)
    assert (len(places), list(scratch.iterdir())) == (1, [])


def test_requirements_that_fail_are_blocked(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    That a package cannot be had says nothing about the bundle; nothing of it runs.
    """

    def make(*_: object) -> tuple[str, tuple[str, ...]]:
        raise AuditError("requirements: could not fill the environment: no network", hint="a way out")

    monkeypatch.setattr(environment, "make", make)
    with running(options=Options(requirements=Requirements(("x",)))) as dynamic:
        results = run_all(dynamic)
    assert states(results) == ["blocked", "not run", "not run"]
    assert (results[0].notes, stage.asked) == (("a way out",), [])


def test_without_a_package_there_is_nothing_to_import(stage: Stage, scratch: Path) -> None:
    """
    Nothing looked at is never a pass; no code runs then.
    """
    with running({"tests/test_a.py": b""}) as dynamic:
        results = run_all(dynamic)
        assert list(scratch.iterdir()) == []
    assert states(results) == ["fail", "not run", "not run"]
    assert results[0].findings == (Finding("import-none", None, "no package at the root or under src/"),)
    assert (results[0].ran, stage.asked) == (("import-none",), [])


def test_members_that_shadow_stop_everything(stage: Stage, scratch: Path) -> None:
    """
    What would be run in place of the verifier's own programs is never extracted.
    """
    with running({**GOOD, "sitecustomize.py": b""}) as dynamic:
        results = run_all(dynamic)
        assert list(scratch.iterdir()) == []
    assert states(results) == ["fail", "not run", "not run"]
    assert [(found.rule, found.path) for found in results[0].findings] == [("import-shadowing", "sitecustomize.py")]
    assert (results[0].ran, stage.asked) == (("import-shadowing",), [])


def test_failing_imports_stop_the_tests_and_not_the_look_at_the_workspace(stage: Stage) -> None:
    """
    Code ran, so what it did to the workspace is judged.
    """
    stage.imports = (Finding("import-failed", None, "no"),)
    with running() as dynamic:
        results = run_all(dynamic)
    assert states(results) == ["fail", "not run", "pass"]
    assert results[1].skipped == "the gate imports did not pass"
    assert results[0].notes == ()


def test_failing_tests_are_counted_by_outcome(stage: Stage) -> None:
    """
    Every outcome is in the record, the reason of each beside it.
    """
    stage.tests = (Finding("tests-failed", "tests/test_a.py", "no"),)
    stage.outcomes = (TestOutcome("a", "failed", "no"), TestOutcome("b", "skipped", "why"))
    with running() as dynamic:
        results = run_all(dynamic)
    assert states(results) == ["pass", "fail", "pass"]
    assert dynamic.tests == [Test("a", "failed", "no"), Test("b", "skipped", "why")]


def test_no_test_at_all_is_said(stage: Stage) -> None:
    """
    The note does not count nothing.
    """
    stage.outcomes = ()
    with running() as dynamic:
        assert run_all(dynamic)[1].notes[0] == "no test was seen"


def test_the_random_name_of_the_directory_is_taken_out(stage: Stage) -> None:
    """
    What the bundle's code says of its own place reads the same in every audit.
    """

    def speak(workspace: Path) -> None:
        stage.tests = (Finding("tests-failed", "a", f"in {workspace}/a", seen=f"{workspace}"), Finding("tests-none"))
        stage.outcomes = (TestOutcome("a", "failed", f"in {workspace}/a"),)

    stage.act["tests"] = speak
    with running() as dynamic:
        results = run_all(dynamic)
    assert results[1].findings == (
        Finding("tests-none"),
        Finding("tests-failed", "a", "in <workspace>/a", seen="<workspace>"),
    )
    assert dynamic.tests == [Test("a", "failed", "in <workspace>/a")]


@pytest.mark.parametrize(
    ("error", "blocked", "notes"),
    [
        (AuditError("a: no", hint="b"), "a: no", ("b",)),
        (IsolationError("no"), "no", ()),
        (OSError(5, "Input/output error"), "[Errno 5] Input/output error", ()),
        (RuntimeError("boom"), "internal error: RuntimeError: boom (executions.py:", None),
        (MemoryError(), "internal error: MemoryError (executions.py:", None),
    ],
)
def test_whatever_stops_a_gate_makes_it_blocked(
    stage: Stage, scratch: Path, error: Exception, blocked: str, notes: tuple[str, ...] | None
) -> None:
    """
    Errors of ours, of the system, and those that nobody expected: none of them is a pass, and none stays unsaid.
    """
    stage.act["tests"] = error
    with running() as dynamic:
        results = run_all(dynamic)
    assert states(results) == ["pass", "blocked", "pass"]
    assert (results[1].blocked.startswith(blocked), results[1].ran) == (True, ())
    assert notes is None or results[1].notes == notes
    assert list(scratch.iterdir()) == []


def test_an_interrupt_is_no_result(stage: Stage, scratch: Path) -> None:
    """
    Whoever interrupts ends the audit; the private directory goes.
    """
    stage.act["tests"] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt), running() as dynamic:
        run_all(dynamic)
    assert list(scratch.iterdir()) == []


def test_an_interpreter_without_pytest_is_blocked(stage: Stage, scratch: Path) -> None:
    """
    It is the auditor's, so the bundle is not at fault; nothing was extracted.
    """
    stage.interpreter = replace(stage.interpreter, path="/some/python", pytest_version=None)
    with running() as dynamic:
        results = run_all(dynamic)
        assert list(scratch.iterdir()) == []
    assert states(results) == ["blocked", "not run", "not run"]
    assert results[0].blocked == "/some/python: pytest is missing in this interpreter"
    assert results[0].notes == ("install pytest there, or name another interpreter with --python",)


def test_without_isolation_no_code_runs(stage: Stage) -> None:
    """
    A level that is not to be had is BLOCKED.
    """
    stage.chosen = IsolationError("isolation: strict: no namespaces", hint="--isolation process")
    with running() as dynamic:
        results = run_all(dynamic)
    assert states(results) == ["blocked", "not run", "not run"]
    assert (dynamic.runs, dynamic.isolation) == ([], "")
    assert [item[0] for item in stage.asked if isinstance(item, tuple)] == ["python", "isolation"]


def test_a_lower_level_is_said_aloud(stage: Stage) -> None:
    """
    Why no stronger one was to be had, and what this one does not stop.
    """
    proof = Proof(Level.LANDLOCK, (), ("change-mode", "change-times"), (), ())
    stage.chosen = Chosen(Level.LANDLOCK, "auto", proof, ("isolation: strict: no namespaces",))
    with running() as dynamic:
        run_all(dynamic)
    assert dynamic.isolation == "landlock"
    assert dynamic.notes == [
        "isolation: strict: no namespaces",
        "isolation: landlock: what this level does not stop: change-mode, change-times",
    ]


def test_levels_without_a_self_test_are_taken_as_asked(stage: Stage) -> None:
    """
    They promise nothing, so nothing was tried.
    """
    stage.chosen = Chosen(Level.NONE, "none", None)
    with running() as dynamic:
        assert states(run_all(dynamic)) == ["pass"] * 3
    assert (dynamic.isolation, dynamic.notes, dynamic.runs[0].isolation) == ("none", [], "none")


@pytest.mark.parametrize("gate", ["imports", "tests"])
def test_a_changed_workspace_is_found(stage: Stage, gate: str) -> None:
    """
    Whoever changes a file, in whichever gate, is found out.
    """
    stage.act[gate] = lambda workspace: (workspace / "pkg/__init__.py").write_text("X")
    with running() as dynamic:
        results = run_all(dynamic)
    assert states(results) == ["pass", "pass", "fail"]
    assert [(finding.rule, finding.path) for finding in results[2].findings] == [
        ("workspace-file-changed", "pkg/__init__.py")
    ]
    assert results[2].notes == ()


def test_a_workspace_that_is_gone_is_blocked(stage: Stage) -> None:
    """
    What cannot be looked at cannot pass.
    """
    stage.act["tests"] = shutil.rmtree
    with running() as dynamic:
        assert states(run_all(dynamic)) == ["pass", "pass", "blocked"]


class _Changing(MemorySource):
    """
    A bundle whose bytes change once its tests have run.
    """

    changed = False

    def read_at(self, offset: int, length: int) -> bytes:
        data = super().read_at(offset, length)
        return bytes(len(data)) if self.changed else data


def test_a_bundle_that_changes_is_found(stage: Stage) -> None:
    """
    A verdict is about bytes; they are compared again at the end.
    """
    source = _Changing(bundle(GOOD))
    stage.act["tests"] = lambda _: setattr(source, "changed", True)
    with running(source=source) as dynamic:
        results = run_all(dynamic)
    assert results[2].findings == (
        Finding("workspace-bundle-changed", None, "the bundle is no longer the one that was judged"),
    )


@pytest.mark.usefixtures("stage")
def test_a_bundle_that_changes_before_extraction_is_blocked(scratch: Path) -> None:
    """
    What is extracted is what was judged, or nothing.
    """
    source = _Changing(bundle(GOOD))
    judgement = verify.judge(source, GENERIC)
    source.changed = True
    with Dynamic(source, digest_of(b""), judgement, GENERIC, Options()) as dynamic:
        results = run_all(dynamic)
    assert states(results) == ["blocked", "not run", "not run"]
    assert "the bundle changed while it was judged" in results[0].blocked
    assert list(scratch.iterdir()) == []


@pytest.mark.usefixtures("stage")
def test_the_workspace_is_kept_on_request(scratch: Path) -> None:
    """
    It stays, whole, when the audit is over, and the record says where.
    """
    with running(options=Options(keep=True)) as dynamic:
        run_all(dynamic)
    kept = Path(dynamic.kept)
    assert kept.is_relative_to(scratch)
    files = {path.relative_to(kept).as_posix(): path.read_bytes() for path in kept.rglob("*") if path.is_file()}
    assert files == {**GOOD, "manifest.txt": manifest(GOOD)}
    assert kept.parent.stat().st_mode & 0o067 == 0  # the unprivileged group may pass through what is root's


@pytest.mark.usefixtures("stage")
def test_nothing_is_kept_when_nothing_was_extracted(scratch: Path) -> None:
    """
    There is no directory to name then.
    """
    with running({"a.txt": b""}, options=Options(keep=True)) as dynamic:
        run_all(dynamic)
    assert (dynamic.kept, list(scratch.iterdir())) == ("", [])


@pytest.mark.parametrize(
    ("completed", "expected"),
    [
        (ENDED, "exit status 0"),
        (replace(ENDED, returncode=None, signal=9), "signal 9"),
        (replace(ENDED, returncode=None, signal=9, timed_out=True), "signal 9 (stopped: the time limit)"),
        (replace(ENDED, returncode=1, output_exceeded=True), "exit status 1 (stopped: too much output)"),
        (replace(ENDED, record_exceeded=True), "exit status 0 (stopped: the record grew too large)"),
    ],
)
def test_how_a_process_ended(completed: Completed, expected: str) -> None:
    """
    Exit status or signal, and who stopped it why.
    """
    assert expected == ended(completed)
