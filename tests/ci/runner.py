"""
A small runner of composite actions: what GitHub's does with the steps of an ``action.yml``, and no more.

Expressions are looked up in the inputs and in the outputs of earlier steps; each step runs as GitHub runs
``shell: bash``, with files for its outputs and its summary.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from ..tools import require

ROOT = Path(__file__).parents[2]
_EXPRESSION = re.compile(r"\$\{\{ *([a-z0-9.-]+) *\}\}")


@dataclass
class Ended:
    """
    What a run of an action left.
    """

    code: int
    """The exit code of the last step that ran."""
    out: str
    """What all steps printed on standard output."""
    err: str
    """What all steps printed on standard error."""
    outputs: dict[str, str] = field(default_factory=dict)
    """The outputs of the action."""
    summary: str = ""
    """The job's summary."""


def action() -> dict[str, object]:
    """
    The action of this repository, parsed.
    """
    loaded = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def steps() -> list[dict[str, object]]:
    """
    Its steps.
    """
    runs = action()["runs"]
    assert isinstance(runs, dict)
    return list(runs["steps"])


def run(directory: Path, inputs: Mapping[str, str], env: Mapping[str, str] | None = None) -> Ended:
    """
    Runs the action in a directory.

    Args:
        directory: The job's workspace.
        inputs: The inputs that the workflow gives.
        env: Variables of the job.
    """
    declared = action()["inputs"]
    assert isinstance(declared, dict)
    values = {f"inputs.{name}": str(each.get("default", "")) for name, each in declared.items()}
    assert not inputs.keys() - declared.keys()
    values |= {f"inputs.{name}": value for name, value in inputs.items()}
    temporary = directory.parent / f"{directory.name}-runner"
    temporary.mkdir()
    (temporary / "summary").touch()
    ended = Ended(0, "", "")
    for number, step in enumerate(steps()):
        written = temporary / f"output-{number}"
        written.touch()
        own = step.get("env", {})
        assert isinstance(own, dict)
        done = subprocess.run(
            [require("bash"), "--noprofile", "--norc", "-eo", "pipefail", "-c", str(step["run"])],
            cwd=directory,
            env={
                # The interpreter of the tests is the runner's python3.
                "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}",
                "HOME": str(temporary),
                "GITHUB_ACTIONS": "true",
                "GITHUB_ACTION_PATH": str(ROOT),
                "GITHUB_OUTPUT": str(written),
                "GITHUB_STEP_SUMMARY": str(temporary / "summary"),
                "RUNNER_TEMP": str(temporary),
                **(env or {}),
                **{name: _evaluated(str(value), values) for name, value in own.items()},
            },
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        ended = Ended(done.returncode, ended.out + done.stdout, ended.err + done.stderr)
        if "id" in step:
            values |= {f"steps.{step['id']}.outputs.{name}": value for name, value in _outputs(written).items()}
        if done.returncode:
            break
    promised = action()["outputs"]
    assert isinstance(promised, dict)
    ended.outputs = {name: _evaluated(str(each["value"]), values) for name, each in promised.items()}
    ended.summary = (temporary / "summary").read_text(encoding="utf-8")
    return ended


def _evaluated(text: str, values: Mapping[str, str]) -> str:
    # What a step did not set is empty, as for GitHub; an input that is not declared is a mistake of ours.
    def value(found: re.Match[str]) -> str:
        assert found[1] in values or found[1].startswith("steps.")
        return values.get(found[1], "")

    return _EXPRESSION.sub(value, text)


def _outputs(file: Path) -> dict[str, str]:
    """
    What a step wrote into GITHUB_OUTPUT, in the form with an end of its own.
    """
    lines = file.read_text(encoding="utf-8").splitlines()
    found: dict[str, str] = {}
    while lines:
        name, _, end = lines.pop(0).partition("<<")
        place = lines.index(end)
        found[name] = "\n".join(lines[:place])
        del lines[: place + 1]
    return found
