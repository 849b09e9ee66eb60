"""
Tests of `phase2_gate.report.as_json`.
"""

from __future__ import annotations

import hashlib
import json

import pytest

from phase2_gate.core.evidence import Interpreter, Test
from phase2_gate.core.findings import Finding
from phase2_gate.core.record import Host
from phase2_gate.report import as_json
from tests.values import replace

from .specimens import MANIFEST_SHA256, NASTY, SHA256, blocked, failed, nasty, passed


def test_a_passing_audit() -> None:
    """
    The whole document, but for the rules, which are compared by themselves.
    """
    record = passed()
    document = json.loads(as_json.render(record))
    assert document.pop("required") == list(record.verification.required)
    gates = {gate["gate"]: gate for gate in document.pop("gates")}
    assert list(gates) == [gate.gate for gate in record.verification.gates]
    assert gates["tests"] == {
        "gate": "tests",
        "state": "pass",
        "rules": list(record.verification.gates[7].ran),
        "findings": [],
        "waived": [],
        "blocked": None,
        "skipped": None,
        "notes": ["1 passed"],
    }
    runs = document["volatile"].pop("runs")
    assert runs[1] == {
        "gate": "tests",
        "command": ["python", "-c", "a b"],
        "ended": "exit status 0",
        "seconds": 1.25,
        "isolation": "strict",
        "layers": ["namespaces", "seccomp"],
        "notes": ["no cgroup"],
        "stdout": {"bytes": 9, "sha256": hashlib.sha256(b"1 passed\n").hexdigest()},
        "stderr": {"bytes": 0, "sha256": hashlib.sha256(b"").hexdigest()},
    }
    assert document == {
        "schema": "phase2-gate/report/1",
        "action": "audit",
        "tool": {"name": "phase2-gate", "version": "1.2.3"},
        "verdict": "PASS",
        "result": "RESULT: PASS",
        "subject": {
            "name": "good.zip",
            "kind": "bundle",
            "size": 1234,
            "sha256": SHA256,
            "manifest_sha256": MANIFEST_SHA256,
            "members": 3,
            "canonical": True,
            "difference": None,
        },
        "profile": "generic",
        "demands": None,
        "isolation": "strict",
        "interpreter": {"version": "3.12.1", "implementation": "CPython", "pytest": "8.3.0", "packages": []},
        "unjudged": [],
        "tests": [{"name": "tests/test_a.py::test_a", "outcome": "passed", "detail": ""}],
        "volatile": {
            "started_at": "2030-01-02T03:04:05Z",
            "seconds": 2.5,
            "host": {"platform": "Linux 6.1 x86_64", "python": "CPython 3.12.1"},
            "interpreter_path": "/some/python",
            "journal": ["sha256:origin", "20", "head"],
            "workspace": None,
            "notes": [],
        },
    }


def test_what_could_not_be_judged() -> None:
    """
    What is not known is null, and what did not run is listed.
    """
    document = as_json.document(blocked("no such file"))
    subject = document["subject"]
    assert isinstance(subject, dict)
    assert (document["verdict"], document["interpreter"], document["isolation"]) == ("BLOCKED", None, None)
    assert [subject[key] for key in ("size", "sha256", "manifest_sha256", "canonical", "difference")] == [None] * 5
    assert document["unjudged"] == document["required"] != []


def test_a_finding_keeps_its_parts() -> None:
    """
    Machines need not take a sentence apart.
    """
    assert as_json.finding(Finding("name-dot-component", "a\n", "b", 7, "c\x1b", "d")) == {
        "rule": "name-dot-component",
        "path": "a\\n",
        "detail": "b",
        "offset": 7,
        "seen": "c\\x1b",
        "need": "d",
    }
    bare = as_json.finding(Finding("name-dot-component"))
    assert (bare["path"], bare["offset"], bare["seen"], bare["need"]) == (None, None, None, None)


def test_another_form_is_named() -> None:
    """
    Where the bytes differ from the canonical form.
    """
    record = passed()
    subject = as_json.document(replace(record, subject=replace(record.subject, difference="a date")))["subject"]
    assert isinstance(subject, dict)
    assert (subject["canonical"], subject["difference"]) == (False, "a date")


@pytest.mark.parametrize("foreign", NASTY)
def test_foreign_text_is_only_text(foreign: str) -> None:
    """
    The document is ASCII, one value, and its strings are printable too.
    """
    shown = as_json.render(nasty(foreign))
    assert shown.isascii()
    assert shown.endswith("\n}\n")

    def texts(value: object) -> list[str]:
        if isinstance(value, dict):
            return [text for pair in value.items() for part in pair for text in texts(part)]
        if isinstance(value, list):
            return [text for part in value for text in texts(part)]
        return [value] if isinstance(value, str) else []

    document = json.loads(shown)
    assert all(text.isprintable() for text in texts(document))
    assert document["verdict"] == "FAIL"


def test_what_may_differ_between_two_audits_is_volatile() -> None:
    """
    Times, host, paths, output and journal are in one block; without it the documents are equal.
    """
    record = passed()
    other = replace(
        record,
        started_at="2031-01-02T03:04:05Z",
        seconds=99.0,
        host=Host("Windows", "PyPy"),
        interpreter=Interpreter("/other/python", "3.12.1", "CPython", "8.3.0"),
        runs=tuple(replace(run, seconds=7.0, stdout=b"x", command=("/other",)) for run in record.runs),
        checkpoint="sha256:origin\n20\nother\n",
        workspace="/kept",
        notes=("a note",),
    )
    first, second = as_json.document(record), as_json.document(other)
    assert first.pop("volatile") != second.pop("volatile")
    assert first == second
    assert as_json.document(replace(record, tests=(Test("a", "skipped"),))) != as_json.document(record)


def test_the_form_of_the_text() -> None:
    """
    Keys sorted, two spaces, one line feed at the end.
    """
    shown = as_json.render(failed())
    assert shown == json.dumps(json.loads(shown), indent=2, sort_keys=True) + "\n"
