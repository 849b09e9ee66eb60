"""
A verifier that is one file starts its launcher from that file, in boxes of bwrap's too.
"""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import phase2_gate

from .boxes import CARRIED, STRICT, Kind, need, python

PACKAGE = Path(phase2_gate.__file__).parent


@pytest.mark.parametrize("kind", [STRICT, CARRIED], ids=str)
def test_a_verifier_that_is_one_file_makes_the_same_boxes(tmp_path: Path, kind: Kind) -> None:
    """
    The self-test holds, and nothing but the archive was needed.
    """
    need(*kind)
    archive = tmp_path / "verifier.pyz"
    with zipfile.ZipFile(archive, "w") as file:
        for path in PACKAGE.rglob("*.py"):
            file.write(path, path.relative_to(PACKAGE.parent))
    code = (
        f"import sys; sys.path.append({str(archive)!r})\n"
        "from pathlib import Path\nfrom phase2_gate.isolation.level import Carrier, Level\n"
        "from phase2_gate.isolation.selftest import prove\n"
        f"readable = tuple(map(Path, {[str(path) for path in python().readable]!r}))\n"
        f"found = prove(Level({kind.level.value!r}), {python().path!r}, readable, "
        f"carrier=Carrier({kind.carrier.value!r}))\n"
        "print(found.open, 'bubblewrap' in found.layers, sys.modules['phase2_gate'].__file__)\n"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-B", "-c", code], capture_output=True, check=False, text=True)
    assert (done.stderr, done.stdout) == ("", f"() {kind == CARRIED} {archive}/phase2_gate/__init__.py\n")
