"""
The code that the files of tests stand for.

It is compiled as pytest compiles it, before anything of the bundle has run. Code that came about in another way (by a
loader, a codec, a cache or a changed compiler of the bundle's) is another one.
"""

from __future__ import annotations

import ast
import warnings
from types import CodeType
from typing import TYPE_CHECKING

from _pytest.assertion.rewrite import rewrite_asserts

if TYPE_CHECKING:
    from collections.abc import Iterator


class Expected:
    """
    The functions of test files.

    Args:
        files: The files, by their real paths.
    """

    def __init__(self, files: list[str]) -> None:
        self._compile = compile
        self._sources: dict[str, bytes] = {}
        self._codes: dict[tuple[str, int], list[CodeType]] = {}
        for file in files:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    self._read(file)
                except (SyntaxError, ValueError, LookupError, OSError, RecursionError, MemoryError):
                    continue  # pytest can't collect it either, or it is not what it seems; the verifier says so

    def stands_there(self, code: CodeType) -> bool:
        """
        Whether a function's code is the one that its file has at that line.
        """
        file = code.co_filename
        if code in self._codes.get((file, code.co_firstlineno), ()):
            return True
        if file not in self._sources:
            return False
        # without pytest's assertions, where the bundle does without them
        plain = self._compile(self._sources[file], file, "exec", dont_inherit=True)
        return any(code == other for other in _nested(plain))

    def _read(self, file: str) -> None:
        with open(file, "rb") as opened:
            source = opened.read()
        tree = ast.parse(source, filename=file)
        rewrite_asserts(tree, source, file)
        for code in _nested(compile(tree, file, "exec", dont_inherit=True)):
            self._codes.setdefault((file, code.co_firstlineno), []).append(code)
        self._sources[file] = source


def _nested(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _nested(constant)
