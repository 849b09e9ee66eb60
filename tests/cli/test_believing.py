"""
``attest verify`` of a builder's envelope, and its answers as JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import phase2_gate
from phase2_gate.attest import dsse, provenance
from phase2_gate.attest.keys import SigningKey
from phase2_gate.cli.main import main
from phase2_gate.core.digest import Sha256
from phase2_gate.core.digest import of as digest_of
from tests.attest.sigstore_instance import ISSUER, NAME, Instance
from tests.bundles import GOOD, bundle, manifest
from tests.tools import require
from tests.workspace.trees import make

ENVELOPE = "good.zip.build.intoto.json"
SCHEMA = json.loads((resources.files("phase2_gate.attest") / "attestation.schema.json").read_text("utf-8"))


@pytest.fixture(autouse=True)
def signed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """
    A key ``k`` with ``k.pub``, and a bundle ``good.zip`` with its envelope.
    """
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "w", GOOD)
    assert main(["key", "new", "k"]) == 0
    assert main(["build", "w", "--output", "good.zip", "--sign", "k"]) == 0
    capsys.readouterr()


def _verify(*more: str, path: str = "good.zip", predicate: str = "provenance") -> int:
    return main(["attest", "verify", path, ENVELOPE, "--predicate", predicate, "--key", "k.pub", *more])


def _document(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    made = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(SCHEMA).validate(made)
    return dict(made)


def test_a_builders_envelope_is_accepted(capsys: pytest.CaptureFixture[str]) -> None:
    """
    It claims no verdict, and none is shown.
    """
    assert _verify() == 0
    out, err = capsys.readouterr()
    assert [line.split()[0] for line in out.splitlines()] == ["attestation", "bundle", "manifest", "key", "RESULT:"]
    assert (out.splitlines()[-1], err) == ("RESULT: ACCEPTED (BUILT)", "")


def test_accepted_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    The digests are those of the files at hand.
    """
    assert _verify("--format", "json") == 0
    key = SigningKey.from_pem((tmp_path / "k").read_bytes(), "k").public.keyid
    assert _document(capsys) == {
        "schema": "phase2-gate/attestation/1",
        "result": "ACCEPTED (BUILT)",
        "attestation": {"name": ENVELOPE, "predicate": "provenance"},
        "key": key,
        "identity": None,
        "bundle": {"sha256": digest_of(bundle(GOOD)), "manifest_sha256": digest_of(manifest(GOOD))},
        "refused": None,
        "claim": None,
    }


def test_refused_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    The code is a value of its own, and the exit code is 1.
    """
    (tmp_path / "other.zip").write_bytes(bundle({**GOOD, "more.txt": b""}))
    assert _verify("--format", "json", path="other.zip") == 1
    made = _document(capsys)
    assert (made["result"], made["refused"]["code"]) == ("REFUSED", "subject-bundle")
    assert made["bundle"]["sha256"] == digest_of((tmp_path / "other.zip").read_bytes())


def test_nothing_is_read_before_the_signature_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    A bundle that nobody signed is hashed, and not parsed.
    """
    monkeypatch.setattr("phase2_gate.core.zip_read.read", None)
    (tmp_path / ENVELOPE).write_bytes(b"{}")
    assert _verify("--format", "json") == 1
    made = _document(capsys)
    assert (made["refused"]["code"], made["bundle"]["manifest_sha256"]) == ("envelope-shape", None)


@pytest.mark.parametrize("predicate", ["test-result", "vsa"])
def test_a_build_is_no_verdict(capsys: pytest.CaptureFixture[str], predicate: str) -> None:
    """
    That a key signed a build says nothing about an audit, whoever holds it.
    """
    assert _verify("--format", "json", predicate=predicate) == 1
    assert _document(capsys)["refused"]["code"] == "predicate-type"


def test_another_manifest_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    A statement about this file with another manifest contradicts itself.
    """
    key = SigningKey.from_pem((tmp_path / "k").read_bytes(), "k")
    file = digest_of((tmp_path / "good.zip").read_bytes())
    (tmp_path / ENVELOPE).write_bytes(provenance.signed("good.zip", file, Sha256("9" * 64), key))
    assert _verify() == 1
    assert f"refused      subject-manifest: seen {'9' * 64}, need " in capsys.readouterr().out


@pytest.mark.parametrize(
    "more",
    [
        ("--verdict", "FAIL"),
        ("--isolation", "strict"),
        ("--profile", "build-loop-phase2"),
        ("--max-skipped", "0.1"),
        ("--waive", "clean-litter=because"),
    ],
)
def test_terms_that_nobody_would_look_at_are_refused(capsys: pytest.CaptureFixture[str], more: tuple[str, ...]) -> None:
    """
    A builder states no verdict, so none can be demanded: a usage error, not a PASS of less than was asked for.
    """
    assert _verify(*more) == 2
    out, err = capsys.readouterr()
    assert (out, err.startswith("error: --predicate provenance: states that a bundle was built")) == ("", True)


@pytest.mark.parametrize("style", ["text", "json"])
def test_what_is_not_there_is_no_refusal(tmp_path: Path, capsys: pytest.CaptureFixture[str], style: str) -> None:
    """
    Exit code 3, and nothing on standard output that could be taken for an answer.
    """
    (tmp_path / ENVELOPE).unlink()
    assert _verify("--format", style) == 3
    out, err = capsys.readouterr()
    assert (out, err.startswith(f"error: {ENVELOPE}: cannot be opened")) == ("", True)


@pytest.fixture
def certified(tmp_path: Path) -> Instance:
    """
    A Sigstore bundle ``b.json`` around the builder's statement, and the trust root ``root.json`` of its instance.
    """
    instance = Instance.new()
    payload = dsse.parse((tmp_path / ENVELOPE).read_bytes()).payload
    (tmp_path / "b.json").write_text(json.dumps(instance.bundle(payload)), "utf-8")
    (tmp_path / "root.json").write_bytes(instance.trust_root())
    return instance


def _identified(*more: str, name: str = NAME, issuer: str = ISSUER, root: str = "root.json") -> int:
    terms = ["--identity", name, "--issuer", issuer, "--trust-root", root, "--predicate", "provenance"]
    return main(["attest", "verify", "good.zip", "b.json", *terms, *more])


@pytest.mark.usefixtures("certified")
def test_an_identity_is_believed(capsys: pytest.CaptureFixture[str]) -> None:
    """
    The name and who vouches for it stand where a key would.
    """
    assert _identified() == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2:] == [f"identity     {NAME} (issuer {ISSUER})", "RESULT: ACCEPTED (BUILT)"]
    assert _identified("--format", "json") == 0
    made = _document(capsys)
    assert (made["key"], made["identity"]) == (None, {"name": NAME, "issuer": ISSUER})


def test_another_identity_or_instance_is_refused(
    certified: Instance, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    Exit code 1, and the code says why.
    """
    assert certified.trust_root() == (tmp_path / "root.json").read_bytes()
    (tmp_path / "other.json").write_bytes(Instance.new().trust_root())
    for refused in (
        _identified("--format", "json", name=f"{NAME}2"),
        _identified("--format", "json", issuer="https://other.example"),
        _identified("--format", "json", root="other.json"),
    ):
        assert refused == 1
    answers = capsys.readouterr().out.replace("}\n{", "}\0{").split("\0")
    assert [json.loads(answer)["refused"]["code"] for answer in answers] == ["keyless-untrusted"] * 3


@pytest.mark.usefixtures("certified")
@pytest.mark.parametrize(
    ("root", "message"),
    [
        ("absent.json", "absent.json: the trust root cannot be read: No such file or directory"),
        (ENVELOPE, f"{ENVELOPE}: not a Sigstore trust root: "),
    ],
)
def test_a_trust_root_that_cannot_be_used(capsys: pytest.CaptureFixture[str], root: str, message: str) -> None:
    """
    Exit code 3: no other takes its place.
    """
    assert _identified(root=root) == 3
    out, err = capsys.readouterr()
    assert (out, err.startswith(f"error: {message}")) == ("", True)


@pytest.mark.usefixtures("certified")
def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """
    Identities need more than keys do, and the way out is told.
    """
    monkeypatch.setitem(sys.modules, "sigstore", None)
    assert _identified() == 3
    err = capsys.readouterr().err
    assert "error: identities: the package sigstore is missing\n" in err
    assert "hint: install phase2-gate with its extra: phase2-gate[sigstore]\n" in err


@pytest.mark.parametrize(
    "whose",
    [
        [],
        ["--identity", NAME],
        ["--identity", NAME, "--issuer", ISSUER],
        ["--issuer", ISSUER, "--trust-root", "root.json"],
        ["--key", "k.pub", "--identity", NAME],
        ["--key", "k.pub", "--identity", NAME, "--issuer", ISSUER, "--trust-root", "root.json"],
    ],
)
def test_whose_word_is_believed_has_to_be_clear(capsys: pytest.CaptureFixture[str], whose: list[str]) -> None:
    """
    A key or an identity, whole, and not both: an identity without its issuer would be anybody's.
    """
    assert main(["attest", "verify", "good.zip", ENVELOPE, *whose]) == 2
    out, err = capsys.readouterr()
    assert (out, err.startswith("error: attest verify: whose word is believed: need --key, or ")) == ("", True)


@pytest.mark.usefixtures("certified")
def test_identities_need_no_network() -> None:
    """
    The good one passes where there is none, and no trust root of a cache is used.
    """
    outside = [require("unshare"), "--map-root-user", "--net"]
    if subprocess.run([*outside, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("needs user namespaces")
    argv = ["attest", "verify", "good.zip", "b.json", "--predicate", "provenance"]
    argv += ["--identity", NAME, "--issuer", ISSUER, "--trust-root", "root.json"]
    sources = str(Path(phase2_gate.__file__).resolve().parent.parent)
    environment = {**os.environ, "PYTHONPATH": sources, "HOME": str(Path.cwd() / "nowhere")}
    command = [*outside, sys.executable, "-m", "phase2_gate", *argv]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "RESULT: ACCEPTED (BUILT)")
    assert not Path("nowhere").exists()
