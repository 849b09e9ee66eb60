"""
Environments for processes of their own.
"""

from __future__ import annotations

import os
import sys


def ascii_only() -> dict[str, str]:
    """
    This one's, in a locale that knows ASCII alone, where Python is kept from taking UTF-8 instead.
    """
    locale = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **locale}
