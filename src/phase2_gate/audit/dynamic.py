"""
The gates that run code of a bundle: imports, tests, workspace.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Self

from ..core.digest import Sha256
from ..core.errors import AuditError
from ..core.evidence import Interpreter, Run, Test
from ..core.findings import Finding
from ..core.limits import Limits as Demanded
from ..core.profile import Profile
from ..core.report import GateResult, cut_short, judged, waive
from ..core.source import Source
from ..core.verify import Judgement
from ..isolation.choose import Chosen, choose
from ..isolation.command import Completed, Limits
from ..isolation.scratch import make, private
from . import environment, unchanged
from .blocked import blocked
from .execution import imports, shadowing, suite
from .execution.interpreter import Interpreter as Inspected
from .execution.interpreter import inspect
from .execution.policy import Execution, Policy, TestPolicy
from .extract import extract
from .modules import packages
from .options import Options
from .placeless import placeless
from .source import digest as source_digest


class Dynamic:
    """
    Runs one gate after the other on one extracted workspace.

    A context manager: the workspace is made by the first gate and removed at the end, unless it is to be kept. Once a
    gate has not passed, the later ones that would run code do not; the workspace is looked at whenever code ran.

    Args:
        source: The bundle that was judged.
        sha256: Its digest.
        judgement: What the static gates said; every one passed when a gate here is run.
        profile: What is demanded.
        options: How to judge.
    """

    def __init__(
        self, source: Source, sha256: Sha256, judgement: Judgement, profile: Profile, options: Options
    ) -> None:
        self._source = source
        self._sha256 = sha256
        self._members = judgement.members
        self._profile = profile
        self._options = options
        self._stack = ExitStack()
        self._workspace: Path | None = None
        self._inspected: Inspected | None = None
        self._chosen: Chosen | None = None
        self._stopped = ""
        self.runs: list[Run] = []
        self.tests: list[Test] = []
        self.interpreter: Interpreter | None = None
        self.notes: list[str] = []
        self.isolation = ""
        self.kept = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._options.keep and self._workspace is not None:
            self.kept = str(self._workspace)
        self._stack.close()

    def run(self, gate: str) -> GateResult:
        """
        Runs one of `rules.DYNAMIC_GATES`, in their order.
        """
        steps = {"imports": self._imports, "tests": self._tests, "workspace": self._unchanged}
        if self._stopped and (gate != "workspace" or not self.runs):
            return cut_short(gate, (), (), self._stopped)
        try:
            result = waive(steps[gate](), self._profile.waivers)
        except Exception as error:  # noqa: BLE001 - whatever stops a gate of ours makes it BLOCKED
            result = blocked(gate, error)
        if result.state != "pass":
            self._stopped = f"the gate {gate} did not pass"
        return result

    def _prepare(self) -> tuple[Path, Inspected]:
        if self._inspected is None or self._workspace is None:
            python, packages = self._options.python, tuple[str, ...]()
            if (requirements := self._options.requirements) is not None:
                place = self._stack.enter_context(private())
                python, packages = environment.make(python, requirements, place)
            self._inspected = inspect(python)
            if self._inspected.pytest_version is None:
                message = f"{self._inspected.path}: pytest is missing in this interpreter"
                raise AuditError(message, hint="install pytest there, or name another interpreter with --python")
            directory = self._fresh() / "workspace"
            directory.mkdir()
            self._workspace = directory
            extract(self._source, self._members, str(directory), fixed_modes=True)
            self.interpreter = Interpreter(
                self._inspected.path,
                self._inspected.version,
                self._inspected.implementation,
                self._inspected.pytest_version,
                packages,
            )
        return self._workspace, self._inspected

    def _fresh(self) -> Path:
        if not self._options.keep:
            return self._stack.enter_context(private())
        return make()

    def _policy(self, interpreter: Inspected) -> Policy:
        tests = _allowed(self._profile.limits)
        if self._chosen is None:
            options = self._options
            self._chosen = choose(options.isolation, interpreter.path, interpreter.readable, tests, floor=options.floor)
            self.isolation = self._chosen.level.value
            self.notes.extend(self._chosen.notes)
            if self._chosen.proof is not None and self._chosen.proof.open:
                gaps = ", ".join(self._chosen.proof.open)
                self.notes.append(f"isolation: {self.isolation}: what this level does not stop: {gaps}")
        return Policy(
            level=self._chosen.level,
            carrier=self._chosen.carrier,
            imports=replace(tests, wall_seconds=self._profile.limits.import_seconds),
            tests=tests,
        )

    def _imports(self) -> GateResult:
        modules = self._profile.imports
        if modules is None:
            modules = packages(member.entry.path for member in self._members)
        if not modules:
            finding = Finding("import-none", None, "no package at the root or under src/")
            return cut_short("imports", ("import-none",), [finding], "there is nothing to import")
        if shadowed := shadowing.check(member.entry.path for member in self._members):
            return cut_short("imports", ("import-shadowing",), shadowed, "members shadow what would run them")
        workspace, interpreter = self._prepare()
        execution = imports.check(workspace, modules, interpreter, self._policy(interpreter))
        return self._result("imports", execution, workspace, f"{', '.join(modules)} imported")

    def _tests(self) -> GateResult:
        workspace, interpreter = self._prepare()
        demanded = TestPolicy(
            paths=tuple(self._profile.test_paths),
            minimum=self._profile.minimum_tests,
            max_skipped=self._profile.max_skipped,
            plugins=self._profile.plugins,
            progress=self._options.watch,
        )
        execution = suite.check(workspace, demanded, interpreter, self._policy(interpreter))
        clean = placeless(workspace)
        self.tests.extend(Test(clean(test.name), test.outcome, clean(test.detail)) for test in execution.tests)
        outcomes = [test.outcome for test in execution.tests]
        counts = ", ".join(f"{outcomes.count(kind)} {kind}" for kind in sorted(set(outcomes)))
        return self._result("tests", execution, workspace, counts or "no test was seen")

    def _result(self, gate: str, execution: Execution, workspace: Path, note: str) -> GateResult:
        completed = execution.completed
        self.runs.append(
            Run(
                gate=gate,
                command=execution.command,
                ended=ended(completed),
                seconds=completed.seconds,
                stdout=completed.stdout,
                stderr=completed.stderr,
                isolation=str(completed.level),
                layers=completed.layers,
                notes=completed.notes,
            )
        )
        about = () if execution.findings else (note,)
        clean = placeless(workspace)
        findings = (
            Finding(
                finding.rule,
                None if finding.path is None else clean(finding.path),
                clean(finding.detail),
                finding.offset,
                None if finding.seen is None else clean(finding.seen),
                finding.need,
            )
            for finding in execution.findings
        )
        return judged(gate, findings, (*about, *execution.notes))

    def _unchanged(self) -> GateResult:
        workspace, _ = self._prepare()
        findings = unchanged.compare(str(workspace), self._members)
        if source_digest(self._source) != self._sha256:
            detail = "the bundle is no longer the one that was judged"
            findings.append(Finding("workspace-bundle-changed", None, detail))
        return judged("workspace", findings, () if findings else (f"{len(self._members)} files are as they were",))


def _allowed(limits: Demanded) -> Limits:
    """
    What the test run may use.
    """
    return Limits(
        wall_seconds=limits.test_seconds,
        cpu_seconds=limits.cpu_seconds,
        address_space_bytes=limits.address_space_bytes,
        processes=limits.processes,
        file_bytes=limits.file_bytes,
        open_files=limits.open_files,
        scratch_bytes=limits.scratch_bytes,
        output_bytes=limits.output_bytes,
        record_bytes=limits.record_bytes,
    )


def ended(completed: Completed) -> str:
    """
    How a process ended, for people.
    """
    how = f"exit status {completed.returncode}" if completed.signal is None else f"signal {completed.signal}"
    if completed.timed_out:
        return f"{how} (stopped: the time limit)"
    if completed.output_exceeded:
        return f"{how} (stopped: too much output)"
    return f"{how} (stopped: the record grew too large)" if completed.record_exceeded else how
