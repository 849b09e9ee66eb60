"""
docs/cli.md, from the parser of the installed command.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from phase2_gate.cli.parser import build

from . import markdown

_HEAD = """\
# Commands

<!-- Written by scripts/generate_reference_docs.py from the parser; do not edit. -->

`phase2-gate COMMAND --help` says the same on a terminal.
Exit codes are 0 PASS, 1 FAIL, 2 usage error, 3 BLOCKED, unless a command says otherwise.
"""


def render(_page: str) -> str:
    """
    The whole page.
    """
    parser = build()
    parts = [_HEAD, _options(parser), *_commands(parser, "phase2-gate")]
    return "\n".join(part for part in parts if part)


def _commands(parser: argparse.ArgumentParser, above: str) -> Iterator[str]:
    for action in parser._actions:  # noqa: SLF001 - argparse has no other way to its commands
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - as above
            for name, command in action.choices.items():
                yield from _command(command, f"{above} {name}")


def _command(parser: argparse.ArgumentParser, name: str) -> Iterator[str]:
    level = "#" * len(name.split())
    yield f"{level} `{name}`\n"
    yield f"{parser.description}\n"
    yield _options(parser)
    examples, exits = _epilog(parser.epilog or "")
    if examples:
        yield "```console\n" + "".join(f"$ {line}\n" for line in examples) + "```\n"
    if exits:
        yield f"{exits[0].upper()}{exits[1:]}.\n"
    yield from _commands(parser, name)


def _epilog(epilog: str) -> tuple[list[str], str]:
    """
    The examples and the exit codes; `phase2_gate.cli.declaring` puts both there.
    """
    lines = epilog.splitlines()
    examples = [line.strip() for line in lines if line.startswith("  ")]
    exits = next((line for line in lines if line.startswith("exit codes: ")), "")
    return examples, exits


def _options(parser: argparse.ArgumentParser) -> str:
    rows = [_row(action) for action in parser._actions if _is_shown(action)]  # noqa: SLF001 - as above
    return markdown.table(("argument", "meaning"), rows) if rows else ""


def _is_shown(action: argparse.Action) -> bool:
    hidden = isinstance(action, (argparse._HelpAction, argparse._SubParsersAction))  # noqa: SLF001 - as above
    return not hidden and action.help is not argparse.SUPPRESS


def _row(action: argparse.Action) -> tuple[str, str]:
    meaning = action.help or ""
    if action.required and action.option_strings:
        meaning += " (required)"
    return markdown.code(_spelling(action)), markdown.cell(meaning.replace("%%", "%").strip())


def _spelling(action: argparse.Action) -> str:
    value = action.metavar or "|".join(map(str, action.choices or ())) or action.dest.upper()
    if isinstance(value, tuple):
        value = " ".join(value)
    if not action.option_strings:
        return {"?": f"[{value}]", "+": f"{value}...", "*": f"[{value}...]"}.get(str(action.nargs), value)
    names = ", ".join(action.option_strings)
    return names if action.nargs == 0 else f"{names} {value}"
