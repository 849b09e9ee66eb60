"""
Audit gate of the Build Loop Phase 2 bundle: starts the verifier that lies beside it, else the installed one.
"""

from __future__ import annotations

import importlib.util
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def start() -> int:
    """
    Finds the verifier and runs it.

    Returns:
        The exit code: 0 PASS, 1 FAIL, 2 usage, 3 BLOCKED.
    """
    sys.dont_write_bytecode = True  # the workspace stays as it was extracted
    if os.path.isfile(os.path.join(HERE, "phase2_gate", "__init__.py")):
        # Named by hand: under -I, -P or PYTHONSAFEPATH python leaves a script's directory off the path.
        sys.path.insert(0, HERE)
    elif importlib.util.find_spec("phase2_gate") is None:
        sys.stderr.write("error: phase2_gate: not beside this script and not installed\n")
        sys.stderr.write("hint: install it into this interpreter: python -m pip install CHECKOUT-OR-WHEEL\n")
        return 3
    from phase2_gate.cli.gate_script import main

    return main()


if __name__ == "__main__":
    sys.exit(start())
