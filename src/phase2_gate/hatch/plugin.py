"""
What hatchling finds under the entry point ``phase2bundle``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hatchling.plugin import hookimpl

if TYPE_CHECKING:
    from .builder import BundleBuilder
    from .hook import BundleBuildHook


@hookimpl
def hatch_register_builder() -> type[BundleBuilder]:
    """
    The target of ``hatch build -t phase2bundle``.
    """
    from .builder import BundleBuilder

    return BundleBuilder


@hookimpl
def hatch_register_build_hook() -> type[BundleBuildHook]:
    """
    The hook of ``[tool.hatch.build.targets.<any>.hooks.phase2bundle]``.
    """
    from .hook import BundleBuildHook

    return BundleBuildHook
