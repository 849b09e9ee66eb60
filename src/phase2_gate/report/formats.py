"""
The formats that can be printed, by the names that ``--format`` knows. Each is loaded only when it is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from ..core.record import Record

SINGLE = frozenset({"html"})
"""Formats that show one bundle only."""


def render(style: str, records: Sequence[Record]) -> str:
    """
    Records as one document.

    Args:
        style: ``json``, ``md``, ``html``, ``sarif`` or ``junit``.
        records: What it says; exactly one for formats of `SINGLE`.
    """
    if style == "json":
        from . import as_json

        if len(records) == 1:
            return as_json.render(records[0])
        documents = [as_json.document(record) for record in records]
        return json.dumps(documents, indent=2, sort_keys=True, ensure_ascii=True, allow_nan=False) + "\n"
    if style == "md":
        from . import markdown

        return "\n".join(markdown.render(record) for record in records)
    if style == "html":
        from . import html

        (record,) = records
        return html.render(record)
    if style == "sarif":
        from . import sarif

        return sarif.render(records)
    if style == "junit":
        from . import junit

        return junit.render(records)
    raise ValueError(style)
