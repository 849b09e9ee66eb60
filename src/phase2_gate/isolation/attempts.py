"""
The self-test's own program: tries to get out of the box that it runs in, and says how far it came.

It is handed over as text and stands alone, in the syntax and with the standard library of Python 3.9. Each attempt is
harmless where it succeeds: its targets are canaries that the verifier made for this purpose.
"""

from __future__ import annotations

import ctypes
import json
import os
import socket
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def main(text: str) -> None:
    """
    Try everything, and write one line for each attempt.

    Args:
        text: The targets, as JSON.
    """
    targets = json.loads(text)
    for name, attempt in {**_files(targets), **_network(targets), **_others(targets), **_kernel()}.items():
        try:
            attempt()
        except OSError as error:
            answer = f"stopped: {error.strerror}"
        except AttributeError:
            answer = "stopped: not in this C library"
        else:
            answer = "done"
        os.write(targets["record"], json.dumps({"attempt": name, "answer": answer}).encode("ascii") + b"\n")


def _append(path: str) -> None:
    with open(path, "ab") as file:
        file.write(b"!")


def _link(path: str, second: str) -> None:
    """
    Give a file a second name, and write to it by that.
    """
    os.link(path, second)
    _append(second)


def _read(path: str) -> None:
    with open(path, "rb") as file:
        file.read(1)


def _read_any(paths: list[str]) -> None:
    """
    Succeed when one of the files and directories can be read.
    """
    refusal = OSError(2, "nothing to try")
    for path in paths:
        try:
            os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
        except OSError as error:
            refusal = error
        else:
            return
    raise refusal


def _descriptors(pid: int) -> list[str]:
    """
    The open files of a process, by their names in ``/proc``; their numbers alone tell nothing.
    """
    directory = f"/proc/{pid}/fd"
    return [os.readlink(f"{directory}/{number}") for number in os.listdir(directory)]


def _files(targets: dict[str, Any]) -> dict[str, Callable[[], object]]:
    canary, inside = targets["canary"], targets["workspace"]
    file, own = os.path.join(canary, "file"), os.path.join(inside, "file")
    return {
        "use-scratch": lambda: _append(os.path.join(targets["scratch"], "file")),
        "read-workspace": lambda: _read(own),
        "read-file": lambda: _read(file),
        "list-directory": lambda: os.listdir(canary),
        "write-file": lambda: _append(file),
        "create-file": lambda: _append(os.path.join(canary, "new")),
        "remove-file": lambda: os.unlink(os.path.join(canary, "doomed")),
        "rename-file": lambda: os.rename(os.path.join(canary, "moved"), os.path.join(canary, "moved-away")),
        "change-mode": lambda: os.chmod(file, 0o640),
        "change-times": lambda: os.utime(file, (0, 0)),
        # lists of access rights are such attributes; macOS has no such call in Python
        "change-attributes": lambda: os.setxattr(file, "user.canary", b"!"),
        "write-workspace": lambda: _append(own),
        "create-in-workspace": lambda: _append(os.path.join(inside, "new")),
        "change-mode-in-workspace": lambda: os.chmod(own, 0o777),  # noqa: S103 - this is the attempt
        "link-from-workspace": lambda: _link(own, os.path.join(targets["scratch"], "second")),
        "read-home": lambda: _read_any(targets["home"]),
    }


def _network(targets: dict[str, Any]) -> dict[str, Callable[[], object]]:
    def connect(family: int, kind: int, address: str | tuple[str, int]) -> None:
        with socket.socket(family, kind) as client:
            client.settimeout(5)
            client.connect(address)
            client.send(b"!")
            if kind == socket.SOCK_DGRAM:
                # nobody answers, so this always ends as stopped: whether it arrived, the verifier sees
                client.settimeout(0.2)
                client.recv(1)

    def unix() -> None:
        # from where it lies: the whole path may be longer than an address can be
        here = os.getcwd()
        os.chdir(targets["canary"])
        try:
            connect(socket.AF_UNIX, socket.SOCK_STREAM, "socket")
        finally:
            os.chdir(here)

    tcp, udp = ("127.0.0.1", int(targets["tcp"])), ("127.0.0.1", int(targets["udp"]))
    return {
        "connect-tcp": lambda: connect(socket.AF_INET, socket.SOCK_STREAM, tcp),
        "connect-udp": lambda: connect(socket.AF_INET, socket.SOCK_DGRAM, udp),
        "connect-unix": unix,
        "connect-abstract": lambda: connect(socket.AF_UNIX, socket.SOCK_STREAM, "\0" + targets["abstract"]),
    }


def _others(targets: dict[str, Any]) -> dict[str, Callable[[], object]]:
    verifier = int(targets["verifier"])

    def signal() -> None:
        # in a namespace of processes the number may be that of the box's own first process, or ours
        if os.getppid() == 1 and verifier in (1, os.getpid()):
            raise ProcessLookupError(3, "No such process")
        os.kill(verifier, 0)

    return {
        "signal-verifier": signal,
        "read-environment": lambda: _read(f"/proc/{verifier}/environ") if verifier > 2 else _read("/nonexistent"),
        "read-descriptors": lambda: _descriptors(verifier) if verifier > 2 else _read("/nonexistent"),
    }


def _kernel() -> dict[str, Callable[[], object]]:
    library = ctypes.CDLL(None, use_errno=True)

    def call(name: str, *arguments: int) -> None:
        if getattr(library, name)(*(ctypes.c_ulong(argument) for argument in arguments)) == -1:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))

    return {
        "new-namespace": lambda: call("unshare", 0x10000000),
        "trace": lambda: call("ptrace", 0, 0, 0, 0),
        "mount": lambda: call("mount", 0, 0, 0, 0x20, 0),
    }
