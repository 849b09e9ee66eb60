"""
Every command of the installed tool, with its options and examples.

Handlers are named, not imported: a command loads only what it needs.
"""

from __future__ import annotations

from ..core.typed import TYPE_CHECKING
from . import demands, options, workspaces
from .declaring import command, group

if TYPE_CHECKING:
    from .declaring import Commands


def verify(commands: Commands) -> None:
    """
    ``verify``: judges without running anything.
    """
    made = command(
        commands,
        "verify",
        "requiring.verify",
        "judge bundles, or extracted directories, without running anything of them",
        "  phase2-gate verify BUNDLE.zip\n"
        "  phase2-gate verify BUNDLE.zip --require-canonical --format json\n"
        "  phase2-gate verify BUNDLE.zip --require-signature builder.key.pub\n"
        "  phase2-gate verify extracted-directory\n",
    )
    made.add_argument("paths", nargs="+", metavar="BUNDLE|DIRECTORY")
    options.add_profile(made)
    options.add_judging(made)
    options.add_loudness(made)
    options.add_signed(made)
    demands.add_waivers(made)


def audit(commands: Commands) -> None:
    """
    ``audit``: judges, runs imports and tests, and leaves evidence.
    """
    made = command(
        commands,
        "audit",
        "attesting.audit",
        "judge bundles, run their imports and tests, and leave evidence",
        "  phase2-gate audit BUNDLE.zip\n"
        "  phase2-gate audit BUNDLE.zip --report-dir reports --sign auditor.key\n"
        "  phase2-gate audit BUNDLE.zip --require-signature builder.key.pub\n"
        "  phase2-gate audit BUNDLE.zip --profile build-loop-phase2 --report-dir artifacts/reports\n"
        "  phase2-gate audit *.zip --python .venv/bin/python\n",
    )
    made.add_argument("paths", nargs="+", metavar="BUNDLE")
    options.add_profile(made)
    options.add_judging(made)
    options.add_loudness(made)
    options.add_signed(made)
    options.add_running(made)
    demands.add(made)
    made.add_argument(
        "--sign",
        type=options.named,
        metavar="KEY",
        help="sign the verdict, in the report directory; KEY is a file, or fd:N for an open descriptor",
    )


def diff(commands: Commands) -> None:
    """
    ``diff``: compares bundles and workspaces.
    """
    made = command(
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
    options.add_loudness(made)


def extract(commands: Commands) -> None:
    """
    ``extract``: unpacks what the static gates pass.
    """
    made = command(
        commands,
        "extract",
        "unpacking.extract",
        "extract a bundle that the static gates pass, all or nothing",
        "  phase2-gate extract BUNDLE.zip workspace\n",
    )
    made.add_argument("bundle", metavar="BUNDLE")
    made.add_argument("destination", metavar="DEST", help="a directory that does not exist or is empty")
    options.add_loudness(made)


def rule(commands: Commands) -> None:
    """
    ``rule``: explains a rule.
    """
    made = command(
        commands,
        "rule",
        "rule.show",
        "explain a rule, or list all of them",
        "  phase2-gate rule\n  phase2-gate rule manifest-digest-mismatch\n",
    )
    made.add_argument("slug", nargs="?", metavar="SLUG", help="the name of a rule, as findings give it")


def schema(commands: Commands) -> None:
    """
    ``schema``: prints a schema.
    """
    made = command(
        commands,
        "schema",
        "schema.show",
        "print a JSON Schema that this version publishes",
        "  phase2-gate schema report > report.schema.json\n",
    )
    made.add_argument(
        "name",
        choices=("report", "attestation"),
        help="report: of report.json and --format json; attestation: of `attest verify --format json`",
    )


def key(commands: Commands) -> None:
    """
    ``key``: makes keys.
    """
    made = command(
        group(commands, "key", "make keys that sign verdicts", "  phase2-gate key new auditor.key\n"),
        "new",
        "attesting.new_key",
        "write a new Ed25519 key to FILE, and its public half to FILE.pub",
        "  phase2-gate key new auditor.key\n",
    )
    made.add_argument("file", type=options.named, metavar="FILE", help="must not exist; readable by its owner only")


def attest(commands: Commands) -> None:
    """
    ``attest``: checks signed verdicts.
    """
    examples = "  phase2-gate attest verify BUNDLE.zip reports/test-result.intoto.json --key auditor.key.pub\n"
    made = command(
        group(commands, "attest", "check signed verdicts", examples),
        "verify",
        "believing.verify",
        "check that an envelope shows what is demanded of a bundle",
        f"{examples}"
        "  phase2-gate attest verify BUNDLE.zip reports/vsa.intoto.json --predicate vsa --key auditor.key.pub\n"
        "  phase2-gate attest verify BUNDLE.zip BUNDLE.zip.build.intoto.json --predicate provenance"
        " --key builder.key.pub\n",
        "exit codes: 0 accepted, 1 refused, 2 usage error, 3 something could not be read\n",
    )
    made.add_argument("bundle", metavar="BUNDLE")
    made.add_argument("envelope", metavar="ENVELOPE", help="a file that `audit --sign` or `build --sign` wrote")
    options.add_profile(made)
    demands.add(made)
    options.add_attested(made)


def journal(commands: Commands) -> None:
    """
    ``journal``: judges or shows journals.
    """
    from ..runtime import arguments as runtime

    exits = "exit codes: 0 good, 1 corrupt or not what the anchor says, 2 usage error, 3 torn or unreadable\n"
    examples = (
        "  phase2-gate journal verify artifacts/reports/journal.jsonl --require-sealed\n"
        "  phase2-gate journal verify journal.jsonl --anchor checkpoint.txt\n"
    )
    made_of = group(commands, "journal", "judge or show the journal of a mission or an audit", examples)
    made = command(made_of, "verify", "journaling.verify", "verify a journal", examples, exits)
    runtime.add_verify(made)
    examples = "  phase2-gate journal show artifacts/reports/journal.jsonl\n"
    made = command(made_of, "show", "journaling.show", "print the entries of a journal as they verify", examples, exits)
    runtime.add_show(made)


def mission(commands: Commands) -> None:
    """
    ``mission``: runs missions.
    """
    from ..runtime import arguments as runtime

    examples = "  phase2-gate mission run MISSION.json --repo . --journal run.jsonl --dry-run\n"
    made = command(
        group(commands, "mission", "run missions under an envelope", examples),
        "run",
        "journaling.run",
        "run a mission, or go on with it after a crash",
        examples,
        "exit codes: 0 done, 1 a step failed or was denied, 2 usage error, 3 it could not be done\n",
    )
    runtime.add_run(made)


COMMANDS = {
    "build": workspaces.build,
    "manifest": workspaces.manifest,
    "list": workspaces.listing,
    "explain": workspaces.explain,
    "init": workspaces.init,
    "verify": verify,
    "audit": audit,
    "diff": diff,
    "extract": extract,
    "rule": rule,
    "schema": schema,
    "key": key,
    "attest": attest,
    "journal": journal,
    "mission": mission,
}
"""What adds each command, in the order of the help."""
