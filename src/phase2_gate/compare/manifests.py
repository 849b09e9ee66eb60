"""
Whether the manifests of two archives follow from their members, and what is said when they do not.

A manifest that is right says nothing that the members do not say.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..core import manifest
from .archive import ArchiveSide
from .differences import Difference


def differences(a: ArchiveSide, b: ArchiveSide, content: Difference | None) -> Iterator[Difference]:
    """
    The difference that the manifests are, if they are one.

    Args:
        a: The one side.
        b: The other.
        content: How the two differ, or None when they do not.
    """
    sound_a, sound_b = a.has_sound_manifest(), b.has_sound_manifest()
    if sound_a and sound_b:
        return
    faults_a, faults_b = a.manifest_faults(), b.manifest_faults()
    if content is None and [one[:2] for one in faults_a] == [one[:2] for one in faults_b]:
        return
    wrong = [name for name, faults in (("A", faults_a), ("B", faults_b)) if faults]
    rules = [f"{faults[0].rule} in {name}" for name, faults in (("A", faults_a), ("B", faults_b)) if faults]
    unknown = [
        name for name, sound, faults in (("A", sound_a, faults_a), ("B", sound_b, faults_b)) if not sound and not faults
    ]
    said = [] if content is None else [content.detail]
    if wrong:
        said.append(f"it does not follow from the members in {' and '.join(wrong)} ({', '.join(rules)})")
    if unknown:
        said.append(f"whether it follows from the members in {' and '.join(unknown)} cannot be told")
    detail = "; ".join(said)
    if content is None:
        yield Difference("manifest", manifest.NAME, detail)
    else:
        yield Difference("manifest", content.path, detail, content.a, content.b, content.lines)
