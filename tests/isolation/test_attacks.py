"""
Attacks on the boxes themselves: on what is left open, on those who keep the box, and on the kernel's odd corners.
"""

from __future__ import annotations

import os
import signal
import struct
from pathlib import Path

import pytest

from phase2_gate.isolation.command import Box, Command, Limits
from phase2_gate.isolation.launcher import syscalls
from phase2_gate.isolation.level import Level
from phase2_gate.isolation.scratch import private
from phase2_gate.isolation.start import run

from .boxes import CARRIED, LANDLOCK, STRICT, Kind, boxed, need
from .test_levels import ALL, ALL_STRICT, START, workspace

__all__ = ["workspace"]

X86_64 = pytest.mark.skipif(os.uname().machine != "x86_64", reason="the numbers and codes are those of x86_64")
EVERYWHERE = {
    "write to its input": "os.write(4, b'x')",
    "open its input for writing": "os.write(os.open('/proc/self/fd/4', os.O_RDWR), b'x')",
    "lengthen its input": "os.ftruncate(4, 10**6)",
    "make a key": "call('syscall', {nr[add_key]}, b'user', b'a', b'b', 1, -3)",
    "join a keyring": "call('syscall', {nr[keyctl]}, 1, 0)",
    "load a program into the kernel": "call('syscall', {nr[bpf]}, 0, 0, 0)",
    "watch the processor": "call('syscall', {nr[perf_event_open]}, 0, 0, -1, -1, 0)",
    "handle its own page faults": "call('syscall', {nr[userfaultfd]}, 1)",
    "queue calls past the filter": "call('syscall', {nr[io_uring_setup]}, 8, bytes(120))",
    "clone with flags in memory": "call('syscall', {nr[clone3]}, bytes(88), 88)",
    "get a namespace by clone": "call('syscall', {nr[clone]}, 0x10000011, 0, 0, 0, 0)",
    "read memory of another": "call('syscall', {nr[process_vm_readv]}, os.getppid(), 0, 0, 0, 0, 0)",
    "take a descriptor of another": "call('syscall', {nr[pidfd_getfd]}, os.pidfd_open(os.getppid()), 0, 0)",
    "open a file by its handle": "call('syscall', {nr[open_by_handle_at]}, 3, bytes(128), 0)",
    "take a tree of mounts": "call('syscall', {nr[open_tree]}, -100, b'/', 1)",
    "take a tree of mounts and change it": "call('syscall', {nr[open_tree_attr]}, -100, b'/', 1, 0, 0)",
    "open a file system": "call('syscall', {nr[fsopen]}, b'tmpfs', 0)",
    "keep memory that counts for no process": "os.memfd_create('x')",
    "keep memory that outlives processes": "call('syscall', {nr[shmget]}, 0, 4096, 0o600)",
    "keep messages that outlive processes": "call('syscall', {nr[msgget]}, 0, 0o600)",
    "keep semaphores that outlive processes": "call('syscall', {nr[semget]}, 0, 1, 0o600)",
    "watch a whole file system": "call('syscall', {nr[fanotify_init]}, 0, 0)",
    "use the kernel's ciphers": "socket.socket(38, socket.SOCK_SEQPACKET)",
    "load a module by a pair of sockets": "socket.socketpair(30, socket.SOCK_STREAM)",
    "open the terminal": "open('/dev/tty', 'w')",
    "type into a terminal": "__import__('fcntl').ioctl(1, 0x5412, b'x')",
    "choose who gets crashes": "open('/proc/sys/kernel/core_pattern', 'w').write('|/bin/sh')",
    "pull the emergency brake": "open('/proc/sysrq-trigger', 'w').write('b')",
    "be the last to end": "open('/proc/self/oom_score_adj', 'w').write('-1000')",
    "say who its users are": "open('/proc/self/uid_map', 'w').write('0 0 1')",
    "write into who keeps the box": "open('/proc/%d/mem' % os.getppid(), 'r+b')",
    "see what who keeps the box has open": "os.readlink('/proc/%d/fd/0' % os.getppid())",
    "read what who keeps the box was given": "open('/proc/%d/environ' % os.getppid(), 'rb').read()",
    "limit the verifier": "__import__('resource').prlimit({verifier}, 4, (0, 0))",
    "slow the verifier down": "os.setpriority(os.PRIO_PROCESS, {verifier}, 0)",
    "move the verifier": "os.sched_setaffinity({verifier}, os.sched_getaffinity(0))",
}
AMONG_OTHERS = {
    "limit who keeps the box": "__import__('resource').prlimit(os.getppid(), 4, (0, 0))",
    "end who keeps the box": "os.kill(os.getppid(), 9)",
    "talk to the kernel": "socket.socket(16, socket.SOCK_RAW, 0)",
    "make a queue that stays": "call('syscall', {nr[mq_open]}, b'phase2', 0o102, 0o600, 0)",
    "watch a directory": "call('inotify_add_watch', library.inotify_init(), b'/etc', 0x100)",
    "make a set-uid program": "os.chmod(os.environ['TMPDIR'], 0o4700)",
    "make a new set-uid program": "os.open(os.environ['TMPDIR'] + '/new', os.O_CREAT | os.O_WRONLY, 0o4755)",
    "make a new set-gid program": "os.open(os.environ['TMPDIR'] + '/new', os.O_CREAT | os.O_WRONLY, 0o2755)",
    "make a set-uid program without a name": "os.open(os.environ['TMPDIR'], os.O_TMPFILE | os.O_WRONLY, 0o4755)",
    "make a set-uid node": "os.mknod(os.environ['TMPDIR'] + '/new', 0o104755)",
    "make a file by flags in memory": "call('syscall', {nr[openat2]}, -100, b'/dev/null', bytes(24), 24)",
    "open a file to others by a list": "os.setxattr(os.environ['TMPDIR'], 'system.posix_acl_access', ACCESS)",
    "take a list of rights away": "os.removexattr(os.environ['TMPDIR'], 'system.posix_acl_access')",
    "change a program's flags": "__import__('fcntl').ioctl(os.open('/usr/bin/env', 0), 0x40086602, bytes(8))",
}
ACCESS = struct.pack("=I", 2) + b"".join(struct.pack("=HHI", who, 6, 2**32 - 1) for who in (0x01, 0x04, 0x20))
"""A list of access rights as ``linux/posix_acl_xattr.h`` has it: the owner, the group and others read and write."""
IN_MEMORY = {
    "fill the shared memory": "open('/dev/shm/f', 'wb').write(b'x' * 5_000_000)",
    "write beside the devices": "open('/dev/new', 'w')",
    "write where the launcher lies": "open('/run/new', 'w')",
    "end what it is kept by through its memory": "open('/proc/1/mem', 'r+b')",
}


def numbers() -> dict[str, int]:
    """
    The numbers of all calls that the launcher knows here.
    """
    names = (*syscalls._BEFORE, *syscalls._SINCE_424)
    return {name: found for name in names if (found := syscalls.number(name)) is not None}


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        *((kind, name) for kind in (STRICT, CARRIED, LANDLOCK) for name in EVERYWHERE),
        *((LANDLOCK, name) for name in AMONG_OTHERS),
        *((kind, name) for kind in (STRICT, CARRIED) for name in IN_MEMORY),
    ],
    ids=str,
)
def test_an_attack_is_stopped(workspace: Path, kind: Kind, name: str) -> None:
    """
    Each attack ends in an error of the system.
    """
    attempt = {**EVERYWHERE, **AMONG_OTHERS, **IN_MEMORY}[name].format(nr=numbers(), verifier=os.getpid())
    code = (
        f"{START}ACCESS = {ACCESS!r}\ntry:\n {attempt}\nexcept OSError as e: print('stopped', e)\nelse: print('DONE')\n"
    )
    done = boxed(kind, workspace, code, Limits(wall_seconds=20.0, scratch_bytes=4_000_000))
    assert done.stdout.split(b" ")[0] == b"stopped", done.stdout + done.stderr


@X86_64
@ALL
@pytest.mark.parametrize(
    "call",
    [
        # mov eax, 20 (getpid of i386); int 0x80; ret
        (
            "code = mmap.mmap(-1, 4096, prot=7); code.write(bytes.fromhex('b814000000cd80c3'))\n"
            "ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()"
        ),
        "ctypes.CDLL(None).syscall(0x40000000 + 39)",
    ],
    ids=["i386", "x32"],
)
def test_calls_of_another_interface_end_the_program(workspace: Path, kind: Kind, call: str) -> None:
    """
    Numbers that mean other calls are not let through, so that no list has to know them.
    """
    done = boxed(kind, workspace, f"import ctypes, mmap\n{call}\nprint('DONE')")
    assert (done.signal, done.stdout) == (signal.SIGSYS, b"")


@ALL_STRICT
def test_no_signal_from_inside_ends_the_first_process(workspace: Path, kind: Kind) -> None:
    """
    Neither those that nobody can refuse, nor those that an interpreter handles.
    """
    code = (
        "import os, signal\nfor number in signal.valid_signals():\n try: os.kill(1, number)\n except OSError: pass\n"
        "print('here')"
    )
    done = boxed(kind, workspace, code)
    assert (done.returncode, done.stdout) == (0, b"here\n")


@ALL
def test_only_five_descriptors_reach_the_program(workspace: Path, kind: Kind) -> None:
    """
    Nothing that the launcher, bwrap or the first process had open is left; the sixth is the listing itself.
    """
    done = boxed(kind, workspace, "import os; print(sorted(int(fd) for fd in os.listdir('/proc/self/fd')))")
    assert done.stdout == b"[0, 1, 2, 3, 4, 5]\n"


@ALL
def test_the_program_is_the_first_to_end(workspace: Path, kind: Kind) -> None:
    """
    When memory becomes short on the machine, the program goes before anything of the auditor's.
    """
    assert boxed(kind, workspace, "print(open('/proc/self/oom_score_adj').read())").stdout == b"1000\n\n"


def test_files_in_the_scratch_area_are_counted(workspace: Path) -> None:
    """
    Empty files take none of the area's size, but memory of the kernel's.
    """
    code = (
        "import os\nos.chdir(os.environ['TMPDIR'])\ntry:\n for n in range(5000): open(str(n), 'w').close()\n"
        "except OSError as e: print(n, e.errno)"
    )
    done = boxed(STRICT, workspace, code, Limits(wall_seconds=20.0, scratch_bytes=4_000_000))
    count, error = done.stdout.split()
    assert (900 < int(count) <= 1024, int(error)) == (True, 28)


@pytest.mark.skipif(os.getuid() != 0, reason="only root has another user to become")
@pytest.mark.parametrize("kind", [CARRIED, LANDLOCK], ids=str)
def test_root_becomes_somebody_else_where_that_one_reaches_the_program(kind: Kind) -> None:
    """
    A program that stays root would own most of the machine's files.
    """
    need(*kind)
    with private() as workspace, private() as scratch:
        workspace.chmod(0o755)
        argv = ("/bin/sh", "-c", "id -u; id -g; cat /proc/self/uid_map")
        done = run(Command(argv, workspace, {}, Box(workspace, scratch), kind.level, kind.carrier))
    assert done.stdout.split()[:2] == [b"65534", b"65534"]
    if kind.level is Level.LANDLOCK:
        assert "unprivileged-user" in done.layers
