"""
The examples of doctests.
"""

from __future__ import annotations

import doctest
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

Examples = frozenset[tuple[str, str, str]]
"""For each example the name under which `doctest` compiles it, its source, and the output that it wants."""


def examples_of(item: pytest.Item) -> Examples:
    """
    The examples of a doctest that are to run, none for any other test.
    """
    test = getattr(item, "dtest", None)
    if not isinstance(test, doctest.DocTest):
        return frozenset()
    return frozenset(
        (f"<doctest {test.name}[{number}]>", example.source, example.want)
        for number, example in enumerate(test.examples)
        if not example.options.get(doctest.SKIP)
    )


def judges_of(item: pytest.Item) -> tuple[object, ...]:
    """
    What compares the output of a doctest with the wanted one, down to its methods; nothing for any other test.
    """
    runner = getattr(item, "runner", None)
    if not isinstance(runner, doctest.DocTestRunner):
        return ()
    checker = getattr(runner, "_checker", None)
    return (runner, checker, *_methods(runner), *_methods(checker))


def _methods(judge: Any) -> tuple[object, ...]:
    kind = type(judge)
    own = (value for key, value in vars(judge).items() if hasattr(kind, key))
    return (kind, *own, *(value for home in kind.__mro__[:-1] for value in vars(home).values()))


def failing(name: str) -> doctest.DocTest:
    """
    A doctest of the verifier's own that must fail.
    """
    example = doctest.Example("'this example of the verifier'\n", "'fails on purpose'\n")
    return doctest.DocTest([example], {}, name, None, None, None)
