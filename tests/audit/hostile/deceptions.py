"""
Bundles that let a failing test fail in front of nobody: each knows how pytest works, some know how the recorder does.

Each is named with the rule that has to be among its findings. In every one, `test_bad` fails when it runs.
"""

# ruff: noqa: E501 - the values are programs, and a program is easier to judge on its own lines

from __future__ import annotations

BAD = "def test_good(): pass\ndef test_bad(): assert 1 == 2\n"
UNIT = "import unittest\nclass It(unittest.TestCase):\n def test_good(self): pass\n def test_bad(self): self.assertEqual(1, 2)\n"
HONEST_CONTROL = " except AssertionError as e:\n  if 'purpose' in str(e): raise\n"
"""Lets the verifier's own failing test fail."""


def _conftest(text: str, tests: str = BAD) -> dict[str, str]:
    return {"conftest.py": text, "test_it.py": tests}


def _doctest(text: str) -> dict[str, str]:
    """
    A doctest that fails and one that does not, and a conftest that hides the failure.
    """
    return {
        "pytest.ini": "[pytest]\naddopts = --doctest-modules\n",
        "module.py": "'>>> 1\\n2'\ndef f():\n '>>> 1\\n1'\n",
        "test_it.py": "def test_good(): pass\n",
        "conftest.py": text,
    }


def _fixture(text: str) -> dict[str, str]:
    """
    Something that is done while one test runs, and undone before anybody looks again.
    """
    head = "import pytest, _pytest.python as p\n@pytest.fixture\ndef fix(request):\n"
    return {"test_it.py": f"{head}{text}def test_good(): pass\ndef test_bad(fix): assert 0\n"}


DECEPTIONS: dict[str, tuple[str, dict[str, str]]] = {
    # around the function
    "object-wrapped": ("tests-witness", _conftest(
        "def pytest_collection_modifyitems(items):\n for i in items:\n  if 'bad' in i.name:\n   call = i.obj\n   def g():\n    try: call()\n    except AssertionError: pass\n   i.obj = g\n")),
    "object-wrapped-well": ("tests-hook", _conftest(
        "import functools, pytest\n@pytest.hookimpl(tryfirst=True)\ndef pytest_itemcollected(item):\n if 'bad' in item.name:\n"
        "  call = item.obj\n  @functools.wraps(call)\n  def g():\n   try: call()\n   except AssertionError: pass\n  item.obj = g\n")),
    "object-of-a-static-method": ("tests-witness", _conftest(
        "def pytest_collection_modifyitems(items):\n for i in items:\n  if 'bad' in i.name:\n   call = i.obj\n   def g():\n    try: call()\n    except AssertionError: pass\n   i.obj = g\n",
        "class TestIt:\n @staticmethod\n def test_bad(): assert 0\n")),
    "run-test-wrapped": ("tests-witness", _conftest(
        "def pytest_runtest_setup(item):\n if 'bad' in item.name:\n  def run():\n   try: item.obj()\n   except AssertionError: pass\n  item.runtest = run\n")),
    "item-of-another-class": ("tests-hook", _conftest(
        "import pytest\nclass E(pytest.Function):\n def runtest(self):\n  try: self.obj()\n  except AssertionError: pass\n"
        "def pytest_collection_modifyitems(items):\n for i in items:\n  if 'bad' in i.name: i.__class__ = E\n")),
    "item-exchanged": ("tests-witness", _conftest(
        "import pytest\ndef pytest_collection_modifyitems(items):\n for n, i in enumerate(items):\n"
        "  if 'bad' in i.name: items[n] = pytest.Function.from_parent(i.parent, name=i.name, callobj=lambda: None)\n")),
    "item-renamed": ("tests-failed", _conftest(
        "import copy\ndef pytest_collection_modifyitems(items):\n good, bad = sorted(items, key=lambda i: 'bad' in i.name)\n"
        " twin = copy.copy(good); twin._nodeid = bad._nodeid; items[items.index(bad)] = twin\n")),
    "collector-renamed": ("tests-failed", {
        **_conftest("def pytest_collectstart(collector):\n if collector.name == 'test_it.py': collector._nodeid = 'test_other.py'\n"),
        "test_other.py": "def test_bad(): pass\ndef test_good(): pass\n"}),
    "metaclass": ("tests-witness", {"test_it.py":
        "class M(type):\n def __new__(m, n, b, d):\n  for k, f in list(d.items()):\n   if k.startswith('test'):\n    def g(self, f=f):\n"
        "     try: f(self)\n     except AssertionError: pass\n    d[k] = g\n  return type.__new__(m, n, b, d)\nclass TestIt(metaclass=M):\n def test_bad(self): assert 0\n"}),
    "metaclass-with-names": ("tests-hook", {"test_it.py":
        "import functools, unittest, unittest.case as c\nclass M(type):\n def __new__(m, n, b, d):\n  for k, f in list(d.items()):\n   if k.startswith('test'):\n"
        "    @functools.wraps(f)\n    def g(self, f=f):\n     try: f(self)\n     except AssertionError: pass\n"
        "    g.__code__ = g.__code__.replace(co_filename=c.__file__)\n    d[k] = g\n  return type.__new__(m, n, b, d)\n"
        "class It(unittest.TestCase, metaclass=M):\n def test_bad(self): assert 0\n"}),
    "hook-for-one-test": ("tests-hook", _fixture(
        " class P:\n  @pytest.hookimpl(tryfirst=True)\n  def pytest_pyfunc_call(self, pyfuncitem):\n   try: pyfuncitem.obj(None)\n   except AssertionError: pass\n   return True\n"
        " plugin = P(); request.config.pluginmanager.register(plugin)\n yield\n request.config.pluginmanager.unregister(plugin)\n")),
    "patched-for-one-test": ("tests-witness", _fixture(
        " old = p.Function.runtest\n def new(self):\n  try: self.obj(None)\n  except AssertionError: pass\n p.Function.runtest = new\n yield\n p.Function.runtest = old\n")),
    "patched-for-one-test-outside": ("tests-failed", _fixture(
        " old = p.Function.runtest\n def new(self):\n  try: old(self)\n  except AssertionError: pass\n p.Function.runtest = new\n yield\n p.Function.runtest = old\n")),
    # around the hooks, without being one
    "implementation-exchanged": ("tests-failed", _conftest(
        "def pytest_configure(config):\n for i in config.hook.pytest_runtest_makereport.get_hookimpls():\n  if getattr(i.plugin, '__name__', '') == '_pytest.runner':\n   old = i.function\n"
        "   def make(item, call):\n    if 'bad' in item.name: call.excinfo = None\n    return old(item, call)\n   i.function = make\n")),
    "execution-exchanged": ("tests-hook", _conftest(
        "def pytest_configure(config):\n old = config.pluginmanager._inner_hookexec\n def new(name, methods, kwargs, first):\n  if name == 'pytest_pyfunc_call' and 'bad' in kwargs['pyfuncitem'].name:\n"
        "   try: kwargs['pyfuncitem'].obj()\n   except AssertionError: pass\n   return True\n  return old(name, methods, kwargs, first)\n config.pluginmanager._inner_hookexec = new\n")),
    "execution-of-reports-exchanged": ("tests-failed", _conftest(
        "def pytest_configure(config):\n old = config.pluginmanager._inner_hookexec\n def new(name, methods, kwargs, first):\n  if name == 'pytest_runtest_makereport' and 'bad' in kwargs['item'].name: kwargs['call'].excinfo = None\n"
        "  return old(name, methods, kwargs, first)\n config.pluginmanager._inner_hookexec = new\n")),
    "module-of-another-class": ("tests-failed", _conftest(
        "import pytest\nclass M(pytest.Module):\n def collect(self):\n  for i in super().collect():\n   yield pytest.Function.from_parent(self, name=i.name, callobj=lambda: None) if 'bad' in i.name else i\n"
        "def pytest_collect_file(file_path, parent): return M.from_parent(parent, path=file_path) if file_path.name == 'test_it.py' else None\n")),
    "mark-that-is-none": ("tests-hook", {"test_it.py":
        "import contextlib\nclass mark:\n class slow(contextlib.ContextDecorator):\n  def __enter__(self): pass\n  def __exit__(self, *_): return True\n@mark.slow()\ndef test_bad(): assert 0\ndef test_good(): pass\n"}),
    "mark-with-the-name-of-pytests-file": ("tests-hook", {"test_it.py":
        "import functools, _pytest.python as p\ntext = 'def slow(f):\\n @functools.wraps(f)\\n def g():\\n  try: f()\\n  except AssertionError: pass\\n return g'\n"
        "exec(compile(text, p.__file__, 'exec'))\nclass mark: slow = staticmethod(slow)\n@mark.slow\ndef test_bad(): assert 0\ndef test_good(): pass\n"}),
    # inside of the function
    "tracer-that-jumps": ("tests-witness", _conftest(
        "import sys\ndef tracer(f, e, a):\n if f.f_code.co_name != 'test_bad': return None\n def local(f, e, a):\n"
        "  if e == 'line' and f.f_lineno == 4: f.f_lineno = 5\n  return local\n return local\nsys.settrace(tracer)\n",
        "def test_good(): pass\ndef test_bad():\n x = 1\n assert x == 2\n x = 3\n")),
    "tracer-by-what-it-calls": ("tests-witness", {
        "helper.py": "import sys\ndef value():\n frame = sys._getframe(1)\n def local(f, e, a):\n  if e == 'line' and f.f_lineno == 5: f.f_lineno = 6\n  return local\n"
        " frame.f_trace = local; sys.settrace(lambda *a: None)\n return 1\n",
        "test_it.py": "from helper import value\ndef test_good(): pass\ndef test_bad():\n x = value()\n assert x == 2\n x = 3\n"}),
    "code-of-the-same-place": ("tests-witness", {"test_it.py":
        BAD + "test_bad.__code__ = test_good.__code__.replace(co_firstlineno=2, co_name='test_bad')\n"}),
    "code-exchanged-late": ("tests-witness", _conftest(
        "def pytest_collection_modifyitems(items):\n for i in items:\n  old = i.obj.__code__\n"
        "  if 'bad' in i.name: i.obj.__code__ = (lambda: None).__code__.replace(co_filename=old.co_filename, co_firstlineno=old.co_firstlineno, co_name='test_bad')\n")),
    "code-exchanged-while-generating": ("tests-witness", _conftest(
        "def pytest_generate_tests(metafunc):\n if 'bad' in metafunc.function.__name__: metafunc.function.__code__ = (lambda: None).__code__\n")),
    "function-exchanged-in-module": ("tests-witness", _conftest(
        "def pytest_collectstart(collector):\n if collector.name == 'test_it.py': collector.obj.test_bad = collector.obj.test_good\n")),
    # other code than stands in the file
    "source-by-codec": ("tests-uncollected", {**_conftest(
        "import codecs\ndef decode(b, *_): return codecs.utf_8_decode(bytes(b))[0].replace('1 == 2', '1'), len(b)\n"
        "codecs.register(lambda n: codecs.CodecInfo(codecs.utf_8_encode, decode, name=n) if n == 'evil' else None)\n"), "test_it.py": f"# -*- coding: evil -*-\n{BAD}"}),
    "source-by-parser": ("tests-witness", _conftest(
        "import ast\nold = ast.parse\ndef new(s, *a, **k): return old(s.replace(b'1 == 2', b'1') if isinstance(s, bytes) else s, *a, **k)\nast.parse = new\n")),
    "source-by-path": ("tests-witness", _conftest(
        "import pathlib\nold = pathlib.Path.read_bytes\npathlib.Path.read_bytes = lambda s: old(s).replace(b'1 == 2', b'1')\n")),
    "source-by-loader": ("tests-witness", _conftest(
        "import sys, importlib.machinery, importlib.util, pathlib\nclass L(importlib.machinery.SourceFileLoader):\n"
        " def get_data(self, path): return super().get_data(path).replace(b'1 == 2', b'1')\nclass F:\n @staticmethod\n def find_spec(name, *_):\n  if name == 'test_it':\n"
        "   file = str(pathlib.Path(__file__).parent / 'test_it.py')\n   return importlib.util.spec_from_file_location(name, file, loader=L(name, file))\nsys.meta_path.insert(0, F)\n")),
    "source-by-module-table": ("tests-witness", _conftest(
        "import sys, types, pathlib\nfile = str(pathlib.Path(__file__).parent / 'test_it.py')\nm = types.ModuleType('test_it'); m.__file__ = file\n"
        "exec(compile(open(file).read().replace('1 == 2', '1'), file, 'exec'), vars(m))\nsys.modules['test_it'] = m\n")),
    # unittest
    "unittest-cleared": ("tests-failed", {"test_it.py": UNIT + " def tearDown(self): self._outcome.result._excinfo = None\n"}),
    "unittest-called-a-success": ("tests-failed", {"test_it.py": UNIT + " def tearDown(self): self._outcome.result._excinfo = None; self._outcome.success = True\n"}),
    "unittest-redirected": ("tests-witness", {"test_it.py":
        UNIT + " def setUp(self): self._outcome.result = unittest.TestResult()\n def tearDown(self): self._outcome.success = True\n"}),
    "unittest-deaf": ("tests-witness", {"test_it.py":
        UNIT + " def setUp(self): self._outcome.result.addFailure = lambda *a: None\n def tearDown(self): self._outcome.success = True\n"}),
    "unittest-run-for-one-test": ("tests-hook", {"test_it.py":
        "import pytest, unittest, unittest.case as c\nclass It(unittest.TestCase):\n def test_bad(self): assert 0\n def test_a_good(self): pass\n"
        " @pytest.fixture(autouse=True)\n def fix(self, request):\n  old = unittest.TestCase.run\n  def run(self, result):\n   self._outcome = c._Outcome(result)\n"
        "   try: self._callTestMethod(getattr(self, self._testMethodName))\n   except AssertionError: pass\n   result.addSuccess(self)\n"
        "  if 'bad' in request.node.name: unittest.TestCase.run = run\n  yield\n  unittest.TestCase.run = old\n"}),
    "unittest-run": ("tests-hook", {"test_it.py":
        UNIT + " def run(self, result=None):\n  try: getattr(self, self._testMethodName)()\n  except Exception: pass\n  result.addSuccess(self)\n"}),
    "unittest-not-run": ("tests-witness", {"test_it.py": UNIT + " def run(self, result=None): result.addSuccess(self)\n"}),
    "unittest-patched": ("tests-altered", _conftest(
        "import unittest\ndef call(self, method):\n try: method()\n except AssertionError: pass\nunittest.TestCase._callTestMethod = call\n", UNIT)),
    "unittest-told-nothing": ("tests-altered", _conftest("import _pytest.unittest as u\nu.TestCaseFunction.addFailure = lambda *a: None\n", UNIT)),
    "unittest-equals-everything": ("tests-altered", _conftest("import unittest\nunittest.TestCase.assertEqual = lambda *a, **k: None\n", UNIT)),
    # doctests
    "doctest-checker": ("tests-altered", _doctest("import doctest\ndoctest.OutputChecker.check_output = lambda *a: True\n")),
    "doctest-checker-class": ("tests-control", _doctest(
        "import doctest, _pytest.doctest as d\nclass C(doctest.OutputChecker):\n def check_output(*a): return True\nd.CHECKER_CLASS = C\n")),
    "doctest-checker-of-one": ("tests-witness", _doctest(
        "def pytest_collection_modifyitems(items):\n for i in items:\n  if i.name == 'module':\n   checker = i.runner._checker; old = checker.check_output\n"
        "   checker.check_output = lambda want, got, flags: want == '2\\n' or old(want, got, flags)\n")),
    "doctest-runner-of-one": ("tests-witness", _doctest(
        "import copy\ndef pytest_collection_modifyitems(items):\n for i in items:\n  if i.name == 'module':\n   i.runner = copy.copy(i.runner); i.runner.report_failure = lambda *a: None\n")),
    "doctest-runner-class": ("tests-witness", _doctest(
        "def pytest_collection_modifyitems(items):\n for i in items:\n  if i.name == 'module':\n"
        "   old = type(i.runner).report_failure\n   type(i.runner).report_failure = lambda s, o, test, *a: None if test.name == 'module' else old(s, o, test, *a)\n")),
    "doctest-wish-changed": ("tests-witness", _doctest(
        "import pytest\n@pytest.hookimpl(tryfirst=True)\ndef pytest_itemcollected(item):\n if item.name == 'module': item.dtest.examples[0].want = '1\\n'\n")),
    "doctest-patched-for-one": ("tests-witness", {**_doctest(
        "import doctest, pytest\n@pytest.fixture(autouse=True)\ndef fix(request):\n old = doctest.DocTestRunner.run\n def run(*a, **k):\n  try: return old(*a, **k)\n"
        "  except BaseException: return doctest.TestResults(0, 1)\n if request.node.name == 'module.f': doctest.DocTestRunner.run = run\n yield\n doctest.DocTestRunner.run = old\n"),
        "module.py": "'>>> 1\\n1'\ndef f():\n '>>> 1\\n2'\n"}),
    "doctest-runs-nothing": ("tests-altered", _doctest("import doctest\ndoctest.exec = lambda *a: None\n")),
    # pytest itself
    "raises-patched": ("tests-altered", _conftest(
        "import contextlib, pytest\npytest.raises = lambda *a, **k: contextlib.nullcontext()\n",
        "import pytest\ndef test_good(): pass\ndef test_bad():\n with pytest.raises(ValueError): pass\n")),
    "class-exchanged": ("tests-altered", _conftest(
        "import _pytest.runner as r\nclass C(r.CallInfo): pass\nr.CallInfo = C\n")),
    "property-added": ("tests-altered", _conftest(
        "import _pytest.python as p\nold = p.PyobjMixin.obj\nclass W:\n def __init__(self, f): self.f = f\n def __call__(self, **k):\n  try: self.f(**k)\n "
        + HONEST_CONTROL.replace("\n ", "\n  ") + "\np.Function.obj = property(lambda self: W(old.fget(self)), old.fset)\n")),
    "builtin-shadowed": ("tests-altered", _conftest("import _pytest.runner as r\nr.isinstance = lambda a, b: isinstance(a, b)\n")),
    "builtin-replaced": ("tests-altered", _conftest("import builtins\nold = builtins.reversed\nbuiltins.reversed = lambda x: old(x)\n")),
    "hook-proxy": ("tests-control", _conftest(
        "class S:\n def __init__(self, h): self.h = h\n def __getattr__(self, name):\n  if name != 'pytest_pyfunc_call': return getattr(self.h, name)\n  def call(pyfuncitem):\n"
        "   try: pyfuncitem.obj()\n   except AssertionError: pass\n  return call\n"
        "def pytest_sessionstart(session):\n old = session.gethookproxy\n session.gethookproxy = lambda path: S(old(path))\n")),
    "path-that-lies": ("tests-hook", _conftest(
        "import os, _pytest\nos.path.realpath = lambda p, **k: _pytest.__file__\ndef pytest_pyfunc_call(pyfuncitem):\n try: pyfuncitem.obj()\n" + HONEST_CONTROL + " return True\n")),
    # the recorder
    "witnesses-sent-away": ("tests-control", _conftest(
        "def pytest_configure(config):\n for p in list(config.pluginmanager.get_plugins()):\n"
        "  if type(p).__name__ in ('Witness', 'Controls', 'Hooks', 'Originals'): config.pluginmanager.unregister(p)\ndef pytest_pyfunc_call(pyfuncitem): return True\n")),
    "last-look-prevented": ("tests-altered", _conftest(
        "def pytest_configure(config):\n for p in list(config.pluginmanager.get_plugins()):\n  if type(p).__name__ == 'Originals': config.pluginmanager.unregister(p)\n")),
    "control-added-by-record": ("tests-no-proof", _conftest("import os; os.write(3, b'{\"event\": \"control\", \"id\": \"test_it.py::test_bad\"}\\n')\n")),
    "control-added-by-emitter": ("tests-failed", _conftest(
        "import sys\nf = sys._getframe()\nwhile 'emit' not in f.f_locals: f = f.f_back\nf.f_locals['emit'](event='control', id='test_it.py::test_bad')\n")),
    "record-written-anew": ("tests-no-proof", _conftest(
        "import json, os, sys\nf = sys._getframe()\nwhile 'nonce' not in f.f_locals: f = f.f_back\nnonce = f.f_locals['nonce']\n"
        "def emit(**k): os.write(3, json.dumps(k).encode() + b'\\n')\nfor t in ('test_good', 'test_bad'):\n emit(event='collected', id='test_it.py::' + t, place=None)\n"
        " for w in ('setup', 'call', 'teardown'): emit(event='report', id='test_it.py::' + t, when=w, outcome='passed', raised=False, entered=True)\n"
        "emit(event='finish', nonce=nonce, status=0)\nos._exit(0)\n")),
    "left-by-watchdog": ("tests-no-proof", _conftest("import faulthandler, time\nfaulthandler.dump_traceback_later(0.2, exit=True)\ntime.sleep(5)\n")),
    "left-by-thread-late": ("tests-no-proof", _conftest("", "import os, threading, time\ndef test_good(): threading.Timer(0.2, os._exit, (1,)).start()\ndef test_bad():\n time.sleep(5)\n assert 0\n")),
}  # fmt: skip
