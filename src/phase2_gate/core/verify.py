"""
The static gates: archive, paths, manifest, digests, layout, cleanliness.

No code of the bundle runs here. A gate whose ground was taken away by an earlier one is cut short and says so: one
defect gives one finding, not a cascade.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator
from itertools import islice

from . import litter, manifest, member_names, paths, rules, zip_read
from .digest import Sha256
from .digest import of as digest_of
from .findings import Finding
from .member_names import Look
from .profile import Profile
from .report import GateResult, Verification, cut_short, judged, required_rules, waive
from .source import Source
from .typed import NamedTuple
from .zip_entry import Entry
from .zip_read import Archive
from .zip_tiling import Member

CANONICAL_RULE = "layout-not-canonical"
"""The one rule that is judged on demand only."""


# Fields of members, for `map`: there may be a million.
_ENTRY = operator.itemgetter(Member._fields.index("entry"))
_DIGEST = operator.itemgetter(Member._fields.index("digest"))
_PATH = operator.itemgetter(Entry._fields.index("path"))


class Judgement(NamedTuple):
    """
    What the static gates say of one bundle, and what a caller needs to go on.
    """

    verification: Verification
    """The gates and their verdict."""
    members: tuple[Member, ...]
    """The members as they were read, directories included; to be believed after a PASS only."""
    bundle_sha256: Sha256 | None
    """The digest of the file, from the bytes that were judged; None when not asked for or not to be had."""
    manifest_sha256: Sha256 | None
    """The digest of the manifest; it stands for all content at once. None when there is no manifest."""
    difference: str
    """The first field that is not as `phase2-gate build` writes it; empty when the bytes are canonical."""


def required(*, canonical: bool, gates: Iterable[str] = rules.STATIC_GATES) -> tuple[str, ...]:
    """
    The rules that must run for a PASS.

    Args:
        canonical: Whether the canonical form is demanded.
        gates: The gates that a judgement goes through.
    """
    return tuple(slug for slug in required_rules(gates) if canonical or slug != CANONICAL_RULE)


def judge(
    source: Source, profile: Profile, *, require_canonical: bool = False, hash_archive: bool = False
) -> Judgement:
    """
    Judges a bundle without running anything of it.

    Args:
        source: Its bytes.
        profile: What is demanded of it.
        require_canonical: Whether other bytes than `phase2-gate build` would write are a finding.
        hash_archive: Whether to take the digest of the whole file as well.

    Raises:
        SourceError: when the bytes cannot be read.
    """
    archive = zip_read.read(source, profile.limits, hash_archive=hash_archive)
    look = member_names.look(list(_names(archive.members)))
    structure, names = _archive_and_paths(archive, look)
    refused = archive.doubtful.union(finding.path for finding in names.findings if finding.path is not None)
    gates = (
        structure,
        names,
        *_manifest_and_digests(archive, profile, refused),
        _layout(archive, profile, require_canonical=require_canonical),
        _cleanliness(archive, look),
    )
    return Judgement(
        Verification(required(canonical=require_canonical), tuple(waive(gate, profile.waivers) for gate in gates)),
        archive.members,
        archive.sha256,
        None if archive.manifest is None else digest_of(archive.manifest),
        archive.difference,
    )


def _archive_and_paths(archive: Archive, look: Look) -> tuple[GateResult, GateResult]:
    structure = [finding for finding in archive.findings if rules.RULES[finding.rule].gate == "archive"]
    names = [finding for finding in archive.findings if rules.RULES[finding.rule].gate == "paths"]
    unmarked = frozenset(finding.path or "" for finding in names if finding.rule == "name-unmarked")
    unsure = archive.doubtful.union(finding.path or "" for finding in names) - unmarked
    names.extend(member_names.problems(archive.members, look, unsure, unmarked))
    if archive.stopped:
        return (
            cut_short("archive", (), structure, archive.stopped),
            cut_short("paths", (), names, "the archive could not be read to its end"),
        )
    return judged("archive", structure), judged("paths", names)


def _manifest_and_digests(archive: Archive, profile: Profile, refused: frozenset[str]) -> tuple[GateResult, GateResult]:
    if archive.stopped:
        why = "the archive could not be read to its end"
        return cut_short("manifest", (), (), why), cut_short("digests", (), (), why)
    if archive.manifest is None and manifest.NAME in refused:
        why = "the manifest's name is not to be believed"
        return cut_short("manifest", (), (), why), cut_short("digests", (), (), why)
    if archive.manifest is None:
        return _no_manifest(archive.members, profile)
    if not refused and _is_sound(archive, archive.manifest):
        return judged("manifest", ()), judged("digests", ())
    digests = {
        member.entry.path: member.digest
        for member in archive.members
        if member.entry.path != manifest.NAME and not member.entry.path.endswith("/")
    }
    parsed = manifest.parse(archive.manifest, refused=refused)
    if any(finding.rule == "manifest-empty" for finding in parsed.findings):
        return judged("manifest", parsed.findings), cut_short("digests", (), (), "the manifest lists nothing")
    membership, content = manifest.compare(parsed.lines, digests)
    # Whom a malformed line meant, or a member was called that is refused by now, is not a second defect.
    known = refused.union(digests, {manifest.NAME})
    settled = refused | parsed.meant if parsed.meant <= known else known
    membership = [finding for finding in membership if finding.path not in settled]
    result = judged("manifest", (*parsed.findings, *membership))
    unread = sum(digest is None for digest in digests.values())
    if unread:
        return result, cut_short("digests", (), content, f"members whose content cannot be compared: {unread}")
    return result, judged("digests", content)


def _names(members: tuple[Member, ...]) -> Iterator[str]:
    return map(_PATH, map(_ENTRY, members))


def _is_sound(archive: Archive, data: bytes) -> bool:
    """
    Whether `data` is, byte for byte, the manifest of the archive's members, whose names broke no rule.

    A shorter way to what parsing and comparing come to as well: what renders to the same bytes has no finding.
    """
    members = archive.members
    listed: Iterable[tuple[Sha256 | None, str]] = zip(map(_DIGEST, members), _names(members), strict=True)
    if archive.difference:
        listed = [line for line in listed if line[1] != manifest.NAME and line[1][-1:] != "/"]
        listed.sort(key=operator.itemgetter(1))
    else:
        listed = islice(listed, 1, None)  # in order already, behind the manifest
    return bool(data) and manifest.is_rendering(data, listed)


def _no_manifest(members: tuple[Member, ...], profile: Profile) -> tuple[GateResult, GateResult]:
    why = "there is no manifest to compare with"
    files = {member.entry.path: member for member in members if not member.entry.path.endswith("/")}
    member = files.get(manifest.NAME)
    if member is None:
        roots = {path.partition("/")[0] for path in files}
        nested = f"{next(iter(roots))}/{manifest.NAME}" if len(roots) == 1 else ""
        seen = f"everything under {nested.partition('/')[0]!r}" if nested in files else None
        finding = Finding(
            "manifest-missing", manifest.NAME, "no manifest at the root", None, seen, "a member of this name"
        )
        return judged("manifest", [finding]), cut_short("digests", (), (), why)
    if member.digest is None:
        return (
            cut_short("manifest", (), (), "the manifest's bytes are not to be believed"),
            cut_short("digests", (), (), why),
        )
    need = f"what the members need, and at most {profile.limits.manifest_bytes} bytes"
    size = f"{member.entry.size} bytes"
    large = Finding("manifest-too-large", manifest.NAME, "the manifest", member.entry.position, size, need)
    return judged("manifest", [large]), cut_short("digests", (), (), why)


def _layout(archive: Archive, profile: Profile, *, require_canonical: bool) -> GateResult:
    missing = set(profile.members).difference(_names(archive.members)) if profile.members else set()
    detail = f"demanded by the profile {profile.name}"
    found = [Finding("layout-member-missing", path, detail) for path in missing]
    ran = [slug for slug in rules.of_gate("layout") if require_canonical or slug != CANONICAL_RULE]
    if archive.stopped:
        return cut_short("layout", (), (), "the archive could not be read to its end")
    if require_canonical and archive.difference:
        found.append(Finding(CANONICAL_RULE, None, archive.difference))
    note = f"not canonical: {archive.difference}" if archive.difference else "the bytes are canonical"
    return GateResult("layout", tuple(ran), tuple(found), notes=(note,))


def _cleanliness(archive: Archive, look: Look) -> GateResult:
    if archive.stopped:
        return cut_short("cleanliness", (), (), "the archive could not be read to its end")
    if look.clean:
        return judged("cleanliness", ())
    # What is longer than a path may be is refused, and costs no second look.
    return judged("cleanliness", unclean(name for name in look.names if len(name) <= paths.MAX_PATH_BYTES))


def unclean(members: Iterable[str]) -> list[Finding]:
    """
    The members that are never packed (`phase2_gate.core.litter`), one finding for each place that is at fault.

    Args:
        members: Their names; those of directories may end with a slash.
    """
    names = [name.removesuffix("/") for name in members]
    # A name is folded only when it may matter: there are a million of them.
    marked = (path for path in names if not path.isascii() or path.lower().endswith(litter.ENVIRONMENT_MARK))
    roots = litter.environments(marked)
    places: dict[str, litter.Litter | None] = {}
    found: dict[tuple[str, str], Finding] = {}
    for path in names:
        parent, _, name = path.rpartition("/")
        if parent not in places:
            places[parent] = litter.in_environment(parent + "/", roots) or (litter.classify(parent) if parent else None)
        kind = places[parent] or (litter.classify(path) if litter.of_name(name) else None)
        if kind is not None and (kind.path, kind.category) not in found:
            found[kind.path, kind.category] = Finding(f"clean-{kind.category}", kind.path or ".", kind.reason)
    return list(found.values())
