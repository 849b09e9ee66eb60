"""
Profiles from the command line: a built-in name, or a TOML file of the auditor's.
"""

from __future__ import annotations

from ..core import profile
from ..core.errors import ProfileError
from ..core.profile import Profile


def load(name: str) -> Profile:
    """
    The profile that `name` stands for.

    Args:
        name: A built-in name, or the path of a file that ends in ``.toml``.

    Raises:
        ProfileError: when there is no such profile, or the file is not well formed.
    """
    if name in profile.BUILTIN:
        return profile.BUILTIN[name]
    if not name.endswith(".toml"):
        known = ", ".join(profile.BUILTIN)
        hint = "a file needs the ending .toml"
        raise ProfileError(f"profile: unknown name: seen {name!r}, need one of {known}, or a file", hint=hint)
    import os
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
