"""
A scope of systemd's for one run, where no control group can be made by us: the service manager makes it.

Source: systemd-run(1), systemd.resource-control(5), sd_booted(3).
"""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache

BOOTED = "/run/systemd/system"
"""Exists where systemd manages the system."""
PLACES = os.pathsep.join(("/usr/bin", "/bin", "/run/current-system/sw/bin"))
"""Where ``systemd-run`` is looked up: neither the environment nor the current directory has a say."""
_TRY_SECONDS = 10.0
_WANTED = ("XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS")
"""How ``systemd-run --user`` finds the user's own manager."""
# in the scope: what the kernel says the limits are, found as the process itself is shown them
_QUESTION = (
    "own=$(sed -n 's/^0:://p' /proc/self/cgroup) && cat /sys/fs/cgroup$own/memory.max /sys/fs/cgroup$own/pids.max"
)


@cache
def prefix(memory_bytes: int, processes: int) -> tuple[str, ...] | str:
    """
    The beginning of a command line whose processes may use no more than this together, or why there is none.

    It is tried before it is believed: a scope is made, and the kernel asked for the limits in it.

    Args:
        memory_bytes: Memory for all, a multiple of the size of a page.
        processes: Processes and threads.
    """
    if not os.path.isdir(BOOTED):
        return "systemd does not run"
    program = shutil.which("systemd-run", path=PLACES)
    if program is None:
        return "there is no systemd-run"
    user = () if os.getuid() == 0 else ("--user",)
    limits = (f"MemoryMax={memory_bytes}", "MemorySwapMax=0", f"TasksMax={processes}")
    options = ("--scope", "--quiet", "--collect", *(f"--property={limit}" for limit in limits), "--")
    words = (program, *user, *options)
    try:
        done = subprocess.run(
            [*words, "/bin/sh", "-c", _QUESTION],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            env=environment(),
            timeout=_TRY_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"systemd-run: {error}"
    if done.returncode != 0:
        return f"systemd-run: {done.stderr.decode('utf-8', 'backslashreplace').strip()}"
    if done.stdout.split() != [str(memory_bytes).encode("ascii"), str(processes).encode("ascii")]:
        return f"systemd-run: the limits are not those asked for: seen {done.stdout!r}"
    return words


def environment() -> dict[str, str]:
    """
    The variables that ``systemd-run`` needs; the program of a bundle never sees them.
    """
    return {"PATH": os.defpath, **{name: os.environ[name] for name in _WANTED if name in os.environ}}
