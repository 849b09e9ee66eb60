"""
The enforcer: decides requests under an envelope, and makes the grants without which no file is touched.

`decide` is pure and total: same request, same answer, no matter what the disk holds, and never an exception.
The order of its checks is fixed (shape, operation, cost, each path in order), so that the reason is stable too.
A mediator for cooperative automation, not a sandbox: code in the same process can go around it.
"""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from ..errors import BudgetError, EnvelopeError, EnvelopeViolation
from .budget import BudgetLedger, parse_amount, render_amount
from .decision import _ISSUER, ACCESSES, Access, Decision, Grant, PathUse, Request
from .envelope import OP_NAME, Envelope
from .paths import fold, path_problem
from .rule_index import RuleIndex
from .self_mod_protection import ProtectedSet

__all__ = [
    "Access",
    "BudgetLedger",
    "Decision",
    "Envelope",
    "EnvelopeEnforcer",
    "EnvelopeError",
    "EnvelopeViolation",
    "Grant",
    "PathUse",
    "Request",
]


class EnvelopeEnforcer:
    """
    Decides what may be done to one root.

    Args:
        envelope: The policy.
        root: The root that grants are valid for.
        protected: What no operation may change, whatever the policy says.
        known_ops: Names of all operations there are; None when the caller keeps no registry.

    Raises:
        EnvelopeError: The policy allows an operation that does not exist: a rule that does nothing.
    """

    def __init__(
        self,
        envelope: Envelope,
        root: object,
        protected: ProtectedSet,
        *,
        known_ops: Collection[str] | None = None,
    ) -> None:
        if type(envelope) is not Envelope:
            raise EnvelopeError(f"envelope: need an Envelope, seen {type(envelope).__name__}")
        self.known_ops = None if known_ops is None else frozenset(known_ops)
        unknown = sorted(set(envelope.allow_ops) - self.known_ops) if self.known_ops is not None else []
        if unknown:
            raise EnvelopeError(f"allow_ops: no such operations: {unknown}")
        self.envelope = envelope
        self.protected = protected
        self._root = root
        self._allow_ops = frozenset(envelope.allow_ops)
        self._digest = envelope.digest
        self._deny = RuleIndex(envelope.deny_patterns)
        self._allow = RuleIndex(envelope.allow_patterns)

    def decide(self, request: Request, *, committed: Decimal = Decimal(0)) -> Decision:
        """
        Decide a request.

        Args:
            request: What is asked; any object may be passed.
            committed: What the run has spent and reserved so far.
        """
        if type(request) is not Request or type(request.paths) is not tuple:
            return Decision(False, "REQUEST_MALFORMED", detail="need a Request with a tuple of PathUse")
        return (
            self._decide_op(request.op)
            or self._decide_cost(request.cost, committed)
            or next(filter(None, map(self._decide_use, request.paths)), None)
            or Decision(True, "ALLOWED")
        )

    def authorize(self, request: Request, *, committed: Decimal = Decimal(0)) -> Grant:
        """
        Decide a request and give the key to the files it names.

        Raises:
            EnvelopeViolation: The request is denied.
        """
        decision = self.decide(request, committed=committed)
        if not decision.allowed:
            raise EnvelopeViolation(decision.code, str(decision))
        return Grant(_ISSUER, request, self._digest, self._root)

    def _decide_op(self, op: object) -> Decision | None:
        if type(op) is not str or OP_NAME.fullmatch(op) is None:
            return Decision(False, "OP_UNKNOWN", detail=f"not the name of an operation: {ascii(op)[:100]}")
        if self.known_ops is not None and op not in self.known_ops:
            return Decision(False, "OP_UNKNOWN", detail=f"no operation {op!r}")
        if op not in self._allow_ops:
            return Decision(False, "OP_NOT_ALLOWED", detail=f"operation {op!r} is not in allow_ops")
        return None

    def _decide_cost(self, cost: object, committed: Decimal) -> Decision | None:
        if cost is None:
            return Decision(False, "COST_UNKNOWN", rule="max_budget_usd", detail="no upper bound of the cost")
        try:
            total = parse_amount(cost) + committed
        except BudgetError as exc:
            return Decision(False, "COST_UNKNOWN", rule="max_budget_usd", detail=str(exc))
        if total > self.envelope.budget_limit:
            limit = render_amount(self.envelope.budget_limit)
            detail = f"seen {render_amount(total)}, need at most {limit}"
            return Decision(False, "BUDGET_EXCEEDED", rule="max_budget_usd", detail=detail)
        return None

    def _decide_use(self, use: object) -> Decision | None:
        """
        Decide one path. Protection and deny come before allow, so that the reason names the stronger rule.
        """
        if type(use) is not PathUse or use.access not in ACCESSES or type(use.tree) is not bool:
            return Decision(False, "REQUEST_MALFORMED", detail="need a PathUse with a known access")
        path = use.path
        problem = path_problem(path)
        if problem is not None:
            return Decision(False, problem[0], path=ascii(path)[:200], detail=problem[1])
        components = path.split("/")
        folded = tuple(map(fold, components))
        if use.access != "read":
            rule = self.protected.rule_for(folded, tree=use.tree)
            if rule is not None:
                return Decision(False, "PATH_PROTECTED", rule=rule, path=path)
        deny = self._deny.first_match(folded)
        if deny is not None:
            return Decision(False, "PATH_DENIED", rule=deny.text, path=path)
        if self._allow.first_match(components) is not None:
            return None
        return Decision(False, "PATH_NOT_ALLOWED", path=path, detail="no allow pattern matches")
