"""
A record as one HTML file: no script, no remote asset, light and dark, printable.

Foreign text is made printable first (`phase2_gate.core.escape`), then escaped for HTML, then isolated (``<bdi>``), so
it can neither end its element nor turn the text around it. A policy in the document forbids every load but the style
sheet in it, whose digest it names: even a mistake here could not run or fetch anything.
"""

from __future__ import annotations

import base64
import hashlib
import shlex
from collections.abc import Iterable, Iterator
from html import escape

from ..core import rules
from ..core.escape import line
from ..core.evidence import Run
from ..core.findings import Finding
from ..core.profile import BUILTIN
from ..core.record import Record
from ..core.report import GateResult
from . import captured, html_style
from .html_text import bdi, code, prose, text

_SHOWN = 500
"""Findings of one rule that are listed; report.json has all."""

_STATES = {"pass": "pass", "fail": "fail", "blocked": "blocked", "not run": "idle"}

_MEANING = """\
<p>The verdict is about the bytes named above. A PASS says that the archive has one meaning, that its files are those of
its manifest, and, for an audit, that its tests were seen to run and pass here.</p>
<p>It does not say that the code is safe, nor who made it; a bundle judged by the verifier that it carries shows
consistency, not origin.</p>"""


def render(record: Record) -> str:
    """
    The document.
    """
    style = html_style.sheet()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    sections = [(slug, title, body) for slug, title, body in _sections(record) if body]
    parts = [
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">',
        f"<title>{record.verdict.value}: {text(record.subject.name)}</title>",
        f"<style>{style}</style>\n</head>\n<body>",
        '<a class="skip" href="#main">Skip to the report</a>',
        f"<header>\n<h1>{_state(record.verdict.value.lower())} {bdi(record.subject.name)}</h1>",
        f"<p>{text(record.result)}</p>\n</header>",
        '<nav aria-label="Contents">\n<ul>',
        *(f'<li><a href="#{slug}">{title}</a></li>' for slug, title, _ in sections),
        '</ul>\n</nav>\n<main id="main">',
        *(
            f'<section aria-labelledby="{slug}">\n<h2 id="{slug}">{title}</h2>\n' + "\n".join(body) + "\n</section>"
            for slug, title, body in sections
        ),
        f"</main>\n<footer>\n<p>phase2-gate {text(record.tool)}</p>\n</footer>\n</body>\n</html>",
    ]
    return "\n".join(parts) + "\n"


def _state(state: str) -> str:
    return f'<span class="state {_STATES[state]}">{state.upper()}</span>'


def _counted(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'s'[: number != 1]}"


def _sections(record: Record) -> Iterator[tuple[str, str, list[str]]]:
    yield "subject", "What was judged", list(_subject(record))
    yield "gates", "Gates", list(_gates(record))
    yield "findings", "Findings", [part for gate in record.verification.gates for part in _findings(gate)]
    yield "waived", "Waived", list(_waived(record))
    yield "tests", "Tests", list(_tests(record))
    yield "output", "Output", [part for run in record.runs for part in _run(run)]
    yield "demands", "Demands and limits", list(_demands(record))
    yield "environment", "Environment", list(_environment(record))
    yield "again", "How to check it again", list(_again(record))
    yield "meaning", "What this says", [_MEANING]


def _rows(caption: str, rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield f"<table>\n<caption>{caption}</caption>\n<tbody>"
    yield from (f'<tr><th scope="row">{name}</th><td>{value}</td></tr>' for name, value in rows)
    yield "</tbody>\n</table>"


def _columns(*heads: str) -> str:
    cells = "".join(f'<th scope="col">{head}</th>' for head in heads)
    return f"<tr>{cells}</tr>\n</thead>\n<tbody>"


def _subject(record: Record) -> Iterator[str]:
    subject = record.subject
    members = _counted(subject.members, "member")
    canonical = {None: "not told", "": "yes"}.get(subject.difference, f"no: {bdi(subject.difference or '')}")
    yield from _rows(
        "The bytes that the verdict is about",
        (
            (f"{subject.kind} sha256", code(subject.sha256) if subject.sha256 else "not taken"),
            ("manifest sha256", code(subject.manifest_sha256) if subject.manifest_sha256 else "none"),
            ("size", "unknown" if subject.size is None else f"{subject.size} bytes, {members}"),
            ("canonical", canonical),
            ("profile", code(record.profile)),
            ("isolation", text(record.isolation) or "nothing was run"),
        ),
    )


def _demands(record: Record) -> Iterator[str]:
    if (it := record.demands) is None:
        return
    rows = [
        ("tests that must pass", str(it.minimum_tests)),
        ("tests that may be skipped", f"{it.max_skipped:.0%}"),
        ("plugins of pytest", code(", ".join(it.plugins)) if it.plugins else "none"),
        *((f"limit {name}", str(value)) for name, value in it.limits.named().items()),
    ]
    yield "<details>\n<summary>The profile as it was in force</summary>"
    yield from _rows("What was demanded, and what judging may have cost", rows)
    yield "</details>"


def _gates(record: Record) -> Iterator[str]:
    yield "<table>\n<caption>Every gate, in the order in which an audit goes through them</caption>\n<thead>"
    yield _columns("gate", "state", "rules", "findings", "about")
    for gate in record.verification.gates:
        about = gate.blocked or gate.skipped or ("" if gate.findings else "; ".join(gate.notes))
        yield (
            f'<tr><th scope="row">{text(gate.gate)}</th><td>{_state(gate.state)}</td>'
            f'<td class="number">{len(gate.ran)}</td><td class="number">{len(gate.findings)}</td>'
            f"<td>{bdi(about)}</td></tr>"
        )
        if gate.blocked:
            yield from (f'<tr><td></td><td colspan="4">Hint: {bdi(note)}</td></tr>' for note in gate.notes)
    yield "</tbody>\n</table>"
    if record.verification.unjudged:
        yield f"<details>\n<summary>{_counted(len(record.verification.unjudged), 'rule')} did not run</summary>"
        yield f"<p>{text(', '.join(record.verification.unjudged))}</p>\n</details>"


def _findings(gate: GateResult) -> Iterator[str]:
    if gate.findings:
        yield f"<h3>{text(gate.gate)}</h3>"
    by_rule: dict[str, list[Finding]] = {}
    for finding in gate.findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    for slug, found in by_rule.items():
        rule = rules.RULES[slug]
        yield f"<p><strong>{slug}</strong>: {prose(rule.meaning)} {prose(rule.why)}</p>\n<ul>"
        yield from (f"<li>{_finding(finding)}</li>" for finding in found[:_SHOWN])
        yield "</ul>"
        if len(found) > _SHOWN:
            yield f"<p>And {len(found) - _SHOWN} more, in report.json.</p>"
        yield f"<p>Remedy: {prose(rule.remedy)}.</p>"


def _finding(finding: Finding) -> str:
    where = "" if finding.path is None else f"{code(finding.path)}: "
    return where + bdi(finding.message())


def _waived(record: Record) -> Iterator[str]:
    for waiver, count in record.waivers:
        yield f"<p><strong>{waiver.rule}</strong>, {_counted(count, 'finding')}: {bdi(waiver.reason)}</p>"
        found = [one.finding for one in record.verification.waived if one.finding.rule == waiver.rule]
        if found:
            yield "<ul>"
            yield from (f"<li>{_finding(finding)}</li>" for finding in found[:_SHOWN])
            yield "</ul>"
        if count > _SHOWN:
            yield f"<p>And {count - _SHOWN} more, in report.json.</p>"


def _tests(record: Record) -> Iterator[str]:
    if not record.tests:
        return
    others = [test for test in record.tests if test.outcome != "passed"]
    yield f"<p>{len(record.tests) - len(others)} of {len(record.tests)} passed.</p>"
    if others:
        yield "<table>\n<caption>Tests that did not pass</caption>\n<thead>"
        yield _columns("test", "outcome", "detail")
        yield from (
            f'<tr><th scope="row">{code(test.name)}</th><td>{text(test.outcome)}</td><td>{bdi(test.detail)}</td></tr>'
            for test in others
        )
        yield "</tbody>\n</table>"
    yield f"<details>\n<summary>All tests ({len(record.tests)})</summary>\n<ul>"
    yield from (f"<li>{text(test.outcome)}: {code(test.name)}</li>" for test in record.tests)
    yield "</ul>\n</details>"


def _run(run: Run) -> Iterator[str]:
    yield f"<h3>{text(run.gate)}</h3>"
    layers = f"; {text(', '.join(run.layers))}" if run.layers else ""
    yield f"<p>{code(shlex.join(run.command))}</p>"
    yield f"<p>{text(run.ended)}, {run.seconds:.2f} s. Isolation: {text(run.isolation)}{layers}.</p>"
    yield from (f"<p>Note: {bdi(note)}</p>" for note in run.notes)
    if run.gate == "tests":
        yield '<p class="muted">Each module holds a test of ours that must fail: exit status 1 is the good end.</p>'
    for name, data in (("stdout", run.stdout), ("stderr", run.stderr)):
        log = f"logs/{text(run.gate)}.{name}"
        if not data:
            yield f'<p class="muted">{name}: empty ({log})</p>'
            continue
        part = "" if len(data) <= captured.QUOTED_BYTES else f", of which the last {captured.QUOTED_BYTES} follow"
        quoted = "\n".join(escape(quoted) for quoted in captured.lines(data))
        # A line feed right behind <pre> is dropped by every parser; the one written here keeps a first blank line.
        yield f'<details>\n<summary>{name}: {len(data)} bytes{part} ({log})</summary>\n<pre dir="ltr">\n{quoted}</pre>'
        yield "</details>"


def _environment(record: Record) -> Iterator[str]:
    rows = [
        ("began", f"{text(record.started_at)}, {record.seconds:.2f} s"),
        ("verifier", f"{text(record.host.python)} on {text(record.host.platform)}"),
    ]
    if (it := record.interpreter) is not None:
        what = text(f"{it.implementation} {it.version}, pytest {it.pytest}")
        rows.append(("interpreter of the bundle", f"{code(it.path)}, {what}"))
        if it.packages:
            rows.append(("packages", bdi(", ".join(it.packages))))
    if record.workspace:
        rows.append(("extracted files", code(record.workspace)))
    if record.checkpoint:
        rows.append(("journal", f"{code(' '.join(record.checkpoint.split()))} (origin, entries, head)"))
    rows.extend(("note", bdi(note)) for note in record.notes)
    yield from _rows("Where and when it was judged", rows)


def _again(record: Record) -> Iterator[str]:
    name, subject = shlex.quote(line(record.subject.name)), record.subject
    profile = record.profile if record.profile in BUILTIN else "PROFILE.toml"
    yield "<p>In the directory of this report, that it is whole:</p>"
    yield f"<p>{code('sha256sum -c SHA256SUMS')}</p>"
    if subject.sha256 is not None:
        yield f"<p>That you have the same file, whose digest is {code(subject.sha256)}:</p>"
        yield f"<p>{code(f'sha256sum {name}')}</p>"
    yield "<p>With a phase2-gate that you installed yourself, that it still gets this verdict:</p>"
    yield f"<p>{code(f'phase2-gate {record.action} {name} --profile {profile}')}</p>"
