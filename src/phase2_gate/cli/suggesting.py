"""
A parser whose errors name what may have been meant.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence


def hint(seen: str, known: Iterable[str]) -> str:
    """
    A line behind a message: the known word that is nearest to the one that was seen; empty when none is near.
    """
    import difflib

    near = difflib.get_close_matches(seen, list(known), 1)
    return f"\nhint: did you mean {near[0]}?" if near else ""


class Parser(argparse.ArgumentParser):
    """
    The parser; commands of it are of the same class.
    """

    def parse_all(self, words: Sequence[str]) -> argparse.Namespace:
        """
        As `parse_args`, and an option that there is not is told with the nearest that there is.
        """
        arguments, unknown = self.parse_known_args(words)
        if unknown:
            seen = next((word for word in unknown if word.startswith("-")), None)
            command = self._command(words)
            options = [option for option in command._option_string_actions if option.startswith("--")]  # noqa: SLF001
            near = "" if seen is None else hint(seen.partition("=")[0], options)
            command.error(f"unrecognized arguments: {' '.join(unknown)}{near}")
        return arguments

    def _command(self, words: Sequence[str]) -> Parser:
        """
        The command that `words` name, whose usage is the one to be shown.
        """
        for action in self._actions:
            for place, word in enumerate(words):
                command = action.choices.get(word) if isinstance(action.choices, dict) else None
                if isinstance(command, Parser):
                    return command._command(words[place + 1 :])  # noqa: SLF001 - of this very class
        return self

    def _check_value(self, action: argparse.Action, value: str) -> None:
        # Not public, but the one place that knows both what was seen and what may be; Python 3.14 has
        # `suggest_on_error`, which is off by default there.
        try:
            super()._check_value(action, value)
        except argparse.ArgumentError as error:
            known = [str(choice) for choice in action.choices or ()]
            raise argparse.ArgumentError(action, error.message + hint(str(value), known)) from None
