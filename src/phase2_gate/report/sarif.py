"""
Records as SARIF 2.1.0 (OASIS), for code scanning and its viewers: one run for each bundle.

Each finding is a result at the member it names. Member names are foreign: only a name that is a sound member path
becomes a URI, any other stays in the message and in a logical location, so no viewer is led out of the bundle. The
offset of a finding is a place in the archive, or in ``manifest.txt`` for rules about the manifest; it is given as a
related location.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from itertools import islice
from urllib.parse import quote

from ..core import manifest, paths, rules
from ..core.errors import InvalidPathError
from ..core.escape import line
from ..core.findings import Finding
from ..core.record import Record
from ..core.report import GateResult, Verdict

VERSION = "2.1.0"
"""The version of SARIF."""
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
"""Where its schema is published; nothing here is ever loaded from there."""

MAX_RESULTS = 25_000
"""Results of one run; GitHub refuses a run with more, and report.json has all of them."""

_BASE = "BUNDLE"
_INDEX = {slug: index for index, slug in enumerate(rules.RULES)}


def render(records: Sequence[Record]) -> str:
    """
    The document: sorted keys, ASCII, one line feed at the end.

    Args:
        records: One or more; each becomes a run.
    """
    value = {"$schema": SCHEMA, "version": VERSION, "runs": [_run(record) for record in records]}
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=True, allow_nan=False) + "\n"


def _run(record: Record) -> dict[str, object]:
    driver = {
        "name": "phase2-gate",
        "version": record.tool,
        "rules": [_rule(rule) for rule in rules.RULES.values()],
    }
    whole = {"uri": quote(_bytes(record.subject.name), safe=""), "index": 0}
    return {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"phase2-gate/{line(record.profile)}/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_BASE: {"description": {"text": "The root of the bundle's members."}}},
        "artifacts": [_artifact(record, str(whole["uri"]))],
        "invocations": [_invocation(record)],
        "results": [
            {**_result(found, gate, whole), **suppressed}
            for gate, found, suppressed in islice(_findings(record), MAX_RESULTS)
        ],
        "properties": {
            "verdict": record.verdict.value,
            "result": record.result,
            "unjudged": list(record.verification.unjudged),
        },
    }


def _findings(record: Record) -> Iterator[tuple[str, Finding, dict[str, object]]]:
    """
    The findings that count, then those that do not, each with its gate and whether it is suppressed.

    Where one result says that, every result has to (3.27.23).
    """
    gates = record.verification.gates
    counted: dict[str, object] = {"suppressions": []} if record.verification.waived else {}
    yield from ((gate.gate, found, counted) for gate in gates for found in gate.findings)
    for gate in gates:
        for waived in gate.waived:
            accepted = {"kind": "external", "status": "accepted", "justification": line(waived.reason)}
            yield gate.gate, waived.finding, {"suppressions": [accepted]}


def _rule(rule: rules.Rule) -> dict[str, object]:
    references = "".join(f"\n\nReference: {reference}" for reference in rule.references)
    return {
        "id": rule.slug,
        "shortDescription": {"text": rule.meaning},
        "fullDescription": {"text": f"{rule.meaning} {rule.why}"},
        "help": {
            "text": f"{rule.meaning} {rule.why} Remedy: {rule.remedy}.{references}",
            "markdown": f"{rule.meaning} {rule.why}\n\n**Remedy**: {rule.remedy}.{references}",
        },
        "defaultConfiguration": {"level": "error"},
        "properties": {"gate": rule.gate, "tags": [rule.gate]},
    }


def _artifact(record: Record, uri: str) -> dict[str, object]:
    subject = record.subject
    artifact: dict[str, object] = {
        "location": {"uri": uri},
        "roles": ["analysisTarget"],
    }
    if subject.size is not None:
        artifact["length"] = subject.size
    if subject.sha256 is not None:
        artifact["hashes"] = {"sha-256": subject.sha256}
    return artifact


def _invocation(record: Record) -> dict[str, object]:
    notifications = [_notification(gate) for gate in record.verification.gates if gate.blocked]
    more = sum(len(gate.findings) + len(gate.waived) for gate in record.verification.gates) - MAX_RESULTS
    if more > 0:
        notifications.append({"level": "warning", "message": {"text": f"{more} more findings are in report.json"}})
    return {
        "executionSuccessful": record.verdict is not Verdict.BLOCKED,
        "exitCode": record.verdict.exit_code,
        "startTimeUtc": record.started_at,
        "toolExecutionNotifications": notifications,
    }


def _notification(gate: GateResult) -> dict[str, object]:
    text = f"{gate.gate}: {line(gate.blocked)}" + "".join(f" (hint: {line(note)})" for note in gate.notes)
    return {"level": "error", "message": {"text": text}}


def _result(found: Finding, gate: str, whole: dict[str, object]) -> dict[str, object]:
    path = "" if found.path is None else f"{line(found.path)}: "
    result: dict[str, object] = {
        "ruleId": found.rule,
        "ruleIndex": _INDEX[found.rule],
        "level": "error",
        # Braces and square brackets would be placeholders and links (3.11.5, 3.11.6); a backslash keeps them text.
        "message": {"text": _plain(f"{path}{line(found.message())}" or found.rule)},
        "locations": [_location(found, whole)],
        "partialFingerprints": {"phase2Gate/v1": _fingerprint(found)},
    }
    if found.offset is not None:
        place = _member(manifest.NAME) if gate == "manifest" else whole
        result["relatedLocations"] = [
            {
                "physicalLocation": {"artifactLocation": place, "region": {"byteOffset": found.offset}},
                "message": {"text": f"byte {found.offset}"},
            }
        ]
    return result


def _plain(text: str) -> str:
    # Escaped text has its backslashes doubled already; a single one before a bracket or brace is ours alone.
    for char in "[]":
        text = text.replace(char, f"\\{char}")
    return text.replace("{", "{{").replace("}", "}}")


def _location(found: Finding, whole: dict[str, object]) -> dict[str, object]:
    if found.path is None:
        return {"physicalLocation": {"artifactLocation": whole}}
    logical = [{"fullyQualifiedName": line(found.path), "kind": "member"}]
    place = _member(found.path) if _is_sound(found.path) else whole
    return {"physicalLocation": {"artifactLocation": place}, "logicalLocations": logical}


def _member(path: str) -> dict[str, object]:
    return {"uri": quote(path.encode()), "uriBaseId": _BASE}


def _is_sound(path: str) -> bool:
    try:
        paths.parse(path)
    except InvalidPathError:
        return False
    return True


def _fingerprint(found: Finding) -> str:
    text = "\0".join((found.rule, found.path or "", found.detail, found.seen or ""))
    return hashlib.sha256(_bytes(text)).hexdigest()


def _bytes(text: str) -> bytes:
    # Whatever was not UTF-8 in an archive or in a file name is a lone surrogate here.
    return text.encode("utf-8", "surrogatepass")
