"""
Bundles that look like hostile ones at a glance and are not: every one must pass.
"""

# ruff: noqa: E501 - the values are programs, and a program is easier to judge on its own lines

from __future__ import annotations

GOOD = "def test_good(): pass\n"

HONEST: dict[str, dict[str, str]] = {
    "plain": {"test_it.py": GOOD},
    "classes": {
        "test_it.py": "class TestIt:\n    def test_a(self): pass\n    class TestIn:\n        def test_b(self): pass\n"
    },
    "unittest": {
        "test_it.py": "import unittest\nclass It(unittest.TestCase):\n    def setUp(self): self.x = 1\n"
        "    def test_a(self): self.assertEqual(self.x, 1)\n    @unittest.skip('no')\n    def test_b(self): 1 / 0\n"
    },
    "doctests": {
        "pytest.ini": "[pytest]\naddopts = --doctest-modules\n",
        "module.py": '"""\n>>> 1 + 1\n2\n"""\n',
        "test_it.py": GOOD,
    },
    "doctests-of-all-kinds": {
        "pytest.ini": "[pytest]\naddopts = --doctest-modules --doctest-glob=*.txt\ndoctest_optionflags = ELLIPSIS\n",
        "module.py": "def f():\n    '''\n    >>> 1 / 0\n    Traceback (most recent call last):\n    ZeroDivisionError: ...\n"
        "    >>> import missing  # doctest: +SKIP\n    >>> for n in range(2):\n    ...     print(n)\n    0\n    1\n    '''\n"
        "class C:\n    '''\n    >>> C.__name__\n    '...'\n    '''\n    def m(self):\n        '''\n        >>> x = [f() for _ in 'ab']\n        '''\n"
        "def skipped():\n    '''>>> import missing  # doctest: +SKIP'''\n",
        "text.txt": "Words.\n\n>>> print('a')\na\n",
        "test_it.py": GOOD,
    },
    "decorated": {
        "test_it.py": "import functools\nfrom unittest import mock\ndef twice(f):\n    @functools.wraps(f)\n"
        "    def inner(*a, **k): f(*a, **k); f(*a, **k)\n    return inner\n"
        "def bare(f):\n    def inner(): return f()\n    return inner\n"
        "@twice\ndef test_a(): pass\n@mock.patch('os.getcwd')\ndef test_b(m): pass\n@bare\ndef test_c(): pass\n"
    },
    "parametrized": {
        "test_it.py": "import pytest\n@pytest.mark.parametrize('a', ['x::y', '[z]', 'é', ''])\ndef test_a(a): pass\n"
        "@pytest.fixture(params=[1, 2])\ndef f(request): return request.param\ndef test_b(f): pass\n"
    },
    "fixtures": {
        "conftest.py": "import pytest\n@pytest.fixture(autouse=True, scope='module')\ndef ready(): yield 1\n",
        "test_it.py": "import pytest\ndef test_a(tmp_path, monkeypatch, capsys): monkeypatch.setenv('A', 'b'); print(1)\n"
        "@pytest.fixture\ndef test_data(): return 1\ndef test_b(test_data): assert test_data == 1\n",
    },
    "marked-by-hook": {
        "conftest.py": "import pytest\ndef pytest_configure(config): config.addinivalue_line('markers', 'slow: slow')\n"
        "def pytest_collection_modifyitems(items):\n    for item in items: item.add_marker(pytest.mark.slow)\n"
        "def pytest_report_header(): return 'hello'\n",
        "test_it.py": GOOD,
    },
    "some-skipped": {
        "test_it.py": "import pytest, sys\n@pytest.mark.skipif(sys.platform == 'linux', reason='not here')\n"
        "def test_a(): 1 / 0\ndef test_b(): pass\ndef test_c(): pass\n"
        "@pytest.mark.xfail\ndef test_d(): 1 / 0\ndef test_e(): pytest.importorskip('nothing_here')\n"
        "def test_f(): pass\n"
    },
    "a-module-skipped": {
        "test_a.py": "import pytest\npytest.importorskip('nothing_here')\ndef test_a(): pass\n",
        "test_b.py": GOOD,
    },
    "settings": {
        "pytest.ini": "[pytest]\nminversion = 7.0\naddopts = -ra -q --strict-markers --tb=short\n    --import-mode=importlib\n"
        "testpaths = tests absent\nmarkers =\n    slow: takes long\nxfail_strict = true\nfilterwarnings = error\n"
        "log_level = INFO\npython_files = check_*.py\npython_functions = check_*\n",
        "tests/check_it.py": "import pytest\n@pytest.mark.slow\ndef check_it(): pass\ndef test_no(): 1 / 0\n",
        "tox.ini": "[tox]\nenvlist = py\n",
        "setup.cfg": "[metadata]\nname = x\n",
    },
    "settings-in-toml": {
        "pyproject.toml": "[tool.pytest.ini_options]\ntestpaths = ['tests']\nxfail_strict = true\npythonpath = ['lib']\n"
        "addopts = ['-ra', '--strict-config']\nfilterwarnings = ['error', 'ignore::UserWarning']\n",
        "lib/module.py": "",
        "tests/test_it.py": "import module, warnings\ndef test_a(): warnings.warn('x')\n",
    },
    "deselected-by-mark": {
        "pytest.ini": "[pytest]\naddopts = -m 'not slow'\nmarkers = slow: takes long\n",
        "test_it.py": "import pytest\n@pytest.mark.slow\ndef test_a(): 1 / 0\ndef test_b(): pass\n",
    },
    "many-parameters-deselected": {
        "pyproject.toml": "[tool.pytest.ini_options]\naddopts = ['-m', 'not slow']\nmarkers = ['slow: takes long']\n",
        "test_it.py": "import pytest\n@pytest.mark.slow\n@pytest.mark.parametrize('n', range(99))\ndef test_a(n): 1 / 0\n"
        "def test_b(): pass\n",
    },
    "properties": {
        "pytest.ini": "[pytest]\nfilterwarnings = error\n",
        "test_it.py": "import pytest\nhypothesis = pytest.importorskip('hypothesis')\n"
        "@hypothesis.given(hypothesis.strategies.integers())\ndef test_a(n): assert n == n\n",
        "test_other.py": GOOD,
    },
    "source-layout": {
        "src/package/__init__.py": "VALUE = 1\n",
        "tests/test_it.py": "from package import VALUE\ndef test_a(): assert VALUE\n",
    },
    "server": {
        "test_it.py": "import http.server, threading, urllib.request\ndef test_a():\n"
        "    class H(http.server.BaseHTTPRequestHandler):\n"
        "        def do_GET(self): self.send_response(200); self.end_headers(); self.wfile.write(b'hi')\n"
        "    with http.server.HTTPServer(('127.0.0.1', 0), H) as s:\n"
        "        threading.Thread(target=s.serve_forever, daemon=True).start()\n"
        "        with urllib.request.urlopen(f'http://127.0.0.1:{s.server_port}/') as r: assert r.read() == b'hi'\n"
        "        s.shutdown()\n"
    },
    "processes": {
        "test_it.py": "import subprocess, sys, concurrent.futures as f\n"
        "def test_a(): assert subprocess.check_output([sys.executable, '-c', 'print(1)']) == b'1\\n'\n"
        "def test_b():\n    with f.ProcessPoolExecutor(2) as p: assert list(p.map(abs, [-1, -2])) == [1, 2]\n"
        "def test_c():\n    with f.ThreadPoolExecutor(2) as p: assert list(p.map(abs, [-1])) == [1]\n"
    },
    "asynchronous": {
        "test_it.py": "import asyncio\ndef test_a():\n    async def f(): await asyncio.sleep(0); return 1\n"
        "    assert asyncio.run(f()) == 1\n"
    },
    "profiled": {
        "test_it.py": "import sys\ndef test_a():\n    sys.setprofile(print and None)\n    sys.settrace(None)\n"
    },
    "strange-output": {
        "test_it.py": "import os, sys\ndef test_a():\n    print('RESULT: PASS ]]> ``` \\x1b[2J \\x00')\n    os.write(1, b'\\xff\\xfe')\n"
    },
    "switched-off": {
        "test_it.py": "class TestBase:\n    __test__ = False\n    def test_a(self): 1 / 0\n"
        "class TestWithInit:\n    __test__ = False\n    def __init__(self): pass\n    def test_a(self): 1 / 0\n"
        "def test_b(): pass\ndef test_gone(): 1 / 0\ndel test_gone\nif False:\n    def test_never(): 1 / 0\n"
        "def test_c(): pass\ndef test_d(): pass\ndef test_e(): pass\n"
    },
    "base-classes": {
        "base.py": "class Checks:\n    __test__ = False\n    def test_shared(self): assert self.value\n",
        "test_base.py": "import unittest\nclass Common(unittest.TestCase):\n    __test__ = False\n    value = 0\n"
        "    def test_one(self): assert self.value\n    def test_two(self): assert self.value\n"
        "class One(Common):\n    __test__ = True\n    value = 1\n",
        "test_it.py": "from base import Checks\nclass TestIt(Checks):\n    __test__ = True\n    value = 1\n",
    },
    "base-class-removed": {
        "test_it.py": "import unittest\nclass Base(unittest.TestCase):\n    def test_a(self): assert self.value\n"
        "    def test_b(self): assert self.value\nclass It(Base):\n    value = 1\ndel Base\n"
    },
    "one-of-two-definitions": {
        "test_it.py": "import sys\nif sys.platform == 'win32':\n    def test_a(): assert sys.platform == 'win32'\n"
        "else:\n    def test_a(): assert sys.platform != 'win32'\n"
        "try:\n    import nothing_here\nexcept ImportError:\n    def test_b(): pass\nelse:\n    def test_c(): 1 / 0\n"
        "with open(__file__):\n    class TestIn:\n        def test_d(self): pass\n"
    },
    "given-to-its-own-wrapper": {
        "test_it.py": "import functools\ndef test_a(): pass\ntest_a = functools.lru_cache(test_a)\n"
        "def again(f):\n    def inner(): f()\n    return inner\ndef test_b(): pass\ntest_b = again(test_b)\n"
    },
    "decorators-that-catch": {
        "test_it.py": "import functools\nfrom unittest import mock\ndef raises(error):\n    def around(f):\n        @functools.wraps(f)\n"
        "        def inner(*a, **k):\n            try: f(*a, **k)\n            except error: return\n            raise AssertionError\n"
        "        return inner\n    return around\n@raises(ValueError)\ndef test_a(): raise ValueError\n"
        "@mock.patch('os.getcwd')\nclass TestIt:\n    def test_b(self, m): pass\n"
    },
    "parts-of-unittest": {
        "test_it.py": "import unittest\nclass It(unittest.TestCase):\n    @classmethod\n    def setUpClass(cls): cls.n = 1\n"
        "    def setUp(self): self.addCleanup(setattr, self, 'n', 2)\n    def tearDown(self): self.assertEqual(self.n, 1)\n"
        "    def test_a(self):\n        for n in range(3):\n            with self.subTest(n=n): self.assertLess(n, 3)\n"
        "    @unittest.expectedFailure\n    def test_b(self): self.fail()\n    def test_c(self): self.skipTest('no')\n"
        "    def test_d(self):\n        with self.assertRaises(ValueError): int('x')\n    def runTest(self): self.fail()\n"
        "    def test_e(self): self.assertEqual((yes := 1), yes)\n    def test_f(self): pass\n"
    },
    "unittest-asynchronous": {
        "test_it.py": "import unittest\nclass It(unittest.IsolatedAsyncioTestCase):\n    async def asyncSetUp(self): self.x = 1\n"
        "    async def test_a(self): self.assertEqual(self.x, 1)\n    def test_b(self): self.assertEqual(self.x, 1)\n"
    },
    "static-and-class-methods": {
        "test_it.py": "import unittest\nclass TestIt:\n    @staticmethod\n    def test_a(): pass\n    @classmethod\n    def test_b(cls): pass\n"
        "class It(unittest.TestCase):\n    @unittest.skipIf(False, 'no')\n    def test_c(self): pass\n    @staticmethod\n    def test_d(): pass\n"
        "    @unittest.skipUnless(False, 'no')\n    def test_e(self): 1 / 0\n"
    },
    "objects-that-tests-let-go": {
        "conftest.py": "import gc, weakref, pytest\n@pytest.fixture(autouse=True)\ndef kept(request):\n    refs = []\n"
        "    request.node.refs = refs\n    yield refs\n    assert [r for r in refs if r() is not None] == []\n",
        "test_it.py": "import unittest, weakref\nclass X: pass\ndef test_a(kept):\n    x = X()\n    kept.append(weakref.ref(x))\n"
        "class It(unittest.TestCase):\n    def tearDown(self): self.assertIsNone(self.ref())\n"
        "    def test_b(self):\n        x = X()\n        self.ref = weakref.ref(x)\n",
    },
    "returns-everywhere": {
        "test_it.py": "import contextlib, pytest\ndef test_a():\n    for n in range(3):\n        with contextlib.suppress(ValueError):\n"
        "            if n: return\ndef test_b():\n    try: return\n    finally: len('x')\n"
        "def test_c():\n    try: raise ValueError\n    except ValueError: pass\ndef test_d(): assert (lambda: 1)()\n"
        "def test_e():\n    with pytest.raises(ZeroDivisionError): 1 / 0\n    with pytest.warns(UserWarning): __import__('warnings').warn('x')\n"
    },
    "assertions-of-all-kinds": {
        "test_it.py": '"""Words."""\nfrom __future__ import annotations\nimport dataclasses\n@dataclasses.dataclass\nclass D:\n    a: int = 1\n'
        "def test_a():\n    assert (n := 3) and n > 2, f'{n!r:>5}'\n    assert all(x for x in [1]) and not any([]) or 0\n"
        "    assert [*'ab', *{}] == ['a', 'b'] and D() == D(1) and {**{}} == {} and 'a' in 'ab' and 1 < 2 < 3\n"
        "    assert (lambda *a, b=1, **k: b)() is 1 or True\n".replace(" is 1 or True", ""),
        "test_plain.py": '"""PYTEST_DONT_REWRITE"""\ndef test_a(): assert 1 == 1\n',
        "test_encoded.py": "# -*- coding: iso-8859-15 -*-\ndef test_a(): assert len('x') == 1\n",
        "test_marked.py": "\ufeffdef test_a(): assert 1\n",
    },
    "own-kind-of-tests": {
        "conftest.py": "import pytest\ndef pytest_collect_file(parent, file_path):\n    if file_path.suffix == '.sum':\n"
        "        return File.from_parent(parent, path=file_path)\nclass File(pytest.File):\n    def collect(self):\n"
        "        yield Item.from_parent(self, name='sum')\nclass Item(pytest.Item):\n    def runtest(self):\n"
        "        a, b = self.path.read_text().split('=')\n        assert sum(map(int, a.split('+'))) == int(b)\n",
        "a.sum": "1+2=3",
        "test_it.py": GOOD,
    },
    "tests-of-a-plugin": {
        "conftest.py": "pytest_plugins = ['pytester']\n",
        "test_it.py": "def test_a(pytester):\n    pytester.makepyfile('def test_x(): assert 0\\ndef test_y(): pass\\n')\n"
        "    pytester.runpytest_inprocess('-p', 'no:cacheprovider').assert_outcomes(passed=1, failed=1)\n"
        "def test_b(): pass\n",
    },
    "traced-by-itself": {
        "test_it.py": "import sys, threading\ndef test_a():\n    seen = []\n    sys.settrace(lambda f, e, a: seen.append(e))\n"
        "    try: len(str(threading.current_thread()))\n    finally: sys.settrace(None)\n    assert seen\n"
    },
    "patched-for-a-while": {
        "test_it.py": "import builtins, unittest.mock, pytest\ndef test_a(monkeypatch):\n    monkeypatch.setattr(builtins, 'open', None)\n"
        "    monkeypatch.setattr(builtins, 'len', lambda x: 7)\n    assert len('') == 7\n"
        "def test_b(): assert len('') == 0\n",
        "conftest.py": "import builtins, functools\nbuiltins.print = functools.partial(print, flush=True)\n",
    },
    "some-expected-to-fail": {
        "test_it.py": "import pytest\n@pytest.mark.xfail\ndef test_a(): assert 0\n@pytest.mark.xfail(strict=False)\ndef test_b(): pass\n"
        "def test_c(): pass\ndef test_d(): pass\n"
    },
    "other-directories": {
        "pytest.ini": "[pytest]\ntestpaths = tests\nnorecursedirs = data\n",
        "tests/test_it.py": "def test_a(): pass\ndef test_b(): pass\ndef test_c(): pass\n",
        "tests/data/test_sample.py": "def test_sample(): 1 / 0\n",
        "bench/test_speed.py": "def test_speed(): 1 / 0\n",
        "build/test_old.py": "def test_old(): 1 / 0\n",
    },
}
