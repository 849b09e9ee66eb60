"""
Extra fields: the few kinds that honest tools write and that mean nothing for name, size or content.

| kind | written by | length |
| --- | --- | --- |
| 0x0001 ZIP64 | everybody, over 4 GiB | what the headers need (APPNOTE 4.5.3) |
| 0x5455 "UT" times | Info-ZIP, bsdtar, Go, git | 5, 9 or 13 |
| 0x7875 "ux" owner | Info-ZIP, bsdtar | 11, or 3 + the two stated lengths |
| 0x7855 "Ux" owner | older Info-ZIP | 0 or 4 |
| 0x5855 "UX" times and owner | macOS Archive Utility | 8 or 12 |
| 0x000a NTFS times | 7-Zip, Windows tools | 32 |
| 0xcafe JAR mark | Java's jar | 0 |

Everything else is refused (APPNOTE 4.5.2, 4.6): 0x7075 renames the member for some readers, 0x000d and 0x756e link it,
0x9901 encrypts it, and unknown kinds carry what no manifest covers.
"""

from __future__ import annotations

from . import zip_format as z

_TIMES = 0x5455
_LENGTHS: dict[int, frozenset[int]] = {
    _TIMES: frozenset({5, 9, 13}),
    0x7855: frozenset({0, 4}),
    0x5855: frozenset({8, 12}),
    0x000A: frozenset({32}),
    0xCAFE: frozenset({0}),
}
_OWNER = 0x7875


class ExtraProblem(Exception):  # noqa: N818 - never leaves core: the readers turn it into a finding
    """
    What is wrong with an extra area, on its way to becoming a finding.

    Args:
        rule: The slug.
        detail: What is wrong.
    """

    def __init__(self, rule: str, detail: str) -> None:
        super().__init__(detail)
        self.rule = rule
        self.detail = detail


def zip64(area: bytes) -> bytes | None:
    """
    The content of the ZIP64 field of an extra area that holds nothing but allowed fields.

    Returns:
        None when there is no such field.

    Raises:
        ExtraProblem: when the area is malformed, or holds a kind that is not allowed.
    """
    found: bytes | None = None
    kinds = set()
    at = 0
    while at < len(area):
        if at + z.EXTRA.size > len(area):
            raise ExtraProblem("extra-malformed", f"{len(area) - at} stray bytes behind the last extra field")
        kind, length = z.EXTRA.unpack_from(area, at)
        at += z.EXTRA.size
        content = area[at : at + length]
        if len(content) != length:
            raise ExtraProblem("extra-malformed", f"extra field 0x{kind:04x} runs over its area")
        if kind in kinds:
            raise ExtraProblem("extra-malformed", f"extra field 0x{kind:04x} stands twice")
        kinds.add(kind)
        if kind == z.EXTRA_ZIP64:
            found = content
        else:
            _check(kind, content)
        at += length
    return found


def has_times(area: bytes) -> bool:
    """
    Whether an extra area holds the times that Unix tools write (0x5455); a malformed one is looked at up to its fault.
    """
    at = 0
    while at + z.EXTRA.size <= len(area):
        kind, length = z.EXTRA.unpack_from(area, at)
        if kind == _TIMES:
            return True
        at += z.EXTRA.size + length
    return False


def _check(kind: int, content: bytes) -> None:
    if kind == _OWNER:
        fits = _is_owner(content)
    elif kind in _LENGTHS:
        fits = len(content) in _LENGTHS[kind]
    else:
        raise ExtraProblem("extra-unknown", f"extra field of kind 0x{kind:04x}")
    if not fits:
        raise ExtraProblem("extra-malformed", f"extra field 0x{kind:04x} of {len(content)} bytes")


def _is_owner(content: bytes) -> bool:
    # version 1, length of uid, uid, length of gid, gid (Info-ZIP, proginfo/extrafld.txt)
    if len(content) < 3 or content[0] != 1:
        return False
    uid = content[1]
    return len(content) > 2 + uid and len(content) == 3 + uid + content[2 + uid]
