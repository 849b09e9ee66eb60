"""
Tests of `phase2_gate.audit.environment`: throw-away environments, filled from a directory of wheels.
"""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from phase2_gate.audit import environment
from phase2_gate.audit.requirements import Requirements
from phase2_gate.core.errors import AuditError

pytest.importorskip("ensurepip")


def wheel(directory: Path, name: str, files: dict[str, str]) -> str:
    """
    Makes a wheel of version 1.0; its digest.
    """
    info = f"{name}-1.0.dist-info"
    parts = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()},"
        f"{len(text)}\n"
        for path, text in parts.items()
    )
    path = directory / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for member, text in {**parts, f"{info}/RECORD": record + f"{info}/RECORD,,\n"}.items():
            archive.writestr(member, text)
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """
    A directory that pip looks into instead of an index.
    """
    place = tmp_path / "wheels"
    place.mkdir()
    (tmp_path / "made").mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(place))
    return place


def test_it_holds_what_is_listed(wheels: Path, tmp_path: Path) -> None:
    """
    The packages and no others, importable, readable to everybody; the versions are told.
    """
    digest = wheel(wheels, "tiny", {"tiny.py": "VALUE = 7\n"})
    listed = Requirements((f"tiny==1.0 --hash=sha256:{digest}",))
    python, packages = environment.make(sys.executable, listed, tmp_path / "made")
    assert {package.partition("==")[0] for package in packages} <= {"pip", "setuptools", "tiny"}
    assert "tiny==1.0" in packages
    done = subprocess.run([python, "-I", "-c", "import tiny; print(tiny.VALUE)"], capture_output=True, check=True)
    assert done.stdout == b"7\n"
    (module,) = (tmp_path / "made").rglob("tiny.py")
    assert module.stat().st_mode & 0o444 == 0o444


def test_other_bytes_are_not_installed(wheels: Path, tmp_path: Path) -> None:
    """
    A digest that does not match stops everything.
    """
    wheel(wheels, "tiny", {"tiny.py": ""})
    listed = Requirements((f"tiny==1.0 --hash=sha256:{'0' * 64}",))
    with pytest.raises(AuditError, match=r"could not fill the environment: (?s:.*)DO NOT MATCH THE HASHES"):
        environment.make(sys.executable, listed, tmp_path / "made")
    assert list((tmp_path / "made").rglob("tiny.py")) == []


def test_source_distributions_are_not_built(wheels: Path, tmp_path: Path) -> None:
    """
    Building one would run its code, outside of any box.
    """
    (tmp_path / "setup.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n")
    with tarfile.open(wheels / "tiny-1.0.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "setup.py", "tiny-1.0/setup.py")
    digest = hashlib.sha256((wheels / "tiny-1.0.tar.gz").read_bytes()).hexdigest()
    with pytest.raises(AuditError, match="could not fill the environment"):
        environment.make(sys.executable, Requirements((f"tiny==1.0 --hash=sha256:{digest}",)), tmp_path / "made")
    assert not (tmp_path / "ran").exists()


def test_an_interpreter_that_is_none(tmp_path: Path) -> None:
    """
    Is told, whether it is absent or does something else.
    """
    with pytest.raises(AuditError, match="could not be started"):
        environment.make(str(tmp_path / "absent"), Requirements(()), tmp_path)
    with pytest.raises(AuditError, match="could not make the environment"):
        environment.make("/bin/false", Requirements(()), tmp_path)


def test_what_does_not_end_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A network that never answers blocks the audit, and not for ever.
    """
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nexec tail -f /dev/null\n")
    slow.chmod(0o755)
    monkeypatch.setattr(environment, "_SECONDS", 0.2)
    with pytest.raises(AuditError, match="no end after"):
        environment.make(str(slow), Requirements(()), tmp_path)
