"""
Profiles as callers name them: a built-in name, a TOML file of the auditor's, or a profile itself.
"""

from __future__ import annotations

import os

from ..core import profile
from ..core.errors import ProfileError
from ..core.profile import Profile


def load(name: str | os.PathLike[str] | Profile) -> Profile:
    """
    The profile that `name` stands for.

    Args:
        name: A built-in name, the path of a file that ends in ``.toml``, or a profile, which is given back.

    Raises:
        ProfileError: when there is no such profile, or the file is not well formed.
    """
    if isinstance(name, Profile):
        return name
    name = os.fspath(name)
    if name in profile.BUILTIN:
        return profile.BUILTIN[name]
    if not name.endswith(".toml"):
        known = ", ".join(profile.BUILTIN)
        message = f"profile: unknown name: seen {name!r}, need one of {known}, or a file"
        raise ProfileError(message, hint=_hint(name))
    import tomllib

    try:
        with open(name, "rb") as file:
            data = tomllib.load(file)
    except OSError as error:
        raise ProfileError(f"{name}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProfileError(f"{name}: not TOML: {error}") from error
    try:
        return profile.parse(data, default_name=os.path.basename(name).removesuffix(".toml") or "profile")
    except ProfileError as error:
        raise ProfileError(f"{name}: {error}", hint=error.hint) from error


def _hint(name: str) -> str:
    import difflib

    near = difflib.get_close_matches(name, profile.BUILTIN, 1)
    return f"did you mean {near[0]}?" if near else "a file needs the ending .toml"
