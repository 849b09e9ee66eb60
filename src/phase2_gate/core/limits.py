"""
What judging a bundle may cost, as an auditor's profile states it.
"""

from __future__ import annotations

from .typed import NamedTuple

MEBIBYTE = 1 << 20
TEBIBYTE = 1 << 40


class Limits(NamedTuple):
    """
    What judging a bundle may cost, checked before anything is allocated.
    """

    members: int = 2_000_000
    """Members; a million take about a GiB of memory."""
    member_bytes: int = TEBIBYTE
    """Bytes of one member."""
    total_bytes: int = TEBIBYTE
    """Bytes of all members together."""
    ratio: int = 100
    """Growth of all deflated members together, once it exceeds `ratio_floor_bytes`; honest text stays under 30."""
    ratio_floor_bytes: int = 64 * MEBIBYTE
    """Growth below this is never questioned: small files of zeros are honest."""
    manifest_bytes: int = 256 * MEBIBYTE
    """Bytes of the manifest, which is held in memory: two million lines of 128 bytes."""
    import_seconds: int = 20
    """Wall time of importing all modules."""
    test_seconds: int = 120
    """Wall time of the test run."""
    output_bytes: int = 16 * MEBIBYTE
    """Bytes that a run may write to one of its streams; logs are kept whole up to here."""
    record_bytes: int = 8 * MEBIBYTE
    """Bytes of the record that a run keeps for the verifier, before its tests are counted."""
    cpu_seconds: int = 90
    """Processor time of each process."""
    address_space_bytes: int = 2048 * MEBIBYTE
    """Address space of each process."""
    processes: int = 64
    """Processes and threads at a time."""
    file_bytes: int = 128 * MEBIBYTE
    """Bytes of each file that is written."""
    open_files: int = 256
    """Open descriptors of each process."""
    scratch_bytes: int = 256 * MEBIBYTE
    """Bytes of the scratch area as a whole, at level ``strict``."""

    def named(self) -> dict[str, int]:
        """
        The limits by the names that a profile file has for them.
        """
        return {name.replace("_", "-"): value for name, value in self._asdict().items()}
