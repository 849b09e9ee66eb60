"""
The guard's protection of itself: closed by rules before the files exist.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ..errors import EnvelopeError
from ..governance.self_mod_protection import ProtectedSet


@pytest.mark.parametrize(
    "path",
    [
        "runtime/governance/envelope_enforcer.py",
        "runtime/governance/new.py",
        "runtime/__init__.py",
        "runtime/anything/__init__.py",
        "runtime/tests/test_operations.py",
        "Runtime/Governance/x.py",
        "src/pkg/runtime/governance/x.py",
        "src/pkg/runtime/orchestration/x.py",
        "src/pkg/runtime/deep/er/__init__.py",
        "runtime.py",
        "src/runtime.py",
        "runtime",
        "scripts/audit_gate_build_loop_phase2.py",
        "scripts/phase2_gate/core/verify.py",
        "manifest.txt",
        "MANIFEST.TXT",
        ".git",
        ".git/hooks/pre-commit",
        ".GIT/config",
        "vendor/lib/.git/config",
        ".gitattributes",
        "docs/.gitattributes",
        ".gitmodules",
        ".github/workflows/ci.yml",
        ".github/actions/x/action.yml",
        ".gitlab-ci.yml",
        "conftest.py",
        "tests/deep/conftest.py",
        "tests/conftest.py/__init__.py",
        "pytest.ini",
        ".pytest.ini",
        "pytest.toml",
        "pyproject.toml",
        "tox.ini",
        "setup.cfg",
        "sitecustomize.py",
        "sitecustomize/__init__.py",
        "lib/usercustomize.py",
        "lib/usercustomize/__init__.py",
        "lib/evil.pth",
        "pkg/mod.pyc",
        "pkg/__pycache__/mod.cpython-311.pyc",
        "pkg/mod.so",
        "pkg/mod.cpython-311-x86_64-linux-gnu.so",
        "pkg/mod.PYD",
        "json.py",
        "src/json.py",
        "scripts/re.py",
        "tests/random.py",
        "json/__init__.py",
        "src/JSON/__init__.py",
        "a/.phase2-gate-0123.tmp",
        "../outside",
        "/etc/passwd",
        "a//b",
        "",
    ],
)
def test_a_closed_path_is_protected(path: str) -> None:
    """
    Whether it exists or not, in any case, and what is no path inside the root as well.
    """
    assert ProtectedSet().is_protected(path)


@pytest.mark.parametrize(
    "path",
    [
        "README.md",
        "src/pkg/module.py",
        "src/pkg/json.py",
        "src/pkg/__init__.py",
        "json",
        "json/data.txt",
        "json.txt",
        "docs/runtime/index.md",
        "src/runtimes/__init__.py",
        "src/pkg/runtime/engine.py",
        "scripts/tool.py",
        "docs/manifest.txt",
        ".gitignore",
        ".github/ISSUE_TEMPLATE/bug.md",
        "so",
        "a.sodium",
    ],
)
def test_other_paths_are_not(path: str) -> None:
    """
    Nothing is closed without need.
    """
    assert not ProtectedSet().is_protected(path)


@pytest.mark.parametrize("path", ["scripts", "runtime", "src", "run/one"])
def test_a_directory_above_a_closed_one_is_protected_as_a_tree(path: str) -> None:
    """
    Renaming or deleting it would take the closed one along.
    """
    protected = ProtectedSet(["src/guard", "run/one/journal.jsonl"])
    assert protected.is_protected(path, tree=True)
    assert (path == "runtime") is protected.is_protected(path)


def test_the_set_can_be_extended() -> None:
    """
    By directories and by patterns; a wrong one is an error, not a gap.
    """
    protected = ProtectedSet(["Run/journal.jsonl"], ["*.lock"])
    assert protected.is_protected("run/JOURNAL.jsonl")
    assert protected.is_protected("x.lock")
    assert protected.rule_for(("x.lock",)) == "*.lock"
    assert not protected.is_protected("x.lot")
    with pytest.raises(ValueError, match=r"protected path '\.\./x': '\.\.' is refused, not resolved"):
        ProtectedSet(["../x"])
    with pytest.raises(EnvelopeError):
        ProtectedSet([], ["a//b"])
    with pytest.raises(TypeError):
        ProtectedSet(None)  # type: ignore[arg-type]  # the point of the test


@pytest.fixture
def guard(tmp_path: Path) -> Path:
    """
    A small package to watch.
    """
    package = tmp_path / "guard"
    (package / "inner").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "rules.py").write_text("LIMIT = 1\n")
    (package / "inner" / "deep.py").write_text("X = 2\n")
    return package


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("a.b.so", "**/*.so"),
        ("a/b.pth", "**/*.pth"),
        ("sitecustomize/x.py", "**/sitecustomize/x.py"),
        ("a/sitecustomize/x.py", "**/sitecustomize/x.py"),
        ("a/b/usercustomize/x.py", "**/usercustomize/x.py"),
        ("a/b/c/runtime.py", "**/c/runtime.py"),
        ("runtime.py", "**/runtime.py"),
        ("a/sitecustomize/b/x.py", None),
        ("docs/json.py", None),
        ("docs/json/__init__.py", None),
        ("a/src/json.py", None),
        ("json.txt", None),
        ("json.py.txt", None),
        ("py", None),
        ("scripts", None),
        ("docs", None),
    ],
)
def test_the_rule_that_closes_a_path_is_named(path: str, rule: str | None) -> None:
    """
    The one that a person can look up.
    """
    assert rule == ProtectedSet().rule_for(tuple(path.split("/")))


def test_a_tree_beside_a_closed_one_is_open() -> None:
    """
    Only a directory that holds a closed path is closed as a tree.
    """
    protected = ProtectedSet()
    assert protected.rule_for(("scripts",), tree=True) == "holds scripts/audit_gate_build_loop_phase2.py"
    assert not protected.is_protected("docs", tree=True)
    assert not protected.is_protected("scripts/other", tree=True)
