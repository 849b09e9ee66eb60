"""
Tests of whole builds.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import stat
import subprocess
import sys
import zipfile
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phase2_gate.build import Built, build, bundle, content, manifests, writer
from phase2_gate.core import profile, verify
from phase2_gate.core.errors import BuildError, SelectionError, SettingsError
from phase2_gate.core.report import Verdict
from phase2_gate.core.source import MemorySource
from tests.compare.locales import ascii_only
from tests.workspace.trees import default_settings, make

FILES = {
    ".bundleignore": "*.log\n",
    "README.md": "# demo\n",
    "a.log": "left out",
    "demo/__init__.py": "",
    "demo/run.sh": "#!/bin/sh\n",
    "demo/\u00e9.txt": "\u00e9\n",
    "tests/test_demo.py": "def test() -> None:\n    pass\n",
}
PINNED = "852000e135186e4c581934074377d4ad52cd1453da1e528dc3bd915eebf8f0bf"
"""The digest of the bundle of `FILES`; it changes when the canonical form does, never otherwise."""


def _everything(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*"))


def _built(root: Path, **table: object) -> Built:
    return build(root, settings=default_settings(**table))


def test_builds_what_zip_readers_read(tmp_path: Path) -> None:
    """
    Another reader finds the members in their order, with content, time and mode as the canonical form says.
    """
    make(tmp_path, FILES)
    built = _built(tmp_path, executable=["*.sh"], output="out/b.zip")
    expected = {path: text.encode() for path, text in FILES.items() if not path.endswith(".log")}
    with zipfile.ZipFile(built.path) as archive:
        infos = archive.infolist()
        assert archive.testzip() is None
        listed = archive.read("manifest.txt")
        assert {info.filename: archive.read(info) for info in infos[1:]} == expected
    assert [info.filename for info in infos] == ["manifest.txt", *sorted(expected)]
    assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}
    assert {info.compress_type for info in infos} == {zipfile.ZIP_STORED}
    modes = {info.filename: stat.S_IMODE(info.external_attr >> 16) for info in infos}
    assert modes.pop("demo/run.sh") == 0o755
    assert set(modes.values()) == {0o644}
    lines = [f"{hashlib.sha256(expected[path]).hexdigest()}  {path}\n" for path in sorted(expected)]
    assert "".join(lines).encode() == listed
    assert built.sha256 == hashlib.sha256(built.path.read_bytes()).hexdigest()
    assert built.manifest_sha256 == hashlib.sha256(listed).hexdigest()
    assert built.members == ("manifest.txt", *sorted(expected))
    assert built.warnings == ()
    assert built.path == tmp_path / "out" / "b.zip"
    assert manifests.manifest(tmp_path, settings=default_settings(output="out/b.zip")) == listed


def test_the_bytes_are_pinned(tmp_path: Path) -> None:
    """
    The same files gave this digest when the canonical form was settled, and always will.
    """
    make(tmp_path, FILES)
    assert _built(tmp_path).sha256 == PINNED


def test_how_the_tree_came_about_does_not_show(tmp_path: Path) -> None:
    """
    Order of creation, times, modes, umask, place and output change no byte.
    """
    random = Random(9)  # noqa: S311 - shuffles a list, keeps no secret
    seen = set()
    for number, mask in enumerate((0o000, 0o022, 0o077)):
        before = os.umask(mask)
        try:
            order = list(FILES)
            random.shuffle(order)
            root = make(tmp_path / ("x" * 20 * (number + 1)), {path: FILES[path] for path in order})
            for path in order:
                os.utime(root / path, (number, number))
            seen.add(build(root, output=tmp_path / f"{number}.zip", settings=default_settings()).sha256)
        finally:
            os.umask(before)
    assert seen == {PINNED}


@pytest.mark.parametrize(
    "variables",
    [
        {"TZ": "Pacific/Kiritimati", "SOURCE_DATE_EPOCH": "1234567890", "PYTHONHASHSEED": "1"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONHASHSEED": "2"},
        {"LC_ALL": "tr_TR.UTF-8", "ZIPOPT": "-9", "HATCH_BUILD_CLEAN": "true"},
    ],
)
def test_the_environment_does_not_show(tmp_path: Path, variables: dict[str, str]) -> None:
    """
    Time zone, locale, hash seed and the variables of other tools change no byte.
    """
    root = make(tmp_path / "w", FILES)
    program = "import pathlib, sys; from phase2_gate.build import build; print(build(pathlib.Path(sys.argv[1])).sha256)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **variables}
    command = [sys.executable, "-c", program, str(root)]
    done = subprocess.run(command, env=environment, capture_output=True, check=True)
    assert done.stdout.decode().strip() == PINNED


@pytest.mark.skipif(os.name == "nt", reason="names are UTF-16 on Windows")
def test_settings_name_places_beyond_ascii_in_any_locale(tmp_path: Path) -> None:
    """
    The bundle lies where they say, by the bytes of its name, the same bytes whatever the locale, and not in the next.
    """
    settings = """
    output = "\u00e9/\u00fc.zip"
    report-dir = "\u00e9/r"
    lift = ["\u00f6/.env"]
    sources = {"\u00f6" = "\u00e4"}
    """
    files = {"a.py": "1\n", "\u00f6/.env": "A=1\n", "\u00e9/r/x": "", "pyproject.toml": f"[tool.phase2-gate]{settings}"}
    root = make(tmp_path / "w", files)
    program = "from phase2_gate.__main__ import run; run()"
    said = []
    for environment in (ascii_only(), {**ascii_only(), "PYTHONUTF8": "1"}):
        for _ in range(2):
            command = [sys.executable, "-c", program, "build"]
            done = subprocess.run(command, cwd=root, env=environment, capture_output=True, check=True)
            assert done.stderr == b""
            said.append(done.stdout.splitlines()[1:])
    members = zipfile.ZipFile(root / "\u00e9/\u00fc.zip").namelist()

    assert said == [said[0]] * 4
    assert members == ["manifest.txt", "a.py", "pyproject.toml", "\u00e4/.env"]


def test_builds_again_over_its_own_output(tmp_path: Path) -> None:
    """
    A bundle in the workspace does not become a part of the next one, nor do reports.
    """
    make(tmp_path, FILES)
    first = _built(tmp_path)
    make(tmp_path, {"artifacts/reports/PASS_report.md": "", "artifacts/reports/logs/x": "", "demo/__pycache__/x": ""})
    second = _built(tmp_path)
    assert second.sha256 == first.sha256
    assert second.skipped == (("demo/__pycache__", "compiled code of Python"),)


def test_the_extracted_bundle_builds_itself(tmp_path: Path) -> None:
    """
    What was extracted gives the same bundle, manifest and all.
    """
    make(tmp_path / "a", FILES)
    first = _built(tmp_path / "a")
    with zipfile.ZipFile(first.path) as archive:
        archive.extractall(tmp_path / "b")
    assert _built(tmp_path / "b").sha256 == first.sha256


@given(
    st.dictionaries(
        st.lists(st.sampled_from(["a", "b.py", "c-d", "\u00e9", "f"]), min_size=1, max_size=3).map("/".join),
        st.binary(max_size=40),
        min_size=1,
        max_size=6,
    ),
    st.integers(1, 64),
)
@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
def test_any_tree_gives_a_canonical_bundle(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes], portion: int
) -> None:
    """
    However writes are gathered, the bytes are canonical and hold the files.
    """
    kept = {path: data for path, data in files.items() if not any(other.startswith(f"{path}/") for other in files)}
    root = make(tmp_path_factory.mktemp("tree"), kept)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writer, "GATHER", portion)
        patch.setattr(content, "PIECE", portion)
        built = _built(root)
    data = built.path.read_bytes()
    judged = verify.judge(MemorySource(data), profile.GENERIC, require_canonical=True)
    assert judged.verification.verdict is Verdict.PASS
    with zipfile.ZipFile(built.path) as archive:
        assert {name: archive.read(name) for name in archive.namelist() if name != "manifest.txt"} == kept


def test_partial_writes_and_systems_without_gathering(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A system that writes in parts, or one piece at a time, gives the same bytes.
    """
    make(tmp_path, FILES)
    real = os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda descriptor, data: real(descriptor, data[:5]))
        if hasattr(os, "writev"):
            patch.setattr(os, "writev", lambda descriptor, pieces: real(descriptor, b"".join(pieces)[:7]))
        assert _built(tmp_path).sha256 == PINNED
    monkeypatch.delattr(os, "writev", raising=False)
    assert _built(tmp_path).sha256 == PINNED


def test_reads_its_settings_from_the_workspace(tmp_path: Path) -> None:
    """
    Without settings given, those of the workspace hold.
    """
    make(tmp_path, {**FILES, "pyproject.toml": "[tool.phase2-gate]\noutput = 'x/y.zip'\n"})
    built = build(tmp_path)
    assert built.path == tmp_path / "x" / "y.zip"
    assert "pyproject.toml" in built.members
    make(tmp_path, {"pyproject.toml": "[tool.phase2-gate]\nfoo = 1\n"})
    with pytest.raises(SettingsError):
        build(tmp_path)


def test_writes_into_the_workspace_on_request_only(tmp_path: Path) -> None:
    """
    The manifest appears in the workspace when the setting says so.
    """
    make(tmp_path, FILES)
    before = _everything(tmp_path)
    build(tmp_path, output=tmp_path / "b.zip", settings=default_settings())
    assert _everything(tmp_path) == sorted([*before, "b.zip"])
    built = build(tmp_path, output=tmp_path / "b.zip", settings=default_settings(manifest_in_workspace=True))
    assert _everything(tmp_path) == sorted([*before, "b.zip", "manifest.txt"])
    assert hashlib.sha256((tmp_path / "manifest.txt").read_bytes()).hexdigest() == built.manifest_sha256
    assert built.sha256 == PINNED


def _key() -> str:
    name, body = "PRIVATE KEY", "MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8Q"
    return f"-----BEGIN {name}-----\n{body}\n-----END {name}-----\n"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, ".: selection-empty: no file is selected"),
        ({"a": "", "A": ""}, "a: name-case-collision: the same name where case and form are ignored: seen 'A'"),
        (
            {"notes.txt": "my key\n" + _key(), "x": ""},
            "notes.txt: key-material: a private key; leave it out, or name it in `lift` of the settings",
        ),
    ],
)
def test_a_selection_that_is_refused_leaves_nothing(tmp_path: Path, files: dict[str, str], message: str) -> None:
    """
    No bundle, no temporary file, no directory; a bundle that was there stays.
    """
    make(tmp_path, files)
    before = _everything(tmp_path)
    with pytest.raises(SelectionError) as caught:
        _built(tmp_path)
    assert str(caught.value) == message
    assert _everything(tmp_path) == before


def test_a_key_that_is_lifted_is_packed(tmp_path: Path) -> None:
    """
    An exact path in the settings lifts the check of content as well.
    """
    make(tmp_path, {"tests/key.pem": _key()})
    assert "tests/key.pem" in _built(tmp_path, lift=["tests/key.pem"]).members
    assert manifests.manifest(tmp_path, settings=default_settings(lift=["tests/key.pem"]))


def test_a_file_that_changes_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A file that grows while it is packed fails the build, which names it.
    """
    make(tmp_path, FILES)
    before = _everything(tmp_path)
    real = content.whole

    def whole(opened: content.Opened) -> tuple[bytes, content.Content]:
        with (tmp_path / "README.md").open("ab") as file:
            file.write(b"more")
        return real(opened)

    monkeypatch.setattr(content, "whole", whole)
    with pytest.raises(BuildError, match=r"^README\.md: the file grew while it was packed"):
        _built(tmp_path)
    assert _everything(tmp_path) == before


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_an_interrupted_build_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    """
    Ctrl-C and a full disk leave the workspace as it was.
    """
    make(tmp_path, FILES)
    before = _everything(tmp_path)

    def write(*_: object) -> None:
        raise error

    monkeypatch.setattr(writer, "write", write)
    wanted = KeyboardInterrupt if isinstance(error, KeyboardInterrupt) else BuildError
    with pytest.raises(wanted, match="No space left on device$" if wanted is BuildError else None):
        _built(tmp_path)
    assert _everything(tmp_path) == before


def test_a_bundle_that_would_fail_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Our own verifier has the last word.
    """
    make(tmp_path, FILES)
    before = _everything(tmp_path)
    demanding = profile.parse({"members": ["missing"]}, default_name="strict")
    monkeypatch.setattr(profile, "GENERIC", demanding)
    with pytest.raises(BuildError) as caught:
        _built(tmp_path)
    assert str(caught.value).split("\n") == [
        "the bundle does not pass its own verification, and was removed:",
        "missing: layout-member-missing: demanded by the profile strict",
    ]
    assert _everything(tmp_path) == before


def test_lifted_litter_is_packed_with_a_warning(tmp_path: Path) -> None:
    """
    What the settings lift is packed, under its name in the bundle, and the build says what an audit will think.
    """
    make(tmp_path, {"src/data/.git/HEAD": "ref", "src/data/venv/pyvenv.cfg": "", "a": ""})
    built = _built(tmp_path, sources={"src": ""}, lift=["src/data/.git", "src/data/venv"])
    assert built.members == ("manifest.txt", "a", "data/.git/HEAD", "data/venv/pyvenv.cfg")
    end = "packed because `lift` names it; an audit will refuse the bundle"
    assert built.warnings == (
        f"data/.git: clean-vcs: data of git: {end}",
        f"data/venv: clean-environment: a virtual environment: {end}",
    )


def test_refuses_a_directory_as_output(tmp_path: Path) -> None:
    """
    A directory is not replaced.
    """
    make(tmp_path / "w", FILES)
    with pytest.raises(BuildError, match=r"seen a directory, need the name of a file$"):
        build(tmp_path / "w", output=tmp_path)
    assert bundle.__name__ == "phase2_gate.build.bundle"


def test_the_package_offers_its_functions_lazily() -> None:
    """
    Every name of the package is there, and no other.
    """
    package = importlib.import_module("phase2_gate.build")
    assert [callable(getattr(package, name)) for name in package.__all__] == [True] * 5
    with pytest.raises(AttributeError, match=r"^module 'phase2_gate\.build' has no attribute 'nothing'$"):
        package.nothing  # noqa: B018 - the access is the test
