"""
What is asked of the enforcer and what it answers: request, decision, grant.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

from ..canonical import Json
from ..errors import GrantError

__all__ = ["ACCESSES", "Access", "Decision", "Grant", "PathUse", "Request"]

Access: TypeAlias = Literal["read", "write", "create", "delete"]
ACCESSES: tuple[Access, ...] = ("read", "write", "create", "delete")


@dataclass(frozen=True, slots=True, order=True)
class PathUse:
    """
    One path and what is done to it.
    """

    path: str
    """Relative to the root."""
    access: Access
    """``read``, ``write`` (create or replace), ``create`` (must not exist) or ``delete``."""
    tree: bool = False
    """Whether everything beneath is used in the same way; each descendant is then decided too."""

    def to_json(self) -> dict[str, Json]:
        """
        The use as a JSON value.
        """
        return {"path": self.path, "access": self.access, "tree": self.tree}


@dataclass(frozen=True, slots=True)
class Request:
    """
    What an operation wants.
    """

    op: str
    """Name of the operation."""
    paths: tuple[PathUse, ...] = ()
    """Every path that it will touch."""
    cost: Decimal | None = Decimal(0)
    """The most it may cost in US dollars; None when nobody knows, which is denied."""


@dataclass(frozen=True, slots=True)
class Decision:
    """
    The answer, with a stable code; it never holds the content of a file.
    """

    allowed: bool
    """Whether the request may go on."""
    code: str
    """``ALLOWED``, or the reason: see the table in ``docs/runtime.md``."""
    rule: str | None = None
    """The rule that decided, as it is written in the policy."""
    path: str | None = None
    """The path that decided; escaped if it is no path at all."""
    detail: str = ""
    """More words."""

    def to_json(self) -> dict[str, Json]:
        """
        The decision as a JSON value.
        """
        return {
            "allowed": self.allowed,
            "code": self.code,
            "rule": self.rule,
            "path": self.path,
            "detail": self.detail,
        }

    def __str__(self) -> str:
        parts = [self.code]
        if self.path is not None:
            parts.append(f"path {self.path!r}")
        if self.rule is not None:
            parts.append(f"rule {self.rule!r}")
        if self.detail:
            parts.append(self.detail)
        return ": ".join(parts)


# Only this package's enforcer holds it. A mistake cannot make a grant; code that wants to can do anything anyway.
_ISSUER = object()


class Grant:
    """
    Leave to do once what one allowed request asked for. Made by `EnvelopeEnforcer.authorize` alone.

    Args:
        issuer: Proof of who makes it.
        request: What was allowed, trees expanded.
        envelope_digest: Digest of the policy that allowed it.
        root: The one root that it is valid for.

    Raises:
        GrantError: Somebody else tried to make one.
    """

    __slots__ = ("_root", "_spent", "envelope_digest", "request", "token")

    def __init__(self, issuer: object, request: Request, envelope_digest: str, root: object) -> None:
        if issuer is not _ISSUER:
            raise GrantError("grant: is made by the enforcer alone")
        self.request = request
        self.envelope_digest = envelope_digest
        self.token = secrets.token_hex(8)
        self._root = root
        self._spent = False

    def spend(self, root: object) -> None:
        """
        Use the grant up.

        Raises:
            GrantError: It was used before, or belongs to another root.
        """
        if root is not self._root:
            raise GrantError("grant: is for another root")
        if self._spent:
            raise GrantError("grant: was used before")
        self._spent = True

    def covers(self, path: str, access: Access) -> bool:
        """
        Tell whether a path may be used so. Leave to write or to delete implies leave to look at what is there.
        """
        uses = self.request.paths
        if access == "read":
            return any(use.path == path for use in uses)
        return any(use.path == path and use.access == access for use in uses)
