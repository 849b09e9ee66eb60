"""
Waivers on the command line, through to the exit code.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from phase2_gate.cli.main import main
from phase2_gate.core.findings import Finding

from ..audit.executions import Stage
from ..bundles import GOOD, bundle


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """
    Stand-ins under which the tests find a hook; a good bundle, and one with litter.
    """
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.zip").write_bytes(bundle(GOOD))
    (tmp_path / "litter.zip").write_bytes(bundle({**GOOD, "Thumbs.db": b""}))
    made = Stage(tests=(Finding("tests-hook", "conftest.py", "no"),))
    made.install(monkeypatch)
    return made


@pytest.mark.usefixtures("stage")
def test_a_waived_finding_passes_and_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """
    Without the waiver it is a FAIL; with it a PASS whose last lines name rule, reason and number.
    """
    assert main(["audit", "good.zip"]) == 1
    capsys.readouterr()
    assert main(["audit", "good.zip", "--waive", "tests-hook=it adds a column"]) == 0
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "waived       tests-hook: 1 finding: it adds a column",
        "RESULT: PASS (1 waived)",
    ]
    assert main(["audit", "good.zip", "good.zip", "--waive", "tests-hook=why"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "RESULT: PASS (2 waived)"


@pytest.mark.usefixtures("stage")
def test_static_findings_are_waived_before_code_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """
    `verify` takes waivers too, and an audit goes on behind a waived static gate.
    """
    assert main(["verify", "litter.zip"]) == 1
    assert main(["verify", "litter.zip", "--waive", "clean-litter=harmless"]) == 0
    both = ["--waive", "clean-litter=harmless", "--waive", "tests-hook=why"]
    assert main(["audit", "litter.zip", *both]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "RESULT: PASS (2 waived)"


@pytest.mark.usefixtures("stage")
def test_directories_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    What was extracted is held to the same.
    """
    main(["extract", "good.zip", "out"])
    content = (tmp_path / "out/manifest.txt").read_text()
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    (tmp_path / "out/Thumbs.db").touch()
    (tmp_path / "out/manifest.txt").write_text(f"{empty}  Thumbs.db\n{content}")
    assert main(["verify", "out"]) == 1
    assert main(["verify", "out", "--waive", "clean-litter=harmless"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "RESULT: PASS (1 waived)"


@pytest.mark.parametrize(
    "waivers",
    [
        ["tests-failed=why"],
        ["manifest-digest-mismatch=why"],
        ["no-such-rule=why"],
        ["tests-hook="],
        ["tests-hook"],
        ["=why"],
        ["tests-hook=a", "tests-hook=b"],
    ],
)
def test_what_cannot_be_waived_is_a_usage_error(
    stage: Stage, capsys: pytest.CaptureFixture[str], waivers: list[str]
) -> None:
    """
    Exit code 2, and nothing was judged.
    """
    argv = ["audit", "good.zip", *(part for waiver in waivers for part in ("--waive", waiver))]
    try:
        code = main(argv)
    except SystemExit as error:
        code = int(str(error.code))
    out, err = capsys.readouterr()
    assert (code, out, "error" in err, stage.asked) == (2, "", True, [])


def test_the_command_line_outweighs_the_profile(
    stage: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    One rule has one reason.
    """
    (tmp_path / "mine.toml").write_text('[waivers]\ntests-hook = "as ever"\nclean-litter = "harmless"\n')
    assert main(["audit", "litter.zip", "--profile", "mine.toml", "--waive", "tests-hook=today"]) == 0
    assert capsys.readouterr().out.splitlines()[-3:-1] == [
        "waived       clean-litter: 1 finding: harmless",
        "waived       tests-hook: 1 finding: today",
    ]
    assert stage.asked != []
