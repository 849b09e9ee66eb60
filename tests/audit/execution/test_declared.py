"""
Tests of `phase2_gate.audit.execution.declared`: the tests that a file's text declares are those that pytest finds.
"""

from __future__ import annotations

import pytest

from phase2_gate.audit.execution import declared, suite
from phase2_gate.audit.execution.declared import Declared
from phase2_gate.audit.execution.interpreter import Interpreter
from phase2_gate.audit.execution.policy import Policy, TestPolicy
from phase2_gate.audit.execution.settings import Settings

from .conftest import Workspace

TEXT = """
import functools, unittest
import pytest

def test_plain(): pass
async def test_later(): pass
@pytest.mark.parametrize("a", [1])
@functools.cache
def test_decorated(a): pass
@pytest.mark.skip
def test_marked(): pass
@pytest.fixture
def test_data(): pass
def helper(): pass
def test_twice(): pass
def test_twice(): pass
def test_removed(): pass
del test_removed
def test_replaced(): pass
test_replaced = 1
def test_hidden(): pass
from os import path as test_hidden
if True:
    def test_perhaps(): pass

class TestIt:
    def test_method(self): pass
    def other(self): pass
class TestMade:
    def __init__(self): pass
    def test_no(self): pass
class TestOff:
    __test__ = False
    def test_no(self): pass
class Other:
    def test_no(self): pass
class Old(unittest.TestCase):
    def __init__(self, *a): super().__init__(*a)
    def test_old(self): pass
    def testCamel(self): pass
"""
EXPECTED = {
    "t.py::test_plain": (5, True),
    "t.py::test_later": (6, True),
    "t.py::test_decorated": (7, False),
    "t.py::test_marked": (10, True),
    "t.py::test_twice": (16, True),
    "t.py::TestIt::test_method": (27, True),
    "t.py::Old::test_old": (39, True),
    "t.py::Old::testCamel": (40, True),
}


def names(found: tuple[Declared, ...]) -> list[str]:
    """
    The names of declared tests.
    """
    return [test.name for test in found]


def test_a_module_with_everything(workspace: Workspace) -> None:
    """
    Functions and methods are found with the line that their code begins at; what is no test is not.
    """
    found = declared.tests(workspace({"t.py": TEXT}), ("t.py",), Settings(options=(("python_files", "t.py"),)))
    assert {test.name: (test.line, test.plain) for test in found} == EXPECTED


def test_pytest_finds_all_that_is_declared(workspace: Workspace, python: Interpreter) -> None:
    """
    Pytest itself, as the oracle, collects every one of them.
    """
    root = workspace({"test_t.py": TEXT})
    done = suite.check(root, TestPolicy(), python, Policy())
    collected = {test.name.partition("[")[0] for test in done.tests}
    assert {name.replace("t.py", "test_t.py") for name in EXPECTED} <= collected
    assert "tests-uncollected" not in {finding.rule for finding in done.findings}


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        ((".",), ["a/test_a.py::test_x", "b/x_test.py::test_x", "hidden/test_h.py::test_x", "test_r.py::test_x"]),
        (("a",), ["a/test_a.py::test_x"]),
        (("a/test_a.py", "absent"), ["a/test_a.py::test_x"]),
    ],
)
def test_files_by_path_and_pattern(workspace: Workspace, paths: tuple[str, ...], expected: list[str]) -> None:
    """
    Files count by pytest's patterns; directories that pytest does not enter by itself do not.
    """
    text = "def test_x(): pass\n"
    files = (
        "a/test_a.py",
        "b/x_test.py",
        "hidden/test_h.py",
        "test_r.py",
        ".venv/test_v.py",
        "build/test_b.py",
        "a/module.py",
    )
    root = workspace({**dict.fromkeys(files, text), "test_broken.py": "def test_x(:", "test_null.py": "\0"})
    assert expected == sorted(names(declared.tests(root, paths, Settings())))


def test_patterns_of_the_bundle_count(workspace: Workspace) -> None:
    """
    A bundle may name its files, classes and functions otherwise.
    """
    options = (("python_files", "check_*.py"), ("python_classes", "Check *Suite"), ("python_functions", "check it_?"))
    text = "def check_a(): pass\ndef it_1(): pass\ndef test_b(): pass\nclass CheckX:\n def check_c(self): pass\n"
    text += "class MySuite:\n def it_2(self): pass\nclass TestX:\n def check_d(self): pass\n"
    found = names(declared.tests(workspace({"check_x.py": text, "test_y.py": text}), (".",), Settings(options=options)))
    assert [name.partition("::")[2] for name in found] == ["check_a", "it_1", "CheckX::check_c", "MySuite::it_2"]


def test_a_module_that_is_switched_off_declares_nothing(workspace: Workspace) -> None:
    """
    ``__test__ = False`` in a module is pytest's own way to leave it alone.
    """
    root = workspace({"test_a.py": "__test__ = False\ndef test_x(): pass\n"})
    assert declared.tests(root, (".",), Settings()) == ()
