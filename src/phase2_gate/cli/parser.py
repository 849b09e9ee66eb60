"""
The parser of the installed command: every command with its options, its examples, and the name of what handles it.

Handlers are named, not imported: a command loads only what it needs.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from .._version import __version__
from . import options

_EXIT = """\
exit codes: 0 PASS, 1 FAIL (the bundle's or workspace's fault), 2 usage error, 3 BLOCKED (could not judge)
"""


class _Completion(argparse.Action):
    """
    Prints a completion script; shtab is loaded only then.
    """

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,  # noqa: ARG002 - the signature is argparse's
        values: str | Sequence[object] | None,
        option_string: str | None = None,  # noqa: ARG002 - as above
    ) -> None:
        import shtab

        from . import terminal

        # Not as the message of `exit`, which goes to standard error.
        terminal.out(shtab.complete(parser, shell=str(values)))
        parser.exit()


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    handler: str,
    about: str,
    examples: str,
    exits: str = _EXIT,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(
        name,
        help=about,
        description=f"{about[0].upper()}{about[1:]}.",
        epilog=f"examples:\n{examples}\n{exits}",
        formatter_class=options.Help,
        allow_abbrev=False,
    )
    parser.set_defaults(handler=handler)
    return parser


def build(command: str | None = None) -> argparse.ArgumentParser:
    """
    The parser.

    Args:
        command: The first argument, when it is known: if it names a command, only the commands of its kind are added,
            because making them all takes longer than judging a small bundle.
    """
    parser = argparse.ArgumentParser(
        prog="phase2-gate",
        description="Build source bundles whose bytes depend on nothing but the files, and judge bundles from anybody.",
        epilog=_EXIT,
        formatter_class=options.Help,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"phase2-gate {__version__}")
    parser.add_argument(
        "--print-completion",
        action=_Completion,
        choices=("bash", "zsh", "tcsh", "fish"),
        help="print a completion script for a shell and exit",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    kinds = [add for add, names in _KINDS.items() if command in names] or _KINDS
    for add in kinds:
        add(commands)
    return parser


def _packing(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    made = _command(
        commands,
        "build",
        "packing.build",
        "write the bundle of a workspace",
        "  phase2-gate build\n  phase2-gate build path/to/workspace --output out/bundle.zip\n",
    )
    made.add_argument("workspace", nargs="?", default=".", metavar="WORKSPACE", help="default: this directory")
    made.add_argument("--output", metavar="FILE", help="where the bundle goes (default: as the settings say)")
    made.add_argument(
        "--twice",
        action="store_true",
        help="build a second time from a copy, in another place and environment, and compare; 1 when the bytes differ",
    )

    made = _command(
        commands,
        "manifest",
        "packing.manifest",
        "print the manifest of a workspace, or compare it with the committed one",
        "  phase2-gate manifest\n  phase2-gate manifest --check\n",
    )
    made.add_argument("workspace", nargs="?", default=".", metavar="WORKSPACE", help="default: this directory")
    made.add_argument("--check", action="store_true", help="fail when manifest.txt in the workspace is not up to date")

    made = _command(
        commands,
        "list",
        "packing.show",
        "list what would be packed",
        "  phase2-gate list\n  phase2-gate list path/to/workspace --format json\n",
    )
    made.add_argument("workspace", nargs="?", default=".", metavar="WORKSPACE", help="default: this directory")
    made.add_argument("--format", choices=("text", "json"), default="text", help="default: text")


def _judging(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    made = _command(
        commands,
        "verify",
        "judging.verify",
        "judge bundles, or extracted directories, without running anything of them",
        "  phase2-gate verify BUNDLE.zip\n"
        "  phase2-gate verify BUNDLE.zip --require-canonical --format json\n"
        "  phase2-gate verify extracted-directory\n",
    )
    made.add_argument("paths", nargs="+", metavar="BUNDLE|DIRECTORY")
    options.add_profile(made)
    options.add_judging(made)

    made = _command(
        commands,
        "audit",
        "attesting.audit",
        "judge bundles, run their imports and tests, and leave evidence",
        "  phase2-gate audit BUNDLE.zip\n"
        "  phase2-gate audit BUNDLE.zip --report-dir reports --sign auditor.key\n"
        "  phase2-gate audit BUNDLE.zip --profile build-loop-phase2 --report-dir artifacts/reports\n"
        "  phase2-gate audit *.zip --python .venv/bin/python\n",
    )
    made.add_argument("paths", nargs="+", metavar="BUNDLE")
    options.add_profile(made)
    options.add_judging(made)
    options.add_running(made)
    made.add_argument(
        "--sign",
        type=options.named,
        metavar="KEY",
        help="sign the verdict, in the report directory; KEY is a file, or fd:N for an open descriptor",
    )


def _looking(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    made = _command(
        commands,
        "diff",
        "comparing.diff",
        "compare two bundles, a bundle and a workspace, or two directories, and say why they differ",
        "  phase2-gate diff ours.zip theirs.zip\n"
        "  phase2-gate diff BUNDLE.zip path/to/workspace --format json\n"
        "  phase2-gate diff extracted-one extracted-other\n",
        "exit codes: 0 equal, 1 different, 2 usage error, 3 could not judge\n",
    )
    made.add_argument("a", metavar="A", help="a bundle or a directory")
    made.add_argument("b", metavar="B", help="a bundle or a directory; beside a bundle, a directory is a workspace")
    made.add_argument("--format", choices=("text", "json"), default="text", help="default: text")

    made = _command(
        commands,
        "extract",
        "unpacking.extract",
        "extract a bundle that the static gates pass, all or nothing",
        "  phase2-gate extract BUNDLE.zip workspace\n",
    )
    made.add_argument("bundle", metavar="BUNDLE")
    made.add_argument("destination", metavar="DEST", help="a directory that does not exist or is empty")

    made = _command(
        commands,
        "rule",
        "rule.show",
        "explain a rule, or list all of them",
        "  phase2-gate rule\n  phase2-gate rule manifest-digest-mismatch\n",
    )
    made.add_argument("slug", nargs="?", metavar="SLUG", help="the name of a rule, as findings give it")

    made = _command(
        commands,
        "schema",
        "schema.show",
        "print a JSON Schema that this version publishes",
        "  phase2-gate schema report > report.schema.json\n",
    )
    made.add_argument("name", choices=("report",), help="report: of report.json and --format json")


def _attesting(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    made = _command(
        _group(commands, "key", "make keys that sign verdicts"),
        "new",
        "attesting.new_key",
        "write a new Ed25519 key to FILE, and its public half to FILE.pub",
        "  phase2-gate key new auditor.key\n",
    )
    made.add_argument("file", type=options.named, metavar="FILE", help="must not exist; readable by its owner only")

    made = _command(
        _group(commands, "attest", "check signed verdicts"),
        "verify",
        "attesting.verify",
        "check that an envelope shows what is demanded of a bundle",
        "  phase2-gate attest verify BUNDLE.zip reports/test-result.intoto.json --key auditor.key.pub\n"
        "  phase2-gate attest verify BUNDLE.zip reports/vsa.intoto.json --predicate vsa --key auditor.key.pub\n",
    )
    made.add_argument("bundle", metavar="BUNDLE")
    made.add_argument("envelope", metavar="ENVELOPE", help="a file that `audit --sign` wrote")
    options.add_profile(made)
    options.add_attested(made)


def _group(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, about: str
) -> argparse._SubParsersAction[argparse.ArgumentParser]:
    group = commands.add_parser(
        name,
        help=about,
        description=f"{about[0].upper()}{about[1:]}.",
        formatter_class=options.Help,
        allow_abbrev=False,
    )
    return group.add_subparsers(title="commands", metavar="COMMAND", required=True)


_KINDS = {
    _packing: ("build", "manifest", "list"),
    _judging: ("verify", "audit"),
    _looking: ("diff", "extract", "rule", "schema"),
    _attesting: ("key", "attest"),
}
"""What adds commands of a kind, and their names."""
