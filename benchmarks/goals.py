"""
The goals: how much of a peer's CPU and wall time ours may take at most, and how much memory.
"""

from __future__ import annotations

from typing import NamedTuple


class Goal(NamedTuple):
    """
    One goal.
    """

    job: str
    """``build`` or ``check``."""
    tree: str
    """The tree."""
    ours: str
    """Which of our ways."""
    peer: str
    """The peer."""
    must: float
    """The ratio that must be met, on CPU and wall."""
    stretch: float
    """The ratio that would be fine."""


GOALS = (
    Goal("build", "small", "ours", "zip+sha256sum", 2.0, 1.2),
    Goal("build", "small", "ours-hatchling", "hatchling-wheel", 0.80, 0.65),
    Goal("build", "real", "ours", "zip+sha256sum", 0.50, 0.33),
    Goal("build", "real", "ours", "bsdtar+openssl", 0.80, 0.55),
    Goal("build", "real", "ours", "naive", 0.75, 0.50),
    Goal("build", "real", "ours-hatchling", "hatchling-wheel", 0.30, 0.20),
    Goal("build", "many", "ours", "zip+sha256sum", 0.50, 0.32),
    Goal("build", "many", "ours", "7z+openssl", 0.85, 0.60),
    Goal("build", "many", "ours", "bsdtar+openssl", 0.85, 0.60),
    Goal("build", "huge", "ours", "zip+sha256sum", 0.70, 0.45),
    Goal("build", "huge", "ours", "bsdtar+openssl", 0.70, 0.45),
    Goal("build", "big", "ours", "zip+sha256sum", 0.30, 0.15),
    Goal("build", "big", "ours", "bsdtar+openssl", 0.95, 0.50),
    Goal("check", "small", "ours", "unzip+sha256sum", 1.5, 0.8),
    Goal("check", "real", "ours", "unzip+sha256sum", 0.25, 0.10),
    Goal("check", "real", "ours", "bsdtar+openssl", 0.40, 0.20),
    Goal("check", "real", "ours", "unzip-t (crc only)", 0.75, 0.40),
    Goal("check", "real", "ours", "py-check", 0.70, 0.45),
    Goal("check", "many", "ours", "unzip+sha256sum", 0.25, 0.10),
    Goal("check", "many", "ours", "bsdtar+openssl", 0.40, 0.20),
    Goal("check", "many", "ours", "unzip-t (crc only)", 0.75, 0.40),
    Goal("check", "many", "ours", "py-check", 0.70, 0.45),
    Goal("check", "huge", "ours", "unzip+sha256sum", 0.25, 0.10),
    Goal("check", "huge", "ours", "py-check", 0.50, 0.20),
    Goal("check", "big", "ours", "bsdtar+openssl", 0.75, 0.40),
    Goal("check", "big", "ours", "py-check", 1.00, 0.40),
)
"""Ratios of ours to a peer."""


class Verified(NamedTuple):
    """
    The goal of a build together with that of a check: a build of ours does both, and takes the digest of the bundle.

    Ours may take as long as the goals leave for the two jobs of the peers, and as the digest takes a peer. The ratios
    are those of `GOALS`; nothing is set here but who belongs together.
    """

    tree: str
    """The tree."""
    ours: str
    """Which of our ways."""
    builder: str
    """Who builds."""
    checker: str
    """Who reads back what was built."""


VERIFIED = (
    Verified("small", "ours", "zip+sha256sum", "unzip+sha256sum"),
    Verified("small", "ours-hatchling", "hatchling-wheel", "unzip+sha256sum"),
    Verified("real", "ours", "zip+sha256sum", "unzip+sha256sum"),
    Verified("real", "ours", "bsdtar+openssl", "bsdtar+openssl"),
    Verified("real", "ours", "naive", "py-check"),
    Verified("real", "ours-hatchling", "hatchling-wheel", "py-check"),
    Verified("many", "ours", "zip+sha256sum", "unzip+sha256sum"),
    Verified("many", "ours", "7z+openssl", "bsdtar+openssl"),
    Verified("many", "ours", "bsdtar+openssl", "bsdtar+openssl"),
    Verified("huge", "ours", "zip+sha256sum", "unzip+sha256sum"),
    Verified("huge", "ours", "bsdtar+openssl", "unzip+sha256sum"),
    Verified("big", "ours", "zip+sha256sum", "bsdtar+openssl"),
    Verified("big", "ours", "bsdtar+openssl", "bsdtar+openssl"),
)
"""Every goal for a build, with the nearest check for which there is a goal."""

PEAK_MB = {"big": 40, "many": 64, "huge": 160}
"""Peak memory of ours in MB, building and checking alike."""
