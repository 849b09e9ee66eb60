"""
Builds bundles: same files, same bytes.
"""

from __future__ import annotations

from ..core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from .bundle import Built, build
    from .manifests import check_manifest, manifest, write_manifest

__all__ = ["Built", "build", "check_manifest", "manifest", "write_manifest"]


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name in {"Built", "build"}:
        return getattr(import_module(f"{__name__}.bundle"), name)
    if name in __all__:
        return getattr(import_module(f"{__name__}.manifests"), name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
