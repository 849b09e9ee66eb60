"""
The environment of a child, built from nothing: no variable of the verifier's reaches the code of a bundle.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_WINDOWS = ("SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "NUMBER_OF_PROCESSORS")
"""Without these neither sockets nor the random generator work on Windows; they tell nothing about the user."""


def build(scratch: Path, inherited: Mapping[str, str] | None = None) -> dict[str, str]:
    """
    The whole environment of a child.

    The hash seed is fixed, so that a suite which passes for one auditor passes for the next: an order that depends on
    the seed is a defect of the suite, but not one that an audit should find on some days only.

    Args:
        scratch: The directory that becomes HOME and the place for temporary files.
        inherited: Where the variables come from that Windows can't do without; the verifier's own by default.

    Returns:
        Names and values.
    """
    inherited = os.environ if inherited is None else inherited
    home = str(scratch)
    variables = {
        "HOME": home,
        # hypothesis keeps its examples in the current directory otherwise, which is the workspace
        "HYPOTHESIS_STORAGE_DIRECTORY": os.path.join(home, ".hypothesis"),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "LOGNAME": "audit",
        "PATH": os.defpath.strip(os.pathsep),
        "PYTHONHASHSEED": "0",
        "TEMP": home,
        "TMP": home,
        "TMPDIR": home,
        "TZ": "UTC",
        "USER": "audit",
    }
    if os.name == "nt":
        variables["USERPROFILE"] = home
        variables |= {name: inherited[name] for name in _WINDOWS if name in inherited}
    return variables
