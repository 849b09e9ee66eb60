"""
The plugin under the real Hatch: this project and a stranger's.
"""

from __future__ import annotations

import hashlib
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from phase2_gate.build import build
from phase2_gate.workspace import settings
from tests.hatch.projects import (
    SAMPLE_MEMBERS,
    build_with_hatch,
    build_with_hatchling,
    build_with_library,
    copy_of_this_project,
    sample_files,
    three_lines,
)
from tests.workspace.trees import make

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(find_spec("hatch") is None, reason="needs Hatch"),
]


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _first(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read("manifest.txt")


def _names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def test_every_entrance_gives_the_same_bytes(still: Path, site: Path, tmp_path: Path) -> None:
    """
    Hatch, hatchling and the library build one bundle of this project, and keep its manifest up to date.
    """
    seen = {}
    for name in ("hatch", "hatchling"):
        copy = copy_of_this_project(tmp_path / name / "project", still)
        (copy / "manifest.txt").unlink(missing_ok=True)
        output = copy / settings.load(copy).output
        if name == "hatch":
            done = build_with_hatch(copy, "-t", "phase2bundle")
        else:
            done = build_with_hatchling(copy, site, "-t", "phase2bundle")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "verify: PASS" in done.stderr
        assert hashlib.sha256(_first(output)).hexdigest() == _sha256(copy / "manifest.txt")
        seen[name] = _sha256(output)
    seen["library"] = build_with_library(still, still / "src", tmp_path / "library.zip")
    assert len(set(seen.values())) == 1, seen


def test_a_stranger_builds_with_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    """
    The target works, and with the hook on the wheel one command emits wheel and bundle, again the same bytes.
    """
    root = make(tmp_path / "sample", sample_files(wheel))
    done = build_with_hatch(root, "-t", "phase2bundle")
    assert done.returncode == 0, done.stdout + done.stderr
    assert _names(root / "bundles" / "sample.zip") == SAMPLE_MEMBERS
    done = build_with_hatch(root)
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(path.name for path in (root / "dist").iterdir()) == [
        "sample-1.0-py3-none-any.whl",
        "sample-1.0.tar.gz",
        "sample.zip",
    ]
    assert _sha256(root / "dist" / "sample.zip") == _sha256(root / "bundles" / "sample.zip")
    assert build(root, output=tmp_path / "library.zip").sha256 == _sha256(root / "dist" / "sample.zip")


def test_three_lines_are_enough_for_the_target(wheel: Path, tmp_path: Path) -> None:
    """
    The plugin in Hatch's own build environment leaves the project's build requirements alone.
    """
    root = make(tmp_path / "sample", {**sample_files(wheel), "pyproject.toml": three_lines(wheel)})
    done = build_with_hatch(root, "-t", "phase2bundle")
    assert done.returncode == 0, done.stdout + done.stderr
    assert _names(root / "artifacts" / "bundles" / "sample.zip") == [
        "manifest.txt",
        ".bundleignore",
        "pyproject.toml",
        "src/sample/__init__.py",
        "tests/test_sample.py",
    ]


def test_emits_nothing_outside_of_a_source_checkout(wheel: Path, site: Path, tmp_path: Path) -> None:
    """
    An unpacked sdist and an editable installation give no bundle, and say so.
    """
    files = sample_files(wheel)
    unpacked = make(tmp_path / "unpacked", {**files, "PKG-INFO": "Metadata-Version: 2.4\nName: sample\nVersion: 1.0\n"})
    done = build_with_hatchling(unpacked, site, "-t", "wheel")
    assert done.returncode == 0, done.stderr
    assert "phase2bundle: no bundle: PKG-INFO at the root says that this is an unpacked sdist" in done.stderr
    checkout = make(tmp_path / "checkout", files)
    done = build_with_hatchling(checkout, site, "-t", "wheel:editable")
    assert done.returncode == 0, done.stderr
    assert "phase2bundle: no bundle: an editable installation is no source checkout" in done.stderr
    assert [path.name for root in (unpacked, checkout) for path in root.rglob("*.zip")] == []


@pytest.mark.parametrize(
    ("addition", "message"),
    [
        (
            "\n[tool.hatch.build.targets.phase2bundle]\ninclude = ['x']\n",
            "phase2bundle: pyproject.toml: tool.hatch.build.targets.phase2bundle.include: unknown key: need one of ",
        ),
        ("speed = 1\n", "phase2bundle: pyproject.toml: tool.phase2-gate.speed: unknown key: need one of "),
    ],
)
def test_a_build_that_is_refused_says_why(wheel: Path, site: Path, tmp_path: Path, addition: str, message: str) -> None:
    """
    The message names the key, there is no traceback and no bundle.
    """
    files = sample_files(wheel)
    root = make(tmp_path / "sample", {**files, "pyproject.toml": files["pyproject.toml"] + addition})
    done = build_with_hatchling(root, site, "-t", "phase2bundle")
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert list(root.rglob("*.zip")) == []


def test_clean_removes_the_bundle_and_nothing_else(wheel: Path, site: Path, tmp_path: Path) -> None:
    """
    Other archives in the directory stay.
    """
    root = make(tmp_path / "sample", {**sample_files(wheel), "bundles/other.zip": ""})
    assert build_with_hatchling(root, site, "-t", "phase2bundle").returncode == 0
    assert sorted(path.name for path in (root / "bundles").iterdir()) == ["other.zip", "sample.zip"]
    done = build_with_hatchling(root, site, "-t", "phase2bundle", "--clean-only")
    assert done.returncode == 0, done.stderr
    assert [path.name for path in (root / "bundles").iterdir()] == ["other.zip"]
