"""
``phase2-gate schema``: prints a published JSON Schema, exactly as it is shipped.
"""

from __future__ import annotations

import argparse
from importlib import resources

from . import terminal
from .guard import PASS

SCHEMAS = {
    "report": ("phase2_gate.report", "report.schema.json"),
    "attestation": ("phase2_gate.attest", "attestation.schema.json"),
}
"""The schemas by name, each with the package that ships it."""


def show(arguments: argparse.Namespace) -> int:
    """
    Prints the schema that `arguments.name` names.
    """
    package, file = SCHEMAS[arguments.name]
    terminal.raw((resources.files(package) / file).read_bytes())
    return PASS
