"""
Signed verdicts from the command line: a key, a signed audit, and what is made of its envelopes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import phase2_gate
from phase2_gate.cli.main import main
from phase2_gate.core.findings import Finding
from phase2_gate.report.pack import ATTESTATIONS
from tests.audit.executions import Stage
from tests.bundles import GOOD, bundle, manifest


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """
    Stand-ins under which every run passes.
    """
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    monkeypatch.chdir(tmp_path)
    made = Stage()
    made.install(monkeypatch)
    return made


@pytest.fixture
def signed(stage: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Stage:
    """
    A key ``k`` with ``k.pub``, a bundle, and its signed audit in ``r``.
    """
    (tmp_path / "good.zip").write_bytes(bundle(GOOD))
    assert main(["key", "new", "k"]) == 0
    assert main(["audit", "good.zip", "--report-dir", "r", "--sign", "k"]) == 0
    capsys.readouterr()
    return stage


def _verify(*more: str, envelope: str = f"r/{ATTESTATIONS[0]}", path: str = "good.zip") -> int:
    return main(["attest", "verify", path, envelope, "--key", "k.pub", *more])


def test_key_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """
    Both files are named, the private key is not shown; a second time nothing is written over.
    """
    monkeypatch.chdir(tmp_path)
    assert main(["key", "new", "k"]) == 0
    out, err = capsys.readouterr()
    assert [line.split()[:2] for line in out.splitlines()] == [["private", "key"], ["public", "key"], ["key", "id"]]
    assert err == ""
    private = Path("k").read_bytes()
    assert private.splitlines()[1].decode() not in out
    assert main(["key", "new", "k"]) == 3
    assert "error: k: cannot be written: File exists" in capsys.readouterr().err
    assert Path("k").read_bytes() == private


@pytest.mark.usefixtures("signed")
@pytest.mark.parametrize(("name", "predicate"), [(ATTESTATIONS[0], "test-result"), (ATTESTATIONS[1], "vsa")])
def test_signed_pass_is_accepted(capsys: pytest.CaptureFixture[str], name: str, predicate: str) -> None:
    """
    The terms are shown, and the verdict last.
    """
    assert _verify("--predicate", predicate, envelope=f"r/{name}") == 0
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert lines[0] == f"attestation  r/{name} ({predicate})"
    assert [line.split()[0] for line in lines[1:-1]] == ["bundle", "manifest", "key", "profile", "isolation"]
    assert lines[-1] == "RESULT: ACCEPTED (PASS)"
    assert err == ""


@pytest.mark.usefixtures("signed")
@pytest.mark.parametrize(
    ("more", "code"),
    [
        (("--profile", "build-loop-phase2"), "policy-profile"),
        (("--verdict", "FAIL"), "policy-verdict"),
        (("--predicate", "vsa"), "predicate-type"),
    ],
)
def test_other_demands_are_refused(capsys: pytest.CaptureFixture[str], more: tuple[str, ...], code: str) -> None:
    """
    Exit code 1, with the reason by its code.
    """
    assert _verify(*more) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[2].startswith(f"refused      {code}: ")
    assert lines[3].startswith("  hint: ")
    assert lines[-1] == "RESULT: REFUSED"


@pytest.mark.usefixtures("signed")
def test_demands_of_the_command_line_count(capsys: pytest.CaptureFixture[str]) -> None:
    """
    An audit that allowed more is no proof for who allows less, and is one for who allows the same.
    """
    eased = ("--max-skipped", "0.9", "--test-timeout", "300")
    assert main(["audit", "good.zip", "--report-dir", "e", "--sign", "k", *eased]) == 0
    envelope = f"e/{ATTESTATIONS[0]}"
    assert _verify(envelope=envelope) == 1
    assert "refused      policy-profile: " in capsys.readouterr().out
    assert _verify(*eased, envelope=envelope) == 0
    assert _verify(*eased) == 1


@pytest.mark.usefixtures("signed")
def test_other_bundle_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    The same name is not the same bundle; the same bytes are, under any name.
    """
    (tmp_path / "other").mkdir()
    (tmp_path / "other/good.zip").write_bytes(bundle({**GOOD, "more.txt": b""}))
    assert _verify(path="other/good.zip") == 1
    assert "refused      subject-bundle: " in capsys.readouterr().out
    shutil.copy("good.zip", "renamed.zip")
    assert _verify(path="renamed.zip") == 0


@pytest.mark.usefixtures("signed")
def test_other_key_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """
    Whoever signed it is not whose word is believed.
    """
    assert main(["key", "new", "other"]) == 0
    envelope = f"r/{ATTESTATIONS[0]}"
    assert main(["attest", "verify", "good.zip", envelope, "--key", "other.pub"]) == 1
    assert "refused      signature-key: " in capsys.readouterr().out


@pytest.mark.usefixtures("signed")
@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["absent.zip", "r/vsa.intoto.json", "--key", "k.pub"], "absent.zip: cannot be opened"),
        (["good.zip", "absent.json", "--key", "k.pub"], "absent.json: cannot be opened"),
        (["good.zip", "r/vsa.intoto.json", "--key", "absent.pub"], "absent.pub: the key cannot be read"),
        (["good.zip", "r/vsa.intoto.json", "--key", "k"], "k: not a public key in PEM"),
        (["good.zip", "r", "--key", "k.pub"], "r: cannot be judged: seen a directory"),
    ],
)
def test_what_is_not_there_is_no_refusal(capsys: pytest.CaptureFixture[str], argv: list[str], message: str) -> None:
    """
    Exit code 3: nothing was judged.
    """
    assert main(["attest", "verify", *argv]) == 3
    out, err = capsys.readouterr()
    assert (out, err.startswith(f"error: {message}")) == ("", True)


def test_fail_is_signed_as_a_fail(stage: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    It is evidence too: accepted by who asks for a FAIL, refused to who wants a PASS.
    """
    (tmp_path / "good.zip").write_bytes(bundle(GOOD))
    stage.tests = (Finding("tests-failed", "a"),)
    assert main(["key", "new", "k"]) == 0
    assert main(["audit", "good.zip", "--report-dir", "r", "--sign", "k"]) == 1
    assert _verify("--verdict", "FAIL") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "RESULT: ACCEPTED (FAIL)"
    assert _verify() == 1
    assert "refused      policy-verdict: " in capsys.readouterr().out


@pytest.mark.usefixtures("signed")
def test_blocked_is_not_signed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    Nothing of an earlier signed run is left either.
    """
    assert main(["audit", "absent.zip", "--report-dir", "r", "--sign", "k"]) == 3
    assert "warning: absent.zip: not signed: the verdict is BLOCKED" in capsys.readouterr().err
    assert not [name for name in ATTESTATIONS if (tmp_path / "r" / name).exists()]


@pytest.mark.usefixtures("signed")
def test_unsigned_run_leaves_no_old_signature(tmp_path: Path) -> None:
    """
    An envelope beside a report is always about that report.
    """
    assert main(["audit", "good.zip", "--report-dir", "r"]) == 0
    assert not [name for name in ATTESTATIONS if (tmp_path / "r" / name).exists()]


@pytest.mark.usefixtures("signed")
@pytest.mark.parametrize(
    ("more", "message", "code"),
    [
        (["--sign", "k"], "--sign: needs a report directory", 2),
        (["--sign", "k", "--report-dir", "n", "--isolation", "process"], "--sign: needs a level that isolates", 2),
        (["--sign", "k", "--report-dir", "n", "--isolation", "none"], "--sign: needs a level that isolates", 2),
        (["--sign", "absent", "--report-dir", "n"], "absent: the key cannot be read", 3),
        (["--sign", "k.pub", "--report-dir", "n"], "k.pub: ", 3),
        (["--sign", "fd:999999", "--report-dir", "n"], "fd:999999: the key cannot be read", 3),
    ],
)
def test_key_is_known_before_anything_runs(
    signed: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], message: str, code: int
) -> None:
    """
    What cannot be signed is not judged: no code ran, no directory was made.
    """
    asked = len(signed.asked)
    assert main(["audit", "good.zip", *more]) == code
    out, err = capsys.readouterr()
    assert (out, err.startswith(f"error: {message}")) == ("", True)
    assert len(signed.asked) == asked
    assert not (tmp_path / "n").exists()


@pytest.mark.usefixtures("signed")
def test_key_from_a_descriptor(tmp_path: Path) -> None:
    """
    A key that never lay in a file of its own.
    """
    out, into = os.pipe()
    try:
        os.write(into, (tmp_path / "k").read_bytes())
        os.close(into)
        assert main(["audit", "good.zip", "--report-dir", "d", "--sign", f"fd:{out}"]) == 0
    finally:
        os.close(out)
    assert _verify(envelope=f"d/{ATTESTATIONS[0]}") == 0


def test_several_bundles_are_signed_each(stage: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    Each in its own directory, with its own verdict.
    """
    assert stage.asked == []
    (tmp_path / "good.zip").write_bytes(bundle(GOOD))
    (tmp_path / "bad.zip").write_bytes(bundle(GOOD, listed=manifest({**GOOD, "x": b""})))
    assert main(["key", "new", "k"]) == 0
    assert main(["audit", "good.zip", "bad.zip", "--report-dir", "r", "--sign", "k"]) == 1
    assert _verify(envelope=f"r/good/{ATTESTATIONS[0]}") == 0
    assert _verify("--verdict", "FAIL", envelope=f"r/bad/{ATTESTATIONS[0]}", path="bad.zip") == 0
    assert capsys.readouterr().out.count("RESULT: ACCEPTED") == 2


@pytest.mark.usefixtures("signed")
@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs unshare")
def test_no_network_is_needed() -> None:
    """
    The good one passes where there is none.
    """
    outside = ["unshare", "--map-root-user", "--net"]
    if subprocess.run([*outside, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("needs user namespaces")
    argv = ["attest", "verify", "good.zip", f"r/{ATTESTATIONS[0]}", "--key", "k.pub"]
    command = [*outside, sys.executable, "-m", "phase2_gate", *argv]
    # The suite may have been started with a relative path to the sources.
    environment = {**os.environ, "PYTHONPATH": str(Path(phase2_gate.__file__).resolve().parent.parent)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "RESULT: ACCEPTED (PASS)")


@pytest.mark.parametrize(
    "argv",
    [
        ["key", "new", "k"],
        ["attest", "verify", "a", "b", "--key", "c"],
        ["audit", "a", "--sign", "k", "--report-dir", "r"],
    ],
)
def test_missing_package_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], argv: list[str]
) -> None:
    """
    Without the extra nothing is signed or believed, and the way out is told.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "cryptography", None)
    assert main(argv) == 3
    err = capsys.readouterr().err
    assert "error: signatures: the package cryptography is missing\n" in err
    assert "hint: install phase2-gate with its extra: phase2-gate[sign]\n" in err
    assert list(tmp_path.iterdir()) == []
