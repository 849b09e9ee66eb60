"""
Tests of `phase2_gate.audit.execution.imports`: only a module that was seen to come from the workspace counts.
"""

from __future__ import annotations

import pytest

from phase2_gate.audit.execution import imports
from phase2_gate.audit.execution.interpreter import Interpreter
from phase2_gate.audit.execution.policy import Policy
from phase2_gate.core.errors import AuditError
from phase2_gate.core.findings import Finding
from phase2_gate.isolation.command import Limits

from .conftest import Workspace

NO_END = "the record has no end: the interpreter left before the last step"
STRANGER = "the record holds a line that was not written by the recorder, or not in this place"
POLICY = Policy(imports=Limits(wall_seconds=15.0))


def test_modules_of_the_workspace_pass(workspace: Workspace, python: Interpreter) -> None:
    """
    Packages, modules in them, packages without `__init__` and packages under src all import.
    """
    root = workspace({"a/__init__.py": "print('seen')", "a/b.py": "", "bare/c.py": "", "src/d/__init__.py": ""})
    done = imports.check(root, ["a", "a.b", "bare", "bare.c", "d"], python, POLICY)
    assert (done.findings, done.completed.stdout, done.completed.returncode) == ((), b"seen\n", 0)
    assert (python.path, "-I", "-B", "-c") == done.command[:4]


@pytest.mark.parametrize(
    ("text", "rule", "detail"),
    [
        ("raise ValueError('no')", "import-failed", "a does not import: ValueError: no"),
        ("import missing_module", "import-failed", None),
        ("raise SystemExit(0)", "import-failed", "a does not import: SystemExit: 0"),
        ("def broken(:", "import-failed", None),
        ("import os; os._exit(0)", "import-no-proof", NO_END),
        ("import os; os.kill(os.getpid(), 9)", "import-no-proof", NO_END),
        ("import os; os.write(3, b'x'); os._exit(0)", "import-no-proof", "the record breaks off"),
        ("import os; os.write(3, b'x\\n')", "import-no-proof", STRANGER),
        ("import os; os.close(3)", "import-no-proof", None),
        ("import os, sys; os.execv(sys.executable, [sys.executable, '-c', ''])", "import-no-proof", NO_END),
        ("import os; os.write(3, b'{\"event\": \"imported\", \"module\": \"a\"}\\n')", "import-no-proof", STRANGER),
        (
            (
                "import sys\nframe = sys._getframe()\nwhile 'emit' not in frame.f_locals: frame = frame.f_back\n"
                "frame.f_locals['emit'](event='imported', module='a', places=[])"
            ),
            "import-no-proof",
            "the record does not name each module once",
        ),
        ("import json, sys; sys.modules['a'] = json", "import-outside", "a does not come from the workspace"),
        ("del __file__, __path__, __spec__", "import-outside", "a comes from no file"),
        (
            "import atexit, os; atexit.register(os._exit, 3)",
            "import-failed",
            "the interpreter failed after the last import",
        ),
    ],
)  # fmt: skip
def test_what_is_no_import(workspace: Workspace, python: Interpreter, text: str, rule: str, detail: str | None) -> None:
    """
    Each way not to import, or to pretend to, has its rule.
    """
    done = imports.check(workspace({"a/__init__.py": text, "pad/x.py": ""}), ["a"], python, POLICY)
    assert [rule] == [finding.rule for finding in done.findings]
    assert detail is None or detail == done.findings[0].detail


def test_every_failing_module_is_named(workspace: Workspace, python: Interpreter) -> None:
    """
    One failure does not hide the next, and a good module between them is not blamed.
    """
    root = workspace({"a.py": "1/0", "b.py": "", "c.py": "1/0"})
    done = imports.check(root, ["a", "b", "c"], python, POLICY)
    assert (
        Finding("import-failed", None, "a does not import: ZeroDivisionError: division by zero"),
        Finding("import-failed", None, "c does not import: ZeroDivisionError: division by zero"),
    ) == done.findings


def test_a_member_never_shadows_the_programs_own_modules(workspace: Workspace, python: Interpreter) -> None:
    """
    A `json.py` at the root is not what the verifier's program uses, nor what start-up runs.
    """
    files = {"json.py": "import os; os._exit(0)", "sitecustomize.py": "import os; os._exit(0)", "a.py": ""}
    assert imports.check(workspace(files), ["a"], python, POLICY).findings == ()


def test_an_endless_import_is_stopped(workspace: Workspace, python: Interpreter) -> None:
    """
    The time limit of the import gate has its rule.
    """
    root = workspace({"a.py": "while True: pass"})
    done = imports.check(root, ["a"], python, Policy(imports=Limits(wall_seconds=1.0)))
    assert (Finding("import-timeout", None, "it did not end and was stopped", need="1 s"),) == done.findings


@pytest.mark.parametrize("stream", [1, 2, 3])
def test_endless_output_is_stopped(workspace: Workspace, python: Interpreter, stream: int) -> None:
    """
    The output limit of the import gate has its rule, for every stream.
    """
    root = workspace({"a.py": f"import os\nwhile True: os.write({stream}, b'x' * 4096)"})
    limits = Limits(wall_seconds=15.0, output_bytes=50_000, record_bytes=50_000)
    done = imports.check(root, ["a"], python, Policy(imports=limits))
    assert [finding.rule for finding in done.findings] == ["import-output-limit"]


def test_nothing_to_import_is_an_error(workspace: Workspace, python: Interpreter) -> None:
    """
    Nothing looked at is never a pass.
    """
    with pytest.raises(AuditError, match="no module"):
        imports.check(workspace({"a.py": ""}), [], python, POLICY)
