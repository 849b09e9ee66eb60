"""
The real command on real bundles: what it leaves, what it says, and what a bundle cannot make it say.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ..bundles import GOOD, PHASE2, bundle, manifest
from .command import SOURCE, phase2_gate_in

SCRIPT = SOURCE.parent / "scripts/audit_gate_build_loop_phase2.py"

LOUD = r"""
import sys
TEXT = (
    "\nRESULT: PASS\n```\n````\nRESULT: PASS\r\n~~~\n# PASS\n"
    "\x1b[2J\x1b[1;1H\x00\x07\x9b\u202eSSAP\u2028RESULT: PASS\n<!-- | --> ]]> \\\n"
)
def test_loud():
    sys.stdout.write(TEXT)
    sys.stdout.flush()
    sys.stdout.buffer.write(b"\xff\xfe invalid \xc3(\n" + bytes(range(256)))
    sys.stdout.flush()
    sys.stderr.write(TEXT)
    assert 0, TEXT
"""
"""A failing test whose output wants to be taken for a verdict."""


@pytest.mark.integration
def test_a_good_bundle_under_the_default_isolation(tmp_path: Path) -> None:
    """
    PASS, evidence in the report directory, nothing elsewhere; or BLOCKED where nothing isolates.
    """
    (tmp_path / "good.zip").write_bytes(bundle(GOOD))
    ended = phase2_gate_in(tmp_path, "audit", "good.zip", "--report-dir", "reports", "--require-canonical")
    if ended.code == 3:
        assert any("--isolation process" in text for text in ended.out)
        pytest.skip("nothing isolates here")
    assert (ended.code, ended.out[-1], ended.err) == (0, "RESULT: PASS", "")
    assert {"reports/PASS_report.md", "reports/report.json", "reports/journal.jsonl"} <= set(ended.left)
    assert all(path.startswith("reports") for path in ended.left)
    document = json.loads((tmp_path / "reports/report.json").read_text())
    assert (document["verdict"], document["isolation"] in {"strict", "landlock"}) == ("PASS", True)
    assert [test["outcome"] for test in document["tests"]] == ["passed"]
    for run in document["volatile"]["runs"]:
        assert run["layers"]


@pytest.mark.integration
def test_two_audits_of_one_bundle_say_the_same(tmp_path: Path) -> None:
    """
    But for the block `volatile`; also when the code names the directory that it runs in.
    """
    failing = "import os\ndef test_a(): assert 0, os.getcwd()\ndef test_b(): raise OSError(__file__)\n"
    (tmp_path / "b.zip").write_bytes(bundle({**GOOD, "tests/test_b.py": failing.encode()}))
    documents = []
    for name in ("one", "two"):
        ended = phase2_gate_in(tmp_path, "audit", "b.zip", "--isolation", "process", "--report-dir", name)
        assert ended.code == 1
        document = json.loads((tmp_path / name / "report.json").read_text())
        document.pop("volatile")
        documents.append(document)
    assert documents[0] == documents[1]
    assert "<workspace>" in json.dumps(documents[0])


@pytest.mark.integration
def test_output_cannot_forge_a_verdict(tmp_path: Path) -> None:
    """
    Line breaks, fences, escapes and invalid bytes: the raw log has them, terminal and report show them harmless.
    """
    (tmp_path / "b.zip").write_bytes(bundle({**GOOD, "tests/test_b.py": LOUD.encode()}))
    ended = phase2_gate_in(tmp_path, "audit", "b.zip", "--isolation", "process", "--report-dir", "r")
    result = "RESULT: FAIL (isolation: process)"
    assert (ended.code, ended.err) == (1, "")
    assert [text for text in ended.out if "RESULT" in text.split(":")[0]] == [result]
    assert all(text.isprintable() for text in ended.out)
    report = (tmp_path / "r/FAIL_report.md").read_text()
    assert [text for text in report.splitlines() if text.startswith("RESULT")] == [result]
    assert report.endswith(f"\n{result}\n")
    assert all(char.isprintable() or char in "\n\t" for char in report)
    raw = (tmp_path / "r/logs/tests.stdout").read_bytes()
    assert b"RESULT: PASS" in raw
    document = json.loads((tmp_path / "r/report.json").read_text())
    [run] = [run for run in document["volatile"]["runs"] if run["gate"] == "tests"]
    assert run["stdout"]["bytes"] == len(raw)
    assert not (tmp_path / "r/PASS_report.md").exists()


@pytest.mark.integration
@pytest.mark.parametrize("locale", [{"LC_ALL": "C"}, {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}, {"PYTHONUTF8": "1"}])
def test_a_locale_breaks_nothing(tmp_path: Path, locale: dict[str, str]) -> None:
    """
    Names that a terminal cannot show are shown as escapes, and the verdict is the same.
    """
    name = "b\u00fcndel \u2713.zip"
    (tmp_path / name).write_bytes(bundle({**GOOD, "tests/test_\u00e9.py": "def test_\u00fc(): assert 0\n".encode()}))
    ended = phase2_gate_in(tmp_path, "audit", name, "--isolation", "process", env=locale)
    assert (ended.code, ended.rules, ended.err) == (1, ["tests-failed"], "")
    assert ended.out[-1] == "RESULT: FAIL (isolation: process)"


@pytest.mark.integration
def test_environment_variables_of_the_caller_decide_nothing(tmp_path: Path) -> None:
    """
    Neither pytest's options nor python's reach the bundle's code, and none of ours exists.
    """
    hostile = {
        "PYTEST_ADDOPTS": "--collect-only",
        "PYTEST_PLUGINS": "no_such_plugin",
        "PYTHONOPTIMIZE": "2",
        "PHASE2_GATE_ISOLATION": "none",
        "PHASE2_GATE_PROFILE": "lenient",
    }
    (tmp_path / "b.zip").write_bytes(bundle({**GOOD, "tests/test_b.py": b"def test_b():\n    assert 0\n"}))
    ended = phase2_gate_in(tmp_path, "audit", "b.zip", "--isolation", "process", env=hostile)
    assert (ended.code, ended.rules) == (1, ["tests-failed"])


@pytest.mark.integration
def test_code_that_is_not_isolated_cannot_leave_a_verdict(tmp_path: Path) -> None:
    """
    A report that it writes itself is removed, and a link that it puts in the way is not followed.
    """
    reports, other = tmp_path / "r", tmp_path / "other"
    other.mkdir()
    forging = (
        "import os, pathlib\n"
        f"r = pathlib.Path({str(reports)!r})\n"
        "def test_forge():\n"
        "    (r / 'PASS_report.md').write_text('RESULT: PASS')\n"
        "    (r / 'BLOCKED_report.md').write_text('x')\n"
        f"    (r / 'report.json').symlink_to({str(other / 'stolen')!r})\n"
        "    assert 0\n"
    )
    (tmp_path / "b.zip").write_bytes(bundle({**GOOD, "tests/test_b.py": forging.encode()}))
    ended = phase2_gate_in(tmp_path, "audit", "b.zip", "--isolation", "process", "--report-dir", "r")
    assert ended.code == 1
    assert [path.name for path in reports.glob("*_report.md")] == ["FAIL_report.md"]
    assert json.loads((reports / "report.json").read_text())["verdict"] == "FAIL"
    assert list(other.iterdir()) == []


@pytest.mark.integration
def test_an_interpreter_without_pytest_is_blocked(tmp_path: Path) -> None:
    """
    It is the auditor's; the bundle is not judged, and the way out is named.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "bare")], check=True)
    (tmp_path / "good.zip").write_bytes(bundle(GOOD))
    python = str(tmp_path / "bare/bin/python")
    ended = phase2_gate_in(tmp_path, "audit", "good.zip", "--isolation", "process", "--python", python)
    assert (ended.code, ended.out[-1], ended.err) == (3, "RESULT: BLOCKED", "")
    assert any("pytest is missing in this interpreter" in text for text in ended.out)
    assert any("--python" in text for text in ended.out if text.startswith("  hint:"))


@pytest.mark.integration
def test_the_workspace_is_kept_on_request(tmp_path: Path) -> None:
    """
    Where the summary says, whole; and gone otherwise.
    """
    (tmp_path / "good.zip").write_bytes(bundle(GOOD))
    ended = phase2_gate_in(tmp_path, "audit", "good.zip", "--isolation", "process", "--keep")
    [line] = [text for text in ended.out if text.startswith("workspace    kept in ")]
    kept = Path(line.removeprefix("workspace    kept in "))
    assert (kept / "manifest.txt").read_bytes() == manifest(GOOD)
    assert phase2_gate_in(kept, "verify", ".").code == 1  # its home and temporary files lie in it by now
    assert phase2_gate_in(tmp_path, "audit", "good.zip", "--isolation", "process").left == []


@pytest.mark.integration
def test_an_extracted_bundle_verifies(tmp_path: Path) -> None:
    """
    What `extract` writes is what `verify` accepts, until a byte changes.
    """
    (tmp_path / "good.zip").write_bytes(bundle(GOOD))
    assert phase2_gate_in(tmp_path, "extract", "good.zip", "out").code == 0
    assert phase2_gate_in(tmp_path, "verify", "out").code == 0
    (tmp_path / "out/pkg/__init__.py").write_bytes(b"VALUE = 2\n")
    ended = phase2_gate_in(tmp_path, "verify", "out")
    assert (ended.code, ended.rules) == (1, ["manifest-digest-mismatch"])


@pytest.mark.integration
@pytest.mark.parametrize("bad", [False, True])
def test_the_script_of_the_plan(tmp_path: Path, bad: bool) -> None:
    """
    `--zip` and the pinned profile; the same exit codes as the command.
    """
    files = dict(PHASE2)
    if bad:
        files["runtime/tests/test_operations.py"] = b"def test_a(): assert 0\n"
    (tmp_path / "phase2.zip").write_bytes(bundle(files))
    done = subprocess.run(
        [sys.executable, "-B", str(SCRIPT), "--zip", "phase2.zip", "--isolation", "process"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={"PATH": os.defpath, "PYTHONPATH": str(SOURCE), "TMPDIR": str(tmp_path)},
        check=False,
    )
    result = f"RESULT: {'FAIL' if bad else 'PASS'} (isolation: process)"
    assert (done.returncode, done.stdout.splitlines()[-1], done.stderr) == (int(bad), result, "")
    assert os.listdir(tmp_path) == ["phase2.zip"]


@pytest.mark.integration
def test_a_pipe_that_nobody_writes_to_does_not_hang(tmp_path: Path) -> None:
    """
    It is no file, so it is BLOCKED, at once.
    """
    os.mkfifo(tmp_path / "pipe.zip")
    ended = phase2_gate_in(tmp_path, "audit", "pipe.zip")
    assert (ended.code, ended.out[-1]) == (3, "RESULT: BLOCKED")


@pytest.mark.integration
def test_nothing_beside_the_bundle_is_loaded(tmp_path: Path) -> None:
    """
    Modules and settings in the directory that the command is started in are none of ours.
    """
    trap = "raise SystemExit(0)\n"
    for name in ("sitecustomize.py", "pytest.py", "conftest.py", "json.py"):
        (tmp_path / name).write_text(trap)
    (tmp_path / "pyproject.toml").write_text("[tool.phase2-gate]\nprofile = 'lenient'\n")
    (tmp_path / "b.zip").write_bytes(bundle({**GOOD, "tests/test_b.py": b"def test_b(): assert 0\n"}))
    program = "import sys; from phase2_gate.cli.main import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-B", "-P", "-c", program, "audit", "b.zip", "--isolation", "process"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={"PATH": os.defpath, "PYTHONPATH": str(SOURCE)},
        check=False,
    )
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "RESULT: FAIL (isolation: process)")
    assert shutil.which("phase2-gate") is None or done.stderr == ""
