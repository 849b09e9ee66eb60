"""
``exec``: run a program. Unmediated: what it does to files, nobody checks, and its receipt says so.

``exec {argv, max_cost_usd, [timeout_seconds], [env], [repeatable]}``: an argument list and never a shell, in the root
(by descriptor where the system can), an environment from a short list, no input, its own session, a time limit after
which the whole process group is killed, and output that is bounded, hashed and only its beginning recorded.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import subprocess
import threading
from typing import IO

from ..canonical import Json
from ..errors import BudgetError, OperationError
from ..governance.budget import parse_amount
from ..governance.decision import PathUse
from ..governance.granted_fs import GrantedFS
from .operation import Effect, Params, Plan, States
from .parameters import expect_keys, flag

__all__ = ["MAX_OUTPUT_BYTES", "Exec"]

# A stream that says more is stopped: evidence nobody can read is not evidence.
MAX_OUTPUT_BYTES = 16 << 20
_RECORDED_BYTES = 2048
_DEFAULT_TIMEOUT = 600
_MAX_TIMEOUT = 86_400
# What programs need to be found and to start; nothing that carries a secret.
_INHERITED = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR")
_FIXED = {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


class Exec:
    """
    The operation ``exec``.
    """

    name = "exec"
    version = 1

    def plan(self, params: Params) -> Plan:
        """
        As `Operation.plan`.
        """
        expect_keys(self.name, params, ["argv", "max_cost_usd"], ["timeout_seconds", "env", "repeatable"])
        _argv(params)
        _timeout(params)
        _environment(params)
        try:
            cost = parse_amount(params["max_cost_usd"])
        except BudgetError as exc:
            raise OperationError(f"exec: max_cost_usd: {exc}") from None
        return Plan((), max_cost=cost, mediated=False, repeatable=flag(self.name, params, "repeatable"))

    def expect(self, params: Params, before: States) -> States | None:  # noqa: ARG002  # the protocol's
        """
        As `Operation.expect`: nobody knows.
        """
        return None

    def apply(self, files: GrantedFS, params: Params, uses: tuple[PathUse, ...]) -> Effect:  # noqa: ARG002  # the protocol's
        """
        As `Operation.apply`.

        Raises:
            OperationError: It could not be started, took too long, said too much or ended with another status than 0.
        """
        argv = _argv(params)
        try:
            process = subprocess.Popen(
                argv,
                cwd=files.working_directory(),
                env=_environment(params),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except (OSError, ValueError) as exc:
            raise OperationError(f"exec: {argv[0]!r}: cannot be started: {exc}") from None
        streams = [_Stream(process, pipe) for pipe in (process.stdout, process.stderr) if pipe is not None]
        try:
            status: int | None = process.wait(_timeout(params))
        except subprocess.TimeoutExpired:
            status = None
        finally:
            # Also what the program left running behind it, which would hold the pipes open.
            _kill_group(process)
            process.wait()
            for stream in streams:
                stream.join()
        if status is None:
            raise OperationError(f"exec: {argv[0]!r}: killed after {_timeout(params)} seconds")
        if any(stream.size > MAX_OUTPUT_BYTES for stream in streams):
            raise OperationError(f"exec: {argv[0]!r}: killed, said more than {MAX_OUTPUT_BYTES} bytes")
        outputs: dict[str, Json] = {"exit_status": status}
        for name, stream in zip(("stdout", "stderr"), streams, strict=True):
            outputs[name] = stream.to_json()
        if status != 0:
            raise OperationError(f"exec: {argv[0]!r}: exit status: seen {status}, need 0: {outputs}")
        # Nothing measures it, so all that was reserved counts as spent.
        return Effect(outputs, parse_amount(params["max_cost_usd"]))


class _Stream:
    """
    Drains one pipe in a thread: counts, hashes, keeps the beginning, kills the process when it says too much.
    """

    def __init__(self, process: subprocess.Popen[bytes], pipe: IO[bytes]) -> None:
        self.size = 0
        self._process = process
        self._pipe = pipe
        self._hash = hashlib.sha256()
        self._begin = b""
        self._thread = threading.Thread(target=self._drain, daemon=True)
        self._thread.start()

    def join(self) -> None:
        self._thread.join()
        self._pipe.close()

    def to_json(self) -> dict[str, Json]:
        return {
            "sha256": self._hash.hexdigest(),
            "size": self.size,
            "begin": self._begin.decode("utf-8", "backslashreplace"),
        }

    def _drain(self) -> None:
        while chunk := os.read(self._pipe.fileno(), 1 << 16):
            self.size += len(chunk)
            self._hash.update(chunk)
            self._begin += chunk[: _RECORDED_BYTES - len(self._begin)]
            if self.size > MAX_OUTPUT_BYTES:
                _kill_group(self._process)
                return


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):  # gone already
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _argv(params: Params) -> list[str]:
    value = params["argv"]
    items = value if isinstance(value, list) else []
    argv = [item for item in items if isinstance(item, str) and "\0" not in item]
    if not argv or len(argv) != len(items):
        raise OperationError(f"exec: argv: need a list of texts, seen {value!r}")
    return argv


def _timeout(params: Params) -> int:
    value = params.get("timeout_seconds", _DEFAULT_TIMEOUT)
    if type(value) is not int or not 0 < value <= _MAX_TIMEOUT:
        raise OperationError(f"exec: timeout_seconds: need 1 to {_MAX_TIMEOUT}, seen {value!r}")
    return value


def _environment(params: Params) -> dict[str, str]:
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    given: dict[str, str] = {}
    value = params.get("env", {})
    for name, item in value.items() if isinstance(value, dict) else [("", value)]:
        if not name or "=" in name or not isinstance(item, str) or "\0" in name + item:
            raise OperationError(f"exec: env: need an object of texts, seen {value!r}")
        given[name] = item
    return inherited | _FIXED | given
