"""
The import gate: every module that the profile names imports, and comes from the workspace.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from phase2_gate.audit.execution.policy import Execution, Policy
from phase2_gate.audit.execution.program import Event, Program, events, execute
from phase2_gate.audit.execution.stops import stop
from phase2_gate.core.errors import AuditError
from phase2_gate.core.findings import Finding, ordered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phase2_gate.audit.execution.interpreter import Interpreter


def check(workspace: Path, modules: Sequence[str], interpreter: Interpreter, policy: Policy) -> Execution:
    """
    Import modules of an extracted bundle in a child interpreter.

    The proof is a record: a line for each module, and after the last import the number that was drawn for this run.

    Args:
        workspace: The extracted bundle.
        modules: Their dotted names; at least one.
        interpreter: What imports them.
        policy: How the child is confined.

    Returns:
        What was seen.

    Raises:
        IsolationError: The child could not be confined or started.
        AuditError: No module was named.
    """
    if not modules:
        raise AuditError("imports: no module to import: seen 0, need at least 1")
    workspace = workspace.resolve()
    ran = execute(
        Program(
            modules=("record", "imports"),
            settings={"modules": list(modules), "roots": roots(workspace)},
            workspace=workspace,
            limits=policy.imports,
            level=policy.level,
            carrier=policy.carrier,
        ),
        interpreter,
    )
    stopped = stop("import", ran.completed, policy.imports)
    findings = [stopped] if stopped else _judged(events(ran.completed.record, ran.nonce, ran.key), modules, workspace)
    code = ran.completed.returncode
    if not findings and code != 0:
        seen = f"exit status {code}" if code is not None else f"signal {ran.completed.signal}"
        findings.append(Finding("import-failed", None, "the interpreter failed after the last import", seen=seen))
    return Execution(ran.command, ran.completed, ordered(findings))


def roots(workspace: Path, more: Sequence[str] = ()) -> list[str]:
    """
    The directories that a bundle's modules are imported from: its root, and ``src`` when that is no package.

    Args:
        workspace: The extracted bundle.
        more: Directories that its settings name; those outside of the workspace are passed over.
    """
    named = [(workspace / path).resolve() for path in more]
    source = workspace / "src"
    found = [path for path in named if path.is_relative_to(workspace)] + [workspace]
    if source.is_dir() and not (source / "__init__.py").exists():
        found.append(source)
    return list(dict.fromkeys(map(str, found)))


def _judged(record: tuple[Event, ...] | str, modules: Sequence[str], workspace: Path) -> list[Finding]:
    if isinstance(record, str):
        return [Finding("import-no-proof", None, record)]
    reported = {str(event.get("module")): event for event in record if event["event"] in {"imported", "failed"}}
    if len(record) != len(modules) + 2 or set(reported) != set(modules):
        return [Finding("import-no-proof", None, "the record does not name each module once")]
    return [finding for name in modules if (finding := _of_module(name, reported[name], workspace))]


def _of_module(name: str, event: Event, workspace: Path) -> Finding | None:
    if event["event"] == "failed":
        return Finding("import-failed", None, f"{name} does not import: {event.get('detail')}")
    places = event.get("places")
    if not isinstance(places, list) or not places:
        return Finding("import-outside", None, f"{name} comes from no file")
    for place in places:
        if not Path(str(place)).is_relative_to(workspace):
            return Finding("import-outside", None, f"{name} does not come from the workspace", seen=repr(place))
    return None
