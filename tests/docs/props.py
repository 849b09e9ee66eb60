"""
What commands of the pages name, laid out in the directory where they are typed: bundles, profiles, keys, reports.

A page or block gets the things that its text names and that none of its commands makes.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

from phase2_gate.cli.main import main
from tests import bundles
from tests.docs.pages import ROOT

_GOOD = {**bundles.GOOD, "README.md": b"# pkg\n"}
_EARLIER = {**_GOOD, "README.md": b"# package\n"}
_PHASE2 = {**bundles.PHASE2, **_GOOD}

MISSION = b"""\
{
  "schema": "phase2-gate/mission/1",
  "baseline_commit": "0123456789abcdef0123456789abcdef01234567",
  "envelope": {"allow_ops": ["fs.create"], "allow_paths": ["docs/**"], "deny_paths": [], "max_budget_usd": 0},
  "steps": [{"id": "note", "op": "fs.create", "params": {"path": "docs/note.md", "text": "new\\n"}}]
}
"""


def _tree(files: dict[str, bytes]) -> Callable[[Path], None]:
    def make(target: Path) -> None:
        for name, content in files.items():
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    return make


def _file(content: bytes) -> Callable[[Path], None]:
    def make(target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

    return make


def _extracted(target: Path) -> None:
    _tree({"manifest.txt": bundles.manifest(_GOOD), **_GOOD})(target)


def _reports(target: Path) -> None:
    # Signed with the key beside it, which is there already because it sorts first.
    bundle, key = target.parent / "BUNDLE.zip", target.parent / "auditor.key"
    if not bundle.exists():
        bundle.parent.mkdir(parents=True, exist_ok=True)
        _file(bundles.bundle(_GOOD))(bundle)
    signed = ["--sign", str(key)] if key.exists() else []
    assert main(["audit", str(bundle), "--report-dir", str(target), *signed]) == 0


def _journal(target: Path) -> None:
    reports = target.parent / "made-for-the-journal"
    _reports(reports)
    shutil.copy(reports / "journal.jsonl", target)
    shutil.rmtree(reports)
    (target.parent / "BUNDLE.zip").unlink()


def _environment(target: Path) -> None:
    target.symlink_to(sys.prefix)


def _checkpoint(target: Path) -> None:
    scratch = target.parent / "made-for-the-checkpoint"
    _reports(scratch)
    report = json.loads((scratch / "report.json").read_text("ascii"))
    shutil.copy(scratch / "journal.jsonl", target.parent / "journal.jsonl")
    target.write_text("".join(f"{line}\n" for line in report["volatile"]["journal"]), "ascii")
    shutil.rmtree(scratch)
    (target.parent / "BUNDLE.zip").unlink()


def _pyz(target: Path) -> None:
    script = ROOT / "scripts/build_pyz.py"
    subprocess.run([sys.executable, "-I", str(script), "--output", str(target)], check=True, capture_output=True)


def _key(target: Path) -> None:
    assert main(["key", "new", str(target)]) == 0


def _signed(directory: Path) -> None:
    # As `build --sign` does it, for a bundle that nobody builds here.
    from phase2_gate.attest import provenance
    from phase2_gate.attest.keys import SigningKey
    from phase2_gate.core import digest

    key = SigningKey.from_pem((directory / "builder.key").read_bytes(), "builder.key")
    bundle = directory / "BUNDLE.zip"
    with zipfile.ZipFile(bundle) as archive:
        digests = digest.of(bundle.read_bytes()), digest.of(archive.read("manifest.txt"))
    (directory / "BUNDLE.zip.build.intoto.json").write_bytes(provenance.signed(bundle.name, *digests, key))


def _certified(target: Path) -> None:
    # What an identity signed about BUNDLE.zip, and the trust root of the instance that knows it.
    from phase2_gate.attest import dsse, provenance
    from phase2_gate.attest.keys import SigningKey
    from phase2_gate.core import digest
    from tests.attest.sigstore_instance import Instance

    instance, digests = Instance.new(), (digest.of(bundles.bundle(_GOOD)), digest.of(bundles.manifest(_GOOD)))
    envelope = provenance.signed("BUNDLE.zip", *digests, SigningKey.new())
    target.write_text(json.dumps(instance.bundle(dsse.parse(envelope).payload)), "utf-8")
    (target.parent / "trusted_root.json").write_bytes(instance.trust_root())


_MAKERS: dict[str, Callable[[Path], None]] = {
    "auditor.key": _key,
    "builder.key": _key,
    "../builder.key": _key,
    "BUNDLE.zip": _file(bundles.bundle(_GOOD)),
    "BUNDLE.zip.sigstore.json": _certified,
    "earlier.zip": _file(bundles.bundle(_EARLIER)),
    "before.zip": _file(bundles.bundle(_EARLIER)),
    "ours.zip": _file(bundles.bundle(_GOOD)),
    "theirs.zip": _file(bundles.bundle(_GOOD)),
    "A.zip": _file(bundles.bundle(_GOOD)),
    "B.zip": _file(bundles.bundle(_GOOD)),
    "extracted-directory": _extracted,
    "extracted-one": _extracted,
    "extracted-other": _extracted,
    "workspace": _tree(_GOOD),
    "path/to/workspace": _tree(_GOOD),
    "path/to/a/file": _file(b"A = 1\n"),
    "src/app/data.bin": _file(b"data\n"),
    "docs/a.md": _file(b"# a\n"),
    "my-profile.toml": _file(b'imports = ["pkg"]\n'),
    "phase2-gate.pyz": _pyz,
    "journal.jsonl": _journal,
    "checkpoint.txt": _checkpoint,
    "MISSION.json": _file(MISSION),
    "artifacts/reports": _reports,
    "reports": _reports,
    ".venv": _environment,
}
"""What there is, by the name that pages have for it."""

_MADE_BY = (
    r"key new {}(?![\w.])",
    r"--report-dir {}(?![\w/])",
    r"extract \S+ {}(?![\w/])",
    r"--output {}(?![\w.])",
    r"--journal {}(?![\w.])",
    r'title="{}"',
)
"""How commands and pages make something themselves."""


_HERE = re.compile(r"phase2-gate (?:build|list|manifest|init)(?: --[\w-]+)*(?: --output \S+)?$", re.MULTILINE)
"""A command about the directory in which it is typed."""


def lay_out(text: str, directory: Path) -> None:
    """
    Puts what is named where it is looked for.

    Args:
        text: A page, or a part of one.
        directory: Where its commands are typed.
    """
    if _HERE.search(text):
        _extracted(directory)
    for name, make in _MAKERS.items():
        if _is_named(name, text) and not any(re.search(way.format(re.escape(name)), text) for way in _MADE_BY):
            make(directory / name)
    if "audit BUNDLE.zip --profile build-loop-phase2" in text:
        (directory / "BUNDLE.zip").write_bytes(bundles.bundle(_PHASE2))
    if _is_named("builder.key", text) and (directory / "BUNDLE.zip").exists():
        _signed(directory)


def _is_named(name: str, text: str) -> bool:
    # The public half of a key comes with it.
    return re.search(rf"(?<![\w./-]){re.escape(name)}(?:\.pub)?(?![\w.])", text) is not None
