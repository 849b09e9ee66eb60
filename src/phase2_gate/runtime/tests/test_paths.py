"""
Paths: one spelling, the same on every platform.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ..governance.envelope_enforcer import (
    Decision,
    Envelope,
    EnvelopeEnforcer,
    PathUse,
    Request,
)
from ..governance.paths import path_problem
from ..governance.self_mod_protection import ProtectedSet
from .samples import ALL_OPS, envelope


def _decide(policy: Envelope, path: str, access: str = "write", op: str = "fs.write", **more: object) -> Decision:
    enforcer = EnvelopeEnforcer(policy, None, ProtectedSet(), known_ops=ALL_OPS)
    return enforcer.decide(Request(op, (PathUse(path, access),), **more))  # type: ignore[arg-type]  # tables of them


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("../x", "PATH_TRAVERSAL"),
        ("a/../b", "PATH_TRAVERSAL"),
        ("a/..", "PATH_TRAVERSAL"),
        ("/etc/passwd", "PATH_ABSOLUTE"),
        ("//x", "PATH_ABSOLUTE"),
        ("C:x", "PATH_ABSOLUTE"),
        ("C:\\x", "PATH_ABSOLUTE"),
        ("\\x", "PATH_ABSOLUTE"),
        ("~/x", "PATH_ABSOLUTE"),
        ("~root", "PATH_ABSOLUTE"),
        ("", "PATH_EMPTY"),
        (".", "PATH_NOT_CANONICAL"),
        ("./x", "PATH_NOT_CANONICAL"),
        ("a//b", "PATH_NOT_CANONICAL"),
        ("a/./b", "PATH_NOT_CANONICAL"),
        ("a/", "PATH_NOT_CANONICAL"),
        ("a\0", "PATH_NOT_CANONICAL"),
        ("a\nb", "PATH_NOT_CANONICAL"),
        ("\ud800", "PATH_NOT_CANONICAL"),
        ("x" * 256, "PATH_NOT_CANONICAL"),
        ("é" * 128, "PATH_NOT_CANONICAL"),
        ("a/" * 600 + "a", "PATH_TOO_LONG"),
        ("a/" * 200 + "a", "PATH_TOO_LONG"),
        ("é/" * 400 + "a", "PATH_TOO_LONG"),
        ("%2e%2e/x", "PATH_NOT_CANONICAL"),
        ("file:x", "PATH_NOT_CANONICAL"),
        ("http://x", "PATH_NOT_CANONICAL"),
        ("\uff0e\uff0e/x", "PATH_NOT_CANONICAL"),
        ("a\uff0fb", "PATH_NOT_CANONICAL"),
        ("a\uff0e", "PATH_NOT_CANONICAL"),
        ("a\u3000", "PATH_NOT_CANONICAL"),
        ("a\u202eb", "PATH_NOT_CANONICAL"),
        ("a\u200db", "PATH_NOT_CANONICAL"),
        ("e\u0301", "PATH_NOT_CANONICAL"),
        ("a\\b", "PATH_NOT_CANONICAL"),
        ("f.txt:evil", "PATH_NOT_CANONICAL"),
        ("a.", "PATH_NOT_CANONICAL"),
        ("a /b", "PATH_NOT_CANONICAL"),
        ("NUL.txt", "PATH_NOT_CANONICAL"),
        ("com\u00b9", "PATH_NOT_CANONICAL"),
        ("conin$", "PATH_NOT_CANONICAL"),
        ("PROGRA~1", "PATH_NOT_CANONICAL"),
        ("a*", "PATH_NOT_CANONICAL"),
        (None, "PATH_NOT_TEXT"),
        (7, "PATH_NOT_TEXT"),
        (["a"], "PATH_NOT_TEXT"),
        (Path("a"), "PATH_NOT_TEXT"),
        (type("Lying", (str,), {})("a"), "PATH_NOT_TEXT"),
    ],
)
def test_one_spelling_per_file(path: str, code: str) -> None:
    """
    Every other spelling is refused, whatever the policy allows.
    """
    assert code == _decide(envelope(), path).code


@pytest.mark.parametrize(
    "path", ["a", "a/b.c", ".hidden", "a..b", "$HOME", "100%", "[id].tsx", "é", "日本", "a b", "x~", "con1", "\uff0ea"]
)
def test_ordinary_names_are_paths(path: str) -> None:
    """
    Nothing is refused without need.
    """
    assert path_problem(path) is None
    assert _decide(envelope(), path).allowed


def test_a_refused_path_is_told_within_bounds() -> None:
    """
    Escaped, its first 200 characters; the reason follows.
    """
    detail = "need a path relative to the root"
    expected = Decision(False, "PATH_ABSOLUTE", path="'/\\n" + "a" * 196, detail=detail)
    assert expected == _decide(envelope(), "/\n" + "a" * 300)


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/".join(["a" * 204] * 5), None),
        ("/".join(["a" * 204] * 5) + "b", ("PATH_TOO_LONG", "seen 1025 characters, need at most 1024 bytes")),
        ("/".join(["é" * 102] * 5) + "/", ("PATH_TOO_LONG", "seen 1025 bytes, need at most 1024")),
        ("é" * 127, None),
        ("a" * 255, None),
        ("a" * 256, ("PATH_NOT_CANONICAL", f"component {'a' * 256!r}: longer than 255 bytes")),
        ("/".join("a" * 128), None),
        ("/".join("a" * 129), ("PATH_TOO_LONG", "seen 129 components, need at most 128")),
    ],
)
def test_the_bounds_of_a_path_are_exact(path: str, problem: tuple[str, str] | None) -> None:
    """
    1,024 bytes, of which a component has 255, and 128 components; more characters than that are not even encoded.
    """
    assert problem == path_problem(path)
