"""
The recipes for tox and nox that docs/ci.md shows, run by the real programs on a good and a bad project.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from ..docs import pages
from ..tools import require
from . import project
from .index import require_index
from .runner import ROOT

PAGE = ROOT / "docs/ci.md"
PLACEHOLDER = "/path/to/phase2_gate-0.1.0-py3-none-any.whl"
"""What the reader replaces."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    phase2-gate as a wheel.
    """
    ours = project.ours(tmp_path_factory.mktemp("ours") / "ours")
    target = tmp_path_factory.mktemp("wheel")
    call = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    subprocess.run(call, cwd=ours, capture_output=True, check=True)
    (found,) = target.glob("*.whl")
    return found


def _recipe(name: str, wheel: Path) -> str:
    found = [pages.file(block) for block in pages.blocks(PAGE.read_text(encoding="utf-8"))]
    (text,) = [file.text for file in found if file is not None and file.name == name]
    assert text.count(PLACEHOLDER) == 1
    return text.replace(PLACEHOLDER, str(wheel))


def _program(name: str) -> str:
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else require(name)


def _run(directory: Path, *command: str) -> tuple[int, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV", "TOX", "NOX"))}
    done = subprocess.run(
        command, cwd=directory, env={**kept, "NO_COLOR": "1"}, capture_output=True, text=True, timeout=600, check=False
    )
    return done.returncode, done.stdout + done.stderr


def _lines(said: str) -> list[str]:
    return [line for line in said.splitlines() if line.startswith("RESULT: ")]


@pytest.mark.integration
@pytest.mark.parametrize(
    ("name", "call", "again"),
    [
        ("tox.ini", ("tox", "run", "-e", "bundle"), ("tox", "run", "-e", "bundle")),
        ("noxfile.py", ("nox", "-s", "bundle"), ("nox", "-R", "-s", "bundle")),
    ],
    ids=["tox", "nox"],
)
def test_a_good_project_and_then_a_bad_one(
    tmp_path: Path, wheel: Path, name: str, call: tuple[str, ...], again: tuple[str, ...]
) -> None:
    """
    The run succeeds with PASS; with a failing test it fails with FAIL; nothing of its own is packed.
    """
    require_index()
    there = project.theirs(tmp_path / "theirs")
    (there / name).write_text(_recipe(name, wheel), encoding="utf-8")
    code, said = _run(there, _program(call[0]), *call[1:])
    if "--isolation process" in said:
        pytest.skip("nothing isolates here")
    assert (code, _lines(said)) == (0, ["RESULT: PASS"]), said
    assert "bundle.zip (5 members)" in said

    (there / "tests/test_bad.py").write_text("def test_bad():\n    assert 0\n", encoding="utf-8")
    code, said = _run(there, _program(again[0]), *again[1:])
    assert (code, _lines(said)) == (1, ["RESULT: FAIL"]), said
    assert "tests/test_bad.py" in said


def test_the_page_names_every_input_and_output() -> None:
    """
    The tables of the action are those of ``action.yml``.
    """
    loaded = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    text = PAGE.read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    for name in (*loaded["inputs"], *loaded["outputs"]):
        assert any(f"`{name}`" in row.split("|")[1] for row in rows), name


def _examples() -> list[dict[str, object]]:
    blocks = pages.blocks(PAGE.read_text(encoding="utf-8"))
    return [yaml.safe_load("\n".join(block.lines)) for block in blocks if block.language == "yaml"]


def test_the_examples_use_what_there_is() -> None:
    """
    Inputs of the action, inputs of the component, hooks: no example names one that does not exist, or forgets one.
    """
    inputs: dict[str, set[str]] = {}
    for example in _examples():
        for job in dict(example.get("jobs", {})).values():  # type: ignore[call-overload]  # YAML
            (step,) = [each for each in job["steps"] if "/phase2-gate@" in each.get("uses", "")]
            inputs["action"] = set(step["with"])
        for include in list(example.get("include", [])):  # type: ignore[call-overload]  # YAML
            inputs["component"] = set(include["inputs"])
        for repository in list(example.get("repos", [])):  # type: ignore[call-overload]  # YAML
            inputs["hooks"] = {hook["id"] for hook in repository["hooks"]}
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["inputs"]
    spec = next(iter(yaml.safe_load_all((ROOT / "templates/phase2-gate.yml").read_text(encoding="utf-8"))))
    component = spec["spec"]["inputs"]
    hooks = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    assert {name for name, each in action.items() if each.get("required")} <= inputs["action"] <= set(action)
    assert {name for name, each in component.items() if "default" not in each} <= inputs["component"] <= set(component)
    assert inputs["hooks"] == hooks
