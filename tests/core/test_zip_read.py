"""
Tests of the strict reader: what it tells besides findings. Every finding has vectors of its own (`tests.vectors`).
"""

from __future__ import annotations

import hashlib
import io
import random
import struct
import zipfile

import pytest
from tests.forge import Forged, archive, bundle, deflated, extra, manifest_of, run_stream, zip64_end
from tests.forge import line as forge_line

from phase2_gate.core import digest, verify, zip_read
from phase2_gate.core.errors import SourceError
from phase2_gate.core.limits import Limits
from phase2_gate.core.profile import GENERIC, Profile
from phase2_gate.core.report import Verdict
from phase2_gate.core.source import MemorySource, Window

A = Forged(b"a.py", b"A = 1\n")
B = Forged(b"b/c.txt", b"x" * 300_000)
BUNDLE = bundle(A, B)


class Shifting(MemorySource):
    """
    A file whose directory another program rewrites after it was read once.
    """

    def __init__(self, data: bytes, directory: int) -> None:
        super().__init__(data)
        self._directory = directory
        self._looks = 0

    def read_at(self, offset: int, length: int) -> bytes:
        """
        The bytes; from the second look at the directory on other ones.
        """
        piece = super().read_at(offset, length)
        self._looks += offset == self._directory
        return piece if self._looks < 2 else bytes(length)


class Cut(MemorySource):
    """
    A file that was cut after it was opened.
    """

    def read_at(self, offset: int, length: int) -> bytes:
        """
        Nothing any more.
        """
        message = f"a.zip: cut: {offset}+{length}"
        raise SourceError(message)


class Stream(io.BytesIO):
    """
    Like a pipe: nobody goes back, so that sizes and checksums come behind the data.
    """

    def tell(self) -> int:
        """
        Nobody knows.
        """
        raise OSError


def test_tells_what_it_read() -> None:
    """
    Members with their places and digests, the manifest, and the digest of the file.
    """
    read = zip_read.read(MemorySource(BUNDLE), Limits(), hash_archive=True)

    assert [(member.entry.path, member.digest) for member in read.members] == [
        ("manifest.txt", digest.of(manifest_of([A, B]).content)),
        ("a.py", digest.of(A.content)),
        ("b/c.txt", digest.of(B.content)),
    ]
    assert all(
        BUNDLE[member.data :].startswith(content)
        for member, content in zip(read.members[1:], (A.content, B.content), strict=True)
    )
    assert (read.manifest, read.sha256) == (manifest_of([A, B]).content, digest.of(BUNDLE))
    assert (read.findings, read.stopped, read.difference) == ((), "", "")


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize(
    "sizes", [(10,), (300_000,), (10, 300_000, 5), (Window.PIECE - 100, 100, 700_000, Window.PIECE), (5,) * 3000]
)
def test_takes_the_digest_of_streamed_archives(sizes: tuple[int, ...], method: int) -> None:
    """
    Members with descriptors, some of which are read twice, count once in the digest of the file.
    """
    chance = random.Random(1)  # noqa: S311 - the same content each time
    files = {f"f{number:04}": chance.randbytes(size // 2) * 2 for number, size in enumerate(sizes)}
    out = Stream()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("manifest.txt", b"".join(forge_line(name.encode(), files[name]) for name in sorted(files)))
        for name, content in files.items():
            archive.writestr(name, content)

    judgement = verify.judge(MemorySource(out.getvalue()), GENERIC, hash_archive=True)

    assert all(member.entry.flags & 0x08 for member in judgement.members)
    assert (judgement.verification.verdict, judgement.verification.findings) == (Verdict.PASS, ())
    assert hashlib.sha256(out.getvalue()).hexdigest() == judgement.bundle_sha256


def test_takes_no_digest_when_nobody_asks() -> None:
    """
    Hashing the whole file costs as much again.
    """
    assert zip_read.read(MemorySource(BUNDLE), Limits()).sha256 is None


@pytest.mark.parametrize(
    ("data", "difference"),
    [
        (archive([A, manifest_of([A])]), "order of members: a.py: seen at place 0"),
        (archive([manifest_of([A, B]), B, A]), "order of members: a.py: seen at place 2"),
        (bundle(A, comment=b"x"), "end records: seen other bytes than the canonical ones"),
        (bundle(Forged(b"a", b"", both={"time": 5})), "time in the directory: a: seen 2162693, need 2162688"),
        (bundle(Forged(b"a", b"", local={"version": 20})), "version needed in the local header: a: seen 20, need 10"),
        (
            bundle(Forged(b"a", b"", local={"extra": extra(0xCAFE, b"")})),
            "extra length in the local header: a: seen 4, need 0",
        ),
        (
            bundle(Forged(b"a", b"", central={"attributes": 0o100600 << 16})),
            "external attributes in the directory: a: seen 0x81800000",
        ),
    ],
)
def test_names_the_first_difference(data: bytes, difference: str) -> None:
    """
    What is not as our own writer has it is told, without being a finding.
    """
    read = zip_read.read(MemorySource(data), Limits())

    assert (read.findings, read.difference) == ((), difference)


def test_notices_a_directory_that_changes() -> None:
    """
    What was judged first and hashed last must be the same bytes.
    """
    judgement = verify.judge(Shifting(BUNDLE, BUNDLE.index(b"PK\1\2")), GENERIC, hash_archive=True)

    assert [finding.rule for finding in judgement.verification.findings] == ["archive-changed"]
    assert judgement.bundle_sha256 is None


def test_a_source_that_fails_is_no_verdict() -> None:
    """
    A file that cannot be read is an error, never a judgement.
    """
    with pytest.raises(SourceError, match="cut"):
        zip_read.read(Cut(BUNDLE), Limits())


def test_a_large_manifest_is_not_kept() -> None:
    """
    The limit of the profile holds for the manifest whatever it lists.
    """
    judgement = verify.judge(MemorySource(BUNDLE), _limited(manifest_bytes=100))

    assert [finding.rule for finding in judgement.verification.findings] == ["manifest-too-large"]


def test_a_limit_holds_where_the_counts_contradict_each_other() -> None:
    """
    Nobody knows how many members there are, so the directory is read no further than the limit.
    """
    judgement = verify.judge(MemorySource(bundle(A, B, end={"here": 2})), _limited(members=2))

    assert [finding.rule for finding in judgement.verification.findings] == ["archive-count-mismatch", "limit-members"]


def _limited(**limits: int) -> Profile:
    return Profile("limited", limits=Limits(**limits))


@pytest.mark.parametrize("fields", [{"size": 0xFFFFFFFF, "compressed": 0xFFFFFFFF}, {"offset": 0xFFFFFFFF}])
def test_all_ones_are_no_numbers(fields: dict[str, int | bytes]) -> None:
    """
    A header that has the canonical form, but for numbers that point to a ZIP64 field which is not there.
    """
    found = zip_read.read(MemorySource(bundle(A, Forged(b"b", b"", central=fields))), Limits()).findings

    assert [(finding.rule, finding.path) for finding in found][:1] == [("zip64-entry-malformed", "b")]


def test_several_defects_are_several_findings() -> None:
    """
    Five defects in five members give five findings, sorted.
    """
    data = archive(
        [
            manifest_of([Forged(name, b"x") for name in (b"a", b"b", b"c", b"d", b"e")]),
            Forged(b"a", b"y"),
            Forged(b"b", b"x", both={"crc": 1}),
            Forged(b"c", b"x", central={"attributes": 0o120777 << 16}),
            Forged(b"d", b"x", local={"time": 9}),
            deflated(b"e", b"x", b"\x07"),
            Forged(b"f/.git/x", b"x"),
        ]
    )

    found = verify.judge(MemorySource(data), GENERIC).verification.findings

    assert [(finding.rule, finding.path) for finding in found] == [
        ("data-crc-mismatch", "b"),
        ("local-time-mismatch", "d"),
        ("deflate-malformed", "e"),
        ("type-symlink", "c"),
        ("manifest-unlisted-member", "f/.git/x"),
        ("manifest-digest-mismatch", "a"),
        ("clean-vcs", "f/.git"),
    ]


def test_a_fatal_error_says_that_reading_stopped() -> None:
    """
    Gates that could not judge are not run, and say why.
    """
    gates = verify.judge(MemorySource(BUNDLE[:-1]), GENERIC).verification.gates

    assert [(gate.gate, gate.state) for gate in gates] == [
        ("archive", "fail"),
        *((gate, "not run") for gate in ("paths", "manifest", "digests", "layout", "cleanliness")),
    ]
    assert all(gate.skipped for gate in gates)


@pytest.mark.parametrize("size", [131_071, 131_072, 131_073, 262_144, 262_145, 700_001])
@pytest.mark.parametrize("cut", [0, 1])
def test_contents_around_the_size_of_a_piece(size: int, cut: int) -> None:
    """
    Contents longer than a piece are read whole, stored and deflated.
    """
    plain = Forged(b"a", bytes(size))
    packed = deflated(b"b", b"a" * (1 + 258 * 3000), run_stream(b"a", 3000 - cut))
    judgement = verify.judge(MemorySource(bundle(plain, packed)), GENERIC)

    assert judgement.members[1].digest == digest.of(bytes(size))
    assert judgement.verification.verdict is (Verdict.FAIL if cut else Verdict.PASS)


def test_65535_members_need_no_zip64_record() -> None:
    """
    Writers differ on whether 65,535 is the count or the mark of ZIP64; without a record it is the count.
    """
    members = [Forged(b"%05d" % number) for number in range(65_534)]
    members.insert(0, manifest_of(members))
    local = b"".join(member.local_part() for member in members)
    offsets = []
    at = 0
    for member in members:
        offsets.append(at)
        at += 30 + len(member.name) + len(member.content)
    directory = b"".join(member.central_part(offset) for member, offset in zip(members, offsets, strict=True))
    end = b"PK\5\6" + struct.pack("<4H2IH", 0, 0, 65535, 65535, len(directory), len(local), 0)
    wide = zip64_end(65535, len(directory), len(local))

    plain = verify.judge(MemorySource(local + directory + end), GENERIC)
    canonical = verify.judge(MemorySource(local + directory + wide + end[:-10] + end[-10:]), GENERIC)

    assert (plain.verification.verdict, canonical.verification.verdict) == (Verdict.PASS, Verdict.PASS)
    assert (plain.difference == "", canonical.difference == "") == (False, True)


def test_a_member_that_cannot_be_compared_cuts_the_gate_of_digests_short() -> None:
    """
    Nothing is called in order that nobody looked at; what could be compared was.
    """
    lying = Forged(b"b.py", b"x", both={"crc": 1})
    changed = manifest_of([A, lying]).content.replace(digest.of(A.content).encode(), b"0" * 64)

    judgement = verify.judge(MemorySource(archive([Forged(b"manifest.txt", changed), A, lying])), GENERIC)

    gate = next(gate for gate in judgement.verification.gates if gate.gate == "digests")
    assert [(finding.rule, finding.path) for finding in gate.findings] == [("manifest-digest-mismatch", "a.py")]
    assert gate.skipped == "members whose content cannot be compared: 1"
    assert [finding.rule for finding in judgement.verification.findings] == [
        "data-crc-mismatch",
        "manifest-digest-mismatch",
    ]
