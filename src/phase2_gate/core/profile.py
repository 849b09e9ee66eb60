"""
Profiles: what an auditor demands of a bundle.

A profile is the auditor's, never the bundle's: it is chosen on the command line by name or file. As TOML::

    name = "my-project"
    members = ["LICENSE", "docs/manual.md"]     # must be in the bundle
    imports = ["mypackage", "mypackage.cli"]    # must import; left out: every package at the root and under src/

    [tests]
    paths = ["tests"]                           # where pytest looks; left out: the whole workspace
    minimum = 1                                 # how many tests must pass, 1 or more
    max-skipped = 0.5                           # the share of test functions that may go without a pass, 0 to 1
    plugins = ["pytest_asyncio.plugin"]         # pytest plugins of the interpreter that are loaded

    [waivers]
    tests-hook = "it adds a column"             # rule and reason; only for rules that may be waived

    [limits]
    members = 2000000                           # every key of `Limits`, with dashes

Unknown keys, wrong types and values out of range are errors that name the key path.
"""

from __future__ import annotations

from collections.abc import Mapping

from . import paths
from .errors import InvalidPathError, ProfileError
from .limits import Limits
from .paths import MemberPath
from .typed import NamedTuple
from .waivers import Waiver, waiver


class Profile(NamedTuple):
    """
    One auditor's demands.
    """

    name: str
    """What reports call it."""
    members: tuple[MemberPath, ...] = ()
    """Paths that must be in the bundle."""
    imports: tuple[str, ...] | None = None
    """Modules that must import; None means every package at the root and under ``src/``."""
    test_paths: tuple[MemberPath, ...] = ()
    """Where tests are looked for; empty means the whole workspace."""
    minimum_tests: int = 1
    """How many tests must pass."""
    max_skipped: float = 0.5
    """The share of test functions that may be skipped, deselected, kept from pytest or expected to fail."""
    plugins: tuple[str, ...] = ()
    """Modules of pytest plugins that are loaded; no other is."""
    waivers: tuple[Waiver, ...] = ()
    """What is accepted, each for a rule of its own."""
    limits: Limits = Limits()
    """What judging may cost."""


GENERIC = Profile("generic")
"""Any Python workspace with packages and tests."""

_RUNTIME = (
    "runtime/orchestration/operations",
    "runtime/orchestration/mission_journal",
    "runtime/governance/envelope_enforcer",
    "runtime/governance/self_mod_protection",
)

BUILD_LOOP_PHASE2 = Profile(
    "build-loop-phase2",
    members=tuple(
        paths.parse(path)
        for path in (
            "docs/03_runtime/Implementation_Plan_Build_Loop_Phase2_v1.1.md",
            "pytest.ini",
            "runtime/__init__.py",
            *(f"{module}.py" for module in _RUNTIME),
            *(f"runtime/tests/test_{module.rpartition('/')[2]}.py" for module in _RUNTIME),
            "scripts/audit_gate_build_loop_phase2.py",
        )
    ),
    imports=tuple(module.replace("/", ".") for module in _RUNTIME),
    test_paths=(paths.parse("runtime/tests"),),
)
"""The Phase 2 bundle: the members and modules of the plan's section "Bundle Layout"."""

BUILTIN = {profile.name: profile for profile in (GENERIC, BUILD_LOOP_PHASE2)}
"""The profiles that `--profile` knows by name."""


def parse(data: Mapping[str, object], *, default_name: str) -> Profile:
    """
    The profile that a decoded TOML document states.

    Args:
        data: The document as `tomllib` gives it.
        default_name: The name when the document states none.

    Raises:
        ProfileError: when a key is unknown, or a value has the wrong type or range; names the key path.
    """
    _known(data, ("name", "members", "imports", "tests", "waivers", "limits"), "")
    tests = _table(data, "tests")
    _known(tests, ("paths", "minimum", "max-skipped", "plugins"), "tests.")
    limits = _table(data, "limits")
    names = {key: key.replace("-", "_") for key in Limits().named()}
    _known(limits, tuple(names), "limits.")
    return Profile(
        name=_text(data.get("name", default_name), "name"),
        members=_member_paths(data.get("members", []), "members"),
        imports=_imports(data["imports"]) if "imports" in data else None,
        test_paths=_member_paths(tests.get("paths", []), "tests.paths"),
        minimum_tests=_positive(tests.get("minimum", 1), "tests.minimum"),
        max_skipped=share(tests.get("max-skipped", 0.5), "tests.max-skipped"),
        plugins=modules(tests.get("plugins", []), "tests.plugins"),
        waivers=_waivers(_table(data, "waivers")),
        limits=Limits(**{names[key]: _positive(value, f"limits.{key}") for key, value in limits.items()}),
    )


def _fail(key: str, seen: object, need: str) -> ProfileError:
    return ProfileError(f"profile: {key}: seen {seen!r}, need {need}")


def _known(table: Mapping[str, object], keys: tuple[str, ...], prefix: str) -> None:
    for key in table:
        if key not in keys:
            message = f"profile: {prefix}{key}: unknown key: need one of {', '.join(keys)}"
            raise ProfileError(message)


def _table(data: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = data.get(key, {})
    if not isinstance(value, dict):
        raise _fail(key, value, "a table")
    return value


def _text(value: object, key: str) -> str:
    if not isinstance(value, str) or not value or not value.isprintable():
        raise _fail(key, value, "a printable text")
    return value


def _positive(value: object, key: str) -> int:
    # bool is an int in Python and never a number of bytes.
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise _fail(key, value, "a whole number of 1 or more")
    return value


def _list(value: object, key: str) -> list[object]:
    if not isinstance(value, list):
        raise _fail(key, value, "a list")
    return value


def _member_paths(value: object, key: str) -> tuple[MemberPath, ...]:
    found = []
    for index, item in enumerate(_list(value, key)):
        try:
            found.append(paths.parse(_text(item, f"{key}[{index}]")))
        except InvalidPathError as error:
            message = f"profile: {key}[{index}]: {error}"
            raise ProfileError(message) from error
    return tuple(found)


def share(value: object, key: str) -> float:
    """
    A share, from 0 to 1.

    Args:
        value: What was stated.
        key: Where, for the message.

    Raises:
        ProfileError: when it is none.
    """
    # not a number compares as false with everything
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise _fail(key, value, "a number from 0 to 1")
    return float(value)


def modules(value: object, key: str) -> tuple[str, ...]:
    """
    Dotted names of modules.

    Args:
        value: What was stated.
        key: Where, for the message.

    Raises:
        ProfileError: when it is no list of them.
    """
    names = []
    for index, item in enumerate(_list(value, key)):
        name = _text(item, f"{key}[{index}]")
        if not all(part.isidentifier() for part in name.split(".")):
            raise _fail(f"{key}[{index}]", name, "the dotted name of a module")
        names.append(name)
    return tuple(names)


def _waivers(table: Mapping[str, object]) -> tuple[Waiver, ...]:
    key = "profile: waivers"
    return tuple(waiver(rule, _text(reason, f"waivers.{rule}"), key) for rule, reason in table.items())


def _imports(value: object) -> tuple[str, ...]:
    found = modules(value, "imports")
    if not found:
        raise _fail("imports", value, "at least one module, or no such key")
    return found
