"""
The script of ``templates/phase2-gate.yml``, run as a GitLab runner runs it, on good and bad bundles.

GitLab replaces ``$[[ inputs.x ]]`` in the text of the template before it parses it, hands the variables of the job to
the runner as they are, and the runner puts the lines of the script together for one shell.
"""

from __future__ import annotations

import hashlib
import http.server
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from phase2_gate.cli import options

from ..tools import require
from .conftest import plant
from .index import require_index
from .runner import ROOT

TEMPLATE = ROOT / "templates/phase2-gate.yml"
ANY = {"tool": "x", "tool-sha256": "0" * 64, "bundles": "y"}
"""Inputs of a job that is only looked at."""

_INPUT = re.compile(r"\$\[\[ inputs\.([a-z0-9-]+) \]\]")


@dataclass(frozen=True)
class Ended:
    """
    What a job left.
    """

    code: int
    """Its exit code."""
    out: str
    """Its standard output."""
    err: str
    """Its standard error."""


def _spec() -> dict[str, dict[str, object]]:
    spec = next(iter(yaml.safe_load_all(TEMPLATE.read_text(encoding="utf-8"))))
    inputs = spec["spec"]["inputs"]
    assert isinstance(inputs, dict)
    return inputs


def _job(given: Mapping[str, str]) -> dict[str, object]:
    """
    The job, as GitLab makes it of these inputs.
    """
    values = {name: each["default"] for name, each in _spec().items() if "default" in each}
    values |= given
    _, _, body = TEMPLATE.read_text(encoding="utf-8").partition("\n---\n")
    text = _INPUT.sub(lambda found: str(values[found[1]]).replace("False", "false"), body)
    (job,) = yaml.safe_load(text).values()
    assert isinstance(job, dict)
    return job


def _script(job: dict[str, object]) -> str:
    lines = job["script"]
    assert isinstance(lines, list)
    return "\n".join(lines)


def _run(directory: Path, inputs: Mapping[str, str], shell: str = "sh", env: Mapping[str, str] | None = None) -> Ended:
    job = _job(inputs)
    variables = job["variables"]
    assert isinstance(variables, dict)
    (directory.parent / "tmp").mkdir(exist_ok=True)
    done = subprocess.run(
        [require(shell), "-e", "-c", _script(job)],
        cwd=directory,
        env={
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}",
            "TMPDIR": str(directory.parent / "tmp"),
            "GITLAB_CI": "true",
            **(env or {}),
            **{name: each["value"] for name, each in variables.items()},
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    The one-file verifier.
    """
    output = tmp_path_factory.mktemp("tool") / "phase2-gate.pyz"
    script = ROOT / "scripts/build_pyz.py"
    subprocess.run([sys.executable, "-I", str(script), "--output", str(output)], check=True, capture_output=True)
    return output


def _inputs(place: Path, tool: Path, bundles: str) -> dict[str, str]:
    """
    Inputs for a job in `place`, which gets the tool, as a project that commits it has it.
    """
    shutil.copyfile(tool, place / "phase2-gate.pyz")
    digest = hashlib.sha256(tool.read_bytes()).hexdigest()
    return {"tool": "phase2-gate.pyz", "tool-sha256": digest, "bundles": bundles}


def test_the_script_holds_no_interpolation() -> None:
    """
    Inputs are variables, which GitLab does not look into and the shell does not read as commands.
    """
    body = TEMPLATE.read_text(encoding="utf-8").partition("\n---\n")[2]
    (job,) = yaml.safe_load(body).values()
    assert _INPUT.findall(_script(job)) == []
    assert {each["expand"] for each in job["variables"].values()} == {False}
    assert set(_INPUT.findall(body)) == set(_spec())


def test_the_inputs_agree_with_the_command() -> None:
    """
    Levels and defaults are those of `audit`, and every input is described.
    """
    assert _spec()["isolation"]["options"] == list(options.ISOLATION)
    assert (_spec()["isolation"]["default"], _spec()["profile"]["default"]) == ("auto", "generic")
    assert [name for name, each in _spec().items() if not str(each["description"]).endswith(".")] == []


def test_the_pinned_packages_are_those_of_the_list() -> None:
    """
    The component cannot bring a file along, so it repeats ``ci/pytest.txt``.
    """
    listed = [
        line
        for line in (ROOT / "ci/pytest.txt").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    assert [line for line in _script(_job(ANY)).splitlines() if "--hash=" in line] == listed


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_shellcheck_finds_nothing(shell: str) -> None:
    """
    In the script, for the shell of a slim image and for the one that runners prefer.
    """
    done = subprocess.run(
        [require("shellcheck"), f"--shell={shell}", "--severity=style", "-"],
        input=_script(_job(ANY)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.integration
@pytest.mark.parametrize(("bundles", "code", "shell"), [("dist/good.zip", 0, "sh"), ("dist/bad.zip", 1, "bash")])
def test_a_good_and_a_bad_bundle(place: Path, tool: Path, bundles: str, code: int, shell: str) -> None:
    """
    The job passes and fails with the verdict, and leaves what its artifacts name.
    """
    require_index()
    ended = _run(place, _inputs(place, tool, bundles), shell)
    if "--isolation process" in ended.out:
        pytest.skip("nothing isolates here")
    assert (ended.code, ended.out.splitlines()[-1]) == (code, f"RESULT: {'FAIL' if code else 'PASS'}")
    artifacts = _job(ANY)["artifacts"]
    assert isinstance(artifacts, dict)
    assert (artifacts["when"], artifacts["paths"]) == ("always", ["phase2-gate-reports/"])
    found = [path for pattern in artifacts["reports"]["junit"] for path in place.glob(pattern)]
    assert [path.relative_to(place).as_posix() for path in found] == ["phase2-gate-reports/junit.xml"]
    document = json.loads((place / "phase2-gate-reports/report.json").read_text())
    assert (document["verdict"], document["isolation"] in {"strict", "landlock"}) == (["PASS", "FAIL"][code], True)


@pytest.mark.integration
def test_several_bundles_by_a_pattern(place: Path, tool: Path) -> None:
    """
    One report for each where the artifacts look for it; names keep their spaces; statically bad ones need no packages.
    """
    shutil.copyfile(place / "dist/changed.zip", place / "dist/changed as well.zip")
    ended = _run(place, _inputs(place, tool, "dist/changed*.zip"))
    assert (ended.code, ended.out.splitlines()[-1]) == (1, "RESULT: FAIL")
    artifacts = _job(ANY)["artifacts"]
    assert isinstance(artifacts, dict)
    found = sorted(path.parent.name for pattern in artifacts["reports"]["junit"] for path in place.glob(pattern))
    assert found == ["changed", "changed as well"]


@pytest.mark.integration
def test_another_tool_is_not_run(place: Path, tool: Path) -> None:
    """
    One byte more, and the job ends before Python reads it.
    """
    inputs = _inputs(place, tool, "dist/good.zip")
    with (place / "phase2-gate.pyz").open("ab") as file:
        file.write(b"\n")
    ended = _run(place, inputs)
    assert ended.code == 1
    assert "FAILED" in ended.out
    assert "RESULT" not in ended.out
    assert not (place / "phase2-gate-reports").exists()


@pytest.mark.integration
@pytest.mark.parametrize("name", ["tool", "bundles", "profile", "requirements", "report-dir"])
@pytest.mark.parametrize("text", ['"; touch owned; # ; touch owned ; $(touch owned) `touch owned`', "--format=json"])
def test_no_input_becomes_a_command(place: Path, tool: Path, name: str, text: str) -> None:
    """
    It stays a text, and never an option.
    """
    ended = _run(place, {**_inputs(place, tool, "dist/changed.zip"), name: text})
    assert not (place / "owned").exists()
    if name == "report-dir":
        assert (ended.code, (place / text / "FAIL_report.md").exists()) == (1, True)
    else:
        assert ended.code != 0
        assert "RESULT: PASS" not in ended.out


@pytest.fixture
def served(tool: Path, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """
    The tool at an https address of this machine, and the certificate that vouches for it.
    """
    site = tmp_path / "site"
    site.mkdir()
    shutil.copyfile(tool, site / "phase2-gate.pyz")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    call = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([require("openssl"), *call, *files], check=True, capture_output=True)

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments, directory=str(site))  # type: ignore[arg-type]  # what the server passes

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the signature is the base's
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"https://127.0.0.1:{server.server_address[1]}/phase2-gate.pyz", certificate
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.integration
def test_the_tool_from_an_address(place: Path, tool: Path, served: tuple[str, Path]) -> None:
    """
    It is fetched over https, checked, and run; nothing of it lies in the project, and no module of the project is run.
    """
    address, certificate = served
    inputs = {**_inputs(place, tool, "dist/changed.zip"), "tool": address}
    (place / "phase2-gate.pyz").unlink()
    plant(place)
    before = os.listdir(place)
    ended = _run(place, inputs, env={"SSL_CERT_FILE": str(certificate), "PYTHONPATH": str(place)})
    assert (ended.code, ended.out.splitlines()[-1]) == (1, "RESULT: FAIL")
    assert sorted(os.listdir(place)) == sorted([*before, "phase2-gate-reports"])
    other = _run(place, {**inputs, "tool-sha256": "0" * 64}, env={"SSL_CERT_FILE": str(certificate)})
    assert (other.code, "RESULT" in other.out) == (1, False)
