"""
Tests of the tree of exceptions.
"""

from __future__ import annotations

import inspect

from phase2_gate.core import errors


def _named_in_the_head() -> list[str]:
    head = inspect.getdoc(errors) or ""
    return [
        line.split("Error")[0].strip("\u251c\u2514\u2500 ") + "Error" for line in head.splitlines() if "Error  " in line
    ]


def test_every_error_has_one_base() -> None:
    """
    Whoever catches the base catches everything that is raised on purpose.
    """
    classes = [value for _, value in inspect.getmembers(errors, inspect.isclass) if value.__module__ == errors.__name__]

    assert [value for value in classes if not issubclass(value, errors.Phase2GateError)] == []


def test_the_tree_at_the_head_is_complete() -> None:
    """
    The drawing shows each class once.
    """
    classes = [
        name for name, value in inspect.getmembers(errors, inspect.isclass) if value.__module__ == errors.__name__
    ]

    assert sorted(_named_in_the_head()) == sorted(classes)


def test_a_refusal_names_its_reason() -> None:
    """
    The code is the stable part, the detail what was seen.
    """
    error = errors.RefusedError("signature-wrong", "another key")

    assert (str(error), error.code, error.detail) == ("signature-wrong: another key", "signature-wrong", "another key")


def test_the_text_is_the_message() -> None:
    """
    The hint stays apart, for a line of its own.
    """
    error = errors.SourceError("a.zip: cannot be opened", hint="check the path")

    assert (str(error), error.message, error.hint) == ("a.zip: cannot be opened",) * 2 + ("check the path",)
