"""
Builds a bundle out of a workspace.

 1. Settings, selection, and what git thinks of it; nothing is written when they fail.
 2. The bundle goes to a temporary file beside its place, each member read once.
 3. A private key found in a member's content fails the build.
 4. Our own verifier judges the temporary file, from the descriptor through which it was written.
 5. One rename puts it in its place. Whatever fails before leaves nothing behind.

No environment variable has a say: the bytes depend on the files and the settings alone.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from ..audit.source import FileSource, WatchedSource
from ..core import profile, verify
from ..core.digest import Sha256
from ..core.errors import BuildError
from ..core.findings import Finding
from ..core.report import Verdict
from ..core.source import Source
from ..core.typed import NamedTuple
from ..workspace import reading
from ..workspace import settings as workspace_settings
from ..workspace.selection import Selection, describe
from ..workspace.settings import Settings
from . import contents, git_view, manifests, writer
from .contents import refuse_secrets
from .output import refuse_loss, replacing
from .progress import VERIFYING, WALKING, WRITING, Progress, Step


class Built(NamedTuple):
    """
    A bundle that was built.
    """

    path: Path
    """Where it lies."""
    sha256: Sha256
    """Its digest."""
    manifest_sha256: Sha256
    """The digest of its manifest, which stands for all content at once."""
    members: tuple[str, ...]
    """Its members, the manifest first."""
    skipped: tuple[tuple[str, str], ...]
    """What the built-in list left out: path in the workspace and reason."""
    warnings: tuple[str, ...]
    """What whoever builds should know, one line each."""


def build(
    workspace: Path,
    *,
    output: Path | None = None,
    settings: Settings | None = None,
    strict_git: bool = False,
    progress: Progress | None = None,
) -> Built:
    """
    Builds the bundle of `workspace`.

    Args:
        workspace: Its directory.
        output: Where the bundle is written; left out, where the settings say.
        settings: Left out, the workspace's own.
        strict_git: Whether it is an error that git ignores a packed file, or tracks one that is left out.
        progress: Is told how far it is.

    Raises:
        SettingsError: when the settings cannot be used.
        SelectionError: when the workspace must not be packed as it is.
        BuildError: when a file changes meanwhile, the bundle cannot be written, something that is no ZIP is in its
            place, or git has to answer and does not.
    """
    settings = settings or workspace_settings.load(workspace)
    target = output or workspace / reading.on_disk(settings.output)
    refuse_loss(target)
    walked = None if progress is None else lambda files: progress(Step(WALKING, files, 0, 0, 0))
    selection = contents.selected(workspace, settings, target, walked)
    git = git_view.examine(workspace, selection, strict=strict_git, clean=settings.require_clean_git)
    judgement, text, warnings = _write(selection, target, settings, git, progress)
    if settings.manifest_in_workspace:
        manifests.put(workspace, text)
    if judgement.bundle_sha256 is None or judgement.manifest_sha256 is None:  # pragma: no cover - asked for, and PASS
        message = f"{str(target)!r}: written, but its digests are not known"
        raise BuildError(message)
    return Built(
        target,
        judgement.bundle_sha256,
        judgement.manifest_sha256,
        tuple(member.entry.path for member in judgement.members),
        selection.skipped,
        (*warnings, *git.warnings),
    )


def _write(
    selection: Selection, target: Path, settings: Settings, git: git_view.View, progress: Progress | None
) -> tuple[verify.Judgement, bytes, list[str]]:
    number, whole = len(selection.members), 0 if progress is None else _bytes(selection)
    written_to = None if progress is None else lambda files, size: progress(Step(WRITING, files, number, size, whole))
    with replacing(target) as descriptor:
        try:
            written = writer.write(descriptor, selection.members, written_to)
        except OSError as error:
            message = f"{str(target)!r}: cannot be written: {error.strerror}"
            raise BuildError(message) from error
        git_view.refuse_changed(git.committed, selection.members, written.manifest)
        refuse_secrets(written.secrets, settings)
        size = os.fstat(descriptor).st_size
        source: Source = FileSource(descriptor, target.name, size)
        if progress is not None:
            source = WatchedSource(source, lambda read: progress(Step(VERIFYING, number, number, read, size)))
        judgement = verify.judge(source, profile.GENERIC, require_canonical=True, hash_archive=True)
        return judgement, written.manifest, _judged(judgement, selection, settings)


def _bytes(selection: Selection) -> int:
    """
    How many bytes there are to pack, about: what has gone meanwhile, or comes to be, is told when it is read.
    """
    sizes = 0
    for member in selection.members:
        with suppress(OSError):
            sizes += reading.size(member.location)
    return sizes


def _judged(judgement: verify.Judgement, selection: Selection, settings: Settings) -> list[str]:
    """
    Warnings about what the settings lift.

    Raises:
        BuildError: when the verifier found anything else.
    """
    lifted = _lifted_in_bundle(selection, settings.lift)
    warnings: list[str] = []
    broken: list[Finding] = []
    for finding in judgement.verification.findings:
        if finding.rule.startswith("clean-") and finding.path in lifted:
            warnings.append(f"{describe(finding)}: packed because `lift` names it; an audit will refuse the bundle")
        else:
            broken.append(finding)
    if broken or (judgement.verification.verdict is not Verdict.PASS and not warnings):
        lines = [describe(finding) for finding in broken] or ["the verifier could not judge every rule"]
        text = "\n".join(lines)
        raise BuildError(f"the bundle does not pass its own verification, and was removed:\n{text}")
    return warnings


def _lifted_in_bundle(selection: Selection, lifted: frozenset[str]) -> set[str]:
    """
    What the lifted paths are called in the bundle.
    """
    found = set()
    for path in lifted:
        for member in selection.members:
            if member.source == path or member.source.startswith(f"{path}/"):
                rest = member.source[len(path) :]
                found.add(str(member.path).removesuffix(rest))
    return found
