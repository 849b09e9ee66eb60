"""
The pass over the members of a ZIP, from byte 0 to the directory.

Every member begins where the one before ended. Where a member lies elsewhere than the directory says, one finding
says what kind of lie it is; where its lengths cannot be believed, the next member is looked for where the directory has
it. The position only ever grows, so the pass is linear whatever the archive holds.
"""

from __future__ import annotations

import zlib
from hashlib import sha256

from . import manifest, zip_data, zip_local
from . import zip_format as z
from .digest import Sha256
from .escape import decoded
from .findings import Finding
from .source import Window
from .typed import NamedTuple
from .zip_entry import Directory, Entry


class Member(NamedTuple):
    """
    One member and what was learnt of its content.
    """

    entry: Entry
    """What the directory says."""
    data: int
    """Where its data begins."""
    digest: Sha256 | None
    """The digest of its content; None when the content could not be believed, which is a finding."""


_COPIED = 2048
"""Up to which size a content is copied out of the window."""
_IMPLIES = {
    "entry-encrypted": ("local-flags-mismatch",),
    "entry-flags": ("local-flags-mismatch",),
    "entry-method": ("local-method-mismatch",),
    "entry-version": ("entry-version",),
    "extra-malformed": ("extra-malformed", "extra-unknown"),
    "extra-unknown": ("extra-malformed", "extra-unknown"),
    "name-code-page": ("name-code-page",),
    "name-not-utf8": ("local-flags-mismatch", "local-name-mismatch"),
    "name-unmarked": ("local-flags-mismatch", "local-name-mismatch"),
    "stored-size-mismatch": ("local-size-mismatch",),
    "zip64-entry-malformed": ("local-size-mismatch", "zip64-entry-malformed"),
}
"""A flaw of a directory header, and the difference from the local header that follows from it."""


class Tiling:
    """
    The pass over the local part of the file.
    """

    def __init__(self, directory: Directory, window: Window, manifest_limit: int) -> None:
        self.directory = directory
        self.window = window
        self.manifest_limit = manifest_limit
        self.members: list[Member] = []
        self.findings: list[Finding] = []
        self.stopped = ""
        self.difference = ""
        self.manifest: bytes | None = None
        self.doubtful: set[str] = set()
        self.offsets: frozenset[int] = frozenset()  # of all entries; filled when a gap is met

    def run(self) -> None:
        """
        Reads every member in the directory's order.
        """
        certain = True  # whether the window's position is where the next member must begin
        entries = self.directory.entries
        index = 0
        while index < len(entries) and not self.stopped:
            plain = self._plain_run(index)
            if plain > index:
                index, certain = plain, True
            else:
                certain = self._member(index, entries[index], certain=certain)
                index += 1
        if certain and self.window.left and not self.stopped:
            self._gap(self.window.left, None)

    def _plain_run(self, first: int) -> int:
        """
        Reads as many members as are at hand, of the canonical form, and without fault; returns the next one's index.

        A shorter way to what `_member` comes to as well; the member that ends the run has not been touched.
        """
        entries, headers, add = self.directory.entries, self.directory.headers, self.members.append
        new = tuple.__new__  # as in `zip_canonical`
        window = self.window
        buffer, at = window.at_hand()
        view = memoryview(buffer)
        filled = len(buffer)
        base = window.position - at
        index = first
        for index in range(first, len(entries)):
            header = headers[index]
            if header is None:
                break
            headers[index] = None  # its memory is that of the next digest, and in the cache still
            entry = entries[index]
            path, offset, _, size, crc = entry[:5]
            start = at + len(header)
            stop = start + size
            if stop > filled and stop - at <= Window.PIECE:
                window.position = base + at
                buffer, at = window.at_hand(stop - at)
                view = memoryview(buffer)
                filled = len(buffer)
                base = window.position - at
                start = at + len(header)
                stop = start + size
            # A view of a large content spares a copy; a small one is copied in less time than a view takes.
            content = (view if size > _COPIED else buffer)[start:stop]
            if (
                stop > filled
                or offset != base + at
                or path == manifest.NAME
                or not buffer.startswith(header, at)
                or zlib.crc32(content) != crc
            ):
                break
            add(new(Member, (entry, base + start, sha256(content).hexdigest())))
            at = stop
        else:
            index = len(entries)
        window.position = base + at
        return index

    def _member(self, index: int, entry: Entry, *, certain: bool) -> bool:
        """
        Judges one member; returns whether the next one must begin where the window stands now.
        """
        if entry.offset != self.window.position and not self._arrive(entry, certain=certain):
            return False
        at = self.window.position
        bound = zip_local.bind(self.window, entry, recoded=index in self.directory.recoded)
        if bound is None:
            self._report("local-header-missing", entry, "no local header where the member begins", at)
            self.members.append(Member(entry, at, None))
            return False
        self._bound(index, entry, bound)
        self.difference = self.difference or bound.difference
        data = self.window.position
        if not bound.readable or not self.directory.is_readable(index):
            # The lengths may lie as well: the next member is looked for where the directory says.
            self.window.position = at + z.LOCAL.size
            self.members.append(Member(entry, data, None))
            return False
        if entry.compressed > self.window.left:
            self._stop("archive-overlap", entry, "the member's data runs into the directory", data)
            return False
        return self._content(entry, data, bound)

    def _bound(self, index: int, entry: Entry, bound: zip_local.Bound) -> None:
        """
        Keeps the findings of a local header, but for those that repeat a flaw of its entry.
        """
        implied = {slug for rule in self.directory.flaws.get(index, ()) for slug in _IMPLIES.get(rule, ())}
        self.findings.extend(finding for finding in bound.findings if finding.rule not in implied)
        if any(finding.rule == "local-name-mismatch" for finding in bound.findings):
            self.doubtful |= {entry.path, decoded(bound.name)}

    def _content(self, entry: Entry, data: int, bound: zip_local.Bound) -> bool:
        kept: list[bytes] = []
        is_manifest = entry.path == manifest.NAME and entry.size <= self.manifest_limit
        digest: Sha256 | None = None
        try:
            digest = zip_data.read(self.window, entry, kept.append if is_manifest else None)
        except zip_data.ContentProblem as problem:
            # Of two checksums one is wrong anyhow; that they differ was said already.
            settled = any(finding.rule == "local-crc-mismatch" for finding in bound.findings)
            if not (problem.rule == "data-crc-mismatch" and settled):
                self._report(problem.rule, entry, problem.detail, data, problem.seen, problem.need)
        self.window.position = data + entry.compressed
        self.members.append(Member(entry, data, digest))
        if is_manifest and digest is not None:
            self.manifest = b"".join(kept)
        if not entry.flags & z.FLAG_DESCRIPTOR:
            return True
        problem_seen = zip_data.descriptor(self.window, entry, wide=bound.wide)
        if problem_seen is not None:
            self.findings.append(problem_seen)
            return False
        if entry.method == z.STORED and self._holds_signature(entry, data):
            self._report("descriptor-ambiguous", entry, "the data holds the signature of a descriptor", data)
        return True

    def _holds_signature(self, entry: Entry, data: int) -> bool:
        self.window.settle()  # the bytes that were judged are those of the first reading
        behind = self.window.position
        self.window.position = data
        last = b""
        found = False
        for piece in zip_data.pieces(self.window, entry):
            found = found or z.DESCRIPTOR_SIGNATURE in last + piece
            last = piece[-3:]
        self.window.position = behind
        return found

    def _arrive(self, entry: Entry, *, certain: bool) -> bool:
        """
        Moves to a member whose declared offset is not where the window stands; returns whether it can be read.
        """
        at = self.window.position
        if certain and zip_local.is_at(self.window, entry):
            seen, need = f"{entry.offset}", f"{at}"
            self._report("entry-offset-mismatch", entry, "the offset in the directory", entry.position, seen, need)
            return True
        if entry.offset < at:
            self._stop("archive-overlap", entry, "the member begins within the one before", entry.offset)
            return False
        if certain:
            self.offsets = self.offsets or frozenset(other.offset for other in self.directory.entries)
            if at in self.offsets:
                self._stop("entry-order", entry, "the directory lists members in another order than they lie", at)
                return False
        if entry.offset - at > self.window.left - z.LOCAL.size:
            self._stop("archive-overlap", entry, "the member begins in or behind the directory", entry.offset)
            return False
        if certain:
            self._gap(entry.offset - at, entry)
        self.window.position = entry.offset
        return True

    def _gap(self, length: int, entry: Entry | None) -> None:
        path = entry.path if entry is not None else None
        where = "before the member" if entry is not None else "before the directory"
        detail = f"bytes that belong to no member {where}"
        self.findings.append(Finding("archive-gap", path, detail, self.window.position, f"{length} bytes", "none"))

    def _report(
        self, rule: str, entry: Entry, detail: str, offset: int, seen: str | None = None, need: str | None = None
    ) -> None:
        self.findings.append(Finding(rule, entry.path, detail, offset, seen, need))

    def _stop(self, rule: str, entry: Entry, detail: str, offset: int) -> None:
        self._report(rule, entry, detail, offset)
        self._give_up()

    def _give_up(self) -> None:
        self.stopped = "the places of the members contradict each other; nothing behind can be believed"
