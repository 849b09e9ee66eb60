"""
Tests of `phase2_gate.audit.execution.settings` and `addopts`: what a bundle's settings come to.
"""

from __future__ import annotations

import pytest

from phase2_gate.audit.execution import addopts, settings
from phase2_gate.audit.execution.addopts import Options
from phase2_gate.audit.execution.settings import Settings
from phase2_gate.core.findings import Finding

from .conftest import Workspace

TOML = "xfail_strict = true\nmarkers = ['a: b', 'c']\ntestpaths = ['x', 'y']\npythonpath = ['lib']\n"


def finding(path: str | None, detail: str) -> Finding:
    """
    A finding about settings.
    """
    return Finding("tests-settings", path, detail)


def test_no_file_means_no_settings(workspace: Workspace) -> None:
    """
    A workspace without any file of settings has none.
    """
    assert settings.read(workspace({"a.py": ""})) == Settings()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("pytest.ini", "[pytest]\nxfail_strict = true\nmarkers=\n  a: b\n  # no\n  c\ntestpaths=x y\npythonpath=lib\n"),
        (".pytest.ini", "[pytest]\nxfail_strict = true\nmarkers = a: b\n  c\ntestpaths = x\n  y\npythonpath = lib\n"),
        ("tox.ini", "[tox]\nx = 1\n[pytest]\nxfail_strict=true\nmarkers=a: b\n  c\ntestpaths=x y\npythonpath=lib\n"),
        ("setup.cfg", "[tool:pytest]\nxfail_strict: true\nmarkers: a: b\n  c\ntestpaths: x y\npythonpath: lib\n"),
        (
            "pyproject.toml",
            f"[tool.pytest.ini_options]\n{TOML}",
        ),
        (
            "pyproject.toml",
            f"[tool.pytest]\n{TOML}",
        ),
        ("pytest.toml", f"[pytest]\n{TOML}"),
    ],
)  # fmt: skip
def test_every_home_of_settings_is_read(workspace: Workspace, path: str, text: str) -> None:
    """
    The same settings come out of every file that pytest would read.
    """
    found = settings.read(workspace({path: text}))
    assert (found.test_paths, found.python_path, found.findings, found.notes) == (("x", "y"), ("lib",), (), ())
    assert {key: value.strip() for key, value in found.options} == {"xfail_strict": "true", "markers": "a: b\nc"}


@pytest.mark.parametrize(
    ("path", "text"),
    [("tox.ini", "[tox]\nenvlist = py\n"), ("setup.cfg", "[metadata]\nname = x\n"), ("pyproject.toml", "")],
)  # fmt: skip
def test_files_without_a_section_of_pytest_do_not_count(workspace: Workspace, path: str, text: str) -> None:
    """
    A file for other tools is no second file of settings.
    """
    files = {path: text, "pytest.ini": "[pytest]\nmarkers = a\n"}
    assert Settings(options=(("markers", "a"),)) == settings.read(workspace(files))


@pytest.mark.parametrize("second", ["pyproject.toml", "tox.ini", "setup.cfg", ".pytest.ini"])
def test_a_second_file_is_a_finding(workspace: Workspace, second: str) -> None:
    """
    Where two files state settings, the weaker one is named, and the stronger one counts.
    """
    section = {"pyproject.toml": "[tool.pytest.ini_options]", "setup.cfg": "[tool:pytest]"}.get(second, "[pytest]")
    root = workspace({"pytest.ini": "[pytest]\nmarkers = a\n", second: f"{section}\nmarkers = 'b'\n"})
    found = settings.read(root)
    detail = "a second file of pytest's settings: readers differ on which one counts"
    assert ((finding(second, detail),), (("markers", "a"),)) == (found.findings, found.options)


def test_each_setting_is_carried_left_out_or_refused(workspace: Workspace) -> None:
    """
    What changes the display is listed, what may decide is refused, and the auditor's plugins keep their own settings.
    """
    text = (
        "[pytest]\nlog_level = INFO\ncache_dir = x\nevil = 1\nasyncio_mode = auto\ntimeout = 3\npython_files = t_*.py\n"
    )
    found = settings.read(workspace({"pytest.ini": text}), ("pytest_asyncio.plugin", "timeout"))
    assert found.options == (("asyncio_mode", "auto"), ("python_files", "t_*.py"), ("timeout", "3"))
    assert found.notes == (
        "pytest.ini: the setting 'cache_dir' is left out",
        "pytest.ini: the setting 'log_level' is left out",
    )
    assert (finding("pytest.ini", "the setting 'evil' is not allowed"),) == found.findings
    assert found.patterns("python_files", "test_*.py") == ("t_*.py",)
    assert found.patterns("python_classes", "a b") == ("a", "b")


@pytest.mark.parametrize(
    "files",
    [
        {"pytest.ini": "no section"},
        {"pyproject.toml": "= 1"},
        {"pytest.ini": "[pytest]\na = 1\na = 2\n"},
        {"pyproject.toml": f"a = {'[' * 5000}{']' * 5000}\n"},
        {"pyproject.toml": f"{'a.' * 1001}a = 1\n"},
        {"pyproject.toml": f"{'a.' * 600}'\u2028'{'.a' * 600} = 1\n"},
        {"pyproject.toml": f"# {'x' * 262_144}\n"},
        {"pytest.ini": f"# {'x' * 262_144}\n[pytest]\n"},
    ],
    ids=[
        "no section",
        "no toml",
        "twice",
        "too deep",
        "too long a key",
        "too long a key of odd parts",
        "too large",
        "too large an ini file",
    ],
)
def test_unreadable_settings_are_a_finding(workspace: Workspace, files: dict[str, str]) -> None:
    """
    A file that can't be read is the bundle's fault.
    """
    (only,) = settings.read(workspace(files)).findings
    assert (only.rule, only.detail.startswith("pytest's settings can't be read: ")) == ("tests-settings", True)


@pytest.mark.parametrize(
    ("name", "value", "detail"),
    [
        ("testpaths", "**/" * 12 + "x", f"has more than one '**' in a path: seen {'**/' * 12 + 'x'!r}"),
        ("testpaths", "a " * 201, "has too many words: need at most 200"),
        ("python_functions", "a " * 201, "has too many words: need at most 200"),
        ("addopts", "-v " * 201, "has too many words: need at most 200"),
        ("testpaths", "a " * 199 + "**/x", ""),
    ],
)
def test_settings_that_would_hold_the_verifier_up_are_not_used(
    workspace: Workspace, name: str, value: str, detail: str
) -> None:
    """
    What the verifier does with them in its own process is bounded, as no limit of the bundle's code bounds it.
    """
    found = settings.read(workspace({"pytest.ini": f"[pytest]\n{name} = {value}\n"}))
    expected = (finding("pytest.ini", f"the setting {name!r} {detail}"),) if detail else ()
    assert expected == found.findings
    assert (found.options, found.notes, len(found.test_paths)) == ((), (), 0 if detail else 200)


def test_a_list_of_options_is_a_list_of_words(workspace: Workspace) -> None:
    """
    In TOML every item of the options is one word, blanks included.
    """
    root = workspace({"pyproject.toml": "[tool.pytest.ini_options]\naddopts = ['-m', 'not slow', '-ra']\n"})
    assert settings.read(root).arguments == ("-m", "not slow")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Options()),
        ("-v -q -rfE --tb=short --color no", Options(dropped=("-v", "-q", "-rfE", "--tb=short", "--color no"))),
        ("-l --showlocals -x --maxfail=1", Options(dropped=("-l", "--showlocals", "-x", "--maxfail=1"))),
        ("--cov --cov=x --cov-report term", Options(dropped=("--cov", "--cov=x", "--cov-report term"))),
        ("--strict-markers --doctest-modules", Options(carried=("--strict-markers", "--doctest-modules"))),
        ("-m 'not slow' -k=x", Options(carried=("-m", "not slow", "-k", "x"))),
        ("--import-mode=importlib", Options(carried=("--import-mode=importlib",))),
        ("--import-mode append -kname", Options(carried=("--import-mode=append", "-k", "name"))),
        ("-p no:cacheprovider", Options(dropped=("-p no:cacheprovider",))),
        ("--ignore=absent --ignore gone", Options(dropped=("--ignore=absent", "--ignore gone"))),
        ("--ignore=here", Options(refused=("--ignore=here",))),
        ("-p evil", Options(refused=("-p evil",))),
        ("-pno:terminal", Options(refused=("-pno:terminal",))),
        ("--collect-only -v", Options(dropped=("-v",), refused=("--collect-only",))),
        ("--co --deselect a::b -o x=y -c z", Options(refused=("--co", "--deselect a::b", "-o x=y", "-c z"))),
        ("-m", Options(refused=("-m",))),
        ("'unclosed", Options(refused=("'unclosed",))),
        ("path/to/tests", Options(refused=("path/to/tests",))),
        ("--noconftest --confcutdir=/ --rootdir=/", Options(refused=("--noconftest", "--confcutdir=/", "--rootdir=/"))),
    ],
)  # fmt: skip
def test_options(workspace: Workspace, text: str, expected: Options) -> None:
    """
    Each option is carried, dropped or refused.
    """
    assert expected == addopts.read(text, workspace({"here/a.py": ""}))
