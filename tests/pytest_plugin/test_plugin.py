"""
The plugin as projects meet it: pytest in a process of its own, which finds the plugin by its entry point.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import phase2_gate
from tests.bundles import GOOD, bundle, manifest

ROOT = Path(__file__).parents[2]
SOURCE = Path(phase2_gate.__file__).parents[1]

GATES = ("archive", "paths", "manifest", "digests", "layout", "cleanliness")
USES = """\
def test_use(phase2_bundle):
    assert phase2_bundle.verdict.value == "PASS", [finding.rule for finding in phase2_bundle.findings]
    assert sorted(path.name for path in phase2_bundle.extracted.iterdir()) == ["manifest.txt", "pkg", "tests"]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """
    A project with a good bundle, a bad one and a test, and an installation of phase2-gate that pytest can find.
    """
    directory = tmp_path / "project"
    directory.mkdir()
    (directory / "good.zip").write_bytes(bundle(GOOD))
    (directory / "bad.zip").write_bytes(bundle(GOOD, listed=manifest({**GOOD, "x": b""})))
    (directory / "test_own.py").write_text(USES)
    metadata = tmp_path / "site/phase2_gate-0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: phase2-gate\nVersion: 0\n")
    [entry] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]["pytest11"].items()
    (metadata / "entry_points.txt").write_text("[pytest11]\n{} = {}\n".format(*entry))
    return directory


def run(project: Path, *arguments: str, **variables: str) -> tuple[int, list[str]]:
    """
    Runs pytest in the project; the exit status, and the lines of its output.
    """
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    path = os.pathsep.join((str(project.parent / "site"), str(SOURCE)))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
        cwd=project,
        env={**inherited, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return done.returncode, done.stdout.decode().splitlines()


def outcomes(lines: list[str]) -> dict[str, str]:
    """
    The outcomes that `pytest -v` told, by the ids of the tests.
    """
    words = [line.split() for line in lines if "::" in line and line.endswith("%]")]
    return {one[0]: one[1] for one in words}


def test_a_good_bundle_passes_gate_by_gate(project: Path) -> None:
    """
    One test a gate, one for the verdict, beside the project's own.
    """
    code, lines = run(project, "-v", "--phase2-bundle", "good.zip")
    expected = ["test_own.py::test_use[good.zip]", *(f"good.zip::{gate}" for gate in (*GATES, "verdict"))]
    assert (code, outcomes(lines)) == (0, dict.fromkeys(expected, "PASSED"))


def test_a_bad_bundle_fails_with_its_findings(project: Path) -> None:
    """
    Rule, path and remedy, without a traceback; the good one beside it still passes.
    """
    code, lines = run(project, "-v", "--phase2-bundle", "good.zip", "--phase2-bundle", "bad.zip")
    failed = [name for name, outcome in outcomes(lines).items() if outcome != "PASSED"]
    assert (code, failed) == (1, ["test_own.py::test_use[bad.zip]", "bad.zip::manifest", "bad.zip::verdict"])
    place = lines.index("manifest     FAIL")
    assert "bad.zip: manifest" in lines[place - 1]
    assert lines[place + 1 : place + 3] == [
        "  manifest-missing-member: x: listed, but not in the bundle",
        "  hint: manifest-missing-member: let `phase2-gate build` write the manifest",
    ]
    assert "RESULT: FAIL" in lines


def test_without_the_option_nothing_is_judged(project: Path) -> None:
    """
    What needs a bundle is skipped and says so, and nothing of the verifier is loaded.
    """
    (project / "conftest.py").write_text(
        "import sys\n\ndef pytest_unconfigure():\n"
        "    print('LOADED', *sorted(name for name in sys.modules if name.startswith('phase2_gate')))\n"
    )
    code, lines = run(project, "-rs", "-s")
    assert (code, [line for line in lines if line.startswith("SKIPPED")]) == (
        0,
        ["SKIPPED [1] test_own.py:1: no bundle to judge: name one with --phase2-bundle FILE"],
    )
    assert [line for line in lines if line.startswith("LOADED")] == [
        "LOADED phase2_gate phase2_gate._names phase2_gate.pytest_plugin phase2_gate.pytest_plugin.plugin"
    ]


def test_where_plugins_are_not_loaded_it_is_not(project: Path) -> None:
    """
    As in every audit: the tests of a bundle never meet it.
    """
    code, lines = run(project, "--phase2-bundle", "good.zip", PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    assert (code, any("unrecognized arguments: --phase2-bundle" in line for line in lines)) == (4, True)


@pytest.mark.parametrize(
    ("name", "content"), [("missing.zip", None), ("empty.zip", b""), ("junk.zip", b"PK\x03\x04" + b"x" * 99)]
)
@pytest.mark.parametrize("gate", ["digests", "verdict"])
def test_what_cannot_be_judged_fails(project: Path, name: str, content: bytes | None, gate: str) -> None:
    """
    Each test alone: a gate that was not come to is never green.
    """
    if content is not None:
        (project / name).write_bytes(content)
    code, lines = run(project, "-v", "-k", gate, "--phase2-bundle", name)
    assert (code, outcomes(lines)) == (1, {f"{name}::{gate}": "FAILED"})


def test_tests_of_a_bundle_are_selected_like_others(project: Path) -> None:
    """
    By word, and deselected by id; a run in which none is left is not green.
    """
    code, lines = run(project, "-v", "-k", "archive", "--deselect", "good.zip::paths", "--phase2-bundle", "good.zip")
    assert (code, outcomes(lines)) == (0, {"good.zip::archive": "PASSED"})
    assert run(project, "-k", "nothing", "--phase2-bundle", "good.zip")[0] == 5


def test_a_bundle_alone_is_enough(project: Path) -> None:
    """
    A directory without tests of its own.
    """
    (project / "test_own.py").unlink()
    code, lines = run(project, "-q", "--phase2-bundle", "good.zip")
    assert (code, lines[-1].startswith("7 passed")) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--phase2-bundle", "."), "ERROR: --phase2-bundle: .: seen a directory, need a file"),
        (
            ("--phase2-bundle", "good.zip", "--phase2-profile", "mine.toml"),
            "ERROR: --phase2-profile: mine.toml: cannot be read: No such file or directory",
        ),
    ],
)
def test_options_that_cannot_be_used(project: Path, arguments: tuple[str, ...], message: str) -> None:
    """
    A usage error before anything is collected.
    """
    code, lines = run(project, *arguments)
    assert (code, message in lines) == (4, True)


def test_the_profile_is_demanded(project: Path) -> None:
    """
    As with the command.
    """
    (project / "mine.toml").write_text('members = ["LICENSE"]\n')
    code, lines = run(project, "-q", "-k", "layout", "--phase2-bundle", "good.zip", "--phase2-profile", "mine.toml")
    assert (code, "  layout-member-missing: LICENSE: demanded by the profile mine" in lines) == (1, True)


def test_a_hostile_name_is_shown_escaped(project: Path) -> None:
    """
    Escape sequences, bidirectional overrides and line feeds in the name of a file do nothing.
    """
    name = "\x1b[2J\u202egood\n.zip"
    (project / name).write_bytes(bundle(GOOD))
    code, lines = run(project, "-v", "-k", "archive", "--phase2-bundle", name)
    assert (code, outcomes(lines)) == (0, {"\\x1b[2J\\u202egood\\n.zip::archive": "PASSED"})
    assert "\x1b[2J" not in "\n".join(lines)


@pytest.mark.parametrize(("passes", "failed"), [(True, []), (False, ["good.zip::tests", "good.zip::verdict"])])
def test_an_audit_runs_the_tests_of_the_bundle(project: Path, passes: bool, failed: list[str]) -> None:
    """
    Gate by gate as well, imports and tests included.
    """
    if not passes:
        (project / "good.zip").write_bytes(bundle({**GOOD, "tests/test_b.py": b"def test_b():\n    assert 0\n"}))
    code, lines = run(project, "-v", "--phase2-audit", "--phase2-bundle", "good.zip", "test_own.py")
    if any("isolation process" in line for line in lines):
        pytest.skip("nothing isolates here")
    found = outcomes(lines)
    assert [name for name in found if "zip::" in name] == [
        f"good.zip::{gate}" for gate in (*GATES, "imports", "tests", "workspace", "verdict")
    ]
    assert [name for name, outcome in found.items() if outcome == "FAILED" and "zip::" in name] == failed
    assert code == bool(failed)
