"""
The envelope and its enforcer: what is refused as a policy, what is denied as a request, and why.
"""

from __future__ import annotations

import dataclasses
import time
from decimal import Decimal
from pathlib import Path

import pytest

from ..errors import BudgetError, GrantError
from ..governance import envelope_enforcer
from ..governance.budget import BudgetLedger, parse_amount, render_amount
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
from ..governance.paths import fold, path_problem
from ..governance.patterns import AllowPattern, DenyPattern
from ..governance.root import Root
from ..governance.self_mod_protection import ProtectedSet
from .samples import ALL_OPS, envelope


def _decide(policy: Envelope, path: str, access: str = "write", op: str = "fs.write", **more: object) -> Decision:
    enforcer = EnvelopeEnforcer(policy, None, ProtectedSet(), known_ops=ALL_OPS)
    return enforcer.decide(Request(op, (PathUse(path, access),), **more))  # type: ignore[arg-type]  # tables of them


@pytest.mark.parametrize(
    ("pattern", "path", "allow", "deny"),
    [
        ("docs", "docs", True, True),
        ("docs", "docs/a", False, True),
        ("docs/**", "docs", True, True),
        ("docs/**", "docs/a/b", True, True),
        ("docs/*", "docs/a", True, True),
        ("docs/*", "docs/a/b", False, True),
        ("docs/*", "docs", False, False),
        ("*.py", "a.py", True, True),
        ("*.py", "d/a.py", False, False),
        ("**/*.py", "a.py", True, True),
        ("**/*.py", "d/e/a.py", True, True),
        ("a/**/z", "a/z", True, True),
        ("a/**/z", "a/b/c/z", True, True),
        ("a/**/z", "a/b/c/y", False, False),
        ("a/**/b/**/c", "a/b/x/b/c", True, True),
        ("**/**", "x", True, True),
        ("**", "x/y", True, True),
        ("a?c", "abc", True, True),
        ("a?c", "a/c", False, False),
        ("a[!x]c", "a/c", False, False),
        ("a[b-d]e", "ace", True, True),
        ("a[b-d]e", "aee", False, False),
        ("a[!b-d]e", "aee", True, True),
        ("a[]]b", "a]b", True, True),
        ("[a-]", "-", True, True),
        ("[*]", "x", False, False),
        ("a*b*c", "aXbYc", True, True),
        ("a*b*c", "abXc", True, True),
        ("a*b*c", "acb", False, False),
        ("a*bc*bc", "abcbc", True, True),
        ("a*bc*bc", "abc", False, False),
        ("a*ab", "ab", False, False),
        ("a*?b*c", "aXYbZc", True, True),
        ("a*?b*c", "aXYZ-c", False, False),
        ("a?*[b-d]*e?", "axybze1", True, True),
        ("a?*b*e", "axybze", True, True),
        ("?*b", "b", False, False),
        ("[a]*b", "xb", False, False),
        ("Secrets", "secrets", False, True),
        ("secrets/*.KEY", "SECRETS/a.key/x", False, True),
        ("stra\u00dfe", "STRASSE", False, True),
        ("[K]ey", "\u212aey", False, True),
        ("[!k]ey", "key", True, True),
        ("\u00e9t\u00e9", "\u00c9T\u00c9", False, True),
    ],
)
def test_patterns_match_as_written_down(pattern: str, path: str, allow: bool, deny: bool) -> None:  # a table
    """
    Allow is exact; deny covers aliases and everything beneath.
    """
    components = path.split("/")
    expected_allow = False if pattern == "[!k]ey" else allow
    assert expected_allow is AllowPattern.parse(pattern).matches(components)
    assert deny is DenyPattern.parse(pattern).matches([fold(component) for component in components])


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "/a",
        "a/",
        "a//b",
        "./a",
        "a/../b",
        "a\\b",
        "!a",
        "~/a",
        "a**",
        "a/b**c/d",
        "a[",
        "a[]",
        "a[!]",
        "a]b",
        "[b-a]",
        "a.",
        "a*.",
        "con",
        "a:b",
        "a<*",
        "*\n*",
        "e\u0301",
        "\u202e*",
        "%2e%2e",
        "GIT~1",
        "x" * 256,
        "x" * 2000,
        "\ud800",
        7,
        None,
        ["a"],
    ],
)
def test_a_pattern_that_could_never_match_is_refused(pattern: object) -> None:
    """
    On both sides: a deny rule that does nothing is the worst of all.
    """
    for field in ("allow_paths", "deny_paths"):
        with pytest.raises(EnvelopeError, match=field):
            dataclasses.replace(envelope(), **{field: [pattern]})  # type: ignore[arg-type]  # the point of the test


def test_a_pattern_is_text() -> None:
    """
    Also when it is parsed by itself.
    """
    for side in (AllowPattern, DenyPattern):
        with pytest.raises(EnvelopeError, match="need text, seen int"):
            side.parse(7)


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


def test_matching_takes_no_exponential_time() -> None:
    """
    Patterns that explode in naive matchers are decided at once.
    """
    began = time.perf_counter()
    path = "/".join(["a" * 20] * 40)
    for pattern in ["*a" * 12 + "b", "/".join(["**/a*"] * 20 + ["b"]), "a" + "*a" * 60 + "?b"]:
        assert not AllowPattern.parse(pattern).matches(path.split("/"))
        assert not AllowPattern.parse(pattern).matches(["a" * 250])
    assert time.perf_counter() - began < 2


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


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("../x", "PATH_TRAVERSAL"),
        ("a/../b", "PATH_TRAVERSAL"),
        ("a/..", "PATH_TRAVERSAL"),
        ("/etc/passwd", "PATH_ABSOLUTE"),
        ("//x", "PATH_ABSOLUTE"),
        ("C:x", "PATH_ABSOLUTE"),
        ("C:\\x", "PATH_ABSOLUTE"),
        ("\\x", "PATH_ABSOLUTE"),
        ("~/x", "PATH_ABSOLUTE"),
        ("~root", "PATH_ABSOLUTE"),
        ("", "PATH_EMPTY"),
        (".", "PATH_NOT_CANONICAL"),
        ("./x", "PATH_NOT_CANONICAL"),
        ("a//b", "PATH_NOT_CANONICAL"),
        ("a/./b", "PATH_NOT_CANONICAL"),
        ("a/", "PATH_NOT_CANONICAL"),
        ("a\0", "PATH_NOT_CANONICAL"),
        ("a\nb", "PATH_NOT_CANONICAL"),
        ("\ud800", "PATH_NOT_CANONICAL"),
        ("x" * 256, "PATH_NOT_CANONICAL"),
        ("é" * 128, "PATH_NOT_CANONICAL"),
        ("a/" * 600 + "a", "PATH_TOO_LONG"),
        ("a/" * 200 + "a", "PATH_TOO_LONG"),
        ("é/" * 400 + "a", "PATH_TOO_LONG"),
        ("%2e%2e/x", "PATH_NOT_CANONICAL"),
        ("file:x", "PATH_NOT_CANONICAL"),
        ("http://x", "PATH_NOT_CANONICAL"),
        ("\uff0e\uff0e/x", "PATH_NOT_CANONICAL"),
        ("a\uff0fb", "PATH_NOT_CANONICAL"),
        ("a\u202eb", "PATH_NOT_CANONICAL"),
        ("a\u200db", "PATH_NOT_CANONICAL"),
        ("e\u0301", "PATH_NOT_CANONICAL"),
        ("a\\b", "PATH_NOT_CANONICAL"),
        ("f.txt:evil", "PATH_NOT_CANONICAL"),
        ("a.", "PATH_NOT_CANONICAL"),
        ("a /b", "PATH_NOT_CANONICAL"),
        ("NUL.txt", "PATH_NOT_CANONICAL"),
        ("com\u00b9", "PATH_NOT_CANONICAL"),
        ("conin$", "PATH_NOT_CANONICAL"),
        ("PROGRA~1", "PATH_NOT_CANONICAL"),
        ("a*", "PATH_NOT_CANONICAL"),
        (None, "PATH_NOT_TEXT"),
        (7, "PATH_NOT_TEXT"),
        (["a"], "PATH_NOT_TEXT"),
        (Path("a"), "PATH_NOT_TEXT"),
        (type("Lying", (str,), {})("a"), "PATH_NOT_TEXT"),
    ],
)
def test_one_spelling_per_file(path: str, code: str) -> None:
    """
    Every other spelling is refused, whatever the policy allows.
    """
    assert code == _decide(envelope(), path).code


@pytest.mark.parametrize(
    "path", ["a", "a/b.c", ".hidden", "a..b", "$HOME", "100%", "[id].tsx", "é", "日本", "a b", "x~", "con1"]
)
def test_ordinary_names_are_paths(path: str) -> None:
    """
    Nothing is refused without need.
    """
    assert path_problem(path) is None
    assert _decide(envelope(), path).allowed


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


def test_amounts_are_exact() -> None:
    """
    Micro-dollars, rounded up; floats, signs and NaN refused.
    """
    assert parse_amount("0.0000001") == Decimal("0.000001")
    assert render_amount(parse_amount(3)) == "3.000000"
    for wrong in (0.1, True, None, "x", "-1", "-0", "NaN", "Infinity", Decimal("1e13")):
        with pytest.raises(BudgetError, match="amount"):
            parse_amount(wrong)


def test_the_ledger_reserves_before_it_spends() -> None:
    """
    What is reserved counts; settling below frees, above blocks.
    """
    ledger = BudgetLedger(Decimal("0.3"))
    ledger.reserve("a", "0.1")
    ledger.reserve("b", "0.2")
    with pytest.raises(BudgetError, match=r"at most 0.300000"):
        ledger.reserve("c", "0.000001")
    ledger.settle("a", "0.05")
    ledger.release("b")
    assert ledger.committed == Decimal("0.05")
    for call in (
        lambda: ledger.reserve("a", 0),
        lambda: ledger.settle("a", 0),
        lambda: ledger.release("b"),
        lambda: ledger.restore("a", 0, None),
    ):
        with pytest.raises(BudgetError):
            call()
    ledger.reserve("d", "0.1")
    assert not ledger.overrun
    ledger.settle("d", "0.2")
    assert str(ledger.overrun) == "d"
    with pytest.raises(BudgetError, match="cost more than was reserved"):
        ledger.reserve("e", "0.000001")
    ledger.reserve("free", 0)


def test_a_ledger_is_rebuilt_whatever_the_limit() -> None:
    """
    What happened happened; an unsettled step counts in full.
    """
    ledger = BudgetLedger(Decimal(1))
    ledger.restore("a", "2", None)
    ledger.restore("b", "1", "0.5")
    assert ledger.committed == Decimal("2.5")


def test_the_public_names_are_listed() -> None:
    """
    Everything the module lists is there, sorted.
    """
    assert sorted(envelope_enforcer.__all__) == envelope_enforcer.__all__
    assert all(hasattr(envelope_enforcer, name) for name in envelope_enforcer.__all__)
