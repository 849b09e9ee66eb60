"""
The operations on files: read, write, create, delete, rename, mkdir.
"""

from __future__ import annotations

import hashlib

from ..canonical import Json
from ..durable import has_permissions
from ..errors import OperationError
from ..governance.decision import PathUse
from ..governance.granted_fs import GrantedFS
from .operation import Effect, Params, Plan, States
from .parameters import content, expect_keys, flag, text

__all__ = ["FsCreate", "FsDelete", "FsMkdir", "FsRead", "FsRename", "FsWrite"]


class FsRead:
    """
    ``fs.read {path}``: read a file; its digest and size are recorded, its content goes to the caller alone.
    """

    name = "fs.read"
    version = 1

    def plan(self, params: Params) -> Plan:
        """
        As `Operation.plan`.
        """
        expect_keys(self.name, params, ["path"])
        return Plan((PathUse(text(self.name, params, "path"), "read"),))

    def expect(self, params: Params, before: States) -> States:  # noqa: ARG002  # the protocol's
        """
        As `Operation.expect`: nothing changes.
        """
        return before

    def apply(self, files: GrantedFS, params: Params, uses: tuple[PathUse, ...]) -> Effect:  # noqa: ARG002  # the protocol's
        """
        As `Operation.apply`.
        """
        data = files.read_bytes(text(self.name, params, "path"))
        return Effect({"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}, content=data)


class FsWrite:
    """
    ``fs.write {path, text|base64, [expect]}``: create a file or replace its content, keeping its permissions.

    ``expect`` is the SHA-256 that the old content must have.
    """

    name = "fs.write"
    version = 1

    def plan(self, params: Params) -> Plan:
        """
        As `Operation.plan`.
        """
        expect_keys(self.name, params, ["path"], ["text", "base64", "expect"])
        content(self.name, params)
        if "expect" in params:
            text(self.name, params, "expect")
        return Plan((PathUse(text(self.name, params, "path"), "write"),))

    def expect(self, params: Params, before: States) -> States:
        """
        As `Operation.expect`.
        """
        path = text(self.name, params, "path")
        old = before[path]
        executable = isinstance(old, dict) and bool(old.get("mode_x"))
        return {path: _file_state(content(self.name, params), executable=executable)}

    def apply(self, files: GrantedFS, params: Params, uses: tuple[PathUse, ...]) -> Effect:  # noqa: ARG002  # the protocol's
        """
        As `Operation.apply`.
        """
        path = text(self.name, params, "path")
        if "expect" in params:
            old = files.state(path)
            seen = old.get("sha256") if isinstance(old, dict) else None
            if seen != params["expect"]:
                raise OperationError(f"{self.name}: {path!r}: seen content {seen!r}, need {params['expect']!r}")
        files.write_bytes(path, content(self.name, params))
        return Effect({})


class FsCreate:
    """
    ``fs.create {path, text|base64, [executable]}``: make a file that must not exist.
    """

    name = "fs.create"
    version = 1

    def plan(self, params: Params) -> Plan:
        """
        As `Operation.plan`.
        """
        expect_keys(self.name, params, ["path"], ["text", "base64", "executable"])
        content(self.name, params)
        flag(self.name, params, "executable")
        return Plan((PathUse(text(self.name, params, "path"), "create"),))

    def expect(self, params: Params, before: States) -> States:  # noqa: ARG002  # the protocol's
        """
        As `Operation.expect`.
        """
        executable = flag(self.name, params, "executable") and has_permissions()
        return {text(self.name, params, "path"): _file_state(content(self.name, params), executable=executable)}

    def apply(self, files: GrantedFS, params: Params, uses: tuple[PathUse, ...]) -> Effect:  # noqa: ARG002  # the protocol's
        """
        As `Operation.apply`.
        """
        mode = 0o755 if flag(self.name, params, "executable") else 0o644
        files.create_bytes(text(self.name, params, "path"), content(self.name, params), mode=mode)
        return Effect({})


class FsMkdir:
    """
    ``fs.mkdir {path}``: make a directory that must not exist; its parent must.
    """

    name = "fs.mkdir"
    version = 1

    def plan(self, params: Params) -> Plan:
        """
        As `Operation.plan`.
        """
        expect_keys(self.name, params, ["path"])
        return Plan((PathUse(text(self.name, params, "path"), "create"),))

    def expect(self, params: Params, before: States) -> States:  # noqa: ARG002  # the protocol's
        """
        As `Operation.expect`.
        """
        return {text(self.name, params, "path"): {"kind": "directory"}}

    def apply(self, files: GrantedFS, params: Params, uses: tuple[PathUse, ...]) -> Effect:  # noqa: ARG002  # the protocol's
        """
        As `Operation.apply`.
        """
        files.mkdir(text(self.name, params, "path"))
        return Effect({})


class FsDelete:
    """
    ``fs.delete {path, [recursive]}``: delete a file, an empty directory, or with ``recursive`` a whole one.
    """

    name = "fs.delete"
    version = 1

    def plan(self, params: Params) -> Plan:
        """
        As `Operation.plan`.
        """
        expect_keys(self.name, params, ["path"], ["recursive"])
        tree = flag(self.name, params, "recursive")
        return Plan((PathUse(text(self.name, params, "path"), "delete", tree),))

    def expect(self, params: Params, before: States) -> States:  # noqa: ARG002  # the protocol's
        """
        As `Operation.expect`.
        """
        return dict.fromkeys(before)

    def apply(self, files: GrantedFS, params: Params, uses: tuple[PathUse, ...]) -> Effect:
        """
        As `Operation.apply`: children first, and nothing that appeared after the plan.
        """
        top = text(self.name, params, "path")
        for path in sorted({use.path for use in uses}, reverse=True):
            # A repeated attempt finds some of it gone; the top itself must be there the first time.
            if path == top or files.state(path) is not None:
                files.delete(path)
        return Effect({})


class FsRename:
    """
    ``fs.rename {source, target}``: move a file or a directory with all in it to a name that must not exist.
    """

    name = "fs.rename"
    version = 1

    def plan(self, params: Params) -> Plan:
        """
        As `Operation.plan`.
        """
        expect_keys(self.name, params, ["source", "target"])
        source, target = text(self.name, params, "source"), text(self.name, params, "target")
        if f"{target}/".startswith(f"{source}/"):
            raise OperationError(f"{self.name}: {target!r}: lies inside {source!r}")
        return Plan((PathUse(source, "delete", True), PathUse(target, "create", True)), ((source, target),))

    def expect(self, params: Params, before: States) -> States:
        """
        As `Operation.expect`.
        """
        source, target = text(self.name, params, "source"), text(self.name, params, "target")
        after: dict[str, Json] = {}
        for path in before:
            moved_from = source + path[len(target) :]
            is_target = path == target or path.startswith(f"{target}/")
            after[path] = before.get(moved_from) if is_target else None
        return after

    def apply(self, files: GrantedFS, params: Params, uses: tuple[PathUse, ...]) -> Effect:  # noqa: ARG002  # the protocol's
        """
        As `Operation.apply`.
        """
        files.rename(text(self.name, params, "source"), text(self.name, params, "target"))
        return Effect({})


def _file_state(data: bytes, *, executable: bool) -> Json:
    return {"kind": "file", "sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "mode_x": executable}
