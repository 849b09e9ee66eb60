"""
Signs the verdict of an audit: the two envelopes that lie beside its report.
"""

from __future__ import annotations

from ..core.record import Record
from ..core.report import Verdict
from ..report.pack import ATTESTATIONS
from . import dsse, statement
from .keys import SigningKey


def seal(record: Record, report: bytes, key: SigningKey) -> dict[str, bytes]:
    """
    The envelopes by their names in the report directory.

    Args:
        record: The record of an audit.
        report: The bytes of its report.json.
        key: Who says so.

    Returns:
        The test result and the summary; nothing when the verdict is BLOCKED, or bundle or demands are not known.
    """
    # The demands that were in force, not the profile that was named: an option may have asked for less.
    profile = record.demands
    if record.verdict is Verdict.BLOCKED or record.subject.sha256 is None or profile is None:
        return {}
    first, second = ATTESTATIONS
    result = dsse.render(key.sign(statement.render(statement.test_result(record, profile, report))))
    return {
        first: result,
        second: dsse.render(key.sign(statement.render(statement.summary(record, profile, result)))),
    }
