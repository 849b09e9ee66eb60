"""
docs/report-schema.md, from the schema that `phase2-gate schema report` prints.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any

from . import markdown

# A decoded JSON Schema: its shape is the standard's, and this page is all that is made of it.
Schema = Mapping[str, Any]

_HEAD = """\
# report.json

<!-- Written by scripts/generate_reference_docs.py from src/phase2_gate/report/report.schema.json; do not edit. -->

{title}: {description}

The schema itself is printed by the tool, and is what a program should be given:

```console
$ phase2-gate schema report >report.schema.json
```

Every key is required unless it says otherwise, and no other is allowed.
"""


def render(_page: str) -> str:
    """
    The whole page.
    """
    text = resources.files("phase2_gate.report").joinpath("report.schema.json").read_text("utf-8")
    schema = json.loads(text)
    parts = [_HEAD.format(title=schema["title"], description=schema["description"]), "## The document\n"]
    parts.append(_table(schema))
    for name, part in schema["$defs"].items():
        parts.append(f"## `{name}`\n")
        if "description" in part:
            parts.append(f"{part['description']}\n")
        parts.append(_table(part) if "properties" in part else f"{_kind(part)}.\n")
    return "\n".join(parts)


def _table(schema: Schema) -> str:
    return markdown.table(("key", "type", "meaning"), _rows(schema, ""))


def _rows(schema: Schema, above: str) -> Iterator[tuple[str, str, str]]:
    required = set(schema.get("required", ()))
    for name, part in schema["properties"].items():
        meaning = markdown.cell(part.get("description", ""))
        if name not in required:
            meaning = f"{meaning} May be left out.".strip()
        yield f"`{above}{name}`", _kind(part), meaning
        if "properties" in part:
            yield from _rows(part, f"{above}{name}.")


def _kind(part: Schema) -> str:
    if "$ref" in part:
        name = part["$ref"].rpartition("/")[2]
        return f"[`{name}`](#{name.lower()})"
    if "const" in part:
        return markdown.code(json.dumps(part["const"]))
    if "enum" in part:
        return " or ".join(markdown.code(json.dumps(value)) for value in part["enum"])
    for several in ("anyOf", "oneOf"):
        if several in part:
            return " or ".join(map(_kind, part[several]))
    kinds = part.get("type", "any")
    kind = " or ".join([kinds] if isinstance(kinds, str) else kinds)
    if "items" in part:
        kind += f" of {_kind(part['items'])}"
    if "pattern" in part:
        kind += f", {markdown.code(part['pattern'])}"
    return kind
