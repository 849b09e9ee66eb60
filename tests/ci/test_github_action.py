"""
The steps of ``action.yml``, run as GitHub runs them, on good and bad bundles and with inputs that want more.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from phase2_gate.cli.parser import build

from ..tools import require
from . import runner
from .conftest import plant
from .index import require_index

HERE = {"python": sys.executable, "isolation": "process"}
"""Inputs that need no network, and work on every machine."""


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_no_script_holds_an_expression() -> None:
    """
    The runner pastes the text of an expression into the script, where it would be read as commands.
    """
    assert [step["name"] for step in runner.steps() if "${{" in str(step["run"])] == []
    assert {str(step["shell"]) for step in runner.steps()} == {"bash"}
    assert [step for step in runner.steps() if "uses" in step] == []


def test_every_input_is_used_and_described() -> None:
    """
    And reaches a step through its environment alone.
    """
    declared = runner.action()["inputs"]
    assert isinstance(declared, dict)
    used = [str(value) for step in runner.steps() for value in dict(step.get("env", {})).values()]  # type: ignore[call-overload]  # YAML
    assert sorted(used) == sorted(f"${{{{ inputs.{name} }}}}" for name in declared)
    assert [name for name, each in declared.items() if not each["description"].endswith(".")] == []
    assert [name for name, each in declared.items() if not each.get("required") and "default" not in each] == []


@pytest.mark.parametrize("step", runner.steps(), ids=lambda step: str(step["name"]))
def test_shellcheck_finds_nothing(step: dict[str, object]) -> None:
    """
    In any script.
    """
    done = subprocess.run(
        [require("shellcheck"), "--shell=bash", "--severity=style", "-"],
        input=str(step["run"]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.integration
def test_a_good_bundle(place: Path) -> None:
    """
    The step succeeds; outputs, reports, annotation and summary say PASS, and name the bytes.
    """
    ended = runner.run(place, {"bundles": "dist/good.zip", **HERE})
    assert (ended.code, ended.out.splitlines()[-1]) == (0, "RESULT: PASS (isolation: process)")
    tool = place.with_name("job-runner") / "phase2-gate.pyz"
    assert ended.outputs == {
        "verdict": "PASS",
        "exit-code": "0",
        "report-dir": "phase2-gate-reports",
        "report": "phase2-gate-reports/PASS_report.md",
        "sha256": _sha256(place / "dist/good.zip"),
        "tool-sha256": _sha256(tool),
    }
    assert (place / ended.outputs["report"]).exists()
    assert ended.err == "::notice title=phase2-gate::good.zip: RESULT: PASS (isolation: process)\n"
    assert ended.summary.rstrip().endswith("RESULT: PASS (isolation: process)")


@pytest.mark.integration
@pytest.mark.parametrize(
    ("name", "rule"), [("bad.zip", "tests-failed"), ("changed.zip", "manifest-digest-mismatch")], ids=str
)
def test_a_bad_bundle(place: Path, name: str, rule: str) -> None:
    """
    The step fails, and its outputs, annotations and reports are there all the same.
    """
    ended = runner.run(place, {"bundles": f"dist/{name}", **HERE})
    assert (ended.code, ended.outputs["verdict"], ended.outputs["exit-code"]) == (1, "FAIL", "1")
    assert ended.outputs["report"] == "phase2-gate-reports/FAIL_report.md"
    assert ended.outputs["sha256"] == _sha256(place / "dist" / name)
    assert f"::error title=phase2-gate%3A {rule}::{name}: " in ended.err
    assert json.loads((place / "phase2-gate-reports/report.json").read_text())["verdict"] == "FAIL"
    assert "RESULT: FAIL" in ended.summary


@pytest.mark.integration
def test_without_an_interpreter_the_pinned_pytest_is_installed(place: Path) -> None:
    """
    From the index, by digest, and nothing else; the isolation is the best that works.
    """
    require_index()
    ended = runner.run(place, {"bundles": "dist/good.zip"})
    if "--isolation process" in ended.out:
        pytest.skip("nothing isolates here")
    assert (ended.code, ended.outputs["verdict"]) == (0, "PASS")
    document = json.loads((place / "phase2-gate-reports/report.json").read_text())
    assert document["isolation"] in {"strict", "landlock"}
    assert "pytest==9.2.0" in document["interpreter"]["packages"]


@pytest.mark.integration
def test_several_bundles_by_a_pattern(place: Path) -> None:
    """
    Each has its report and digest, in one order, and the worst verdict counts.
    """
    ended = runner.run(place, {"bundles": "\n  dist/*d.zip\ndist/good.zip\n", "report-dir": "r", **HERE})
    assert (ended.code, ended.outputs["verdict"]) == (1, "FAIL")
    reports = ["r/bad/FAIL_report.md", "r/changed/FAIL_report.md", "r/good/PASS_report.md"]
    assert ended.outputs["report"].splitlines() == reports
    digests = [_sha256(place / f"dist/{name}.zip") for name in ("bad", "changed", "good")]
    assert ended.outputs["sha256"].splitlines() == digests
    assert all((place / report).exists() for report in reports)


@pytest.mark.integration
def test_modules_of_the_checkout_are_not_loaded(place: Path) -> None:
    """
    A pull request that brings modules with the names of others changes nothing about its own audit.
    """
    plant(place)
    ended = runner.run(place, {"bundles": "dist/bad.zip", **HERE}, {"PYTHONPATH": str(place)})
    assert (ended.code, ended.outputs["verdict"], list(place.glob("loaded-*"))) == (1, "FAIL", [])


@pytest.mark.integration
def test_a_bundle_that_is_not_there_is_blocked(place: Path) -> None:
    """
    A pattern without a match is no success.
    """
    ended = runner.run(place, {"bundles": "dist/absent-*.zip", **HERE})
    assert (ended.code, ended.outputs["verdict"], ended.outputs["exit-code"]) == (3, "BLOCKED", "3")


@pytest.mark.integration
@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"bundles": " \n "}, "bundles: empty"),
        ({"bundles": "dist/good.zip", "report-dir": ""}, "report-dir: empty"),
        ({"bundles": "dist/good.zip", "report-dir": "dist"}, "report-dir: 'dist': not an empty directory"),
        ({"bundles": "dist/good.zip", "require-canonical": "yes"}, "require-canonical: seen 'yes'"),
        ({"bundles": "dist/good.zip", "isolation": "lenient"}, "invalid choice: 'lenient'"),
        ({"bundles": "dist/good.zip", "profile": "absent"}, "absent"),
        ({"bundles": "dist/good.zip", "arguments": "--no-such-option"}, "--no-such-option"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_inputs_that_cannot_be_used(place: Path, inputs: dict[str, str], said: str) -> None:
    """
    Exit 2, no verdict, no report, and the log says which.
    """
    ended = runner.run(place, {"python": sys.executable, **inputs})
    assert (ended.code, ended.outputs["verdict"], ended.outputs["exit-code"]) == (2, "", "2")
    assert said in ended.err
    assert not (place / "phase2-gate-reports/PASS_report.md").exists()


@pytest.mark.integration
@pytest.mark.parametrize("name", ["bundles", "profile", "report-dir", "python", "requirements", "arguments"])
@pytest.mark.parametrize("text", ["\"; touch owned; #' ; touch owned ; $(touch owned) `touch owned`", "--format=json"])
def test_no_input_becomes_a_command(place: Path, name: str, text: str) -> None:
    """
    Whatever a branch or a file is called, it stays a text, and never an option; `arguments` is meant for options.
    """
    ended = runner.run(place, {"bundles": "dist/good.zip", **HERE, name: text})
    assert not (place / "owned").exists()
    if name == "report-dir":
        # A directory may be called anything.
        assert (ended.code, (place / text / "PASS_report.md").exists()) == (0, True)
    elif name == "arguments" and text == "--format=json":
        # The input `format` wins.
        assert (ended.code, ended.out.splitlines()[-1]) == (0, "RESULT: PASS (isolation: process)")
    else:
        assert (ended.code, ended.outputs["verdict"] in {"", "BLOCKED"}) in {(2, True), (3, True)}


@pytest.mark.integration
def test_further_arguments_do_not_win_over_inputs(place: Path) -> None:
    """
    They add, as waivers do; the outputs always speak of the report directory that was asked for.
    """
    extra = "--waive\ntests-hook=it adds a column\n--report-dir=elsewhere\n"
    ended = runner.run(place, {"bundles": "dist/good.zip", "arguments": extra, **HERE})
    assert ended.outputs["verdict"] == "PASS"
    assert not (place / "elsewhere").exists()
    assert "tests-hook: no findings: it adds a column" in ended.out


@pytest.mark.integration
def test_the_canonical_form_is_demanded(place: Path) -> None:
    """
    By one input, and the same bundle passes without it.
    """
    vector = runner.ROOT / "tests/vectors/accepted/deflated.zip"
    (place / "dist/other.zip").write_bytes(vector.read_bytes())
    ended = runner.run(place, {"bundles": "dist/other.zip", "require-canonical": "true", **HERE})
    assert ended.code == 1
    gates = json.loads((place / "phase2-gate-reports/report.json").read_text())["gates"]
    rules = [finding["rule"] for gate in gates for finding in gate["findings"]]
    assert rules == ["layout-not-canonical"]


@pytest.mark.integration
def test_a_python_that_is_too_old_is_told(place: Path, tmp_path: Path) -> None:
    """
    Before anything of the tool is read.
    """
    (tmp_path / "bin").mkdir()
    old = tmp_path / "bin/python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    path = f"{old.parent}:/usr/bin:/bin"
    ended = runner.run(place, {"bundles": "dist/good.zip"}, {"PATH": path})
    assert (ended.code, ended.outputs["verdict"]) == (3, "")
    assert ended.out.startswith("::error title=phase2-gate::python3 is older than 3.11")


def test_the_default_format_and_isolation_are_those_of_the_command() -> None:
    """
    An input that is not given changes nothing.
    """
    declared = runner.action()["inputs"]
    assert isinstance(declared, dict)
    parsed = build("audit").parse_args(["audit", "x.zip"])
    for name in ("profile", "isolation", "format"):
        assert declared[name]["default"] == getattr(parsed, name)
