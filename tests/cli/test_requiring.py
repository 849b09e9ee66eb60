"""
A builder's signature from the command line: made by ``build --sign``, demanded by ``--require-signature``.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import phase2_gate
from phase2_gate.cli.main import main
from tests.audit.executions import Stage
from tests.bundles import GOOD, bundle
from tests.tools import require
from tests.workspace.trees import make

ENVELOPE = "good.zip.build.intoto.json"


@pytest.fixture(autouse=True)
def signed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Stage:
    """
    A key ``k`` with ``k.pub``, a workspace ``w``, its bundle ``good.zip`` with its envelope, and stand-ins for runs.
    """
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    monkeypatch.chdir(tmp_path)
    stage = Stage()
    stage.install(monkeypatch)
    make(tmp_path / "w", GOOD)
    assert main(["key", "new", "k"]) == 0
    assert main(["build", "w", "--output", "good.zip", "--sign", "k"]) == 0
    capsys.readouterr()
    return stage


def _demanded(*more: str, action: str = "verify", path: str = "good.zip") -> int:
    return main([action, path, "--require-signature", "k.pub", *more])


def _gate(out: str) -> str:
    [found] = [line for line in out.splitlines() if line.startswith("signature ")]
    return found


def test_the_envelope_lies_beside_the_bundle(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    It is told with the name of the key; the same key and bundle give the same bytes, wherever they are built.
    """
    assert main(["build", "w", "--output", "again/good.zip", "--sign", "k"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("signed       again/good.zip.build.intoto.json (key ")
    for name in ("good.zip", ENVELOPE):
        assert (tmp_path / name).read_bytes() == (tmp_path / "again" / name).read_bytes()
    assert sorted(path.name for path in (tmp_path / "again").iterdir()) == ["good.zip", ENVELOPE]


def test_a_signed_bundle_is_built_again_to_the_same_bytes(tmp_path: Path) -> None:
    """
    The envelope lies in the workspace, and is never packed.
    """
    for _ in range(2):
        assert main(["build", "w", "--sign", "k"]) == 0
        built = tmp_path / "w/artifacts/bundles/w.zip"
        assert built.read_bytes() == (tmp_path / "good.zip").read_bytes()
        assert built.with_name("w.zip.build.intoto.json").is_file()


@pytest.mark.parametrize("action", ["verify", "audit"])
def test_a_good_one_passes(capsys: pytest.CaptureFixture[str], action: str) -> None:
    """
    Its gate comes first, and names the key.
    """
    assert _demanded(action=action) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[1].startswith("signature    PASS     signed with key ")
    assert (out.splitlines()[-1], err) == ("RESULT: PASS", "")


@pytest.mark.parametrize("action", ["verify", "audit"])
def test_a_missing_one_fails(signed: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str], action: str) -> None:
    """
    Nothing of the bundle is read or run, and the way out is told.
    """
    (tmp_path / ENVELOPE).unlink()
    assert _demanded(action=action) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[1:3] == ["signature    FAIL", f"  signature-missing: no file '{ENVELOPE}'"]
    assert lines[3].startswith("  hint: signature-missing: have the builder sign")
    assert {line.split()[1] for line in lines[4:9]} == {"NOT"}
    assert (lines[-1], signed.asked) == ("RESULT: FAIL", [])


def test_other_bytes_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    The good envelope beside another bundle, and another bundle's beside the good one.
    """
    (tmp_path / "good.zip").write_bytes(bundle({**GOOD, "more.txt": b""}))
    assert _demanded() == 1
    assert f"  signature-other-bundle: '{ENVELOPE}': subject-bundle: seen " in capsys.readouterr().out


def test_another_key_fails(capsys: pytest.CaptureFixture[str]) -> None:
    """
    A signature by whoever comes along is none.
    """
    assert main(["key", "new", "other"]) == 0
    assert main(["verify", "good.zip", "--require-signature", "other.pub"]) == 1
    assert f"  signature-wrong-key: '{ENVELOPE}': signature-key: " in capsys.readouterr().out


@pytest.mark.parametrize("action", ["verify", "audit"])
@pytest.mark.parametrize("kind", ["junk", "directory", "pipe"])
def test_whatever_lies_in_its_place_is_no_signature(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], action: str, kind: str
) -> None:
    """
    Junk fails; what is no file cannot be judged, and hangs nobody.
    """
    (tmp_path / ENVELOPE).unlink()
    if kind == "junk":
        (tmp_path / ENVELOPE).write_bytes(b"\x00" * 100_000)
    elif kind == "directory":
        (tmp_path / ENVELOPE).mkdir()
    elif hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / ENVELOPE)
    else:
        pytest.skip("needs named pipes")
    assert _demanded(action=action) == (1 if kind == "junk" else 3)
    out = capsys.readouterr().out
    state, what = ("FAIL", "signature-malformed") if kind == "junk" else ("BLOCKED", f"{ENVELOPE}: cannot be judged")
    assert _gate(out).split()[1] == state
    assert what in out


def test_the_envelope_may_lie_elsewhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    Where it is named, no other is looked at.
    """
    (tmp_path / ENVELOPE).rename(tmp_path / "e.json")
    assert _demanded() == 1
    assert _demanded("--signature", "e.json") == 0
    (tmp_path / "e.json").rename(tmp_path / ENVELOPE)
    assert _demanded("--signature", "e.json") == 1
    assert capsys.readouterr().out.splitlines()[-1] == "RESULT: FAIL"


def test_it_cannot_be_waived(capsys: pytest.CaptureFixture[str]) -> None:
    """
    Who does not care for it does not demand it.
    """
    with pytest.raises(SystemExit) as stopped:
        _demanded("--waive", "signature-missing=because")
    assert stopped.value.code == 2
    assert "this rule cannot be waived: seen 'signature-missing'" in capsys.readouterr().err


def test_several_bundles_each_with_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    One that is not signed fails, and takes nothing from the others; the key may come from a pipe that is read once.
    """
    for name in ("good.zip", ENVELOPE):
        shutil.copy(tmp_path / name, tmp_path / name.replace("good", "copy"))
    (tmp_path / "bad.zip").write_bytes(bundle(GOOD))
    out, into = os.pipe()
    try:
        os.write(into, (tmp_path / "k.pub").read_bytes())
        os.close(into)
        argv = ["verify", "good.zip", "copy.zip", "bad.zip", "--require-signature", f"fd:{out}"]
        assert main(argv) == 1
    finally:
        os.close(out)
    assert "bundles      2 PASS, 1 FAIL" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["verify", "good.zip", "--signature", ENVELOPE], "--signature: nobody would look at it"),
        (["audit", "good.zip", "--signature", ENVELOPE], "--signature: nobody would look at it"),
        (
            ["verify", "good.zip", "good.zip", "--require-signature", "k.pub", "--signature", ENVELOPE],
            "--signature: names the envelope of one bundle: seen 2 bundles",
        ),
    ],
)
def test_options_that_mean_nothing_are_refused(
    capsys: pytest.CaptureFixture[str], argv: list[str], message: str
) -> None:
    """
    A call that would look at less than it says is a usage error.
    """
    assert main(argv) == 2
    out, err = capsys.readouterr()
    assert (out, err.startswith(f"error: {message}")) == ("", True)


@pytest.mark.parametrize("action", ["verify", "audit"])
@pytest.mark.parametrize("reason", ["package", "file"])
def test_what_keeps_us_from_looking_is_blocked(
    signed: Stage,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    action: str,
    reason: str,
) -> None:
    """
    A missing package or key: BLOCKED in the report of each bundle, with the remedy; nothing is read or run.
    """
    if reason == "package":
        monkeypatch.setitem(sys.modules, "cryptography", None)
        expected = "signatures: the package cryptography is missing", "phase2-gate[sign]"
    else:
        (tmp_path / "k.pub").unlink()
        expected = "k.pub: the key cannot be read: No such file or directory", ""
    assert _demanded(action=action) == 3
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == f"signature    BLOCKED  {expected[0]}"
    assert expected[1] in lines[2]
    assert (lines[-1], signed.asked) == ("RESULT: BLOCKED", [])


def test_the_report_shows_the_gate(tmp_path: Path) -> None:
    """
    In the report directory, with its rules among those that had to run.
    """
    assert _demanded("--report-dir", "r", action="audit") == 0
    report = json.loads((tmp_path / "r/report.json").read_text("utf-8"))
    first = report["gates"][0]
    assert (first["gate"], first["state"], len(first["rules"])) == ("signature", "pass", 5)
    assert set(first["rules"]) <= set(report["required"])
    assert first["notes"][0].startswith("signed with key ")


def test_signed_failure_of_the_gate_can_be_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """
    An auditor can sign that the builder's signature was missing, though the manifest was never read.
    """
    assert main(["key", "new", "other"]) == 0
    argv = ["audit", "good.zip", "--require-signature", "other.pub", "--report-dir", "r", "--sign", "k"]
    assert main(argv) == 1
    argv = ["attest", "verify", "good.zip", "r/test-result.intoto.json", "--key", "k.pub", "--verdict", "FAIL"]
    assert main(argv) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "RESULT: ACCEPTED (FAIL)"


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--sign", "absent"], "absent: the key cannot be read"),
        (["--sign", "k.pub"], "k.pub: "),
        (["--sign", "fd:999999"], "fd:999999: the key cannot be read"),
    ],
)
def test_a_key_that_cannot_be_used_builds_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], argv: list[str], message: str
) -> None:
    """
    It is known before anything is written.
    """
    assert main(["build", "w", "--output", "n/b.zip", *argv]) == 3
    out, err = capsys.readouterr()
    assert (out, err.startswith(f"error: {message}"), (tmp_path / "n").exists()) == ("", True, False)


def test_an_envelope_that_cannot_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    The bundle is there, its signature is not, and the exit code says so.
    """
    (tmp_path / "b.zip.build.intoto.json").mkdir()
    assert main(["build", "w", "--output", "b.zip", "--sign", "k"]) == 3
    assert "error: b.zip.build.intoto.json: cannot be written: " in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".b.zip")] == []


def test_nothing_is_signed_that_a_second_build_does_not_give(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    With ``--twice`` the signature comes last.
    """
    monkeypatch.setattr("phase2_gate.cli.comparing.twice", lambda *_, **__: 1)
    assert main(["build", "w", "--output", "b.zip", "--sign", "k", "--twice"]) == 1
    assert not (tmp_path / "b.zip.build.intoto.json").exists()
    monkeypatch.setattr("phase2_gate.cli.comparing.twice", lambda *_, **__: 0)
    assert main(["build", "w", "--output", "b.zip", "--sign", "k", "--twice"]) == 0
    assert (tmp_path / "b.zip.build.intoto.json").exists()


def test_no_network_is_needed() -> None:
    """
    Both ways of checking a builder's envelope pass where there is none.
    """
    outside = [require("unshare"), "--map-root-user", "--net"]
    if subprocess.run([*outside, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("needs user namespaces")
    environment = {**os.environ, "PYTHONPATH": str(Path(phase2_gate.__file__).resolve().parent.parent)}
    for argv, last in (
        (["verify", "good.zip", "--require-signature", "k.pub"], "RESULT: PASS"),
        (
            ["attest", "verify", "good.zip", ENVELOPE, "--predicate", "provenance", "--key", "k.pub"],
            "RESULT: ACCEPTED (BUILT)",
        ),
    ):
        command = [*outside, sys.executable, "-m", "phase2_gate", *argv]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        assert (done.returncode, done.stdout.splitlines()[-1]) == (0, last)
