"""
Formats on standard output, and what is left in a run of GitHub Actions.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import phase2_gate
from phase2_gate.cli import terminal
from phase2_gate.cli.main import main
from tests.bundles import GOOD, archive, bundle, manifest


@pytest.fixture
def good(tmp_path: Path) -> str:
    """A bundle that passes the static gates."""
    (tmp_path / "good.zip").write_bytes(bundle(GOOD))
    return str(tmp_path / "good.zip")


@pytest.fixture
def evil(tmp_path: Path) -> str:
    """A bundle with a name that the runner would take for commands."""
    files = {"##[add-path]x:": b"", "::error::y": b""}
    (tmp_path / "evil.zip").write_bytes(archive({"manifest.txt": manifest(files), **files}))
    return str(tmp_path / "evil.zip")


@pytest.mark.parametrize(
    ("style", "verdict"),
    [
        ("json", lambda text: json.loads(text)["verdict"]),
        ("md", lambda text: text.splitlines()[-1].removeprefix("RESULT: ")),
        ("html", lambda text: text.partition("<title>")[2].partition(":")[0]),
        ("sarif", lambda text: json.loads(text)["runs"][0]["properties"]["verdict"]),
        ("junit", lambda text: re.findall(r'<property name="verdict" value="(.*?)" />', text)[0]),
    ],
)
def test_format_is_alone_on_standard_output(
    good: str, capfdbinary: pytest.CaptureFixture[bytes], style: str, verdict: Callable[[str], str]
) -> None:
    """Each format prints one document that says the verdict, in UTF-8, and nothing else anywhere."""
    assert main(["verify", good, "--format", style]) == 0
    out, err = capfdbinary.readouterr()
    assert verdict(out.decode()) == "PASS"
    assert err == b""


@pytest.mark.parametrize("command", ["verify", "audit"])
def test_html_shows_one_bundle(good: str, capsys: pytest.CaptureFixture[str], command: str) -> None:
    """Several bundles do not fit in one page: refused before anything is judged."""
    assert main([command, good, good, "--format", "html"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "error: --format html: shows one bundle: seen 2\n" in err
    assert "hint: " in err


def test_nothing_is_announced_elsewhere(evil: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Outside of Actions names are shown as they are, and there are no annotations."""
    assert main(["verify", evil]) == 1
    out, err = capsys.readouterr()
    assert "##[add-path]x:" in out
    assert err == ""


def test_run_is_annotated(
    good: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In Actions the verdict is a notice, and the summary is added to what other steps wrote."""
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    assert main(["verify", good]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[-1] == "RESULT: PASS"
    assert err == "::notice title=phase2-gate::good.zip: RESULT: PASS\n"
    text = summary.read_text("utf-8")
    assert text.startswith("before\n# PASS: `good.zip`\n")
    assert text.endswith("\nRESULT: PASS\n\n")


@pytest.mark.parametrize("style", ["text", "json", "md", "sarif", "junit"])
def test_bundle_cannot_speak_to_the_runner(
    evil: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, style: str
) -> None:
    """Of all lines that we print in Actions only our own annotations are commands."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert main(["verify", evil, "--format", style]) == 1
    out, err = capsys.readouterr()
    assert "add-path" in out
    assert not [line for line in out.splitlines() if line.lstrip().startswith("::") or "##[" in line]
    assert not [line for line in err.splitlines() if not line.startswith("::error title=phase2-gate")]
    assert "##[" not in err


def test_errors_cannot_speak_to_the_runner(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines on standard error are inert as well."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    terminal.complain("error: ##[group]x")
    terminal.complain(" ::error::x")
    assert capsys.readouterr().err == "error: #\\u0023[group]x\n \\u003a:error::x\n"


def test_summary_that_cannot_be_written(
    good: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is a warning; the verdict stands."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path))
    assert main(["verify", good]) == 0
    assert "warning: GITHUB_STEP_SUMMARY: " in capsys.readouterr().err


def test_text_loads_no_other_format(good: str) -> None:
    """`verify` with text pays for no renderer, and never for what signs."""
    script = (
        "import sys\nfrom phase2_gate.cli.main import main\n"
        f"code = main(['verify', {good!r}])\n"
        "names = ('json', 'html', 'xml', 'urllib', 'cryptography', 'phase2_gate.attest', 'phase2_gate.report.html',"
        " 'phase2_gate.report.sarif', 'phase2_gate.report.junit', 'phase2_gate.report.github',"
        " 'phase2_gate.report.formats', 'phase2_gate.report.pack', 'phase2_gate.report.markdown')\n"
        "print([name for name in names if name in sys.modules], code)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[] 0"


@pytest.mark.parametrize(("name", "package"), [("report", "report"), ("attestation", "attest")])
def test_schema_is_printed_as_shipped(capfdbinary: pytest.CaptureFixture[bytes], name: str, package: str) -> None:
    """`schema NAME` prints the very bytes of the file in the package."""
    assert main(["schema", name]) == 0
    expected = (Path(phase2_gate.__file__).parent / package / f"{name}.schema.json").read_bytes()
    assert capfdbinary.readouterr().out == expected
