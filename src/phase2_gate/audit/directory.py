"""
Judging a directory that a bundle was extracted to: every file is listed, every listed file is there, unchanged.

The gate ``archive`` does not apply: there is none.
"""

from __future__ import annotations

import os
from collections.abc import Collection

from ..core import collisions, manifest, paths, rules
from ..core.digest import Sha256
from ..core.digest import of as digest_of
from ..core.errors import SourceError
from ..core.findings import Finding
from ..core.profile import Profile
from ..core.record import Subject
from ..core.report import GateResult, Verification, cut_short, judged, waive
from ..core.verify import CANONICAL_RULE, unclean
from .unchanged import file_digest, walk

GATES = tuple(gate for gate in rules.STATIC_GATES if gate != "archive")
"""The gates that apply."""
REQUIRED = tuple(slug for gate in GATES for slug in rules.of_gate(gate) if slug != CANONICAL_RULE)
"""The rules that must run for a PASS."""


def judge(root: str, profile: Profile) -> tuple[Verification, Subject]:
    """
    Judges a directory.

    Args:
        root: The directory.
        profile: What is demanded.

    Raises:
        SourceError: when something in it cannot be read.
    """
    try:
        found = list(walk(root))
        names = _names(found)
        files = {path: full for path, full, kind in found if kind == "file"}
        content = _read_manifest(files, profile)
        digests = {path: Sha256(file_digest(full)) for path, full in files.items() if path != manifest.NAME}
    except OSError as error:
        raise SourceError(f"{root}: cannot be read: {error.strerror} ({error.filename!r})") from error
    refused = frozenset(finding.path for finding in names if finding.path is not None)
    gates = (
        judged("paths", names),
        *_manifest(content, digests, refused),
        _layout(files.keys(), profile),
        judged("cleanliness", unclean(files)),
    )
    about = Subject(
        name=os.path.basename(os.path.abspath(root)),
        kind="directory",
        manifest_sha256=digest_of(content) if isinstance(content, bytes) else None,
        members=len(files),
    )
    return Verification(REQUIRED, tuple(waive(gate, profile.waivers) for gate in gates)), about


def _names(found: list[tuple[str, str, str]]) -> list[Finding]:
    findings = []
    for path, _, kind in found:
        if kind == "link":
            findings.append(Finding("type-symlink", path, "a symbolic link"))
        elif kind == "special":
            findings.append(Finding("type-special", path, "not a file"))
        if not path.isascii() and any("\udc80" <= char <= "\udcff" for char in path):
            findings.append(Finding("name-not-utf8", path, "the name is not utf-8"))
        if kind != "directory":
            findings.extend(paths.problems(path))
    findings.extend(collisions.find(f"{path}/" if kind == "directory" else path for path, _, kind in found))
    above = {path[:cut] for path, _, kind in found if kind != "directory" for cut in _slashes(path)}
    findings.extend(
        Finding("directory-unneeded", path, "no file lies beneath the directory")
        for path, _, kind in found
        if kind == "directory" and path not in above
    )
    return findings


def _slashes(path: str) -> list[int]:
    return [index for index, char in enumerate(path) if char == "/"]


def _read_manifest(files: dict[str, str], profile: Profile) -> bytes | Finding:
    full = files.get(manifest.NAME)
    if full is None:
        return Finding("manifest-missing", manifest.NAME, "no manifest at the root", None, None, "a file of this name")
    limit = profile.limits.manifest_bytes
    with open(full, "rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        need = f"at most {limit} bytes"
        return Finding("manifest-too-large", manifest.NAME, "the manifest", None, "more", need)
    return content


def _manifest(
    content: bytes | Finding, digests: dict[str, Sha256], refused: frozenset[str]
) -> tuple[GateResult, GateResult]:
    if isinstance(content, Finding):
        return judged("manifest", [content]), cut_short("digests", (), (), "there is no manifest to compare with")
    parsed = manifest.parse(content, refused=refused)
    membership, changed = manifest.compare(parsed.lines, dict(digests))
    settled = refused | parsed.meant
    membership = [finding for finding in membership if finding.path not in settled]
    return judged("manifest", (*parsed.findings, *membership)), judged("digests", changed)


def _layout(present: Collection[str], profile: Profile) -> GateResult:
    found = [
        Finding("layout-member-missing", path, f"demanded by the profile {profile.name}")
        for path in profile.members
        if path not in present
    ]
    ran = tuple(slug for slug in rules.of_gate("layout") if slug != CANONICAL_RULE)
    return GateResult("layout", ran, tuple(found))
