"""
The step of the GitHub action that audits: inputs in, verdict and outputs out.

::

    python -I ci/github_action.py phase2-gate.pyz

Inputs are environment variables, as ``action.yml`` names them. Annotations and the job's summary come from the tool;
the outputs are read from the reports that it wrote, and have to agree with its exit code.
"""

from __future__ import annotations

import glob
import hashlib
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

VERDICTS = {0: "PASS", 1: "FAIL", 3: "BLOCKED"}
"""The verdict by the tool's exit code; 2 is a usage error, and none."""
BLOCKED = 3
USAGE = 2
PYTEST = Path(__file__).with_name("pytest.txt")
"""The packages that the tests get when the user names neither an interpreter nor a list."""

_SWITCH = {"true": True, "false": False}


class WrongInputError(Exception):
    """
    An input that cannot be used; the text says which.
    """


def main(pyz: str, env: Mapping[str, str]) -> int:
    """
    Audits the bundles, and writes the outputs.

    Args:
        pyz: The tool.
        env: The environment, inputs and runner's variables.

    Returns:
        The exit code: 0 PASS, 1 FAIL, 2 wrong inputs, 3 BLOCKED.
    """
    outputs = {"report-dir": env.get("PHASE2_GATE_REPORT_DIR", ""), "verdict": ""}
    try:
        outputs["tool-sha256"] = hashlib.sha256(Path(pyz).read_bytes()).hexdigest()
        found = bundles(env.get("PHASE2_GATE_BUNDLES", ""))
        code = subprocess.run([sys.executable, "-I", "-S", pyz, *arguments(env), "--", *found], check=False).returncode
        if code in VERDICTS:
            code, told = results(code, Path(outputs["report-dir"]), len(found))
            outputs |= told
    except WrongInputError as error:
        code = _complain(str(error), USAGE)
    outputs["exit-code"] = str(code)
    try:
        with open(env.get("GITHUB_OUTPUT", ""), "a", encoding="utf-8") as file:
            file.write("".join(output(name, value) for name, value in outputs.items()))
    except OSError as error:
        return _complain(f"GITHUB_OUTPUT: cannot be written: {error.strerror}", BLOCKED)
    return code


def bundles(text: str) -> list[str]:
    """
    The bundles that an input names; a pattern that matches nothing is left to the tool, which cannot read it.

    Raises:
        WrongInputError: when it names none.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    # A file may be called like a pattern that matches others.
    matched = ([line] if os.path.lexists(line) else sorted(glob.glob(line, recursive=True)) for line in lines)
    found = [path for line, paths in zip(lines, matched, strict=True) for path in paths or [line]]
    if not found:
        raise WrongInputError("bundles: empty: need a path or pattern")
    return list(dict.fromkeys(found))


def arguments(env: Mapping[str, str]) -> list[str]:
    """
    The command line that the inputs make, up to the bundles.

    Raises:
        WrongInputError: when one of them cannot be used.
    """
    reports = env.get("PHASE2_GATE_REPORT_DIR", "")
    if not reports:
        raise WrongInputError("report-dir: empty: need the name of a directory")
    if os.path.lexists(reports) and not (os.path.isdir(reports) and not os.listdir(reports)):
        # Reports of another run must not be taken for those of this one.
        raise WrongInputError(f"report-dir: {reports!r}: not an empty directory: need one of its own")
    canonical = _SWITCH.get(env.get("PHASE2_GATE_REQUIRE_CANONICAL", ""))
    if canonical is None:
        seen = env.get("PHASE2_GATE_REQUIRE_CANONICAL", "")
        raise WrongInputError(f"require-canonical: seen {seen!r}, need true or false")
    further = [line.strip() for line in env.get("PHASE2_GATE_ARGUMENTS", "").splitlines() if line.strip()]
    given = {
        "--profile": env.get("PHASE2_GATE_PROFILE", ""),
        "--isolation": env.get("PHASE2_GATE_ISOLATION", ""),
        "--format": env.get("PHASE2_GATE_FORMAT", ""),
        "--report-dir": reports,
    }
    for name, variable in (("--python", "PHASE2_GATE_PYTHON"), ("--requirements", "PHASE2_GATE_REQUIREMENTS")):
        if env.get(variable):
            given[name] = env[variable]
    if "--python" not in given:
        given.setdefault("--requirements", str(PYTEST))
    # With an equals sign nothing that an input holds is taken for an option; the last of two wins.
    words = ["audit", *further, *(f"{name}={value}" for name, value in given.items())]
    return [*words, "--require-canonical"] if canonical else words


def results(code: int, reports: Path, number: int) -> tuple[int, dict[str, str]]:
    """
    What the reports say, and the exit code; BLOCKED when they do not say what the exit code does.

    Args:
        code: The tool's exit code.
        reports: The directory of the reports.
        number: How many bundles were judged.
    """
    found = sorted(path for pattern in ("report.json", "*/report.json") for path in reports.glob(pattern))
    documents = [json.loads(path.read_bytes()) for path in found]
    seen = {document["verdict"] for document in documents}
    worst = next((verdict for verdict in ("FAIL", "BLOCKED", "PASS") if verdict in seen), "none")
    if len(found) != number or worst != VERDICTS[code]:
        # A run that broke off leaves no report for some, and says BLOCKED by its exit code.
        message = f"reports: {len(found)} for {number} bundles, worst verdict {worst}, exit code {code}"
        code = BLOCKED if code == BLOCKED else _complain(message, BLOCKED)
    told = {
        "verdict": VERDICTS[code],
        "report": "\n".join(
            str(path.with_name(f"{document['verdict']}_report.md"))
            for path, document in zip(found, documents, strict=True)
        ),
        "sha256": "\n".join(document["subject"]["sha256"] or "" for document in documents),
    }
    return code, told


def output(name: str, value: str) -> str:
    """
    An output as the runner reads it from GITHUB_OUTPUT; its end is a text that no value can foresee.
    """
    end = f"end_{secrets.token_hex(16)}"
    return f"{name}<<{end}\n{value}\n{end}\n"


def _complain(message: str, code: int) -> int:
    # As GitHub wants the data of a command escaped: a line break would begin another command.
    data = message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A").replace("##[", "#\\u0023[")
    sys.stderr.write(f"::error title=phase2-gate::{data}\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], os.environ))
