"""
The layers of the source: what may import what, read from the source itself.

::

    cli, hatch, pytest_plugin -> library -> build, audit, report, compare, attest -> workspace, isolation -> core

`runtime` stands alone.
"""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from phase2_gate.build import carried

SOURCE = Path(__file__).parents[1] / "src"
PACKAGE = SOURCE / "phase2_gate"

MAY_IMPORT = {
    "core": set(),
    "runtime": set(),
    "isolation": {"core"},
    "workspace": {"core"},
    "audit": {"core", "isolation", "runtime"},
    "report": {"core"},
    "build": {"core", "workspace", "audit"},
    "compare": {"core", "workspace", "audit", "build"},
    "attest": {"core", "isolation", "report"},
    "hatch": {"core", "workspace", "build"},
    "library": {"core", "isolation", "workspace", "audit", "report", "build", "compare", "attest"},
    "pytest_plugin": {"core", "audit", "report", "library"},
    "cli": {"core", "isolation", "workspace", "audit", "report", "build", "compare", "attest", "library", "runtime"},
}
"""The packages, and which others each may import; `_version` is free to all but runtime."""

FOREIGN = {
    "hatchling": {"hatch"},
    "pathspec": {"workspace"},
    "cryptography": {"attest", "library"},
    "sigstore": {"attest", "library"},
    "shtab": {"cli"},
    "rich": {"cli"},
    "pytest": {"audit", "pytest_plugin"},
}
"""Distributions of others, and who may import them; nothing else of others is imported at all."""

EFFECTS = {
    *("os", "io", "subprocess", "tempfile", "shutil", "pathlib", "socket", "signal", "glob", "fcntl", "mmap"),
    *("time", "datetime", "random", "secrets", "uuid", "locale", "platform", "sys", "logging", "threading"),
    *("ctypes", "zipfile", "tarfile", "importlib", "asyncio", "multiprocessing"),
}
"""Modules of the standard library that open files, read clock, chance or environment, or start something."""

MODULES = sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    """
    The dotted name of a module of ours.
    """
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")


@cache
def tree(path: Path) -> ast.Module:
    """
    The parsed source of a module.
    """
    return ast.parse(path.read_bytes(), str(path))


def imports(path: Path) -> Iterator[str]:
    """
    The dotted names that a module imports, anywhere in it; relative ones made absolute.

    An import for the type checker alone counts too: it tells of a knowledge that a layer should not have.
    """
    package = name_of(path) if path.name == "__init__.py" else name_of(path).rpartition(".")[0]
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            above = parts[: len(parts) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def of_package(path: Path) -> str:
    """
    The package below `phase2_gate` that a module lies in; empty for those beside them.
    """
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else ""


def layer(imported: str) -> str | None:
    """
    The package of ours that an imported name belongs to, None for names of others.
    """
    parts = imported.split(".")
    if parts[0] != "phase2_gate":
        return None
    return parts[1] if len(parts) > 1 and (PACKAGE / parts[1]).is_dir() else ""


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_run_one_way(path: Path) -> None:
    """
    A module imports its own package and those that lie below it.
    """
    home = of_package(path)
    if not home:
        return
    found = {layer(imported) for imported in imports(path)} - {None, "", home}
    assert found <= MAY_IMPORT[home]


def test_every_package_has_its_place() -> None:
    """
    A new package is put into the table first, and no two import each other.
    """
    assert {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()} == set(MAY_IMPORT)
    settled: set[str] = set()
    while ready := {name for name, below in MAY_IMPORT.items() if below <= settled} - settled:
        settled |= ready
    assert settled == set(MAY_IMPORT)


@pytest.mark.parametrize("path", [path for path in MODULES if of_package(path) == "runtime"], ids=name_of)
def test_the_runtime_stands_alone(path: Path) -> None:
    """
    It imports nothing of ours, and its own modules by relative names only: it has two homes.
    """
    absolute = [
        node.module
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.level == 0 and (node.module or "").startswith("phase2_gate")
    ]
    assert absolute == []
    assert {layer(imported) for imported in imports(path)} <= {None, "runtime"}


def _others(path: Path) -> set[str]:
    # _pytest is pytest by another door.
    roots = {imported.partition(".")[0].replace("_pytest", "pytest") for imported in imports(path)}
    return roots - set(sys.stdlib_module_names) - {"phase2_gate", ""}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_distributions_of_others_have_one_door(path: Path) -> None:
    """
    That is: hatchling in hatch/, pathspec in workspace/, rich and shtab in cli/, pytest in the child's programs and in
    the plugin for it.
    """
    home = of_package(path)
    if home == "runtime" and "tests" in path.parts:
        assert _others(path) <= {"pytest", "hypothesis"}
        return
    assert [name for name in _others(path) if home not in FOREIGN.get(name, set())] == []


def test_only_programs_for_the_child_import_pytest() -> None:
    """
    The verifier itself never loads it.
    """
    found = {path.parent.name for path in MODULES if of_package(path) == "audit" and "pytest" in _others(path)}
    assert found <= {"probe"}


@pytest.mark.parametrize("path", [path for path in MODULES if of_package(path) == "core"], ids=name_of)
def test_core_is_pure(path: Path) -> None:
    """
    Bytes and values in, values out: no files, no environment, no clock, no processes, nothing printed.
    """
    assert {imported.partition(".")[0] for imported in imports(path)} & EFFECTS == set()
    called = {
        node.func.id for node in ast.walk(tree(path)) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert called & {"open", "print", "input", "exec", "eval", "compile", "__import__", "breakpoint"} == set()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_the_verifier_never_loads_zipfile(path: Path) -> None:
    """
    It has opinions of its own on what an archive is.
    """
    assert {imported.partition(".")[0] for imported in imports(path)} & {"zipfile", "zipimport"} == set()


def _carried() -> set[str]:
    return {str(Path(file.path).relative_to(carried.DIRECTORY)) for file in carried.files()}


def test_the_carried_copy_is_closed_and_bare() -> None:
    """
    Every module of ours that a carried one imports is carried too, and nothing of others but the child's pytest.
    """
    names = _carried()
    missing = set()
    for name in names:
        path = PACKAGE / name
        assert _others(path) <= ({"pytest"} if "probe" in path.parts else set())
        for imported in imports(path):
            base = SOURCE / Path(*imported.split("."))
            for candidate in (base.with_suffix(".py"), base / "__init__.py"):
                if candidate.is_relative_to(PACKAGE) and candidate.exists():
                    wanted = str(candidate.relative_to(PACKAGE))
                    missing |= {wanted} - names
    # The program tries the whole command, and by its absence knows that it is a copy.
    assert missing == {"cli/main.py"}


def test_what_the_gate_script_loads_is_carried() -> None:
    """
    From the launcher on, by every import there is: nothing is missing, and nothing is carried for nobody.
    """
    pending, reached = ["cli/gate_script.py"], set()
    while pending:
        name = pending.pop()
        if name in reached:
            continue
        reached.add(name)
        above = Path(name).parent
        pending += [str(part / "__init__.py") for part in (above, *above.parents)]
        for imported in imports(PACKAGE / name):
            base = SOURCE / Path(*imported.split("."))
            for candidate in (base.with_suffix(".py"), base / "__init__.py"):
                if candidate.is_relative_to(PACKAGE) and candidate.exists():
                    pending.append(str(candidate.relative_to(PACKAGE)))
    assert reached - _carried() == set()


CEILING = 250
"""Lines of a module."""


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_are_small(path: Path) -> None:
    """
    250 lines are the ceiling; tests that travel are not modules of ours.
    """
    if "tests" not in path.relative_to(PACKAGE).parts:
        assert len(path.read_text("utf-8").splitlines()) <= CEILING
    assert path.stem not in {"utils", "helpers", "common", "misc"}


def _texts(node: ast.AST) -> set[str]:
    return {part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)}


@pytest.mark.parametrize(
    "path",
    [path for path in MODULES if path.name == "__init__.py"],
    ids=name_of,
)
def test_packages_only_re_export(path: Path) -> None:
    """
    A docstring, imports, `__all__` with what they bind, and the lazy `__getattr__` of PEP 562 with its table.
    """
    exported: list[str] = []
    bound: set[str] = set()
    for node in tree(path).body[1:]:
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            assert isinstance(target, ast.Name)
            if target.id == "__all__":
                assert node.value is not None
                exported = [] if isinstance(node.value, ast.Call) else ast.literal_eval(node.value)
            else:
                assert target.id.startswith("_")
                bound |= _texts(node)
        elif isinstance(node, ast.FunctionDef):
            assert node.name in {"__getattr__", "__dir__"}
            bound |= _texts(node)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            bound |= {alias.asname or alias.name for alias in node.names}
        else:
            assert isinstance(node, ast.If)
            assert ast.unparse(node.test) == "TYPE_CHECKING"
            bound |= {alias.name for each in node.body if isinstance(each, ast.ImportFrom) for alias in each.names}
    assert set(exported) <= bound


@pytest.mark.parametrize("path", [path for path in MODULES if path.name == "__init__.py"], ids=name_of)
def test_what_a_package_exports_is_there(path: Path) -> None:
    """
    Each name of `__all__` can be had, and no other is made up; its order is the linter's (RUF022).
    """
    if of_package(path) == "hatch":
        pytest.importorskip("hatchling")
    package = importlib.import_module(name_of(path))
    exported = list(getattr(package, "__all__", []))
    assert len(exported) == len(set(exported))
    assert [name for name in exported if getattr(package, name, None) is None] == []
    assert not hasattr(package, "no_such_name")


def _undocumented(body: list[ast.stmt], prefix: str) -> Iterator[str]:
    for node in body:
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        if node.name.startswith("_"):
            continue
        if ast.get_docstring(node) is None:
            yield prefix + node.name
        if isinstance(node, ast.ClassDef):
            yield from _undocumented(node.body, f"{prefix}{node.name}.")


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_public_name_is_described(path: Path) -> None:
    """
    Modules, classes, functions and methods.
    """
    assert ast.get_docstring(tree(path))
    assert list(_undocumented(tree(path).body, "")) == []


def test_named_tuples_are_made_without_typing() -> None:
    """
    Their base is ours, and their annotations are texts, which Python 3.14 still shows to it (decision 0009).
    """
    modules = [path for path in MODULES if "(NamedTuple):\n" in path.read_text("utf-8")]
    lines = {path: path.read_text("utf-8").splitlines() for path in modules}

    assert modules
    assert [name_of(path) for path in modules if "phase2_gate.core.typed.NamedTuple" not in set(imports(path))] == []
    assert [name_of(path) for path in modules if "from __future__ import annotations" not in lines[path]] == []
