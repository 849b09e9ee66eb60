"""
Tests of `phase2_gate.isolation.launcher.seccomp`: what the filter answers to each call.
"""

from __future__ import annotations

import errno
import os
import re
import struct
from pathlib import Path

import pytest

from phase2_gate.isolation.launcher import seccomp, syscalls
from phase2_gate.isolation.launcher.plan import LayerError

ALLOW, KILL = 0x7FFF0000, 0x80000000
HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}


def answer(program: bytes, name: int, arguments: tuple[int, ...] = (), architecture: int | None = None) -> int:
    """
    Run classic BPF over the data of one system call, as the kernel's own documentation defines the instructions.
    """
    machine = syscalls.architecture() if architecture is None else architecture
    data = struct.pack("=IIQ6Q", name, machine, 0, *(*arguments, 0, 0, 0, 0, 0, 0)[:6])
    statements = [struct.unpack_from("=HBBI", program, at) for at in range(0, len(program), 8)]
    value, at = 0, 0
    while True:
        code, yes, no, operand = statements[at]
        at += 1
        if code == 0x20:
            (value,) = struct.unpack_from("=I", data, operand)
        elif code == 0x06:
            return int(operand)
        else:
            holds = {0x15: value == operand, 0x35: value >= operand, 0x45: bool(value & operand)}[code]
            at += yes if holds else no


def refused(error: int) -> int:
    """
    The filter's answer that makes a call fail.
    """
    return 0x00050000 | error


def number(name: str) -> int:
    """
    The number of a call that this machine has.
    """
    found = syscalls.number(name)
    assert found is not None
    return found


@pytest.mark.parametrize("sockets", [True, False])
def test_calls_by_their_number(sockets: bool) -> None:
    """
    What is on the list is refused, and everything else is allowed.
    """
    program = seccomp.program(sockets=sockets)
    by_arguments: tuple[str, ...] = ("clone", "ioctl", "socket", "socketpair")
    if not sockets:
        by_arguments += (*seccomp._OF_ITSELF, "setpriority", "ioprio_set", "chmod", "fchmod", "fchmodat", "fchmodat2")
        by_arguments += ("open", "openat", "creat", "mknod", "mknodat")
    special = {syscalls.number(name) for name in by_arguments}
    refusals = {syscalls.number(name): errno.EPERM for name in seccomp._REFUSED}
    refusals |= {syscalls.number(name): errno.ENOSYS for name in seccomp._ABSENT}
    if not sockets:
        refusals |= {syscalls.number(name): errno.EACCES for name in seccomp._REFUSED_AMONG_OTHERS}
        refusals |= {syscalls.number(name): errno.EOPNOTSUPP for name in seccomp._ATTRIBUTES}
        refusals[syscalls.number("openat2")] = errno.ENOSYS
    for call in set(range(500)) - special:
        expected = refused(refusals[call]) if call in refusals else ALLOW
        assert expected == answer(program, call), call


@pytest.mark.parametrize(
    ("family", "expected"),
    [(1, True), (2, True), (10, True), (16, True), (0, False), (17, False), (38, False), (40, False), (44, False)],
)
def test_sockets_by_their_family(family: int, expected: bool) -> None:
    """
    In a network of its own a program may open what belongs to that network; elsewhere nothing.
    """
    call = number("socket")
    assert (ALLOW if expected else refused(errno.EACCES)) == answer(seccomp.program(sockets=True), call, (family,))
    assert refused(errno.EACCES) == answer(seccomp.program(sockets=False), call, (family,))


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (17, True),
        (0x01200011, True),
        (0x003D0F00, True),
        *(
            (flag | 17, False)
            for flag in (0x10000000, 0x20000, 0x20000000, 0x40000000, 0x08000000, 0x04000000, 0x02000000)
        ),
    ],
)
def test_clone_by_its_flags(flags: int, expected: bool) -> None:
    """
    Processes and threads may be made, namespaces may not.
    """
    found = answer(seccomp.program(sockets=True), number("clone"), (flags,))
    assert (ALLOW if expected else refused(errno.EPERM)) == found


@pytest.mark.parametrize(
    ("flags", "mode", "expected"),
    [
        (os.O_CREAT, 0o755, True),
        (os.O_CREAT, 0o1777, True),
        (os.O_CREAT | os.O_EXCL, 0o4755, False),
        (os.O_CREAT, 0o2755, False),
        (os.O_TMPFILE, 0o4000, False),
        (os.O_TMPFILE, 0o600, True),
        # without a file to make, the mode is whatever the register held
        (os.O_RDWR | os.O_DIRECTORY, 0xFFFFFFFF, True),
    ],
)
def test_files_are_made_by_flags_and_mode(flags: int, mode: int, expected: bool) -> None:
    """
    Among others no file becomes set-uid when it is made; in a file system of its own nobody else could use one.
    """
    for name, arguments in (("openat", (0, 0, flags, mode)), ("open", (0, flags, mode))):
        call = syscalls.number(name)
        if call is not None:
            assert answer(seccomp.program(sockets=True), call, arguments) == ALLOW
            found = answer(seccomp.program(sockets=False), call, arguments)
            assert (ALLOW if expected else refused(errno.EPERM)) == found


@pytest.mark.parametrize("request_", [0x40086602, 0x40087602, 0x401C5820, 0x40806685])
def test_attributes_of_files_by_requests(request_: int) -> None:
    """
    Among others a file that may only be read keeps its flags.
    """
    assert answer(seccomp.program(sockets=True), number("ioctl"), (3, request_)) == ALLOW
    assert refused(errno.EPERM) == answer(seccomp.program(sockets=False), number("ioctl"), (3, request_))


@pytest.mark.parametrize(("request_", "expected"), [(0x5401, True), (0x5413, True), (0x5412, False), (0x541C, False)])
def test_ioctl_by_its_request(request_: int, expected: bool) -> None:
    """
    A terminal may be asked, and not be typed into.
    """
    found = answer(seccomp.program(sockets=True), number("ioctl"), (0, request_))
    assert (ALLOW if expected else refused(errno.EPERM)) == found


@pytest.mark.parametrize(("family", "expected"), [(1, True), (2, False), (16, False), (30, False)])
def test_pairs_of_sockets_by_their_family(family: int, expected: bool) -> None:
    """
    Only one family has pairs that stay within the program; asking for another would load the kernel's modules.
    """
    for sockets in (True, False):
        found = answer(seccomp.program(sockets=sockets), number("socketpair"), (family,))
        assert (ALLOW if expected else refused(errno.EACCES)) == found


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        *((name, (0,), True) for name in seccomp._OF_ITSELF),
        *((name, (1234,), False) for name in seccomp._OF_ITSELF),
        *((name, (0xFFFFFFFF,), False) for name in seccomp._OF_ITSELF),
        ("setpriority", (0, 0, 5), True),
        ("setpriority", (1, 0, 5), True),
        ("setpriority", (0, 1234, 5), False),
        ("setpriority", (2, 0, 5), False),
        ("setpriority", (2, 1000, 5), False),
        ("ioprio_set", (1, 0, 5), True),
        ("ioprio_set", (1, 1234, 5), False),
        ("ioprio_set", (3, 0, 5), False),
    ],
)
def test_calls_about_other_processes(name: str, arguments: tuple[int, ...], expected: bool) -> None:
    """
    Where other processes can be named, limits and priorities may be set for the caller alone.
    """
    found = answer(seccomp.program(sockets=False), number(name), arguments)
    assert (ALLOW if expected else refused(errno.EPERM)) == found
    assert answer(seccomp.program(sockets=True), number(name), arguments) == ALLOW


@pytest.mark.parametrize(
    ("mode", "user", "root"),
    [(0o644, True, True), (0o100, True, True), (0o777, True, False), (0o620, True, False), (0o4755, False, False)],
)
@pytest.mark.parametrize(("name", "at"), [("chmod", 1), ("fchmod", 1), ("fchmodat", 2), ("fchmodat2", 2)])
def test_modes(name: str, at: int, mode: int, user: bool, root: bool) -> None:
    """
    Where the machine's files can be named, none becomes set-uid, and what root owns does not become writable by others.
    """
    call = syscalls.number(name)
    if call is None:
        pytest.skip("this machine does not have the call")
    arguments = (*(0xFFF for _ in range(at)), mode)
    for of_root, expected in ((False, user), (True, root)):
        found = answer(seccomp.program(sockets=False, root=of_root), call, arguments)
        assert (ALLOW if expected else refused(errno.EPERM)) == found
    assert answer(seccomp.program(sockets=True), call, arguments) == ALLOW


def test_another_architecture_is_ended() -> None:
    """
    Numbers mean other calls there, so that nothing can be said about them.
    """
    program = seccomp.program(sockets=True)
    assert answer(program, 0, architecture=0x40000003) == KILL
    assert answer(program, 0x40000000) == KILL


@pytest.mark.parametrize("machine", HEADERS)
def test_numbers_are_those_of_the_headers(monkeypatch: pytest.MonkeyPatch, machine: str) -> None:
    """
    The table agrees with the kernel's headers, where they are installed.
    """
    if not HEADERS[machine].exists():
        pytest.skip("no headers of the kernel here")
    found = dict(re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", HEADERS[machine].read_text()))
    monkeypatch.setattr(os, "uname", lambda: os.uname_result(("Linux", "", "", "", machine)))
    for name in (*syscalls._BEFORE, *syscalls._SINCE_424):
        if name in found:
            assert int(found[name]) == syscalls.number(name), name


def test_an_unknown_machine_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Without a table there is no filter.
    """
    monkeypatch.setattr(os, "uname", lambda: os.uname_result(("Linux", "", "", "", "pdp11")))
    with pytest.raises(LayerError, match="no table of system calls for 'pdp11'"):
        seccomp.program(sockets=True)
