"""
Options that state a demand of the profile anew, for one call.

What they say becomes part of the profile that is in force, so the report shows it with the rest.
"""

from __future__ import annotations

import argparse

from ..core.errors import ProfileError
from ..core.profile import Profile, modules, share
from ..core.waivers import Waiver, waiver


def _seconds(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError(f"seen {text!r}, need whole seconds, 1 or more")
    return int(text)


def _share(text: str) -> float:
    try:
        return share(float(text), "max-skipped")
    except (ValueError, ProfileError):
        message = f"seen {text!r}, need a number from 0 to 1"
        raise argparse.ArgumentTypeError(message) from None


def _module(text: str) -> str:
    try:
        return modules([text], "plugin")[0]
    except ProfileError:
        message = f"seen {text!r}, need the dotted name of a module"
        raise argparse.ArgumentTypeError(message) from None


def add(parser: argparse.ArgumentParser) -> None:
    """
    The options.
    """
    add_waivers(parser)
    parser.add_argument(
        "--plugin",
        type=_module,
        action="append",
        default=[],
        metavar="MODULE",
        help="load this pytest plugin of the interpreter, e.g. pytest_asyncio.plugin; no other is loaded (repeatable)",
    )
    parser.add_argument(
        "--max-skipped",
        type=_share,
        metavar="SHARE",
        help="the share of test functions that may go without a pass, 0 to 1 (default: the profile's, 0.5)",
    )
    parser.add_argument(
        "--test-timeout",
        type=_seconds,
        metavar="SECONDS",
        help="how long the tests may take; processor time is allowed as long (default: the profile's, 120)",
    )
    parser.add_argument(
        "--import-timeout",
        type=_seconds,
        metavar="SECONDS",
        help="how long the imports may take (default: the profile's, 20)",
    )


def _waiver(text: str) -> Waiver:
    rule, _, reason = text.partition("=")
    try:
        return waiver(rule, reason, "waiver")
    except ProfileError as error:
        hint = f"\nhint: {error.hint}" if error.hint else ""
        raise argparse.ArgumentTypeError(error.message + hint) from None


def add_waivers(parser: argparse.ArgumentParser) -> None:
    """
    What is accepted with a reason.
    """
    parser.add_argument(
        "--waive",
        type=_waiver,
        action="append",
        default=[],
        metavar='RULE="REASON"',
        help="accept the findings of a rule that may be waived, and say why in every report (repeatable)",
    )


def waived(profile: Profile, arguments: argparse.Namespace) -> Profile:
    """
    The profile with the waivers of the command line; for one rule, these take the place of the profile's.

    Args:
        profile: What is demanded otherwise.
        arguments: The parsed options of `add_waivers`.

    Raises:
        ProfileError: when a rule is waived twice.
    """
    if not arguments.waive:
        return profile
    from ..library import demands

    rules = [one.rule for one in arguments.waive]
    if twice := [rule for rule in rules if rules.count(rule) > 1]:
        message = f"--waive: a rule is waived twice: seen {twice[0]!r}"
        raise ProfileError(message, hint="give one reason for each rule")
    return demands.waived(profile, arguments.waive)


def applied(profile: Profile, arguments: argparse.Namespace) -> Profile:
    """
    The profile with what the options say.

    Args:
        profile: What is demanded otherwise.
        arguments: The parsed options of `add` and `add_waivers`.

    Raises:
        ProfileError: when a rule is waived twice.
    """
    from ..library import demands

    return demands.applied(
        waived(profile, arguments),
        plugin=arguments.plugin,
        max_skipped=arguments.max_skipped,
        test_timeout=arguments.test_timeout,
        import_timeout=arguments.import_timeout,
    )
