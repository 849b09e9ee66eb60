"""
Bundles that keep most of their tests from pytest, so that those which remain pass.

In each, one test is good, and the two or more whose names hold "bad" would fail. None of those may look as if it had
passed, each has to be told, and the share of what is left out has to be too large.
"""

# ruff: noqa: E501 - the values are programs, and a program is easier to judge on its own lines

from __future__ import annotations

GOOD = "def test_good(): pass\n"
BAD = "def test_bad(): assert 0\ndef test_bad_too(): assert 0\n"
METHODS = " def test_bad(self): assert 0\n def test_bad_too(self): assert 0\n"
MARKED = (
    "import pytest\n@pytest.mark.{mark}\ndef test_bad(): assert 0\n@pytest.mark.{mark}\ndef test_bad_too(): assert 0\n"
)


def _after(text: str) -> dict[str, str]:
    return {"test_it.py": GOOD + BAD + text}


def _around(first: str, last: str = "") -> dict[str, str]:
    inner = "".join(f" {line}\n" for line in BAD.splitlines())
    return {"test_it.py": f"{GOOD}{first}\n{inner}{last}"}


def _apart(path: str, settings: str = "", text: str = BAD) -> dict[str, str]:
    files = {"tests/test_it.py": GOOD, path: text}
    return {**files, "pytest.ini": f"[pytest]\n{settings}\n"} if settings else files


LEFT_OUT: dict[str, dict[str, str]] = {
    # by what the file says
    "module-switched-off": {"test_good.py": GOOD, "test_it.py": f"__test__ = False\n{BAD}"},
    "class-switched-off": {"test_it.py": f"{GOOD}class TestIt:\n __test__ = False\n{METHODS}"},
    "class-of-unittest-switched-off": {
        "test_it.py": f"import unittest\n{GOOD}class It(unittest.TestCase):\n __test__ = 0\n{METHODS}"
    },
    "class-switched-off-later": {"test_it.py": f"{GOOD}class TestIt:\n{METHODS}TestIt.__test__ = False\n"},
    "function-switched-off": _after("test_bad.__test__ = test_bad_too.__test__ = False\n"),
    "class-with-init": {"test_it.py": f"{GOOD}class TestIt:\n def __init__(self): pass\n{METHODS}"},
    "class-with-new": {"test_it.py": f"{GOOD}class TestIt:\n def __new__(cls): pass\n{METHODS}"},
    "class-with-inherited-init": {
        "test_it.py": f"{GOOD}class Base:\n def __init__(self): pass\nclass TestIt(Base):\n{METHODS}"
    },
    "class-removed": {"test_it.py": f"{GOOD}class TestIt:\n{METHODS}del TestIt\n"},
    "methods-removed": {"test_it.py": f"{GOOD}class TestIt:\n{METHODS} del test_bad, test_bad_too\n"},
    "under-false": _around("if 0:"),
    "under-else": _around("if 1: pass\nelse:"),
    "in-try": _around("try:", "finally:\n del test_bad, test_bad_too\n"),
    "in-with": _around("import contextlib\nwith contextlib.suppress(BaseException):\n raise ValueError"),
    "in-loop": _around("for _ in ():"),
    "in-match": {"test_it.py": f"{GOOD}match 1:\n case 2:\n  def test_bad(): assert 0\n  def test_bad_too(): assert 0\n"},
    "removed": _after("del test_bad, test_bad_too\n"),
    "removed-by-globals": _after("for n in ('test_bad', 'test_bad_too'): globals().pop(n)\n"),
    "assigned": _after("test_bad = test_bad_too = None\n"),
    "assigned-good": _after("test_bad = test_bad_too = test_good\n"),
    "imported-over": {**_after("from helper import test_bad, test_bad_too\n"), "helper.py": "def test_bad(): pass\ntest_bad_too = test_bad\n"},
    "imported-over-by-star": {**_after("from helper import *\n"), "helper.py": "def test_bad(): pass\ndef test_bad_too(): pass\n"},
    "other-alphabet": {"test_it.py": f"{GOOD}def t\u0435st_bad(): assert 0\ndef te\u0455t_bad_too(): assert 0\n"},
    "fixtures-by-name-only": {
        "test_it.py": f"{GOOD}class fixtures:\n lose = staticmethod(lambda f: None)\n"
        "@fixtures.lose\ndef test_bad(): assert 0\n@fixtures.lose\ndef test_bad_too(): assert 0\n"
    },
    # by where the file lies, and what it is called
    "directory-build": _apart("build/test_it.py"),
    "directory-dist": _apart("tests/dist/test_it.py"),
    "directory-hidden": _apart(".more/test_it.py"),
    "directory-venv": _apart("venv/test_it.py"),
    "directory-by-settings": _apart("hard/test_it.py", "norecursedirs = hard"),
    "outside-of-test-paths": _apart("more/test_it.py", "testpaths = tests"),
    "files-by-settings": _apart("tests/test_more.py", "python_files = test_it.py"),
    "functions-by-settings": {"pytest.ini": "[pytest]\npython_functions = test_good\n", "test_it.py": GOOD + BAD},
    "classes-by-settings": {
        "pytest.ini": "[pytest]\npython_classes = Good\n", "test_it.py": f"{GOOD}class TestIt:\n{METHODS}"
    },
    "file-of-another-alphabet": _apart("tests/t\u0435st_more.py"),
    "file-of-unknown-encoding": {
        "test_good.py": GOOD,
        "test_it.py": f"# -*- coding: evil -*-\n{BAD}",
        "conftest.py": "import codecs\ncodecs.register(lambda n: codecs.CodecInfo(codecs.utf_8_encode, lambda b, *_: ('', len(b)), name=n) if n == 'evil' else None)\n",
    },
    # by code
    "ignored-in-subdirectory": {"test_good.py": GOOD, "sub/conftest.py": "collect_ignore_glob = ['*']\n", "sub/test_it.py": BAD},
    "settings-in-subdirectory": {
        "test_good.py": GOOD, "sub/test_it.py": BAD,
        "sub/pytest.ini": "[pytest]\naddopts = --collect-only\n", "sub/conftest.py": "collect_ignore = ['test_it.py']\n",
    },
    "keyword-by-configure": {**_after(""), "conftest.py": "def pytest_configure(config): config.option.keyword = 'good'\n"},
    # by what counts neither as passed nor as failed
    "expected-to-fail": {"test_it.py": GOOD + MARKED.format(mark="xfail")},
    "expected-and-not-run": {"test_it.py": GOOD + MARKED.format(mark="xfail(run=False)")},
    "skipped": {"test_it.py": GOOD + MARKED.format(mark="skip")},
    "half-of-each": {"test_it.py": f"{GOOD}import pytest\n@pytest.mark.skip\ndef test_bad(): assert 0\n@pytest.mark.xfail\ndef test_bad_too(): assert 0\n"},
    "no-parameters": {"test_it.py": GOOD + MARKED.format(mark="parametrize('a', [])").replace("bad()", "bad(a)").replace("too()", "too(a)")},
    "skipped-by-fixture": {**_after(""), "conftest.py": "import pytest\n@pytest.fixture(autouse=True)\ndef no(request):\n if 'bad' in request.node.name: pytest.skip('no')\n"},
    "skipped-by-explanation": {
        "test_it.py": f"{GOOD}def test_bad(): assert 1 == 2\ndef test_bad_too(): assert 1 == 2\n",
        "conftest.py": "import pytest\ndef pytest_assertrepr_compare(): pytest.skip('no')\n",
    },
    "imports-nothing": {"test_good.py": GOOD, "test_it.py": f"import pytest\npytest.importorskip('nothing_here')\n{BAD}"},
    "doctests-emptied": {
        "pytest.ini": "[pytest]\naddopts = --doctest-modules\n", "test_it.py": GOOD,
        "module.py": "def bad():\n '>>> 1\\n2'\ndef bad_too():\n '>>> 1\\n2'\n",
        "conftest.py": "import pytest\n@pytest.hookimpl(tryfirst=True)\ndef pytest_itemcollected(item):\n if hasattr(item, 'dtest'): item.dtest.examples.clear()\n",
    },
    # by what pytest no longer runs
    "coroutines": {"test_it.py": f"{GOOD}async def test_bad(): assert 0\nasync def test_bad_too(): assert 0\n"},
    "generators": {"test_it.py": f"{GOOD}def test_bad():\n yield\n assert 0\ndef test_bad_too():\n yield\n assert 0\n"},
}  # fmt: skip
