"""
The codes are documented as they are.
"""

from __future__ import annotations

from pathlib import Path

from phase2_gate.attest.codes import CODES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "attestation.md"


def test_page_lists_all_codes() -> None:
    """The table of the documentation is the table of the code, in its order."""
    rows = PAGE.read_text("utf-8").partition("<!-- codes -->\n")[2].partition("<!-- end of codes -->")[0]
    assert rows.splitlines() == [f"| `{code}` | {meaning} |" for code, meaning in CODES.items()]
