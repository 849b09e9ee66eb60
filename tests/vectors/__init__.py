"""
Archives with one defect each, in folders named by the rule that they break, and honest ones in ``accepted``.

The files are written by ``python -m tests.vectors`` and committed, so that other readers can be tried on them; a test
writes them again and compares.
"""

from __future__ import annotations

from pathlib import Path

from . import accepted, archive_vectors, content_vectors, entry_vectors, name_vectors

ROOT = Path(__file__).parent
"""Where the folders are."""
REFUSED: dict[str, dict[str, bytes]] = {
    **archive_vectors.STRUCTURE,
    **entry_vectors.ENTRIES,
    **entry_vectors.CONTENT,
    **name_vectors.NAMES,
    **name_vectors.TYPES,
    **content_vectors.MANIFEST,
    **content_vectors.DIGESTS,
    **content_vectors.LAYOUT,
    **content_vectors.CLEANLINESS,
}
"""For each rule the archives that break it, and nothing else."""
ACCEPTED = accepted.ACCEPTED
"""Honest archives that are not of the canonical form."""
PROFILES = {
    "layout-member-missing": 'members = ["LICENSE"]\n',
    "limit-member-size": "[limits]\nmember-bytes = 1000\n",
    "limit-members": "[limits]\nmembers = 2\n",
    "limit-ratio": "[limits]\nratio-floor-bytes = 1000\n",
    "limit-total-size": "[limits]\ntotal-bytes = 1000\n",
}
"""The profiles under which a vector breaks its rule; ``generic`` for all others. They lie beside the archives."""


def files() -> dict[str, bytes]:
    """
    Every file below `ROOT` that is made here, by its path.
    """
    made = {f"{rule}/{defect}.zip": data for rule, defects in REFUSED.items() for defect, data in defects.items()}
    made.update({f"accepted/{name}.zip": data for name, data in ACCEPTED.items()})
    made.update({f"{rule}/profile.toml": text.encode() for rule, text in PROFILES.items()})
    return made
