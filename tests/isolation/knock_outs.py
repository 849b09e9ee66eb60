"""
Measures taken away from the launcher, for tests of what is said then.

Where a filter on system calls can do it, the kernel itself refuses; what it can't do is replaced in the launcher.
"""

from __future__ import annotations

import pytest

from phase2_gate.isolation import launch

IMPORT = "import phase2_gate.isolation.launcher.main; from phase2_gate.isolation.launcher import "
NO_FILTER = IMPORT + "seccomp; seccomp.apply = lambda **_: []\n"
NO_LANDLOCK = IMPORT + "landlock; landlock.apply = lambda *_, **__: []\n"
NO_BWRAP = IMPORT + "bubblewrap; bubblewrap.PLACES = ['/nonexistent']\n"


def denied(call: str, error: int = 1, *, first: str = "") -> str:
    """
    Code that puts a filter in force which refuses one system call, as a container's would.

    Args:
        call: Its name.
        error: What it answers.
        first: Refuse it only when its first argument is what this expression gives.
    """
    condition = f", seccomp._statement(32, 16), seccomp._statement(21, {first}, 0, 1)" if first else ""
    return (
        "import ctypes; from phase2_gate.isolation.launcher import libc, namespaces, seccomp\n"
        "libc.prctl('test', libc.PR_SET_NO_NEW_PRIVS, 1)\n"
        f"text = seccomp._statement(32, 0) + seccomp._refuse({call!r}, {error}{condition})\n"
        "text += seccomp._statement(6, 0x7FFF0000)\n"
        "held = seccomp._Filter(len(text) // 8, text)\n"
        "libc.prctl('test', libc.PR_SET_SECCOMP, 2, ctypes.addressof(held))\n"
    )


# what the launcher asks for at once; bwrap asks in another way, and goes on where a system's policy lets it alone
NO_NAMESPACES_FOR_US = denied("unshare", first="namespaces.wanted()")


def within(code: str) -> str:
    """
    Code that runs in the box of ``bwrap``, before the launcher's second half starts there.
    """
    return (
        IMPORT + f"bubblewrap as b; first, _, rest = b._BOOT.partition('; from ')\n"
        f"b._BOOT = first + '\\n' + {code!r} + 'from ' + rest\n"
    )


def knock_out(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """
    Let the launcher run some code before it starts.
    """
    begin, _, end = launch._BOOT.partition("; from ")
    monkeypatch.setattr(launch, "_BOOT", f"{begin}\n{code}from {end}")
