"""
Tests of `phase2_gate.isolation.launcher.seatbelt`: the text of the profile and the command line.

What macOS makes of them nobody has tried yet. A program in the place of ``sandbox-exec`` that confines nothing shows
that the self-test decides.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from phase2_gate.core.errors import IsolationError
from phase2_gate.isolation.choose import choose
from phase2_gate.isolation.launcher import seatbelt
from phase2_gate.isolation.launcher.plan import LayerError
from phase2_gate.isolation.level import Level
from phase2_gate.isolation.selftest import prove

from ..boxes import python
from ..knock_outs import IMPORT, knock_out
from .test_mounts import PLAN

MACOS = replace(
    PLAN, level="sandbox-exec", readable=["/Users/a/venv"], workspace="/private/var/w", scratch="/private/tmp/s"
)


def rules(text: str, operation: str) -> list[str]:
    """
    What one operation is allowed for, in the order of the profile.
    """
    return [line for line in text.splitlines() if re.search(rf"\(allow (\S+ )*{re.escape(operation)}[ )]", line)]


def paths(lines: list[str]) -> set[str]:
    """
    The paths that rules name.
    """
    return {path for line in lines for path in re.findall(r'"([^"]*)"', line)}


def test_the_default_is_to_deny() -> None:
    """
    The first rule after the version denies everything, and no later one allows the network or what it does not name.
    """
    lines = seatbelt.profile(MACOS).splitlines()
    assert lines[:2] == ["(version 1)", "(deny default)"]
    assert [line for line in lines if "network" in line] == ["(deny network*)"]
    assert {line.count("(") - line.count(")") for line in lines} == {0}
    bare = [line for line in lines if line.startswith("(allow") and "(literal" not in line and "(subpath" not in line]
    assert bare == [
        "(allow process-fork)",
        "(allow process-info* (target self))",
        "(allow signal (target self) (target pgrp) (target children))",
        "(allow sysctl-read)",
    ]


def test_only_the_scratch_area_may_be_written() -> None:
    """
    Files are written below the scratch area alone; of devices and open descriptors, only data, and no file twice named.
    """
    text = seatbelt.profile(MACOS)
    assert {"/private/tmp/s"} == paths(rules(text, "file-write*"))
    assert {"/dev/null", "/dev/zero", "/dev/fd"} == paths(rules(text, "file-write-data"))
    assert "(if (defined? 'file-link) (deny file-link))" in text


def test_what_may_be_read() -> None:
    """
    Interpreter, workspace, scratch and system are readable, homes are not; of the root only its own entries are.
    """
    text = seatbelt.profile(MACOS)
    readable = paths(rules(text, "file-read*"))
    assert {"/Users/a/venv", "/private/var/w", "/private/tmp/s", "/usr/lib", "/System/Library"} <= readable
    assert not {"/Users", "/Users/a", "/private", "/private/var", "/private/etc", "/Library", "/opt", "/usr"} & readable
    assert '(subpath "/")' not in text
    assert {"/", "/Users", "/Users/a", "/private/var"} <= paths(rules(text, "file-read-metadata"))


def test_a_link_is_shown_with_what_it_leads_to(tmp_path: Path) -> None:
    """
    Rules are about real paths, and Python asks about the link too.
    """
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    text = seatbelt.profile(replace(MACOS, readable=[str(tmp_path / "link")]))
    assert str(tmp_path / "real") in paths(rules(text, "file-read*"))
    assert {str(tmp_path / "link"), str(tmp_path)} <= paths(rules(text, "file-read-metadata"))


def test_a_path_cannot_end_its_string() -> None:
    """
    Quotes and backslashes are escaped; a path with a line in it can't be said, and the box is not made.
    """
    text = seatbelt.profile(replace(MACOS, workspace='/w")(allow default)(x "\\'))
    assert '(subpath "/w\\")(allow default)(x \\"\\\\")' in text
    with pytest.raises(LayerError, match="can't be said"):
        seatbelt.profile(replace(MACOS, workspace="/w\n(allow default)"))


def test_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The program follows the profile, unchanged; elsewhere than on macOS and for root there is none.
    """
    monkeypatch.setattr(os, "getuid", lambda: 501)
    monkeypatch.setattr(seatbelt, "PROGRAM", str(tmp_path / "absent"))
    with pytest.raises(LayerError, match="this level is for macOS"):
        seatbelt.command(MACOS)
    monkeypatch.setattr(seatbelt, "PROGRAM", "/bin/sh")
    plan = replace(MACOS, argv=["/p/python", "-c", "x"])
    assert ["/bin/sh", "-p", seatbelt.profile(plan), "/p/python", "-c", "x"] == seatbelt.command(plan)
    monkeypatch.setattr(os, "getuid", lambda: 0)
    with pytest.raises(LayerError, match="root would stay root"):
        seatbelt.command(MACOS)


def test_a_program_that_confines_nothing_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The self-test runs in the same box, so that a profile that does not hold is found.
    """
    program = tmp_path / "sandbox-exec"
    program.write_text('#!/bin/sh\nshift 2\nexec "$@"\n')
    program.chmod(0o755)
    knock_out(
        monkeypatch, IMPORT + f"seatbelt; seatbelt.PROGRAM = {str(program)!r}; seatbelt.os.getuid = lambda: 501\n"
    )
    with pytest.raises(IsolationError, match=r"sandbox-exec: the self-test got out of the box: .*write-file"):
        prove(Level.SANDBOX_EXEC, python().path, python().readable)


def test_elsewhere_it_is_refused_by_name() -> None:
    """
    Who asks for this level where it can't be had is told why.
    """
    if os.path.exists(seatbelt.PROGRAM):
        pytest.skip("this is macOS")
    with pytest.raises(IsolationError, match=r"sandbox-exec: (no /usr/bin|root would)"):
        choose("sandbox-exec", python().path, python().readable)
