"""
The completion scripts, in the shells that they are for.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from phase2_gate.cli.main import main
from tests.tools import require

LOADS = {
    "bash": ("bash", "--norc", "{}"),
    "fish": ("fish", "--no-config", "{}"),
    "tcsh": ("tcsh", "-f", "{}"),
    "zsh": ("zsh", "-f", "-c", 'autoload -U compinit && compinit -D && eval "$(<{})" && whence -w _shtab_phase2_gate'),
}
"""How each shell reads a script and stops at its first error."""


@pytest.fixture
def scripts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """
    A directory with all scripts, and a bundle to be completed.
    """
    for shell in LOADS:
        with pytest.raises(SystemExit) as raised:
            main(["--print-completion", shell])
        assert raised.value.code == 0
        (tmp_path / f"complete.{shell}").write_text(capsys.readouterr().out)
    (tmp_path / "good.zip").write_bytes(b"")
    return tmp_path


def _run(directory: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("shell", sorted(LOADS))
def test_the_shell_reads_it(scripts: Path, shell: str) -> None:
    """
    Without a word of complaint.
    """
    require(shell)
    _run(scripts, *(word.format(f"./complete.{shell}") for word in LOADS[shell]))


WORDS = [
    ("ver", "verify"),
    ("--ver", "--version"),
    ("audit --iso", "--isolation"),
    ("audit x.zip --quie", "--quiet"),
    ("verify --format sar", "sarif"),
    ("attest ver", "verify"),
    ("verify goo", "good.zip"),
    ("audit --requirements goo", "good.zip"),
    ("extract goo", "good.zip"),
]
"""What somebody typed, and the one way to go on."""


@pytest.mark.parametrize(("typed", "expected"), WORDS)
def test_bash_completes(scripts: Path, typed: str, expected: str) -> None:
    """
    Commands, options, their values, and files where files are meant.
    """
    words = ["phase2-gate", *typed.split()]
    code = (
        f"source ./complete.bash; COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}; "
        '_shtab_phase2_gate; echo "${COMPREPLY[@]}"'
    )
    assert _run(scripts, require("bash"), "--norc", "-c", code).split() == [expected]


@pytest.mark.parametrize(("typed", "expected"), WORDS)
def test_fish_completes(scripts: Path, typed: str, expected: str) -> None:
    """
    The same.
    """
    code = f"source ./complete.fish; complete --do-complete 'phase2-gate {typed}'"
    lines = _run(scripts, require("fish"), "--no-config", "-c", code).splitlines()
    assert [line.split("\t")[0] for line in lines] == [expected]
