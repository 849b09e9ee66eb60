"""
Where a command that is about a workspace stands.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from ..core.errors import SettingsError


def workspace(text: str) -> Path:
    """
    The workspace that `text` names.

    Raises:
        SettingsError: when it is no directory, or is not there any more.
    """
    try:
        if stat.S_ISDIR(os.stat(text).st_mode):
            os.path.abspath(text)  # fails when the working directory was taken away
            return Path(text)
        seen = "not a directory"
    except OSError as error:
        seen = f"cannot be found: {error.strerror}"
    message = f"{text!r}: {seen}: need the directory of a workspace"
    raise SettingsError(message)
