"""
Where two values part.
"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from phase2_gate.compare import excerpts


@given(st.text("ab", max_size=40), st.text("ab", max_size=40))
def test_what_is_common_ends_where_characters_differ(a: str, b: str) -> None:
    """
    Halving comes to what comparing one by one says.
    """
    expected = next((at for at in range(min(len(a), len(b))) if a[at] != b[at]), min(len(a), len(b)))
    assert excerpts.common(a, b) == expected
    assert excerpts.common(a.encode(), b.encode()) == expected
