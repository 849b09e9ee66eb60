"""
``attest verify`` of a builder's envelope, and its answers as JSON.
"""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from phase2_gate.attest import provenance
from phase2_gate.attest.keys import SigningKey
from phase2_gate.cli.main import main
from phase2_gate.core.digest import Sha256
from phase2_gate.core.digest import of as digest_of
from tests.bundles import GOOD, bundle, manifest
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
