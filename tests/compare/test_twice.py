"""
The second build.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from phase2_gate.build import build, contents
from phase2_gate.build.progress import Step
from phase2_gate.compare import again, second, twice
from phase2_gate.core.errors import BuildError
from phase2_gate.workspace.selection import Selection

from .locales import ascii_only


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """
    A workspace with settings, rules and files in several directories.
    """
    root = tmp_path / "workspace"
    for name in ("pkg/__init__.py", "pkg/one.py", "scripts/run.sh", "docs/a.md", "\u0130stanbul.txt", "notes.log"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(f"content of {name}\n".encode())
    (root / ".bundleignore").write_bytes(b"*.log\npyproject.toml\n")
    (root / "pyproject.toml").write_bytes(b'[tool.phase2-gate]\nexecutable = ["scripts/*.sh"]\n')
    return root


def test_a_second_build_gives_the_same_bytes(workspace: Path, tmp_path: Path) -> None:
    """
    Another place, order, time, mode and environment change nothing, and nothing is left in the workspace.
    """
    built = build(workspace, output=tmp_path / "out.zip")
    before = sorted(workspace.rglob("*"))
    assert again(workspace, built.path).outcome == "equal"
    assert sorted(workspace.rglob("*")) == before


@pytest.mark.parametrize("name", ["out.zip", "pkg/out.zip"])
def test_a_bundle_in_the_workspace_is_none_of_it(name: str, workspace: Path) -> None:
    """
    What the first build wrote beside the files, and an envelope from an earlier time, are no part of the second.
    """
    built = build(workspace, output=workspace / name)
    (workspace / f"{name}.build.intoto.json").write_bytes(b"{}")
    assert again(workspace, built.path).differences == ()


def test_settings_count_that_are_left_out(workspace: Path, tmp_path: Path) -> None:
    """
    What they say holds for the second build too, though they are in no bundle.
    """
    (workspace / "pyproject.toml").write_text('[tool.phase2-gate]\nsources = { "docs" = "elsewhere" }\n')
    (workspace / ".bundleignore").write_text("/pyproject.toml\n")
    built = build(workspace, output=tmp_path / "out.zip")
    assert "elsewhere/a.md" in built.members
    assert "pyproject.toml" not in built.members
    assert again(workspace, built.path).differences == ()


def test_names_are_utf_8_whatever_the_locale(workspace: Path, tmp_path: Path) -> None:
    """
    Where the locale knows ASCII alone, files have the names that they have.
    """
    program = (
        "import pathlib, sys\n"
        "from phase2_gate.build import build\n"
        "from phase2_gate.compare import again\n"
        "workspace, output = map(pathlib.Path, sys.argv[1:])\n"
        "print(again(workspace, build(workspace, output=output).path).outcome)\n"
    )
    for output in (tmp_path / "out.zip", workspace / "\u00fc.zip"):
        command = [sys.executable, "-c", program, str(workspace), str(output)]
        done = subprocess.run(command, env=ascii_only(), capture_output=True, check=True)
        assert done.stdout.split() == [b"equal"]


def test_it_tells_how_far_it_is(workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The copy file by file, then that the second build runs.
    """
    built = build(workspace, output=tmp_path / "out.zip")
    monkeypatch.setattr(twice, "_TELL_SECONDS", 0.001)
    steps: list[Step] = []
    again(workspace, built.path, steps.append)
    assert [(one.files, one.of_files, one.of_size) for one in steps[:6]] == [(number, 6, 142) for number in range(6)]
    assert [one.phase for one in steps[:6]] == ["copying"] * 6
    assert steps[5].size == 142
    assert set(steps[6:]) == {Step("second build", 6, 0, 0, 0)}


def test_a_second_build_that_takes_too_long_is_an_error(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    It is stopped.
    """
    built = build(workspace, output=tmp_path / "out.zip")
    monkeypatch.setattr(twice, "_TELL_SECONDS", 0.001)
    monkeypatch.setattr(twice, "_SECONDS", 0)
    with pytest.raises(BuildError, match="the second build did not end"):
        again(workspace, built.path)


def test_a_bundle_that_depends_on_more_than_its_files_is_found_out(workspace: Path, tmp_path: Path) -> None:
    """
    When the first bundle is not what the files give, the cause is named.
    """
    built = build(workspace, output=tmp_path / "out.zip")
    data = built.path.read_bytes()
    built.path.write_bytes(data.replace(b"content of docs/a.md", b"content of docs/A.md"))
    found = again(workspace, built.path).differences
    assert [(one.kind, one.path) for one in found][:1] == [("broken-rule", "docs/a.md")] or found[0].kind == "content"


def test_a_second_build_that_fails_is_an_error(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    What the second process said is in the message.
    """
    built = build(workspace, output=tmp_path / "out.zip")

    def copy(*places: Any) -> None:
        places[2].mkdir(parents=True)
        (places[2] / "id_rsa").write_bytes(b"x")

    monkeypatch.setattr(twice, "_copy", copy)
    with pytest.raises(BuildError, match=r"(?s)failed where the first did not: exit code 1.*id_rsa: key-material"):
        again(workspace, built.path)


def test_a_second_build_that_cannot_start_is_an_error(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Without an interpreter there is no second build, and no equality.
    """
    built = build(workspace, output=tmp_path / "out.zip")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    with pytest.raises(BuildError, match="the second build did not run"):
        again(workspace, built.path)


def test_a_file_that_cannot_be_copied_is_an_error(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A file that vanished between the builds is named.
    """
    built = build(workspace, output=tmp_path / "out.zip")

    selected = contents.selected

    def vanishing(*arguments: Any) -> Selection:
        found = selected(*arguments)
        (workspace / "docs" / "a.md").unlink()
        return found

    monkeypatch.setattr(contents, "selected", vanishing)
    with pytest.raises(BuildError, match=r"^docs/a\.md: cannot be copied for the second build: No such file"):
        again(workspace, built.path)


@pytest.mark.skipif(os.open not in os.supports_dir_fd, reason="needs directories to open relative to")
def test_nothing_behind_a_link_is_copied(workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A directory that is swapped for a link between the selection and the copy is an error.
    """
    built = build(workspace, output=tmp_path / "out.zip")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.md").write_bytes(b"content of docs/a.md\n")
    selected = contents.selected

    def swapping(*arguments: Any) -> Selection:
        found = selected(*arguments)
        (workspace / "docs").rename(tmp_path / "away")
        (workspace / "docs").symlink_to(tmp_path / "outside")
        return found

    monkeypatch.setattr(contents, "selected", swapping)
    with pytest.raises(BuildError, match=r"^docs/a\.md: cannot be copied for the second build: "):
        again(workspace, built.path)


@pytest.mark.parametrize("name", ["TZ", "LC_ALL", "PYTHONHASHSEED"])
def test_the_environment_always_differs(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Whatever this process has, the second has something else, and so on.
    """
    monkeypatch.delenv(name, raising=False)
    first = twice.environment()[name]
    monkeypatch.setenv(name, first)
    assert twice.environment()[name] not in {first, None}


def test_the_listing_is_shuffled_and_complete(tmp_path: Path) -> None:
    """
    The second process sees the same entries, sooner or later in another order.
    """
    names = [f"{number:02}".encode() for number in range(30)]
    for name in names:
        (tmp_path / name.decode()).touch()
    with second.shuffled(os.fsencode(tmp_path)) as entries:
        seen = [entry.name for entry in entries]
    assert sorted(seen) == names
    assert seen != names


def test_the_second_process_builds_and_puts_everything_back(workspace: Path, tmp_path: Path) -> None:
    """
    What it replaces is in force for the build alone; a failure is an exit code.
    """
    umask = os.umask(0o022)
    try:
        assert second.main(str(workspace), str(tmp_path / "out.zip")) == 0
        assert second.main(str(tmp_path / "nothing"), str(tmp_path / "none.zip")) == 1
    finally:
        os.umask(umask)
    assert (tmp_path / "out.zip").is_file()
    assert not (tmp_path / "none.zip").exists()
    assert os.scandir is second._scandir


def test_without_a_temporary_directory_nothing_is_built(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    The message says what is missing.
    """
    built = build(workspace, output=tmp_path / "out.zip")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(BuildError, match="no directory for the second build can be made: No such file"):
        again(workspace, built.path)


def test_interrupted_again_and_again_it_leaves_nothing(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A second Ctrl-C while the copy is being removed comes when it is gone.
    """
    built = build(workspace, output=tmp_path / "out.zip")
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    rmtree = shutil.rmtree

    def slow(*arguments: Any, **options: Any) -> None:
        signal.raise_signal(signal.SIGINT)
        rmtree(*arguments, **options)
        signal.raise_signal(signal.SIGINT)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(shutil, "rmtree", slow)
    monkeypatch.setattr(twice, "_build", interrupted)
    with pytest.raises(KeyboardInterrupt):
        again(workspace, built.path)
    assert list((tmp_path / "tmp").iterdir()) == []
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_second_build_may_run_in_any_thread(workspace: Path, tmp_path: Path) -> None:
    """
    Only the main thread has a say about signals.
    """
    built = build(workspace, output=tmp_path / "out.zip")
    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(again, workspace, built.path).result().outcome == "equal"


_STALLING = """
import os, random, time

def stall(_):
    os.open(os.environ["PIPE"], os.O_WRONLY)
    time.sleep(60)

random.shuffle = stall
"""
"""Keeps a second build from going on, with a pipe open as long as it lives."""


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
@pytest.mark.parametrize(("number", "code", "left"), [("SIGINT", 3, 0), ("SIGKILL", -9, 1)])
def test_the_second_process_ends_with_the_first(
    workspace: Path, tmp_path: Path, number: str, code: int, left: int
) -> None:
    """
    Interrupted or killed, it leaves no process, and only when killed its copy.
    """
    for name in ("tmp", "site"):
        (tmp_path / name).mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(_STALLING)
    os.mkfifo(tmp_path / "pipe")
    path = os.pathsep.join([str(tmp_path / "site"), *sys.path])
    places = {"PYTHONPATH": path, "TMPDIR": str(tmp_path / "tmp"), "PIPE": str(tmp_path / "pipe")}
    command = [sys.executable, "-m", "phase2_gate", "build", str(workspace), "--twice"]
    with (
        subprocess.Popen(command, env={**os.environ, **places}, stdout=subprocess.DEVNULL) as first,
        open(tmp_path / "pipe", "rb") as pipe,  # waits for the second process
    ):
        first.send_signal(getattr(signal, number))
        assert first.wait(20) == code
        assert len(list((tmp_path / "tmp").iterdir())) == left
        assert select.select([pipe], [], [], 20 if left else 0)[0] == [pipe]
        assert pipe.read() == b""
