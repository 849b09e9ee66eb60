"""
Tests of this project's own bundle: exactly what the plan wants, and the same again from the extracted tree.
"""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

from phase2_gate.build import Built, build, carried
from phase2_gate.core import profile
from phase2_gate.workspace import settings
from tests.workspace.trees import make

_ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    A still copy of this checkout, for others may work in it.
    """
    copy = tmp_path_factory.mktemp("checkout") / "project"
    left_out = shutil.ignore_patterns(".git", "artifacts", ".*_cache", ".hypothesis", "dist", "__pycache__")
    shutil.copytree(_ROOT, copy, ignore=left_out, symlinks=True)
    return copy


@pytest.fixture(scope="module")
def built(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """
    The bundle of the copy.
    """
    return build(checkout, output=tmp_path_factory.mktemp("bundle") / "bundle.zip")


def test_holds_the_plans_members_and_little_else(checkout: Path, built: Built) -> None:
    """
    Beyond the plan's list there are modules of the runtime, the verifier, the rules and the licence.
    """
    runtime = checkout / "src" / "phase2_gate" / "runtime"
    expected = {
        "manifest.txt",
        ".bundleignore",
        "LICENSE",
        "pytest.ini",
        "docs/03_runtime/Implementation_Plan_Build_Loop_Phase2_v1.1.md",
        "scripts/audit_gate_build_loop_phase2.py",
        *(f"runtime/{path.relative_to(runtime).as_posix()}" for path in runtime.rglob("*.py")),
        *(file.path for file in carried.files()),
    }
    assert set(built.members) == expected
    assert set(profile.BUILD_LOOP_PHASE2.members) <= expected


def test_the_extracted_bundle_gives_itself_again(built: Built, tmp_path: Path) -> None:
    """
    Extracted, used, and littered as a run leaves it, the tree builds the very same bundle.
    """
    root = tmp_path / "extracted"
    with zipfile.ZipFile(built.path) as archive:
        archive.extractall(root)
    litter = {
        "artifacts/bundles/Bundle_Build_Loop_Phase2_v1.1.zip": "",
        "artifacts/reports/PASS_report.md": "",
        ".pytest_cache/README.md": "",
        "runtime/__pycache__/x.cpython-311.pyc": "",
        "scripts/phase2_gate/core/__pycache__/x.cpython-311.pyc": "",
        "scripts/other.py": "",
        "docs/other.md": "",
        "other/x": "",
    }
    make(root, litter)
    assert not (root / "pyproject.toml").exists()
    again = build(root)
    assert again.sha256 == built.sha256
    assert again.path == root / "artifacts" / "bundles" / "extracted.zip"


def test_the_settings_name_the_plans_bundle() -> None:
    """
    The bundle lies where the plan's commands look for it.
    """
    assert settings.load(_ROOT).output == "artifacts/bundles/Bundle_Build_Loop_Phase2_v1.1.zip"
