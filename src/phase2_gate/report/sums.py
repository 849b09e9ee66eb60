"""
``SHA256SUMS`` of the report directory, as `sha256sum -c` reads it.

One line for each file, in the byte order of the names, whatever the locale. The names are ours, plain ASCII without
backslash or line break, so none of them needs the escape that `sha256sum` would write.
"""

from __future__ import annotations

from collections.abc import Mapping

NAME = "SHA256SUMS"
"""The file in the report directory."""


def render(digests: Mapping[str, str]) -> bytes:
    """
    The list.

    Args:
        digests: The sha256 of each file, in hexadecimal digits, by its path in the report directory.
    """
    return b"".join(f"{digests[name]}  {name}\n".encode("ascii") for name in sorted(digests))
