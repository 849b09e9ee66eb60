"""
Tests of the table of what is never packed.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phase2_gate.core import collisions, litter, rules
from phase2_gate.core.litter import Litter


@pytest.mark.parametrize(
    ("path", "at", "category"),
    [
        (".git/config", ".git", "vcs"),
        ("sub/.git", "sub/.git", "vcs"),
        (".GIT/HEAD", ".GIT", "vcs"),
        ("\uff0egit/HEAD", "\uff0egit", "vcs"),
        (".hg/store", ".hg", "vcs"),
        (".svn/entries", ".svn", "vcs"),
        ("a/__pycache__/b.cpython-311.pyc", "a/__pycache__", "cache"),
        ("a/.pytest_cache/README.md", "a/.pytest_cache", "cache"),
        (".mypy_cache/x", ".mypy_cache", "cache"),
        (".ruff_cache/x", ".ruff_cache", "cache"),
        (".hypothesis/x", ".hypothesis", "cache"),
        ("b.pyc", "b.pyc", "byproduct"),
        ("a/B.PYO", "a/B.PYO", "byproduct"),
        ("b$py.class", "b$py.class", "byproduct"),
        ("src/pkg.egg-info/PKG-INFO", "src/pkg.egg-info", "byproduct"),
        (".coverage", ".coverage", "byproduct"),
        (".coverage.host.pid12.Xab3", ".coverage.host.pid12.Xab3", "byproduct"),
        (".coverage.host.1234.567890", ".coverage.host.1234.567890", "byproduct"),
        (".tox/py/x", ".tox", "environment"),
        (".nox/tests/x", ".nox", "environment"),
        (".DS_Store", ".DS_Store", "litter"),
        ("a/Thumbs.db", "a/Thumbs.db", "litter"),
        ("__MACOSX/a/._b", "__MACOSX", "litter"),
        ("a/._b", "a/._b", "litter"),
        ("a/.b.py.swp", "a/.b.py.swp", "litter"),
        (".swp", ".swp", "litter"),
        ("b.py~", "b.py~", "litter"),
        ("#b.py#", "#b.py#", "litter"),
        (".#b.py", ".#b.py", "litter"),
        ("~$b.docx", "~$b.docx", "litter"),
        (".~lock.b.ods#", ".~lock.b.ods#", "litter"),
        (".nfs0000000000ab12cd00000001", ".nfs0000000000ab12cd00000001", "litter"),
        (".Trash-1000/files/x", ".Trash-1000", "litter"),
    ],
)
def test_names_what_is_never_packed(path: str, at: str, category: str) -> None:
    """
    Each kind is found under any parent and in any case, at the component that is at fault.
    """
    found = litter.classify(path)
    assert found is not None
    assert (at, category) == (found.path, found.category)
    assert found.reason


@pytest.mark.parametrize(
    "path",
    [
        "build/x",
        "dist/x",
        "env/x",
        "venv/x",
        "node_modules/x",
        ".gitignore",
        ".gitattributes",
        ".gitmodules",
        ".github/workflows/ci.yml",
        ".coveragerc",
        ".coverage.toml",
        ".bundleignore",
        ".idea/x",
        "cache/x",
        "git",
        "pycache",
        "a.pycx",
        "class.class",
        "egg-info",
        "~",
        ".pyc",
        "#",
        "a#b",
        "#1",
        ".nfs",
        ".swc",
        ".x.swx",
        "._",
        "",
        "a//b",
        "/a",
        "..",
        "CVS",
    ],
)
def test_leaves_honest_and_ambiguous_names(path: str) -> None:
    """
    A name that may be a source is not in the table, and odd paths are no error.
    """
    assert litter.classify(path) is None


def test_names_the_outermost_component() -> None:
    """
    Of several reasons the one nearest to the root is given.
    """
    expected = Litter("a/.git", "vcs", "data of git")
    assert expected == litter.classify("a/.git/__pycache__/x.pyc")


def test_knows_an_environment_by_its_mark() -> None:
    """
    A directory with a pyvenv.cfg is an environment, also in capitals and at the root.
    """
    paths = ["a/venv/pyvenv.cfg", "b/PYVENV.CFG", "pyvenv.cfg", "c/pyvenv.cfg.txt", "d/pyvenv.cfg/e"]
    assert frozenset({"a/venv", "b", ""}) == litter.environments(paths)


@pytest.mark.parametrize(
    ("path", "roots", "at"),
    [
        ("a/venv/bin/python", {"a/venv"}, "a/venv"),
        ("a/venv", {"a/venv"}, None),
        ("a/venv2/x", {"a/venv"}, None),
        ("a/b/c/x", {"a", "a/b"}, "a"),
        ("x", {""}, ""),
        ("x", set(), None),
    ],
)
def test_finds_what_lies_in_an_environment(path: str, roots: set[str], at: str | None) -> None:
    """
    Everything below an environment belongs to it, and nothing beside it.
    """
    found = litter.in_environment(path, frozenset(roots))
    expected = None if at is None else Litter(at, "environment", "a virtual environment")
    assert expected == found


def test_every_category_is_a_rule() -> None:
    """
    The audit can name each category by a rule of its gate.
    """
    slugs = set(rules.of_gate("cleanliness"))
    assert {f"clean-{category}" for category in litter.CATEGORIES} <= slugs


def test_the_table_is_folded() -> None:
    """
    Every name and ending of the table has the form in which names are looked up.
    """
    names = [*litter._NAMES, *litter._ENDS]
    assert names == [collisions.fold(name) for name in names]
    kinds = [*litter._NAMES.values(), *litter._ENDS.values(), *(kind for _, kind in litter._PATTERNS)]
    assert {kind.category for kind in kinds} == set(litter.CATEGORIES)


_NAMES = st.sampled_from(
    ["a", "b.py", ".GIT", "x.pyc", ".pyc", "a~", "~", "PyVenv.cfg", ".x.swp", "#a#", "\uff0egit", "\u00df", ""]
)


@given(st.lists(st.lists(_NAMES, min_size=1, max_size=3).map("/".join), max_size=6))
def test_the_quick_way_misses_nothing(paths: list[str]) -> None:
    """
    When no name is said to stand for litter, none does, and no directory is an environment.
    """
    clean = not any(litter.classify(path) for path in paths) and not litter.environments(
        path + ending for path in paths for ending in ("", "/x")
    )
    names = {name for path in paths for name in path.split("/")}
    assert clean == litter.is_absent(names) or "pyvenv.cfg" in map(str.lower, names)


@pytest.mark.parametrize("name", [".git", "PYVENV.CFG", "x.pyc", "a~", ".#x", "\uff0egit", "\u00e9~"])
def test_one_name_among_many_is_found(name: str) -> None:
    """
    Wherever it stands, and whatever letters stand beside it.
    """
    many = [f"n{number}" for number in range(20)]

    assert litter.is_absent(many)
    assert litter.is_absent([*many, "\u00e9"])
    assert not litter.is_absent([*many, name])
    assert not litter.is_absent([name, *many, "\u00e9"])


def test_a_slash_that_folding_makes_hides_nothing() -> None:
    """
    A fullwidth slash folds to a slash; what stands behind it counts as the end of one name.
    """
    assert litter.of_name("a\uff0f.pyc") is not None
    assert not litter.is_absent(["a\uff0f.pyc"])
