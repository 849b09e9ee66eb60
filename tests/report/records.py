"""
Records to render: a PASS, a FAIL, a BLOCKED, and one that holds whatever foreign text can hold.
"""

from __future__ import annotations

from phase2_gate.core import rules
from phase2_gate.core.digest import Sha256
from phase2_gate.core.evidence import Interpreter, Run, Test
from phase2_gate.core.findings import Finding
from phase2_gate.core.record import Host, Record, Subject
from phase2_gate.core.report import GateResult, Verification, cut_short, judged, required_rules
from tests.values import replace

BUNDLE_SHA256 = Sha256("1" * 64)
MANIFEST_SHA256 = Sha256("2" * 64)

HOSTILE = (
    "<script>alert(1)</script>",
    "nul\0nul",
    "\x1b[31mred\x1b]0;title\x07",
    "]]>",
    "--><!--",
    "\"quoted\" 'and' &amp; &lt;",
    "abc\u202edef\u2066\u200f",
    "\u05d0\u05d1\u05d2 \u0627\u0628",
    "lone \ud800 and \udcff surrogates",
    "\ufffe\uffff",
    "two\nlines\r\n::error::injected",
    "##[add-path]evil",
    "```\n# RESULT: PASS\n```",
    "{0} {{1}} [text](https://example.org)",
    "back\\slash",
    "",
)
"""Texts that each break some careless renderer."""

_LOG = "\n".join(HOSTILE).encode("utf-8", "surrogatepass") + b"\xff\xfe\xc3(\n"

_INTERPRETER = Interpreter("/usr/bin/python3", "3.12.1", "CPython", "8.3.4")
_PASSED = tuple(judged(gate, (), notes=(f"{gate} as demanded",)) for gate in rules.GATES)


def _run(gate: str, stdout: bytes = b"", stderr: bytes = b"") -> Run:
    return Run(gate, ("python3", "-m", gate), "exit status 0", 1.25, stdout, stderr, "strict", ("namespaces",))


def _record(gates: tuple[GateResult, ...], **changes: object) -> Record:
    record = Record(
        action="audit",
        tool="0.1.0",
        subject=Subject("good.zip", "bundle", 1234, BUNDLE_SHA256, MANIFEST_SHA256, 7, ""),
        profile="generic",
        verification=Verification(required_rules(rules.GATES), gates),
        host=Host("Linux 6.1 x86_64", "CPython 3.11.7"),
        started_at="2026-01-02T03:04:05Z",
        seconds=2.5,
        interpreter=_INTERPRETER,
        isolation="strict",
        runs=(_run("imports"), _run("tests", b"2 passed\n")),
        tests=(Test("tests/test_a.py::test_one", "passed"), Test("tests/test_a.py::TestB::test_two[a::b]", "passed")),
        checkpoint="origin\n9\nhead\n",
    )
    return replace(record, **changes)


PASS = _record(_PASSED)
"""Everything passed."""

FAIL = _record(
    (
        *_PASSED[:3],
        judged(
            "digests",
            [
                Finding("manifest-digest-mismatch", "pkg/a b.py", "another digest", 77, "3" * 64, "4" * 64),
                Finding("manifest-digest-mismatch", "pkg/b.py", "another digest", None, "5" * 64, "6" * 64),
            ],
        ),
        *(cut_short(gate, (), (), "no code runs before every static gate has passed") for gate in rules.GATES[4:]),
    ),
    runs=(),
    tests=(),
    interpreter=None,
    isolation="",
)
"""One gate failed, the later ones did not run."""

BLOCKED = _record(
    (GateResult("archive", blocked="gone.zip: cannot be opened: No such file", notes=("check the path",)),),
    subject=Subject("gone.zip", "bundle"),
    runs=(),
    tests=(),
    interpreter=None,
    isolation="",
    checkpoint="",
)
"""There was nothing to judge."""

_OUTCOMES = ("failed", "error", "skipped", "xfailed", "xpassed", "deselected", "missing", "passed")

FOREIGN = _record(
    (
        judged("archive", [Finding("archive-comment", None, text, 5, text, text) for text in HOSTILE]),
        judged("paths", [Finding("name-control", text, text, None, text, None) for text in HOSTILE]),
        judged("manifest", [Finding("manifest-path", text, text, 9) for text in HOSTILE]),
        *(
            GateResult(gate, blocked=f"{gate}: {text}", notes=(text,))
            for gate, text in zip(rules.GATES[3:], HOSTILE, strict=False)
        ),
    ),
    subject=Subject("<b>\udcff\n.zip", "bundle", 9, BUNDLE_SHA256, MANIFEST_SHA256, 1, "</td> byte 3\x1b"),
    profile="<i>]]>\x00",
    runs=tuple(replace(_run(gate, _LOG, _LOG), notes=HOSTILE, command=HOSTILE) for gate in ("imports", "tests")),
    tests=tuple(
        Test(f"tests/test_{text}.py::test_{text}[{text}]", outcome, text) for text in HOSTILE for outcome in _OUTCOMES
    )
    + tuple(Test(text, "passed") for text in HOSTILE),
    interpreter=Interpreter("/tmp/<py>\x00", "<v>\x1b", "<i>\x1b", "<p>\x1b"),
    checkpoint="<origin>\n1\n\x1b\n",
    workspace="/tmp/<w>\n",
    notes=HOSTILE,
)
"""Foreign text wherever a record can hold some."""

ALL = {"pass": PASS, "fail": FAIL, "blocked": BLOCKED, "foreign": FOREIGN}
"""The records by name."""

LARGE = replace(PASS, runs=(_run("tests", b"\xff\x00<&]]>\x1b\n" * 2_500_000, b"x" * 20_000_000),))
"""Twenty megabytes of output on each stream."""
