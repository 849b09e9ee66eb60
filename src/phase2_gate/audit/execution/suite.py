"""
The test gate: the bundle's pytest suite ran, was seen to run, and passed.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from phase2_gate.audit.execution import outcomes
from phase2_gate.audit.execution.imports import roots
from phase2_gate.audit.execution.policy import Execution, Policy, TestPolicy
from phase2_gate.audit.execution.program import Program, events, execute
from phase2_gate.audit.execution.stops import stop
from phase2_gate.core.errors import AuditError
from phase2_gate.core.findings import Finding, ordered

if TYPE_CHECKING:
    from pathlib import Path

    from phase2_gate.audit.execution.interpreter import Interpreter

_OLDEST_PYTEST = 7
"""The oldest major version of pytest that the recorder is written for."""


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
        AuditError: The interpreter has no pytest, or one that is too old.
    """
    _demand_pytest(interpreter)
    workspace = workspace.resolve()
    ran = execute(
        Program(
            name="suite",
            settings={"arguments": arguments(workspace, suite), "roots": roots(workspace)},
            workspace=workspace,
            limits=policy.tests,
            level=policy.level,
            variables=(("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1"),),
        ),
        interpreter,
    )
    stopped = stop("tests", ran.completed, policy.tests)
    if stopped:
        return Execution(ran.command, ran.completed, (stopped,))
    record = events(ran.completed.record, ran.nonce)
    if isinstance(record, str):
        return Execution(ran.command, ran.completed, (Finding("tests-no-proof", None, record),))
    tests = outcomes.of_record(record)
    findings = outcomes.judge(record, tests, suite, ran.completed.returncode)
    return Execution(ran.command, ran.completed, ordered(findings), tests)


def arguments(workspace: Path, suite: TestPolicy) -> list[str]:
    """
    What pytest is called with: nothing of the bundle decides here.
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
    return [*fixed, *plugins, *(str(workspace / path) for path in suite.paths or (".",))]


def _demand_pytest(interpreter: Interpreter) -> None:
    version = interpreter.pytest_version
    if version is None:
        raise AuditError(
            f"{interpreter.path!r}: pytest is missing in this interpreter",
            hint="install pytest there, or give another one with --python",
        )
    if int(version.split(".")[0]) < _OLDEST_PYTEST:
        raise AuditError(f"{interpreter.path!r}: pytest is too old: seen {version}, need {_OLDEST_PYTEST} or newer")
