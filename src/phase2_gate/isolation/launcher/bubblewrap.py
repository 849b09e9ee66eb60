"""
Level `strict` with ``bwrap`` as its carrier, for systems that give namespaces of users to that program alone.

It makes the namespaces and the file system. What it does not do follows inside: the launcher starts once more as the
first process of the box, and adds the limits, Landlock and the filter on system calls. Options as in bwrap(1) of 0.8;
``--unshare-all`` is not among them, because for users it only tries, and says nothing when that fails.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NoReturn

from . import mounts, privileges, strict, syscalls
from .plan import NOBODY, LayerError, Status, receive
from .supervise import adopt_orphans, supervise, wake_on_child

if TYPE_CHECKING:
    from .plan import Plan

PLACES = ("/usr/bin", "/bin", "/usr/local/bin", "/run/current-system/sw/bin")
"""Where ``bwrap`` is looked up: neither the environment nor the current directory has a say."""
_INSIDE = "/run/phase2-gate"
"""Where the launcher's own modules lie in the box; Landlock keeps them from the program."""
_PACKAGE = "phase2_gate/isolation/launcher"
_BOOT = (
    "import sys; sys.path.append(sys.argv.pop(1)); "
    "from phase2_gate.isolation.launcher.bubblewrap import inside; inside()"
)
_NO_COUNT = (
    "the number of files in the scratch area is limited by the machine's memory alone: bwrap has no option for it"
)
_NAMESPACES = ("user", "pid", "net", "ipc", "uts")


def start(plan: Plan, status: Status) -> None:
    """
    Run the program in a box of ``bwrap``'s.

    Args:
        plan: What to run.
        status: Where to report.

    Raises:
        LayerError: There is no ``bwrap``, or the machine is not known.
    """
    syscalls.architecture()  # what follows inside needs to know the machine, and where it can't, nothing is begun
    program = next((path for place in PLACES if os.access(path := f"{place}/bwrap", os.X_OK)), None)
    if program is None:
        raise LayerError("bubblewrap", f"no bwrap in {', '.join(PLACES)}")
    adopt_orphans()
    wake = wake_on_child()
    child = os.fork()
    if child == 0:
        strict.guarded(status, lambda: _become(program, plan, status))
    # the system holds root to no number of processes, so the launcher counts, bwrap's own process and ours included
    supervise(child, status, wake, plan.processes + 2 if os.getuid() == 0 else None)


def _become(program: str, plan: Plan, status: Status) -> NoReturn:
    """
    Turn this process into ``bwrap``, without any privilege beyond those of an ordinary user.
    """
    layers: list[str] = []
    user, group = os.getuid(), os.getgid()
    if user == 0:
        layers = privileges.give_up(plan, _modules()[0], *interpreter(), spared=privileges.SETFCAP)
        user = group = NOBODY
    data = _memory(plan.render())
    texts = {path: _memory(text) for path, text in mounts.accounts(user, group).items()}
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for fd in (status.fd, plan.record_fd, plan.input_fd, data, *texts.values()):
        os.set_inheritable(fd, True)
    inner = [os.path.realpath(sys.executable), "-I", "-S", "-B", "-c", _BOOT, _modules()[2], str(data), str(status.fd)]
    argv = [program, *arguments(plan, user, group, texts), "--", *inner, *layers]
    os.execve(program, argv, {})  # noqa: S606 - no shell is the point


def _memory(data: str | bytes) -> int:
    """
    A file in memory that holds `data`, at its beginning.
    """
    fd = os.memfd_create("phase2-gate")
    os.write(fd, data if isinstance(data, bytes) else data.encode("ascii"))
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


def _modules() -> tuple[str, str, str]:
    """
    Where the launcher's modules lie: out here, in the box, and what has to be on the path for them there.

    Of a verifier that is one file, all of it is shown; it is the verifier's text, and nothing of the auditor's.
    """
    here = os.path.dirname(os.path.abspath(__file__))
    if os.path.isdir(here):
        return here, f"{_INSIDE}/{_PACKAGE}", _INSIDE
    return here.removesuffix(f"/{_PACKAGE}"), f"{_INSIDE}/archive", f"{_INSIDE}/archive"


def interpreter() -> list[str]:
    """
    The files that the launcher's own interpreter needs to start again: its program, its modules, all it has mapped.
    """
    with open("/proc/self/maps", encoding="utf-8", errors="surrogateescape") as file:
        mapped = {line[line.index("/") : -1] for line in file if "/" in line}
    modules = {os.path.dirname(os.__file__), *(path for path in sys.path if path.endswith("lib-dynload"))}
    needed = {os.path.realpath(sys.executable), *modules, *mapped}
    return sorted(path for path in needed if os.path.exists(path))


def arguments(plan: Plan, user: int, group: int, texts: dict[str, int]) -> list[str]:
    """
    The options that make the box.

    Args:
        plan: What to show.
        user: Who the program will be.
        group: Its group.
        texts: Settings, as descriptors that hold them, by path.
    """
    shown, links = mounts.shown(plan)
    options = [f"--unshare-{name}" for name in _NAMESPACES]
    options += ["--unshare-cgroup-try", "--disable-userns", "--cap-drop", "ALL"]
    options += ["--new-session", "--die-with-parent", "--as-pid-1"]
    options += ["--uid", str(user), "--gid", str(group), "--hostname", "audit", "--clearenv"]
    for path in links:
        options += ["--symlink", os.readlink(path), path]
    for path in mounts.outermost([*shown, *interpreter()]):
        options += ["--ro-bind", path, path]
    for name in mounts.DEVICES:
        options += ["--dev-bind", f"/dev/{name}", f"/dev/{name}"]
    for name, target in mounts.STREAMS:
        options += ["--symlink", target, f"/dev/{name}"]
    for path, fd in texts.items():
        options += ["--perms", "0644", "--file", str(fd), path]
    options += ["--proc", "/proc", "--ro-bind", *_modules()[:2]]
    for path, size in mounts.areas(plan):
        options += ["--perms", "0700", "--size", str(size), "--tmpfs", path]
    return [*options, "--remount-ro", "/", "--chdir", "/"]


def inside() -> NoReturn:
    """
    Be the first process of the box: start the program with the measures that are still missing, reap until it ends.
    """
    data, fd, *layers = sys.argv[1:]
    status = Status(int(fd))

    def work() -> NoReturn:
        plan = receive(int(data))
        os.close(int(data))
        spaces = [f"{name}-namespace" for name in (*_NAMESPACES, "mount")]
        made = ["bubblewrap", *spaces, "own-root", *dict.fromkeys((*layers, "no-capabilities"))]
        strict.tend(plan, status, lambda: strict.bar(plan), made, [_NO_COUNT])

    strict.guarded(status, work)
