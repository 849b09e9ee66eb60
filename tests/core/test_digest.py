"""
Tests of digests.
"""

from __future__ import annotations

import pytest

from phase2_gate.core import digest
from phase2_gate.core.errors import InvalidDigestError

# FIPS 180-4, example "abc".
ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_hashes() -> None:
    """
    The digest is the one of the standard's example.
    """
    assert digest.of(b"abc") == ABC


def test_parses_what_it_spells() -> None:
    """
    64 lower-case digits are a digest.
    """
    assert digest.parse(ABC) == ABC


@pytest.mark.parametrize(
    "text", ["", ABC[1:], ABC + "0", ABC.upper(), "g" + ABC[1:], "\u0661" + ABC[1:], " " + ABC[1:]]
)
def test_refuses_every_other_spelling(text: str) -> None:
    """
    One content has one digest, and that one spelling.
    """
    with pytest.raises(InvalidDigestError, match="not a sha256"):
        digest.parse(text)
