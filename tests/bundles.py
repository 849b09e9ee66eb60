"""
Bundles in memory, in the canonical form, by a writer that shares nothing with the one under test.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Mapping

GOOD = {
    "pkg/__init__.py": b"VALUE = 1\n",
    "tests/test_a.py": b"from pkg import VALUE\n\n\ndef test_value():\n    assert VALUE == 1\n",
}
"""The files of a bundle that passes an audit."""

PHASE2 = {
    "docs/03_runtime/Implementation_Plan_Build_Loop_Phase2_v1.1.md": b"# plan\n",
    "pytest.ini": b"[pytest]\n",
    "runtime/__init__.py": b"",
    "runtime/governance/__init__.py": b"",
    "runtime/governance/envelope_enforcer.py": b"A = 1\n",
    "runtime/governance/self_mod_protection.py": b"A = 1\n",
    "runtime/orchestration/__init__.py": b"",
    "runtime/orchestration/mission_journal.py": b"A = 1\n",
    "runtime/orchestration/operations.py": b"A = 1\n",
    "runtime/tests/__init__.py": b"",
    **{
        f"runtime/tests/test_{name}.py": f"def test_{name}():\n    assert [{number}]\n".encode()
        for number, name in enumerate(
            ("operations", "mission_journal", "envelope_enforcer", "self_mod_protection"), start=1
        )
    },
    "scripts/audit_gate_build_loop_phase2.py": b"",
}
"""The files of a small bundle with the layout of section 1 of the plan."""


def manifest(files: Mapping[str, bytes]) -> bytes:
    """
    The manifest of `files`, as `sha256sum` would print it, in the byte order of the paths.
    """
    rows = sorted((path.encode(), hashlib.sha256(content).hexdigest().encode()) for path, content in files.items())
    return b"".join(digest + b"  " + path + b"\n" for path, digest in rows)


def archive(members: Mapping[str, bytes], modes: Mapping[str, int] | None = None) -> bytes:
    """
    A ZIP of `members` in their order: stored, 1980-01-01, made by Unix with version 4.5, nothing that is not needed.

    Args:
        members: Contents by path; a path that ends in a slash is a directory.
        modes: Unix modes other than those of plain files.
    """
    local, central = b"", b""
    for path, content in members.items():
        name = path.encode()
        flags = 0 if path.isascii() else 0x800
        common = struct.pack("<HHHHIIIHH", flags, 0, 0, 33, zlib.crc32(content), *[len(content)] * 2, len(name), 0)
        needed = struct.pack("<H", 20 if path.endswith("/") else 10)
        attributes = (modes or {}).get(path, 0o100644) << 16
        central += b"PK\1\2" + struct.pack("<H", 3 << 8 | 45) + needed + common
        central += struct.pack("<HHHII", 0, 0, 0, attributes, len(local)) + name
        local += b"PK\3\4" + needed + common + name + content
    counts = [len(members)] * 2
    return local + central + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, *counts, len(central), len(local), 0)


def bundle(files: Mapping[str, bytes], *, listed: bytes | None = None, modes: Mapping[str, int] | None = None) -> bytes:
    """
    A bundle of `files` in the canonical form.

    Args:
        files: Contents by path, without the manifest.
        listed: A manifest other than the right one.
        modes: As in `archive`.
    """
    ordered = dict(sorted(files.items(), key=lambda item: item[0].encode()))
    return archive({"manifest.txt": manifest(files) if listed is None else listed, **ordered}, modes)
