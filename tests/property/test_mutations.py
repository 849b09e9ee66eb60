"""
Any change of a valid archive is refused, or leaves what every reader finds as it was.
"""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from phase2_gate.core import profile, rules, verify
from phase2_gate.core.report import Verdict, Verification
from phase2_gate.core.source import MemorySource
from tests import readers, vectors
from tests.forge import Forged, bundle, deflated, run_stream

_NAMES = st.sampled_from([b"a.py", b"b/c.txt", b"b/d.bin", "\u00e9".encode(), b"z"])
_CONTENT = st.binary(max_size=40) | st.just(b"PK\x03\x04PK\x01\x02PK\x05\x06PK\x07\x08" * 3)
_FILES = st.dictionaries(_NAMES, _CONTENT, min_size=1)
_BASES = [data for data in vectors.ACCEPTED.values() if len(data) < 4000]


def _judge(data: bytes) -> Verification:
    return verify.judge(MemorySource(data), profile.GENERIC).verification


@given(_FILES)
def test_every_honest_bundle_passes_and_is_read_alike(files: dict[bytes, bytes]) -> None:
    """
    Whatever the contents, records of the format included: PASS, canonical, and the same for independent readers.
    """
    data = bundle(*(Forged(name, content) for name, content in sorted(files.items())))
    judgement = verify.judge(MemorySource(data), profile.GENERIC, require_canonical=True)
    expected = {name.decode(): content for name, content in files.items()}

    assert judgement.verification.findings == ()
    for reader in (readers.by_zipfile, readers.by_stream):
        found = reader(data)
        assert found.pop("manifest.txt") is not None
        assert found == expected


@st.composite
def _mutated(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """
    An accepted archive, and the same with a few bytes changed, cut out, put in, or moved.
    """
    base = draw(st.sampled_from(_BASES))
    data = base
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        stop = min(len(data), at + draw(st.integers(0, 40)))
        kind = draw(st.sampled_from(["change", "cut", "insert", "double"]))
        piece = {
            "change": draw(st.binary(min_size=stop - at, max_size=stop - at)),
            "cut": b"",
            "insert": draw(st.binary(max_size=8)) + data[at:stop],
            "double": data[at:stop] * 2,
        }[kind]
        data = data[:at] + piece + data[stop:]
    return base, data


@given(_mutated())
@settings(max_examples=400)
def test_any_mutation_is_refused_or_changes_nothing(pair: tuple[bytes, bytes]) -> None:
    """
    What still passes holds the same files, as two readers that share no code with ours find them.
    """
    base, data = pair
    if _judge(data).verdict is Verdict.PASS:
        assert readers.by_zipfile(data) == readers.by_zipfile(base)
        assert readers.by_stream(data) == readers.by_stream(base)


@given(st.binary(max_size=200), st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06" + bytes(18)]))
def test_noise_is_a_finding(data: bytes, end: bytes) -> None:
    """
    Any bytes whatever are judged: FAIL, by findings of known rules, and no exception.
    """
    verification = _judge(data + end)

    assert verification.verdict is Verdict.FAIL
    assert {finding.rule for finding in verification.findings} <= rules.RULES.keys()


@given(st.integers(1, 400), st.integers(-3, 3))
def test_sizes_that_lie(matches: int, lie: int) -> None:
    """
    A deflated member yields exactly what it declares, or is refused.
    """
    content = b"a" * (1 + 258 * matches)
    member = deflated(b"a", content, run_stream(b"a", matches), both={"size": len(content) + lie})

    rules_broken = [finding.rule for finding in _judge(bundle(member)).findings]

    assert rules_broken == (["data-size-mismatch"] if lie else [])
