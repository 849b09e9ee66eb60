"""
Resource limits of the program, by `resource.setrlimit`.
"""

from __future__ import annotations

import os
import resource

from .plan import LayerError


def _tasks_of_user() -> int | None:
    """
    How many threads the user of this process runs, None where that can't be seen.
    """
    user = os.getuid()
    count = 0
    try:
        for name in os.listdir("/proc"):
            if name.isdigit():
                try:
                    if os.stat(f"/proc/{name}").st_uid == user:
                        count += len(os.listdir(f"/proc/{name}/task"))
                except OSError:
                    continue  # it ended while we looked
    except OSError:
        return None
    return count or None  # this process at least is seen, if anything is


def _set(name: str, value: int) -> bool:
    """
    Lower one limit, hard and soft; False when the system does not have it.
    """
    number = getattr(resource, f"RLIMIT_{name}", None)
    if number is None:
        return False
    try:
        hard = resource.getrlimit(number)[1]
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)
        resource.setrlimit(number, (value, value))
    except (OSError, ValueError) as error:
        raise LayerError("rlimits", f"RLIMIT_{name}: {error}") from error
    return True


def apply(rlimits: dict[str, int], processes: int, *, own_users: bool) -> tuple[list[str], list[str]]:
    """
    Put the limits in force on this process and everything it starts.

    Args:
        rlimits: Values by name, without ``RLIMIT_``.
        processes: Processes beyond those which the user runs already.
        own_users: Whether this process has a user namespace, so that no other process counts.

    Returns:
        The layers in force, and notes on what is not.
    """
    notes = []
    for name, value in rlimits.items():
        try:
            if not _set(name, value):
                notes.append(f"no limit RLIMIT_{name} on this system")
        except LayerError as error:
            # Linux has them all, so that a refusal is somebody's policy; macOS has names for limits that it can't hold
            if os.uname().sysname == "Linux":
                raise
            notes.append(f"no limit on this system: {error.message}")
    if own_users:
        _set("NPROC", processes)
        return ["rlimits"], notes
    others = _tasks_of_user()
    if others is None:
        notes.append("no limit on processes: the running ones can't be counted here")
    elif os.getuid() == 0:
        notes.append("processes of root are counted by the launcher: the system holds no limit for root")
    elif not _set("NPROC", others + processes):
        notes.append("no limit RLIMIT_NPROC on this system")
    return ["rlimits"], notes
