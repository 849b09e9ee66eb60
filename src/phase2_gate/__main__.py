"""
``python -m phase2_gate`` is the command ``phase2-gate``.

In a bundle that carries its verifier, ``python scripts/phase2_gate --zip BUNDLE`` is the audit alone: the directory is
run as a program, and the commands that are not needed to judge a bundle do not travel.
"""

from __future__ import annotations

import gc
import os
import sys

TYPE_CHECKING = False  # not from `core.typed`: what is run as a program has no package yet
if TYPE_CHECKING:
    from typing import NoReturn


def _become_package() -> None:
    """
    Makes the directory of this file the package ``phase2_gate``.

    Python puts a directory that it runs on the path, under ``-I`` and ``-P`` too. It is taken off again, and the one
    above is not put there: what else lies in a bundle's ``scripts/`` must not be taken for the standard library.
    """
    import contextlib
    import importlib.util

    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [place for place in sys.path if os.path.abspath(place) != here]
    # The workspace stays as it was extracted; this very file was compiled, and kept, before it had a say.
    sys.dont_write_bytecode = True
    kept = __spec__ and __spec__.cached
    if kept:
        with contextlib.suppress(OSError):
            os.unlink(kept)
            os.rmdir(os.path.dirname(kept))
    spec = importlib.util.spec_from_file_location("phase2_gate", os.path.join(here, "__init__.py"))
    if spec is None or spec.loader is None:  # pragma: no cover - a file that ends in .py always has a loader
        raise ImportError(here)
    package = importlib.util.module_from_spec(spec)
    sys.modules["phase2_gate"] = package
    spec.loader.exec_module(package)


def start() -> int:
    """
    Runs the command, or the audit where only that is carried.

    Returns:
        The exit code: 0 PASS, 1 FAIL, 2 usage, 3 BLOCKED.
    """
    # The process is ours. A command may make a million values, and hardly a cycle: to look for some takes a tenth of
    # the time of a large bundle.
    gc.disable()
    if not __package__:
        _become_package()
    try:
        from phase2_gate.cli.main import main
    except ModuleNotFoundError as error:
        if error.name != "phase2_gate.cli.main":
            raise
        from phase2_gate.cli.carried import main
    return main()


def run() -> NoReturn:
    """
    The process ``phase2-gate``: `start`, and its end.
    """
    try:
        code = start()
        from phase2_gate.cli.guard import leave
    except KeyboardInterrupt:  # before there was anything to clean up
        sys.stderr.write("error: interrupted; nothing was judged\n")
        sys.exit(3)
    leave(code)


if __name__ == "__main__":
    run()
