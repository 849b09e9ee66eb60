"""
Texts of the bundle's code without what is random about the run, so that two audits of one bundle say the same.

Taken out: the workspace, the scratch directories of a run with the files that `tempfile` names below them, and the
addresses of objects. What a bundle makes up itself (a time, a random number) stays, because no one can tell it from
what it wanted to say. The raw logs keep every byte.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

_RANDOM = r"[a-z0-9_]{8}"
"""What `tempfile` puts into a name."""
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,16}\b")


def placeless(workspace: Path, prefix: str = "phase2-gate-") -> Callable[[str], str]:
    """
    What takes the random parts out of a text.

    Args:
        workspace: The extracted files; the directory around it is one of the scratch directories, and tells where the
            others lie.
        prefix: What the names of scratch directories begin with.
    """
    scratch = re.escape(os.path.join(workspace.parent.parent, prefix)) + _RANDOM
    below = re.compile(rf"{scratch}(?![a-z0-9_])(?:([/\\])tmp{_RANDOM}(?![a-z0-9_]))?")

    def clean(text: str) -> str:
        text = text.replace(str(workspace), "<workspace>")
        text = below.sub(lambda found: "<scratch>" if found[1] is None else f"<scratch>{found[1]}<random>", text)
        return _ADDRESS.sub("at <address>", text)

    return clean
