"""
The local header of a member: what of it does not follow from the directory, and how that differs.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..core import zip_format as z
from ..core.source import Source
from ..core.typed import NamedTuple
from ..core.zip_tiling import Member
from . import extra_fields, values

_FIELDS = (
    ("local-flags-mismatch", "flags"),
    ("local-method-mismatch", "method"),
    ("local-time-mismatch", "time"),
    ("local-crc-mismatch", "checksum"),
    ("local-size-mismatch", "compressed size"),
    ("local-size-mismatch", "size"),
)
"""The fields of the local header that have a twin in the directory, and the rule that wants the two to be equal."""
_DECISIVE = (0, 1, 4, 5)
"""Those of them that are not time or checksum."""
_FOLLOWS, _STATED, _ABSENT = "as in the directory", "stated", "left at zero"


class Local(NamedTuple):
    """
    What the local header of a member says.
    """

    version: int
    """The version needed."""
    name: bytes
    """The name."""
    says: tuple[str, ...]
    """For each of `_FIELDS` how it stands to the directory; empty where both ways of saying it look the same."""
    extra: bytes
    """The extra fields."""


def parse(source: Source, member: Member) -> Local | None:
    """
    The local header of a member; None when there is none where it should be.

    Raises:
        SourceError: when the bytes cannot be read.
    """
    entry, start = member.entry, member.entry.offset + z.LOCAL.size
    if start > source.size:
        return None
    signature, version, flags, method, time, date, crc, compressed, size, name_length, extra_length = z.LOCAL.unpack(
        source.read_at(entry.offset, z.LOCAL.size)
    )
    # Where a member lies elsewhere than the directory says, that place may hold the header of another.
    if signature != z.LOCAL_SIGNATURE or start + name_length + extra_length != member.data:
        return None
    behind = source.read_at(start, name_length + extra_length)
    extra = behind[name_length:]
    compressed, size = extra_fields.sizes(extra, compressed, size)
    says = (
        _against(f"0x{flags:04x}", f"0x{entry.flags:04x}"),
        _against(values.method(method), values.method(entry.method)),
        _against(values.dos_time(date << 16 | time), values.dos_time(entry.time)),
        _stated(crc, entry.crc, f"0x{crc:08x}"),
        _stated(compressed, entry.compressed, f"{compressed}"),
        _stated(size, entry.size, f"{size}"),
    )
    return Local(version, behind[:name_length], says, extra)


def _against(seen: str, need: str) -> str:
    return _FOLLOWS if seen == need else seen


def _stated(value: int, need: int, shown: str) -> str:
    if value == need:
        return _STATED if need else ""
    return shown if value else _ABSENT


def decisive(one: Local | None) -> tuple[object, ...]:
    """
    What of it tells a reader how to name and how to read the member.
    """
    return () if one is None else (one.name, one.extra, *(one.says[place] for place in _DECISIVE))


def differences(a: Local, b: Local, *, implied: bool) -> Iterator[tuple[str, str, str, str]]:
    """
    The fields with a twin in the directory where the two sides differ in how they stand to it.

    Args:
        a: The one.
        b: The other.
        implied: Whether only one of the two is followed by a descriptor, so that sums are stated in the other.

    Yields:
        The rule that wants the twins to be equal, the field, and both values.
    """
    skipped = {_STATED, _ABSENT} if implied else set()
    for (rule, what), seen_a, seen_b in zip(_FIELDS, a.says, b.says, strict=True):
        # Nothing looks the same as both ways of saying it, and as no other value.
        same = {seen_a, seen_b} <= {"", _STATED} or {seen_a, seen_b} <= {"", _ABSENT}
        if seen_a != seen_b and not same and {seen_a, seen_b} != skipped:
            yield rule, what, seen_a or _ABSENT, seen_b or _ABSENT
