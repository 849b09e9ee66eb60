"""
``python -m runtime``: see the `command` module.
"""

from __future__ import annotations

import sys

from .command import main

sys.exit(main())
