"""
Every exception that phase2-gate raises on purpose.

::

    Phase2GateError                 could not judge, or was misused
    ├── InvalidPathError            a text that is not a member path (also ValueError)
    ├── InvalidDigestError          a text that is not a sha256 digest (also ValueError)
    ├── ProfileError                a profile that cannot be used
    ├── SettingsError               settings that cannot be used
    ├── SelectionError              a workspace that must not be packed
    ├── BuildError                  a bundle that could not be written
    ├── SourceError                 bytes that could not be read, or changed while read
    ├── IsolationError              code of the bundle could not be confined as asked
    ├── AuditError                  an audit that could not be carried through
    ├── KeyFileError                a key that cannot be read, written or used
    └── RefusedError                an attestation that does not show what it should

Hostile input is never an exception: it is a `phase2_gate.core.findings.Finding`.
An exception that escapes a gate means that we could not judge, and makes the verdict BLOCKED.
"""

from __future__ import annotations


class Phase2GateError(Exception):
    """
    The base of all errors of this project.

    Args:
        message: What is wrong, in the form ``subject: what is wrong: seen X, need Y``.
        hint: The way out, shown on a line of its own, or None.
    """

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message


class InvalidPathError(Phase2GateError, ValueError):
    """
    A text that cannot be a member's path.
    """


class InvalidDigestError(Phase2GateError, ValueError):
    """
    A text that is not 64 lower-case hexadecimal digits.
    """


class ProfileError(Phase2GateError):
    """
    A profile that is not well formed; the message names the key path.
    """


class SettingsError(Phase2GateError):
    """
    Settings that are not well formed; the message names the key path.
    """


class SelectionError(Phase2GateError):
    """
    A workspace that must not be packed as it is; every reason is a line of the message.
    """


class BuildError(Phase2GateError):
    """
    A bundle that could not be written; nothing was left behind.
    """


class SourceError(Phase2GateError):
    """
    Bytes that could not be read, or that changed while they were read.
    """


class IsolationError(Phase2GateError):
    """
    Code of the bundle could not be confined as asked; none of it was run.
    """


class AuditError(Phase2GateError):
    """
    An audit that could not be carried through.
    """


class KeyFileError(Phase2GateError):
    """
    A key that cannot be read, written or used; nothing was signed or believed.
    """


class RefusedError(Phase2GateError):
    """
    An attestation that does not show what it should.

    Args:
        code: The name of the reason, stable for ever (`phase2_gate.attest.codes`).
        detail: What was seen, in one clause.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
