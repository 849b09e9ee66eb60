"""
Tests of the escaping of foreign text.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phase2_gate.core import escape


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain text", "plain text"),
        ("caf\u00e9 \u6587", "caf\u00e9 \u6587"),
        ("a\\b", "a\\\\b"),
        ("a\nb\rc\td", "a\\nb\\rc\\td"),
        ("\x1b[2J", "\\x1b[2J"),
        ("\x85", "\\x85"),
        ("\u202egpj", "\\u202egpj"),
        ("\udcff", "\\udcff"),
        ("\U000e0001", "\\U000e0001"),
    ],
)
def test_shows_what_was_there(text: str, expected: str) -> None:
    """
    Printable characters stay, all others become escapes.
    """
    assert escape.line(text) == expected


@given(st.text(st.characters()))
def test_is_one_printable_line(text: str) -> None:
    """
    Whatever the text, what is shown can do nothing.
    """
    assert escape.line(text).isprintable()


@given(st.text(alphabet="\\nx0a\n\r\t\x00\u202e"), st.text(alphabet="\\nx0a\n\r\t\x00\u202e"))
def test_keeps_texts_apart(one: str, other: str) -> None:
    """
    Two different texts never look the same.
    """
    assert (escape.line(one) == escape.line(other)) == (one == other)


@pytest.mark.parametrize(("data", "text"), [(b"caf\xc3\xa9", "caf\u00e9"), (b"caf\xe9", "caf\udce9")])
def test_decodes_what_is_not_utf8(data: bytes, text: str) -> None:
    """
    Other bytes become lone surrogates, and can be had back.
    """
    assert (escape.decoded(data), text.encode("utf-8", "surrogateescape")) == (text, data)
