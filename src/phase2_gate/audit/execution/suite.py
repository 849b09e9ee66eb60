"""
The test gate: the bundle's pytest suite ran, was seen to run, and passed.
"""

from __future__ import annotations

import glob
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from phase2_gate.audit.execution import declared, honesty, outcomes, testimony
from phase2_gate.audit.execution import settings as settings_of
from phase2_gate.audit.execution.imports import roots
from phase2_gate.audit.execution.judgement import judge
from phase2_gate.audit.execution.policy import Execution, Policy, TestOutcome, TestPolicy
from phase2_gate.audit.execution.program import Event, Program, events, execute
from phase2_gate.audit.execution.stops import stop
from phase2_gate.audit.execution.watch import Watch
from phase2_gate.core.errors import AuditError
from phase2_gate.core.findings import Finding, ordered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phase2_gate.audit.execution.interpreter import Interpreter
    from phase2_gate.audit.execution.settings import Settings

_OLDEST_PYTEST = 7
"""The oldest major version of pytest that the recorder is written for."""
_PROBE = (
    *("record", "expected", "doctests", "functions", "witness", "hooks", "integrity", "recorder", "controls", "suite"),
)
"""What runs beside the suite: modules of `probe`, each before those that import it."""


def check(workspace: Path, suite: TestPolicy, interpreter: Interpreter, policy: Policy) -> Execution:
    """
    Run the tests of an extracted bundle in a child interpreter.

    Args:
        workspace: The extracted bundle.
        suite: What is demanded of the tests.
        interpreter: What runs them.
        policy: How the child is confined.

    Returns:
        What was seen, with every test.

    Raises:
        IsolationError: The child could not be confined or started.
        AuditError: The interpreter has no pytest, or one that is too old, or lacks a plugin.
    """
    _demand_pytest(interpreter)
    workspace = workspace.resolve()
    settings = settings_of.read(workspace, suite.plugins)
    paths = places(workspace, suite, settings)
    stated = declared.tests(workspace, paths, settings, chosen=bool(suite.paths))
    ran = execute(
        Program(
            modules=_PROBE,
            settings={
                "arguments": arguments(workspace, suite, settings, paths),
                "roots": (found := roots(workspace, settings.python_path)),
                "provided": provided(found),
                "plugins": list(suite.plugins),
                "files": [str(workspace / file) for file in stated.files],
            },
            workspace=workspace,
            limits=policy.tests,
            level=policy.level,
            carrier=policy.carrier,
            watch=Watch(policy.tests.record_bytes, suite.progress).feed,
            variables=(("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1"),),
        ),
        interpreter,
    )
    findings = list(settings.findings)
    tests: tuple[TestOutcome, ...] = ()
    stopped = stop("tests", ran.completed, policy.tests)
    record = stopped or events(ran.completed.record, ran.nonce, ran.key)
    if isinstance(record, Finding):
        findings.append(record)
    elif isinstance(record, str):
        findings.append(Finding("tests-no-proof", None, record))
    else:
        _demand_plugins(record, interpreter)
        tests = outcomes.of_record(record) + outcomes.of_skipped_modules(record, stated.tests)
        tests += outcomes.set_aside(record, stated.tests, workspace)
        findings += judge(record, tests, suite, ran.completed.returncode)
        findings += honesty.check(record, tests, stated, workspace)
        findings += testimony.check(record, stated.tests, workspace, plugins=bool(suite.plugins))
    return Execution(ran.command, ran.completed, ordered(findings), tests, settings.notes)


def places(workspace: Path, suite: TestPolicy, settings: Settings) -> tuple[str, ...]:
    """
    Where tests are looked for: as the auditor says, else as the bundle says, else everywhere.

    Of the bundle's own places only those count that exist and lie in the workspace, as pytest does it.
    """
    if suite.paths:
        return suite.paths
    found = [
        Path(match)
        for pattern in settings.test_paths
        for match in sorted(glob.glob(pattern, root_dir=workspace, recursive=True))
    ]
    inside = [path.as_posix() for path in found if (workspace / path).resolve().is_relative_to(workspace)]
    return tuple(dict.fromkeys(inside)) or (".",)


def arguments(workspace: Path, suite: TestPolicy, settings: Settings, paths: tuple[str, ...]) -> list[str]:
    """
    What pytest is called with: of the bundle's settings only those that are carried.
    """
    fixed = [
        "-c",
        os.devnull,
        f"--rootdir={workspace}",
        f"--confcutdir={workspace}",
        "-p",
        "no:cacheprovider",
        "--color=no",
    ]
    plugins = [part for plugin in suite.plugins for part in ("-p", plugin)]
    options = [part for name, value in settings.options for part in ("-o", f"{name}={value}")]
    return [*fixed, *plugins, *options, *settings.arguments, *(str(workspace / path) for path in paths)]


def provided(directories: Sequence[str]) -> list[str]:
    """
    The names of the modules and packages that the workspace itself has, apart from those of pytest.

    Args:
        directories: What its modules are imported from.
    """
    names = set()
    for directory in map(Path, directories):
        names |= {path.stem for path in directory.glob("*.py")}
        names |= {path.parent.name for path in directory.glob("*/__init__.py")}
    return sorted(names - {"pytest", "_pytest"} - sys.stdlib_module_names)


def _demand_pytest(interpreter: Interpreter) -> None:
    version = interpreter.pytest_version
    if version is None:
        raise AuditError(
            f"{interpreter.path!r}: pytest is missing in this interpreter",
            hint="install pytest there, or give another one with --python",
        )
    if int(version.split(".")[0]) < _OLDEST_PYTEST:
        raise AuditError(f"{interpreter.path!r}: pytest is too old: seen {version}, need {_OLDEST_PYTEST} or newer")


def _demand_plugins(record: tuple[Event, ...], interpreter: Interpreter) -> None:
    """
    Looked at where the record begins: nothing of the bundle can have written there.
    """
    if record[1]["event"] == "absent":
        message = f"{interpreter.path!r}: plugins of pytest are missing in this interpreter: {record[1]['names']}"
        raise AuditError(message, hint="install them there, or list them in --requirements")
