"""
Bundles whose tests fail, or do not run, and that pretend otherwise.

Each is a table of files by path. In every one, `test_bad` fails when it runs; the bundle must never look as if it
passed.
"""

# ruff: noqa: E501 - the values are programs, and a program is easier to judge on its own lines

from __future__ import annotations

BAD = "def test_good(): pass\ndef test_bad(): assert 1 == 2\n"
WRAPPER = "import pytest\n@pytest.hookimpl({how})\ndef {hook}({arguments}):\n"


def _conftest(text: str, tests: str = BAD) -> dict[str, str]:
    return {"conftest.py": text, "test_it.py": tests}


def _doctest(text: str) -> dict[str, str]:
    """
    A doctest that fails, a good test beside it, and a conftest that hides the failure.
    """
    return {
        "pytest.ini": "[pytest]\naddopts = --doctest-modules\n",
        "module.py": "'>>> 1\\n2'\n",
        "test_it.py": "def test_x(): pass\n",
        "conftest.py": f"{text}\n",
    }


def _settings(text: str, tests: str = BAD, file: str = "pytest.ini") -> dict[str, str]:
    return {file: text, "test_it.py": tests}


REPORT = "o = yield\n r = o.get_result()\n r.outcome = 'passed'\n r.longrepr = None\n"
SWALLOW = "o = yield\n o.force_result(None) if hasattr(o, 'force_result') else None\n"

FORGERIES: dict[str, dict[str, str]] = {
    # leaving early
    "exit-in-conftest": _conftest("import os; os._exit(0)"),
    "exit-in-test": {"test_it.py": "import os\ndef test_a(): os._exit(0)\n" + BAD},
    "exit-in-module": {"test_it.py": "import os; os._exit(0)\n" + BAD},
    "exit-at-end": _conftest("import os\ndef pytest_sessionfinish(): os._exit(0)"),
    "exit-at-unconfigure": _conftest("import os\ndef pytest_unconfigure(): os._exit(0)"),
    "exit-by-atexit": _conftest("import atexit, os; atexit.register(os._exit, 0)"),
    "exit-by-thread": _conftest("import os, threading; threading.Timer(0.05, os._exit, (0,)).start()"),
    "exit-by-exec": _conftest("import os, sys; os.execv(sys.executable, [sys.executable, '-c', ''])"),
    "exit-by-pytest": _conftest("import pytest; pytest.exit('fine', returncode=0)"),
    "exit-by-pytest-in-test": {"test_it.py": "import pytest\ndef test_a(): pytest.exit('fine', 0)\n" + BAD},
    "exit-by-system-exit": _conftest("raise SystemExit(0)"),
    "exit-by-signal-handler": _conftest("import os, signal; signal.signal(14, lambda *_: os._exit(0)); signal.alarm(1)\n"
                                        "import time; time.sleep(3)"),
    "exit-by-patched-sys": _conftest("import sys; sys.exit = lambda *_: None"),
    "exit-by-main-hook": _conftest("def pytest_cmdline_main(config): return 0"),
    # not collecting
    "items-cleared": _conftest("def pytest_collection_modifyitems(items): items.clear()"),
    "items-filtered": _conftest("def pytest_collection_modifyitems(items): items[:] = [i for i in items if 'bad' not in i.name]"),
    "items-deselected": _conftest(
        "def pytest_collection_modifyitems(config, items):\n bad = [i for i in items if 'bad' in i.name]\n"
        " config.hook.pytest_deselected(items=bad)\n items[:] = [i for i in items if i not in bad]\n",
        "def test_bad(): assert 0\n",
    ),
    "items-replaced": _conftest("def pytest_collection_modifyitems(items):\n for i in items: i.obj = lambda: None"),
    "items-run-test-replaced": _conftest("def pytest_collection_modifyitems(items):\n for i in items: i.runtest = lambda: None"),
    "doctests-replaced": _doctest(
        "def pytest_collection_modifyitems(items):\n for i in items:\n  if hasattr(i, 'dtest'): i.runtest = lambda: None"
    ),
    "doctests-exchanged": _doctest(
        "def pytest_runtest_setup(item):\n if hasattr(item, 'dtest'): item.dtest.examples[0].want = '1\\n'"
    ),
    "doctests-not-run": _doctest("import doctest\ndoctest.DocTestRunner.run = lambda *_, **__: doctest.TestResults(0, 1)"),
    "items-skipped": _conftest("import pytest\ndef pytest_collection_modifyitems(items):\n"
                               " for i in items: i.add_marker(pytest.mark.skip)"),
    "items-expected-to-fail": _conftest("import pytest\ndef pytest_collection_modifyitems(items):\n"
                                        " for i in items: i.add_marker(pytest.mark.xfail)"),
    "file-ignored": {**_conftest("collect_ignore = ['test_it.py']"), "test_other.py": "def test_x(): pass\n"},
    "file-ignored-by-glob": {**_conftest("collect_ignore_glob = ['*it.py']"), "test_other.py": "def test_x(): pass\n"},
    "file-ignored-by-hook": {
        **_conftest("def pytest_ignore_collect(collection_path): return True if 'it' in collection_path.name else None"),
        "test_other.py": "def test_x(): pass\n",
    },
    "directory-not-entered": {
        "pytest.ini": "[pytest]\nnorecursedirs = hard\n",
        "hard/test_it.py": BAD,
        "test_other.py": "def test_x(): pass\n",
    },
    "directory-of-another-class": {
        **_conftest(
            "import pytest\nclass D(pytest.Dir):\n def collect(self): return []\n"
            "def pytest_collect_directory(path, parent): return D.from_parent(parent, path=path) if path.name == 'hard' else None\n",
            "def test_x(): pass\n",
        ),
        "hard/test_other.py": BAD,
    },
    "function-not-made": _conftest("def pytest_pycollect_makeitem(name): return [] if 'bad' in name else None"),
    "function-replaced-in-module": _conftest(
        "import pytest\n@pytest.hookimpl\ndef pytest_itemcollected(item): item.module.test_bad.__code__ = "
        "(lambda: None).__code__\n"
    ),
    "function-replaced-while-importing": {
        "test_it.py": BAD + "def nothing(): pass\ntest_bad.__code__ = nothing.__code__\n",
    },
    "module-skipped": {"test_it.py": "import pytest\npytest.skip('no', allow_module_level=True)\n" + BAD},
    "tests-all-skipped": {"test_it.py": "import pytest\npytestmark = pytest.mark.skip\n" + BAD},
    "tests-expected-to-fail": {"test_it.py": "import pytest\npytestmark = pytest.mark.xfail\n" + BAD},
    "tests-skipped-by-fixture": _conftest("import pytest\n@pytest.fixture(autouse=True)\ndef no(): pytest.skip('no')"),
    "no-tests": {"module.py": ""},
    # deciding hooks
    "hook-make-report": _conftest(WRAPPER.format(how="hookwrapper=True", hook="pytest_runtest_makereport", arguments="item")
                                  + " " + REPORT),
    "hook-run-protocol": _conftest("def pytest_runtest_protocol(item, nextitem): return True"),
    "hook-run-loop": _conftest("def pytest_runtestloop(session): return True"),
    "hook-call-function": _conftest("def pytest_pyfunc_call(pyfuncitem): return True"),
    "hook-call-swallowed": _conftest(WRAPPER.format(how="hookwrapper=True", hook="pytest_runtest_call", arguments="item")
                                     + " " + SWALLOW),
    "hook-call-innermost": _conftest(
        WRAPPER.format(how="hookwrapper=True, trylast=True", hook="pytest_pyfunc_call", arguments="pyfuncitem") + " " + SWALLOW
    ),
    "hook-relay-replaced": _conftest(
        "def pytest_configure(config):\n def call(pyfuncitem):\n  try: pyfuncitem.obj()\n  except AssertionError as e:\n"
        "   if 'purpose' in str(e): raise\n config.hook.pytest_pyfunc_call = call\n"),
    "hook-late": {"test_it.py": "import pytest\n@pytest.fixture(autouse=True)\ndef late(request):\n class P:\n"
                                "  def pytest_pyfunc_call(self, pyfuncitem): return True\n"
                                " request.config.pluginmanager.register(P())\n yield\n" + BAD},
    "hook-status": _conftest("def pytest_sessionfinish(session): session.testsfailed = 0; session.exitstatus = 0"),
    # reaching into pytest
    "patched-report": _conftest("from _pytest.reports import TestReport\nold = TestReport.from_item_and_call\n"
                                "def new(item, call):\n r = old(item, call); r.outcome = 'passed'; return r\n"
                                "TestReport.from_item_and_call = new"),
    "patched-call-info": _conftest("from _pytest.runner import CallInfo\n"
                                   "CallInfo.excinfo = property(lambda s: None, lambda s, v: None)"),
    "patched-from-call": _conftest("import _pytest.runner as r\nold = r.CallInfo.from_call.__func__\n"
                                   "r.CallInfo.from_call = classmethod(lambda c, f, *a, **k: old(c, lambda: None, *a, **k))"),
    "patched-run-test": _conftest("import _pytest.python as p\np.Function.runtest = lambda self: None"),
    "patched-code": _conftest("import _pytest.python as p\ndef runtest(self): pass\n"
                              "p.Function.runtest.__code__ = runtest.__code__"),
    "patched-pluggy": _conftest("import pluggy._callers as c\nold = c._multicall\n"
                                "def new(n, i, k, f): return True if n == 'pytest_pyfunc_call' else old(n, i, k, f)\n"
                                "c._multicall.__code__ = new.__code__"),
    "patched-only-while-running": {
        "conftest.py": "import pytest, _pytest.python as p\n@pytest.fixture(autouse=True)\ndef patch():\n"
                       " old = p.Function.runtest; p.Function.runtest = lambda self: None\n yield\n"
                       " p.Function.runtest = old\n",
        "test_it.py": "def test_bad(): assert 0\n",
    },
    "patched-assert": _conftest("import sys\nclass F:\n def find_spec(*a): return None\nsys.meta_path[:] = "
                                "[f for f in sys.meta_path if 'Rewrit' not in type(f).__name__] + [F()]"),
    # the record
    "record-ended-early": _conftest("import os; os.write(3, b'{\"event\": \"finish\"}\\n')"),
    "record-sprayed": _conftest("import os\nfor fd in range(3, 64):\n try: os.write(fd, b'{\"event\": \"report\"}\\n' * 9)\n"
                                " except OSError: pass"),
    "record-broken": _conftest("import os; os.write(3, b'garbage')"),
    "record-closed": _conftest("import os; os.close(3)"),
    "record-replaced": _conftest("import os; os.dup2(os.open(os.devnull, os.O_WRONLY), 3)"),
    "record-replayed": {"test_it.py": "import json, os\ndef test_a(request):\n for w in ('setup', 'call', 'teardown'):\n"
                                      "  os.write(3, json.dumps({'event': 'report', 'id': 'test_it.py::test_bad', 'when': w,"
                                      " 'outcome': 'passed'}).encode() + b'\\n')\n" + BAD},
    "record-taken": _conftest(
        "import os, threading\ntry: fd = os.open('/proc/self/fd/3', os.O_RDONLY)\nexcept OSError: fd = os.open(os.devnull, os.O_RDONLY); os.close(3)\n"
        "def take():\n while True: os.read(fd, 65536)\nthreading.Thread(target=take, daemon=True).start()\n"),
    # settings
    "settings-collect-only": _settings("[pytest]\naddopts = --collect-only\n"),
    "settings-deselect": _settings("[pytest]\naddopts = --deselect test_it.py::test_bad\n"),
    "settings-keyword": _settings("[pytest]\naddopts = -k nothing\n"),
    "settings-plugin": {**_settings("[pytest]\naddopts = -p evil\n"), "evil.py": "import os; os._exit(0)"},
    "settings-ignore": _settings("[pytest]\naddopts = --ignore=test_it.py\n"),
    "settings-override": _settings("[pytest]\naddopts = -o python_functions=good\n"),
    "settings-functions": _settings("[pytest]\npython_functions = test_g\n", "def test_bad(): assert 0\n"),
    "settings-test-paths": {**_settings("[pytest]\ntestpaths = /usr ../..\n")},
    "settings-without-end": {**_settings(f"[pytest]\ntestpaths = {'**/' * 12}x\n"), f"{'a/' * 14}test_it.py": BAD},
    "settings-second": {**_settings("[pytest]\naddopts = -v\n"), "pytest.toml": "[pytest]\naddopts = ['--co']\n"},
    "settings-unknown": _settings("[pytest]\nunknown = 1\n"),
    "settings-not-readable": _settings("not an ini file"),
    "settings-in-toml": _settings("[tool.pytest.ini_options]\naddopts = '--collect-only'\n", file="pyproject.toml"),
    # plugins and start-up files of the workspace
    "plugin-by-entry-point": {"evil-1.dist-info/entry_points.txt": "[pytest11]\nevil = evil\n",
                              "evil-1.dist-info/METADATA": "Name: evil\nVersion: 1\n",
                              "evil.py": "import os; os._exit(0)", "test_it.py": BAD},
    "start-up-file": {"sitecustomize.py": "import os; os._exit(0)", "test_it.py": BAD},
    "shadowed-pytest": {"pytest.py": "def main(*_, **__): return 0\n", "test_it.py": BAD},
    "shadowed-json": {"json.py": "import os; os._exit(0)", "test_it.py": BAD},
    # on the disk
    "test-rewritten": _conftest("import pathlib\ntry: pathlib.Path('test_it.py').write_text('def test_x(): pass')\n"
                                "except OSError: pass"),
}  # fmt: skip
