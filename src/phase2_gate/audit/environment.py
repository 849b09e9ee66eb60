"""
A throw-away environment with exactly the packages that the auditor names.

It is made before the bundle is extracted, by the auditor's own interpreter, and it is the only step of an audit that
may use the network. Nothing but wheels is installed: building a source distribution would run code, unconfined.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from ..core.errors import AuditError
from .requirements import Requirements

_SECONDS = 600.0
"""How long one step may take; a slow network is not the bundle's fault."""
_MASK = 0o022
"""Where root audits, an unprivileged user runs what is installed."""
_INSTALL = (
    *("-I", "-m", "pip", "install", "--require-hashes", "--only-binary", ":all:"),
    *("--no-input", "--disable-pip-version-check", "--no-warn-script-location", "--quiet", "--requirement"),
)
_QUESTION = """
import importlib.metadata as m, json
print(json.dumps(sorted({f"{d.metadata['Name'].lower()}=={d.version}" for d in m.distributions()})))
"""


def make(python: str, requirements: Requirements, directory: Path) -> tuple[str, tuple[str, ...]]:
    """
    Makes an environment.

    Args:
        python: The interpreter to make it with.
        requirements: What it has to hold.
        directory: An empty private directory.

    Returns:
        The path of its interpreter, and its packages as ``name==version``, sorted.

    Raises:
        AuditError: when a step fails; nothing of a bundle has run.
    """
    place = directory / "environment"
    listed = directory / "requirements.txt"
    listed.write_text(requirements.render(), encoding="utf-8")
    _run("make", python, "-I", "-m", "venv", str(place))
    inner = str(place / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
    _run("fill", inner, *_INSTALL, str(listed))
    answer = json.loads(_run("list", inner, "-I", "-c", _QUESTION))
    return inner, tuple(str(package) for package in answer)


def _run(step: str, *command: str) -> bytes:
    umask = -1 if os.name == "nt" else _MASK
    try:
        done = subprocess.run(
            command, capture_output=True, stdin=subprocess.DEVNULL, timeout=_SECONDS, check=False, umask=umask
        )
    except OSError as error:
        raise AuditError(f"requirements: {command[0]!r} could not be started: {error}") from error
    except subprocess.TimeoutExpired as error:
        raise AuditError(f"requirements: could not {step} the environment: no end after {_SECONDS:g} s") from error
    if done.returncode:
        said = (done.stderr or done.stdout)[-1500:].decode("utf-8", "backslashreplace").strip()
        message = f"requirements: could not {step} the environment: {said}"
        raise AuditError(message, hint="nothing of the bundle was run; see what pip and the index say")
    return done.stdout
