"""
A record as JSON: sorted keys, two spaces, ASCII, one line feed at the end.

Everything that two audits of one bundle may differ in lies in the block ``volatile``: times, durations, the host, the
exact commands with their temporary directories, digests of raw output. Without it the documents are equal.

Texts from the bundle are escaped as everywhere (`phase2_gate.core.escape`).
"""

from __future__ import annotations

import hashlib
import json

from ..core.escape import line
from ..core.evidence import Run
from ..core.findings import Finding
from ..core.profile import Profile
from ..core.record import Record
from ..core.report import GateResult

SCHEMA = "phase2-gate/report/1"
"""The name and version of the document's shape."""


def render(record: Record) -> str:
    """
    The document.
    """
    return json.dumps(document(record), indent=2, sort_keys=True, ensure_ascii=True, allow_nan=False) + "\n"


def document(record: Record) -> dict[str, object]:
    """
    The document as a JSON value.
    """
    subject = record.subject
    return {
        "schema": SCHEMA,
        "action": record.action,
        "tool": {"name": "phase2-gate", "version": record.tool},
        "verdict": record.verdict.value,
        "result": record.result,
        "subject": {
            "name": line(subject.name),
            "kind": subject.kind,
            "size": subject.size,
            "sha256": subject.sha256,
            "manifest_sha256": subject.manifest_sha256,
            "members": subject.members,
            "canonical": None if subject.difference is None else subject.difference == "",
            "difference": None if not subject.difference else line(subject.difference),
        },
        "profile": line(record.profile),
        "demands": None if record.demands is None else _demands(record.demands),
        "isolation": record.isolation or None,
        "interpreter": None
        if record.interpreter is None
        else {
            "version": line(record.interpreter.version),
            "implementation": line(record.interpreter.implementation),
            "pytest": line(record.interpreter.pytest),
            "packages": [line(package) for package in record.interpreter.packages],
        },
        "gates": [_gate(gate) for gate in record.verification.gates],
        "required": list(record.verification.required),
        "unjudged": list(record.verification.unjudged),
        "tests": [
            {"name": line(test.name), "outcome": test.outcome, "detail": line(test.detail)} for test in record.tests
        ],
        "volatile": {
            "started_at": record.started_at,
            "seconds": round(record.seconds, 3),
            "host": {"platform": record.host.platform, "python": record.host.python},
            "interpreter_path": None if record.interpreter is None else line(record.interpreter.path),
            "runs": [_run(run) for run in record.runs],
            "journal": record.checkpoint.splitlines() or None,
            "workspace": line(record.workspace) or None,
            "notes": [line(note) for note in record.notes],
        },
    }


def _demands(profile: Profile) -> dict[str, object]:
    return {
        "members": [line(path) for path in profile.members],
        "imports": None if profile.imports is None else list(profile.imports),
        "test_paths": [line(path) for path in profile.test_paths],
        "minimum_tests": profile.minimum_tests,
        "max_skipped": profile.max_skipped,
        "plugins": list(profile.plugins),
        "waivers": {waiver.rule: line(waiver.reason) for waiver in profile.waivers},
        "limits": profile.limits.named(),
    }


def _gate(gate: GateResult) -> dict[str, object]:
    return {
        "gate": gate.gate,
        "state": gate.state,
        "rules": list(gate.ran),
        "findings": [finding(found) for found in gate.findings],
        "blocked": line(gate.blocked) or None,
        "skipped": line(gate.skipped) or None,
        "notes": [line(note) for note in gate.notes],
        "waived": [{"finding": finding(waived.finding), "reason": line(waived.reason)} for waived in gate.waived],
    }


def finding(found: Finding) -> dict[str, object]:
    """
    One finding as a JSON value.
    """
    return {
        "rule": found.rule,
        "path": None if found.path is None else line(found.path),
        "detail": line(found.detail),
        "offset": found.offset,
        "seen": None if found.seen is None else line(found.seen),
        "need": None if found.need is None else line(found.need),
    }


def _run(run: Run) -> dict[str, object]:
    return {
        "gate": run.gate,
        "command": [line(part) for part in run.command],
        "ended": run.ended,
        "seconds": round(run.seconds, 3),
        "isolation": run.isolation,
        "layers": [line(layer) for layer in run.layers],
        "notes": [line(note) for note in run.notes],
        "stdout": _log(run.stdout),
        "stderr": _log(run.stderr),
    }


def _log(data: bytes) -> dict[str, object]:
    return {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
