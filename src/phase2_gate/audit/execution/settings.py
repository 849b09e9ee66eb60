"""
The bundle's own pytest settings, as data: what is carried over, what is left out, what is refused.

pytest is never given the bundle's file. A setting that says how tests are written is carried; one that says how output
looks is left out and listed; any other is a finding, because it may decide what runs and what counts.
"""

from __future__ import annotations

import configparser
import shlex
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phase2_gate.audit.execution import addopts
from phase2_gate.core.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_CARRIED = frozenset(
    {
        *("markers", "python_files", "python_classes", "python_functions", "norecursedirs", "filterwarnings"),
        *("xfail_strict", "minversion", "doctest_optionflags", "doctest_encoding", "usefixtures"),
        *("consider_namespace_packages", "strict", "strict_xfail", "strict_markers", "strict_config"),
        *("strict_parametrization_ids", "empty_parameter_set_mark"),
    }
)
_OURS = frozenset({"testpaths", "pythonpath", "addopts"})
_DISPLAY = (
    *("log_", "junit_", "verbosity_", "truncation_limit_", "tmp_path_retention_", "faulthandler_"),
    *("console_output_style", "cache_dir", "enable_assertion_pass_hook"),
)
_INI = (("pytest.ini", "pytest", True), (".pytest.ini", "pytest", True), ("tox.ini", "pytest", False))
"""File, section, and whether the file counts without the section."""
_TOML = ("pytest.toml", ".pytest.toml")
_PATTERNS = (
    "python_files",
    "python_classes",
    "python_functions",
    "norecursedirs",
    "testpaths",
    "pythonpath",
    "addopts",
)
_MOST_WORDS = 200
"""Words in one of these: each is compared with every name in the bundle."""
_MOST_BYTES = 256 * 1024
"""Of a file of settings."""
_MOST_DOTS = 1000
"""In one line of TOML: the time for a key grows with the square of its parts."""


@dataclass(frozen=True, slots=True)
class Settings:
    """
    What the bundle's settings come to.
    """

    options: tuple[tuple[str, str], ...] = ()
    """Settings that are carried, as text."""
    arguments: tuple[str, ...] = ()
    """Command line options that are carried."""
    test_paths: tuple[str, ...] = ()
    """Where the bundle says that its tests are."""
    python_path: tuple[str, ...] = ()
    """Directories that the bundle wants to import from."""
    findings: tuple[Finding, ...] = ()
    """Settings that are refused."""
    notes: tuple[str, ...] = ()
    """Settings that are left out."""

    def patterns(self, name: str, default: str) -> tuple[str, ...]:
        """
        A setting that holds patterns apart by spaces.
        """
        return tuple(dict(self.options).get(name, default).split())


def read(workspace: Path, plugins: Sequence[str] = ()) -> Settings:
    """
    Read the settings of a workspace.

    Args:
        workspace: The extracted bundle.
        plugins: Modules of the plugins that the auditor loads; settings that begin with the name of such a package,
            with or without ``pytest_``, are theirs.
    """
    try:
        homes = _homes(workspace)
    except (ValueError, RecursionError, configparser.Error) as error:
        return Settings(findings=(Finding("tests-settings", None, f"pytest's settings can't be read: {error}"),))
    if not homes:
        return Settings()
    findings = [
        Finding("tests-settings", path, "a second file of pytest's settings: readers differ on which one counts")
        for path, _ in homes[1:]
    ]
    path, values = homes[0]
    refused = {name: why for name in _PATTERNS if (why := _too_costly(name, values.get(name, "")))}
    findings += [Finding("tests-settings", path, f"the setting {name!r} {why}") for name, why in refused.items()]
    values = {name: value for name, value in values.items() if name not in refused}
    found = addopts.read(values.get("addopts", ""), workspace)
    findings += [Finding("tests-settings", path, f"the option {option!r} is not allowed") for option in found.refused]
    notes = [f"{path}: the option {option!r} is left out" for option in found.dropped]
    options = []
    packages = {plugin.partition(".")[0] for plugin in plugins}
    theirs = packages | {package.removeprefix("pytest_") for package in packages}
    for name, value in sorted(values.items()):
        if name in _CARRIED or name in theirs or name.startswith(tuple(f"{one}_" for one in theirs)):
            options.append((name, value))
        elif name.startswith(_DISPLAY):
            notes.append(f"{path}: the setting {name!r} is left out")
        elif name not in _OURS:
            findings.append(Finding("tests-settings", path, f"the setting {name!r} is not allowed"))
    return Settings(
        options=tuple(options),
        arguments=found.carried,
        test_paths=tuple(values.get("testpaths", "").split()),
        python_path=tuple(values.get("pythonpath", "").split()),
        findings=tuple(findings),
        notes=tuple(notes),
    )


def _too_costly(name: str, value: str) -> str:
    """
    Why the verifier does not work with a setting, whose time no limit of the bundle's bounds; empty where it does.
    """
    words = value.split(None, _MOST_WORDS)
    if len(words) > _MOST_WORDS:
        return f"has too many words: need at most {_MOST_WORDS}"
    # each "**" goes through all directories once more for every one that the last has found
    if name == "testpaths" and (word := next((word for word in words if word.count("**") > 1), None)):
        return f"has more than one '**' in a path: seen {word[:100]!r}"
    return ""


def _homes(workspace: Path) -> list[tuple[str, dict[str, str]]]:
    """
    Every file that pytest might take its settings from, the strongest first, each with what it says.
    """
    found = [(name, _texts(_toml(workspace / name).get("pytest"))) for name in _TOML if (workspace / name).is_file()]
    for name, section, counts in _INI:
        if (workspace / name).is_file():
            values = _ini(workspace / name, section)
            if values is not None or counts:
                found.append((name, values or {}))
    if (workspace / "pyproject.toml").is_file():
        table = _table(_toml(workspace / "pyproject.toml").get("tool")).get("pytest")
        if table is not None:
            native = {key: value for key, value in _table(table).items() if key != "ini_options"}
            found.insert(
                sum(name in (*_TOML, "pytest.ini", ".pytest.ini") for name, _ in found),
                ("pyproject.toml", {**_texts(native), **_texts(_table(table).get("ini_options"))}),
            )
    if (workspace / "setup.cfg").is_file() and (values := _ini(workspace / "setup.cfg", "tool:pytest")) is not None:
        found.append(("setup.cfg", values))
    return found


def _ini(path: Path, section: str) -> dict[str, str] | None:
    parser = configparser.RawConfigParser(default_section="", strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign] # the documented way to keep upper case
    parser.read_string(_content(path))
    return dict(parser[section]) if parser.has_section(section) else None


def _toml(path: Path) -> dict[str, object]:
    content = _content(path)
    # Not `splitlines`: a key may hold characters that end a line elsewhere, U+2028 among them.
    for number, line in enumerate(content.split("\n"), 1):
        if line.count(".") > _MOST_DOTS:
            raise ValueError(f"{path.name}: line {number} has too many dots: need at most {_MOST_DOTS}")
    return tomllib.loads(content)


def _content(path: Path) -> str:
    if (size := path.stat().st_size) > _MOST_BYTES:
        raise ValueError(f"{path.name} is too large: seen {size} bytes, need at most {_MOST_BYTES}")
    return path.read_text("utf-8")


def _table(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _texts(table: object) -> dict[str, str]:
    """
    The values of a table as pytest writes them in an ini file: lists by lines, truth in lower case.
    """
    return {key: _text(key, value) for key, value in _table(table).items()}


def _text(key: str, value: object) -> str:
    if isinstance(value, list):
        items = [str(item) for item in value]
        # each item is one word of a command line, blanks included
        return shlex.join(items) if key == "addopts" else "\n".join(items)
    return str(value).lower() if isinstance(value, bool) else str(value)
