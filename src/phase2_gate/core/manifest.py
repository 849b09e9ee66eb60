r"""
The manifest: which bytes belong to a bundle.

Format, each rule with its slug:

 1. ``manifest-missing``: the member ``manifest.txt`` at the root, this very spelling.
 2. ``manifest-empty``: at least one line.
 3. ``manifest-line-ending``: every line ends in one LF, the last one too; there is no CR.
 4. ``manifest-malformed-line``: a line is 64 hex digits, two spaces, a path; nothing before, between or behind.
 5. ``manifest-uppercase``: the digits are lower-case.
 6. ``manifest-not-utf8``: the path is UTF-8, and no byte order mark stands in front.
 7. ``manifest-path``: the path is a member path (`phase2_gate.core.paths`).
 8. ``manifest-unsorted``: lines strictly increase in the UTF-8 byte order of their whole paths.
 9. ``manifest-duplicate``: no path twice.
10. ``manifest-self``: the manifest does not list itself.
11. ``manifest-missing-member``, ``manifest-unlisted-member``: it lists every member but itself, and nothing else.

``sha256sum -c manifest.txt`` reads the format. It has no comments, no escapes and no options. `parse` and `render` are
exact inverses: what parses without a finding renders to the same bytes.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable, Mapping
from itertools import islice

from . import paths
from .digest import HEX_LENGTH, Sha256
from .escape import decoded
from .findings import Finding
from .paths import MemberPath
from .typed import NamedTuple

NAME = MemberPath("manifest.txt")
"""Where the manifest lies."""

SEPARATOR = "  "
"""What stands between digest and path: text mode of the coreutils, on POSIX the same as their binary mode."""

_DIGEST = operator.itemgetter(0)  # of lines
_PATH = operator.itemgetter(1)
_PORTION = 512  # lines that are compared at once

# Texts, compiled with the first line that is parsed: most manifests are compared as a whole.
_LINE = rb"([0-9a-f]{64})  ([^\r\n]+)"
_CAPITALS = rb"[0-9a-fA-F]{64}  [^\r\n]+"


class Line(NamedTuple):
    """
    One line.
    """

    digest: Sha256
    """The sha256 of the content."""
    path: MemberPath
    """The member."""


class Parsed(NamedTuple):
    """
    What a manifest says.
    """

    lines: tuple[Line, ...]
    """The well-formed lines, in the order in which they stand."""
    findings: tuple[Finding, ...]
    """Everything that is wrong with the text; empty exactly when `render(lines)` gives the same bytes."""
    meant: frozenset[str] = frozenset()
    """The paths that malformed lines seem to be about, so that nobody calls these members unlisted as well."""


def size(members: Iterable[MemberPath]) -> int:
    """
    The size in bytes of a manifest of `members`, known before any digest is.
    """
    return sum(HEX_LENGTH + len(SEPARATOR) + len(path.encode()) + 1 for path in members)


def render(lines: Iterable[tuple[Sha256, MemberPath]]) -> bytes:
    """
    The manifest of `lines`, digest and path each, which may come in any order.
    """
    return "".join([f"{digest}{SEPARATOR}{path}\n" for digest, path in sorted(lines, key=_PATH)]).encode()


def is_rendering(data: bytes, lines: Iterable[tuple[Sha256 | None, str]]) -> bool:
    """
    Whether `data` is, byte for byte, what `render` makes of `lines`; no line without a digest ever is.

    Args:
        data: The manifest.
        lines: Digest and path of each line, sorted by path. They are compared as they come, some hundreds at a time.
    """
    position = 0
    lines = iter(lines)
    while portion := list(islice(lines, _PORTION)):
        text = "".join([f"{digest}{SEPARATOR}{path}\n" for digest, path in portion]).encode("utf-8", "surrogateescape")
        if not all(map(_DIGEST, portion)) or not data.startswith(text, position):
            return False
        position += len(text)
    return position == len(data)


def parse(data: bytes, *, refused: frozenset[str] = frozenset()) -> Parsed:
    """
    The lines of a manifest and everything that is wrong with them, each finding with the offset of its line.

    Args:
        data: The whole content of the member.
        refused: Names of members that were refused already; lines that list them are passed over without a word.
    """
    if not data.strip(b"\n"):
        return Parsed((), (_finding("manifest-empty", 0, "the manifest holds no line"),))
    findings: list[Finding] = []
    lines: list[Line] = []
    meant: set[str] = set()
    offset = 0
    for raw in data.removesuffix(b"\n").split(b"\n"):
        line = _parse_line(raw)
        if isinstance(line, Line):
            lines.append(line)
        else:
            path = _meant(raw)
            meant.add(path)
            if path not in refused:
                findings.append(line._replace(offset=offset))
        offset += len(raw) + 1
    if not data.endswith(b"\n"):
        findings.append(_finding("manifest-line-ending", len(data), "the last line has no end", need="a final LF"))
    findings.extend(_order(lines))
    return Parsed(tuple(lines), tuple(findings), frozenset(meant))


def _meant(raw: bytes) -> str:
    return decoded(raw.removesuffix(b"\r")[HEX_LENGTH:].lstrip(b" *\t"))


def _finding(rule: str, offset: int, detail: str, *, seen: str | None = None, need: str | None = None) -> Finding:
    return Finding(rule, NAME, detail, offset, seen, need)


def _parse_line(raw: bytes) -> Line | Finding:
    match = re.fullmatch(_LINE, raw)
    if match is None:
        return _malformed(raw)
    try:
        path = match[2].decode("utf-8")
    except UnicodeDecodeError:
        return _finding("manifest-not-utf8", 0, "a path is not utf-8", seen=_shown(match[2]))
    if not paths.is_plain(path):
        broken = paths.problems(path)
        if broken:
            return _finding("manifest-path", 0, f"a listed path breaks {broken[0].rule}", seen=_shown(match[2]))
    if path == NAME:
        return _finding("manifest-self", 0, "the manifest lists itself")
    return Line(Sha256(match[1].decode("ascii")), MemberPath(path))


def _malformed(raw: bytes) -> Finding:
    offset = 0
    if raw.startswith(b"\xef\xbb\xbf"):
        return _finding("manifest-not-utf8", offset, "a byte order mark stands before a line", seen=_shown(raw))
    if raw.endswith(b"\r") and re.fullmatch(_CAPITALS, raw[:-1]):
        return _finding("manifest-line-ending", offset, "a line ends in CR LF", seen="CR LF", need="LF")
    if re.fullmatch(_CAPITALS, raw):
        return _finding("manifest-uppercase", offset, "a digest is written with capitals", seen=_shown(raw[:64]))
    need = "64 digits of 0-9a-f, two spaces, a path"
    return _finding("manifest-malformed-line", offset, "not a line of a manifest", seen=_shown(raw), need=need)


def _shown(raw: bytes) -> str:
    return repr(raw[:120])[1:]


def _order(lines: list[Line]) -> Iterable[Finding]:
    seen: set[str] = set()
    last = ""
    for line in lines:
        if line.path in seen:
            yield Finding("manifest-duplicate", line.path, "listed twice")
        elif line.path < last:
            yield Finding("manifest-unsorted", line.path, f"stands behind {last!r}", need="byte order of the paths")
        seen.add(line.path)
        last = max(last, line.path)


def compare(lines: Iterable[Line], digests: Mapping[str, Sha256 | None]) -> tuple[list[Finding], list[Finding]]:
    """
    The two directions of the comparison of a manifest with what is there.

    Args:
        lines: The manifest's lines.
        digests: For every member but the manifest its digest, or None where its content could not be read, which
            is another rule's finding.

    Returns:
        The findings about which members there are, and those about their content.
    """
    membership: list[Finding] = []
    content: list[Finding] = []
    listed: set[str] = set()
    twice: set[str] = set()  # which of the two digests counts is not asked: listing it twice is the finding
    for line in lines:
        if line.path in listed:
            twice.add(line.path)
            continue
        listed.add(line.path)
        if line.path not in digests:
            membership.append(Finding("manifest-missing-member", line.path, "listed, but not in the bundle"))
            continue
        digest = digests[line.path]
        if digest is not None and digest != line.digest:
            content.append(
                Finding("manifest-digest-mismatch", line.path, "the content was changed", None, digest, line.digest)
            )
    membership.extend(
        Finding("manifest-unlisted-member", path, "in the bundle, but not listed")
        for path in digests
        if path not in listed
    )
    return membership, [finding for finding in content if finding.path not in twice]
