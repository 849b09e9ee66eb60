"""
The attacks on containment, as tables: a number for each kind, and the path that is asked for.

What no path stands for has tests of its own: values that are no text (27, 28) and plain names (22) in
``test_attacks.py``, races (58 to 63) in ``test_races.py``, another mount (55) in ``test_mounts.py``; reparse points
(40), a root that is replaced (53), patterns and envelopes (64 to 66, 68 to 72, 76, 77) in the shipped tests.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

LEXICAL: tuple[tuple[int, str], ...] = (
    (1, "../out/secret"),
    (2, "in/../../out/secret"),
    (3, "in/.."),
    (4, "../tree/in/file"),
    (5, "../tree-evil/x"),
    (6, "/etc/passwd"),
    (7, "//etc/passwd"),
    (8, "{tree}/in/file"),
    (9, ""),
    (10, "."),
    (11, "./in/file"),
    (12, "in//file"),
    (13, "in/./file"),
    (14, "in/file/"),
    (15, "in/file\0.txt"),
    (16, "in/fi\nle"),
    (17, "in/\udcff"),
    (18, "é" * 128),
    (19, "a/" * 2100 + "a"),
    (20, "a/" * 500 + "a"),
    (21, "~/x"),
    (21, "~root/x"),
    (23, "%2e%2e/out/secret"),
    (23, "in%2ffile"),
    (24, "file:///etc/passwd"),
    (24, "http://x/y"),
    (25, "\uff0e\uff0e/out/secret"),
    (25, "in\uff0ffile"),
    (26, "in/\u202efile"),
    (26, "in/fi\u200ble"),
    (29, "in\\file"),
    (29, "..\\out\\secret"),
    (30, "in/..\\..\\out"),
    (31, "C:\\x"),
    (31, "C:/x"),
    (32, "C:x"),
    (33, "\\\\host\\share"),
    (33, "\\\\?\\C:\\x"),
    (33, "\\\\.\\pipe\\x"),
    (34, "\\x"),
    (35, "in/file:evil"),
    (35, "in/file::$DATA"),
    (35, "in::$INDEX_ALLOCATION/file"),
    (36, "in/file."),
    (36, "in./file"),
    (37, "in/file "),
    (37, "in /file"),
    (38, "in/NUL"),
    (38, "in/con.txt"),
    (38, "in/COM\u00b9"),
    (38, "in/CONIN$"),
    (39, "IN~1/file"),
    (39, "GIT~1/config"),
    (42, "in/e\u0301"),
    (44, "in/.g\u200cit"),
    (51, "in/bad/../file"),
    (78, "in/*"),
    (78, "in/fil?"),
)
# Aliases of a denied directory, and of a protected one.
ALIASES: tuple[tuple[int, str], ...] = (
    (41, "Denied/x"),
    (41, "DENIED/x"),
    (43, "\u212aey/x"),
    (43, "STRASSE/x"),
    (43, "stra\u017f\u017fe/x"),
    (67, "denied"),
    (73, "holds"),
    (75, "denied/new"),
    (75, ".git/config"),
    (84, ".GIT/hooks/pre-commit"),
    (84, "deep/.gitattributes"),
    (85, ".github/workflows/ci.yml"),
    (83, "conftest.py"),
    (83, "x/sitecustomize.py"),
    (83, "json.py"),
    (83, "evil.pth"),
    (80, "x/__pycache__/a.pyc"),
    (81, "x/a.so"),
    (79, "runtime/governance/envelope_enforcer/__init__.py"),
    (82, "runtime/__init__.py"),
    (86, "manifest.txt"),
)


def _symlink(target: str) -> Callable[[Path], object]:
    return lambda path: path.symlink_to(target.format(out=path.parent.parent / "out", here=path.parent))


def _socket(path: Path) -> None:
    # A short relative name: a socket's is bounded.
    here = os.open(".", os.O_RDONLY)
    try:
        os.chdir(path.parent)
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(path.name)
    finally:
        os.fchdir(here)
        os.close(here)


def _chain(path: Path) -> None:
    for number in range(45):
        (path.parent / f"c{number}").symlink_to(f"c{number + 1}" if number < 44 else "in/file")
    path.symlink_to("c0")


def _holds_link(path: Path) -> None:
    path.mkdir()
    (path / "l").symlink_to("../../out")


# What stands at "bad", and the path that is asked for.
SPECIAL: tuple[tuple[int, Callable[[Path], object], str], ...] = (
    (45, _symlink("{out}/secret"), "bad"),
    (46, _symlink("{out}"), "bad/secret"),
    (47, _chain, "bad"),
    (47, _symlink("bad"), "bad"),
    (48, _symlink("{out}/created"), "bad"),
    (49, _symlink("/etc/passwd"), "bad"),
    (50, _symlink("denied"), "bad/x"),
    (50, _symlink("in/file"), "bad"),
    (52, _symlink("/proc/self/cwd"), "bad/x"),
    (52, _symlink("/proc/self/root"), "bad/etc/passwd"),
    (54, lambda path: os.link(path.parent.parent / "out" / "secret", path), "bad"),
    (54, lambda path: os.link(path.parent / "denied" / "x", path), "bad"),
    (56, os.mkfifo, "bad"),
    (56, _socket, "bad"),
    (57, _holds_link, "bad"),
)
