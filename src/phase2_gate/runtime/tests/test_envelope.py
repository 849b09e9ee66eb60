"""
The envelope: validated, copied, refused as a whole.
"""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import pytest

from ..governance.envelope_enforcer import (
    Decision,
    Envelope,
    EnvelopeEnforcer,
    EnvelopeError,
    PathUse,
    Request,
)
from ..governance.self_mod_protection import ProtectedSet
from .samples import ALL_OPS, envelope


def _decide(policy: Envelope, path: str, access: str = "write", op: str = "fs.write", **more: object) -> Decision:
    enforcer = EnvelopeEnforcer(policy, None, ProtectedSet(), known_ops=ALL_OPS)
    return enforcer.decide(Request(op, (PathUse(path, access),), **more))  # type: ignore[arg-type]  # tables of them


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("allow_ops", "fs.read"),
        ("allow_ops", None),
        ("allow_ops", ["FS.READ"]),
        ("allow_ops", ["*"]),
        ("allow_ops", ["fs."]),
        ("allow_ops", [1]),
        ("allow_paths", "**"),
        ("allow_paths", {"a": 1}),
        ("deny_paths", "secrets"),
        ("max_budget_usd", float("nan")),
        ("max_budget_usd", float("inf")),
        ("max_budget_usd", -0.01),
        ("max_budget_usd", True),
        ("max_budget_usd", "1"),
        ("max_budget_usd", None),
        ("max_budget_usd", 10**13),
    ],
)
def test_a_malformed_envelope_is_refused(field: str, value: object) -> None:
    """
    As a whole, with the field in the message.
    """
    with pytest.raises(EnvelopeError, match=field):
        dataclasses.replace(envelope(), **{field: value})  # type: ignore[arg-type]  # the point of the test


def test_an_envelope_is_a_copy() -> None:
    """
    Changing the lists it was made from changes nothing; nothing of it can be changed.
    """
    allow = ["docs/**"]
    policy = Envelope(["fs.write"], allow, [], 1)
    digest = policy.digest
    allow.append("**")
    assert digest == policy.digest
    assert _decide(policy, "src/a").code == "PATH_NOT_ALLOWED"
    with pytest.raises(AttributeError):
        policy.allow_paths.append("**")  # type: ignore[attr-defined]  # the point of the test
    with pytest.raises(dataclasses.FrozenInstanceError):
        policy.max_budget_usd = 9  # type: ignore[misc]  # the point of the test


def test_json_round_trip() -> None:
    """
    Exactly four keys, and the same policy comes back.
    """
    policy = envelope(deny=["secrets"])
    assert policy == Envelope.from_json(policy.to_json())
    assert policy.budget_limit == Decimal("1.0")
    malformed: list[object] = [{}, {**policy.to_json(), "more": 1}, [], None]
    for wrong in malformed:
        with pytest.raises(EnvelopeError, match="exactly the keys"):
            Envelope.from_json(wrong)


def test_allow_rules_on_paper_only_are_named() -> None:
    """
    What a deny rule covers wholly.
    """
    policy = envelope(allow=["src/**", "Secrets/a", "secrets/*", "docs/*.md", "**"], deny=["secrets/**", "docs/**/x"])
    assert policy.inert_rules() == ("Secrets/a", "secrets/*")
    assert envelope(allow=["a", "**"], deny=["**"]).inert_rules() == ("a", "**")
    assert envelope(allow=["a"], deny=["a/b"]).inert_rules() == ()
    assert envelope(allow=["a", "A", "b"], deny=["a"]).inert_rules() == ("a", "A")


def test_only_what_is_plain_is_called_inert() -> None:
    """
    A rule with wildcards where the deny rule has a name, or a deny rule with any number of segments in front.
    """
    assert envelope(allow=["secret?/a", "**/a"], deny=["secrets/**"]).inert_rules() == ()
    assert envelope(allow=["docs/a/x", "x"], deny=["docs/**/x", "**/x"]).inert_rules() == ()
