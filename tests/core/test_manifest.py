"""
Tests of the manifest.
"""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tools import require

from phase2_gate.core import digest, manifest, paths
from phase2_gate.core.digest import Sha256
from phase2_gate.core.findings import Finding
from phase2_gate.core.manifest import Line
from phase2_gate.core.paths import MemberPath

A = Line(digest.of(b"a"), paths.parse("a"))
B = Line(digest.of(b"b"), paths.parse("b"))


def _is_member(text: str) -> bool:
    return not paths.problems(text) and text != manifest.NAME and text.isprintable()


LINES = st.dictionaries(
    st.text("abAB./ -\u00e9\u6587", min_size=1, max_size=9).filter(_is_member), st.binary(max_size=9)
)


def _lines(files: dict[str, bytes]) -> list[Line]:
    return [Line(Sha256(hashlib.sha256(data).hexdigest()), MemberPath(path)) for path, data in files.items()]


@given(LINES)
def test_parse_is_the_inverse_of_render(files: dict[str, bytes]) -> None:
    """
    What is rendered parses to the same lines without a finding, and has the size that was foretold.
    """
    lines = _lines(files)
    data = manifest.render(lines)

    parsed = manifest.parse(data)

    assert manifest.size(line.path for line in lines) == len(data)
    if files:
        assert (parsed.findings, set(parsed.lines)) == ((), set(lines))
        assert manifest.render(parsed.lines) == data
        assert manifest.is_rendering(
            data, [(line.digest, line.path) for line in sorted(lines, key=lambda line: line.path)]
        )


@given(LINES.filter(bool), st.data())
def test_what_parses_renders_to_the_same_bytes(files: dict[str, bytes], data: st.DataObject) -> None:
    """
    However a manifest is changed: without a finding it is exactly what its lines render to.
    """
    rendered = manifest.render(_lines(files))
    at = data.draw(st.integers(0, len(rendered)))
    cut = data.draw(st.integers(0, 2))
    changed = rendered[:at] + data.draw(st.binary(max_size=2)) + rendered[at + cut :]

    parsed = manifest.parse(changed)

    assert bool(parsed.findings) != (manifest.render(parsed.lines) == changed)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", ("manifest-empty", 0)),
        (b"\n\n", ("manifest-empty", 0)),
        (manifest.render([A, B])[:-1], ("manifest-line-ending", 135)),
        (manifest.render([A, B]).replace(b"  b", b" b"), ("manifest-malformed-line", 68)),
        (manifest.render([A]) + manifest.render([B]).replace(b"b\n", b"b\r\n"), ("manifest-line-ending", 68)),
        (manifest.render([B]) + manifest.render([A]), ("manifest-unsorted", None)),
        (manifest.render([A]) * 2, ("manifest-duplicate", None)),
    ],
)
def test_says_where(data: bytes, expected: tuple[str, int | None]) -> None:
    """
    A finding about a line has the offset at which it begins.
    """
    assert [(finding.rule, finding.offset) for finding in manifest.parse(data).findings] == [expected]


def test_passes_over_members_that_were_refused() -> None:
    """
    A line about a name that is a finding already is no second one.
    """
    data = manifest.render([A]) + digest.of(b"x").encode() + b"  ../x\n"

    assert manifest.parse(data, refused=frozenset({"../x"})).findings == ()
    assert [finding.rule for finding in manifest.parse(data).findings] == ["manifest-path"]


def test_compares_in_both_directions() -> None:
    """
    What is listed and not there, there and not listed, and there with other content.
    """
    membership, content = manifest.compare([A, B], {"b": digest.of(b"x"), "c": digest.of(b"c"), "d": None})

    assert [(finding.rule, finding.path) for finding in membership] == [
        ("manifest-missing-member", "a"),
        ("manifest-unlisted-member", "c"),
        ("manifest-unlisted-member", "d"),
    ]
    detail = "the content was changed"
    assert content == [Finding("manifest-digest-mismatch", "b", detail, None, digest.of(b"x"), B.digest)]


def test_content_that_could_not_be_read_is_no_mismatch() -> None:
    """
    Why it could not be read is another rule's finding; but it is no match either.
    """
    assert manifest.compare([A], {"a": None}) == ([], [])
    assert not manifest.is_rendering(manifest.render([A]), [(None, "a")])


def test_sha256sum_reads_it(tmp_path: Path) -> None:
    """
    The coreutils check a manifest of ours.
    """
    program = require("sha256sum")
    (tmp_path / "a").write_bytes(b"a")
    (tmp_path / "b").write_bytes(b"b")
    (tmp_path / "manifest.txt").write_bytes(manifest.render([A, B]))

    ran = subprocess.run(
        [program, "--strict", "-c", "manifest.txt"], cwd=tmp_path, capture_output=True, check=False, text=True
    )

    assert (ran.returncode, ran.stdout) == (0, "a: OK\nb: OK\n")
