"""
The archive is the same bytes wherever and however it is built, and a ZIP that every reader reads alike.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from phase2_gate._version import __version__

from ..tools import require
from .conftest import ROOT, SCRIPT


def _copy(place: Path) -> Path:
    """
    What the script needs of the checkout, in another place, with other times and modes.
    """
    shutil.copytree(ROOT / "src", place / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "scripts", place / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(ROOT / "LICENSE", place / "LICENSE")
    for path in place.rglob("*"):
        if path.is_file():
            path.chmod(0o755 if len(path.name) % 2 else 0o600)
            os.utime(path, (1e9, 1e9 + len(path.name)))
    return place


def _built(script: Path, output: Path, umask: int = 0o022, **env: str) -> str:
    done = subprocess.run(
        [sys.executable, "-B", str(script), "--output", str(output)],
        env={"PATH": os.defpath, **env},
        capture_output=True,
        text=True,
        umask=umask,
        check=True,
    )
    digest = hashlib.sha256(output.read_bytes()).hexdigest()
    assert done.stdout.splitlines()[-1] == f"pyz          sha256 {digest}"
    assert f"(phase2-gate {__version__}, " in done.stdout
    return digest


@pytest.mark.integration
def test_its_bytes_follow_from_the_sources_alone(pyz: Path, tmp_path: Path) -> None:
    """
    Another checkout, umask, time zone, locale, hash seed, epoch and Python option: one digest.
    """
    there = _copy(tmp_path / "a directory\u00e9") / "scripts/build_pyz.py"
    digests = {
        hashlib.sha256(pyz.read_bytes()).hexdigest(),
        _built(SCRIPT, tmp_path / "again.pyz"),
        _built(SCRIPT, tmp_path / "tight.pyz", umask=0o077, TZ="Pacific/Kiritimati", PYTHONHASHSEED="1"),
        _built(there, tmp_path / "there.pyz", umask=0, SOURCE_DATE_EPOCH="1", LC_ALL="C", PYTHONOPTIMIZE="2"),
    }
    assert len(digests) == 1
    assert {path.stat().st_mode & 0o777 for path in tmp_path.glob("*.pyz")} == {0o755}


@pytest.mark.integration
def test_a_changed_source_changes_the_digest(pyz: Path, tmp_path: Path) -> None:
    """
    The digest speaks for the sources.
    """
    there = _copy(tmp_path / "there")
    with (there / "src/phase2_gate/core/digest.py").open("ab") as file:
        file.write(b"# other\n")
    changed = _built(there / "scripts/build_pyz.py", tmp_path / "other.pyz")
    assert changed != hashlib.sha256(pyz.read_bytes()).hexdigest()


@pytest.mark.integration
def test_a_carriage_return_is_refused(tmp_path: Path) -> None:
    """
    A checkout that converts line ends would give another digest on each platform.
    """
    there = _copy(tmp_path / "there")
    module = there / "src/phase2_gate/core/digest.py"
    module.write_bytes(module.read_bytes().replace(b"\n", b"\r\n"))
    done = subprocess.run(
        [sys.executable, "-I", str(there / "scripts/build_pyz.py"), "--output", str(tmp_path / "x.pyz")],
        capture_output=True,
        text=True,
        check=False,
    )
    need = "error: core/digest.py: seen a carriage return, need line feeds alone, as committed\n"
    assert (done.returncode, done.stderr, (tmp_path / "x.pyz").exists()) == (1, need, False)


@pytest.mark.integration
def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    """
    Exit 3, and no half file beside the directory that is in the way.
    """
    (tmp_path / "x.pyz").mkdir()
    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), "--output", str(tmp_path / "x.pyz")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith(f"error: {tmp_path / 'x.pyz'}: cannot be written: ")
    assert os.listdir(tmp_path) == ["x.pyz"]


def test_its_headers_are_fixed(pyz: Path) -> None:
    """
    Stored, in the byte order of the names, 1980, Unix, 0644, nothing extra; offsets count from the file's beginning.
    """
    data = pyz.read_bytes()
    shebang = b"#!/usr/bin/env python3\n"
    assert data[: len(shebang) + 4] == shebang + b"PK\x03\x04"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = archive.infolist()
        assert archive.testzip() is None
        assert archive.comment == b""
    assert [info.filename for info in infos] == sorted(info.filename for info in infos)
    for info in infos:
        assert (info.compress_type, info.date_time, info.create_system) == (0, (1980, 1, 1, 0, 0, 0), 3)
        assert (info.external_attr >> 16, info.extra, info.comment, info.flag_bits) == (0o100644, b"", b"", 0)
    # zipfile forgives offsets that do not count the first line; what it reads raw is what the directory says.
    end = data.rindex(b"PK\x05\x06")
    directory = int.from_bytes(data[end + 16 : end + 20], "little")
    assert data[directory : directory + 4] == b"PK\x01\x02"
    assert int.from_bytes(data[directory + 42 : directory + 46], "little") == len(shebang)


def test_what_is_in_it(pyz: Path) -> None:
    """
    The sources as they are, the schemas and the licence; no plugins, no tests, no byte code.
    """
    package = ROOT / "src/phase2_gate"
    with zipfile.ZipFile(pyz) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    assert found.pop("__main__.py") == (ROOT / "scripts/build_pyz_main.py").read_bytes()
    assert found.pop("LICENSE") == (ROOT / "LICENSE").read_bytes()
    expected = {
        path.relative_to(package.parent).as_posix(): path.read_bytes()
        for path in package.rglob("*")
        if path.suffix in {".py", ".json"} and path != package / "__main__.py"
    }
    left_out = ("phase2_gate/hatch/", "phase2_gate/pytest_plugin/", "phase2_gate/runtime/tests/")
    expected = {name: data for name, data in expected.items() if not name.startswith(left_out)}
    assert found == expected
    assert "phase2_gate/report/report.schema.json" in found


@pytest.mark.integration
def test_other_readers_agree(pyz: Path) -> None:
    """
    Info-ZIP finds nothing wrong, and no bytes in front that the archive does not account for.
    """
    done = subprocess.run([require("unzip"), "-tq", str(pyz)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
