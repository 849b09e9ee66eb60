"""
Whole bundles in memory, by the writer of `tests.forge`, which shares nothing with the one under test.
"""

from __future__ import annotations

from collections.abc import Mapping

from . import forge

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
    return b"".join(forge.line(path, content) for path, content in sorted(_encoded(files).items()))


def archive(members: Mapping[str, bytes], modes: Mapping[str, int] | None = None) -> bytes:
    """
    A ZIP of `members` in their order, in the canonical form.

    Args:
        members: Contents by path; a path that ends in a slash is a directory.
        modes: Unix modes other than those of plain files.
    """
    lies = {path.encode(): {"attributes": mode << 16} for path, mode in (modes or {}).items()}
    return forge.archive(
        forge.Forged(path, content, central=lies.get(path, {})) for path, content in _encoded(members).items()
    )


def _encoded(files: Mapping[str, bytes]) -> dict[bytes, bytes]:
    return {path.encode(): content for path, content in files.items()}


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
