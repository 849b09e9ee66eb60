"""
``python -m phase2_gate`` is the command ``phase2-gate``.
"""

from __future__ import annotations

import sys

from .cli.main import main

if __name__ == "__main__":
    sys.exit(main())
