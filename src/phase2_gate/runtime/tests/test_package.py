"""
The package as a whole: every module says what is public in it.
"""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import pytest

_PACKAGE = (__package__ or "").removesuffix(".tests")
_MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages([str(Path(__file__).resolve().parents[1])], f"{_PACKAGE}.")
    if not module.ispkg and not module.name.startswith((f"{_PACKAGE}.tests.", f"{_PACKAGE}.__main__"))
)


@pytest.mark.parametrize("name", _MODULES)
def test_the_public_names_are_listed(name: str) -> None:
    """
    Everything the module lists is there, once; errors are public by being errors.
    """
    module = importlib.import_module(name)
    if name != f"{_PACKAGE}.errors":
        assert len(set(module.__all__)) == len(module.__all__) > 0
        assert all(hasattr(module, public) for public in module.__all__)


def test_no_module_is_left_out() -> None:
    """
    The list above is not empty by mistake.
    """
    assert {f"{_PACKAGE}.canonical", f"{_PACKAGE}.governance.root", f"{_PACKAGE}.orchestration.record"} <= set(_MODULES)
