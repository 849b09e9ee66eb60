"""
What a statement claims, read out of its predicate: one value for both kinds.

Unknown keys are passed over, as in-toto's parsing rules want it; what is missing or of another type is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

from ..core.errors import RefusedError
from ..isolation.level import Level
from . import statement
from .strict_json import shown

_SHAPE = "predicate-shape"
# By their whole names: to lower the case of a foreign text would make one level of several.
_ISOLATIONS = {statement.level(level.value): level.value for level in Level}
_VERDICTS = {name: verdict.value for verdict, name in statement.RESULTS.items()}


@dataclass(frozen=True, slots=True)
class Claim:
    """
    The verdict that a statement gives, and under which terms.
    """

    verdict: str
    """``PASS`` or ``FAIL``."""
    profile: str
    """The name of what was demanded."""
    profile_sha256: str
    """The digest of its content."""
    isolation: str
    """How the bundle's code was confined; empty when none of it ran, or the statement does not say."""


def of_test_result(predicate: dict[str, object]) -> Claim:
    """
    The claim of a test result.

    Raises:
        RefusedError: with ``predicate-shape``.
    """
    configuration = predicate.get("configuration")
    if not isinstance(configuration, list):
        raise RefusedError(_SHAPE, "configuration: need a list")
    if len(configuration) < 2:
        raise RefusedError(_SHAPE, f"configuration: seen {len(configuration)} entries, need 2 or more")
    profile, tool = (_object(item, "configuration") for item in configuration[:2])
    name = _text(profile, "name")
    if not name.startswith("profile/") or tool.get("name") != "phase2-gate":
        raise RefusedError(_SHAPE, "configuration: need the profile and phase2-gate first")
    verdict = _verdict(predicate, "result")
    failed = predicate.get("failedTests")
    if not isinstance(failed, list) or (verdict == "PASS") != (failed == []):
        raise RefusedError(_SHAPE, "failedTests: does not go with the result")
    return Claim(
        verdict=verdict,
        profile=name.removeprefix("profile/"),
        profile_sha256=_text(_object(profile.get("digest"), "digest"), "sha256"),
        isolation=_text(_object(tool.get("annotations"), "annotations"), "isolation"),
    )


def of_summary(predicate: dict[str, object]) -> Claim:
    """
    The claim of a verification summary.

    Raises:
        RefusedError: with ``predicate-shape``.
    """
    policy = _object(predicate.get("policy"), "policy")
    prefix, levels = "urn:phase2-gate:profile:", predicate.get("verifiedLevels")
    uri = _text(policy, "uri")
    if _text(_object(predicate.get("verifier"), "verifier"), "id") != "urn:phase2-gate" or not uri.startswith(prefix):
        raise RefusedError(_SHAPE, "verifier: need phase2-gate and one of its profiles")
    verdict = _verdict(predicate, "verificationResult")
    if not isinstance(levels, list) or len(levels) != 1 or not isinstance(levels[0], str):
        raise RefusedError(_SHAPE, "verifiedLevels: need one level")
    level = levels[0]
    if (verdict == "FAIL") != (level == "FAILED") or not (level == "FAILED" or level in _ISOLATIONS):
        raise RefusedError(_SHAPE, "verifiedLevels: does not go with the result")
    return Claim(
        verdict=verdict,
        profile=unquote(uri.removeprefix(prefix)),
        profile_sha256=_text(_object(policy.get("digest"), "digest"), "sha256"),
        isolation="" if verdict == "FAIL" else _ISOLATIONS[level],
    )


READERS: dict[str, tuple[str, Callable[[dict[str, object]], Claim]]] = {
    "test-result": (statement.TEST_RESULT, of_test_result),
    "vsa": (statement.SUMMARY, of_summary),
}
"""The predicates by the names that the command line gives them: type and reader."""


def _object(value: object, name: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise RefusedError(_SHAPE, f"{name}: need an object")
    return value


def _text(value: dict[str, object], name: str) -> str:
    text = value.get(name)
    if not isinstance(text, str):
        raise RefusedError(_SHAPE, f"{name}: need a text")
    return text


def _verdict(predicate: dict[str, object], name: str) -> str:
    result = _text(predicate, name)
    if result not in _VERDICTS:
        raise RefusedError(_SHAPE, f"{name}: seen {shown(result)}, need PASSED or FAILED")
    return _VERDICTS[result]
