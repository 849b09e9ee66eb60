"""
Tests of `phase2_gate.audit.execution.declared`: the tests that a file's text declares are those that pytest finds.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from phase2_gate.audit.execution import declared, suite
from phase2_gate.audit.execution.declared import Declarations
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
def test_wrapped(): pass
test_wrapped = functools.cache(test_wrapped)

class TestIt:
    def test_method(self): pass
    def other(self): pass
    class TestIn:
        def test_in(self): pass
@functools.singledispatch
class Other:
    def test_no(self): pass
class Old(unittest.TestCase):
    def __init__(self, *a): super().__init__(*a)
    def test_old(self): pass
    def testCamel(self): pass
    class TestIn:
        def test_no(self): pass
class Older(Old):
    def test_older(self): pass
"""
EXPECTED = {
    "t.py::test_plain": (5, True),
    "t.py::test_later": (6, True),
    "t.py::test_decorated": (7, False),
    "t.py::test_marked": (10, True),
    "t.py::test_wrapped": (15, False),
    "t.py::TestIt::test_method": (19, True),
    "t.py::TestIt::TestIn::test_in": (22, True),
    "t.py::Old::test_old": (28, True),
    "t.py::Old::testCamel": (29, True),
    "t.py::Older::test_older": (33, True),
}

NESTED = "it stands inside of another statement, which did not define it"
AGAIN = "another definition of its name follows"
GONE = "its name is removed or given to something else"
OFF = "`__test__` is false there"
MADE = "its class has a constructor, so pytest makes no object of it"
ALPHABET = "letters of another alphabet make its name look like a test's"
ASIDE = {
    "def test_a(): pass\ndef test_a(): pass\n": [(1, AGAIN), (2, "")],
    "def test_a(): pass\ndel test_a\n": [(1, GONE)],
    "def test_a(): pass\ntest_a = 1\n": [(1, GONE)],
    "def test_a(): pass\ntest_b = test_a = 1\n": [(1, GONE)],
    "def test_a(): pass\ntest_a: int = 1\n": [(1, GONE)],
    "def test_a(): pass\nfrom os import path as test_a\n": [(1, GONE)],
    "def test_a(): pass\nfor test_a in (): pass\n": [(1, GONE)],
    "def test_a(): pass\nwith x as test_a: pass\n": [(1, GONE)],
    "def test_a(): pass\nif x:\n def test_a(): pass\n": [(1, AGAIN), (3, NESTED)],
    "def test_a(): pass\nif x:\n del test_a\n": [(1, GONE)],
    "if 0:\n def test_a(): pass\nelse:\n def test_b(): pass\n": [(2, NESTED), (4, NESTED)],
    "try:\n def test_a(): pass\nexcept E:\n def test_b(): pass\nfinally:\n def test_c(): pass\n": [
        (2, NESTED),
        (4, NESTED),
        (6, NESTED),
    ],
    "with x:\n for y in z:\n  while 1:\n   def test_a(): pass\n": [(4, NESTED)],
    "match x:\n case 1:\n  def test_a(): pass\n": [(3, NESTED)],
    "if 0:\n class TestA:\n  def test_a(self): pass\n": [(3, NESTED)],
    "__test__ = False\ndef test_a(): pass\n": [(2, OFF)],
    "__test__: bool = 0\nclass TestA:\n def test_a(self): pass\n": [(3, OFF)],
    "__test__ = True\ndef test_a(): pass\n": [(2, "")],
    "__test__ = not 1\ndef test_a(): pass\n": [(2, "")],
    "class TestA:\n __test__ = False\n def test_a(self): pass\n": [(3, OFF)],
    "class TestA:\n def __init__(self): pass\n def test_a(self): pass\n": [(3, MADE)],
    "class TestA:\n __new__ = 1\n def test_a(self): pass\n": [(3, MADE)],
    "class TestA:\n def test_a(self): pass\ndel TestA\n": [(2, GONE)],
    "class TestA:\n def test_a(self): pass\n del test_a\n": [(2, GONE)],
    "class A(TestCase):\n def test_a(self): pass\nclass A(TestCase): pass\n": [(2, AGAIN)],
    "def t\u0435st_a(): pass\n": [(1, ALPHABET)],
    "class \u0422est:\n def test_a(self): pass\n": [(2, ALPHABET)],
    "def t\u00e9st_a(): pass\ndef \u043f\u0440\u043e\u0431\u0430(): pass\n": [],
    "@fixtures.keep\ndef test_a(): pass\n@x.fixture()\ndef test_b(): pass\n": [(1, "")],
}
"""Texts, and the tests in them: the line of each, and why pytest need not find it."""


def stated(root: Path, paths: tuple[str, ...] = (".",), chosen: bool = True, **options: str) -> Declarations:
    """
    What the files of a workspace declare.
    """
    return declared.tests(root, paths, Settings(options=tuple(options.items())), chosen=chosen)


def names(found: Declarations) -> list[str]:
    """
    The names of declared tests that pytest has to find.
    """
    return [test.name for test in found.tests if not test.aside]


def test_a_module_with_everything(workspace: Workspace) -> None:
    """
    Functions and methods are found with the line that their code begins at; what is no test is not.
    """
    found = stated(workspace({"t.py": TEXT}), ("t.py",))
    assert {test.name: (test.line, test.plain) for test in found.tests} == EXPECTED
    assert {test.aside for test in found.tests} == {""}
    assert (found.files, found.unreadable) == (("t.py",), ())


@pytest.mark.parametrize("text", ASIDE)
def test_what_the_text_keeps_from_pytest(workspace: Workspace, text: str) -> None:
    """
    Such a test is declared all the same, with the reason.
    """
    found = stated(workspace({"test_t.py": text})).tests
    assert ASIDE[text] == [(test.line, test.aside) for test in found]


def test_a_decorated_class_decides_about_its_tests(workspace: Workspace) -> None:
    """
    Unless its decorator is a mark.
    """
    text = "@{}\nclass TestA:\n def test_a(self): pass\n class TestB:\n  def test_b(self): pass\n"
    root = workspace({"test_a.py": text.format("mock.patch(x)"), "test_b.py": text.format("pytest.mark.slow")})
    assert [test.plain for test in stated(root).tests] == [False, False, True, True]


def test_some_decorators_leave_a_function_as_it_is(workspace: Workspace) -> None:
    """
    Static and class methods, and conditions of `unittest`.
    """
    decorators = ["@staticmethod", "@classmethod", "@unittest.skipIf(x, 'y')", "@skipUnless(x, 'y')", "@staticmethods"]
    lines = "".join(f" {decorator}\n def test_{n}(self): pass\n" for n, decorator in enumerate(decorators))
    root = workspace({"test_a.py": f"class TestA:\n{lines}"})
    assert [test.plain for test in stated(root).tests] == [True, True, True, True, False]


def test_pytest_finds_all_that_is_declared(workspace: Workspace, python: Interpreter) -> None:
    """
    Pytest itself, as the oracle, collects every one of them.
    """
    root = workspace({"test_t.py": TEXT})
    done = suite.check(root, TestPolicy(), python, Policy())
    collected = {test.name.partition("[")[0] for test in done.tests}
    assert {name.replace("t.py", "test_t.py") for name in EXPECTED} <= collected
    assert "tests-uncollected" not in {finding.rule for finding in done.findings}


def test_pytest_finds_nothing_that_is_set_aside(workspace: Workspace, python: Interpreter) -> None:
    """
    Pytest itself collects none of what a text keeps from it, whatever conditions hold; each counts as skipped.
    """
    reasons = {GONE, OFF, MADE, ALPHABET}
    texts = [text for text, found in ASIDE.items() if found and {aside for _, aside in found} <= reasons]
    texts = [text for text in texts if not {"x", "for"} & set(text.replace(":", " ").split())]
    files = {f"test_{n}.py": f"from unittest import TestCase\n{text}" for n, text in enumerate(texts)}
    done = suite.check(workspace({**files, "test_a.py": "def test_here(): pass\n"}), TestPolicy(), python, Policy())
    assert [test.name for test in done.tests if test.outcome == "passed"] == ["test_a.py::test_here"]
    assert sum(test.outcome == "skipped" for test in done.tests) == len(texts) == 14
    assert [finding.rule for finding in done.findings] == ["tests-skipped"]


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
    found = stated(root, paths)
    assert expected == sorted(names(found))
    assert found.unreadable == (("test_broken.py", "test_null.py") if paths == (".",) else ())
    closed = [(test.name, test.aside) for test in found.tests if test.aside]
    why = "pytest does not enter directories named {!r} by itself"
    assert closed == (
        [(".venv/test_v.py::test_x", why.format(".venv")), ("build/test_b.py::test_x", why.format("build"))]
        if paths == (".",)
        else []
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a/test_x.py", ""),
        ("b/test_x.py", "it lies outside of the bundle's own testpaths"),
        ("a/one/test_x.py", "the bundle's setting norecursedirs leaves its directory out"),
        ("a/deep/two/in/test_x.py", "the bundle's setting norecursedirs leaves its directory out"),
        ("a/two/test_x.py", ""),
        ("a/dist/test_x.py", "pytest does not enter directories named 'dist' by itself"),
    ],
)
def test_files_that_the_settings_leave_out(workspace: Workspace, name: str, expected: str) -> None:
    """
    They count, with the reason, when the bundle chose where tests are looked for; when the auditor chose, he knows.
    """
    root = workspace({name: "def test_x(): pass\n"})
    found = stated(root, ("a",), chosen=False, norecursedirs="one deep/two")
    assert [expected] == [test.aside for test in found.tests]
    assert ((name,) if not expected else ()) == found.files
    outside = name.startswith("b/")
    assert len(stated(root, ("a",), norecursedirs="one deep/two").tests) == (0 if outside else 1)


def test_names_that_the_settings_leave_out(workspace: Workspace) -> None:
    """
    What pytest and every reader call a test counts, even when the bundle's own patterns are others.
    """
    text = "def check_a(): pass\ndef test_b(): pass\nclass TestX:\n def check_c(self): pass\n"
    root = workspace({"check_x.py": text, "test_y.py": "def check_a(): pass\n", "t\u0435st_z.py": text})
    found = stated(root, python_files="check_*.py", python_classes="Check", python_functions="check").tests
    why = "the bundle's setting python_{} leaves its {} out"
    alphabet = "letters of another alphabet make its file look like one of tests"
    assert [(test.name, test.aside) for test in found] == [
        ("check_x.py::check_a", ""),
        ("check_x.py::test_b", why.format("functions", "name")),
        ("check_x.py::TestX::check_c", why.format("classes", "name")),
        ("test_y.py::check_a", why.format("files", "file")),
        ("t\u0435st_z.py::check_a", alphabet),
        ("t\u0435st_z.py::test_b", alphabet),
        ("t\u0435st_z.py::TestX::check_c", alphabet),
    ]


def test_patterns_of_the_bundle_count(workspace: Workspace) -> None:
    """
    A bundle may name its files, classes and functions otherwise.
    """
    text = "def check_a(): pass\ndef it_1(): pass\nclass CheckX:\n def check_c(self): pass\n"
    text += "class MySuite:\n def it_2(self): pass\n"
    root = workspace({"check_x.py": text})
    found = names(stated(root, python_files="check_*.py", python_classes="Check *Suite", python_functions="check it_?"))
    assert [name.partition("::")[2] for name in found] == ["check_a", "it_1", "CheckX::check_c", "MySuite::it_2"]


def test_what_is_too_large_is_not_read(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Each file and all together are bounded; one that is passed over takes nothing from the others.
    """
    monkeypatch.setattr(declared, "_MOST_BYTES", 40)
    monkeypatch.setattr(declared, "_MOST_TOGETHER", 60)
    text = "def test_x(): pass\n"  # 19 bytes
    root = workspace({"test_a.py": text, "test_b.py": text * 3, "test_c.py": text * 2, "test_d.py": text})
    found = stated(root, (".",))
    assert {"test_a.py", "test_c.py"} == {test.name.partition("::")[0] for test in found.tests}
    assert found.unreadable == ("test_b.py", "test_d.py")
