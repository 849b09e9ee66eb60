"""
The auditor's plugins of pytest, through the real command, with an environment of wheels that the test makes.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.metadata
import json
import sys
import zipfile
from pathlib import Path

import pytest

from phase2_gate.audit import environment
from phase2_gate.audit.requirements import Requirements
from phase2_gate.cli.main import main

from ..bundles import bundle
from .test_environment import wheel

pytest.importorskip("ensurepip")

PLUGIN = """
import inspect
import pytest

def pytest_addoption(parser):
    parser.addini("steps_mode", "how coroutines are run")

@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    assert pyfuncitem.config.getini("steps_mode") == "auto"
    steps = pyfuncitem.obj()
    try:
        while True:
            steps.send(None)
    except StopIteration:
        return True
"""
FILES = {
    "pytest.ini": b"[pytest]\nsteps_mode = auto\n",
    "package/__init__.py": b"",
    "test_it.py": b"async def test_a(): assert 1 == 1\nasync def test_b(): assert 1 == {value}\ndef test_c(): pass\n",
}
"""Tests that only a plugin can run."""


def packed(name: str, directory: Path) -> str:
    """
    Makes a wheel again out of an installed distribution; the line that requires it.
    """
    found = importlib.metadata.distribution(name)
    files = [file for file in found.files or () if ".." not in file.parts and "__pycache__" not in file.parts]
    record = next(file for file in files if file.name == "RECORD")
    path = directory / f"{name}-{found.version}-py3-none-any.whl"
    rows = []
    with zipfile.ZipFile(path, "w") as archive:
        for file in files:
            data = Path(str(file.locate())).read_bytes() if file != record else b""
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            rows.append(f"{file},,\n" if file == record else f"{file},sha256={digest},{len(data)}\n")
            if file != record:
                archive.writestr(str(file), data)
        archive.writestr(str(record), "".join(rows))
    return f"{name}=={found.version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """
    An interpreter with pytest and the plugin, made as an audit makes it, from a directory instead of an index.
    """
    wheels, made = tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("made")
    lines = [packed(name, wheels) for name in ("pytest", "pluggy", "iniconfig", "packaging", "pygments")]
    digest = wheel(wheels, "pytest_steps", {"pytest_steps/__init__.py": "", "pytest_steps/plugin.py": PLUGIN})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIP_NO_INDEX", "1")
        patch.setenv("PIP_FIND_LINKS", str(wheels))
        listed = Requirements((*lines, f"pytest_steps==1.0 --hash=sha256:{digest}"))
        return environment.make(sys.executable, listed, made)[0]


def audited(tmp_path: Path, files: dict[str, bytes], *options: str) -> tuple[int, dict[str, object]]:
    """
    The exit status of an audit, and its report.
    """
    (tmp_path / "bundle.zip").write_bytes(bundle(files))
    reports = tmp_path / "reports"
    code = main(["audit", str(tmp_path / "bundle.zip"), "--report-dir", str(reports), *options])
    return code, json.loads((reports / "report.json").read_text("utf-8"))


@pytest.mark.usefixtures("capsys")
@pytest.mark.parametrize(
    ("value", "plugins", "expected", "outcomes"),
    [
        (1, ["pytest_steps.plugin"], 0, ["passed", "passed", "passed"]),
        (2, ["pytest_steps.plugin"], 1, ["passed", "failed", "passed"]),
        (1, [], 1, ["failed", "failed", "passed"]),
        (1, ["pytest_other.plugin"], 3, []),
    ],
)
def test_a_plugin_of_the_auditor(
    tmp_path: Path, python: str, value: int, plugins: list[str], expected: int, outcomes: list[str]
) -> None:
    """
    It is loaded when it is named, its settings count, and it hides no failure; one that is missing blocks the audit.
    """
    files = {path: data.replace(b"{value}", b"%d" % value) for path, data in FILES.items()}
    options = [f"--plugin={plugin}" for plugin in plugins]
    code, report = audited(tmp_path, files, "--python", python, *options)
    tests = report["tests"]
    assert isinstance(tests, list)
    assert (code, [test["outcome"] for test in tests]) == (expected, outcomes)
    assert ("pytest_other.plugin" in json.dumps(report["gates"])) == (expected == 3)


@pytest.mark.usefixtures("capsys")
def test_a_coroutine_that_raised_is_noticed(tmp_path: Path, python: str) -> None:
    """
    What a plugin calls is watched as well: here a conftest hides an exception from it.
    """
    conftest = (
        b"import functools\ndef pytest_collection_modifyitems(items):\n"
        b"    for item in items:\n        if 'test_b' in item.name: item.obj = hide(item.obj)\n"
        b"def hide(call):\n    @functools.wraps(call)\n    async def hidden():\n"
        b"        try: await call()\n        except AssertionError: pass\n    return hidden\n"
    )
    files = {**{path: data.replace(b"{value}", b"2") for path, data in FILES.items()}, "conftest.py": conftest}
    code, report = audited(tmp_path, files, "--python", python, "--plugin", "pytest_steps.plugin")
    assert code == 1
    assert "its function raised, and it was reported as passed" in json.dumps(report["gates"])


@pytest.mark.usefixtures("capsys")
@pytest.mark.parametrize(("plugin", "expected"), [("pytest_steps.plugin", 1), ("pytest_other", 3)])
def test_the_workspace_stands_in_for_no_plugin(tmp_path: Path, python: str, plugin: str, expected: int) -> None:
    """
    A module of the bundle with a plugin's name is not the plugin, neither where there is one nor where there is none.
    """
    evil = b"def pytest_pyfunc_call(pyfuncitem): return True\n"
    files = {
        "package/__init__.py": b"",
        "pytest_steps/__init__.py": b"",
        "pytest_steps/plugin.py": evil,
        "pytest_other.py": evil,
        "test_it.py": b"def test_a(): assert 0\n",
    }
    code, report = audited(tmp_path, files, "--python", python, "--plugin", plugin)
    assert code == expected, report["gates"]
