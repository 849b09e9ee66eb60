"""
Tests of `phase2_gate.audit.modules`.
"""

from __future__ import annotations

import pytest

from phase2_gate.audit.modules import packages


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ([], ()),
        (["a/__init__.py"], ("a",)),
        (["b/__init__.py", "a/__init__.py"], ("a", "b")),
        (["src/a/__init__.py", "b/__init__.py"], ("a", "b")),
        (["src/a/__init__.py", "a/__init__.py"], ("a",)),
        (["a/b/__init__.py"], ()),
        (["src/a/b/__init__.py"], ()),
        (["a.py", "src/b.py", "a/module.py", "a/__main__.py"], ()),
        (["__init__.py"], ()),
        (["src/__init__.py"], ("src",)),
        (["src/__init__.py", "src/a/__init__.py"], ("src",)),
        (["src/a/__init__.py", "src/__init__.py"], ("src",)),
        (["test/__init__.py", "tests/__init__.py", "testing/__init__.py", "src/tests/__init__.py"], ()),
        (["not-a-name/__init__.py", "1/__init__.py", "a b/__init__.py"], ()),
        (["a/__init__.pyc", "a/__INIT__.py"], ()),
    ],
)
def test_packages(members: list[str], expected: tuple[str, ...]) -> None:
    """
    Packages at the root and under src/ count; modules, scripts, tests and what cannot be imported do not.
    """
    assert expected == packages(members)
