"""
The commands that write about workspaces: ``build``, ``manifest`` and ``init``.
"""

from __future__ import annotations

import argparse
import time

from ..build import check_manifest
from ..build import manifest as manifest_of
from ..core import manifest as manifests
from ..core.escape import line
from ..library import building
from . import bar, standing, terminal
from .guard import FAIL, PASS


def build(arguments: argparse.Namespace) -> int:
    """
    ``phase2-gate build``: writes the bundle, and signs it where a key is given.
    """
    began = time.monotonic()
    workspace = standing.workspace(arguments.workspace)
    sign = None
    if arguments.sign is not None:
        from . import attesting

        # A key that cannot be used is known before anything is written.
        sign = attesting.builder(arguments.sign)
    shown = bar.of_build(quiet=arguments.quiet)
    try:
        tell = None if shown is None else shown.tell
        built = building.build(workspace, output=arguments.output, strict_git=arguments.strict_git, progress=tell)
    finally:
        if shown is not None:
            shown.close()
    for path, reason in () if arguments.quiet else built.skipped:
        terminal.complain(f"skipped: {line(path)}: {reason}")
    # However little is printed: a warning is about what the bundle should not have become.
    for warning in built.warnings:
        terminal.warn(warning)
    if arguments.verbose:
        for path in built.members:
            terminal.out(f"member       {line(path)}")
        terminal.out(f"time         {time.monotonic() - began:.3f} s")
    result = f"bundle       sha256 {built.sha256}"
    if arguments.quiet:
        terminal.out(result)
    else:
        terminal.out(f"built        {line(str(built.path))} ({len(built.members)} members)")
        terminal.out(result)
        terminal.out(f"manifest     sha256 {built.manifest_sha256}")
    if arguments.twice:
        from . import comparing

        if (code := comparing.twice(workspace, built.path, quiet=arguments.quiet)) != PASS:
            return code
    if sign is not None:  # last, when the second build, if there was one, gave the same bytes
        sign(built)
    return PASS


def manifest(arguments: argparse.Namespace) -> int:
    """
    ``phase2-gate manifest``: prints it, or compares it with the committed one.
    """
    workspace = standing.workspace(arguments.workspace)
    if not arguments.check:
        terminal.raw(manifest_of(workspace))
        return PASS
    differences = check_manifest(workspace)
    for difference in differences:
        terminal.out(line(difference))
    if differences:
        terminal.complain(f"error: {manifests.NAME}: not up to date: seen {len(differences)} differences, need none")
        terminal.complain(
            "hint: `hatch build -t phase2bundle` or `phase2-gate build` writes it anew; commit the result"
        )
        return FAIL
    terminal.out(f"{manifests.NAME} is up to date")
    return PASS


def init(arguments: argparse.Namespace) -> int:
    """
    ``phase2-gate init``: what a workspace begins with.
    """
    from ..build import starting

    for name in starting.start(standing.workspace(arguments.workspace)):
        terminal.out(f"wrote        {name}")
    return PASS
