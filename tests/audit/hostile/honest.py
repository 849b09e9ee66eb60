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
}
