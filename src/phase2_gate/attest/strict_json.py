"""
JSON that means one thing: UTF-8 without a mark, no key twice in an object, no numbers beyond JSON's own.
"""

from __future__ import annotations

import json

from ..core.errors import RefusedError

_SHOWN = 120
"""Characters of a foreign value that a message shows; it may have millions."""


class _DuplicateKeyError(ValueError):
    pass


def loads(data: bytes, what: str) -> object:
    """
    The value that `data` spells.

    Args:
        data: A document.
        what: The first half of the codes: ``envelope`` or ``statement``.

    Raises:
        RefusedError: with ``<what>-not-json`` or ``<what>-duplicate-key``.
    """
    try:
        value: object = json.loads(data.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refused)
    except _DuplicateKeyError as error:
        raise RefusedError(f"{what}-duplicate-key", f"seen {error} twice") from error
    except (ValueError, RecursionError) as error:
        raise RefusedError(f"{what}-not-json", str(error)) from error
    return value


def shown(value: object) -> str:
    """
    A foreign value in a message: the beginning of its `repr`.
    """
    text = repr(value[: _SHOWN + 1] if isinstance(value, str) else value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}\u2026"


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made: dict[str, object] = {}
    for key, value in pairs:
        if key in made:
            raise _DuplicateKeyError(shown(key))
        made[key] = value
    return made


def _refused(name: str) -> object:
    message = f"seen {name}, which JSON does not have"
    raise ValueError(message)
