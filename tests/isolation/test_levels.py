"""
Tests of the isolating levels: what code in the box can and can't do.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from phase2_gate.core.errors import IsolationError
from phase2_gate.isolation.command import Box, Command, Limits
from phase2_gate.isolation.level import Level
from phase2_gate.isolation.scratch import private
from phase2_gate.isolation.start import run

from .boxes import CARRIED, LANDLOCK, STRICT, Kind, boxed, need

ALL = pytest.mark.parametrize("kind", [STRICT, CARRIED, LANDLOCK], ids=str)
ALL_STRICT = pytest.mark.parametrize("kind", [STRICT, CARRIED], ids=str)
HONEST = {
    "threads and processes": "import subprocess, sys, threading\n"
    "t = threading.Thread(target=print); t.start(); t.join()\n"
    "print(subprocess.run([sys.executable, '-I', '-c', 'print(1)'], capture_output=True, check=True).stdout)",
    "a shell": "import subprocess; print(subprocess.run('echo 1', shell=True, capture_output=True, check=True).stdout)",
    "temporary files": "import os, tempfile\nd = tempfile.mkdtemp(); os.mkdir(d + '/a'); open(d + '/b', 'w').close()\n"
    "os.rename(d + '/b', d + '/a/b'); os.chmod(d + '/a/b', 0o600); os.symlink('b', d + '/a/c'); os.unlink(d + '/a/c')",
    "a pair of sockets": "import socket; a, b = socket.socketpair(); a.send(b'1'); print(b.recv(1))",
    "an event loop": "import asyncio; asyncio.run(asyncio.sleep(0))",
    "devices": "import os; open('/dev/null', 'w').write('1'); os.urandom(8); open('/dev/urandom', 'rb').read(1)",
    "its own file": "print(open('file').read())",
}
HONEST_STRICT = {
    "a server": "import socket\nwith socket.create_server(('127.0.0.1', 0)) as s, "
    "socket.create_connection(s.getsockname()) as c: c.send(b'1')",
    "its name": "import getpass, pwd, os, socket; assert getpass.getuser() == socket.gethostname() == 'audit'\n"
    "assert pwd.getpwuid(os.getuid()).pw_name == 'audit'; assert socket.gethostbyname('localhost') == '127.0.0.1'",
    "processes of its own": "import os; assert os.getpid() < 10 and os.getppid() == 1; os.listdir('/')",
    "semaphores": "import multiprocessing; multiprocessing.Semaphore(1)",
}
HOSTILE = {
    "read a file": "open({outside!r}).read()",
    "read the settings of accounts": "open('/etc/shadow').read()",
    "write a file": "open({outside!r}, 'a')",
    "make a file beside the workspace": "open('../new', 'w')",
    "make a file in the workspace": "open('new', 'w')",
    "change a file of the workspace": "open('file', 'a')",
    "remove a file of the workspace": "os.unlink('file')",
    "make a file among the libraries": "open(os.path.dirname(os.__file__) + '/new.py', 'w')",
    "open a file through a link": "os.chdir(os.environ['TMPDIR']); os.symlink({outside!r}, 'l'); open('l')",
    "link a file": "os.link('file', os.environ['TMPDIR'] + '/l')",
    "make a device": "os.chdir(os.environ['TMPDIR']); os.mknod('d', 0o60666, os.makedev(8, 0)); open('d')",
    "end the verifier": "os.kill({verifier}, 15)",
    "connect to the network": "socket.create_connection(('192.0.2.1', 9), 2)",
    "look a name up": "socket.getaddrinfo('example.org', 80)",
    "read the environment": "open('/proc/{verifier}/environ').read()",
    "read memory": "open('/proc/{verifier}/mem', 'rb').read()",
    "get a namespace": "call('unshare', 0x10000000)",
    "leave a namespace": "call('setns', os.open('/proc/self/ns/net', 0), 0)",
    "trace": "call('ptrace', 0, 0, 0, 0)",
    "mount": "call('mount', b'none', os.environ['TMPDIR'].encode(), b'tmpfs', 0, None)",
    "change root": "os.chroot(os.environ['TMPDIR'])",
    "set the clock": "__import__('time').clock_settime(0, 0)",
    "open a raw socket": "socket.socket(17, socket.SOCK_RAW, 0)",
    "open a virtual socket": "socket.socket(40, socket.SOCK_STREAM)",
    "raise its limits": "import resource; resource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
    "become root": "os.setuid(0) if os.getuid() else os.setgroups([0])",
}
HOSTILE_STRICT = {
    "change a mode": "os.chmod('file', 0o777)",
    "change a time": "os.utime('file', (0, 0))",
    "see a process": "os.stat('/proc/{verifier}/cmdline')",
    "see a file": "os.stat({outside!r})",
    "fill the scratch area": "open(os.environ['TMPDIR'] + '/f', 'wb').write(b'x' * 5_000_000)",
    "fill the root": "open('/new', 'wb')",
}
START = (
    "import ctypes, os, socket\nlibrary = ctypes.CDLL(None, use_errno=True)\ndef call(name, *arguments):\n"
    " if getattr(library, name)(*arguments) == -1: raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))\n"
)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """
    A workspace with one file.
    """
    root = tmp_path / "workspace"
    root.mkdir()
    (root / "file").write_text("content")
    return root


@ALL
@pytest.mark.parametrize("name", HONEST)
def test_honest_code_works(workspace: Path, kind: Kind, name: str) -> None:
    """
    What ordinary test suites do works in every box.
    """
    done = boxed(kind, workspace, HONEST[name])
    assert (done.returncode, done.stderr) == (0, b"")


@ALL_STRICT
@pytest.mark.parametrize("name", HONEST_STRICT)
def test_honest_code_that_needs_a_network_or_names_works_at_strict(workspace: Path, kind: Kind, name: str) -> None:
    """
    Loopback, the local names and semaphores are there at level `strict`.
    """
    done = boxed(kind, workspace, HONEST_STRICT[name])
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        *((kind, name) for kind in (STRICT, CARRIED, LANDLOCK) for name in HOSTILE),
        *((kind, name) for kind in (STRICT, CARRIED) for name in HOSTILE_STRICT),
    ],
    ids=str,
)
def test_hostile_code_is_stopped(workspace: Path, kind: Kind, name: str) -> None:
    """
    Each way out ends in an error of the system, and leaves no trace outside.
    """
    outside = workspace.parent / "outside"
    outside.write_text("secret")
    outside.chmod(0o666)
    attempt = {**HOSTILE, **HOSTILE_STRICT}[name].format(outside=str(outside), verifier=os.getpid())
    refusals = "(OSError, ValueError, OverflowError)"
    code = f"{START}try:\n {attempt}\nexcept {refusals} as e: print('stopped', e)\nelse: print('DONE')\n"
    done = boxed(kind, workspace, code, Limits(wall_seconds=20.0, scratch_bytes=4_000_000))
    assert done.stdout.split(b" ")[0] == b"stopped", done.stdout + done.stderr
    assert ({"outside", "workspace"}, {"file"}) == (
        {path.name for path in workspace.parent.iterdir()},
        {path.name for path in workspace.iterdir()},
    )
    assert (outside.read_text(), (workspace / "file").read_text()) == ("secret", "content")


@ALL
def test_a_daemon_ends_with_the_box(workspace: Path, kind: Kind) -> None:
    """
    A process that left its session and its parent is gone when the run is over, and the pipes it held are let go.
    """
    code = (
        "import os, signal\nif os.fork() == 0:\n os.setsid()\n if os.fork() == 0:\n  os.setsid()\n"
        "  open(os.environ['TMPDIR'] + '/up', 'w').close(); signal.pause()\n os._exit(0)\nos.wait()\n"
        "while not os.path.exists(os.environ['TMPDIR'] + '/up'): pass\n"
    )
    done = boxed(kind, workspace, code)
    assert (done.returncode, done.timed_out) == (0, False)


@ALL
def test_processes_are_limited(workspace: Path, kind: Kind) -> None:
    """
    A program that starts processes without end gets no further than the limit.
    """
    code = (
        "import os, signal\nfor number in range(200):\n try: pid = os.fork()\n except OSError: break\n"
        " if pid == 0: signal.pause()\nprint(number)"
    )
    done = boxed(kind, workspace, code, Limits(wall_seconds=20.0, processes=20))
    # where the launcher has to count, the program may have ended before it was killed
    assert done.crowded or int(done.stdout) <= 20


@ALL
def test_memory_is_limited(workspace: Path, kind: Kind) -> None:
    """
    A program that asks for more memory than allowed gets an error.
    """
    code = "try: bytearray(10**9)\nexcept MemoryError: print('stopped')"
    done = boxed(kind, workspace, code, Limits(wall_seconds=20.0, address_space_bytes=400_000_000))
    assert done.stdout == b"stopped\n"


@ALL
def test_time_over_ends_the_box(workspace: Path, kind: Kind) -> None:
    """
    A box that does not end is killed at its time.
    """
    done = boxed(kind, workspace, "import signal; signal.pause()", Limits(wall_seconds=1.0))
    assert (done.timed_out, done.signal) == (True, signal.SIGKILL)


@ALL
def test_status_and_signal_come_through(workspace: Path, kind: Kind) -> None:
    """
    How the program ended is told as it was.
    """
    assert boxed(kind, workspace, "import os; os._exit(7)").returncode == 7
    assert boxed(kind, workspace, "import os; os.abort()").signal == signal.SIGABRT


@ALL_STRICT
def test_the_program_cannot_end_the_first_process(workspace: Path, kind: Kind) -> None:
    """
    The process that keeps the box does not listen to what is in it.
    """
    done = boxed(kind, workspace, "import os\ntry: os.kill(1, 9)\nexcept OSError: pass\nprint('here')")
    assert (done.returncode, done.stdout) == (0, b"here\n")


@ALL_STRICT
def test_no_mount_is_left(workspace: Path, kind: Kind) -> None:
    """
    What was mounted for the box is seen in the box only.
    """
    before = Path("/proc/self/mountinfo").read_bytes()
    boxed(kind, workspace, "open('/proc/self/mountinfo').read()")
    assert before == Path("/proc/self/mountinfo").read_bytes()


@pytest.mark.skipif(os.getuid() != 0, reason="only root has another user to become")
@ALL_STRICT
def test_root_becomes_an_unprivileged_user(workspace: Path, kind: Kind) -> None:
    """
    Nothing of root reaches the program: neither number nor groups nor capabilities.
    """
    code = "import os; print(os.getresuid(), os.getgroups()); print(open('/proc/self/status').read())"
    done = boxed(kind, workspace, code)
    assert done.stdout.startswith(b"(65534, 65534, 65534) []\n")
    for name in (b"CapInh", b"CapPrm", b"CapEff", b"CapBnd", b"CapAmb"):
        assert name + b":\t0000000000000000\n" in done.stdout


@pytest.mark.skipif(os.getuid() != 0, reason="only root has another user to become")
def test_a_workspace_that_the_unprivileged_user_cannot_read_is_said(workspace: Path) -> None:
    """
    The verifier's own mistake is no failure of the bundle.
    """
    need(Level.STRICT)
    workspace.chmod(0o700)
    with private() as scratch, pytest.raises(IsolationError, match="workspace: not readable"):
        run(Command(("/bin/true",), workspace, {}, Box(workspace, scratch), level=Level.STRICT))
