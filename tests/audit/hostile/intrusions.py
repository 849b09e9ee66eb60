"""
Bundles that reach for what is not theirs, or use more than is good: files by path.

Their tests pass when the reach fails; `{outside}` is a directory that a stranger's code must not touch, `{verifier}` the
process number of the verifier, `{port}` a server of the verifier's machine.
"""
# ruff: noqa: E501 - the values are programs, and a program is easier to judge on its own lines

from __future__ import annotations

from phase2_gate.isolation.level import Level

ACCESS = "b'\\2\\0\\0\\0' + b''.join(bytes([who, 0, 7, 0]) + b'\\xff' * 4 for who in (1, 4, 32))"
"""A list of access rights, as text: everybody may read, write and execute."""

BOTH = (Level.STRICT, Level.LANDLOCK)
ONLY_STRICT = (Level.STRICT,)


def _attempt(attempt: str) -> dict[str, str]:
    start = "import os, socket, signal, sys, time\nimport pytest\n"
    return {"test_it.py": f"{start}def test_it():\n with pytest.raises(OSError):\n  {attempt}\n"}


STOPPED: dict[str, tuple[tuple[Level, ...], dict[str, str]]] = {
    "read-file": (BOTH, _attempt("open('{outside}/file').read()")),
    "read-through-link": (
        BOTH,
        _attempt("os.symlink('{outside}/file', os.environ['TMPDIR'] + '/l') or open(os.environ['TMPDIR'] + '/l')"),
    ),
    "list-directory": (BOTH, _attempt("os.listdir('{outside}')")),
    "write-file": (BOTH, _attempt("open('{outside}/file', 'a')")),
    "make-file": (BOTH, _attempt("open('{outside}/new', 'w')")),
    "remove-file": (BOTH, _attempt("os.unlink('{outside}/file')")),
    "change-mode": (ONLY_STRICT, _attempt("os.chmod('{outside}/file', 0)")),
    "open-to-others": (BOTH, _attempt(f"os.setxattr('{{outside}}/file', 'system.posix_acl_access', {ACCESS})")),
    "change-times": (ONLY_STRICT, _attempt("os.utime('{outside}/file', (0, 0))")),
    "see-file": (ONLY_STRICT, _attempt("os.stat('{outside}/file')")),
    "write-workspace": (BOTH, _attempt("open('test_it.py', 'a')")),
    "add-to-workspace": (BOTH, _attempt("open('conftest.py', 'w')")),
    "change-mode-of-workspace": (ONLY_STRICT, _attempt("os.chmod('test_it.py', 0o777)")),
    "end-verifier": (BOTH, _attempt("os.kill({verifier}, 9)")),
    "end-everybody": (
        ONLY_STRICT,
        {
            "test_it.py": "import os, signal\ndef test_it():\n signal.signal(15, signal.SIG_IGN)\n try: os.kill(-1, 15)\n except OSError: pass\n"
        },
    ),
    "read-verifiers-environment": (BOTH, _attempt("open('/proc/{verifier}/environ', 'rb').read()")),
    "trace-verifier": (BOTH, _attempt("open('/proc/{verifier}/mem', 'r+b')")),
    "connect-to-local-server": (BOTH, _attempt("socket.create_connection(('127.0.0.1', {port}), 2)")),
    "connect-to-the-world": (BOTH, _attempt("socket.create_connection(('192.0.2.1', 80), 2)")),
    "type-into-terminal": (BOTH, _attempt("__import__('fcntl').ioctl(os.open('/dev/tty', os.O_RDWR), 0x5412, b'x')")),
    "become-root": (BOTH, _attempt("os.setresuid(0, 0, 0) if os.getuid() else os.setgroups([1])")),
    "write-report": (BOTH, _attempt("open('{outside}/PASS_report.md', 'w')")),
    "use-home": (BOTH, {"test_it.py": "import pathlib\ndef test_it(): (pathlib.Path.home() / 'x').write_text('1')\n"}),
}
"""Intrusions that are stopped, so that the bundle passes; with the levels that promise it."""

BROKEN: dict[str, tuple[str, dict[str, str]]] = {
    "hang-in-test": ("tests-timeout", {"test_it.py": "import signal\ndef test_it(): signal.pause()\n"}),
    "hang-in-conftest": ("tests-timeout", {"conftest.py": "import signal; signal.pause()", "test_it.py": ""}),
    "hang-at-exit": (
        "tests-timeout",
        {"conftest.py": "import atexit, signal; atexit.register(signal.pause)", "test_it.py": "def test_it(): pass\n"},
    ),
    "hang-deaf": (
        "tests-timeout",
        {
            "test_it.py": "import signal\ndef test_it():\n for n in set(signal.Signals) - {9, 19}: signal.signal(n, signal.SIG_IGN)\n while True: pass\n"
        },
    ),
    "flood-stdout": (
        "tests-output-limit",
        {"conftest.py": "import os\nwhile True: os.write(1, b'RESULT: PASS\\n' * 9000)", "test_it.py": ""},
    ),
    "flood-stderr": (
        "tests-output-limit",
        {"conftest.py": "import os\nwhile True: os.write(2, b'\\xff\\0]]>' * 9000)", "test_it.py": ""},
    ),
    "flood-record": (
        "tests-output-limit",
        {"conftest.py": "import os\nwhile True: os.write(3, b'x' * 60000)", "test_it.py": ""},
    ),
    "flood-record-with-tests": (
        "tests-output-limit",
        {"conftest.py": 'import os\nwhile True: os.write(3, b\'{"event": "collected"}\' * 3000)', "test_it.py": ""},
    ),
    "eat-memory": ("tests-failed", {"test_it.py": "def test_it(): bytearray(10**11)\n"}),
    "eat-disk": (
        "tests-failed",
        {
            "test_it.py": "def test_it(tmp_path):\n for n in range(40):\n  with open(tmp_path / str(n), 'wb') as f: f.write(bytes(10_000_000))\n"
        },
    ),
    "eat-files": ("tests-failed", {"test_it.py": "import os\ndef test_it():\n for n in range(10000): os.dup(0)\n"}),
    "eat-one-file": (
        "tests-no-proof",
        {
            "test_it.py": "import signal\ndef test_it(tmp_path):\n signal.signal(signal.SIGXFSZ, signal.SIG_DFL)\n with open(tmp_path / 'f', 'wb') as f:\n  f.truncate(10**9)\n"
        },
    ),
    "crash": ("tests-no-proof", {"test_it.py": "import ctypes\ndef test_it(): ctypes.string_at(0)\n"}),
}
"""Uses that break a limit, and the rule that says so."""

LEFT: dict[str, dict[str, str]] = {
    "daemon": {
        "test_it.py": "import os, signal\ndef test_it():\n if os.fork() == 0:\n  os.setsid()\n  if os.fork() == 0: signal.pause()\n  os._exit(0)\n os.wait()\n"
    },
    "daemon-with-output": {
        "test_it.py": "import subprocess, sys\ndef test_it(): subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()'], start_new_session=True)\n"
    },
    "many": {
        "test_it.py": "import os, signal\ndef test_it():\n for n in range(20):\n  if os.fork() == 0: os.setsid(); signal.pause()\n"
    },
    "deep-directories": {
        "test_it.py": "import os\ndef test_it():\n os.chdir(os.environ['TMPDIR'])\n for n in range(1500): os.mkdir('0123456789'); os.chdir('0123456789')\n os.chdir('/')\n"
    },
    "locked-directories": {
        "test_it.py": "import os\ndef test_it(tmp_path):\n (tmp_path / 'a').mkdir()\n (tmp_path / 'a/b').mkdir()\n (tmp_path / 'a').chmod(0)\n tmp_path.chmod(0)\n"
    },
}
"""What is left behind; the bundle may pass or fail, and nothing of it stays."""

CLOSED = {
    "file": "import os\ndef test_it():\n try: os.chmod('package/__init__.py', 0)\n except OSError: pass\n",
    "directory": "import os\ndef test_it():\n try: os.chmod('package', 0)\n except OSError: pass\n",
    "all": "import os\ndef test_it():\n try: os.chmod('.', 0)\n except OSError: pass\n",
}
"""Files of tests that take the permission to read the workspace away, where they may."""

TERMINAL = """
import fcntl, os, termios

def test_it():
    opened = []
    for name in ("/dev/tty", "/proc/1/fd/0", "/dev/pts/0", "/dev/console"):
        try: opened.append(os.open(name, os.O_RDWR))
        except OSError: pass
    for fd in (*range(10), *opened):
        try: os.write(fd, b"\\033]0;title\\a\\033[2Jtyped") if fd > 3 else None
        except OSError: pass
        try: fcntl.ioctl(fd, 0x5412, b"y")
        except OSError: pass
        try: attributes = termios.tcgetattr(fd)
        except (OSError, termios.error): continue
        attributes[3] &= ~(termios.ECHO | termios.ICANON)
        termios.tcsetattr(fd, termios.TCSANOW, attributes)
"""
"""A file of tests that looks for the auditor's terminal, to change it, write to it and type into it."""
