"""
Extraction for users: a judged bundle, whole or not at all.
"""

from __future__ import annotations

import os
import tempfile

from ..core.errors import AuditError
from ..core.profile import GENERIC, Profile
from ..core.record import Record
from ..core.report import Verdict
from ..isolation.scratch import remove
from .extract import extract
from .source import opened
from .static import judged_record

_FREE = "name a directory that does not exist yet"


def unpack(bundle: str, destination: str, profile: Profile = GENERIC) -> tuple[Record, int]:
    """
    Extracts a bundle that passes the static gates.

    The files are written into a private directory beside the destination, which takes its name when all are there.

    Args:
        bundle: The bundle.
        destination: A directory that does not exist, or is empty.
        profile: What is demanded of it.

    Returns:
        The record of the static gates, and how many files were written: none unless it is a PASS.

    Raises:
        SourceError: when the bundle cannot be read.
        AuditError: when the destination is not fit or cannot be written to; nothing is left behind.
    """
    target = os.path.abspath(destination)
    _demand_free(target, destination)
    with opened(bundle) as source:
        record, members = judged_record(source, os.path.basename(bundle), profile)
        if record.verdict is not Verdict.PASS:
            return record, 0
        try:
            private = tempfile.mkdtemp(prefix=".phase2-gate-", dir=os.path.dirname(target))
        except OSError as error:
            raise AuditError(f"{destination}: cannot be made: {error.strerror}") from error
        from pathlib import Path

        try:
            count = extract(source, members, private)
            _publish(private, target, destination)
        except BaseException:
            remove(Path(private))
            raise
        return record, count


def _demand_free(target: str, shown: str) -> None:
    if os.path.islink(target):
        seen = "a link"
    else:
        try:
            with os.scandir(target) as entries:
                if next(entries, None) is None:
                    return
        except FileNotFoundError:
            return
        except OSError as error:
            raise AuditError(f"{shown}: cannot be extracted to: {error.strerror}", hint=_FREE) from error
        seen = "a directory with something in it"
    raise AuditError(f"{shown}: cannot be extracted to: seen {seen}, need none or an empty one", hint=_FREE)


def _publish(private: str, target: str, shown: str) -> None:
    umask = os.umask(0o077)
    os.umask(umask)
    try:
        os.chmod(private, 0o777 & ~umask)
        if os.path.isdir(target):
            os.rmdir(target)
        os.rename(private, target)
    except OSError as error:
        message = f"{shown}: cannot be extracted to: {error.strerror}"
        raise AuditError(message, hint="name a directory that nobody else writes to") from error
