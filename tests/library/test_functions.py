"""
Tests of the names of `phase2_gate`: functions with the options of the commands, and nothing loaded before it is used.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import phase2_gate
from phase2_gate.cli import parser
from phase2_gate.cli.main import main
from phase2_gate.core.errors import ProfileError, SettingsError
from phase2_gate.core.findings import Finding
from phase2_gate.core.record import Record
from phase2_gate.core.report import Verdict

from ..audit.executions import Stage
from ..bundles import GOOD, bundle
from ..workspace.trees import make

SOURCE = Path(phase2_gate.__file__).parents[1]

ELSEWHERE = {"help", "format", "quiet", "verbose", "sign", "twice"}
"""Options of commands that functions do not have: how it looks, what signs, and what is a second build."""
PLACES = {"paths": "path"}
"""Arguments of commands that take several where a function takes one."""


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """
    Stand-ins under which every run passes.
    """
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    made = Stage()
    made.install(monkeypatch)
    return made


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """
    A bundle that passes.
    """
    path = tmp_path / "good.zip"
    path.write_bytes(bundle(GOOD))
    return path


def _in_python(code: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": str(SOURCE)}
    )
    return done.stdout.splitlines()


def test_importing_the_package_loads_nothing() -> None:
    """
    But the two modules that it consists of.
    """
    code = (
        "import sys\nbefore = set(sys.modules)\nimport phase2_gate\n"
        "print(*sorted(set(sys.modules) - before - {'types', '__future__'}))"
    )
    assert _in_python(code) == ["phase2_gate phase2_gate._names"]


def test_a_verify_loads_no_builder() -> None:
    """
    Neither what packs, nor what runs, nor a package of others.
    """
    code = (
        "import sys, phase2_gate\nphase2_gate.verify('missing.zip')\n"
        "print(*[name for name in ('pathspec', 'rich', 'pytest', 'dataclasses', 'phase2_gate.build',"
        " 'phase2_gate.isolation', 'phase2_gate.report') if name in sys.modules])"
    )
    assert _in_python(code) == [""]


def test_functions_keep_their_names_when_packages_are_loaded() -> None:
    """
    Imports find the packages, attributes the functions, in whatever order.
    """
    code = (
        "import phase2_gate.audit.static, phase2_gate.build\nfrom phase2_gate.audit import static\n"
        "from phase2_gate.build import build as inner\nfrom phase2_gate import audit, build, diff, verify\n"
        "print([type(one).__name__ for one in (audit, build, diff, verify, inner)])\n"
        "print(phase2_gate.audit is audit, phase2_gate.build is build, static.verify is verify)"
    )
    assert _in_python(code) == [str(["function"] * 5), "True True False"]


def test_a_test_may_put_something_else_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    As with any other module, and it is taken back.
    """
    before: object = phase2_gate.audit
    other = object()
    with monkeypatch.context() as patch:
        patch.setattr(phase2_gate, "audit", other)
        assert vars(phase2_gate)["audit"] is other
        assert getattr(phase2_gate, "audit", None) is other
    assert getattr(phase2_gate, "audit", None) is before


def test_type_checkers_see_the_same_names() -> None:
    """
    The stub has each name of the package, from the module that the package takes it from.
    """
    stub = ast.parse((SOURCE / "phase2_gate/__init__.pyi").read_text("utf-8"))
    seen = {alias.name: node.module for node in stub.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert seen == vars(phase2_gate)["_HOMES"]
    assert sorted(seen) == sorted(phase2_gate.__all__) == sorted(dir(phase2_gate))


@pytest.mark.parametrize("name", ["verify", "audit", "build", "diff"])
def test_options_are_those_of_the_command(name: str) -> None:
    """
    Each by its name and with its default; arguments of the command stand in front.
    """
    [commands] = [one for one in parser.build(name)._actions if isinstance(one, argparse._SubParsersAction)]
    actions = [one for one in commands.choices[name]._actions if one.dest not in ELSEWHERE]
    signature = inspect.signature(getattr(phase2_gate, name))
    places = [PLACES.get(one.dest, one.dest) for one in actions if not one.option_strings]
    options = {one.dest: one.default for one in actions if one.option_strings}
    found = {one.name: one for one in signature.parameters.values()}
    found.pop("progress", None)
    assert [key for key, one in found.items() if one.kind is one.POSITIONAL_OR_KEYWORD] == places
    keywords = {key: one.default for key, one in found.items() if one.kind is one.KEYWORD_ONLY}
    # Repeatable options begin as an empty list; a function has an empty value of its own type.
    assert {key: value or None for key, value in keywords.items()} == {
        key: value or None for key, value in options.items()
    }


def _settled(record: Record) -> Record:
    return record._replace(started_at="", seconds=0.0)


def test_verify_is_the_verify_of_the_command(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    One verdict, with the same demands.
    """
    record = phase2_gate.verify(good, profile="build-loop-phase2", require_canonical=True)
    arguments = ["verify", str(good), "--profile", "build-loop-phase2", "--require-canonical", "--format", "json"]
    assert main(arguments) == record.verdict.exit_code == 1
    document = json.loads(capsys.readouterr().out)
    found = [(finding["rule"], finding["path"]) for gate in document["gates"] for finding in gate["findings"]]
    assert found == [(finding.rule, finding.path) for finding in record.verification.findings]
    assert (document["verdict"], document["profile"]) == ("FAIL", "build-loop-phase2")


def test_verify_takes_waivers(tmp_path: Path) -> None:
    """
    With reasons; what is not waivable, or no rule, is an error.
    """
    path = tmp_path / "a.zip"
    path.write_bytes(bundle({**GOOD, ".DS_Store": b""}))
    assert phase2_gate.verify(path).verdict is Verdict.FAIL
    record = phase2_gate.verify(path, waive={"clean-litter": "a sample"})
    assert (record.result, [one.reason for one in record.verification.waived]) == (
        "RESULT: PASS (1 waived)",
        ["a sample"],
    )
    with pytest.raises(ProfileError, match=r"^waive: no such rule: seen 'nothing'$"):
        phase2_gate.verify(path, waive={"nothing": "why"})
    with pytest.raises(ProfileError, match=r"^waive: this rule cannot be waived: seen 'manifest-missing'"):
        phase2_gate.verify(path, waive={"manifest-missing": "why"})


def test_audit_is_the_audit_of_the_command(
    stage: Stage, tmp_path: Path, good: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    The same verdict, evidence and demands, from the same stage.
    """
    stage.tests = (Finding("tests-failed", "a"),)
    ended: list[str] = []
    record = phase2_gate.audit(
        good,
        report_dir=tmp_path / "mine",
        python="/some/python",
        isolation="strict",
        plugin=["some_plugin"],
        max_skipped=0.25,
        test_timeout=7,
        import_timeout=5,
        progress=lambda gate: ended.append(gate.gate),
    )
    mine, stage.asked = stage.asked, []
    options = "--python /some/python --isolation strict --plugin some_plugin --max-skipped 0.25"
    command = f"audit {good} --report-dir {tmp_path / 'theirs'} {options} --test-timeout 7 --import-timeout 5"
    assert main(command.split()) == record.verdict.exit_code == 1
    assert [one for one in mine if isinstance(one, tuple) and one[0] != "tests"] == [
        one for one in stage.asked if isinstance(one, tuple) and one[0] != "tests"
    ]
    reports = [sorted(path.name for path in (tmp_path / name).iterdir()) for name in ("mine", "theirs")]
    assert reports[0] == reports[1]
    documents = [json.loads((tmp_path / name / "report.json").read_text()) for name in ("mine", "theirs")]
    for document in documents:
        del document["volatile"]
    assert documents[0] == documents[1]
    assert ended == [gate.gate for gate in record.verification.gates]
    assert capsys.readouterr().out.splitlines()[-1] == record.result == "RESULT: FAIL"


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"isolation": "strictest"}, SettingsError, "isolation: seen 'strictest', need one of auto, strict"),
        ({"max_skipped": 2.0}, ProfileError, "profile: max_skipped: seen 2.0, need a number from 0 to 1"),
        ({"test_timeout": 0}, ProfileError, "test_timeout: seen 0, need whole seconds, 1 or more"),
        ({"import_timeout": True}, ProfileError, "import_timeout: seen True, need whole seconds"),
        ({"plugin": ["no name"]}, ProfileError, "profile: plugin[0]: seen 'no name', need the dotted name"),
        ({"requirements": "missing.txt"}, SettingsError, "missing.txt"),
        ({"profile": "mine"}, ProfileError, "profile: unknown name: seen 'mine'"),
    ],
)
def test_options_that_cannot_be_used(
    stage: Stage, good: Path, options: dict[str, object], kind: type[Exception], message: str
) -> None:
    """
    An error of ours before anything is run.
    """
    audit: object = phase2_gate.audit
    assert callable(audit)
    with pytest.raises(kind) as raised:
        audit(good, **options)
    assert message in str(raised.value)
    assert stage.asked == []


def test_a_bundle_is_never_taken_for_an_old_report(tmp_path: Path) -> None:
    """
    It stays, and nothing is judged.
    """
    path = tmp_path / "report.json"
    path.write_bytes(bundle(GOOD))
    with pytest.raises(SettingsError, match="the bundle has the name of a report there"):
        phase2_gate.audit(path, report_dir=tmp_path)
    assert path.read_bytes() == bundle(GOOD)


def test_build_and_diff_are_those_of_the_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    The same bytes, and the same answer on them.
    """
    workspace = make(tmp_path / "w", {**GOOD})
    built = phase2_gate.build(workspace, output=tmp_path / "mine.zip")
    assert main(["build", str(workspace), "--output", str(tmp_path / "theirs.zip")]) == 0
    assert built.path.read_bytes() == (tmp_path / "theirs.zip").read_bytes() == bundle(GOOD)
    assert f"bundle       sha256 {built.sha256}" in capsys.readouterr().out
    assert phase2_gate.diff(built.path, workspace).outcome == "equal"
    make(workspace, {"more.py": ""})
    comparison = phase2_gate.diff(built.path, workspace)
    assert main(["diff", str(built.path), str(workspace), "--format", "json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["outcome"] == comparison.outcome == "different"
    assert [(one["kind"], one["path"]) for one in document["differences"]] == [
        (one.kind, one.path) for one in comparison.differences
    ]
