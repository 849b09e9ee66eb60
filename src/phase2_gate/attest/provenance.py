"""
What a builder signs: that a bundle with this manifest was built, as SLSA provenance (v1) in an in-toto statement.

It says what is known, and nothing besides: no time, no host, no user, no address. Whatever decides the bytes of a
bundle (paths, contents, executable marks) is in the bundle, so the build has no external parameters. The statement is
a function of name, bundle and version of this tool, and so is the envelope: Ed25519 gives one key one signature.

A signature by the builder's own hand claims no SLSA level: who holds the key is the builder.
"""

from __future__ import annotations

from .._version import __version__
from ..core.digest import Sha256
from ..core.errors import RefusedError
from ..core.escape import line
from ..core.manifest import NAME as MANIFEST
from . import dsse, statement
from .keys import SigningKey
from .opening import stated
from .strict_json import shown

PREDICATE = "https://slsa.dev/provenance/v1"
"""The type of the predicate."""
BUILD_TYPE = "urn:phase2-gate:build:1"
"""How the bundle was made: by ``phase2-gate build``, in its canonical form, version 1."""
BUILDER = "urn:phase2-gate"
"""What made it. Whose machine that ran on is what the key says."""
MAX_BYTES = 64 << 10
"""The largest envelope that is read: an honest one has two kilobytes, and comes with a bundle from anybody."""


def signed(name: str, bundle: Sha256, manifest: Sha256, key: SigningKey) -> bytes:
    """
    The envelope for a bundle that was just built.

    Args:
        name: The bundle's name, without directories.
        bundle: Its digest.
        manifest: The digest of its manifest.
        key: The builder's.
    """
    subjects = [(line(name), bundle), (MANIFEST, manifest)]
    value: dict[str, object] = {
        "_type": statement.STATEMENT_TYPE,
        "subject": [{"name": name, "digest": {"sha256": digest}} for name, digest in subjects],
        "predicateType": PREDICATE,
        "predicate": {
            "buildDefinition": {"buildType": BUILD_TYPE, "externalParameters": {}},
            "runDetails": {"builder": {"id": BUILDER, "version": {"phase2-gate": __version__}}},
        },
    }
    return dsse.render(key.sign(statement.render(value)))


def check(data: bytes, bundle: Sha256) -> Sha256:
    """
    The digest of the manifest that was signed together with a bundle.

    Args:
        data: The payload of an envelope, whose signature was checked.
        bundle: The digest of the bundle at hand.

    Raises:
        RefusedError: when it does not say that this bundle was built.
    """
    predicate, manifest = stated(data, PREDICATE, bundle)
    if manifest is None:
        raise RefusedError("subject-count", "seen the bundle alone, need the bundle and its manifest")
    definition, details = predicate.get("buildDefinition"), predicate.get("runDetails")
    if not isinstance(definition, dict) or definition.get("buildType") != BUILD_TYPE:
        raise RefusedError("predicate-shape", f"buildDefinition: need the buildType {BUILD_TYPE}")
    # What a builder was told from outside has to be understood, or the build is another one than it seems (SLSA, v1).
    if (parameters := definition.get("externalParameters")) != {}:
        raise RefusedError("predicate-shape", f"externalParameters: seen {shown(parameters)}, need none")
    builder = details.get("builder") if isinstance(details, dict) else None
    if not isinstance(builder, dict) or builder.get("id") != BUILDER:
        raise RefusedError("predicate-shape", f"runDetails: need the builder {BUILDER}")
    return manifest
