"""
The class of the package `phase2_gate` itself: a module in which two functions keep the names of two packages.

`phase2_gate.audit` and `phase2_gate.build` are functions, as `phase2_gate.verify` and `phase2_gate.diff` are. Packages
have these names too, and the import system binds a package to its parent when it is loaded; here that binding goes
nowhere, so the functions stay. ``from phase2_gate.audit.options import Options`` finds the package as ever, because
imports look into `sys.modules`.
"""

from __future__ import annotations

import sys
from types import ModuleType


class _Kept:
    """
    An attribute of a module that no package takes the place of.
    """

    def __set_name__(self, _: type, name: str) -> None:
        self._name = name

    def __get__(self, module: ModuleType, _: type) -> object:
        try:
            return module.__dict__[self._name]
        except KeyError:
            # Not set: the language asks the module's own `__getattr__` next.
            raise AttributeError(self._name) from None

    def __set__(self, module: ModuleType, value: object) -> None:
        # Whoever puts something else there, as tests do, is not stood in the way of.
        if not isinstance(value, ModuleType):
            module.__dict__[self._name] = value


class _Front(ModuleType):
    """
    The class; the language provides for it (reference, "Customizing module attribute access").
    """

    audit = _Kept()
    build = _Kept()


def keep(name: str) -> ModuleType:
    """
    Gives the class to a module that is being loaded.

    Args:
        name: The module's name.

    Returns:
        The module.
    """
    module = sys.modules[name]
    module.__class__ = _Front
    return module
