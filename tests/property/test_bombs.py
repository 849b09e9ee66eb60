"""
Bombs: refused quickly and in little memory, measured in a process of their own.
"""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

import phase2_gate
from tests.forge import Forged, archive, bundle, deflated, extra, run_stream, zip64_end

MEBIBYTE = 1 << 20
_WIDE = {"size": 0xFFFFFFFF, "compressed": 0xFFFFFFFF}
_KERNEL = Forged(b"00000", b"kernel " * 1000)
_JUDGE = """
import json, sys, time
from phase2_gate.audit.source import opened
from phase2_gate.core import profile, verify
start = time.process_time()
with opened(sys.argv[1]) as source:
    found = verify.judge(source, profile.GENERIC).verification.findings
spent = time.process_time() - start
# What getrusage says of a process includes its parent's memory from before exec.
with open("/proc/self/status") as status:
    peak = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
print(json.dumps([sorted({finding.rule for finding in found}), spent, peak]))
"""


def _quoted() -> bytes:
    # Every entry of the directory names the one local header (Fifield, 2019, without quoting blocks).
    return archive(
        [_KERNEL, *(Forged(b"%05d" % n, _KERNEL.content, central={"offset": 0}, placed=False) for n in range(1, 5000))]
    )


def _declared(size: int) -> bytes:
    field = extra(1, struct.pack("<2Q", size, 40))
    return archive([Forged(b"a", bytes(40), both={**_WIDE, "method": 8, "version": 45, "extra": field})])


def _counted(count: int) -> bytes:
    plain = bundle(Forged(b"a", b""))
    local, directory = plain[: plain.index(b"PK\1\2")], plain[plain.index(b"PK\1\2") : -22]
    ones = {"here": 0xFFFF, "members": 0xFFFF, "size": 0xFFFFFFFF, "offset": 0xFFFFFFFF}
    end = archive([], end=ones)
    return local + directory + zip64_end(count, len(directory), len(local)) + end


BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "ratio": (
        lambda: bundle(deflated(b"a", b"", run_stream(b"a", 400_000), both={"size": 103_200_001})),
        "limit-ratio",
    ),
    "size lie, small": (
        lambda: bundle(deflated(b"a", b"a" * 12, run_stream(b"a", 1_000_000))),
        "data-size-mismatch",
    ),
    "size lie, huge": (lambda: _declared(1 << 62), "limit-member-size"),
    "size lie, within the limits": (lambda: _declared(1 << 30), "limit-ratio"),
    "overlap": (_quoted, "archive-overlap"),
    "zip64 count": (lambda: _counted(1 << 40), "archive-count-mismatch"),
    "zip64 count, all ones": (lambda: _counted((1 << 64) - 1), "archive-count-mismatch"),
    "huge manifest": (
        lambda: archive(
            [
                deflated(
                    b"manifest.txt",
                    b"",
                    run_stream(b"\n", 200_000),
                    both={"size": 51_600_001, "crc": zlib.crc32(b"\n" * 51_600_001)},
                ),
                _KERNEL,
            ]
        ),
        "manifest-too-large",
    ),
    "deep paths": (lambda: archive([Forged(b"a/" * 32_000 + b"%03d" % n) for n in range(100)]), "name-too-long"),
    "many members": (lambda: archive([Forged(b"%05d" % n) for n in range(20_000)]), "manifest-missing"),
    "many fatal names": (lambda: archive([Forged(b"../%05d" % n) for n in range(4000)]), "name-traversal"),
}


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="the peak of memory is told by Linux alone")
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_cheaply(tmp_path: Path, name: str) -> None:
    """
    Under 100 MiB, in processor time that follows from the size of the file and not from what it claims.
    """
    make, rule = BOMBS[name]
    data = make()
    path = tmp_path / "bomb.zip"
    path.write_bytes(data)
    source = Path(phase2_gate.__path__[0]).parent
    ran = subprocess.run(
        [sys.executable, "-B", "-c", _JUDGE, str(path)],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(source)},
        timeout=60,
    )

    found, spent, peak = json.loads(ran.stdout)

    assert rule in found
    assert peak < 100 * MEBIBYTE
    assert spent < 1 + len(data) / MEBIBYTE
