"""
Which operations there are. What is not registered does not exist: it cannot be planned, decided or run.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..canonical import Json
from ..errors import OperationError
from ..governance.decision import PathUse
from ..governance.envelope import OP_NAME
from ..governance.granted_fs import GrantedFS
from .exec_operation import Exec
from .fs_operations import FsCreate, FsDelete, FsMkdir, FsRead, FsRename, FsWrite
from .operation import Effect, Operation, Params, Plan, States
from .parameters import expect_keys

__all__ = ["GateCheck", "Registry", "builtin_operations"]


class GateCheck:
    """
    ``gate.check {files}``: demand that files have given SHA-256 digests, or with null that nothing is there.
    """

    name = "gate.check"
    version = 1

    def plan(self, params: Params) -> Plan:
        """
        As `Operation.plan`.
        """
        return Plan(tuple(PathUse(path, "read") for path in sorted(_demanded(params))))

    def expect(self, params: Params, before: States) -> States:  # noqa: ARG002  # the protocol's
        """
        As `Operation.expect`: nothing changes.
        """
        return before

    def apply(self, files: GrantedFS, params: Params, uses: tuple[PathUse, ...]) -> Effect:  # noqa: ARG002  # the protocol's
        """
        As `Operation.apply`.

        Raises:
            OperationError: A file is not as demanded.
        """
        demanded = _demanded(params)
        wrong: list[str] = []
        for path, digest in sorted(demanded.items()):
            state = files.state(path)
            seen: Json = state.get("sha256", "a directory") if isinstance(state, dict) else None
            if seen != digest:
                wrong.append(f"{path!r}: seen {seen}, need {digest}")
        if wrong:
            raise OperationError(f"gate.check: {'; '.join(wrong)}")
        return Effect({"checked": len(demanded)})


class Registry:
    """
    Operations by name; frozen once it is made.

    Args:
        operations: The operations.

    Raises:
        OperationError: A name is malformed or given twice.
    """

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._operations: dict[str, Operation] = {}
        for operation in operations:
            if OP_NAME.fullmatch(operation.name) is None or operation.name in self._operations:
                raise OperationError(f"registry: need names that are well-formed and unique, seen {operation.name!r}")
            self._operations[operation.name] = operation

    @property
    def names(self) -> frozenset[str]:
        """
        Names of all operations.
        """
        return frozenset(self._operations)

    def get(self, name: str) -> Operation | None:
        """
        An operation by its exact name, None if there is none.
        """
        return self._operations.get(name)


def builtin_operations() -> Registry:
    """
    The registry of the operations that the runtime brings along.
    """
    return Registry(
        [FsRead(), FsWrite(), FsCreate(), FsDelete(), FsRename(), FsMkdir(), GateCheck(), Exec()],
    )


def _demanded(params: Params) -> dict[str, str | None]:
    expect_keys("gate.check", params, ["files"])
    files = params["files"]
    demanded: dict[str, str | None] = {}
    if isinstance(files, dict):
        demanded = {path: digest for path, digest in files.items() if digest is None or isinstance(digest, str)}
    if not isinstance(files, dict) or not files or len(demanded) != len(files):
        raise OperationError("gate.check: files: need an object of path to sha256 or null, not empty")
    return demanded
