"""
Reading costs no more than the file is long, counted in bytes read and not by the clock.
"""

from __future__ import annotations

import pytest

from phase2_gate.core import profile, verify
from phase2_gate.core.source import MemorySource
from tests.forge import Forged, archive, bundle, descriptor


class Counting(MemorySource):
    """
    Counts what is read of it.
    """

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.bytes = 0
        self.reads = 0

    def read_at(self, offset: int, length: int) -> bytes:
        """
        The bytes, counted.
        """
        self.bytes += length
        self.reads += 1
        return super().read_at(offset, length)


def _streamed(number: int) -> Forged:
    content = b"%d" % number * 900
    absent = {"crc": 0, "compressed": 0, "size": 0}
    return Forged(b"%04d" % number, content, both={"flags": 8}, local=absent, descriptor=descriptor(content))


_MANY = [Forged(b"%05d" % number, b"x" * 100) for number in range(3000)]
HOSTILE = {
    "honest": bundle(*_MANY),
    "streamed and stored": bundle(*map(_streamed, range(1500))),
    "unreadable flags": archive([Forged(m.name, m.content, local={"flags": 1}) for m in _MANY]),
    "gaps": archive([Forged(m.name, m.content, before=b"\0") for m in _MANY]),
    "end signatures": b"PK\x05\x06" * 60_000,
    "end signatures behind members": bundle(*_MANY[:100]) + b"PK\x05\x06" * 16_000,
    "large and unreadable": archive(
        [Forged(b"%02d" % number, bytes(400_000), local={"method": 8}) for number in range(12)]
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_byte_is_read_often(name: str) -> None:
    """
    Four times the file and a fixed amount besides are enough, whatever the archive holds.
    """
    source = Counting(HOSTILE[name])
    verify.judge(source, profile.GENERIC, hash_archive=True)

    assert source.bytes <= 4 * source.size + (1 << 20)
    assert source.reads <= 100 + source.size // 20_000


def test_long_names_cost_what_they_are_long() -> None:
    """
    A name of 60,000 bytes is one finding; nothing walks along it for each of its components.
    """
    names = [b"a/" * 30_000 + b"%03d" % number for number in range(60)]
    mark = Forged(b"env/pyvenv.cfg", b"")
    judgement = verify.judge(MemorySource(archive([mark, *(Forged(name) for name in names)])), profile.GENERIC)

    long = [finding for finding in judgement.verification.findings if finding.rule == "name-too-long"]

    assert len(long) == 60
