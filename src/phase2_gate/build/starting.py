"""
What a workspace that is to be packed begins with: an ignore file and a table of settings, explained and harmless.

Nothing is overwritten: what is there already is an error that is found before anything is written, and each file
appears whole or not at all.
"""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path

from ..core.errors import BuildError, SettingsError
from ..workspace import ignore, settings
from .output import replacing

IGNORE_FILE = """\
# Which files go into the bundle: everything, but for what a line here leaves out.
#
# The language is that of .gitignore, with git's verdicts; the last line that matches decides. This file alone has a
# say: .gitignore has none. It may lie in any directory, and travels along in the bundle.
#
#   phase2-gate list            shows what would be packed
#   phase2-gate explain PATH    shows the line that decides over a path
#
# Never packed anyway: data of version control, caches, compiled code, virtual environments, litter of editors and
# systems. A private key or a file of credentials makes the build fail.

# what builds make
/build/
/dist/
/site/
/artifacts/

# what belongs to one machine alone
/env/
/.idea/
/.vscode/
*.log

# To name what is packed instead, leave out everything and take it back, directory by directory:
#
#   /*
#   !/LICENSE
#   !/pyproject.toml
#   !/src/
#   !/tests/
"""
"""The ignore file; it leaves out what most projects have and none ships."""

TABLE = """\
# Settings of phase2-gate, all at their defaults; take the mark off a line to change it.
[tool.phase2-gate]
# output = "artifacts/bundles/NAME.zip"    # where the bundle is written
# report-dir = "artifacts/reports"         # where reports go, which are never packed
# sources = { "src/app" = "app" }          # directories that ship under another name; "" is the root
# executable = ["scripts/*.sh"]            # files that everybody may execute, as patterns of an ignore file
# carry-verifier = false                   # whether the bundle carries a verifier under scripts/
# manifest-in-workspace = false            # whether a build keeps manifest.txt in the workspace up to date
# lift = ["tests/data/made-up-key.pem"]    # exact paths that are packed though the built-in list speaks against it
# require-clean-git = false                # whether every packed file has to be as in the last commit
"""
"""The table of settings."""


def start(workspace: Path) -> tuple[str, ...]:
    """
    Writes both; the settings only where there is a ``pyproject.toml``.

    Returns:
        The files that were written, relative to the workspace.

    Raises:
        BuildError: when one is there already, or cannot be written.
        SettingsError: when ``pyproject.toml`` cannot be read.
    """
    if not workspace.is_dir():
        message = f"{str(workspace)!r}: not a workspace: need a directory"
        raise BuildError(message)
    rules = workspace / ignore.NAME
    _refuse_present(rules)
    project = workspace / settings.FILE
    if not os.path.lexists(project):
        with replacing(rules) as descriptor:
            _write(descriptor, IGNORE_FILE.encode())
            _refuse_present(rules)
        return (ignore.NAME,)
    text = _with_table(project)
    with replacing(rules) as descriptor:
        _write(descriptor, IGNORE_FILE.encode())
        with replacing(project, stat.S_IMODE(project.stat().st_mode)) as other:
            _write(other, text)
            _refuse_present(rules)
    return (ignore.NAME, settings.FILE)


def _refuse_present(path: Path) -> None:
    if os.path.lexists(path):
        message = f"{path.name}: there already: nothing was written"
        raise BuildError(message, hint="change it by hand, or take it away first")


def _with_table(project: Path) -> bytes:
    """
    The text of ``pyproject.toml`` with the table behind it, line ends as they are there.
    """
    if project.is_symlink() or not project.is_file():
        message = f"{settings.FILE}: not a file: nothing was written"
        raise BuildError(message, hint="add [tool.phase2-gate] by hand")
    try:
        data = project.read_bytes()
        before = tomllib.loads(data.decode("utf-8"))
    except OSError as error:
        message = f"{settings.FILE}: cannot be read: {error.strerror}"
        raise SettingsError(message) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        message = f"{settings.FILE}: not TOML: {error}"
        raise SettingsError(message) from error
    if not stat.S_IMODE(project.stat().st_mode) & 0o222 or not os.access(project, os.W_OK):
        # A rename would replace it all the same.
        message = f"{settings.FILE}: is read-only: nothing was written"
        raise BuildError(message, hint="make it writable, or add [tool.phase2-gate] by hand")
    tool = before.get("tool", {})
    if not isinstance(tool, dict):
        message = (
            f"{settings.FILE}: {settings.TABLE} cannot be added behind what is there: nothing was written: "
            "`tool` is no table"
        )
        raise BuildError(message, hint="write its tables as [tool.NAME]")
    if "phase2-gate" in tool:
        message = f"{settings.FILE}: {settings.TABLE} is there already: nothing was written"
        raise BuildError(message, hint="change it by hand; docs/settings.md has all settings")
    end = b"\r\n" if b"\r\n" in data else b"\n"
    gap = b"" if not data else end if data.endswith(b"\n") else end + end
    text = data + gap + TABLE.encode().replace(b"\n", end)
    try:
        tomllib.loads(text.decode("utf-8"))
    except tomllib.TOMLDecodeError as error:
        message = (
            f"{settings.FILE}: {settings.TABLE} cannot be added behind what is there: nothing was written: {error}"
        )
        raise BuildError(message, hint="add it by hand, where `tool` is written") from error
    return text


def _write(descriptor: int, data: bytes) -> None:
    with open(descriptor, "wb", closefd=False) as file:
        file.write(data)
