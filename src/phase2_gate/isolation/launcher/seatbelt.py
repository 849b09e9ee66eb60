"""
Level `sandbox-exec`: macOS starts the program under a profile that denies what it does not allow.

Nobody has run this on macOS yet; the self-test in the same box decides there whether it is believed. The language of
profiles is not documented by Apple. Read for this: the profiles of Firefox (``SandboxPolicyContent.h``), what others
found about the root directory (akitaonrails/ai-jail issue 77) and about hard links (unslothai/unsloth pull 10526).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .plan import LayerError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .plan import Plan

PROGRAM = "/usr/bin/sandbox-exec"
"""Part of macOS; said to be deprecated since 2016, and what browsers and build tools there still use."""
_SYSTEM = (
    *("/bin", "/sbin", "/usr/bin", "/usr/lib", "/usr/libexec", "/usr/sbin", "/usr/share"),
    *("/System/Library", "/System/Cryptexes", "/System/Volumes/Preboot/Cryptexes", "/Library/Apple"),
    *("/Library/Developer/CommandLineTools", "/opt/homebrew/Cellar", "/opt/homebrew/lib", "/opt/homebrew/opt"),
    *("/usr/local/Cellar", "/usr/local/lib", "/usr/local/opt", "/opt/local/lib"),
    *("/private/etc/ssl", "/private/var/db/timezone", "/private/var/select"),
)
"""Programs and libraries of the system and of package managers, by their real paths."""
_FILES = ("/private/etc/localtime", "/private/etc/services", "/private/etc/protocols")
_READABLE_DEVICES = ("/dev/null", "/dev/random", "/dev/urandom", "/dev/zero")
_WRITABLE_DEVICES = ("/dev/null", "/dev/zero")


def command(plan: Plan) -> list[str]:
    """
    The command line that starts the program in its box.

    Raises:
        LayerError: The program is not there, as everywhere but on macOS, or root asks, or a path can't be said.
    """
    if os.getuid() == 0:
        raise LayerError("sandbox-exec", "root would stay root in this box: start the audit as an ordinary user")
    if not os.access(PROGRAM, os.X_OK):
        raise LayerError("sandbox-exec", f"no {PROGRAM}: this level is for macOS")
    return [PROGRAM, "-p", profile(plan), *plan.argv]


def profile(plan: Plan) -> str:
    """
    The profile: one rule a line, for the program and everything that it starts.

    Args:
        plan: The program's paths.

    Raises:
        LayerError: A path can't be said in a profile.
    """
    readable = sorted({*_SYSTEM, *(os.path.realpath(path) for path in (*plan.readable, plan.workspace))})
    # what is named by a link needs the link too, and Python asks about each directory above
    named = sorted({*plan.readable, *readable, plan.workspace, plan.scratch})
    above = sorted({parent for path in named for parent in _parents(path)})
    scratch = os.path.realpath(plan.scratch)
    rules = [
        "(version 1)",
        "(deny default)",
        "(allow process-fork)",
        f"(allow process-exec {_all('subpath', readable)})",
        "(allow process-info* (target self))",
        "(allow signal (target self) (target pgrp) (target children))",
        "(allow sysctl-read)",
        f"(allow file-read-metadata {_all('literal', [*above, *named])})",
        # the loader of macOS 26 ends every program that can't read the root directory
        f"(allow file-read* {_all('literal', ['/', *_FILES, *_READABLE_DEVICES])})",
        f"(allow file-read* {_all('subpath', [*readable, scratch, '/dev/fd'])})",
        f"(if (defined? 'file-map-executable) (allow file-map-executable {_all('subpath', [*readable, scratch])}))",
        f"(allow file-write-data {_all('literal', _WRITABLE_DEVICES)} {_all('subpath', ['/dev/fd'])})",
        f"(allow file-write* {_all('subpath', [scratch])})",
        # a second name in the scratch area would make a file of the workspace or of the interpreter writable
        "(if (defined? 'file-link) (deny file-link))",
        "(deny network*)",
    ]
    return "\n".join(rules) + "\n"


def _parents(path: str) -> list[str]:
    found = []
    while (parent := os.path.dirname(path)) != path:
        found.append(parent)
        path = parent
    return found


def _all(kind: str, paths: Iterable[str]) -> str:
    return " ".join(f"({kind} {_quoted(path)})" for path in paths)


def _quoted(path: str) -> str:
    """
    A path as a string of the profile's language.
    """
    if not path.isprintable():
        raise LayerError("sandbox-exec", f"a path can't be said in a profile: {path!r}")
    escaped = path.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
