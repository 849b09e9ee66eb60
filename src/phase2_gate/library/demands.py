"""
Demands of a profile that a caller states anew, for one judgement.

What they say becomes part of the profile that is in force, so the report shows it with the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..core.errors import ProfileError
from ..core.profile import Profile, modules, share
from ..core.waivers import Waiver, waiver


def waived(profile: Profile, waivers: Iterable[Waiver]) -> Profile:
    """
    The profile with more waivers; for one rule, these take the place of the profile's.

    Args:
        profile: What is demanded otherwise.
        waivers: At most one for a rule.
    """
    stated = tuple(waivers)
    rules = [one.rule for one in stated]
    return profile._replace(waivers=(*(one for one in profile.waivers if one.rule not in rules), *stated))


def waivers(waive: Mapping[str, str]) -> tuple[Waiver, ...]:
    """
    Checked waivers.

    Args:
        waive: Reasons by the slugs of rules.

    Raises:
        ProfileError: when there is no such rule, it is not waivable, or a reason is none.
    """
    return tuple(waiver(rule, reason, "waive") for rule, reason in waive.items())


def applied(
    profile: Profile,
    *,
    plugin: Iterable[str] = (),
    max_skipped: float | None = None,
    test_timeout: int | None = None,
    import_timeout: int | None = None,
) -> Profile:
    """
    The profile with other demands on the tests.

    Args:
        profile: What is demanded otherwise.
        plugin: Modules of pytest plugins that are loaded besides the profile's.
        max_skipped: The share of test functions that may be skipped, 0 to 1.
        test_timeout: How many seconds the tests may take; processor time is allowed as long.
        import_timeout: How many seconds the imports may take.

    Raises:
        ProfileError: when a value is out of range.
    """
    limits = profile.limits
    if test_timeout is not None:
        seconds = _seconds(test_timeout, "test_timeout")
        limits = limits._replace(test_seconds=seconds, cpu_seconds=max(limits.cpu_seconds, seconds))
    if import_timeout is not None:
        limits = limits._replace(import_seconds=_seconds(import_timeout, "import_timeout"))
    return profile._replace(
        plugins=tuple(dict.fromkeys((*profile.plugins, *modules(list(plugin), "plugin")))),
        max_skipped=profile.max_skipped if max_skipped is None else share(max_skipped, "max_skipped"),
        limits=limits,
    )


def _seconds(value: object, key: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        message = f"{key}: seen {value!r}, need whole seconds, 1 or more"
        raise ProfileError(message)
    return value
