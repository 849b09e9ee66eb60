"""
The enforcer: decisions with stable codes, and grants that are keys for one use.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from ..errors import GrantError
from ..governance.decision import Grant
from ..governance.envelope_enforcer import (
    Decision,
    Envelope,
    EnvelopeEnforcer,
    EnvelopeError,
    EnvelopeViolation,
    PathUse,
    Request,
)
from ..governance.root import Root
from ..governance.self_mod_protection import ProtectedSet
from .samples import ALL_OPS, envelope


def _decide(policy: Envelope, path: str, access: str = "write", op: str = "fs.write", **more: object) -> Decision:
    enforcer = EnvelopeEnforcer(policy, None, ProtectedSet(), known_ops=ALL_OPS)
    return enforcer.decide(Request(op, (PathUse(path, access),), **more))  # type: ignore[arg-type]  # tables of them


@pytest.mark.parametrize(
    ("deny", "path", "rule"),
    [
        (["**/x", "a/x"], "a/x", "**/x"),
        (["a/x", "**/x"], "a/x", "a/x"),
        (["b", "a/*.md", "a/*.py", "a"], "a/f.py", "a/*.py"),
        (["a/b/c/d", "a"], "A", "a"),
    ],
)
def test_the_first_rule_of_the_policy_that_matches_is_named(deny: list[str], path: str, rule: str) -> None:
    """
    However the rules are looked up.
    """
    assert rule == _decide(envelope(deny=deny), path).rule


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (Request("fs.write", (PathUse("src/a.py", "write"),)), "ALLOWED"),
        (Request("fs.write"), "ALLOWED"),
        (Request("fs.read", (PathUse("src/a.py", "read"),)), "OP_NOT_ALLOWED"),
        (Request("FS.write"), "OP_UNKNOWN"),
        (Request("fs.write "), "OP_UNKNOWN"),
        (Request("fs.chmod"), "OP_UNKNOWN"),
        (Request(None), "OP_UNKNOWN"),  # type: ignore[arg-type]  # hostile input
        (Request("fs.write", cost=None), "COST_UNKNOWN"),
        (Request("fs.write", cost=Decimal("NaN")), "COST_UNKNOWN"),
        (Request("fs.write", cost=Decimal(-1)), "COST_UNKNOWN"),
        (Request("fs.write", cost=0.1), "COST_UNKNOWN"),  # type: ignore[arg-type]  # hostile input
        (Request("fs.write", cost=Decimal("2.000001")), "BUDGET_EXCEEDED"),
        (Request("fs.write", cost=Decimal("1.500001")), "BUDGET_EXCEEDED"),
        (Request("fs.write", cost=Decimal("1.5")), "ALLOWED"),
        (Request("fs.write", (PathUse("other", "write"),)), "PATH_NOT_ALLOWED"),
        (Request("fs.write", (PathUse("src/secret", "write"),)), "PATH_DENIED"),
        (Request("fs.write", (PathUse("src/SECRET/x", "read"),)), "PATH_DENIED"),
        (Request("fs.write", (PathUse("src/a", "write"), PathUse("../b", "write"))), "PATH_TRAVERSAL"),
        (Request("fs.write", (PathUse("src/.git/config", "create"),)), "PATH_PROTECTED"),
        (Request("fs.write", (PathUse("src/.git/config", "read"),)), "ALLOWED"),
        (Request("fs.write", (PathUse("src/a", "append"),)), "REQUEST_MALFORMED"),  # type: ignore[arg-type]  # hostile input
        (Request("fs.write", (PathUse("src/a", "write", 1),)), "REQUEST_MALFORMED"),  # type: ignore[arg-type]  # hostile input
        (Request("fs.write", ("src/a",)), "REQUEST_MALFORMED"),  # type: ignore[arg-type]  # hostile input
        (Request("fs.write", [PathUse("src/a", "write")]), "REQUEST_MALFORMED"),  # type: ignore[arg-type]  # hostile input
        ("fs.write", "REQUEST_MALFORMED"),
        (None, "REQUEST_MALFORMED"),
    ],
)
def test_decisions_have_stable_codes(request_: Request, code: str) -> None:
    """
    Any object may be asked about; the answer is a decision, twice the same, and JSON.
    """
    policy = envelope(["fs.write"], ["src/**"], ["src/secret"], budget=2)
    enforcer = EnvelopeEnforcer(policy, None, ProtectedSet(), known_ops=ALL_OPS)
    decision = enforcer.decide(request_, committed=Decimal("0.5"))
    assert code == decision.code
    assert (code == "ALLOWED") is decision.allowed
    assert decision == enforcer.decide(request_, committed=Decimal("0.5"))
    assert decision.to_json()["code"] == code
    assert str(decision).startswith(code)


def test_an_empty_allow_list_allows_nothing() -> None:
    """
    The default is deny.
    """
    assert _decide(envelope(allow=[]), "a").code == "PATH_NOT_ALLOWED"
    assert _decide(envelope(ops=[]), "a").code == "OP_NOT_ALLOWED"


def test_an_operation_that_does_not_exist_cannot_be_allowed(tmp_path: Path) -> None:
    """
    A misspelt name in the policy is an error, not a rule that does nothing.
    """
    with pytest.raises(EnvelopeError, match=r"fs\.writ"):
        EnvelopeEnforcer(envelope(["fs.writ"]), None, ProtectedSet(), known_ops=ALL_OPS)
    with pytest.raises(EnvelopeError, match="need an Envelope"):
        EnvelopeEnforcer({}, None, ProtectedSet())  # type: ignore[arg-type]  # hostile input
    assert EnvelopeEnforcer(envelope(["any.thing"]), None, ProtectedSet()).decide(Request("any.thing")).allowed
    assert not list(tmp_path.iterdir())


def test_a_grant_is_single_use_and_for_one_root(tmp_path: Path) -> None:
    """
    Nobody else makes one, it is spent by its use, it ends with its block.
    """
    policy = envelope()
    with pytest.raises(GrantError, match="enforcer alone"):
        Grant(object(), Request("fs.write"), policy.digest, None)
    with Root(tmp_path) as root, Root(tmp_path) as other:
        enforcer = EnvelopeEnforcer(policy, root, ProtectedSet())
        request = Request("fs.write", (PathUse("a", "write"), PathUse("b", "read")))
        grant = enforcer.authorize(request)
        with pytest.raises(GrantError, match="another root"), other.granted(grant):
            pass
        with root.granted(grant) as files:
            files.write_bytes("a", b"1")
            for call in (
                lambda: files.write_bytes("b", b""),
                lambda: files.create_bytes("a", b""),
                lambda: files.delete("a"),
                lambda: files.mkdir("a"),
                lambda: files.rename("a", "b"),
                lambda: files.read_bytes("c"),
                lambda: files.state("c"),
                lambda: files.clean("c"),
            ):
                with pytest.raises(GrantError, match="does not cover"):
                    call()
        for call in (lambda: files.write_bytes("a", b"2"), lambda: files.read_bytes("a"), files.working_directory):
            with pytest.raises(GrantError, match="expired"):
                call()
        with pytest.raises(GrantError, match="used before"), root.granted(grant):
            pass
        with pytest.raises(EnvelopeViolation, match="PATH_TRAVERSAL") as caught:
            enforcer.authorize(Request("fs.write", (PathUse("../x", "write"),)))
        assert caught.value.code == "PATH_TRAVERSAL"
    assert {"a"} == {path.name for path in tmp_path.iterdir()}
    assert (tmp_path / "a").read_bytes() == b"1"


@pytest.mark.parametrize(
    "op", [None, 7, ["fs.write"], "FS.WRITE", "fs write", "", type("Text", (str,), {})("fs.write")]
)
def test_what_is_no_name_of_an_operation_is_unknown(op: object) -> None:
    """
    Also where nobody says which operations there are; the answer is bounded however long the name.
    """
    enforcer = EnvelopeEnforcer(envelope(), None, ProtectedSet())
    decision = enforcer.decide(Request(op))  # type: ignore[arg-type]  # hostile input
    assert (decision.code, decision.detail) == ("OP_UNKNOWN", f"not the name of an operation: {op!a}")
    long = enforcer.decide(Request("X" * 300))
    assert long.detail == "not the name of an operation: '" + "X" * 99


def test_nothing_is_committed_unless_it_is_said() -> None:
    """
    A free request fits a budget of nothing; the smallest amount does not.
    """
    enforcer = EnvelopeEnforcer(envelope(budget=0), None, ProtectedSet())
    least = Decimal("0.000001")
    assert enforcer.decide(Request("fs.write")).allowed
    assert enforcer.authorize(Request("fs.write")).request == Request("fs.write")
    assert enforcer.decide(Request("fs.write", cost=least)).code == "BUDGET_EXCEEDED"
    with pytest.raises(EnvelopeViolation, match="BUDGET_EXCEEDED"):
        enforcer.authorize(Request("fs.write", cost=least))


@pytest.mark.parametrize(
    ("cost", "detail"),
    [
        (None, "no upper bound of the cost"),
        (0.5, "amount: need a text, integer or decimal, seen 0.5"),
        ("NaN", "amount: need 0 to 1000000000000, seen 'NaN'"),
    ],
)
def test_a_cost_that_nobody_knows_is_denied(cost: object, detail: str) -> None:
    """
    With the reason.
    """
    enforcer = EnvelopeEnforcer(envelope(), None, ProtectedSet())
    decision = enforcer.decide(Request("fs.write", cost=cost))  # type: ignore[arg-type]  # hostile input
    assert (decision.code, decision.detail) == ("COST_UNKNOWN", detail)


@pytest.mark.parametrize(
    ("decision", "text"),
    [
        (Decision(True, "ALLOWED"), "ALLOWED"),
        (Decision(False, "PATH_DENIED", "a/**", "a/b"), "PATH_DENIED: path 'a/b': rule 'a/**'"),
        (Decision(False, "OP_UNKNOWN", detail="no such"), "OP_UNKNOWN: no such"),
        (Decision(False, "X", "r", "p", "d"), "X: path 'p': rule 'r': d"),
    ],
)
def test_a_decision_is_told_in_one_line(decision: Decision, text: str) -> None:
    """
    What there is of code, path, rule and detail, and nothing else.
    """
    assert text == str(decision)


def test_a_grant_says_what_was_allowed_and_by_which_policy() -> None:
    """
    And nothing can be hung onto it; a use has one form in a journal.
    """
    policy = envelope()
    request = Request("fs.write", (PathUse("a", "create", tree=True),))
    grant = EnvelopeEnforcer(policy, None, ProtectedSet()).authorize(request)
    assert (grant.request, grant.envelope_digest) == (request, policy.digest)
    assert not hasattr(grant, "__dict__")
    assert len(bytes.fromhex(grant.token)) == 8
    # Leave to change what is there is leave to look at it, and at nothing else.
    assert [grant.covers(*use) for use in (("a", "create"), ("a", "read"), ("a", "write"), ("b", "read"))] == [
        True,
        True,
        False,
        False,
    ]
    assert request.paths[0].to_json() == {"path": "a", "access": "create", "tree": True}


@pytest.mark.parametrize("value", [PathUse("a", "read"), Request("fs.read"), Decision(True, "ALLOWED")])
def test_what_was_asked_and_answered_stays_so(value: PathUse | Request | Decision) -> None:
    """
    Nobody turns a request or a decision into another, or hangs something on it.
    """
    with pytest.raises(AttributeError):
        setattr(value, value.__slots__[0], "other")
    assert not hasattr(value, "__dict__")


def test_uses_of_paths_have_an_order_and_mean_one_path() -> None:
    """
    By path first; what lies beneath counts only when it is said.
    """
    uses = [PathUse("b", "read"), PathUse("a", "write"), PathUse("a", "read", tree=True), PathUse("a", "read")]
    assert sorted(uses) == [uses[3], uses[2], uses[1], uses[0]]
    assert not PathUse("a", "read").tree
