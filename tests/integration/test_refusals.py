"""
Every bundle that must not pass is refused by its own rule, through the real command.

Each case is one defect in a bundle that passes without it.
"""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path

import pytest

from ..bundles import GOOD, PHASE2, archive, bundle, manifest
from .command import phase2_gate_in

LISTED = manifest(GOOD)
WHOLE = bundle(GOOD)
TEST = "tests/test_a.py"
LOCAL_NAME = WHOLE.index(b"pkg/__init__.py", WHOLE.index(LISTED) + len(LISTED))
"""Where the name of a package lies in a local header."""
DIRECTORY = WHOLE.index(b"PK\x01\x02")
"""Where the central directory begins."""


def flipped(position: int) -> bytes:
    """
    The good bundle with one byte changed.
    """
    return WHOLE[:position] + bytes([WHOLE[position] ^ 1]) + WHOLE[position + 1 :]


def named(path: str, content: bytes = b"x") -> bytes:
    """
    The good bundle with one more member.
    """
    return bundle({**GOOD, path: content})


def with_test(text: str, path: str = TEST) -> bytes:
    """
    The good bundle with another test file.
    """
    return bundle({**GOOD, path: text.encode()})


def line(path: str, content: bytes) -> bytes:
    """
    A line of a manifest.
    """
    return f"{hashlib.sha256(content).hexdigest()}  {path}\n".encode()


_ZEROS = b"0" * 64 + b"  zzz.py\n"

STATIC = {
    "not a ZIP": (b"hello, this is not an archive\n" * 10, "archive-not-zip"),
    "an empty file": (b"", "archive-empty"),
    "cut in the middle": (WHOLE[: len(WHOLE) // 2], "archive-truncated"),
    "cut by one byte": (WHOLE[:-1], "archive-truncated"),
    "bytes behind the end": (WHOLE + b"x", "archive-trailing-data"),
    "bytes before the beginning": (b"x" + WHOLE, "archive-prefix"),
    "data": (flipped(WHOLE.index(b"VALUE = 1")), "data-crc-mismatch"),
    "the manifest's data": (flipped(WHOLE.index(LISTED)), "data-crc-mismatch"),
    "a local name": (flipped(LOCAL_NAME), "local-name-mismatch"),
    "a central name": (flipped(WHOLE.index(b"pkg/__init__.py", DIRECTORY)), "local-name-mismatch"),
    "a local size": (flipped(WHOLE.index(b"PK\x03\x04") + 22), "local-size-mismatch"),
    "a central size": (flipped(DIRECTORY + 24), "stored-size-mismatch"),
    "a local method": (flipped(WHOLE.index(b"PK\x03\x04") + 8), "local-method-mismatch"),
    "a central method": (flipped(DIRECTORY + 10), "entry-method"),
    "a central offset": (flipped(DIRECTORY + 42), "entry-offset-mismatch"),
    "a central checksum": (flipped(DIRECTORY + 16), "local-crc-mismatch"),
    "the place of the directory": (flipped(len(WHOLE) - 6), "archive-directory-mismatch"),
    "the number of members": (flipped(len(WHOLE) - 12), "archive-count-mismatch"),
    "no manifest": (archive(GOOD), "manifest-missing"),
    "a manifest in a directory": (
        archive({f"top/{path}": content for path, content in {**GOOD, "manifest.txt": LISTED}.items()}),
        "manifest-missing",
    ),
    "an empty manifest": (bundle(GOOD, listed=b""), "manifest-empty"),
    "an unsorted manifest": (bundle(GOOD, listed=b"".join(reversed(LISTED.splitlines(True)))), "manifest-unsorted"),
    "CR LF": (bundle(GOOD, listed=LISTED.replace(b"\n", b"\r\n")), "manifest-line-ending"),
    "no line end at the end": (bundle(GOOD, listed=LISTED[:-1]), "manifest-line-ending"),
    "capital digits": (bundle(GOOD, listed=LISTED[:64].upper() + LISTED[64:]), "manifest-uppercase"),
    "one blank": (bundle(GOOD, listed=LISTED.replace(b"  ", b" ")), "manifest-malformed-line"),
    "a manifest that lists itself": (bundle(GOOD, listed=line("manifest.txt", b"") + LISTED), "manifest-self"),
    "a missing member": (bundle(GOOD, listed=LISTED + _ZEROS), "manifest-missing-member"),
    "a line twice": (bundle(GOOD, listed=LISTED[: len(LISTED.splitlines(True)[0])] + LISTED), "manifest-duplicate"),
    "an unlisted member": (bundle({**GOOD, "z.py": b""}, listed=LISTED), "manifest-unlisted-member"),
    "another content": (bundle({**GOOD, "pkg/__init__.py": b"VALUE = 2\n"}, listed=LISTED), "manifest-digest-mismatch"),
    "..": (named("../evil.py"), "name-traversal"),
    ".. within": (named("a/../../evil.py"), "name-traversal"),
    "an absolute path": (named("/evil.py"), "name-absolute"),
    "a backslash": (named("..\\evil.py"), "name-backslash"),
    "a drive": (named("C:/evil.py"), "name-drive"),
    "two names in one place": (named("PKG/__init__.py"), "name-case-collision"),
    "a link": (bundle({**GOOD, "link": b"/etc/passwd"}, modes={"link": 0o120777}), "type-symlink"),
    "a device": (bundle({**GOOD, "device": b""}, modes={"device": 0o020666}), "type-special"),
    "a cache": (named("pkg/__pycache__/a.cpython-311.pyc"), "clean-cache"),
    "version control": (named(".git/config"), "clean-vcs"),
    "compiled code": (named("pkg/a.pyc"), "clean-byproduct"),
}  # fmt: skip
"""Bundles that the static gates refuse, with the one rule they break."""


@pytest.mark.integration
@pytest.mark.parametrize("name", STATIC)
def test_static_refusals(tmp_path: Path, name: str) -> None:
    """
    Exit status 1, the rule, nothing on standard error, nothing written, nothing of it run.
    """
    content, rule = STATIC[name]
    (tmp_path / "b.zip").write_bytes(content)
    ended = phase2_gate_in(tmp_path, "audit", "b.zip")
    assert (ended.code, ended.out[-1], ended.err, ended.left) == (1, "RESULT: FAIL", "", [])
    assert ended.rules == [rule]
    assert [text.split()[1:3] for text in ended.out if text.split()[0] in {"imports", "tests", "workspace"}] == [
        ["NOT", "RUN"]
    ] * 3


_PASSING = "def test_a(): pass\n"

DYNAMIC = {
    "no package": (bundle({TEST: _PASSING.encode()}), "import-none"),
    "a package that raises": (with_test("1 / 0\n", "pkg/__init__.py"), "import-failed"),
    "a package that does not parse": (with_test("def\n", "pkg/__init__.py"), "import-failed"),
    "a package that leaves": (with_test("raise SystemExit(0)\n", "pkg/__init__.py"), "import-failed"),
    "a package that leaves at once": (with_test("import os\nos._exit(0)\n", "pkg/__init__.py"), "import-no-proof"),
    "a failing test": (with_test("def test_a(): assert 0\n"), "tests-failed"),
    "a failing fixture": (
        with_test("import pytest\n@pytest.fixture\ndef f(): 1 / 0\ndef test_a(f): pass\n"),
        "tests-failed",
    ),
    "a file that cannot be collected": (with_test("import nothing_of_this_name\n"), "tests-collection-error"),
    "no tests": (bundle({"pkg/__init__.py": b""}), "tests-none"),
    "only skipped tests": (
        with_test("import pytest\n@pytest.mark.skip\ndef test_a(): pass\n"),
        "tests-all-skipped",
    ),
    "only expected failures": (
        with_test("import pytest\n@pytest.mark.xfail\ndef test_a(): assert 0\n"),
        "tests-all-skipped",
    ),
    "a conftest that leaves at once": (with_test("import os\nos._exit(0)\n", "conftest.py"), "tests-no-proof"),
    "a test that leaves at once": (with_test("import os\ndef test_a(): os._exit(0)\n"), "tests-no-proof"),
    "a test that kills itself": (with_test("import os\ndef test_a(): os.kill(os.getpid(), 9)\n"), "tests-no-proof"),
    "a test that writes a file": (with_test("def test_a(): open('new', 'w').close()\n"), "workspace-file-added"),
    "a test that changes a file": (
        with_test("def test_a():\n    with open('pkg/__init__.py', 'a') as f: f.write('#')\n"),
        "workspace-file-changed",
    ),
    "a test that removes a file": (
        with_test("import os\ndef test_a(): os.remove('pkg/__init__.py')\n"),
        "workspace-file-removed",
    ),
}  # fmt: skip
"""Bundles that are refused for what their code does, with the one rule they break."""


@pytest.mark.integration
@pytest.mark.parametrize("name", DYNAMIC)
def test_dynamic_refusals(tmp_path: Path, name: str) -> None:
    """
    Exit status 1, the rule, nothing on standard error, nothing left behind.
    """
    content, rule = DYNAMIC[name]
    (tmp_path / "b.zip").write_bytes(content)
    ended = phase2_gate_in(tmp_path, "audit", "b.zip", "--isolation", "process")
    last = "RESULT: FAIL" if rule == "import-none" else "RESULT: FAIL (isolation: process)"
    assert (ended.code, ended.rules, ended.out[-1], ended.err, ended.left) == (1, [rule], last, "", [])


@pytest.mark.integration
@pytest.mark.parametrize("name", ["a failing test", "a conftest that leaves at once", "a package that leaves at once"])
def test_refusals_under_the_default_isolation(tmp_path: Path, name: str) -> None:
    """
    The same rules at the strongest level that works here; where none does, BLOCKED and no code is run.
    """
    content, rule = DYNAMIC[name]
    (tmp_path / "b.zip").write_bytes(content)
    ended = phase2_gate_in(tmp_path, "audit", "b.zip")
    if ended.code == 3:
        assert any("--isolation process" in text for text in ended.out)
        pytest.skip("nothing isolates here")
    assert (ended.code, ended.rules, ended.out[-1], ended.err, ended.left) == (1, [rule], "RESULT: FAIL", "", [])


@pytest.mark.integration
@pytest.mark.parametrize(
    ("code", "path", "rule"),
    [
        ("import signal\ndef test_a(): signal.pause()\n", TEST, "tests-timeout"),
        ("import signal\nsignal.pause()\n", "pkg/__init__.py", "import-timeout"),
        ("def test_a():\n    print('x' * 200_000)\n    assert 0\n", TEST, "tests-output-limit"),
    ],
)
def test_limits_of_the_profile(tmp_path: Path, code: str, path: str, rule: str) -> None:
    """
    A run that does not end, or writes without end, is stopped and fails.
    """
    (tmp_path / "b.zip").write_bytes(with_test(code, path))
    limits = "[limits]\ntest-seconds = 2\nimport-seconds = 2\noutput-bytes = 100000\n"
    (tmp_path / "p.toml").write_text(limits)
    ended = phase2_gate_in(tmp_path, "audit", "b.zip", "--isolation", "process", "--profile", "p.toml")
    assert (ended.code, ended.rules, ended.err, ended.left) == (1, [rule], "", [])


@pytest.mark.integration
def test_a_required_member_that_is_missing(tmp_path: Path) -> None:
    """
    The profile's members are demanded, one finding each.
    """
    files = {path: content for path, content in PHASE2.items() if path != "pytest.ini"}
    (tmp_path / "b.zip").write_bytes(bundle(files))
    ended = phase2_gate_in(tmp_path, "audit", "b.zip", "--profile", "build-loop-phase2")
    assert (ended.code, ended.rules, ended.err, ended.left) == (1, ["layout-member-missing"], "", [])
    assert sum("layout-member-missing: pytest.ini" in text for text in ended.out) == 1


@pytest.mark.integration
def test_every_byte_of_the_end_record_counts(tmp_path: Path) -> None:
    """
    Another value in any of its fields is refused, wherever it leads a lenient reader.
    """
    end = len(WHOLE) - 22
    paths = []
    for offset in range(22):
        path = tmp_path / f"{offset}.zip"
        path.write_bytes(flipped(end + offset))
        paths.append(path.name)
    ended = phase2_gate_in(tmp_path, "verify", *paths)
    assert (ended.code, ended.out[-2:], ended.err) == (1, ["bundles      22 FAIL", "RESULT: FAIL"], "")
    assert struct.unpack("<H", WHOLE[-2:]) == (0,)


@pytest.mark.integration
@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("audit", "absent.zip"), 3, "RESULT: BLOCKED"),
        (("verify", "absent.zip"), 3, "RESULT: BLOCKED"),
        (("audit", "home"), 3, "RESULT: BLOCKED"),
        (("audit", "good.zip", "--python", "/no/such/python"), 3, "RESULT: BLOCKED"),
        (("audit", "good.zip", "--python", "/bin/true", "--isolation", "process"), 3, "RESULT: BLOCKED"),
        (("audit", "good.zip", "--report-dir", "good.zip"), 3, None),
        (("extract", "absent.zip", "out"), 3, None),
        (("audit", "good.zip", "--profile", "absent.toml"), 2, None),
        (("audit", "good.zip", "--profile", "lenient"), 2, None),
        (("audit", "good.zip", "--isolation", "lenient"), 2, None),
        (("audit", "good.zip", "--lenient"), 2, None),
        (("audit",), 2, None),
        (("judge", "good.zip"), 2, None),
        ((), 2, None),
    ],
)
def test_what_could_not_be_judged_or_understood(
    tmp_path: Path, arguments: tuple[str, ...], code: int, said: str | None
) -> None:
    """
    Exit status 3 and 2, told apart; no PASS, no traceback, nothing written.
    """
    (tmp_path / "good.zip").write_bytes(WHOLE)
    ended = phase2_gate_in(tmp_path, *arguments)
    assert (ended.code, ended.left, "Traceback" in ended.err) == (code, [], False)
    assert (ended.out[-1] if said else ended.out) == (said or [])
    assert (ended.err == "") is (said is not None)
