"""
The ``__main__`` of ``phase2-gate.pyz``: the command, on the standard library alone.

However the archive was started, the command runs under ``-I -S``: Python then reads no variable of the environment, no
directory of packages and no ``.pth`` file. What somebody put into the current directory, beside the archive or on
PYTHONPATH is not on the path of the command.

This file is read by whatever Python starts the archive, so it keeps to what 3.6 and later understand: no import of
``annotations``, no types of later versions but in quotes.
"""

import gc
import os
import sys

OLDEST = (3, 11)
"""The oldest Python that the archive runs on."""
BLOCKED = 3
"""The exit code of whoever could not judge."""


def start() -> int:
    """
    Runs the command, in an interpreter that takes nothing from its surroundings.

    Returns:
        The exit code: 0 PASS, 1 FAIL, 2 usage, 3 BLOCKED.
    """
    if sys.version_info[:2] < OLDEST:
        seen, need = (".".join(map(str, version)) for version in (sys.version_info[:2], OLDEST))
        return _refuse(f"{sys.executable}: too old: seen Python {seen}, need {need} or newer")
    here = os.path.dirname(__file__)
    archive = os.path.abspath(here)
    if not (sys.flags.isolated and sys.flags.no_site):
        if not sys.executable:
            return _refuse("sys.executable: empty: this Python does not know its own path")
        return _again([sys.executable, "-I", "-S", archive, *sys.argv[1:]])
    # An audit starts Python in other directories, and tells it where the modules are.
    sys.path[:] = [archive if place == here else place for place in sys.path]
    gc.disable()  # as the installed command does
    from phase2_gate.cli.main import main

    return main()


def _again(command: "list[str]") -> int:
    if os.name != "nt":
        os.execv(command[0], command)  # noqa: S606 - the very interpreter that runs this
    # There, exec would let whoever waits for the command go on before it is done.
    sys.path[:] = [place for place in sys.path if place not in os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    import subprocess

    return subprocess.run(command, check=False).returncode


def _refuse(message: str) -> int:
    sys.stderr.write(f"error: {message}\nhint: start the archive with another one, as in `python3.11 -I FILE`\n")
    return BLOCKED


if __name__ == "__main__":
    sys.exit(start())
