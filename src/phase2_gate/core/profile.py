"""
Profiles: what an auditor demands of a bundle.

A profile is the auditor's, never the bundle's: it is chosen on the command line by name or file. As TOML::

    name = "my-project"
    members = ["LICENSE", "docs/manual.md"]     # must be in the bundle
    imports = ["mypackage", "mypackage.cli"]    # must import; left out: every package at the root and under src/

    [tests]
    paths = ["tests"]                           # where pytest looks; left out: the whole workspace
    minimum = 1                                 # how many tests must pass, 1 or more

    [limits]
    members = 2000000                           # every key of `Limits`, with dashes

Unknown keys, wrong types and values out of range are errors that name the key path.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from . import paths
from .errors import InvalidPathError, ProfileError
from .paths import MemberPath

MEBIBYTE = 1 << 20
TEBIBYTE = 1 << 40


@dataclass(frozen=True, slots=True)
class Limits:
    """
    What judging a bundle may cost, checked before anything is allocated.
    """

    members: int = 2_000_000
    """Members; a million take about a GiB of memory."""
    member_bytes: int = TEBIBYTE
    """Bytes of one member."""
    total_bytes: int = TEBIBYTE
    """Bytes of all members together."""
    ratio: int = 100
    """Growth of all deflated members together, once it exceeds `ratio_floor_bytes`; honest text stays under 30."""
    ratio_floor_bytes: int = 64 * MEBIBYTE
    """Growth below this is never questioned: small files of zeros are honest."""
    manifest_bytes: int = 256 * MEBIBYTE
    """Bytes of the manifest, which is held in memory: two million lines of 128 bytes."""
    import_seconds: int = 20
    """Wall time of importing all modules."""
    test_seconds: int = 120
    """Wall time of the test run."""
    output_bytes: int = 16 * MEBIBYTE
    """Bytes that a run may write to one of its streams; logs are kept whole up to here."""


@dataclass(frozen=True, slots=True)
class Profile:
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
    limits: Limits = field(default_factory=Limits)
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
    _known(data, ("name", "members", "imports", "tests", "limits"), "")
    tests = _table(data, "tests")
    _known(tests, ("paths", "minimum"), "tests.")
    limits = _table(data, "limits")
    names = {entry.name.replace("_", "-"): entry.name for entry in fields(Limits)}
    _known(limits, tuple(names), "limits.")
    return Profile(
        name=_text(data.get("name", default_name), "name"),
        members=_member_paths(data.get("members", []), "members"),
        imports=_modules(data["imports"]) if "imports" in data else None,
        test_paths=_member_paths(tests.get("paths", []), "tests.paths"),
        minimum_tests=_positive(tests.get("minimum", 1), "tests.minimum"),
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


def _modules(value: object) -> tuple[str, ...]:
    modules = []
    for index, item in enumerate(_list(value, "imports")):
        name = _text(item, f"imports[{index}]")
        if not all(part.isidentifier() for part in name.split(".")):
            raise _fail(f"imports[{index}]", name, "the dotted name of a module")
        modules.append(name)
    if not modules:
        raise _fail("imports", value, "at least one module, or no such key")
    return tuple(modules)
