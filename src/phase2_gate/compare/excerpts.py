"""
Where two values part, and what is shown of them there.
"""

from typing import AnyStr


def common(a: AnyStr, b: AnyStr) -> int:
    """
    How many characters, or bytes, two values have in common at their start.
    """
    low, high = 0, min(len(a), len(b))
    # By halves, in slices: a loop over single characters takes fifty times as long.
    while low < high:
        middle = (low + high + 1) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def cut(text: str, at: int, most: int) -> str:
    """
    At most so many characters of a text, from a little before the place of interest on; dots stand for what is left.
    """
    if len(text) <= most:
        return text
    start = max(0, at - most // 4)
    before = "... " if start else ""
    behind = " ..." if start + most < len(text) else ""
    return f"{before}{text[start : start + most]}{behind}"


def quoted(a: bytes, b: bytes, most: int) -> tuple[str, str]:
    """
    Two values that differ, as literals of at most so many bytes each, from a little before their first difference on.
    """
    start = 0 if max(len(a), len(b)) <= most else max(0, common(a, b) - most // 4)
    return _literal(a, start, most), _literal(b, start, most)


def _literal(data: bytes, start: int, most: int) -> str:
    before = "... " if start else ""
    behind = " ..." if start + most < len(data) else ""
    return f"{before}{data[start : start + most]!r}{behind}"
