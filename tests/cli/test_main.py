"""
Tests of `phase2_gate.cli.main` and `phase2_gate.cli.parser`.
"""

from __future__ import annotations

import argparse
import importlib
import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from phase2_gate._version import __version__
from phase2_gate.cli import parser
from phase2_gate.cli.main import main

from ..bundles import GOOD, bundle


def below(made: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """
    The parsers of the commands of a parser, by their whole names.
    """
    found = {}
    for action in made._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, inner in action.choices.items():
                found.update({f"{name} {deeper}": each for deeper, each in below(inner).items()} or {name: inner})
    return found


def commands() -> dict[str, argparse.ArgumentParser]:
    """
    The parsers of all commands.
    """
    return below(parser.build())


def test_the_commands() -> None:
    """
    Those that the documentation promises.
    """
    assert {"build", "verify", "audit", "extract", "manifest", "list", "rule"} <= set(commands())


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_has_a_handler_examples_and_exit_codes(name: str) -> None:
    """
    The handler exists; help shows how the command is used and what its exit status means.
    """
    made = commands()[name]
    module, _, function = made.get_default("handler").partition(".")
    assert callable(getattr(importlib.import_module(f"phase2_gate.cli.{module}"), function))
    shown = made.format_help()
    assert ("examples:\n" in shown, f"  phase2-gate {name}" in shown, "exit codes: 0 " in shown) == (True,) * 3


def test_groups_of_commands_show_examples_too() -> None:
    """
    And so does the command itself; each is a call that is understood.
    """
    whole = parser.build()
    [groups] = [action.choices for action in whole._actions if isinstance(action, argparse._SubParsersAction)]
    silent = [name for name, made in groups.items() if f"examples:\n  phase2-gate {name}" not in made.format_help()]
    assert silent == []
    shown = whole.format_help().partition("examples:\n")[2].partition("\n\n")[0].splitlines()
    assert len(shown) == 4
    for line in shown[:-1]:
        assert parser.build().parse_args(line.split()[1:]).handler
    assert shown[-1].split() == ["phase2-gate", "audit", "--help"]


@pytest.mark.parametrize("name", sorted(commands()))
def test_a_command_alone_is_the_same_command(name: str) -> None:
    """
    What is left out for the sake of start-up are other commands only.
    """
    alone = below(parser.build(name.partition(" ")[0]))
    assert alone[name].format_help() == commands()[name].format_help()
    assert 0 < len(alone) < len(commands())


@pytest.mark.parametrize("word", [None, "", "judge", "--help"])
def test_what_is_no_command_meets_all_of_them(word: str | None) -> None:
    """
    So that help and errors name them all.
    """
    assert below(parser.build(word)).keys() == commands().keys()


def test_every_option_is_explained() -> None:
    """
    No option without a line of help.
    """
    silent = [
        (name, action.dest)
        for name, made in commands().items()
        for action in made._actions
        if action.option_strings and not action.help
    ]
    assert silent == []


@pytest.mark.parametrize(
    ("argv", "shown"),
    [
        (["--version"], f"phase2-gate {__version__}\n"),
        (["--help"], "exit codes: 0 PASS"),
        (["audit", "--help"], "BUNDLE"),
    ],
)
def test_what_is_asked_about_the_tool(capsys: pytest.CaptureFixture[str], argv: list[str], shown: str) -> None:
    """
    Version and help go to standard output.
    """
    with pytest.raises(SystemExit) as raised:
        main(argv)
    out, err = capsys.readouterr()
    assert (raised.value.code, shown in out, err) == (0, True, "")


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["judge", "a.zip"],
        ["verify"],
        ["audit"],
        ["audit", "a.zip", "--lenient"],
        ["audit", "a.zip", "--iso", "none"],
        ["verify", "a.zip", "--isolation", "none"],
        ["verify", "a.zip", "--format", "yaml"],
        ["aud", "a.zip"],
        ["extract", "a.zip"],
        ["rule", "a", "b"],
        ["--print-completion", "sh"],
    ],
)
def test_what_is_not_understood_is_a_usage_error(capsys: pytest.CaptureFixture[str], argv: list[str]) -> None:
    """
    Exit status 2, nothing on standard output.
    """
    with pytest.raises(SystemExit) as raised:
        main(argv)
    out, err = capsys.readouterr()
    assert (raised.value.code, out, "usage: phase2-gate" in err) == (2, "", True)


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh", "fish"])
def test_completion_scripts(capsys: pytest.CaptureFixture[str], shell: str) -> None:
    """
    They know the commands.
    """
    with pytest.raises(SystemExit) as raised:
        main(["--print-completion", shell])
    out, err = capsys.readouterr()
    assert (raised.value.code, "audit" in out, "verify" in out, err) == (0, True, True, "")


def test_the_arguments_of_the_process_are_the_default(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    As an installed command calls it.
    """
    monkeypatch.setattr(sys, "argv", ["phase2-gate", "rule", "import-none"])
    assert main() == 0
    assert capsys.readouterr().out.startswith("import-none\n")


def test_a_crash_before_the_command_is_blocked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    Exit status 1 would read as the bundle's fault.
    """

    def broken(_: str | None) -> None:
        raise NameError("boom")

    monkeypatch.setattr(sys.modules["phase2_gate.cli.main"], "build", broken)
    assert main(["verify", "a.zip"]) == 3
    assert capsys.readouterr().err.startswith("error: internal error: NameError: boom (")


def test_the_package_runs_as_a_module() -> None:
    """
    `python -m phase2_gate` is the same command, with the same exit status.
    """
    source = str(Path(parser.__file__).parents[2])
    command = [sys.executable, "-m", "phase2_gate", "rule", "no-such-rule"]
    done = subprocess.run(command, capture_output=True, env={"PYTHONPATH": source}, check=False)
    assert (done.returncode, done.stdout) == (2, b"")


def test_words_are_english_whatever_the_language(tmp_path: Path) -> None:
    """
    No catalogue is asked for the words of argparse: messages are the same everywhere.
    """
    words = tmp_path / "share" / "locale" / "de" / "LC_MESSAGES"
    words.mkdir(parents=True)
    # The smallest catalogue there is (gettext manual, "The Format of GNU MO Files"): "usage: " is "Aufruf: ".
    entry, word = b"usage: \0", b"Aufruf: \0"
    numbers = (0x950412DE, 0, 1, 28, 36, 0, 0, len(entry) - 1, 44, len(word) - 1, 44 + len(entry))
    (words / "messages.mo").write_bytes(struct.pack("<11I", *numbers) + entry + word)
    start = f"import gettext; gettext.bindtextdomain('messages', {str(tmp_path / 'share' / 'locale')!r}); "
    environment = {**os.environ, "LANGUAGE": "de"}
    plain, ours = (
        "import argparse; argparse.ArgumentParser().parse_args()",
        "from phase2_gate.cli.main import main; main()",
    )
    for then, seen in ((plain, "Aufruf: "), (ours, "usage: ")):
        run = subprocess.run(
            [sys.executable, "-c", start + then, "--no-such"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.stderr.startswith(seen)


_JUDGE = """
import sys
sys.modules.pop("typing", None)  # what a site's start has loaded already
before = set(sys.modules)
from phase2_gate.__main__ import start
sys.argv[1:] = ["verify", sys.argv[1]]
code = start()
print(*set(sys.modules) - before, file=sys.stderr)
sys.exit(code)
"""


def test_judging_loads_no_more_than_it_needs(tmp_path: Path) -> None:
    """
    Each of these takes a good part of the time that a small bundle takes.
    """
    (tmp_path / "good.zip").write_bytes(bundle(GOOD))
    command = [sys.executable, "-c", _JUDGE, str(tmp_path / "good.zip")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    loaded = set(done.stderr.split())
    unneeded = {
        *("typing", "dataclasses", "inspect", "pathlib", "subprocess", "threading", "json", "tempfile", "shutil"),
        *("tomllib", "datetime", "logging", "locale", "rich", "cryptography", "pathspec", "phase2_gate.runtime"),
    }

    assert done.returncode == 0, done.stderr
    assert "phase2_gate.core.verify" in loaded
    assert unneeded & loaded == set()
