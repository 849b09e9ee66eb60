"""
Tests of `phase2_gate.audit.execution.suite`: only tests that were seen to pass count.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from phase2_gate.audit.execution import suite
from phase2_gate.audit.execution.interpreter import Interpreter
from phase2_gate.audit.execution.policy import Policy, TestOutcome, TestPolicy
from phase2_gate.core.errors import AuditError
from phase2_gate.core.findings import Finding
from phase2_gate.isolation.command import Limits

from .conftest import Workspace

GOOD = "def test_good(): pass\n"


def rules(execution: object) -> list[str]:
    """
    The rules of an execution's findings.
    """
    return [finding.rule for finding in execution.findings]  # type: ignore[attr-defined] # an Execution


def test_a_passing_suite(workspace: Workspace, python: Interpreter) -> None:
    """
    Functions, methods, unittest classes and parametrized tests pass, and each is named.
    """
    root = workspace(
        {
            "package/__init__.py": "VALUE = 1\n",
            "tests/test_a.py": (
                "import unittest\nimport pytest\nfrom package import VALUE\n"
                "def test_value(tmp_path): (tmp_path / 'x').write_text(str(VALUE))\n"
                "@pytest.mark.parametrize('n', [1, 2])\ndef test_each(n): assert n\n"
                "class TestClass:\n    def test_method(self): pass\n"
                "class Old(unittest.TestCase):\n    def test_old(self): self.assertEqual(1, VALUE)\n"
            ),
        }
    )
    done = suite.check(root, TestPolicy(), python, Policy())
    names = ["test_value", "test_each[1]", "test_each[2]", "TestClass::test_method", "Old::test_old"]
    assert done.findings == ()
    assert tuple(TestOutcome(f"tests/test_a.py::{name}", "passed") for name in names) == done.tests


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"test_a.py": "def test_bad(): assert 1 == 2\n"}, ["tests-failed"]),
        ({"test_a.py": GOOD + "def test_bad(): raise SystemExit(0)\n"}, ["tests-failed"]),
        ({"test_a.py": "import nothing_here\n"}, ["tests-collection-error"]),
        ({"test_a.py": "def test_bad(:\n"}, ["tests-collection-error"]),
        ({"test_a.py": GOOD, "conftest.py": "1/0"}, ["tests-collection-error"]),
        ({"a.py": ""}, ["tests-none"]),
        ({"test_a.py": ""}, ["tests-none"]),
        ({"test_a.py": "import pytest\ndef test_a(): pytest.skip('no')\n"}, ["tests-all-skipped"]),
        ({"test_a.py": "import pytest\n@pytest.mark.xfail\ndef test_a(): assert 0\n"}, ["tests-all-skipped"]),
        ({"test_a.py": "import os\ndef test_a(): os._exit(0)\n"}, ["tests-no-proof"]),
        ({"test_a.py": GOOD, "conftest.py": "import os; os._exit(0)"}, ["tests-no-proof"]),
        ({"test_a.py": "import os\ndef test_a(): os.kill(os.getpid(), 9)\n"}, ["tests-no-proof"]),
        (
            {"test_a.py": GOOD, "conftest.py": "def pytest_sessionfinish(session): session.exitstatus = 3"},
            ["tests-exit-status"],
        ),
        (
            {"test_a.py": GOOD, "conftest.py": "import atexit, os; atexit.register(os._exit, 0)"},
            ["tests-exit-status"],
        ),
    ],
)  # fmt: skip
def test_what_is_no_passing_suite(
    workspace: Workspace, python: Interpreter, files: dict[str, str], expected: list[str]
) -> None:
    """
    Each way not to pass, or to pretend to, has its rule.
    """
    assert expected == rules(suite.check(workspace(files), TestPolicy(), python, Policy()))


def test_every_failing_test_is_one_finding(workspace: Workspace, python: Interpreter) -> None:
    """
    A finding names the test, its file and what it said.
    """
    text = "def test_a(): assert 1 == 2\ndef test_b(): pass\ndef test_c(absent): pass\n"
    done = suite.check(workspace({"test_a.py": text}), TestPolicy(), python, Policy())
    assert [
        (done.findings[0].path, done.findings[0].detail),
        (done.findings[1].path, done.findings[1].rule),
    ] == [("test_a.py", "test_a.py::test_a: assert 1 == 2"), ("test_a.py", "tests-failed")]
    assert [test.outcome for test in done.tests] == ["failed", "passed", "error"]


def test_too_few_tests(workspace: Workspace, python: Interpreter) -> None:
    """
    The auditor's minimum counts passed tests only.
    """
    text = GOOD + "import pytest\ndef test_skip(): pytest.skip('no')\n"
    done = suite.check(workspace({"test_a.py": text}), TestPolicy(minimum=2), python, Policy())
    assert (Finding("tests-minimum", None, "too few tests passed", seen="1", need="2"),) == done.findings


@pytest.mark.parametrize("how", ["pytest.skip('no', allow_module_level=True)", "pytest.importorskip('nothing_here')"])
def test_tests_of_a_skipped_module_are_skips(workspace: Workspace, python: Interpreter, how: str) -> None:
    """
    A module that skips itself is listed test by test, and counts in the share of skips.
    """
    skipping = f"import pytest\n{how}\ndef test_b(): pass\nclass TestC:\n    def test_d(self): pass\n"
    done = suite.check(workspace({"test_a.py": GOOD, "test_b.py": skipping}), TestPolicy(), python, Policy())
    assert rules(done) == ["tests-skipped"]
    assert [(test.name, test.outcome) for test in done.tests] == [
        ("test_a.py::test_good", "passed"),
        ("test_b.py::test_b", "skipped"),
        ("test_b.py::TestC::test_d", "skipped"),
    ]


def test_a_skipped_module_without_tests_is_listed(workspace: Workspace, python: Interpreter) -> None:
    """
    Where a file declares nothing, the skip stands under the name of the file.
    """
    files = {"test_a.py": GOOD, "test_b.py": "import pytest\npytest.importorskip('nothing_here')\n"}
    done = suite.check(workspace(files), TestPolicy(), python, Policy())
    assert rules(done) == []
    assert [(test.name, test.outcome) for test in done.tests][1:] == [("test_b.py", "skipped")]


def test_only_the_named_paths_are_searched(workspace: Workspace, python: Interpreter) -> None:
    """
    The auditor's paths decide where tests are looked for.
    """
    root = workspace({"a/test_a.py": GOOD, "b/test_b.py": "def test_b(): assert 0\n"})
    done = suite.check(root, TestPolicy(paths=("a",)), python, Policy())
    assert (done.findings, tuple(test.name for test in done.tests)) == ((), ("a/test_a.py::test_good",))


def test_a_hanging_suite_is_stopped(workspace: Workspace, python: Interpreter) -> None:
    """
    The time limit of the test gate has its rule.
    """
    root = workspace({"test_a.py": "import signal\ndef test_a(): signal.pause()\n"})
    done = suite.check(root, TestPolicy(), python, Policy(tests=Limits(wall_seconds=3.0)))
    assert (Finding("tests-timeout", None, "it did not end and was stopped", need="3 s"),) == done.findings


def test_nothing_is_written_into_the_workspace(workspace: Workspace, python: Interpreter) -> None:
    """
    Neither caches nor bytecode stay behind.
    """
    root = workspace({"test_a.py": GOOD, "package/__init__.py": ""})
    suite.check(root, TestPolicy(), python, Policy())
    assert {"test_a.py", "package", "package/__init__.py"} == {
        path.relative_to(root).as_posix() for path in root.rglob("*")
    }


def test_variables_of_the_verifier_do_not_reach_the_tests(
    workspace: Workspace, python: Interpreter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Neither secrets nor options in the verifier's environment are seen by the suite.
    """
    monkeypatch.setenv("SECRET", "1")
    monkeypatch.setenv("PYTEST_ADDOPTS", "--collect-only")
    root = workspace({"test_a.py": "import os\ndef test_a(): assert 'SECRET' not in os.environ\n"})
    assert suite.check(root, TestPolicy(), python, Policy()).findings == ()


@pytest.mark.parametrize(("version", "message"), [(None, "pytest is missing"), ("6.2.5", "too old: seen 6.2.5")])
def test_without_a_usable_pytest_nothing_is_judged(
    workspace: Workspace, python: Interpreter, version: str | None, message: str
) -> None:
    """
    The auditor's interpreter is at fault then, never the bundle.
    """
    with pytest.raises(AuditError, match=message):
        suite.check(workspace({"test_a.py": GOOD}), TestPolicy(), replace(python, pytest_version=version), Policy())
