"""
The command line, and the package as a whole.
"""

from __future__ import annotations

import errno
import importlib.util
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ..command import main
from ..orchestration.journal_report import show_journal, verify_journal
from ..orchestration.mission import Mission
from ..orchestration.mission_runner import run_mission
from .features import needs_kill
from .samples import COMMIT

_PACKAGE = (__package__ or "").removesuffix(".tests")

_HOME = Path(__file__).resolve().parents[_PACKAGE.count(".") + 2]


def _mission(*steps: tuple[str, object], **changes: object) -> dict[str, object]:
    return {
        "schema": "phase2-gate/mission/1",
        "baseline_commit": COMMIT,
        "bundle": None,
        "envelope": {
            "allow_ops": ["fs.write", "fs.delete", "fs.rename", "fs.read", "exec"],
            "allow_paths": ["**"],
            "deny_paths": ["secret"],
            "max_budget_usd": 1,
        },
        "on_failure": "stop",
        "steps": [{"id": f"s{n}", "op": op, "params": params} for n, (op, params) in enumerate(steps)],
        **changes,
    }


def _parse(value: object) -> Mission:
    return Mission.parse(json.dumps(value, indent=2).encode())


_WRITE = ("fs.write", {"path": "a", "text": "1"})


_DENIED = ("fs.write", {"path": "Secret/x", "text": ""})


def _main(*arguments: object) -> tuple[int, str]:
    out = io.StringIO()
    return main([str(argument) for argument in arguments], out), out.getvalue()


def test_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Exit status and output of every command.
    """
    tree, journal, mission = tmp_path / "tree", tmp_path / "j", tmp_path / "m.json"
    tree.mkdir()
    run = ("exec", {"argv": [sys.executable, "-c", ""], "max_cost_usd": 0})
    mission.write_text(json.dumps(_mission(_WRITE, run)))
    status, text = _main("run", mission, "--repo", tree, "--journal", journal, "--dry-run")
    assert (status, text.splitlines()[-1]) == (0, "MISSION: planned")
    status, text = _main("run", mission, "--repo", tree, "--journal", journal, "--images", tmp_path / "i")
    assert (status, text.splitlines()[-1]) == (0, "MISSION: completed")
    assert text.splitlines()[:2] == ["completed s0 fs.write ALLOWED", "completed s1 exec ALLOWED unmediated"]
    anchor = tmp_path / "anchor"
    anchor.write_text("\n".join(text.splitlines()[2:5]) + "\n")
    status, text = _main("journal", "verify", journal, "--anchor", anchor, "--require-sealed")
    assert (status, text.splitlines()[0], text.splitlines()[-1]) == (0, "state: sealed", "sealed as: completed")
    status, text = _main("journal", "show", journal)
    assert (status, len(text.splitlines())) == (0, 6)
    assert _main("journal", "verify", journal, "--run-id", "sha256:" + "0" * 64)[0] == 1
    assert _main("journal", "verify", tmp_path / "none")[0] == 3
    assert _main("journal", "show", tmp_path / "none")[0] == 3
    anchor.write_text("x")
    assert _main("journal", "verify", journal, "--anchor", anchor)[0] == 2
    assert _main("run", tmp_path / "none", "--repo", tree, "--journal", journal)[0] == 3
    assert _main("run", mission, "--repo", tmp_path / "none", "--journal", tmp_path / "new")[0] == 3
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(_mission(_DENIED)).encode())))
    status, text = _main("run", "-", "--repo", tree, "--journal", tmp_path / "j2")
    assert (status, text.splitlines()[-1]) == (1, "MISSION: failed")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"{}")))
    assert _main("run", "-", "--repo", tree, "--journal", tmp_path / "j3")[0] == 2
    assert "MISSION_INVALID" in capsys.readouterr().err
    with pytest.raises(SystemExit) as caught:
        _main("fly")
    assert caught.value.code == 2


def test_a_mission_does_not_widen_its_own_envelope(tmp_path: Path) -> None:
    """
    The file that it was read from is closed to it, wherever in the tree it lies and however it was named.
    """
    (tmp_path / "runs").mkdir()
    mission = tmp_path / "runs" / "m.json"
    wider = json.dumps(_mission(_WRITE, on_failure="compensate"))
    for number, (op, params) in enumerate(
        [
            ("fs.write", {"path": "runs/m.json", "text": wider}),
            ("fs.write", {"path": "RUNS/M.json", "text": wider}),
            ("fs.delete", {"path": "runs/m.json"}),
            ("fs.rename", {"source": "runs", "target": "other"}),
        ]
    ):
        written = json.dumps(_mission((op, params)))
        mission.write_text(written)
        status, text = _main("run", mission, "--repo", tmp_path, "--journal", tmp_path / f"j{number}")
        assert (status, "failed s0" in text and "PATH_PROTECTED" in text) == (1, True)
        assert written == mission.read_text()


def test_journals_are_told_safely(tmp_path: Path) -> None:
    """
    Torn, corrupt and open ones with their status; no control character reaches the terminal.
    """
    tree, journal = tmp_path / "tree", tmp_path / "j"
    tree.mkdir()
    run_mission(_parse(_mission(_WRITE)), tree, journal)
    whole = journal.read_bytes()
    lines = whole.splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:2]))
    status, told = verify_journal(str(journal))
    assert (status, told[0], told[-1]) == (0, "state: open", "open step: s0")
    journal.write_bytes(whole[:-5])
    status, told = verify_journal(str(journal))
    assert (status, told[-1].split(":")[0]) == (3, "JOURNAL_TORN")
    assert [status for status, _ in show_journal(str(journal))] == [0, 0, 0, 3]
    journal.write_bytes(whole.replace(b"fs.write", b"fs\x1b[31m", 1))
    status, told = verify_journal(str(journal))
    assert status == 1
    assert all(line.isprintable() for line in told)
    assert list(show_journal(str(journal)))[-1][0] == 1
    journal.write_bytes(b"")
    assert verify_journal(str(journal))[0] == 3
    assert verify_journal(str(tmp_path / "no\nthing"))[0] == 3


class _Full(io.StringIO):
    """
    A disk that takes nothing more.
    """

    def flush(self) -> None:
        """
        Fails, as the disk does.
        """
        raise OSError(errno.ENOSPC, "full")


@pytest.mark.parametrize("out", [_Full(), None])
def test_what_cannot_be_told_is_no_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], out: io.StringIO | None
) -> None:
    """
    A good journal, and nowhere to say so: exit status 3.
    """
    tree, journal = tmp_path / "tree", tmp_path / "j"
    tree.mkdir()
    run_mission(_parse(_mission(_WRITE)), tree, journal)
    assert main(["journal", "verify", str(journal)]) == 0
    monkeypatch.setattr(sys, "stdout", out)
    assert main(["journal", "verify", str(journal)]) == 3
    assert capsys.readouterr().err.startswith("IO: ")


@needs_kill
def test_a_worked_example(tmp_path: Path) -> None:
    """
    A small git repository is edited by ``python -m``, killed half way with SIGKILL, resumed and verified.
    """
    tree, journal, mission = tmp_path / "repo", tmp_path / "j", tmp_path / "m.json"
    (tree / ".git").mkdir(parents=True)
    (tree / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (tree / "README.md").write_text("old\n")
    kill = (
        "import os,signal,pathlib\n"
        "if not pathlib.Path('b').exists(): open('b','w').close(); os.kill(os.getppid(), signal.SIGKILL)"
    )
    run = ("exec", {"argv": [sys.executable, "-c", kill], "max_cost_usd": 0, "repeatable": True})
    steps: list[tuple[str, object]] = [
        ("fs.write", {"path": "README.md", "text": "new\n"}),
        run,
        ("fs.rename", {"source": "b", "target": "c"}),
    ]
    mission.write_text(json.dumps(_mission(*steps)))
    command = [sys.executable, "-B", "-m", _PACKAGE, "run", str(mission)]
    command += ["--repo", str(tree), "--journal", str(journal)]
    environment = {**os.environ, "PYTHONPATH": str(_HOME)}
    first = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert first.returncode == -9, first
    second = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert (second.returncode, second.stdout.splitlines()[-1]) == (0, b"MISSION: completed")
    assert (tree / "README.md").read_text() == "new\n"
    assert (tree / "c").exists()
    assert verify_journal(str(journal), require_sealed=True)[0] == 0


def test_the_module_can_be_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """
    With the command's exit status.
    """
    monkeypatch.setattr(sys, "argv", ["runtime", "journal", "verify", str(tmp_path / "none")])
    path = Path(__file__).parents[1] / "__main__.py"
    spec = importlib.util.find_spec(f"{_PACKAGE}.__main__")
    # Not by runpy, which asks for code that pytest's loader does not give where it rewrites a whole package's asserts.
    program = compile(path.read_text(encoding="utf-8"), path, "exec")
    with pytest.raises(SystemExit) as caught:
        exec(program, {"__name__": "__main__", "__package__": _PACKAGE, "__spec__": spec})  # noqa: S102 - a file of this package
    assert caught.value.code == 3


def test_the_package_loads_names_when_asked() -> None:
    """
    Sorted, complete, and nothing else.
    """
    package = importlib.import_module(_PACKAGE)
    assert sorted(package.__all__) == package.__all__
    assert all(getattr(package, name) for name in package.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        package.nothing  # noqa: B018  # the point of the test
