"""
The README, word for word: a fresh clone with its first command, and the bundle that this makes, on its own.
"""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.docs import following, pages, shell
from tests.docs.pages import ROOT, Command
from tests.hatch.projects import copy_of_this_project
from tests.tools import require

README = (ROOT / "README.md").read_text("utf-8")
FIRST = "python3 -m venv .venv && .venv/bin/pip install -q hatch && .venv/bin/hatch run audit"
SECOND = ".venv/bin/hatch run test"
BUNDLE = "artifacts/bundles/Bundle_Build_Loop_Phase2_v1.1.zip"


def _part(command: str) -> str:
    """
    The block that shows a command, as a page of its own.
    """
    (block,) = (
        block
        for block in pages.blocks(README)
        if block.language == "console" and command in [one.text for one in pages.commands(block)]
    )
    return "\n".join(["```console", *block.lines, "```"])


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    A fresh clone, as far as it can be had of a checkout that somebody works in.
    """
    target = copy_of_this_project(tmp_path_factory.mktemp("readme") / "phase2-gate")
    for words in (["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a", "commit", "-q", "-m", "a"]):
        subprocess.run([require("git"), "-C", str(target), *words], check=True)
    return target


@pytest.fixture(scope="module")
def bundle(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    What the README's first command leaves.
    """
    home, scratch = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("scratch")
    faults = following.follow(_part(FIRST), clone, shell.environment(home), scratch, SECOND)
    if faults:
        pytest.fail("\n".join(faults))
    return clone / BUNDLE


@pytest.mark.integration
def test_the_first_command_builds_and_audits(bundle: Path) -> None:
    """
    With an empty home, on a machine that has Python, pip and git; the report lies where the README says.
    """
    assert bundle.is_file()
    assert (bundle.parents[1] / "reports/PASS_report.md").is_file()
    git = subprocess.run(
        [require("git"), "status", "--porcelain"], cwd=bundle.parents[2], capture_output=True, text=True, check=True
    )
    # The manifest is written anew by every build; the checkout's own is compared by .ci/run.
    assert git.stdout in {"", " M manifest.txt\n"}


@pytest.mark.integration
def test_the_bundle_judges_itself(bundle: Path, tmp_path: Path) -> None:
    """
    Extracted, with the ZIP below it, where there is only Python and pytest.
    """
    reader, home, scratch = (tmp_path / name for name in ("reader", "home", "scratch"))
    for directory in (reader, home, scratch):
        directory.mkdir()
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(reader)
    (reader / BUNDLE).parent.mkdir(parents=True)
    (reader / BUNDLE).write_bytes(bundle.read_bytes())
    bare = tmp_path / "bare"
    made = [[require("python3"), "-m", "venv", str(bare)], [str(bare / "bin/pip"), "install", "-q", "pytest"]]
    for words in made:
        subprocess.run(words, check=True, capture_output=True)
    gate = f"python scripts/audit_gate_build_loop_phase2.py --zip {BUNDLE}"
    faults = following.follow(_part(gate), reader, shell.environment(home, bare / "bin"), scratch)
    if faults:
        pytest.fail("\n".join(faults))


def test_continuous_integration_runs_both_commands() -> None:
    """
    The second is this suite, so it is run there and not from here.
    """
    script = (ROOT / ".ci/run").read_text("utf-8").splitlines()
    shown = [step.text for step in following.steps(README) if isinstance(step, Command)]
    assert {FIRST, SECOND} <= set(shown)
    assert "python3 -m venv .venv" in script
    assert [line for line in ("hatch run audit", "hatch run test -q") if line not in script] == []
