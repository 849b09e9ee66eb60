"""
The commands about workspaces, with their options and examples.
"""

from __future__ import annotations

from ..core.typed import TYPE_CHECKING
from . import options
from .declaring import command

if TYPE_CHECKING:
    import argparse

    from .declaring import Commands


def build(commands: Commands) -> None:
    """
    ``build``: writes the bundle of a workspace.
    """
    made = command(
        commands,
        "build",
        "packing.build",
        "write the bundle of a workspace",
        "  phase2-gate build\n"
        "  phase2-gate build path/to/workspace --output out/bundle.zip\n"
        "  phase2-gate build --sign ../builder.key\n",
    )
    _add_workspace(made)
    made.add_argument(
        "--output", type=options.file_named, metavar="FILE", help="where the bundle goes (default: as the settings say)"
    )
    options.add_loudness(made)
    made.add_argument(
        "--twice",
        action="store_true",
        help="build a second time from a copy, in another place and environment, and compare; 1 when the bytes differ",
    )
    made.add_argument(
        "--sign",
        type=options.named,
        metavar="KEY",
        help="sign the bundle, in an envelope beside it; KEY is a file, or fd:N for an open descriptor",
    )
    made.add_argument(
        "--strict-git",
        action="store_true",
        help="fail when git ignores a file that is packed, or tracks one that is left out, instead of warning",
    )


def manifest(commands: Commands) -> None:
    """
    ``manifest``: prints or compares a manifest.
    """
    made = command(
        commands,
        "manifest",
        "packing.manifest",
        "print the manifest of a workspace, or compare it with the committed one",
        "  phase2-gate manifest\n  phase2-gate manifest --check\n",
    )
    _add_workspace(made)
    made.add_argument("--check", action="store_true", help="fail when manifest.txt in the workspace is not up to date")


def listing(commands: Commands) -> None:
    """
    ``list``: shows what would be packed.
    """
    made = command(
        commands,
        "list",
        "listing.show",
        "list what would be packed",
        "  phase2-gate list\n  phase2-gate list --tree\n  phase2-gate list path/to/workspace --format json\n",
    )
    _add_workspace(made)
    made.add_argument("--tree", action="store_true", help="by directory, with the size of each; as text")
    made.add_argument("--format", choices=("text", "json"), default="text", help="default: text")


def explain(commands: Commands) -> None:
    """
    ``explain``: says why a path is packed or not.
    """
    made = command(
        commands,
        "explain",
        "explaining.explain",
        "say why a path is packed or not: the deciding line, what each layer says, and what git makes of it",
        "  phase2-gate explain src/app/data.bin\n"
        "  phase2-gate explain build/ --workspace path/to/workspace --format json\n",
        "exit codes: 0 explained, whatever the verdict, 1 an ignore file on the way cannot be used, 2 usage error, "
        "3 BLOCKED\n",
    )
    made.add_argument(
        "path",
        type=options.named,
        metavar="PATH",
        help="relative to the workspace, or absolute; it need not exist, a slash at its end makes it a directory",
    )
    made.add_argument("--workspace", type=options.named, default=".", metavar="DIR", help="default: this directory")
    made.add_argument("--format", choices=("text", "json"), default="text", help="default: text")


def init(commands: Commands) -> None:
    """
    ``init``: writes the files that a workspace begins with.
    """
    made = command(
        commands,
        "init",
        "packing.init",
        "write an explained .bundleignore, and a table of settings into pyproject.toml if there is one",
        "  phase2-gate init\n  phase2-gate init path/to/workspace\n",
    )
    _add_workspace(made)


def _add_workspace(made: argparse.ArgumentParser) -> None:
    made.add_argument(
        "workspace",
        nargs="?",
        type=options.named,
        default=".",
        metavar="WORKSPACE",
        help="default: this directory",
    )
