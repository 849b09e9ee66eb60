"""
Properties of the combining rule, and the matcher against a brute-force one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phase2_gate.runtime.canonical import canonical_bytes, freeze, strict_loads, thaw
from phase2_gate.runtime.errors import EnvelopeError
from phase2_gate.runtime.governance.decision import PathUse, Request
from phase2_gate.runtime.governance.envelope import Envelope
from phase2_gate.runtime.governance.envelope_enforcer import EnvelopeEnforcer
from phase2_gate.runtime.governance.paths import fold, path_problem
from phase2_gate.runtime.governance.patterns import AllowPattern, DenyPattern
from phase2_gate.runtime.governance.self_mod_protection import ProtectedSet

from .sweep import bounded

_SETTINGS = settings(
    max_examples=bounded(150, 5000), deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)

_NAME = st.text(alphabet="abAB\u00e9\u00c9kK\u212a", min_size=1, max_size=4)
_PATH = st.lists(_NAME, min_size=1, max_size=4).map("/".join).filter(lambda path: path_problem(path) is None)
_SEGMENT = st.one_of(
    _NAME,
    st.just("**"),
    st.lists(st.sampled_from(["a", "b", "A", "K", "*", "?", "[ab]", "[!a]", "[A-Z]"]), min_size=1, max_size=5)
    .map("".join)
    .filter(lambda part: "**" not in part),
)


def _is_pattern(text: str) -> bool:
    try:
        AllowPattern.parse(text)
        DenyPattern.parse(text)
    except EnvelopeError:
        return False
    return True


_PATTERN = st.lists(_SEGMENT, min_size=1, max_size=4).map("/".join).filter(_is_pattern)
_PATTERNS = st.lists(_PATTERN, max_size=4)

# Short ones of two characters, so that many pairs match.
_CLOSE_NAME = st.text(alphabet="ab", min_size=1, max_size=2)
_CLOSE_PATH = st.lists(_CLOSE_NAME, min_size=1, max_size=5).map("/".join)
_CLOSE_PIECES = st.lists(st.sampled_from(["a", "b", "*", "?", "[ab]", "[!a]"]), min_size=1, max_size=3).map("".join)
_CLOSE_SEGMENT = st.sampled_from(["**", "*", "a", "b"]) | _CLOSE_PIECES.filter(lambda part: "**" not in part)
_CLOSE_PATTERN = st.lists(_CLOSE_SEGMENT, min_size=1, max_size=5).map("/".join)


def _allowed(allow: list[str], deny: list[str], path: str) -> bool:
    enforcer = EnvelopeEnforcer(Envelope(["x"], allow, deny, 0), None, ProtectedSet())
    return enforcer.decide(Request("x", (PathUse(path, "write"),))).allowed


@_SETTINGS
@given(_PATTERNS, _PATTERNS, _PATTERN, _PATH)
def test_adding_a_deny_never_allows(allow: list[str], deny: list[str], more: str, path: str) -> None:
    """
    A further deny rule can only take away.
    """
    assert _allowed(allow, [*deny, more], path) <= _allowed(allow, deny, path)


@_SETTINGS
@given(_PATTERNS, _PATTERNS, _PATTERN, _PATH)
def test_adding_an_allow_never_denies(allow: list[str], deny: list[str], more: str, path: str) -> None:
    """
    A further allow rule can only give.
    """
    assert _allowed(allow, deny, path) <= _allowed([*allow, more], deny, path)


@_SETTINGS
@given(st.permutations(["a/**", "**/b", "K*", "?"]), st.permutations(["a/a", "[!b]b", "**/k"]), _PATH)
def test_order_never_matters(allow: list[str], deny: list[str], path: str) -> None:
    """
    Any order of the same rules decides the same.
    """
    assert _allowed(sorted(allow), sorted(deny), path) is _allowed(list(allow), list(deny), path)


@_SETTINGS
@given(_PATTERN, _PATH, st.data())
def test_aliases_of_a_denied_path_are_denied(pattern: str, path: str, data: st.DataObject) -> None:
    """
    Whatever the case and normal form in which the path is written.
    """
    ways: list[Callable[[str], str]] = [str, str.upper, str.lower, str.swapcase, str.casefold, str.title]
    alias = "".join(data.draw(st.sampled_from(ways))(character) for character in path)
    alias = unicodedata.normalize("NFC", alias)
    folded = [fold(component) for component in path.split("/")]
    assert folded == [fold(component) for component in alias.split("/")]
    if not _allowed(["**"], [pattern], path):
        assert not _allowed(["**"], [pattern], alias)
    if AllowPattern.parse(pattern).matches(path.split("/")):
        assert DenyPattern.parse(pattern).matches(folded)


@_SETTINGS
@given(_PATTERN, _PATH, _NAME)
def test_what_lies_beneath_a_denied_path_is_denied(pattern: str, path: str, name: str) -> None:
    """
    A rule for a directory is a rule for everything in it.
    """
    if not _allowed(["**"], [pattern], path):
        assert not _allowed(["**"], [pattern], f"{path}/{name}")


def _brute(pattern: list[str], path: list[str]) -> bool:
    """
    Twenty lines that try everything.
    """
    if not pattern:
        return not path
    if pattern[0] == "**":
        return any(_brute(pattern[1:], path[cut:]) for cut in range(len(path) + 1))
    return bool(path) and _brute_segment(pattern[0], path[0]) and _brute(pattern[1:], path[1:])


def _brute_segment(segment: str, name: str) -> bool:
    if not segment:
        return not name
    if segment[0] == "*":
        return any(_brute_segment(segment[1:], name[cut:]) for cut in range(len(name) + 1))
    if segment[0] == "[":
        end = segment.index("]", 2)
        body, rest = segment[1:end], segment[end + 1 :]
        negated, body = body.startswith("!"), body.removeprefix("!")
        members = set(map(chr, range(ord(body[0]), ord(body[2]) + 1))) if "-" in body else set(body)
        return bool(name) and ((name[0] in members) != negated) and _brute_segment(rest, name[1:])
    return bool(name) and segment[0] in {"?", name[0]} and _brute_segment(segment[1:], name[1:])


@_SETTINGS
@given(_PATTERN | _CLOSE_PATTERN, _PATH | _CLOSE_PATH, _CLOSE_PATTERN, _CLOSE_PATH)
def test_the_matcher_agrees_with_a_brute_force_one(pattern: str, path: str, close: str, near: str) -> None:
    """
    On random patterns and paths, and on those that nearly match.
    """
    for text, name in [(pattern, path), (close, near)]:
        assert _brute(text.split("/"), name.split("/")) is AllowPattern.parse(text).matches(name.split("/"))


@_SETTINGS
@given(st.text(max_size=30) | st.binary(max_size=9) | st.none() | st.integers() | st.lists(st.text(max_size=3)))
def test_decide_is_total(value: object) -> None:
    """
    Whatever is asked about gets a decision, and what is allowed is a canonical path.
    """
    enforcer = EnvelopeEnforcer(Envelope(["x"], ["**"], [], 0), None, ProtectedSet())
    decision = enforcer.decide(Request("x", (PathUse(value, "write"),)))  # type: ignore[arg-type]  # hostile input
    if decision.allowed:
        assert isinstance(value, str)
        assert all(part not in {"", ".", ".."} for part in value.split("/"))
        assert not set("\\:\0") & set(value)
    assert canonical_bytes(decision.to_json())


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


@_SETTINGS
@given(_JSON)
def test_canonical_json_is_a_bijection(value: object) -> None:
    """
    Reading undoes writing, freezing is undone by thawing, insertion order does not matter.
    """
    data = canonical_bytes(value)
    again = strict_loads(data)
    assert value == again
    assert data == canonical_bytes(again)
    assert data == canonical_bytes(thaw(freeze(value)))
    if isinstance(value, dict):
        assert data == canonical_bytes(dict(reversed(value.items())))


@_SETTINGS
@given(st.binary(max_size=12) | st.text(alphabet='{}[]",:0123456789eE+-. aé\\u', max_size=14).map(str.encode))
def test_what_is_read_is_what_would_be_written(data: bytes) -> None:
    """
    The strict reader takes a text only if the writer gives it back.
    """
    try:
        value = strict_loads(data)
    except ValueError:
        return
    assert data == canonical_bytes(value)


def test_the_brute_force_matcher_is_right_itself() -> None:
    """
    On cases written down by hand.
    """
    for pattern, path, expected in [
        ("a/**", "a", True),
        ("**/b", "a/b", True),
        ("?", "ab", False),
        ("[!a]", "b", True),
    ]:
        assert expected is _brute(pattern.split("/"), path.split("/"))
    with pytest.raises(EnvelopeError):
        AllowPattern.parse("a**")
