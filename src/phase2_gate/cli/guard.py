"""
What becomes of errors at the edge: exit codes, never a traceback.

0 PASS, 1 FAIL, 2 a usage error, 3 BLOCKED: we could not judge, or not do what was asked.
"""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Callable
from contextlib import suppress

from ..core.errors import Phase2GateError, ProfileError, SelectionError, SettingsError
from ..core.typed import TYPE_CHECKING
from . import terminal
from .stopping import Stopped, end_by, heeded

if TYPE_CHECKING:
    from typing import NoReturn

PASS = 0
FAIL = 1
USAGE = 2
BLOCKED = 3

_PACKAGES = frozenset({"pathspec", "rich", "shtab"})
"""Packages of others that commands load when they need them; one file of everything, or a carried copy, has none."""


def leave(code: int) -> NoReturn:
    """
    Ends the process with `code`, without taking its values apart one by one first.

    That would be up to a tenth of the time of a large bundle. What was registered for the end is done, and what is
    buffered is written, as at any other end. When standard output takes no more, success becomes BLOCKED: who asked has
    not been answered. Where threads have to be waited for, the process ends in the usual way.
    """
    threading = sys.modules.get("threading")
    if threading is not None and any(
        not one.daemon and one is not threading.main_thread() for one in threading.enumerate()
    ):
        sys.exit(code)
    atexit._run_exitfuncs()  # noqa: SLF001 - there is no other way
    try:
        with suppress(AttributeError, ValueError):  # none, or closed: nothing is buffered
            sys.stdout.flush()
    except OSError:
        code = code or BLOCKED
    with suppress(AttributeError, OSError, ValueError):
        sys.stderr.flush()
    os._exit(code)


def guarded(action: Callable[[], int]) -> int:
    """
    The exit code of `action`, whatever it raises.

    SIGTERM and SIGHUP interrupt it as Ctrl-C does, and end the process once it has cleaned up.
    """
    with heeded() as missed:
        return _guarded(action, missed)


def _guarded(action: Callable[[], int], missed: Callable[[], None]) -> int:
    try:
        code = action()
        missed()
        return code
    except (ProfileError, SettingsError) as error:
        terminal.error(error)
        return USAGE
    except SelectionError as error:
        terminal.error(error)
        return FAIL
    except Phase2GateError as error:
        terminal.error(error)
        return BLOCKED
    except Stopped as stopped:
        terminal.complain(f"error: ended by {stopped.name}; nothing was judged")
        end_by(stopped.number)
        return BLOCKED  # pragma: no cover - the signal ends the process
    except KeyboardInterrupt:
        terminal.complain("error: interrupted; nothing was judged")
        return BLOCKED
    except BrokenPipeError:
        return BLOCKED  # whoever read our output is gone; there is nobody to tell
    except Exception as error:  # noqa: BLE001 - a crash of ours is never a PASS, nor a traceback's exit status 1
        if isinstance(error, ModuleNotFoundError) and error.name in _PACKAGES:
            terminal.complain(f"error: {error.name}: this command needs the package, and it is not installed here")
            terminal.complain("hint: install phase2-gate with pip, which brings it; phase2-gate.pyz has no packages")
            return BLOCKED
        from ..audit.blocked import internal

        terminal.complain(f"error: {internal(error)}")
        terminal.complain("hint: this is a defect of phase2-gate; please report it")
        return BLOCKED
