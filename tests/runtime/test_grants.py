"""
A grant is the only key to the methods that touch files.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from phase2_gate.runtime.errors import GrantError
from phase2_gate.runtime.governance.decision import _ISSUER, Grant, Request
from phase2_gate.runtime.governance.granted_fs import GrantedFS
from phase2_gate.runtime.governance.root import Root
from phase2_gate.runtime.tests.samples import tree_of


def test_no_file_method_works_without_a_grant(tmp_path: Path) -> None:
    """
    Every public method of granted files, found by looking; the root itself has none that touches a file's content.
    """
    methods = {name for name in vars(GrantedFS) if not name.startswith("_")} - {"expire"}
    arguments: dict[str, tuple[object, ...]] = {
        "write_bytes": ("a", b""),
        "create_bytes": ("a", b""),
        "rename": ("a", "b"),
        "set_permissions": ("a", 0o700),
        "working_directory": (),
    }
    assert {"read_bytes", "write_bytes", "create_bytes", "mkdir", "delete", "rename", "state", "clean"} <= methods
    with Root(tmp_path) as root:
        for spent in (False, True):
            files = GrantedFS(root, Grant(_ISSUER, Request("x"), "", root), "t")
            if spent:
                files.expire()
            for name in sorted(methods - (set() if spent else {"working_directory"})):
                with pytest.raises(GrantError):
                    getattr(files, name)(*arguments.get(name, ("a",)))
        public = {name for name in vars(Root) if not name.startswith("_")}
        assert public == {
            "check_mount",
            "check_place",
            "close",
            "descendants",
            "granted",
            "guarantee",
            "parent",
            "step",
            "working_directory",
        }
    assert tree_of(tmp_path) == {}
