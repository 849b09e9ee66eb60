"""
Memory at scale: a bundle of a GiB in ten members, and one of a million members.

``python -m tests.sweeps.scale`` writes both into a temporary directory (1.2 GB), judges each in a process of its
own, and prints processor time and peak of memory.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
import subprocess
import sys
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import phase2_gate
from tests.forge import Forged, archive, zip64_end

MEBIBYTE = 1 << 20
_JUDGE = """
import json, sys, time
from phase2_gate.audit.source import opened
from phase2_gate.core import profile, verify
start = time.process_time()
with opened(sys.argv[1]) as source:
    judgement = verify.judge(source, profile.GENERIC)
spent = time.process_time() - start
with open("/proc/self/status") as status:
    peak = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
print(json.dumps([judgement.verification.verdict.value, judgement.difference, spent, peak]))
"""


@dataclass(frozen=True)
class Measured:
    """
    What judging one bundle took.
    """

    verdict: str
    """The verdict."""
    difference: str
    """Where the bytes are not canonical."""
    seconds: float
    """Processor time."""
    peak: int
    """The peak of resident memory in bytes."""


def write(path: Path, members: int, size: int) -> None:
    """
    Writes a canonical bundle of `members` files of `size` bytes each.
    """
    names = [f"src/pkg{index // 1000:04d}/file_{index:07d}.py".encode() for index in range(members)]
    content = os.urandom(min(size, MEBIBYTE)) * max(size // MEBIBYTE, 1)
    crc, line = zlib.crc32(content), hashlib.sha256(content).hexdigest().encode()
    directory, at = [], 0
    with open(path, "wb") as file:
        manifest = Forged(b"manifest.txt", b"".join(b"%b  %b\n" % (line, name) for name in names))
        file.write(manifest.local_part())
        directory.append(manifest.central_part(0))
        at = file.tell()
        for name in names:
            sizes = {"crc": crc, "compressed": len(content), "size": len(content)}
            member = Forged(name, both=sizes)
            header = member.local_part()
            file.write(header)
            file.write(content)
            directory.append(member.central_part(at))
            at += len(header) + len(content)
        listed = b"".join(directory)
        file.write(listed)
        count = members + 1
        if count < 0xFFFF:
            end = {"here": count, "members": count, "size": len(listed), "offset": at}
            file.write(archive([], end=end))
        else:
            file.write(zip64_end(count, len(listed), at))
            file.write(b"PK\x05\x06" + struct.pack("<4H2IH", 0, 0, 0xFFFF, 0xFFFF, len(listed), at, 0))


def measure(path: Path) -> Measured:
    """
    Judges the bundle at `path` in a process of its own.
    """
    source = str(Path(phase2_gate.__path__[0]).parent)
    environment = {**os.environ, "PYTHONPATH": source}
    ran = subprocess.run(
        [sys.executable, "-B", "-c", _JUDGE, str(path)], capture_output=True, check=True, env=environment
    )
    return Measured(*json.loads(ran.stdout))


def main() -> int:
    """
    Measures both, prints what was seen, and says whether it is within the bounds.
    """
    exceeded = 0
    for members, size, most in ((10, 107 * MEBIBYTE, 60 * MEBIBYTE), (1_000_000, 7, 1024 * MEBIBYTE)):
        with tempfile.TemporaryDirectory() as place:
            path = Path(place, "a.zip")
            write(path, members, size)
            seen = measure(path)
        peak = seen.peak // MEBIBYTE
        print(f"{members} members of {size} bytes: {seen.verdict}, {seen.seconds:.1f} s, {peak} MiB")  # noqa: T201 - a command
        exceeded += seen.verdict != "PASS" or seen.peak > most
    return 1 if exceeded else 0


if __name__ == "__main__":
    sys.exit(main())
